"""The detector over an autoencoder."""

import functools
from collections.abc import Callable

import numpy as np
from sklearn.neighbors import NearestNeighbors

from aelearn import inputs
from aelearn.detectors.base import fits
from aelearn.detectors.network import NetworkDetector, check_layers, shared_model

KINDS = ("plain", "sparse", "denoising", "variational")
SCORES = ("error", "cosine", "neighbours")
_REFERENCE_ROWS = 10_000  # training rows kept for scored_by="neighbours"


class AutoencoderDetector(NetworkDetector):
    """An autoencoder that scales its input, calibrates its own threshold and answers like a scikit-learn detector.

    kind: "plain", "sparse" (an L1 penalty on a code of ReLU units), "denoising" (Gaussian noise on the input
    while training) or "variational" (Gaussian likelihood with the spread of the scaled data, 1; the mean code
    is its code). scored_by: "error" (mean squared error), "cosine" (one minus the cosine between sample
    and reconstruction) or "neighbours" (mean distance to the `n_neighbors` nearest training samples, in code
    and residual together, each divided by its spread on training data). scaling: "each" divides every
    feature by its own standard deviation, "together" all of them by one, which keeps dim pixels dim;
    "auto" takes "together" when the features' ranges (largest minus smallest training value) are alike: when the one
    that nine in ten stay below is at most 10 times the one that one in ten stays below, features that are constant
    left out. alpha: promised false-alarm rate. latent_dim: size of the code; None takes a third of the features,
    from 1 to 16. hidden: sizes of the encoder's hidden layers. epochs, batch_size, learning_rate: as in
    `training.train`. calibration: share of the rows held out for the threshold. noise_level: standard deviation of
    the noise of kind "denoising", in standard deviations of the data; None takes 0.3, and any other kind refuses a
    number. random_state: seed, RandomState or None.

    After `fit`: offset_ (minus the threshold), n_features_in_, feature_names_in_ (for data frames), history_,
    n_calibration_, promised_rate_. Where there are fewer calibration rows than alpha needs, the threshold is the
    largest calibration score, promised_rate_ is 1 / (n_calibration_ + 1) instead of alpha, and a warning says so.
    Scores do not depend on the data's unit; a column that is constant in training has no spread of its own, and is
    measured by the mean spread of the others.

    A process forked after a training in its parent cannot train (TensorFlow's threads do not survive a fork) and says
    so; start workers with multiprocessing's "spawn", or with joblib. Taught in: 04
    """

    _rebuilt = ("_neighbours",)

    def __init__(
        self,
        *,
        kind="variational",
        scored_by="neighbours",
        scaling="auto",
        alpha=0.05,
        latent_dim=None,
        hidden=(128,),
        epochs=100,
        batch_size=64,
        learning_rate=1e-3,
        calibration=0.2,
        n_neighbors=5,
        noise_level=None,
        random_state=None,
    ):
        self.kind = kind
        self.scored_by = scored_by
        self.scaling = scaling
        self.alpha = alpha
        self.latent_dim = latent_dim
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.calibration = calibration
        self.n_neighbors = n_neighbors
        self.noise_level = noise_level
        self.random_state = random_state

    def _check_parameters(self):
        super()._check_parameters()
        inputs.choice(self.kind, "kind", KINDS)
        inputs.choice(self.scored_by, "scored_by", SCORES)
        inputs.count(self.n_neighbors, "n_neighbors")
        if self.noise_level is not None:
            inputs.number(self.noise_level, "noise_level", above=0)
            if self.kind != "denoising":
                raise ValueError(
                    f"noise_level is {self.noise_level:g} and kind={self.kind!r} adds no noise; take kind='denoising' or leave it None"
                )

    def _learn(self, X, rng):
        from aelearn import training

        x, seed = self._scaled(X).astype(np.float32), int(rng.randint(2**31 - 1))
        shape = x.shape[1], self._code_size(x.shape[1]), tuple(self.hidden)
        with shared_model(build, self.kind, *shape, self.noise_level) as model:
            model.reset_weights(seed)
            self.history_ = training.train(model, x, **self._training(seed))
            self._weights = model.get_weights()
        if self.scored_by == "neighbours":
            kept = rng.permutation(len(x))[:_REFERENCE_ROWS]
            self._prepare_neighbours(x[np.sort(kept)].astype(np.float64))

    def feature_errors(self, X):
        """The squared error of each feature in units of its training variance, (n, d): why this sample."""
        return self._in_chunks(
            lambda z: np.square(z - self._forward(z)[1]), self._checked(X), max(self.hidden, default=1)
        )

    def _forward(self, z):
        """Codes and reconstructions of scaled rows, in float64: float32 sums would depend on the order of the rows."""
        half, last, h, code = len(self.hidden), 2 * len(self.hidden) + 1, z, None
        for layer in range(last + 1):
            h = h @ self._weights[2 * layer] + self._weights[2 * layer + 1]
            if layer not in (half, last) or (layer == half and self.kind == "sparse"):
                np.maximum(h, 0, out=h)
            if layer == half:
                code = h
        return code, h

    def _anomaly_score(self, X):
        return self._in_chunks(self._chunk_score, X, max(self.hidden, default=1))

    def _chunk_score(self, z):
        code, reconstruction = self._forward(z)
        if self.scored_by == "error":
            residual = reconstruction - z
            return np.einsum("ij,ij->i", residual, residual) / z.shape[1]
        if self.scored_by == "cosine":
            lengths = np.linalg.norm(z, axis=1) * np.linalg.norm(reconstruction, axis=1)
            product = np.einsum("ij,ij->i", z, reconstruction)
            return 1 - np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0)
        return self._neighbours.kneighbors(self._place(z, code, reconstruction))[0].mean(axis=1)

    def _place(self, z, code, reconstruction):
        return np.hstack([code / self._spreads[0], (z - reconstruction) / self._spreads[1]])

    def _prepare_neighbours(self, z):
        code, reconstruction = self._forward(z)
        spreads = (np.sqrt(code.var(axis=0).sum()), np.sqrt(np.square(z - reconstruction).sum(axis=1).mean()))
        self._spreads = tuple(float(spread) if spread > 1e-12 else 1.0 for spread in spreads)
        self._reference = self._place(z, code, reconstruction)
        self._rebuild()

    def _rebuild(self):
        if self.scored_by == "neighbours":
            reference = self._reference
            self._neighbours = NearestNeighbors(n_neighbors=min(self.n_neighbors, len(reference))).fit(reference)

    def _check_state(self):
        super()._check_state()
        d = self.n_features_in_
        code = self._code_size(d)
        check_layers(self._weights, d, *self.hidden, code, *reversed(self.hidden), d)
        if self.scored_by == "neighbours":
            fits(self._reference, (None, code + d))
            if not (fits(self._spreads, (2,)) > 0).all():
                raise ValueError("spreads above 0 are wanted")


def build(kind, n_features, latent_dim, hidden, noise_level=None):
    """The network of a kind. noise_level: of the denoising one; None takes its own."""
    from aelearn import models

    variants: dict[str, Callable] = {
        "plain": models.Autoencoder,
        "sparse": models.SparseAutoencoder,
        "denoising": functools.partial(
            models.DenoisingAutoencoder, **({} if noise_level is None else {"level": noise_level})
        ),
        "variational": functools.partial(models.VariationalAutoencoder, noise=1.0),
    }
    return variants[kind](n_features, latent_dim=latent_dim, hidden=hidden)
