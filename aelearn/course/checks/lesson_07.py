"""Checks of lesson 07, Denoising autoencoder."""

import numpy as np

from aelearn.course.judging import function_exercise


def _where(share_of):
    """A masking that draws its chances as `share_of(x, rng)` says."""
    return lambda x, level, rng: np.where(share_of(x, rng) < level, 0, x)


def _some_table(rng):
    x = rng.uniform(1, 2, (rng.integers(4, 12), rng.integers(3, 8)))
    return x, rng.choice([0.2, 0.3, 0.7, 0.8]), np.random.default_rng(rng.integers(1e9))


def _which_are_zero(found, wanted, x, level, rng):
    zero = found == 0
    if not zero.any() or not np.allclose(found[~zero], x[~zero]):
        return "Values that are not masked must stay exactly as they were; yours changed."
    return (
        "Other values are zero than those whose draw lies below level. Draw once, rng.random(x.shape), from the rng that "
        "is passed: it makes the same draws again where it starts from the same seed."
    )


@function_exercise(
    "07.1",
    examples=[
        (np.arange(1.0, 25).reshape(4, 6), 0.3, np.random.default_rng(0)),
        (np.arange(1.0, 201).reshape(40, 5), 0.25, np.random.default_rng(1)),
        (np.arange(1.0, 13).reshape(3, 4), 0.0, np.random.default_rng(2)),  # nothing
        (np.arange(1.0, 13).reshape(3, 4), 1.0, np.random.default_rng(3)),  # everything
        (np.array([[2.0, -1, 3]]), 0.5, np.random.default_rng(4)),  # one row
    ],
    random=_some_table,
    pure=True,
    readings=[lambda x, level, rng: np.where(rng.random(x.shape) > 1 - level, 0, x), lambda x, level, rng: np.where(rng.uniform(size=x.shape) < level, 0, x)],
    slips=[
        (lambda x, level, rng: rng.random(x.shape) < level, "That is the mask itself. Put zeros where it says so, and leave the other values of x as they are."),
        (lambda x, level, rng: rng.random(x.shape) >= level, "Values that stay are True or 1 now; they stay as they are in x."),
        (lambda x, level, rng: rng.random(x.shape), "Those are the draws; a value becomes zero where its draw is below level."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < level, 0, x / (1 - level)), "You scaled the values that stay, as dropout does. Masking leaves them as they are."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < level, 1, x), "The masked values became 1; they become 0."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < level, np.nan, x), "The masked values are missing now; they become 0."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < level, x.mean(), x), "The masked values became the mean of x; they become 0."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < level, x.min(), x), "The masked values became the smallest of x; they become 0."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < level, -x, x), "The masked values changed their sign; they become 0."),
        ([_where(lambda x, rng: rng.random((len(x), 1))), _where(lambda x, rng: rng.random(len(x))[:, None])], "Whole rows are masked or not. Draw a chance for every single value: rng.random(x.shape)."),
        ([_where(lambda x, rng: rng.random(x.shape[1])), _where(lambda x, rng: rng.random((1, x.shape[1])))], "The same columns are masked in every row. Draw a chance for every single value: rng.random(x.shape)."),
        (_where(lambda x, rng: rng.random()), "There is one draw for the whole of x. Draw a chance for every single value: rng.random(x.shape)."),
        ([lambda x, level, rng: np.where(rng.random(x.shape) < level, x, 0), lambda x, level, rng: np.where(rng.random(x.shape) > level, 0, x), lambda x, level, rng: np.where(rng.random(x.shape) >= level, 0, x)], "You kept what should be masked: `level` is the share that becomes zero."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < 1 - level, 0, x), "A share 1 - level becomes zero; `level` is the share that becomes zero."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < 0.5, 0, x), "You mask half of the values whatever level is."),
        (lambda x, level, rng: np.where(rng.random(x.shape) < level / 2, 0, x), "Half of `level` is masked; a value becomes zero where its draw is below level."),
        (lambda x, level, rng: np.where(rng.normal(size=x.shape) < level, 0, x), "The draws come from a normal distribution; a share `level` of the draws is below level only if they are even between 0 and 1, as rng.random draws."),
        (lambda x, level, rng: np.where(np.abs(rng.normal(size=x.shape)) < level, 0, x), "The draws come from a normal distribution, without their sign; take rng.random, which draws evenly between 0 and 1."),
        (lambda x, level, rng: x + level * rng.normal(size=x.shape), "That is Gaussian noise: every value changed. Masking sets some to zero and leaves the others."),
        (lambda x, level, rng: x * rng.random(x.shape), "You multiplied by the draws themselves; multiply by True or False."),
        (lambda x, level, rng: np.where(x < level, 0, x), "You compared x with level; draw a chance for every value, and compare that."),
        (lambda x, level, rng: x * (1 - level), "Every value shrank. Masking sets some to zero and leaves the others."),
        (lambda x, level, rng: np.zeros_like(x), "Everything is zero; only a share `level` becomes zero."),
        (lambda x, level, rng: np.where(np.random.default_rng(0).random(x.shape) < level, 0, x), "You made a random generator of your own, with one seed: every call masks the very same values. Draw from the rng that is passed."),
    ],
    otherwise=_which_are_zero,
    hints=(
        "One draw for each value of x. Which draws lie below level, and what share of them is that?",
        "np.where(rng.random(x.shape) < level, 0, x) puts 0 where the draw is below level, and x elsewhere.",
    ),
    remark="The same rng gives other holes at the next call: that is the new noise a network needs.",
)  # fmt: skip
def masking(x, level, rng):
    return np.where(rng.random(x.shape) < level, 0, x)


