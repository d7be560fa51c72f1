"""What every detector has once: checked input, scaling, a threshold from held-out normals, answers, and a file."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from aelearn import inputs, thresholds
from aelearn.detectors import storage

SCALINGS = ("auto", "each", "together")
CLIP = 1e3  # standard deviations; beyond it a value says no more than "far out"
ALIKE = 10  # scaling="auto": features whose ranges differ by at most this factor are scaled together
CHUNK_VALUES = (
    400_000  # numbers of one layer held at once while scoring: more leaves the processor's cache, and is slower
)


def _judges_other_rows(detector):
    raise AttributeError(
        f"fit_predict is not offered: {type(detector).__name__} learns what the rows it is fitted on have in common, and finds "
        "few anomalies among them; fit on normal rows and call predict on others"
    )


class CalibratedDetector(OutlierMixin, BaseEstimator):
    """What every detector here shares: scaling, a threshold from held-out normals, scikit-learn's answers, and a file.

    A method of your own becomes a detector by two functions: `_learn(X, rng)` fits on X (n, d), as measured
    (`self._scaled(X)` scales it), and `_anomaly_score(X)` gives (n,), higher = more anomalous.
    scaling, alpha, calibration, random_state: see AutoencoderDetector.

    `save` writes what `_learn` keeps in `self`: arrays, numbers, texts, and lists, tuples and dicts of them. An
    attribute of another kind, a fitted scikit-learn object say, is named in the class's tuple `_rebuilt`, and
    `_rebuild(self)` makes it again from the others after a load. Taught in: 09
    """

    n_features_in_: int
    _rebuilt: tuple[str, ...] = ()  # attributes that _rebuild makes from the others
    # by how much scores may differ from rounding alone; None: a billionth of their range, up to 1e-12
    _rounding: float | None = None

    def __init__(self, *, scaling="auto", alpha=0.05, calibration=0.2, random_state=None):
        self.scaling = scaling
        self.alpha = alpha
        self.calibration = calibration
        self.random_state = random_state

    def fit(self, X, y=None, *, X_calibration=None):
        """Fit on normal samples X (n, d), of which a share is held out for the threshold.

        X_calibration: (m, d) other normal samples for the threshold; then all of X is trained on. y is ignored.
        Warns (UserWarning) when there are fewer calibration rows than the promise alpha needs. Raises ValueError for
        bad input. Returns self.
        """
        self._check_parameters()
        X = self._validated(X, first=True)
        rng = check_random_state(self.random_state)
        if X_calibration is None:
            X, X_calibration = self._parted(X, rng)
        else:
            X_calibration = self._validated(X_calibration)
        self._fit_scale(X)
        self._learn(X, rng)
        self._calibrate(self._judged(X_calibration))
        self._look_back(X)
        return self

    def recalibrate(self, X_normal):
        """A new threshold, from normal samples X_normal (m, d) that it was not fitted on; what it learned stays as it is.

        For data that drift: recent normals, such as a recent normal stretch of a series, put the promise right again
        for as long as the data stay like them. The ranking does not change. Warns and raises as `fit`. Returns self.
        """
        self._calibrate(self._judged(self._checked(X_normal)))
        return self

    @available_if(_judges_other_rows)
    def fit_predict(self, X, y=None, **settings):
        """Withheld, as scikit-learn's LocalOutlierFactor(novelty=True) does: the rows of `fit` are not judged."""

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

    def save(self, path):
        """Write the fitted detector to `path` as arrays and plain values: no code, no pickle. Returns the path.

        The file is complete or not there at all. A checksum finds damage; it is no signature, so load only files whose
        origin you trust, as with any other input. A random_state that is no number is stored as None. Raises ValueError
        for an attribute that such a file cannot hold, and NotFittedError.
        """
        check_is_fitted(self)
        parameters = self.get_params(deep=False)
        state = {k: v for k, v in vars(self).items() if k not in parameters and k not in self._rebuilt}
        if not isinstance(self.random_state, int | np.integer):
            parameters |= {"random_state": None} if "random_state" in parameters else {}
        return storage.write(path, _stored_name(type(self)), parameters, state)

    @classmethod
    def load(cls, path):
        """The detector of this class that `save` wrote; `aelearn.detectors.load` finds the class of the package's own itself.

        Raises ValueError, in one sentence, for a file that is no detector, is another one, or was changed.
        """
        return cls.from_stored(storage.read(path))

    @classmethod
    def from_stored(cls, stored):
        """A detector of this class from what `storage.read` gave. Raises ValueError as `load`."""
        path, name, parameters, state = stored
        if name.rpartition(".")[2] != cls.__name__:
            raise ValueError(
                f"{path} was saved by {name} and {cls.__name__} was asked to load it; use {name.rpartition('.')[2]}.load(path)"
            )
        try:
            detector = cls(**parameters)
            if any(hasattr(cls, attribute) for attribute in state):
                raise KeyError("an attribute that would hide a method")
            for attribute, value in state.items():
                setattr(detector, attribute, value)
            detector._check_parameters()
            detector._check_state()
            detector._rebuild()
        except Exception:  # whatever values that belong to no detector bring about
            raise ValueError(f"{path} was saved by {name} and its parts do not fit together; {storage.MEND}") from None
        return detector

    def _rebuild(self):
        """Make the attributes of `_rebuilt` from the others: called by `load`, and by your `_learn` if you like."""

    def _check_state(self):
        """Raise ValueError when what was loaded cannot be a fitted detector: shapes that do not fit, numbers not finite."""
        d, n = inputs.count(self.n_features_in_, "n_features_in_"), inputs.count(self.n_calibration_, "n_calibration_")
        inputs.number(self.offset_, "offset_")
        fits(self._center, (d,))
        if not (fits(self._scale, (d,)) > 0).all() or (np.diff(fits(self._calibration_scores, (n,))) < 0).any():
            raise ValueError("scales above 0 and sorted calibration scores are wanted")

    def _check_parameters(self):
        inputs.choice(self.scaling, "scaling", SCALINGS)
        inputs.between(self.alpha, "alpha")
        inputs.between(self.calibration, "calibration")

    def _validated(self, X, first=False):
        """X as an array (n, d) of finite numbers, or an error; `first` remembers its width and column names."""
        X = inputs.array_like(X, "X")
        least = 2 if first else 1
        X = validate_data(
            self, X, dtype=(np.float64, np.float32), reset=first, ensure_min_samples=least, ensure_all_finite=False
        )
        return inputs.table(X, "X", dtype=X.dtype)

    def _checked(self, X):
        check_is_fitted(self)
        return self._validated(X)

    def _parted(self, X, rng):
        """X in two parts, to train on and to calibrate with."""
        rows = rng.permutation(len(X))
        n = min(max(1, round(self.calibration * len(X))), len(X) - 1)
        return X[rows[n:]], X[rows[:n]]

    def _judged(self, X):
        """The scores of X that a threshold may come from: all, where every row can be judged."""
        return self._anomaly_score(X)

    def _look_back(self, X):
        """Warn when what was learned from the training rows X shows a fault, at the end of `fit`."""

    def _fit_scale(self, X):
        """Center and scale of each column; a column that is constant takes the (geometric) mean scale of the others."""
        self._center, spread, half_range = _center_and_spread(X)
        varies = spread > 1e-12 * np.abs(self._center)
        if not varies.any():
            self._scale = np.ones(len(spread))
            return
        together = self.scaling == "together"
        if self.scaling == "auto":
            low, high = np.quantile(half_range[varies], [0.1, 0.9])
            together = high <= ALIKE * low
        if together:
            unit = _power_of_two(spread.max())
            self._scale = np.full(len(spread), unit * np.sqrt(np.square(spread[varies] / unit).mean()))
        else:
            self._scale = np.where(varies, spread, np.exp(np.log(spread[varies]).mean()))

    def _scaled(self, X):
        with np.errstate(over="ignore"):  # infinity is clipped
            return np.clip((X - self._center) / self._scale, -CLIP, CLIP)

    def _in_chunks(self, function, X, width=1):
        """function(scaled rows) for a part of X at a time, put together again; width: most numbers a row becomes."""
        rows = max(1, CHUNK_VALUES // max(X.shape[1], width, 1))
        return np.concatenate([function(self._scaled(X[start : start + rows])) for start in range(0, len(X), rows)])

    def _calibrate(self, scores):
        self._calibration_scores = np.sort(scores)
        self.n_calibration_ = n = len(scores)
        self.promised_rate_ = max(self.alpha, 1 / (n + 1))
        limit = thresholds.conformal(scores, self.promised_rate_)
        rounding = self._rounding
        if rounding is None:
            rounding = min(1e-12, 1e-9 * np.ptp(scores)) or 1e-12
        self.offset_ = -float(
            limit + 1e-9 * abs(limit) + rounding
        )  # a score that differs by rounding alone is no alarm
        if self.promised_rate_ > self.alpha:
            warnings.warn(
                f"alpha={self.alpha:g} needs {int(np.ceil(1 / self.alpha - 1 - 1e-9))} calibration rows and there are {n}: the promise "
                f"is {self.promised_rate_:.2g} (promised_rate_); pass more normals, a larger share or a larger alpha",
                stacklevel=3,
            )


def fits(array, shape):
    """An array of finite numbers of this shape, in which None is any length, or a ValueError."""
    array = np.asarray(array)
    alike = array.ndim == len(shape) and all(b is None or a == b for a, b in zip(array.shape, shape, strict=True))
    if not alike or array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise ValueError(f"finite numbers of shape {shape} are wanted")
    return array


def _center_and_spread(X):
    """Mean, standard deviation and half the range of each column, float64; exact for any unit that float64 has."""
    high, low = X.max(axis=0).astype(np.float64), X.min(axis=0).astype(np.float64)
    largest = np.maximum(high, -low)
    unit = np.ones(len(largest))
    extreme = (largest > 1e100) | ((largest > 0) & (largest < 1e-100))  # squares would overflow or vanish
    if extreme.any():
        unit[extreme] = _power_of_two(largest[extreme])
        X = X / unit
    return X.mean(axis=0, dtype=np.float64) * unit, X.std(axis=0, dtype=np.float64) * unit, high / 2 - low / 2


def _power_of_two(value):
    """The power of two at or below a number above 0: dividing by it rounds nothing."""
    return np.exp2(np.frexp(value)[1] - 1.0)


def _stored_name(kind):
    """The package's own classes by their name alone, which no later layout changes; others with their module."""
    return kind.__name__ if kind.__module__.startswith("aelearn.") else f"{kind.__module__}.{kind.__qualname__}"
