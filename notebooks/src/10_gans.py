# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 10 · Generative adversarial networks
#
# *Two networks play against each other: one makes samples, the other tells them from real ones. You write
# the game by hand, learn to read its two strange losses, break it on purpose, and watch digits appear out of noise.
# Then you turn the winner into an anomaly detector and put it beside the simple methods.*
#
# **The question:** does a network that can *make* normal samples know what is *not* normal?
#
# **60 minutes**, and 20 for going deeper · needs lessons 03 and 04 · data: a ring of blobs, MNIST-5k, page blocks
#
# By the end you can
# 1. write the alternating game and say what its losses mean, and what they hide;
# 2. recognise mode collapse;
# 3. score anomalies with a GAN, and say why it gives no density and its discriminator is no detector.

# %%
import aelearn  # first: it keeps TensorFlow quiet
import keras
import numpy as np
import tensorflow as tf

from aelearn.course import check, claim, hint, progress, show_table, solution

# %% [markdown]
# ## Two players
#
# We start with data that we can see whole: points in the plane, in eight small blobs on a ring.

# %%
ANGLES = np.pi * np.arange(8) / 4
CENTRES = 2 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


def ring(n, seed):
    """n points, each in one of the eight blobs, (n, 2)."""
    rng = np.random.default_rng(seed)
    blobs = rng.integers(8, size=n)
    return (CENTRES[blobs] + 0.1 * rng.normal(size=(n, 2))).astype(np.float32)


# %%
real = ring(1024, seed=0)

# %% [markdown]
# The **generator** turns a **random code**, a few numbers from a normal distribution, into a sample. The **discriminator**
# looks at a sample and answers with the probability that it is real. Together they are a **generative adversarial network**,
# a **GAN** (Goodfellow et al. 2014). The generator never sees the data. All it learns comes through the discriminator: which way to move so as to look more real.


# %% tags=["fold"]
# Build the two networks
def network(n_inputs, n_outputs, seed):
    """Two hidden layers of 64; the last layer is linear."""
    starts = [keras.initializers.GlorotUniform(10 * seed + layer) for layer in range(3)]
    dense = keras.layers.Dense
    return keras.Sequential(
        [
            keras.Input((n_inputs,)),
            dense(64, activation="leaky_relu", kernel_initializer=starts[0]),
            dense(64, activation="leaky_relu", kernel_initializer=starts[1]),
            dense(n_outputs, kernel_initializer=starts[2]),
        ]
    )


generator = network(n_inputs=2, n_outputs=2, seed=0)
discriminator = network(n_inputs=2, n_outputs=1, seed=1)

# %% [markdown]
# Both have two hidden layers of 64. The discriminator's last layer gives a **logit**, any number; the **sigmoid** of it, $1 / (1 + e^{-\ell})$, is the probability $D$.
# A logit of 0 means "I cannot tell", a positive one "looks real".
#
# ## The discriminator's loss
#
# The discriminator should say 1 for real samples and 0 for made ones. Its loss is the binary cross-entropy: the mean of $-\log D$ over real samples and that of $-\log(1 - D)$ over made ones, a half each.
#
# ### Exercise 10.1
# Write `discriminator_loss(real_logits, made_logits)` in NumPy, for two arrays of logits. It returns one number. A logit may be as
# large as 1000, where $e^{-\ell}$ and $\log(0)$ go wrong. Use that $-\log D = \log(1 + e^{-\ell})$, which is `np.logaddexp(0, -logits)` without that,
# and that $1 - D$ is the sigmoid of $-\ell$.


# %% tags=["exercise"]
def discriminator_loss(real_logits, made_logits):
    # BEGIN SOLUTION
    on_real = np.mean(np.logaddexp(0, -real_logits))
    on_made = np.mean(np.logaddexp(0, made_logits))
    return (on_real + on_made) / 2
    # END SOLUTION


check("10.1", discriminator_loss)

