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


def squared_by_hand(reconstruct, corrupt, x):
    return np.mean((reconstruct(corrupt(x)) - x) * (reconstruct(corrupt(x)) - x))


def corrupted_again(reconstruct, corrupt, x):
    noisy = corrupt(x)
    assert noisy.shape == x.shape
    return mse(reconstruct(corrupt(x)), x)


def decibel(above=None, below=None, factor=10, log=np.log10):
    def snr_db(clean, estimate):
        top = np.mean(clean**2) if above is None else above(clean, estimate)
        bottom = np.mean((estimate - clean) ** 2) if below is None else below(clean, estimate)
        return factor * log(top / bottom)

    return snr_db


def judge(first=lambda copied: not np.isclose(copied, 0), second=lambda silent: np.isclose(silent, 1), swapped=False):
    """Answers with `first` of the copying network's loss and `second` of the other one's."""

    def where_is_the_noise(loss):
        x = np.ones((100, 5))
        answers = first(loss(lambda z: z, x)), second(loss(lambda z: 0 * z, x))
        return answers[::-1] if swapped else answers

    return where_is_the_noise


def in_float32(loss):
    """With networks that return what a model of Keras does."""
    x = np.ones((100, 5))
    return loss(np.float32, x) > 0, loss(lambda z: np.float32(0 * z), x) == 1


def on_zeros(loss):
    x = np.zeros((100, 5))
    return loss(np.copy, x) > 0, loss(np.zeros_like, x) == 1


def by_copying_alone(loss):
    differs = loss(lambda z: z, np.ones((100, 5))) > 1e-6
    return differs, not differs


def weighted(power=1.0, factor=2, s_power=2, axis=1, sign=-1, shift=True):
    def best_denoiser(noisy, clean, sigma):
        squared = np.square(noisy[:, None] - clean[None]).sum(axis=2)
        inside = sign * squared**power / (factor * sigma**s_power)
        if shift:
            inside = inside - inside.max(axis=1 if axis is None else axis, keepdims=True)
        weights = np.exp(inside)
        if axis is not None:
            weights = weights / weights.sum(axis=axis, keepdims=True)
        return weights @ clean

    return best_denoiser


def weights_of(noisy, clean, sigma):
    squared = np.square(noisy[:, None] - clean[None]).sum(axis=2)
    return np.exp((squared.min(axis=1, keepdims=True) - squared) / (2 * sigma**2))


def no_column(noisy, clean, sigma):
    weights = weights_of(noisy, clean, sigma)
    return weights / weights.sum(axis=1) @ clean


def turned(noisy, clean, sigma):
    weights = weights_of(noisy, clean, sigma)
    return (weights / weights.sum(axis=1, keepdims=True)).T @ clean


def one_by_one(noisy, clean, sigma):
    rows = []
    for point in noisy:
        inside = -((clean - point) ** 2).sum(axis=1) / (2 * sigma**2)
        rows.append(np.average(clean, axis=0, weights=np.exp(inside - inside.max())))
    return rows


def nearest(noisy, clean, sigma):
    return clean[np.square(noisy[:, None] - clean[None]).sum(axis=2).argmin(axis=1)]


def own_draws(x, level, rng):
    return np.where(np.random.default_rng().random(x.shape) < level, 0, x)


def on_a_copy(x, level, rng):
    x = x.copy()
    x[rng.random(x.shape) < level] = 0
    return x


def by_parts(clean, estimate):
    wrong = (np.asarray(estimate) - clean).ravel()
    return 10 * (np.log10(np.dot(np.ravel(clean), np.ravel(clean))) - np.log10(wrong @ wrong))


