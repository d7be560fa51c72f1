"""Checks of lesson 10, Generative adversarial networks."""

import numpy as np

from aelearn.course.exercises import Blank, NotYet, a_function, a_number, an_array, exercise, same

_REAL, _MADE = np.array([2.0, -1.0, 0.5, 3.0]), np.array([-2.0, 0.3, -0.7])


def _tried(answer, *arguments, what):
    """What the function returns, as NumPy sees it; NumPy's own warnings stay out of the notebook."""
    with np.errstate(all="ignore"):
        return a_function(answer, *arguments, what=what)


def _softplus(values):
    return np.logaddexp(0, values)


def _sigmoid(values):
    return 1 / (1 + np.exp(-values))


def _finite(found, what):
    """Logits of 1000 must not give NaN or infinity."""
    try:
        finite = np.isfinite(np.asarray(found, dtype=float)).all()
    except (TypeError, ValueError):
        finite = True
    if not finite:
        raise NotYet(f"For a logit of 1000 {what} gives NaN or infinity: use np.logaddexp(0, ...) as told above.")


@exercise(
    "10.1",
    hint="Two means: np.logaddexp(0, -real_logits) for the real samples, and the same with the other sign for the made ones. "
    "Then half of their sum.",
)
def discriminator_loss(answer):
    what = "discriminator_loss"
    for real, made in ((_REAL, _MADE), (_MADE, _REAL)):
        found = _tried(answer, real.copy(), made.copy(), what=what)
        if found is ...:
            return Blank
        if np.ndim(found) == 1:
            return "That is one number for each sample; the loss is one number: take the means."
        value = a_number(found, f"{what}(real_logits, made_logits)")
        on_real, on_made = _softplus(-real), _softplus(made)
        right = (on_real.mean() + on_made.mean()) / 2
        known = {
            on_real.mean() + on_made.mean(): "That is the sum of the two means. Each kind counts one half, so that a "
            "discriminator that guesses has 0.69.",
            (_softplus(real).mean() + _softplus(-made).mean())
            / 2: "Real and made are exchanged: the loss is small when "
            "real samples have large logits and made ones small.",
            (_softplus(-real).mean() + _softplus(-made).mean())
            / 2: "You want a 1 for the made samples too; for them the sign of the logit turns.",
            on_real.mean() / 2: "The made samples are missing.",
            on_real.mean(): "The made samples are missing, and the half.",
            on_made.mean() / 2: "The real samples are missing.",
            -right: "The sign is wrong: a cross-entropy is never below zero.",
            (on_real.sum() + on_made.sum()) / 2: "You added up the samples; take the mean of each kind.",
            np.concatenate(
                [on_real, on_made]
            ).mean(): "You took one mean over all samples. There are more of one kind here: "
            "take a mean of each kind, then the half of each.",
            (_sigmoid(-real).mean() + _sigmoid(made).mean()) / 2: "Those are probabilities; the logarithm is missing.",
        }
        for wrong, sentence in known.items():
            if same(value, wrong):
                return sentence
        if not same(value, right):
            return f"For the logits {real} and {made} you give {value:.4g}, and the loss is {right:.4g}."
    far = _tried(answer, np.array([1000.0, -1000.0]), np.array([1000.0, -1000.0]), what=what)
    _finite(far, what)
    if not same(a_number(far), 500.0):
        return f"For logits of 1000 and -1000 of both kinds the loss is 500, and you give {a_number(far):.4g}."


