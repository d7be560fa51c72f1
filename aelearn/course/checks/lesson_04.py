"""Checks of lesson 04, From error to decision."""

import numpy as np

from aelearn.course.exercises import Blank, a_function, a_number, an_array, exercise, same


@exercise("04.1", hint="np.mean has an argument axis; axis 0 are the samples, axis 1 the features.")
def errors_of_each(answer, *, x, reconstruction):
    squared = (np.asarray(x, dtype=float) - reconstruction) ** 2
    if np.shape(answer) == ():
        return "You have one number for the whole test set: the mean ran over the samples too. Use axis=1."
    if np.shape(answer) == (x.shape[1],):
        return "You have one number for each pixel: the mean ran over the samples (axis=0). Use axis=1."
    errors = an_array(answer, (len(x),), "errors_of_each")
    if same(errors, squared.sum(axis=1)):
        return "That is the sum over the pixels; take the mean, so that pictures of any size can be compared."
    if same(errors, np.sqrt(squared).mean(axis=1)):
        return "That is the mean absolute error; square the differences."
    if same(errors, np.sqrt(squared.mean(axis=1))):
        return "That is the root of the mean squared error; leave the root away."
    if not same(errors, squared.mean(axis=1)):
        return "Those are not the mean squared differences of each sample; subtract, square, mean over axis 1."


class _Halver:
    """A made-up model that gives back half of what came in."""

    def reconstruct(self, x):
        return np.asarray(x) / 2

    __call__ = predict = reconstruct


@exercise("04.2", hint="First one error per row with axis=1, then compare the array of errors with the threshold.")
def detect_anomaly(answer):
    x = np.array([[0.0, 0.0], [2.0, 2.0], [4.0, 0.0], [6.0, 6.0]])  # errors under _Halver: 0, 1, 2, 9
    found = a_function(answer, _Halver(), x, 1.0, what="detect_anomaly")
    if found is ...:
        return Blank
    if np.shape(found) == ():
        return "It returned a single answer for four samples: the mean ran over the samples too."
    found = an_array(found, (4,), "what detect_anomaly returned")
    if same(found, [0, 1, 2, 9]):
        return "It returned the errors themselves; compare them with the threshold."
    if same(found, [1, 0, 0, 0]) or same(found, [1, 1, 0, 0]):
        return "It is the wrong way round: it flags the samples that are reconstructed well."
    if same(found, [0, 1, 1, 1]):
        return "A sample whose error equals the threshold is flagged; an anomaly is strictly greater."
    if same(found, [0, 0, 1, 1]):
        return None
    return "With errors 0, 1, 2, 9 and a threshold of 1, the last two samples are anomalies; yours says something else."


@exercise(
    "04.3",
    hint="k = int(np.ceil((m + 1) * (1 - alpha))); the k-th smallest stands at index k - 1 of the sorted scores.",
)
def conformal_threshold(answer):
    scores = np.random.default_rng(4).permutation(np.arange(1.0, 51.0))  # the k-th smallest is k
    found = a_function(answer, scores.copy(), 0.1, what="conformal_threshold")
    if found is ...:
        return Blank
    found = a_number(found, "what conformal_threshold returned")
    if found == 47:
        return "That is the score after the right one: Python counts from 0, so the k-th smallest is at index k - 1."
    if found == 45:
        return "That is one too low: m + 1 and not m stands in the formula, since the new sample counts too."
    if found in (5, 6):
        return "That is among the smallest scores: the threshold must be exceeded by a share alpha of the scores."
    if found == scores[45]:
        return "You took the k-th score as it came; sort the scores first."
    if same(found, np.quantile(scores, 0.9)):
        return "That is NumPy's quantile, which interpolates below the k-th smallest and so delivers too many false alarms."
    if found != 46:
        return (
            f"For the scores 1 to 50 and alpha = 0.1, k = ceil(51 * 0.9) = 46, so 46 is wanted; yours gives {found:g}."
        )


@exercise(
    "04.4",
    hint="In a crowd of N: true alarms recall * base_rate * N, false alarms false_alarm_rate * (1 - base_rate) * N.",
)
def precision(answer):
    r, f, b = 0.8, 0.1, 0.2
    found = a_function(answer, r, f, b, what="precision")
    if found is ...:
        return Blank
    found = a_number(found, "what precision returned")
    if same(found, r / (r + f)):
        return "The base rate is missing: normal samples and anomalies are not equally many."
    if same(found, r * b / (r * b + f)):
        return "False alarms come from the normal samples only: multiply false_alarm_rate by 1 - base_rate."
    if same(found, f * (1 - b) / (r * b + f * (1 - b))):
        return "That is the share of alarms that are false; precision is the other part."
    if same(found, r * (1 - b) / (r * (1 - b) + f * b)):
        return "base_rate and 1 - base_rate are swapped: the base rate is the share of anomalies."
    if same(found, r * b):
        return "Those are the true alarms among all samples; divide by all alarms, true and false."
    if not same(found, r * b / (r * b + f * (1 - b))):
        return f"For recall .8, false alarms .1 and base rate .2 the precision is 2/3; yours gives {found:.3g}."


@exercise(
    "04.5",
    hint="Count the calibration scores that are at least as large as the new one; the new one counts as well, above and below.",
)
def p_value(answer):
    calibration = np.array([1.0, 2.0, 3.0, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0])  # seven are at least 3
    found = a_function(answer, calibration, 3.0, what="p_value")
    if found is ...:
        return Blank
    found = a_number(found, "what p_value returned")
    if same(found, 7 / 9):
        return "The new sample itself is not counted: add 1 above and below, or p could be 0, which no finite sample can promise."
    if same(found, 6 / 10):
        return "Scores equal to the new one count too (>=): they are at least as anomalous."
    if same(found, 7 / 10) or same(found, 8 / 9):
        return "One of the two additions of 1 is missing: (1 + count) / (m + 1)."
    if same(found, 5 / 10) or same(found, 3 / 10) or same(found, 0.2):
        return "You count the scores that are smaller; the p-value counts those at least as large."
    if not same(found, 8 / 10):
        return f"For this made-up case the p-value is (1 + 7) / (9 + 1) = 0.8; yours gives {found:.3g}."
