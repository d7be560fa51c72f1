# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 08 · Variational autoencoder
#
# *Until now a picture had one code. Here it gets a small cloud of codes, and the network becomes a
# machine that can make new digits. You derive its loss, write it as one override, break it on
# purpose, build the alarm for the break, and then ask the question that sells this
# model to so many: does it tell us how probable a sample is?*
#
# **The question:** is the score of a variational autoencoder a probability of being normal?
#
# **60 minutes** · needs lessons 02 to 06 · data: MNIST-5k, spoken vowels, page blocks
#
# By the end you can
# 1. derive the loss, and code it as one override;
# 2. notice a collapsed code, and say what made it collapse;
# 3. compare four scores of one model, and say why none of them is a probability.

# %%
import aelearn  # first: it keeps TensorFlow quiet
import numpy as np

from aelearn import data

everything = data.load("mnist5k")
SEEDS = (0, 1)
splits = [data.split(everything, seed=seed) for seed in SEEDS]
digits = splits[0]
digits

# %% [markdown]
# ## A story about how digits are made
#
# A plain autoencoder says nothing about codes that no training digit has. Draw a code
# at random, and the decoder may draw anything. So we start from the other end, with a story of how a sample $x$ comes about:
#
# 1. someone draws a code $z$ from the standard normal $p(z) = N(0, I)$, the **prior**;
# 2. the decoder turns it into a picture $g(z)$;
# 3. noise is added to each of the $d$ pixels. That gives a density $p(x \mid z)$, the **likelihood**.
#
# What we want is a decoder for which our normal digits are likely: a large $\log p(x)$. But $p(x) = \int p(x \mid z)\, p(z)\, dz$ runs over *all* codes,
# and for nearly all of them the picture is nothing like $x$. Drawing codes from the prior would take forever.
#
# ## The bound, in four steps
#
# **Step 1.** Let an encoder guess which codes could have made $x$: a normal distribution $q(z \mid x)$ with a mean
# and a variance for each of the $k$ latents. A **latent** is one number of the code.
#
# **Step 2.** Multiply and divide by it. The integral becomes a mean over codes drawn from $q$:
# $$\log p(x) = \log \operatorname{E}_{q}\!\left[ \frac{p(x \mid z)\, p(z)}{q(z \mid x)} \right] .$$
#
# **Step 3.** The log of a mean is at least the mean of the logs (Jensen's inequality; the logarithm bends downwards):
# $$\log p(x) \;\ge\; \operatorname{E}_{q}\!\left[ \log \frac{p(x \mid z)\, p(z)}{q(z \mid x)} \right] .$$
#
# **Step 4.** Split the logarithm:
# $$\mathrm{ELBO}(x) = \underbrace{\operatorname{E}_{q}[\log p(x \mid z)]}_{\text{how well codes of the cloud give } x \text{ back}} - \underbrace{\mathrm{KL}\big(q(z \mid x) \,\|\, p(z)\big)}_{\text{how far the cloud is from the prior}} .$$
#
# This is the **evidence lower bound**, ELBO for short. What is lost in step 3 is exactly $\mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x))$: the better the encoder's guess,
# the tighter the bound. Logarithms are natural here; the unit is the **nat**.
#
# ## The price of a cloud
#
# The Kullback-Leibler divergence was met in lesson 06 for two coins. For one latent with mean $\mu$ and variance $\sigma^2$, against the standard normal, it is
# $$\mathrm{KL} = \tfrac12 \left( \mu^2 + \sigma^2 - 1 - \log \sigma^2 \right) .$$
#
# A network may put out any number, and a variance must be positive. So the encoder gives $\log \sigma^2$, the **log variance**.
#
# ### Exercise 08.1
# Write `kl_divergence(mean, log_variance)` for two arrays (n, k). It returns the divergence of every latent of every sample, (n, k).


# %% tags=["exercise"]
from aelearn.course import check, hint  # hint("08.1") when you are stuck


def kl_divergence(mean, log_variance):
    # BEGIN SOLUTION
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)
    # END SOLUTION


check("08.1", kl_divergence)

# %% [markdown]
# ## Drawing, so that gradients pass
#
# The loss needs a code drawn from the cloud. But no gradient flows through "draw": which way should the mean move when a die was
# thrown? The way out is **reparameterisation**. Draw standard normal noise $\varepsilon$, which depends on no weight, and *compute* the
# code from it:
# $$z = \mu + \sigma \varepsilon .$$
#
# Now $z$ is a plain formula of $\mu$ and $\sigma$, and gradients pass.
#
# ### Exercise 08.2
# Write `draw_code(mean, log_variance, noise)`, where `noise` is the $\varepsilon$, all of shape (n, k).


# %% tags=["exercise"]
def draw_code(mean, log_variance, noise):
    # BEGIN SOLUTION
    return mean + np.exp(log_variance / 2) * noise
    # END SOLUTION


check("08.2", draw_code)

