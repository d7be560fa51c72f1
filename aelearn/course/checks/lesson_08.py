"""Checks of lesson 08, Variational autoencoder."""

import numpy as np

from aelearn.course.judging import function_exercise


def _clouds(rng, n_arrays):
    """Arrays of one shape (n, k), of standard normal numbers."""
    shape = rng.integers(1, 5), rng.integers(1, 5)
    return tuple(rng.normal(size=shape) for _ in range(n_arrays))


@function_exercise(
    "08.1",
    examples=[
        ([[0.5, -1.0, 0.25], [2.0, 0.5, -0.75]], [[-1.0, 0.5, -2.0], [0.25, -0.5, -1.5]]),
        ([[0.0, 0.0]], [[0.0, 0.0]]),  # the prior itself: nothing
        ([[0.0, 3.0, 0.0]], [[2.0, 0.0, -4.0]]),  # wide, far, narrow
        ([[1.5], [-1.5]], [[0.5], [0.5]]),  # one latent; the side does not count
    ],
    random=lambda rng: _clouds(rng, 2),
    slips=[
        (lambda m, v: np.sum(_kl(m, v), axis=1), "That is one number for each sample. We want to watch each latent: do not add up the latents."),
        (lambda m, v: np.mean(_kl(m, v), axis=1), "That is a mean over the latents; asked for is the divergence of each of them, shape (n, k)."),
        ([lambda m, v: np.mean(_kl(m, v), axis=0), lambda m, v: np.sum(_kl(m, v), axis=0)], "You joined the samples; asked for is one number for each latent of each sample, shape (n, k)."),
        ([lambda m, v: np.mean(_kl(m, v)), lambda m, v: np.sum(_kl(m, v))], "That is one number for the batch; asked for is one for each latent of each sample, shape (n, k)."),
        (lambda m, v: 2 * _kl(m, v), "The factor one half is missing."),
        (lambda m, v: -_kl(m, v), "The sign is wrong: a divergence is never below zero. (The ELBO subtracts it later.)"),
        (lambda m, v: _kl(m, v) / np.log(2), "You used the logarithm to base 2; the unit here is the nat."),
        (lambda m, v: 0.5 * (m**2 + v - 1 - np.log(v)), "You took the second argument for the variance. It is its logarithm: the variance is np.exp(it)."),
        ([lambda m, v: 0.5 * (m**2 + v**2 - 1 - np.log(v**2)), lambda m, v: 0.5 * (m**2 + v**2 - 1 - 2 * np.log(v))], "You took the second argument for the standard deviation. It is the logarithm of the variance."),
        (lambda m, v: _kl(m, 2 * v), "You took the second argument for the logarithm of the standard deviation; it is that of the variance, so there is no factor 2."),
        (lambda m, v: 0.5 * (m**2 + np.exp(v / 2) - 1 - v), "np.exp(log_variance / 2) is the standard deviation; the formula holds the variance."),
        (lambda m, v: 0.5 * (m**2 + np.exp(v) ** 2 - 1 - v), "np.exp(log_variance) is the variance already: do not square it."),
        (lambda m, v: 0.5 * (m**2 + v - 1 - np.exp(v)), "The variance and its logarithm have changed places."),
        ([lambda m, v: 0.5 * (m**2 + v - 1 - v), lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 - np.exp(v))], "The variance and its logarithm are two things: the first is np.exp(log_variance), the second is what you are given."),
        (lambda m, v: 0.5 * (m**2 - 1 - v), "The variance itself is missing: np.exp(log_variance) is one of the four terms."),
        (lambda m, v: 0.5 * (m**2 - np.exp(v) - 1 - v), "The variance is added: a wide cloud must cost something."),
        (lambda m, v: 0.5 * (m**2 + np.exp(v) - 1), "The last term is missing: subtract the log variance."),
        ([lambda m, v: 0.5 * (2 * m + np.exp(v) - 1 - v), lambda m, v: 0.5 * (m**3 + np.exp(v) - 1 - v)], "The mean enters by its square, mean**2."),
        (lambda m, v: 0.5 * (m**2 + v**2 - 1 - v), "The variance is np.exp(log_variance), not the square of it."),
        (lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 + v), "The log variance is subtracted: a narrow cloud must cost something too."),
        (lambda m, v: 0.5 * (m**2 + np.exp(v) + 1 - v), "The 1 is subtracted: for mean 0 and variance 1 the divergence is 0."),
        (lambda m, v: 0.5 * (m**2 + np.exp(v) - v), "The 1 is missing: for mean 0 and variance 1 the divergence is 0."),
        (lambda m, v: 0.5 * (m + np.exp(v) - 1 - v), "The mean enters by its square."),
        (lambda m, v: 0.5 * (np.abs(m) + np.exp(v) - 1 - v), "The mean enters by its square, not by its size."),
        (lambda m, v: _kl(0, v), "The mean is missing: a cloud far from the origin must cost more."),
        (lambda m, v: 0.5 * ((m**2 + 1) * np.exp(-v) - 1 + v), "That is the divergence the other way round, from the standard normal to the cloud."),
        (lambda m, v: 0.5 * m**2 + np.exp(v) - 1 - v, "Brackets: the one half belongs to all four terms."),
        (lambda m, v: 0.5 * (m**2 + 10**v - 1 - v), "The logarithms here are natural: np.exp undoes them, not 10**."),
        ([lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 - 2 * v), lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 - v**2)], "log_variance is the last term as it stands, without a factor or a square."),
        ([lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 - np.log(v)), lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 - np.log(np.abs(v)))], "You took the logarithm of the log variance; it is a logarithm already."),
    ],
    hints=(
        "The formula has the variance in two places. Which of the two are you given, and how do you get the other?",
        "Line by line from the formula: mean**2 + np.exp(log_variance) - 1 - log_variance, and half of it all.",
    ),
    remark="It is 0 for the prior alone: mean 0, log variance 0.",
)  # fmt: skip
def kl_divergence(mean, log_variance):
    return _kl(mean, log_variance)


