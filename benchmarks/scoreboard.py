"""Every detector of the course on every labelled data set of the course: same splits, five seeds, with CPU time.

Each job is one method on one data set with one seed. A finished job is a line in data/results/scoreboard.part.jsonl,
so a killed run goes on where it stopped; when all are done they become data/results/scoreboard.json.
ecg_208 has no labels and is left out.
"""

import functools
import json
import os
import time

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.svm import OneClassSVM

from aelearn import data, events, thresholds, windows
from aelearn.detectors import (
    KINDS,
    SCORES,
    AutoencoderDetector,
    CalibratedDetector,
    GANDetector,
    SequenceDetector,
)
from aelearn.detectors.autoencoder import build
from benchmarks.common import LESSON_RESULTS, keep, kept

SEEDS = range(5)
ALPHA = 0.05
TABLES = {
    "mnist5k, odd normal": ("mnist5k", None),
    "mnist5k, 4 normal": ("mnist5k", (4,)),
    "mnist5k, 5 normal": ("mnist5k", (5,)),
    "digits, odd normal": ("digits", None),
    "page_blocks": ("page_blocks", None),
    "vowel": ("vowel", None),
    "breast_cancer": ("breast_cancer", None),
}
UNFINISHED = LESSON_RESULTS / "scoreboard.part.jsonl"


# -- the simple methods: two functions each ----------------------------------------------------------


class PCAError(CalibratedDetector):
    """What 90 % of the variance leaves over."""

    def _learn(self, X, rng):
        self._pca = PCA(0.9, svd_solver="full").fit(self._scaled(X))

    def _anomaly_score(self, X):
        return self.feature_errors(X).mean(axis=1)

    def feature_errors(self, X):
        z = self._scaled(X)
        return np.square(z - self._pca.inverse_transform(self._pca.transform(z)))


class Mahalanobis(CalibratedDetector):
    """Distance from the mean in units of the covariance; directions with next to no variance are left out."""

    def _learn(self, X, rng):
        pca = PCA(whiten=True, svd_solver="full").fit(self._scaled(X))
        pca.set_params(n_components=max(1, int((pca.explained_variance_ratio_ > 1e-6).sum())))
        self._pca = pca.fit(self._scaled(X))

    def _anomaly_score(self, X):
        return np.square(self._pca.transform(self._scaled(X))).sum(axis=1)


class Neighbours(CalibratedDetector):
    """Mean distance to the five nearest training samples."""

    def _learn(self, X, rng):
        self._nearest = NearestNeighbors(n_neighbors=min(5, len(X))).fit(self._scaled(X))

    def _anomaly_score(self, X):
        return self._nearest.kneighbors(self._scaled(X))[0].mean(axis=1)


class FromScikitLearn(CalibratedDetector):
    """A detector of scikit-learn with our scaling and our threshold."""

    def __init__(self, make, *, scaling="auto", alpha=0.05, calibration=0.2, random_state=None):
        super().__init__(scaling=scaling, alpha=alpha, calibration=calibration, random_state=random_state)
        self.make = make

    def _learn(self, X, rng):
        self._fitted = self.make(int(rng.randint(2**31 - 1))).fit(self._scaled(X))

    def _anomaly_score(self, X):
        return -self._fitted.score_samples(self._scaled(X))


SIMPLE = {
    "PCA": lambda seed: PCAError(),
    "Mahalanobis": lambda seed: Mahalanobis(),
    "5 neighbours": lambda seed: Neighbours(),
    "LOF": lambda seed: FromScikitLearn(lambda seed: LocalOutlierFactor(novelty=True)),
    "Isolation Forest": lambda seed: FromScikitLearn(
        lambda seed: IsolationForest(random_state=seed), random_state=seed
    ),
    "OC-SVM": lambda seed: FromScikitLearn(lambda seed: OneClassSVM(nu=0.1)),
}


# -- one job: {method: figures} ----------------------------------------------------------------------


def timed(function):
    started = time.process_time()
    result = function()
    return result, time.process_time() - started


def figures(y, scores, alarms, fit_seconds, score_seconds):
    return {
        "auc": round(float(roc_auc_score(y, scores)), 4),
        "average_precision": round(float(average_precision_score(y, scores)), 4),
        "false_alarm_rate": round(float(alarms[y == 0].mean()), 4),
        "recall": round(float(alarms[y == 1].mean()), 4),
        "fit_seconds": round(fit_seconds, 3),
        "score_seconds": round(score_seconds, 4),
    }


def judge(detector, parts, fit_seconds):
    scores, score_seconds = timed(lambda: detector.anomaly_score(parts.x_test))
    return figures(parts.y_test, scores, scores > -detector.offset_, fit_seconds, score_seconds)


