"""Checks of lesson 06, Sparse autoencoder."""

import numpy as np

from aelearn.course.judging import function_exercise


def _some_code(rng, low=-2.0):
    """A code of 3 to 8 samples and 2 to 6 units, some of them silent, as multiples of 1/16."""
    code = np.round(16 * rng.uniform(low, 3, (rng.integers(3, 9), rng.integers(2, 7)))) / 16
    return code * (rng.random(code.shape) < 0.7)


@function_exercise(
    "06.1",
    examples=[
        ([[1.0, -2, 0.5, 0], [3, 0.25, -0.5, 1], [0, 4, -1, -0.25]],),
        ([[2.0, 0, 0.25], [0, 0, 0.5]],),  # a code of ReLU units
        ([[0.0, 0], [0, 0], [0, 0]],),  # silent
        ([[-0.5, 1, -3]],),  # one sample
        ([[2.0], [-4]],),  # one unit
    ],
    random=lambda rng: (_some_code(rng),),
    slips=[
        (lambda code: np.sum(np.abs(code)), "That is the sum. With the mean, the same penalty weight suits batches and codes of every size."),
        (lambda code: np.abs(np.mean(code)), "That is the absolute value of the mean, in which negative activity has paid for positive: take absolute values first."),
        (lambda code: np.mean(code), "Without absolute values, negative activity would pay for positive: take them before the mean."),
        (lambda code: np.mean(np.square(code)), "You squared. A square hardly punishes small activity, so nothing is pushed to exactly zero; take absolute values."),
        (lambda code: np.sqrt(np.mean(np.square(code))), "That is the root of the mean square; the L1 penalty takes absolute values instead of squares."),
        (lambda code: np.abs(code).sum(axis=1).mean(), "You added up the units of each sample; take the mean over the units as well."),
        (lambda code: np.abs(code).sum(axis=0).mean(), "You added up the samples for each unit; take the mean over the samples as well."),
        (lambda code: np.abs(code).mean(axis=0), "That is one number for each unit; the penalty is one number for the batch."),
        (lambda code: np.abs(code).mean(axis=1), "That is one number for each sample; the penalty is one number for the batch."),
        (lambda code: np.abs(code), "That is the size of every single activity; their mean is wanted."),
        (lambda code: np.mean(np.maximum(code, 0)), "You counted negative activity as zero. It costs as much as positive: take absolute values."),
        (lambda code: np.median(np.abs(code)), "That is the median size of an activity; the penalty is the mean."),
        (lambda code: 0.1 * np.mean(np.abs(code)), "The penalty weight is in it already; here the mean alone is wanted."),
        (lambda code: np.mean(np.abs(code)[code != 0]), "You left the silent units out of the mean; they count, as zeros."),
        (lambda code: np.mean(np.abs(code[0])), "You looked at the first sample only; the mean runs over all of them."),
        (lambda code: np.abs(code).max(), "That is the largest activity; the penalty is the mean of all sizes."),
    ],
    hints=(
        "Two steps: the size of every activity, whatever its sign, then one mean over everything.",
        "np.abs(code) gives the sizes; np.mean without an axis runs over samples and units.",
    ),
    remark="TensorFlow's words for the same are tf.reduce_mean(tf.abs(code)).",
)  # fmt: skip
def l1_penalty(code):
    return np.mean(np.abs(code))


_on = lambda code, level: code > level