# %% [markdown]
# ## The generator's loss
#
# The generator wants the opposite. It could make the mean of $\log(1 - D)$ small. But at the start its
# samples are bad, $D$ is near 0, and there that curve is flat: with a logit of −6 its slope is .002, that of $-\log D$ is .998. So one makes the mean of $-\log D$ over the made samples
# small instead: the same goal, and steep where the generator is bad. This is the **non-saturating** loss.
#
# ### Exercise 10.2
# Write `generator_loss(made_logits)`, the non-saturating loss of an array of logits of made samples: one number.


# %% tags=["exercise"]
def generator_loss(made_logits):
    # BEGIN SOLUTION
    return np.mean(np.logaddexp(0, -made_logits))
    # END SOLUTION


check("10.2", generator_loss)

# %% [markdown]
# ## The game, by hand
#
# One **round**: the discriminator takes one step on its loss, then the generator takes one on its own. Each step moves
# the weights of *one* player; the other holds still. In TensorFlow `softplus(a)` is $\log(1 + e^a)$. The steps are
# recorded as **compiled functions** (lesson 03), and Adam gets a shorter memory (`beta_1=0.5`), as is usual for GANs: the opponent moves, and old gradients mislead.

# %%
optimizers = {}
for player in (generator, discriminator):
    optimizers[player] = keras.optimizers.Adam(1e-3, beta_1=0.5)
    optimizers[player].build(player.trainable_variables)


def move(player, tape, loss):
    """One step of one player; the other holds still."""
    variables = player.trainable_variables
    optimizers[player].apply(tape.gradient(loss, variables), variables)


# %%
@tf.function(jit_compile=True)
def discriminator_step(x, codes):
    with tf.GradientTape() as tape:
        on_real = tf.reduce_mean(tf.nn.softplus(-discriminator(x)))
        on_made = tf.reduce_mean(tf.nn.softplus(discriminator(generator(codes))))
        loss = (on_real + on_made) / 2
    move(discriminator, tape, loss)
    return loss


# %%
@tf.function(jit_compile=True)
def generator_step(codes):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(codes))))
    move(generator, tape, loss)
    return loss


# %% [markdown]
# The loop: real rows, fresh random codes, a step each. `watch` lists the rounds after which we keep what the generator makes of the same
# thousand codes. `generator_steps` is 1 in a fair game; we will misuse it below.

# %%
same_codes = np.random.default_rng(99).standard_normal((1000, 2), dtype=np.float32)


# %% tags=["fold"]
# Put both players and both optimizers back to their start
def restart(seed):
    generator.set_weights(network(2, 2, 2 * seed).get_weights())
    discriminator.set_weights(network(2, 1, 2 * seed + 1).get_weights())
    for optimizer in optimizers.values():
        for variable in optimizer.variables[2:]:  # its step and learning rate come first
            variable.assign(tf.zeros_like(variable))
        optimizer.iterations.assign(0)


# %%
def play(rounds, watch, generator_steps=1, seed=0, batch=64):
    """Losses of both players (rounds, 2), and the made samples after the rounds of `watch`."""
    restart(seed)
    rng, losses, made = np.random.default_rng(seed), [], {}
    for round_ in range(1, rounds + 1):
        rows = rng.integers(len(real), size=batch)
        codes = rng.standard_normal((batch, 2), dtype=np.float32)
        ours = discriminator_step(real[rows], codes)
        for _ in range(generator_steps):
            codes = rng.standard_normal((batch, 2), dtype=np.float32)
            theirs = generator_step(codes)
        losses.append((float(ours), float(theirs)))
        if round_ in watch:
            made[round_] = np.asarray(generator(same_codes))
    return np.array(losses), made


# %% [markdown]
# **Predict first.** As the generator gets better, which of the two losses will go down?

# %%
losses, made = play(rounds=1500, watch=(50, 300, 1500))

# %% tags=["fold"]
# Draw made points over the real ones, and the losses
from aelearn import plots


