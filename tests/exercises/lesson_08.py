import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from exercises import Exercise


def blank(*arguments):
    return ...


def kl(mean, log_variance):
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)


def likelihood(x, output, noise):
    distance = np.sum((x - output) ** 2, axis=1)
    return -0.5 * distance / noise**2 - x.shape[1] * np.log(noise * np.sqrt(2 * np.pi))


def log_mean(log_weights):
    largest = log_weights.max(axis=0)
    return largest + np.log(np.mean(np.exp(log_weights - largest), axis=0))


ROOT = np.sqrt(2 * np.pi)

EXERCISES = [
    Exercise(
        "08.1",
        right=kl,
        also=[lambda m, v: m**2 / 2 + np.expm1(v) / 2 - v / 2],
        blank=blank,
        wrong=[
            (lambda m, v: 2 * kl(m, v), "one half is missing"),
            (lambda m, v: -kl(m, v), "never below zero"),
            (lambda m, v: kl(m, v).sum(axis=1), "do not add up the latents"),
            (lambda m, v: kl(m, v).mean(), "for the batch"),
            (lambda m, v: kl(m, v).mean(axis=0), "joined the samples"),
            (lambda m, v: kl(m, 2 * v), "logarithm of the standard deviation"),
            (lambda m, v: 0.5 * (m**2 + v - 1 - np.log(v)), "for the variance"),
            (lambda m, v: 0.5 * (m**2 + v**2 - 1 - np.log(v**2)), "for the standard deviation"),
            (lambda m, v: 0.5 * (m**2 + np.exp(v / 2) - 1 - v), "holds the variance"),
            (lambda m, v: kl(0, v), "The mean is missing"),
            (lambda m, v: 0.5 * (m + np.exp(v) - 1 - v), "by its square."),
            (lambda m, v: 0.5 * (m**2 + np.exp(v) - v), "The 1 is missing"),
            (lambda m, v: 0.5 * ((m**2 + 1) * np.exp(-v) - 1 + v), "other way round"),
            (lambda m, v: kl(m, v) / np.log(2), "base 2"),
            (lambda m, v: 0.5 * (m**2 + np.exp(3 * v) - 1 - v), "is wanted"),
            (lambda m, v: 0.5 * (m**2 + 10**v - 1 - v), "not 10**"),
            (lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 - 2 * v), "as it stands"),
            (3.0, "a function is wanted"),
        ],
    ),
    Exercise(
        "08.2",
        right=lambda mean, log_variance, epsilon: mean + np.exp(log_variance / 2) * epsilon,
        also=[lambda m, v, e: e * np.sqrt(np.exp(v)) + m],
        blank=blank,
        wrong=[
            (lambda m, v, e: m, "Nothing is drawn"),
            (lambda m, v, e: m + v * e, "log variance for the standard deviation"),
            (lambda m, v, e: m + np.exp(v) * e, "by the variance"),
            (lambda m, v, e: m + e, "spread 1"),
            (lambda m, v, e: m + np.exp(v / 2), "always the same way"),
            (lambda m, v, e: np.exp(v / 2) * e, "add the mean"),
            (lambda m, v, e: m + np.exp(v / 2 * e), "stands in the exponent"),
            (lambda m, v, e: (m + np.exp(v / 2)) * e, "only the standard deviation is multiplied"),
            (lambda m, v, e: m * e + np.exp(v / 2), "have changed places"),
            (lambda m, v, e: m + np.exp(-v / 2) * e, "sign in the exponent"),
            (lambda m, v, e: m + np.sqrt(np.abs(v)) * e, "root of the log variance"),
            (lambda m, v, e: m + np.exp(v / 2) * np.random.default_rng().normal(size=e.shape), "all chance comes from"),
            (lambda m, v, e: (m + np.exp(v / 2) * e).sum(), "wanted"),
        ],
    ),
    Exercise(
        "08.3",
        right=likelihood,
        also=[lambda x, o, s: norm.logpdf(x, o, s).sum(axis=1)],
        blank=blank,
        wrong=[
            (lambda x, o, s: -likelihood(x, o, s), "sign is wrong"),
            (lambda x, o, s: -0.5 * np.sum((x - o) ** 2, axis=1) / s**2, "second part is missing"),
            (lambda x, o, s: likelihood(x, o, s) / x.shape[1], "mean over the pixels"),
            (lambda x, o, s: likelihood(x, o, s).mean(), "for the batch"),
            (lambda x, o, s: -0.5 * ((x - o) / s) ** 2 - np.log(s * ROOT), "for each pixel"),
            (lambda x, o, s: -0.5 * np.sum((x - o) ** 2, axis=1) / s**2 - np.log(s * ROOT), "once for every pixel"),
            (
                lambda x, o, s: -0.5 * np.sum((x - o) ** 2, axis=1) / s**2 - len(x) * np.log(s * ROOT),
                "the number of samples",
            ),
            (lambda x, o, s: -0.5 * np.sum((x - o) ** 2, axis=1) / s - x.shape[1] * np.log(s * ROOT), "not by noise"),
            (
                lambda x, o, s: -np.sum((x - o) ** 2, axis=1) / 2 * s**2 - x.shape[1] * np.log(s * ROOT),
                "you multiplied",
            ),
            (lambda x, o, s: -np.sum((x - o) ** 2, axis=1) / s**2 - x.shape[1] * np.log(s * ROOT), "one half"),
            (lambda x, o, s: np.exp(likelihood(x, o, s)), "the density itself"),
            (lambda x, o, s: np.zeros(len(x)), "for every input that was tried"),
            (
                lambda x, o, s: -0.5 * np.sum((x - o) ** 2, axis=1) / s**2 - x.shape[1] * np.log10(s * ROOT),
                "natural one",
            ),
        ],
    ),
    Exercise(
        "08.4",
        right=lambda kl, limit: (kl.mean(axis=0) > limit).sum(),
        also=[lambda kl, limit: sum(1 for column in kl.T if np.mean(column) > limit)],
        blank=blank,
        wrong=[
            (lambda kl, limit: kl.mean(axis=0) > limit, "add them up"),
            (lambda kl, limit: (kl > limit).sum(axis=1), "for each sample"),
            (lambda kl, limit: (kl.mean(axis=0) >= limit).sum(), "equals it does not count"),
            (lambda kl, limit: (kl.mean(axis=0) <= limit).sum(), "have collapsed"),
            (lambda kl, limit: (kl.mean(axis=0) > limit).mean(), "share"),
            (lambda kl, limit: (kl.max(axis=0) > limit).sum(), "any one sample"),
            (lambda kl, limit: (kl.sum(axis=0) > limit).sum(), "sum over samples"),
            (lambda kl, limit: (kl.mean(axis=1) > limit).sum(), "over the latents"),
            (lambda kl, limit: (kl.mean(axis=0) > 0).sum(), "compared with zero"),
            (lambda kl, limit: (kl.mean(axis=0) > 0.1).sum(), "0.1 whatever the limit is"),
            (lambda kl, limit: (kl.std(axis=0) > limit).sum(), "the spread"),
            (lambda kl, limit: 17, "for every input that was tried"),
            (lambda kl, limit: len(kl[kl.mean(axis=0) > limit]), "picks rows"),
        ],
    ),
    Exercise(
        "08.5",
        right=log_mean,
        also=[lambda w: logsumexp(w, axis=0) - np.log(len(w))],
        blank=blank,
        wrong=[
            (lambda w: w.mean(axis=0), "which is the ELBO"),
            (lambda w: log_mean(w) + np.log(len(w)), "log of the sum"),
            (lambda w: np.exp(w).mean(axis=0), "take its logarithm"),
            (lambda w: np.log(np.exp(w).mean(axis=0)), "gives 0 or infinity"),
            (lambda w: np.log(np.exp(w).mean(axis=1)), "along the samples"),
            (lambda w: np.log(np.exp(w).mean()), "for everything"),
            (lambda w: w.max(axis=0), "largest log weight alone"),
            (lambda w: log_mean(w) - w.max(axis=0), "not put back"),
            (lambda w: w.max() + np.log(np.mean(np.exp(w - w.max()), axis=0)), "each sample has its own"),
            (lambda w: -log_mean(w), "sign is wrong"),
            (lambda w: np.log(np.mean(np.exp(w - w.max(axis=0)), axis=0) + w.max(axis=0)), "after the logarithm"),
            (lambda w: np.zeros(w.shape[1]), "for every input that was tried"),
        ],
    ),
]
