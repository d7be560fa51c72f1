"""Recurrent networks for series: a forecaster and a sequence autoencoder.

They take rows, as every model here does: a row is a window laid flat, point after point (length * channels
numbers), so that `training.train` and `scoring` serve them unchanged.
"""

import keras
import numpy as np
import tensorflow as tf

from aelearn import inputs
from aelearn._shared import CELLS, in_chunks, plain_settings


class _Recurrent(keras.Model):
    """What both networks share. `_rows_of` windows make one row; `_layers` builds the network from seeds."""

    def __init__(self, length, *, channels=1, cell="gru", units=16, seed=0):
        super().__init__()
        self.length, self.channels = inputs.count(length, "length"), inputs.count(channels, "channels")
        inputs.choice(cell, "cell", CELLS)
        units, seed = inputs.count(units, "units"), inputs.count(seed, "seed", least=0)
        self._settings = dict(length=self.length, channels=self.channels, cell=cell, units=units, seed=seed)
        self._seeds = np.random.default_rng(seed)
        self.network = keras.Sequential([keras.Input((self.length, self.channels)), *self._layers_for(cell, units)])
        self.built = True

    def _recurrent(self, cell, units, **settings):
        """A recurrent layer, never unrolled: its code is as small for 500 points as for 5."""
        layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}[cell]
        return layer(
            units,
            kernel_initializer=keras.initializers.GlorotUniform(self._seed()),
            recurrent_initializer=keras.initializers.Orthogonal(seed=self._seed()),
            use_cudnn=False,
            **settings,
        )

    def _dense(self):
        return keras.layers.Dense(self.channels, kernel_initializer=keras.initializers.GlorotUniform(self._seed()))

    def _seed(self):
        return int(self._seeds.integers(2**31))

    def call(self, x):
        return self.network(x)

    def get_config(self):
        return plain_settings(self._settings)

    def _through(self, rows):
        """rows (n, length * channels) through the network in chunks, as an array (n, d)."""

        def one_part(part):
            return np.asarray(self(part.reshape(-1, self.length, self.channels))).reshape(len(part), -1)

        return in_chunks(one_part, rows)

    def reset_weights(self, seed):
        """Give the model the initial weights of `seed`, so that one compiled model serves many runs. Taught in: 11"""
        self.set_weights(type(self)(**self._settings | {"seed": seed}).get_weights())


@keras.saving.register_keras_serializable(package="aelearn")
class Forecaster(_Recurrent):
    """A recurrent layer reads a window, a dense layer gives the value after it.

    length: points of the window. channels: numbers at each point. cell: "gru" (Cho et al. 2014, arXiv:1406.1078) or
    "lstm" (Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735). units: size of its state. seed: fixes
    the initial weights. One row to train on is a window and the value after it, laid flat: n_features = (length +
    1) * channels, the rows of `windows.cut(series, length + 1)`. Raises ValueError for sizes below 1 or an unknown
    cell. Taught in: 11
    """

    def __init__(self, length, **settings):
        super().__init__(length, **settings)
        self.n_features = (self.length + 1) * self.channels

    def _layers_for(self, cell, units):
        return self._recurrent(cell, units), self._dense()

    def training_loss(self, x):
        """The mean squared error of the forecasts of a batch (b, n_features), a scalar tensor. Taught in: 11"""
        x = tf.reshape(x, (-1, self.length + 1, self.channels))
        return tf.reduce_mean(tf.square(x[:, -1] - self(x[:, :-1])))

    def forecast(self, x):
        """The value after each window: x (n, length * channels) to (n, channels). Raises ValueError for bad x. Taught in: 11"""
        return self._through(inputs.table(x, columns=self.length * self.channels))


@keras.saving.register_keras_serializable(package="aelearn")
class SequenceAutoencoder(_Recurrent):
    """One recurrent layer reads a window into its last state, the code; a second writes the window again from it.

    The second layer is given the code at every step. Arguments as for Forecaster; units: also the size of the code.
    One row is a window laid flat: n_features = length * channels. Source: after Malhotra et al. (2016),
    arXiv:1607.00148, whose decoder instead starts from the code as its state, is given its own last value and
    writes backwards. Taught in: 11
    """

    def __init__(self, length, **settings):
        super().__init__(length, **settings)
        self.n_features = self.length * self.channels

    def _layers_for(self, cell, units):
        return (
            self._recurrent(cell, units),
            keras.layers.RepeatVector(self.length),
            self._recurrent(cell, units, return_sequences=True),
            self._dense(),
        )

    def training_loss(self, x):
        """The mean squared error of a batch (b, n_features), a scalar tensor. Taught in: 11"""
        x = tf.reshape(x, (-1, self.length, self.channels))
        return tf.reduce_mean(tf.square(x - self(x)))

    def reconstruct(self, x):
        """x (n, n_features) and back, as an array (n, n_features). Raises ValueError for bad x. Taught in: 11"""
        return self._through(inputs.table(x, columns=self.n_features))
