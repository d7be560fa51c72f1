"""The detector over a GAN."""

import functools

import numpy as np

from aelearn import inputs
from aelearn._shared import SLOPE, full_batches
from aelearn.detectors import _CHUNK_VALUES, CalibratedDetector, _training_lock
from aelearn.models import GAN, LatentEncoder
from aelearn.training import train, train_gan


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
            self.history_ = train(encoder, x[full_batches(rng, len(x), self.batch_size).ravel()], **settings)
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
    return np.maximum(h, SLOPE * h)


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
