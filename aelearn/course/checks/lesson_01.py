"""Checks of lesson 01, Preparing data."""

import numpy as np

from aelearn.course.answers import NotYet
from aelearn.course.judging import function_exercise, value_exercise


def _columns(x):
    """Height, width and eccentricity of each block."""
    height, width, _, eccentricity = np.asarray(x, dtype=float)[:, :4].T
    return height, width, eccentricity


def _gap(x):
    height, width, eccentricity = _columns(x)
    return np.abs(eccentricity - width / height)


def _unequal(x):
    height, width, eccentricity = _columns(x)
    return eccentricity != width / height


@value_exercise(
    "01.1",
    slips=[
        (lambda x: _columns(x)[2].argmax(), "That row has the largest eccentricity, and it is genuine: its width / height (in this order) is as large. Look for the row where the two disagree."),
        ([_unequal, lambda x: np.flatnonzero(_unequal(x)), lambda x: np.where(_unequal(x))], "The records are rounded, so the two are hardly ever equal to the last digit; look for the row with the largest gap."),
        (lambda x: _columns(x)[2].argmin(), "That row has the smallest eccentricity; look at the gap between eccentricity and width / height."),
        (lambda x: _columns(x)[2][_gap(x).argmax()], "That is the wrong value itself; give the index of its row."),
        (lambda x: _gap(x).argmax() + 1, "NumPy counts rows from 0, so the first row has index 0; you counted from 1."),
        (lambda x: _gap(x).argmin(), "In that row the two agree best; look for the largest gap."),
        (lambda x: _gap(x).max(), "That is the size of the largest gap; np.argmax gives the row in which it stands."),
        (lambda x: _gap(x), "You have the gap of each row; give the index of the row where it is largest."),
        (lambda x: x[_gap(x).argmax()], "That is the row itself; give its index."),
    ],
    otherwise=lambda found, wanted, x: f"In row {found:g} eccentricity and width / height agree, but for rounding, or there is no such row.",
    hints=(
        "Two columns should be equal: eccentricity, and width / height. In which row is the gap between them largest?",
        "np.abs(eccentricity - width / height) is the gap of each row; np.argmax says where it is largest.",
    ),
    remark="Its eccentricity is not even the largest: only beside the other columns is it wrong.",
)  # fmt: skip
def corrupted_row(x):
    return _gap(x).argmax()


_NAN = np.nan


def _filled_with(values):
    """A `fill` that puts values(x_train, x) into the holes."""
    return lambda x_train, x: np.where(np.isnan(x), values(x_train, x), x)


def _with_holes(rng):
    """Two tables of which no column of the first is all holes."""
    columns = rng.integers(1, 5)
    x_train, x = (np.round(rng.gamma(1, 10, (rng.integers(low, 9), columns)), 2) for low in (3, 1))
    x[rng.random(x.shape) < 0.3] = np.nan
    x_train[1:][rng.random(x_train[1:].shape) < 0.3] = np.nan
    return x_train, x


def _untouched(found, wanted, x_train, x):
    holes = np.isnan(x)
    if not np.array_equal(found[~holes], x[~holes]):
        return "Values that were not missing have changed; touch the holes only."


