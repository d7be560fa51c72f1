"""Checks of lesson 05, Choosing parameters."""

import numpy as np

from aelearn.course.comparing import shown
from aelearn.course.exercises import exercise
from aelearn.course.judging import Task, function_exercise


def _first_lowest(losses):
    """The index of the lowest finite loss, NaN and infinity counting as infinitely high."""
    return int(np.argmin(np.where(np.isfinite(losses), losses, np.inf)))


def _some_trainings(rng):
    """Rates in any order, with losses of which some broke down and now and then all did."""
    n = rng.integers(2, 9)
    losses = rng.uniform(0.01, 0.2, n).round(3) + np.arange(n) / 1e5
    broken = rng.random(n) < rng.choice([0.2, 0.5, 1], p=[0.6, 0.3, 0.1])
    return rng.permutation(10.0 ** -np.arange(9))[:n], np.where(broken, rng.choice([np.nan, np.inf], n), losses)


@function_exercise(
    "05.1",
    examples=[
        ([0.1, 0.01, 0.001, 0.0001, 1.0, 10.0], [0.06, 0.02, 0.015, 0.03, np.nan, np.inf]),
        ([3.0, 0.3, 0.03], [-np.inf, 2.0, 5.0]),  # minus infinity is not finite either
        ([1.0, 10.0], [np.nan, np.inf]),
        ([10.0, 0.5], [np.inf, 0.25]),
        ([0.001], [0.02]),
        ([0.001], [np.nan]),
        ([0.25, 0.5, 1.0, 2.0], [np.nan, np.inf, 0.5, 0.25]),  # broken ones first: indices shift when they are dropped
        ([0.1, 0.01], [0.25, -0.5]),  # a loss may be negative
    ],
    random=_some_trainings,
    slips=[
        (lambda rates, losses: rates[np.argmin(losses)], "np.argmin takes a NaN for the smallest of all, and minus infinity is smaller than any number: leave out what is not finite first."),
        ([lambda rates, losses: None if np.isnan(losses).all() else rates[np.nanargmin(losses)],
          lambda rates, losses: rates[np.nanargmin(losses)]], "np.nanargmin leaves out NaN only; a loss of infinity, plus or minus, is not finite either."),
        (lambda rates, losses: rates[np.nanargmin(np.where(np.isinf(losses), np.nan, losses))], "When no loss is finite it ends in an error; no learning rate is any good then: return None."),
        (lambda rates, losses: rates[_first_lowest(losses)], "When no loss is finite, no learning rate is any good: return None then."),
        ([lambda rates, losses: np.min(losses[np.isfinite(losses)]) if np.isfinite(losses).any() else None,
          lambda rates, losses: np.min(losses), lambda rates, losses: np.nanmin(losses)], "That is the lowest loss itself; return the learning rate that reached it."),
        (lambda rates, losses: _first_lowest(losses) if np.isfinite(losses).any() else None, "That is the index of the best; return the learning rate at that index."),
        (lambda rates, losses: rates[np.argmin(losses[np.isfinite(losses)])] if np.isfinite(losses).any() else None, "The index counts only the finite losses, and you used it on all rates: drop the same ones from both."),
        (lambda rates, losses: rates[np.argmax(np.where(np.isfinite(losses), losses, -np.inf))] if np.isfinite(losses).any() else None, "That is the rate with the highest finite loss; the lowest wins."),
        (lambda rates, losses: np.min(rates[np.isfinite(losses)]) if np.isfinite(losses).any() else None, "That is the smallest rate that did not break down; the lowest loss decides, not the rate."),
        (lambda rates, losses: np.max(rates[np.isfinite(losses)]) if np.isfinite(losses).any() else None, "That is the largest rate that did not break down; the lowest loss decides, not the rate."),
        (lambda rates, losses: rates[np.isfinite(losses)][0] if np.isfinite(losses).any() else None, "That is the first rate that did not break down; look for the lowest loss among them."),
        (lambda rates, losses: rates[np.isfinite(losses)] if np.isfinite(losses).any() else None, "Those are all rates that did not break down; return the one with the lowest loss."),
        ([lambda rates, losses: rates[np.argmin(np.where(np.isfinite(losses), losses, 0))] if np.isfinite(losses).any() else None,
          lambda rates, losses: rates[np.argmin(np.nan_to_num(losses))] if np.isfinite(losses).any() else None], "What broke down got a loss that is too good and wins: put np.inf in its place."),
        ([lambda rates, losses: rates[np.argmin(np.where(np.isfinite(losses), losses, 1))] if np.isfinite(losses).any() else None,
          lambda rates, losses: rates[np.argmin(np.abs(np.where(np.isfinite(losses), losses, np.inf)))] if np.isfinite(losses).any() else None], "A loss may be negative or greater than 1; compare the finite losses as they are, with np.inf for the others."),
        (lambda rates, losses: rates[np.argmin(losses)] if np.isfinite(losses).all() else None, "It returns None as soon as one loss is not finite; only when all have failed is there no answer."),
    ],
    hints=(
        "Which losses are finite (np.isfinite), and what could stand in the place of the others so that they never win?",
        "np.where(np.isfinite(final_losses), final_losses, np.inf) never has a broken one as its np.argmin, unless all broke.",
    ),
)  # fmt: skip
def best_rate(rates, final_losses):
    return rates[_first_lowest(final_losses)] if np.isfinite(final_losses).any() else None


