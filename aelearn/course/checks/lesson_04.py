"""Checks of lesson 04, From error to decision."""

import numpy as np

from aelearn.course.judging import function_exercise, value_exercise


def _rounded(decimals):
    """The errors of exercise 04.1 with so many decimals."""
    return lambda x, reconstruction: np.round(np.mean((x - reconstruction) ** 2, axis=1), decimals)


@value_exercise(
    "04.1",
    slips=[
        (lambda x, reconstruction: np.mean((x - reconstruction) ** 2), "You have one number for the whole test set: the mean ran over the samples too. Use axis=1."),
        (lambda x, reconstruction: np.mean((x - reconstruction) ** 2, axis=0), "You have one number for each pixel: the mean ran over the samples (axis=0). Use axis=1."),
        (lambda x, reconstruction: np.sum((x - reconstruction) ** 2, axis=1), "That is the sum over the pixels; take the mean, so that pictures of any size can be compared."),
        (lambda x, reconstruction: np.mean(np.abs(x - reconstruction), axis=1), "That is the mean absolute error; square the differences."),
        (lambda x, reconstruction: np.mean(x - reconstruction, axis=1), "The differences were not squared, so positive and negative ones cancel out."),
        (lambda x, reconstruction: np.mean(x - reconstruction, axis=1) ** 2, "You took the mean first and squared it; square each difference, then take the mean."),
        ([_rounded(2), _rounded(3), _rounded(4)], "You rounded; errors of pictures are small numbers, so give them as they are computed."),
        (lambda x, reconstruction: np.sqrt(np.mean((x - reconstruction) ** 2, axis=1)), "That is the root of the mean squared error; leave the root away."),
        (lambda x, reconstruction: np.linalg.norm(x - reconstruction, axis=1), "That is the distance, the root of the sum of squares; take the mean of the squares."),
        (lambda x, reconstruction: (x - reconstruction) ** 2, "You have one number for each pixel of each picture; take the mean over the pixels."),
    ],
    hints=(
        "Subtract and square as in the cell above; what changes is the axis along which the mean runs.",
        "np.mean has an argument axis: 0 runs over the samples, 1 over the features.",
    ),
    remark="One error for each picture now, where one mean spoke for all of them.",
)  # fmt: skip
def errors_of_each(x, reconstruction):
    return np.mean((x - reconstruction) ** 2, axis=1)


class _Shrinker:
    """A made-up model that gives back a quarter of what came in."""

    def __repr__(self):
        return "a model that returns a quarter of its input"

    def reconstruct(self, x):
        return np.asarray(x) / 4

    __call__ = predict = reconstruct


def _flagged_by(score):
    """A detector that compares another score of the squared differences, (n, d), with the threshold."""
    return lambda model, x, threshold: score((x - model.reconstruct(x)) ** 2) > threshold


_errors = lambda squares: np.mean(squares, axis=1)


def _answered_by(made):
    """A detector that finds the right alarms, (n,), and returns what is made of them."""
    return lambda model, x, threshold: made(_errors((x - model.reconstruct(x)) ** 2) > threshold)


def _some_samples(rng):
    """Multiples of 4 and two, four or eight features: the errors are exact, and the threshold is often one of them."""
    x = 4.0 * rng.integers(0, 5, (rng.integers(1, 8), rng.choice([2, 4, 8])))
    return _Shrinker(), x, rng.choice(np.append(9 * np.mean(x**2, axis=1) / 16, rng.integers(1, 12)))


