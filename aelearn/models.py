"""Autoencoders. A variant changes `training_loss` and inherits the rest."""

import keras
import numpy as np
import tensorflow as tf

from aelearn import inputs

_CHUNK = 4096  # rows put through the network at once, so that memory does not grow with the data


class Autoencoder(keras.Model):
    """Encoder, code, decoder: n_features -> hidden -> latent_dim -> hidden reversed -> n_features.

    n_features: columns of the data, d. latent_dim: size of the code. hidden: sizes of the
    encoder's layers; the decoder mirrors them. activation: of the hidden layers.
    latent_activation, output_activation: "linear" by default, which suits standardised data
    and pictures alike. seed: fixes the initial weights.

    `model(x)` reconstructs a tensor, `model.encoder(x)` and `model.decoder(code)` are its halves.
    Raises ValueError for sizes below 1. Taught in: 02
    """

    def __init__(
        self,
        n_features,
        *,
        latent_dim,
        hidden=(128,),
        activation="relu",
        latent_activation="linear",
        output_activation="linear",
        seed=0,
    ):
        super().__init__()
        self.n_features = inputs.count(n_features, "n_features")
        self.latent_dim = inputs.count(latent_dim, "latent_dim")
        hidden = inputs.sizes(hidden, "hidden")
        self._settings = dict(
            n_features=n_features,
            latent_dim=latent_dim,
            hidden=hidden,
            activation=activation,
            latent_activation=latent_activation,
            output_activation=output_activation,
        )
        seeds = iter(np.random.SeedSequence(inputs.count(seed, "seed", least=0)).generate_state(2 * len(hidden) + 2))

        def dense(size, function):
            return keras.layers.Dense(
                size, activation=function, kernel_initializer=keras.initializers.GlorotUniform(int(next(seeds)))
            )

        self.encoder = keras.Sequential(
            [
                keras.Input((n_features,)),
                *(dense(size, activation) for size in hidden),
                dense(latent_dim, latent_activation),
            ],
            name="encoder",
        )
        self.decoder = keras.Sequential(
            [
                keras.Input((latent_dim,)),
                *(dense(size, activation) for size in reversed(hidden)),
                dense(n_features, output_activation),
            ],
            name="decoder",
        )
        self.built = True

    def call(self, x):
        return self.decoder(self.encoder(x))

    def training_loss(self, x):
        """The mean squared error of a batch (b, d), a scalar tensor: what `train` minimises. Taught in: 03"""
        return tf.reduce_mean(tf.square(x - self(x)))

    def reconstruct(self, x):
        """x (n, d) and back through encoder and decoder, as an array (n, d). Raises ValueError for bad x. Taught in: 02"""
        x = inputs.table(x, columns=self.n_features)
        return np.concatenate([self(x[start : start + _CHUNK]) for start in range(0, len(x), _CHUNK)])

    def reset_weights(self, seed):
        """Give the model the initial weights of `seed`, so that one compiled model serves many runs. Taught in: 03"""
        self.set_weights(type(self)(**self._settings, seed=seed).get_weights())


class SparseAutoencoder(Autoencoder):
    """A code that may be larger than the input, of which few units are active for any one sample.

    penalty: "l1" adds weight * mean |code| and has ReLU units in the code, which can be exactly zero; "kl" adds
    weight * the mean over units of the Kullback-Leibler divergence between `target_rate` and the unit's
    mean activity in the batch, with sigmoid units in the code. Other arguments as for Autoencoder.
    Taught in: 06
    """

    def __init__(self, n_features, *, latent_dim, penalty="l1", weight=0.1, target_rate=0.05, **settings):
        inputs.choice(penalty, "penalty", ("l1", "kl"))
        settings.setdefault("latent_activation", "relu" if penalty == "l1" else "sigmoid")
        super().__init__(n_features, latent_dim=latent_dim, **settings)
        self.penalty = penalty
        self.weight = inputs.number(weight, "weight", least=0)
        self.target_rate = inputs.between(target_rate, "target_rate")
        self._settings |= dict(penalty=penalty, weight=weight, target_rate=target_rate)

    def training_loss(self, x):
        """Mean squared error plus weight times the penalty on the code, a scalar tensor. Taught in: 06"""
        code = self.encoder(x)
        error = tf.reduce_mean(tf.square(x - self.decoder(code)))
        if self.penalty == "l1":
            return error + self.weight * tf.reduce_mean(tf.abs(code))
        rate = tf.clip_by_value(tf.reduce_mean(code, axis=0), 1e-6, 1 - 1e-6)
        wanted = self.target_rate
        divergence = wanted * tf.math.log(wanted / rate) + (1 - wanted) * tf.math.log((1 - wanted) / (1 - rate))
        return error + self.weight * tf.reduce_mean(divergence)