# %% [markdown]
# ## The likelihood of a picture
#
# With Gaussian noise of standard deviation $s$ around each of the $d$ pixels,
# $$\log p(x \mid z) = -\frac{1}{2 s^2} \sum_{j=1}^{d} \big(x_j - g(z)_j\big)^2 \;-\; d \log\!\big(s \sqrt{2\pi}\big) .$$
#
# Look at the first part: it is the squared error of lesson 03, *summed* over the pixels and divided by $2 s^2$.
# So $s$, which the package calls `noise`, is no detail. It sets what an error costs against the KL.
#
# ### Exercise 08.3
# Write `gaussian_log_likelihood(x, output, noise)` for two arrays (n, d) and one number. One value for each sample, (n,).


# %% tags=["exercise"]
def gaussian_log_likelihood(x, output, noise):
    # BEGIN SOLUTION
    distance = np.sum((x - output) ** 2, axis=1)
    return -0.5 * distance / noise**2 - x.shape[1] * np.log(noise * np.sqrt(2 * np.pi))
    # END SOLUTION


check("08.3", gaussian_log_likelihood)

# %% [markdown]
# ## One override
#
# All of it as a model. The encoder gets a second output, the log variance, and `training_loss` is the
# negative ELBO. There is also a weight `beta` for the KL; 1 is the ELBO itself. Both it and the noise are
# variables, so that one compiled model serves all that follows (lesson 06).

# %%
import keras
import tensorflow as tf

from aelearn.models import Autoencoder

# %%


class MyVariationalAutoencoder(Autoencoder):
    noise = tf.Variable(0.3, trainable=False)
    beta = tf.Variable(1.0, trainable=False)

    def __init__(self, n_features, *, latent_dim, **settings):
        super().__init__(n_features, latent_dim=latent_dim, **settings)
        hidden = self.encoder.layers[-1].input
        log_variance = keras.layers.Dense(latent_dim, kernel_initializer="zeros")(hidden)
        both = [self.encoder.outputs[0], log_variance]
        self.encode = keras.Model(self.encoder.inputs[0], both)
        self.draws = keras.random.SeedGenerator(0)

    def training_loss(self, x):
        mean, log_variance = self.encode(x)
        noise = keras.random.normal(tf.shape(mean), seed=self.draws)
        output = self.decoder(mean + tf.exp(log_variance / 2) * noise)
        kl = 0.5 * (mean**2 + tf.exp(log_variance) - 1 - log_variance)
        distance = tf.reduce_sum(((x - output) / self.noise) ** 2, axis=1)
        constant = self.n_features * tf.math.log(self.noise * np.sqrt(2 * np.pi))
        return tf.reduce_mean(
            self.beta * tf.reduce_sum(kl, axis=1) + distance / 2 + constant
        )


# %% [markdown]
# One draw for each sample and step is enough: over many steps the noise averages out.
# `aelearn.models.VariationalAutoencoder` is the same, with a few questions one can ask it. Equal weights and equal draws must give equal losses.

# %%
from aelearn.course import claim
from aelearn.models import VariationalAutoencoder

mine = MyVariationalAutoencoder(784, latent_dim=16)
package = VariationalAutoencoder(784, latent_dim=16, likelihood="gaussian", noise=0.3)
package.set_weights(mine.get_weights())
batch = digits.x_train[:64]
by_hand, by_package = [float(model.training_loss(batch)) for model in (mine, package)]
again = float(mine.training_loss(batch))
print(f"by hand {by_hand:.2f}, package {by_package:.2f}; by hand once more: {again:.2f}")
claim("Equal weights and draws: equal losses", np.isclose(by_hand, by_package, rtol=1e-5))
claim("The next call draws new noise, and the loss is another", again != by_hand)

# %% [markdown]
# The third number matters for detection. **A score that draws noise changes at each call**: the same sample can
# be an alarm now and none a minute later. So the package's scores use the mean code, or a fixed set of draws. We come back to it.
#
# ## Watch every latent
#
# We train two models and look after every second epoch at the mean KL of each of the 16 latents. One is the ELBO; the other pays ten times for the KL. **Predict first:** will all 16
# latents share the work?


# %%
from aelearn import training


def mean_kl(model, x):
    """The mean KL of each latent in nats, (latent_dim,)."""
    mean, log_variance = map(np.asarray, model.encode(x))
    return 0.5 * np.mean(mean**2 + np.exp(log_variance) - 1 - log_variance, axis=0)


paths = {}
for beta in (1, 10):
    mine.beta.assign(beta)
    mine.reset_weights(seed=0)
    paths[beta] = [mean_kl(mine, digits.x_train)]
    for step in range(15):  # each call of train starts Adam anew: good enough to watch
        training.train(mine, digits.x_train, epochs=2, seed=step)
        paths[beta].append(mean_kl(mine, digits.x_train))

# %%
from aelearn import plots

LIMIT = 0.1  # nats: a latent below it says next to nothing
figure, panels = plots.subplots(1, 2, figsize=(9, 3.6))
for axes, path in zip(panels, paths.values(), strict=True):
    path, epochs = np.array(path), np.arange(0, 31, 2)
    active = path[-1] > LIMIT
    axes.plot(epochs, path[:, active], "-", color=plots.BLUE, linewidth=1.2)
    if not active.all():
        axes.plot(epochs, path[:, ~active], "--", color=plots.VERMILION, linewidth=1.2)
    axes.axhline(LIMIT, color=plots.LIMIT, linestyle=":", label="limit")
    axes.set(xlabel="epoch", ylabel="mean KL of one latent (nats)")