@function_exercise(
    "01.2",
    examples=[
        ([[1, 10], [2, _NAN], [9, 30], [_NAN, 80], [4, 20]], [[_NAN, 7.0], [100, _NAN], [6, 8]]),
        ([[1.0, 7], [5, 8], [_NAN, 2]], [[_NAN, _NAN]]),  # a single row
        ([[1.0, 5, 2], [3, _NAN, 4]], [[8.0, 9, 7], [3, 1, 2]]),  # nothing to fill
        ([[1.0, 5], [3, 7], [8, 9]], [[_NAN, 9], [4, 2]]),  # holes in x only
    ],
    random=_with_holes,
    pure=True,
    slips=[
        (_filled_with(lambda x_train, x: np.nanmean(x_train, axis=0)), "You filled with means; asked for are medians, which a few huge values do not move."),
        (_filled_with(lambda x_train, x: np.nanmedian(x, axis=0)), "You took the medians of x itself. In use x may be a single row; take those of x_train."),
        (_filled_with(lambda x_train, x: np.nanmedian(np.vstack([x_train, x]), axis=0)), "You took the medians of both arrays together, so the test part leaks in; take those of x_train alone."),
        (_filled_with(lambda x_train, x: 0), "You filled with zeros, a value these columns never have; fill with the medians of x_train."),
        (_filled_with(lambda x_train, x: np.nanmedian(x_train)), "You filled every hole with one number; each column needs its own median: axis=0."),
        (_filled_with(lambda x_train, x: np.nanmedian(x_train, axis=1)), "You took a median of each row; each column needs one: axis=0."),
        (_filled_with(lambda x_train, x: np.median(x_train, axis=0)), "There are still holes: np.median of a column with a hole is NaN; np.nanmedian skips the holes."),
        (_filled_with(lambda x_train, x: np.median(x_train[~np.isnan(x_train).any(axis=1)], axis=0)), "You dropped the training rows with a hole before you took the medians; their other values count as well."),
        (_filled_with(lambda x_train, x: np.median(np.nan_to_num(x_train), axis=0)), "You took the holes of x_train for zeros; leave them out of the medians."),
        (_filled_with(lambda x_train, x: np.nanmax(x_train, axis=0)), "You filled with the largest values; asked for are medians."),
        (_filled_with(lambda x_train, x: np.nanmin(x_train, axis=0)), "You filled with the smallest values; asked for are medians."),
        (lambda x_train, x: x, "Nothing was filled. If you looked for holes with x == np.nan: NaN equals nothing, not even itself; ask np.isnan."),
        (lambda x_train, x: np.where(np.isnan(x), x, np.nanmedian(x_train, axis=0)), "The holes stayed and the other values were replaced: the last two arguments of np.where are exchanged."),
        (lambda x_train, x: np.isnan(x), "That says where the holes are; return x with the holes filled."),
        (lambda x_train, x: np.nanmedian(x_train, axis=0), "Those are the medians; return x with its holes filled by them."),
        (lambda x_train, x: x[~np.isnan(x).any(axis=1)], "Rows have gone: you dropped those with holes, and each needs an answer. Fill the holes."),
        ([lambda x_train, x: x_train, lambda x_train, x: np.where(np.isnan(x_train), np.nanmedian(x_train, axis=0), x_train)], "You returned the training part; return x, filled with the medians of x_train."),
    ],
    otherwise=_untouched,
    hints=(
        "First one median for each column of x_train, without its holes; then put it where x has a hole.",
        "np.nanmedian(x_train, axis=0) gives the medians; np.where(np.isnan(x), ..., x) puts them in.",
    ),
)  # fmt: skip
def fill(x_train, x):
    return np.where(np.isnan(x), np.nanmedian(x_train, axis=0), x)


def _standardised_by(statistics, **how):
    """A `standardise` with the mean and standard deviation of statistics(x_train, x)."""
    return lambda x_train, x: (x - statistics(x_train, x).mean(axis=0)) / statistics(x_train, x).std(axis=0, **how)


def _two_tables(rng):
    """Two tables of the same columns, each column with a place and a spread of its own."""
    columns = rng.integers(1, 5)
    place, spread = rng.normal(0, 10, columns), rng.choice([0.1, 1, 20], columns)
    return tuple(place + spread * rng.normal(size=(rows, columns)) for rows in (rng.integers(2, 9), rng.integers(1, 9)))


