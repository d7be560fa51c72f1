"""Alarms on a series, judged by its events: what was found, how soon, and at what price."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from aelearn import inputs


@dataclass(frozen=True)
class EventResult:
    """What `evaluate_events` found; prints as a small table. Taught in: 11

    point_precision, point_recall: each point counts by itself. event_recall: share of the events with an alarm in them.
    event_precision: found events among found events and false alarms, times the share of normal points without an
    alarm: an alarm that is always on finds every event, and has 0. n_false_alarms: runs of alarms without a single
    anomalous point. time_in_alarm: share of all points with an alarm. false_alarm_rate: share of the normal points.
    delays: points from the start of each found event to its first alarm, in order; an alarm that was on before has 0.
    Precisions are nan when there is no alarm, false_alarm_rate is nan when no point is normal.
    """

    point_precision: float
    point_recall: float
    event_precision: float
    event_recall: float
    n_events: int
    n_found: int
    n_false_alarms: int
    time_in_alarm: float
    false_alarm_rate: float
    delays: tuple

    def __repr__(self):
        delay = f", after {np.median(self.delays):g} points (median)" if self.delays else ""
        return (
            f"points  precision {self.point_precision:.2f}, recall {self.point_recall:.2f}\n"
            f"events  precision {self.event_precision:.2f}, recall {self.event_recall:.2f}: "
            f"{self.n_found} of {self.n_events} found{delay}, {self.n_false_alarms} false alarms\n"
            f"alarm   on {self.time_in_alarm:.1%} of the time, and {self.false_alarm_rate:.1%} of the normal points"
        )


def events(y: ArrayLike) -> np.ndarray:
    """The runs of 1 in y (n,), as an int array (n_events, 2) of start and stop: y[start:stop] is one event. Taught in: 11"""
    edges = np.diff(inputs.labels(y), prepend=0, append=0)
    return np.column_stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)])


def evaluate_events(y: ArrayLike, alarms: ArrayLike) -> EventResult:
    """Judge alarms on a series by points and by events. y, alarms: (n,), 1 = anomaly and 1 = alarm, in time order.

    An event is a run of anomalous points, and found when an alarm is raised anywhere in it. Alarms that follow one
    another without a break are one alarm, and a false one when no point of it is anomalous; how much normal time the
    other alarms cover lowers the event precision too.
    Returns an EventResult. Raises ValueError for bad input or when y holds no anomaly. Source, of the event
    precision: Sehili & Zhang (2023), arXiv:2308.13068. Taught in: 11
    """
    alarms = inputs.labels(alarms, "alarms")
    y = _with_events(y, len(alarms))
    delays = tuple(int(alarms[start:stop].argmax()) for start, stop in events(y) if alarms[start:stop].any())
    n_false = sum(not y[start:stop].any() for start, stop in events(alarms))
    n_events, true = len(events(y)), int((y * alarms).sum())

    def share(part, whole):
        return part / whole if whole else float("nan")

    false_alarm_rate = share(int(alarms[y == 0].sum()), int((y == 0).sum()))
    quiet = 1 - false_alarm_rate if (y == 0).any() else 1.0
    return EventResult(
        point_precision=share(true, int(alarms.sum())),
        point_recall=true / int(y.sum()),
        event_precision=share(len(delays), len(delays) + n_false) * quiet,
        event_recall=len(delays) / n_events,
        n_events=n_events,
        n_found=len(delays),
        n_false_alarms=n_false,
        time_in_alarm=float(alarms.mean()),
        false_alarm_rate=false_alarm_rate,
        delays=delays,
    )


def best_f1(y: ArrayLike, scores: ArrayLike) -> float:
    """The largest F1 of any threshold on the scores (n,): a threshold chosen with the labels of the test. Taught in: 11"""
    scores = inputs.scores(scores)
    y = _with_events(y, len(scores))
    order, last_of_tie = _ranked(scores)
    hits = np.cumsum(y[order])[last_of_tie]
    return float((2 * hits / (last_of_tie + 1 + y.sum())).max())


def point_adjusted(y: ArrayLike, scores: ArrayLike) -> np.ndarray:
    """The scores (n,) with each event's points all raised to the event's largest score, as if one hit found them all.

    A practice to be warned of: it sees the labels, and long events make random scores look good. Kept so that you
    can measure by how much: `best_f1(y, point_adjusted(y, scores))`. Source: Kim et al. (2022), arXiv:2109.05257,
    who show what it does. Taught in: 11
    """
    scores = inputs.scores(scores).copy()
    for start, stop in events(_with_events(y, len(scores))):
        scores[start:stop] = scores[start:stop].max()
    return scores


def vus_pr(y: ArrayLike, scores: ArrayLike, *, max_buffer: int) -> float:
    """The volume under the precision-recall surface, 0 to 1: average precision that forgives a near miss.

    y (n,) labels, 1 = anomaly. scores (n,), higher = more anomalous. max_buffer: in points, such as the length of
    the windows; 0 leaves average precision, times the share of events found. For each whole buffer length b up to
    it, a point up to b // 2 away from an event counts as anomalous in part, sqrt(1 - distance / b), or wholly where two
    events are that near, and only where it has an alarm: a buffer without one is no miss. The recall is hits / (P +
    hits in buffers / 2), at most 1, with P anomalous points, times the share of events with an alarm in them or their
    buffer (events whose buffers meet are one); the result is the mean over all b of the area under that curve. Scores
    that are the labels get 1.

    It follows the authors' code as of October 2025 (TSB-AD, `RangeAUC_volume_opt`), with one difference: every score
    is a threshold, not 250 of them.
    Raises ValueError for bad input or when y holds no anomaly.
    Source: Paparrizos et al. (2022), doi:10.14778/3551793.3551830. Taught in: 11
    """
    scores = inputs.scores(scores)
    y = _with_events(y, len(scores))
    max_buffer = inputs.count(max_buffer, "max_buffer", least=0)
    runs, (order, last_of_tie) = events(y), _ranked(scores)
    thresholds = scores[order][last_of_tie]
    in_events = np.cumsum(y[order])[last_of_tie]
    nearest, second = _distances(y, runs)
    near = np.flatnonzero(nearest[order] <= max_buffer // 2)  # the few places in the ranking that a buffer can reach
    near = near[y[order[near]] == 0]
    n_near = np.searchsorted(near, last_of_tie, side="right")
    nearest, second = nearest[order[near]], second[order[near]]
    areas = []
    for buffer in range(max_buffer + 1):
        part = np.sqrt(1 - np.minimum(nearest / max(buffer, 1), 1))
        part = np.where(nearest > buffer // 2, 0, np.where(second > buffer // 2, part, 1))
        in_buffers = np.append(0, np.cumsum(part))[n_near]
        found = _share_found(runs, scores, buffer // 2, thresholds)
        recall = np.minimum((in_events + in_buffers) / (y.sum() + in_buffers / 2), 1) * found
        areas.append((np.diff(recall, prepend=0) * (in_events + in_buffers) / (last_of_tie + 1)).sum())
    return float(np.mean(areas))


def _distances(y, runs):
    """For each point the distance to the nearest event and to the second nearest, in points; inside an event 0 and less of use."""
    n, far = len(y), 2 * len(y)
    here = np.arange(n)
    starts = np.concatenate([runs[:, 0], [far + n, far + n]])
    ends = np.concatenate([[-far, -far], runs[:, 1] - 1])
    after, before = np.searchsorted(runs[:, 0], here), np.searchsorted(runs[:, 1] - 1, here, side="right")
    distances = [starts[after] - here, starts[after + 1] - here, here - ends[before + 1], here - ends[before]]
    nearest, second = np.sort(distances, axis=0)[:2]
    return np.where(y == 1, 0, nearest), second


def _share_found(runs, scores, reach, thresholds):
    """For each threshold the share of events with a score at or above it within `reach` points; events that meet so are one."""
    starts, stops = runs[:, 0] - reach, runs[:, 1] + reach
    apart = starts[1:] >= stops[:-1]
    starts, stops = starts[np.append(True, apart)].clip(min=0), stops[np.append(apart, True)].clip(max=len(scores))
    largest = np.maximum.reduceat(np.append(scores, -np.inf), np.column_stack([starts, stops]).ravel())[::2]
    return np.searchsorted(np.sort(-largest), -thresholds, side="right") / len(largest)


def _ranked(scores):
    """The order of scores from high to low, and where in it each distinct score comes last: the places of the thresholds."""
    order = np.argsort(-scores, kind="stable")
    return order, np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)


def _with_events(y, rows):
    y = inputs.labels(y, rows=rows)
    if not y.any():
        raise ValueError("y holds no anomaly and at least one is wanted; judge on a series that has some")
    return y
