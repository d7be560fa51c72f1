"""How good is a detector? Ranking, the promise kept, and what an alarm is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from aelearn import inputs


@dataclass(frozen=True)
class Result:
    """What `evaluate` found; prints as a small table. Intervals are pairs (low, high).

    auc, average_precision: of the ranking. false_alarm_rate: share of normals with an alarm.
    recall: share of anomalies with an alarm. precision: share of alarms that are anomalies,
    at `base_rate`, the share of anomalies. Taught in: 04
    """

    auc: float
    auc_interval: tuple
    average_precision: float
    average_precision_interval: tuple
    false_alarm_rate: float
    false_alarm_interval: tuple
    recall: float
    recall_interval: tuple
    precision: float
    base_rate: float
    n_normal: int
    n_anomalies: int

    def __repr__(self):
        def line(name, value, interval):
            return f"{name:18} {value:6.3f}   ({interval[0]:.3f} to {interval[1]:.3f})"

        return "\n".join(
            [
                f"{self.n_normal} normal, {self.n_anomalies} anomalies; in brackets: 95 % intervals",
                line("ROC AUC", self.auc, self.auc_interval),
                line("average precision", self.average_precision, self.average_precision_interval),
                line("false-alarm rate", self.false_alarm_rate, self.false_alarm_interval),
                line("recall", self.recall, self.recall_interval),
                f"{'precision':18} {self.precision:6.3f}   if {self.base_rate:.2%} of all samples are anomalies",
            ]
        )


def evaluate(
    y: ArrayLike,
    scores: ArrayLike,
    threshold: float,
    *,
    base_rate: float | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> Result:
    """Judge anomaly scores and a threshold on a test set.

    y: (n,) labels, 1 = anomaly. scores: (n,), higher = more anomalous. threshold: an alarm is a
    score greater than it. base_rate: the share of anomalies where the detector will work, for the
    precision; None takes the test set's, which is seldom the world's. Intervals: exact binomial
    for rates, bootstrap within each class (`resamples`, `seed`) for AUC and average precision.
    Returns a Result. Raises ValueError for bad input. Taught in: 04
    """
    from scipy.stats import binomtest

    scores = inputs.scores(scores)
    y = inputs.both_classes(y, rows=len(scores))
    threshold = inputs.number(threshold, "threshold")
    base_rate = float(y.mean()) if base_rate is None else inputs.between(base_rate, "base_rate")
    alarm = scores > threshold

    def rate(rows):
        count = binomtest(int(alarm[rows].sum()), int(rows.sum()))
        interval = count.proportion_ci(0.95)
        return count.statistic, (float(interval.low), float(interval.high))

    false_alarm_rate, false_alarm_interval = rate(y == 0)
    recall, recall_interval = rate(y == 1)
    resamples = inputs.count(resamples, "resamples", least=2)
    (auc, average_precision), intervals = _ranking(y, scores, resamples, np.random.default_rng(seed))
    return Result(
        auc=auc,
        auc_interval=intervals[0],
        average_precision=average_precision,
        average_precision_interval=intervals[1],
        false_alarm_rate=false_alarm_rate,
        false_alarm_interval=false_alarm_interval,
        recall=recall,
        recall_interval=recall_interval,
        precision=precision_at(recall, false_alarm_rate, base_rate),
        base_rate=base_rate,
        n_normal=int((y == 0).sum()),
        n_anomalies=int(y.sum()),
    )


def precision_at(recall: float, false_alarm_rate: float, base_rate: float) -> float:
    """The share of alarms that are anomalies (Bayes' rule), nan when nothing raises an alarm.

    recall and false_alarm_rate lie in [0, 1], base_rate in (0, 1). Taught in: 04
    """
    for name, value in {"recall": recall, "false_alarm_rate": false_alarm_rate}.items():
        if not 0 <= inputs.number(value, name) <= 1:
            raise ValueError(f"{name} is {value!r} and a share from 0 to 1 is wanted")
    base_rate = inputs.between(base_rate, "base_rate")
    true_alarms, false_alarms = recall * base_rate, false_alarm_rate * (1 - base_rate)
    return float(true_alarms / (true_alarms + false_alarms)) if true_alarms + false_alarms else float("nan")


def _ranking(y, scores, resamples, rng):
    """AUC and average precision, and their bootstrap intervals: rows are sorted once, resamples only reweight them."""
    order = np.argsort(-scores, kind="stable")
    y, scores = y[order], scores[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)

    def both(weights):
        hits = np.cumsum(weights * y)[last_of_tie]
        alarms = np.cumsum(weights)[last_of_tie]
        new_hits, misses = np.diff(hits, prepend=0), alarms - hits
        new_misses = np.diff(misses, prepend=0)
        auc = 1 - (new_hits * (misses - new_misses / 2)).sum() / (hits[-1] * misses[-1])
        return auc, (new_hits * hits / np.maximum(alarms, 1)).sum() / hits[-1]

    drawn = []
    for _ in range(resamples):
        weights = np.zeros(len(y))
        for kind in (0, 1):
            rows = np.flatnonzero(y == kind)
            weights[rows] = np.bincount(rng.integers(len(rows), size=len(rows)), minlength=len(rows))
        drawn.append(both(weights))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    values = both(np.ones(len(y)))
    return [float(v) for v in values], [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