@function_exercise(
    "01.3",
    examples=[
        ([[1.0, 100], [3, 300], [5, 800]], [[2.0, 100], [9, 500]]),
        ([[1.0, 2], [3, 10]], [[-4.0, 2]]),  # a single row, outside the training range
        ([[0.0], [0.1], [0.5]], [[0.2], [0.3], [0.4]]),
    ],
    random=_two_tables,
    pure=True,
    slips=[
        (_standardised_by(lambda x_train, x: x), "You took the statistics of x itself: the test part then defines what is ordinary. Take those of x_train."),
        (_standardised_by(lambda x_train, x: np.vstack([x_train, x])), "You took the statistics of both arrays together: a leak. Take those of x_train alone."),
        (lambda x_train, x: (x - x_train.mean(axis=0)) / x.std(axis=0), "The mean is that of x_train, the standard deviation that of x; take both from x_train."),
        (lambda x_train, x: (x - x.mean(axis=0)) / x_train.std(axis=0), "The standard deviation is that of x_train, the mean that of x; take both from x_train."),
        (lambda x_train, x: (x - x_train.mean(axis=0)) / x_train.var(axis=0), "You divided by the variance; divide by its square root, the standard deviation."),
        (lambda x_train, x: (x - x_train.mean()) / x_train.std(), "You used one mean and one standard deviation for all columns; take them column by column: axis=0."),
        (lambda x_train, x: (x - x_train.mean(axis=0)) / x_train.std(), "You used one standard deviation for all columns; take it column by column: axis=0."),
        (lambda x_train, x: (x - x_train.mean()) / x_train.std(axis=0), "You used one mean for all columns; take it column by column: axis=0."),
        (_standardised_by(lambda x_train, x: x_train, ddof=1), "You divided by the sample standard deviation (ddof=1); NumPy's default, ddof=0, is what scikit-learn uses."),
        (lambda x_train, x: x - x_train.mean(axis=0), "You subtracted the mean, and the division by the standard deviation is missing."),
        (lambda x_train, x: x / x_train.std(axis=0), "You divided by the standard deviation, and the mean was not subtracted before."),
        (lambda x_train, x: x - x_train.mean(axis=0) / x_train.std(axis=0), "Brackets: subtract first, then divide the whole difference: (x - mean) / sd."),
        (lambda x_train, x: (x + x_train.mean(axis=0)) / x_train.std(axis=0), "You added the mean; subtract it."),
        (lambda x_train, x: (x - x_train.mean(axis=0)) * x_train.std(axis=0), "You multiplied by the standard deviation; divide by it."),
        (lambda x_train, x: (x - np.median(x_train, axis=0)) / x_train.std(axis=0), "You subtracted the median; standardising takes the mean."),
        (lambda x_train, x: (x - x_train.min(axis=0)) / np.ptp(x_train, axis=0), "That is min-max scaling; asked for is mean 0 and standard deviation 1."),
        ([lambda x_train, x: x_train, lambda x_train, x: (x_train - x_train.mean(axis=0)) / x_train.std(axis=0)], "You returned the training part; return x, standardised with the statistics of x_train."),
    ],
    hints=(
        "Two statistics of each column of x_train, then a shift and a division of x.",
        "(x - mean) / standard deviation, both taken from x_train with axis=0: one number for each column.",
    ),
    remark="Test values may lie far from 0: that is what a detector must be able to see.",
)  # fmt: skip
def standardise(x_train, x):
    return (x - x_train.mean(axis=0)) / x_train.std(axis=0)


def _divisor(x):
    """The range of each column, 1 where it is 0."""
    return np.where(np.ptp(x, axis=0) > 0, np.ptp(x, axis=0), 1)


def _both(x_train, x):
    return np.vstack([x_train, x])


def _tables_with_a_constant(rng):
    """As two tables, but a column of the first may be constant."""
    x_train, x = _two_tables(rng)
    if rng.random() < 0.5:
        x_train[:, 0] = x_train[0, 0]
    return x_train, x


def _constant_column(found, wanted, x_train, x):
    constant = np.ptp(x_train, axis=0) == 0
    if not np.isfinite(found).all():
        return "The constant column became NaN or infinity: its range is 0. Divide it by 1."
    if not np.allclose(found[:, ~constant], wanted[:, ~constant]):
        return None
    if constant.any() and np.abs(found[:, constant]).max() > 1000 * max(np.abs(wanted[:, constant]).max(), 1e-9):
        return "In the constant column a small change became enormous: it was divided by 0 or by something tiny. Divide by 1 there."
    return "The constant column is not right: subtract its smallest value and divide by 1."