panels[0].legend(loc=(0.6, 0.12))
panels[0].set_title("beta 1: all latents speak")
panels[1].set_title("beta 10: some fall silent (dashed)")
plots.show(
    figure,
    "Two panels of the mean KL of each of 16 latents against the epoch. With beta 1 all lines rise and stay far above "
    "the limit. With beta 10 some rise, lower, and others, dashed, fall back to the limit or below it.",
)

# %% [markdown]
# A latent whose cloud is the prior, for every sample, costs nothing and says nothing: the decoder gets pure noise there.
# This is **posterior collapse**. The loss does not show it: it is a perfectly good minimum, when speaking costs more than it brings. So it needs an alarm of its own.
#
# ### Exercise 08.4
# Write the alarm: `count_active(kl, limit)` takes KL values (n, k) of the training data. An **active latent** is one whose
# *mean* over the samples exceeds `limit`. Return how many there are.


# %% tags=["exercise"]
def count_active(kl, limit):
    # BEGIN SOLUTION
    return np.sum(kl.mean(axis=0) > limit)
    # END SOLUTION


check("08.4", count_active)

# %% [markdown]
# ## Provoke it
#
# Multiply the loss by $s^2$: its minimum stays where it is. What remains is $\tfrac12$ squared error $+\; \beta s^2\, \mathrm{KL}\; +$ a constant. So beta and the noise
# play **one part**, $\beta s^2$. Beta 4 with noise 0.3 should train the same network as beta 1 with noise 0.6.
# **Predict first:** at which strength does the whole code collapse, and what will the AUC of the reconstruction error be then?

# %%
from sklearn.metrics import roc_auc_score

from aelearn import scoring

SWEEP = [((beta, 0.3), seed) for beta in (0.1, 1, 10, 100) for seed in SEEDS]
SWEEP += [((4, 0.3), 0), ((1, 0.6), 0), ((1, 3), 0)]  # one seed each: (beta, noise), seed
trained, errors, n_active, auc = {}, {}, {}, {}
for run in SWEEP:
    (beta, noise), seed = run
    parts = splits[seed]
    mine.beta.assign(beta)
    mine.noise.assign(noise)
    mine.reset_weights(seed)
    training.train(mine, parts.x_train, epochs=30, seed=seed)
    trained[run] = mine.get_weights()
    errors[run] = scoring.reconstruction_error(mine, parts.x_test)
    n_active[run] = np.sum(mean_kl(mine, parts.x_train) > LIMIT)
    auc[run] = roc_auc_score(parts.y_test, errors[run])

# %%
for run in SWEEP:
    (beta, noise), seed = run
    strength = f"beta {beta:5}, noise {noise:3}: beta * noise^2 = {beta * noise**2:6.3f}"
    alarm = "  <- COLLAPSED" if n_active[run] == 0 else ""
    print(f"{strength}, seed {seed}, active {n_active[run]:2}, AUC {auc[run]:.2f}{alarm}")


def runs(values, beta, noise=0.3):
    """The values of all seeds for one setting."""
    return np.array([value for (key, _), value in values.items() if key == (beta, noise)])


# %%
claim("With beta 1 every latent is active", (runs(n_active, 1) == 16).all())
# seen, six seeds: 16 of 16, the least active at 1.0 nats or more
claim(
    "With beta 10 some have collapsed, and some have not",
    (runs(n_active, 10) < 14).all() and (runs(n_active, 10) > 4).all(),
)  # seen: 9 or 10 active
claim(
    "Beta 100 collapses the whole code, and so does noise 3",
    not runs(n_active, 100).any() and not runs(n_active, 1, 3).any(),
)  # seen: 0 active, for six seeds
claim(
    "A collapsed detector loses more than .1 of AUC, and is still far above a coin",
    (runs(auc, 100) < runs(auc, 1) - 0.1).all() and runs(auc, 100).min() > 0.65,
)  # seen: .17 to .19 lost, .74 to .76 left

# %%
between = np.array([runs(auc, beta) for beta in (0.1, 1, 10)])
claim(
    "From beta 0.1 to 10 the AUC moves by less than .04",
    np.ptp(between, axis=0).max() < 0.04,
)
# seen, six seeds: .007 to .020
four = errors[(4, 0.3), 0]
alike = np.corrcoef(four, errors[(1, 0.6), 0])[0, 1]
other = np.corrcoef(four, errors[(1, 0.3), 0])[0, 1]
claim(
    "Beta 4 with noise 0.3 and beta 1 with noise 0.6 train the same network, nearly",
    alike > 0.999 and other < 0.99,
)  # seen, six seeds: errors correlate .9997 or more; with beta 1 and noise 0.3, .975 to .985