def _kl(mean, log_variance):
    return 0.5 * (np.square(mean) + np.exp(log_variance) - 1 - log_variance)


@function_exercise(
    "08.2",
    examples=[
        ([[0.5, -1.0], [2.0, 0.25]], [[-1.0, 0.5], [0.25, -0.5]], [[2.0, -0.5], [0.25, -1.5]]),
        ([[1.0, 2.0]], [[1.5, -1.5]], [[0.0, 0.0]]),  # a draw of zero: the mean itself
        ([[0.0]], [[0.0]], [[-1.25]]),
        ([[2.0]], [[0.0]], [[0.0]]),
    ],
    random=lambda rng: _clouds(rng, 3),
    slips=[
        (lambda m, v, e: m, "Nothing is drawn: that is the mean code. Epsilon must enter, or the loss never sees the cloud."),
        (lambda m, v, e: m + v * e, "You took the log variance for the standard deviation; half of them would even be negative. Undo the logarithm first, np.exp."),
        (lambda m, v, e: m + np.exp(v) * e, "You scaled epsilon by the variance. It is scaled by the standard deviation, the variance's root: np.exp(log_variance / 2)."),
        (lambda m, v, e: m + np.exp(2 * v) * e, "Half the log variance belongs in the exponent, not twice of it: the standard deviation is the root of the variance."),
        (lambda m, v, e: m + e, "Every cloud has the spread 1 here; scale epsilon by the standard deviation."),
        (lambda m, v, e: m + np.exp(v / 2), "That moves every code by one standard deviation, always the same way: multiply by epsilon."),
        (lambda m, v, e: m + np.exp(v / 2) + e, "Epsilon is multiplied by the standard deviation, not added to it."),
        (lambda m, v, e: np.exp(v / 2) * e, "The cloud is at the origin: add the mean."),
        (lambda m, v, e: m * np.exp(v / 2) * e, "Multiply epsilon by the standard deviation, then add the mean."),
        (lambda m, v, e: (m + np.exp(v / 2)) * e, "Brackets: only the standard deviation is multiplied by epsilon."),
        (lambda m, v, e: m * e + np.exp(v / 2), "Mean and standard deviation have changed places: epsilon multiplies the standard deviation."),
        (lambda m, v, e: m + np.exp(v / 2 * e), "Epsilon stands in the exponent; multiply by it after np.exp."),
        (lambda m, v, e: m - np.exp(v / 2) * e, "As a draw that is as good; but add epsilon, so that we can compare: mean + ..."),
        (lambda m, v, e: m + e * np.exp(-v / 2), "The sign in the exponent: np.exp(+log_variance / 2)."),
        (lambda m, v, e: m + e * np.exp(v) / 2, "Brackets: the half belongs in the exponent, np.exp(log_variance / 2)."),
        ([lambda m, v, e: m + e * np.sqrt(np.abs(v)), lambda m, v, e: m + e * np.sqrt(v)], "You took the root of the log variance. Undo the logarithm first, np.exp, then the root."),
        (lambda m, v, e: m + e**2 * np.exp(v / 2), "Epsilon enters as it is, without a square."),
        (lambda m, v, e: m + e * 10 ** (v / 2), "The logarithms here are natural: np.exp undoes them, not 10**."),
        (lambda m, v, e: np.mean(m + np.exp(v / 2) * e, axis=1), "The result has one code of k numbers for each sample, shape (n, k); do not take a mean."),
    ],
    otherwise=lambda result, wanted, mean, log_variance, epsilon: None if epsilon.any() else "With an epsilon of zero the code should be the mean, and yours is not: all chance comes from the epsilon that you are given.",
    hints=(
        "The formula needs the standard deviation, and you are given the logarithm of its square.",
        "The standard deviation is np.exp(log_variance / 2). The code is mean + standard deviation * epsilon.",
    ),
    remark="Derivatives by mean and log variance exist: that is all the training needs.",
)  # fmt: skip
def draw_code(mean, log_variance, epsilon):
    return mean + np.exp(log_variance / 2) * epsilon


