import math

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


def sorting_in_place(scores, alpha):
    scores.sort()
    return scores[int(np.ceil((len(scores) + 1) * (1 - alpha))) - 1]


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
            (squared.mean(axis=1)[::-1], "in the wrong order"),
            ((x - reconstruction).mean(axis=1) ** 2, "took the mean first"),
            (squared.mean(axis=1).round(2), "You rounded"),
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
            (lambda model, x, threshold: ((x - x / 4) ** 2).sum(axis=1) > threshold, "the sum over the features"),
            (detector(lambda errors, threshold: np.sqrt(errors) > threshold), "the root of the error"),
            (lambda model, x, threshold: (np.abs(x - x / 4) ** 2).max(axis=1) > threshold, "One bad feature"),
            (lambda model, x, threshold: np.median((x - x / 4) ** 2, axis=1) > threshold, "took the median"),
            (lambda model, x, threshold: np.abs(x - x / 4).mean(axis=1) > threshold, "mean absolute error"),
            (detector(lambda errors, threshold: errors > 0.05), "0.05 whatever the threshold is"),
            (detector(lambda errors, threshold: errors > 1.5), "Where threshold should matter"),
            (detector(lambda errors, threshold: bool(errors[0] > threshold)), "the first sample only"),
            (detector(lambda errors, threshold: (errors > threshold).any()), "whether there is any anomaly"),
            (detector(lambda errors, threshold: sum(errors > threshold)), "counts the alarms"),
            (detector(lambda errors, threshold: bool(errors > threshold)), "array of answers already"),
            (detector(lambda errors, threshold: np.where(errors > threshold)[0]), "the places of the anomalies"),
            (detector(lambda errors, threshold: errors[errors > threshold]), "the errors above the threshold"),
            (lambda model, x, threshold: None, "returns nothing; end it with return"),
            (lambda model: 0, "raised TypeError"),
        ],
    ),
    Exercise(
        "04.3",
        right=kth(),
        also=[
            lambda scores, alpha: sorted(scores)[math.ceil((len(scores) + 1) * (1 - alpha)) - 1],
            lambda scores, alpha: np.partition(scores, int(np.ceil((len(scores) + 1) * (1 - alpha))) - 1)[
                int(np.ceil((len(scores) + 1) * (1 - alpha))) - 1
            ],
        ],
        blank=blank,
        wrong=[
            (kth(offset=1), "counts from 0"),
            (kth(plus=0), "m + 1 and not m"),
            (lambda scores, alpha: np.quantile(scores, 1 - alpha), "interpolates"),
            (kth(ordered=lambda scores: np.sort(scores)[::-1]), "from the largest score down"),
            (kth(ordered=np.asarray), "sort the scores"),
            (lambda scores, alpha: int(np.ceil((len(scores) + 1) * (1 - alpha))), "That is rank itself"),
            (
                lambda scores, alpha: np.sort(scores)[int((len(scores) + 1) * (1 - alpha))],
                "whenever the product is whole",
            ),
            (lambda scores, alpha: np.sort(scores)[int((len(scores) + 1) * (1 - alpha)) - 1], "You rounded rank down"),
            (lambda scores, alpha: np.sort(scores)[round((len(scores) + 1) * (1 - alpha)) - 1], "nearest whole number"),
            (lambda scores, alpha: np.quantile(scores, 1 - alpha, method="higher"), "one of NumPy's quantiles"),
            (lambda scores, alpha: np.median(scores), "Where alpha should matter"),
            (lambda scores, alpha: alpha, "returns its argument alpha"),
            (sorting_in_place, "work on a copy"),
            (
                lambda scores, alpha: np.sort(scores)[np.ceil((len(scores) + 1) * (1 - alpha)) - 1],
                "a place in an array is a whole number",
            ),
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
            (lambda r, f, b: b / (b + f), "The recall is missing"),
            (lambda r, f, b: r * b / (f * (1 - b)), "real alarms to one false alarm"),
            (lambda r, f, b: 100 * r * b / (r * b + f * (1 - b)), "percentage"),
            (lambda r, f, b: round(r * b / (r * b + f * (1 - b)), 3), "rounded"),
            (lambda r, f, b: r * b / (r * b + (1 - f) * (1 - b)), "1 - false_alarm_rate"),
            (lambda r, f, b: b * (1 - b) / (r * b + f * (1 - b)), "is wanted"),
            (lambda r, f, b: r * b / (r * b) + f * (1 - b), "belongs into one pair"),
            (lambda r, f, b: r * b / (r * b + f * 1 - b), "1 - base_rate as a whole"),
            (lambda r, f, b: round(r * b / (r * b + f * (1 - b)), 2), "below a hundredth"),
            (lambda r, f, b: 2 / 3, "for every input that was tried"),
        ],
    ),
    Exercise(
        "04.5",
        right=lambda c, s: (1 + np.sum(c >= s)) / (len(c) + 1),
        also=[lambda c, s: (sum(e >= s for e in c) + 1) / (c.size + 1), lambda c, s: np.mean(np.append(c, s) >= s)],
        blank=blank,
        wrong=[
            (lambda c, s: np.mean(c >= s), "sample itself is not counted"),
            (lambda c, s: (1 + np.sum(c > s)) / (len(c) + 1), "equal to the new one"),
            (lambda c, s: np.sum(c >= s) / (len(c) + 1), "The 1 above is missing"),
            (lambda c, s: (1 + np.sum(c < s)) / (len(c) + 1), "that are smaller"),
            (lambda c, s: (1 + np.sum(c >= s)) / len(c), "The 1 below is missing"),
            (lambda c, s: 1.0, "for every input that was tried"),
            (lambda c, s: 1 + np.sum(c >= s) / len(c) + 1, "Brackets, two pairs"),
            (lambda c, s: (1 + (c >= s)) / (len(c) + 1), "one number for each calibration sample"),
        ],
    ),
]