# %% [markdown]
# A collapsed network decodes every sample to the same picture, and its error is the distance from the mean digit. It *still ranks* well above a coin,
# which is why a collapse can go unnoticed if one looks at the AUC alone. Between the ends the AUC hardly cares.
#
# Beta has a second life: Higgins and others (2017) raise it so that single latents come to mean single things. But read such papers with $\beta s^2$ in mind: a beta
# without the noise beside it says nothing.

# %% [markdown]
# ## New digits
#
# The prior says where codes live, so we can draw some. **Predict first:** which will look more like digits, codes drawn at random
# for the plain autoencoder (with the mean and spread its own codes have) or for the variational one?

# %%
package.set_weights(trained[(1, 0.3), 0])
plain = Autoencoder(784, latent_dim=16)
training.train(plain, digits.x_train, epochs=30, seed=0)
plain_errors = scoring.reconstruction_error(plain, digits.x_test)
plain_codes = np.asarray(plain.encoder(digits.x_train))
noise = np.random.default_rng(0).normal(size=(200, 16)).astype(np.float32)
drawn = np.asarray(
    plain.decoder(plain_codes.mean(axis=0) + plain_codes.std(axis=0) * noise)
)
generated = package.generate(200, seed=0)
real = digits.x_test[digits.y_test == 0][:200]
plots.pictures(
    {"plain": drawn[:12], "variational": generated[:12], "real": real[:12]},
    title="Codes at random: dark tangles from the plain one, softer shapes from the other",
    description="Three lines of twelve pictures. The plain autoencoder draws tangled strokes, the variational one "
    "lighter, softer shapes, some of them good odd digits, many between two; below are real odd digits.",
)

# %%
from sklearn.neighbors import NearestNeighbors

search = NearestNeighbors(n_neighbors=1).fit(digits.x_train)
distance, spread = {}, {}
for name, rows in (("plain", drawn), ("variational", generated), ("real", real)):
    distance[name] = search.kneighbors(rows)[0].mean()
    spread[name] = np.sqrt(rows.var(axis=0).sum())
    print(f"{name:11} to the nearest training digit {distance[name]:.1f}, ", end="")
    print(f"spread among themselves {spread[name]:.1f}")
claim(
    "Generated pictures are nearer to training digits than those of the plain one",
    distance["variational"] < distance["plain"] - 0.5,
)  # seen, five seeds: 4.9 to 5.0 against 5.8 to 6.0; real ones 4.5 to 4.8
claim("They vary less than real digits", spread["variational"] < 0.75 * spread["real"])
# seen: 4.0 to 4.1 against 6.7 to 6.9

# %% [markdown]
# Be strict with such pictures. Some are good digits, many lie between two. The second claim is a warning for the first: `generate` gives the
# decoder's mean, without the noise; a mean is soft, and soft pictures are near to many. After so few digits, in sixteen latents, much of the prior
# may be country that no training digit has visited.
#
# ## A walk through the plane
#
# With two latents we can see the whole country. We decode a lattice of codes, its lines placed so that the prior
# gives each step the same chance. This model has the **Bernoulli** likelihood, which treats a pixel as the chance of ink:
# $\log p(x \mid z) = \sum_j x_j \log g_j + (1 - x_j) \log (1 - g_j)$, the cross-entropy of lesson 05. (On grey pixels it is not a normalised density; Loaiza-Ganem and Cunningham 2019 give the missing constant.)

# %%
from scipy.stats import norm

plane = VariationalAutoencoder(784, latent_dim=2, likelihood="bernoulli")
training.train(plane, digits.x_train, epochs=30, seed=0)
STEPS = 14
places = norm.ppf((np.arange(STEPS) + 0.5) / STEPS).astype(np.float32)
codes = np.stack(np.meshgrid(places, places[::-1]), axis=-1).reshape(-1, 2)
lattice = np.asarray(plane.decoder(codes)).reshape(STEPS, STEPS, 28, 28)
figure, axes = plots.subplots(figsize=(6, 6))
axes.imshow(lattice.swapaxes(1, 2).reshape(28 * STEPS, -1), cmap="gray_r")
middles = 28 * np.arange(STEPS)[1::4] + 13.5
axes.set_xticks(middles, [f"{place:.1f}" for place in places[1::4]])
axes.set_yticks(middles, [f"{place:.1f}" for place in places[::-1][1::4]])
axes.set(
    title="One digit melts into the next", xlabel="first latent", ylabel="second latent"
)
plots.show(
    figure,
    "A lattice of decoded digits over the plane of two latents. Neighbours are alike; regions of one digit each "
    "border on one another, and on the borders are blends.",
)

# %% [markdown]
# No holes: the clouds overlap, and the decoder had to learn what lies between two digits. For us that cuts both ways: a picture between two
# digits, which nobody ever wrote, has its place here as well.

# %% [markdown]
# ## Four scores of one model
#
# Now detection. Higher must mean more anomalous, so the ELBO enters with a minus. The candidates:
# the error of the mean code; the negative ELBO; the negative **reconstruction probability** (An and Cho 2015), the first part of the
# ELBO alone; and the KL alone, "a strange sample has a strange code". Beside them PCA and the plain autoencoder. **Predict first:** which wins? Is the KL any good?