@function_exercise(
    "04.2",
    examples=[
        (_Shrinker(), [[0.0, 0, 0], [4, 4, 4], [12, 0, 0], [8, 8, 8]], 18.0),  # errors 0, 9, 27, 36
        (_Shrinker(), [[4.0, 4], [0, 0]], 9.0),  # an error that equals the threshold
        (_Shrinker(), [[0.4, 0.2, 0.4], [0.1, 0, 0.2]], 0.04),  # errors .068, .009
        (_Shrinker(), [[8.0, 4, 4]], 17.5),  # one sample alone
    ],
    random=_some_samples,
    slips=[
        (lambda model, x, threshold: bool(np.mean((x - model.reconstruct(x)) ** 2) > threshold), "It returns a single answer for all samples: the mean ran over the samples too."),
        (lambda model, x, threshold: _errors((x - model.reconstruct(x)) ** 2), "It returns the errors themselves; compare them with the threshold."),
        ([lambda model, x, threshold: _errors((x - model.reconstruct(x)) ** 2) < threshold,
          lambda model, x, threshold: _errors((x - model.reconstruct(x)) ** 2) <= threshold], "It is the wrong way round: it flags the samples that are reconstructed well."),
        (lambda model, x, threshold: _errors((x - model.reconstruct(x)) ** 2) >= threshold, "A sample whose error equals the threshold is flagged; an anomaly is strictly greater."),
        ([_answered_by(lambda alarms: alarms[0]), _answered_by(lambda alarms: alarms[:1])], "It answers for the first sample only, as when `return` stands inside the loop; every sample gets an answer."),
        (_answered_by(np.any), "It says whether there is any anomaly; every sample gets an answer of its own."),
        (_answered_by(np.all), "It says whether all samples are anomalies; every sample gets an answer of its own."),
        (_answered_by(bool), "bool makes one answer of one number; an array > a number is an array of answers already."),
        (_answered_by(np.sum), "It counts the alarms; an answer for each sample is wanted, True or False."),
        (_answered_by(np.mean), "It returns the share of alarms; an answer for each sample is wanted, True or False."),
        (_answered_by(np.flatnonzero), "It returns the places of the anomalies; an answer for each sample is wanted, True or False."),
        (lambda model, x, threshold: [e for e in _errors((x - model.reconstruct(x)) ** 2) if e > threshold], "It returns the errors above the threshold; an answer for each sample is wanted, True or False."),
        (_flagged_by(lambda squares: np.mean(squares, axis=0)), "It returns one answer for each feature: the mean ran over the samples, axis=0."),
        (_flagged_by(lambda squares: squares), "It returns one answer for each feature of each sample; take the mean over the features first."),
        (_flagged_by(lambda squares: np.sum(squares, axis=1)), "You compared the sum over the features with the threshold; the error is their mean."),
        (_flagged_by(lambda squares: np.sqrt(np.mean(squares, axis=1))), "You compared the root of the error with the threshold; leave the root away."),
        (_flagged_by(lambda squares: np.sqrt(np.sum(squares, axis=1))), "You compared the distance, the root of a sum, with the threshold; the error is the mean of the squares."),
        (_flagged_by(lambda squares: np.max(squares, axis=1)), "One bad feature is enough for you; the error of a sample is the mean over its features."),
        (_flagged_by(lambda squares: np.min(squares, axis=1)), "You looked at the best feature only; the error of a sample is the mean over its features."),
        (_flagged_by(lambda squares: np.median(squares, axis=1)), "You took the median over the features; the error is the mean."),
        (_flagged_by(lambda squares: np.mean(np.sqrt(squares), axis=1)), "You took the mean absolute error; square the differences."),
        (lambda model, x, threshold: _errors((x - model.reconstruct(x)) ** 2) > 0.05, "You compared with 0.05 whatever the threshold is; use the argument."),
        (lambda model, x, threshold: _errors(x**2) > threshold, "You left out the reconstruction; the error is made of x - reconstruction."),
        (lambda model, x, threshold: _errors(model.reconstruct(x) ** 2) > threshold, "You squared the reconstruction itself; the error is made of x - reconstruction."),
    ],
    hints=(
        "Two steps: one error for each row, then one answer for each error.",
        "np.mean(..., axis=1) gives the errors; an array > a number is an array of True and False.",
    ),
)  # fmt: skip
def detect_anomaly(model, x, threshold):
    return _errors((x - model.reconstruct(x)) ** 2) > threshold


def _place(scores, alpha, plus=1):
    """(m + 1)(1 - alpha), where m is the number of scores."""
    return (len(scores) + plus) * (1 - alpha)


