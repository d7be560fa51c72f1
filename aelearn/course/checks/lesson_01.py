"""Checks of lesson 01, Preparing data."""

import numpy as np

from aelearn.course.exercises import Blank, NotYet, a_function, a_number, an_array, exercise, same


@exercise(
    "01.1",
    hint="Compute width / height for every row, compare it with eccentricity, and ask np.argmax for the largest gap.",
)
def corrupted_row(answer, *, x):
    height, width, _, eccentricity = np.asarray(x, dtype=float)[:, :4].T
    gap = np.abs(eccentricity - width / height)
    row = int(gap.argmax())
    if np.shape(answer) == (1,):
        answer = answer[0]
    if np.shape(answer) == gap.shape:
        return "You have one value for each row; give the index of the one row where the gap is largest."
    found = a_number(answer, "corrupted_row")
    if found == eccentricity.argmax():
        return (
            "That row has the largest eccentricity, and it is genuine: its width / height is as large. "
            "Look for the row where the two disagree."
        )
    if found == eccentricity.argmin():
        return "That row has the smallest eccentricity; look at the gap between eccentricity and width / height."
    if same(found, eccentricity[row]):
        return "That is the wrong value itself; give the index of its row."
    if found == row + 1:
        return "NumPy counts rows from 0, so the first row has index 0; you counted from 1."
    if found == np.abs(eccentricity - height / width).argmax():
        return "You compared with height / width; the eccentricity is width / height."
    if same(found, gap[row]):
        return "That is the size of the largest gap; np.argmax gives the row in which it stands."
    if found != row:
        return f"In row {found:g} eccentricity and width / height agree, or there is no such row."


@exercise(
    "01.2", hint="np.nanmedian(x_train, axis=0) gives one median a column; np.where(np.isnan(x), ..., x) puts it in."
)
def fill(answer):
    x_train = np.array([[1, 10], [2, np.nan], [9, 30], [np.nan, 80], [4, 20]])
    x = np.array([[np.nan, 7.0], [100, np.nan], [6, 8]])
    given_train, given_x = x_train.copy(), x.copy()
    filled = a_function(answer, given_train, given_x, what="fill")
    if filled is ...:
        return Blank
    if not (np.array_equal(given_x, x, equal_nan=True) and np.array_equal(given_train, x_train, equal_nan=True)):
        return "Your function changed the array it was given; return a copy and leave the reader's data alone."
    if np.shape(filled) == x_train.shape:
        return "You returned the filled training part; return x, filled with the training medians."
    if np.ndim(filled) == 2 and len(filled) < len(x):
        return "Rows have gone: you dropped those with holes, and each needs an answer. Fill the holes."
    if np.shape(filled) == x.shape and np.isnan(np.asarray(filled, dtype=float)).any():
        return "There are still holes: np.median of a column with a hole is NaN; np.nanmedian skips the holes."
    filled = an_array(filled, x.shape, "what fill returned")
    holes = np.isnan(x)
    if not np.array_equal(filled[~holes], x[~holes]):
        return "Values that were not missing have changed; touch the holes only."

    def with_values(values):
        return same(filled[holes], np.broadcast_to(values, x.shape)[holes])

    if with_values(np.nanmean(x_train, axis=0)):
        return "You filled with means; asked for are medians, which a few huge values do not move."
    if with_values(np.nanmedian(x, axis=0)):
        return "You took the medians of x itself. In use x may be a single row; take those of x_train."
    if with_values(np.nanmedian(np.vstack([x_train, x]), axis=0)):
        return "You took the medians of both arrays together, so the test part leaks in; take those of x_train alone."
    if with_values(0):
        return "You filled with zeros, a value these columns never have; fill with the medians of x_train."
    if with_values(np.nanmedian(x_train)):
        return "You filled every hole with one number; each column needs its own median: axis=0."
    if not with_values(np.nanmedian(x_train, axis=0)):
        return "The holes do not hold the medians of their columns in x_train."


@exercise(
    "01.3", hint="(x - mean) / standard deviation, both taken from x_train with axis=0: one number for each column."
)
def standardise(answer):
    x_train, x = np.array([[1.0, 100], [3, 300], [5, 800]]), np.array([[2.0, 100], [9, 500]])
    scaled = a_function(answer, x_train.copy(), x.copy(), what="standardise")
    if scaled is ...:
        return Blank
    if np.shape(scaled) == x_train.shape:
        return "You returned the training part; return x, standardised with the statistics of x_train."
    scaled = an_array(scaled, x.shape, "what standardise returned")
    mean, sd, both = x_train.mean(axis=0), x_train.std(axis=0), np.vstack([x_train, x])
    if same(scaled, (x - x.mean(axis=0)) / x.std(axis=0)):
        return (
            "You took the statistics of x itself: the test part then defines what is ordinary. Take those of x_train."
        )
    if same(scaled, (x - both.mean(axis=0)) / both.std(axis=0)):
        return "You took the statistics of both arrays together: a leak. Take those of x_train alone."
    if same(scaled, (x - mean) / x_train.var(axis=0)):
        return "You divided by the variance; divide by its square root, the standard deviation."
    if same(scaled, (x - x_train.mean()) / x_train.std()):
        return "You used one mean and one standard deviation for all columns; take them column by column: axis=0."
    if same(scaled, (x - mean) / x_train.std(axis=0, ddof=1)):
        return (
            "You divided by the sample standard deviation (ddof=1); NumPy's default, ddof=0, is what scikit-learn uses."
        )
    if same(scaled, x - mean):
        return "You subtracted the mean, and the division by the standard deviation is missing."
    if same(scaled, x / sd):
        return "You divided by the standard deviation, and the mean was not subtracted before."
    if same(scaled, x - mean / sd):
        return "Brackets: subtract first, then divide the whole difference: (x - mean) / sd."
    if not same(scaled, (x - mean) / sd):
        return "That is not (x - mean) / standard deviation with both taken from x_train, column by column."


