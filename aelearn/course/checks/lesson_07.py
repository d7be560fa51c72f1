"""Checks of lesson 07, Denoising autoencoder."""

import numpy as np

from aelearn.course.exercises import Blank, NotYet, a_function, a_number, an_array, exercise, same

_LEVEL = 0.3


def _tried(answer, *arguments, what):
    """What the function returns, as NumPy sees it; NumPy's own warnings stay out of the notebook."""
    with np.errstate(all="ignore"):
        return a_function(answer, *arguments, what=what)


@exercise(
    "07.1", hint="rng.random(x.shape) < level is True for a share `level` of all values; np.where puts 0 there, else x."
)
def masking(answer):
    rng, x = np.random.default_rng(7), np.random.default_rng(0).uniform(1, 2, (400, 30))
    given = x.copy()
    found = _tried(answer, given, _LEVEL, rng, what="masking")
    if found is ...:
        return Blank
    if not same(given, x):
        return (
            "You changed x itself. It is the clean target, and it must stay clean: work on a copy (np.where makes one)."
        )
    masked = an_array(found, x.shape, "masking(x, level, rng)")
    zero = masked == 0
    if same(masked, x):
        return "Nothing was masked: the clean input came back."
    if set(np.unique(masked)) <= {0.0, 1.0}:
        return "That is the mask itself. Put zeros where it says so, and leave the other values of x as they are."
    if zero.any() and same(masked[~zero], x[~zero] / (1 - _LEVEL)):
        return "You scaled the values that stay, as dropout does. Masking leaves them as they are."
    if not zero.any() or not same(masked[~zero], x[~zero]):
        return "Values that are not masked must stay exactly as they were; yours changed."
    if (zero.all(axis=1) | ~zero.any(axis=1)).all():
        return "Whole rows are masked or not. Draw a chance for every single value: rng.random(x.shape)."
    if (zero.all(axis=0) | ~zero.any(axis=0)).all():
        return "The same columns are masked in every row. Draw a chance for every single value: rng.random(x.shape)."
    if abs(zero.mean() - (1 - _LEVEL)) < 0.02:
        return (
            f"A share {1 - _LEVEL:g} is zero: you kept what should be masked. `level` is the share that becomes zero."
        )
    if abs(zero.mean() - _LEVEL) > 0.02:
        return f"With level {_LEVEL:g} a share of {zero.mean():.2f} became zero."
    again = np.asarray(_tried(answer, x.copy(), _LEVEL, rng, what="masking"), dtype=float)
    if same(again, masked):
        return (
            "A second call masks the very same values. Draw from the rng that is passed: noise must be new each time."
        )


def _corruptions():
    """A `corrupt` that gives other noise at each call, and the noise it gives."""
    rng = np.random.default_rng(1)
    noises = rng.normal(size=(9, 6, 4))
    calls = iter(noises)
    return (lambda x: x + next(calls)), noises


@exercise(
    "07.2", hint="Three steps: corrupt x, reconstruct what came of it, and compare with x as it was: np.mean((...)**2)."
)
def denoising_loss(answer):
    x = np.random.default_rng(0).normal(size=(6, 4))

    def reconstruct(rows):
        return 0.5 * np.asarray(rows) + 0.1

    corrupt, (first, second, *_) = _corruptions()
    found = _tried(answer, reconstruct, corrupt, x.copy(), what="denoising_loss")
    if found is ...:
        return Blank
    if np.shape(found) == (len(x),):
        return "That is one loss for each sample; the loss is one number: the mean over the batch as well."
    value = a_number(found, "denoising_loss(reconstruct, corrupt, x)")

    def loss(out, target):
        return np.square(out - target).mean()

    right = loss(reconstruct(x + first), x)
    known = {
        loss(
            reconstruct(x), x
        ): "You fed the clean input, so this is the plain autoencoder: nothing has to be removed. "
        "Corrupt the input first.",
        loss(
            reconstruct(x), x + first
        ): "The noise is on the target and the input is clean. The network would be asked "
        "to produce noise; it is the other way round.",
        loss(reconstruct(x + first), x + first): "Input and target carry the same noise, so copying the noise is "
        "rewarded: the target must be the clean x.",
        loss(reconstruct(x + first), x + second): "The target is a second noisy copy. On average that teaches the same "
        "with more scatter, but we have the clean x: use it as the target.",
        loss(reconstruct(x) + first, x): "You corrupted the reconstruction. The noise belongs in front of the network.",
        np.square(reconstruct(x + first) - x).sum(): "That is the sum of squares; take the mean.",
        np.abs(reconstruct(x + first) - x).mean(): "You took absolute values; the mean squared error is wanted.",
    }
    for wrong, sentence in known.items():
        if same(value, wrong):
            return sentence
    if not same(value, right):
        return f"For our small batch you give {value:.4g}, and the loss is {right:.4g}."


