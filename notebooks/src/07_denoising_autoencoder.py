# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 07 · Denoising autoencoder
#
# *Spoil the input, ask for the clean one back: one changed line, and a network that used to
# copy must know what normal data look like. You write that line, prove that the noise is where it belongs,
# clean digits and a real electrocardiogram beside simple rivals, and find out how much noise helps a detector.*
#
# **The question:** what does a network learn from noise that it does not learn from copying?
#
# **60 minutes**, and 24 for going deeper · needs lessons 02 to 04 · data: MNIST-5k, an electrocardiogram, page blocks, spoken vowels
#
# By the end you can
# 1. write a corruption and the denoising loss, and test where the noise is;
# 2. measure noise in decibels, beside rivals at their best and for noise the network was not made for;
# 3. say which way a denoising network pushes a point;
# 4. say when noise helps detection, and when something simpler does as well.

# %%
import aelearn  # first: it keeps TensorFlow quiet
import numpy as np

from aelearn import data

everything = data.load("mnist5k")
digits = data.split(everything, seed=0)
digits

# %% [markdown]
# ## Three ways to spoil a sample
#
# A plain autoencoder is asked to copy. With room enough, it can do so without having understood anything.
# A **denoising autoencoder** gets a spoiled copy of the sample and must give back the clean
# one. To **corrupt** a sample is to draw a spoiled copy of it at random. What spoils it is called **noise**:
#
# | corruption | what happens | `level` |
# |---|---|---|
# | **Gaussian noise** | a draw from a **normal distribution** is added to every value | its **standard deviation** |
# | **masking** | some values become zero | their share |
# | **salt-and-pepper noise** | some values become the smallest or the largest there is | their share |
#
# ### Exercise 07.1
# Write `masking(x, level, rng)` for an array x (n, d). Each value becomes zero with chance `level`, by its own
# draw from `rng.random`. Return a new array, and leave x as it is.

# %%
from aelearn.course import check, claim, hint, progress, show_table, solution


# %% tags=["exercise"]
def masking(x, level, rng):
    # BEGIN SOLUTION
    return np.where(rng.random(x.shape) < level, 0, x)
    # END SOLUTION


check("07.1", masking)

# %% [markdown]
# The package has all three, and makes the noise inside the compiled training, new for every batch.

# %%
from aelearn import plots
from aelearn.models import Autoencoder, DenoisingAutoencoder

spoilers = {
    "Gaussian": DenoisingAutoencoder(784, latent_dim=32, level=0.5),
    "masking": DenoisingAutoencoder(784, latent_dim=32, corruption="masking", level=0.5),
    "salt and pepper": DenoisingAutoencoder(
        784, latent_dim=32, corruption="salt_and_pepper", level=0.3
    ),
}

# %%
clean = digits.x_test[digits.y_test == 0]
noisy = {kind: network.corrupt(clean).numpy() for kind, network in spoilers.items()}

# %% tags=["fold"]
# Draw eight digits, clean and spoiled in three ways
plots.pictures(
    {"clean": clean[:8]} | {kind: x[:8] for kind, x in noisy.items()},
    title="One digit, three ways to spoil it",
    description="Four lines of the same eight odd digits: clean, under grey Gaussian speckle, with "
    "holes in the strokes from masking, and sprinkled with black and white dots. All can still be read.",
)

# %% [markdown]
# ## The one changed line
#
# The **denoising loss** of a batch is the mean squared error between what the network makes of the *corrupted* samples and the *clean* ones, over
# all samples and features. Input noisy, target clean. Each word has its way of going wrong.
#
# ### Exercise 07.2
# Write `denoising_loss(reconstruct, corrupt, x)`. `reconstruct` and `corrupt` are functions that take and give
# an array like x. Return one number.


# %% tags=["exercise"]
def denoising_loss(reconstruct, corrupt, x):
    # BEGIN SOLUTION
    return np.mean((reconstruct(corrupt(x)) - x) ** 2)
    # END SOLUTION


check("07.2", denoising_loss)

# %% [markdown]
# As a model it is a **subclass**, a class that takes over all of another one. Its loss is an **override**, a method written anew. The noise has
# seeds of its own, which `train` sets. (`philox` names a fast way to make random numbers; the level is
# a variable, so that we can turn it later without compiling again.)

# %%
import keras
import tensorflow as tf