def simple(name, parts, seed):
    detector = SIMPLE[name](seed)
    _, seconds = timed(lambda: detector.fit(parts.x_train, X_calibration=parts.x_calibration))
    return {name: judge(detector, parts, seconds)}


def autoencoder(kind, parts, seed):
    """One training, judged by each score."""
    detector = AutoencoderDetector(kind=kind, random_state=seed)
    _, seconds = timed(lambda: detector.fit(parts.x_train, X_calibration=parts.x_calibration))
    found = {}
    for scored_by in SCORES:
        detector.scored_by = scored_by
        detector._calibrate(detector.anomaly_score(parts.x_calibration))
        found[f"{kind} autoencoder, {scored_by}"] = judge(detector, parts, seconds)
    if kind == "variational":
        found |= bounds(detector, parts, seconds)
    return found


def bounds(detector, parts, fit_seconds):
    """The variational model that was trained, judged by minus its ELBO and by its Kullback-Leibler divergence."""
    d = parts.x_train.shape[1]
    model = build("variational", d, len(detector._weights[2 * len(detector.hidden) + 1]), tuple(detector.hidden))
    model.set_weights(detector._weights)
    scores_by = {"ELBO": lambda z: -model.elbo(z), "KL": lambda z: model.kl(z).sum(axis=1)}
    found = {}
    for name, score in scores_by.items():
        detector._anomaly_score = lambda X, score=score: score(detector._scaled(X)).astype(float)
        detector._calibrate(detector.anomaly_score(parts.x_calibration))
        found[f"variational autoencoder, {name}"] = judge(detector, parts, fit_seconds)
    return found


def gan(name, parts, seed):
    detector = GANDetector(random_state=seed)
    _, seconds = timed(lambda: detector.fit(parts.x_train, X_calibration=parts.x_calibration))
    return {name: judge(detector, parts, seconds)}


# -- series: detectors of rows see windows ------------------------------------------------------------


class OnWindows:
    """A detector of rows as one of a series (n,): it sees windows, and their scores come back to the points.

    pointwise: a point's score is the mean of its own squared errors in the windows that cover it, not of whole windows.
    """

    def __init__(self, detector, length, *, pointwise=False):
        self.detector, self.length, self.pointwise = detector, length, pointwise

    def fit(self, series):
        cut = [windows.cut(part, self.length) for part in parts_of(series, self.length)]
        self.detector.fit(cut[0], X_calibration=cut[1])
        return calibrated(self, series)

    def anomaly_score(self, series):
        rows = windows.cut(series, self.length)
        scores = self.detector.feature_errors(rows) if self.pointwise else self.detector.anomaly_score(rows)
        return windows.to_points(scores, len(series), self.length)


class LinearForecast:
    """The squared error of the next value, forecast by a linear regression on the window before it."""

    def __init__(self, length):
        self.length = length

    def fit(self, series):
        self._model = LinearRegression().fit(*windows.next_values(parts_of(series, self.length)[0], self.length))
        return calibrated(self, series)

    def anomaly_score(self, series):
        before, after = windows.next_values(series, self.length)
        errors = np.square(after - self._model.predict(before))
        return np.concatenate([np.full(self.length, np.median(errors)), errors])


def parts_of(series, length):
    return [series[part] for part in windows.split_by_time(len(series), (0.7, 0.3), gap=length)]


def calibrated(detector, series):
    detector.offset_ = -thresholds.conformal(detector.anomaly_score(parts_of(series, detector.length)[1]), ALPHA)
    return detector


SERIES = {
    "linear forecast": lambda length, seed: LinearForecast(length),
    "GRU forecast": lambda length, seed: SequenceDetector(kind="forecast", length=length, random_state=seed),
    "LSTM forecast": lambda length, seed: SequenceDetector(
        kind="forecast", cell="lstm", length=length, random_state=seed
    ),
    "LSTM autoencoder": lambda length, seed: SequenceDetector(
        kind="autoencoder", cell="lstm", length=length, random_state=seed
    ),
    "nearest window": lambda length, seed: SequenceDetector(kind="neighbours", length=length, random_state=seed),
    "PCA on windows": lambda length, seed: OnWindows(PCAError(), length),
    "PCA on windows, point by point": lambda length, seed: OnWindows(PCAError(), length, pointwise=True),
    "autoencoder on windows": lambda length, seed: OnWindows(
        AutoencoderDetector(scored_by="error", random_state=seed), length
    ),
    "autoencoder on windows, point by point": lambda length, seed: OnWindows(
        AutoencoderDetector(scored_by="error", random_state=seed), length, pointwise=True
    ),
    "autoencoder on windows, neighbours": lambda length, seed: OnWindows(
        AutoencoderDetector(random_state=seed), length
    ),
}


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