class _Reconstructs:
    """A made-up model, called self in a method: a tensor or array of what came back."""

    def __init__(self, back):
        self.back = np.asarray(back, dtype="float32")

    def __repr__(self):
        return f"a model that reconstructs {shown(self.back)}"

    def __call__(self, x, training=None):
        return self.back

    reconstruct = __call__


def _inside(model, x, edge=1e-6):
    """The reconstruction, clipped, in single precision as TensorFlow has it."""
    return np.clip(model(x), np.float32(edge), np.float32(1 - edge))


def _bce(x, back, log=np.log):
    return -(x * log(back) + (1 - x) * log(1 - back))


def _summed(terms):
    """A loss made of other terms than the two of the formula."""
    return lambda self, x: -np.mean(terms(x, _inside(self, x)))


def _some_batch(rng):
    shape = rng.integers(2, 6), rng.integers(2, 6)
    return _Reconstructs(rng.uniform(0.05, 0.95, shape)), rng.uniform(0.05, 0.95, shape).astype("float32")


def _as_written(result, self, x):
    """What TensorFlow, Keras or NumPy gave, as an array."""
    return np.asarray(result, dtype=float) if hasattr(result, "numpy") else result


def _batch(x, back):
    return _Reconstructs(back), np.array(x, dtype="float32")


class _Learning(_Reconstructs):
    """The same with weights, so that a gradient may come back to them."""

    def __init__(self, weights):
        super().__init__(weights)
        self.weights = weights

    def __call__(self, x, training=None):
        return 1 * self.weights


def _without_gradient(training_loss):
    """The sentence for a loss, right in its numbers, from which no gradient comes back to the reconstruction; else None."""
    import tensorflow as tf

    weights = tf.Variable([[0.25, 0.75]])
    with tf.GradientTape() as tape:
        loss = training_loss(_Learning(weights), tf.constant([[0.0, 1.0]]))
    if not tf.is_tensor(loss) or tape.gradient(loss, weights) is None:
        return (
            "The number is right, and training would stop: no gradient comes back to the reconstruction. NumPy's functions and self.reconstruct "
            "give plain numbers; take TensorFlow's functions, of self(x)."
        )


def training_loss(self, x):
    return np.mean(_bce(x, _inside(self, x)))