def show_points(panels, title, description):
    """A panel of made points for each title, over the real ones."""
    figure, grid = plots.subplots(1, len(panels), figsize=(plots.WIDTH, 2.9))
    for axes, (name, points) in zip(grid, panels.items(), strict=True):
        axes.plot(*real[:300].T, ".", color=plots.BLUE, markersize=4, label="real")
        axes.plot(*points.T, "x", color=plots.ORANGE, markersize=3, label="made")
        axes.set(
            title=name,
            xlim=(-3.6, 3.6),
            ylim=(-3.6, 3.6),
            aspect="equal",
            xticks=[],
            yticks=[],
        )
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    plots.show(figure, description)


show_points(
    {f"round {n}": points for n, points in made.items()},
    "It finds all eight blobs without seeing a point",
    "Three panels with real points in eight blobs on a ring and made points as crosses. After 50 rounds the crosses are "
    "strewn over the plane, and after 300 still; after 1500 they make a ring that runs through all eight blobs, with "
    "bridges of crosses from each to the next.",
)
smooth = losses.reshape(-1, 25, 2).mean(axis=1)
plots.lines(
    25 * np.arange(1, len(smooth) + 1),
    {"discriminator": smooth[:, 0], "generator": smooth[:, 1]},
    title="The generator's loss ends above where it started",
    xlabel="round",
    ylabel="loss, mean of 25 rounds",
    description="Two loss curves over the rounds. The discriminator's stays near .65; the generator's has a bump early on, "
    "then rises slowly and stays well above its first dot.",
)


# %%
def share_in_blobs(points):
    """The share of the made points that lie in any blob."""
    each_with_each = points[:, None] - CENTRES  # every point minus every centre, (n, 8, 2)
    return (np.linalg.norm(each_with_each, axis=2) < 0.4).any(axis=1).mean()


early, late = share_in_blobs(made[50]), share_in_blobs(made[1500])
print(f"in a blob: {early:.0%} of the made points after 50 rounds, {late:.0%} after 1500")
rise = losses[-100:, 1].mean() - losses[:10, 1].mean()
# seen, six seeds: 6.7 to 8.9 times as large; the loss .10 to .17 above its start
claim("The share of good points grows more than threefold", late > 3 * early)
claim("And the generator's loss ends above where it started", rise > 0.03)

# %% [markdown]
# (How `[:, None]` takes every point minus every centre, the [refresher](90_refresher.ipynb) shows under "Each with each".)
#
# An autoencoder's loss measures against the data, which stand still. Here each player is measured
# *against the other*, and the other learns too. A discriminator that answers ½ to everything has the loss $\ln 2 \approx 0.69$, and then the generator's is 0.69 too. It does not say that the samples are good.
#
# ## Mode collapse
#
# The generator's loss has a loophole. Nothing in it asks for *variety*. Hold the discriminator still: the best answer
# to it is to make the one point it finds most real, again and again. This is called **mode
# collapse** (a **mode** is a peak of the distribution: one of our blobs).
#
# We provoke it: 30 steps of the generator for each step of the discriminator. **Predict first:** what will the samples look like, and what will the losses say?

# %%
collapsed_losses, collapsed = play(100, watch=range(81, 101), generator_steps=30)

# %% tags=["fold"]
# Draw the unfair game
show_points(
    {f"round {n}": collapsed[n] for n in (82, 89, 100)},
    "Mode collapse: all samples in one place, which moves",
    "Three panels from the last rounds of the unfair game. In each the thousand crosses are squeezed into a spot or "
    "a line, away from most of the eight blobs, and from panel to panel that place changes.",
)

# %%
spread = {"real": real.std(axis=0).mean(), "fair game": made[1500].std(axis=0).mean()}
spread["collapsed, median"] = np.median([x.std(axis=0).mean() for x in collapsed.values()])
late = {"fair game": losses[-100:], "collapsed, median": collapsed_losses[-20:]}
rows, off = {"real": [spread["real"], None, None]}, {}
for name, both in late.items():
    typical = np.median(both, axis=0)
    rows[name] = [spread[name], *typical]
    off[name] = np.abs(typical - np.log(2)).max()

