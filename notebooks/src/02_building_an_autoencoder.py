# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 02 · Building an autoencoder
#
# *You build an autoencoder with your own hands, layer by layer, and find out what each
# part is good for: what a network knows before it has learned anything, which old method it
# turns into when you leave out its nonlinear part, and what that part buys, or does not buy.*
#
# **The question:** what does an autoencoder do that a linear method cannot?
#
# **58 minutes**, and 33 for going deeper · needs lessons 00 and 01 · data: MNIST-5k and smaller sets
#
# By the end you can
# 1. write encoder, bottleneck and decoder as a model, and say the shape and the
#    number of parameters of every layer;
# 2. choose activations, and show why a wrong one at the output cannot be trained away;
# 3. show that a linear autoencoder is PCA, and measure what a bent one adds.

# %%
import aelearn  # first: it keeps TensorFlow quiet
import numpy as np

from aelearn import data

digits = data.load("mnist5k")
parts = data.split(digits, seed=0)
x, x_test, is_anomaly = parts.x_train, parts.x_test, parts.y_test
parts

# %% [markdown]
# ## Two halves and a bottleneck
#
# The **encoder** is a function from 784 numbers to 32, the **code**. The **decoder** is
# a function from 32 numbers back to 784. Ours have one **hidden layer** of 128 **units** each:
#
#     784  →  128  →  32  →  128  →  784
#     input   hidden  code   hidden  reconstruction
#     └─── encoder ────┘
#                     └─── decoder ────┘
#
# The code is the **bottleneck**: all that the decoder ever learns of a picture passes through
# these 32 numbers.
#
# Each arrow is a dense **layer**. It takes a row `x` of numbers and gives another row,
#
# $$\text{layer}(x) = \text{activation}(x W + b).$$
#
# `W` is a table of **weights**, one for each pair of a number that comes in and a unit, and `x W` a **matrix product**. `b` is a row
# of **biases**, one for each unit. The **activation** is a simple function of each number. In the hidden layers it is **ReLU**,
# `max(t, 0)`; in the code and at the output every number stays as it is, which is called **linear**. Weights and biases together are the **parameters**.
#
# ### Exercise 02.1
# How many parameters has the *encoder*, 784 → 128 → 32? Work it out by hand, before the computer tells you.

# %%
from aelearn.course import check, claim, hint, progress, show_table, solution

# %% tags=["exercise"]
# BEGIN SOLUTION
n_parameters = (784 * 128 + 128) + (128 * 32 + 32)
# END SOLUTION
check("02.1", n_parameters)

# %% [markdown]
# ## By hand
#
# **Keras** is the part of TensorFlow that has layers ready; `Sequential` chains them. Here are the two halves. Their **initial weights** are random; the seed gives everybody the same.

# %%
import keras
from keras.layers import Dense

keras.utils.set_random_seed(0)
encoder = keras.Sequential([keras.Input((784,)), Dense(128, activation="relu"), Dense(32)])
decoder = keras.Sequential([keras.Input((32,)), Dense(128, activation="relu"), Dense(784)])

# %% [markdown]
# The autoencoder is one after the other. A **subclass** of `keras.Model`, a class made from it, keeps the two halves
# and says in `call` how an input becomes an output. Keras finds the parameters by itself.