def _some_scores(rng):
    """Shares that are exact in binary numbers, so that a product that should be whole is whole."""
    return np.round(rng.gamma(2, 1, rng.integers(15, 60)), 2), rng.choice([0.375, 0.25, 0.1875, 0.125])


@function_exercise(
    "04.3",
    examples=[
        ([0.3, 2.5, 0.1, 0.9, 0.4, 1.7, 0.2, 0.8, 3.1, 0.6, 1.2], 0.2),  # rank = ceil(9.6) = 10
        ([7.0, 3, 9, 5, 1, 8, 2], 0.25),  # (m + 1)(1 - alpha) = 6 is whole
        (np.sqrt(np.arange(99.0))[::-1], 0.05),  # 95, whole
        (np.arange(19.0) ** 2, 0.05),  # 19, whole: the largest of all
        (np.repeat([4.0, 2.0], 10), 0.3),  # ties
        (np.arange(32.0)[::-1] / 4, 0.0625),  # tells rank rounded down from NumPy's quantile "higher"
        (np.arange(21.0)[::-1] / 4, 0.1875),  # tells rank rounded down from m (1 - alpha) rounded up
    ],
    random=_some_scores,
    pure=True,
    slips=[
        (lambda scores, alpha: np.sort(scores)[int(np.ceil(_place(scores, alpha)))], "That is the score after the right one: Python counts from 0, so the score at place rank has index rank - 1."),
        (lambda scores, alpha: np.sort(scores)[int(np.ceil(_place(scores, alpha, plus=0))) - 1], "You rounded m (1 - alpha) up; m + 1 and not m stands in the formula, since the new sample counts too."),
        (lambda scores, alpha: np.sort(scores)[int(np.ceil(_place(scores, alpha, plus=0)))], "You used m (1 - alpha), rounded up, as the index. It is not always the same as index rank - 1; rank has m + 1 in it."),
        (lambda scores, alpha: np.sort(scores)[int(_place(scores, alpha)) - 1], "You rounded rank down; round up, or the threshold is too low for its promise."),
        (lambda scores, alpha: np.sort(scores)[int(_place(scores, alpha))], "You used (m + 1)(1 - alpha), rounded down, as the index. That is one place too high whenever the product is whole."),
        (lambda scores, alpha: np.sort(scores)[round(_place(scores, alpha)) - 1], "You rounded rank to the nearest whole number; round up, or the threshold is sometimes too low for its promise."),
        (lambda scores, alpha: np.sort(scores)[int(np.ceil((len(scores) - 1) * (1 - alpha))) - 1], "m + 1 stands in the formula; you have m - 1."),
        (lambda scores, alpha: np.sort(scores)[::-1][int(np.ceil(_place(scores, alpha))) - 1], "You counted from the largest score down; the smallest has place 1."),
        (lambda scores, alpha: np.sort(scores)[int(np.ceil((len(scores) + 1) * alpha)) - 1], "You used alpha where 1 - alpha stands: a share alpha of the scores may lie above the threshold, not below."),
        (lambda scores, alpha: scores[int(np.ceil(_place(scores, alpha))) - 1], "You took the score at that place without sorting; sort the scores first."),
        (lambda scores, alpha: int(np.ceil(_place(scores, alpha))), "That is rank itself; return the score at that place of the sorted scores."),
        (lambda scores, alpha: int(np.ceil(_place(scores, alpha))) - 1, "That is the index; return the score that stands there in the sorted scores."),
        (lambda scores, alpha: np.quantile(scores, 1 - alpha), "That is NumPy's quantile, which interpolates below the score at place rank and so delivers too many false alarms."),
        (lambda scores, alpha: np.quantile(scores, 1 - alpha, method="higher"), "That is one of NumPy's quantiles; it reckons without the new sample, with m where m + 1 should be."),
        (lambda scores, alpha: np.sort(scores)[: int(np.ceil(_place(scores, alpha)))], "Those are the scores up to place rank; only the largest of them is the threshold."),
        (lambda scores, alpha: np.sort(scores), "Those are all scores, sorted; return the one at place rank."),
        (lambda scores, alpha: np.argsort(scores)[int(np.ceil(_place(scores, alpha))) - 1], "np.argsort gives places; np.sort gives the scores themselves."),
        (lambda scores, alpha: np.sort(scores)[int(np.ceil(_place(scores, alpha))) - 2], "That is the score before the right one: the score at place rank has index rank - 1."),
        (lambda scores, alpha: np.max(scores), "That is the largest score; which one is right depends on alpha."),
        (lambda scores, alpha: np.mean(scores), "That is the mean of the scores; no share alpha has to lie above it."),
    ],
    hints=(
        "Compute rank from m and alpha, sort the scores, and take the one at that place. Python counts from 0.",
        "rank = int(np.ceil((m + 1) * (1 - alpha))); the score at place rank has index rank - 1 in the sorted scores.",
    ),
    remark="It holds for scores of any shape: nothing but their order was used.",
)  # fmt: skip
def conformal_threshold(scores, alpha):
    return np.sort(scores)[int(np.ceil(_place(scores, alpha))) - 1]


