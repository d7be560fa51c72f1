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
# **60 minutes** · needs lessons 00 and 01 · data: MNIST-5k and smaller sets
#
# By the end you can
# 1. write encoder, bottleneck and decoder as a Keras model, and say the shape and the
#    number of parameters of every layer;
# 2. choose activations, and show why a wrong one at the output cannot be trained away;
# 3. prove on data that a linear autoencoder is PCA, and measure what a deep one adds.

# %%
import aelearn  # first: it keeps TensorFlow quiet
import numpy as np

from aelearn import data

digits = data.split(data.load("mnist5k"), seed=0)
x, x_test, is_anomaly = digits.x_train, digits.x_test, digits.y_test
digits

# %% [markdown]
# ## Two halves and a bottleneck
#
# The **encoder** is a function from 784 numbers to 32, the **code**. The **decoder** is
# a function from 32 numbers back to 784. Ours have one **hidden layer** of 128 units each:
#
#     784  →  128  →  32  →  128  →  784
#     input   hidden  code   hidden  reconstruction
#     └─── encoder ────┘
#                     └─── decoder ────┘
#
# The code is the **bottleneck**: all that the decoder ever learns of a picture passes through
# these 32 numbers.
#
# Each arrow is a **dense layer**. It takes a row $x$ of $a$ numbers and gives a row of $b$ numbers,
#
# $$\text{layer}(x) = g(xW + c),$$
#
# where $W$ is a matrix of $a \times b$ **weights**, $c$ a row of $b$ **biases**, and $g$ the
# **activation**, a simple function applied to each number. In the hidden layers $g$ is **ReLU**,
# $g(t) = \max(t, 0)$. In the code and at the output we take $g(t) = t$, called **linear**.
#
# ### Exercise 02.1
# How many parameters (weights and biases) has 784-128-32-128-784? Work it out by hand, before Keras tells you.

# %% tags=["exercise"]
from aelearn.course import check, hint  # hint("02.1") when you are stuck

# BEGIN SOLUTION
n_parameters = (784 * 128 + 128) + (128 * 32 + 32) + (32 * 128 + 128) + (128 * 784 + 784)
# END SOLUTION
check("02.1", n_parameters)

# %% [markdown]
# ## By hand, in Keras
#
# `keras.Sequential` chains layers. Here are the two halves.

# %%
import keras
from keras.layers import Dense

keras.utils.set_random_seed(0)  # the same initial weights for everybody

encoder = keras.Sequential([keras.Input((784,)), Dense(128, activation="relu"), Dense(32)])
decoder = keras.Sequential([keras.Input((32,)), Dense(128, activation="relu"), Dense(784)])

# %% [markdown]
# The autoencoder is one after the other. A **subclass** of `keras.Model` keeps the two halves
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


model = MyAutoencoder(encoder, decoder)

# %% [markdown]
# Send ten pictures through, layer by layer, and look at the shapes. The number of rows stays:
# every layer treats every picture by itself.

# %%
values = x[:10]
print("input", values.shape)
for name, network in (("encoder", model.encoder), ("decoder", model.decoder)):
    for layer in network.layers:
        values = layer(values)
        kind, shape = layer.activation.__name__, tuple(values.shape)
        print(f"   {kind:7} {shape!s:10} {layer.count_params():7} parameters")
    print(f"{name}: {network.count_params()} parameters")

# %%
from aelearn.course import claim

reconstruction = model(x[:10])  # the first call also tells Keras that the model is complete
print(reconstruction.shape, model.count_params())

claim("The halves have 209,968 parameters together", model.count_params() == 209_968)
claim(
    "Nearly all parameters sit in the two layers that touch the 784 pixels",
    2 * 784 * 128 / model.count_params() > 0.95,  # a fact of the sizes: .956
)

# %% [markdown]
# There are more parameters than numbers in 250 pictures. That is not the bottleneck: it limits
# what is said *about each picture*, not how many parameters say it.

# %% [markdown]
# ## Before training
#
# The weights are random numbers, and the biases are zero.
# **Predict first.** What will ten digits look like after a trip through the untrained network?

# %%
from aelearn import plots