_TRAINING_LOSS = Task(
    training_loss,
    examples=[
        _batch([[0.0, 1.0, 0.3], [1.0, 0.5, 0.8]], [[0.1, 0.7, 0.4], [0.9, 0.5, 0.6]]),
        _batch([[1.0, 0.0, 0.5]], [[1.0, 0.0, 0.25]]),  # exactly 1 and 0, and right
        _batch([[0.2], [0.0], [1.0], [0.6]], [[0.3], [0.2], [0.8], [0.5]]),
    ],
    random=_some_batch,
    view=_as_written,
    tolerance=2e-4,  # single precision, and clips of several widths
    slips=[
        (lambda self, x: np.mean(_bce(x, np.asarray(self(x), dtype=float))), "Right, until the reconstruction is exactly 0 or 1: then 0 times ln 0 gives NaN. Clip the reconstruction first."),
        (lambda self, x: np.mean(_bce(x, _inside(self, x)), axis=1), "You have one number for each picture of the batch; the loss is the mean over all of them."),
        (lambda self, x: np.mean(_bce(x, _inside(self, x)), axis=0), "You have one number for each pixel; the loss is the mean over everything."),
        (lambda self, x: _bce(x, _inside(self, x)), "You have one number for each pixel of each picture; take the mean of them all."),
        (lambda self, x: np.sum(_bce(x, _inside(self, x))), "That is the sum over all pixels; take the mean, or a larger batch would count for more."),
        (lambda self, x: np.mean(np.sum(_bce(x, _inside(self, x)), axis=1)), "You summed over the pixels of a picture; take the mean over pixels too."),
        (lambda self, x: np.mean(_bce(x, _inside(self, x), np.log2)), "That is in bits: you took the logarithm to base 2. The formula has the natural one."),
        (lambda self, x: np.mean(_bce(x, _inside(self, x), np.log10)), "You took the logarithm to base 10. The formula has the natural one."),
        (lambda self, x: -np.mean(x * np.log(_inside(self, x))), "The second half of the formula is missing: without it, ink where there should be none costs nothing."),
        (lambda self, x: -np.mean((1 - x) * np.log(1 - _inside(self, x))), "The first half of the formula is missing: without it, ink that is left out costs nothing."),
        (lambda self, x: np.mean(_bce(_inside(self, x), np.clip(x, 1e-6, 1 - 1e-6))), "x and its reconstruction are exchanged: the logarithm is taken of the reconstruction."),
        (lambda self, x: np.mean(_bce(_inside(self, x), _inside(self, x))), "You compared the reconstruction with itself; the factors in front are x and 1 - x."),
        (lambda self, x: np.mean(_bce(x, np.clip(x, 1e-6, 1 - 1e-6))), "You put x in place of its reconstruction, which is self(x)."),
        (lambda self, x: -np.mean(x * np.log(_inside(self, x)) - (1 - x) * np.log(1 - _inside(self, x))), "The two halves are added inside the minus; you have a minus between them."),
        (lambda self, x: -np.mean(x * np.log(_inside(self, x)) + (1 - x) * np.log(_inside(self, x))), "The second logarithm is that of 1 minus the reconstruction."),
        (lambda self, x: -np.mean(x * np.log(_inside(self, x)) + x * np.log(1 - _inside(self, x))), "The second half has 1 - x in front, not x."),
        (lambda self, x: -np.mean(np.log(_inside(self, x)) + np.log(1 - _inside(self, x))), "The factors x and 1 - x are missing in front of the logarithms."),
        (_summed(lambda x, back: x * np.log(back) + np.log(1 - back)), "The factor 1 - x is missing in front of the second logarithm."),
        (_summed(lambda x, back: np.log(back) + (1 - x) * np.log(1 - back)), "The factor x is missing in front of the first logarithm."),
        (_summed(lambda x, back: x * np.log(back) + (1 + x) * np.log(1 - back)), "The factor in front of the second logarithm is 1 - x; you have 1 + x."),
        (_summed(lambda x, back: x * np.log(back) + (1 - x) * np.log(1 + back)), "The second logarithm is that of 1 minus the reconstruction; you have 1 plus it."),
        ([_summed(lambda x, back: x * back + (1 - x) * np.log(1 - back)), _summed(lambda x, back: x * np.log(back) + (1 - x) * (1 - back)),
          _summed(lambda x, back: x * back + (1 - x) * (1 - back))], "A logarithm is missing: both the reconstruction and 1 minus it stand inside one."),
        ([_summed(lambda x, back: x + (1 - x) * np.log(1 - back)), _summed(lambda x, back: x * np.log(back) + (1 - x))], "One of the factors stands alone; each is multiplied by a logarithm."),
        ([_summed(lambda x, back: x * np.exp(back) + (1 - x) * np.log(1 - back)), _summed(lambda x, back: x * np.log(back) + (1 - x) * np.exp(1 - back))], "That is the exponential function where the logarithm stands."),
        ([lambda self, x: np.mean((x - self(x)) ** 2), lambda self, x: np.mean((x - _inside(self, x)) ** 2)], "That is the squared error, the loss that is to be replaced."),
        (lambda self, x: np.mean(_bce(np.clip(x, 1e-6, 1 - 1e-6), np.asarray(self(x), dtype=float))), "You clipped x; the reconstruction is what may be exactly 0 or 1, and stands inside the logarithms."),
        (_summed(lambda x, back: x * np.log(back) + 1 - x * np.log(1 - back)), "Brackets: the second factor is (1 - x)."),
        ([lambda self, x: np.mean(_bce(x, _inside(self, x, 0.1))), lambda self, x: np.mean(_bce(x, _inside(self, x, 0.01)))], "You clip far inside 0 to 1, so a perfect pixel costs something and a bad one too little: 1e-6 is wanted."),
    ],
)  # fmt: skip


