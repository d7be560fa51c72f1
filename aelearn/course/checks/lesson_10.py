"""Checks of lesson 10, Generative adversarial networks."""

import numpy as np

from aelearn.course.judging import function_exercise


def _softplus(a):
    return np.logaddexp(0, a)


def _sigmoid(a):
    return np.exp(-_softplus(-a))


def _some_logits(rng):
    return rng.normal(0, 3, rng.integers(1, 9))


_FAR = np.array([1000.0, -1000.0])


def _overflows(loss):
    """A slip that is right until a logit is as large as 1000."""
    return lambda *logits: np.nan if any(np.abs(a).max() > 500 for a in logits) else loss(*logits)


def _of_discriminator(real, made):
    return (_softplus(-real).mean() + _softplus(made).mean()) / 2


@function_exercise(
    "10.1",
    examples=[
        ([2.0, 0.5, -1.0], [-3.0, 0.25]),
        ([0.0], [0.0]),  # cannot tell: ln 2
        ([-1.0, 4.0], [2.0, 1.0, -0.5, 3.0]),
        (_FAR, _FAR),
    ],
    random=lambda rng: (_some_logits(rng), _some_logits(rng)),
    slips=[
        ([_overflows(_of_discriminator), lambda real, made: -(np.log(1 / (1 + np.exp(-real))).mean() + np.log(1 - 1 / (1 + np.exp(-made))).mean()) / 2], "Right, until a logit is 1000: then exp or log gives infinity or NaN. np.logaddexp does not."),
        (lambda real, made: _softplus(-real).mean() + _softplus(made).mean(), "That is the sum of the two means; take half of it."),
        (lambda real, made: (_softplus(real).mean() + _softplus(-made).mean()) / 2, "Real and made are exchanged: real samples should get 1, made ones 0."),
        (lambda real, made: (_softplus(-real).mean() + _softplus(-made).mean()) / 2, "You ask for a 1 for the made samples too; that is the generator's wish."),
        (lambda real, made: (_softplus(real).mean() + _softplus(made).mean()) / 2, "You ask for a 0 for the real samples too; they should get 1."),
        (lambda real, made: -_of_discriminator(real, made), "The sign is wrong: a loss is made small, and this one is never negative."),
        (lambda real, made: _softplus(-real).mean() / 2, "The made samples are missing."),
        (lambda real, made: _softplus(-real).mean(), "The made samples are missing, and the half."),
        (lambda real, made: _softplus(made).mean() / 2, "The real samples are missing."),
        (lambda real, made: _softplus(made).mean(), "The real samples are missing, and the half."),
        (lambda real, made: (_softplus(-real).sum() + _softplus(made).sum()) / 2, "You added up the samples; take the mean over each kind."),
        (lambda real, made: np.concatenate([_softplus(-real), _softplus(made)]).mean(), "You took one mean over all samples; each kind has half of the loss, however many there are."),
        (lambda real, made: (_sigmoid(-real).mean() + _sigmoid(made).mean()) / 2, "Those are the probabilities of a wrong answer; the logarithm is missing."),
        (lambda real, made: (_softplus(-real).mean() - _softplus(made).mean()) / 2, "Both parts are errors: add them."),
        (lambda real, made: (np.median(_softplus(-real)) + np.median(_softplus(made))) / 2, "You took medians; take means."),
        (lambda real, made: (_softplus(-real.mean()) + _softplus(made.mean())) / 2, "You took the mean of the logits first; the mean comes last."),
        (lambda real, made: _softplus(-real), "That is one number for each sample; take the mean of each kind, and half of their sum."),
        (lambda real, made: (np.max(_softplus(-real)) + np.max(_softplus(made))) / 2, "You took the largest; take means."),
        ([lambda real, made: (_softplus(-real).mean() + _softplus(1 - made).mean()) / 2,
          lambda real, made: (_softplus(-real).mean() + _softplus(1 + made).mean()) / 2,
          lambda real, made: (_softplus(-real).mean() + _softplus(-(1 - made)).mean()) / 2], "1 - D is 1 minus a probability, not 1 minus a logit: it is the sigmoid of the logit with its sign turned."),
        (lambda real, made: (_softplus(-real).mean() + (1 - _softplus(-made)).mean()) / 2, "The logarithm of 1 - D is not 1 minus the logarithm of D: turn the sign of the logit instead."),
    ],
    hints=(
        "One mean for each kind of sample. Which sign has the logit in each?",
        "Real samples: np.mean(np.logaddexp(0, -real_logits)). For the made ones the sign of the logit turns, since 1 - D is wanted.",
    ),
    remark="With all logits 0 it is ln 2 = 0.69: the discriminator guesses.",
)  # fmt: skip
def discriminator_loss(real_logits, made_logits):
    return _of_discriminator(real_logits, made_logits)


