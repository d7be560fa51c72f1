import numpy as np

from aelearn.course.judging import function_exercise


def _some_errors(rng):
    n, d = rng.integers(2, 9), rng.integers(2, 6)
    errors = rng.permuted(np.arange(n * d) / 4).reshape(n, d)
    planted = np.where(rng.random(n) < 0.5, errors.argmax(axis=1), rng.integers(d, size=n))
    return errors, planted


@function_exercise(
    "14.1",
    examples=[
        ([[1.0, 9, 2], [4, 3, 5], [8, 1, 1], [2, 7, 3]], [1, 0, 0, 2]),
        ([[3.0, 1]], [0]),
        ([[1.0, 2], [5, 4], [0, 3]], [0, 1, 0]),  # none
        ([[1.0, 2, 0], [5, 4, 6]], [2, 1]),  # the smallest of one row, the middle of the other
    ],
    random=_some_errors,
    slips=[
        (lambda errors, planted: np.sum(errors.argmax(axis=1) == planted), "That is how many rows; their share is the mean."),
        (lambda errors, planted: errors.argmax(axis=1) == planted, "That is one answer a row; take the share of True."),
        (lambda errors, planted: np.mean(errors.argmin(axis=1) == planted), "You looked at the smallest error; blamed is the feature with the largest."),
        (lambda errors, planted: np.mean(errors.argmax(axis=1) != planted), "That is the share of rows that are wrongly blamed."),
        (lambda errors, planted: errors.argmax(axis=1), "Those are the blamed features; compare them with the planted ones."),
        (lambda errors, planted: np.mean(errors.max(axis=1) == planted), "You compared the largest error itself; wanted is its place, argmax."),
        (lambda errors, planted: np.mean(errors[np.arange(len(errors)), planted]), "That is the mean error of the planted features; ask how often it is the largest of its row."),
        (lambda errors, planted: np.mean(errors[np.arange(len(errors)), planted] > errors.mean(axis=1)), "An error above the row's mean is not enough: it has to be the largest of the row."),
        (lambda errors, planted: np.mean(errors.argmax(axis=0)[0] == planted), "argmax ran over the rows: axis=1 runs over the features of each row."),
        (lambda errors, planted: np.mean(errors.argmax() == planted), "Without axis, argmax gives one place in the whole array; each row has its own."),
        (lambda errors, planted: np.mean(np.argsort(errors, axis=1)[:, -2:] == planted[:, None]), "You let the two largest count; only the largest is blamed."),
    ],
    hints=(
        "Which feature has the largest error in each row? In how many rows is it the planted one?",
        "errors.argmax(axis=1) gives the blamed features; the mean of a comparison is a share.",
    ),
)  # fmt: skip
def rightly_blamed(errors, planted):
    return np.mean(errors.argmax(axis=1) == planted)


class _Sum:
    """A score that depends on every column in its own way."""

    def __repr__(self):
        return "a score: the sum of the squares, the second column counted twice"

    def __call__(self, x):
        x = np.asarray(x)
        return np.sum(x**2, axis=1) + x[:, 1] ** 2


def _replaced(x, column, expected):
    x = np.array(x)
    x[:, column] = expected
    return x


def _some_rows(rng):
    n, d = rng.integers(1, 6), rng.integers(3, 5)
    x = rng.integers(-8, 9, (n, d)) / 4
    return _Sum(), x, int(rng.integers(d)), rng.integers(-8, 9, n) / 4


