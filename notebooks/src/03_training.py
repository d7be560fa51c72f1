# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 03 · Training
#
# *You write the training loop yourself, line by line, and then make it several times
# faster without changing what it computes. After that you watch trainings go wrong in
# the usual ways: too slow, too fast, too short, too long.*
#
# **The question:** what happens during training, and when is it enough?
#
# **60 minutes**, and 17 for going deeper · needs lessons 00 and 02 · data: MNIST-5k, odd digits normal
#
# By the end you can
# 1. write a training loop with `GradientTape` and Adam, and compile its step;
# 2. set aside validation rows, and stop early with them;
# 3. tell under-training from over-training, and say what neither loss can tell you about detection.

# %%
import aelearn  # first: it keeps TensorFlow quiet
import numpy as np

from aelearn import data
from aelearn.course import check, claim, hint, progress, show_table, solution

digits = data.load("mnist5k")
parts = data.split(digits, seed=0)
parts

# %% [markdown]
# ## A fourth part: validation
#
# In this lesson we look at normals the model has not seen *while it trains*, to
# know when to stop. Such rows are
# **validation rows**. Which of the three parts may they come from?
#
# - Not **test**: nothing is chosen on it.
# - Not **calibration**: it stands for *new* normals when the threshold is set, and rows that helped to choose the model are not new to it. The
#   harm may be too small to see; but nobody can tell you in advance that it is.
# - So **train**. It costs us training rows.

# %%
# the split has shuffled the rows already, so any 250 will do
x_validation, x_train = parts.x_train[:250], parts.x_train[250:]
print("train", x_train.shape, "| validation", x_validation.shape)

# %% [markdown]
# ## The loss: one number to make small
#
# A **loss** is one number that says how badly the model does on some rows. Ours is the
# **mean squared error** (MSE): the mean of the squared differences between rows and reconstructions, over all features of all rows. (Of a single row: over its features.)
# The *error* of lesson 00 belongs to one row; the *loss* is the mean over all of them.
#
# ### Exercise 03.1
# Write `mse`: it takes two arrays of shape (n, d) and returns one number, the loss.


# %% tags=["exercise"]
def mse(x, reconstruction):
    # BEGIN SOLUTION
    return np.mean((x - reconstruction) ** 2)
    # END SOLUTION


check("03.1", mse)

# %% [markdown]
# ## The gradient: which way is down?
#
# The **gradient** of the loss holds one number for each weight: how fast the
# loss grows when that weight grows. `tf.GradientTape` records what is computed inside
# its `with` block; then it works backwards through the record, by the **chain rule** (slopes of functions in a row multiply), and gives the gradient for all weights at once.
# That is **back-propagation** (by hand in the [refresher](90_refresher.ipynb)).
#
# We try it on the smallest autoencoder: *one* weight, by which every pixel is multiplied. The best weight is plainly 1.

# %%
import tensorflow as tf


def loss_of(w):
    return tf.reduce_mean(tf.square(x_train - w * x_train))


def gradient_at(w):
    w = tf.Variable(w)
    with tf.GradientTape() as tape:
        loss = loss_of(w)
    return float(tape.gradient(loss, w))


# %% [markdown]
# Is it true? Nudge the weight up and down, and see how the loss changes.

# %%
nudge = 0.01
by_nudging = float(loss_of(0.3 + nudge) - loss_of(0.3 - nudge)) / (2 * nudge)
by_tape = gradient_at(0.3)
print(f"by nudging {by_nudging:.4f}, by the tape {by_tape:.4f}")
claim(
    "The tape gives what nudging gives: more weight, less loss",
    by_tape < 0 and abs(by_tape / by_nudging - 1) < 0.01,  # seen: less than 1e-4
)

# %% [markdown]
# ## Gradient descent
#
# The gradient points uphill. So take a step the other way, again and again: this is **gradient descent**. The gradient times the
# **learning rate** says how far a weight goes.
#
# ### Exercise 03.2
# Write `step`: one step of gradient descent. It takes the weights (an array), the gradient (of the same shape) and the
# learning rate, and returns the new weights; the old ones stay as they are.


# %% tags=["exercise"]
def step(weights, gradient, learning_rate):
    # BEGIN SOLUTION
    return weights - learning_rate * gradient
    # END SOLUTION


check("03.2", step)

# %% [markdown]
# **Predict first.** Our one weight starts at 0. What will its path look like with the learning rates 0.3, 3 and 11?