@function_exercise(
    "10.2",
    examples=[([2.0, -0.5, 0.25],), ([0.0],), ([-6.0, -5.0, 1.0, 0.25],), (_FAR,)],
    random=lambda rng: (_some_logits(rng),),
    slips=[
        ([_overflows(lambda made: _softplus(-made).mean()), lambda made: -np.log(1 / (1 + np.exp(-made))).mean(), lambda made: np.log(1 + np.exp(-made)).mean()], "Right, until a logit is 1000: then exp or log gives infinity or NaN. np.logaddexp does not."),
        (lambda made: -_softplus(made).mean(), "That is log(1 - D), the loss that saturates: it is flat where the generator is caught."),
        (lambda made: _softplus(made).mean(), "That is what the discriminator wants of made samples; the generator wants the opposite."),
        (lambda made: -_softplus(-made).mean(), "That is log D, and the generator wants it large. The loss is made small: turn the sign."),
        (lambda made: _softplus(-made).sum(), "That is the sum; take the mean."),
        (lambda made: _softplus(-made).mean() / 2, "There is no half here: only made samples count."),
        (lambda made: _sigmoid(-made).mean(), "That is the probability of being caught; the logarithm is missing."),
        (lambda made: -made.mean(), "Those are the logits themselves; the loss is -log of the probability."),
        (lambda made: _softplus(-made), "That is one number for each sample; take the mean."),
        (lambda made: np.median(_softplus(-made)), "That is the median; take the mean."),
        (lambda made: _softplus(-made.mean()), "You took the mean of the logits first; the mean comes last."),
        (lambda made: np.max(_softplus(-made)), "That is the largest; take the mean."),
    ],
    hints=(
        "The generator wants the answer 1 for what it made: which half of the discriminator's loss looks like that?",
        "The mean of -log D, and -log of the sigmoid of l is np.logaddexp(0, -l).",
    ),
)  # fmt: skip
def generator_loss(made_logits):
    return _softplus(-made_logits).mean()


def _ratio(p, q, unseen=0.5):
    seen = p + q > 0
    return np.where(seen, p / np.where(seen, p + q, 1), unseen)