@exercise(
    "05.2",
    hints=(
        "Clip self(x), write the formula down term by term, and take one mean of it all.",
        "back = tf.clip_by_value(self(x), 1e-6, 1 - 1e-6); then minus tf.reduce_mean of x * tf.math.log(back) + ...",
    ),
    remark="Two lines, and `train` learns something else: that is all a variant needs.",
    task=_TRAINING_LOSS,
)
def _numbers_and_gradient(answer):
    return _TRAINING_LOSS.judge(answer) or _without_gradient(answer)


def _joined(upper, lower, at=392):
    return np.concatenate([upper[:, :at], lower[:, at:]], axis=1)


def _left_of_next(rows):
    pictures = rows.reshape(-1, 28, 28)
    return np.concatenate([pictures[:, :, :14], np.roll(pictures, -1, axis=0)[:, :, 14:]], axis=2).reshape(
        len(rows), -1
    )


@function_exercise(
    "05.3",
    examples=[
        (np.random.default_rng(1).integers(0, 9, (4, 784)) / 8.0,),
        (np.random.default_rng(2).integers(0, 9, (1, 784)) / 8.0,),  # one picture: its own next one
        (np.random.default_rng(3).integers(0, 9, (2, 784)) / 8.0,),
    ],
    random=lambda rng: (rng.integers(0, 9, (rng.integers(3, 9), 784)) / 8.0,),
    draws=8,
    pure=True,
    slips=[
        (lambda rows: _joined(rows, np.roll(rows, 1, axis=0)), "The lower half comes from the picture before; the next one is wanted (np.roll with -1)."),
        (lambda rows: _joined(np.roll(rows, -1, axis=0), rows), "The upper half is the next picture's and the lower half its own: the other way round."),
        (lambda rows: _joined(np.roll(rows, 1, axis=0), rows), "The lower half is each picture's own; the upper half should be."),
        (_left_of_next, "You joined a left half with a right one: a picture's row holds its lines from the top, so the upper half is the first 392 numbers."),
        (lambda rows: _joined(rows, np.roll(rows, -1, axis=0))[:-1], "The last picture is missing: it takes the lower half of the first."),
        (lambda rows: _joined(rows, np.concatenate([rows[1:], rows[-1:]])), "The last picture kept its own lower half; it takes that of the first."),
        ([lambda rows: _joined(rows, np.roll(rows, -1)), lambda rows: _joined(rows, np.roll(rows, -1, axis=1))], "np.roll moved the pixels, not the pictures: give it axis=0."),
        (lambda rows: _joined(rows, rows[::-1]), "You joined each picture with the one at the same place from the end; the next one is wanted."),
        (lambda rows: _joined(rows, np.roll(rows, -1, axis=0), at=14), "The upper half is 14 lines of 28 pixels, 392 numbers; you took 14 numbers."),
        (lambda rows: _joined(rows, np.roll(rows, -1, axis=0), at=14 * 14), "The upper half is 14 lines of 28 pixels, 392 numbers; you took 196."),
        ([lambda rows, at=at: _joined(rows, np.roll(rows, -1, axis=0), at) for at in (13 * 28, 15 * 28, 391, 393)], "The upper half ends elsewhere: it is 14 lines of 28 pixels, the numbers 0 to 391."),
        (lambda rows: _joined(rows, np.roll(rows, -1, axis=0)).reshape(-1, 28, 28), "Each fake is a picture of 28 × 28 here; return it as a row of 784 numbers, as it came."),
        (lambda rows: np.concatenate([rows[:, :392], np.roll(rows, -1, axis=0)[:, :392]], axis=1), "You put the next picture's upper half below; its lower half is wanted."),
        (lambda rows: np.roll(rows, -1, axis=0), "Those are the next pictures, whole; keep the upper half of each picture."),
        (lambda rows: (rows + np.roll(rows, -1, axis=0)) / 2, "You mixed two pictures pixel by pixel; take the upper half of one and the lower half of the other."),
        (lambda rows: rows[:, :392], "Those are the upper halves alone; the lower half of the next picture comes after each."),
    ],
    hints=(
        "The upper 14 lines are the first 14 × 28 numbers of a row. np.roll(rows, -1, axis=0) puts the next picture in each place.",
        "np.hstack joins rows[:, :392] and the numbers from 392 on of the rolled rows.",
    ),
    remark="No label was needed, and this is a test set of anomalies of a kind.",
)  # fmt: skip
def halves(rows):
    return _joined(rows, np.roll(rows, -1, axis=0))