# %%
def path(learning_rate, n_steps=10):
    visited = [0.0]
    for _ in range(n_steps):
        visited.append(visited[-1] - learning_rate * gradient_at(visited[-1]))
    return np.array(visited)


paths = {"learning rate 0.3": path(0.3), "learning rate 3": path(3.0)}
paths["learning rate 11"] = path(11.0)

# %% tags=["fold"]
# Draw the three paths
from aelearn import plots

plots.lines(
    np.arange(11),
    {**paths, "best weight": np.ones(11)},
    title="Too small crawls, too large leaps away",
    xlabel="step",
    ylabel="weight",
    description="The weight of a one-weight autoencoder over ten steps. The small learning rate creeps towards the best weight, the middle one reaches it in a few steps, the large one jumps from side to side of it, further each time.",
)

# %%
crawls, arrives, leaps = [abs(weights[-1] - 1) for weights in paths.values()]  # it was 1
claim(
    "With 3 it arrives, with 0.3 half of the way is left, with 11 it ends further off",
    arrives < 0.01 and 0.4 < crawls < 0.7 and leaps > 1.5,
)  # seen, five splits: 1e-4, .54, 4.5 to 6.3

# %% [markdown]
# The loss is a valley, and each step jumps towards its floor. A jump of more than twice the distance lands higher up on the other side.
#
# A network has many weights, some with steep valleys and some with gentle ones. One learning rate for all is then set by the steepest, and the others crawl. **Adam**
# ([Kingma & Ba 2015](https://arxiv.org/abs/1412.6980)) takes the mean of each weight's latest gradients and divides it by their size, so that steep and gentle
# weights move at a like pace. It is the most common **optimiser**, the rule that turns gradients into steps. *Going deeper* writes it out.

# %% [markdown]
# ## Batches and epochs
#
# A gradient from all rows is exact and dear. A gradient from a **batch** of, say, 64 random rows is
# rough and cheap, so one can afford many steps: **stochastic gradient descent**. One pass over all rows,
# each row once, is an **epoch**; before each the rows are put in a new random order. When
# the rows do not divide evenly, the last batch is smaller. It must not be lost.
#
# ### Exercise 03.4
# Each step gives the loss of its batch. The loss of the epoch is the mean over all *rows*: a batch of 8 must
# not count as much as one of 64. Write `epoch_loss`. It takes two arrays, the losses of the batches and their sizes, and returns one number.


# %% tags=["exercise"]
def epoch_loss(batch_losses, batch_sizes):
    # BEGIN SOLUTION
    return np.sum(batch_losses * batch_sizes) / np.sum(batch_sizes)
    # END SOLUTION


check("03.4", epoch_loss)

# %% [markdown]
# ## The loop by hand
#
# Now the real thing: 784-128-32-128-784, as in lesson 02. For each batch: compute the loss under the tape, ask the tape for the
# gradients of all weights, let Adam apply them. You should be able to write these lines from memory.


# %%
def training_step(model, optimizer, batch):
    with tf.GradientTape() as tape:
        reconstruction = model(batch)
        loss = tf.reduce_mean(tf.square(batch - reconstruction))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss


# %%
def one_epoch(take_step, order, batch_size=64):
    total = 0.0
    for start in range(0, len(order), batch_size):
        batch = x_train[order[start : start + batch_size]]
        total += float(take_step(batch)) * len(batch)  # a smaller batch counts by its size
    return total / len(order)


# %% [markdown]
# Run like this, the loop is **eager**: Python calls TensorFlow for each small operation, many times a step. With `tf.function`, Python runs once only, to record
# the operations as a program without Python, a **compiled function**. `jit_compile=True` also lets the compiler **XLA** fuse operations.
#
# The catch: the Python lines run *only while recording*. A `print` in there prints once. And a batch of another
# shape, such as our smaller last one, is recorded anew.

# %%
import keras

from aelearn.models import Autoencoder


def fresh(learning_rate=1e-3):
    model = Autoencoder(n_features=784, latent_dim=32, seed=0)  # the same initial weights
    optimizer = keras.optimizers.Adam(learning_rate)
    # makes room for Adam's two means of every weight: tf.function may not do so later
    optimizer.build(model.trainable_variables)
    return model, optimizer


# %%
model_by_hand, optimizer_by_hand = fresh()
model_compiled, optimizer_compiled = fresh()
recorded = []


