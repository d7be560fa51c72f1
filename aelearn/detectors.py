"""Anomaly detectors on scikit-learn's conventions: scale, train, calibrate, and answer.

Directions follow scikit-learn: `score_samples` and `decision_function` are higher for normal samples,
`predict` gives +1 for normal and -1 for an anomaly. `anomaly_score` is the course's own: higher is more anomalous.
"""

import functools
import hashlib
import io
import json
import os
import threading
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from aelearn import inputs, thresholds

KINDS = ("plain", "sparse", "denoising", "variational")
SCORES = ("error", "cosine", "neighbours")
SCALINGS = ("auto", "each", "together")
_CLIP = 1e3  # standard deviations; beyond it a value says no more than "far out"
_ALIKE = 10  # features whose ranges differ by less than this factor are scaled together
_CHUNK_VALUES = (
    400_000  # numbers of one layer held at once while scoring: more leaves the processor's cache, and is slower
)
_REFERENCE_ROWS = 10_000  # training rows kept for scored_by="neighbours"
_FORMAT = "aelearn detector 1"


class CalibratedDetector(OutlierMixin, BaseEstimator):
    """What every detector here shares: scaling, a threshold from held-out normals, and scikit-learn's answers.

    A method of your own becomes a detector by two functions: `_learn(X, rng)` fits on X (n, d), as measured
    (`self._scaled(X)` scales it), and `_anomaly_score(X)` gives (n,), higher = more anomalous.
    scaling, alpha, calibration, random_state: see AutoencoderDetector. Taught in: 09
    """

    def __init__(self, *, scaling="auto", alpha=0.05, calibration=0.2, random_state=None):
        self.scaling = scaling
        self.alpha = alpha
        self.calibration = calibration
        self.random_state = random_state

    def fit(self, X, y=None, *, X_calibration=None):
        """Fit on normal samples X (n, d), of which a share is held out for the threshold.

        X_calibration: (m, d) other normal samples for the threshold; then all of X is trained on.
        y is ignored. Raises ValueError for bad input. Returns self.
        """
        self._check_parameters()
        X = validate_data(self, X, dtype=(np.float64, np.float32), ensure_min_samples=2)
        rng = check_random_state(self.random_state)
        if X_calibration is None:
            rows = rng.permutation(len(X))
            n = min(max(1, round(self.calibration * len(X))), len(X) - 1)
            X_calibration, X = X[rows[:n]], X[rows[n:]]
        else:
            X_calibration = validate_data(self, X_calibration, dtype=(np.float64, np.float32), reset=False)
        self._fit_scale(X)
        self._learn(X, rng)
        self._calibrate(self._anomaly_score(X_calibration))
        return self

    def _check_parameters(self):
        inputs.choice(self.scaling, "scaling", SCALINGS)
        inputs.between(self.alpha, "alpha")
        inputs.between(self.calibration, "calibration")

    def score_samples(self, X):
        """Minus the anomaly score of each sample, (n,): higher is more normal."""
        return -self.anomaly_score(X)

    def anomaly_score(self, X):
        """The anomaly score of each sample, (n,) float64: higher is more anomalous."""
        return self._anomaly_score(self._checked(X))

    def decision_function(self, X):
        """score_samples minus offset_, (n,): negative for anomalies."""
        return self.score_samples(X) - self.offset_

    def predict(self, X):
        """+1 for normal samples, -1 for anomalies, (n,) int."""
        return np.where(self.decision_function(X) >= 0, 1, -1)

    def p_value(self, X):
        """The conformal p-value of each sample, (n,) in (0, 1]: an anomaly where it is at most alpha."""
        scores = self.anomaly_score(X)
        return thresholds.p_values(self._calibration_scores, scores)

    def _checked(self, X):
        check_is_fitted(self)
        return validate_data(self, X, dtype=(np.float64, np.float32), reset=False)

    def _fit_scale(self, X):
        self._center = X.mean(axis=0, dtype=np.float64)
        spread = X.std(axis=0, dtype=np.float64)
        varies = spread > 1e-12 * np.maximum(1, np.abs(self._center))
        together = self.scaling == "together"
        if self.scaling == "auto" and varies.any():
            low, high = np.quantile(np.ptp(X[:, varies].astype(np.float64), axis=0), [0.1, 0.9])
            together = high <= _ALIKE * low
        self._scale = np.where(varies, spread, 1.0)
        if together and varies.any():
            self._scale = np.full(len(spread), np.sqrt(np.square(spread[varies]).mean()))

    def _scaled(self, X):
        return np.clip((X - self._center) / self._scale, -_CLIP, _CLIP)

    def _calibrate(self, scores):
        self._calibration_scores = np.sort(scores)
        self.n_calibration_ = len(scores)
        limit = thresholds.conformal(scores, max(self.alpha, 1 / (len(scores) + 1)))
        self.offset_ = -(limit + 1e-9 * abs(limit) + 1e-12)  # a score that differs by rounding alone is no alarm