def _limit(means, deviations, n_seeds):
    best = np.argmax(means)
    return means[best] - deviations[best] / np.sqrt(n_seeds)


def _first(means, limit):
    reached = np.flatnonzero(means >= limit)
    return int(reached[0]) if len(reached) else None


def _some_settings(rng):
    """A row of means near one another, deviations of any size, numbers of seeds whose root is not whole too."""
    n = rng.integers(3, 8)
    return 0.9 + rng.permutation(20)[:n] / 400, rng.uniform(0.002, 0.08, n), int(rng.integers(2, 26))


@function_exercise(
    "05.4",
    examples=[
        ([0.80, 0.905, 0.93, 0.938, 0.94, 0.9], [0.01, 0.01, 0.04, 0.01, 0.009, 0.2], 9),  # at least .937
        ([0.90, 0.93, 0.94], [0.01, 0.01, 0.02], 16),  # .935: the best itself
        ([0.95, 0.94], [0.01, 0.01], 4),  # the simplest is the best
        ([0.929, 0.94], [0.02, 0.02], 4),  # .930, and .928 with n - 1
        ([0.5, 0.25, 0.75], [0.125, 0.5, 0.5], 4),  # exactly one standard error below
        ([0.75, 0.5, 0.25], [0.5, 0.5, 0.5], 4),
        ([0.5, 0.5, 0.5], [0.0, 0.0, 0.0], 3),  # all alike: the simplest
        ([0.90, 0.91, 0.80, 0.93, 0.92], [0.02, 0.001, 0.3, 0.03, 0.1], 4),  # complex settings near the best do not matter
        ([-0.5, -0.25], [0.5, 0.5], 16),  # higher is better, also below 0
    ],
    random=_some_settings,
    slips=[
        (lambda means, deviations, n: int(np.argmax(means)), "That is the best mean; a simpler setting may lie within one standard error of it."),
        (lambda means, deviations, n: _first(means, np.max(means) - deviations[np.argmax(means)]), "You allowed a whole standard deviation; the standard error is smaller, divided by the root of n_seeds."),
        (lambda means, deviations, n: _first(means, np.max(means) - deviations[np.argmax(means)] / n), "You divided by n_seeds; the standard error has its root."),
        (lambda means, deviations, n: _first(means, np.max(means) - deviations[np.argmax(means)] / np.sqrt(n - 1)), "You divided by the root of n_seeds - 1; of n_seeds is wanted. (The 1 is taken off when a deviation is computed.)"),
        (lambda means, deviations, n: _first(means, np.max(means) - np.min(deviations) / np.sqrt(n)), "You took the smallest deviation of all; that of the best setting is wanted."),
        (lambda means, deviations, n: _first(means, np.max(means) - np.max(deviations) / np.sqrt(n)), "You took the largest deviation of all; that of the best setting is wanted."),
        (lambda means, deviations, n: _first(means, np.max(means) - np.mean(deviations) / np.sqrt(n)), "You took the mean of the deviations; that of the best setting is wanted."),
        (lambda means, deviations, n: int(np.argmax(means >= np.max(means) - deviations / np.sqrt(n))), "Each setting got a limit by its own deviation; that of the best setting is wanted for all."),
        (lambda means, deviations, n: _first(means, np.max(means) - deviations[-1] / np.sqrt(n)), "You took the deviation of the last setting; that of the best one is wanted."),
        (lambda means, deviations, n: _first(means, np.max(means) - deviations[0] / np.sqrt(n)), "You took the deviation of the first setting; that of the best one is wanted."),
        (lambda means, deviations, n: _first(means, np.max(means) - 2 * deviations[np.argmax(means)] / np.sqrt(n)), "You allowed two standard errors; the rule allows one."),
        (lambda means, deviations, n: int(np.flatnonzero(means >= _limit(means, deviations, n))[-1]), "That is the most complex setting within the limit; the first one is the simplest."),
        (lambda means, deviations, n: np.flatnonzero(means >= _limit(means, deviations, n)), "Those are all settings within the limit; return the first, the simplest."),
        (lambda means, deviations, n: means[_first(means, _limit(means, deviations, n))], "That is the mean of the right setting; return its index."),
        (lambda means, deviations, n: _limit(means, deviations, n), "That is the limit itself; return the index of the first setting that reaches it."),
        ([lambda means, deviations, n: int(np.argmax(means > _limit(means, deviations, n))), lambda means, deviations, n: int(np.flatnonzero(means > _limit(means, deviations, n))[0])], "A setting exactly one standard error below the best is good enough: at most one, so >=."),
        (lambda means, deviations, n: int(np.argmax(means <= _limit(means, deviations, n))), "You looked for the first mean at or below the limit; it must reach the limit from above."),
        (lambda means, deviations, n: _first(-means, _limit(-means, deviations, n)), "You took the lowest mean for the best; higher is better."),
        (lambda means, deviations, n: int(np.argmin(means)), "That is the worst mean; higher is better."),
        (lambda means, deviations, n: int(np.argmin(deviations)), "That is the setting with the smallest deviation; look for means near the best one."),
        (lambda means, deviations, n: _first(means, np.max(means)+ deviations[np.argmax(means)] / np.sqrt(n)), "You added the standard error to the best mean; a good enough one may lie below it."),
    ],
    hints=(
        "How low may a mean be? Begin with the index of the best one, np.argmax(means), and the standard error at that index.",
        "limit = means[best] - deviations[best] / np.sqrt(n_seeds); np.argmax(means >= limit) is the first that reaches it.",
    ),
    remark="The seeds are the same for every setting, so differences seed by seed would decide more sharply; this rule leaves that out.",
)  # fmt: skip
def simplest_good_enough(means, deviations, n_seeds):
    return _first(means, _limit(means, deviations, n_seeds))


