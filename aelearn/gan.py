"""Generative adversarial networks: the game of two networks, the way back to the code, and a detector over both."""

import functools
import warnings
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from aelearn import inputs
from aelearn._progress import progress
from aelearn.detectors import _CHUNK_VALUES, CalibratedDetector, _training_lock
from aelearn.training import _greet_xla, train

_SLOPE = 0.2  # of every hidden layer's leaky ReLU below zero
_CHUNK = 4096  # rows put through a network at once


class GAN(keras.Model):
    """A generator that makes samples from noise, and a discriminator that tells them from real ones.

    n_features: columns of the data, d. latent_dim: size of the noise. hidden: sizes of the
    discriminator's hidden layers; the generator mirrors them. output_activation: of the generator, "linear"
    for standardised data, "sigmoid" for pictures in [0, 1]. seed: fixes the initial weights.

    `gan(x)` is the discriminator's logit of a tensor (n, d), (n, 1): positive means "looks real". Its parts are
    `gan.generator` (noise to samples), `gan.features` (samples to the last hidden layer) and `gan.judge`
    (features to the logit). Raises ValueError for sizes below 1 or no hidden layer.
    Source: Goodfellow et al. (2014), arXiv:1406.2661. Taught in: 10
    """

    def __init__(self, n_features, *, latent_dim, hidden=(128,), output_activation="linear", seed=0):
        super().__init__()
        self.n_features = inputs.count(n_features, "n_features")
        self.latent_dim = inputs.count(latent_dim, "latent_dim")
        self.hidden = inputs.sizes(hidden, "hidden")
        if not self.hidden:
            raise ValueError(
                "hidden is () and at least one size is wanted: the discriminator's features are a hidden layer"
            )
        self.generator = _network(latent_dim, self.hidden[::-1], n_features, output_activation)
        self.features = _network(n_features, self.hidden)
        self.judge = _network(self.hidden[-1], (), 1)
        self.built = True
        self.reset_weights(seed)

    def call(self, x):
        return self.judge(self.features(x))

    def generate(self, n, *, seed=0):
        """n samples made from noise of this seed, an array (n, d). Taught in: 10"""
        rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
        noise = rng.normal(size=(inputs.count(n, "n"), self.latent_dim)).astype(np.float32)
        return np.concatenate([self.generator(noise[start : start + _CHUNK]) for start in range(0, n, _CHUNK)])

    def reset_weights(self, seed):
        """Give the model the initial weights of `seed`, so that one compiled game serves many runs. Taught in: 10"""
        self.set_weights(_initial_weights(self, seed))


def _network(n_inputs, hidden, n_outputs=None, activation="linear"):
    layers = [keras.layers.Dense(size, activation=functools.partial(tf.nn.leaky_relu, alpha=_SLOPE)) for size in hidden]
    if n_outputs:
        layers.append(keras.layers.Dense(n_outputs, activation=activation))
    return keras.Sequential([keras.Input((n_inputs,)), *layers])


def _initial_weights(model, seed):
    """Glorot's uniform weights and zero biases, in the model's order."""
    rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
    limits = (np.sqrt(6 / sum(w.shape)) if len(w.shape) == 2 else 0.0 for w in model.weights)
    return [rng.uniform(-limit, limit, w.shape) for limit, w in zip(limits, model.weights, strict=True)]


@dataclass
class GameHistory:
    """What `train_gan` saw: the mean loss of each player, an epoch.

    discriminator_loss: mean cross-entropy of its answers; ln 2 = 0.693 for one that guesses. generator_loss: minus
    the mean log-probability that the discriminator gives to made samples being real. stopped: why the game ended
    early, or None. Taught in: 10
    """

    discriminator_loss: list = field(default_factory=list)
    generator_loss: list = field(default_factory=list)
    stopped: str | None = None

    def __repr__(self):
        if not self.generator_loss:
            return f"no epoch finished ({self.stopped})"
        text = f"{len(self.generator_loss)} epochs, discriminator {self.discriminator_loss[-1]:.3g}, "
        return text + f"generator {self.generator_loss[-1]:.3g}" + (f" ({self.stopped})" if self.stopped else "")