@function_exercise(
    "14.2",
    examples=[
        (_Sum(), [[1.0, 2, 3], [4, 5, 6]], 0, [0.5, 1.0]),
        (_Sum(), [[1.0, 2, 3], [4, 5, 6]], 1, [0.0, 8.0]),  # the second score rises
        (_Sum(), [[0.5, 0.25, 2]], 2, [2.0]),  # nothing changes
    ],
    random=_some_rows,
    pure=True,
    slips=[
        (lambda score, x, column, expected: score(_replaced(x, column, expected)) - score(x), "The sign is turned: a fall is the score before, minus the score after."),
        (lambda score, x, column, expected: score(_replaced(x, column, expected)), "That is the score of the replaced rows; subtract it from the score of x."),
        (lambda score, x, column, expected: score(x), "That is the score before; subtract the score with the column replaced."),
        (lambda score, x, column, expected: score(x) - score(_replaced(x, column, 0)), "You replaced the column by 0; it takes what is expected."),
        (lambda score, x, column, expected: score(x) - score(_replaced(x, column, np.mean(x[:, column]))), "You replaced the column by its mean; each row has its own expected value."),
        (lambda score, x, column, expected: score(x) - score(_replaced(x, column, expected[0])), "Every row got the first expected value; each has its own."),
        (lambda score, x, column, expected: x[:, column] - expected, "That is how far the value is from the expected one; wanted is what it does to the score."),
        (lambda score, x, column, expected: np.mean(score(x) - score(_replaced(x, column, expected))), "That is the mean over the rows; each row has its own fall."),
        (lambda score, x, column, expected: score(x) - score(_replaced(x, slice(None), np.asarray(expected)[:, None])), "You replaced every column; only the one with the number `column` changes."),
        (lambda score, x, column, expected: score(x) - score(_replaced(x, 0, expected)), "You always replaced the first column; use the number `column`."),
        (lambda score, x, column, expected: score(x) - score(_replaced(x, column, np.asarray(x)[:, column] - expected)), "You put the difference in; the column takes the expected values themselves."),
    ],
    hints=(
        "Copy x, change one column of the copy, and score both.",
        "replaced = x.copy(); replaced[:, column] = expected; then the difference of two scores.",
    ),
    remark="Where the score rises instead, the others vouch for the feature as it is.",
)  # fmt: skip
def fall(score, x, column, expected):
    return score(x) - score(_replaced(x, column, expected))


_NAN, _INF = float("nan"), float("inf")


def _finite(value):
    return isinstance(value, int | float) and bool(np.isfinite(value))


def _places(test):
    """The places of the names for which test(row, name) is true, as numbers: what a list of names is compared by."""
    return lambda row, names: [name for name in names if test(row, name)]


def _seen(result, row, names):
    """A list of names as the places that they have in `names`; other things as they are."""
    if isinstance(result, list | tuple) and all(isinstance(name, str) for name in result):
        places = {name: place for place, name in enumerate(names)}
        return np.array([places.get(name, -1) for name in result], float)
    if isinstance(result, dict | set):
        return _seen(list(result), row, names)
    return result


def _some_row(rng):
    names = list(rng.permutation(["area", "texture", "radius", "smoothness"])[: rng.integers(2, 5)])
    values = [1.5, -2, 0, _NAN, _INF, -_INF, None, "3", "large"]
    row = {str(name): values[rng.integers(len(values))] for name in rng.permutation(names) if rng.random() < 0.75}
    return row | {"id": "a7"}, [str(name) for name in names]


@function_exercise(
    "14.3",
    examples=[
        ({"texture": 2.0, "area": _NAN, "id": "a7"}, ["area", "texture", "radius"]),
        ({"area": 1.0, "texture": "large", "radius": 3}, ["area", "texture", "radius"]),
        ({"area": 1.0, "texture": 0, "radius": -3}, ["area", "texture", "radius"]),  # all good, one is 0
        ({"radius": None, "texture": _INF, "area": "3"}, ["area", "texture", "radius"]),  # all bad, in another order
        ({"radius": -_INF, "texture": 1.5, "area": 2}, ["area", "texture", "radius"]),
        ({}, ["area", "texture"]),
        ({"texture": _INF, "extra": "text", "area": 0.5}, ["area", "texture"]),
    ],
    random=_some_row,
    view=_seen,
    slips=[
        (_places(lambda row, name: name not in row), "Only missing names are found; a value that is no finite number is bad as well."),
        (_places(lambda row, name: name in row and not _finite(row[name])), "A name that is missing is bad too."),
        (_places(lambda row, name: not isinstance(row.get(name), int | float)), "NaN and infinity pass as numbers: they are floats, and not finite."),
        (_places(lambda row, name: not (isinstance(row.get(name), int | float) and not np.isnan(row[name]))), "Infinity passes; np.isfinite refuses it together with NaN."),
        (_places(lambda row, name: isinstance(row.get(name), int | float) and not np.isfinite(row[name])), "Texts, None and missing names pass; only numbers were looked at."),
        (_places(lambda row, name: not isinstance(row.get(name), str) and not _finite(row.get(name))), "A text passes; it is no number."),
        (_places(lambda row, name: not row.get(name) or not _finite(row.get(name))), "A value of 0 is called bad; it is a number like any other."),
        (_places(lambda row, name: not isinstance(row.get(name), float) or not np.isfinite(row[name])), "Whole numbers are called bad; an int is a number too."),
        (_places(lambda row, name: _finite(row.get(name))), "Those are the good features; wanted are the bad ones."),
        (lambda row, names: [name for name in row if not _finite(row[name])], "You went through the row: what is missing there is never seen, and other keys are no features."),
        (lambda row, names: [name for name in row if name in names and not _finite(row[name])] + [name for name in names if name not in row], "The order is that of the row; go through `names`."),
        (lambda row, names: [name for name in names if not _finite(row.get(name))][:1], "Only the first bad feature is returned; all are wanted."),
        (lambda row, names: sum(not _finite(row.get(name)) for name in names), "That is how many are bad; return their names."),
        (lambda row, names: any(not _finite(row.get(name)) for name in names), "That says whether there is one; return their names."),
        (lambda row, names: [not _finite(row.get(name)) for name in names], "That is one answer for each name; return the names themselves."),
        (lambda row, names: [], "Nothing is ever found."),
    ],
    hints=(
        "Go through `names`; row.get(name) gives None where a name is missing.",
        "Bad is what is not isinstance(value, (int, float)), or else not np.isfinite(value). Ask the first before the second: np.isfinite of a text raises.",
    ),
)  # fmt: skip
def bad_features(row, names):
    return [name for name in names if not _finite(row.get(name))]