@exercise(
    "01.4",
    hint="Take smallest and largest of x_train with axis=0; np.where(largest > smallest, largest - smallest, 1) is the divisor.",
)
def min_max(answer):
    x_train = np.array([[2.0, 7, 0], [4, 7, 10], [10, 7, 5]])
    x = np.array([[3.0, 7, -5], [12, 7.5, 10], [2, 7, 20]])
    with np.errstate(all="ignore"):
        scaled = a_function(answer, x_train.copy(), x.copy(), what="min_max")
    if scaled is ...:
        return Blank
    if np.shape(scaled) != x.shape:
        an_array(scaled, x.shape, "what min_max returned")
    scaled = np.asarray(scaled, dtype=float)
    if not np.isfinite(scaled).all():
        return "The constant column became NaN or infinity: its range is 0. Divide it by 1."
    smallest, largest = x_train.min(axis=0), x_train.max(axis=0)
    right = (x - smallest) / np.where(largest > smallest, largest - smallest, 1)
    own_range = np.ptp(x, axis=0)
    if same(scaled, (x - x.min(axis=0)) / np.where(own_range > 0, own_range, 1)):
        return "You took the smallest and largest values of x itself; take those of x_train."
    if same(scaled, np.clip(right, 0, 1)):
        return "Values outside the training range were clipped; they are what a detector must see, so let them pass."
    if np.abs(scaled[:, 1]).max() > 100:
        return (
            "In the constant column a change of 0.5 became enormous: something tiny was added to a range of 0. "
            "Divide by 1 there."
        )
    if same(scaled[:, [0, 2]], right[:, [0, 2]]) and not scaled[:, 1].any():
        return "The constant column is 0 even where x has a new value; subtract its smallest value and divide by 1."
    if same(scaled, x / np.where(largest != 0, largest, 1)):
        return "You divided by the largest value; subtract the smallest and divide by the range."
    if same(scaled, (x - x_train.min()) / np.ptp(x_train)):
        return "You used one smallest and one largest value for all columns; take them column by column: axis=0."
    if same(scaled[:, [0, 2]], right[:, [0, 2]]) and not same(scaled, right):
        return "The constant column is not right: subtract its smallest value and divide by 1."
    if not same(scaled, right):
        return "That is not (x - smallest) / (largest - smallest) with both taken from x_train, column by column."


@exercise(
    "01.5",
    hint="(x_train == row).all(axis=1) is True for each training row equal to `row`; .any() says whether there is one.",
)
def shared_rows(answer):
    x_train = np.array([[1.0, 2], [3, 4], [3, 4], [5, 6], [7, 8]])
    x_test = np.array([[3.0, 4], [3, 4], [2, 1], [7, 8], [1, 4], [9, 9], [3, 4]])
    found = a_function(answer, x_train.copy(), x_test.copy(), what="shared_rows")
    if found is ...:
        return Blank
    equal = (x_test[:, None] == x_train).all(axis=2)
    if np.shape(found) == (len(x_test),):
        return "You have one answer for each test row; count those that are True."
    count = a_number(found, "what shared_rows returned")
    cells = np.isin(x_test, x_train)
    wrong = {
        equal.sum(): "You counted pairs: a test row that is equal to two training rows counts once. Use any().",
        equal.any(axis=0).sum(): "You counted training rows; count the rows of x_test that stand in x_train.",
        equal.any(axis=1).mean(): "That is a share; asked for is how many rows.",
        (x_test[:5] == x_train)
        .all(axis=1)
        .sum(): "You compared rows at the same place only; a copy may stand anywhere.",
        cells.all(
            axis=1
        ).sum(): "You looked for single values; a row is shared when it equals one training row in every column.",
        2: "Equal test rows were counted once; each of them counts.",
    }
    right = equal.any(axis=1).sum()
    if count != right:
        raise NotYet(wrong.get(count, f"On a small example {right} test rows are shared and you found {count:g}."))


_PIPELINES = {  # name: (leaks, what to say to the wrong verdict)
    "A": (
        False,
        "A is clean: the scaler was fitted on the training part, and transforming the other parts is its use.",
    ),
    "B": (True, "B leaks: the smallest and largest values of the whole table come from test rows and anomalies too."),
    "C": (False, "C is clean: 255 is known from the camera; nothing was fitted on any row."),
    "D": (False, "D is clean: dropping copies before the split is what keeps a test row out of the training part."),
    "E": (True, "E leaks: the size of the code was chosen on the test part, so its AUC is no longer a test."),
    "F": (True, "F leaks: the model has seen the calibration rows, so their errors are too small for a threshold."),
}


@exercise(
    "01.6", hint="Ask of each: is a number or a choice taken from rows that were kept for calibration or for the test?"
)
def leaks(answer):
    verdicts = an_array(answer, (len(_PIPELINES),), "leaks")
    if not np.isin(verdicts, (0, 1)).all():
        return "leaks must hold True or False for each pipeline; you have other numbers."
    right = np.array([leaky for leaky, _ in _PIPELINES.values()])
    if same(verdicts, ~right):
        return "That is the wrong way round: True stands for a pipeline that leaks."
    for verdict, (leaky, sentence) in zip(verdicts, _PIPELINES.values(), strict=True):
        if bool(verdict) != leaky:
            return sentence
