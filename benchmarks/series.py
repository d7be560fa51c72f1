"""The scoreboard's series: methods that judge points, by themselves and as means over windows, afterwards and live.

Views of a method, where it has them: "by point", a point's own error; "by window", the mean error of windows, brought
to points by all windows that cover them, which a point waits for by up to length - 1 points; and ", live" of either,
known at once: by the window that ends at the point. A forecast's error by point is known at once as it is.
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor

from aelearn import data, events, thresholds, windows
from aelearn.detectors import AutoencoderDetector, SequenceDetector
from benchmarks.common import BATCH, epochs_for
from benchmarks.rivals import K, neighbours, pca_errors, scaling_of


def parts_of(series, length):
    """What is trained on, and what thresholds come from, with a window's length between them."""
    return [series[part] for part in windows.split_by_time(len(series), (0.7, 0.3), gap=length)]


# -- views: from raw errors to scores of the last points that can be judged, one array a view ---------------


def of_forecast(errors, length):
    """errors (n - length,): of each point after the first window."""
    means = windows.cut(errors, length).mean(axis=1)
    return {
        "by point": errors,
        "by window": windows.to_points(means, len(errors), length),
        "by window, live": means,
    }


def of_errors(errors, length):
    """errors (n_windows, length): of each point of each window."""
    n = len(errors) + length - 1
    return {
        "by point": windows.to_points(errors, n, length),
        "by point, live": errors[:, -1],
        **of_windows(errors.mean(axis=1), length),
    }


def of_windows(scores, length):
    """scores (n_windows,): a window has no points of its own."""
    n = len(scores) + length - 1
    return {"by window": windows.to_points(scores, n, length), "by window, live": scores}


def judges(name, views_of, judged, calibration, length):
    """{"name, view": function (series, alpha) that gives a score for each point, and the limit}.

    judged: from a series to raw errors; views_of: what makes views of them. Points before the first that a view can judge get
    the median of the calibration part's scores.
    """
    known = views_of(judged(calibration), length)

    def score(view, series, alpha):
        last = views_of(judged(series), length)[view]
        before = np.full(len(series) - len(last), np.median(known[view]))
        return np.concatenate([before, last]), thresholds.conformal(known[view], alpha)

    return {f"{name}, {view}": lambda series, alpha, view=view: score(view, series, alpha) for view in known}


# -- methods: (series, length, seed) to what `judges` gives ------------------------------------------------


def forecast(name, fit):
    """A forecast by a regression: fit(windows, next values, seed) returns its predict."""

    def method(series, length, seed):
        train, calibration = parts_of(series, length)
        predict = fit(*windows.next_values(train, length), seed)

        def judged(series):
            before, after = windows.next_values(series, length)
            return np.square(after - predict(before))

        return judges(name, of_forecast, judged, calibration, length)

    return method


def linear(before, after, seed):
    return LinearRegression().fit(before, after).predict