untrained = np.asarray(model(x_test[:10]))
plots.pictures(
    {"in": x_test[:10], "out": untrained.clip(0, 1)},
    title="Before training, reconstructions are noise",
    description=(
        "Ten handwritten digits and below them ten squares of grey speckle, "
        "in which no digit and no stroke can be recognised."
    ),
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


scores = {
    "untrained network": mean_square(x_test - np.asarray(model(x_test))),
    "ink": mean_square(x_test),
    "mean picture": mean_square(x_test - x.mean(axis=0)),
}
zero_auc = {name: roc_auc_score(is_anomaly, score) for name, score in scores.items()}
for name, score in scores.items():
    print(
        f"{name:18} error on normals {score[is_anomaly == 0].mean():.3f}   "
        f"AUC {zero_auc[name]:.2f}"
    )

# %%
blank_page = scores["ink"][is_anomaly == 0].mean()
claim(
    "The untrained network is worse at copying than a blank page",
    scores["untrained network"][is_anomaly == 0].mean()
    > 1.02 * blank_page,  # seen: 1.06 to 1.09 times
)
claim(
    "And yet its AUC is above .6", zero_auc["untrained network"] > 0.6
)  # seen: .69 to .71
claim(
    "It has learned nothing: it ranks like ink",
    abs(zero_auc["untrained network"] - zero_auc["ink"]) < 0.03,  # seen: at most .01 apart
)
claim(
    "The mean picture ranks better than either",
    zero_auc["mean picture"]
    > zero_auc["untrained network"] + 0.03,  # seen: .067 to .08 above
)

# %% [markdown]
# Even digits tend to have more ink than odd ones (think of 0 and 8, of 1 and 7), so whatever
# cannot copy at all ranks better than a coin. **The zero of your scale is not .5.** A detector has learned something
# when it beats the mean picture, which has nothing to learn but an average.

# %% [markdown]
# ## What training needs to know
#
# `training.train` asks a model for one method, and scoring asks for another:
#
# - `training_loss(x)`: one number to make small, for a batch `x`. Ours is the mean
#   squared error. It stays a TensorFlow tensor, since its gradient is wanted (lesson 03);
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


model = MyTrainableAutoencoder(encoder, decoder)
initial_weights = model.get_weights()
training.train(model, x, epochs=20, seed=0)

# %%
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
same_shapes = [w.shape for w in ours.get_weights()] == [w.shape for w in initial_weights]
ours.set_weights(initial_weights)
training.train(ours, x, epochs=20, seed=0)

claim(
    "Both have weights of the same shapes, and as many",
    same_shapes and ours.count_params() == 209_968,
)
claim(
    "Trained from the same weights, both reconstruct the test set alike",
    np.allclose(
        ours.reconstruct(x_test), model.reconstruct(x_test), atol=1e-3
    ),  # seen: no difference at all
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
# Write `build_autoencoder` for any sizes. It returns two `keras.Sequential` networks: an encoder from
# `n_features` to `latent_dim` and a decoder back. Each has one hidden layer of 128 units with ReLU and a linear last layer.


# %% tags=["exercise"]
def build_autoencoder(n_features, latent_dim):
    # BEGIN SOLUTION
    encoder = keras.Sequential(
        [keras.Input((n_features,)), Dense(128, activation="relu"), Dense(latent_dim)]
    )
    decoder = keras.Sequential(
        [keras.Input((latent_dim,)), Dense(128, activation="relu"), Dense(n_features)]
    )
    return encoder, decoder
    # END SOLUTION


check("02.3", build_autoencoder)

# %% [markdown]
# ## The output decides what can come back
#
# ReLU serves well inside a network. At the *output* it is a trap: it never gives a negative
# number, and about half of the values of standardised data (lesson 01) are negative.
#
# ### Exercise 02.4
# Write `relu_floor(x)`: the smallest mean squared error, over all rows and columns of `x`, that *any* network
# with a ReLU at its output can reach, however deep and however long it is trained.


# %% tags=["exercise"]
def relu_floor(x):
    # BEGIN SOLUTION
    return np.mean(np.minimum(x, 0) ** 2)
    # END SOLUTION


check("02.4", relu_floor)

# %% [markdown]
# Let us see it. The data are ten measurements of spoken vowels, standardised on the training part.

# %%
from sklearn.preprocessing import StandardScaler


def standardised(name, seed):
    """Train and test rows, scaled on the train rows, and the test labels."""
    # by rows: to be measured anew by speaker
    parts = data.split(data.load(name), seed=seed, by="rows")
    scaler = StandardScaler().fit(parts.x_train)
    return scaler.transform(parts.x_train), scaler.transform(parts.x_test), parts.y_test


# %%
vowel, vowel_test, vowel_is_anomaly = standardised("vowel", seed=0)
by_output, output_error = {}, {}
for kind in ("linear", "relu"):
    by_output[kind] = Autoencoder(10, latent_dim=4, output_activation=kind)
    training.train(by_output[kind], vowel, epochs=100, seed=0)
    output_error[kind] = scoring.reconstruction_error(by_output[kind], vowel).mean()
    print(f"{kind} output: error {output_error[kind]:.2f}")

floor = np.mean(np.minimum(vowel, 0) ** 2)
print(f"floor of any ReLU output: {floor:.2f}")

# %%
figure, panels = plots.subplots(1, 2, figsize=(8, 3.6), sharex=True, sharey=True)
for axes, (kind, network), marker in zip(panels, by_output.items(), "o^", strict=True):
    axes.axline((0, 0), slope=1, color=plots.LIMIT, linestyle="--", linewidth=1)
    values_out = network.reconstruct(vowel[:40])
    axes.plot(vowel[:40], values_out, marker, color=plots.BLUE, markersize=3, alpha=0.6)
    axes.set(title=f"{kind} output", xlabel="value in (standard deviations)")
    axes.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2))
