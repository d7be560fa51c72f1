"""Checks of lesson 08, Variational autoencoder."""

import numpy as np

from aelearn.course.exercises import Blank, a_function, a_number, an_array, exercise, same

_MEAN = np.array([[0.5, -1.0, 0.2], [2.0, 0.3, -0.7], [0.1, 1.5, -0.4], [-1.2, 0.6, 0.9]])
_LOG_VARIANCE = np.array([[-1.0, 0.4, -2.0], [0.3, -0.5, -1.5], [0.7, -3.0, -0.2], [-0.8, 0.9, 0.5]])
_NOISE = np.array([[1.0, -0.5, 2.0], [0.3, -1.4, 0.8], [-0.6, 0.9, 1.1], [0.7, -2.0, 0.4]])


def _tried(answer, *arguments, what):
    """What the function returns; NumPy's own warnings stay out of the notebook."""
    with np.errstate(all="ignore"):
        return a_function(answer, *(np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments), what=what)


def _first(value, known):
    """The sentence of the first known slip that gives this value, or None."""
    with np.errstate(all="ignore"):
        return next((sentence for wrong, sentence in known if same(value, wrong)), None)


@exercise(
    "08.1",
    hint="Line by line from the formula: mean**2 + np.exp(log_variance) - 1 - log_variance, and half of it all.",
)
def kl_divergence(answer):
    for mean, log_variance in ((_MEAN, np.abs(_LOG_VARIANCE)), (0.5 * _MEAN[:2], _LOG_VARIANCE[2:])):
        found = _tried(answer, mean, log_variance, what="kl_divergence")
        if found is ...:
            return Blank
        right = _kl(mean, log_variance)
        if np.shape(found) == (len(mean),):
            return "That is one number for each sample. We want to watch each latent: do not add up the latents."
        if np.shape(found) == ():
            return "That is one number for the batch; asked for is one for each sample and latent, shape (n, k)."
        value = an_array(found, mean.shape, "kl_divergence(mean, log_variance)")
        square, log = np.square(mean), log_variance
        known = [
            (2 * right, "The factor one half is missing."),
            (-right, "The sign is wrong: a divergence is never below zero. (The ELBO subtracts it later.)"),
            (right / np.log(2), "You used the logarithm to base 2; the unit here is the nat."),
            (
                0.5 * (square + log - 1 - np.log(np.abs(log))),
                "You took the second argument for the variance. It is its logarithm: the variance is np.exp(it).",
            ),
            (
                0.5 * (square + np.square(log) - 1 - np.log(np.square(log))),
                "You took the second argument for the standard deviation. It is the logarithm of the variance.",
            ),
            (
                0.5 * (square + np.exp(2 * log) - 1 - 2 * log),
                "You took the second argument for the logarithm of the standard deviation; it is that of the variance, "
                "so there is no factor 2.",
            ),
            (
                0.5 * (square + np.exp(log / 2) - 1 - log),
                "np.exp(log_variance / 2) is the standard deviation; the formula holds the variance.",
            ),
            (0.5 * (mean + np.exp(log) - 1 - log), "The mean enters by its square."),
            (0.5 * (np.exp(log) - 1 - log), "The mean is missing: a cloud far from the origin must cost more."),
            (
                _kl_from_prior(mean, log),
                "That is the divergence the other way round, from the standard normal to the code's distribution.",
            ),
        ]
        if sentence := _first(value, known):
            return sentence
        if not same(value, right):
            at = np.unravel_index(np.argmax(np.abs(value - right)), value.shape)
            return (
                f"For mean {mean[at]:g} and log variance {log[at]:g} you give {value[at]:.4g}, "
                f"and the divergence is {right[at]:.4g} nats."
            )


