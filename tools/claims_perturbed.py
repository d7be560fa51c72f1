"""Run one lesson with something changed beneath it, and write down what becomes of its claims.

Called by claims_check.py, in a process of its own: SOURCE PERTURBATION FILE. The lesson is left as it is: what it calls
is wrapped before its first cell runs. A cell that raises stops nothing but itself.
"""

import functools
import json
import os
import sys
import types
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

PERTURBATIONS = {  # what claims rest on, each taken away by itself
    "untrained": "no optimiser moves a weight",
    "random": "every score, reconstruction, forecast and ranking is noise",
    "uneven": "every ranking is noise or perfect, by a coin",
    "labels": "labels and classes are shuffled among the rows; events in a series are moved",
    "numbers": "all numbers of a data set are shuffled over rows and columns",
    "parts": "the training part is the test part, anomalies and all",
    "threshold": "every threshold and p-value is computed on the lower half of its scores",
    "boards": "the numbers of a stored board are exchanged among its methods",
    "ordered": "the numbers of a stored board are sorted: the same method is ahead on every task",
}
rng = np.random.default_rng(0)


class Wrapped:
    """Functions that take note of being called, and behave otherwise where their perturbation is the active one."""

    def __init__(self, active):
        self.active, self.touched = active, set()

    def wrap(self, perturbation, change, owner, *names):
        """Let `owner.name(...)` become `change(original, ...)` under the perturbation."""
        for name in names:
            setattr(owner, name, self._wrapped(perturbation, change, getattr(owner, name)))

    def _wrapped(self, perturbation, change, original):
        @functools.wraps(original)
        def call(*arguments, **settings):
            self.touched.add(perturbation)
            if perturbation != self.active:
                return original(*arguments, **settings)
            return change(original, *arguments, **settings)

        return call


def nothing(original, *arguments, **settings):
    return None


def noise(original, *arguments, **settings):
    """Noise in [0, 1) of the shape that the function returns; whole numbers change places."""
    return _noise_like(original(*arguments, **settings))


def _noise_like(value):
    if isinstance(value, tuple):
        return tuple(map(_noise_like, value))
    value = np.asarray(value)
    if value.dtype.kind in "iub":
        return rng.permutation(value.ravel()).reshape(value.shape)
    return rng.random(value.shape).astype(value.dtype)


def first_shuffled(original, first, *others, **settings):
    return original(rng.permutation(np.asarray(first)), *others, **settings)


def second_shuffled(original, first, second, *others, **settings):
    return original(first, rng.permutation(np.asarray(second)), *others, **settings)


def second_uneven(original, y, scores, *others, **settings):
    """Claims of no difference, or of a bad score, outlive noise: here some rankings are perfect."""
    scores = np.asarray(scores)
    if rng.random() < 0.5:
        return original(y, rng.permutation(scores), *others, **settings)
    perfect = np.empty_like(scores)
    perfect[np.argsort(y, kind="stable")] = np.sort(scores)
    return original(y, perfect, *others, **settings)


