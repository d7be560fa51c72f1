"""The detector over a GAN."""

import warnings

import numpy as np

from aelearn import inputs
from aelearn._shared import SLOPE, full_batches
from aelearn.detectors.network import NetworkDetector, check_layers, shared_model


class GANDetector(NetworkDetector):
    """f-AnoGAN as a scikit-learn detector: a GAN, an encoder, and the residual score of both.

    weight: of the discriminator's features in the score. latent_dim: size of the code; None takes a third of the
    features, from 1 to 16. hidden: sizes of the hidden layers. epochs: passes over the data, as many for the game
    as for the encoder. batch_size, learning_rate: of both. scaling, alpha, calibration, random_state: as in
    AutoencoderDetector.

    With far more columns than rows the discriminator knows its training rows by heart: their features are their own, and
    training rows score above others. `fit` warns when they do by more than chance; weight=0 leaves the features out.

    After `fit`: offset_, n_features_in_, n_calibration_, promised_rate_, game_ (the GameHistory) and history_ (the
    encoder's History). In a process forked after a training it cannot be fitted: see AutoencoderDetector.
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
        if not self.hidden:
            raise ValueError("hidden is () and at least one size is wanted, as for GAN")

    def _learn(self, X, rng):
        from aelearn.training import train, train_gan

        x, seed = self._scaled(X).astype(np.float32), int(rng.randint(2**31 - 1))
        settings = self._training(seed)
        shape = x.shape[1], self._code_size(x.shape[1]), tuple(self.hidden)
        with shared_model(build, *shape, float(self.weight)) as (gan, encoder):
            gan.reset_weights(seed)
            encoder.reset_weights(seed)
            self.game_ = train_gan(gan, x, **settings)
            self.history_ = train(encoder, x[full_batches(rng, len(x), self.batch_size).ravel()], **settings)
            networks = encoder.encoder, gan.generator, gan.features
            self._weights = [network.get_weights() for network in networks]

    def _anomaly_score(self, X):
        return self._in_chunks(self._chunk_score, X, max(self.hidden))

    def _look_back(self, X):
        """A discriminator that knows its few rows by heart gives them features of their own, and so high scores."""
        held_out = self._calibration_scores
        above = np.searchsorted(held_out, self._anomaly_score(X[:1000])).mean() / len(held_out)
        if above > max(
            0.6, 0.5 + 2.5 / np.sqrt(12 * len(held_out))
        ):  # one half, if rows are alike; a rank's standard error
            warnings.warn(
                f"a training row scores above a held-out one in {above:.0%} of pairs: the discriminator knows its {len(X)} rows of "
                f"{X.shape[1]} columns by heart; fit on more rows or fewer columns, or take weight=0",
                stacklevel=3,
            )

    def _check_state(self):
        super()._check_state()
        d, code = self.n_features_in_, self._code_size(self.n_features_in_)
        encoder, generator, features = self._weights
        check_layers(encoder, d, *self.hidden, code)
        check_layers(generator, code, *reversed(self.hidden), d)
        check_layers(features, d, *self.hidden)

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


def build(n_features, latent_dim, hidden, weight):
    """A GAN and the encoder to its generator."""
    from aelearn.models import GAN, LatentEncoder

    gan = GAN(n_features, latent_dim=latent_dim, hidden=hidden)
    return gan, LatentEncoder(gan, weight=weight)