@function_exercise(
    "06.2",
    examples=[
        ([[2.0, 0, 0.25, 0.0625, 0.5], [0, 0, 0.5, 0, 0.75], [1, 0, 0, 0.125, 0.25]], 0.125),  # unit 1 is silent
        ([[1.0, 1], [0, 0], [0, 2], [0.5, 3]], 0.5),  # an activity that equals the level; nothing; everything
        ([[3.0, 0, 0, 1]], 0.0625),  # one sample
        ([[0.0], [2]], 1.0),  # one unit
        ([[0.25, 0, 0, -1], [0, -0.25, 1, 2], [0, 0, 0, 0.5]], 0.0),  # level 0, negative activity
    ],
    random=lambda rng: (_some_code(rng), rng.choice([0.0, 0.25, 0.5, 1.0])),
    slips=[
        (lambda code, level: np.mean(_on(code, level), axis=0), "That is one number for each unit; asked for is one for each sample."),
        (lambda code, level: np.mean(_on(code, level)), "That is one number for the whole batch; asked for is one for each sample."),
        (lambda code, level: np.sum(_on(code, level), axis=1), "That is how many units are active; a share is a part of all units."),
        (lambda code, level: np.mean(code > 0, axis=1), "You counted every unit above zero; a unit is active when it exceeds level."),
        (lambda code, level: np.mean(code != 0, axis=1), "You counted every unit that is not zero; a unit is active when it exceeds level."),
        (lambda code, level: np.mean(code >= level, axis=1), "You counted units that equal level; an active one is above it."),
        (lambda code, level: np.mean(np.abs(code) > level, axis=1), "You took absolute values; a unit far below zero is not above level."),
        (lambda code, level: _on(code, level).sum(axis=1) / _on(code, level).any(axis=0).sum(), "You divided by the units that are ever active. The share is one of all units, dead ones too."),
        (lambda code, level: _on(code, level).sum(axis=1) / len(code), "You divided by the number of samples; the share is one of the units."),
        (lambda code, level: _on(code, level).sum(axis=1) / 128, "You divided by 128; take the number of units from code: it has one column for each."),
        (lambda code, level: np.mean(code, axis=1) > level, "You compared the mean activity with level; compare every activity first, then take the mean."),
        (lambda code, level: np.mean(code <= level, axis=1), "That is the share of silent units; an active unit is one above level."),
        (lambda code, level: np.mean(code, axis=1), "That is the mean activity; compare the code with level first."),
        (lambda code, level: np.mean(np.where(_on(code, level), code, 0), axis=1), "You took the mean of the activities above level; count the units instead."),
        (lambda code, level: np.any(_on(code, level), axis=1), "That says whether any unit is active; asked for is which share of them."),
        (lambda code, level: np.mean(code > 0.1, axis=1), "You compared with a level of your own; use the argument level."),
        (lambda code, level: np.median(code > level, axis=1), "You took the median of True and False; their mean is the share."),
        (lambda code, level: _on(code, level), "That is True or False for each unit of each sample; how large is the part of True in a row?"),
    ],
    hints=(
        "An array > a number is True where a unit is active. What is the mean of True and False?",
        "np.mean(code > level, ...), along the axis that runs over the units.",
    ),
)  # fmt: skip
def active_share(code, level):
    return np.mean(code > level, axis=1)


def _rarely_awake():
    """A code of 20 samples: unit 0 wakes once, unit 1 stays below the level, units 2 and 3 are mostly on."""
    code = np.zeros((20, 4))
    code[7, 0], code[:, 1], code[1:, 2:] = 2.0, 0.0625, 0.5
    return code


