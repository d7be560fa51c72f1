"""How good is a detector? Ranking, the promise kept, and what an alarm is worth."""

from dataclasses import dataclass

import numpy as np

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


def evaluate(y, scores, threshold, *, base_rate=None, resamples=200, seed=0):
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


def precision_at(recall, false_alarm_rate, base_rate):
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


@dataclass(frozen=True)
class EventResult:
    """What `evaluate_events` found; prints as a small table. Taught in: 11

    point_precision, point_recall: each point counts by itself. event_recall: share of the events with an alarm in them.
    event_precision: found events among found events and false alarms. n_false_alarms: runs of alarms without a single
    anomalous point. Precisions are nan when there is no alarm.
    """

    point_precision: float
    point_recall: float
    event_precision: float
    event_recall: float
    n_events: int
    n_found: int
    n_false_alarms: int

    def __repr__(self):
        return (
            f"points  precision {self.point_precision:.2f}, recall {self.point_recall:.2f}\n"
            f"events  precision {self.event_precision:.2f}, recall {self.event_recall:.2f}: "
            f"{self.n_found} of {self.n_events} found, {self.n_false_alarms} false alarms"
        )


def events(y):
    """The runs of 1 in y (n,), as an int array (n_events, 2) of start and stop: y[start:stop] is one event. Taught in: 11"""
    edges = np.diff(inputs.labels(y), prepend=0, append=0)
    return np.column_stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)])


def evaluate_events(y, alarms):
    """Judge alarms on a series by points and by events. y, alarms: (n,), 1 = anomaly and 1 = alarm, in time order.

    An event is a run of anomalous points, and found when an alarm is raised anywhere in it. Alarms that follow one
    another without a break are one alarm, and a false one when no point of it is anomalous.
    Returns an EventResult. Raises ValueError for bad input or when y holds no anomaly. Taught in: 11
    """
    alarms = inputs.labels(alarms, "alarms")
    y = _with_events(y, len(alarms))
    true = int((y * alarms).sum())
    n_found = sum(bool(alarms[start:stop].any()) for start, stop in events(y))
    n_false = sum(not y[start:stop].any() for start, stop in events(alarms))
    n_events = len(events(y))

    def share(part, whole):
        return part / whole if whole else float("nan")

    return EventResult(
        point_precision=share(true, int(alarms.sum())),
        point_recall=true / int(y.sum()),
        event_precision=share(n_found, n_found + n_false),
        event_recall=n_found / n_events,
        n_events=n_events,
        n_found=n_found,
        n_false_alarms=n_false,
    )


def best_f1(y, scores):
    """The largest F1 of any threshold on the scores (n,): a threshold chosen with the labels of the test. Taught in: 11"""
    scores = inputs.scores(scores)
    y = _with_events(y, len(scores))
    hits, alarms = _counts(scores, y)
    return float((2 * hits / (alarms + y.sum())).max())


def point_adjusted(y, scores):
    """The scores (n,) with each event's points all raised to the event's largest score, as if one hit found them all.

    A practice to be warned of: it sees the labels, and long events make random scores look good. Kept so that you
    can measure by how much: `best_f1(y, point_adjusted(y, scores))`. Source: Kim et al. (2022), arXiv:2109.05257,
    who show what it does. Taught in: 11
    """
    scores = inputs.scores(scores).copy()
    for start, stop in events(_with_events(y, len(scores))):
        scores[start:stop] = scores[start:stop].max()
    return scores


def vus_pr(y, scores, *, max_buffer):
    """The volume under the precision-recall surface, 0 to 1: average precision that forgives a near miss.

    y (n,) labels, 1 = anomaly. scores (n,), higher = more anomalous. max_buffer: in points, such as the length of
    the windows; 0 leaves average precision, times the share of events found. For each whole buffer length b up to
    it, points up to b // 2 away from an event count as anomalous in part, sqrt(1 - distance / b); the recall is
    multiplied by the share of events with an alarm in them or their buffer; the result is the mean over all b of
    the area under that curve. Differences to the authors' code: every score is a threshold, not 250 of them; the
    area is a sum of steps, as in average precision, not of trapezia; where buffers meet, the larger label counts
    and not the sum; events whose buffers meet stay two. Raises ValueError for bad input or when y holds no anomaly.
    Source: Paparrizos et al. (2022), doi:10.14778/3551793.3551830. Taught in: 11
    """
    scores = inputs.scores(scores)
    y = _with_events(y, len(scores))
    return float(np.mean([_range_pr(y, scores, b) for b in range(inputs.count(max_buffer, "max_buffer", least=0) + 1)]))


def _range_pr(y, scores, buffer):
    """The area under the precision-recall curve of labels with a buffer around each event."""
    soft, place, found_at = y.astype(float), np.arange(len(y)), []
    for start, stop in events(y):
        distance = np.maximum(start - place, place - (stop - 1)).clip(min=0)
        near = distance <= buffer // 2
        soft[near] = np.maximum(soft[near], np.sqrt(1 - distance[near] / max(buffer, 1)))
        found_at.append(scores[near].max())
    hits, alarms = _counts(scores, soft)
    thresholds = np.unique(scores)[::-1]
    found = np.searchsorted(np.sort(-np.array(found_at)), -thresholds, side="right") / len(found_at)
    recall = np.minimum(hits / ((y.sum() + soft.sum()) / 2), 1) * found
    return (np.diff(recall, prepend=0) * hits / alarms).sum()


def _counts(scores, weights):
    """For each distinct score as a threshold, from high to low: the weights at or above it summed, and the number of alarms."""
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    return np.cumsum(weights[order])[last_of_tie], last_of_tie + 1


def _with_events(y, rows):
    y = inputs.labels(y, rows=rows)
    if not y.any():
        raise ValueError("y holds no anomaly and at least one is wanted; judge on a series that has some")
    return y
