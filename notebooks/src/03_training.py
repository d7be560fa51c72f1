# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 03 · Training
#
# *You write the training loop yourself, line by line, and then make it many times
# faster without changing what it computes. After that you watch a training go wrong in
# every usual way: too slow, too fast, too short, too long.*
#
# **The question:** what happens during training, and when is it enough?
#
# **60 minutes** · needs lesson 02 · data: MNIST-5k, odd digits normal
#
# By the end you can
# 1. write a training loop with `GradientTape`, Adam and mean squared error, and say what `fit` does in its place;
# 2. compile a step, or a whole epoch, and show that the result is the same;
# 3. set aside validation rows without spoiling the threshold, and stop early with them;
# 4. tell under-training from over-training, and say what neither loss can tell you about detection.

# %%
import aelearn  # first: it keeps TensorFlow quiet
from aelearn import data

digits = data.split(data.load("mnist5k"), seed=0)
digits

# %% [markdown]
# ## A fourth part: validation
#
# In this lesson we want to look at normals the model has not seen *while it trains*: to
# choose a learning rate, and to know when to stop. Rows used for that are
# **validation** rows. Which of the three parts may we take them from?
#
# - Not from **test**: nothing is chosen on it.
# - Not from **calibration**: it must stand for *new* normals when the threshold is set. A model that
#   was stopped where it did best on those very rows looks a little too good on them.
# - So from **train**. It costs us training rows. That is the price.

# %%
# the split has shuffled the rows already, so any 250 will do
x_validation, x_train = digits.x_train[:250], digits.x_train[250:]
print("train", x_train.shape, "| validation", x_validation.shape)

# %% [markdown]
# ## The loss: one number to make small
#
# A **loss** is one number that says how badly the model does on some rows. Ours is the
# **mean squared error** (MSE) between rows $x_i$ and their reconstructions $\hat x_i$:
#
# $$L = \frac{1}{n\,d}\sum_{i=1}^{n}\sum_{j=1}^{d} (x_{ij} - \hat x_{ij})^2$$
#
# where $n$ is the number of rows and $d$ the number of features (here 784 pixels). Mind the
# difference from lesson 00: an *error* belongs to one row, the *loss* is the mean over all of them.
#
# ### Exercise 03.1
# Write `mse`: it takes two arrays of shape (n, d) and returns one number, the loss.

# %% tags=["exercise"]
import numpy as np

from aelearn.course import check, hint  # hint("03.1") when you are stuck


def mse(x, reconstruction):
    # BEGIN SOLUTION
    return np.mean((x - reconstruction) ** 2)
    # END SOLUTION


check("03.1", mse)

# %% [markdown]
# ## The gradient: which way is down?
#
# The **gradient** of the loss holds one number for each thing we could change: how fast the
# loss grows when that thing grows. For the reconstruction we can work it out on paper:
#
# $$\frac{\partial L}{\partial \hat x_{ij}} = \frac{2}{n\,d}\,(\hat x_{ij} - x_{ij})$$
#
# Nobody wants to do that for every weight of a network. `tf.GradientTape` records what is computed inside
# its `with` block, and can then give the gradient of the result with respect to anything that
# went in. Do tape and paper agree?

# %%
import tensorflow as tf

from aelearn.course import claim
from aelearn.models import Autoencoder

model = Autoencoder(n_features=784, latent_dim=32, seed=0)
batch = x_train[:64]
with tf.GradientTape() as tape:
    reconstruction = model(batch)
    loss = tf.reduce_mean(tf.square(batch - reconstruction))
by_tape = tape.gradient(loss, reconstruction).numpy()
by_hand = 2 / batch.size * (reconstruction.numpy() - batch)

print(f"{model.count_params():,} weights, loss before any training: {loss:.3f}")
claim(
    "The tape's gradient is the one worked out by hand",
    np.abs(by_tape / by_hand - 1).max() < 1e-4,  # seen: less than 1e-6, over five seeds
)

# %% [markdown]
# ## Gradient descent
#
# The gradient points uphill. So take a step the other way:
#
# $$w \leftarrow w - \eta \,\frac{\partial L}{\partial w}$$
#
# where $w$ is a weight (or all of them) and $\eta$, the **learning rate**, says how long the step is.
# Repeating this is **gradient descent**.
#
# ### Exercise 03.2
# Write `step`: one step of gradient descent. It takes the weights, the gradient (of the same shape) and the
# learning rate, and returns the new weights.


# %% tags=["exercise"]
def step(weights, gradient, learning_rate):
    # BEGIN SOLUTION
    return weights - learning_rate * gradient
    # END SOLUTION


check("03.2", step)

# %% [markdown]
# Let us try it on the smallest autoencoder there is: **one** weight, $\hat x = w\,x$. The best weight
# is plainly 1. With $m$ for the mean of $x^2$ over all pixels, the loss is
# $L = m\,(w - 1)^2$ and its gradient $2m\,(w - 1)$.
#
# **Predict first.** We start at $w = 0$ and try the learning rates 0.3, 3 and 11. What will each path look like?