# %%
columns = ["", "spread", "discriminator's loss", "generator's loss"]
show_table(rows, columns, digits=1, caption="Standard deviation of the points, late losses")

# %%
few = spread["collapsed, median"] / spread["real"]
fair = spread["fair game"] / spread["real"]
# seen, six seeds: .02 to .12 collapsed, 1.39 to 1.44 in a fair game, 1.42 real
kept = few < 0.5 and fair > 0.8
claim("The collapsed game keeps less than half of the spread, the fair one .8", kept)
# seen, six seeds: off by .01 to .04, and by .09 to .14 in the fair game
nearer = off["collapsed, median"] + 0.02 < off["fair game"]
claim("And yet its losses are nearer to ln 2 than those of the fair one", nearer)

# %% [markdown]
# The samples are worthless and *the losses look perfect*, but for single spikes. Never
# judge a GAN by its losses: look at samples, and measure their spread against that of the data.
#
# ## Digits out of noise
#
# From here on we use the package. `aelearn.models.GAN` is the same two players; `train_gan` is the same game, with a whole epoch in one
# compiled function, and returns both losses in a `GameHistory`. We train on odd digits and look at the same ten codes after 10 and 100 epochs.

# %%
from aelearn import data
from aelearn.models import GAN
from aelearn.training import train_gan

digits = data.load("mnist5k")
parts = data.split(digits, seed=0)
gan = GAN(n_features=784, latent_dim=16, output_activation="sigmoid")

# %%
samples = {}
for epochs in (10, 100):
    gan.reset_weights(seed=0)
    history = train_gan(gan, parts.x_train, epochs=epochs, seed=0)
    samples[epochs] = gan.generate(1000, seed=1)

# %% tags=["fold"]
# Draw real and made digits
plots.pictures(
    {"real": parts.x_train[:10]}
    | {f"{epochs} epochs": x[:10] for epochs, x in samples.items()},
    title="Digits appear out of noise",
    description="Three lines of ten pictures. Real odd digits above; below what the generator makes of the same ten codes: "
    "much the same blurred stroke everywhere after 10 epochs, mostly readable, speckled odd digits after 100.",
)

# %%
whole = parts.x_train.std(axis=0).mean()
variety = {f"{n} epochs": x.std(axis=0).mean() / whole for n, x in samples.items()}
caption = "Spread of the made digits, in multiples of the real ones'"
show_table(variety, ["", "variety"], digits=1, caption=caption)

# %%
ours, theirs = history.discriminator_loss, history.generator_loss
lowest = np.argmin(theirs)
print(f"generator's loss: {theirs[lowest]:.1f} at its lowest, {theirs[-1]:.1f} in the end")
# seen, six seeds: .20 to .23, then .75 to .81
more = variety["100 epochs"] > 2 * variety["10 epochs"]
claim("The variety doubles between epoch 10 and 100", more)
# seen, six seeds: at epoch 15 to 18; the discriminator's loss 1.2 to 1.4 times its last
claim("The generator's loss is lowest before epoch 30", lowest < 30)
claim("There the discriminator's is larger than in the end", ours[lowest] > ours[-1])

# %% [markdown]
# The generator's loss was lowest when the digits were bad: the *discriminator* was weak just then.
#
# ## From a sample back to its code
#
# For detection we must go back: which code makes the picture most similar to this one? If even the best
# copy is far off, it is not something the generator can make: an anomaly. **AnoGAN** (Schlegl et al. 2017) *searches*, by gradient steps on the code. **f-AnoGAN** (Schlegl et al. 2019; f for *fast*) trains an encoder once to do the same: an autoencoder whose
# decoder is the **frozen** generator. Both ask that the copy agrees in the discriminator's **hidden values**, those of its last hidden layer, too: that is part of the **search score** (going deeper writes it out).
#
# `LatentEncoder` is f-AnoGAN's encoder: its `training_loss` is the mean score, and the `train` of lesson 03 does the rest; its `reconstruct` gives the copies, `residual_score` the score.
# Beside it stand an autoencoder with a code of the same size, and PCA. **Predict first:** order the three.