@function_exercise(
    "10.3",
    examples=[
        ([0.3, 0.1, 0.0, 2.0], [0.1, 0.1, 0.4, 0.5]),
        ([0.2, 0.0, 0.7], [0.2, 0.0, 0.0]),  # never seen, and only real
        ([0.0, 0.0], [0.0, 0.0]),
    ],
    random=lambda rng: tuple(rng.choice([0.0, 0.25, 0.5, 1.0, 3.0], (2, rng.integers(2, 7)))),
    slips=[
        (lambda p, q: _ratio(q, p), "That is the share of the made ones; the discriminator says how likely a sample is real."),
        (lambda p, q: p / (p + q), "Where p and q are both 0 you divide zero by zero; answer one half there."),
        (lambda p, q: _ratio(p, q, 0.0), "Where neither kind is seen you say 0; asked for is one half."),
        (lambda p, q: _ratio(p, q, 1.0), "Where neither kind is seen you say 1; asked for is one half."),
        (lambda p, q: p / (p + q + 1e-12), "Where neither kind is seen you say 0; asked for is one half."),
        (lambda p, q: np.nan_to_num(p / (p + q)), "Where neither kind is seen you say 0; asked for is one half."),
        (lambda p, q: p / q, "That is p / q, which can exceed 1; a probability is p's share of both together."),
        (lambda p, q: np.log(p / q), "That is the logit of the best discriminator; give the probability."),
        (lambda p, q: p, "That is the density itself, which is just what a discriminator does not know."),
        (lambda p, q: (p > q).astype(float), "You decided; the discriminator gives a probability between 0 and 1."),
        (lambda p, q: np.where(q > 0, p / np.where(q > 0, p + q, 1), 0.5), "Where only q is 0 the sample is real for sure: 1. One half stands where both are 0."),
        (lambda p, q: np.where(p > 0, p / np.where(p > 0, p + q, 1), 0.5), "Where only p is 0 the sample is made for sure: 0. One half stands where both are 0."),
        (lambda p, q: p / (p.sum() + q.sum()), "You divided by the sum over all places; each place is a question of its own."),
        (lambda p, q: np.where(p + q > 0, p, 0.5), "Divide by p + q: the answer is a share."),
        (lambda p, q: np.where(p + q > 0, 0.5, p / np.where(p + q > 0, p + q, 1)), "The two cases are exchanged: one half stands where neither is seen."),
    ],
    hints=(
        "Where may you divide? An array of True and False tells.",
        "seen = p + q > 0; np.where(seen, p / np.where(seen, p + q, 1), 0.5) divides by 1 where nothing is seen.",
    ),
    remark="It is one half wherever p and q are equal, however crowded the place is: no density in it.",
)  # fmt: skip
def best_discriminator(p, q):
    return _ratio(p, q)


def _apart(samples, centres):
    return np.linalg.norm(samples[:, None] - centres, axis=2)


def _counts(samples, centres, radius):
    return (_apart(samples, centres) <= radius).sum(axis=0)


def _some_points(rng):
    """Whole coordinates, so that some samples lie exactly at the radius, and few, so that a sentence can show them."""
    return (
        rng.integers(-2, 3, (rng.integers(3, 8), 2)) + 0.0,
        rng.integers(-2, 3, (rng.integers(1, 5), 2)) + 0.0,
        rng.choice([1.0, 1.25, 2.0]),
        int(rng.integers(1, 4)),
    )


def _by_nearest_within(samples, centres, radius, least):
    distances = _apart(samples, centres)
    nearest = distances.argmin(axis=1)[distances.min(axis=1) <= radius]
    return (np.bincount(nearest, minlength=len(centres)) >= least).sum()


_SPOTS = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [3.0, 3.0]]
_POINTS = [[0.1, 0.0], [0.0, 0.2], [-0.3, 0.1], [4.1, 0.0], [4.0, 0.4], [0.0, 4.5], [0.4, 4.4], [0.5, 4.0], [9.0, 9.0]]