def step_by_hand(batch):
    return training_step(model_by_hand, optimizer_by_hand, batch)


@tf.function(jit_compile=True)
def step_compiled(batch):
    recorded.append(batch.shape)  # Python: runs while recording, not when used
    return training_step(model_compiled, optimizer_compiled, batch)


# %% [markdown]
# We train twice, from the same weights and with the same rows in the same order, and stop the time of each epoch. The first compiled one includes the compiling; the **median**, the middle one of
# the five, does not mind.
#
# **Predict first.** Compiled code adds numbers up in another order, and sums of rounded numbers depend on the order. Will the two
# losses be identical, nearly so, or drift apart? And how much faster is the compiled loop?

# %%
import time

rng = np.random.default_rng(0)
losses, seconds = [], []
for _ in range(5):
    order = rng.permutation(len(x_train))
    begin = time.perf_counter()
    loss_by_hand = one_epoch(step_by_hand, order)
    middle = time.perf_counter()
    loss_compiled = one_epoch(step_compiled, order)
    losses.append([loss_by_hand, loss_compiled])
    seconds.append([middle - begin, time.perf_counter() - middle])

# %%
by_hand, compiled = np.transpose(losses)
seconds_by_hand, seconds_compiled = np.median(seconds, axis=0)
times_faster = seconds_by_hand / seconds_compiled
show_table(
    {"by hand": by_hand[[0, 2, 4]].tolist(), "compiled": compiled[[0, 2, 4]].tolist()},
    ["loss", "epoch 1", "epoch 3", "epoch 5"],
    caption=f"One training, two routes; recorded for {len(recorded)} shapes of batch",
)

# %%
claim(
    "The loss has fallen by a third and more, and at every epoch the two differ by less than a tenth of a per cent",
    by_hand[-1] < 0.67 * by_hand[0] and np.max(np.abs(compiled / by_hand - 1)) < 0.001,
)  # seen, five seeds: to .43 to .45 of the first; apart by 2e-7 or less
claim(
    "The compiled loop is faster", times_faster > 1.3
)  # seen: 11 to 20 times, beside other work

# %% [markdown]
# It is *the same computation*. So write and debug a loop by hand, where a `print` works, and compile it when it is right. How much is gained depends on
# the machine: type `times_faster` in a cell of your own.
#
# `training.train` is this loop with the whole epoch compiled, and with what we add in the rest of this lesson. It asks a model for its `training_loss`, so later
# lessons can change the loss and keep the loop. It returns a `History` of what it saw. With seed 0 it draws the very orders we drew above.

# %%
from aelearn import training

model = Autoencoder(n_features=784, latent_dim=32, seed=0)
history = training.train(model, x_train, epochs=5, validation=x_validation, seed=0)
print(history)

claim(
    "train gives the losses of our own loop, which fell by a third and more",
    np.allclose(history.loss, by_hand, rtol=0.001) and history.loss[-1] < 0.67 * by_hand[0],
)  # seen, five seeds: apart by 3e-7 or less

# %% [markdown]
# ## What a batch must not do
#
# A batch is there for speed. Two slips make it more than that:
#
# - *The last, smaller batch is dropped*, because compiled code likes batches of one shape. In training each epoch drops other rows; but with
#   50 rows in batches of 64 not one step is taken. In scoring, the rows dropped get no score, and so no alarm.
# - *A score depends on the other rows of its batch*, because something is scaled by the batch. But a new row comes in other company than the calibration rows, often alone.
#
# **Predict first.** We score 500 test rows in batches of four sizes: by their errors, and by errors divided by the mean error of their batch. Which AUCs will change?

# %%
from sklearn.metrics import roc_auc_score

from aelearn import scoring


x_new, is_anomaly = parts.x_test[:500], parts.y_test[:500]


def aucs_in_batches(batch_size):
    plain, scaled = [], []
    for start in range(0, len(x_new), batch_size):
        batch = x_new[start : start + batch_size]
        errors = scoring.reconstruction_error(model, batch)
        plain.extend(errors)
        scaled.extend(errors / errors.mean())
    return roc_auc_score(is_anomaly, plain), roc_auc_score(is_anomaly, scaled)


# %%
plain, scaled, rows = [], [], []
for size in (500, 64, 8, 1):
    auc, auc_scaled = aucs_in_batches(size)
    plain.append(auc)
    scaled.append(auc_scaled)
    rows.append([size, len(x_new) % size, auc, auc_scaled])