@exercise("07.4", hint="np.mean(clean**2) is the signal's power, np.mean((estimate - clean)**2) that of what is wrong.")
def snr_db(answer):
    for seed, shape in ((0, 50), (1, (8, 5))):
        rng = np.random.default_rng(seed)
        clean = rng.normal(size=shape) + 0.5
        estimate = clean + 0.4 * rng.normal(size=shape) + 0.2
        found = _tried(answer, clean.copy(), estimate.copy(), what="snr_db")
        if found is ...:
            return Blank
        if np.ndim(found) > 0:
            return "One number for the whole of it is wanted: take the mean over everything."
        value = a_number(found, "snr_db(clean, estimate)")
        signal, wrong_part = np.mean(clean**2), np.mean((estimate - clean) ** 2)
        right = 10 * np.log10(signal / wrong_part)
        known = {
            -right: "The ratio is upside down: signal over noise, so that more decibels are better.",
            2 * right: "That is twice too much. The factor is 10 for powers (mean squares), 20 only for amplitudes.",
            right / 10: "That is in bel; a decibel is a tenth of it: times 10.",
            10 * np.log(signal / wrong_part): "You took the natural logarithm; decibels have np.log10.",
            signal / wrong_part: "That is the ratio itself; take 10 times its logarithm to base 10.",
            10 * np.log10(np.mean(estimate**2) / wrong_part): "Signal means the clean one; you took the power of the "
            "estimate, which holds the noise too.",
            10 * np.log10(signal / np.mean(estimate**2)): "Below the line stands the power of what is wrong, "
            "estimate - clean, not of the estimate.",
            10 * np.log10(np.var(clean) / np.var(estimate - clean)): "You took variances. A constant shift is an error "
            "too: take mean squares.",
        }
        for wrong, sentence in known.items():
            if same(value, wrong):
                return sentence
        if not same(value, right):
            return f"For our pair you give {value:.4g} and it is {right:.4g} dB."


def _losses():
    """Loss functions, each with the place of its noise; the kind of noise changes from one to the next."""
    rng = np.random.default_rng(3)

    def gaussian(x):
        return x + 0.5 * rng.normal(size=np.shape(x))

    def zeros(x):
        return np.where(rng.random(np.shape(x)) < 0.4, 0.0, x)

    def mse(a, b):
        return float(np.mean((np.asarray(a) - b) ** 2))

    def both(corrupt):
        def loss(reconstruct, x):
            noisy = corrupt(x)
            return mse(reconstruct(noisy), noisy)

        return loss

    for corrupt in (gaussian, zeros):
        yield "input", lambda reconstruct, x, corrupt=corrupt: mse(reconstruct(corrupt(x)), x)
        yield "target", lambda reconstruct, x, corrupt=corrupt: mse(reconstruct(x), corrupt(x))
        yield "both", both(corrupt)
        yield "nowhere", lambda reconstruct, x: mse(reconstruct(x), x)