def _ranks(a):
    return np.argsort(np.argsort(a))


def _spearman(a, b, factor=6, power=2, less=1, divide=None):
    n = len(a)
    return 1 - factor * np.sum(np.abs(_ranks(a) - _ranks(b)) ** power) / (
        n * (n**2 - less) if divide is None else divide
    )


def _some_lists(rng):
    n = rng.integers(4, 12)
    return rng.lognormal(0, 2, n).round(3) + np.arange(n) / 1e4, rng.lognormal(0, 2, n).round(3) + np.arange(n) / 1e4


@function_exercise(
    "05.5",
    examples=[
        ([0.1, 7.0, 0.4, 90.0, 2.0, 3.0], [12.0, 50.0, 11.0, 13.0, 60.0, 10.0]),
        ([1.0, 2.0, 3.0, 4.0], [9.0, 7.0, 5.0, 1.0]),  # the reverse order
        ([5.0, -1.0, 2.0], [100.0, 0.0, 3.0]),  # the same order
        ([3.0, 1.0, 2.0, 5.0, 4.0], [2.0, 3.0, 1.0, 4.0, 5.0]),
    ],
    random=_some_lists,
    slips=[
        (lambda a, b: np.corrcoef(a, b)[0, 1], "That is the correlation of the values; replace them by their ranks first, or one huge value decides it all."),
        (lambda a, b: 1 - 6 * np.sum((a - b) ** 2) / (len(a) * (len(a) ** 2 - 1)), "You took differences of the values; replace them by their ranks first."),
        (lambda a, b: 1 - 6 * np.sum((np.argsort(a) - np.argsort(b)) ** 2) / (len(a) * (len(a) ** 2 - 1)), "np.argsort once says which item comes first, not which rank an item has; apply it twice."),
        (lambda a, b: 1 - 6 * np.sum((np.sort(a) - np.sort(b)) ** 2) / (len(a) * (len(a) ** 2 - 1)), "np.sort gives the values in order, not the ranks; np.argsort, twice, gives ranks."),
        (lambda a, b: 1 - _spearman(a, b), "The 1 - in front is missing: equal orders give differences of 0 and must give 1."),
        (lambda a, b: _spearman(a, b, factor=1), "The factor 6 is missing, so the reverse order would not come out as -1."),
        (lambda a, b: _spearman(a, b, less=0), "The divisor is n (n² - 1); you left out the - 1."),
        (lambda a, b: _spearman(a, b, less=-1), "The divisor has n² - 1; you have n² + 1."),
        (lambda a, b: _spearman(a, b, divide=len(a) ** 2 - 1), "The divisor is n (n² - 1); a factor n is missing."),
        (lambda a, b: _spearman(a, b, divide=len(a) * (len(a) - 1)), "The divisor has n² in it; you have n (n - 1)."),
        (lambda a, b: _spearman(a, b, divide=len(a)), "The divisor is n (n² - 1); you divided by n."),
        (lambda a, b: _spearman(a, b, power=1), "The differences of the ranks must be squared; you took their absolute values."),
        (lambda a, b: 1 - 6 * np.sum(_ranks(a) - _ranks(b)) / (len(a) * (len(a) ** 2 - 1)), "The differences sum to 0, always: square each of them before the sum."),
        (lambda a, b: 1 - 6 * np.mean((_ranks(a) - _ranks(b)) ** 2) / (len(a) * (len(a) ** 2 - 1)), "You took the mean of the squared differences; the formula has their sum."),
        (lambda a, b: 1 - 6 * (_ranks(a) - _ranks(b)) ** 2 / (len(a) * (len(a) ** 2 - 1)), "You have one number for each item; sum the squared differences."),
        (lambda a, b: 1 - 6 * np.sum((_ranks(a) + _ranks(b)) ** 2) / (len(a) * (len(a) ** 2 - 1)), "You added the ranks; take their differences."),
        (lambda a, b: _spearman(a, b, factor=-6), "The fraction is subtracted from 1; you added it."),
        (lambda a, b: _spearman(a, b, divide=1), "You did not divide by n (n² - 1)."),
        (lambda a, b: 1 - 6 * np.sum((_ranks(a) - _ranks(b)) ** 2) * (len(a) * (len(a) ** 2 - 1)), "You multiplied by n (n² - 1); divide by it."),
        (lambda a, b: 1 - 6 * np.max((_ranks(a) - _ranks(b)) ** 2) / (len(a) * (len(a) ** 2 - 1)), "You took the largest of the squared differences; the formula has their sum."),
        (lambda a, b: 1 - 6 * np.sum((_ranks(a) - _ranks(b)) ** 3) / (len(a) * (len(a) ** 2 - 1)), "You took the third power of the differences; the formula squares them."),
        (lambda a, b: _spearman(a, b, divide=210), "The divisor is made for six items; take n from the arrays."),
    ],
    hints=(
        "Ranks of both arrays, their differences, squared and summed; then the formula.",
        "1 - 6 * np.sum(differences**2) / (n * (n**2 - 1)), with differences of np.argsort(np.argsort(a)) and the same of b.",
    ),
    remark="scipy.stats.spearmanr gives the same, and counts ties too.",
)  # fmt: skip
def rank_correlation(a, b):
    return _spearman(a, b)
