import numpy as np

from exercises import Exercise

rng = np.random.default_rng(0)
x, reconstruction = rng.random((6, 20)), rng.random((6, 20))
squared = (x - reconstruction) ** 2


def blank(*arguments):
    return ...


def detector(combine):
    """A detect_anomaly that combines errors (n,) and threshold."""
    return lambda model, x, threshold: combine(np.mean((x - model.reconstruct(x)) ** 2, axis=1), threshold)


def kth(offset=0, plus=1, ordered=np.sort):
    return lambda scores, alpha: ordered(scores)[int(np.ceil((len(scores) + plus) * (1 - alpha))) - 1 + offset]


EXERCISES = [
    Exercise(
        "04.1",
        right=squared.mean(axis=1),
        given=dict(x=x, reconstruction=reconstruction),
        wrong=[
            (squared.mean(), "the whole test set"),
            (squared.mean(axis=0), "one number for each pixel"),
            (squared.sum(axis=1), "sum over the pixels"),
            (np.sqrt(squared).mean(axis=1), "mean absolute error"),
            (np.sqrt(squared.mean(axis=1)), "leave the root away"),
            (squared.mean(axis=1)[::-1], "subtract, square"),
        ],
    ),
    Exercise(
        "04.2",
        right=detector(lambda errors, threshold: errors > threshold),
        blank=blank,
        wrong=[
            (detector(lambda errors, threshold: bool(errors.mean() > threshold)), "a single answer"),
            (detector(lambda errors, threshold: errors), "the errors themselves"),
            (detector(lambda errors, threshold: errors < threshold), "wrong way round"),
            (detector(lambda errors, threshold: errors >= threshold), "strictly greater"),
            (detector(lambda errors, threshold: errors > 5), "the last two samples"),
            (lambda model: 0, "raised TypeError"),
        ],
    ),
    Exercise(
        "04.3",
        right=kth(),
        blank=blank,
        wrong=[
            (kth(offset=1), "counts from 0"),
            (kth(plus=0), "m + 1 and not m"),
            (lambda scores, alpha: np.quantile(scores, 1 - alpha), "interpolates"),
            (kth(ordered=lambda scores: np.sort(scores)[::-1]), "among the smallest"),
            (kth(ordered=np.asarray), "sort the scores"),
            (lambda scores, alpha: alpha, "46 is wanted"),
        ],
    ),
    Exercise(
        "04.4",
        right=lambda r, f, b: r * b / (r * b + f * (1 - b)),
        blank=blank,
        wrong=[
            (lambda r, f, b: r / (r + f), "base rate is missing"),
            (lambda r, f, b: r * b / (r * b + f), "normal samples only"),
            (lambda r, f, b: f * (1 - b) / (r * b + f * (1 - b)), "alarms that are false"),
            (lambda r, f, b: r * (1 - b) / (r * (1 - b) + f * b), "swapped"),
            (lambda r, f, b: r * b, "divide by all alarms"),
            (lambda r, f, b: 1.0, "is 2/3"),
        ],
    ),
    Exercise(
        "04.5",
        right=lambda c, s: (1 + np.sum(c >= s)) / (len(c) + 1),
        blank=blank,
        wrong=[
            (lambda c, s: np.mean(c >= s), "new sample itself"),
            (lambda c, s: (1 + np.sum(c > s)) / (len(c) + 1), "equal to the new one"),
            (lambda c, s: np.sum(c >= s) / (len(c) + 1), "One of the two additions"),
            (lambda c, s: (1 + np.sum(c < s)) / (len(c) + 1), "that are smaller"),
            (lambda c, s: 1.0, "is (1 + 7)"),
        ],
    ),
]