@function_exercise(
    "06.3",
    examples=[
        ([[2.0, 0, 0.25, 0.0625, 0.5], [0, 0, 0.5, 0, 0.75], [1, 0, 0, 0.125, 0.25]], 0.125),
        (_rarely_awake(), 0.125),
        ([[0.0, 0], [0, 0], [0, 0]], 0.0),  # all dead
        ([[1.0, 2, 0.5], [3, 0, 1], [0, 0, 0], [2, 0, 0]], 0.25),  # none dead; one sample wakes no unit
        ([[-2.0, -1, 0.5, 0]], 0.25),  # one sample, and negative activity
        ([[0.25, 0, 0], [0.25, 1, 0.125], [0.25, 0, 0.125]], 0.25),  # adds up to more than the level, and is dead
    ],
    random=lambda rng: (_some_code(rng, low=-4.0), rng.choice([0.0, 0.5, 1.0, 2.0])),
    slips=[
        (lambda code, level: code.max(axis=0) <= level, "That is one value for each unit; asked for is how many units are dead: add them up."),
        (lambda code, level: code.max(axis=1) <= level, "That is one value for each sample. A dead unit is one that no sample wakes: look down the columns."),
        (lambda code, level: np.sum(code.max(axis=1) <= level), "You counted samples without an active unit; count units that no sample wakes."),
        (lambda code, level: np.sum(code.max(axis=0) > level), "That is how many units are alive; the others are dead."),
        (lambda code, level: np.mean(code.max(axis=0) <= level), "That is the share of dead units; asked for is their number."),
        ([lambda code, level: np.sum(code.max(axis=0) <= 0), lambda code, level: np.sum((code == 0).all(axis=0))], "You asked for units never above zero; dead means never above level."),
        (lambda code, level: np.sum(code.max(axis=0) < level), "A unit that reaches level and never exceeds it is dead as well."),
        (lambda code, level: np.sum(code.mean(axis=0) <= level), "You looked at the mean activity of a unit. One that a single sample wakes is alive: look at the largest."),
        (lambda code, level: np.sum(code.sum(axis=0) <= level), "You added up a unit's activities. Many small ones make a large sum: look at the largest."),
        (lambda code, level: np.sum(np.median(code, axis=0) <= level), "You looked at the median activity of a unit. One that a single sample wakes is alive: look at the largest of all."),
        (lambda code, level: np.sum(code.min(axis=0) <= level), "You counted units that are silent for some sample; a dead one is silent for all."),
        (lambda code, level: np.sum(np.abs(code).max(axis=0) <= level), "You took absolute values; a unit far below zero is not above level."),
        (lambda code, level: np.sum(code <= level), "You counted silent entries, one for each sample and unit; a dead unit is silent for all samples."),
        (lambda code, level: np.flatnonzero(code.max(axis=0) <= level), "That says which units are dead; asked for is how many."),
        (lambda code, level: np.sum(code[0] <= level), "You looked at the first sample only; a dead unit is silent for all."),
        (lambda code, level: np.sum(code.max(axis=0) <= 0.1), "You compared with a level of your own; use the argument level."),
        (lambda code, level: np.sum(code.max(axis=0) >= level), "That is how many units reach level; the others are dead."),
        (lambda code, level: np.sum(code.max() <= level), "You took one largest activity for all units; each unit has its own, along axis=0."),
        (lambda code, level: np.max(code.max(axis=0) <= level), "That says whether any unit is dead; asked for is how many."),
    ],
    hints=(
        "What must hold for the largest activity of a dead unit, over all samples?",
        "code.max(axis=0) is that largest activity; compare it with level, and add up.",
    ),
    remark="A dead unit gets no gradient: it is a place in the code that you pay for and do not have.",
)  # fmt: skip
def count_dead(code, level):
    return np.sum(code.max(axis=0) <= level)


def _whole_columns(code, n_kept):
    places, result = np.argsort(code, axis=1)[:, -n_kept:], np.zeros_like(code)
    result[:, places] = code[:, places]
    return result


def _whole_rows(code, n_kept):
    places, result = np.argsort(code, axis=1)[:, -n_kept:], np.zeros_like(code)
    result[places] = code[places]
    return result


def _distinct(rng):
    """A code without equal values in it, and a number of units to keep."""
    shape = rng.integers(2, 6), rng.integers(3, 8)
    values = rng.permutation(np.arange(1, 65))[: shape[0] * shape[1]] - rng.choice([0, 20, 65])
    return values.reshape(shape) / 8, rng.integers(1, shape[1] + 1)