show_table(
    rows,
    ["batch size", "rows in a smaller last batch", "AUC", "AUC, scaled by the batch"],
    digits=2,
    caption="500 test rows, scored in batches",
)

# %%
claim(
    "The error ranks alike in batches of any size; scaled by its batch, a row alone is a coin toss",
    min(plain) > 0.8 and np.ptp(plain) < 0.001 and scaled[-1] == 0.5,
)  # seen, five seeds: AUC .88 to .90, no difference at all

# %% [markdown]
# An error belongs to its row alone. Divided by the mean of a batch of one, it is always 1.

# %% [markdown]
# ## Seeds
#
# Two things in a training are random: the initial weights and the order of the rows. Each starts from a **seed**; the same seed gives the same weights, bit for bit, on one and the
# same processor. `reset_weights(seed)` gives the model fresh ones without compiling again.
#
# **Predict first.** Train with five different seeds. How much will the loss differ, and how much the AUC?


# %%
def auc_of(model, cut):
    return roc_auc_score(cut.y_test, scoring.reconstruction_error(model, cut.x_test))


# %%
rows = []
for seed in range(5):
    model.reset_weights(seed)
    seen = training.train(model, x_train, epochs=15, validation=x_validation, seed=seed)
    rows.append([seed, seen.validation_loss[-1], auc_of(model, parts)])
show_table(
    rows, ["seed", "validation loss", "AUC"], caption="Five seeds, the same settings"
)

# %%
_, losses_of_seeds, aucs_of_seeds = np.transpose(rows)
claim(
    "Five trainings, losses within 20 % and AUCs above .85: yet the AUCs differ by more than .002",
    np.ptp(losses_of_seeds) < 0.2 * losses_of_seeds.min()
    and aucs_of_seeds.min() > 0.85
    and np.ptp(aucs_of_seeds) > 0.002,
)  # seen, six splits: 1.3 to 7.2 %, .90 or more, .007 to .018

# %% [markdown]
# So the third digit of an AUC from *one* seed is noise, and the second is not safe. Whoever reports that a new trick
# lifts the AUC by a few thousandths on one run has reported nothing. This course compares over several seeds.

# %% [markdown]
# ## Too short, too long
#
# A model trained too short has not learned the normal data yet: **under-training** (or underfitting).
# Trained too long it gets better on its training rows only, and no longer on new ones: **over-training** (or overfitting). To see both,
# we take a case that is common in practice: *few normals*. We keep 300 training rows, and use larger steps, so that 100 epochs are long.
# Three seeds, each with its own split.

# %%
few_model = Autoencoder(n_features=784, latent_dim=32)
cuts = [data.split(digits, seed=seed) for seed in range(3)]
held_out = [cut.x_train[:250] for cut in cuts]
few = [cut.x_train[250:550] for cut in cuts]

# %% [markdown]
# One training on the 300 rows of a seed:


# %%
def train_few(seed, epochs, patience=None):
    """The History, and the AUC on the test part."""
    few_model.reset_weights(seed)
    settings = dict(epochs=epochs, learning_rate=4e-3, patience=patience, seed=seed)
    seen = training.train(few_model, few[seed], validation=held_out[seed], **settings)
    return seen, auc_of(few_model, cuts[seed])


# %% [markdown]
# **Predict first.** Sketch two curves against the number of epochs: training loss and validation loss. Where will each turn?

# %%
long = [train_few(seed, epochs=100) for seed in range(3)]
training_loss = np.array([seen.loss for seen, _ in long])
validation_loss = np.array([seen.validation_loss for seen, _ in long])
lowest = validation_loss.min(axis=1)

# %% tags=["fold"]
# Draw both losses at seven epochs
shown = np.array([1, 2, 5, 10, 20, 50, 100])
plots.lines(
    shown,
    {
        "training": training_loss[:, shown - 1].T,
        "validation": validation_loss[:, shown - 1].T,
    },
    title="The training loss falls on; the validation loss turns",
    xlabel="epoch",
    ylabel="mean squared error",
    log=True,
    description=(
        "Losses against epochs, mean and range of three seeds. Both fall together for some ten epochs. Then the training loss goes on "
        "falling, while the validation loss levels off and, in the end, rises a little."
    ),
)