class MyDenoisingAutoencoder(Autoencoder):
    def __init__(self, n_features, *, level=0.5, **settings):
        super().__init__(n_features, **settings)
        self.level = tf.Variable(level, dtype=tf.float32)  # standard deviation of the noise
        self.noise = keras.random.SeedGenerator(0)

    def corrupt(self, x):
        seed = tf.cast(self.noise.next(), tf.int32)  # another one at each call
        return x + self.level * tf.random.stateless_normal(tf.shape(x), seed, alg="philox")

    def training_loss(self, x):
        return tf.reduce_mean(tf.square(x - self(self.corrupt(x))))


# %% [markdown]
# New noise at each call matters: mistakes that never change can be learned by heart.
#
# ## A test that the input is the noisy one
#
# If you feed the clean input by mistake, nothing crashes. The loss even looks better. So test it with two networks that need no training:
#
# - one that *copies* its input has no error when input and target are the same;
# - one that always answers *zero* never looks at its input. Its loss is the mean of the squared target, so on an x of ones it is 1 if the target is clean.
#
# ### Exercise 07.3
# Write `where_is_the_noise(loss)` for a function `loss(network, x)` that takes such a network, itself a function, and an array and returns
# one number. Try both networks on `np.ones((100, 5))`. Return two answers, True or False: `(they_differ, target_is_clean)`, where the first says whether
# input and target differ.


# %% tags=["exercise"]
def where_is_the_noise(loss):
    # BEGIN SOLUTION
    x = np.ones((100, 5))
    copied, silent = loss(np.copy, x), loss(np.zeros_like, x)
    return not np.isclose(copied, 0), np.isclose(silent, 1)
    # END SOLUTION


check("07.3", where_is_the_noise)

# %% [markdown]
# Now our class. A subclass stands in for each of the two networks:


# %%
class Copying(MyDenoisingAutoencoder):
    def call(self, x):
        return x


class Silent(MyDenoisingAutoencoder):
    def call(self, x):
        return tf.zeros_like(x)


# %%
ones = tf.ones((100, 5))
copied = float(Copying(5, latent_dim=2).training_loss(ones))
silent = float(Silent(5, latent_dim=2).training_loss(ones))
print(f"copying network: loss {copied:.2f}; always zero: loss {silent:.2f}")

# %%
claim(
    "In our class the input is noisy and the target is clean",
    copied > 0.1 and np.isclose(silent, 1),
)  # a fact: the copy's loss is about level squared, 0.25, the other exactly 1

# %% [markdown]
# ## How clean is clean?
#
# Where we added the noise ourselves, we know the clean sample, and can measure. The **signal-to-noise ratio** compares the mean square
# of the clean signal $x$ with that of what is wrong in an estimate $\hat x$, on a logarithmic scale, in **decibels** (dB):
#
# $$\mathrm{SNR} = 10 \log_{10} \frac{\operatorname{mean}(x^2)}{\operatorname{mean}((\hat x - x)^2)} .$$
#
# At 0 dB noise is as strong as signal. 10 dB more means that the mean square of the noise falls to a tenth; 3 dB more, to about half.
#
# ### Exercise 07.4
# Write `snr_db(clean, estimate)` for two arrays of one shape.


# %% tags=["exercise"]
def snr_db(clean, estimate):
    # BEGIN SOLUTION
    return 10 * np.log10(np.mean(clean**2) / np.mean((estimate - clean) ** 2))
    # END SOLUTION


check("07.4", snr_db)

# %% [markdown]
# Now the rival: the **linear denoiser**, the best that a linear map can do against Gaussian noise. It goes to
# the principal components, *all* of them. Along each, noisy samples have the variance of the data plus that of the noise, and it keeps the data's share of the two:
# next to nothing where the data vary little, nearly all where they vary much. No training, and only the level of the noise to choose.

# %%
from sklearn.decomposition import PCA


def decibels(clean, estimate):
    return -10 * np.log10(np.mean((estimate - clean) ** 2) / np.mean(clean**2))


def linear_denoiser(x_train, level):
    """The linear map with the smallest denoising loss, as a function."""
    pca = PCA(svd_solver="full").fit(x_train)
    # the factor k that makes the error, (1 - k)**2 * variance + k**2 * level**2, smallest
    kept = pca.explained_variance_ / (pca.explained_variance_ + level**2)
    return lambda rows: pca.inverse_transform(kept * pca.transform(rows))