def _pictures(rng):
    """Two arrays (n, d) and a standard deviation; d is 2 or more, that a sum is no mean."""
    shape = rng.integers(1, 5), rng.integers(2, 6)
    return rng.normal(size=shape), rng.normal(size=shape), rng.uniform(0.2, 2)


def _with(likelihood):
    """An answer made of the summed squared error (n,), the number of pixels and the noise."""
    return lambda x, output, noise: likelihood(np.sum((x - output) ** 2, axis=1), x.shape[1], noise)


_ROOT = np.sqrt(2 * np.pi)


@function_exercise(
    "08.3",
    examples=[
        ([[0.5, -1.0, 0.25], [2.0, 0.5, -0.75]], [[0.25, -0.5, 0.25], [0.5, 0.0, 1.0]], 0.5),
        ([[0.25, 0.75]], [[0.25, 0.75]], 0.25),  # a perfect copy: the second part alone
        ([[1.0, 2.0, 3.0, 4.0]], [[0.0, 0.0, 0.0, 0.0]], 1.0),
        ([[0.0], [1.0]], [[2.0], [3.0]], 1.75),  # a single pixel
    ],
    random=_pictures,
    slips=[
        (lambda x, o, s: np.mean(_log_likelihood(x, o, s)), "That is one number for the batch; asked for is one for each sample, shape (n,)."),
        (lambda x, o, s: np.sum(_log_likelihood(x, o, s)), "You added up the samples as well; asked for is one number for each, shape (n,)."),
        (lambda x, o, s: -0.5 * ((x - o) / s) ** 2 - np.log(s * _ROOT), "That is one number for each pixel; add them up: independent densities multiply, their logs add."),
        (lambda x, o, s: np.sum(-0.5 * ((x - o) / s) ** 2 - np.log(s * _ROOT), axis=0), "You added up the samples; add up the pixels, axis=1."),
        (lambda x, o, s: -0.5 * ((x - o) / s) ** 2 - x.shape[1] * np.log(s * _ROOT), "The squared differences are not added up over the pixels: axis=1."),
        (lambda x, o, s: -_log_likelihood(x, o, s), "The sign is wrong: the log-likelihood falls as the distance grows."),
        (_with(lambda total, d, s: 0.5 * total / s**2 - d * np.log(s * _ROOT)), "The first part needs a minus: the larger the error, the less likely the picture."),
        (_with(lambda total, d, s: -0.5 * total / s**2 + d * np.log(s * _ROOT)), "The second part is subtracted, too."),
        (_with(lambda total, d, s: -0.5 * total / s**2), "The second part is missing. It does not depend on the output, but without it densities of different noise cannot be compared."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - np.log(s * _ROOT)), "The second part stands there once; it comes once for every pixel, d times."),
        (lambda x, o, s: -0.5 * np.sum((x - o) ** 2, axis=1) / s**2 - len(x) * np.log(s * _ROOT), "len(x) is the number of samples; d is the number of pixels, x.shape[1]."),
        (lambda x, o, s: -0.5 * np.sum((x - o) ** 2, axis=1) / s**2 - x.size * np.log(s * _ROOT), "x.size counts the pixels of all samples; d is the number of one sample, x.shape[1]."),
        (_with(lambda total, d, s: (-0.5 * total / s**2 - d * np.log(s * _ROOT)) / d), "That is the mean over the pixels. The log of a product is a sum."),
        (_with(lambda total, d, s: -0.5 * total / d / s**2 - d * np.log(s * _ROOT)), "The squared differences are summed in the formula; you took their mean."),
        (_with(lambda total, d, s: -0.5 * total / s - d * np.log(s * _ROOT)), "Divide by noise squared, the variance, not by noise."),
        (_with(lambda total, d, s: -0.5 * total - d * np.log(s * _ROOT)), "The squared error is not divided by noise squared."),
        (_with(lambda total, d, s: -0.5 * total * s**2 - d * np.log(s * _ROOT)), "Divide by noise squared; you multiplied, as happens without brackets around 2 * noise**2."),
        (_with(lambda total, d, s: -total / s**2 - d * np.log(s * _ROOT)), "The factor one half is missing in front of the squared error."),
        (lambda x, o, s: -0.5 * np.max((x - o) ** 2, axis=1) / s**2 - x.shape[1] * np.log(s * _ROOT), "You took the largest squared difference; add up all of them."),
        (lambda x, o, s: -0.5 * np.sum((x + o) ** 2, axis=1) / s**2 - x.shape[1] * np.log(s * _ROOT), "The squares are those of the differences: x - output."),
        ([lambda x, o, s: -0.5 * np.sum(x**2, axis=1) / s**2 - x.shape[1] * np.log(s * _ROOT),
          lambda x, o, s: -0.5 * np.sum(o**2, axis=1) / s**2 - x.shape[1] * np.log(s * _ROOT)], "Both x and output enter: square their difference."),
        ([lambda x, o, s: -0.5 * np.sum(x - o, axis=1) / s**2 - x.shape[1] * np.log(s * _ROOT),
          lambda x, o, s: -np.sum(x - o, axis=1) / s**2 - x.shape[1] * np.log(s * _ROOT)], "The differences are not squared, so positive and negative ones cancel."),
        (_with(lambda total, d, s: -0.25 * total / s - d * np.log(s * _ROOT)), "Brackets: the square belongs to the noise alone, 2 * noise**2."),
        (_with(lambda total, d, s: total / s**2 - d * np.log(s * _ROOT)), "The factor minus one half is missing in front of the squared error."),
        ([_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log2(s * _ROOT)),
          _with(lambda total, d, s: -0.5 * total / s**2 - d * np.log10(s * _ROOT))], "The logarithm is the natural one, np.log: the unit is the nat."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(np.sqrt(2 * np.pi * s))), "Under the root stands 2 pi alone; the noise is outside of it."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - 784 * np.log(s * _ROOT)), "You took 784 pixels whatever x is; d is x.shape[1]."),
        ([_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(s / _ROOT)),
          _with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(s + _ROOT))], "In the logarithm the noise is multiplied by the root."),
        ([_with(lambda total, d, s: -0.5 * total / s**2 - d), _with(lambda total, d, s: -0.5 * total / s**2 - d / np.log(s * _ROOT))], "The second part is d times the logarithm."),
        (_with(lambda total, d, s: -0.5 * np.sqrt(total) / s**2 - d * np.log(s * _ROOT)), "The squared error enters without a root."),
        (lambda x, o, s: -0.5 * np.sum(np.abs(x - o), axis=1) / s**2 - x.shape[1] * np.log(s * _ROOT), "The differences are squared before they are added up."),
        (lambda x, o, s: -0.5 * np.sum(x - o, axis=1) ** 2 / s**2 - x.shape[1] * np.log(s * _ROOT), "Square first, then add up; otherwise differences cancel."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(s**2 * _ROOT)), "In the logarithm stands the standard deviation noise, not its square."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(s)), "The root of 2 pi is missing in the logarithm."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(_ROOT)), "The noise is missing in the logarithm."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(s * 2 * np.pi)), "In the logarithm stands the root of 2 pi."),
        ([_with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(s * np.sqrt(np.pi))),
          _with(lambda total, d, s: -0.5 * total / s**2 - d * np.log(s * np.sqrt(3 * np.pi)))], "Under the root in the second part stands 2 pi."),
        (_with(lambda total, d, s: -0.5 * total / s**2 - d * s * _ROOT), "The logarithm is missing in the second part."),
        (_with(lambda total, d, s: np.exp(-0.5 * total / s**2 - d * np.log(s * _ROOT))), "That is the density itself. For 784 pixels it leaves the range of numbers: keep the log."),
    ],
    hints=(
        "Two parts: one depends on how far x and output are apart, and one is the same for all samples.",
        "Part one: -np.sum((x - output) ** 2, axis=1) / (2 * noise**2). Part two: -x.shape[1] * np.log(noise * np.sqrt(2 * np.pi)).",
    ),
)  # fmt: skip
def gaussian_log_likelihood(x, output, noise):
    return _log_likelihood(x, output, noise)


