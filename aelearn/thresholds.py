"""Thresholds: from the anomaly scores of normal samples to the limit above which an alarm is raised.

Every rule takes scores (m,) of normal samples that the model was not trained on; a sample is
an anomaly when its score is greater than the threshold. `alpha` is the promised false-alarm
rate: the share of new normal samples that raise an alarm.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from aelearn import inputs


def fixed(scores: ArrayLike, value: float) -> float:
    """The same limit for every model and data set: it promises nothing. Returns float. Taught in: 04"""
    inputs.scores(scores)
    return inputs.number(value, "value")


def mean_plus_k_sd(scores: ArrayLike, k: float = 3.0) -> float:
    """mean + k standard deviations. The promise holds only if the scores are normally distributed. Taught in: 04"""
    scores = inputs.scores(scores, min_rows=2)
    return float(scores.mean() + inputs.number(k, "k") * scores.std())


def mad(scores: ArrayLike, k: float = 3.0) -> float:
    """median + k times 1.4826 times the median absolute deviation: as above, but outliers do not move it.

    Source: Leys et al. (2013), doi:10.1016/j.jesp.2013.03.013. Taught in: 04
    """
    scores = inputs.scores(scores, min_rows=2)
    median = np.median(scores)
    return float(median + inputs.number(k, "k") * 1.4826 * np.median(np.abs(scores - median)))


def quantile(scores: ArrayLike, alpha: float) -> float:
    """The (1 - alpha) quantile of the scores: right in the limit, too low for few scores. Taught in: 04"""
    return float(np.quantile(inputs.scores(scores), 1 - inputs.between(alpha, "alpha")))


def peaks_over_threshold(scores: ArrayLike, alpha: float, *, tail: float = 0.2) -> float:
    """Fit a generalised Pareto distribution to the largest scores and read the limit off its tail.

    tail: share of the scores that count as the tail; alpha must be smaller. Useful when alpha is
    so small that few or no scores lie beyond it; expect a factor of two either way. The fit is by
    moments, and raises too many alarms for scores with a hard upper end.
    Source: Hosking & Wallis (1987), doi:10.1080/00401706.1987.10488243. Taught in: 04
    """
    from scipy.stats import genpareto

    alpha, tail = inputs.between(alpha, "alpha"), inputs.between(tail, "tail")
    if alpha >= tail:
        raise ValueError(
            f"alpha is {alpha:g} and less than tail ({tail:g}) is wanted; use a larger tail or quantile(...)"
        )
    needed = math.ceil(10 / tail)
    scores = inputs.scores(scores, min_rows=needed)
    start = np.quantile(scores, 1 - tail)
    excess = scores[scores > start] - start
    if len(excess) < 2 or excess.var() == 0:
        raise ValueError("scores has no spread in its tail: the largest are all equal; use conformal(...)")
    if len(excess) <= alpha * len(scores):
        raise ValueError(
            f"scores has many equal values: only {len(excess)} of {len(scores)} lie beyond the start of the tail, "
            f"fewer than alpha={alpha:g} needs; use conformal(...)"
        )
    ratio = excess.mean() ** 2 / excess.var()
    shape, scale = 0.5 * (1 - ratio), 0.5 * excess.mean() * (ratio + 1)
    return float(start + genpareto.isf(alpha * len(scores) / len(excess), shape, scale=scale))


def conformal(scores: ArrayLike, alpha: float) -> float:
    """The split-conformal limit: the k-th smallest score with k = ceil((m + 1)(1 - alpha)).

    If the scores and the new sample come from the same source, the chance of a false alarm is at
    most alpha, and at least alpha - 1 / (m + 1) without ties, whatever the distribution.
    Raises ValueError when m is too small for alpha, and says how many are needed.
    Source: Bates et al. (2023), arXiv:2104.08279. Taught in: 04
    """
    scores, alpha = inputs.scores(scores), inputs.between(alpha, "alpha")
    n_above = math.floor(alpha * (len(scores) + 1) + 1e-9)  # scores that may stay above the limit, plus the new one
    if n_above < 1:
        needed = math.ceil(1 / alpha - 1 - 1e-9)
        raise ValueError(
            f"scores has {len(scores)} values and alpha={alpha:g} needs at least {needed}; "
            "calibrate on more normals or promise a larger alpha"
        )
    return float(np.sort(scores)[len(scores) - n_above])


def tolerance(scores: ArrayLike, alpha: float, *, confidence: float = 0.95) -> float:
    """The limit that delivers at most alpha false alarms for a share `confidence` of all calibration sets.

    `conformal` keeps its promise on average: for nearly half of the sets a threshold delivers more. The share of new
    normals above the k-th smallest of m scores varies from set to set as Beta(m + 1 - k, k), whatever the distribution
    of the scores (no ties, independent draws; with ties it is smaller). This takes the smallest k for which it exceeds
    alpha with a chance of at most 1 - confidence. It lies above the conformal limit, so it costs recall.
    Raises ValueError when m is too small, and says how many are needed: 59 for alpha=.05 and confidence=.95.
    Source: Wilks (1941), doi:10.1214/aoms/1177731788. Taught in: 04
    """
    from scipy.stats import binom

    scores, alpha = inputs.scores(scores), inputs.between(alpha, "alpha")
    luck = 1 - inputs.between(confidence, "confidence")
    m = len(scores)
    # More than alpha lie above the (j + 1)-th largest score when at most j of m have a chance of alpha come true.
    n_above = int(np.searchsorted(binom.cdf(np.arange(m), m, alpha), luck + 1e-12, side="right")) - 1
    if n_above < 0:
        needed = math.ceil(math.log(luck) / math.log1p(-alpha) - 1e-9)
        raise ValueError(
            f"scores has {m} values, and alpha={alpha:g} with confidence={confidence:g} needs at least {needed}; "
            "calibrate on more normals, or promise a larger alpha or a smaller confidence"
        )
    return float(np.sort(scores)[m - 1 - n_above])


def p_values(calibration_scores: ArrayLike, scores: ArrayLike) -> np.ndarray:
    """The conformal p-value of each new score, (n,) in (0, 1]: small means anomalous.

    (1 + number of calibration scores at least as large) / (m + 1). For a normal sample the chance
    that it is at most alpha is at most alpha, so `p <= alpha` is the same alarm as `conformal`.
    Source: Bates et al. (2023), arXiv:2104.08279. Taught in: 04
    """
    calibration_scores = np.sort(inputs.scores(calibration_scores, "calibration_scores", min_rows=1))
    scores = inputs.scores(scores)
    n_at_least = len(calibration_scores) - np.searchsorted(calibration_scores, scores, side="left")
    return (1 + n_at_least) / (len(calibration_scores) + 1)