# %%
from sklearn.decomposition import PCA

from aelearn import scoring, training
from aelearn.models import Autoencoder, LatentEncoder, residual_score

encoder = LatentEncoder(gan)
way_back = training.train(encoder, parts.x_train, epochs=50, seed=0)

# %%
autoencoder = Autoencoder(784, latent_dim=16)
training.train(autoencoder, parts.x_train, epochs=50, seed=0)
pca = PCA(16, svd_solver="full").fit(parts.x_train)

# %%
from sklearn.metrics import roc_auc_score

x, y = parts.x_test, parts.y_test
copies = pca.inverse_transform(pca.transform(x))
scores = {
    "f-AnoGAN": residual_score(gan, x, encoder.encode(x)),
    "f-AnoGAN, pixels alone": residual_score(gan, x, encoder.encode(x), weight=0),
    "PCA": np.mean((x - copies) ** 2, axis=1),
    "autoencoder": scoring.reconstruction_error(autoencoder, x),
}

# %%
rows = {name: [roc_auc_score(y, s), s[y == 0].mean()] for name, s in scores.items()}
rows["f-AnoGAN"][1] = None  # this score holds hidden values too, with weight 1
columns = ["", "AUC", "mean error of normals"]
show_table(rows, columns, digits=2, caption="Odd digits against even ones, codes of 16")

# %%
pixels = rows["f-AnoGAN, pixels alone"]
# seen, six seeds: .83 to .87 by pixels, PCA .89, autoencoder .93 to .94; copies 1.8 to 1.9 times as bad
claim("The GAN ranks .03 below the autoencoder", pixels[0] < rows["autoencoder"][0] - 0.03)
claim("It does not rank above PCA", pixels[0] < rows["PCA"][0] + 0.01)
claim("Its errors on normals are 1.4 times PCA's", pixels[1] > 1.4 * rows["PCA"][1])

# %% [markdown]
# The autoencoder is trained to copy normals, the generator to fool. (A small error alone is no good ranking: PCA's is nearly the autoencoder's, and its AUC is not.)
#
# ## Why not simply ask the discriminator?
#
# It was trained to say "not real"! Look at what the game teaches. Where real samples have
# **density** $p$ and made ones $q$, both kinds shown equally often, the best possible discriminator is a *ratio*, $p / (p + q)$: the share of the real ones among all that land there. (A density says how crowded a place is.)
#
# ### Exercise 10.3
# Write `best_discriminator(p, q)` for two arrays of densities. Where both are 0 neither kind is ever seen, and any answer is as good: return ½ there.


# %% tags=["exercise"]
def best_discriminator(p, q):
    # BEGIN SOLUTION
    seen = p + q > 0
    return np.where(seen, p / np.where(seen, p + q, 1), 0.5)
    # END SOLUTION


check("10.3", best_discriminator)

# %% [markdown]
# If the generator is perfect, $q = p$, the discriminator says ½ to all and knows nothing. If it has collapsed to a common sample, the *rare* one "looks more real". And where
# neither kind is ever seen, which is where anomalies live, the training asks nothing of it. A GAN has no density to look up, and its discriminator's output is not one.
#
# **Predict first.** The discriminator's "not real" as an anomaly score: what AUC on digits? And on page blocks, a table of ten measurements?

# %%
from sklearn.preprocessing import StandardScaler

blocks = data.split(data.load("page_blocks"), seed=0)
scaler = StandardScaler().fit(blocks.x_train)
z_train, z_test = (
    scaler.transform(x).astype(np.float32) for x in (blocks.x_train, blocks.x_test)
)