@function_exercise(
    "04.4",
    examples=[(0.8, 0.1, 0.2), (0.5, 0.05, 0.001), (0.25, 0.0, 0.5), (0.0, 0.5, 0.1), (0.7, 0.3, 0.0)],
    random=lambda rng: tuple(rng.uniform(0.05, 0.95, 3)),
    slips=[
        (lambda r, f, b: r / (r + f), "The base rate is missing: normal samples and anomalies are not equally many."),
        (lambda r, f, b: r * b / (r * b + f), "False alarms come from the normal samples only: multiply false_alarm_rate by 1 - base_rate."),
        (lambda r, f, b: r * b / (r * b + f * b), "False alarms come from the normal samples, whose share is 1 - base_rate."),
        (lambda r, f, b: r / (r + f * (1 - b)), "Real alarms come from the anomalies only: multiply the recall by base_rate."),
        ([lambda r, f, b: b / (b + f * (1 - b)), lambda r, f, b: b / (b + f)], "The recall is missing: an anomaly raises an alarm with the chance recall only."),
        (lambda r, f, b: f * (1 - b) / (r * b + f * (1 - b)), "That is the share of alarms that are false; precision is the other part."),
        (lambda r, f, b: r * (1 - b) / (r * (1 - b) + f * b), "base_rate and 1 - base_rate are swapped: the base rate is the share of anomalies."),
        (lambda r, f, b: r * b / (f * (1 - b)), "That is real alarms to one false alarm; divide by all alarms, real and false."),
        (lambda r, f, b: r * b, "Those are the real alarms among all samples; divide by all alarms, real and false."),
        (lambda r, f, b: f * (1 - b), "Those are the false alarms among all samples; wanted is the share of alarms that are real."),
        (lambda r, f, b: r * b + f * (1 - b), "That is the share of samples that raise an alarm; wanted is the share of alarms that are real."),
        (lambda r, f, b: r * b / (r * b + (1 - f) * (1 - b)), "You used 1 - false_alarm_rate: those are the normal samples that raise no alarm."),
        (lambda r, f, b: r * b / (r * b + (1 - r) * b), "You divided by all anomalies, found or not; divide by all alarms, real and false."),
        (lambda r, f, b: r * b / (r * b - f * (1 - b)), "Add real and false alarms; you subtracted."),
        ([lambda r, f, b: r * b / r * b + f * (1 - b), lambda r, f, b: r * b / r * b + f * 1 - b], "Brackets: without them only the recall is divided by."),
        ([lambda r, f, b: r * b / (r * b) + f * (1 - b), lambda r, f, b: r * b / (r * b) + f * 1 - b], "Brackets: all below the line belongs into one pair, the real alarms and the false ones."),
        (lambda r, f, b: r * b / (r * b + f * 1 - b), "Brackets: false_alarm_rate belongs to 1 - base_rate as a whole."),
        (lambda r, f, b: np.round(r * b / (r * b + f * (1 - b)), 2), "You rounded; the precision may be far below a hundredth, so give it as it is computed."),
    ],
    hints=(
        "Of all samples, what share are anomalies that raise an alarm, and what share are normal and raise one?",
        "In a crowd of N: true alarms recall * base_rate * N, false alarms false_alarm_rate * (1 - base_rate) * N.",
    ),
)  # fmt: skip
def precision(recall, false_alarm_rate, base_rate):
    true_alarms, false_alarms = recall * base_rate, false_alarm_rate * (1 - base_rate)
    with np.errstate(all="ignore"):
        return np.divide(true_alarms, true_alarms + false_alarms)


