"""Checks of lesson 00, Start here."""

import numpy as np

from aelearn import data
from aelearn.course.judging import value_exercise


def _labels():
    return data.load("mnist5k").y


def _rounded(value):
    """The same value, rounded to no decimal, one and two."""
    return [lambda digits=digits: round(value(), digits) for digits in range(3)]


@value_exercise(
    "00.1",
    slips=[
        (lambda: _labels().sum(), "That is how many anomalies there are; divide by the number of rows."),
        (lambda: (_labels() == 0).sum(), "That is how many normal rows there are; wanted is the share of anomalies."),
        (lambda: len(_labels()), "That is the number of rows; wanted is the share of them that are anomalies."),
        ([lambda: 100 * _labels().mean(), *_rounded(lambda: 100 * _labels().mean())], "That is a percentage; a share lies between 0 and 1."),
        (lambda: data.split(data.load("mnist5k"), seed=0).y_test.mean(), "That is the share in the test part, which has all the anomalies and only some of the normal digits; take all rows of digits."),
        (lambda: _labels().sum() / (_labels() == 0).sum(), "You divided by the number of normal rows; divide by the number of all rows."),
        (lambda: 1 - _labels().mean(), "That is the share of normal rows: label 1 is the anomaly."),
        (lambda: _labels().std(), "That is the standard deviation of the labels; take the mean."),
        (lambda: _labels(), "Those are the labels themselves; how many of them are 1, of all?"),
    ],
    asked_for="the share of rows whose label is 1",
    hints=(
        "digits.y is 1 for an anomaly and 0 otherwise. How many are 1, and how many are there?",
        "The mean of numbers that are 0 or 1 is the share of those that are 1.",
    ),
    remark="Real anomalies are rarer still; lesson 04 shows what that does to an alarm.",
)  # fmt: skip
def share_of_anomalies():
    return _labels().mean()


@value_exercise(
    "00.2",
    slips=[
        (lambda picture, reconstruction: (picture - reconstruction) ** 2, "You have one number for each pixel; take their mean."),
        (lambda picture, reconstruction: np.sum((picture - reconstruction) ** 2), "That is the sum of the squared differences; the formula divides by 784: take the mean."),
        (lambda picture, reconstruction: np.mean(np.abs(picture - reconstruction)), "That is the mean of the absolute differences; square them instead."),
        ([lambda picture, reconstruction: np.mean(picture - reconstruction),
          lambda picture, reconstruction: np.mean(reconstruction - picture)], "The differences were not squared, so positive and negative ones cancel out."),
        ([lambda picture, reconstruction: np.mean(picture - reconstruction) ** 2,
          lambda picture, reconstruction: np.sum(picture - reconstruction) ** 2], "Square each difference first, then take the mean; you squared at the end."),
        (lambda picture, reconstruction: np.sqrt(np.mean((picture - reconstruction) ** 2)), "That is the square root of the error; leave the root away."),
        (lambda picture, reconstruction: np.linalg.norm(picture - reconstruction), "That is the distance, the root of the sum of squares; take the mean of the squares."),
        (lambda picture, reconstruction: np.mean(picture**2 - reconstruction**2), "You squared the two pictures before the difference; subtract first."),
        (lambda picture, reconstruction: np.mean(picture - reconstruction**2), "Brackets: subtract first, then square the whole difference."),
        (lambda picture, reconstruction: np.mean((picture + reconstruction) ** 2), "You added the two; the error is made of their difference."),
        (lambda picture, reconstruction: np.median((picture - reconstruction) ** 2), "That is the median of the squared differences; take the mean."),
        (lambda picture, reconstruction: np.max((picture - reconstruction) ** 2), "That is the worst pixel; take the mean over all of them."),
    ],
    asked_for="the mean of the squared differences between picture and reconstruction",
    hints=(
        "Three steps, as in the formula: subtract, square, mean.",
        "(picture - reconstruction) ** 2 squares each of the 784 differences; np.mean makes one number of them.",
    ),
)  # fmt: skip
def error_of_first(picture, reconstruction):
    return np.mean((picture - np.asarray(reconstruction, dtype=float)) ** 2)