@function_exercise(
    "01.4",
    examples=[
        ([[2.0, 7, 0, 0.1], [4, 7, 10, 0.3], [10, 7, 5, 0.2]], [[3.0, 7, -5, 0.2], [12, 7.5, 10, 0.15], [2, 7, 20, 0.4]]),
        ([[0.2, 5], [0.6, 5]], [[0.3, 6]]),  # a range below 1, and a single row
        ([[3.0], [3], [3]], [[3.0], [4], [2]]),  # only a constant column
        ([[-4.0, 1], [-2, 9]], [[-3.0, 4], [-1, 12], [-6, -2]]),
    ],
    random=_tables_with_a_constant,
    pure=True,
    slips=[
        (lambda x_train, x: (x - x_train.min(axis=0)) / np.ptp(x_train, axis=0), "The constant column became NaN or infinity: its range is 0. Divide it by 1."),
        (lambda x_train, x: np.nan_to_num((x - x_train.min(axis=0)) / np.ptp(x_train, axis=0)), "np.nan_to_num hides the 0 / 0 of the constant column, and leaves a new value there enormous; divide by 1 instead."),
        ([lambda x_train, x: (x - x_train.min(axis=0)) / x_train.max(axis=0),
          lambda x_train, x: (x - x_train.min(axis=0)) / np.where(x_train.max(axis=0) != 0, x_train.max(axis=0), 1),
          lambda x_train, x: (x - x_train.min(axis=0)) / np.where(np.ptp(x_train, axis=0) > 0, x_train.max(axis=0), 1)], "You subtracted the smallest value and divided by the largest; divide by their difference, the range."),
        (lambda x_train, x: (x - x.min(axis=0)) / _divisor(x), "You took the smallest and largest values of x itself; take those of x_train."),
        (lambda x_train, x: (x - _both(x_train, x).min(axis=0)) / _divisor(_both(x_train, x)), "You took the smallest and largest values of both arrays together: a leak. Take those of x_train alone."),
        (lambda x_train, x: np.clip((x - x_train.min(axis=0)) / _divisor(x_train), 0, 1), "Values outside the training range were clipped; they are what a detector must see, so let them pass."),
        (lambda x_train, x: (x - x_train.min(axis=0)) / np.maximum(np.ptp(x_train, axis=0), 1), "A range below 1 was replaced by 1 too; only a range of 0 is."),
        (lambda x_train, x: (x - x_train.min(axis=0)) / (np.ptp(x_train, axis=0) + 1), "You added 1 to every range; only a range of 0 is replaced, by 1."),
        (lambda x_train, x: np.where(np.ptp(x_train, axis=0) > 0, (x - x_train.min(axis=0)) / _divisor(x_train), 0), "The constant column is 0 even where x has a new value; subtract its smallest value and divide by 1."),
        (lambda x_train, x: np.where(np.ptp(x_train, axis=0) > 0, (x - x_train.min(axis=0)) / _divisor(x_train), x), "The constant column stayed as it was; subtract its smallest value, as in the others."),
        (lambda x_train, x: x / np.where(x_train.max(axis=0) != 0, x_train.max(axis=0), 1), "You divided by the largest value; subtract the smallest and divide by the range."),
        (lambda x_train, x: x / _divisor(x_train), "You divided by the range, and the smallest value was not subtracted before."),
        (lambda x_train, x: x - x_train.min(axis=0), "You subtracted the smallest value, and the division by the range is missing."),
        (lambda x_train, x: (x - x_train.min(axis=0)) * _divisor(x_train), "You multiplied by the range; divide by it."),
        (lambda x_train, x: (x + x_train.min(axis=0)) / _divisor(x_train), "You added the smallest value; subtract it."),
        (lambda x_train, x: (x - x_train.max(axis=0)) / _divisor(x_train), "You subtracted the largest value; subtract the smallest."),
        (lambda x_train, x: (x - x_train.mean(axis=0)) / _divisor(x_train), "You subtracted the mean; subtract the smallest value."),
        (lambda x_train, x: (x - x_train.min(axis=0)) / np.where(x_train.std(axis=0) > 0, x_train.std(axis=0), 1), "You divided by the standard deviation; divide by the range."),
        ([lambda x_train, x: (x - x_train.min()) / (np.ptp(x_train) or 1), lambda x_train, x: (x - x_train.min()) / np.ptp(x_train)], "You used one smallest and one largest value for all columns; take them column by column: axis=0."),
        (lambda x_train, x: (x_train - x_train.min(axis=0)) / _divisor(x_train), "You returned the training part; return x, scaled by the values of x_train."),
    ],
    otherwise=_constant_column,
    hints=(
        "Smallest and largest value of each column of x_train; then shift and divide x. What is the range of a constant column?",
        "Take both with axis=0; np.where(largest > smallest, largest - smallest, 1) is the divisor.",
    ),
)  # fmt: skip
def min_max(x_train, x):
    return (x - x_train.min(axis=0)) / _divisor(x_train)


def _equal(x_train, x_test):
    """(n_test, n_train): whether two rows are equal in every column."""
    return (x_test[:, None] == x_train).all(axis=2)


def _same_place(x_train, x_test):
    return sum(np.array_equal(a, b) for a, b in zip(x_train, x_test, strict=False))


