# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 00 · Start here
#
# *In the next half hour you build a working anomaly detector: from raw pictures to an
# alarm, with its false alarms counted in the open. Every later lesson takes one step of
# this road and looks at it closely.*
#
# **The question:** how can a model that has only ever seen normal data notice
# what is not normal?
#
# **30 minutes** · needs Python and a little NumPy · data: MNIST-5k, handwritten digits
#
# By the end you can
# 1. say what an anomaly is, and why we train on normal data only;
# 2. turn reconstruction errors into alarms;
# 3. tell the false-alarm rate a threshold promises from the one it delivers.
#
# Run the cells from top to bottom with **Shift + Enter**.

# %% [markdown]
# ## Is everything ready?
#
# The **doctor** looks at Python, the packages, memory, disk and data, and trains a
# small model. If something is missing, it says what mends it. (In a terminal,
# `python -m aelearn` gives the long report.)

# %%
import aelearn  # first: it keeps TensorFlow quiet
from aelearn.course import doctor

ready = doctor.report(only_problems=True)

# %% [markdown]
# ## What is an anomaly?
#
# An **anomaly** is a sample that does not come from the source the normal samples
# come from: a worn bearing among sound ones, a forged payment among honest ones.
# Anomalies are rare, and no two need be alike, so we can seldom collect enough of
# them to learn what *they* look like. We learn what **normal** looks like instead.
#
# To see what we do, we play a game with known rules. **Odd digits are normal.
# Even digits are anomalies**, and there are few of them.

# %%
from aelearn import data

digits = data.load("mnist5k")
digits

# %% [markdown]
# `load` gives a `Dataset` with the pictures as rows: `digits.x` has shape (2778, 784), one row for each
# picture of 28 × 28 pixels, white 0 and black 1. `digits.y` says 0 for normal
# and 1 for an anomaly. Every data set has a card that says where it comes from and
# under which licence: `print(digits)` shows it.

# %%
from aelearn import plots

plots.pictures(
    {"normal": digits.x[digits.y == 0][:10], "anomaly": digits.x[digits.y == 1][:10]},
    title="Odd digits are normal, even digits are anomalies",
    description="Two lines of ten handwritten digits: odd digits above, even digits below, in many different hands.",
)

# %% [markdown]
# ### Exercise 00.1
# What share of the rows in `digits` are anomalies? Compute it from `digits.y`.
#
# This is how exercises work: replace the `...`, run the cell, and read what it says. A
# wrong answer gets a sentence about *what* is wrong. Nothing later in a lesson depends on
# your answer, so you may also go on and come back. `hint("00.1")` gives a hint.

# %% tags=["exercise"]
from aelearn.course import check, hint  # hint("00.1") when you are stuck

# BEGIN SOLUTION
share_of_anomalies = digits.y.mean()
# END SOLUTION
check("00.1", share_of_anomalies)

# %% [markdown]
# ## Three parts, never two
#
# We cut the data into three:
#
# - **train**: normal digits the model learns from;
# - **calibration**: *other* normal digits, which later set the limit for an alarm;
# - **test**: still other normal digits and all the anomalies. Nothing is ever chosen on it.

# %%
digits = data.split(digits, seed=0)
digits

# %% [markdown]
# ## An autoencoder
#
# An **autoencoder** is a neural network in two halves. The **encoder** squeezes a
# picture of 784 numbers into a **code** of 32. The **decoder** makes a picture of 784
# numbers out of the code. In training the network sees normal digits only and has one task:
# give back what came in. With 32 numbers it cannot copy every picture, so it
# must learn what odd digits have in common. (You build it yourself in lesson 02
# and train it by hand in lesson 03.)

# %%
from aelearn import training
from aelearn.models import Autoencoder

model = Autoencoder(n_features=784, latent_dim=32)
training.train(model, digits.x_train, epochs=50, seed=0)

# %% [markdown]
# **Predict first.** The network has never seen an even digit. What will it make of a 2, an 8, a 4?

# %%
normal = digits.x_test[digits.y_test == 0]
anomalies = digits.x_test[digits.y_test == 1]

plots.pictures(
    {
        "normal in": normal[:8],
        "normal out": model.reconstruct(normal[:8]).clip(0, 1),
        "anomaly in": anomalies[:8],
        "anomaly out": model.reconstruct(anomalies[:8]).clip(0, 1),
    },
    title="Odd digits come back well, even digits less so",
    description=(
        "Four lines of eight digits: odd digits and their reconstructions, which look alike; "
        "even digits and their reconstructions, which are blurred and have missing or added strokes."
    ),
)

# %% [markdown]
# Odd digits come back a little blurred. Even digits come back with strokes missing or
# pulled towards an odd digit. But look closely: some anomalies come back quite well. Those
# will cost us.

