"""Checks of lesson 11, Recurrent networks."""

import numpy as np

from aelearn.course.judging import function_exercise


def _windows(series, length, step, last=1, first=0):
    starts = range(first, len(series) - length + last, step)
    return np.array([series[start : start + length] for start in starts]).reshape(-1, length)


@function_exercise(
    "11.1",
    examples=[
        (np.arange(11.0) ** 2, 4, 1),
        (np.arange(11.0) ** 2, 4, 3),  # the last window does not end at the last point
        (np.arange(12.0) ** 2, 5, 7),  # steps over points, and just fits
        (np.arange(13.0) ** 2, 4, 3),
        (np.arange(5.0) ** 2, 5, 2),  # one window
    ],
    random=lambda rng: (rng.integers(0, 50, rng.integers(8, 25)) / 4, int(rng.integers(2, 7)), int(rng.integers(1, 6))),
    slips=[
        ([lambda series, length, step: _windows(series, length, step, last=0),
          lambda series, length, step: np.array([series[start : start + length] for start in range(0, len(series) - length, step)])], "The last window that just fits is missing: the range ends at len(series) - length + 1."),
        (lambda series, length, step: _windows(series, length, step).T, "The windows stand in columns. One row is one window."),
        (lambda series, length, step: _windows(series, length, 1), "Your windows start at every point; the next one starts step points further on."),
        (lambda series, length, step: _windows(series, length, length), "Your windows do not overlap: they start length points apart, and step is wanted."),
        (lambda series, length, step: _windows(series, length + 1, step), "Your windows have one point too many: a slice ends before start + length."),
        (lambda series, length, step: _windows(series, length - 1, step), "Your windows have one point too few."),
        (lambda series, length, step: _windows(series, length, step, first=1), "The first window starts at point 0."),
        ([lambda series, length, step: np.array([series[start : start + length : step] for start in range(0, len(series) - length + 1)]),
          lambda series, length, step: np.array([series[start : start + length : step] for start in range(0, len(series) - length + 1, step)]),
          lambda series, length, step: np.array([series[start : start + length * step : step] for start in range(0, len(series) - length * step + 1)]),
          lambda series, length, step: np.array([series[start : start + length * step : step] for start in range(0, len(series) - length + 1)])], "Your windows leave points out: step says how far on the next one starts; inside a window the points follow one another."),
        (lambda series, length, step: np.arange(0, len(series) - length + 1, step), "Those are the starts; take the points series[start:start + length] of each."),
    ],
    hints=(
        "Where may the last window start, so that it still has all its points? Try 5 points and a length of 5.",
        "starts = range(0, len(series) - length + 1, step), then np.array([series[start:start + length] for start in starts]).",
    ),
)  # fmt: skip
def cut(series, length, step):
    return _windows(series, length, step)


def _apart(train_starts, held_out_starts):
    return np.abs(np.subtract.outer(held_out_starts, train_starts))


def _signed(train_starts, held_out_starts):
    return np.subtract.outer(held_out_starts, train_starts)


