import numpy as np

from aelearn import data
from exercises import Exercise

x = data.load("page_blocks").x
height, width, area, eccentricity = x[:, :4].T.astype(float)
gap = np.abs(eccentricity - width / height)


def blank(x_train, x):
    return ...


def fill_with(values):
    return lambda x_train, x: np.where(np.isnan(x), values(x_train, x), x)


def fill_in_place(x_train, x):
    x[:] = np.where(np.isnan(x), np.nanmedian(x_train, axis=0), x)
    return x


def standardise_with(statistics):
    def standardise(x_train, x):
        rows = statistics(x_train, x)
        return (x - rows.mean(axis=0)) / rows.std(axis=0)

    return standardise


def standardise_in_place(x_train, x):
    x -= x_train.mean(axis=0)
    x /= x_train.std(axis=0)
    return x


def min_max(x_train, x):
    smallest, largest = x_train.min(axis=0), x_train.max(axis=0)
    return (x - smallest) / np.where(largest > smallest, largest - smallest, 1)


def min_max_hiding(x_train, x):
    return np.where(np.ptp(x_train, axis=0) > 0, min_max(x_train, x), 0)


def equal(x_train, x_test):
    return (x_test[:, None] == x_train).all(axis=2)


def first_row_only(x_train, x_test):
    count = 0
    for row in x_test:
        if (x_train == row).all(axis=1).any():
            count += 1
        return count


leaks = np.array([False, True, False, False, True, True, True])


def flipped(letter):
    verdicts = leaks.copy()
    verdicts["ABCDEFG".index(letter)] ^= True
    return verdicts


