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