def _log_likelihood(x, output, noise):
    return -0.5 * np.sum((x - output) ** 2, axis=1) / noise**2 - x.shape[1] * np.log(noise * _ROOT)


def _some_latents(rng):
    """Divergences of latents of very different size, in sixteenths, and a limit that some of the means equal."""
    n, k = 2 ** rng.integers(0, 4), rng.integers(1, 9)
    kl = np.round(rng.exponential(rng.choice([0.2, 1, 4], size=k), (n, k)) * 16) / 16
    return kl, rng.choice(np.append(kl.mean(axis=0), [0.125, 0.25, 0.5, 1]))


@function_exercise(
    "08.4",
    examples=[
        ([[0.0, 1.0, 0.5, 0.0], [0.0, 1.5, 0.0, 0.25], [0.0, 0.5, 0.0, 0.25], [0.0, 2.0, 0.25, 0.0]], 0.125),
        ([[0.25, 0.5], [0.25, 0.75]], 0.25),  # a mean that equals the limit does not exceed it
        ([[0.5, 0.5, 0.5]], 2.0),  # none
        ([[3.0, 2.0, 4.0, 5.0], [3.0, 2.0, 4.0, 5.0]], 1.0),  # all
        ([[0.0, 8.0, 0.25, 0.25, 0.25], [0.0, 0.0, 0.25, 0.25, 0.25], [0.0, 0.0, 0.25, 0.25, 0.25], [0.0, 0.0, 0.25, 0.25, 0.25]], 1.0),
    ],
    random=_some_latents,
    slips=[
        (lambda kl, limit: kl.mean(axis=0) > limit, "That is one answer for each latent; asked for is how many latents are active: add them up."),
        (lambda kl, limit: kl.mean(axis=0), "Those are the mean divergences of the latents; count how many of them exceed the limit."),
        (lambda kl, limit: np.flatnonzero(kl.mean(axis=0) > limit), "Those are the places of the active latents; asked for is how many there are."),
        (lambda kl, limit: kl.mean(axis=0)[kl.mean(axis=0) > limit], "Those are the divergences of the active latents; asked for is how many there are."),
        (lambda kl, limit: np.sum(kl > limit, axis=1), "That is one count for each sample; a latent's mean is taken over the samples, axis=0, before you count."),
        (lambda kl, limit: np.sum(kl > limit, axis=0), "That is one count for each latent; take its mean over the samples, and then count the latents."),
        (lambda kl, limit: np.sum(kl.mean(axis=0) >= limit), "An active latent's mean exceeds the limit: one that equals it does not count."),
        (lambda kl, limit: np.sum(kl.mean(axis=0) < limit), "That is how many lie below the limit; the active ones lie above."),
        (lambda kl, limit: np.sum(kl.mean(axis=0) <= limit), "That is how many have collapsed; count the others."),
        (lambda kl, limit: np.mean(kl.mean(axis=0) > limit), "That is the share of active latents; asked for is their number."),
        (lambda kl, limit: np.sum((kl > limit).any(axis=0)), "You counted a latent that exceeds the limit for any one sample. Take its mean over the samples."),
        (lambda kl, limit: np.sum((kl > limit).all(axis=0)), "You want it above the limit for every sample; take the mean instead."),
        (lambda kl, limit: np.sum(kl.sum(axis=0) > limit), "You compared the sum over samples with the limit: take the mean, or the answer grows with the number of samples."),
        (lambda kl, limit: np.sum(kl.mean(axis=1) > limit), "You took the mean over the latents; take it over the samples, axis=0."),
        (lambda kl, limit: np.sum(kl > limit), "You counted single values; first the mean over the samples."),
        (lambda kl, limit: np.sum(kl.mean() > limit), "You took one mean over everything; each latent has a mean of its own, axis=0."),
        (lambda kl, limit: np.sum(np.median(kl, axis=0) > limit), "You took the median over the samples; asked for is the mean."),
        (lambda kl, limit: np.sum(kl.std(axis=0) > limit), "You took the spread over the samples; asked for is the mean."),
        ([lambda kl, limit: np.sum(kl.mean(axis=0) > 0), lambda kl, limit: np.count_nonzero(kl.mean(axis=0))], "You compared with zero. A KL is hardly ever exactly zero: use limit."),
        (lambda kl, limit: np.sum(kl.mean(axis=0) > 0.1), "You compared with 0.1 whatever the limit is; use the argument."),
        (lambda kl, limit: (kl.mean(axis=0) > limit).any(), "That says whether any is active; asked for is how many."),
        (lambda kl, limit: np.sum(kl[0] > limit), "You looked at the first sample only; take the mean over all of them."),
        (lambda kl, limit: np.sum(kl.mean(axis=0)[kl.mean(axis=0) > limit]), "You added up the divergences of the active latents; count them."),
        ([lambda kl, limit: len(kl[kl.mean(axis=0) > limit]), lambda kl, limit: np.sum(kl[kl.mean(axis=0) > limit]),
          lambda kl, limit: kl[kl.mean(axis=0) > limit]], "The condition has one entry for each latent, and kl[...] with one index picks rows, the samples. To count you need no index: each True counts as 1."),
        (lambda kl, limit: kl.shape[1], "That is the size of the code; count the latents whose mean exceeds the limit."),
    ],
    hints=(
        "One number for each latent first, over all samples; then compare; then count.",
        "kl.mean(axis=0) is the mean of each latent; (array > limit) is True or False for each; np.sum counts the True.",
    ),
    remark="One line, and it rings where the loss says nothing.",
)  # fmt: skip
def count_active(kl, limit):
    return np.sum(kl.mean(axis=0) > limit)