@function_exercise(
    "10.4",
    examples=[(_POINTS, _SPOTS, 0.45, 2), (_POINTS, _SPOTS, 0.6, 3), (_POINTS, _SPOTS, 0.45, 1), ([[0.0, 1.0]], [[0.0, 0.0]], 1.0, 1)],
    random=_some_points,
    slips=[
        (lambda s, c, radius, least: _counts(s, c, radius) >= least, "That is one value for each centre; asked for is how many centres are reached."),
        (lambda s, c, radius, least: _counts(s, c, radius), "Those are the samples near each centre; count the centres that have at least `least`."),
        (lambda s, c, radius, least: (_apart(s, c) <= radius).any(axis=1), "That is one value for each sample; count over the samples, axis=0, for each centre."),
        (lambda s, c, radius, least: (_counts(s, c, radius) >= 1).sum(), "You counted every centre with any sample near it; it takes at least `least` of them."),
        (lambda s, c, radius, least: (_counts(s, c, radius) > least).sum(), "A centre with exactly `least` samples counts too."),
        (lambda s, c, radius, least: ((_apart(s, c) < radius).sum(axis=0) >= least).sum(), "A sample exactly at the radius is within it: compare with <=."),
        (lambda s, c, radius, least: (_apart(s, c) <= radius).any(axis=1).sum(), "That is how many samples are near some centre; count the centres."),
        (lambda s, c, radius, least: (np.bincount(_apart(s, c).argmin(axis=1), minlength=len(c)) >= least).sum(), "You gave each sample to its nearest centre, however far; it must lie within radius."),
        (lambda s, c, radius, least: ((np.abs(s[:, None] - c).max(axis=2) <= radius).sum(axis=0) >= least).sum(), "You compared each coordinate with radius; take the distance."),
        (lambda s, c, radius, least: ((np.abs(s[:, None] - c).sum(axis=2) <= radius).sum(axis=0) >= least).sum(), "You added the coordinates' differences; the distance is the root of their squares."),
        (lambda s, c, radius, least: (_counts(s, c, radius) < least).sum(), "Those are the centres that are missed; count the ones that are found."),
        ([lambda s, c, radius, least: ((_apart(s, c) ** 2 <= radius).sum(axis=0) >= least).sum(),
          lambda s, c, radius, least: ((((s[:, None] - c) ** 2).sum(axis=2) <= radius).sum(axis=0) >= least).sum()], "You compared the squared distance with radius."),
        (_by_nearest_within, "You gave each sample to its nearest centre alone; one that lies within radius of two centres counts for both."),
        (lambda s, c, radius, least: (_counts(s, c, radius) >= least).any(), "You say whether any centre is reached; asked for is how many."),
        (lambda s, c, radius, least: ((_apart(s, c) <= radius).sum(axis=1) >= least).sum(), "You counted the centres near each sample; count the samples near each centre, axis=0."),
        (lambda s, c, radius, least: _counts(s, c, radius).sum(), "You added up the samples near all centres; count the centres that have at least `least`."),
    ],
    hints=(
        "A table of distances, samples down and centres across. Along which axis do you count?",
        "distances = np.linalg.norm(samples[:, None] - centres[None], axis=2); (distances <= radius).sum(axis=0) >= least.",
    ),
)  # fmt: skip
def count_modes(samples, centres, radius, least):
    return (_counts(samples, centres, radius) >= least).sum()


def _score(x, copies, hidden, copied, weight, size=np.square, mean=np.mean, first=1.0):
    return first * mean(size(x - copies), axis=1) + weight * mean(size(hidden - copied), axis=1)


def _some_scores(rng):
    n, d, k = rng.integers(2, 6, 3)
    return *rng.normal(size=(2, n, d)), *rng.normal(size=(2, n, k)), rng.uniform(0.1, 3)


def _which_part(result, wanted, x, copies, hidden, copied, weight):
    """The sentence for the examples in which one part is 0."""
    shown = "{a} and {b} give {result}; {wanted} is wanted.".format
    if np.array_equal(hidden, copied):
        return "The pixels' part is wrong: " + shown(a=f"x = {x}", b=f"copies = {copies}", result=result, wanted=wanted)
    if np.array_equal(x, copies):
        values = f"hidden = {hidden}", f"copied_hidden = {copied}, with the weight {weight},"
        return "The hidden values' part is wrong: " + shown(a=values[0], b=values[1], result=result, wanted=wanted)


_RNG = np.random.default_rng(0)