panels[0].set_ylabel("value out (standard deviations)")
figure.suptitle("A ReLU at the output cuts off everything below zero", x=0.02, ha="left")
plots.show(
    figure,
    "Two scatter plots of values in against values out, with a dashed diagonal for a "
    "perfect copy. With a linear output the points lie around the diagonal. With a "
    "ReLU output no point lies below zero: all negative values come back as zero or more.",
)

# %%
claim(
    "No ReLU output gets below its floor", output_error["relu"] > floor
)  # seen: 1.12 to 1.28 times
claim(
    "The linear output has less than half the error of the ReLU",
    output_error["linear"] < 0.5 * output_error["relu"],  # seen: .33 to .36 times
)

# %% [markdown]
# Surely such a crippled network detects badly? **Predict first**, then compare.

# %%
relu_auc = {}
for kind, network in by_output.items():
    errors = scoring.reconstruction_error(network, vowel_test)
    relu_auc[kind] = roc_auc_score(vowel_is_anomaly, errors)
    print(f"AUC on vowel with a {kind} output: {relu_auc[kind]:.2f}")

claim(
    "On vowel the crippled network ranks better",
    relu_auc["relu"] > relu_auc["linear"] + 0.02,  # seen: .05 to .21 above
)

# %% [markdown]
# Better! Before you believe it, take the part that a ReLU can never copy, the negative
# values, and use its mean square as a score by itself, without any network.

# %%
negative_auc = {}
for name in ("vowel", "breast_cancer"):
    _, rows, labels = standardised(name, seed=0)
    negative_auc[name] = roc_auc_score(labels, mean_square(np.minimum(rows, 0)))
    print(f"negative part alone on {name}: AUC {negative_auc[name]:.2f}")

claim(
    "On vowel the negative part alone reaches an AUC above .9",
    negative_auc["vowel"] > 0.9,  # seen: .94 to .96
)
claim(
    "On breast cancer it ranks upside down",
    negative_auc["breast_cancer"] < 0.3,  # seen: .13 to .17
)

# %% [markdown]
# A fault that looks like a success. What the ReLU cannot give back, it leaves in the error, so the
# score mostly asks "how far below average is this sample?" The odd vowel happens to lie there;
# malignant cells lie above. **A good AUC does not prove that a network works.** Look at its
# reconstructions too.
#
# So: a linear output for standardised data. For values between 0 and 1 there is a second choice,
# the **sigmoid** $g(t) = 1 / (1 + e^{-t})$, which never leaves that range. A linear output does leave it.
# Lesson 05 looks at such choices.

# %%
pixels_out = model.reconstruct(x_test)
print(f"pixels out: from {pixels_out.min():.1f} to {pixels_out.max():.1f}")
claim(
    "A linear output gives pixels outside 0 to 1",
    pixels_out.min() < -0.1 and pixels_out.max() > 1.1,  # seen: below -.6 and above 1.5
)

# %% [markdown]
# ## A linear autoencoder is PCA
#
# Now leave out the hidden layers and every nonlinear function: encoder $z = xW_1 + c_1$, decoder
# $\hat x = zW_2 + c_2$, with a code of size $k$. What can such a network do at best?
#
# - Whatever the weights are, $\hat x$ lies in a **flat** of $k$ dimensions, a plane that need
#   not pass through zero: the rows of $W_2$ span it, $c_2$ moves it.
# - For a given flat, the best answer is the point of the flat nearest to $x$.
# - The flat with the smallest squared distances to all data is the one that **PCA** finds: through the
#   mean, along the $k$ directions of largest variance. This is the theorem of Eckart and Young (1936).
#
# So no linear autoencoder beats PCA. Does training reach it? Baldi and Hornik (1989) proved
# that the error has no other minimum to be caught in, only saddle points.
#
# The mean squared error of PCA is the variance of the directions it leaves out. With
# $\sigma_1 \ge \sigma_2 \ge \dots$ the singular values of the centred data ($n$ rows, $d$ columns),
#
# $$\text{error}_k = \frac{1}{n\,d}\sum_{j>k} \sigma_j^2 .$$
#
# ### Exercise 02.5
# Write `best_linear_error(x, k)`: the smallest mean squared error that a linear autoencoder
# with a code of size `k` can reach on the rows of `x`. (`np.linalg.svd(..., compute_uv=False)` gives the $\sigma_j$.)