@function_exercise(
    "11.2",
    examples=[
        ([0, 1, 2, 20], [4, 5, 6, 7, 16, 20, 23, 24, 15, 30], 4),
        ([50, 10], [13, 8, 7, 0, 44, 45, 47, 53, 55, 10], 3),
        ([5], [5], 1),  # windows of one point
        ([9], [1, 12], 5),
        ([0, 30], [29, 3, 40], 2),  # before a training window, and between two
    ],
    random=lambda rng: (rng.integers(0, 60, rng.integers(1, 7)), rng.integers(0, 60, rng.integers(1, 9)), int(rng.integers(1, 9))),
    slips=[
        ([lambda train, held_out, length: _apart(train, held_out) < length,
          lambda train, held_out, length: _apart(held_out, train) < length,
          lambda train, held_out, length: _apart(train, held_out)], "That is a table of all pairs; asked for is one value for each held-out window: whether any in its row is near enough."),
        (lambda train, held_out, length: _apart(train, held_out).min(axis=0) < length, "That is one value for each training window; asked for is one for each held-out window."),
        (lambda train, held_out, length: _apart(train, held_out).min(axis=1) >= length, "You mark the windows that do not leak: exchange True and False."),
        (lambda train, held_out, length: _apart(train, held_out).min(axis=1) <= length, "Starts that lie exactly length apart touch, but share no point: use <, not <=."),
        (lambda train, held_out, length: (_apart(train, held_out) < length).all(axis=1), "You ask for all training windows; one is enough for a leak."),
        (lambda train, held_out, length: ((_signed(train, held_out) >= 0) & (_signed(train, held_out) < length)).any(axis=1), "You look one way only: a window that starts before a training window can overlap it too."),
        (lambda train, held_out, length: ((_signed(train, held_out) <= 0) & (_signed(train, held_out) > -length)).any(axis=1), "You look one way only: a window that starts after a training window can overlap it too."),
        (lambda train, held_out, length: (_signed(train, held_out) < length).any(axis=1), "Without np.abs every window that starts earlier counts as near."),
        (lambda train, held_out, length: (_signed(train, held_out) > -length).any(axis=1), "Without np.abs every window that starts later counts as near."),
        (lambda train, held_out, length: np.isin(held_out, train), "You find only windows that are the same; two windows leak as soon as they share one point."),
        (lambda train, held_out, length: _apart(train, held_out).min(axis=1), "Those are the distances to the nearest start; say whether each is less than length."),
        (lambda train, held_out, length: _apart(train, held_out).min(axis=1) < length - 1, "Starts that lie length - 1 apart still share one point."),
        (lambda train, held_out, length: _apart(train, held_out).mean(axis=1) < length, "You take the mean distance; the nearest training window decides."),
    ],
    hints=(
        "Two windows share a point when their starts are less than length apart, whichever comes first.",
        "np.abs(np.subtract.outer(held_out_starts, train_starts)) is the table of all distances; take the smallest in each row.",
    ),
    remark="Run on the shuffled windows above, it marks every one of them.",
)  # fmt: skip
def leaks(train_starts, held_out_starts, length):
    return _apart(train_starts, held_out_starts).min(axis=1) < length


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _lstm(keep=_sigmoid, write=_sigmoid, candidate=np.tanh, show=_sigmoid, out=np.tanh, order=1):
    """One step of an LSTM, made rightly unless told otherwise."""

    def step(i, f, g, o, c):
        new = keep(f) * c + write(i) * candidate(g)
        return (show(o) * out(new), new)[::order]

    return step


def _raw(a):
    return a


@function_exercise(
    "11.3",
    examples=[
        ([0.5, -1.0, 2.0], [1.0, 0.25, -2.0], [-0.5, 1.5, 0.75], [2.0, -0.25, 1.0], [0.5, -1.0, 3.0]),
        ([0.0], [0.0], [1.0], [0.0], [0.0]),  # an empty cell
        ([-6.0, 6.0], [6.0, -6.0], [1.0, -1.0], [1.0, 1.0], [2.0, 2.0]),  # shut and open
    ],
    random=lambda rng: tuple(rng.normal(0, 1.5, (5, rng.integers(1, 6)))),
    slips=[
        (_lstm(order=-1), "h and c are exchanged: return h first."),
        (lambda i, f, g, o, c: _lstm()(f, i, g, o, c), "The input gate and the forget gate are exchanged: f keeps the old cell, i lets the new in."),
        (lambda i, f, g, o, c: _lstm()(i, o, g, f, c), "The forget gate and the output gate are exchanged."),
        (_lstm(candidate=_sigmoid), "The candidate g goes through tanh, not through the sigmoid."),
        (_lstm(candidate=_raw), "The candidate g goes through tanh first."),
        ([_lstm(keep=_raw, write=_raw, show=_raw), _lstm(keep=_raw, write=_raw)], "A gate is the sigmoid of its sum, between 0 and 1; you used the sums themselves."),
        ([_lstm(keep=np.tanh, write=np.tanh, show=np.tanh), _lstm(keep=np.tanh, write=np.tanh)], "Gates go through the sigmoid; with tanh they could turn the sign."),
        (lambda i, f, g, o, c: (_sigmoid(o) * np.tanh(c), _lstm()(i, f, g, o, c)[1]), "The cell is right, but h looks at the old cell; it is made from the new one."),
        (_lstm(out=_raw), "The cell is right; h takes its tanh before the output gate."),
        (_lstm(show=_raw), "The cell is right; the output gate is the sigmoid of o."),
        (_lstm(show=lambda o: 1), "The cell is right; h is the output gate times its tanh."),
        (lambda i, f, g, o, c: _lstm()(-i, -f, g, -o, c), "Your gates shut where they should open: the sigmoid is 1 / (1 + exp(-a)), with the minus."),
        (lambda i, f, g, o, c: (_lstm()(i, f, g, o, c)[0], c), "h is right; beside it return the new cell, not the old one."),
        (_lstm(keep=lambda f: 1), "You keep the whole old cell; the forget gate says how much of it stays."),
        (_lstm(keep=lambda f: 0), "The old cell is gone; the forget gate says how much of it stays."),
        (_lstm(write=lambda i: 1), "The candidate comes in whole; the input gate says how much of it does."),
        (lambda i, f, g, o, c: _lstm()(i, f, g, o, c)[0], "Return two arrays, as in `return h, c`."),
        (lambda i, f, g, o, c: _lstm()(i, f, g, o, c)[1], "Return two arrays, as in `return h, c`."),
    ],
    otherwise=lambda result, wanted, *arguments: (
        "The cell is right, and h is not: it is the output gate times tanh of the new cell." if np.allclose(result[1], wanted[1])
        else "h is right, and the cell that you return is not the one h was made from." if np.allclose(result[0], wanted[0])
        else "The new cell is not right. Print the three gates: each lies between 0 and 1, near 1 where its sum is large."
    ),
    pure=True,
    hints=(
        "First the three gates, then the new cell, and h last: it needs the new cell.",
        "gate = 1 / (1 + np.exp(-a)) for i, f and o; c = gate_f * c + gate_i * np.tanh(g); h = gate_o * np.tanh(c).",
    ),
    remark="With the forget gate open and the input gate shut, c comes out as it went in: that is the memory.",
)  # fmt: skip
def lstm_step(i, f, g, o, c):
    return _lstm()(i, f, g, o, c)