@function_exercise(
    "10.5",
    examples=[
        *((*_RNG.normal(size=(2, 5, 6)), *_RNG.normal(size=(2, 5, 3)), weight) for weight in (0.5, 0.25, 2.0)),
        ([[3.0, 1.0]], [[1.0, 0.0]], [[2.0]], [[2.0]], 0.5),  # equal hidden values
        ([[1.0]], [[1.0]], [[3.0, 1.0]], [[0.0, 2.0]], 0.5),  # a perfect copy
    ],
    random=_some_scores,
    slips=[
        (lambda x, c, h, g, w: _score(x, c, h, g, 0), "The hidden values are missing."),
        (lambda x, c, h, g, w: _score(x, c, h, g, 1, first=0), "The pixels are missing."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w, first=0), "The pixels are missing."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w, mean=np.sum), "Those are sums; take means, so that d and k do not matter."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w, size=np.abs), "Those are absolute values; the formula has squares."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w, first=w), "The weight multiplies both parts; it belongs to the hidden values alone."),
        (lambda x, c, h, g, w: _score(x, c, h, g, 1, first=w), "The weight is on the pixels; it belongs to the hidden values."),
        (lambda x, c, h, g, w: _score(x, c, h, g, -w), "Both errors make a sample suspicious: add them."),
        (lambda x, c, h, g, w: _score(x, c, h, g, 1), "You left out the weight."),
        (lambda x, c, h, g, w: _score(x, c, h, g, 1 / w), "You divided by the weight; multiply."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w).mean(), "That is one number for the whole batch; a score is one number for each sample: take means over axis=1."),
        (lambda x, c, h, g, w: np.mean((x - c) ** 2) + w * np.mean((h - g) ** 2), "That is one number for the whole batch; a score is one number for each sample: take means over axis=1."),
        (lambda x, c, h, g, w: np.sqrt(np.square(x - c).mean(axis=1)) + w * np.sqrt(np.square(h - g).mean(axis=1)), "You took roots; the score is made of mean squares."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w, size=lambda a: a), "You did not square: errors of opposite signs cancel."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w, mean=np.median), "You took medians; take means."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w, mean=np.max), "You took the largest; take means."),
        (lambda x, c, h, g, w: _score(x, -c, h, g, w), "You added the copies; subtract them."),
        (lambda x, c, h, g, w: _score(x, c, h, -g, w), "You added the copies' hidden values; subtract them."),
        ([lambda x, c, h, g, w: _score(x, c, h, g, 0) + w * np.mean((h - g) ** 2),
          lambda x, c, h, g, w: np.mean((x - c) ** 2) + _score(x, c, h, g, w, first=0)], "One of your means is over the whole batch; each sample has a mean of its own, over axis=1, in both parts."),
        ([lambda x, c, h, g, w: _score(x, c, h, g, w, first=1 - w),
          lambda x, c, h, g, w: _score(x, c, h, g, 1 - w)], "There is no 1 - weight here: the pixels count once, the hidden values weight times."),
        ([lambda x, c, h, g, w: np.square(np.hstack([x - c, h - g])).mean(axis=1),
          lambda x, c, h, g, w: np.square(np.hstack([x - c, w * (h - g)])).mean(axis=1),
          lambda x, c, h, g, w: np.hstack([np.square(x - c), w * np.square(h - g)]).mean(axis=1)], "You took one mean over pixels and hidden values together; each kind has a mean of its own."),
        (lambda x, c, h, g, w: np.mean(x - c, axis=1) ** 2 + w * np.mean(h - g, axis=1) ** 2, "You took the mean first and then the square: errors of opposite signs cancel. Square first."),
        (lambda x, c, h, g, w: np.linalg.norm(x - c, axis=1) + w * np.linalg.norm(h - g, axis=1), "You took lengths, the roots of sums of squares; the score is made of mean squares."),
        ([lambda x, c, h, g, w: np.square(x - c).sum(axis=1) + _score(x, c, h, g, w, first=0),
          lambda x, c, h, g, w: _score(x, c, h, g, 0) + w * np.square(h - g).sum(axis=1)], "One of your parts is a sum; both are means, so that d and k do not matter."),
        (lambda x, c, h, g, w: _score(x, c, h, g, w**2), "The weight comes in squared: multiply after the square, not before."),
        (lambda x, c, h, g, w: _score(x, c, h, w * g, 1), "The weight multiplies the whole second error, not the copies' hidden values alone."),
        (lambda x, c, h, g, w: _score(x, c, h, g, 0) * _score(x, c, h, g, w, first=0), "The two parts are added, not multiplied."),
    ],
    otherwise=_which_part,
    hints=(
        "Two errors for each sample, one of the pixels and one of the hidden values. Which of them has the weight?",
        "The first part is np.mean((x - copies) ** 2, axis=1); the second looks alike, and its mean is taken times the weight.",
    ),
)  # fmt: skip
def search_score(x, copies, hidden, copied_hidden, weight):
    return _score(x, copies, hidden, copied_hidden, weight)