# %%
from sklearn.decomposition import PCA


def four_scores(model, x):
    """Error, negative ELBO, negative reconstruction probability, and KL, each (n,)."""
    kl, elbo = model.kl(x).sum(axis=1), model.elbo(x)
    return {
        "error": scoring.reconstruction_error(model, x),
        "ELBO": -elbo,
        "reconstruction probability": -(elbo + kl),
        "KL": kl,
    }


bernoulli = VariationalAutoencoder(784, latent_dim=16, likelihood="bernoulli")
weights = {"gaussian": {seed: trained[(1, 0.3), seed] for seed in SEEDS}, "bernoulli": {}}
for seed, parts in zip(SEEDS, splits, strict=True):
    bernoulli.reset_weights(seed)
    training.train(bernoulli, parts.x_train, epochs=30, seed=seed)
    weights["bernoulli"][seed] = bernoulli.get_weights()

# %%
models = {"gaussian": package, "bernoulli": bernoulli}
quality = {}
for name, model in models.items():
    for seed, parts in zip(SEEDS, splits, strict=True):
        model.set_weights(weights[name][seed])
        for score, values in four_scores(model, parts.x_test).items():
            quality.setdefault((name, score), []).append(
                roc_auc_score(parts.y_test, values)
            )
for parts in splits:
    pca = PCA(16, svd_solver="full").fit(parts.x_train)
    copies = pca.inverse_transform(pca.transform(parts.x_test))
    pca_errors = np.mean((parts.x_test - copies) ** 2, axis=1)
    quality.setdefault(("PCA", "error"), []).append(roc_auc_score(parts.y_test, pca_errors))
quality["plain", "error"] = [roc_auc_score(digits.y_test, plain_errors)]
quality = {key: np.array(values) for key, values in quality.items()}
for (name, score), values in quality.items():
    print(f"{name:9} {score:27} AUC {values.mean():.3f}")

# %%
g = {score: quality["gaussian", score] for score in ("error", "ELBO", "KL")}
b = {score: quality["bernoulli", score] for score in ("error", "ELBO", "KL")}
claim(
    "Bernoulli: the KL alone ranks worse than a coin", (b["KL"] < 0.48).all()
)  # seen, five seeds: .426 to .462
claim(
    "Gaussian: the KL alone is far behind the error", (g["KL"] < g["error"] - 0.2).all()
)  # seen: .588 to .652 against .927 to .950
claim(
    "The ELBO does not beat the error, with either likelihood",
    (g["ELBO"] < g["error"]).all() and (b["ELBO"] < b["error"] - 0.01).all(),
)  # seen, five seeds: .002 to .004 below, and .016 to .021 below
claim(
    "Gaussian: the reconstruction probability is level with the error, within .01",
    np.abs(quality["gaussian", "reconstruction probability"] - g["error"]).max() < 0.01,
)  # seen, five seeds: .001 below to .004 above
claim(
    "The Gaussian model beats PCA with 16 components",
    (g["error"] > quality["PCA", "error"] + 0.01).all(),
)  # seen: .025 to .044 above
claim(
    "It does not beat the plain autoencoder by more than .015",
    g["error"][0] < quality["plain", "error"][0] + 0.015,
)  # seen: -.005 to .010

# %% [markdown]
# The KL asks "is the *code* strange?", and even digits get quite ordinary codes: the encoder reads them as the odd digit they resemble. With a Bernoulli
# likelihood they even get more ordinary ones than the odd digits do. So adding the KL to the score does not help, and the ELBO ends
# behind the simple error. The reconstruction probability, which leaves the KL away, is level with it when the likelihood is Gaussian. A theory that gives you a loss to *train* on does not thereby give you the best *score*.

# %% [markdown]
# ## A tighter bound
#
# Is it the bound that is loose? Step 3 lost something, and more draws win some of it back. Call $w_i = p(x \mid z_i)\, p(z_i) / q(z_i \mid x)$ for draws $z_1, \dots, z_m$ from the cloud.
# The ELBO is the mean of $\log w_i$. The **importance-weighted bound** (Burda and others 2016) is the log of the mean, $\log \frac1m \sum_i w_i$. It also lies below $\log p(x)$ on average,
# and comes up to it as $m$ grows.
#
# ### Exercise 08.5
# Write `importance_weighted(log_weights)` for an array (m, n), one row for each draw. Return (n,). The weights lie at hundreds of
# nats below or above zero, where `np.exp` gives 0 or infinity: take out the largest log weight of each sample first, and put it back at the end.


# %% tags=["exercise"]
def importance_weighted(log_weights):
    # BEGIN SOLUTION
    largest = log_weights.max(axis=0)
    return largest + np.log(np.mean(np.exp(log_weights - largest), axis=0))
    # END SOLUTION


check("08.5", importance_weighted)

# %%
package.set_weights(weights["gaussian"][0])
normal = digits.x_test[digits.y_test == 0]
elbo = package.elbo(normal)
bound = {m: package.importance_weighted_bound(normal, n_draws=m) for m in (8, 64, 256)}
print(f"ELBO {elbo.mean():.1f} nats")
for m, values in bound.items():
    print(f"importance-weighted, {m:3} draws: {values.mean():.1f} nats")