def _covered(scores, length, reduce=np.mean):
    """For each point the scores of the windows that cover it, reduced to one number."""
    n = len(scores) + length - 1
    return np.array([reduce(scores[max(0, point - length + 1) : point + 1]) for point in range(n)])


@function_exercise(
    "11.4",
    examples=[
        ([1.0, 5.0, 2.0, 8.0], 3),
        ([4.0, 1.0], 5),  # windows longer than there are many
        (np.arange(9.0) ** 2, 1),  # a window is a point
        ([6.0], 4),
    ],
    random=lambda rng: (rng.integers(0, 40, rng.integers(1, 12)) / 4, int(rng.integers(1, 7))),
    slips=[
        (lambda scores, length: scores, "That is one value for each window; m windows cover m + length - 1 points."),
        (lambda scores, length: _covered(scores, length, np.sum), "That is the sum over the windows; divide by how many cover the point."),
        (lambda scores, length: _covered(scores, length, np.sum) / length, "You divide by length everywhere; at the two ends fewer windows cover a point."),
        (lambda scores, length: _covered(scores, length, np.max), "That is the maximum over the windows; the mean is wanted here."),
        (lambda scores, length: _covered(scores, length, np.median), "That is the median over the windows; the mean is wanted."),
        (lambda scores, length: _covered(scores, length, np.min), "That is the minimum over the windows; the mean is wanted."),
        (lambda scores, length: np.append(scores, np.full(length - 1, scores[-1])), "You give each point the score of the window that starts there; a point lies in up to `length` windows."),
        (lambda scores, length: np.append(np.full(length - 1, scores[0]), scores), "You give each point the score of the window that ends there: that is the live way, and the mean over all is wanted."),
        (lambda scores, length: np.repeat(scores, length), "Windows with stride 1 overlap; you laid them end to end."),
        (lambda scores, length: _covered(np.ones(len(scores)), length, np.sum), "That is how many windows cover each point; divide the sum of their scores by it."),
        (lambda scores, length: np.convolve(scores, np.ones(length), "same") / length, "That has one value for each window; np.convolve(..., 'full'), its default, has one for each point."),
    ],
    hints=(
        "Window i covers the points i to i + length - 1. How many windows cover the first point, how many the second?",
        "Add scores[i] to each of its points in a loop, count the windows in a second array, and divide.",
    ),
)  # fmt: skip
def to_points(scores, length):
    return _covered(scores, length)


def _runs(x):
    edges = np.diff(np.concatenate([[0], np.asarray(x, int), [0]]))
    return list(zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True))


def _runs_between(x, **ends):
    """Runs as np.diff(x, **ends) gives them: without both ends those at the borders get lost, or are matched wrongly."""
    edges = np.diff(np.asarray(x, int), **ends)
    first = 0 if "prepend" in ends else 1
    return zip(np.flatnonzero(edges == 1) + first, np.flatnonzero(edges == -1) + first, strict=False)


def _without_ends(**ends):
    """The count with runs that lack an end."""

    def count(y, alarms):
        found = sum(bool(alarms[start:stop].any()) for start, stop in _runs_between(y, **ends))
        return found, sum(not y[start:stop].any() for start, stop in _runs_between(alarms, **ends))

    return count