class _Affine:
    """A made-up network or corruption: x times a, plus b."""

    def __init__(self, a, b, words):
        self.a, self.b, self.words = a, b, words

    def __repr__(self):
        return self.words

    def __call__(self, x):
        return self.a * np.asarray(x, dtype=float) + self.b


class _Noisy:
    """A corruption that adds other noise at each call."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def __repr__(self):
        return "a corruption that adds new noise at each call"

    def __call__(self, x):
        return x + self.rng.normal(size=np.shape(x))


def _network(a, b):
    return _Affine(a, b, f"a network that returns {a:g} x + {b:g}")


def _loss(r, c, x, power=2):
    return np.mean(np.abs(r(c(x)) - x) ** power)


def _both_noisy(reconstruct, corrupt, x):
    noisy = corrupt(x)
    return np.mean((reconstruct(noisy) - noisy) ** 2)


def _second_copy(reconstruct, corrupt, x):
    out = reconstruct(corrupt(x))
    return np.mean((out - corrupt(x)) ** 2)


def _two_draws(reconstruct, corrupt, x):
    return np.mean((reconstruct(corrupt(x)) - x) * (reconstruct(corrupt(x)) - x))


def _redrawn(reconstruct, corrupt, x):
    corrupt(x)
    return np.mean((reconstruct(corrupt(x)) - x) ** 2)


def _change(reconstruct, corrupt, x):
    noisy = corrupt(x)
    return np.mean((noisy - x) ** 2)


@function_exercise(
    "07.2",
    examples=[
        (_network(0.5, 0.25), _Noisy(0), np.arange(12.0).reshape(3, 4) / 4),
        (_network(0.5, 0.25), _Affine(1, 1, "a corruption that adds 1"), np.array([[1.0, 2], [0, 4]])),
        (_network(1, 0), _Noisy(1), np.ones((5, 2))),
        (_network(0.25, -1), _Noisy(2), np.array([[3.0, -2, 1]])),
    ],
    random=lambda rng: (
        _network(*rng.integers(-8, 9, 2) / 8 + 1 / 16),
        _Noisy(rng.integers(1e9)),
        rng.normal(size=(rng.integers(2, 7), rng.integers(2, 6))),
    ),
    slips=[
        (lambda r, c, x: np.mean((r(x) - x) ** 2), "You fed the clean input, so this is the plain autoencoder: nothing has to be removed. Corrupt the input first."),
        ([lambda r, c, x: np.mean((r(x) - c(x)) ** 2)], "The noise is on the target and the input is clean. The network would be asked to make noise; it is the other way round."),
        (_both_noisy, "Input and target carry the same noise, so copying the noise is rewarded: the target must be the clean x."),
        (_second_copy, "The target is a second noisy copy; we have the clean x: use it as the target."),
        (lambda r, c, x: np.mean((c(r(x)) - x) ** 2), "You corrupted the reconstruction. The noise belongs in front of the network."),
        (_two_draws, "You call corrupt twice, and each call draws new noise. Corrupt once, and square the one difference that comes of it."),
        (_redrawn, "You call corrupt twice, and the network got the second copy. Corrupt once, and use what came of it."),
        (_change, "That is how strong the noise is; the network is missing."),
        (lambda r, c, x: np.mean((r(c(x)) - r(x)) ** 2), "You compared with the reconstruction of the clean x; the target is x itself."),
        (lambda r, c, x: np.mean(r(c(x)) ** 2), "You left out the target: the clean x is subtracted from what comes back."),
        (lambda r, c, x: np.mean((r(c(x)) + x) ** 2), "You added the target; subtract it."),
        (lambda r, c, x: np.sum((r(c(x)) - x) ** 2), "That is the sum of squares; take the mean over all samples and features."),
        (lambda r, c, x: np.sum((r(c(x)) - x) ** 2) / len(x), "You divided by the number of samples only; the mean runs over the features too."),
        (lambda r, c, x: np.sum((r(c(x)) - x) ** 2) / x.shape[1], "You divided by the number of features only; the mean runs over the samples too."),
        (lambda r, c, x: _loss(r, c, x, 1), "You took absolute values; the mean squared error is wanted."),
        ([lambda r, c, x: np.mean(r(c(x)) - x), lambda r, c, x: np.mean(x - r(c(x))), lambda r, c, x: np.sum(r(c(x)) - x), lambda r, c, x: np.abs(np.mean(r(c(x)) - x))], "The differences were not squared, so positive and negative ones cancel out."),
        (lambda r, c, x: np.mean(r(c(x)) - x) ** 2, "Square each difference first, then take the mean; you squared at the end."),
        (lambda r, c, x: np.sqrt(_loss(r, c, x)), "That is the root of the loss; leave the root away."),
        (lambda r, c, x: np.linalg.norm(r(c(x)) - x), "That is the length of all differences; take the mean of their squares."),
        (lambda r, c, x: np.mean(r(c(x)) ** 2 - x**2), "You squared both before the difference; subtract first."),
        (lambda r, c, x: np.mean((r(c(x)) - x) * 2), "You doubled the differences; square them: ** 2."),
        (lambda r, c, x: np.mean((r(c(x)) - x) ** 3), "You took the third power; square the differences."),
        (lambda r, c, x: np.median((r(c(x)) - x) ** 2), "That is the median of the squares; take the mean."),
        (lambda r, c, x: np.max((r(c(x)) - x) ** 2), "That is the worst value; take the mean over all of them."),
        (lambda r, c, x: np.mean((r(c(x)) - x) ** 2, axis=1), "That is one loss for each sample; the loss is one number: the mean over the batch as well."),
        (lambda r, c, x: np.mean((r(c(x)) - x) ** 2, axis=0), "That is one loss for each feature; the loss is one number: the mean over all."),
        (lambda r, c, x: (r(c(x)) - x) ** 2, "Those are the squared differences; take their mean."),
        (lambda r, c, x: r(c(x)), "That is what comes back; the loss compares it with the clean x."),
        ([lambda r, c, x: np.mean((r(x + c(x)) - x) ** 2), lambda r, c, x: np.mean((r(x - c(x)) - x) ** 2)], "corrupt(x) is the noisy sample itself, not the noise alone: give it to the network as it is."),
        (lambda r, c, x: r(c(x)) - x, "Those are the differences; square them and take the mean."),
        (lambda r, c, x: np.mean((r(c(c(x))) - x) ** 2), "You corrupted twice; once is enough."),
        (lambda r, c, x: np.mean((r(r(c(x))) - x) ** 2), "You sent it through the network twice; once is enough."),
    ],
    hints=(
        "Three steps: corrupt x, reconstruct what came of it, and compare with x as it was.",
        "np.mean((reconstruct(...) - x) ** 2), with the corrupted x in the brackets.",
    ),
)  # fmt: skip
def denoising_loss(reconstruct, corrupt, x):
    return np.mean((reconstruct(corrupt(x)) - x) ** 2)


_INPUT, _TARGET = "noise on the input alone", "noise on the target alone"
_SAME, _EACH = "the same noise on input and target", "noise on input and target, each its own"


class _Loss:
    """A made-up loss with its noise in one place; the noise is new at each call."""

    def __init__(self, place, masks, seed):
        self.place, self.masks, self.rng = place, masks, np.random.default_rng(seed)

    def __repr__(self):
        return f"a loss with {self.place}"

    def _spoiled(self, x):
        if self.masks:
            return np.where(self.rng.random(np.shape(x)) < 0.4, 0.0, x)
        return x + np.round(32 * self.rng.normal(size=np.shape(x))) / 64  # exact in float32, as networks return it

    def __call__(self, network, x):
        x = np.asarray(x, dtype=float)
        given, target = x, x
        if self.place in (_INPUT, _EACH):
            given = self._spoiled(x)
        if self.place in (_TARGET, _EACH):
            target = self._spoiled(x)
        if self.place == _SAME:
            given = target = self._spoiled(x)
        return float(np.mean((np.asarray(network(given)) - target) ** 2))


_PLACES = _INPUT, _TARGET, _SAME, "no noise", _EACH


def _two(first, second, fill=np.ones):
    """An answer made of the losses of the two networks, on an x of ones."""

    def where_is_the_noise(loss):
        x = fill((100, 5))
        return first(loss(np.copy, x), loss(np.zeros_like, x)), second(loss(np.copy, x), loss(np.zeros_like, x))

    return where_is_the_noise


_differ = lambda copied, silent: not np.isclose(copied, 0)
_clean = lambda copied, silent: bool(np.isclose(silent, 1))
_other = lambda copied, silent: True


def _truths(result, loss):
    """Any pair of two truths, as plain ones."""
    return tuple(result) if isinstance(result, list) else result


def _which_is_wrong(found, wanted, loss):
    if not isinstance(found, tuple) or len(found) != 2 or not isinstance(wanted, tuple):
        return None
    if bool(found[0]) != wanted[0]:
        return f"For {loss!r}, your first answer is wrong: the copying network has no error exactly when input and target are the same."
    if bool(found[1]) != wanted[1]:
        return f"For {loss!r}, your second answer is wrong: the network that answers zero has a loss of 1 exactly when the target is clean."
    return None


@function_exercise(
    "07.3",
    examples=[(_Loss(place, masks, seed),) for seed, masks in enumerate((False, True)) for place in _PLACES],
    random=lambda rng: (_Loss(str(rng.choice(_PLACES)), bool(rng.integers(2)), int(rng.integers(1e9))),),
    view=_truths,
    slips=[
        (_two(lambda c, s: np.isclose(c, 0), _clean), "Your first answer is True where they are the same; it says whether they differ."),
        (_two(_differ, lambda c, s: not np.isclose(s, 1)), "Your second answer is True where the target is noisy; it says whether the target is clean."),
        (_two(lambda c, s: bool(np.isclose(c, 0)), lambda c, s: not np.isclose(s, 1)), "Both answers are the wrong way round: the first says whether input and target differ, the second whether the target is clean."),
        (_two(_differ, _differ), "You used the copying network for both answers. The one that answers zero never sees its input: its loss speaks of the target alone."),
        (_two(_clean, _clean), "You used the network that answers zero for both answers. Whether input and target differ is seen by the one that copies."),
        (_two(_differ, lambda c, s: bool(np.isclose(c, 0))), "The copying network cannot tell whether the target is clean; the one that answers zero can."),
        (_two(lambda c, s: not np.isclose(s, 1), lambda c, s: bool(np.isclose(c, 0))), "You have exchanged the two networks: the copying one shows whether input and target differ, the other one whether the target is clean."),
        (_two(_clean, _differ), "The two answers are in the wrong order."),
        (lambda loss: (loss(np.copy, np.ones((100, 5))), loss(np.zeros_like, np.ones((100, 5)))), "Those are the two losses; compare the first with 0 and the second with 1."),
        (lambda loss: not np.isclose(loss(np.copy, np.ones((100, 5))), 0), "That is the first answer alone; return both, as a pair."),
        (lambda loss: bool(np.isclose(loss(np.zeros_like, np.ones((100, 5))), 1)), "That is the second answer alone; return both, as a pair."),
        (_two(_differ, _other), "Your second answer is always True; a noisy target must make it False."),
        (_two(_other, _clean), "Your first answer is always True; where nothing differs the copying network has a loss of 0."),
        ([_two(_differ, lambda c, s: False), _two(_differ, lambda c, s: bool(np.isclose(s, 0)))], "Your second answer is never True: on a clean target of ones the network that answers zero (np.zeros_like) has a loss of 1."),
        ([_two(_differ, _clean, np.zeros), _two(_differ, lambda c, s: bool(np.isclose(s, 0)), np.zeros)], "You tried an x of zeros: on it the network that answers zero is right, whatever it was given. Take np.ones((100, 5))."),
        (_two(lambda c, s: False, _clean), "Your first answer is always False; where input and target differ, the copying network has an error."),
        (lambda loss: "input", "Return two answers, True or False: whether input and target differ, and whether the target is clean."),
    ],
    otherwise=_which_is_wrong,
    hints=(
        "Call loss twice, with a network that copies and with one that answers zero. Which values would each have without noise?",
        "np.copy and np.zeros_like are the two networks. Their losses are 0 (nothing differs) and 1 (a clean target of ones); compare with np.isclose.",
    ),
    remark="Two calls tell four cases apart, before any training.",
)  # fmt: skip
def where_is_the_noise(loss):
    x = np.ones((100, 5))
    copied, silent = loss(np.copy, x), loss(np.zeros_like, x)
    return not np.isclose(copied, 0), bool(np.isclose(silent, 1))


def _ratio(above, below, factor=10, log=np.log10):
    return lambda clean, estimate: factor * log(above(clean, estimate) / below(clean, estimate))


_power = lambda clean, estimate: np.mean(clean**2)
_wrong = lambda clean, estimate: np.mean((estimate - clean) ** 2)


def _some_pair(rng):
    shape = (rng.integers(2, 9), rng.integers(2, 7))
    clean = rng.normal(0.5, 1, shape)
    return clean, clean + rng.uniform(0.1, 1.5) * rng.normal(0.3, 1, shape)


@function_exercise(
    "07.4",
    examples=[
        ([1.0, 3, 2, -2], [1.5, 2.5, 2.25, -3]),
        ([[1.0, 0.5], [0.25, 2], [0.5, 1]], [[0.5, 0.5], [0.5, 1], [0.25, 1]]),
        ([2.0, 4], [-1.0, 9]),  # more noise than signal
        (np.full((3, 4), 0.5), np.full((3, 4), 0.75)),  # the same shift everywhere
    ],
    random=_some_pair,
    slips=[
        (_ratio(_wrong, _power), "The ratio is upside down: signal over noise, so that more decibels are better."),
        (_ratio(_power, _wrong, factor=20), "That is twice too much. The factor is 10 for mean squares, 20 only for amplitudes."),
        (_ratio(_power, _wrong, factor=1), "That is in bel; a decibel is a tenth of it: times 10."),
        (_ratio(_power, _wrong, log=np.log), "You took the natural logarithm; decibels have np.log10."),
        (_ratio(_power, _wrong, factor=1, log=np.log), "You took the natural logarithm, and without the factor 10; decibels are 10 times np.log10."),
        (_ratio(_power, _wrong, log=np.log2), "You took the logarithm to base 2; decibels have np.log10."),
        (_ratio(_power, _wrong, factor=1, log=lambda ratio: ratio), "That is the ratio itself; take 10 times its logarithm to base 10."),
        (_ratio(_power, _wrong, log=lambda ratio: ratio), "That is 10 times the ratio; its logarithm is missing."),
        (_ratio(_power, _wrong, log=np.log1p), "You took the natural logarithm of 1 + the ratio; decibels have np.log10 of the ratio."),
        (_ratio(_power, _wrong, log=np.sqrt), "You took the root of the ratio; take its logarithm to base 10."),
        (_ratio(lambda c, e: np.mean(e**2), _wrong), "Signal means the clean one; you took the mean square of the estimate, which holds the noise too."),
        (_ratio(_power, lambda c, e: np.mean(e**2)), "Below the line stands the mean square of what is wrong, estimate - clean, not of the estimate."),
        (_ratio(lambda c, e: np.var(c), lambda c, e: np.var(e - c) + 1e-12), "You took variances. A constant shift is an error too: take mean squares."),
        (_ratio(lambda c, e: np.var(c) + 1e-12, _wrong), "Above the line you took the variance; take the mean square of clean."),
        (_ratio(lambda c, e: np.sum(c**2), _wrong), "Above the line is a sum and below a mean; take the mean of both."),
        (_ratio(_power, lambda c, e: np.sum((e - c) ** 2)), "Above the line is a mean and below a sum; take the mean of both."),
        (_ratio(lambda c, e: np.mean(c) ** 2, _wrong), "Above the line you squared the mean; take the mean of the squares."),
        (_ratio(_power, lambda c, e: np.mean(e - c) ** 2 + 1e-12), "Below the line you squared the mean; take the mean of the squares."),
        ([_ratio(lambda c, e: np.mean(np.abs(c)), lambda c, e: np.mean(np.abs(e - c)), factor) for factor in (10, 20)], "You took absolute values; take mean squares."),
        (_ratio(lambda c, e: np.sqrt(_power(c, e)), lambda c, e: np.sqrt(_wrong(c, e))), "You took roots of the mean squares, and got half of the decibels: with roots the factor is 20."),
        (_ratio(lambda c, e: np.max(c**2), _wrong), "Above the line you took the largest square (that is the peak ratio, PSNR); take the mean."),
        (_ratio(_power, lambda c, e: np.mean(e**2 - c**2)), "Below the line you squared before the difference; subtract first."),
        (_ratio(_power, lambda c, e: np.mean((e + c) ** 2)), "You added estimate and clean; what is wrong is their difference."),
        (lambda c, e: 10 * np.log10(np.mean(c**2)) / np.log10(_wrong(c, e)), "You divided two logarithms; take the logarithm of the ratio."),
        (lambda c, e: 10 * np.log10(_power(c, e) / np.mean((e - c) ** 2, axis=0)), "You have one number for each column; one for the whole is wanted: the mean runs over everything."),
        (lambda c, e: 10 * np.log10(c**2 / (e - c) ** 2), "You have one number for each value; take the means first, then the ratio."),
        (lambda c, e: 10 * np.log10(np.mean(c**2 / (e - c) ** 2)), "You took the mean of the single ratios; take the two means first, then one ratio."),
        (lambda c, e: 10 * np.log10(np.mean(c) ** 2 / np.mean(e - c) ** 2), "You squared the means, above and below the line; take the means of the squares."),
        (lambda c, e: np.log10(10 * _power(c, e) / _wrong(c, e)), "The 10 stands inside the logarithm; it multiplies the logarithm."),
        (_ratio(lambda c, e: np.mean(c), _wrong), "Above the line clean is not squared; take the mean of its squares."),
        (_ratio(_power, lambda c, e: np.mean(e - c)), "Below the line the difference is not squared; take the mean of its squares."),
        (_ratio(lambda c, e: np.mean(c), lambda c, e: np.mean(e - c)), "Nothing is squared; take mean squares above and below the line."),
        (_ratio(_power, lambda c, e: np.mean(e - c**2)), "You squared clean alone: brackets around the difference, (estimate - clean) ** 2."),
        (_ratio(_power, lambda c, e: np.mean(np.abs(e - c))), "Below the line you took absolute values; take the mean of the squares."),
        (lambda c, e: 10 * np.log10(_power(c, e)) / _wrong(c, e), "You divide the logarithm; the whole ratio stands inside it."),
        (lambda c, e: 10 * np.log10(np.mean(c**2, axis=1) / np.mean((e - c) ** 2, axis=1)), "You have one number for each row; one for the whole is wanted: the mean runs over everything."),
        (lambda c, e: np.mean(10 * np.log10(c**2 / (e - c) ** 2)), "You took the mean of the single decibels; take the two means first, then one ratio."),
        (lambda c, e: 10 / np.log10(_power(c, e) / _wrong(c, e)), "You divided 10 by the logarithm; multiply."),
        (_ratio(_power, lambda c, e: 1 / _wrong(c, e)), "You multiplied the two mean squares; divide the clean one by the other."),
        (lambda c, e: 10 * np.log10(_power(c, e)), "What is wrong is missing: the mean square of estimate - clean stands below the line."),
        (lambda c, e: 10 * np.log10(_wrong(c, e)), "The mean square of clean is missing: it stands above the line, and what is wrong below."),
        ([_ratio(lambda c, e: np.median(c**2), _wrong), _ratio(_power, lambda c, e: np.median((e - c) ** 2)), _ratio(lambda c, e: np.median(c**2), lambda c, e: np.median((e - c) ** 2))], "You took a median; take the mean of the squares, above and below the line."),
        (_ratio(_power, lambda c, e: np.max((e - c) ** 2)), "Below the line you took the worst square; take the mean."),
        (lambda c, e: -10 * np.log10(_wrong(c, e)), "The mean square of clean is missing above the line."),
        (_wrong, "That is the mean square of what is wrong; the mean square of clean stands above it, and then comes the logarithm."),
    ],
    hints=(
        "np.mean(clean**2) is the mean square of the signal. What is that of the part that is wrong?",
        "10 * np.log10(np.mean(clean**2) / np.mean((estimate - clean) ** 2))",
    ),
)  # fmt: skip
def snr_db(clean, estimate):
    return 10 * np.log10(np.mean(clean**2) / np.mean((estimate - clean) ** 2))


def _squared(noisy, clean):
    return np.square(noisy[:, None] - clean[None]).sum(axis=2)


def _mean_by(exponent, axis=1, squares=lambda gap: np.sum(gap**2, axis=2)):
    """A weighted mean whose shares are exp of `exponent(squared distances, sigma)`."""

    def best_denoiser(noisy, clean, sigma):
        inside = exponent(squares(noisy[:, None] - clean[None]), sigma)
        shares = np.exp(inside - inside.max(axis=axis, keepdims=True))
        return shares / shares.sum(axis=axis, keepdims=True) @ clean

    return best_denoiser


_gaussian = lambda squared, sigma: -squared / (2 * sigma**2)
_right = _mean_by(_gaussian)


def _not_shifted(sign=1, **how):
    """Shares without the subtraction, summed over `how`: far from all clean points they are no numbers."""

    def best_denoiser(noisy, clean, sigma):
        shares = np.exp(sign * _gaussian(_squared(noisy, clean), sigma))
        return shares / shares.sum(**how) @ clean

    return best_denoiser


def _unequal(noisy, clean, sigma):
    return np.exp(_gaussian(_squared(noisy, clean), sigma)) @ clean


def _summed(noisy, clean, sigma):
    """The shares before they are divided by anything, (m, n)."""
    squared = _squared(noisy, clean)
    return np.exp(_gaussian(squared - squared.min(axis=1, keepdims=True), sigma))


def _normalised_over(**how):
    return lambda noisy, clean, sigma: _summed(noisy, clean, sigma) / _summed(noisy, clean, sigma).sum(**how) @ clean


def _transposed(noisy, clean, sigma):
    shares = _summed(noisy, clean, sigma)
    return (shares / shares.sum(axis=1, keepdims=True)).T @ clean


def _by_distance(noisy, clean, sigma):
    distance = np.sqrt(_squared(noisy, clean))
    shares = np.exp(_gaussian(np.square(distance - distance.min(axis=1, keepdims=True)), sigma))
    return shares / shares.sum(axis=1, keepdims=True) @ clean


def _uphill(noisy, clean, sigma):
    shares = 1 / _summed(noisy, clean, sigma)  # exp of plus the squared distance
    return shares / shares.sum(axis=1, keepdims=True) @ clean


def _shifted_by_all(noisy, clean, sigma):
    squared = _squared(noisy, clean)
    shares = np.exp(_gaussian(squared - squared.min(), sigma))
    return shares / shares.sum(axis=1, keepdims=True) @ clean


def _some_points(rng):
    m, n, d = rng.integers(2, 6), rng.integers(6, 9), rng.integers(2, 5)
    return rng.normal(size=(m, d)), rng.normal(size=(n, d)), rng.choice([0.5, 0.7, 0.9, 1.3])


@function_exercise(
    "07.5",
    examples=[
        ([[0.5, 0], [2, 1]], [[0.0, 0], [1, 0], [0, 2]], 0.5),
        ([[50.0, 0], [-80, 3]], [[0.0, 0], [1, 0], [0, 2]], 0.25),  # far from all
        ([[50.0, 0], [0.5, 0.5]], [[0.0, 0], [1, 0], [0, 2]], 0.5),  # one far, one near
        ([[0.25, 1, 0]], [[0.0, 0, 1], [1, 1, 0]], 1.0),
        ([[3.0, 3], [1, 2]], [[1.0, 2]], 0.5),  # a single clean point
        ([[0.5, 0], [2, 1]], [[0.0, 0], [1, 0.5]], 0.75),  # as many clean as noisy ones
        ([[0.5], [1.5], [2.5]], [[0.0], [1], [3], [4]], 0.75),  # one feature
    ],
    random=_some_points,
    slips=[
        (_not_shifted(axis=1, keepdims=True), "It is right near the clean points; far from all of them every exp is 0, and 0 by 0 is no number. Subtract the smallest squared distance of each noisy point first."),
        (_shifted_by_all, "You subtracted the smallest squared distance of all; each noisy point needs its own: min over axis=1, with keepdims=True."),
        (lambda noisy, clean, sigma: _right(noisy, clean, sigma) - noisy, "That is the step from the noisy point; the answer is where the step ends."),
        (lambda noisy, clean, sigma: noisy - _right(noisy, clean, sigma), "That is what is taken away from the noisy point; the answer is what remains."),
        (lambda noisy, clean, sigma: (_right(noisy, clean, sigma) - noisy) / sigma**2, "That is the slope of the log density; the answer is the mean of the clean points."),
        (lambda noisy, clean, sigma: _right(noisy, clean, sigma) + noisy, "You added the noisy point; the answer is the mean of the clean points alone."),
        ([_unequal, lambda noisy, clean, sigma: _summed(noisy, clean, sigma) @ clean], "The shares do not sum to 1: divide each row by its sum."),
        (_mean_by(lambda squared, sigma: -squared / sigma**2), "The exponent lacks the 2: squared distance over 2 sigma squared."),
        (_mean_by(lambda squared, sigma: -squared / (2 * sigma)), "Divide by sigma squared, not by sigma."),
        (_mean_by(lambda squared, sigma: -squared / sigma), "Divide by 2 sigma squared, not by sigma."),
        (_mean_by(lambda squared, sigma: -squared / 2 * sigma**2), "Brackets: divide by (2 * sigma**2); you divided by 2 and multiplied by sigma squared."),
        (_mean_by(lambda squared, sigma: -squared / (2 * sigma) ** 2), "You squared the 2 as well: 2 * sigma**2 stands below."),
        (_mean_by(lambda squared, sigma: -squared / 2), "sigma is missing in the exponent."),
        (_mean_by(lambda squared, sigma: -squared), "2 sigma squared is missing below the squared distance."),
        (_mean_by(lambda squared, sigma: -np.sqrt(squared) / (2 * sigma**2)), "The squared distance stands in the exponent; you took the distance."),
        (_mean_by(lambda squared, sigma: -np.sqrt(squared) / sigma), "The squared distance stands in the exponent, over 2 sigma squared; you took the distance over sigma."),
        (_mean_by(lambda squared, sigma: -squared * 2 * sigma**2), "You multiplied by 2 sigma squared; divide by it."),
        (_mean_by(lambda squared, sigma: -squared / (2 * sigma**3)), "sigma stands below with the power 2, not 3."),
        (_mean_by(lambda squared, sigma: -squared / (4 * sigma)), "sigma is squared below; you doubled it."),
        (_mean_by(_gaussian, squares=lambda gap: np.mean(gap**2, axis=2)), "You took the mean over the features; a squared distance is their sum."),
        (_mean_by(_gaussian, squares=lambda gap: np.max(gap**2, axis=2)), "You took the largest of the features; a squared distance is their sum."),
        (_mean_by(_gaussian, squares=lambda gap: np.abs(gap).sum(axis=2)), "You took absolute differences; square them before the sum."),
        (_mean_by(_gaussian, squares=lambda gap: gap.sum(axis=2)), "The differences are not squared before the sum."),
        (lambda noisy, clean, sigma: _right(-noisy, clean, sigma), "You added noisy and clean; a distance is made of their difference."),
        (lambda noisy, clean, sigma: _summed(noisy, clean, sigma) / _summed(noisy, clean, sigma).sum() @ clean, "The shares of all noisy points sum to 1 together; each row must sum to 1 by itself: axis=1."),
        (lambda noisy, clean, sigma: len(clean) * _right(noisy, clean, sigma), "You divided by the mean of each row; divide by its sum, so that the shares sum to 1."),
        (_mean_by(lambda squared, sigma: -(squared**2) / (2 * sigma**2)), "You squared the squared distance once more."),
        ([_mean_by(_gaussian, axis=0), _normalised_over(axis=0, keepdims=True), _not_shifted(axis=0, keepdims=True)], "You normalised over the noisy rows; for each noisy row the shares of the clean points must sum to 1."),
        ([_normalised_over(axis=1), _not_shifted(axis=1)], "The sums of the rows must stand as a column, (m, 1), to divide the rows: keepdims=True."),
        (_transposed, "The shares, (m, n), meet the clean points, (n, d), as they are: shares @ clean, without .T."),
        (_by_distance, "You subtracted the smallest distance and squared afterwards; square first, then subtract the smallest square."),
        ([_mean_by(lambda squared, sigma: squared / (2 * sigma**2)), _uphill, _not_shifted(-1, axis=1, keepdims=True)], "The sign in the exponent is wrong: far points get the largest share."),
        (_mean_by(lambda squared, sigma: -squared / squared.shape[1] / (2 * sigma**2)), "You divided the squared distance by the number of clean points; take the sum over the features as it is."),
        (lambda noisy, clean, sigma: clean[_squared(noisy, clean).argmin(axis=1)], "That is the nearest clean point. With noise it may have come from another one: take the weighted mean of all."),
        (lambda noisy, clean, sigma: np.tile(clean.mean(axis=0), (len(noisy), 1)), "That is the plain mean. Near points are likelier: weight them."),
        (lambda noisy, clean, sigma: clean.mean(axis=0), "That is the plain mean of the clean points, once; one weighted mean for each noisy point is wanted."),
        (lambda noisy, clean, sigma: _summed(noisy, clean, sigma) / _summed(noisy, clean, sigma).sum(axis=1, keepdims=True), "Those are the shares; the mean is shares @ clean."),
        (lambda noisy, clean, sigma: _squared(noisy, clean), "Those are the squared distances; the shares come from exp of them."),
        (lambda noisy, clean, sigma: (1 / (_squared(noisy, clean) + 1e-12)) / (1 / (_squared(noisy, clean) + 1e-12)).sum(axis=1, keepdims=True) @ clean, "Your shares fall as one over the squared distance; the formula has exp."),
    ],
    hints=(
        "First the squared distance of each noisy point to each clean point, (m, n); then the shares, whose rows sum to 1.",
        "squared = np.square(noisy[:, None] - clean[None]).sum(axis=2), less its smallest in each row; shares = np.exp(-squared / (2 * sigma**2)), divided by their sum along each row; then shares @ clean.",
    ),
    remark="With a very large sigma all shares are alike, and the answer is the mean of all clean points.",
)  # fmt: skip
def best_denoiser(noisy, clean, sigma):
    return _right(noisy, clean, sigma)