def lower_half(original, scores, *others, **settings):
    return original(np.sort(scores)[: (len(scores) + 1) // 2], *others, **settings)


def labels_elsewhere(load, name, **settings):
    dataset = load(name, **settings)
    if dataset.y is None:
        return dataset
    is_series = dataset.classes is dataset.y
    rows = np.arange(len(dataset.y))
    rows = np.roll(rows, len(rows) // 3) if is_series else rng.permutation(rows)
    return replace(dataset, y=dataset.y[rows], classes=dataset.classes[rows])


def numbers_shuffled(load, name, **settings):
    dataset = load(name, **settings)
    return replace(dataset, x=rng.permutation(dataset.x.ravel()).reshape(dataset.x.shape))


def trained_on_test(split, *arguments, **settings):
    parts = split(*arguments, **settings)
    train = {}
    for name in ("x", "rows", "classes", "groups"):
        ours, theirs = getattr(parts, f"{name}_train"), getattr(parts, f"{name}_test")
        train[f"{name}_train"] = None if ours is None else np.resize(theirs, ours.shape)
    return replace(parts, **train)


def last_part_first(split_by_time, *arguments, **settings):
    parts = split_by_time(*arguments, **settings)
    return type(parts)([parts[-1], *parts[1:]])


def exchanged(results, name):
    board = results(name)
    for places in comparable(board):
        deal(places, rng.permutation(len(places)))
    return board


def in_order(results, name):
    board = results(name)
    for places in comparable(board):
        deal(places, np.argsort([np.mean(values[key]) for values, key in places], kind="stable"))
    return board


def comparable(board):
    """The places (dict, key) of the lists that stand beside each other: one figure of one task, of every method.

    Tasks with a single figure, the AUC, have a list for each setting of a method; all of these count as one figure.
    A delay that some seeds do not have (no alarm) stays where it is.
    """
    groups = {}

    def collect(values, *path):
        for key, value in values.items():
            if isinstance(value, dict):
                collect(value, *path, key)
            elif isinstance(value, list) and len(path) > 1 and None not in value:
                figure = None if "auc" in path else key
                groups.setdefault((*path[:2], figure), []).append((values, key))

    collect(board)
    return list(groups.values())


def deal(places, order):
    """The lists at these places, put back in another order."""
    taken = [values[key] for values, key in places]
    for (values, key), k in zip(places, order, strict=True):
        values[key] = taken[k]


def wrap_everything(wrap):
    """What lessons call, bound to what each perturbation makes of it."""
    import sklearn.metrics  # first: the package takes its functions from there
    from sklearn import covariance, decomposition, ensemble, linear_model, neighbors, svm

    rankings = "roc_auc_score", "average_precision_score", "roc_curve", "precision_recall_curve"
    wrap("labels", first_shuffled, sklearn.metrics, *rankings)
    wrap("random", second_shuffled, sklearn.metrics, *rankings)
    wrap("uneven", second_uneven, sklearn.metrics, *rankings)
    for kind in (svm.OneClassSVM, ensemble.IsolationForest, neighbors.LocalOutlierFactor, linear_model.SGDOneClassSVM):
        wrap("random", noise, kind, "score_samples", "decision_function", "predict")
    wrap("random", noise, decomposition.PCA, "score_samples", "inverse_transform")
    wrap("random", noise, covariance.EmpiricalCovariance, "mahalanobis")
    wrap("random", noise, neighbors.NearestNeighbors, "kneighbors")
    wrap("random", noise, linear_model.LinearRegression, "predict")
    for kind in (ensemble.RandomForestClassifier, linear_model.LogisticRegression):
        wrap("random", noise, kind, "predict_proba")

    import keras

    from aelearn import data, evaluation, events, models, scoring, thresholds, windows
    from aelearn.detectors import CalibratedDetector, SequenceDetector

    wrap("untrained", nothing, keras.optimizers.Optimizer, "apply")
    scores = "feature_errors", "reconstruction_error", "normalised_error", "cosine_distance"
    wrap("random", noise, scoring, *scores)
    wrap("random", noise, CalibratedDetector, "anomaly_score", "_judged")
    wrap("random", noise, SequenceDetector, "_judged")
    for kind in vars(models).values():
        if isinstance(kind, type):
            asked = {"reconstruct", "forecast", "kl", "elbo", "importance_weighted_bound", "generate"} & vars(
                kind
            ).keys()
            wrap("random", noise, kind, *asked)
    wrap("random", noise, models, "residual_score")
    for module, names in (
        (evaluation, ["evaluate"]),
        (events, ["evaluate_events", "best_f1", "point_adjusted", "vus_pr"]),
    ):
        wrap("labels", first_shuffled, module, *names)
        wrap("random", second_shuffled, module, *names)
        wrap("uneven", second_uneven, module, *names)
    wrap("labels", labels_elsewhere, data, "load")
    wrap("numbers", numbers_shuffled, data, "load")
    wrap("parts", trained_on_test, data, "split")
    wrap("parts", last_part_first, windows, "split_by_time")
    rules = "mean_plus_k_sd", "mad", "quantile", "peaks_over_threshold", "conformal", "p_values"
    wrap("threshold", lower_half, thresholds, *rules)
    wrap("boards", exchanged, data, "results")
    wrap("ordered", in_order, data, "results")


def code_cells(source):
    """(number, code) of each code cell of a py:percent file, counted from 1 as a notebook does.

    Lines above a cell are left empty, so that its line numbers are the file's.
    """
    lines = Path(source).read_text(encoding="utf8").splitlines()
    starts = [k for k, line in enumerate(lines) if line.startswith("# %%")]
    code = [
        "\n" * start + "\n" + "\n".join(lines[start + 1 : end])
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
        if "[markdown]" not in lines[start]
    ]
    return enumerate(code, 1)


def run(source, perturbation):
    """What became of each claim: {"claims": [line, nth at this line, cell, sentence, verdict], "touched", "errors"}."""
    import matplotlib.pyplot as plt

    import aelearn.course
    from aelearn import plots

    wrapped = Wrapped(perturbation)
    wrap_everything(wrapped.wrap)
    claims, errors, seen, claim_as_it_is = [], [], Counter(), aelearn.course.claim

    def record(sentence, holds):
        line = sys._getframe(1).f_lineno
        seen[line] += 1
        try:
            claim_as_it_is(sentence, holds)
            verdict = "holds"
        except AssertionError:
            verdict = "fails"
        except ValueError:
            verdict = "error"
        claims.append([line, seen[line], cell, sentence, verdict])

    aelearn.course.claim = record
    plots.show = lambda figure, description: plt.close(figure)  # nobody looks
    lesson = types.ModuleType("__main__")
    sys.modules["__main__"] = lesson  # what the lesson defines is found there, as in a notebook
    for cell, code in code_cells(source):
        try:
            exec(compile(code, str(source), "exec"), vars(lesson))
        except Exception as problem:
            errors.append([cell, f"{type(problem).__name__}: {problem}"])
    return {"claims": claims, "touched": sorted(wrapped.touched), "errors": errors}


if __name__ == "__main__":
    import aelearn  # noqa: F401  first: it keeps TensorFlow quiet

    source, perturbation, path = sys.argv[1:]
    os.environ["AELEARN_STRICT"] = "0"
    warnings.simplefilter("ignore")
    found = run(Path(source).resolve(), perturbation)
    Path(path).write_text(json.dumps(found), encoding="utf8")