# %% [markdown]
# We train on Gaussian noise only, and test on all three kinds. What comes back is clipped to 0 and 1, as pixels are.
# **Predict first:** by how many decibels will the network beat the linear map?

# %%
from aelearn import training

denoising = MyDenoisingAutoencoder(784, latent_dim=32)
training.train(denoising, digits.x_train, epochs=40, seed=0)
linear = linear_denoiser(digits.x_train, level=0.5)

# %%
snr = {"nothing done": {}, "linear denoiser": {}, "network": {}}
for kind, x in noisy.items():
    snr["nothing done"][kind] = decibels(clean, x)
    snr["linear denoiser"][kind] = decibels(clean, linear(x).clip(0, 1))
    snr["network"][kind] = decibels(clean, denoising.reconstruct(x).clip(0, 1))
show_table(snr, digits=1, caption="Digits: decibels for three kinds of noise")

# %%
gaussian = {name: row["Gaussian"] for name, row in snr.items()}
claim(
    "Gaussian noise: the network gains more than 5 dB, and the linear denoiser over .3 dB more",
    gaussian["network"] > gaussian["nothing done"] + 5
    and gaussian["linear denoiser"] > gaussian["network"] + 0.3,
)  # seen, five seeds: 10.6 to 10.7 dB, and 1.2 dB more

# %% tags=["fold"]
# Draw eight noisy digits and what each method makes of them
x = noisy["Gaussian"][:8]
plots.pictures(
    {
        "noisy": x,
        "linear": linear(x).clip(0, 1),
        "network": denoising.reconstruct(x).clip(0, 1),
    },
    title="The network draws smoother strokes; the formula has more decibels",
    description="Eight noisy odd digits and what the linear denoiser and the denoising autoencoder make of "
    "them. The first leaves a faint grain around the digits; the second draws smooth strokes on white, some of them in a wrong place.",
)

# %% [markdown]
# So pictures alone prove little. *Try:* give the network 200 epochs. Does it catch up?
#
# ## A real electrocardiogram
#
# Record 208 of the MIT-BIH Arrhythmia Database: five minutes of an **electrocardiogram**, 360 values a second (**hertz**, Hz). This
# file has the trace alone, with the noise of the recording. We cut it *by time*, into parts to train on, to tune the
# rivals on, and to test on. The network sees **windows**, pieces of 64 values, which start 16 values apart, their **stride** (the argument `step`). Between the parts we leave a **gap** of one
# window, so that no window reaches into two.

# %%
from aelearn import windows

RATE, LENGTH = 360, 64  # values a second; values in a window
ecg = data.load("ecg_208").x[:, 0].astype(float)
pieces = windows.split_by_time(len(ecg), (0.6, 0.2, 0.2), gap=LENGTH)
spread = ecg[pieces[0]].std()
learn, tune, test = ((ecg[piece] - ecg[pieces[0]].mean()) / spread for piece in pieces)
beats = windows.cut(learn, LENGTH, step=16).astype(np.float32)
print(f"{len(beats)} windows of {LENGTH / RATE:.2f} s to learn from")

# %% [markdown]
# We add Gaussian noise of 0.3 standard deviations to every value, and take the record as the clean signal. It is not quite
# clean: the decibels say how much of *our* noise is gone. The rivals:
#
# - a **moving average**, each point the mean of its neighbours;
# - a **low-pass filter**: a **filter** makes another series of a series, and this one takes out swings whose frequency, their number a second, lies above a cut-off;
# - the linear denoiser, on the same windows as the network.
#
# The first two get the width and the cut-off that are best *on the tuning part*, by a truth only we have.

# %%
from scipy import signal


def with_noise(x, seed, level=0.3):
    return x + level * np.random.default_rng(seed).normal(size=len(x))