def beats(seed):
    series, fault = pulses(seed)
    half = np.flatnonzero(fault)[0] - 36
    return series[:half], series[half:], (fault[half:] > 0).astype(int), 36


def ecg(seed):
    """Means of eight points, so 45 Hz, windows of .8 s, as in lesson 11; the first 4000 points, all normal, are for training."""
    dataset = data.load("ecg_100")
    n = len(dataset.x) // 8 * 8
    series, y = dataset.x[:n, 0].reshape(-1, 8).mean(axis=1, dtype=float), dataset.y[:n].reshape(-1, 8).max(axis=1)
    return series[:500], series[500:], y[500:], 36


SERIES_SETS = {"beats (made)": beats, "ecg_100": ecg}


def on_series(name, task, seed):
    normal, test, y, length = SERIES_SETS[task](seed)
    detector = SERIES[name](length, seed)
    _, fit_seconds = timed(lambda: detector.fit(normal))
    scores, score_seconds = timed(lambda: detector.anomaly_score(test))
    found = figures(y, scores, scores > -detector.offset_, fit_seconds, score_seconds)
    far = windows.to_points(windows.cut(y, length).max(axis=1), len(y), length, reduce="max") == 0
    found["false_alarm_rate"] = round(
        float((scores > -detector.offset_)[far].mean()), 4
    )  # no window sees an event there
    return {name: found | {"vus_pr": round(events.vus_pr(y, scores, max_buffer=length), 4)}}


# -- all jobs, and going on where a killed run stopped -------------------------------------------------


def jobs():
    """{key: function that gives {method: figures}}, in an order in which one compiled model serves all its seeds."""
    found = {}
    for task, (name, normal) in TABLES.items():
        makers = {name: functools.partial(simple, name) for name in SIMPLE}
        makers |= {f"{kind} autoencoder": functools.partial(autoencoder, kind) for kind in KINDS}
        makers["GAN"] = functools.partial(gan, "GAN")
        for method, make in makers.items():
            for seed in SEEDS:
                found[f"{task} | {method} | {seed}"] = functools.partial(
                    lambda make, name, normal, seed: make(data.split(data.load(name, normal=normal), seed=seed), seed),
                    make, name, normal, seed,
                )  # fmt: skip
    for task in SERIES_SETS:
        for method in SERIES:
            for seed in SEEDS:
                found[f"{task} | {method} | {seed}"] = functools.partial(on_series, method, task, seed)
    return found


def finished():
    """The jobs already done, {key: {method: figures}}; a last line cut short by a kill is dropped from the file too."""
    if not UNFINISHED.exists():
        return {}
    lines, good = UNFINISHED.read_text(encoding="utf8").splitlines(keepends=True), []
    for line in lines:
        if not line.endswith("\n"):
            break
        good.append(line)
    UNFINISHED.write_text("".join(good), encoding="utf8")
    return dict(json.loads(line) for line in good)


def measure():
    LESSON_RESULTS.mkdir(exist_ok=True)
    done, wanted = finished(), jobs()
    for number, (key, job) in enumerate(wanted.items(), 1):
        if key not in done:
            done[key] = job()
            with UNFINISHED.open("a", encoding="utf8") as file:
                file.write(json.dumps([key, done[key]]) + "\n")
                file.flush()
                os.fsync(file.fileno())
            print(f"{number} of {len(wanted)}: {key}", flush=True)
    table = {}
    for key in wanted:
        task = key.split(" | ")[0]
        for method, found in done[key].items():
            for figure, value in found.items():
                table.setdefault(task, {}).setdefault(method, {}).setdefault(figure, []).append(value)
    keep(
        "scoreboard",
        {"seeds": list(SEEDS), "alpha": ALPHA, "series": list(SERIES_SETS), "table": table},
        LESSON_RESULTS,
    )
    UNFINISHED.unlink(missing_ok=True)


def print_table(result):
    for task, row in result["table"].items():
        print(f"\n{task:42}{'AUC':>14}{'AP':>8}{'alarms':>8}{'recall':>8}{'fit s':>8}")
        for method, found in sorted(row.items(), key=lambda item: -np.mean(item[1]["auc"])):
            mean = {figure: np.mean(values) for figure, values in found.items()}
            print(
                f"{method:42}{mean['auc']:8.3f} ±{np.std(found['auc']):.3f}{mean['average_precision']:8.3f}"
                f"{mean['false_alarm_rate']:8.3f}{mean['recall']:8.3f}{np.median(found['fit_seconds']):8.2f}"
            )


def main(*, remake):
    if remake or kept("scoreboard", LESSON_RESULTS) is None:
        measure()
    print_table(kept("scoreboard", LESSON_RESULTS))
