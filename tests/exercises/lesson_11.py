import numpy as np

from aelearn import events
from exercises import Exercise


def blank(*arguments):
    return ...


def cut(extra=1, transposed=False, factor=1):
    """Cuts windows, rightly unless told otherwise."""

    def cut_windows(series, length, step):
        starts = range(0, len(series) - length + extra, step * factor)
        rows = np.array([series[s : s + length] for s in starts])
        return rows.T if transposed else rows

    return cut_windows


def distance(held_out, train):
    return np.abs(np.subtract.outer(held_out, train))


def one_way(train, held_out, length):
    signed = np.subtract.outer(held_out, train)
    return ((signed >= 0) & (signed < length)).any(axis=1)


def gate(a):
    return 1 / (1 + np.exp(-a))


def lstm(cell=lambda i, f, g, c: gate(f) * c + gate(i) * np.tanh(g), out=lambda o, new, old: gate(o) * np.tanh(new)):
    """One step of an LSTM, rightly unless told otherwise."""

    def step(i, f, g, o, c):
        new = cell(i, f, g, c)
        return out(o, new, c), new

    return step


def exchanged(i, f, g, o, c):
    return lstm()(i, f, g, o, c)[::-1]


def in_place(i, f, g, o, c):
    c *= gate(f)
    c += gate(i) * np.tanh(g)
    return gate(o) * np.tanh(c), c


def mean_over_windows(scores, length):
    ones = np.ones(length)
    return np.convolve(scores, ones) / np.convolve(np.ones(len(scores)), ones)


def maximum(scores, length):
    n = len(scores) + length - 1
    return np.array([scores[max(0, p - length + 1) : p + 1].max() for p in range(n)])


def runs(x):
    edges = np.diff(x, prepend=0, append=0)
    return list(zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True))


def count(y, alarms, runs=runs):
    found = sum(alarms[a:b].any() for a, b in runs(y))
    return found, sum(not y[a:b].any() for a, b in runs(alarms))


def with_the_package(y, alarms):
    result = events.evaluate_events(y, alarms)
    return result.n_found, result.n_false_alarms


def runs_without_ends(x):
    edges = np.diff(x)
    return zip(np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1) + 1, strict=False)


EXERCISES = [
    Exercise(
        "11.1",
        right=cut(),
        blank=blank,
        wrong=[
            (cut(extra=0), "just fits is missing"),
            (lambda series, length, step: cut()(series, length + 1, step), "has shape (0,)"),
            (cut(transposed=True), "stand in columns"),
            (cut(factor=2), "and shape (7, 2) is wanted"),
            (
                lambda series, length, step: np.array(
                    [series[s : s + length : step] for s in range(len(series) - length + 1)]
                ),
                "leave points out",
            ),
            (lambda series, length, step: cut()(series[::-1], length, step), "it returns [[16, 9, 4, 1, 0]]"),
            (3.0, "a function is wanted"),
        ],
    ),
    Exercise(
        "11.2",
        right=lambda train, held_out, length: distance(held_out, train).min(axis=1) < length,
        blank=blank,
        wrong=[
            (lambda train, held_out, length: distance(held_out, train).min(axis=1) <= length, "use <, not <="),
            (lambda train, held_out, length: distance(held_out, train).min(axis=1) >= length, "do not leak"),
            (lambda train, held_out, length: (distance(held_out, train) < length).all(axis=1), "one is enough"),
            (one_way, "starts before a training window can"),
            (lambda train, held_out, length: one_way(-train, -held_out, length), "starts after a training window can"),
            (lambda train, held_out, length: np.isin(held_out, train), "windows that are the same"),
            (lambda train, held_out, length: length > distance(held_out, train).T, "table of all pairs"),
            (
                lambda train, held_out, length: distance(held_out, train).min(axis=0) < length,
                "one value for each training window",
            ),
            (lambda train, held_out, length: np.arange(len(held_out)) < 2, "Where train_starts should matter"),
        ],
    ),
    Exercise(
        "11.3",
        right=lstm(),
        blank=blank,
        wrong=[
            (exchanged, "return h first"),
            (lstm(lambda i, f, g, c: gate(i) * c + gate(f) * np.tanh(g)), "forget gate are exchanged"),
            (lstm(lambda i, f, g, c: gate(f) * c + gate(i) * gate(g)), "not through the sigmoid"),
            (lstm(lambda i, f, g, c: gate(f) * c + gate(i) * g), "through tanh first"),
            (lstm(lambda i, f, g, c: f * c + i * np.tanh(g)), "the sums themselves"),
            (lstm(lambda i, f, g, c: np.tanh(f) * c + np.tanh(i) * np.tanh(g)), "turn the sign"),
            (lstm(out=lambda o, new, old: gate(o) * np.tanh(old)), "looks at the old cell"),
            (lstm(out=lambda o, new, old: gate(o) * new), "takes its tanh"),
            (lstm(out=lambda o, new, old: np.tanh(new)), "output gate times its tanh"),
            (lstm(lambda i, f, g, c: gate(f) * c), "The new cell is not right"),
            (lambda i, f, g, o, c: lstm()(-i, -f, g, -o, c), "with the minus"),
            (lambda i, f, g, o, c: (lstm()(i, f, g, o, c)[0], c), "return the new cell"),
            (in_place, "leave it as it is"),
            (lambda i, f, g, o, c: gate(o), "should be 2 things"),
        ],
    ),
    Exercise(
        "11.4",
        right=mean_over_windows,
        blank=blank,
        wrong=[
            (lambda scores, length: np.convolve(scores, np.ones(length)), "That is the sum"),
            (lambda scores, length: np.convolve(scores, np.ones(length)) / length, "at the two ends"),
            (maximum, "That is the maximum"),
            (lambda scores, length: np.append(scores, np.full(length - 1, scores[-1])), "that starts there"),
            (lambda scores, length: np.append(np.full(length - 1, scores[0]), scores), "that ends there"),
            (lambda scores, length: scores, "one value for each window"),
            (lambda scores, length: np.zeros(len(scores) + length - 1), "for every input that was tried"),
        ],
    ),
    Exercise(
        "11.5",
        right=count,
        also=[with_the_package],
        blank=blank,
        wrong=[
            (lambda y, alarms: count(y, alarms)[::-1], "are exchanged"),
            (lambda y, alarms: ((y * alarms).sum(), count(y, alarms)[1]), "points that were hit"),
            (lambda y, alarms: (count(y, alarms)[0], ((1 - y) * alarms).sum()), "points of false alarm"),
            (lambda y, alarms: (count(y, alarms)[0], len(runs(alarms))), "every run of alarms"),
            (
                lambda y, alarms: (count(y, alarms)[0], len(runs(alarms)) - count(y, alarms)[0]),
                "may find two events",
            ),
            (lambda y, alarms: (0, 0), "are right"),
            (lambda y, alarms: count(y, alarms)[0], "Return two numbers"),
            (lambda y, alarms: (count(y, alarms)[0] / len(runs(y)), count(y, alarms)[1]), "a share of the events"),
            (lambda y, alarms: count(y, alarms, runs_without_ends), "Runs at the ends"),
        ],
    ),
]