# %%
small = GAN(n_features=10, latent_dim=3, seed=0)
small_game = train_gan(small, z_train, epochs=50, seed=0)

# %%
# to call a GAN gives the discriminator's logit of each row, high where it looks real
rows = {"digits": roc_auc_score(y, -np.asarray(gan(x))[:, 0]),
        "page blocks": roc_auc_score(blocks.y_test, -np.asarray(small(z_test))[:, 0])}  # fmt: skip
show_table(rows, ["", "AUC"], digits=1, caption="The discriminator as a detector")
real_share = np.mean(np.asarray(gan(x[y == 1])) > 0)
blind = rows["digits"] < 0.7 and rows["page blocks"] < 0.4
# seen, six seeds: .39 to .63 on digits, .06 to .23 on page blocks
claim("It is no detector: below .7 on digits, upside down on page blocks", blind)
claim("Most even digits look real to it", real_share > 0.55)

# %% [markdown]
# Nothing in its training asked for what it says beyond the edge of the data: on digits it is near a coin, on page blocks the wrong way round each time. (That one could turn it
# around takes labels to know.)
#
# ## When to take a GAN
#
# For *samples* a GAN is what it is trained for: to fill a training set, show what a model believes, or make realistic fakes to
# test a detector with. For *detection* it costs more than an autoencoder and can collapse in silence. Take it only after it has beaten neighbours, PCA and an autoencoder *on your data*.
#
# ## Remember
#
# 1. The players are measured against each other: no loss of a GAN says whether its samples are good. Look at them, and at their variety.
# 2. A GAN detects by a copy: an encoder or a search finds the code, and what the generator cannot make is suspicious.
# 3. The discriminator is a ratio of two densities where it was trained, and anything elsewhere. It is no anomaly detector.
#
# ## Quiz
#
# **1. After an hour both losses of your GAN are at 0.69. What do you do?**
# (a) Stop: it is done. (b) Look at samples and their spread. (c) Raise the learning rate.
#
# <details><summary>Answer</summary>
#
# **(b).** The discriminator cannot tell, because the samples are perfect, or because the generator jumps about faster than it can follow: our collapsed game stood there too. (a) Perhaps, but the losses cannot say. (c) There is no sign yet that anything is slow.
#
# </details>
#
# **2. Why does the generator not minimise log(1 − D)?**
# (a) It has another optimum. (b) Where the generator is bad it has next to no slope. (c) It cannot be computed.
#
# <details><summary>Answer</summary>
#
# **(b).** At a logit of −6 the non-saturating loss is hundreds of times steeper. (a) Both want D to say "real". (c) It can: it is half of the discriminator's loss.
#
# </details>
#
# **3. A generator trained on odd digits hardly ever makes a five. What does f-AnoGAN do with a new five?**
# (a) It calls it normal: the discriminator has seen fives. (b) Its copy is another digit, so its score is high. (c) It cannot compute a score.
#
# <details><summary>Answer</summary>
#
# **(b)**, most likely. The score measures against what the generator can make. (a) The score is a residual, not the discriminator's answer. (c) Every sample gets a code, and a copy.
#
# </details>
#
# **4. The generator is perfect. What is the best discriminator's AUC as an anomaly detector?**
# (a) 1. (b) That of the true density. (c) Nothing can be said: it answers ½ wherever data occur, and elsewhere whatever it likes.
#
# <details><summary>Answer</summary>
#
# **(c).** With p = q the ratio is ½ everywhere on the data, and beyond them training asks nothing. (a) It would have to know about anomalies. (b) A density would do well perhaps, but the ratio has lost it.
#
# </details>
#
# **5. You must score ten million pictures a day. Search or encoder?**
# (a) The search: its residuals are smaller. (b) The encoder: the search pays hundreds of gradients for each picture. (c) No difference.
#
# <details><summary>Answer</summary>
#
# **(b).** The encoder's training is paid once. (a) Smaller, for anomalies too, which is no better ranking (*Going deeper* counts it). (c) Count the gradients.
#
# </details>