tight = package.importance_weighted_bound(digits.x_test)
tight_auc = roc_auc_score(digits.y_test, -tight)
print(f"AUC {g['ELBO'][0]:.3f} by the ELBO, {tight_auc:.3f} by the tighter bound")
claim("The tighter bound lies above the ELBO for every digit", (bound[64] > elbo).all())
# seen, five seeds, both likelihoods: every test digit; 5 to 6 nats on average
claim(
    "From 64 to 256 draws it rises by less than from 8 to 64",
    0 < bound[256].mean() - bound[64].mean() < bound[64].mean() - bound[8].mean(),
)  # seen, five seeds: by 0.3 to 1.0 against 1.2 to 2.1 nats
claim("It is no better score", tight_auc < g["ELBO"][0] + 0.003)  # seen: .001 to .003 below

# %% [markdown]
# So the ELBO was loose by some nats, between samples that differ by many more. Tightening changes next to nothing in the ranking.
#
# ## Why none of these is a probability
#
# **Predict first:** the mean ELBO above is a *positive* number. Can the logarithm of a probability be positive?
#
# No. This is a bound on a **density**, which has a unit: so much per unit of pixel brightness, 784 times over. Measure the same pictures from 0 to 255
# instead of 0 to 1. We give the network the weights that do just that, so that it makes the same pictures.

# %%
in_255 = VariationalAutoencoder(784, latent_dim=16, noise=0.3 * 255)
scaled = [values.copy() for values in package.get_weights()]
scaled[0] /= 255  # kernel of the first layer
scaled[6] *= 255  # kernel and bias of the last
scaled[7] *= 255
in_255.set_weights(scaled)
elbo_255 = in_255.elbo(255 * normal)
print(f"ELBO for pixels from 0 to 1:   {elbo.mean():8.1f} nats")
print(f"ELBO for pixels from 0 to 255: {elbo_255.mean():8.1f} nats")
claim(
    "A log density of the same digits lies above 0, where no log probability can",
    np.mean(elbo > 0) > 0.9,
)  # seen, five seeds: .97 to .99 of the digits
claim(
    "Another unit moves it by 784 log 255 nats, for every digit alike",
    np.allclose(elbo - elbo_255, 784 * np.log(255), atol=0.1),
)  # a fact of densities; seen: differences of less than .01

# %% [markdown]
# The ranking is the same, but the number says nothing on its own. "An ELBO below -500" is no rule that anyone could take over. The remedy is that of
# lesson 04: held-out normals. What they give *is* a promise about a rate:

# %%
from aelearn import thresholds

threshold = thresholds.conformal(-package.elbo(digits.x_calibration), alpha=0.05)
false_alarms = np.mean(-elbo > threshold)
print(f"promised at most 5 % false alarms, delivered {false_alarms:.1%}")
claim("The held-out threshold delivers 2 to 8 %", 0.02 < false_alarms < 0.08)
# seen, five seeds: 3.5 to 4.5 %

# %% [markdown]
# ## Where it loses: more likely than the training data
#
# Is at least the *order* right: strange things below, normal things above? **Predict first:** the model knows odd digits. We
# show it *even* digits, in dimmer ink. Is their ELBO higher or lower than that of real odd digits?

# %%
even = digits.x_test[digits.y_test == 1]
shown = {"ink 100 %": even, "ink 50 %": even / 2, "ink 30 %": even * 0.3}
elbo_of = {name: package.elbo(rows) for name, rows in shown.items()}
labels = np.r_[np.zeros(len(normal)), np.ones(len(even))]
dim_auc, error_auc = {}, {}
for name, rows in shown.items():
    dim_auc[name] = roc_auc_score(labels, -np.r_[elbo, elbo_of[name]])
    dim_errors = scoring.reconstruction_error(package, np.concatenate([normal, rows]))
    error_auc[name] = roc_auc_score(labels, dim_errors)
    print(
        f"even digits, {name:9}: AUC of the ELBO {dim_auc[name]:.2f}, of the error {error_auc[name]:.2f}"
    )

# %%
figure, axes = plots.subplots(figsize=(7, 3.4))
bins = np.linspace(-250, 250, 40)
axes.hist(elbo, bins, density=True, color=plots.NORMAL, alpha=0.65, label="odd, normal")
styles = ((plots.VERMILION, "-"), (plots.GREEN, "--"), (plots.ORANGE, ":"))
for (name, values), (colour, line) in zip(elbo_of.items(), styles, strict=True):
    look = dict(histtype="step", color=colour, linestyle=line, linewidth=2)
    axes.hist(values, bins, density=True, label=f"even, {name}", **look)
axes.set(title="Dim strangers are likelier than the family", xlabel="ELBO (nats)")
axes.set(ylabel="density of samples")
axes.legend(loc="upper left")
plots.show(
    figure,
    "Histograms of the ELBO. Even digits in full ink lie to the left of the normal odd digits. In half the ink they move "
    "to the right, over the bulk of the normal ones, and in a third of the ink further still.",
)