# %%
m = np.mean(x_train**2)


def path(learning_rate, n_steps=15):
    weights = [0.0]
    for _ in range(n_steps):
        gradient = 2 * m * (weights[-1] - 1)
        weights.append(weights[-1] - learning_rate * gradient)
    return np.array(weights)


paths = {learning_rate: path(learning_rate) for learning_rate in (0.3, 3, 11)}

# %%
from aelearn import plots

figure, axes = plots.subplots(figsize=(7, 3.4))
for (learning_rate, weights), marker in zip(paths.items(), "os^", strict=True):
    axes.plot(weights, marker=marker, markersize=5, label=f"learning rate {learning_rate}")
axes.axhline(1, color=plots.LIMIT, linewidth=1, linestyle=":", label="best weight")
axes.set(
    title="Too small crawls, too large leaps over the goal and away",
    xlabel="step",
    ylabel="weight w",
    ylim=(-5, 7),
)
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    figure,
    "The weight of a one-weight autoencoder over fifteen steps. The small learning rate creeps towards the best weight, "
    "the middle one reaches it in a few steps, the large one jumps from side to side of it, further each time.",
)

# %%
distance = {rate: abs(weights[-1] - 1) for rate, weights in paths.items()}  # it was 1

claim(
    "With 3 the weight arrives",
    distance[3] < 0.001,  # seen: 1e-6 to 2e-6, over five splits
)
claim(
    "With 0.3 more than a quarter of the way is left",
    distance[0.3] > 0.25,  # seen: .39 to .40
)
claim("With 11 it ends further away than it began", distance[11] > 2)  # seen: 9.7 to 16

# %% [markdown]
# Each step multiplies the distance from the best weight by $1 - 2 m \eta$. If that lies outside
# $-1$ to $1$, the distance grows: the weight with the steepest slopes sets the largest learning rate all the others can have.

# %% [markdown]
# ## Adam: a step length for each weight
#
# That is a problem, because slopes differ. Take two features, one strong and one weak: their mean
# squares are 1 and 0.01. The strong one limits the learning rate, and the weak one waits.
#
# **Adam** ([Kingma & Ba 2015](https://arxiv.org/abs/1412.6980)) keeps two running means for every weight: of the gradient
# (`mean`), and of its square (`square`). It steps along the first divided by the square root
# of the second, so that steep and gentle slopes get steps of like size. The divisions by $1 - \beta^t$ make up for
# both means starting at zero.

# %%
strength = np.array([1.0, 0.01])  # the mean square of each feature


def gradient_of(weights):  # the loss: the sum of strength * (weights - 1)**2 / 2
    return strength * (weights - 1)