@function_exercise(
    "04.5",
    examples=[
        ([5.0, 1, 3, 9, 3, 7, 2, 8, 6], 3.0),  # seven of nine are at least 3, and two equal 3
        ([0.2, 0.5, 0.1], 0.9),  # larger than all
        ([0.2, 0.5, 0.1], 0.05),  # smaller than all
        ([4.0], 4.0),
    ],
    random=lambda rng: (np.round(rng.gamma(2, 1, rng.integers(1, 30)), 1), np.round(rng.gamma(2, 1), 1)),
    slips=[
        (lambda c, s: np.mean(c >= s), "The new sample itself is not counted: add 1 above and below, or p could be 0, which no finite sample can promise."),
        (lambda c, s: (1 + np.sum(c > s)) / (len(c) + 1), "Scores equal to the new one count too (>=): they are at least as anomalous."),
        (lambda c, s: np.mean(c > s), "Scores equal to the new one count too, and the new sample itself: 1 above and below."),
        (lambda c, s: np.sum(c >= s) / (len(c) + 1), "The 1 above is missing: the new sample is as anomalous as itself."),
        (lambda c, s: (1 + np.sum(c >= s)) / len(c), "The 1 below is missing: with the new sample there are m + 1."),
        (lambda c, s: 1 + np.sum(c >= s) / (len(c) + 1), "Brackets: the 1 belongs to the count, before you divide."),
        (lambda c, s: (1 + np.sum(c >= s)) / len(c) + 1, "Brackets: the 1 belongs to m, before you divide."),
        (lambda c, s: 1 + np.sum(c >= s) / len(c) + 1, "Brackets, two pairs: each 1 is added before you divide, above and below."),
        (lambda c, s: 1 + np.sum(c >= s) / len(c), "Brackets: the 1 belongs to the count, before you divide; and below stands m + 1."),
        (lambda c, s: np.sum(c >= s) + 1 / (len(c) + 1), "Brackets: all that stands above the line is divided, not the 1 alone."),
        ([lambda c, s: (1 + np.sum(c < s)) / (len(c) + 1), lambda c, s: (1 + np.sum(c <= s)) / (len(c) + 1),
          lambda c, s: np.mean(c < s), lambda c, s: np.mean(c <= s)], "You counted the scores that are smaller; the p-value counts those at least as large."),
        ([lambda c, s: np.sum(c >= s), lambda c, s: 1 + np.sum(c >= s)], "That is a number of samples; the p-value is their share: divide."),
        ([lambda c, s: c >= s, lambda c, s: (1 + (c >= s)) / (len(c) + 1), lambda c, s: (c >= s) / len(c),
          lambda c, s: 1 + (c >= s) / len(c) + 1], "That is one number for each calibration sample; count those that are True, with np.sum."),
        (lambda c, s: (1 + c[c >= s].sum()) / (len(c) + 1), "You added the scores themselves; count them."),
        (lambda c, s: (1 + np.sum(c == s)) / (len(c) + 1), "You counted the scores that are equal; larger ones count as well."),
        (lambda c, s: (1 + np.mean(c >= s)) / (len(c) + 1), "You divided twice: count first, then add 1, then divide."),
        (lambda c, s: (1 + np.any(c >= s)) / (len(c) + 1), "You asked whether there is one; count how many there are."),
    ],
    hints=(
        "Count the calibration scores that are at least as large as the new one.",
        "The count is np.sum(calibration_scores >= score); the new sample adds 1 above and 1 below.",
    ),
    remark="It is never below 1 / (m + 1): a finite sample cannot call anything impossible.",
)  # fmt: skip
def p_value(calibration_scores, score):
    return (1 + np.sum(calibration_scores >= score)) / (len(calibration_scores) + 1)