# %% tags=["exercise"]
def best_linear_error(x, k):
    # BEGIN SOLUTION
    singular_values = np.linalg.svd(x - x.mean(axis=0), compute_uv=False)
    return np.sum(singular_values[k:] ** 2) / x.size
    # END SOLUTION


check("02.5", best_linear_error)

# %% [markdown]
# Now the experiment, on small digits of 8 × 8 pixels with a code of 8. **Predict first:** after a thousand
# steps with all rows at once, how far is the network's error from PCA's: a tenth, a hundredth, less?

# %%
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

small = data.split(data.load("digits"), seed=0)
mean, spread = small.x_train.mean(axis=0), small.x_train.std()
small_x, small_test = (small.x_train - mean) / spread, (small.x_test - mean) / spread

linear = Autoencoder(n_features=64, latent_dim=8, hidden=())
pca = PCA(n_components=8, svd_solver="full").fit(small_x)


def largest_angle():
    """In degrees, between the flat of the decoder and the flat of PCA; 0 means the same flat."""
    return np.degrees(
        subspace_angles(linear.decoder.get_weights()[0].T, pca.components_.T)
    ).max()


angle_before = largest_angle()
training.train(
    linear, small_x, epochs=1000, batch_size=len(small_x), learning_rate=1e-2, seed=0
)
angle_after = largest_angle()

# %%
pca_error = mean_square(small_x - pca.inverse_transform(pca.transform(small_x))).mean()
linear_error = scoring.reconstruction_error(linear, small_x).mean()
print(f"error: PCA {pca_error:.3f}, linear autoencoder {linear_error:.3f}")
print(f"largest angle between the two flats: {angle_before:.0f} degrees before training")

claim(
    "Before training the flats have nothing to do with each other", angle_before > 70
)  # seen: 87 to 90
claim(
    "After training they are the same to within half a degree", angle_after < 0.5
)  # seen: at most .005
claim(
    "The error is within 1 % of PCA's", abs(linear_error / pca_error - 1) < 0.01
)  # seen: within .001 %

# %% [markdown]
# The **principal angles** that `subspace_angles` gives compare two flats whatever axes describe
# them. The same flat: has the network then found the same *axes* too, the principal components?

# %%
# (8, 64): what one unit of each number of the code adds to the picture
axes_of_network = linear.decoder.get_weights()[0]
axes_of_network /= np.linalg.norm(axes_of_network, axis=1, keepdims=True)
cosines = np.abs(axes_of_network @ pca.components_.T)  # 1 would be the same axis
best_match = cosines.max(axis=1)

claim(
    "No axis of the network is a principal component",
    best_match.max() < 0.95,  # seen: .66 to .86
)
claim(
    "On average the best match is far from one",
    best_match.mean() < 0.8,  # seen: .60 to .68
)


# %%
def as_pictures(directions):
    return 0.5 + directions / (2 * np.abs(directions).max())  # zero becomes middle grey


plots.pictures(
    {"network": as_pictures(axes_of_network), "PCA": as_pictures(pca.components_)},
    title="The same flat, described by other axes",
    description=(
        "Two lines of eight small grey patterns: the decoder's axes above, the principal "
        "components below. No pattern above is the same as one below."
    ),
)

# %% [markdown]
# The axes are mixtures. If $A$ is any invertible $8 \times 8$ matrix, the codes $zA$ with
# the decoder $A^{-1}W_2$ give the same reconstructions and the same error, so nothing pulls the network
# towards one choice of axes. **Do not read a meaning into one number of a code.** The flat is learned; its axes are an accident of the initial weights.
#
# And as detectors the two are one:

# %%
linear_scores = scoring.reconstruction_error(linear, small_test)
pca_scores = mean_square(small_test - pca.inverse_transform(pca.transform(small_test)))
auc_of_linear, auc_of_pca = (
    roc_auc_score(small.y_test, s) for s in (linear_scores, pca_scores)
)
print(f"AUC: linear autoencoder {auc_of_linear:.3f}, PCA {auc_of_pca:.3f}")
claim(
    "Their AUCs agree", abs(auc_of_linear - auc_of_pca) < 0.005
)  # seen: at most .0001 apart

# %% [markdown]
# PCA needs a blink for this and no learning rate. Nobody should train a linear autoencoder, but everybody
# should know what it is: **PCA is the autoencoder to beat.**

# %% [markdown]
# ## Which half must bend?
#
# Suppose you may put a hidden layer with ReLU into *one* half only, the encoder or the decoder. **Predict first:** which
# of the two helps? (We call a half with such a layer *bent*.) Your class takes any two halves.