# %% [markdown]
# ## Going deeper
#
# ### Count the modes
#
# ### Exercise 10.4
# Write `count_modes(samples, centres, radius, least)`: how many of the `centres` (k, 2) have at least
# `least` of the `samples` (n, 2) within the distance `radius`?


# %% tags=["exercise"]
def count_modes(samples, centres, radius, least):
    # BEGIN SOLUTION
    distances = np.linalg.norm(samples[:, None] - centres[None], axis=2)
    return np.sum((distances <= radius).sum(axis=0) >= least)
    # END SOLUTION


check("10.4", count_modes)

# %%
rows = {}
for n, points in made.items():
    near = np.linalg.norm(points[:, None] - CENTRES, axis=2) < 0.4
    rows[f"round {n}"] = int((near.sum(axis=0) >= 20).sum())
caption = "Blobs with at least 20 of the thousand made points"
show_table(rows, ["", "blobs"], caption=caption)
claim("At the end it makes all eight", rows["round 1500"] == 8)

# %% [markdown]
# ### The search score
#
# The **search score** is the sum of two errors with a **penalty weight** $\lambda$:
#
# $$s = \text{mean of } (x - \hat x)^2 + \lambda \cdot \text{mean of } (h - \hat h)^2$$
#
# where $h$ and $\hat h$ are that layer's hidden values for the sample and its copy. (The papers call them features.)
#
# ### Exercise 10.5
# Write `search_score(x, copies, hidden, copied_hidden, weight)` for arrays (n, d), (n, d), (n, k), (n, k) and a number: the score of each sample, (n,).


# %% tags=["exercise"]
def search_score(x, copies, hidden, copied_hidden, weight):
    # BEGIN SOLUTION
    pixels = np.mean((x - copies) ** 2, axis=1)
    return pixels + weight * np.mean((hidden - copied_hidden) ** 2, axis=1)
    # END SOLUTION


check("10.5", search_score)

# %% [markdown]
# ### The search by hand
#
# AnoGAN's search: start from a random code, and take gradient steps *on the code* while all weights are frozen. For ten digits at once:

# %%
wanted = x[y == 0][:10]
code = tf.Variable(np.random.default_rng(0).standard_normal((10, 16), dtype=np.float32))
optimizer = keras.optimizers.Adam(0.05)
path = {0: gan.generator(code).numpy()}
for step in range(1, 101):
    with tf.GradientTape() as tape:
        errors = tf.reduce_mean(tf.square(wanted - gan.generator(code)), axis=1)
        loss = tf.reduce_sum(errors)  # each code has a gradient of its own
    optimizer.apply([tape.gradient(loss, code)], [code])
    if step in (10, 100):
        path[step] = gan.generator(code).numpy()

# %% tags=["fold"]
# Draw the way of the search
plots.pictures(
    {"wanted": wanted} | {f"{step} steps": picture for step, picture in path.items()},
    title="The search walks towards the picture",
    description="Four lines of ten: real odd digits, and what the generator makes of their codes after no step and "
    "after more and more steps. From other, ragged digits the lines come closer to the wanted ones.",
)

# %% [markdown]
# `latent_search` is the whole of it. The search takes 300 gradients for every picture, the encoder's training a fixed number for all that ever come. **Predict first:** which has the smaller score on *anomalies*, and which ranks
# better?

# %%
from aelearn.models import latent_search

hundreds = np.concatenate([np.flatnonzero(y == label)[:100] for label in (0, 1)])
some, kind = x[hundreds], y[hundreds]
ways_back = {"search": latent_search(gan, some, steps=300, seed=0), "encoder": encoder.encode(some)}  # fmt: skip
rows = {}
for name, codes in ways_back.items():
    score = residual_score(gan, some, codes)
    means = [score[kind == label].mean() for label in (0, 1)]
    rows[name] = [*means, roc_auc_score(kind, score)]

