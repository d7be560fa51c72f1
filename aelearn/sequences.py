"""The detector over time."""

import functools

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from aelearn import inputs, training, windows
from aelearn._shared import CELLS
from aelearn.detectors import _CLIP, CalibratedDetector, _training_lock
from aelearn.models import Forecaster, SequenceAutoencoder

KINDS = ("forecast", "autoencoder", "neighbours")


class SequenceDetector(CalibratedDetector):
    """Trains on the first part of a series, calibrates on a later part, and scores every point of a series.

    kind: "forecast" (squared error of the next value), "autoencoder" (mean squared error of a window) or
    "neighbours" (distance of a window to the nearest training window: no network). length: points of a window.
    cell, units: of the recurrent layer. epochs, batch_size, learning_rate: as in `training.train`. alpha: promised
    false-alarm rate a point. calibration: share of the points in the last part, which the threshold comes from.
    gap: points left out before it; None takes `length`. random_state: seed, RandomState or None.

    A series X is (n,) or (n, channels), in the order of time; each channel is scaled by the training part. Scores
    of windows become scores of points as the mean over the windows that cover them. A forecast cannot judge the
    first `length` points: they get the median calibration score, and never an alarm. Neighbouring points share
    windows and noise, so their scores are dependent: the promise of `alpha` and of p_value is approximate, however
    long the series, and alarms come in runs. Shuffled rows are another series, so scikit-learn's check that the
    order of rows does not matter cannot hold; parameters, clone and pickle work as usual.

    After `fit`: offset_ (minus the threshold), n_features_in_ (channels), history_ (None for "neighbours"),
    n_calibration_. Taught in: 11
    """

    def __init__(
        self,
        *,
        kind="neighbours",
        length=50,
        cell="gru",
        units=16,
        epochs=20,
        batch_size=64,
        learning_rate=5e-3,
        alpha=0.05,
        calibration=0.3,
        gap=None,
        random_state=None,
    ):
        self.kind = kind
        self.length = length
        self.cell = cell
        self.units = units
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.calibration = calibration
        self.gap = gap
        self.random_state = random_state

    def fit(self, X, y=None):
        """Fit on a normal series X (n,) or (n, channels). y is ignored.

        Raises ValueError for bad input or a series too short for the two parts and the gap. Returns self. Taught in: 11
        """
        self._check_parameters()
        X = _columns(X)
        needed = self.length + 1
        gap = self.length if self.gap is None else self.gap
        shares = (1 - self.calibration, self.calibration)
        train, held_out = windows.split_by_time(len(X), shares, gap=gap)
        for name, part in (("training", train), ("calibration", held_out)):
            if part.stop - part.start < needed + 1:
                raise ValueError(
                    f"X has {len(X)} points, which leaves {part.stop - part.start} for {name}, and length={self.length} needs "
                    f"{needed + 1}; pass a longer series or a smaller length"
                )
        rng = check_random_state(self.random_state)
        self.n_features_in_ = X.shape[1]
        self._fit_scale(X[train])
        self._learn(X[train], int(rng.randint(2**31 - 1)))
        scores = self._judged(X[held_out])
        self._calibrate(scores)
        self._neutral = float(np.median(scores))
        return self

    def _check_parameters(self):
        inputs.choice(self.kind, "kind", KINDS)
        inputs.choice(self.cell, "cell", tuple(CELLS))
        for name in ("length", "units", "epochs", "batch_size"):
            inputs.count(getattr(self, name), name)
        inputs.number(self.learning_rate, "learning_rate", above=0)
        inputs.between(self.alpha, "alpha")
        inputs.between(self.calibration, "calibration")
        if self.gap is not None:
            inputs.count(self.gap, "gap", least=0)

    def _checked(self, X):
        check_is_fitted(self)
        X = _columns(X)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {X.shape[1]} channels but the detector was fitted on {self.n_features_in_}; "
                "pass the same channels in the same order"
            )
        if len(X) <= self.length:
            raise ValueError(f"X has {len(X)} points and at least {self.length + 1} are wanted; pass a longer series")
        return X

    def _fit_scale(self, X):
        self._center, spread = X.mean(axis=0), X.std(axis=0)
        self._scale = np.where(spread > 1e-12 * np.maximum(1, np.abs(self._center)), spread, 1.0)

    def _learn(self, X, seed):
        self.history_ = None
        rows = self._rows(X, self.length + (self.kind == "forecast"))
        if self.kind == "neighbours":
            self._neighbours = NearestNeighbors(n_neighbors=1).fit(rows)
            return
        with _training_lock:
            model = self._model()
            model.reset_weights(seed)
            self.history_ = training.train(
                model,
                rows,
                epochs=self.epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                seed=seed,
                show_progress=False,
            )
            self._weights = model.get_weights()

    def _model(self):
        return _network(self.kind, self.length, self.n_features_in_, self.cell, self.units)

    def _rows(self, X, length):
        """The scaled windows of X, one flat row each, (n_windows, length * channels) float32."""
        scaled = np.clip((X - self._center) / self._scale, -_CLIP, _CLIP).astype(np.float32)
        cut = windows.cut(scaled, length)
        return cut.reshape(len(cut), -1)

    def _judged(self, X):
        """The scores of the points that can be judged: all but a forecast's first window."""
        if self.kind == "forecast":
            rows = self._rows(X, self.length + 1)
            known = self.length * X.shape[1]
            errors = np.square(rows[:, known:] - self._ask("forecast", rows[:, :known]).astype(np.float64))
            return errors.mean(axis=1)
        rows = self._rows(X, self.length)
        if self.kind == "neighbours":
            scores = self._neighbours.kneighbors(rows)[0][:, 0]
        else:
            scores = np.square(rows - self._ask("reconstruct", rows).astype(np.float64)).mean(axis=1)
        return windows.to_points(scores, len(X), self.length)

    def _ask(self, method, rows):
        with _training_lock:
            model = self._model()
            model.set_weights(self._weights)
            return getattr(model, method)(rows)

    def _anomaly_score(self, X):
        scores = self._judged(X)
        return np.concatenate([np.full(len(X) - len(scores), self._neutral), scores])


def _columns(X):
    """A series as (n, channels) float64."""
    if np.ndim(X) == 1:
        return inputs.scores(X, "X")[:, None]
    return inputs.table(X, "X", dtype=np.float64)


@functools.lru_cache(maxsize=8)
def _network(kind, length, channels, cell, units):
    """One network for each shape: seeds and fits reset its weights instead of compiling again."""
    network = {"forecast": Forecaster, "autoencoder": SequenceAutoencoder}[kind]
    return network(length, channels=channels, cell=cell, units=units)
