import numpy as np

from exercises import Exercise


def blank(*arguments):
    return ...


def masked_in_place(x, level, rng):
    x[rng.random(x.shape) < level] = 0
    return x


def same_mask(x, level, rng):
    return np.where(np.random.default_rng(0).random(x.shape) < level, 0, x)


def mse(a, b):
    return np.mean((a - b) ** 2)


def both_noisy(reconstruct, corrupt, x):
    noisy = corrupt(x)
    return mse(reconstruct(noisy), noisy)


def decibel(above=None, below=None, factor=10, log=np.log10):
    def snr_db(clean, estimate):
        top = np.mean(clean**2) if above is None else above(clean, estimate)
        bottom = np.mean((estimate - clean) ** 2) if below is None else below(clean, estimate)
        return factor * log(top / bottom)

    return snr_db


def judge(copy_says=True, zero_says=True, **other):
    """Judges by the two networks, or by one of them alone; `other` exchanges words."""

    def where_is_the_noise(loss):
        x = np.ones((100, 5))
        agree = np.isclose(loss(lambda z: z, x), 0) if copy_says else False
        clean = np.isclose(loss(np.zeros_like, x), 1) if zero_says else True
        word = {(True, True): "nowhere", (True, False): "both", (False, True): "input", (False, False): "target"}
        word = word[bool(agree), bool(clean)]
        return other.get(word, word)

    return where_is_the_noise


def weighted(power=1.0, factor=2, s_power=2, axis=1, sign=-1):
    def best_denoiser(noisy, clean, sigma):
        squared = np.square(noisy[:, None] - clean[None]).sum(axis=2)
        weights = np.exp(sign * squared**power / (factor * sigma**s_power))
        if axis is not None:
            weights = weights / weights.sum(axis=axis, keepdims=True)
        return weights @ clean

    return best_denoiser


def nearest(noisy, clean, sigma):
    return clean[np.square(noisy[:, None] - clean[None]).sum(axis=2).argmin(axis=1)]


EXERCISES = [
    Exercise(
        "07.1",
        right=lambda x, level, rng: np.where(rng.random(x.shape) < level, 0, x),
        blank=blank,
        wrong=[
            (masked_in_place, "You changed x itself"),
            (lambda x, level, rng: x, "Nothing was masked"),
            (lambda x, level, rng: rng.random(x.shape) < level, "the mask itself"),
            (lambda x, level, rng: np.where(rng.random(x.shape) < level, 0, x / (1 - level)), "as dropout does"),
            (lambda x, level, rng: x + level * rng.normal(size=x.shape), "must stay exactly"),
            (lambda x, level, rng: np.where(rng.random((len(x), 1)) < level, 0, x), "Whole rows"),
            (lambda x, level, rng: np.where(rng.random(x.shape[1]) < level, 0, x), "The same columns"),
            (lambda x, level, rng: np.where(rng.random(x.shape) < level, x, 0), "you kept what should be masked"),
            (lambda x, level, rng: np.where(rng.random(x.shape) < level / 2, 0, x), "a share of"),
            (same_mask, "the very same values"),
            (0.3, "a function is wanted"),
        ],
    ),
    Exercise(
        "07.2",
        right=lambda reconstruct, corrupt, x: mse(reconstruct(corrupt(x)), x),
        blank=blank,
        wrong=[
            (lambda reconstruct, corrupt, x: mse(reconstruct(x), x), "You fed the clean input"),
            (lambda reconstruct, corrupt, x: mse(reconstruct(x), corrupt(x)), "The noise is on the target"),
            (both_noisy, "the same noise"),
            (lambda reconstruct, corrupt, x: mse(reconstruct(corrupt(x)), corrupt(x)), "a second noisy copy"),
            (lambda reconstruct, corrupt, x: mse(corrupt(reconstruct(x)), x), "corrupted the reconstruction"),
            (lambda reconstruct, corrupt, x: np.sum((reconstruct(corrupt(x)) - x) ** 2), "the sum of squares"),
            (lambda reconstruct, corrupt, x: np.mean(np.abs(reconstruct(corrupt(x)) - x)), "absolute values"),
            (lambda reconstruct, corrupt, x: np.mean((reconstruct(corrupt(x)) - x) ** 2, axis=1), "for each sample"),
            (lambda reconstruct, corrupt, x: 3.0, "the loss is"),
        ],
    ),
    Exercise(
        "07.4",
        right=decibel(),
        blank=blank,
        wrong=[
            (lambda clean, estimate: -decibel()(clean, estimate), "upside down"),
            (decibel(factor=20), "twice too much"),
            (decibel(factor=1), "in bel"),
            (decibel(log=np.log), "natural logarithm"),
            (decibel(factor=1, log=lambda ratio: ratio), "the ratio itself"),
            (decibel(above=lambda clean, estimate: np.mean(estimate**2)), "Signal means the clean one"),
            (decibel(below=lambda clean, estimate: np.mean(estimate**2)), "Below the line"),
            (decibel(lambda clean, e: np.var(clean), lambda clean, e: np.var(e - clean)), "You took variances"),
            (lambda clean, estimate: (clean - estimate) ** 2, "One number for the whole"),
            (lambda clean, estimate: 0.0, "For our pair"),
        ],
    ),
    Exercise(
        "07.3",
        right=judge(),
        blank=blank,
        wrong=[
            (judge(zero_says=False), "and you say input"),
            (judge(copy_says=False), "You say target"),
            (judge(nowhere="input"), "where there is no noise at all"),
            (judge(input="target"), "tells the two apart"),
            (judge(input="nowhere"), "for a loss with a noisy input"),
            (judge(both="nowhere"), "where input and target carry the same noise"),
            (judge(nowhere="both"), "You say both where there is no noise"),
            (judge(both="input"), "whose noise is on both"),
            (lambda loss: True, "one of the words"),
        ],
    ),
    Exercise(
        "07.5",
        right=weighted(),
        blank=blank,
        wrong=[
            (lambda noisy, clean, sigma: weighted()(noisy, clean, sigma) - noisy, "the step from the noisy point"),
            (weighted(axis=None), "do not sum to 1"),
            (weighted(factor=1), "lacks the 2"),
            (weighted(s_power=1), "not by sigma"),
            (weighted(power=0.5), "the squared distance in its exponent"),
            (weighted(axis=0), "over the noisy rows"),
            (weighted(sign=1), "The sign is wrong"),
            (nearest, "the nearest clean point"),
            (lambda noisy, clean, sigma: np.tile(clean.mean(axis=0), (len(noisy), 1)), "the plain mean"),
            (lambda noisy, clean, sigma: noisy, "is the weighted mean"),
            (lambda noisy, clean, sigma: weighted()(noisy, clean, sigma)[0], "has shape"),
        ],
    ),
]