# %%
def half(n_in, n_out, bent):
    return keras.Sequential(
        [
            keras.Input((n_in,)),
            *([Dense(128, activation="relu")] if bent else []),
            Dense(n_out),
        ]
    )


keras.utils.set_random_seed(0)
bent_encoder = MyTrainableAutoencoder(half(64, 8, bent=True), half(8, 64, bent=False))
bent_decoder = MyTrainableAutoencoder(half(64, 8, bent=False), half(8, 64, bent=True))

one_bent = {"encoder": bent_encoder, "decoder": bent_decoder}
bent_error = {}
for name, network in one_bent.items():
    training.train(network, small_x, epochs=100, learning_rate=3e-3, seed=0)
    bent_error[name] = scoring.reconstruction_error(network, small_x).mean()
    auc = roc_auc_score(small.y_test, scoring.reconstruction_error(network, small_test))
    print(
        f"only the {name} bent: {bent_error[name] / pca_error:.2f} times the error of PCA, "
        f"AUC {auc:.2f}"
    )

# %%
claim(
    "A bent encoder alone does not beat PCA", bent_error["encoder"] > 0.999 * pca_error
)  # a theorem; seen: 1.005 to 1.041
claim(
    "A bent decoder alone does", bent_error["decoder"] < 0.7 * pca_error
)  # seen: .49 to .51

# %% [markdown]
# With a linear decoder every reconstruction lies in a flat, however clever the encoder is, and PCA is
# the best there is in a flat (Bourlard and Kamp 1988 proved it for one hidden layer). A bent decoder
# replaces the flat by a curved sheet. That is what "deep" buys in an autoencoder; a bent encoder then helps to find the right point of the sheet.
#
# (On new samples the comparison could come out either way; the proof is about the data trained on.)

# %% [markdown]
# ## What bending buys, by size of the code
#
# Back to the large digits. For three sizes of the code and three seeds (of the split and of the weights) we train
# 784-128-*k*-128-784 and fit PCA with *k* components.

# %%
sizes, seeds = (8, 32, 128), (0, 1, 2)
new_error, auc = np.zeros(
    (2, 2, len(sizes), len(seeds))
)  # [method, size, seed]; method 0: autoencoder, 1: PCA

for i, size in enumerate(sizes):
    deep = ours if size == 32 else Autoencoder(784, latent_dim=size)
    for j, seed in enumerate(seeds):
        parts = data.split(data.load("mnist5k"), seed=seed)
        deep.reset_weights(seed)
        training.train(deep, parts.x_train, epochs=50, seed=seed)
        flat = PCA(n_components=size, random_state=0).fit(parts.x_train)
        flat_copy = flat.inverse_transform(flat.transform(parts.x_test))
        both = (
            scoring.reconstruction_error(deep, parts.x_test),
            mean_square(parts.x_test - flat_copy),
        )
        new_error[:, i, j] = [score[parts.y_test == 0].mean() for score in both]
        auc[:, i, j] = [roc_auc_score(parts.y_test, score) for score in both]

# %%
figure, panels = plots.subplots(1, 2, figsize=(9, 3.6))
for axes, values in zip(panels, (new_error, auc), strict=True):
    for m, (name, marker) in enumerate((("autoencoder", "o"), ("PCA", "s"))):
        dots = dict(color=plots.COLOURS[m], markersize=4, linestyle="none")
        axes.plot(sizes, values[m].mean(axis=1), label=name)
        axes.plot(sizes, values[m], marker, **dots)
    axes.set_xscale("log", base=2)
    axes.set(xticks=sizes, xticklabels=sizes, xlabel="size of the code")
panels[0].set(
    title="PCA copies better with a large code …", ylabel="error on new normal digits"
)
panels[1].set(title="… and still detects worse", ylabel="ROC AUC")
panels[0].legend()
plots.show(
    figure,
    "Two panels against the size of the code, one marker a seed. Left: the error on new "
    "normal digits falls for both methods; the autoencoder's is smaller for the smallest "
    "code, about equal in the middle, and PCA's is far smaller for the largest. Right: the "
    "autoencoder's AUC is above PCA's for every size, and highest for the smallest code.",
)

# %%
ratio = new_error[0] / new_error[1]  # autoencoder over PCA
gain = auc[0] - auc[1]
claim(
    "With a code of 8 the autoencoder's error is at least 15 % smaller",
    ratio[0].max() < 0.85,
)  # seen, eight seeds: .72 to .74
claim(
    "With a code of 32 the two differ by less than 10 %", np.abs(ratio[1] - 1).max() < 0.1
)  # seen: .96 to .99
claim(
    "With a code of 128 PCA has less than two thirds of its error", ratio[2].min() > 1.5
)  # seen: 2.3 to 2.5
claim(
    "The autoencoder has the higher AUC at every size", gain.min() > 0.008
)  # seen, eight seeds: .018 to .056
claim(
    "The smallest code detects best", (auc[0, 0] > auc[0, 1] + 0.005).all()
)  # seen: .016 to .036 above

