import numpy as np

from exercises import Exercise


def blank(*arguments):
    return ...


def soft(values):
    return np.logaddexp(0, values)


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def count(samples, centres, radius, least, *, enough=np.greater_equal, power=1):
    """Counts rightly unless told otherwise."""
    distances = np.linalg.norm(samples[:, None] - centres, axis=2) ** power
    return enough((distances <= radius).sum(axis=0), least).sum()


def by_nearest(samples, centres, radius, least):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    return (np.bincount(distances.argmin(axis=1), minlength=len(centres)) >= least).sum()


def squared(samples, centres, radius, least):
    squares = ((samples[:, None] - centres) ** 2).sum(axis=2)
    return ((squares <= radius).sum(axis=0) >= least).sum()


def by_nearest_within(samples, centres, radius, least):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    nearest = distances.argmin(axis=1)[distances.min(axis=1) <= radius]
    return (np.bincount(nearest, minlength=len(centres)) >= least).sum()


def residual(x, copies, features, copied, weight):
    return np.mean((x - copies) ** 2, axis=1) + weight * np.mean((features - copied) ** 2, axis=1)


def ratio(p, q, unseen=0.5):
    seen = p + q > 0
    return np.where(seen, p / np.where(seen, p + q, 1), unseen)


EXERCISES = [
    Exercise(
        "10.1",
        right=lambda real, made: (soft(-real).mean() + soft(made).mean()) / 2,
        blank=blank,
        wrong=[
            (lambda real, made: soft(-real).mean() + soft(made).mean(), "sum of the two means"),
            (lambda real, made: (soft(real).mean() + soft(-made).mean()) / 2, "are exchanged"),
            (lambda real, made: (soft(-real).mean() + soft(-made).mean()) / 2, "a 1 for the made samples too"),
            (lambda real, made: soft(-real).mean() / 2, "made samples are missing."),
            (lambda real, made: soft(-real).mean(), "missing, and the half"),
            (lambda real, made: soft(made).mean() / 2, "real samples are missing"),
            (lambda real, made: -(soft(-real).mean() + soft(made).mean()) / 2, "sign is wrong"),
            (lambda real, made: (soft(-real).sum() + soft(made).sum()) / 2, "added up the samples"),
            (lambda real, made: np.concatenate([soft(-real), soft(made)]).mean(), "one mean over all"),
            (lambda real, made: (sigmoid(-real).mean() + sigmoid(made).mean()) / 2, "logarithm is missing"),
            (lambda real, made: soft(-real), "for each sample"),
            (lambda real, made: (soft(-real).mean() + soft(1 - made).mean()) / 2, "not 1 minus a logit"),
            (
                lambda real, made: -(np.log(sigmoid(real)).mean() + np.log(1 - sigmoid(made)).mean()) / 2,
                "Right, until a logit",
            ),
            (lambda real, made: 0.7, "returned 0.7 for every input"),
        ],
    ),
    Exercise(
        "10.2",
        right=lambda made: soft(-made).mean(),
        blank=blank,
        wrong=[
            (lambda made: -soft(made).mean(), "the loss that saturates"),
            (lambda made: soft(made).mean(), "the discriminator wants"),
            (lambda made: -soft(-made).mean(), "turn the sign"),
            (lambda made: soft(-made).sum(), "That is the sum"),
            (lambda made: soft(-made).mean() / 2, "no half here"),
            (lambda made: sigmoid(-made).mean(), "logarithm is missing"),
            (lambda made: -made.mean(), "logits themselves"),
            (lambda made: soft(-made), "for each sample"),
            (lambda made: -np.log(sigmoid(made)).mean(), "Right, until a logit"),
        ],
    ),
    Exercise(
        "10.3",
        right=ratio,
        blank=blank,
        wrong=[
            (lambda p, q: ratio(q, p), "share of the made ones"),
            (lambda p, q: p, "the density itself"),
            (lambda p, q: (p > q).astype(float), "You decided"),
            (lambda p, q: p / (p + q), "zero by zero"),
            (lambda p, q: ratio(p, q, 0.0), "you say 0"),
            (lambda p, q: ratio(p, q, 1.0), "you say 1"),
            (lambda p, q: p / q, "can exceed 1"),
            (lambda p, q: np.log(p / q), "logit of the best"),
            (lambda p, q: np.full(p.shape, 0.3), "every input that was tried"),
            (lambda p, q: 0.5 if p == 0 and q == 0 else p / (p + q), "take one truth value, not an array"),
        ],
    ),
    Exercise(
        "10.4",
        right=count,
        blank=blank,
        wrong=[
            (lambda s, c, radius, least: count(s, c, radius, 1), "any sample near it"),
            (lambda s, c, radius, least: count(s, c, radius, least, enough=np.greater), "exactly `least`"),
            (
                lambda s, c, radius, least: (np.linalg.norm(s[:, None] - c, axis=2) <= radius).sum(axis=0) >= least,
                "for each centre; asked",
            ),
            (
                lambda s, c, radius, least: (np.linalg.norm(s[:, None] - c, axis=2) <= radius).any(axis=1).sum(),
                "count the centres.",
            ),
            (by_nearest, "however far"),
            (lambda s, c, radius, least: (np.linalg.norm(s[:, None] - c, axis=2) <= radius).any(axis=1), "axis=0"),
            (lambda s, c, radius, least: 17, "for every input that was tried"),
            (squared, "squared distance"),
            (by_nearest_within, "nearest centre alone"),
        ],
    ),
    Exercise(
        "10.5",
        right=residual,
        blank=blank,
        wrong=[
            (lambda x, c, f, g, w: np.mean((x - c) ** 2, axis=1), "hidden values are missing"),
            (lambda x, c, f, g, w: np.mean((f - g) ** 2, axis=1), "pixels are missing"),
            (lambda x, c, f, g, w: ((x - c) ** 2).sum(axis=1) + w * ((f - g) ** 2).sum(axis=1), "take means"),
            (lambda x, c, f, g, w: np.abs(x - c).mean(axis=1) + w * np.abs(f - g).mean(axis=1), "absolute values"),
            (lambda x, c, f, g, w: w * residual(x, c, f, g, 1), "multiplies both"),
            (lambda x, c, f, g, w: w * residual(x, c, f, g, 1 / w), "weight is on the pixels"),
            (lambda x, c, f, g, w: residual(x, c, f, g, -w), "add them"),
            (lambda x, c, f, g, w: residual(x, c, f, g, 1), "left out the weight"),
            (lambda x, c, f, g, w: residual(x, c, f, g, w).mean(), "for the whole batch"),
            (lambda x, c, f, g, w: np.zeros(len(x)), "returned 0 for every input"),
            (
                lambda x, c, f, g, w: np.mean((x - c) ** 2, axis=1) + w * np.mean((f - g) ** 2),
                "over the whole batch; each",
            ),
            (lambda x, c, f, g, w: residual(x, c, f, g, 1 - w), "no 1 - weight"),
            (lambda x, c, f, g, w: np.mean(np.hstack([x - c, w * (f - g)]) ** 2, axis=1), "hidden values together"),
            (lambda x, c, f, g, w: np.mean(x - c, axis=1) ** 2 + w * np.mean(f - g, axis=1) ** 2, "Square first"),
            (
                lambda x, c, f, g, w: residual(x, c, f, g, 0) + w * ((f - g) ** 2).sum(axis=1),
                "One of your parts is a sum",
            ),
            (lambda x, c, f, g, w: residual(x, c, f, g, w**2), "squared: multiply after"),
            (
                lambda x, c, f, g, w: residual(x, c, f, g, 0) ** 2 + w * np.mean((f - g) ** 2, axis=1),
                "pixels' part is wrong",
            ),
        ],
    ),
]