def _found(y, alarms):
    return sum(bool(alarms[start:stop].any()) for start, stop in _runs(y))


def _false(y, alarms):
    return sum(not y[start:stop].any() for start, stop in _runs(alarms))


def _series_with_an_event(rng):
    y, alarms = (rng.random((2, 12)) < rng.uniform(0.3, 0.7, (2, 1))).astype(int)
    y[rng.integers(12)] = 1
    return y, alarms


@function_exercise(
    "11.5",
    examples=[
        ([0, 1, 1, 1, 0, 0, 1, 0, 0, 1], [1, 1, 1, 0, 1, 1, 0, 1, 1, 1]),
        ([1, 1, 0, 0, 0, 0, 0, 1, 1, 0], [0, 1, 0, 1, 1, 0, 1, 0, 0, 1]),
        ([0, 0, 1, 0, 1, 0, 0, 0], [0, 1, 1, 1, 1, 1, 0, 1]),  # one long alarm finds two events
        ([0, 1, 1, 1, 0, 0], [1, 1, 0, 1, 0, 1]),  # two alarms in one event
        ([0, 0, 1], [0, 0, 0]),  # silence
        ([0, 0, 0, 0, 1], [1, 0, 1, 1, 0]),  # nothing but false alarms
        ([1, 1, 1], [1, 1, 1]),
    ],
    random=_series_with_an_event,
    slips=[
        (lambda y, alarms: (_false(y, alarms), _found(y, alarms)), "The two numbers are exchanged: events found come first."),
        (lambda y, alarms: (int((y * alarms).sum()), _false(y, alarms)), "You counted points that were hit; an event counts once, however many of its points are hit."),
        (lambda y, alarms: (_found(y, alarms), int(((1 - y) * alarms).sum())), "You counted points of false alarm; alarms without a break are one alarm."),
        (lambda y, alarms: (int((y * alarms).sum()), int(((1 - y) * alarms).sum())), "You counted points, both times; events and alarms are runs of points."),
        (lambda y, alarms: (_found(y, alarms), len(_runs(alarms))), "You counted every run of alarms; one that touches an event is not false."),
        (lambda y, alarms: (_found(y, alarms), len(_runs(alarms)) - _found(y, alarms)), "You subtract found events from alarms; one long alarm may find two events, and two alarms one."),
        (lambda y, alarms: (sum(bool(y[start:stop].any()) for start, stop in _runs(alarms)), _false(y, alarms)), "You counted the alarms that touch an event; two of them may find the same event."),
        (lambda y, alarms: (sum(bool(alarms[start:stop].all()) for start, stop in _runs(y)), _false(y, alarms)), "You ask for an alarm at every point of an event; one anywhere in it is enough."),
        (lambda y, alarms: (sum(bool(alarms[start]) for start, _ in _runs(y)), _false(y, alarms)), "You look at the first point of each event only."),
        (lambda y, alarms: (len(_runs(y)), _false(y, alarms)), "You counted all events; only those with an alarm in them are found."),
        (lambda y, alarms: (len(_runs(y)) - _found(y, alarms), _false(y, alarms)), "You counted the events that were missed."),
        (lambda y, alarms: (_found(y, alarms), sum(not y[start:stop].all() for start, stop in _runs(alarms))), "An alarm with one labelled point in it is not false, even where it lasts beyond the event."),
        ([_without_ends(), _without_ends(prepend=0), _without_ends(append=0)], "Runs at the ends get lost or mixed up: one may begin at the first point, and one may last until the last."),
        (lambda y, alarms: (_found(y, alarms) / len(_runs(y)), _false(y, alarms)), "The first number is a share of the events; their number is wanted."),
        (lambda y, alarms: _found(y, alarms), "Return two numbers: events found, and false alarms."),
        (lambda y, alarms: (_found(y, alarms), _found(alarms, y)), "The second number counts alarms that touch an event; false are those that touch none."),
    ],
    otherwise=lambda result, wanted, *arguments: (
        "The events found are right, the false alarms are not: runs of alarms without any labelled point in them." if result[0] == wanted[0]
        else "The false alarms are right, the events found are not: runs of y with an alarm anywhere in them." if result[1] == wanted[1]
        else None
    ),
    hints=(
        "First find the runs of y: where does one start, and where does it end? Then look what stands in it.",
        "edges = np.diff(x, prepend=0, append=0) is 1 where a run starts and -1 just after it ends.",
    ),
)  # fmt: skip
def count_events(y, alarms):
    return _found(y, alarms), _false(y, alarms)