@exercise("10.2", hint="The loss is the mean of -log D, and -log sigmoid(l) is np.logaddexp(0, -l).")
def generator_loss(answer):
    what = "generator_loss"
    for made in (_MADE, np.array([-6.0, -5.0, 1.0, 0.2])):
        found = _tried(answer, made.copy(), what=what)
        if found is ...:
            return Blank
        if found is not None and np.shape(found) == made.shape:
            return "That is one number for each sample; take the mean."
        value = a_number(found, f"{what}(made_logits)")
        right = _softplus(-made).mean()
        known = {
            -_softplus(
                made
            ).mean(): "That is log(1 - D), the loss that saturates: it is flat where the generator is caught.",
            _softplus(
                made
            ).mean(): "That is what the discriminator wants of made samples; the generator wants the opposite.",
            -right: "That is log D, and the generator wants it large. The loss is made small: turn the sign.",
            _softplus(-made).sum(): "That is the sum; take the mean.",
            right / 2: "There is no half here: only made samples count.",
            _sigmoid(-made).mean(): "That is the probability of being caught; the logarithm is missing.",
            -made.mean(): "Those are the logits themselves; the loss is -log of the probability.",
        }
        for wrong, sentence in known.items():
            if same(value, wrong):
                return sentence
        if not same(value, right):
            return f"For the logits {made} you give {value:.4g}, and the loss is {right:.4g}."
    far = _tried(answer, np.array([1000.0, -1000.0]), what=what)
    _finite(far, what)
    if not same(a_number(far), 500.0):
        return f"For logits of 1000 and -1000 the loss is 500, and you give {a_number(far):.4g}."


_SPOTS = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [3.0, 3.0]])
_POINTS = np.array(
    [[0.1, 0.0], [0.0, 0.2], [-0.3, 0.1], [4.1, 0.0], [4.0, 0.4], [0.0, 4.5], [0.4, 4.4], [0.5, 4.0], [9.0, 9.0]]
)


@exercise(
    "10.3",
    hint="distances = np.linalg.norm(samples[:, None] - centres[None], axis=2) has shape (n, k). "
    "Count the True of distances <= radius down the samples, and see which counts reach least.",
)
def count_modes(answer):
    for least, radius in ((2, 0.45), (3, 0.6), (1, 0.45)):
        found = _tried(answer, _POINTS.copy(), _SPOTS.copy(), radius, least, what="count_modes")
        if found is ...:
            return Blank
        distances = np.linalg.norm(_POINTS[:, None] - _SPOTS, axis=2)
        near = distances <= radius
        counts = near.sum(axis=0)
        right = (counts >= least).sum()
        if np.shape(found) == counts.shape:
            return "That is one value for each centre; asked for is how many centres are reached."
        if np.shape(found) == (len(_POINTS),):
            return "That is one value for each sample; count over the samples, axis=0, for each centre."
        value = a_number(found, "count_modes(...)")
        if same(value, right):
            continue
        nearest = np.bincount(distances.argmin(axis=1), minlength=len(_SPOTS))
        along = np.abs(_POINTS[:, None] - _SPOTS).max(axis=2) <= radius
        known = [
            (
                (counts >= 1).sum(),
                "You counted every centre with any sample near it; it takes at least `least` of them.",
            ),
            ((counts > least).sum(), "A centre with exactly `least` samples counts too."),
            (near.any(axis=1).sum(), "That is how many samples are near some centre; count the centres."),
            (
                (nearest >= least).sum(),
                "You gave each sample to its nearest centre, however far; it must lie within radius.",
            ),
            ((along.sum(axis=0) >= least).sum(), "You compared each coordinate with radius; take the distance."),
            ((counts < least).sum(), "Those are the centres that are missed; count the ones that are found."),
            (((distances**2 <= radius).sum(axis=0) >= least).sum(), "You compared the squared distance with radius."),
        ]
        for wrong, sentence in known:
            if same(value, wrong):
                return sentence
        return f"With radius {radius} and least {least} you find {value:.4g} of 4 centres, and {right} are found."


