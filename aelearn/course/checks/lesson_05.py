"""Checks of lesson 05, Choosing parameters."""

import numpy as np

from aelearn.course.exercises import Blank, a_function, a_number, an_array, exercise, same


@exercise(
    "05.1", hint="Only two of the four layers touch the code: 128 -> k and k -> 128. Mind the k biases of the code."
)
def saved(answer):
    found = a_number(answer, "saved")
    if found == 2 * 128 * 120:
        return "Those are the weights; the code has biases too, one for each of its units."
    if found in (128 * 120, 128 * 120 + 120):
        return "You counted one of the two layers that touch the code: one leads into it, another one out of it."
    if found == 2 * 128 * 120 + 2 * 120:
        return (
            "The biases belong to the units a layer ends in: k for the code, but 128 for the next layer, whatever k is."
        )
    if found == -(2 * 128 * 120 + 120):
        return "The size is right and the sign is not: you save what the large network has more than the small one."
    if found == 2 * 784 * 120 + 120:
        return "The code is tied to the hidden layers of 128 units, not to the 784 pixels."
    if found == 2 * 128 * 8 + 8:
        return "Those are the parameters around a code of 8 that stay; asked for is how many go."
    if found == 2 * 128 * 128 + 128:
        return "Those are the parameters around a code of 128; subtract those around a code of 8."
    if found != 2 * 128 * 120 + 120:
        return (
            f"{found:.6g} is not it: count weights and biases around the code for k = 128 and for k = 8, and subtract."
        )


def _spearman(a, b):
    ranks_a, ranks_b = np.argsort(np.argsort(a)), np.argsort(np.argsort(b))
    return np.corrcoef(ranks_a, ranks_b)[0, 1]


@exercise(
    "05.2",
    hint="Ranks of both lists with argsort of argsort, differences squared and summed, times 6, over n (n² - 1), from 1.",
)
def rank_correlation(answer):
    a = [0.1, 7.0, 0.4, 90.0, 2.0, 3.0]
    b = [12.0, 50.0, 11.0, 13.0, 60.0, 10.0]
    found = a_function(answer, list(a), list(b), what="rank_correlation")
    if found is ...:
        return Blank
    found = a_number(found, "what rank_correlation returned")
    right = _spearman(a, b)
    ranks_a, ranks_b = np.argsort(np.argsort(a)), np.argsort(np.argsort(b))
    squares = np.sum((ranks_a - ranks_b) ** 2)
    if same(found, np.corrcoef(a, b)[0, 1]):
        return "That is the correlation of the values; replace them by their ranks first, or one huge value decides it all."
    if same(found, _spearman(np.argsort(a), np.argsort(b))) and not same(found, right):
        return "np.argsort once says which item comes first, not which rank an item has; apply it twice."
    if same(found, 6 * squares / (6 * 35)):
        return "The 1 - in front is missing: equal orders give differences of 0 and must give 1."
    if same(found, 1 - squares / (6 * 35)):
        return "The factor 6 is missing, so the reverse order would not come out as -1."
    if same(found, 1 - 6 * squares / (6 * 36)):
        return "The divisor is n (n² - 1); you left out the - 1."
    if same(found, 1 - 6 * np.sum(np.abs(ranks_a - ranks_b)) / (6 * 35)):
        return "The differences of the ranks must be squared; you took their absolute values."
    if same(found, -right):
        return "The sign is turned round: lists in the same order must give 1."
    if not same(found, right):
        return f"On two lists of six it gave {found:.4g}, and the rank correlation is {right:.4g}."
    turned = a_number(a_function(answer, [1.0, 2.0, 3.0, 4.0], [9.0, 7.0, 5.0, 1.0]), "what rank_correlation returned")
    if not same(turned, -1):
        return f"Right for six items; for four items in reverse order it gave {turned:.4g} and not -1. Take n from the lists."


@exercise(
    "05.3",
    hint="Clip the reconstruction, then -np.mean(x * np.log(r) + (1 - x) * np.log(1 - r), axis=1).",
)
def cross_entropy(answer):
    x = np.array([[0.0, 1.0, 0.3], [1.0, 0.5, 0.8], [0.2, 0.0, 1.0], [0.6, 0.9, 0.1]])
    r = np.array([[0.1, 0.7, 0.4], [0.9, 0.5, 0.6], [0.3, 0.2, 0.8], [0.5, 0.8, 0.3]])
    with np.errstate(all="ignore"):
        found = a_function(answer, x.copy(), r.copy(), what="cross_entropy")
    if found is ...:
        return Blank
    each = -(x * np.log(r) + (1 - x) * np.log(1 - r))
    if np.shape(found) == ():
        return (
            "You return one number for all rows; to score samples, each row needs its own: take the mean over axis=1."
        )
    if np.shape(found) == (3,):
        return "You return one number for each pixel: the mean ran over the rows (axis=0). Use axis=1."
    if np.shape(found) == x.shape:
        return "You return one number for each pixel of each row; take their mean over axis=1."
    found = an_array(found, (4,), "what cross_entropy returned")
    if same(found, -each.mean(axis=1)):
        return "The sign is wrong: logarithms of numbers below 1 are negative, so a minus stands in front."
    if same(found, each.sum(axis=1)):
        return "That is the sum over the pixels; take the mean."
    if same(found, each.mean(axis=1) / np.log(2)):
        return "That is in bits: you took the logarithm to base 2. The formula has the natural one, np.log."
    if same(found, each.mean(axis=1) / np.log(10)):
        return "You took the logarithm to base 10. The formula has the natural one, np.log."
    if same(found, -(x * np.log(r)).mean(axis=1)):
        return "The second half of the formula is missing: without (1 - x) ln(1 - x̂), ink where there should be none costs nothing."
    if not np.isfinite(found).all() or not same(found, each.mean(axis=1)):
        swapped = -(r * np.log(np.clip(x, 1e-7, 1 - 1e-7)) + (1 - r) * np.log(1 - np.clip(x, 1e-7, 1 - 1e-7)))
        if same(found, swapped.mean(axis=1)):
            return "x and its reconstruction are swapped: the logarithm is taken of the reconstruction."
        return f"For the first row of a small example it gave {found[0]:.4g}, and {each[0].mean():.4g} is right."
    return _guarded(answer)


