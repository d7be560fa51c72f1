"""The detector over time."""

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import validate_data

from aelearn import _stream, inputs, windows
from aelearn._shared import CELLS, CHUNK
from aelearn.detectors.base import CHUNK_VALUES, CLIP, fits
from aelearn.detectors.network import NetworkDetector, shared_model

SEQUENCE_KINDS = ("forecast", "autoencoder", "neighbours")
LEVELS = ("fixed", "running")
_REFERENCE_WINDOWS = 10_000  # training windows kept for kind="neighbours"
_WINDOW_VALUES = 4_000_000  # numbers of windows laid out at once while scoring
_LEAST_SPREAD = 0.1  # of the training part's: what a quiet stretch is scaled by at least, level="running"


class SequenceDetector(NetworkDetector):
    """Trains on the first part of a series, calibrates on a later part, and scores every point of a series.

    kind: "forecast" (squared error of the next value), "autoencoder" (mean squared error of a window) or
    "neighbours" (distance of a window to the nearest training window: no network; of more than 10,000 training windows it
    keeps 10,000, drawn at random, so that time and memory grow with the series and not with its square). Windows are laid
    out a part at a time, whatever the length. length: points of a window.
    cell, units: of the recurrent layer. epochs, batch_size, learning_rate: as in `training.train`. alpha: promised
    false-alarm rate a point. calibration: share of the points in the last part, which the threshold comes from.
    gap: points left out before it; None takes `length`. random_state: seed, RandomState or None.

    level: what each channel is scaled by. "fixed": mean and spread of the training part, for series that stay where
    they are. "running": mean and spread of the `memory` points before each point (None takes 10 * length; at least
    several periods of the series), for series whose level or swing drifts; it looks back only, and never takes a
    spread below a tenth of the training part's. Measured: on eight made series that drift, a promised 5 % delivers 82 %
    (median) with "fixed" and 2 % with "running", and average precision is .23 and .90. The price where nothing drifts:
    an event is in the memory of the points after it, which raise false alarms (7 and 20 % with an event every 350
    points), and a level or swing that matters is forgotten (the abnormal beat of ecg_100: .25 and .14).

    at: when a point is judged. "cover", the default: the mean over all windows that cover it, which is sharp, but is
    known up to length - 1 points later, and points before an event share windows with it and may seem to warn of it.
    "end": the window that ends at the point, as in live use: known at once, and an alarm comes when enough of the event is
    in the window and may last until length - 1 points after it. A forecast judges at once, whatever `at` says. Points
    that cannot be judged yet (a forecast's first window, those before the first window's end, and those without
    `memory` points before them) get the median calibration score: no alarm, for any alpha below one half.

    A series X is (n,) or (n, channels), in the order of time. What the promise is worth: neighbouring points share
    windows and noise, so on a series that stays the same alpha is kept on average, not in every stretch, and alarms come
    in runs. In use on real monitoring series it mostly fails, since the series drift: on eight series of a public
    benchmark, trained on their first 15 %, a promised 5 % delivered a median of 20 to 34 % outside the events. Take
    level="running", or `recalibrate` on a recent normal stretch, and watch the rate. Shuffled rows are another series,
    so scikit-learn's check that the order of rows does not matter cannot hold; parameters, clone and pickle work as
    usual. In a process forked after a training no network can be trained or asked: see AutoencoderDetector.

    After `fit`: offset_ (minus the threshold), n_features_in_ (channels), feature_names_in_ (for data frames),
    history_ (None for "neighbours"), n_calibration_, promised_rate_. Taught in: 11
    """

    _rebuilt = ("_neighbours",)
    scaling = "each"  # each channel by itself

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
        level="fixed",
        memory=None,
        at="cover",
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
        self.level = level
        self.memory = memory
        self.at = at
        self.random_state = random_state

    def fit(self, X, y=None, *, X_calibration=None):
        """Fit on a normal series X (n,) or (n, channels). y is ignored.

        X_calibration: another normal series for the threshold; then all of X is trained on. Warns when the calibration
        part has fewer points than the promise alpha needs. Raises ValueError for bad input or a series too short for
        the two parts and the gap. Returns self. Taught in: 11
        """
        return super().fit(X, y, X_calibration=X_calibration)

    def _check_parameters(self):
        super()._check_parameters()
        inputs.choice(self.kind, "kind", SEQUENCE_KINDS)
        inputs.choice(self.cell, "cell", CELLS)
        inputs.choice(self.level, "level", LEVELS)
        inputs.choice(self.at, "at", ("cover", "end"))
        inputs.count(self.length, "length")
        inputs.count(self.units, "units")
        if self.gap is not None:
            inputs.count(self.gap, "gap", least=0)
        if self.memory is not None:
            inputs.count(self.memory, "memory", least=2)

    def _validated(self, X, first=False):
        frame = X
        X = _series(X)
        channels = X.shape[1] if first else self.n_features_in_
        if X.shape[1] != channels:
            mend = "pass X.T" if len(X) == channels else "pass the same channels in the same order"
            raise ValueError(f"X has {X.shape[1]} channels but the detector was fitted on {channels}; {mend}")
        self._check_names(frame, first)
        self.n_features_in_ = channels
        least = self._past() + self.length + 1
        if len(X) < least and not first:
            raise ValueError(f"X has {len(X)} points and at least {least} are wanted; pass a longer series")
        return X

    def _check_names(self, X, first):
        """Names and order of a frame's columns, in one sentence: scikit-learn's own check takes three."""
        try:
            validate_data(self, X, reset=first, skip_check_array=True, ensure_2d=False)
        except ValueError:
            wanted = ", ".join(self.feature_names_in_[:5])
            raise ValueError(
                f"X has other feature names, or the same in another order, than the detector was fitted on ({wanted}); "
                "pass the same channels in the same order"
            ) from None

    def _parted(self, X, rng):
        """The first part to train on; a later one to calibrate with, and before it the points that it is scaled by."""
        gap = self.length if self.gap is None else self.gap
        needed, past = self.length + 2, self._past()
        shares = (1 - self.calibration, self.calibration)
        least = gap + max(_points_for(needed + past, shares[0]), _points_for(needed, shares[1]))
        if len(X) < least:
            turned = X.shape[1] > len(X)
            mend = "a series is (points, channels): pass X.T" if turned else "pass a longer series or a smaller length"
            raise ValueError(
                f"X has {len(X)} points and a fit with length={self.length} needs {least}, for training, a gap of {gap} "
                f"and calibration; {mend}"
            )
        train, held_out = windows.split_by_time(len(X), shares, gap=gap)
        return X[train], X[held_out.start - past : held_out.stop]

    def _past(self):
        """How many points before a point are needed to scale it."""
        if self.level == "fixed":
            return 0
        return 10 * self.length if self.memory is None else self.memory

    def _scaled(self, X):
        """X in training units, or, without its first `memory` points, in units of what was before each point."""
        z = super()._scaled(X)
        past = self._past()
        if not past:
            return z
        before = np.lib.stride_tricks.sliding_window_view(z, past, axis=0)[:-1]  # (points, channels, past)
        scaled = z[past:].copy()
        rows = max(1, CHUNK_VALUES // (past * z.shape[1]))
        for part in (slice(start, start + rows) for start in range(0, len(scaled), rows)):
            spread = np.maximum(before[part].std(axis=-1), _LEAST_SPREAD)
            scaled[part] = (scaled[part] - before[part].mean(axis=-1)) / spread
        return np.clip(scaled, -CLIP, CLIP)

    def _learn(self, X, rng):
        least = self._past() + self.length + 2
        if len(X) < least:
            raise ValueError(
                f"X has {len(X)} points and at least {least} are wanted; pass a longer series or a smaller length"
            )
        seed = int(rng.randint(2**31 - 1))
        self.history_ = None
        series = self._scaled(X).astype(np.float32)
        if self.kind == "neighbours":
            cut = windows.cut(series, self.length)
            kept = np.sort(rng.permutation(len(cut))[:_REFERENCE_WINDOWS]) if len(cut) > _REFERENCE_WINDOWS else None
            self._remembered = series if kept is None else cut[kept].reshape(len(kept), self.length, -1)
            self._rebuild()
            return
        from aelearn import training

        cut = windows.cut(series, self.length + (self.kind == "forecast"))
        rows = _stream.Rows(lambda places: _flat(cut[places]), len(cut), lambda part, name: part)
        with shared_model(build, *self._shape()) as model:
            model.reset_weights(seed)
            self.history_ = training.train(model, rows, **self._training(seed))
            self._weights = model.get_weights()

    def _rebuild(self):
        """The reference windows: of a series that is kept whole, or those that were drawn of a longer one."""
        if self.kind == "neighbours":
            kept = self._remembered
            rows = _flat(windows.cut(kept, self.length) if kept.ndim == 2 else kept)
            self._neighbours = NearestNeighbors(n_neighbors=1).fit(rows)

    def _shape(self):
        return self.kind, self.length, self.n_features_in_, self.cell, self.units

    def _judged(self, X):
        """The scores of the points that can be judged, the last ones of X."""
        series = self._scaled(X).astype(np.float32)
        if self.kind == "neighbours":
            scores = _of_windows(lambda rows: self._neighbours.kneighbors(rows)[0][:, 0], series, self.length)
        else:
            with shared_model(build, *self._shape()) as model:
                model.set_weights(self._weights)
                if self.kind == "forecast":
                    return _of_windows(lambda rows: self._surprise(model, rows), series, self.length + 1)
                scores = _of_windows(lambda rows: _mean_square(rows, model.reconstruct(rows)), series, self.length)
        return scores if self.at == "end" else windows.to_points(scores, len(series), self.length)

    def _surprise(self, model, rows):  # the squared error of the forecast of each row's last point
        known = self.length * self.n_features_in_
        return _mean_square(rows[:, known:], model.forecast(rows[:, :known]))

    def _calibrate(self, scores):
        super()._calibrate(scores)
        self._neutral = float(np.median(scores))

    def _anomaly_score(self, X):
        scores = self._judged(X)
        return np.concatenate([np.full(len(X) - len(scores), self._neutral), scores])

    def _check_state(self):
        super()._check_state()
        inputs.number(self._neutral, "_neutral")
        if self.kind == "neighbours":
            drawn = np.ndim(self._remembered) == 3
            fits(self._remembered, (None, self.length, self.n_features_in_) if drawn else (None, self.n_features_in_))
        else:
            for weight in self._weights:
                fits(weight, np.shape(weight))


def build(kind, length, channels, cell, units):
    """The network of a kind."""
    from aelearn.models import Forecaster, SequenceAutoencoder

    network = {"forecast": Forecaster, "autoencoder": SequenceAutoencoder}[kind]
    return network(length, channels=channels, cell=cell, units=units)


def _points_for(needed, share):
    """The fewest points of which a share is `needed`."""
    return int(np.ceil(needed / share - 1e-9))


def _flat(cut):
    """Windows (n, length[, channels]) as one row each, (n, length * channels)."""
    return cut.reshape(len(cut), -1)


def _of_windows(function, series, length):
    """function(rows) -> (b,) for the windows of a scaled series, a part of them laid out at a time."""
    cut = windows.cut(series, length)
    rows = max(1, min(CHUNK, _WINDOW_VALUES // (length * series.shape[1])))
    return np.concatenate([function(_flat(part)) for part in _stream.chunks(cut, rows)])


def _mean_square(rows, given):
    return np.square(rows - given.astype(np.float64)).mean(axis=1)


def _series(X):
    """A series as (points, channels) float64, or one sentence in terms of series."""
    X = inputs.array_like(X, "X")
    try:
        array = np.asarray(X)
    except ValueError:
        raise ValueError(
            f"X holds {len(X)} series of different lengths and one series, (points,) or (points, channels), is wanted; "
            "fit on one of them, or cut all channels to the same points"
        ) from None
    if array.ndim not in (1, 2):
        raise ValueError(
            f"X has shape {array.shape} and one series, (points,) or (points, channels), is wanted; "
            "the detector cuts its windows itself: pass the series they come from"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = np.flatnonzero(~np.isfinite(array).reshape(len(array), -1).all(axis=1))
        raise ValueError(
            f"X holds NaN or infinity at {len(bad)} of {len(array)} points (first: point {bad[0]}); fill them in, by "
            "interpolation say, or cut the series there and use one stretch: leaving points out would tear time"
        )
    if array.ndim == 1:
        return inputs.scores(array, "X")[:, None]
    return inputs.table(array, "X", dtype=np.float64)
