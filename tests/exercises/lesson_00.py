import numpy as np

from aelearn import data
from exercises import Exercise

y = data.load("mnist5k").y
rng = np.random.default_rng(0)
picture, reconstruction = rng.random(784), rng.random(784)
difference = picture - reconstruction

errors = np.concatenate([rng.uniform(0.01, 0.08, 110), rng.uniform(0.03, 0.2, 40)])
labels = np.repeat([0, 1], [110, 40])
threshold = 0.0704
alarm = errors > threshold

EXERCISES = [
    Exercise(
        "00.1",
        right=y.mean(),
        also=[float(y.mean()), np.float32(y.mean()), [y.mean()], (y == 1).sum() / len(y)],
        wrong=[
            (int(y.sum()), "how many anomalies"),
            (100 * y.mean(), "percentage"),
            (y.sum() / (y == 0).sum(), "number of normal rows"),
            (1 - y.mean(), "label 1 is the anomaly"),
            (round(y.mean(), 3), "rounded; give it unrounded"),
            (None, "is None: nothing was assigned"),
            (y, "Those are the labels"),
            (0.5, "0.5 is not the share"),
            (10, "share lies between"),
            (data.split(data.load("mnist5k"), seed=0).y_test.mean(), "share in the test part"),
        ],
    ),
    Exercise(
        "00.2",
        right=np.mean(difference**2),
        given=dict(picture=picture, reconstruction=reconstruction),
        wrong=[
            (np.sum(difference**2), "sum of the squared"),
            (np.mean(np.abs(difference)), "absolute differences"),
            (np.mean(difference), "cancel out"),
            (np.sqrt(np.mean(difference**2)), "square root"),
            (difference**2, "one number for each pixel"),
            (np.mean(difference) ** 2, "Square each difference first"),
            (round(np.mean(difference**2), 3), "rounded; give it unrounded"),
            (0.5, "0.5 is not the mean"),
        ],
    ),
    Exercise(
        "00.3",
        right=alarm,
        also=[
            alarm.tolist(),
            alarm.astype(int),
            (error > threshold for error in errors),
            np.where(errors > threshold, 1.0, 0.0),
        ],
        given=dict(errors=errors, threshold=threshold, y=labels),
        wrong=[
            (~alarm, "wrong way round"),
            (errors > 0.05, "compared with alpha"),
            (True, "a single value"),
            (errors, "Those are the errors"),
            (2 * errors, "you have other numbers"),
            (alarm[:50], "shape (50,)"),
            (np.ones(150), "judged wrongly"),
            (labels == 1, "Those are the labels"),
            (errors > 0.07, "as it was printed"),
        ],
    ),
    Exercise(
        "00.4",
        right=np.mean(alarm[labels == 0]),
        given=dict(errors=errors, y=labels, threshold=threshold),
        wrong=[
            (np.mean(alarm), "among all test digits"),
            (np.mean(alarm[labels == 1]), "the recall"),
            (np.mean(labels[alarm] == 0), "share of alarms that are false"),
            (1 - np.mean(alarm[labels == 0]), "left in peace"),
            (0.05, "was promised"),
            (100 * np.mean(alarm[labels == 0]), "percentage"),
            (np.mean(errors[labels == 0]), "mean error of the normal digits"),
            (24 / 500, "among the calibration digits"),
            (0.9, "0.9 is not the share"),
            (int(np.sum(alarm & (labels == 0))), "divide by how many"),
        ],
    ),
]