@exercise(
    "08.2", hint="The standard deviation is np.exp(log_variance / 2). The code is mean + standard deviation * noise."
)
def draw_code(answer):
    for mean, log_variance, noise in ((_MEAN, _LOG_VARIANCE, _NOISE), (_MEAN[:2], -_LOG_VARIANCE[:2], _NOISE[2:])):
        found = _tried(answer, mean, log_variance, noise, what="draw_code")
        if found is ...:
            return Blank
        code = an_array(found, mean.shape, "draw_code(mean, log_variance, noise)")
        spread = np.exp(log_variance / 2)
        known = [
            (mean, "Nothing is drawn: that is the mean code. The noise must enter, or the loss never sees the cloud."),
            (
                mean + log_variance * noise,
                "You took the log variance for the standard deviation; half of them would even be negative. "
                "Undo the logarithm first, np.exp.",
            ),
            (
                mean + np.exp(log_variance) * noise,
                "You scaled the noise by the variance. Noise is scaled by the standard deviation, the variance's root: "
                "np.exp(log_variance / 2).",
            ),
            (mean + noise, "Every cloud has the spread 1 here; scale the noise by the standard deviation."),
            (mean + spread, "That moves every code by one standard deviation, always the same way: multiply by noise."),
            (spread * noise, "The cloud is at the origin: add the mean."),
            (mean * spread * noise, "Multiply noise by the standard deviation, then add the mean."),
            (mean - spread * noise, "As a draw that is as good; but add the noise, so that we can compare: mean + ..."),
            (mean + noise * np.exp(-log_variance / 2), "The sign in the exponent: np.exp(+log_variance / 2)."),
            (
                mean + noise * np.sqrt(np.abs(log_variance)),
                "You took the root of the log variance. Undo the logarithm first, np.exp, then the root.",
            ),
        ]
        if sentence := _first(code, known):
            return sentence
        if not same(code, mean + spread * noise):
            return (
                f"For mean {mean[0, 0]:g}, log variance {log_variance[0, 0]:g} and noise {noise[0, 0]:g} you give "
                f"{code[0, 0]:.4g}; it should be {(mean + spread * noise)[0, 0]:.4g}. If your function draws noise "
                "itself, use the noise it is given."
            )


@exercise(
    "08.3",
    hint="For one pixel: -((x - output) / noise)**2 / 2 - np.log(noise * np.sqrt(2 * np.pi)). Add up the pixels.",
)
def gaussian_log_likelihood(answer):
    x, output = _MEAN, _LOG_VARIANCE / 3
    for noise in (0.3, 1.7):
        found = _tried(answer, x, output, noise, what="gaussian_log_likelihood")
        if found is ...:
            return Blank
        if np.shape(found) == ():
            return "That is one number for the batch; asked for is one for each sample, shape (n,)."
        if np.shape(found) == x.shape:
            return "That is one number for each pixel; add them up: independent densities multiply, their logs add."
        value = an_array(found, (len(x),), "gaussian_log_likelihood(x, output, noise)")
        d = x.shape[1]
        distance = np.square(x - output).sum(axis=1)
        quadratic, constant = -0.5 * distance / noise**2, -np.log(noise * np.sqrt(2 * np.pi))
        right = quadratic + d * constant
        known = [
            (-right, "The sign is wrong: the log-likelihood falls as the distance grows."),
            (
                quadratic,
                "The second part is missing. It does not depend on the output, but without it densities of "
                "different noise cannot be compared.",
            ),
            (quadratic + constant, "The second part stands there once; it comes once for every pixel, d times."),
            (right / d, "That is the mean over the pixels. The log of a product is a sum."),
            (-0.5 * distance / noise + d * constant, "Divide by noise squared, the variance, not by noise."),
            (-0.5 * distance + d * constant, "The distance is not divided by noise squared."),
            (2 * quadratic + d * constant, "The factor one half is missing in front of the distance."),
            (
                quadratic - d * np.log(noise**2 * np.sqrt(2 * np.pi)),
                "In the logarithm stands the standard deviation noise, not its square.",
            ),
            (quadratic - d * np.log(noise), "The root of 2 pi is missing in the logarithm."),
            (np.exp(right), "That is the density itself. For 784 pixels it leaves the range of numbers: keep the log."),
        ]
        if sentence := _first(value, known):
            return sentence
        if not same(value, right):
            return f"For noise {noise} the first sample has {right[0]:.4g} nats, and you give {value[0]:.4g}."


_KL = np.array(  # of eight latents, the second and the fourth are active at a limit of 0.1
    [
        [0.00, 0.9, 0.04, 0.30, 0.02, 0.03, 0.001, 0.001],
        [0.01, 0.1, 0.03, 0.00, 0.02, 0.03, 0.001, 0.001],
        [0.02, 1.4, 0.05, 0.06, 0.20, 0.03, 0.001, 0.001],
        [0.00, 0.9, 0.00, 0.20, 0.00, 0.03, 0.001, 0.001],
        [0.00, 0.9, 0.00, 0.20, 0.15, 0.03, 0.001, 0.001],
    ]
)


