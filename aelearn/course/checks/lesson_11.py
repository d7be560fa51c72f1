"""Checks of lesson 11, Recurrent networks."""

import numpy as np

from aelearn.course.exercises import Blank, a_function, an_array, exercise, same


def _tried(answer, *arguments, what):
    """What the function returns, as NumPy sees it; NumPy's own warnings stay out of the notebook."""
    with np.errstate(all="ignore"):
        return a_function(answer, *arguments, what=what)


@exercise(
    "11.1",
    hint="The starts are range(0, n - length + 1, step): the + 1 keeps the last window that fits. "
    "Then np.array([series[start:start + length] for start in starts]).",
)
def cut(answer):
    for n, length, step in ((11, 4, 1), (11, 4, 3), (12, 5, 7), (13, 4, 3)):
        series = np.sqrt(np.arange(1.0, n + 1))
        found = _tried(answer, series.copy(), length, step, what="cut")
        if found is ...:
            return Blank
        starts = np.arange(0, n - length + 1, step)
        right = np.array([series[s : s + length] for s in starts])
        case = f"{n} points, length {length} and step {step}"
        if np.shape(found) == right.T.shape != right.shape:
            return f"For {case} you give shape {np.shape(found)}: the windows stand in columns. One row is one window."
        array = an_array(found, (None, None), "cut(series, length, step)")
        if array.shape[1] != length:
            return f"For {case} your windows have {array.shape[1]} points, and {length} are wanted."
        if len(array) == len(right) - 1 and same(array, right[:-1]):
            return f"For {case} the last window is missing: it starts at point {starts[-1]} and just fits."
        if len(array) != len(right):
            return f"For {case} you give {len(array)} windows; {len(right)} fit, with starts {starts.tolist()}."
        if not same(array, right):
            return f"For {case} the numbers differ: the windows start at {starts.tolist()}."


_LEAKS = [
    (np.array([0, 1, 2, 20]), np.array([4, 5, 6, 7, 16, 20, 23, 24, 15, 30]), 4),
    (np.array([50, 10]), np.array([13, 8, 7, 0, 44, 45, 47, 53, 55, 10]), 3),
]


@exercise(
    "11.2",
    hint="Two windows share a point when their starts are less than `length` apart. "
    "np.subtract.outer(a, b) is the table of all differences; take np.abs, and the smallest in each row.",
)
def leaks(answer):
    for train_starts, held_out_starts, length in _LEAKS:
        found = _tried(answer, train_starts.copy(), held_out_starts.copy(), length, what="leaks")
        if found is ...:
            return Blank
        distance = np.abs(np.subtract.outer(held_out_starts, train_starts))
        right = distance.min(axis=1) < length
        if np.shape(found) == distance.shape or np.shape(found) == distance.T.shape:
            return "That is a table of all pairs; asked for is one value for each held-out window: any along its row."
        if np.shape(found) == (len(train_starts),):
            return "That is one value for each training window; asked for is one for each held-out window."
        array = an_array(found, right.shape, "leaks(...)")
        if np.array_equal(array, right):
            continue
        signed = np.subtract.outer(held_out_starts, train_starts)
        known = [
            (~right, "You mark the windows that do not leak: exchange True and False."),
            (
                distance.min(axis=1) <= length,
                f"Starts that lie exactly {length} apart touch, but share no point: use <, not <=.",
            ),
            ((distance < length).all(axis=1), "You ask for all training windows; one is enough for a leak."),
            (
                ((signed >= 0) & (signed < length)).any(axis=1),
                "You look one way only: a window that starts before a training window can overlap it too.",
            ),
            (
                distance.min(axis=1) == 0,
                "You find only windows that are the same; two windows leak as soon as they share one point.",
            ),
        ]
        for wrong, sentence in known:
            if np.array_equal(array, wrong):
                return sentence
        place = np.flatnonzero(array != right)[0]
        return (
            f"With training starts {train_starts.tolist()} and length {length}, the window at {held_out_starts[place]} "
            f"{'shares' if right[place] else 'shares no'} point with one of them."
        )


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


@exercise(
    "11.3",
    hint="First the three gates, 1 / (1 + np.exp(-a)). Then the new cell: forget gate times the old one, plus input gate "
    "times np.tanh(g). Then h from the NEW cell.",
)
def lstm_step(answer):
    rng = np.random.default_rng(0)
    for units in (3, 5):
        i, f, g, o, c = rng.normal(size=(5, units))
        found = _tried(answer, *(array.copy() for array in (i, f, g, o, c)), what="lstm_step")
        if found is ... or (isinstance(found, tuple) and any(part is ... for part in found)):
            return Blank
        if not isinstance(found, tuple | list) or len(found) != 2:
            return "Return two arrays, as in `return h, c`."
        h_found, c_found = (an_array(part, (units,), f"the new {name}") for part, name in zip(found, "hc", strict=True))
        new_c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        new_h = _sigmoid(o) * np.tanh(new_c)
        if same(h_found, new_h) and same(c_found, new_c):
            continue
        if same(h_found, new_c) and same(c_found, new_h):
            return "h and c are exchanged: return h first."
        known = [
            (_sigmoid(i) * c + _sigmoid(f) * np.tanh(g), "The input gate and the forget gate are exchanged."),
            (
                _sigmoid(f) * c + _sigmoid(i) * _sigmoid(g),
                "The candidate g goes through tanh, not through the sigmoid.",
            ),
            (_sigmoid(f) * c + _sigmoid(i) * g, "The candidate g goes through tanh first."),
            (f * c + i * np.tanh(g), "A gate is the sigmoid of its sum, between 0 and 1; you used the sum itself."),
            (
                np.tanh(f) * c + np.tanh(i) * np.tanh(g),
                "Gates go through the sigmoid; with tanh they could turn the sign.",
            ),
        ]
        for wrong, sentence in known:
            if same(c_found, wrong):
                return sentence
        if same(c_found, new_c):
            if same(h_found, _sigmoid(o) * np.tanh(c)):
                return "The cell is right, but h looks at the old cell; it is made from the new one."
            if same(h_found, _sigmoid(o) * new_c):
                return "The cell is right; h takes its tanh before the output gate."
            return "The cell is right, and h is not: it is the output gate times tanh of the new cell."
        return "The new cell is not right: forget gate times the old cell, plus input gate times tanh(g)."