# %% [markdown]
# ## From pictures to errors
#
# The **reconstruction error** of a sample is the mean of the squared differences between
# what came in and what came back:
#
# $$\text{error}(x) = \frac{1}{784}\sum_{j=1}^{784} (x_j - \hat x_j)^2$$
#
# where $x_j$ is pixel $j$ of the picture and $\hat x_j$ the same pixel of its reconstruction.
#
# ### Exercise 00.2
# Compute the reconstruction error of the first test picture.

# %% tags=["exercise"]
import numpy as np

picture = digits.x_test[0]
reconstruction = model.reconstruct(digits.x_test[:1])[0]
# BEGIN SOLUTION
error_of_first = np.mean((picture - reconstruction) ** 2)
# END SOLUTION
check("00.2", error_of_first, picture=picture, reconstruction=reconstruction)

# %% [markdown]
# `scoring.reconstruction_error` does this for every row at once. Do the errors tell the
# two kinds apart?

# %%
from aelearn import scoring
from aelearn.course import claim

errors = scoring.reconstruction_error(model, digits.x_test)
typical_normal = np.median(errors[digits.y_test == 0])
typical_anomaly = np.median(errors[digits.y_test == 1])
print(f"median error: normal {typical_normal:.3f}, anomaly {typical_anomaly:.3f}")

claim(
    "Half of the anomalies have an error more than 1.6 times that of a typical normal digit",
    typical_anomaly > 1.6 * typical_normal,  # seen: 2.0 to 2.2 times, over six seeds
)

# %% [markdown]
# The last line is a **claim**. Every result this course states is bound to a condition
# that is computed again whenever the notebook runs. Were it false, the cell would
# stop with an error. We only write down what held over at least five random seeds, with
# room to spare.

# %% [markdown]
# ## From errors to alarms
#
# A detector must answer yes or no, so we need a **threshold**: an error above it raises an
# alarm. Where should it stand? We decide how often we may disturb somebody for
# nothing, say for 5 % of the normal digits, and let the **calibration** digits
# find the limit. They are normal, and the model was not trained on them, so their errors are what
# errors of new normal digits will be.

# %%
from aelearn import thresholds

alpha = 0.05  # the false-alarm rate we promise
calibration_errors = scoring.reconstruction_error(model, digits.x_calibration)
threshold = thresholds.conformal(calibration_errors, alpha)

plots.score_histogram(
    errors[digits.y_test == 0],
    errors[digits.y_test == 1],
    threshold,
    title="The errors overlap: a threshold trades false alarms for misses",
    description=(
        "Histograms of reconstruction errors: normal digits have small errors, anomalies larger ones, "
        "and the two overlap. A dashed line marks the threshold; a few normals lie right of it, "
        "and nearly half of the anomalies left of it."
    ),
)

# %% [markdown]
# ### Exercise 00.3
# Compute `alarms`: for each test picture, True if it raises an alarm.

# %% tags=["exercise"]
# BEGIN SOLUTION
alarms = errors > threshold
# END SOLUTION
check("00.3", alarms, errors=errors, threshold=threshold)

# %% [markdown]
# ### Exercise 00.4
# The threshold promised that 5 % of normal digits raise an alarm. Compute
# `delivered`, the share of **normal** test digits whose error lies above the threshold.

# %% tags=["exercise"]
# BEGIN SOLUTION
delivered = np.mean(errors[digits.y_test == 0] > threshold)
# END SOLUTION
check("00.4", delivered, errors=errors, y=digits.y_test, threshold=threshold)

# %% [markdown]
# ## How good is it?
#
# `evaluate` prints what matters. The **ROC AUC** is the chance that a random anomaly has a
# larger error than a random normal digit: 0.5 is a coin, 1 is perfect. **Recall** is the
# share of anomalies found. Each comes with an interval, since a test set is only a sample.

# %%
from aelearn import evaluation

result = evaluation.evaluate(digits.y_test, errors, threshold)
result

# %%
claim(
    "The autoencoder ranks anomalies above normals with an AUC above .88", result.auc > 0.88
)  # seen: .91 to .92
claim(
    "The false-alarm rate delivered is within 3 points of the 5 % promised",
    abs(result.false_alarm_rate - alpha) < 0.03,  # seen: 3.6 % to 6.0 %
)

# %% [markdown]
# The promise about false alarms is kept. But nearly half of the anomalies pass unseen. Which?

# %%
missed = digits.x_test[(digits.y_test == 1) & (errors <= threshold)]
caught = digits.x_test[(digits.y_test == 1) & (errors > threshold)]