def _day(low=np.less_equal, high=np.greater_equal, own=1, days=1, factor=2, pick=min, of=np.sum, most=1):
    """The p-value of a day, rightly unless told otherwise."""

    def day_p_value(past, today):
        ends = [own + of(side(past, today)) for side in (low, high)]
        return min(most, factor * pick(ends) / (len(past) + days))

    return day_p_value


_the_same = lambda past, today: np.ones(len(past), bool)
_nearer = lambda past, today: np.abs(past - np.mean(past)) >= abs(today - np.mean(past))


@function_exercise(
    "14.4",
    examples=[
        ([0.5, 0.25, 0.75, 0.375, 0.625, 0.125, 0.875], 0.25),  # low 3/8, high 7/8
        ([0.5, 0.25, 0.75, 0.375, 0.625, 0.125, 0.875], 0.9),  # above all
        ([0.5, 0.25, 0.75, 0.375, 0.625, 0.125, 0.875], 0.5),  # the middle: 1
        ([0.5, 0.5, 0.5], 0.5),  # all equal: 1
        ([0.5, 0.25, 0.25, 0.75, 0.875], 0.25),  # two equal
        ([0.5, 0.25, 0.25, 0.0, 0.125, 0.0625], 0.25),  # two equal, at the other end
        ([0.25, 0.5, 0.75], 0.0),
        ([0.5], 0.25),
    ],
    random=lambda rng: (rng.integers(0, 33, rng.integers(3, 24)) / 32, rng.integers(0, 33) / 32),
    slips=[
        (_day(factor=1), "Double it: a day may be unusual at either end."),
        (_day(most=np.inf), "It can be more than 1 here; return at most 1."),
        ([_day(high=_the_same), _day(high=_the_same, factor=1)], "You looked at the low end only; a day may be unusual at the high end too."),
        ([_day(low=_the_same), _day(low=_the_same, factor=1)], "You looked at the high end only; a day may be unusual at the low end too."),
        (_day(pick=max), "You took the larger of the two shares, or both together; the smaller one tells how unusual the day is."),
        ([_day(own=0, days=0), _day(own=0)], "Today counts itself: 1 more in each count, and n + 1 days in all."),
        (_day(own=2), "Today counts itself once; you added more than 1 to the counts."),
        (_day(own=-1), "Today counts itself: add 1 to each count; you took 1 away."),
        ([_day(days=0), _day(days=-1), _day(days=2)], "With today there are n + 1 days: that is what the counts are divided by."),
        ([_day(low=np.less), _day(high=np.greater), _day(low=np.less, high=np.greater)], "Days equal to today count at both ends: at most, at least."),
        ([_day(low=np.greater, high=np.greater_equal), _day(low=np.less_equal, high=np.less)], "Both counts go the same way; one is <=, the other >=."),
        ([_day(of=np.mean), _day(of=np.max)], "Count the days: the sum of True is their number."),
        (lambda past, today: 2 * min(1 + np.sum(past <= today), 1 + np.sum(past >= today)), "Those are days; their share is wanted: divide by n + 1."),
        (_day(low=_nearer, high=_nearer, factor=1), "You measured the distance from the mean; count the days on either side of today."),
        (_day(factor=3), "Two ends: double it, no more."),
        (lambda past, today: max(1, _day(most=np.inf)(past, today)), "At most 1 is min(1, ...); max gives at least 1."),
    ],
    hints=(
        "Two counts: past <= today and past >= today. Today is a day as well, and counts itself in both.",
        "fewest = 1 + min(np.sum(past <= today), np.sum(past >= today)); then its share of n + 1 days, twice, and at most 1.",
    ),
    remark="With n past days it is never below 2 / (n + 1): for a promise of 5 % you need 39 of them.",
)  # fmt: skip
def day_p_value(past, today):
    return _day()(past, today)