# %%
columns = ["", "odd digits", "even digits", "AUC"]
caption = "Mean search score of a hundred digits of each kind"
digits_shown = {"odd digits": 1, "even digits": 1, "AUC": 2}
show_table(rows, columns, digits=digits_shown, caption=caption)
ratio = np.divide(rows["search"], rows["encoder"])
# seen, six seeds: .70 to .92 of the encoder's score on odd digits, .66 to .88 on even ones
claim("The search comes closer to normals and to anomalies alike", ratio[:2].max() < 1)
# seen, six seeds: .01 to .06 behind
claim("It ranks no better", rows["search"][2] < rows["encoder"][2] + 0.02)

# %% [markdown]
# A closer copy of everything tells nothing apart: hundreds of gradients a picture are no better detector than one pass through the encoder.

# %% [markdown]
# ### As a detector
#
# `GANDetector` is all of it behind the interface of lesson 04: it scales, plays, trains the encoder, and sets its threshold on held-out normals; like every detector here it can be saved. The
# promise rests on the calibration rows and not on the GAN.

# %%
from aelearn.detectors import GANDetector

detector = GANDetector(alpha=0.05, epochs=50, random_state=0)
detector.fit(blocks.x_train, X_calibration=blocks.x_calibration)
alarms = detector.predict(blocks.x_test) == -1
false_alarms, recall = (alarms[blocks.y_test == label].mean() for label in (0, 1))
print(f"promised .05, delivered {false_alarms:.2f}; found {recall:.1f} of the anomalies")
# seen, six seeds: 4.1 to 7.2 %
claim("The rate is within 4 points of the promise", abs(false_alarms - 0.05) < 0.04)

# %% [markdown]
# ### On other data
#
# The scoreboard of lesson 12 has a GAN on eight tasks, at the same number of steps as the autoencoders. There the
# pixels are scaled and PCA keeps the components that hold 90 % of the variance; so the digits come out otherwise than above.

# %%
board = data.results("scoreboard")
table, methods = board["table"], ["GAN", "plain autoencoder, error", "PCA", "5 neighbours"]
rows = {}
for task in board["sources"]:
    rows[task] = [np.mean(table[task][method]["auc"]) for method in methods]
show_table(rows, ["task", *methods], caption="ROC AUC, mean of five seeds")

# %%
found = np.array(list(rows.values()))
ahead = found[:, 0] - found[:, 1]
behind = (found[:, 3] - found[:, 0]).min() > 0.01
on_blocks = ahead[list(rows).index("page_blocks")] > 0.01
claim(
    "Behind 5 neighbours each time, but ahead of the error on page blocks",
    behind and on_blocks,
)

# %% [markdown]
# ## Sources
#
# - I. J. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville, Y. Bengio (2014), "Generative adversarial networks", [arXiv:1406.2661](https://arxiv.org/abs/1406.2661): the game, the best discriminator, the non-saturating loss.
# - T. Schlegl, P. Seeböck, S. M. Waldstein, U. Schmidt-Erfurth, G. Langs (2017), "Unsupervised anomaly detection with generative adversarial networks to guide marker discovery", [arXiv:1703.05921](https://arxiv.org/abs/1703.05921): AnoGAN, the search.
# - T. Schlegl, P. Seeböck, S. M. Waldstein, G. Langs, U. Schmidt-Erfurth (2019), "f-AnoGAN: Fast unsupervised anomaly detection with generative adversarial networks", Medical Image Analysis 54, 30-44, [doi:10.1016/j.media.2019.01.010](https://doi.org/10.1016/j.media.2019.01.010): the encoder. Their GAN is a Wasserstein GAN; ours is the plain one.
# - A. Radford, L. Metz, S. Chintala (2015), "Unsupervised representation learning with deep convolutional generative adversarial networks", [arXiv:1511.06434](https://arxiv.org/abs/1511.06434): Adam's shorter memory, among other advice for stable games.
#
# Next: **11 · Recurrent networks**.