# %%
blank_page = np.zeros((1, 784), np.float32)
bernoulli.set_weights(weights["bernoulli"][0])
beaten = np.mean(bernoulli.elbo(blank_page) > bernoulli.elbo(digits.x_train))
print(f"Bernoulli: an empty page beats {beaten:.0%} of the training digits")
claim(
    "Even digits in half the ink get a higher ELBO than normal digits, as a rule",
    dim_auc["ink 50 %"] < 0.35 and dim_auc["ink 30 %"] < 0.25,
)  # seen, five seeds: .22 to .26, and .11 to .15; a coin gives .5
median = np.median(elbo_of["ink 50 %"])
claim(
    "Their median lies above most of the very digits the model was trained on",
    np.mean(median > package.elbo(digits.x_train)) > 0.6,
)  # seen: above .72 to .79 of them
claim(
    "The reconstruction error is fooled even more",
    error_auc["ink 50 %"] < dim_auc["ink 50 %"],
)  # seen: .19 to .21 against .22 to .26
claim(
    "Bernoulli: an empty page is likelier than most training digits", beaten > 0.6
)  # seen: .72 to .90

# %% [markdown]
# This is the finding of Nalisnick and others (2019), who saw it for large models: trained on photographs of things, they gave house numbers a higher likelihood. It is no
# fault of a bound. A *simple* sample, dim or empty or smooth, has little that can be predicted wrongly, and it sits near the middle, where densities are high. Complex
# data are all less likely, one by one. The reconstruction error has the same blind spot, even a worse one. And the held-out threshold keeps its promise about *normals*
# all the while: it promises nothing about anomalies.
#
# ## Twice the same answer
#
# The ELBO needs draws. Here it is with one draw from five seeds, and as the package gives it.

# %%
one_draw = np.array([package.elbo(normal, n_draws=1, seed=seed) for seed in range(5)])
wobble = one_draw.std(axis=0).mean()
print(
    f"one draw: the same digit moves by {wobble:.1f} nats; digits differ by {elbo.std():.0f}"
)
alarms = -one_draw > threshold
flips = np.mean(alarms.any(axis=0) & ~alarms.all(axis=0))
print(f"normal digits that are an alarm for one seed and none for another: {flips:.0%}")
claim(
    "One draw: the score depends on the seed", wobble > 1
)  # seen, five seeds: 4 to 5 nats
claim("The package's ELBO is the same at each call", (package.elbo(normal) == elbo).all())

# %% [markdown]
# ## Tables: a gain, and where it comes from
#
# On tables `AutoencoderDetector(kind="variational")` scales the data and takes noise 1, the spread of a
# scaled feature. That is a strong pull towards the prior. Three splits here, six in the comments. Beside it stand the
# plain kind, PCA with the same size of code, and a score so simple that it has no parameters: the squared distance from the **centre** of the
# scaled data. **Predict first:** on which of the two tables does the network earn its keep?

# %%
from sklearn.preprocessing import StandardScaler

from aelearn.detectors import AutoencoderDetector


def table_auc(name, seed):
    """AUC of the plain and the variational kind, PCA and the distance from the centre."""
    # by rows: to be measured anew by speaker
    parts = data.split(data.load(name), seed=seed, by="rows")
    scaler = StandardScaler().fit(parts.x_train)
    x_train, x_test = scaler.transform(parts.x_train), scaler.transform(parts.x_test)
    pca = PCA(3, svd_solver="full").fit(x_train)
    copies = pca.inverse_transform(pca.transform(x_test))
    scores = [np.mean((x_test - copies) ** 2, axis=1), np.mean(x_test**2, axis=1)]
    for kind in ("plain", "variational"):
        detector = AutoencoderDetector(
            kind=kind, scored_by="error", scaling="each", epochs=100, random_state=seed
        ).fit(parts.x_train, X_calibration=parts.x_calibration)
        scores.append(detector.anomaly_score(parts.x_test))
    return [roc_auc_score(parts.y_test, score) for score in scores]


# %%
NAMES = ("PCA", "centre", "plain", "variational")
tables = {}
for name in ("vowel", "page_blocks"):
    values = np.array([table_auc(name, seed) for seed in range(3)]).T
    tables[name] = dict(zip(NAMES, values, strict=True))
    line = ", ".join(f"{method} {v.mean():.3f}" for method, v in tables[name].items())
    print(f"{name:11} AUC: {line}")

# %%
vowel, pages = tables["vowel"], tables["page_blocks"]
claim(
    "Vowel and page blocks: the variational error beats the plain one",
    (vowel["variational"] > vowel["plain"] + 0.01).all()
    and (pages["variational"] > pages["plain"] + 0.015).all(),
)  # seen, six seeds: .024 to .202, and .033 to .063 above
claim(
    "Vowel: the distance from the centre, without any network, beats both",
    (vowel["centre"] > vowel["variational"] + 0.04).all(),
)  # seen: .072 to .104 above
claim(
    "Page blocks: the variational one beats the centre",
    (pages["variational"] > pages["centre"] + 0.01).all(),
)  # seen: .030 to .050 above
claim(
    "Page blocks: PCA is as good on average, within .015",
    abs(np.mean(pages["variational"] - pages["PCA"])) < 0.015,
)  # seen, six seeds: .008 on average, -.005 to .015 for single ones