# %%
class MyAutoencoder(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def call(self, x):
        code = self.encoder(x)
        return self.decoder(code)


# %% [markdown]
# Send ten pictures through, layer by layer, and look at the shapes. The number of rows stays:
# every layer treats every picture by itself.

# %%
model = MyAutoencoder(encoder, decoder)
values, rows = x[:10], []
for layer in encoder.layers + decoder.layers:
    values = layer(values)
    shape = str(tuple(values.shape))
    rows.append([layer.activation.__name__, shape, layer.count_params()])
show_table(
    rows, ["activation", "shape", "parameters"], caption="Ten pictures on their way through"
)

# %% [markdown]
# Together that makes 209,968 parameters, and nearly all of them sit in the two layers that touch the 784 pixels. It is also more than the numbers in 250
# pictures. But the bottleneck limits what is said *about each picture*, not how many parameters say it.

# %% [markdown]
# ## Before training
#
# The weights are random numbers, and the biases are zero.
# **Predict first.** What will ten digits look like after a trip through the untrained network?

# %% tags=["fold"]
# Draw ten digits, and what the untrained network makes of them
from aelearn import plots

plots.pictures(
    {"in": x_test[:10], "out": np.asarray(model(x_test[:10])).clip(0, 1)},
    title="Before training, reconstructions are noise",
    description="Ten handwritten digits and below them ten squares of grey speckle, in which no digit and no stroke can be recognised.",
)

# %% [markdown]
# Noise. Now a question that few tutorials ask: **how well does the untrained network detect anomalies?**
# Guess its AUC. Beside it stand two scores that are no networks at all: the *ink* of
# a picture (its mean square, the error of a blank page), and its distance from the
# *mean picture* (the mean of all training pictures: a model with a code of size 0).

# %%
from sklearn.metrics import roc_auc_score


def mean_square(difference):
    return np.mean(np.square(difference), axis=1)


untrained = mean_square(x_test - np.asarray(model(x_test)))
ink = mean_square(x_test)
from_mean = mean_square(x_test - x.mean(axis=0))

# %%
scores = {"untrained network": untrained, "ink": ink, "mean picture": from_mean}
rows, zero_auc = [], {}
for name, score in scores.items():
    zero_auc[name] = roc_auc_score(is_anomaly, score)
    rows.append([name, score[is_anomaly == 0].mean(), zero_auc[name]])
show_table(
    rows,
    ["score", "error on normals", "AUC"],
    digits={"AUC": 2},
    caption="Three scores that have learned nothing, or an average",
)

# %%
from scipy.stats import spearmanr

claim(
    "The untrained network has learned nothing: it ranks pictures as ink does",
    spearmanr(untrained, ink).statistic > 0.9,  # seen: .996 or more; 1 is the same order
)
claim(
    "And yet its AUC is above .6, and that of the mean picture is higher still",
    0.6 < zero_auc["untrained network"] < zero_auc["mean picture"] - 0.03,
)  # seen: .69 to .71, and .067 to .080 more

# %% [markdown]
# Even digits tend to have more ink than odd ones, so whatever
# cannot copy at all ranks better than a coin. **The zero of your scale is not .5.** A detector has learned something
# when it beats the mean picture, which has nothing to learn but an average.

# %% [markdown]
# ## What training needs to know
#
# `training.train` asks a model for one method, and scoring asks for another:
#
# - `training_loss(x)`: one number to make small, the **loss**, for some rows `x`. Ours is the **mean
#   squared error**. It stays a **tensor**, TensorFlow's array (lesson 03 says why);
# - `reconstruct(x)`: array in, array out.
#
# We add them to the class.

# %%
import tensorflow as tf

from aelearn import scoring, training


class MyTrainableAutoencoder(MyAutoencoder):
    def training_loss(self, x):
        return tf.reduce_mean(tf.square(x - self(x)))

    def reconstruct(self, x):
        return self(x).numpy()


# %% [markdown]
# Twenty passes over the training rows take a second or two.

# %%
model = MyTrainableAutoencoder(encoder, decoder)
initial_weights = model.get_weights()
training.train(model, x, epochs=20, seed=0)

# %% tags=["fold"]
# Draw ten digits, and what the trained network makes of them
plots.pictures(
    {"in": x_test[:10], "out": model.reconstruct(x_test[:10]).clip(0, 1)},
    title="After twenty passes over the data, digits come out",
    description="Ten handwritten digits and below them the same digits, a little blurred.",
)

# %% [markdown]
# Twenty lines of your own, and it works. `aelearn.models.Autoencoder` is the same thing, with
# the sizes as arguments. To see that it is, we give it your initial weights and train it alike.

# %%
from aelearn.models import Autoencoder

ours = Autoencoder(n_features=784, latent_dim=32, hidden=(128,))
ours.set_weights(initial_weights)
training.train(ours, x, epochs=20, seed=0)

your_copies, our_copies = model.reconstruct(x_test), ours.reconstruct(x_test)
your_error = mean_square(x_test - your_copies)[is_anomaly == 0].mean()

# %%
claim(
    "Trained from the same weights, both have learned, and reconstruct alike",
    your_error < 0.5 * from_mean[is_anomaly == 0].mean()  # seen: .28 times
    and np.allclose(your_copies, our_copies, atol=1e-3),  # seen: no difference at all
)

# %% [markdown]
# ### Exercise 02.2
# Compute `codes`: the codes of the first 100 test pictures.

# %% tags=["exercise"]
# BEGIN SOLUTION
codes = model.encoder(x_test[:100])
# END SOLUTION
check("02.2", codes, model=model, x=x_test[:100])

# %% [markdown]
# ### Exercise 02.3
# Encoder and decoder differ in their sizes only. Write `build_half(n_in, n_out)`: a `keras.Sequential` from `n_in` numbers to `n_out`, with one hidden layer of 128 units
# with ReLU and a linear last layer.


# %% tags=["exercise"]
def build_half(n_in, n_out):
    # BEGIN SOLUTION
    layers = [keras.Input((n_in,)), Dense(128, activation="relu"), Dense(n_out)]
    return keras.Sequential(layers)
    # END SOLUTION


check("02.3", build_half)

# %% [markdown]
# ## The output decides what can come back
#
# ReLU serves well inside a network. At the *output* it is a trap: it never gives a negative
# number, and about half of the values of standardised data (lesson 01) are negative.
#
# ### Exercise 02.4
# Write `relu_floor(x)`: the mean squared error, over all rows and columns of `x`, below which *no* network
# with a ReLU at its output can get, however deep it is and however long it is trained.


# %% tags=["exercise"]
def relu_floor(x):
    # BEGIN SOLUTION
    return np.mean(np.minimum(x, 0) ** 2)
    # END SOLUTION


check("02.4", relu_floor)

# %% [markdown]
# Let us see it. The data are ten measurements of spoken vowels, standardised on the training part. (The test part has other
# speakers than the training part: lesson 01.)

# %%
from sklearn.preprocessing import StandardScaler


def standardised(name, seed):
    """Train and test rows, scaled on the train rows, and the test labels."""
    cut = data.split(data.load(name), seed=seed)
    scaler = StandardScaler().fit(cut.x_train)
    return scaler.transform(cut.x_train), scaler.transform(cut.x_test), cut.y_test


vowel, vowel_test, vowel_is_anomaly = standardised("vowel", seed=0)

# %%
linear_out = Autoencoder(10, latent_dim=4)
relu_out = Autoencoder(10, latent_dim=4, output_activation="relu")
training.train(linear_out, vowel, epochs=100, seed=0)
training.train(relu_out, vowel, epochs=100, seed=0)

# %%
linear_error = scoring.reconstruction_error(linear_out, vowel).mean()
relu_error = scoring.reconstruction_error(relu_out, vowel).mean()
floor = mean_square(np.minimum(vowel, 0)).mean()
table = {
    "linear output": linear_error,
    "ReLU output": relu_error,
    "floor of any ReLU": floor,
}
show_table(table, ["network", "error"], digits=2, caption="Error on the training rows")

# %% tags=["fold"]
# Draw values in against values out, for both networks
values = vowel[:40]
figure, axes = plots.subplots(figsize=(plots.WIDTH, 4.2))
axes.axline((0, 0), slope=1, color=plots.LIMIT, linestyle="--", linewidth=1)
for network, label, mark in (
    (linear_out, "linear output", "o"),
    (relu_out, "ReLU output", "^"),
):
    axes.plot(
        values.ravel(), network.reconstruct(values).ravel(), mark, label=label, markersize=4
    )
axes.set(xlabel="value in (standard deviations)", ylabel="value out", xlim=(-3.2, 3.2))
axes.set_title("A ReLU at the output cuts off everything below zero")
figure.legend(loc="outside lower left", ncols=2)
plots.show(
    figure,
    "A cloud of values in against values out, with a dashed diagonal for a perfect copy. The circles of the linear output lie around the diagonal. No triangle of the ReLU output lies below zero: all negative values come back as zero or more.",
)

# %%
claim(
    "The linear output has less than half the error, and no ReLU gets below its floor",
    linear_error < 0.5 * relu_error and relu_error > floor,
)  # the second is a theorem; seen: .15 to .20 times, and 1.05 to 1.27 times the floor

# %% [markdown]
# So: a linear output for standardised data. For values between 0 and 1 there is a second choice,
# the **sigmoid**, an S-shaped curve that never leaves that range. A linear output does leave it; lesson 05 looks at such choices.

# %% [markdown]
# ## A linear autoencoder is PCA
#
# Now leave out the hidden layers and every nonlinear function: two matrix products are left, one to the code and one back. What can such a network do at
# best, with a code of 8?
#
# - Whatever the weights are, each reconstruction is one fixed picture plus 8 others in varying amounts. So all of them lie in a **flat** of 8 dimensions: a plane, so to say, that need
#   not pass through zero.
# - For a given flat, the best answer is the point of the flat nearest to the sample.
# - The flat with the smallest squared distances to all data is the one that **PCA** finds: through the
#   mean, along the 8 directions of largest **variance**, the **principal components** (Pearson 1901).
#
# So no linear autoencoder beats PCA on the rows it was trained on. Does training reach it? We try, on small digits of 8 × 8 pixels.
# **Predict first:** after five hundred steps, how far is the network's error from PCA's: a tenth, a hundredth, less?

# %%
small_digits = data.load("digits")
small = data.split(small_digits, seed=0)
mean, spread = small.x_train.mean(axis=0), small.x_train.std()
small_x, small_test = (small.x_train - mean) / spread, (small.x_test - mean) / spread

# %% [markdown]
# The mean picture is taken away, and one scale serves all pixels. `hidden=()` is "no hidden layer"; with all rows in one **batch**, the rows of one step, each epoch is one step, which
# lesson 03 takes apart. The `learning_rate` sets the length of the steps: 0.001 where we say nothing.

# %%
from sklearn.decomposition import PCA

linear = Autoencoder(n_features=64, latent_dim=8, hidden=())
training.train(
    linear, small_x, epochs=500, batch_size=len(small_x), learning_rate=1e-2, seed=0
)


# %%
def pca_errors(size, known, rows):
    """Reconstruction errors of rows by PCA with so many components, fitted on the known rows."""
    flat = PCA(n_components=size, random_state=0).fit(known)
    return mean_square(rows - flat.inverse_transform(flat.transform(rows)))


# %% [markdown]
# The **principal angles** say how far
# apart two flats are, whatever axes describe them: all 0 degrees is one and the same flat. For two single axes we take the cosine:
# the product of two arrows of length 1 is the cosine of the angle between them ([refresher](90_refresher.ipynb): Length and angle).

# %%
from scipy.linalg import subspace_angles

pca = PCA(n_components=8, svd_solver="full").fit(small_x)
# (8, 64): what each number of the code adds to a picture
axes_of_network = linear.decoder.get_weights()[0]
angles = np.degrees(subspace_angles(axes_of_network.T, pca.components_.T))
pca_error = mean_square(small_x - pca.inverse_transform(pca.transform(small_x))).mean()
linear_error = scoring.reconstruction_error(linear, small_x).mean()
print(f"error: PCA {pca_error:.3f}, linear autoencoder {linear_error:.3f}")
new_errors = scoring.reconstruction_error(linear, small_test)
times_pca_error = new_errors / pca_errors(8, small_x, small_test)  # of each new digit

# %%
lengths = np.linalg.norm(axes_of_network, axis=1, keepdims=True)  # (8, 1): one for each row
directions = axes_of_network / lengths
# (8, 8): each axis of the network with each component; 1 would be the same axis
cosines = np.abs(directions @ pca.components_.T)

claim(
    "The error is within 1 % of PCA's, and that of each new digit, anomalies too, within 3 %",
    abs(linear_error / pca_error - 1) < 0.01 and np.abs(times_pca_error - 1).max() < 0.03,
)  # seen: within .004 %, and within 1.0 %
claim(
    "It is PCA's flat, to half a degree, and yet no axis of it is a principal component",
    angles.max() < 0.5 and cosines.max() < 0.97,
)  # seen: at most .13 degrees (before training: 87 to 90), and cosines up to .86

# %% tags=["fold"]
# Draw the axes of the network, and those of PCA


def as_pictures(directions):
    return 0.5 + directions / (2 * np.abs(directions).max())  # zero becomes middle grey


plots.pictures(
    {"network": as_pictures(directions), "PCA": as_pictures(pca.components_)},
    title="The same flat, described by other axes",
    description="Two lines of eight small grey patterns: the decoder's axes above, the principal components below. No pattern above is the same as one below.",
)

# %% [markdown]
# The flat is learned; its axes are an accident of the initial weights (*Going deeper* says why). So **do not read a meaning into one number of a
# code**. With the same error for each new digit the two are one detector, and PCA takes a blink. Nobody should train a linear autoencoder, but everybody
# should know what it is: **PCA is the autoencoder to beat.**

# %% [markdown]
# ## Which half must bend?
#
# Suppose you may put a hidden layer with ReLU into *one* half only, the encoder or the decoder. **Predict first:** which
# of the two helps? (We call a half with such a layer *bent*.) Your class takes any two halves.


# %%
def half(n_in, n_out, bent):
    hidden = [Dense(128, activation="relu")] if bent else []
    return keras.Sequential([keras.Input((n_in,)), *hidden, Dense(n_out)])


# %%
keras.utils.set_random_seed(0)
bent_encoder = MyTrainableAutoencoder(half(64, 8, bent=True), half(8, 64, bent=False))
bent_decoder = MyTrainableAutoencoder(half(64, 8, bent=False), half(8, 64, bent=True))
networks = {"only the encoder": bent_encoder, "only the decoder": bent_decoder}

# %%
times_pca = {}
for name, network in networks.items():
    training.train(network, small_x, epochs=100, learning_rate=3e-3, seed=0)
    error = scoring.reconstruction_error(network, small_x).mean()
    times_pca[name] = error / pca_error
show_table(
    times_pca, ["bent", "times PCA's"], digits=2, caption="Error on the training rows"
)

# %%
claim(
    "A bent encoder alone does not beat PCA, a bent decoder alone does",
    times_pca["only the encoder"] > 0.999 and times_pca["only the decoder"] < 0.7,
)  # the first is a theorem; seen: 1.005 to 1.041, and .49 to .53

# %% [markdown]
# With a linear decoder every reconstruction lies in a flat, however clever the encoder is, and PCA is
# the best there is in a flat (Bourlard and Kamp 1988 showed it for one hidden layer). A bent decoder
# replaces the flat by a curved sheet. That is what "deep" buys in an autoencoder.
# (On new samples the comparison could come out either way; the proof is about the data trained on.)

# %% [markdown]
# ## What bending buys, by size of the code
#
# Back to the large digits. For three sizes of the code we train our network from three different initial weights (the bands in the figures are their range; with larger steps than before, lesson 03, so that you need not wait), fit PCA with as many components, and look at
# new digits. The nearest neighbour of lesson 00 has no code; it stands beside them as a line.

# %%
sizes = (8, 32, 128)
deep = {8: Autoencoder(784, latent_dim=8), 32: ours, 128: Autoencoder(784, latent_dim=128)}
deep_error, deep_auc = np.zeros((3, 3)), np.zeros((3, 3))  # (size, seed)
for i, size in enumerate(sizes):
    for seed in range(3):
        deep[size].reset_weights(seed)
        training.train(deep[size], x, epochs=15, learning_rate=3e-3, seed=seed)
        errors = scoring.reconstruction_error(deep[size], x_test)
        deep_error[i, seed] = errors[is_anomaly == 0].mean()
        deep_auc[i, seed] = roc_auc_score(is_anomaly, errors)

# %% [markdown]
# PCA needs no seed, and the neighbour no size. (`[:, None]` sets one number of PCA's beside three of the network's: [refresher](90_refresher.ipynb), *Each with each*.)

# %%
pca_new, pca_auc = np.zeros(3), np.zeros(3)
for i, size in enumerate(sizes):
    errors = pca_errors(size, x, x_test)
    pca_new[i] = errors[is_anomaly == 0].mean()
    pca_auc[i] = roc_auc_score(is_anomaly, errors)

# %%
from sklearn.neighbors import NearestNeighbors

nearest = NearestNeighbors(n_neighbors=1).fit(x).kneighbors(x_test)[0][:, 0]
nearest_auc = roc_auc_score(is_anomaly, nearest)

# %% tags=["fold"]
# Draw errors by size of the code
plots.lines(
    sizes,
    {"autoencoder": deep_error, "PCA": pca_new},
    title="PCA copies better with a large code …",
    xlabel="size of the code",
    ylabel="error on new normals",
    log=True,
    description="Error on new normal digits against the size of the code, 8, 32 and 128. It falls for both methods; the autoencoder's is smaller for the smallest code, about equal in the middle, and PCA's is far smaller for the largest.",
)

# %% tags=["fold"]
# Draw AUCs by size of the code
plots.lines(
    sizes,
    {"autoencoder": deep_auc, "PCA": pca_auc, "nearest neighbour": np.full(3, nearest_auc)},
    title="… and still detects worse",
    xlabel="size of the code",
    ylabel="ROC AUC",
    log=True,
    description="ROC AUC against the size of the code. The autoencoder's lies above PCA's for every size and is highest for the smallest code, with which it stands clearly above the level line of the nearest neighbour.",
)

# %%
claim(
    "With a code of 8 the autoencoder copies new digits better than PCA, with 128 worse",
    (deep_error[0] < 0.87 * pca_new[0]).all() and (deep_error[2] > 1.5 * pca_new[2]).all(),
)  # seen: .74 to .76 times, and 3.4 to 3.9 times

# %%
claim(
    "It has the higher AUC at every size", (deep_auc > pca_auc[:, None] + 0.008).all()
)  # seen: .024 to .069 above
claim(
    "The smallest code detects best, and better than the nearest neighbour",
    deep_auc[0].min() > deep_auc[1:].max() + 0.003
    and deep_auc[0].min() > nearest_auc + 0.002,
)  # seen, six seeds: .011 above the best of the others, and .010 to .014 above the neighbour

# %% [markdown]
# - **Copying well and detecting well are two things.** With a large code PCA copies new digits far
#   better than our network, and loses as a detector all the same. Whoever
#   copies everything tells nothing apart.
# - What counts is how far the errors of anomalies stand *above* those of normals. On these digits the
#   tightest of the three bottlenecks separates best; other data are another question.
# - We read the best size off the test labels, which is not allowed when labels are to judge the result. Lesson 05 asks how to choose without.

# %% [markdown]
# ## Where it loses
#
# Small tables. Breast cancer has thirty measurements of cells and 179 normal rows to train on. Our network for it has more parameters than these rows have
# numbers. **Predict first.** Against PCA with the same code of 4, and against the mean distance to the 5 nearest training rows: where does the autoencoder win?

# %%
cancer_net = Autoencoder(30, latent_dim=4)


def errors_of_network(known, new, seed):
    """Train the network on the known rows; its errors on them, and on the new rows."""
    cancer_net.reset_weights(seed)
    training.train(cancer_net, known, epochs=70, learning_rate=3e-3, seed=seed)
    return [scoring.reconstruction_error(cancer_net, rows) for rows in (known, new)]


# %%
cancer_auc, over_pca = [], []  # a row for each seed
for seed in range(5):
    known, new, labels = standardised("breast_cancer", seed)
    deep_known, deep_new = errors_of_network(known, new, seed)
    flat_known, flat_new = pca_errors(4, known, known), pca_errors(4, known, new)
    far = NearestNeighbors(n_neighbors=5).fit(known).kneighbors(new)[0].mean(axis=1)
    cancer_auc.append([roc_auc_score(labels, score) for score in (deep_new, flat_new, far)])
    new_ratio = deep_new[labels == 0].mean() / flat_new[labels == 0].mean()
    over_pca.append([deep_known.mean() / flat_known.mean(), new_ratio])

# %%
cancer_auc, over_pca = np.array(cancer_auc), np.array(over_pca)
table = {
    "autoencoder": cancer_auc[:, 0],
    "PCA": cancer_auc[:, 1],
    "5 neighbours": cancer_auc[:, 2],
}
rows = [[name, (values.min(), values.max())] for name, values in table.items()]
show_table(rows, ["method", "AUC"], digits=2, caption="Breast cancer, over five seeds")

# %%
claim(
    "On training rows the autoencoder copies far better than PCA, on new normals it does not",
    over_pca[:, 0].max() < 0.75 and over_pca[:, 1].min() > 0.8,
)  # seen, fifteen seeds: .56 to .65 times PCA's error, and .89 to 1.16 times
claim(
    "PCA and the 5 nearest neighbours rank better, on average over the seeds",
    (cancer_auc.mean(axis=0)[1:] > cancer_auc.mean(axis=0)[0] + 0.01).all(),
)  # seen: .032 to .044 above; single seeds .010 to .077

# %% [markdown]
# The sheet has wound itself around the training rows: less than two thirds of PCA's error there, and hardly a gain on new
# ones. **A deep autoencoder has to earn its place, on every data set anew.**

# %% [markdown]
# ## Remember
#
# 1. All that matters about a picture passes through the code; the decoder can only draw what lies on its sheet, and what lies off it gets an error.
# 2. A linear autoencoder is PCA: the same flat, other axes. The bent decoder is what a deep one adds, where there are data enough to bend it rightly.
# 3. Copying well is not detecting well. Know what an untrained network, a mean picture and PCA score before you praise a deep one.
#
# ## Quiz
#
# **1. A friend's network for standardised data ends in `Dense(30, activation="relu")`. The training loss stops at a high value. What helps?**
# (a) More epochs. (b) A wider code. (c) A linear output.
#
# <details><summary>Answer</summary>
#
# **(c).** What the ReLU cannot give back is a floor under the loss, set by the last function alone: no training (a) and no code (b) gets below it.
#
# </details>
#
# **2. Two people train the same linear autoencoder with different seeds to the end. What agrees?**
# (a) The codes. (b) The reconstructions. (c) The weights.
#
# <details><summary>Answer</summary>
#
# **(b).** Both find the flat of PCA and the nearest point in it. (a) and (c) The axes within the flat are arbitrary.
#
# </details>
#
# **3. Model A copies new normal digits with half the error of model B. Which detects better?**
# (a) A. (b) B. (c) That cannot be said.
#
# <details><summary>Answer</summary>
#
# **(c).** It depends on how well each copies *anomalies*. PCA with 128 components was such a model A, and lost. A bad copy of everything detects nothing either: see the untrained network.
#
# </details>
#
# **4. A network reaches an AUC of .70 on our digits. Has it learned anything?**
# (a) Yes, .5 is chance. (b) There is no sign of it.
#
# <details><summary>Answer</summary>
#
# **(b).** Ink alone gets as far, and the mean picture further. (a) .5 is the level of a random score, and a reconstruction error is never that: it depends on the size of the input.
#
# </details>

# %% [markdown]
# ## Going deeper
#
# ### The best linear error, without training
#
# The mean squared error of PCA is the variance of the directions it leaves out. Let $s_1 \ge s_2 \ge \dots$ be the **singular values** of the
# **centred** data, $n$ rows and $d$ columns ([refresher](90_refresher.ipynb): Rank and singular values). Each $s_j^2$ is the sum of squares along its direction,
# so those of the directions that are left out are the squared error. With a code of size $d_z$,
#
# $$\text{error} = \frac{1}{n\,d}\sum_{j>d_z} s_j^2 .$$
#
# (That PCA's flat is the best one follows from a theorem of Eckart and Young, 1936. Baldi and Hornik proved in 1989 that training cannot be caught on the way, if the
# columns vary independently enough: the error has no other **minimum**, only **saddle points**, from which a way still leads down.)
#
# ### Exercise 02.5
# Write `best_linear_error(x, size)`: the smallest mean squared error that a linear autoencoder
# with a code of this size can reach on the rows of `x`. (`np.linalg.svd(..., compute_uv=False)` gives the singular values, the largest first.)


# %% tags=["exercise"]
def best_linear_error(x, size):
    # BEGIN SOLUTION
    singular_values = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    return np.sum(singular_values[size:] ** 2) / x.size
    # END SOLUTION


check("02.5", best_linear_error)

# %% [markdown]
# ### Why the axes are an accident
#
# Mix the numbers of every code $z$ by any matrix $A$ that has an **inverse**, and put $A^{-1}$ in front of the decoder's weights: the codes $zA$ give the same reconstructions as before, and
# the same error. So nothing pulls the network towards one choice of axes. PCA's own choice, at right angles and the largest variance first, is a rule of PCA's, not of the data.
#
# ### A code that you can look at
#
# With a code of two numbers we can draw it. **Predict first.** The encoder has never seen an even digit. Where in the plane will it put them: outside, or among the odd ones?

# %%
plane = Autoencoder(784, latent_dim=2)
training.train(plane, x, epochs=15, learning_rate=3e-3, seed=0)
train_codes, new_codes = np.asarray(plane.encoder(x)), np.asarray(plane.encoder(x_test))

# %% tags=["fold"]
# Draw the codes: training digits above, new digits below
figure, panels = plots.subplots(2, 1, figsize=(plots.WIDTH, 8.4), sharex=True, sharey=True)
style = dict(markersize=4, alpha=0.7, linestyle="none")
for digit, marker, colour in zip((1, 3, 5, 7, 9), "osD^v", plots.COLOURS, strict=False):
    chosen = train_codes[parts.classes_train == digit][:90]
    panels[0].plot(*chosen.T, marker, color=colour, label=f"{digit}", **style)
normal_codes, anomaly_codes = (
    new_codes[is_anomaly == 0][:250],
    new_codes[is_anomaly == 1][:250],
)
panels[1].plot(*normal_codes.T, "+", color=plots.NORMAL, label="new normal", **style)
panels[1].plot(*anomaly_codes.T, "x", color=plots.ANOMALY, label="anomaly", **style)
panels[0].set(title="Odd digits gather in groups …", ylabel="second number of the code")
panels[1].set(
    title="… and even ones lie among them",
    xlabel="first number of the code",
    ylabel="second number of the code",
)
figure.legend(loc="outside lower left", ncols=4)
plots.show(
    figure,
    "Two scatter plots of the plane of codes. Above: training digits, one marker for each of 1, 3, 5, 7, 9; each digit keeps to a region, with overlaps. Below: new normal digits as plus signs and anomalies as crosses; the crosses lie among the plus signs.",
)

# %%
neighbour_in_plane = NearestNeighbors(n_neighbors=1).fit(train_codes)
auc_of_place = roc_auc_score(is_anomaly, neighbour_in_plane.kneighbors(new_codes)[0][:, 0])
auc_of_error = roc_auc_score(is_anomaly, scoring.reconstruction_error(plane, x_test))
print(
    f"AUC: distance to the nearest code {auc_of_place:.2f}, reconstruction error {auc_of_error:.2f}"
)

# %%
claim(
    "The place in the plane hardly tells anomalies apart, the reconstruction error does",
    auc_of_place < 0.66 and auc_of_error > 0.82,
)  # seen: .51 to .57, and .87 to .88

# %% [markdown]
# In this plane even digits get codes like those of odd ones. What gives them away is
# that the decoder cannot get back from there. Walk over the plane and let the decoder draw:

# %% tags=["fold"]
# Let the decoder draw a picture for each point of a grid over the middle of the plane
low, high = np.quantile(train_codes, [0.05, 0.95], axis=0)
across, up = np.linspace(low[0], high[0], 10), np.linspace(high[1], low[1], 5)
drawings = {}
for value in up:
    points = np.column_stack([across, np.full(10, value)]).astype(np.float32)
    drawings[f"{value:.1f}"] = np.asarray(plane.decoder(points)).clip(0, 1)
plots.pictures(
    drawings,
    title="What this decoder draws: a sheet of odd digits",
    description="Five lines of ten drawings, one for each point of a grid over the middle of the plane of codes (the label is the second number of the code): forms of odd digits that flow into each other, and blurred ones in between.",
)

# %% [markdown]
# Every reconstruction is a point of this sheet, or of what lies around the part we drew. An even digit comes back as one, and the difference is its error.
#
# ### A bottleneck as wide as the input
#
# What if the code is as large as the picture? Then the network may *copy*. Set both weight matrices to the **identity matrix**, ones on the diagonal, and
# every sample comes back as it was, pure noise too: no error, and no use. But does *training* go that way? We start from random weights.

# %%
wide = Autoencoder(n_features=64, latent_dim=64, hidden=())
training.train(
    wide, small_x, epochs=500, batch_size=len(small_x), learning_rate=1e-2, seed=0
)
error_of_size, auc_of_size = {}, {}
for size, network in {8: linear, 64: wide}.items():
    errors = scoring.reconstruction_error(network, small_test)
    error_of_size[size] = errors[small.y_test == 0].mean()
    auc_of_size[size] = roc_auc_score(small.y_test, errors)
    print(f"code of {size}: error {error_of_size[size]:.3f}, AUC {auc_of_size[size]:.1f}")

# %%
claim(
    "Without a bottleneck less than a hundredth of the error is left, and more than .15 of AUC is lost",
    error_of_size[64] < 0.01 * error_of_size[8] and auc_of_size[64] < auc_of_size[8] - 0.15,
)  # seen: less than .001 times, and .25 to .37 lost

# %% [markdown]
# So training does go that way: it copies. **Compression** is what makes the error tell something, 64 numbers into 8. It is not the only way. Lessons 06 to 08 limit the code by other means than its
# size. And "as wide as the input" comes sooner than you think, when columns depend on each other. How many dimensions rows
# really fill is the **rank of a matrix**, here of the centred rows.
#
# ### Exercise 02.6
# Write `lossless_code_size(x)`: the smallest code with which a linear autoencoder (with biases) can copy every row of `x` without error.


# %% tags=["exercise"]
def lossless_code_size(x):
    # BEGIN SOLUTION
    return np.linalg.matrix_rank(x - x.mean(axis=0))
    # END SOLUTION


check("02.6", lossless_code_size)

# %% [markdown]
# ### A fault that looks like a success
#
# Back to the network whose ReLU cuts off all that is negative. Surely such a crippled network detects badly? **Predict first.** The third score is the part that a ReLU can never copy, the negative
# values: their mean square by itself, without any network. The last line does the same on the breast cancer data.

# %%
linear_auc = roc_auc_score(
    vowel_is_anomaly, scoring.reconstruction_error(linear_out, vowel_test)
)
relu_auc = roc_auc_score(
    vowel_is_anomaly, scoring.reconstruction_error(relu_out, vowel_test)
)
negative_auc = roc_auc_score(vowel_is_anomaly, mean_square(np.minimum(vowel_test, 0)))
_, cancer_test, is_malignant = standardised("breast_cancer", seed=0)
negative_on_cancer = roc_auc_score(is_malignant, mean_square(np.minimum(cancer_test, 0)))

# %%
table = {
    "vowel: linear output": linear_auc,
    "vowel: ReLU output": relu_auc,
    "vowel: negative values alone": negative_auc,
    "breast cancer: negative values alone": negative_on_cancer,
}
show_table(table, ["score", "AUC"], digits=2, caption="Ranking by a fault")

# %%
claim(
    "On vowel the crippled network ranks better than the sound one",
    relu_auc > linear_auc + 0.05,
)  # seen: .27 to .46 above; with other speakers .13 to .37
claim(
    "What it cannot copy does that alone: it ranks as well on vowel, and upside down on breast cancer",
    negative_auc > 0.85 and negative_on_cancer < 0.3,
)  # a fact of the split: .96 and .13; other splits .87 to .96 and .13 to .17

# %% [markdown]
# What the ReLU cannot give back it leaves in the error, so the
# score mostly asks "how far below average is this sample?" The odd vowel happens to lie there;
# malignant cells lie above. **A good AUC does not prove that a network works.** Look at its
# reconstructions too.

# %% [markdown]
# ### A network that knows what a picture is
#
# To a dense layer the 784 pixels are 784 columns in any order. A **convolution** looks at a small patch of 3 × 3 pixels, with the same few weights at every
# place: a stroke is a stroke wherever it stands. Such a set of weights is one of its *filters*. With `strides=2` it looks at every second place, so that pictures
# shrink from 28 × 28 to 14 × 14 to 7 × 7, one for each filter; the decoder goes the same way back.

# %%
from keras.layers import Conv2D, Conv2DTranspose, Flatten, Reshape

keras.utils.set_random_seed(0)
# "same": a patch at the edge reaches over it, onto zeros, so that 28 pixels become 14
every_second = dict(kernel_size=3, strides=2, padding="same")
picture_encoder = keras.Sequential([keras.Input((784,)), Reshape((28, 28, 1))])
picture_encoder.add(Conv2D(8, activation="relu", **every_second))
picture_encoder.add(Conv2D(16, activation="relu", **every_second))
picture_encoder.add(Flatten())
picture_encoder.add(Dense(8))

# %% [markdown]
# Of the 16 pictures of 7 × 7 a dense layer makes the code, and another one makes them from it.

# %%
picture_decoder = keras.Sequential(
    [keras.Input((8,)), Dense(7 * 7 * 16, activation="relu")]
)
picture_decoder.add(Reshape((7, 7, 16)))
picture_decoder.add(Conv2DTranspose(8, activation="relu", **every_second))
picture_decoder.add(Conv2DTranspose(1, **every_second))
picture_decoder.add(Flatten())

# %% [markdown]
# The halves are new; the loop and the two methods are yours from above. The rival is the dense network with the same code of 8 and as many steps. It has thirteen times the
# parameters, but for one picture both multiply about as often, since a filter uses its weights at every place. **Predict first:** which copies better, and which detects better?

# %%
convolutional = MyTrainableAutoencoder(picture_encoder, picture_decoder)
dense = deep[8]
dense.reset_weights(0)
rows, conv_error, conv_auc, seconds = [], [], [], {}
for name, network in {"dense": dense, "convolution": convolutional}.items():
    history = training.train(network, x, epochs=10, learning_rate=3e-3, seed=0)
    seconds[name] = history.seconds
    errors = mean_square(x_test - network.reconstruct(x_test))
    conv_error.append(errors[is_anomaly == 0].mean())
    conv_auc.append(roc_auc_score(is_anomaly, errors))
    rows.append([name, network.count_params(), conv_error[-1], conv_auc[-1]])
show_table(
    rows,
    ["network", "parameters", "error on new normals", "AUC"],
    digits={"AUC": 2},
    caption="The same code of 8 and the same ten epochs",
)

# %%
claim(
    "With a thirteenth of the parameters the convolution has learned to copy as well, within a tenth",
    12 * convolutional.count_params() < dense.count_params()
    and abs(conv_error[1] / conv_error[0] - 1) < 0.1
    and max(conv_error) < 0.5 * from_mean[is_anomaly == 0].mean(),
)  # seen: .96 to 1.02 times
claim(
    "Both detect, and the AUCs are less than .035 apart",
    min(conv_auc) > 0.9 and abs(conv_auc[1] - conv_auc[0]) < 0.035,
)  # seen: .005 below to .008 above; after 50 small-stepped epochs .004 to .007 above

# %% [markdown]
# A draw, on these small digits that all stand in the middle of their square. The convolution takes more time for it: type `seconds` in a cell of your own. So the package has no class for it. On larger pictures a dense layer's weights grow with the pixels, and the filters' do not:
# there, start from these cells.
#
# *Try:* 16 and 32 filters and 50 epochs (a minute). Do the copies get better, and the alarms?

# %% [markdown]
# ## Sources
#
# - K. Pearson (1901), "On lines and planes of closest fit to systems of points in space", Philosophical Magazine 2(11), 559-572, [doi:10.1080/14786440109462720](https://doi.org/10.1080/14786440109462720): the best flat.
# - C. Eckart, G. Young (1936), "The approximation of one matrix by another of lower rank", Psychometrika 1, 211-218, [doi:10.1007/BF02288367](https://doi.org/10.1007/BF02288367): the same, said of matrices.
# - H. Bourlard, Y. Kamp (1988), "Auto-association by multilayer perceptrons and singular value decomposition", Biological Cybernetics 59, 291-294, [doi:10.1007/BF00332918](https://doi.org/10.1007/BF00332918): with a linear output, nonlinear hidden units do not help.
# - P. Baldi, K. Hornik (1989), "Neural networks and principal component analysis: learning from examples without local minima", Neural Networks 2(1), 53-58, [doi:10.1016/0893-6080(89)90014-2](https://doi.org/10.1016/0893-6080%2889%2990014-2): no other minimum, only saddle points.
# - G. E. Hinton, R. R. Salakhutdinov (2006), "Reducing the dimensionality of data with neural networks", Science 313, 504-507, [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647): deep autoencoders against PCA, with codes of two numbers.
# - J. Masci, U. Meier, D. Cireşan, J. Schmidhuber (2011), "Stacked convolutional auto-encoders for hierarchical feature extraction", ICANN 2011, 52-59, [doi:10.1007/978-3-642-21735-7_7](https://doi.org/10.1007/978-3-642-21735-7_7).
#
# Next: **03 · Training**.