def _raised(p, level, line=lambda n: np.arange(1, n + 1) / n, best=np.max, strict=False):
    """The procedure, rightly unless told otherwise."""
    p = np.asarray(p)
    ordered = np.sort(p)
    limits = level * line(len(p))
    good = ordered[ordered < limits] if strict else ordered[ordered <= limits]
    return p <= best(good) if len(good) else np.zeros(len(p), bool)


def _stepwise(p, level):
    """Stops at the first rank that fails."""
    ordered, k = np.sort(p), 0
    while k < len(p) and ordered[k] <= level * (k + 1) / len(p):
        k += 1
    return p <= ordered[k - 1] if k else np.zeros(len(p), bool)


def _some_p(rng):
    n = int(rng.choice([4, 8, 16]))
    p = rng.integers(1, 65, n) / 64
    low = rng.random(n) < 0.5
    return np.where(low, rng.integers(1, 17, n) / 128, p), float(rng.choice([0.125, 0.25, 0.5]))


@function_exercise(
    "14.5",
    examples=[
        ([0.5, 0.0078125, 0.75, 0.0625, 0.625, 0.09375, 0.875, 1.0], 0.25),  # limits .03125 k: three
        ([0.75, 0.5, 1.0, 0.875], 0.125),  # none
        ([0.0625, 0.0625, 0.0625, 0.9375], 0.0859375),  # the first two ranks fail, the third holds: 0.0644
        ([0.125, 0.25, 0.5, 1.0], 0.5),  # rank 1 and 2 just reach their limits
        ([0.0078125, 0.1015625, 0.109375, 0.125, 0.875, 0.75, 0.625, 1.0], 0.25),  # ranks 2 and 3 fail, 4 holds
        ([0.0625], 0.125),
    ],
    random=_some_p,
    slips=[
        (lambda p, level: p <= level, "That is a fixed limit; each rank has its own, level * k / n."),
        (lambda p, level: p <= level / len(p), "Every p-value is held against level / n, which is the limit of the first rank only."),
        (_stepwise, "You stopped at the first rank that fails; a later one may hold, and then all before it are raised."),
        (lambda p, level: _raised(p, level, best=np.min), "You took the smallest rank that holds; take the largest."),
        (lambda p, level: p <= level * np.arange(1, len(p) + 1) / len(p), "The limits belong to the sorted p-values; yours went with the order in which they came."),
        (lambda p, level: np.sort(p) <= level * np.arange(1, len(p) + 1) / len(p), "That is in the sorted order; return answers in the order in which the p-values came."),
        (lambda p, level: _raised(p, level, best=np.mean), "You took the mean of those that hold; take the largest."),
        (lambda p, level: _raised(p, level, line=lambda n: 1 / np.arange(1, n + 1) / n), "The limits grow with the rank: level times k, divided by n."),
        (lambda p, level: p[_raised(p, level)], "Those are the p-values that are raised; return True or False for each."),
        (lambda p, level: np.sum(_raised(p, level)), "That is how many are raised; return True or False for each."),
        (lambda p, level: np.flatnonzero(_raised(p, level)), "Those are the places of the alarms; return True or False for each p-value."),
        (lambda p, level: ~_raised(p, level), "True and False are exchanged: True is an alarm."),
        (lambda p, level: _raised(p, level, strict=True), "A p-value that equals its limit counts: compare with <=."),
        (lambda p, level: _raised(p, level, line=lambda n: np.arange(n) / n), "Ranks begin with 1; yours begin with 0."),
        (lambda p, level: _raised(p, level, line=lambda n: np.arange(1, n + 1)), "The limits are level * k / n; the n is missing."),
        (lambda p, level: p < np.max(np.sort(p)[np.sort(p) <= level * np.arange(1, len(p) + 1) / len(p)], initial=0), "The last p-value that holds is raised too."),
        (lambda p, level: np.isin(p, np.sort(p)[np.sort(p) <= level * np.arange(1, len(p) + 1) / len(p)]), "You raised only the ranks that hold; all up to the largest of them are raised."),
    ],
    hints=(
        "Sort p, compare with level * k / n for k = 1 to n, and look for the last place where it holds.",
        "good = ordered[ordered <= level * np.arange(1, n + 1) / n]; raise p <= good.max(), or nothing if good is empty.",
    ),
    remark="A single very small p-value makes no other alarm easier; many of them do.",
)  # fmt: skip
def discoveries(p, level):
    return _raised(p, level)