# %% [markdown]
# The KL and the noise hold back the code, so reconstructions shrink towards the centre, and the error moves towards plain distance from it.
# That is why it gains over the plain kind, and why on the vowels something with no training at all does still better.
# On page blocks a linear map is as good. Both tables say the same: the gain over the plain autoencoder is real, and it is no proof that you need a network.
#
# ## Remember
#
# 1. The ELBO is a likelihood term minus a KL. Draw with $\mu + \sigma\varepsilon$, watch the KL of each latent, and count the active ones: collapse is silent.
# 2. Beta and the noise are one dial, $\beta s^2$; too far up, the code collapses. Of the four scores the KL alone is the worst, and the ELBO is no better than the simple error.
# 3. The ELBO is a bound on a density, not a probability. It moves with the unit, and strange but simple samples can score above the training data. Calibrate on held-out normals.
#
# ## Quiz
#
# **1. Your loss is fine and stable, and the count of active latents is 0. What has the decoder learned?**
# (a) The mean of the data. (b) Nothing: it gives noise. (c) The data, from fewer latents.
#
# <details><summary>Answer</summary>
#
# **(a).** Its input is pure noise, and the best picture for every sample is then the same one. (b) It learned that picture well, and still ranks above a coin. (c) With no active latent nothing about the sample passes.
#
# </details>
#
# **2. A colleague finds that beta 4 is best on pictures in [0, 1] with noise 0.3. You use noise 1 on scaled tables. Do you take beta 4?**
# (a) Yes, beta has no unit. (b) No: what counts is $\beta s^2$ against the squared errors of your data. (c) No, beta must be 1.
#
# <details><summary>Answer</summary>
#
# **(b).** Beta 4 with noise 0.3 and beta 1 with noise 0.6 trained the same network. (a) It has none, but it means nothing without the noise. (c) Only if you want the ELBO itself; as a dial, it is free.
#
# </details>
#
# **3. A sample has an ELBO of +107 nats. How probable is it?**
# (a) Nearly certain. (b) One cannot say. (c) There is a mistake: logarithms of probabilities are negative.
#
# <details><summary>Answer</summary>
#
# **(b).** It bounds a density, whose value depends on the unit. (a) A density is no probability. (c) True of probabilities; a density may exceed 1.
#
# </details>
#
# **4. You take the 256-draw importance-weighted bound instead of the ELBO. What do you gain?**
# (a) A better detector. (b) A better estimate of the model's log density. (c) A probability.
#
# <details><summary>Answer</summary>
#
# **(b).** It lies closer below log p(x). (a) On our digits the ranking did not improve. (c) Even log p(x) itself would be no probability of being normal.
#
# </details>
#
# **5. A dim even digit passes the conformal threshold of 5 %. Is the promise broken?**
# (a) Yes. (b) No, the promise is about normals. (c) Yes, unless the ELBO is replaced by the error.
#
# <details><summary>Answer</summary>
#
# **(b).** At most about 5 % of *new normals* raise an alarm, and that held. It says nothing of which anomalies do. (a) Misses are not part of it. (c) The error was fooled more.
#
# </details>
#
# ## Sources
#
# - D. P. Kingma, M. Welling (2014), "Auto-encoding variational Bayes", [arXiv:1312.6114](https://arxiv.org/abs/1312.6114), and D. J. Rezende, S. Mohamed, D. Wierstra (2014), "Stochastic backpropagation and approximate inference in deep generative models", [arXiv:1401.4082](https://arxiv.org/abs/1401.4082): the model and reparameterisation, found twice.
# - I. Higgins and others (2017), "beta-VAE: learning basic visual concepts with a constrained variational framework", ICLR, [openreview.net/forum?id=Sy2fzU9gl](https://openreview.net/forum?id=Sy2fzU9gl): the weight beta.
# - Y. Burda, R. Grosse, R. Salakhutdinov (2016), "Importance weighted autoencoders", [arXiv:1509.00519](https://arxiv.org/abs/1509.00519): the tighter bound, and active units.
# - J. An, S. Cho (2015), "Variational autoencoder based anomaly detection using reconstruction probability", technical report SNUDM-TR-2015-03, Seoul National University.
# - E. Nalisnick, A. Matsukawa, Y. W. Teh, D. Gorur, B. Lakshminarayanan (2019), "Do deep generative models know what they don't know?", [arXiv:1810.09136](https://arxiv.org/abs/1810.09136): other data can be likelier than the training data.
# - G. Loaiza-Ganem, J. P. Cunningham (2019), "The continuous Bernoulli: fixing a pervasive error in variational autoencoders", [arXiv:1907.06845](https://arxiv.org/abs/1907.06845): what a Bernoulli likelihood lacks on grey pixels.
#
# Next: **09 · One-Class SVM and simple baselines**.