@exercise("08.4", hint="First the mean over the samples, kl.mean(axis=0), then compare with limit, then count.")
def count_active(answer):
    for kl, limit in ((_KL, 0.1), (3 * _KL, 0.11), (0.001 * _KL, 0.1)):
        found = _tried(answer, kl, limit, what="count_active")
        if found is ...:
            return Blank
        n, k = kl.shape
        if np.shape(found) == (k,):
            return "That is one value for each latent; asked for is how many latents are active: add them up."
        if np.shape(found) == (n,):
            return "That is one value for each sample; a latent's mean is taken over the samples, axis=0."
        count = a_number(found, "count_active(kl, limit)")
        active = kl.mean(axis=0) > limit
        if same(count, active.sum()):
            continue
        known = [
            ((~active).sum(), "That is how many have collapsed; the others are active."),
            (active.mean(), "That is the share of active latents; asked for is their number."),
            (
                (kl > limit).any(axis=0).sum(),
                "You counted a latent that exceeds the limit for any one sample. Take its mean over the samples.",
            ),
            ((kl > limit).all(axis=0).sum(), "You want it above the limit for every sample; take the mean instead."),
            (
                (kl.sum(axis=0) > limit).sum(),
                "You compared the sum over samples with the limit: take the mean, "
                "or the answer grows with the number of samples.",
            ),
            ((kl.mean(axis=1) > limit).sum(), "You took the mean over the latents; take it over the samples, axis=0."),
            ((kl > limit).sum(), "You counted single values; first the mean over the samples."),
            ((kl.mean(axis=0) > 0).sum(), "You compared with zero. A KL is hardly ever exactly zero: use limit."),
            (active.any(), "That says whether any is active; asked for is how many."),
        ]
        return (
            _first(count, known) or f"For limit {limit} you count {count:.4g} active latents; there are {active.sum()}."
        )


_LOG_WEIGHTS = np.array([[-3.0, 1.0, 0.5, -1.0], [-2.0, 0.2, 1.5, -2.5], [-4.0, 0.7, -0.5, 0.3]])


@exercise(
    "08.5",
    hint="Subtract the largest log weight of each sample first: m = log_weights.max(axis=0), then "
    "m + np.log(np.mean(np.exp(log_weights - m), axis=0)).",
)
def importance_weighted(answer):
    for weights in (_LOG_WEIGHTS, _LOG_WEIGHTS[:, ::-1] * 0.5 + 1):
        found = _tried(answer, weights, what="importance_weighted")
        if found is ...:
            return Blank
        draws, n = weights.shape
        if np.shape(found) == (draws,):
            return "You went along the samples; the mean is over the draws, axis=0, one number for each sample."
        if np.shape(found) == ():
            return "That is one number for everything; asked for is one for each sample: axis=0."
        value = an_array(found, (n,), "importance_weighted(log_weights)")
        right = np.log(np.mean(np.exp(weights), axis=0))
        known = [
            (weights.mean(axis=0), "That is the mean of the logs, which is the ELBO. Take the log of the mean."),
            (
                right + np.log(draws),
                "That is the log of the sum; divide by the number of draws, or the bound grows with every draw.",
            ),
            (np.exp(right), "That is the mean weight; take its logarithm at the end."),
            (np.log(np.abs(weights.mean(axis=0))), "Those are logs already: np.exp first, then mean, then np.log."),
            (weights.max(axis=0), "That is the largest log weight alone; the mean is over all draws."),
            (-right, "The sign is wrong: it is a bound on log p(x), not on its negative."),
        ]
        if sentence := _first(value, known):
            return sentence
        if not same(value, right):
            return f"For log weights {weights[:, 0]} the bound is {right[0]:.4g}, and you give {value[0]:.4g}."
    for shift in (-2000.0, 2000.0):
        far = _tried(answer, _LOG_WEIGHTS + shift, what="importance_weighted")
        value = np.asarray(far, dtype=float)
        if not np.isfinite(value).all() or not same(value, np.log(np.mean(np.exp(_LOG_WEIGHTS), axis=0)) + shift):
            return (
                f"With log weights near {shift:g}, np.exp leaves the range of numbers. Subtract the largest log "
                "weight of each sample first, and add it back at the end."
            )


def _kl(mean, log_variance):
    return 0.5 * (np.square(mean) + np.exp(log_variance) - 1 - log_variance)


def _kl_from_prior(mean, log_variance):
    return 0.5 * ((np.square(mean) + 1) / np.exp(log_variance) - 1 + log_variance)
