"""A generative adversarial network, and two ways from a sample back to the code that the generator would make it from."""

import keras
import numpy as np
import tensorflow as tf

from aelearn import inputs
from aelearn._shared import SLOPE, compiled, in_chunks, kept_with, plain_settings


@keras.saving.register_keras_serializable(package="aelearn")
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
        n_features = self.n_features = inputs.count(n_features, "n_features")
        latent_dim = self.latent_dim = inputs.count(latent_dim, "latent_dim")
        self.hidden = inputs.sizes(hidden, "hidden")
        if not self.hidden:
            raise ValueError(
                "hidden is () and at least one size is wanted: the discriminator's features are a hidden layer"
            )
        self._settings = dict(
            n_features=self.n_features,
            latent_dim=self.latent_dim,
            hidden=self.hidden,
            output_activation=output_activation,
            seed=inputs.count(seed, "seed", least=0),
        )
        self.generator = _network(latent_dim, self.hidden[::-1], n_features, output_activation)
        self.features = _network(n_features, self.hidden)
        self.judge = _network(self.hidden[-1], (), 1)
        self.built = True
        self.reset_weights(seed)

    def call(self, x):
        return self.judge(self.features(x))

    def get_config(self):
        return plain_settings(self._settings)

    def generate(self, n, *, seed=0):
        """n samples made from noise of this seed, an array (n, d). Taught in: 10"""
        rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
        noise = rng.normal(size=(inputs.count(n, "n"), self.latent_dim)).astype(np.float32)
        return in_chunks(self.generator, noise)

    def reset_weights(self, seed):
        """Give the model the initial weights of `seed`, so that one compiled game serves many runs. Taught in: 10"""
        self.set_weights(_initial_weights(self, seed))


@keras.saving.register_keras_serializable(package="aelearn")
def _leaky_relu(h):
    return tf.nn.leaky_relu(h, alpha=SLOPE)


def _network(n_inputs, hidden, n_outputs=None, activation="linear"):
    layers = [keras.layers.Dense(size, activation=_leaky_relu) for size in hidden]
    if n_outputs:
        layers.append(keras.layers.Dense(n_outputs, activation=activation))
    return keras.Sequential([keras.Input((n_inputs,)), *layers])


def _initial_weights(model, seed):
    """Glorot's uniform weights and zero biases, in the model's order."""
    rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
    limits = (np.sqrt(6 / sum(w.shape)) if len(w.shape) == 2 else 0.0 for w in model.weights)
    return [rng.uniform(-limit, limit, w.shape) for limit, w in zip(limits, model.weights, strict=True)]


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
    search = kept_with(gan, "search", lambda: _compile_search(gan))
    settings = (tf.constant(value) for value in (steps, learning_rate, weight))
    return np.asarray(search(tf.constant(x), tf.constant(codes), *settings))


def _compile_search(gan):
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

    return compiled(search, reduce_retracing=True)


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
    return in_chunks(lambda x, codes: _residual(gan, x, gan.features(x), codes, weight), x, codes)


@keras.saving.register_keras_serializable(package="aelearn")
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
        self.seed = inputs.count(seed, "seed", least=0)
        self.gan = gan
        self.encoder = _network(gan.n_features, gan.hidden, gan.latent_dim)
        self.built = True
        self.reset_weights(seed)

    def get_config(self):
        return dict(gan=keras.saving.serialize_keras_object(self.gan), weight=self.weight, seed=self.seed)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config | {"gan": keras.saving.deserialize_keras_object(config["gan"], custom_objects)})

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
        return in_chunks(self.encoder, x)

    def reconstruct(self, x):
        """x (n, d) to its code and back through the generator, an array (n, d). Raises ValueError for bad x. Taught in: 10"""
        return in_chunks(self.gan.generator, self.encode(x))

    def reset_weights(self, seed):
        """Give the encoder the initial weights of `seed`; the GAN's stay. Taught in: 10"""
        self.encoder.set_weights(_initial_weights(self.encoder, seed))