def adam(weights, learning_rate, n_steps, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    visited, mean, square = [weights], np.zeros(2), np.zeros(2)
    for t in range(1, n_steps + 1):
        gradient = gradient_of(visited[-1])
        mean = beta_1 * mean + (1 - beta_1) * gradient
        square = beta_2 * square + (1 - beta_2) * gradient**2
        corrected_mean, corrected_square = mean / (1 - beta_1**t), square / (1 - beta_2**t)
        step_length = learning_rate / (np.sqrt(corrected_square) + epsilon)
        visited.append(visited[-1] - step_length * corrected_mean)
    return np.array(visited)


by_adam = adam(np.zeros(2), learning_rate=0.1, n_steps=60)

# %%
by_descent = [np.zeros(2)]
for _ in range(60):  # with 1.0, the best rate for the strong feature
    by_descent.append(by_descent[-1] - 1.0 * gradient_of(by_descent[-1]))
by_descent = np.array(by_descent)

# %%
figure, grid = plots.subplots(1, 2, figsize=(8, 3.2), sharey=True)
panels = {"gradient descent": by_descent, "Adam": by_adam}
for axes, (name, weights) in zip(grid, panels.items(), strict=True):
    axes.plot(weights[:, 0], label="strong feature", marker="o", markevery=10)
    axes.plot(weights[:, 1], label="weak feature", marker="s", markevery=10)
    axes.axhline(1, color=plots.LIMIT, linewidth=1, linestyle=":")
    axes.set(title=name, xlabel="step", ylabel="weight")
    axes.legend(loc="center right")
figure.suptitle(
    "Gradient descent leaves the weak feature behind; Adam does not",
    x=0.02,
    ha="left",
    fontsize=12,
)
plots.show(
    figure,
    "Two weights over sixty steps. With gradient descent the strong feature's weight arrives at once and the weak one is "
    "not half way at the end. With Adam both take almost the same path: past the goal, and back to it.",
)

# %% [markdown]
# Is our Adam the real one? We give Keras' optimiser the same start and the same gradients.

# %%
import keras

weights = tf.Variable(np.zeros(2, dtype=np.float32))
optimizer = keras.optimizers.Adam(learning_rate=0.1)
for _ in range(60):
    optimizer.apply([gradient_of(weights.numpy()).astype(np.float32)], [weights])

claim(
    "Our Adam ends where Keras' Adam ends",
    np.abs(by_adam[-1] - weights.numpy()).max() < 0.001,  # seen: 2e-5
)
claim(
    "After 60 steps gradient descent is not half way with the weak feature",
    by_descent[-1, 1] < 0.5,  # seen: .453
)
claim(
    "Adam is within .1 of the best weight for both",
    np.abs(by_adam[-1] - 1).max() < 0.1,  # seen: .035
)

# %% [markdown]
# Adam forgives features of different strength; it does not forgive *any* learning rate, as you will see below.

# %% [markdown]
# ## Batches and epochs
#
# A gradient from all rows is exact and slow. A gradient from a **batch** of, say, 64 random rows is
# rough and cheap, and many rough steps get further than a few exact ones. One pass over all rows,
# each row once, is an **epoch**; before each epoch the rows are put in a new random order. When
# the rows do not divide evenly, the last batch of an epoch is smaller. It must not be lost.
#
# ### Exercise 03.3
# Write `steps_in_epoch`: how many steps does one epoch of `n_rows` rows take, with `batch_size` rows a step?


# %% tags=["exercise"]
def steps_in_epoch(n_rows, batch_size):
    # BEGIN SOLUTION
    return int(np.ceil(n_rows / batch_size))
    # END SOLUTION


check("03.3", steps_in_epoch)

# %% [markdown]
# ### Exercise 03.4
# Each step gives the loss of its batch. The loss of the epoch is the mean over all **rows**. A batch of 8 must
# not count as much as one of 64. Write `epoch_loss` from the losses of the batches and their sizes.


# %% tags=["exercise"]
def epoch_loss(batch_losses, batch_sizes):
    # BEGIN SOLUTION
    return np.sum(np.multiply(batch_losses, batch_sizes)) / np.sum(batch_sizes)
    # END SOLUTION


check("03.4", epoch_loss)

# %% [markdown]
# ## One training, four routes
#
# Now the real thing: 784-128-32-128-784, Adam, MSE. We train it four times, and to compare the routes fairly
# all four get the same initial weights, the same rows in the same order, and the same smaller last batch.
# First, then, the orders: one shuffle of the row numbers for each epoch.

# %%
batch_size, n_epochs = 64, 6
rng = np.random.default_rng(0)
orders = [rng.permutation(len(x_train)).astype(np.int32) for _ in range(n_epochs)]


def fresh(learning_rate=1e-3):
    model = Autoencoder(n_features=784, latent_dim=32, seed=0)  # the same initial weights
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(model.trainable_variables)  # two running means for every weight
    return model, optimizer


# %% [markdown]
# ### Route 1: by hand
#
# This is the loop behind every other one. For each batch: compute the loss under the tape, ask the tape for the
# gradients of all weights, let Adam apply them. It takes six lines, and you should be able to write them from memory.


# %%
def training_step(model, optimizer, batch):
    with tf.GradientTape() as tape:
        reconstruction = model(batch)
        loss = tf.reduce_mean(tf.square(batch - reconstruction))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss


def loop_over_batches(take_step, order):
    total = 0.0
    for start in range(0, len(order), batch_size):
        batch = x_train[order[start : start + batch_size]]
        total += float(take_step(batch)) * len(batch)  # a smaller batch counts by its size
    return total / len(order)


# %% [markdown]
# A small helper runs a route over all epochs. It keeps the loss of every epoch, and the time of the fastest one: the
# first epoch of a compiled route includes the compiling, and the machine may be busy with something else now and then.

# %%
import time

curves, seconds = {}, {}


def run(name, one_epoch):
    curves[name], durations = [], []
    for order in orders:
        start = time.perf_counter()
        curves[name].append(float(one_epoch(order)))
        durations.append(time.perf_counter() - start)
    seconds[name] = min(durations)


model_1, optimizer_1 = fresh()
run(
    "by hand",
    lambda order: loop_over_batches(
        lambda batch: training_step(model_1, optimizer_1, batch), order
    ),
)
print("loss of each epoch:", " ".join(f"{loss:.3f}" for loss in curves["by hand"]))

# %% [markdown]
# ### Route 2: the step compiled
#
# Route 1 runs **eagerly**: Python calls TensorFlow for each small operation, many times a step, and
# waits for each call to be set up, however little arithmetic it asks for. `tf.function` calls the Python code once, records
# the operations as a graph, and from then on runs the graph. `jit_compile=True` also lets the compiler XLA
# fuse the operations into a few larger ones.
#
# The catch: the Python lines run *only while recording*. A `print` in there prints once. And a batch of another
# shape, such as our smaller last one, is recorded and compiled anew.

# %%
model_2, optimizer_2 = fresh()
n_recordings = 0


@tf.function(jit_compile=True)
def compiled_step(batch):
    global n_recordings
    n_recordings += 1  # Python: runs when the function is recorded, not when it is used
    return training_step(model_2, optimizer_2, batch)


run("compiled step", lambda order: loop_over_batches(compiled_step, order))
n_steps = n_epochs * int(np.ceil(len(x_train) / batch_size))
print(f"steps taken: {n_steps} | recorded: {n_recordings}")
claim(
    "The step was recorded once for each shape of batch: twice",
    n_recordings == 2,  # seen: 2, always
)

# %% [markdown]
# ### Route 3: the whole epoch compiled
#
# Python still walks from batch to batch. We can move that loop into the graph too: all rows go in as one
# tensor, together with the order, and the batches are gathered inside. `tf.range` makes a loop *of the graph*; a
# Python `range` would be unrolled into a copy of the step for each batch. Sizes must be known when compiling, so the
# full batches share one loop and the smaller last one stands behind it.


# %%
def compile_epoch(model, optimizer):
    @tf.function(jit_compile=True)
    def run_epoch(x, order):
        n_full, n_rest = divmod(x.shape[0], batch_size)
        total = tf.constant(0.0)
        for i in tf.range(n_full):
            rows = tf.slice(order, [i * batch_size], [batch_size])
            total += training_step(model, optimizer, tf.gather(x, rows)) * batch_size
        if n_rest:
            rows = order[n_full * batch_size :]
            total += training_step(model, optimizer, tf.gather(x, rows)) * n_rest
        return total / x.shape[0]

    return run_epoch


run_epoch = compile_epoch(*fresh())
x_tensor = tf.constant(x_train)
run("compiled epoch", lambda order: run_epoch(x_tensor, tf.constant(order)))

# %% [markdown]
# ### Route 4: Keras `fit`
#
# `fit` is Keras' own loop with a compiled step. You will meet it in most tutorials, and it is the right choice for most
# work. An autoencoder's input is also its target: hence `fit(x, x)`. Usually you let `fit` shuffle; here we
# give it the rows in our order. (We call it once an epoch for the curve, which costs some start-up each time; for the
# time, several epochs in one call.)

# %%
model_4, optimizer_4 = fresh()
model_4.compile(optimizer=optimizer_4, loss="mse")


def fit_one_epoch(order):
    rows = x_train[order]
    fitted = model_4.fit(rows, rows, batch_size=batch_size, shuffle=False, verbose=0)
    return fitted.history["loss"][0]


run("fit", fit_one_epoch)

start = time.perf_counter()
model_4.fit(x_train, x_train, batch_size=batch_size, epochs=4, verbose=0)
seconds["fit"] = min(seconds["fit"], (time.perf_counter() - start) / 4)

# %% [markdown]
# ### Are they the same?
#
# **Predict first.** Compiled code adds numbers up in another order, and float sums depend on the order. Will the four
# curves be identical, nearly so, or drift apart?

# %%
figure, axes = plots.subplots(figsize=(7, 3.6))
sizes = {"by hand": 15, "compiled step": 11, "compiled epoch": 7, "fit": 4}
epochs = range(1, n_epochs + 1)
for (name, losses), marker in zip(curves.items(), "os^x", strict=True):
    style = dict(marker=marker, markersize=sizes[name], fillstyle="none")
    axes.plot(epochs, losses, label=name, **style)
axes.set(title="Four routes, one curve", xlabel="epoch", ylim=(0, None))
axes.set_ylabel("training loss (mean squared error)")
axes.legend()
plots.show(
    figure,
    "Training loss over the epochs for four routes: by hand, compiled step, compiled epoch and Keras fit. "
    "The four curves lie on each other: only their nested markers tell them apart. The loss falls steeply, then more slowly.",
)

# %%
losses = np.array(list(curves.values()))
largest_difference = np.max(np.ptp(losses, axis=0) / losses.min(axis=0))
claim(
    "At every epoch the four losses differ by less than a tenth of a per cent",
    largest_difference < 0.001,  # seen: 2e-7 to 3e-7 over ten epochs, over five seeds
)

# %% [markdown]
# Not bit for bit, but far closer than any figure could show: it was *the same computation* each time. So you may
# write and debug a loop by hand, where a `print` works, and compile it when it is right.

# %% [markdown]
# ### And their speed?
#
# **Predict first.** How many times faster than the loop by hand is the compiled epoch: twice, five times, more?

# %%
times_faster = {name: seconds["by hand"] / seconds[name] for name in seconds}

claim(
    "A compiled epoch is at least 5 times faster than the loop by hand",
    times_faster["compiled epoch"] > 5,  # seen: 24 to 44 times, machine quiet or busy
)
claim(
    "A compiled step is at least twice as fast as the loop by hand",
    times_faster["compiled step"] > 2,  # seen: 9 to 28 times
)
claim(
    "Keras fit is faster than the loop by hand, too",
    times_faster["fit"] > 1.2,  # seen: 4 to 7 times
)

# %% [markdown]
# We only claim what should hold on any machine, so the ratios are stated well below what we saw, and no times are stored.
# To see your own, type `seconds` or `times_faster` in a new cell.
#
# One thing to keep in mind: compiling itself takes time, which these ratios leave out. For one short training it may cost
# more than it saves. That is why the package compiles a model once, and lets you reset its weights.

# %% [markdown]
# ## Now from the package
#
# `training.train` is route 3 with what we add in the rest of this lesson: validation, early stopping, and a stop when
# the loss is no longer a number. It asks a model for its `training_loss`, so later lessons can change the loss
# and keep the loop. It returns a `History` of what it saw. Its seed fixes the order of the rows, and with seed 0 it draws the very orders we drew above.

# %%
from aelearn import training

model = Autoencoder(n_features=784, latent_dim=32, seed=0)
history = training.train(model, x_train, epochs=n_epochs, validation=x_validation, seed=0)
print(history)

gap_to_ours = np.max(np.abs(np.array(history.loss) / curves["by hand"] - 1))
claim(
    "train gives the curve of our own loop",
    gap_to_ours < 0.001,  # seen: 2e-7 or less, over five seeds
)

# %% [markdown]
# ## Seeds
#
# Two things in a training are random: the initial weights and the order of the rows. Each has a **seed**, the number
# that starts its random generator. `reset_weights(seed)` gives the model fresh weights without compiling it again.
#
# **Predict first.** Train twice with the same seed, then with five different ones. How much will the loss
# differ, and how much the AUC?

# %%
from sklearn.metrics import roc_auc_score

from aelearn import scoring


def train_with(seed, epochs=15):
    model.reset_weights(seed)
    return training.train(model, x_train, epochs=epochs, validation=x_validation, seed=seed)


def auc_of(model, part=digits):
    return roc_auc_score(part.y_test, scoring.reconstruction_error(model, part.x_test))


train_with(seed=3, epochs=3)
first = model.get_weights()
train_with(seed=3, epochs=3)
same_bits = all(
    np.array_equal(a, b) for a, b in zip(first, model.get_weights(), strict=True)
)
claim(
    "The same seed gives the same weights, bit for bit, on one and the same processor",
    same_bits,  # seen: always; the package's tests hold it over threads and processes, too
)

# %%
validation_losses, aucs = [], []
for seed in range(5):
    validation_losses.append(train_with(seed).validation_loss[-1])
    aucs.append(auc_of(model))
    print(f"seed {seed}: validation loss {validation_losses[-1]:.4f}, AUC {aucs[-1]:.3f}")

smallest, largest = min(validation_losses), max(validation_losses)
claim(
    "The largest of five validation losses is less than 10 % above the smallest",
    largest < 1.1 * smallest,  # seen: 1.3 % to 7.2 %, over six splits of five seeds each
)
claim(
    "Five seeds, the same data, the same settings: AUCs differ by more than .004",
    np.ptp(aucs) > 0.004,  # seen: .010 to .018, over the same
)

# %% [markdown]
# So the third digit of an AUC from *one* seed is noise, and the second is not safe. A paper, or a colleague, who reports that a new trick
# lifts the AUC by .005 on one run has reported nothing. In this course, a comparison uses at least five seeds.

# %% [markdown]
# ## Learning rates
#
# **Predict first.** Adam gives every weight its own step length. Does the learning rate matter, then?
# We try a hundredth of the usual one, the usual one, and a hundred times the usual one.

# %%
rates = {}
for learning_rate in (1e-5, 1e-3, 1e-1):
    model.reset_weights(0)
    trained = training.train(
        model,
        x_train,
        epochs=10,
        learning_rate=learning_rate,
        validation=x_validation,
        seed=0,
    )
    rates[learning_rate] = trained.validation_loss

# %%
# the loss of answering every picture with the mean of the training pictures
mean_picture_loss = np.mean((x_validation - x_train.mean(axis=0)) ** 2)
figure, axes = plots.subplots(figsize=(8, 3.6))
for (learning_rate, losses), marker in zip(rates.items(), "os^", strict=True):
    axes.semilogy(
        range(1, 11), losses, marker=marker, label=f"learning rate {learning_rate:g}"
    )
axes.axhline(mean_picture_loss, color=plots.LIMIT, ls=":", label="the mean picture")
axes.set(
    title="A hundred times too small, right, a hundred times too large", xlabel="epoch"
)
axes.set_ylabel("validation loss (MSE)")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(
    figure,
    "Validation loss over ten epochs, logarithmic. The smallest learning rate hardly falls. The middle one falls steadily to "
    "the lowest loss. The largest stays high and ends no better than answering every digit with the mean picture.",
)

# %%
claim(
    "A hundred times too small: the loss stays three times too large",
    rates[1e-5][-1] > 3 * rates[1e-3][-1],  # seen: 4.1 to 4.3 times, over six seeds
)
claim(
    "A hundred times too large: twice too large, or worse",
    rates[1e-1][-1] > 2 * rates[1e-3][-1],  # seen: 2.5 to 21 times
)
claim(
    "With the large rate, ten epochs do no better than the mean picture",
    rates[1e-1][-1] > 0.95 * mean_picture_loss,  # seen: 1.00 to 8.7 times that loss
)

# %% [markdown]
# The small rate is on its way; it only needs patience. What happened with the large one? The model still has those
# weights. We look at the units of its first hidden layer: which of them ever answer to a picture?

# %%
hidden = model.encoder.layers[0](x_validation).numpy()  # ReLU gives 0 for "no answer"
silent = np.mean(hidden.max(axis=0) == 0)
print(f"{silent:.0%} of the units are silent for every picture")

claim(
    "More than nine in ten hidden units are silent for every picture",
    silent > 0.9,  # seen: .98 to 1.00, over six seeds
)

# %% [markdown]
# The first steps threw the weights so far that the units fell silent. A ReLU that is silent for every row has gradient zero, so
# it stays silent. Little is left to learn but one answer for everything, and the best such answer is the mean
# picture. The end of the curve looks like progress. Compare it with a stupid baseline, and you see what it is.
#
# Still larger, and numbers overflow. `train` then stops, goes back to the last finite weights, and warns.

# %%
import warnings

model.reset_weights(0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # we know, and want to show it ourselves
    broken = training.train(
        model, x_train, epochs=10, learning_rate=1000, validation=x_validation, seed=0
    )
print("stopped because", broken.stopped)
claim(
    "A loss that is not a number ends the training in its first epoch",
    len(broken.loss) == 0,  # seen: six seeds
)

# %% [markdown]
# ## Too short, too long
#
# How many epochs? A model trained too short has not learned the normal data yet: **under-training** (or underfitting).
# A model trained too long learns its training rows by heart: **over-training** (or overfitting). To see both clearly
# we take a case that is common in practice: **few normals**. Of the training rows we keep 300, and we
# double the learning rate to see it in 200 epochs.
#
# Route 3 lets us stop anywhere, look, and go on. For five seeds, each with its own split of the data, we note on
# the way: the error on the training rows, on validation rows, and on the anomalies, and the AUC on the test set.
# (We look at the test set to *understand*. Nothing may be chosen on what we see there.)

# %%
checkpoints = (1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200)
few_model, few_optimizer = fresh(learning_rate=2e-3)
at_start = [variable.numpy() for variable in few_optimizer.variables]
run_few_epoch = compile_epoch(few_model, few_optimizer)
parts = [data.split(data.load("mnist5k"), seed=seed) for seed in range(5)]


def start_again(seed):
    few_model.reset_weights(seed)
    for variable, value in zip(few_optimizer.variables, at_start, strict=True):
        variable.assign(value)  # Adam must forget the last training, too


# %%
def follow(seed):
    part, rng = parts[seed], np.random.default_rng(seed)
    held_out, few = part.x_train[:250], part.x_train[250:550]
    start_again(seed)
    few_tensor, seen = tf.constant(few), []
    for epoch in range(1, checkpoints[-1] + 1):
        run_few_epoch(few_tensor, tf.constant(rng.permutation(len(few)).astype(np.int32)))
        if epoch in checkpoints:
            anomalies = part.x_test[part.y_test == 1]
            errors = [
                scoring.reconstruction_error(few_model, rows).mean()
                for rows in (few, held_out, anomalies)
            ]
            seen.append([*errors, auc_of(few_model, part)])
    return seen


followed = np.array([follow(seed) for seed in range(5)])  # (seeds, checkpoints, 4)
training_error, validation_error, anomaly_error, auc = np.moveaxis(followed, 2, 0)

# %% [markdown]
# Beside it stands a **simple baseline**: PCA with a code of the same size, 32. It needs no epochs and no learning rate,
# so it is a horizontal line.

# %%
from sklearn.decomposition import PCA


def with_pca(part):
    held_out, few = part.x_train[:250], part.x_train[250:550]
    pca = PCA(n_components=32, random_state=0).fit(few)

    def errors(x):
        return np.mean((x - pca.inverse_transform(pca.transform(x))) ** 2, axis=1)

    return (
        errors(few).mean(),
        errors(held_out).mean(),
        roc_auc_score(part.y_test, errors(part.x_test)),
    )


pca = np.array([with_pca(part) for part in parts])  # seeds, (training, validation, AUC)

# %% [markdown]
# **Predict first.** Sketch three curves against the number of epochs: training error, validation error, AUC. Where will each turn?


# %%
def draw(axes, name, values, **style):  # values: (seeds, checkpoints)
    axes.plot(checkpoints, values.T, color=style["color"], lw=0.7, ls="-", alpha=0.5)
    axes.plot(checkpoints, values.mean(axis=0), label=name, **style)


# %%
figure, (left, right) = plots.subplots(1, 2, figsize=(9.5, 3.8))
draw(left, "training rows", training_error, color=plots.BLUE, ls="-", marker="o")
draw(left, "validation rows", validation_error, color=plots.VERMILION, ls="--", marker="s")
draw(right, "AUC", auc, color=plots.GREEN, ls="-.", marker="^")
for axes, k, name in ((left, 1, "validation rows"), (right, 2, "AUC")):
    axes.axhline(pca[:, k].mean(), color=plots.LIMIT, ls=":", label=f"PCA, {name}")
    axes.legend()
left.set(title="Validation error turns", xlabel="epoch", xscale="log")
left.set_ylabel("mean squared error")
right.set(
    title="AUC levels off long before", xlabel="epoch", xscale="log", ylabel="ROC AUC"
)
plots.show(
    figure,
    "Left: errors against epochs, five seeds and their mean. The training error falls throughout; the validation error falls "
    "with it at first, then levels off and rises a little, and it never gets below the line of PCA. Right: the AUC climbs "
    "steeply in the first epochs, crosses the line of PCA, levels off and drops slightly.",
)

# %%
ratio = validation_error / training_error
print("epoch  training  validation  ratio   AUC")
for k, epoch in enumerate(checkpoints):
    columns = (
        training_error[:, k].mean(),
        validation_error[:, k].mean(),
        ratio[:, k].mean(),
        auc[:, k].mean(),
    )
    print("{:5d}  {:8.3f}  {:10.3f}  {:5.1f}  {:.2f}".format(epoch, *columns))
print(
    "  PCA  {:8.3f}  {:10.3f}  {:5.1f}  {:.2f}".format(
        *pca[:, :2].mean(0), np.mean(pca[:, 1] / pca[:, 0]), pca[:, 2].mean()
    )
)

# %% [markdown]
# ### What the losses say
#
# First both errors fall together: under-trained, keep going. Then only the training error falls:
# what the model still learns are its 300 rows, not odd digits. In the end the validation error even rises.

# %%
claim(
    "After 5 epochs the two errors are within 10 % of each other",
    np.all(np.abs(ratio[:, 2] - 1) < 0.1),  # seen: .99 to 1.06, over seven seeds
)
claim(
    "After 200 epochs errors on new normals are more than 3 times those on training rows",
    np.all(ratio[:, -1] > 3),  # seen: 4.0 to 4.9 times
)
lowest = validation_error.min(axis=1)
claim(
    "Validation error ends at least 4 % above its lowest point, for every seed",
    np.all(validation_error[:, -1] > 1.04 * lowest),  # seen: 8 % to 12 %
)

# %% [markdown]
# Remember that ratio in lesson 04. A threshold made from *training* errors is too low then, and
# false alarms are the price. An over-trained model can still be a fair detector, **if** its threshold comes from rows it has not seen.

# %% [markdown]
# ## Early stopping
#
# **Early stopping** watches the validation loss, remembers the weights of the best epoch, and gives up when the loss has
# not been lower for some epochs in a row: the **patience**. Then it *restores the best weights*.
#
# ### Exercise 03.5
# Write `early_stop`. It takes the validation losses of all the epochs we could train (epoch 1 is `losses[0]`) and the patience, and
# returns two numbers: the epoch whose weights are kept, and the last epoch that is trained. With losses 5, 4, 6, 7, 1
# and patience 2, training stops after epoch 4, and the weights of epoch 2 are kept: `(2, 4)`.


# %% tags=["exercise"]
def early_stop(losses, patience):
    # BEGIN SOLUTION
    best = 0  # the index of the lowest loss so far
    for i in range(len(losses)):
        if losses[i] < losses[best]:
            best = i
        elif i - best >= patience:
            return best + 1, i + 1
    return best + 1, len(losses)
    # END SOLUTION


check("03.5", early_stop)

# %% [markdown]
# With the package it is two arguments. (With `fit` it is the callback `EarlyStopping`; it restores the best weights only if you
# set `restore_best_weights=True`, which is not its default.)

# %%
few = x_train[:300]
model.reset_weights(0)
history = training.train(
    model, few, epochs=200, learning_rate=2e-3, validation=x_validation, patience=10, seed=0
)
kept = scoring.reconstruction_error(model, x_validation).mean()
print(history)

plots.loss_curves(
    {"training": history.loss, "validation": history.validation_loss},
    title="Stopped where the validation loss no longer falls",
    log=True,
    description=(
        "Training and validation loss against epochs, logarithmic. Both fall steeply at first; then the training loss goes on "
        "falling while the validation loss flattens out, and there the curves end."
    ),
)

# %%

claim(
    "Training stopped before its 200 epochs",
    history.stopped is not None
    and len(history.loss) < 150,  # seen: after 81 to 92 epochs, over six seeds
)
claim(
    "The model has the weights of its best epoch, not of its last one",
    abs(kept / min(history.validation_loss) - 1) < 0.001
    and history.best_epoch == len(history.loss) - 10,  # seen: 1e-6
)

# %% [markdown]
# At the very start the training loss may lie *above* the validation loss. That is no mistake: it is the mean over an epoch in which
# the weights were still improving, while the validation loss is taken at the end of it.
#
# Mind two things. The best validation loss was *chosen* as the lowest of many, so it is a little too good to be true: never
# report it as the model's error on new data. And early stopping with a small patience can stop at a mere wobble.

# %% [markdown]
# ## What the losses do not say
#
# Here is the finding we would rather not have. Look at the right-hand panel of the figure once more: what does the validation
# loss know about *detection*?

# %%
at_20, at_200 = checkpoints.index(20), checkpoints.index(200)
best = validation_error.argmin(axis=1)
auc_at_best = auc[np.arange(5), best]

claim(
    "Under-training hurts: after 2 epochs the AUC is at least .05 below that at the best validation error",
    np.all(auc[:, 1] < auc_at_best - 0.05),  # seen: .13 to .14
)
claim(
    "From epoch 20 to the best epoch the validation error falls by a sixth or more, and the AUC moves by less than .02",
    np.all(validation_error[:, at_20] > 1.2 * lowest)  # seen: 1.29 to 1.37 times
    and np.all(np.abs(auc[:, at_20] - auc_at_best) < 0.02),  # seen: .001 to .011
)
claim(
    "Training on, to twice the best epoch and more, costs less than .02 AUC",
    np.all(auc_at_best - auc[:, at_200] < 0.02),  # seen: -.001 to .012
)

# %% [markdown]
# Once the model has learned the rough shape of normal digits, better reconstruction no longer means better detection. Why not?

# %%
anomalies_at_best = anomaly_error[np.arange(5), best]
claim(
    "From epoch 20 to the best epoch the error on anomalies falls, too",
    np.all(anomalies_at_best < 0.96 * anomaly_error[:, at_20]),  # seen: .82 to .90 times
)

# %% [markdown]
# It learns to draw odd digits better, and the even digits it has never seen along with them. What counts for detection is how
# far the two are apart, and no loss on normal rows measures that.
#
# PCA makes the point more sharply still.

# %%
claim(
    "PCA reconstructs new normals better than the autoencoder at its best epoch",
    np.all(pca[:, 1] < 0.93 * lowest),  # seen: .81 to .83 times
)
claim(
    "And it detects worse, with 300 normals",
    np.all(pca[:, 2] < auc_at_best - 0.003),  # seen: .012 to .030 below
)

# %% [markdown]
# The better reconstruction belongs to the *worse* detector. So validation loss is a good judge of when
# one training is going wrong, and a poor judge of which of two models detects better. Without labels you can do no better
# than a rough choice; lesson 05 looks at what helps. And look how close PCA comes, in a blink, with no learning rate to get wrong.

# %% [markdown]
# ## Remember
#
# 1. A training step is four moves: loss under the tape, gradients, apply, repeat. Compiling changes its speed, not its result.
# 2. Take validation rows from the training part, keep calibration and test untouched, and restore the best weights.
# 3. Validation loss tells you when training goes wrong. It does not rank detectors; compare over seeds, beside a simple baseline.
#
# ## Quiz
#
# **1. You stop early on the calibration rows instead of separate validation rows. What suffers?**
# (a) The training loss. (b) The promise of the threshold. (c) Nothing: they are all normal.
#
# <details><summary>Answer</summary>
#
# **(b).** The stopping epoch was chosen because errors on those rows were small, so they no longer stand for new normals, and a threshold
# from them is a little low. (a) Training never sees them as training rows. (c) Normal they are, but no longer new.
#
# </details>
#
# **2. You put `print(loss)` into a function under `tf.function` and run 100 steps. What do you see?**
# (a) 100 numbers. (b) One line, and not a number. (c) An error.
#
# <details><summary>Answer</summary>
#
# **(b).** Python runs while the step is recorded, once for each shape of its input, and the loss is only a placeholder then. (a) would need
# `tf.print`, without XLA. (c) It is legal, which is why it surprises.
#
# </details>
#
# **3. Training loss falls, validation loss rises. A colleague wants to keep training because "the AUC is still fine". What do you say?**
# (a) Impossible: the AUC must fall. (b) It may be fine, but the threshold must not come from training errors. (c) Rising validation loss means a bug.
#
# <details><summary>Answer</summary>
#
# **(b).** We saw the AUC nearly level while the gap between training and new errors grew several-fold. (a) It fell by little or nothing here.
# (c) It is the ordinary sign of over-training.
#
# </details>
#
# **4. Model A has a validation loss 10 % below that of model B. Which detects better?**
# (a) A. (b) B. (c) The validation loss cannot tell.
#
# <details><summary>Answer</summary>
#
# **(c).** PCA had the lower loss and the lower AUC; from epoch 20 on, the autoencoder's loss fell and its AUC hardly moved. (a) and (b) may
# each happen: a model can reconstruct anomalies well, too.
#
# </details>
#
# ## Sources
#
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986), "Learning representations by back-propagating errors", Nature 323, 533-536, [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0): how the gradients of all weights are computed at once.
# - D. P. Kingma, J. Ba (2015), "Adam: A method for stochastic optimization", ICLR, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
# - L. Prechelt (1998), "Early stopping - but when?", in Neural Networks: Tricks of the Trade, Springer, 55-69, [doi:10.1007/3-540-49430-8_3](https://doi.org/10.1007/3-540-49430-8_3): stopping rules compared.
#
# Next: **04 · From error to decision**.