def dense(before, after, seed):
    """A bent forecast without recurrence, for as many steps, and with the step size, of the recurrent ones."""
    epochs = epochs_for(len(before))
    model = MLPRegressor(
        hidden_layer_sizes=(64,),
        batch_size=min(BATCH, len(before)),
        learning_rate_init=5e-3,
        max_iter=epochs,
        n_iter_no_change=epochs,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it has not converged: it has used up its steps
        return model.fit(before, after).predict


def recurrent(name, kind, cell):
    def method(series, length, seed):
        train, calibration = parts_of(series, length)
        epochs = epochs_for(len(train) - length)
        detector = SequenceDetector(kind=kind, cell=cell, length=length, epochs=epochs, random_state=seed)
        detector.fit(train, X_calibration=calibration)
        if kind == "forecast":
            return judges(name, of_forecast, lambda x: detector._judged(x[:, None]), calibration, length)

        def judged(series):
            rows = windows.cut(detector._scaled(series[:, None])[:, 0].astype(np.float32), length)
            return np.square(rows - detector._ask("reconstruct", rows).astype(np.float64))

        return judges(name, of_errors, judged, calibration, length)

    return method


def nearest_window(series, length, seed):
    train, calibration = parts_of(series, length)
    distance = neighbours(1)(windows.cut(train, length), seed)
    return judges("nearest window", of_windows, lambda x: distance(windows.cut(x, length)), calibration, length)


def pca_on_windows(series, length, seed):
    train, calibration = parts_of(series, length)
    scaled = scaling_of(windows.cut(train, length))
    errors = pca_errors(scaled(windows.cut(train, length)))
    return judges("PCA on windows", of_errors, lambda x: errors(scaled(windows.cut(x, length))), calibration, length)


def autoencoder_on_windows(series, length, seed):
    """One training, judged by its errors and by its neighbours."""
    train, calibration = parts_of(series, length)
    rows = windows.cut(train, length)
    detector = AutoencoderDetector(n_neighbors=K, epochs=epochs_for(len(rows)), random_state=seed)
    detector.fit(rows, X_calibration=windows.cut(calibration, length))
    name = "autoencoder on windows"
    by_error = judges(name, of_errors, lambda x: detector.feature_errors(windows.cut(x, length)), calibration, length)
    by_neighbours = judges(
        f"{name}, neighbours",
        of_windows,
        lambda x: detector.anomaly_score(windows.cut(x, length)),
        calibration,
        length,
    )
    return by_error | by_neighbours


METHODS = {
    "linear forecast": forecast("linear forecast", linear),
    "dense forecast": forecast("dense forecast", dense),
    "GRU forecast": recurrent("GRU forecast", "forecast", "gru"),
    "LSTM forecast": recurrent("LSTM forecast", "forecast", "lstm"),
    "LSTM autoencoder": recurrent("LSTM autoencoder", "autoencoder", "lstm"),
    "nearest window": nearest_window,
    "PCA on windows": pca_on_windows,
    "autoencoder on windows": autoencoder_on_windows,
}


# -- the series: (normal part, test part, its labels, length of a window), a window's length left out before the test ---


def pulses(seed, n_beats=420, first_fault=220, every=8):
    """A series of beats with faults of four kinds in its second half, and for each point 0 or the kind, as lesson 11 makes it."""
    rng = np.random.default_rng(seed)
    pauses = np.rint(rng.normal(18, 0.7, n_beats)).astype(int)
    heights = np.ones(n_beats)
    faulty = np.arange(first_fault, n_beats - every, every)
    kinds = np.arange(len(faulty)) % 4 + 1
    heights[faulty[kinds == 3]] = 0
    pauses[faulty[kinds == 4][:, None] + np.arange(1, 5)] = 12
    at = np.cumsum(pauses)
    series = rng.normal(0, 0.05, at[-1] + 18)
    fault, around = np.zeros(len(series), int), np.arange(-8, 9)
    for place, height in zip(at, heights, strict=True):
        series[place + around] += height * np.exp(-(around**2) / 8)
    for beat, kind in zip(faulty, kinds, strict=True):
        middle = at[beat]
        span = {
            1: slice(middle + 9, middle + 10),
            2: slice(middle, middle + 36),
            3: slice(middle - 8, middle + 9),
            4: slice(middle, at[beat + 4] + 1),
        }[int(kind)]
        series[span] += {1: 0.8, 2: 0.4}.get(int(kind), 0)
        fault[span] = kind
    return series, fault


def beats(seed, length=36, n_normal=3800):
    """Of every seed as many normal points, so that one compiled model serves them all."""
    series, fault = pulses(seed)
    start = np.flatnonzero(fault)[0] - length
    return series[start - length - n_normal : start - length], series[start:], (fault[start:] > 0).astype(int), length


def ecg(seed, length=36):
    """Means of eight points, so 45 Hz, windows of .8 s, as in lesson 11; the first 4000 points, all normal, are for training."""
    dataset = data.load("ecg_100")
    n = len(dataset.x) // 8 * 8
    series, y = dataset.x[:n, 0].reshape(-1, 8).mean(axis=1, dtype=float), dataset.y[:n].reshape(-1, 8).max(axis=1)
    return series[:500], series[500 + length :], y[500 + length :], length


SETS = {"beats (made)": beats, "ecg_100": ecg}


def figures(y, scores, limit, length):
    """False alarms where no window sees an event, the volume under the surface, and what happened to events."""
    alarms = (scores > limit).astype(int)
    far = windows.to_points(windows.cut(y, length).max(axis=1), len(y), length, reduce="max") == 0
    found = events.evaluate_events(y, alarms)
    return {
        "false_alarm_rate": round(float(alarms[far].mean()), 4),
        "vus_pr": round(events.vus_pr(y, scores, max_buffer=length), 4),
        "event_recall": round(found.event_recall, 4),
        "n_false_alarms": found.n_false_alarms,
        "time_in_alarm": round(found.time_in_alarm, 4),
        "delay": float(np.median(found.delays)) if found.delays else None,
    }