@function_exercise(
    "06.4",
    examples=[
        ([[0.5, 3, 1, 0.25], [2, 0.125, 4, 5]], 2),
        ([[5.0, 1, 3], [0.5, 0.25, 8], [7, 9, 2]], 1),
        ([[5.0, 1, 3], [0.5, 0.25, 8]], 3),  # all are kept
        ([[-4.0, -1, 2, -3], [-2, -8, -6, -5]], 2),  # negative values
        ([[6.0, 1, 4, 2, 5]], 3),  # one sample
        ([[4.0, 1, 3, 2, 0], [8, 9, 6, 7, 5], [1, 3, 2, 0.5, 5], [0.25, 0.5, 2, 1, 4]], 3),
    ],
    random=_distinct,
    pure=True,
    slips=[
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, -n_kept], code, 0), "Each row's smallest kept value must stand as a column, (rows, 1), beside its row: [:, [-n_kept]] instead of [:, -n_kept]."),
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, -n_kept:], code, 0), "You compare with all values that are kept; the smallest of them decides: [:, [-n_kept]]."),
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[-n_kept], code, 0), "[-n_kept] takes a whole row, the n_kept-th from the end; [:, [-n_kept]] takes one value of each row."),
        (_whole_columns, "result[:, places] with places for each row takes whole columns. Compare with the smallest kept value of each row instead, or use np.put_along_axis."),
        (_whole_rows, "result[places] takes whole rows. Compare with the smallest kept value of each row instead, or use np.put_along_axis."),
        (lambda code, n_kept: np.sort(code, axis=1)[:, -n_kept:], "Those are the kept values alone, sorted. They stay where they stand, among zeros."),
        (lambda code, n_kept: np.argsort(code, axis=1)[:, -n_kept:], "Those are the places of the kept values; asked for are the values, at their places, among zeros."),
        (lambda code, n_kept: np.where(code > np.sort(code, axis=1)[:, [-n_kept]], code, 0), "You keep one too few in each row: the smallest of the kept ones stays as well."),
        ([lambda code, n_kept: np.where(code <= np.sort(code, axis=1)[:, [n_kept - 1]], code, 0),
          lambda code, n_kept: np.where(code <= np.sort(code, axis=1)[:, [-n_kept]], code, 0)], "You keep small values; the largest are wanted."),
        (lambda code, n_kept: np.where(code >= np.argsort(code, axis=1)[:, [-n_kept]], code, 0), "You compare with a place that np.argsort gives; compare with the value that stands there."),
        (lambda code, n_kept: np.where(code >= code[:, [-n_kept]], code, 0), "You compare with a value of the row as it stands; sort the row first."),
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=0)[:, [-n_kept]], code, 0), "You sorted along the samples (axis=0); each row is sorted by itself."),
        ([lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, [-n_kept]], code, 1),
          lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, [-n_kept]], code, -1)], "What is not kept becomes 0."),
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, [-n_kept]], 0, code), "You set the largest values to 0 and keep the others; it is the other way round."),
        (lambda code, n_kept: np.where(code >= np.sort(code.ravel())[-n_kept], code, 0), "You took the largest values of the whole batch; each row keeps its own."),
        (lambda code, n_kept: np.where(code >= np.sort(code.ravel())[-n_kept * len(code)], code, 0), "You keep as many as asked for on average over the batch; each row keeps its own."),
        ([lambda code, n_kept: np.where(code >= np.sort(code, axis=0)[-min(n_kept, len(code))], code, 0),
          lambda code, n_kept: np.where(code >= np.sort(code, axis=0)[-n_kept], code, 0)], "You keep the largest values of each unit (axis=0); each row, a sample, keeps its own."),
        (lambda code, n_kept: np.where(code >= np.sort(code[0])[-n_kept], code, 0), "You compare all rows with the first row's values; each row has its own."),
        (lambda code, n_kept: np.where(np.abs(code) >= np.sort(np.abs(code), axis=1)[:, [-n_kept]], code, 0), "You took the largest by size, whatever the sign; a value far below zero is not large."),
        (lambda code, n_kept: code >= np.sort(code, axis=1)[:, [-n_kept]], "That says which are kept, as True or 1; asked for are the values themselves, and 0 elsewhere."),
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, [-n_kept]], code, np.nan), "What is not kept becomes 0, not NaN."),
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, [-2]], code, 0), "You keep two in each row, whatever n_kept is; use the argument."),
        (lambda code, n_kept: np.where(code >= np.sort(code, axis=1)[:, [n_kept - 1]], code, 0), "Counted from the wrong end: np.sort puts the smallest first."),
        (lambda code, n_kept: np.where(np.arange(code.shape[1]) < n_kept, code, 0), "You keep the first units of each row; the largest are wanted, wherever they stand."),
        (lambda code, n_kept: np.maximum(code - np.sort(code, axis=1)[:, [-n_kept]], 0), "You subtracted the smallest kept value; what is kept stays as large as it was."),
    ],
    hints=(
        "Which value of a row is the smallest one that stays? Everything below it becomes 0.",
        "np.sort(code, axis=1)[:, [-n_kept]] is that value for each row, as a column; np.where does the rest.",
    ),
    remark="No penalty weight is left to choose, and shrinking the code changes nothing.",
)  # fmt: skip
def keep_largest(code, n_kept):
    smallest_kept = np.sort(code, axis=1)[:, [-n_kept]]
    return np.where(code >= smallest_kept, code, 0)