class AutoencoderDetector(CalibratedDetector):
    """An autoencoder that scales its input, calibrates its own threshold and answers like a scikit-learn detector.

    kind: "plain", "sparse" (an L1 penalty on a code of ReLU units), "denoising" (Gaussian noise on the input
    while training) or "variational" (Gaussian likelihood with the spread of the scaled data, 1; the mean code
    is its code). scored_by: "error" (mean squared error), "cosine" (one minus the cosine between sample
    and reconstruction) or "neighbours" (mean distance to the `n_neighbors` nearest training samples, in code
    and residual together, each divided by its spread on training data). scaling: "each" divides every
    feature by its own standard deviation, "together" all of them by one, which keeps dim pixels dim;
    "auto" takes "together" when the features' ranges are alike. alpha: promised false-alarm rate.
    latent_dim: size of the code; None takes a third of the features, from 1 to 16. hidden: sizes of the
    encoder's hidden layers. epochs, batch_size, learning_rate: as in `training.train`. calibration: share of
    the rows held out for the threshold. random_state: seed, RandomState or None.

    After `fit`: offset_ (minus the threshold), n_features_in_, feature_names_in_ (for data frames),
    history_, n_calibration_. Where there are fewer calibration rows than alpha needs, the threshold is the
    largest calibration score, and the promise is 1 / (n_calibration_ + 1).
    Taught in: 04
    """

    def __init__(
        self,
        *,
        kind="plain",
        scored_by="neighbours",
        scaling="auto",
        alpha=0.05,
        latent_dim=None,
        hidden=(128,),
        epochs=100,
        batch_size=64,
        learning_rate=1e-3,
        calibration=0.2,
        n_neighbors=2,
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
        self.random_state = random_state

    def _learn(self, X, rng):
        x_train = self._scaled(X).astype(np.float32)
        self._train(x_train, int(rng.randint(2**31 - 1)))
        if self.scored_by == "neighbours":
            kept = rng.permutation(len(x_train))[:_REFERENCE_ROWS]
            self._prepare_neighbours(x_train[np.sort(kept)].astype(np.float64))

    def _check_parameters(self):
        super()._check_parameters()
        inputs.choice(self.kind, "kind", KINDS)
        inputs.choice(self.scored_by, "scored_by", SCORES)
        inputs.count(self.n_neighbors, "n_neighbors")
        inputs.count(self.epochs, "epochs")
        inputs.count(self.batch_size, "batch_size")
        inputs.number(self.learning_rate, "learning_rate", above=0)
        inputs.sizes(self.hidden, "hidden")
        if self.latent_dim is not None:
            inputs.count(self.latent_dim, "latent_dim")

    def _train(self, x, seed):
        from aelearn import training

        d = x.shape[1]
        latent_dim = self.latent_dim or int(np.clip(d // 3, 1, 16))
        with _training_lock:
            model = _model(self.kind, d, latent_dim, tuple(self.hidden))
            model.reset_weights(seed)
            self.history_ = training.train(
                model,
                x,
                epochs=self.epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                seed=seed,
                show_progress=False,
            )
            self._weights = model.get_weights()

    def feature_errors(self, X):
        """The squared error of each feature in units of its training variance, (n, d): why this sample."""
        X = self._checked(X)
        return np.concatenate([np.square(z - self._forward(z)[1]) for z in self._chunks(X)])

    def save(self, path):
        """Write the fitted detector to `path` as plain numbers and settings: no code, no pickle. Returns the path.

        The file is complete or not there at all. A checksum finds damage; it is no signature, so load
        only files whose origin you trust, as with any other input.
        """
        check_is_fitted(self)
        settings = {
            "format": _FORMAT,
            "parameters": {k: v if _is_plain(v) else None for k, v in self.get_params().items()},
            "offset": self.offset_,
            "loss": self.history_.loss,
            "features": list(map(str, getattr(self, "feature_names_in_", ()))),
        }
        arrays = {f"weight_{i}": weight for i, weight in enumerate(self._weights)}
        arrays |= {name: getattr(self, f"_{name}") for name in ("center", "scale", "calibration_scores")}
        if self.scored_by == "neighbours":
            arrays |= {"reference": self._reference, "spreads": np.array(self._spreads)}
        arrays["settings"] = np.array(json.dumps(settings, default=_plain))
        content = io.BytesIO()
        np.savez(content, **arrays, checksum=np.array(_checksum(arrays)))
        path = Path(path)
        unfinished = path.with_name(path.name + ".part")
        unfinished.write_bytes(content.getvalue())
        os.replace(unfinished, path)
        return path

    @classmethod
    def load(cls, path):
        """The detector that `save` wrote. Raises ValueError, in one sentence, for a file that is not one or was changed."""
        mend = "save the detector again with detector.save(path)"
        raw = Path(path).read_bytes()
        try:
            with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            checksum = str(arrays.pop("checksum"))
            settings = json.loads(str(arrays["settings"]))
            if not settings["format"].startswith(_FORMAT.rpartition(" ")[0]):
                raise KeyError("format")
        except Exception:  # whatever a foreign or damaged file makes NumPy, zipfile or json say
            raise ValueError(f"{path} is not a file that a detector saved, or it is damaged; {mend}") from None
        if settings["format"] != _FORMAT:
            raise ValueError(f"{path} has format {settings['format']!r} and this version reads {_FORMAT!r}; {mend}")
        if checksum != _checksum(arrays):
            raise ValueError(f"{path} was changed after it was saved: its checksum differs; {mend}")
        detector = cls(**settings["parameters"])
        detector._restore(arrays, settings)
        return detector

    def _restore(self, arrays, settings):
        from aelearn.training import History

        n_weights = sum(name.startswith("weight_") for name in arrays)
        self._weights = [arrays[f"weight_{i}"] for i in range(n_weights)]
        self._center, self._scale = arrays["center"], arrays["scale"]
        self._calibration_scores = arrays["calibration_scores"]
        self.hidden = tuple(self.hidden)
        self.offset_, self.history_ = (
            settings["offset"],
            History(loss=settings["loss"], best_epoch=len(settings["loss"])),
        )
        self.n_features_in_, self.n_calibration_ = len(self._center), len(self._calibration_scores)
        if settings["features"]:
            self.feature_names_in_ = np.array(settings["features"], dtype=object)
        if self.scored_by == "neighbours":
            self._spreads = tuple(arrays["spreads"].tolist())
            self._index(arrays["reference"])

    def _chunks(self, X):
        rows = max(1, _CHUNK_VALUES // max(X.shape[1], *self.hidden, 1))
        for start in range(0, len(X), rows):
            yield self._scaled(X[start : start + rows])

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
        return np.concatenate([self._chunk_score(z) for z in self._chunks(X)])

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
        self._index(self._place(z, code, reconstruction))

    def _index(self, reference):
        self._reference = reference
        self._neighbours = NearestNeighbors(n_neighbors=min(self.n_neighbors, len(reference))).fit(reference)


def _plain(value):
    return value.tolist() if isinstance(value, np.generic) else list(value)


def _is_plain(value):
    return value is None or isinstance(value, bool | int | float | str | tuple | list | np.integer | np.floating)


def _checksum(arrays):
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode() + array.tobytes())
    return digest.hexdigest()


_training_lock = threading.Lock()


@functools.lru_cache(maxsize=8)
def _model(kind, n_features, latent_dim, hidden):
    """One model for each kind and shape: seeds, folds and searches reset its weights instead of compiling again."""
    from aelearn import models

    variants = {
        "plain": models.Autoencoder,
        "sparse": models.SparseAutoencoder,
        "denoising": models.DenoisingAutoencoder,
        "variational": functools.partial(models.VariationalAutoencoder, noise=1.0),
    }
    return variants[kind](n_features, latent_dim=latent_dim, hidden=hidden)