@value_exercise(
    "00.3",
    slips=[
        ([lambda errors, threshold, y: errors < threshold, lambda errors, threshold, y: errors <= threshold], "That is the wrong way round: large errors raise alarms, so an alarm is an error above the threshold."),
        (lambda errors, threshold, y: errors > 0.05, "You compared with alpha (0.05), which is a rate of alarms; compare with threshold, which is an error."),
        (lambda errors, threshold, y: errors > round(threshold, 3), "You compared with the threshold as it was printed, rounded; compare with the variable threshold."),
        (lambda errors, threshold, y: y, "Those are the labels, which nobody has at work; an alarm is an error above the threshold."),
        (lambda errors, threshold, y: errors, "Those are the errors; compare them with the threshold."),
        (lambda errors, threshold, y: errors - threshold, "Those are the distances to the threshold; an alarm is True where the error lies above it."),
        (lambda errors, threshold, y: errors[errors > threshold], "Those are the errors that raise an alarm; wanted is True or False for each picture."),
        (lambda errors, threshold, y: np.flatnonzero(errors > threshold), "Those are the places of the alarms; wanted is True or False for each picture."),
        (lambda errors, threshold, y: np.sum(errors > threshold), "That is how many alarms there are; wanted is True or False for each picture."),
        ([lambda errors, threshold, y: np.mean(errors) > threshold, lambda errors, threshold, y: np.any(errors > threshold), lambda errors, threshold, y: np.all(errors > threshold)], "You have a single value; compare the whole array errors with the threshold, to get one answer a picture."),
    ],
    otherwise=lambda found, wanted, errors, threshold, y: (
        "Some pictures are judged wrongly: an alarm is an error above the threshold, for every picture alike."
    ),
    hints=(
        "errors holds one number for each picture. When does a picture raise an alarm?",
        "Compare the array errors with the number threshold; NumPy does it for every element.",
    ),
)  # fmt: skip
def alarms(errors, threshold, y):
    return errors > threshold


@value_exercise(
    "00.4",
    slips=[
        (lambda errors, y, threshold: np.mean(errors > threshold), "That is the share of alarms among all test digits; a false alarm is one on a normal digit."),
        (lambda errors, y, threshold: np.mean(errors[y == 1] > threshold), "That is the share of anomalies that raise an alarm: the recall. Look at the normal digits (label 0)."),
        (lambda errors, y, threshold: np.mean(y[errors > threshold] == 0), "That is the share of alarms that are false; asked for is the share of normal digits that raise an alarm."),
        (lambda errors, y, threshold: np.mean(errors[y == 0] <= threshold), "That is the share of normal digits left in peace; asked for is the share that raises an alarm."),
        (lambda errors, y, threshold: np.sum(errors[y == 0] > threshold), "That is how many normal digits raise an alarm; divide by how many normal digits there are."),
        (lambda errors, y, threshold: np.sum(errors[y == 0] > threshold) / len(y), "You divided by all test digits; a false-alarm rate is a share of the normal ones."),
        (lambda errors, y, threshold: np.mean(errors[y == 0] > 0.05), "You compared with alpha (0.05), a rate; compare with threshold, which is an error."),
        (lambda errors, y, threshold: errors[y == 0] > threshold, "That is one answer for each normal digit; what share of them is True?"),
        (lambda errors, y, threshold: np.mean(errors[y == 0]), "That is the mean error of the normal digits; which share of them lies above the threshold?"),
        (lambda errors, y, threshold: 0.05, "5 % is what was promised; count what the test set delivers."),
        # The rule leaves 24 of the 500 calibration errors above its threshold.
        (lambda errors, y, threshold: 24 / 500, "That is the share among the calibration digits, where the threshold was set so; count what the test digits deliver."),
    ],
    asked_for="the share of normal test digits with an error above the threshold",
    hints=(
        "Only normal digits can raise a false alarm. Pick their errors first.",
        "errors[parts.y_test == 0] are the errors of the normal digits; the mean of a comparison is a share.",
    ),
    remark="The promise holds on average; with a few hundred digits, chance moves it by a point.",
)  # fmt: skip
def delivered(errors, y, threshold):
    return np.mean(errors[y == 0] > threshold)