# %% [markdown]
# Three things to take from the figure.
#
# - **Copying well and detecting well are two things.** With a large code PCA copies new digits far
#   better than our network does after fifty epochs, and loses as a detector all the same. Whoever
#   copies everything tells nothing apart.
# - What counts is how far the errors of anomalies stand *above* those of normals. For the autoencoder the
#   tightest of the three bottlenecks separates best.
# - We read the best size off the test labels, which is not allowed when labels are to judge the result. Lesson 05 asks how to choose without.

# %% [markdown]
# ## Where it loses
#
# Small tables. Here are two, for the same kind of network with a code of 4.

# %%
networks = {"breast_cancer": Autoencoder(30, latent_dim=4), "vowel": by_output["linear"]}
n_values, n_parameters_of = {}, {}
for name, network in networks.items():
    rows = standardised(name, seed=0)[0]
    n_values[name], n_parameters_of[name] = rows.size, network.count_params()
    print(
        f"{name:14} {len(rows)} normal rows to train on: {n_values[name]} values, "
        f"for {n_parameters_of[name]} parameters"
    )

claim(
    "For breast cancer there are more parameters than values to train on",
    n_parameters_of["breast_cancer"] > n_values["breast_cancer"],  # a fact of the sizes
)

# %% [markdown]
# **Predict first.** Against PCA with the same code and against the nearest neighbour of
# lesson 00: where does the autoencoder win?

# %%
from sklearn.neighbors import NearestNeighbors


def compare(name, seed):
    """AUC of autoencoder, PCA, neighbour; error of the autoencoder over PCA's, old and new."""
    rows, test_rows, labels = standardised(name, seed)
    networks[name].reset_weights(seed)
    training.train(networks[name], rows, epochs=200, seed=seed)
    flat = PCA(n_components=4, svd_solver="full").fit(rows)
    deep, deep_new = (
        scoring.reconstruction_error(networks[name], r) for r in (rows, test_rows)
    )
    pca, pca_new = (
        mean_square(r - flat.inverse_transform(flat.transform(r)))
        for r in (rows, test_rows)
    )
    distance = NearestNeighbors(n_neighbors=1).fit(rows).kneighbors(test_rows)[0][:, 0]
    aucs = [roc_auc_score(labels, score) for score in (deep_new, pca_new, distance)]
    on_new = deep_new[labels == 0].mean() / pca_new[labels == 0].mean()
    return [*aucs, deep.mean() / pca.mean(), on_new]


# %%
cancer = np.array([compare("breast_cancer", seed) for seed in range(5)])
vowels = np.array([compare("vowel", seed) for seed in range(5)])
print("means over five seeds")
for name, values in (("breast_cancer", cancer), ("vowel", vowels)):
    deep_auc, pca_auc, nearest_auc, old, new = values.mean(axis=0)
    print(f"{name}: AUC of autoencoder {deep_auc:.2f}, PCA {pca_auc:.2f}, ", end="")
    print(f"nearest neighbour {nearest_auc:.2f}")
    print("   error of the autoencoder over that of PCA: ", end="")
    print(f"{old:.2f} on training rows, {new:.2f} on new normals")

# %%
claim(
    "Breast cancer: on training rows the autoencoder copies far better than PCA",
    cancer[:, 3].max() < 0.75,  # seen: .53 to .60 times PCA's error
)
claim(
    "Breast cancer: on new normals it does not",
    cancer[:, 4].min() > 0.8,  # seen: .91 to 1.05 times
)
claim(
    "Breast cancer: PCA and the nearest neighbour rank better, for every seed",
    (cancer[:, 1:3] > cancer[:, :1] + 0.008).all(),  # seen: .022 to .092 above
)
claim(
    "Vowel: the autoencoder ranks better than PCA on average",
    vowels[:, 0].mean() > vowels[:, 1].mean() + 0.05,  # seen, single seeds: .06 to .23
)
claim(
    "Vowel: the nearest neighbour beats both by far",
    (vowels[:, 2:3] > vowels[:, :2] + 0.04).all(),  # seen: .09 to .34 above
)

# %% [markdown]
# On breast cancer the bent sheet has wound itself around the training rows: half the error there, no gain on new
# ones. So few rows do not say which way the sheet should bend, and a flat is the safer guess. The vowels do
# lie on a bent sheet, and the autoencoder gains on PCA; but in ten dimensions the search
# through all neighbours is better still. **A deep autoencoder has to earn its place, on every data set anew.**