EXERCISES = [
    Exercise(
        "07.1",
        right=lambda x, level, rng: np.where(rng.random(x.shape) < level, 0, x),
        also=[
            on_a_copy,
            lambda x, level, rng: x * (rng.random(x.shape) >= level),
            lambda x, level, rng: np.where(rng.random(x.shape) > 1 - level, 0, x),
        ],
        blank=blank,
        wrong=[
            (masked_in_place, "changes its argument x"),
            (lambda x, level, rng: rng.random(x.shape) < level, "the mask itself"),
            (lambda x, level, rng: np.where(rng.random(x.shape) < level, 0, x / (1 - level)), "as dropout does"),
            (lambda x, level, rng: x + level * rng.normal(size=x.shape), "Gaussian noise"),
            (lambda x, level, rng: np.where(rng.random((len(x), 1)) < level, 0, x), "Whole rows"),
            (lambda x, level, rng: np.where(rng.random(x.shape[1]) < level, 0, x), "The same columns"),
            (lambda x, level, rng: np.where(rng.random(x.shape) < level, x, 0), "You kept what should be masked"),
            (lambda x, level, rng: np.where(rng.random(x.shape) < level / 2, 0, x), "Half of `level`"),
            (lambda x, level, rng: np.where(rng.normal(size=x.shape) < level, 0, x), "even between 0 and 1"),
            (lambda x, level, rng: np.where(rng.random() < level, 0, x), "one draw for the whole"),
            (same_mask, "the very same values"),
            (own_draws, "it makes the same draws again"),
            (lambda x, level, rng: np.where(rng.random(x.shape) < level, 0, x + 1), "must stay exactly"),
            (0.3, "a function is wanted"),
        ],
    ),
    Exercise(
        "07.2",
        right=lambda reconstruct, corrupt, x: mse(reconstruct(corrupt(x)), x),
        also=[lambda reconstruct, corrupt, x: ((x - reconstruct(corrupt(x))) ** 2).sum() / x.size],
        blank=blank,
        wrong=[
            (lambda reconstruct, corrupt, x: mse(reconstruct(x), x), "You fed the clean input"),
            (lambda reconstruct, corrupt, x: mse(reconstruct(x), corrupt(x)), "The noise is on the target"),
            (both_noisy, "the same noise"),
            (lambda reconstruct, corrupt, x: mse(reconstruct(corrupt(x)), corrupt(x)), "a second noisy copy"),
            (lambda reconstruct, corrupt, x: mse(corrupt(reconstruct(x)), x), "corrupted the reconstruction"),
            (lambda reconstruct, corrupt, x: mse(corrupt(x), x), "the network is missing"),
            (lambda reconstruct, corrupt, x: np.sum((reconstruct(corrupt(x)) - x) ** 2), "the sum of squares"),
            (lambda reconstruct, corrupt, x: np.mean(np.abs(reconstruct(corrupt(x)) - x)), "absolute values"),
            (lambda reconstruct, corrupt, x: np.mean((reconstruct(corrupt(x)) - x) ** 2, axis=1), "for each sample"),
            (squared_by_hand, "Corrupt once, and square"),
            (corrupted_again, "the second copy"),
            (lambda reconstruct, corrupt, x: np.mean(x - reconstruct(corrupt(x))), "cancel out"),
            (lambda reconstruct, corrupt, x: mse(reconstruct(x + corrupt(x)), x), "not the noise alone"),
        ],
    ),
    Exercise(
        "07.3",
        right=judge(),
        also=[judge(lambda copied: copied > 1e-9, lambda silent: abs(silent - 1) < 1e-9), in_float32],
        blank=blank,
        wrong=[
            (judge(first=lambda copied: np.isclose(copied, 0)), "True where they are the same"),
            (judge(second=lambda silent: not np.isclose(silent, 1)), "True where the target is noisy"),
            (judge(second=lambda silent: np.isclose(silent, 0)), "never True"),
            (judge(first=lambda copied: True), "where nothing differs"),
            (judge(first=lambda copied: copied, second=lambda silent: silent), "Those are the two losses"),
            (judge(swapped=True), "in the wrong order"),
            (by_copying_alone, "cannot tell whether the target is clean"),
            (lambda loss: loss(np.copy, np.ones((100, 5))) > 1e-9, "the first answer alone"),
            (lambda loss: "input", "Return two answers"),
            (judge(second=lambda silent: silent <= 1), "noise on the target alone, your second answer"),
            (on_zeros, "an x of zeros"),
        ],
    ),
    Exercise(
        "07.4",
        right=decibel(),
        also=[by_parts],
        blank=blank,
        wrong=[
            (lambda clean, estimate: -decibel()(clean, estimate), "upside down"),
            (decibel(factor=20), "twice too much"),
            (decibel(factor=1), "in bel"),
            (decibel(log=np.log), "natural logarithm"),
            (decibel(factor=1, log=lambda ratio: ratio), "the ratio itself"),
            (decibel(above=lambda clean, estimate: np.mean(estimate**2)), "Signal means the clean one"),
            (decibel(below=lambda clean, estimate: np.mean(estimate**2)), "not of the estimate"),
            (decibel(lambda clean, e: np.median(clean**2)), "took a median"),
            (lambda clean, estimate: 10 * np.log10(np.mean(clean**2)), "What is wrong is missing"),
            (decibel(below=lambda clean, estimate: np.mean((estimate + clean) ** 2)), "You added estimate and clean"),
            (lambda clean, estimate: 10 * np.log10(np.mean(clean**2 / (estimate - clean) ** 2)), "single ratios"),
            (
                decibel(lambda clean, e: np.mean(clean) ** 2, lambda clean, e: np.mean(e - clean) ** 2),
                "squared the means",
            ),
            (decibel(factor=1, log=lambda ratio: np.log10(10 * ratio)), "inside the logarithm"),
            (decibel(below=lambda clean, e: np.mean(e - clean)), "the difference is not squared"),
            (
                decibel(lambda clean, e: np.mean(clean**2, axis=1), lambda clean, e: np.mean((e - clean) ** 2, axis=1)),
                "for each row",
            ),
        ],
    ),
    Exercise(
        "07.5",
        right=weighted(),
        also=[one_by_one],
        blank=blank,
        wrong=[
            (weighted(shift=False), "0 by 0 is no number"),
            (lambda noisy, clean, sigma: weighted()(noisy, clean, sigma) - noisy, "the step from the noisy point"),
            (weighted(axis=None), "do not sum to 1"),
            (weighted(factor=1), "lacks the 2"),
            (weighted(s_power=1), "not by sigma"),
            (weighted(power=0.5), "you took the distance"),
            (weighted(axis=0), "over the noisy rows"),
            (weighted(sign=1), "far points get the largest share"),
            (weighted(axis=0, shift=False), "for each noisy row the shares"),
            (weighted(sign=1, shift=False), "The sign in the exponent"),
            (no_column, "stand as a column"),
            (turned, "without .T"),
            (nearest, "the nearest clean point"),
            (lambda noisy, clean, sigma: np.tile(clean.mean(axis=0), (len(noisy), 1)), "That is the plain mean. Near"),
        ],
    ),
]