EXERCISES = [
    Exercise(
        "01.1",
        right=np.argmax(gap),
        also=[
            np.where(gap == gap.max()),
            np.flatnonzero(gap == gap.max()),
            float(np.argmax(gap)),
            [int(np.argmax(gap))],
        ],
        given=dict(x=x),
        wrong=[
            (np.argmax(eccentricity), "it is genuine"),
            (np.argmin(eccentricity), "smallest eccentricity"),
            (500.0, "wrong value itself"),
            (5, "counted from 1"),
            (gap.max(), "size of the largest gap"),
            (gap, "the gap of each row"),
            (gap > 1, "has shape"),
            (7, "In row 7"),
            (np.flatnonzero(eccentricity != width / height), "hardly ever equal"),
        ],
    ),
    Exercise(
        "01.2",
        right=fill_with(lambda x_train, x: np.nanmedian(x_train, axis=0)),
        blank=blank,
        wrong=[
            (fill_with(lambda x_train, x: np.nanmean(x_train, axis=0)), "filled with means"),
            (fill_with(lambda x_train, x: np.nanmedian(x, axis=0)), "medians of x itself"),
            (fill_with(lambda x_train, x: np.nanmedian(np.vstack([x_train, x]), axis=0)), "leaks in"),
            (fill_with(lambda x_train, x: 0), "filled with zeros"),
            (fill_with(lambda x_train, x: np.nanmedian(x_train)), "one number"),
            (fill_with(lambda x_train, x: np.median(x_train, axis=0)), "np.nanmedian skips"),
            (fill_with(lambda x_train, x: -1), "Where x_train should matter"),
            (fill_with(lambda x_train, x: np.nanquantile(x_train, 0.4, axis=0)), "is wanted"),
            (fill_in_place, "changes its argument x"),
            (fill_with(lambda x_train, x: np.nanmedian(x_train, axis=1)), "median of each row"),
            (lambda x_train, x: np.where(x == np.nan, np.nanmedian(x_train, axis=0), x), "NaN equals nothing"),
            (lambda x_train, x: np.where(np.isnan(x), x, np.nanmedian(x_train, axis=0)), "np.where are exchanged"),
            (lambda x_train, x: None, "returns nothing"),
            (lambda x_train, x: x[~np.isnan(x).any(axis=1)], "Rows have gone"),
            (lambda x_train, x: x_train, "returned the training part"),
            (lambda x_train, x: np.full_like(x, 3), "returned 3 for every input"),
        ],
    ),
    Exercise(
        "01.3",
        right=standardise_with(lambda x_train, x: x_train),
        blank=blank,
        wrong=[
            (standardise_with(lambda x_train, x: x), "statistics of x itself"),
            (standardise_with(lambda x_train, x: np.vstack([x_train, x])), "both arrays together"),
            (lambda x_train, x: (x - x_train.mean(axis=0)) / x_train.var(axis=0), "the variance"),
            (lambda x_train, x: (x - x_train.mean()) / x_train.std(), "one mean and one"),
            (lambda x_train, x: (x - x_train.mean(axis=0)) / x_train.std(axis=0, ddof=1), "ddof=1"),
            (lambda x_train, x: x - x_train.mean(axis=0), "division by the standard deviation is missing"),
            (lambda x_train, x: x / x_train.std(axis=0), "was not subtracted"),
            (lambda x_train, x: x - x_train.mean(axis=0) / x_train.std(axis=0), "Brackets"),
            (lambda x_train, x: x_train, "returned the training part"),
            (lambda x_train, x: x, "returns its argument x as it came"),
            (lambda x_train, x: (x - x_train.mean(axis=0)) / 2, "is wanted"),
            (standardise_in_place, "changes its argument x"),
            (lambda x_train, x: standardise_with(lambda x_train, x: x_train)(x_train, x).round(2), "but rounded"),
        ],
    ),
    Exercise(
        "01.4",
        right=min_max,
        blank=blank,
        wrong=[
            (lambda x_train, x: (x - x_train.min(axis=0)) / np.ptp(x_train, axis=0), "NaN or infinity"),
            (lambda x_train, x: min_max(x, x), "values of x itself"),
            (lambda x_train, x: np.clip(min_max(x_train, x), 0, 1), "clipped"),
            (lambda x_train, x: (x - x_train.min(axis=0)) / (np.ptp(x_train, axis=0) + 1e-9), "enormous"),
            (min_max_hiding, "even where x has a new value"),
            (lambda x_train, x: x / x_train.max(axis=0), "divided by the largest"),
            (lambda x_train, x: (x - x_train.min()) / np.ptp(x_train), "for all columns"),
            (lambda x_train, x: min_max(x_train, x) + (np.ptp(x_train, axis=0) == 0), "constant column is not right"),
            (
                lambda x_train, x: (x - x_train.min(axis=0)) / np.maximum(np.ptp(x_train, axis=0), 1),
                "below 1 was replaced",
            ),
            (lambda x_train, x: min_max(np.vstack([x_train, x]), x), "both arrays together"),
            (lambda x_train, x: np.nan_to_num((x - x_train.min(axis=0)) / np.ptp(x_train, axis=0)), "np.nan_to_num"),
            (lambda x_train, x: (x - x_train.min(axis=0)) / x_train.max(axis=0), "divide by their difference"),
            (lambda x_train, x: np.ones_like(x), "for every input that was tried"),
            (lambda x_train, x: min_max(x_train, x)[0], "has shape"),
        ],
    ),
    Exercise(
        "01.5",
        right=lambda x_train, x_test: sum((x_train == row).all(axis=1).any() for row in x_test),
        blank=blank,
        wrong=[
            (lambda x_train, x_test: equal(x_train, x_test).sum(), "counted pairs"),
            (lambda x_train, x_test: equal(x_train, x_test).any(axis=0).sum(), "counted training rows"),
            (lambda x_train, x_test: equal(x_train, x_test).any(axis=1).mean(), "That is a share"),
            (lambda x_train, x_test: equal(x_train, x_test).any(axis=1), "one answer for each test row"),
            (
                lambda x_train, x_test: sum(np.array_equal(a, b) for a, b in zip(x_train, x_test, strict=False)),
                "same place only",
            ),
            (lambda x_train, x_test: np.isin(x_test, x_train).all(axis=1).sum(), "single values"),
            (lambda x_train, x_test: len({*map(tuple, x_train)} & {*map(tuple, x_test)}), "counted once"),
            (first_row_only, "inside the loop"),
            (lambda x_train, x_test: np.intersect1d(x_train, x_test).size, "np.intersect1d"),
            (lambda x_train, x_test: 0, "for every input that was tried"),
            (lambda x_train, x_test: x_test, "has shape"),
        ],
    ),
    Exercise(
        "01.6",
        right=leaks,
        also=[leaks.tolist(), leaks.astype(int), tuple(leaks), dict(zip("ABCDEFG", leaks, strict=True)).values()],
        wrong=[
            (~leaks, "wrong way round"),
            (flipped("A"), "A is clean"),
            (flipped("B"), "B leaks"),
            (flipped("C"), "C is clean"),
            (flipped("D"), "D is clean"),
            (flipped("E"), "E leaks"),
            (flipped("F"), "F leaks"),
            (flipped("G"), "G leaks"),
            (leaks[:6], "has shape"),
            (np.arange(7), "other numbers"),
            (["B", "E", "F", "G"], "Letters will not do"),
            (None, "nothing was assigned"),
        ],
    ),
]