plots.pictures(
    {"missed": missed[:10], "caught": caught[:10]},
    title="Where the method loses: slim, plain anomalies pass",
    description=(
        "Two lines of ten even digits: the missed ones are mostly slim and plainly written, "
        "the caught ones mostly wide or heavily inked."
    ),
)

# %%
claim(
    "Missed anomalies have less ink than caught ones",
    missed.mean() < 0.92 * caught.mean(),  # seen: .80 to .85 times the ink
)

# %% [markdown]
# A sum of squared differences can only be large where there is ink to get wrong. A slim 2
# has little of it. Lesson 04 tries other scores that mind this less.

# %% [markdown]
# ## Is deep better?
#
# A deep model must stand beside simple ones, or its figure means nothing.
#
# - **PCA** (principal component analysis) also squeezes a picture into 32 numbers and back, but with a linear map.
# - The **nearest neighbour** learns nothing: its score is the distance to the most similar training picture.
#
# **Predict first.** Order the three: autoencoder, PCA, nearest neighbour.

# %%
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

pca = PCA(n_components=32, random_state=0).fit(digits.x_train)
pca_errors = np.mean(
    (digits.x_test - pca.inverse_transform(pca.transform(digits.x_test))) ** 2, axis=1
)
nearest = NearestNeighbors(n_neighbors=1).fit(digits.x_train)
distances = nearest.kneighbors(digits.x_test)[0][:, 0]

auc = {
    "PCA, 32 components": roc_auc_score(digits.y_test, pca_errors),
    "autoencoder, code of 32": result.auc,
    "nearest neighbour": roc_auc_score(digits.y_test, distances),
}
for method, value in auc.items():
    print(f"{method:25} AUC {value:.3f}")

# %%
claim(
    "The autoencoder beats PCA with a code of the same size",
    auc["autoencoder, code of 32"]
    > auc["PCA, 32 components"] + 0.005,  # seen: .019 to .032 above
)
claim(
    "The nearest neighbour, which learns nothing, beats the autoencoder here",
    auc["nearest neighbour"]
    > auc["autoencoder, code of 32"] + 0.002,  # seen: .008 to .020 above
)

# %% [markdown]
# That is the honest state of things: bending the linear map of PCA into a deep network
# helps, and a search that learns nothing still ranks a little better on these small, clean pictures.
# So why go on? The search must keep every training picture and compare each new one with all of
# them; the autoencoder keeps its weights, says *which pixels* it finds strange, and can be
# changed where it is weak. And "here" means with this code of 32: lesson 02 tries others. The course
# finds out where depth pays, and says so where it does not.

# %% [markdown]
# ## Remember
#
# 1. Train on normal data; what comes back badly is suspicious.
# 2. A threshold is a promise about false alarms. Set it on normals the model has not seen.
# 3. Always put a simple method beside the deep one.
#
# ## Quiz
#
# **1. Why is the model trained on normal digits only?**
# (a) Even digits would slow training down. (b) It should be bad at reconstructing what is not normal. (c) Labels are needed for training.
#
# <details><summary>Answer</summary>
#
# **(b).** A model that has practised even digits reconstructs them well, and the error no longer tells them apart.
# (a) Speed does not change. (c) The other way round: training needs no labels beyond "these are normal".
#
# </details>
#
# **2. The threshold comes from calibration digits and not from training digits. Why?**
# (a) There are more of them. (b) The model has seen the training digits, so their errors are too small. (c) Calibration digits include anomalies.
#
# <details><summary>Answer</summary>
#
# **(b).** Errors on training data are smaller than on new data, so a threshold from them is too low and raises more false alarms than promised; lesson 04 measures how many.
# (a) There are fewer. (c) They are all normal.
#
# </details>
#
# **3. A detector has AUC .92 and a false-alarm rate of 5 %. What share of its alarms are real?**
# (a) 92 %. (b) 95 %. (c) That depends on how rare anomalies are.
#
# <details><summary>Answer</summary>
#
# **(c).** If one sample in ten thousand is an anomaly, 5 % false alarms drown the few real ones; lesson 04 computes it.
# (a) The AUC is about ranking, not about alarms. (b) 95 % is the share of *normals* left in peace.
#
# </details>
#
# ## Sources
#
# - G. E. Hinton, R. R. Salakhutdinov (2006), "Reducing the dimensionality of data with neural networks", Science 313, 504-507, [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647): deep autoencoders, on digits too.
# - S. Bates, E. Candès, L. Lei, Y. Romano, M. Sesia (2023), "Testing for outliers with conformal p-values", Annals of Statistics 51(1), 149-178, [arXiv:2104.08279](https://arxiv.org/abs/2104.08279): the threshold rule used above.
#
# Next: **01 · Preparing data**.