@exercise(
    "10.4",
    hint="Two means over axis=1, of (x - copies)**2 and of (features - copied_features)**2; the second times weight.",
)
def residual(answer):
    rng = np.random.default_rng(0)
    x, copies = rng.normal(size=(2, 5, 6))
    features, copied = rng.normal(size=(2, 5, 3))
    for weight in (1.0, 0.5):
        arrays = [array.copy() for array in (x, copies, features, copied)]
        found = _tried(answer, *arrays, weight, what="residual")
        if found is ...:
            return Blank
        pixels, hidden = np.square(x - copies), np.square(features - copied)
        right = pixels.mean(axis=1) + weight * hidden.mean(axis=1)
        if np.shape(found) == ():
            return (
                "That is one number for the whole batch; a score is one number for each sample: take means over axis=1."
            )
        score = an_array(found, (5,), "residual(...)")
        known = [
            (pixels.mean(axis=1), "The features are missing."),
            (hidden.mean(axis=1), "The pixels are missing."),
            (
                pixels.sum(axis=1) + weight * hidden.sum(axis=1),
                "Those are sums; take means, so that d and k do not matter.",
            ),
            (
                np.abs(x - copies).mean(axis=1) + weight * np.abs(features - copied).mean(axis=1),
                "Those are absolute values, as in AnoGAN; the formula above has squares.",
            ),
            (
                weight * (pixels.mean(axis=1) + hidden.mean(axis=1)),
                "The weight multiplies both parts; it belongs to the features alone.",
            ),
            (
                weight * pixels.mean(axis=1) + hidden.mean(axis=1),
                "The weight is on the pixels; it belongs to the features.",
            ),
            (pixels.mean(axis=1) - weight * hidden.mean(axis=1), "Both residuals make a sample suspicious: add them."),
            (pixels.mean(axis=1) + hidden.mean(axis=1), "You left out the weight."),
            (
                np.sqrt(pixels.mean(axis=1)) + weight * np.sqrt(hidden.mean(axis=1)),
                "You took roots; the score is made of mean squares.",
            ),
        ]
        if same(score, right):
            continue
        for wrong, sentence in known:
            if same(score, wrong):
                return sentence
        return f"With weight {weight} the scores are {np.round(right, 2)}, and you give {np.round(score, 2)}."


@exercise(
    "10.5",
    hint="seen = p + q > 0 tells where to divide. np.where(seen, p / np.where(seen, p + q, 1), 0.5) divides by 1 where nothing is seen.",
)
def best_discriminator(answer):
    for p, q in (
        (np.array([0.3, 0.1, 0.0, 2.0]), np.array([0.1, 0.1, 0.4, 0.5])),
        (np.array([0.2, 0.0, 0.7]), np.array([0.2, 0.0, 0.0])),
    ):
        found = _tried(answer, p.copy(), q.copy(), what="best_discriminator")
        if found is ...:
            return Blank
        total = p + q
        right = np.where(total > 0, p / np.where(total > 0, total, 1), 0.5)
        with np.errstate(all="ignore"):
            known = [
                (q / total, "That is the share of the made ones; the discriminator says how likely a sample is real."),
                (p / q, "That is p / q, which can exceed 1; a probability is p's share of both together."),
                (p, "That is the density itself, which is just what a discriminator does not know."),
                ((p > q).astype(float), "You decided; the discriminator gives a probability between 0 and 1."),
                (np.log(p / q), "That is the logit of the best discriminator; give the probability."),
                (np.where(total > 0, p / total, 0.0), "Where neither kind is seen you say 0; asked for is one half."),
                (np.where(total > 0, p / total, 1.0), "Where neither kind is seen you say 1; asked for is one half."),
            ]
        values = np.asarray(found, dtype=float) if np.shape(found) == p.shape else None
        if values is not None and not np.isfinite(values).all() and (total == 0).any():
            return "Where p and q are both 0 you divide zero by zero; answer one half there."
        if values is not None:
            for wrong, sentence in known:
                if np.isfinite(wrong).all() and same(values, wrong) and not same(values, right):
                    return sentence
            if not np.isfinite(values).all():
                return "That is infinite where a density is 0. The share p / (p + q) is not."
        answers = an_array(found, p.shape, "best_discriminator(p, q)")
        if not same(answers, right):
            return f"For p = {p} and q = {q} the answers are {np.round(right, 3)}, and you give {np.round(answers, 3)}."