# %%
ratio = validation_loss / training_loss
claim(
    "After 5 epochs the two are within 20 % of each other; after 100 the validation loss is more than twice the training loss",
    np.all(np.abs(ratio[:, 4] - 1) < 0.2) and np.all(ratio[:, -1] > 2),
)  # seen, fifteen seeds: .95 to 1.03, and 3.2 to 4.3 times

# %%
claim(
    "On average the validation loss ends at least 2 % above its lowest point",
    np.mean(validation_loss[:, -1] / lowest) > 1.02,  # seen: 4.9 to 5.5 % above
)

# %% [markdown]
# What the model still learns in the end are its 300 rows, not odd digits. A threshold made from *training* errors would now be far too low (lesson 04). An over-trained
# model can still be a fair detector, *if* its threshold comes from rows it has not seen.

# %% [markdown]
# ## Early stopping
#
# **Early stopping** watches the validation loss and gives up when it has
# not been lower than the lowest so far for some epochs in a row: the **patience**. Then it *goes back to the best weights*.
#
# ### Exercise 03.5
# Write `early_stop`. It takes the validation losses of all the epochs we could train (epoch 1 is `losses[0]`) and the patience, and
# returns two numbers: the epoch whose weights are kept, and the last epoch that is trained. With losses 5, 4, 6, 7, 1
# and patience 2, training stops after epoch 4, and the weights of epoch 2 are kept: `(2, 4)`. An equal loss is not lower.


# %% tags=["exercise"]
def early_stop(losses, patience):
    # BEGIN SOLUTION
    for last in range(1, len(losses) + 1):
        best = np.argmin(losses[:last]) + 1  # the first of equal losses
        if last - best >= patience:
            break
    return best, last
    # END SOLUTION


check("03.5", early_stop)

# %% [markdown]
# `train` does it when it is given `validation` and `patience`. The same seed gives the same training again, so we can go back and
# look at the AUC after 2 epochs, after 20, and at the best one.

# %%
auc_at_2 = [train_few(seed, epochs=2)[1] for seed in range(3)]
auc_at_20 = [train_few(seed, epochs=20)[1] for seed in range(3)]
stopped = [train_few(seed, epochs=100, patience=10) for seed in range(3)]
auc_at_best = [auc for _, auc in stopped]
auc_at_100 = [auc for _, auc in long]

# %%
for seen, _ in stopped:
    print(len(seen.loss), "epochs trained, kept the weights of epoch", seen.best_epoch)

# %%
claim(
    "Each training stopped ten epochs after its best one, which was past the 20th",
    all(len(seen.loss) - 10 == seen.best_epoch > 20 for seen, _ in stopped),
)  # seen, fifteen seeds: best epochs 40 to 60

# %% [markdown]
# The best validation loss was *chosen* as the lowest of many, so never report it as the error on new data.
#
# ## What the losses do not say
#
# **Predict first.** From epoch 20 to the best one the validation loss still falls a good deal. What does the AUC do? Beside it stand two simple baselines, fitted on the same 300 rows:
# PCA with a code of 32, and the mean distance to the *5 nearest neighbours* among the training rows.

# %%
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors


def pca_errors(pca, rows):
    return np.mean((rows - pca.inverse_transform(pca.transform(rows))) ** 2, axis=1)


# %%
pca_loss, pca_auc, neighbours_auc = [], [], []
for cut, rows, new in zip(cuts, few, held_out, strict=True):
    pca = PCA(n_components=32, random_state=0).fit(rows)
    pca_loss.append(pca_errors(pca, new).mean())
    pca_auc.append(roc_auc_score(cut.y_test, pca_errors(pca, cut.x_test)))
    distances = NearestNeighbors(n_neighbors=5).fit(rows).kneighbors(cut.x_test)[0]
    neighbours_auc.append(roc_auc_score(cut.y_test, distances.mean(axis=1)))

# %%
loss_at_2, loss_at_20 = validation_loss[:, 1], validation_loss[:, 19]
rows = [
    ["2 epochs", loss_at_2.mean(), np.mean(auc_at_2)],
    ["20 epochs", loss_at_20.mean(), np.mean(auc_at_20)],
    ["best epoch", lowest.mean(), np.mean(auc_at_best)],
    ["100 epochs", validation_loss[:, -1].mean(), np.mean(auc_at_100)],
    ["PCA", np.mean(pca_loss), np.mean(pca_auc)],
    ["5 nearest neighbours", None, np.mean(neighbours_auc)],
]
caption = "300 normals, means of three seeds"
show_table(rows, ["", "validation loss", "AUC"], digits={"AUC": 2}, caption=caption)