def _rates(code, **over):
    return np.clip(code.mean(**over), 1e-6, 1 - 1e-6)


def _divergence(a, b):
    return a * np.log(a / b) + (1 - a) * np.log((1 - a) / (1 - b))


def _term_variants(a, b):
    """What people write for a log(a / b)."""
    with np.errstate(all="ignore"):
        log, c = np.log(a / b), np.ones_like(b)
        return [log, c * a, a / log, a * np.log2(a / b), a * np.log10(a / b), a * np.exp(a / b), a * a / b, a * np.log(a * b), a * np.log(a) * c,
                a * np.log(b), a * np.log(1 / b), -a * log, (1 - a) * log, b * log, a + log, (1 + a) * log, (2 - a) * log, -(1 - a) * log,
                a * np.log((1 - a) / b), a * np.log(a / (1 - b)), a * np.log((2 - a) / b), a * np.log(a / (2 - b)),
                a * np.log(a / (1 + b)), a * np.log((1 + a) / b)]  # fmt: skip


def _one_term_wrong(which):
    """Functions in which the active term (which = 0) or the silent one (1) is one of the variants."""

    def with_variant(place):
        def kl(code, target_rate):
            b = _rates(code, axis=0)
            right = [target_rate * np.log(target_rate / b), (1 - target_rate) * np.log((1 - target_rate) / (1 - b))]
            right[which] = _term_variants(*[(target_rate, b), (1 - target_rate, 1 - b)][which])[place]
            return np.mean(right[0] + right[1])

        return kl

    return [with_variant(place) for place in range(len(_term_variants(0.1, np.full(1, 0.2))))]


def _of_other_rates(rates):
    """The penalty, right but for the activities it starts from."""
    return lambda code, target_rate: np.mean(_divergence(target_rate, np.clip(rates(code), 1e-6, 1 - 1e-6)))


def _unclipped(code, target_rate):
    """Without the clip: infinite, or not a number, for a rate of exactly 0 or 1."""
    return np.mean(_divergence(target_rate, code.mean(axis=0)))