@function_exercise(
    "01.5",
    examples=[
        ([[1.0, 2], [3, 4], [3, 4], [5, 6], [7, 8]], [[3.0, 4], [3, 4], [2, 1], [7, 8], [1, 4], [9, 9], [3, 4]]),
        ([[1.0, 2]], [[2.0, 1], [3, 3]]),  # none is shared
        ([[1.0, 1], [2, 2]], [[2.0, 2]]),
        ([[2.0, 1], [2, 1]], [[2.0, 1], [1, 2]]),  # a row that equals all training rows
        ([[5.0], [6], [7]], [[6.0], [6], [8], [5]]),  # one column
    ],
    random=lambda rng: (
        rng.integers(0, 3, (rng.integers(1, 9), 2)).astype(float),
        rng.integers(0, 3, (rng.integers(1, 9), 2)).astype(float),
    ),
    slips=[
        (lambda x_train, x_test: _equal(x_train, x_test).sum(), "You counted pairs: a test row that is equal to two training rows counts once. Use any()."),
        (lambda x_train, x_test: _equal(x_train, x_test).any(axis=0).sum(), "You counted training rows; count the rows of x_test that stand in x_train."),
        (lambda x_train, x_test: _equal(x_train, x_test).any(axis=1).mean(), "That is a share; asked for is how many rows."),
        (lambda x_train, x_test: _equal(x_train, x_test).any(axis=1), "You have one answer for each test row; count those that are True."),
        (lambda x_train, x_test: _equal(x_train, x_test), "That is a table of all pairs; count the test rows that have at least one equal."),
        (lambda x_train, x_test: (~_equal(x_train, x_test).any(axis=1)).sum(), "You counted the test rows that are new; count those that stand in x_train."),
        ([lambda x_train, x_test: int(_equal(x_train, x_test)[0].any()), lambda x_train, x_test: bool(_equal(x_train, x_test)[0].any())], "You looked at the first test row only: return stands inside the loop, and ends it."),
        (lambda x_train, x_test: len(np.intersect1d(x_train, x_test)), "np.intersect1d takes both tables apart into numbers, and counts those in common; compare row with row."),
        (_same_place, "You compared rows at the same place only; a copy may stand anywhere."),
        (lambda x_train, x_test: np.isin(x_test, x_train).all(axis=1).sum(), "You looked for single values; a row is shared when it equals one training row in every column."),
        (lambda x_train, x_test: np.isin(x_test, x_train).any(axis=1).sum(), "One equal value is enough for you; a row is shared when it equals one training row in every column."),
        (lambda x_train, x_test: (x_test[:, None] == x_train).any(axis=2).any(axis=1).sum(), "One equal column is enough for you; a row is shared when all its columns are equal: all(axis=1)."),
        (lambda x_train, x_test: _equal(x_train, x_test).all(axis=1).sum(), "You asked for test rows that equal all training rows; one is enough: any()."),
        (lambda x_train, x_test: _equal(x_train, x_test).any(), "That says whether there is any; count how many."),
        (lambda x_train, x_test: len({*map(tuple, x_train)} & {*map(tuple, x_test)}), "Equal test rows were counted once; each of them counts."),
    ],
    hints=(
        "For one row of x_test: which rows of x_train are equal to it, and is there any? Then count over the rows of x_test.",
        "(x_train == row).all(axis=1) is True for each training row equal to `row`; .any() says whether there is one.",
    ),
    remark="This check belongs into every project, right after the split.",
)  # fmt: skip
def shared_rows(x_train, x_test):
    return _equal(x_train, x_test).any(axis=1).sum()


_PROGRAMS = {  # name: (leaks, what to say to the wrong verdict)
    "A": (False, "A is clean: the scaler was fitted on the training part, and the other parts are what it is used on."),
    "B": (True, "B leaks: the scaler's numbers come from test rows and anomalies too."),
    "C": (False, "C is clean: 255 is known from the camera; nothing was fitted on any row."),
    "D": (False, "D is clean: no number is taken from any row, and a copy dropped before the split cannot stand on both sides of it."),
    "E": (True, "E leaks: the size of the code was chosen on the test part, so its AUC is no longer a test."),
    "F": (True, "F leaks: the model has seen the calibration rows, so their errors are too small for a threshold."),
    "G": (True, "G leaks: heartbeats of one patient belong together, and a new patient has none in the training part."),
}  # fmt: skip


def _first_wrong_verdict(found, wanted):
    place = int(np.flatnonzero(found != wanted)[0])
    return list(_PROGRAMS.values())[place][1]


def _verdicts(found):
    parts = list(found) if isinstance(found, str | list | tuple | set | dict) else []
    if any(isinstance(part, str) for part in parts):
        raise NotYet("Letters will not do; give seven values in the order A to G, True for a program that leaks.")
    return found


@value_exercise(
    "01.6",
    slips=[(lambda: ~leaks(), "That is the wrong way round: True stands for a program that leaks.")],
    view=_verdicts,
    otherwise=_first_wrong_verdict,
    hints=(
        "Ask of each: which rows had a say in a number or a choice?",
        "It leaks when a number or a choice was taken from rows that were kept for calibration or for the test.",
    ),
)
def leaks():
    return np.array([leaky for leaky, _ in _PROGRAMS.values()])