def moving_average(x, width):
    # beyond its ends the series goes on with its first and its last value
    return np.convolve(np.pad(x, width // 2, mode="edge"), np.ones(width) / width, "valid")


def low_pass(x, cutoff):
    # run forwards and then backwards, so that nothing is delayed
    return signal.sosfiltfilt(signal.butter(4, cutoff, fs=RATE, output="sos"), x)


# %%
spoiled = with_noise(tune, seed=100)
widths, cutoffs = range(1, 30, 2), range(10, 81, 2)
width = max(widths, key=lambda w: decibels(tune, moving_average(spoiled, w)))
cutoff = max(cutoffs, key=lambda c: decibels(tune, low_pass(spoiled, c)))
print(f"best on the tuning part: a width of {width} points, a cut-off of {cutoff} Hz")

# %% [markdown]
# The network and the linear map clean overlapping windows; each point gets the mean over the windows that cover it.
# **Predict first.** The network sees 0.18 seconds at a time and has never heard of frequencies. By how many decibels will it beat the
# tuned filter, or lose?


# %%
def by_windows(reconstruct, x):
    cleaned = reconstruct(windows.cut(x, LENGTH, step=4).astype(np.float32))
    return windows.to_points(cleaned, len(x), LENGTH, step=4)


heart = DenoisingAutoencoder(LENGTH, latent_dim=32, level=0.3)
training.train(heart, beats, epochs=40, seed=0)
linear_heart = linear_denoiser(beats, level=0.3)

# %%
methods = ["nothing done", "moving average", "low-pass", "linear denoiser", "network"]
ecg_snr = np.empty((len(methods), 3))  # three draws of noise
for draw in range(3):
    x = with_noise(test, draw)
    versions = [
        x,
        moving_average(x, width),
        low_pass(x, cutoff),
        by_windows(linear_heart, x),
        by_windows(heart.reconstruct, x),
    ]
    ecg_snr[:, draw] = [decibels(test, version) for version in versions]

# %%
rows = dict(zip(methods, ecg_snr.mean(axis=1), strict=True))
show_table(rows, ["method", "dB"], digits=1, caption="ECG: decibels, mean of three draws")

# %%
claim(
    "On the ECG the network beats the best of the rivals by more than 2 dB, for every draw",
    (ecg_snr[-1] > ecg_snr[:-1].max(axis=0) + 2).all(),
)  # seen, five seeds: 3.3 to 3.6 dB

# %% tags=["fold"]
# Draw two seconds of the test part: noisy, by the filter, by the network
shown = slice(2000, 2720)
seconds = np.arange(720) / RATE
figure, panels = plots.subplots(3, 1, figsize=(plots.WIDTH, 6), sharex=True, sharey=True)
titles = ("with our noise", "low-pass filter", "network")
for axes, name, version in zip(panels, titles, (versions[0], *versions[2::2]), strict=True):
    axes.plot(seconds, version[shown] * spread, "-", color=plots.BLUE, linewidth=1.2)
    axes.plot(seconds, test[shown] * spread, ":", color=plots.VERMILION, linewidth=1.4)
    axes.set(ylabel="mV", title=f"{name} (solid), the record (dotted)")
panels[-1].set_xlabel("time in seconds")
plots.show(
    figure,
    "Three panels of two seconds of the electrocardiogram, each with the record dotted. With noise "
    "the trace is ragged. The low-pass filter leaves slow ripples between the beats. The "
    "network's trace is smoother between beats and still follows their steep edges.",
)

# %% [markdown]
# A low cut-off rounds off the beats, a high one lets noise through everywhere. A
# network need not choose. It beats the linear rivals; curved ones without a network we did not try.
#
# ### Where it loses
#
# Noise of other kinds: *dots* (one point in twenty thrown to the highest or lowest value), and a slow *wander* of the whole trace, as from breathing.
# Beside the network stands the **median filter**, which takes the middle of five neighbouring values. And what becomes of a record to which
# *nothing* was added?

# %%
rng = np.random.default_rng(0)
hit = rng.random(len(test)) < 0.05
dotted = np.where(hit, rng.choice([learn.min(), learn.max()], len(test)), test)
wander = 0.3 * np.sqrt(2) * np.sin(2 * np.pi * 0.3 * np.arange(len(test)) / RATE)


# %%
kinds = {"dots": dotted, "wander": test + wander, "nothing": test}
other = {}
for kind, x in kinds.items():
    other[kind] = {
        "nothing done": None if kind == "nothing" else decibels(test, x),
        "median filter": decibels(test, signal.medfilt(x, 5)),
        "network": decibels(test, by_windows(heart.reconstruct, x)),
    }
show_table(other, digits=1, caption="ECG: decibels for noise the network was not made for")

# %%
claim(
    "Dots: a median filter beats the network by more than 4 dB",
    other["dots"]["median filter"] > other["dots"]["network"] + 4,
)  # seen, five seeds: 11.9 to 12.1 dB

# %%
claim(
    "Wander: the network changes less than 1 dB; and a record without noise comes back with 20 to 28 dB",
    abs(other["wander"]["network"] - other["wander"]["nothing done"]) < 1
    and 20 < other["nothing"]["network"] < 28,
)  # seen, five seeds: -0.2 to 0.2 dB; 23.7 to 24.0 dB

# %% [markdown]
# So a denoiser has to be measured on the noise it will meet. *Try:* train one on dots, with `corruption="salt_and_pepper", level=0.05`. The last row says how much of the real record the network *changed*: some of that
# is noise and some is heart, and without a clean copy nobody can say how much.
#
# ## Which way does it push?
#
# Several clean points may lie behind one noisy point. The network cannot know which, and the squared error is smallest when it answers with their mean. In two
# dimensions this can be seen: clean points on a curve, and a code of 64 for two coordinates, which invites copying.

# %%
SIGMA = 0.3  # standard deviation of the noise
along = np.linspace(-1, 1, 200)
curve = np.column_stack([2.2 * along, 1.2 * np.sin(3.2 * along)])
rng = np.random.default_rng(0)
on_curve = curve[rng.integers(200, size=4000)].astype(np.float32)

copier = Autoencoder(2, latent_dim=64)
pusher = DenoisingAutoencoder(2, latent_dim=64, level=SIGMA)
training.train(copier, on_curve, epochs=20, seed=0)
training.train(pusher, on_curve, epochs=20, seed=0)

# %% [markdown]
# **Predict first:** which way will the arrows point from input to reconstruction, for each of the two?
#
# First the distance of each point to each of the curve: shapes (n, 1, 2) and (1, m, 2) subtract to (n, m, 2) ("Each with each" in the [refresher](90_refresher.ipynb)).


# %%
def to_curve(points):
    """The distance of each point to the nearest point of the curve."""
    return np.linalg.norm(points[:, None] - curve[None], axis=2).min(axis=1)


# %%
grid = np.stack(np.meshgrid(np.arange(-2.8, 2.9, 0.35), np.arange(-1.9, 2, 0.35)), axis=-1)
grid = grid.reshape(-1, 2)
grid = grid[to_curve(grid) < 0.75]
arrows = {
    "plain": copier.reconstruct(grid) - grid,
    "denoising": pusher.reconstruct(grid) - grid,
}

# %% tags=["fold"]
# Draw an arrow from each point of a grid to its reconstruction
figure, panels = plots.subplots(2, 1, figsize=(plots.WIDTH, 7), sharex=True, sharey=True)
for axes, (name, arrow) in zip(panels, arrows.items(), strict=True):
    axes.plot(*curve.T, "-", color=plots.VERMILION, linewidth=2)
    axes.quiver(*grid.T, *arrow.T, angles="xy", scale_units="xy", scale=1, width=0.005)
    axes.set(
        title=f"{name}: from input to reconstruction",
        ylabel="second feature",
        aspect="equal",
    )
panels[1].set_xlabel("first feature")
plots.show(
    figure,
    "Two fields of arrows around a wavy curve. The plain network's arrows are mostly tiny. "
    "The denoising network's point to the curve from both sides and end near it.",
)

# %%
noisy_points = curve[rng.integers(200, size=2000)] + SIGMA * rng.normal(size=(2000, 2))
before = to_curve(noisy_points).mean()

# %%
left = {
    "plain": to_curve(copier.reconstruct(noisy_points)).mean() / before,
    "denoising": to_curve(pusher.reconstruct(noisy_points)).mean() / before,
}
show_table(
    left,
    ["network", "left"],
    percent=["left"],
    caption="Distance to the curve that is left",
)

# %%
claim(
    "Denoising leaves less than 60 % of the distance to the curve, copying more than 70 %",
    left["denoising"] < 0.6 and left["plain"] > 0.7,
)  # seen, five seeds: 17 to 29 %, and 91 to 95 %

# %% [markdown]
# That answers the question: copying leaves a point where it is; noise teaches the way back to the data. *Going deeper* says what the arrows are.
#
# ## Does it detect better?
#
# A network that goes back to the data should leave a large error at what lies off them. We sweep the noise on two standardised tables: the page blocks, and the
# vowels, where the test part holds *speakers* the network has never met. A code of 4, the same training at every level, five seeds of split and network; level 0 is the plain
# autoencoder.

# %%
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from aelearn import scoring

LEVELS, SEEDS = [0, 0.3, 1, 4], range(5)


# %%


def standardised(name, n_rows):
    """(x_train, x_test, y_test) of five splits; as many rows for each, so that one compiled training fits all."""
    tables = []
    for seed in SEEDS:
        parts = data.split(data.load(name), seed=seed)
        scaler = StandardScaler().fit(parts.x_train)
        x_train = scaler.transform(parts.x_train)[:n_rows].astype(np.float32)
        tables.append((x_train, scaler.transform(parts.x_test), parts.y_test))
    return tables


# %%
def sweep(tables, epochs):
    """AUC of the network's error, (n_levels, n_seeds)."""
    network = MyDenoisingAutoencoder(10, latent_dim=4)
    auc = np.empty((len(LEVELS), len(SEEDS)))
    for row, level in enumerate(LEVELS):
        network.level.assign(level)
        for seed, (x_train, x_test, y_test) in enumerate(tables):
            network.reset_weights(seed)
            training.train(network, x_train, epochs=epochs, seed=seed)
            errors = scoring.reconstruction_error(network, x_test)
            auc[row, seed] = roc_auc_score(y_test, errors)
    return auc


# %% [markdown]
# **Predict first:** how much noise is too much, and for which table?

# %%
tables = {
    "page blocks": standardised("page_blocks", 2456),
    "vowels": standardised("vowel", 419),
}
auc = {
    "page blocks": sweep(tables["page blocks"], epochs=30),
    "vowels": sweep(tables["vowels"], epochs=40),
}

# %% tags=["fold"]
# Draw the AUC against the level of noise
plots.lines(
    LEVELS,
    auc,
    title="Page blocks want some noise, this vowel a lot of it",
    xlabel="level of noise, in standard deviations",
    ylabel="ROC AUC",
    description="AUC against the level of noise, the mean of five seeds in a band from the smallest to the largest. Page blocks: a rise to level 1, then a fall. "
    "Vowels: low and widely scattered up to level 1, then high and close together at level 4.",
)

# %% [markdown]
# The stronger the noise, the more clean points may lie behind a noisy one, and the nearer the best answer comes to
# the mean of *all*. The error is then nearly the distance to that mean, which suits an anomaly at the edge, as this vowel is. It needs no network. So here are the simple rivals: that distance, the linear denoiser,
# PCA with 2 components (the best of 1 to 7 on the page blocks), and the mean distance to the 5 nearest training rows.

# %%
from sklearn.neighbors import NearestNeighbors


def squared_error(x, reconstruction):
    return np.square(x - reconstruction).mean(axis=1)


# %%
def simple_scores(x_train, x_test):
    """{method: scores of the test rows} for methods without a network."""
    pca = PCA(2, svd_solver="full").fit(x_train)
    nearest = NearestNeighbors(n_neighbors=5).fit(x_train)
    weak, strong = linear_denoiser(x_train, 1), linear_denoiser(x_train, 4)
    return {
        "linear denoiser, level 1": squared_error(x_test, weak(x_test)),
        "linear denoiser, level 4": squared_error(x_test, strong(x_test)),
        "PCA, 2 components": squared_error(
            x_test, pca.inverse_transform(pca.transform(x_test))
        ),
        "distance to the mean": squared_error(x_test, x_train.mean(axis=0)),
        "5 nearest neighbours": nearest.kneighbors(x_test)[0].mean(axis=1),
    }


# %%
simple = {"page blocks": {}, "vowels": {}}
for name, splits in tables.items():
    for x_train, x_test, y_test in splits:
        for method, scores in simple_scores(x_train, x_test).items():
            simple[name].setdefault(method, []).append(roc_auc_score(y_test, scores))


# %%
rows = []
for row, level in enumerate(LEVELS):
    rows.append([f"network, level {level}", *(auc[name][row].mean() for name in tables)])
for method in simple["vowels"]:
    rows.append([method, *(np.mean(simple[name][method]) for name in tables)])
show_table(rows, ["method", *tables], caption="AUC, mean of five seeds")

# %%
pages, vowels = auc["page blocks"], auc["vowels"]
claim(
    "Page blocks: level 1 beats levels 0 and 4 by more than .01, on the mean of five seeds",
    pages[2].mean() > max(pages[0].mean(), pages[3].mean()) + 0.01,
)  # seen, five runs of five seeds: .021 to .028 above the better one

# %%
claim(
    "Page blocks: level 1 and PCA with 2 components are level, within .01 on the mean",
    abs(pages[2].mean() - np.mean(simple["page blocks"]["PCA, 2 components"])) < 0.01,
)  # seen, five runs: .002 to .004

# %%
to_mean = np.mean(simple["vowels"]["distance to the mean"])
claim(
    "Vowels: level 4 beats level 0 by more than .05, for every seed",
    (vowels[3] > vowels[0] + 0.05).all(),
)  # seen, five runs: .16 to .60
claim(
    "Vowels: the distance to the mean is as good; both beat the 5 nearest neighbours by over .05",
    vowels[3].mean() < to_mean + 0.02
    and min(vowels[3].mean(), to_mean)
    > np.mean(simple["vowels"]["5 nearest neighbours"]) + 0.05,
)  # seen, five runs: .003 below to .003 above; the neighbours .15 below both

# %% [markdown]
# So noise can help a lot, its best level depends on the data, and at that level something simple does as well. We read the best levels off the test labels, those of the rivals too; lesson 05 does without.
#
# ## In the detector
#
# `aelearn.detectors.AutoencoderDetector(kind="denoising", noise_level=1)` is the detector built on such a network. It scores samples *as they are*: noise belongs to training. Without `noise_level` it
# takes 0.3, which was not the best level here:

# %%
claim(
    "On both tables level 1 is better than level 0.3, on the mean of five seeds",
    (pages[2] - pages[1]).mean() > 0.003 and (vowels[2] - vowels[1]).mean() > 0.02,
)  # seen, five runs: .013 to .018 and .09 to .14

# %% [markdown]
# That is the ranking by the error. By default the detector scores by the neighbours of code and residual (lesson 04): try both levels on your own data.

# %% [markdown]
# ## Remember
#
# 1. Noisy input, clean target, new noise for every batch; and test it, because the mistake is silent.
# 2. Measure a denoiser beside a linear denoiser and a tuned filter, and on noise it was not made for.
# 3. From input to reconstruction it steps towards the data; with very strong noise, towards their mean. The level decides whether that helps detection, and a simple rival may do as well.
#
# ## Quiz
#
# **1. Your training loss fell far below that of a colleague, who has the same data and network. What do you check first?**
# (a) Whether your input is corrupted at all. (b) The learning rate. (c) Nothing: lower is better.
#
# <details><summary>Answer</summary>
#
# **(a).** Copying a clean input is an easier task, so the mistake shows as a *better* loss. (b) Seldom makes such a difference. (c) The two losses may not belong to the same task.
#
# </details>
#
# **2. A denoising autoencoder wins by 3 dB against a low-pass filter with a cut-off from a textbook. Is the network better?**
# (a) Yes. (b) Not known: the filter was not tuned. (c) No, filters are always better.
#
# <details><summary>Answer</summary>
#
# **(b).** Give both the same data to choose their settings on. (a) The cut-off may suit other signals. (c) Ours was tuned, and lost to the network.
#
# </details>

# %% [markdown]
# ## Going deeper
#
# ### What the arrows are
#
# The noisy point $\tilde x$ ("x tilde") may have come from several clean points. The squared error is smallest when the network answers with their mean, each counted
# by how likely it is the one. For Gaussian noise of standard deviation $\sigma$ and clean points $c_1, \dots, c_n$, all equally likely, with shares $w_i$
# (double bars are the length of a vector; $\exp$ is `np.exp`, 1 at zero and nearer to 0 the further below it):
#
# $$r(\tilde x) = \sum_i w_i c_i, \qquad w_i = \frac{\exp(-\lVert \tilde x - c_i \rVert^2 / (2 \sigma^2))}{\sum_j \exp(-\lVert \tilde x - c_j \rVert^2 / (2 \sigma^2))} .$$
#
# ### Exercise 07.5
# Write this `best_denoiser(noisy, clean, sigma)`: noisy (m, d), clean (n, d), returns (m, d). For a point far from all clean ones every `exp` is 0, and 0 by 0 is no
# number: subtract the smallest squared distance of each noisy point from its others first. That changes no share.


# %% tags=["exercise"]
def best_denoiser(noisy, clean, sigma):
    # BEGIN SOLUTION
    squared = np.square(noisy[:, None] - clean[None]).sum(axis=2)
    squared -= squared.min(axis=1, keepdims=True)
    shares = np.exp(-squared / (2 * sigma**2))
    return shares / shares.sum(axis=1, keepdims=True) @ clean
    # END SOLUTION


check("07.5", best_denoiser)

# %% [markdown]
# Now let $p_\sigma$ be the **density** of the *noisy* points, how many of them fall near a place: a small Gaussian hill on each clean point, that is, the density of the data
# smoothed by the noise. Take the gradient of its natural logarithm, which is the gradient of the density divided by the density. Each hill's gradient is the hill times
# $(c_i - \tilde x) / \sigma^2$, and the hill divided by the sum of all hills is the share $w_i$. The shares sum to 1, so
#
# $$\sigma^2 \, \nabla \log p_\sigma(\tilde x) = \sum_i w_i (c_i - \tilde x) = \sum_i w_i c_i - \tilde x = r(\tilde x) - \tilde x .$$
#
# This gradient is the **slope of the log density**; statistics calls it the score, which has nothing to do with an anomaly score. It points uphill, to where data are
# denser. So the step of the best denoiser *is* that slope, times $\sigma^2$ (Vincent 2011). Does a trained network get there? On the curve we know the truth.


# %%
def true_step(points):
    """From each point to the mean of the clean points it may have come from."""
    squared = np.square(points[:, None] - curve[None]).sum(axis=2)
    shares = np.exp(-squared / (2 * SIGMA**2))
    return shares / shares.sum(axis=1, keepdims=True) @ curve - points


# %%
truth = true_step(noisy_points)
share = {}
for name, model in (("plain", copier), ("denoising", pusher)):
    step = model.reconstruct(noisy_points) - noisy_points
    share[name] = 1 - np.square(step - truth).sum() / np.square(truth).sum()
show_table(
    share,
    ["network", "share"],
    percent=["share"],
    caption="Share of the true step explained",
)

# %%
claim(
    "Denoising has learned the slope: it explains more than 75 % of the true step",
    share["denoising"] > 0.75,
)
# seen, five seeds: 89 to 95 %

# %% [markdown]
# Mind where this holds: the noise reaches two or three $\sigma$ from the curve, and further out the network was never trained. Nothing tells it where to point there.
#
# Two things follow. On top of a hill of the density the slope is zero, but so it is in a valley between two hills: a small error says "no slope here", which is usually, not surely, "normal". And
# who knows the slope at many levels of noise can walk along it, from pure noise to data: that is a **diffusion model**.

# %% [markdown]
# ## Sources
#
# - P. Vincent, H. Larochelle, Y. Bengio, P.-A. Manzagol (2008), "Extracting and composing robust features with denoising autoencoders", ICML 2008, 1096-1103, [doi:10.1145/1390156.1390294](https://doi.org/10.1145/1390156.1390294): the method, with masking.
# - P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio, P.-A. Manzagol (2010), "Stacked denoising autoencoders: learning useful representations in a deep network with a local denoising criterion", Journal of Machine Learning Research 11, 3371-3408, [jmlr.org](https://www.jmlr.org/papers/v11/vincent10a.html): the three kinds of noise.
# - P. Vincent (2011), "A connection between score matching and denoising autoencoders", Neural Computation 23(7), 1661-1674, [doi:10.1162/NECO_a_00142](https://doi.org/10.1162/NECO_a_00142): denoising and the slope of the smoothed density.
# - G. Alain, Y. Bengio (2014), "What regularized auto-encoders learn from the data-generating distribution", Journal of Machine Learning Research 15, 3743-3773, [arXiv:1211.4246](https://arxiv.org/abs/1211.4246): the step as that slope, for small noise.
# - G. B. Moody, R. G. Mark (2001), "The impact of the MIT-BIH Arrhythmia Database", IEEE Engineering in Medicine and Biology 20(3), 45-50, [doi:10.1109/51.932724](https://doi.org/10.1109/51.932724): where record 208 comes from.
#
# Next: **08 · Variational autoencoder**.