@function_exercise(
    "06.5",
    examples=[
        ([[0.875, 0.25, 0.125, 0.5], [0.125, 0.25, 0.0625, 0.75], [0.25, 0.125, 0.0625, 0.875]], 0.05),
        ([[0.875, 0.25, 0.125, 0.5], [0.125, 0.25, 0.0625, 0.75], [0.25, 0.125, 0.0625, 0.875]], 0.2),
        ([[0.0, 0.125], [0, 1]], 0.05),  # a unit that is always silent
        ([[1.0, 0.5], [1, 0.25]], 0.05),  # one that is always active
        ([[0.25, 0.25], [0.25, 0.25]], 0.25),  # on target
        ([[0.5, 0.125, 0.25]], 0.1),  # one sample
        ([[0.0, 0.5], [4e-6, 0.25]], 0.05),  # a mean that needs no clip, of activities that would
    ],
    random=lambda rng: (
        rng.integers(1, 16, (rng.integers(2, 6), rng.integers(2, 5))) / 16 * rng.choice([1.0, 0.25]),
        rng.choice([0.02, 0.05, 0.1, 0.3]),
    ),
    slips=[
        (_unclipped, "A unit whose mean activity is exactly 0 or 1 makes it infinite or NaN: clip the means first."),
        (lambda code, rate: np.mean(_divergence(rate, np.clip(code, 1e-6, 1 - 1e-6).mean(axis=0))), "You clipped every activity; clip the means, one for each unit."),
        (lambda code, rate: _divergence(rate, _rates(code, axis=0)), "That is one number for each unit; take their mean."),
        (lambda code, rate: np.sum(_divergence(rate, _rates(code, axis=0))), "That is the sum over the units; take the mean."),
        (lambda code, rate: np.mean(_divergence(_rates(code, axis=0), rate)), "The two are exchanged: the target rate stands in front of the logarithm and in its numerator."),
        (lambda code, rate: np.mean(_divergence(rate, _rates(code, axis=1))), "You took the mean over the units (axis=1). A mean activity belongs to a unit: the mean over the samples."),
        (lambda code, rate: np.mean(_divergence(rate, np.clip(code, 1e-6, 1 - 1e-6))), "You took the divergence of every single activity: first the mean over the samples, then the divergence."),
        (lambda code, rate: np.mean(rate * np.log(rate / _rates(code, axis=0))), "The second term is missing: the same for being silent, with 1 - target_rate and 1 minus the mean activity."),
        (lambda code, rate: np.mean((1 - rate) * np.log((1 - rate) / (1 - _rates(code, axis=0)))), "The first term is missing: target_rate times the logarithm of target_rate over the mean activity."),
        (lambda code, rate: np.mean(_divergence(rate, _rates(code, axis=0)) / np.log(2)), "You used the logarithm to base 2; take np.log."),
        (lambda code, rate: np.mean(_divergence(rate, _rates(code, axis=0)) / np.log(10)), "You used the logarithm to base 10; take np.log."),
        (lambda code, rate: _divergence(rate, _rates(code)), "You used one mean for all units together; each unit has its own."),
        (lambda code, rate: np.mean(_divergence(0.05, _rates(code, axis=0))), "You took 0.05 whatever target_rate is; use the argument."),
        (_one_term_wrong(0), "The term for being silent is right. Look at the other: target_rate, times the logarithm of target_rate over the mean activity."),
        (_one_term_wrong(1), "The term for being active is right. Look at the other: the same with 1 - target_rate and 1 minus the mean activity."),
        ([_of_other_rates(lambda code: code.sum(axis=0)), _of_other_rates(lambda code: code.max(axis=0)), _of_other_rates(lambda code: np.median(code, axis=0))], "The formula is right, the activity it starts from is not: it is the mean over the samples."),
        (lambda code, rate: np.median(_divergence(rate, _rates(code, axis=0))), "You took the median over the units; the penalty is the mean."),
        (lambda code, rate: np.max(_divergence(rate, _rates(code, axis=0))), "You took the worst unit; the penalty is the mean over all."),
        (lambda code, rate: np.mean(rate * np.log(_rates(code, axis=0) / rate) + (1 - rate) * np.log((1 - _rates(code, axis=0)) / (1 - rate))), "The fractions are upside down, so the result is below zero; a divergence never is."),
        (lambda code, rate: np.mean((_rates(code, axis=0) - rate) ** 2), "That is a squared distance from the target; the formula has two logarithms."),
        (lambda code, rate: np.mean(np.abs(_rates(code, axis=0) - rate)), "That is the distance from the target; the formula has two logarithms."),
        (lambda code, rate: np.mean(np.log(rate / _rates(code, axis=0)) + np.log((1 - rate) / (1 - _rates(code, axis=0)))), "The factors in front of the two logarithms are missing."),
        (lambda code, rate: np.mean(_divergence(rate, np.maximum(code.mean(axis=0), 1e-6))), "A mean activity of exactly 1 divides by zero: clip at 1 - 1e-6 as well."),
        (lambda code, rate: np.mean(_divergence(rate, np.clip(code, 1e-6, 1 - 1e-6).mean(axis=0)[:1])), "You looked at the first unit only; the mean runs over all of them."),
    ],
    hints=(
        "What is the mean activity of a unit, and along which axis? The formula is then two terms, one for active and one for silent.",
        "rates = np.clip(code.mean(axis=0), 1e-6, 1 - 1e-6), then the two terms of the formula with target_rate and rates, then np.mean.",
    ),
)  # fmt: skip
def kl_penalty(code, target_rate):
    rates = np.clip(code.mean(axis=0), 1e-6, 1 - 1e-6)
    active = target_rate * np.log(target_rate / rates)
    silent = (1 - target_rate) * np.log((1 - target_rate) / (1 - rates))
    return np.mean(active + silent)