# %% [markdown]
# ## A code that you can look at
#
# With a code of two numbers we can draw it. `Split` forgets which digit a row was, so we
# cut the rows ourselves.

# %%
everything = data.load("mnist5k")
order = np.random.default_rng(0).permutation(len(everything.x))
normal_rows, anomaly_rows = order[everything.y[order] == 0], order[everything.y[order] == 1]
train_rows = normal_rows[:1500]
new_rows = np.concatenate([normal_rows[1500:], anomaly_rows])

plane = Autoencoder(784, latent_dim=2)
training.train(plane, everything.x[train_rows], epochs=50, seed=0)
train_codes, new_codes = (
    np.asarray(plane.encoder(everything.x[rows])) for rows in (train_rows, new_rows)
)

# %% [markdown]
# **Predict first.** The encoder has never seen an even digit. Where in the plane will it put them: outside, or among the odd ones?

# %%
figure, panels = plots.subplots(1, 2, figsize=(9.5, 4.4), sharex=True, sharey=True)
dots = dict(markersize=4, alpha=0.7, linestyle="none")
for digit, marker, colour in zip((1, 3, 5, 7, 9), "osD^v", plots.COLOURS, strict=False):
    chosen = train_codes[everything.classes[train_rows] == digit][:90]
    panels[0].plot(*chosen.T, marker, color=colour, label=digit, **dots)
new_is_anomaly = everything.y[new_rows]
for kind, marker, colour in ((0, "o", plots.NORMAL), (1, "x", plots.ANOMALY)):
    name, chosen = ("normal", "anomaly")[kind], new_codes[new_is_anomaly == kind][:250]
    panels[1].plot(*chosen.T, marker, color=colour, label=name, **dots)
panels[0].set(title="Odd digits gather in groups …", ylabel="second number of the code")
panels[1].set(title="… and even ones lie among them")
for axes in panels:
    axes.set_xlabel("first number of the code")
    axes.legend(loc="best", fontsize=9)
plots.show(
    figure,
    "Two scatter plots of the plane of codes. Left: training digits, one marker for each "
    "of 1, 3, 5, 7, 9; each digit keeps to a region, with overlaps. Right: new normal "
    "digits as dots and anomalies as crosses; the crosses lie among the dots.",
)

# %%
codes_known = NearestNeighbors(n_neighbors=1).fit(train_codes)
far_in_plane = codes_known.kneighbors(new_codes)[0][:, 0]
auc_of_place = roc_auc_score(new_is_anomaly, far_in_plane)
auc_of_error = roc_auc_score(
    new_is_anomaly, scoring.reconstruction_error(plane, everything.x[new_rows])
)
print(
    f"AUC: distance to the nearest training code {auc_of_place:.2f}, "
    f"reconstruction error {auc_of_error:.2f}"
)

claim(
    "The place in the plane hardly tells anomalies apart", auc_of_place < 0.65
)  # seen: .51 to .58
claim("The reconstruction error does", auc_of_error > 0.83)  # seen: .88 to .90

# %% [markdown]
# The encoder presses everything it is given into the region it knows. What gives an anomaly away is
# that the decoder cannot get back from there. Walk over the plane and let the decoder draw:

# %%
low, high = np.quantile(train_codes, [0.05, 0.95], axis=0)
across, up = np.linspace(low[0], high[0], 12), np.linspace(high[1], low[1], 6)
drawings = {
    f"{value:.1f}": np.asarray(
        plane.decoder(np.array([[a, value] for a in across], np.float32))
    ).clip(0, 1)
    for value in up
}
plots.pictures(
    drawings,
    title="All that this decoder can draw: a sheet of odd digits",
    description=(
        "Six lines of twelve drawings, one for each point of a grid over the plane of codes "
        "(the label is the second number of the code): forms of odd digits that flow into "
        "each other, and blurred ones in between."
    ),
)

# %% [markdown]
# Every reconstruction is a point of this sheet. A 4 comes back as the 9 next to it, and the difference is its error.

# %% [markdown]
# ## A bottleneck as wide as the input
#
# What if the code is as large as the picture? Then the network may *copy*. We need no training to show it:
# set both weight matrices to the identity.

# %%
wide = Autoencoder(n_features=64, latent_dim=64, hidden=())
start = wide.get_weights()
wide.set_weights([np.eye(64), np.zeros(64), np.eye(64), np.zeros(64)])
noise = np.random.default_rng(0).normal(size=(200, 64))
for name, rows in (("normal and anomalous digits", small_test), ("pure noise", noise)):
    print(f"{name:28} largest error {scoring.reconstruction_error(wide, rows).max():.3f}")

claim(
    "The identity copies every sample, noise too, so its error says nothing",
    not scoring.feature_errors(wide, noise).any(),
)

# %% [markdown]
# Zero error, and useless. Does *training* go that way too? We start from the random weights.