def _guarded(answer):
    """Reconstructions of exactly 0 and 1, once wrong and once right."""
    x, r = np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    with np.errstate(all="ignore"):
        found = np.asarray(a_function(answer, x, r, what="cross_entropy"), dtype=float)
    if found.shape != (2,) or not np.isfinite(found).all():
        return "Right, until a reconstruction is exactly 0 or 1: then it gives NaN or infinity. Clip the reconstruction first."
    if not same(found[0], -np.log(1e-7), 1e-3):
        return f"A pixel that is wholly wrong should cost about 16.1, -ln(1e-7); yours costs {found[0]:.4g}. Clip at 1e-7 and 1 - 1e-7."


@exercise("05.4", hint="Replace what is not finite by np.inf; np.argmin then gives the index of the best rate.")
def best_rate(answer):
    rates = [0.1, 0.01, 0.001, 0.0001, 1.0, 10.0]
    losses = [0.06, 0.02, 0.015, 0.03, np.nan, np.inf]
    found = a_function(answer, list(rates), list(losses), what="best_rate", may_return_none=True)
    if found is ...:
        return Blank
    if found is None:
        return "It returned None although four of the six losses are finite; end it with return and the rate."
    found = a_number(found, "what best_rate returned")
    for value, sentence in (
        (0.015, "That is the lowest loss itself; return the rate that reached it."),
        (2, "That is the index of the best rate; return the rate at that index."),
        (
            1.0,
            "It chose the training whose loss is NaN: np.argmin takes a NaN for the smallest. Replace it by infinity.",
        ),
        (10.0, "It chose the training whose loss is infinite, which broke down; the lowest finite loss wins."),
        (0.1, "It chose the first rate, or the one with the highest finite loss; the lowest finite loss wins."),
        (0.0001, "It chose the smallest rate; it crawls, and its loss is not the lowest."),
    ):
        if found == value:
            return sentence
    if found != 0.001:
        return f"It returned {found:.4g}; the lowest finite loss in the example, 0.015, belongs to the rate 0.001."
    other = a_function(answer, [3.0, 0.3, 0.03], [-np.inf, 2.0, 5.0], what="best_rate")
    if other != 0.3:
        return "A loss of minus infinity is not finite either, and it won. Ask np.isfinite."
    none = a_function(answer, [1.0, 10.0], [np.nan, np.inf], what="best_rate", may_return_none=True)
    if none is not None:
        return "When no loss is finite, no rate is any good: return None then."


@exercise(
    "05.5",
    hint="limit = best mean - its deviation / sqrt(n_seeds); then the first index whose mean is at least the limit.",
)
def simplest_good_enough(answer):
    means = np.array([0.80, 0.905, 0.93, 0.938, 0.94, 0.9])
    deviations = np.array([0.01, 0.01, 0.04, 0.01, 0.009, 0.2])
    found = a_function(answer, means.copy(), deviations.copy(), 9, what="simplest_good_enough")
    if found is ...:
        return Blank
    found = a_number(found, "what simplest_good_enough returned")
    for value, sentence in (
        (4, "That is the best mean; a simpler setting lies within one standard error of it."),
        (
            2,
            "You went too far down: one standard error is the deviation divided by the root of n_seeds, and it is that of the best.",
        ),
        (0, "That is the simplest of all, and far worse than the best; it must lie within one standard error of it."),
        (0.938, "That is the mean of the right setting; return its index."),
        (1, "Its mean is more than one standard error below the best; look at how you compute the limit."),
        (
            5,
            "That setting is the most complex, or has the largest deviation; take the first whose mean reaches the limit.",
        ),
    ):
        if found == value:
            return sentence
    if found != 3:
        return f"It returned {found:.4g}; in the example the limit is 0.94 - 0.009 / 3, and index 3 is the first to reach it."
    # the root of n, and a best that is the simplest already
    second = a_function(answer, [0.90, 0.93, 0.94], [0.01, 0.01, 0.02], 16, what="simplest_good_enough")
    if not same(a_number(second, "what simplest_good_enough returned"), 2):
        return "Right for one table; with 16 seeds a deviation of 0.02 is a standard error of 0.005: divide by the root of n_seeds."
    first = a_function(answer, [0.95, 0.94], [0.01, 0.01], 4, what="simplest_good_enough")
    if not same(a_number(first, "what simplest_good_enough returned"), 0):
        return "When the simplest setting is the best one, it is the answer: index 0."