@function_exercise(
    "08.5",
    examples=[
        ([[-3.0, 1.0, 0.5, -1.0], [-2.0, 0.25, 1.5, -2.5], [-4.0, 0.75, -0.5, 0.25]],),
        ([[1.0, -2.0]],),  # a single draw: the log weights themselves
        ([[-2003.0, 1997.0], [-2001.0, 1998.5]],),  # np.exp gives 0 and infinity
        ([[-2000.0, 0.5], [2000.0, 0.75], [100.0, -0.25]],),  # one sample's draws far apart
    ],
    random=lambda rng: (rng.normal(0, 2, (rng.integers(2, 7), rng.integers(1, 6))),),
    slips=[
        (lambda w: w.mean(axis=0), "That is the mean of the logs, which is the ELBO. Take the log of the mean."),
        (lambda w: w.mean(axis=1), "You took the mean of the logs, and over the samples. Take the log of the mean, over the draws."),
        (lambda w: np.log(np.mean(np.exp(w), axis=0)), "Far from zero np.exp gives 0 or infinity. Subtract the largest log weight of each sample first, and add it back at the end."),
        (lambda w: _log_mean(w) + np.log(len(w)), "That is the log of the sum; divide by the number of draws, or the bound grows with every draw."),
        (lambda w: np.log(np.sum(np.exp(w), axis=0)), "That is the log of the sum, and far from zero np.exp gives 0 or infinity: take the mean, and the largest out first."),
        (lambda w: _log_mean(w) - w.max(axis=0), "The largest log weight is taken out and not put back: add it at the end."),
        (lambda w: _log_mean(w) - 2 * w.max(axis=0), "The largest log weight is subtracted at the end; add it back."),
        ([lambda w: w.max() + np.log(np.mean(np.exp(w - w.max()), axis=0))], "You took out the largest log weight of all samples; each sample has its own: axis=0."),
        ([lambda w: w.mean(axis=0) + np.log(np.mean(np.exp(w - w.mean(axis=0)), axis=0)),
          lambda w: w.min(axis=0) + np.log(np.mean(np.exp(w - w.min(axis=0)), axis=0))], "What you took out is not the largest log weight; where the draws lie far apart, np.exp of what is left grows too large."),
        ([lambda w: np.exp(_log_mean(w)), lambda w: np.mean(np.exp(w), axis=0)], "That is the mean weight; take its logarithm at the end."),
        (lambda w: w.max(axis=0) + np.mean(np.exp(w - w.max(axis=0)), axis=0), "The logarithm of the mean is missing."),
        (lambda w: 2 * w.max(axis=0) - _log_mean(w), "Add the log of the mean to the largest; you subtracted it."),
        (lambda w: w.max(axis=0) + (_log_mean(w) - w.max(axis=0)) / np.log(2), "You used the logarithm to base 2; the unit here is the nat."),
        (lambda w: w.max(axis=0) + (_log_mean(w) - w.max(axis=0)) / np.log(10), "You used the logarithm to base 10; the unit here is the nat, np.log."),
        (lambda w: w.max(axis=0) * (_log_mean(w) - w.max(axis=0)), "The largest log weight is put back by adding it; you multiplied."),
        ([lambda w: np.log(np.mean(np.exp(w - w.max(axis=0)), axis=0) + w.max(axis=0)), lambda w: np.log(np.mean(np.exp(w - w.max(axis=0)) + w.max(axis=0), axis=0)),
          lambda w: np.log(np.mean(np.exp(w - w.max(axis=0)), axis=0) * w.max(axis=0)), lambda w: np.log(np.mean(np.exp(w - w.max(axis=0)) * w.max(axis=0), axis=0))], "The largest log weight is put back after the logarithm, not inside it."),
        (lambda w: w.max(axis=0) + np.log(np.median(np.exp(w - w.max(axis=0)), axis=0)), "You took the median of the weights; the bound is made of their mean."),
        ([lambda w: w.max(axis=0) + np.log(np.mean(np.exp(w), axis=0)), lambda w: w.max(axis=0) + _log_mean(w),
          lambda w: w.max(axis=0) + np.log(np.mean(np.exp(w + w.max(axis=0)), axis=0))], "The largest log weight is put back and was not taken out: subtract it inside np.exp."),
        ([lambda w: np.log(w.mean(axis=0)), lambda w: np.log(np.abs(w.mean(axis=0)))], "Those are logs already: np.exp first, then mean, then np.log."),
        (lambda w: w.max(axis=0), "That is the largest log weight alone; the mean is over all draws."),
        (lambda w: np.median(w, axis=0), "That is the median of the logs. Take the log of the mean."),
        (lambda w: -_log_mean(w), "The sign is wrong: it is a bound on log p(x), not on its negative."),
        ([lambda w: _log_mean(w.T), lambda w: np.log(np.mean(np.exp(w), axis=1))], "You went along the samples; the mean is over the draws, axis=0, one number for each sample."),
        ([lambda w: _log_mean(w.reshape(-1, 1))[0], lambda w: np.log(np.mean(np.exp(w)))], "That is one number for everything; asked for is one for each sample: axis=0."),
        (lambda w: np.log(np.mean(np.exp(w - w.max(axis=0)))) + w.max(axis=0), "The mean ran over the samples too; take it over the draws, axis=0."),
    ],
    hints=(
        "A factor common to all draws may stand before the mean. In logs a factor is something added.",
        "largest = log_weights.max(axis=0); then largest + np.log(np.mean(np.exp(log_weights - largest), axis=0)).",
    ),
    remark="SciPy has it as scipy.special.logsumexp, less the log of the number of draws.",
)  # fmt: skip
def importance_weighted(log_weights):
    return _log_mean(log_weights)


def _log_mean(log_weights):
    largest = log_weights.max(axis=0)
    return largest + np.log(np.mean(np.exp(log_weights - largest), axis=0))
