"""Checks of lesson 00, Start here."""

import numpy as np

from aelearn import data
from aelearn.course.exercises import NotYet, a_number, an_array, exercise, same


@exercise("00.1", hint="y is 1 for an anomaly and 0 otherwise, so its mean is a share.")
def share_of_anomalies(answer):
    share = a_number(answer, "share_of_anomalies")
    y = data.load("mnist5k").y
    if same(share, y.sum()):
        return "That is how many anomalies there are; divide by the number of rows."
    if same(share, 100 * y.mean()):
        return "That is a percentage; a share lies between 0 and 1."
    if same(share, y.sum() / (y == 0).sum()):
        return "You divided by the number of normal rows; divide by the number of all rows."
    if same(share, 1 - y.mean()):
        return "That is the share of normal rows: label 1 is the anomaly."
    if not same(share, y.mean()):
        return f"{share:.4g} is not the share of rows whose label is 1; look at the mean of digits.y."


@exercise("00.2", hint="Subtract, square, and take the mean over the 784 pixels.")
def error_of_first(answer, *, picture, reconstruction):
    difference = np.asarray(picture, dtype=float) - reconstruction
    if same(np.shape(answer), (784,)):
        return "You have one number for each pixel; take their mean."
    error = a_number(answer, "error_of_first")
    if same(error, np.sum(difference**2)):
        return "That is the sum of the squared differences; the formula divides by 784: take the mean."
    if same(error, np.mean(np.abs(difference))):
        return "That is the mean of the absolute differences; square them instead."
    if same(error, np.mean(difference)):
        return "The differences were not squared, so positive and negative ones cancel out."
    if same(error, np.sqrt(np.mean(difference**2))):
        return "That is the square root of the error; leave the root away."
    if not same(error, np.mean(difference**2)):
        return f"{error:.4g} is not the mean of the squared differences between picture and reconstruction."


@exercise("00.3", hint="Compare the array errors with the number threshold; NumPy does it for every element.")
def alarms(answer, *, errors, threshold):
    right = errors > threshold
    if np.shape(answer) == ():
        return (
            "You have a single value; compare the whole array errors with the threshold, to get one answer a picture."
        )
    found = an_array(answer, errors.shape, "alarms")
    if same(found, ~right):
        return "That is the wrong way round: large errors raise alarms, so an alarm is an error above the threshold."
    if same(found, errors > 0.05):
        return "You compared with alpha (0.05), which is a rate of alarms; compare with threshold, which is an error."
    if not np.isin(found, (0, 1)).all():
        return "alarms must hold True or False for each picture; you have other numbers."
    if not same(found, right):
        return "Some pictures are judged wrongly: an alarm is an error above the threshold, for every picture alike."


@exercise(
    "00.4",
    hint="Pick the errors of normal digits with errors[digits.y_test == 0], then see how many exceed the threshold.",
)
def delivered(answer, *, errors, y, threshold):
    rate = a_number(answer, "delivered")
    alarm, normal = errors > threshold, y == 0
    if same(rate, np.mean(alarm)):
        return "That is the share of alarms among all test digits; a false alarm is one on a normal digit."
    if same(rate, np.mean(alarm[~normal])):
        return "That is the share of anomalies that raise an alarm: the recall. Look at the normal digits (label 0)."
    if same(rate, np.mean(normal[alarm])):
        return (
            "That is the share of alarms that are false; asked for is the share of normal digits that raise an alarm."
        )
    if same(rate, 1 - np.mean(alarm[normal])):
        return "That is the share of normal digits left in peace; asked for is the share that raises an alarm."
    if same(rate, np.sum(alarm & normal)):
        return "That is how many normal digits raise an alarm; divide by how many normal digits there are."
    if same(rate, 0.05):
        raise NotYet("5 % is what was promised; count what the test set delivers.")
    if not same(rate, np.mean(alarm[normal])):
        return f"{rate:.4g} is not the share of normal test digits with an error above the threshold."