# %%
claim(
    "Under-training hurts: after 2 epochs the AUC is more than .05 below that of the best epoch",
    np.all(np.add(auc_at_2, 0.05) < auc_at_best),  # seen, fifteen seeds: .10 to .14 below
)

# %% [markdown]
# What does the loss know about *detection*?

# %%
moved = np.mean(auc_at_best) - np.mean(auc_at_20)
claim(
    "From epoch 20 to the best the mean loss falls by more than 5 %; the mean AUC moves by less than .02",
    loss_at_20.mean() > 1.05 * lowest.mean() and abs(moved) < 0.02,
)  # seen, five times three seeds: 11 to 14 %; .005 or less
below = np.mean(auc_at_best) - np.mean([pca_auc, neighbours_auc], axis=1)
claim(
    "PCA has the lower validation loss; yet both baselines rank a little lower, on average",
    np.mean(pca_loss) < 0.9 * lowest.mean() and 0 < below.min() < below.max() < 0.06,
)  # seen: loss .74 to .75 times; .015 to .026 below

# %% [markdown]
# Once the rough shape of normal digits is learned, a lower loss no longer means better detection: what counts is how far anomalies and
# normals are *apart*, and no loss on normal rows measures that. So the validation loss is a good judge of when one training goes wrong, and a poor judge of which of
# two models detects better. And two simple baselines come close.

# %% [markdown]
# ## Remember
#
# 1. A training step is three moves: loss under the tape, gradients, apply. Compiling changes its speed, not its result.
# 2. Take validation rows from the training part, keep calibration and test untouched, and go back to the best weights.
# 3. Validation loss tells you when training goes wrong. It does not rank detectors; compare over seeds, beside a simple baseline.
#
# ## Quiz
#
# **1. You stop early on the calibration rows instead of separate validation rows. What may suffer?**
# (a) The training loss. (b) The promise of the threshold. (c) Nothing: they are all normal.
#
# <details><summary>Answer</summary>
#
# **(b).** The epoch was chosen because errors on those rows were small, so nobody can promise any more that they stand for new normals. (a) Training
# never sees them as training rows. (c) Normal they are, but no longer new.
#
# </details>
#
# **2. You put `print(loss)` into a function under `tf.function` and run 100 steps. What do you see?**
# (a) 100 numbers. (b) One line for each shape of batch, and no number. (c) An error.
#
# <details><summary>Answer</summary>
#
# **(b).** Python runs only while the step is recorded, and then the loss has no value yet. (a) would need
# `tf.print`, without XLA. (c) It is legal, which is why it surprises.
#
# </details>
#
# **3. Training loss falls, validation loss rises. A colleague keeps training because "the AUC is still fine". What do you say?**
# (a) Impossible: the AUC must fall. (b) It may be fine, but the threshold must not come from training errors. (c) Rising validation loss means a bug.
#
# <details><summary>Answer</summary>
#
# **(b).** We saw the AUC nearly level while the two losses drew apart. (a) It fell by little or nothing here.
# (c) It is the ordinary sign of over-training.
#
# </details>

# %% [markdown]
# ## Going deeper
#
# ### Adam, written out
#
# Take two features, one strong and one weak: their mean squares are 1 and 0.01. The slopes of the loss differ as much, and so do the steps of gradient descent.
# Adam keeps two means for every weight, in which old values fade: of the gradient (`mean`, in which a new one counts for a tenth, `1 - beta_1`), and of its square (`square`, in which it counts for a thousandth, `1 - beta_2`). It steps along the
# first divided by the square root of the second. Dividing by `1 - beta**t` makes up for both means starting at zero; `epsilon` keeps the divisor from being zero.

# %%
strength = np.array([1.0, 0.01])  # the mean square of each feature


def two_gradients(weights):  # the loss: the sum of strength * (weights - 1)**2 / 2
    return strength * (weights - 1)