def _mean_over_windows(scores, length):
    ones = np.ones(length)
    return np.convolve(scores, ones) / np.convolve(np.ones(len(scores)), ones)


@exercise(
    "11.4",
    hint="Window i covers the points i to i + length - 1. Add scores[i] to each of them in a loop, count how many "
    "windows cover each point, and divide.",
)
def to_points(answer):
    for scores, length in ((np.array([1.0, 5.0, 2.0, 8.0]), 3), (np.array([4.0, 1.0]), 5), (np.arange(9.0) ** 2, 1)):
        found = _tried(answer, scores.copy(), length, what="to_points")
        if found is ...:
            return Blank
        right = _mean_over_windows(scores, length)
        n = len(right)
        if np.shape(found) == scores.shape != right.shape:
            return f"You give {len(scores)} values, one for each window; {len(scores)} windows of {length} cover {n} points."
        array = an_array(found, (n,), "to_points(scores, length)")
        if same(array, right):
            continue
        ones = np.ones(length)
        total = np.convolve(scores, ones)
        covering = [scores[max(0, p - length + 1) : p + 1] for p in range(n)]
        known = [
            (total, "That is the sum over the windows; divide by how many cover the point."),
            (
                total / length,
                f"You divide by {length} everywhere; at the two ends fewer windows cover a point.",
            ),
            (np.array([c.max() for c in covering]), "That is the maximum; the mean is wanted here."),
            (
                np.append(scores, np.full(length - 1, scores[-1])),
                "You give each point the score of the window that starts there; a point lies in up to `length` windows.",
            ),
            (
                np.append(np.full(length - 1, scores[0]), scores),
                "You give each point the score of the window that ends there; a point lies in up to `length` windows.",
            ),
        ]
        for wrong, sentence in known:
            if same(array, wrong):
                return sentence
        return f"For scores {scores.tolist()} and length {length} the points get {np.round(right, 2).tolist()}."


_EVENTS = [
    ([0, 1, 1, 1, 0, 0, 1, 0, 0, 1], [1, 1, 1, 0, 1, 1, 0, 1, 1, 1], (2, 1)),
    ([1, 1, 0, 0, 0, 0, 0, 1, 1, 0], [0, 1, 0, 1, 1, 0, 1, 0, 0, 1], (1, 3)),
    ([0, 0, 1, 0, 1, 0, 0, 0], [0, 1, 1, 1, 1, 1, 0, 1], (2, 1)),
]


@exercise(
    "11.5",
    hint="edges = np.diff(x, prepend=0, append=0) is 1 where a run starts and -1 just after it ends. "
    "For each run of y: is any alarm in it? For each run of alarms: is no label in it?",
)
def count_events(answer):
    for y, alarms, right in _EVENTS:
        y, alarms = np.array(y), np.array(alarms)
        found = _tried(answer, y.copy(), alarms.copy(), what="count_events")
        if found is ... or (isinstance(found, tuple) and any(part is ... for part in found)):
            return Blank
        if np.shape(found) != (2,):
            return "Return two numbers: events found, and false alarms."
        array = an_array(found, (2,), "count_events(y, alarms)")
        if same(array, right):
            continue
        case = f"y {y.tolist()} and alarms {alarms.tolist()}"
        runs_of_alarms = int((np.diff(alarms, prepend=0) == 1).sum())
        if same(array, right[::-1]):
            return "The two numbers are exchanged: events found come first."
        if array[0] == (y * alarms).sum() != right[0]:
            return f"For {case} you counted points that were hit; an event counts once, however many of its points are hit."
        if array[1] == ((1 - y) * alarms).sum() != right[1]:
            return f"For {case} you counted points of false alarm; alarms without a break are one alarm."
        if array[1] == runs_of_alarms != right[1]:
            return f"For {case} you counted every run of alarms; one that touches an event is not false."
        if array[1] == runs_of_alarms - right[0]:
            return f"For {case} you subtract found events from alarms; one long alarm may find two events."
        return f"For {case} you give {array[0]:g} found and {array[1]:g} false; {right[0]} and {right[1]} are right."
