"""A series cut into windows, split by time, and scores of windows brought back to points.

A series is an array (n,) or (n, channels) in the order of time. Window i of length L and step s holds the
points i * s to i * s + L - 1; points at the end that do not fill a window are in none.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from aelearn import inputs


def cut(series: ArrayLike, length: int, *, step: int = 1) -> np.ndarray:
    """The windows of a series, (n_windows, length) or (n_windows, length, channels), n_windows = (n - length) // step + 1.

    A window starts every `step` points. What is returned is a read-only view of the series, in which overlapping
    windows share their memory. Raises ValueError for bad input or a series shorter than one window. Taught in: 11
    """
    series = _series(series)
    length, step = inputs.count(length, "length"), inputs.count(step, "step")
    if len(series) < length:
        raise ValueError(
            f"series has {len(series)} points and one window needs {length}; pass a longer series or a smaller length"
        )
    windows = np.lib.stride_tricks.sliding_window_view(series, length, axis=0)[::step]
    return windows if series.ndim == 1 else np.moveaxis(windows, -1, 1)


def next_values(series: ArrayLike, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows (n - length, length[, channels]) and the value after each, (n - length[, channels]): what a forecast learns.

    Target i is point i + length. Raises ValueError for bad input or fewer than length + 1 points. Taught in: 11
    """
    series, length = _series(series), inputs.count(length, "length")
    if len(series) <= length:
        raise ValueError(
            f"series has {len(series)} points and a window with the value after it needs {length + 1}; "
            "pass a longer series or a smaller length"
        )
    return cut(series[:-1], length), series[length:]


def split_by_time(n: int, shares: Sequence[float], *, gap: int = 0) -> list[slice]:
    """Cut n points into parts that follow one another, with `gap` points left out between neighbours.

    shares: one number above 0 for each part, which sum to 1: of the points that no gap takes. Returns a list of slices,
    for the series and its labels alike. Windows cut inside a part cross no border; with a gap of at least their
    length, no window of one part would overlap or touch one of another.
    Raises ValueError for bad input or when a part would be empty. Taught in: 11
    """
    n, gap = inputs.count(n, "n"), inputs.count(gap, "gap", least=0)
    shares = inputs.scores(shares, "shares")
    if (shares <= 0).any() or abs(shares.sum() - 1) > 1e-6:
        raise ValueError(
            f"shares is {shares.tolist()} and numbers above 0 that sum to 1 are wanted, such as (0.6, 0.2, 0.2)"
        )
    usable = n - gap * (len(shares) - 1)
    ends = np.rint(np.cumsum(shares) * max(usable, 0)).astype(int)
    starts = np.append(0, ends[:-1])
    if (ends <= starts).any():
        raise ValueError(
            f"n is {n} and too small for {len(shares)} parts with a gap of {gap}: a part would be empty; "
            "pass a longer series or a smaller gap"
        )
    return [slice(int(a + k * gap), int(b + k * gap)) for k, (a, b) in enumerate(zip(starts, ends, strict=True))]


def to_points(
    scores: ArrayLike,
    n: int,
    length: int,
    *,
    step: int = 1,
    reduce: str = "mean",
    at: str = "cover",
    neutral: float | None = None,
) -> np.ndarray:
    """Scores of the windows of `cut(series, length, step=step)` as one score for each of the n points, (n,) float64.

    scores: (n_windows,), one score a window, or (n_windows, length), one for each point of each window, such as its
    squared error. at: which windows speak for a point.

    "cover", the default: all that cover it, by their mean or maximum (`reduce`). Sharp, and for records that are
    complete: a point is judged with windows that end up to length - 1 points later, so its score comes that late, and
    points before an event share windows with it and may seem to warn of it. Points that no window covers, at the end
    or between windows (step > length), take the score of the nearest covered point, the earlier one of two alike.

    "end": the last window that has ended, by its last point where it has a score for each. Causal: a score is there
    at once and uses no later point, as in live use; an event shows when its first points are in a window, and until
    length - 1 points after it. The first length - 1 points, which no window has judged, get `neutral`, such as the
    median score of the calibration part.

    Raises ValueError for bad input or when `scores` does not belong to n, length and step. Taught in: 11
    """
    n, length, step = inputs.count(n, "n"), inputs.count(length, "length"), inputs.count(step, "step")
    inputs.choice(reduce, "reduce", ("mean", "max"))
    inputs.choice(at, "at", ("cover", "end"))
    if np.ndim(scores) == 2:
        scores = inputs.table(scores, "scores", columns=length, dtype=np.float64)
    else:
        scores = inputs.scores(scores)[:, None]
    wanted = (n - length) // step + 1 if n >= length else 0
    if len(scores) != wanted:
        raise ValueError(
            f"scores has {len(scores)} rows, and {n} points have {wanted} windows of length {length} and step {step}; "
            "pass the n, length and step that the windows were cut with"
        )
    if at == "end":
        last, neutral = scores[:, -1], inputs.number(neutral, "neutral")
        ended = (np.arange(n) - (length - 1)) // step  # of the windows that have ended by then, the last
        return np.where(ended < 0, neutral, last[ended.clip(0, wanted - 1)])
    points, n_covering = np.full(n, -np.inf if reduce == "max" else 0.0), np.zeros(n, int)
    combine = np.maximum if reduce == "max" else np.add
    for offset in range(length):
        covered = slice(offset, offset + step * (wanted - 1) + 1, step)
        points[covered] = combine(points[covered], scores[:, min(offset, scores.shape[1] - 1)])
        n_covering[covered] += 1
    if reduce == "mean":
        points /= np.maximum(n_covering, 1)
    return points[_nearest(np.flatnonzero(n_covering), n)]


def _nearest(places, n):
    """For each of n points the nearest of the sorted places; the earlier one of two alike."""
    here = np.arange(n)
    after = np.minimum(np.searchsorted(places, here), len(places) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(here - places[before]) <= np.abs(places[after] - here), places[before], places[after])


def _series(values, name="series"):
    """values as (n,) or (n, channels), float32 where they are that already, else float64."""
    values = inputs.array_like(values, name)
    try:
        n_axes = np.ndim(values)
    except ValueError:
        n_axes = 2  # rows of different lengths, which `table` refuses
    dtype = np.float32 if getattr(values, "dtype", None) == np.float32 else np.float64
    if n_axes == 2:
        return inputs.table(values, name, dtype=dtype)
    if n_axes != 1:
        raise ValueError(f"{name} has shape {np.shape(values)} and (points,) or (points, channels) is wanted")
    return inputs.table(np.asarray(values)[:, None], name, dtype=dtype)[:, 0]
