import numpy as np
from scipy.stats import spearmanr

from exercises import Exercise


def nothing(*_):
    return ...


def ranks(a):
    return np.argsort(np.argsort(a))


def squares(a, b):
    return np.sum((ranks(a) - ranks(b)) ** 2)


def divisor(a):
    return len(a) * (len(a) ** 2 - 1)


def each(x, r, log=np.log, edge=1e-7):
    r = np.clip(r, edge, 1 - edge)
    return -(x * log(r) + (1 - x) * log(1 - r))


def finite_best(rates, losses):
    losses = np.where(np.isfinite(losses), losses, np.inf)
    return None if np.isinf(losses).all() else rates[int(np.argmin(losses))]


def one_error(means, deviations, n_seeds, root=np.sqrt):
    best = int(np.argmax(means))
    limit = means[best] - deviations[best] / root(n_seeds)
    return int(np.flatnonzero(np.asarray(means) >= limit)[0])


EXERCISES = [
    Exercise(
        "05.1",
        right=30_840,
        wrong=[
            (30_720, "has biases too"),
            (15_480, "one of the two layers"),
            (30_960, "128 for the next layer"),
            (-30_840, "the sign is not"),
            (2 * 784 * 120 + 120, "not to the 784 pixels"),
            (2056, "that stay"),
            (32_896, "subtract those"),
            (1, "1 is not it"),
        ],
    ),
    Exercise(
        "05.2",
        right=lambda a, b: spearmanr(a, b)[0],
        blank=nothing,
        wrong=[
            (lambda a, b: np.corrcoef(a, b)[0, 1], "correlation of the values"),
            (lambda a, b: spearmanr(np.argsort(a), np.argsort(b))[0], "apply it twice"),
            (lambda a, b: 6 * squares(a, b) / divisor(a), "1 - in front"),
            (lambda a, b: 1 - squares(a, b) / divisor(a), "factor 6 is missing"),
            (lambda a, b: 1 - 6 * squares(a, b) / len(a) ** 3, "left out the - 1"),
            (lambda a, b: 1 - 6 * np.sum(np.abs(ranks(a) - ranks(b))) / divisor(a), "absolute values"),
            (lambda a, b: -spearmanr(a, b)[0], "sign is turned"),
            (lambda a, b: 1 - 6 * squares(a, b) / 210, "Take n from the lists"),
            (lambda a, b: 0.5, "it gave 0.5"),
        ],
    ),
    Exercise(
        "05.3",
        right=lambda x, r: each(x, r).mean(axis=1),
        blank=nothing,
        wrong=[
            (lambda x, r: each(x, r).mean(), "one number for all rows"),
            (lambda x, r: each(x, r).mean(axis=0), "one number for each pixel: "),
            (each, "each pixel of each row"),
            (lambda x, r: -each(x, r).mean(axis=1), "sign is wrong"),
            (lambda x, r: each(x, r).sum(axis=1), "sum over the pixels"),
            (lambda x, r: each(x, r, np.log2).mean(axis=1), "in bits"),
            (lambda x, r: each(x, r, np.log10).mean(axis=1), "base 10"),
            (lambda x, r: -(x * np.log(r)).mean(axis=1), "second half"),
            (lambda x, r: each(r, x).mean(axis=1), "swapped"),
            (lambda x, r: each(x, r, edge=0).mean(axis=1), "NaN or infinity"),
            (lambda x, r: each(x, r, edge=1e-2).mean(axis=1), "wholly wrong"),
            (lambda x, r: np.mean((x - r) ** 2, axis=1), "For the first row"),
        ],
    ),
    Exercise(
        "05.4",
        right=finite_best,
        blank=nothing,
        wrong=[
            (lambda rates, losses: rates[int(np.argmin(losses))], "takes a NaN for the smallest"),
            (lambda rates, losses: rates[int(np.nanargmin(losses))], "minus infinity"),
            (lambda rates, losses: rates[int(np.nanargmax(losses))], "loss is infinite"),
            (lambda rates, losses: rates[0], "the first rate"),
            (lambda rates, losses: min(rates), "it crawls"),
            (lambda rates, losses: float(np.nanmin(losses)), "the lowest loss itself"),
            (lambda rates, losses: int(np.nanargmin(losses)), "the index of the best"),
            (lambda rates, losses: finite_best(rates, losses) or rates[0], "return None then"),
            (lambda rates, losses: None, "although four"),
            (lambda rates, losses: 0.01, "belongs to the rate 0.001"),
        ],
    ),
    Exercise(
        "05.5",
        right=one_error,
        blank=nothing,
        wrong=[
            (lambda m, d, n: int(np.argmax(m)), "That is the best mean"),
            (lambda m, d, n: int(np.flatnonzero(m >= np.max(m) - 0.01)[0]), "too far down"),
            (lambda m, d, n: 0, "simplest of all"),
            (lambda m, d, n: m[3], "return its index"),
            (
                lambda m, d, n: int(np.flatnonzero(np.asarray(m) + 4 * np.asarray(d) > 0.94)[0]),
                "more than one standard error",
            ),
            (lambda m, d, n: int(np.argmax(d)), "largest deviation"),
            (lambda m, d, n: one_error(m, d, 3), "root of n_seeds"),
            (lambda m, d, n: 7, "index 3 is the first"),
        ],
    ),
]