def train_gan(gan, x, *, epochs, batch_size=64, learning_rate=1e-3, seed=0, show_progress=None):
    """Let the two networks of `gan` play on x (n, d): at every step the discriminator learns, then the generator.

    The discriminator lowers its cross-entropy, the generator raises log D of what it makes (the non-saturating
    loss), both with Adam (beta_1 = 0.5). epochs: passes over the data, each in a new order; the last batch is filled up
    with the epoch's first rows. seed: fixes the order and the noise.

    The same seed gives the same weights, bit for bit. A loss of NaN or infinity stops the game with a warning,
    at the last finite weights. Returns a GameHistory. Raises ValueError for bad input.
    Source: Goodfellow et al. (2014), arXiv:1406.2661; Radford et al. (2016), arXiv:1511.06434, for beta_1.
    Taught in: 10
    """
    x = inputs.table(x, columns=gan.n_features)
    epochs, batch_size = inputs.count(epochs, "epochs"), inputs.count(batch_size, "batch_size")
    learning_rate = inputs.number(learning_rate, "learning_rate", above=0)
    rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
    n_steps = -(-len(x) // batch_size)
    optimizers, run_epoch = _compiled_game(gan, n_steps, batch_size)
    for optimizer in optimizers:
        for variable in optimizer.variables:
            variable.assign(tf.zeros_like(variable))
        optimizer.learning_rate.assign(learning_rate)

    history, data, weights = GameHistory(), tf.constant(x), gan.get_weights()
    with progress(epochs, "the game", show_progress) as advance:
        for epoch in range(1, epochs + 1):
            batches = tf.gather(data, _order(rng, len(x), batch_size))
            noise = rng.standard_normal((n_steps, 2, batch_size, gan.latent_dim), dtype=np.float32)
            losses = [float(loss) for loss in run_epoch(batches, tf.constant(noise))]
            if not np.isfinite(losses).all():
                history.stopped = f"a loss was not finite in epoch {epoch}"
                warnings.warn(
                    f"{history.stopped}: the networks are back at their last finite weights; "
                    "scale the data or lower learning_rate",
                    stacklevel=2,
                )
                gan.set_weights(weights)
                break
            weights = gan.get_weights()
            history.discriminator_loss.append(losses[0])
            history.generator_loss.append(losses[1])
            advance(f"losses {losses[0]:.3g}, {losses[1]:.3g}")
    return history


def _order(rng, n, batch_size):
    """Rows of each batch, (steps, batch_size): all rows in a new order, and the first ones again to fill the last batch."""
    return np.resize(rng.permutation(n), (-(-n // batch_size), batch_size))


@functools.lru_cache(maxsize=8)
def _compiled_game(gan, n_steps, batch_size):
    """Two optimisers and a compiled epoch: XLA compiles for one shape, here that of the batches and not of the data."""
    _greet_xla()
    optimizers = keras.optimizers.Adam(beta_1=0.5), keras.optimizers.Adam(beta_1=0.5)
    players = gan.features.trainable_variables + gan.judge.trainable_variables, gan.generator.trainable_variables
    for optimizer, variables in zip(optimizers, players, strict=True):
        optimizer.build(variables)

    def discriminator_loss(real, noise):
        made = gan(gan.generator(noise))
        return (tf.reduce_mean(tf.nn.softplus(-gan(real))) + tf.reduce_mean(tf.nn.softplus(made))) / 2

    def generator_loss(real, noise):
        return tf.reduce_mean(tf.nn.softplus(-gan(gan.generator(noise))))

    def move(player, loss_of, real, noise):
        with tf.GradientTape() as tape:
            loss = loss_of(real, noise)
        optimizers[player].apply(tape.gradient(loss, players[player]), players[player])
        return loss

    @tf.function(jit_compile=True)
    def run_epoch(batches, noise):
        total = tf.zeros(2)
        for i in tf.range(n_steps):
            first = move(0, discriminator_loss, batches[i], noise[i, 0])
            total += tf.stack([first, move(1, generator_loss, batches[i], noise[i, 1])])
        return total / n_steps

    return optimizers, run_epoch


def latent_search(gan, x, *, steps=200, learning_rate=0.05, weight=1.0, seed=0):
    """AnoGAN's way back: for each row of x (n, d) the code whose sample is nearest to it, (n, latent_dim).

    Adam from random codes, `steps` gradient steps on the codes of all rows together; the networks stay as they
    are. What is made small is `residual_score` with this weight. AnoGAN takes absolute values where we take squares.
    Raises ValueError for bad input. Source: Schlegl et al. (2017), arXiv:1703.05921. Taught in: 10
    """
    x = inputs.table(x, columns=gan.n_features)
    steps = inputs.count(steps, "steps")
    learning_rate = inputs.number(learning_rate, "learning_rate", above=0)
    weight = inputs.number(weight, "weight", least=0)
    rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
    codes = rng.standard_normal((len(x), gan.latent_dim), dtype=np.float32)
    _greet_xla()
    return np.asarray(_search(gan)(tf.constant(x), tf.constant(codes), steps, learning_rate, weight))


@functools.lru_cache(maxsize=8)
def _search(gan):
    @tf.function(jit_compile=True, reduce_retracing=True)
    def search(x, codes, steps, learning_rate, weight):
        mean, square = tf.zeros_like(codes), tf.zeros_like(codes)
        features = gan.features(x)
        for i in tf.range(1, steps + 1):
            with tf.GradientTape() as tape:
                tape.watch(codes)
                loss = tf.reduce_sum(_residual(gan, x, features, codes, weight))
            gradient = tape.gradient(loss, codes)
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * tf.square(gradient)
            step = tf.cast(i, tf.float32)
            size = learning_rate * tf.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            codes -= size * mean / (tf.sqrt(square) + 1e-8)
        return codes

    def run(x, codes, *settings):
        return search(x, codes, *(tf.constant(value) for value in settings))

    return run


def _residual(gan, x, features, codes, weight):
    copies = gan.generator(codes)
    difference = tf.reduce_mean(tf.square(x - copies), axis=1)
    return difference + weight * tf.reduce_mean(tf.square(features - gan.features(copies)), axis=1)


def residual_score(gan, x, codes, *, weight=1.0):
    """How far x (n, d) is from what the generator makes of codes (n, latent_dim): an anomaly score, (n,).

    The mean squared difference of the features of the data, plus `weight` times that of the discriminator's
    features. Raises ValueError for bad input.
    Source: Schlegl et al. (2019), doi:10.1016/j.media.2019.01.010. Taught in: 10
    """
    x = inputs.table(x, columns=gan.n_features)
    codes = inputs.table(codes, "codes", columns=gan.latent_dim)
    weight = inputs.number(weight, "weight", least=0)
    if len(codes) != len(x):
        raise ValueError(f"codes has {len(codes)} rows and x has {len(x)}; pass one code for each row of x")
    parts = (slice(start, start + _CHUNK) for start in range(0, len(x), _CHUNK))
    return np.concatenate([_residual(gan, x[part], gan.features(x[part]), codes[part], weight) for part in parts])


class LatentEncoder(keras.Model):
    """f-AnoGAN's way back: a network that gives the code at once, trained against a frozen generator.

    An autoencoder whose decoder is the generator of `gan`, which stays as it is: `training.train` moves the encoder
    alone. Its loss is the mean `residual_score` with this weight. seed: fixes the encoder's initial weights.
    Source: Schlegl et al. (2019), doi:10.1016/j.media.2019.01.010, there "izi_f". Taught in: 10
    """

    def __init__(self, gan, *, weight=1.0, seed=0):
        super().__init__()
        if not isinstance(gan, GAN):
            raise ValueError(f"gan is a {type(gan).__name__} and a trained GAN is wanted; pass the model itself")
        self.n_features, self.latent_dim = gan.n_features, gan.latent_dim
        self.weight = inputs.number(weight, "weight", least=0)
        self.gan = gan
        self.encoder = _network(gan.n_features, gan.hidden, gan.latent_dim)
        self.built = True
        self.reset_weights(seed)

    @property
    def trainable_variables(self):
        return self.encoder.trainable_variables

    def call(self, x):
        return self.gan.generator(self.encoder(x))

    def training_loss(self, x):
        """The mean residual score of a batch (b, d), a scalar tensor: what `train` minimises. Taught in: 10"""
        return tf.reduce_mean(_residual(self.gan, x, self.gan.features(x), self.encoder(x), self.weight))

    def encode(self, x):
        """The code of each row of x (n, d), an array (n, latent_dim). Raises ValueError for bad x. Taught in: 10"""
        x = inputs.table(x, columns=self.n_features)
        return np.concatenate([self.encoder(x[start : start + _CHUNK]) for start in range(0, len(x), _CHUNK)])

    def reconstruct(self, x):
        """x (n, d) to its code and back through the generator, an array (n, d). Raises ValueError for bad x. Taught in: 10"""
        codes = self.encode(x)
        return np.concatenate([self.gan.generator(codes[i : i + _CHUNK]) for i in range(0, len(codes), _CHUNK)])

    def reset_weights(self, seed):
        """Give the encoder the initial weights of `seed`; the GAN's stay. Taught in: 10"""
        self.encoder.set_weights(_initial_weights(self.encoder, seed))


class GANDetector(CalibratedDetector):
    """f-AnoGAN as a scikit-learn detector: a GAN, an encoder, and the residual score of both.

    weight: of the discriminator's features in the score. latent_dim: size of the code; None takes a third of the
    features, from 1 to 16. hidden: sizes of the hidden layers. epochs: passes over the data, as many for the game
    as for the encoder. batch_size, learning_rate: of both. scaling, alpha, calibration, random_state: as in
    AutoencoderDetector.

    After `fit`: offset_, n_features_in_, n_calibration_, game_ (the GameHistory) and history_ (the encoder's History).
    Source: Schlegl et al. (2019), doi:10.1016/j.media.2019.01.010. Taught in: 10
    """

    def __init__(
        self,
        *,
        weight=1.0,
        scaling="auto",
        alpha=0.05,
        latent_dim=None,
        hidden=(128,),
        epochs=100,
        batch_size=64,
        learning_rate=1e-3,
        calibration=0.2,
        random_state=None,
    ):
        self.weight = weight
        self.scaling = scaling
        self.alpha = alpha
        self.latent_dim = latent_dim
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.calibration = calibration
        self.random_state = random_state

    def _check_parameters(self):
        super()._check_parameters()
        inputs.number(self.weight, "weight", least=0)
        inputs.count(self.epochs, "epochs")
        inputs.count(self.batch_size, "batch_size")
        inputs.number(self.learning_rate, "learning_rate", above=0)
        if not inputs.sizes(self.hidden, "hidden"):
            raise ValueError("hidden is () and at least one size is wanted, as for GAN")
        if self.latent_dim is not None:
            inputs.count(self.latent_dim, "latent_dim")

    def _learn(self, X, rng):
        x, seed = self._scaled(X).astype(np.float32), int(rng.randint(2**31 - 1))
        latent_dim = self.latent_dim or int(np.clip(x.shape[1] // 3, 1, 16))
        settings = dict(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=seed,
            show_progress=False,
        )
        with _training_lock:
            gan, encoder = _models(x.shape[1], latent_dim, tuple(self.hidden), float(self.weight))
            gan.reset_weights(seed)
            encoder.reset_weights(seed)
            self.game_ = train_gan(gan, x, **settings)
            self.history_ = train(encoder, x[_order(rng, len(x), self.batch_size).ravel()], **settings)
            networks = encoder.encoder, gan.generator, gan.features
            self._weights = [network.get_weights() for network in networks]

    def _anomaly_score(self, X):
        rows = max(1, _CHUNK_VALUES // max(X.shape[1], *self.hidden))
        return np.concatenate(
            [self._chunk_score(self._scaled(X[start : start + rows])) for start in range(0, len(X), rows)]
        )

    def _chunk_score(self, z):
        """In float64: float32 sums would depend on the order of the rows."""
        encoder, generator, features = self._weights
        copy = _forward(generator, _forward(encoder, z))
        score = np.square(z - copy).mean(axis=1)
        if self.weight:
            difference = _forward(features, z, last=_leaky) - _forward(features, copy, last=_leaky)
            score += self.weight * np.square(difference).mean(axis=1)
        return score


def _leaky(h):
    return np.maximum(h, _SLOPE * h)


def _forward(weights, h, last=None):
    """Rows h through dense layers, given as kernel and bias in turn; `last` is the last layer's activation."""
    for layer in range(0, len(weights), 2):
        h = h @ weights[layer] + weights[layer + 1]
        activation = _leaky if layer < len(weights) - 2 else last
        h = activation(h) if activation else h
    return h


@functools.lru_cache(maxsize=8)
def _models(n_features, latent_dim, hidden, weight):
    """One GAN and encoder for each shape: seeds, folds and searches reset their weights instead of compiling again."""
    gan = GAN(n_features, latent_dim=latent_dim, hidden=hidden)
    return gan, LatentEncoder(gan, weight=weight)