# %%
def adam(weights, learning_rate, n_steps, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    visited, mean, square = [weights], np.zeros(2), np.zeros(2)
    for t in range(1, n_steps + 1):
        gradient = two_gradients(visited[-1])
        mean = beta_1 * mean + (1 - beta_1) * gradient
        square = beta_2 * square + (1 - beta_2) * gradient**2
        fair_mean, fair_square = mean / (1 - beta_1**t), square / (1 - beta_2**t)
        move = learning_rate * fair_mean / (np.sqrt(fair_square) + epsilon)
        visited.append(visited[-1] - move)
    return np.array(visited)


by_adam = adam(np.zeros(2), learning_rate=0.1, n_steps=60)

# %% [markdown]
# **Predict first.** Gradient descent gets the learning rate 1, the best one for the strong feature. Where will each of its two weights be after 60 steps?

# %%
by_descent = [np.zeros(2)]
for _ in range(60):
    by_descent.append(by_descent[-1] - 1.0 * two_gradients(by_descent[-1]))
by_descent = np.array(by_descent)

# %% tags=["fold"]
# Draw the paths of the two weights
shown = np.arange(0, 61, 6)
plots.lines(
    shown,
    {
        "descent, strong feature": by_descent[shown, 0],
        "descent, weak feature": by_descent[shown, 1],
        "Adam, strong feature": by_adam[shown, 0],
        "Adam, weak feature": by_adam[shown, 1],
    },
    title="Gradient descent leaves the weak feature behind; Adam does not",
    xlabel="step",
    ylabel="weight (the best is 1)",
    description="Two weights over sixty steps. With gradient descent the strong feature's weight arrives at once and the weak one is not half way at the end. With Adam both take almost the same path: past the goal, and back to it.",
)

# %% [markdown]
# Is our Adam the real one? We give Keras' optimiser the same start and the same gradients.

# %%
weights_of_keras = tf.Variable(np.zeros(2, dtype=np.float32))
adam_of_keras = keras.optimizers.Adam(learning_rate=0.1)
for _ in range(60):
    gradient = two_gradients(weights_of_keras.numpy()).astype(np.float32)
    adam_of_keras.apply([gradient], [weights_of_keras])

# %%
claim(
    "Our Adam ends where Keras' Adam ends, near both goals; descent is not half way with the weak one",
    np.abs(by_adam[-1] - weights_of_keras.numpy()).max() < 0.001  # seen: 2e-5
    and np.abs(by_adam[-1] - 1).max() < 0.1  # seen: .035
    and by_descent[-1, 1] < 0.5,  # seen: .453
)

# %% [markdown]
# ### The whole epoch compiled, and Keras' `fit`
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
# Python still walks from batch to batch. We can move that loop into the compiled function too: all rows go in as one **tensor**, TensorFlow's array, together with the order, and the batches are gathered
# inside. `tf.range` makes a loop *of the recorded program*; a Python `range` would record a copy of the step for each batch. Sizes must be known when compiling, so the
# full batches share one loop and the smaller last one stands behind it.

# %%
model_epoch, optimizer_epoch = fresh()


@tf.function(jit_compile=True)
def epoch_compiled(x, order):
    n_full, n_rest = divmod(x.shape[0], 64)
    total = tf.constant(0.0)
    for i in tf.range(n_full):
        next_rows = tf.slice(order, [i * 64], [64])  # 64 numbers of order, from i * 64 on
        batch = tf.gather(x, next_rows)  # x[next_rows]
        total += training_step(model_epoch, optimizer_epoch, batch) * 64
    if n_rest:
        batch = tf.gather(x, order[n_full * 64 :])
        total += training_step(model_epoch, optimizer_epoch, batch) * n_rest
    return total / x.shape[0]


# %% [markdown]
# `fit` is **Keras**' own loop with a compiled step. You will meet it in most tutorials, and it is the right choice for most
# work. An autoencoder's input is also its target: hence `fit(x, x)`. Mostly you let `fit` shuffle; here we give it the rows in our order, one epoch a call.

# %%
model_fit, optimizer_fit = fresh()
model_fit.compile(optimizer=optimizer_fit, loss="mse")
rng = np.random.default_rng(0)
x_tensor, by_epoch, by_fit = tf.constant(x_train), [], []
for _ in range(5):
    order = rng.permutation(len(x_train)).astype(np.int32)
    by_epoch.append(float(epoch_compiled(x_tensor, tf.constant(order))))
    rows = x_train[order]
    fitted = model_fit.fit(rows, rows, batch_size=64, shuffle=False, verbose=0)
    by_fit.append(fitted.history["loss"][0])

# %%
claim(
    "Four routes, one curve: it falls, and both differ from the loop by hand by less than a tenth of a per cent",
    by_fit[-1] < 0.67 * by_fit[0]
    and np.max(np.abs(by_epoch / by_hand - 1)) < 0.001
    and np.max(np.abs(by_fit / by_hand - 1)) < 0.001,
)  # seen, five seeds: apart by 3e-7 or less

# %% [markdown]
# Early stopping with `fit` is the callback `EarlyStopping`, an object that `fit` calls after each epoch. It goes back to the best weights only if you set `restore_best_weights=True`, which is not its default.

# %% [markdown]
# ### Learning rates
#
# **Predict first.** Adam gives every weight its own step length. Does the learning rate matter, then?
# We try a hundredth of 0.001, that of above, and a hundred times that.

# %%
mean_picture_loss = np.mean((x_validation - x_train.mean(axis=0)) ** 2)
curves = {}
for rate in (1e-5, 1e-3, 1e-1):
    model.reset_weights(0)
    trained = training.train(
        model, x_train, epochs=10, learning_rate=rate, validation=x_validation, seed=0
    )
    curves[f"learning rate {rate:g}"] = trained.validation_loss
curves["answering with the mean picture"] = [mean_picture_loss] * 10

# %% tags=["fold"]
# Draw the validation losses
plots.loss_curves(
    curves,
    title="A hundred times smaller, a hundred times larger",
    ylabel="validation loss (MSE)",
    log=True,
    description=(
        "Validation loss over ten epochs, logarithmic. The smallest learning rate hardly falls. The middle one falls steadily to "
        "the lowest loss. The largest starts far above, comes down, and does not get below the level of the mean picture."
    ),
)

# %%
small, usual, large = [curves[f"learning rate {rate:g}"][-1] for rate in (1e-5, 1e-3, 1e-1)]
claim(
    "With 0.001 the loss more than halves the mean picture's; the smaller and the larger one end no better than it",
    usual < 0.5 * mean_picture_loss and min(small, large) > 0.9 * mean_picture_loss,
)  # seen, six seeds: .39 to .41 times; 1.6 to 1.7 times; 1.00 to 8.7 times

# %% [markdown]
# The small learning rate has hardly started. The large one has broken the network. Its curve falls, and
# that looks like progress. Compare with a stupid answer, and you see what it is.

# %% [markdown]
# ### Inside the broken network
#
# `model` still has the weights of the last curve, learning rate 0.1. Which units of its first hidden layer ever answer to a picture? A **ReLU** gives 0 for "no answer".


# %%
def share_of_silent_units():
    answers = model.encoder.layers[0](x_validation).numpy()
    return np.mean(answers.max(axis=0) == 0)


silent_after = share_of_silent_units()
model.reset_weights(0)
silent_before = share_of_silent_units()
print(f"silent for every picture: {silent_before:.0%} before, {silent_after:.0%} after")

# %%
claim(
    "Before training fewer than one unit in ten is silent for every picture; after it, eight in ten and more",
    silent_before < 0.1
    and silent_after > 0.8,  # seen, six seeds: .02 or less, and .98 to 1.00
)

# %% [markdown]
# A unit that is silent for every row has gradient zero, so it stays silent. Little is left to learn but one answer for everything, and the best such answer is the mean
# picture: the level its loss is falling towards, and need not reach.
#
# Still larger, and numbers grow beyond what the computer can hold, an **overflow**. `train` then stops, goes back to the last finite weights, and warns.

# %%
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # we know, and want to show it ourselves
    overflown = training.train(
        model, x_train, epochs=10, learning_rate=1000, validation=x_validation, seed=0
    )
print("stopped because", overflown.stopped)

# %%
claim(
    "A loss that is not finite ends the training in its first epoch, and leaves finite weights",
    len(overflown.loss) == 0 and np.all(np.isfinite(model.get_weights()[0])),
)  # seen: six seeds

# %% [markdown]
# ## Sources
#
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986), "Learning representations by back-propagating errors", Nature 323, 533-536, [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0): how the gradients of all weights are computed at once.
# - D. P. Kingma, J. Ba (2015), "Adam: A method for stochastic optimization", ICLR, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
# - L. Prechelt (1998), "Early stopping - but when?", in Neural Networks: Tricks of the Trade, Springer, 55-69, [doi:10.1007/3-540-49430-8_3](https://doi.org/10.1007/3-540-49430-8_3): stopping rules compared.
#
# Next: **04 · From error to decision**.