# %%
wide.set_weights(start)
training.train(
    wide, small_x, epochs=500, batch_size=len(small_x), learning_rate=3e-3, seed=0
)
auc_of_wide = roc_auc_score(small.y_test, scoring.reconstruction_error(wide, small_test))
print(f"AUC: code of 64 {auc_of_wide:.2f}, code of 8 {auc_of_linear:.2f}")
claim(
    "Without a bottleneck the linear autoencoder loses more than .1 of AUC",
    auc_of_wide < auc_of_linear - 0.1,
)  # seen: .18 to .23

# %% [markdown]
# **Compression** is what makes an error informative: 784 numbers into 32 is 24.5 times less, and a network that
# can say only 32 things about a picture must spend them on what normal pictures differ in. Two warnings:
#
# - Sizes are not everything. A code is made of real numbers, and a large enough nonlinear network could give each training picture a
#   number of its own and learn them by heart, with a code of size 1. Lesson 05 looks for the limits; lessons 06 to 08 limit the code by other means than its size.
# - "As wide as the input" comes sooner than you think, when columns depend on each other:
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
# ## Remember
#
# 1. All that matters about a picture passes through the code; the decoder can only draw what lies on its sheet, and what lies off it gets an error.
# 2. A linear autoencoder is PCA: the same flat, other axes. The bent decoder is what a deep one adds, where there are data enough to bend it rightly.
# 3. Copying well is not detecting well. Know what an untrained network, a mean picture and PCA score before you praise a deep one.
#
# ## Quiz
#
# **1. A friend's network for standardised data ends in `Dense(d, activation="relu")`. The training loss stops at a high value. What helps?**
# (a) More epochs. (b) A wider code. (c) A linear output.
#
# <details><summary>Answer</summary>
#
# **(c).** The ReLU cannot give the negative values back, and what it misses is a floor under the loss. (a) and (b) No training and no code gets below the floor: it is set by the last function alone.
#
# </details>
#
# **2. Two people train the same linear autoencoder with different seeds to the end. What agrees?**
# (a) The codes. (b) The reconstructions. (c) The weights.
#
# <details><summary>Answer</summary>
#
# **(b).** Both find the flat of PCA and the nearest point in it. (a) and (c) The axes within the flat are arbitrary, so codes and weights differ by a mixing matrix.
#
# </details>
#
# **3. You have a linear decoder and put ten layers into the encoder. What can the training error do?**
# (a) Fall below PCA's, since the network is deep. (b) Reach PCA's at best. (c) Reach zero.
#
# <details><summary>Answer</summary>
#
# **(b).** All reconstructions lie in a flat of *k* dimensions, and PCA has the best one. (a) Depth in the encoder does not bend the flat. (c) Only if the data lie in such a flat themselves.
#
# </details>
#
# **4. Model A copies new normal digits with half the error of model B. Which detects better?**
# (a) A. (b) B. (c) That cannot be said.
#
# <details><summary>Answer</summary>
#
# **(c).** It depends on how well each copies *anomalies*. PCA with 128 components was such a model A, and lost. (a) A good copy of everything detects nothing. (b) A bad copy of everything detects nothing either: see the untrained network.
#
# </details>
#
# **5. A network reaches an AUC of .70 on our digits. Has it learned anything?**
# (a) Yes, .5 is chance. (b) There is no sign of it.
#
# <details><summary>Answer</summary>
#
# **(b).** Ink alone gets as far, and the mean picture further. (a) .5 is the level of a random score, and a reconstruction error is never that: it depends on the size of the input.
#
# </details>
#
# ## Sources
#
# - C. Eckart, G. Young (1936), "The approximation of one matrix by another of lower rank", Psychometrika 1, 211-218, [doi:10.1007/BF02288367](https://doi.org/10.1007/BF02288367): the best flat.
# - H. Bourlard, Y. Kamp (1988), "Auto-association by multilayer perceptrons and singular value decomposition", Biological Cybernetics 59, 291-294, [doi:10.1007/BF00332918](https://doi.org/10.1007/BF00332918): with a linear output, nonlinear hidden units do not help.
# - P. Baldi, K. Hornik (1989), "Neural networks and principal component analysis: learning from examples without local minima", Neural Networks 2(1), 53-58, [doi:10.1016/0893-6080(89)90014-2](https://doi.org/10.1016/0893-6080%2889%2990014-2): no other minimum, only saddle points.
# - G. E. Hinton, R. R. Salakhutdinov (2006), "Reducing the dimensionality of data with neural networks", Science 313, 504-507, [doi:10.1126/science.1127647](https://doi.org/10.1126/science.1127647): deep autoencoders against PCA, with codes of two numbers.
#
# Next: **03 · Training**.