_TOLD = {
    (
        "input",
        "target",
    ): "A network that always answers zero tells the two apart: it never sees its input, so only a noisy "
    "target changes its loss.",
    (
        "target",
        "input",
    ): "The loss has its noise on the target and you say input. Try a network that always answers zero.",
    (
        "input",
        "nowhere",
    ): "You say nowhere for a loss with a noisy input. A network that copies its input shows it: it has "
    "no error if input and target agree.",
    ("nowhere", "input"): "You say input where there is no noise at all. A network that copies has no error there.",
    (
        "both",
        "nowhere",
    ): "You say nowhere where input and target carry the same noise. The copying network cannot tell; the one "
    "that always answers zero can.",
    ("nowhere", "both"): "You say both where there is no noise. The network that always answers zero has a loss of "
    "exactly 1 on an x of ones.",
    ("both", "target"): "You say target where both carry the same noise. The copying network has no error there.",
}


@exercise(
    "07.3",
    hint="x = np.ones((100, 5)). A copying network, lambda z: z, has loss 0 when input and target agree. A network that "
    "always answers zero, np.zeros_like, has loss exactly 1 when the target is the clean x. Two answers, four cases.",
)
def where_is_the_noise(answer):
    for place, loss in _losses():
        found = _tried(answer, loss, what="where_is_the_noise")
        if found is ...:
            return Blank
        if not isinstance(found, str) or found not in ("input", "target", "both", "nowhere"):
            return "Return one of the words 'input', 'target', 'both' and 'nowhere'."
        if found != place:
            return _TOLD.get((place, found), f"For a loss whose noise is on {place} you say {found}.")


@exercise(
    "07.5",
    hint="Squared distances of each noisy row to each clean point, (m, n): "
    "np.square(noisy[:, None] - clean[None]).sum(axis=2). "
    "Then weights np.exp(-that / (2 * sigma**2)), divided by their sum along each row; then weights @ clean.",
)
def best_denoiser(answer):
    for seed, sigma, (m, n, d) in ((0, 0.5, (5, 7, 2)), (1, 0.8, (4, 6, 3))):
        rng = np.random.default_rng(seed)
        clean, noisy = rng.normal(size=(n, d)), rng.normal(size=(m, d))
        found = _tried(answer, noisy.copy(), clean.copy(), sigma, what="best_denoiser")
        if found is ...:
            return Blank
        given = an_array(found, (m, d), "best_denoiser(noisy, clean, sigma)")
        squared = np.square(noisy[:, None] - clean[None]).sum(axis=2)

        def weighted(exponent, axis=1, clean=clean):
            weights = np.exp(exponent)
            return weights / weights.sum(axis=axis, keepdims=True) @ clean

        right = weighted(-squared / (2 * sigma**2))
        known = [
            (right - noisy, "That is the step from the noisy point; add the noisy point to it, or leave it out."),
            (
                np.exp(-squared / (2 * sigma**2)) @ clean,
                "The weights do not sum to 1: divide each row by its sum.",
            ),
            (weighted(-squared / sigma**2), "The exponent lacks the 2: squared distance over 2 sigma squared."),
            (weighted(-squared / (2 * sigma)), "Divide by sigma squared, not by sigma."),
            (weighted(-np.sqrt(squared) / (2 * sigma**2)), "The bell curve has the squared distance in its exponent."),
            (weighted(-squared / (2 * sigma**2), axis=0), "You normalised over the noisy rows; for each noisy row the "
             "weights of the clean points must sum to 1."),
            (weighted(squared / (2 * sigma**2)), "The sign is wrong: far points get the most weight."),
            (clean[squared.argmin(axis=1)], "That is the nearest clean point. With noise it may have come from another "
             "one: take the weighted mean of all."),
            (np.tile(clean.mean(axis=0), (m, 1)), "That is the plain mean. Near points are likelier: weight them."),
        ]  # fmt: skip
        for wrong, sentence in known:
            if same(given, wrong):
                return sentence
        if not same(given, right):
            raise NotYet(f"For the noisy point {np.round(noisy[0], 2)} you give {np.round(given[0], 2)}, "
                         f"and {np.round(right[0], 2)} is the weighted mean.")  # fmt: skip
