"""Every detector of the course on every labelled data set of the course: same splits, five seeds, one budget.

Every network is trained for 100 epochs, or for as many as make 2000 steps (`common.epochs_for`); what else it has are the
package's defaults, and the simple methods have scikit-learn's. A job is one method on one data set with all seeds.
`SOURCES` says which data sets the package's defaults were chosen on: all but telescope and the series.
ecg_208 has no labels and is left out.
"""

import functools

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from aelearn import data, thresholds
from aelearn.detectors import KINDS, SCORES, AutoencoderDetector, GANDetector, network
from aelearn.detectors.autoencoder import build
from benchmarks import common, series
from benchmarks.rivals import SIMPLE, K, scaling_of
from benchmarks.statistics import resampled_auc

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
    "telescope": ("telescope", None),
}
SOURCES = {task: name for task, (name, _) in TABLES.items()}
CHOSEN_ON = ("mnist5k", "page_blocks", "vowel", "breast_cancer")  # by their test labels, when defaults were set


# -- the methods: from the parts of a split to {method: function from rows to scores} --------------------


def simple(name, parts, seed):
    scaled = scaling_of(parts.x_train)
    score = SIMPLE[name](scaled(parts.x_train), seed)
    return {name: lambda x: score(scaled(x))}


def autoencoder(kind, parts, seed):
    """One training, judged by each score."""
    epochs = common.epochs_for(len(parts.x_train))
    detector = AutoencoderDetector(kind=kind, n_neighbors=K, epochs=epochs, random_state=seed)
    detector.fit(parts.x_train, X_calibration=parts.x_calibration)

    def scored(scored_by, x):
        detector.scored_by = scored_by
        return detector.anomaly_score(x)

    found = {f"{kind} autoencoder, {name}": functools.partial(scored, name) for name in SCORES}
    return found | (bounds(detector) if kind == "variational" else {})


def bounds(detector):
    """The variational model that was trained, judged by minus its ELBO and by its Kullback-Leibler divergence."""
    d, hidden = detector.n_features_in_, tuple(detector.hidden)
    model = build("variational", d, detector._code_size(d), hidden)
    model.set_weights(detector._weights)
    return {
        "variational autoencoder, ELBO": lambda x: -model.elbo(detector._scaled(x)).astype(float),
        "variational autoencoder, KL": lambda x: model.kl(detector._scaled(x)).sum(axis=1).astype(float),
    }


def gan(parts, seed):
    detector = GANDetector(epochs=common.epochs_for(len(parts.x_train)), random_state=seed)
    return {"GAN": detector.fit(parts.x_train, X_calibration=parts.x_calibration).anomaly_score}


METHODS = {
    **{name: functools.partial(simple, name) for name in SIMPLE},
    **{f"{kind} autoencoder": functools.partial(autoencoder, kind) for kind in KINDS},
    "GAN": gan,
}


# -- one job -------------------------------------------------------------------------------------------


def figures(y, scores, limit):
    alarms = scores > limit
    return {
        "auc": round(float(roc_auc_score(y, scores)), 4),
        "average_precision": round(float(average_precision_score(y, scores)), 4),
        "false_alarm_rate": round(float(alarms[y == 0].mean()), 4),
        "recall": round(float(alarms[y == 1].mean()), 4),
    }


def first_fit(fit):
    """Seconds of a fit in a fresh process, so to speak: nothing is compiled yet."""
    network._made.cache_clear()
    return round(common.timed(fit)[1], 3)


def note(entry, found):
    for figure, value in found.items():
        entry.setdefault(figure, []).append(value)


def on_table(method, task):
    """{method: figures, a number for each seed; first_fit_seconds, one number; auc_resampled, (100,)}."""
    name, normal = TABLES[task]
    dataset, found, judged = data.load(name, normal=normal), {}, {}
    units = np.arange(len(dataset.x)) if dataset.groups is None else dataset.groups
    splits = [data.split(dataset, seed=seed) for seed in SEEDS]
    first, compiled = first_fit(lambda: METHODS[method](splits[0], 0)), {len(splits[0].x_train)}
    for seed, parts in enumerate(splits):
        if (
            len(parts.x_train) not in compiled
        ):  # groups are not all of one size, and each number of rows is compiled for
            METHODS[method](parts, seed)
            compiled.add(len(parts.x_train))
        scored, fit_seconds = common.timed(functools.partial(METHODS[method], parts, seed))
        for variant, score in scored.items():
            scores, score_seconds = common.timed(functools.partial(score, parts.x_test))
            limit = thresholds.conformal(score(parts.x_calibration), ALPHA)
            seconds = {"fit_seconds": round(fit_seconds, 3), "score_seconds": round(score_seconds, 4)}
            note(found.setdefault(variant, {}), figures(parts.y_test, scores, limit) | seconds)
            judged.setdefault(variant, []).append((parts.rows_test, parts.y_test, scores))
    for variant, entry in found.items():
        entry["first_fit_seconds"] = [first]
        entry["auc_resampled"] = resampled_auc(judged[variant], units).round(4).tolist()
    return found


def on_series(method, task):
    found, first = {}, None
    for seed in SEEDS:
        train, test, y, length = series.SETS[task](seed)
        fit = functools.partial(series.METHODS[method], train, length, seed)
        first = first_fit(fit) if first is None else first
        scored, fit_seconds = common.timed(fit)
        for variant, score in scored.items():
            (scores, limit), score_seconds = common.timed(functools.partial(score, test, ALPHA))
            seconds = {"fit_seconds": round(fit_seconds, 3), "score_seconds": round(score_seconds, 4)}
            judged = figures(y, scores, limit) | series.figures(y, scores, limit, length) | seconds
            note(found.setdefault(variant, {}), judged)
    for entry in found.values():
        entry["first_fit_seconds"] = [first]
    return found


def jobs():
    """{key: function that gives {method: figures}}"""
    found = {f"{task} | {method}": functools.partial(on_table, method, task) for task in TABLES for method in METHODS}
    return found | {
        f"{task} | {method}": functools.partial(on_series, method, task)
        for task in series.SETS
        for method in series.METHODS
    }


def measure():
    made_from = common.fingerprint()
    done = common.run_jobs("scoreboard", jobs(), made_from, common.LESSON_RESULTS)
    table = {}
    for key, found in done.items():
        table.setdefault(key.split(" | ")[0], {}).update(found)
    result = {
        "made_from": made_from,
        "seeds": list(SEEDS),
        "alpha": ALPHA,
        "budget": {"least_epochs": common.LEAST_EPOCHS, "least_steps": common.LEAST_STEPS, "batch": common.BATCH},
        "sources": SOURCES,
        "chosen_on": list(CHOSEN_ON),
        "series": list(series.SETS),
        "table": table,
    }
    common.keep("scoreboard", result, common.LESSON_RESULTS)


def print_table(result):
    for task, row in result["table"].items():
        print(f"\n{task:46}{'AUC':>14}{'AP':>8}{'alarms':>8}{'recall':>8}{'fit s':>8}{'first':>8}")
        for method, found in sorted(row.items(), key=lambda item: -np.mean(item[1]["auc"])):
            mean = {figure: np.mean(values) for figure, values in found.items() if figure != "delay"}
            print(
                f"{method:46}{mean['auc']:8.3f} ±{np.std(found['auc']):.3f}{mean['average_precision']:8.3f}"
                f"{mean['false_alarm_rate']:8.3f}{mean['recall']:8.3f}{np.median(found['fit_seconds']):8.2f}"
                f"{found['first_fit_seconds'][0]:8.2f}"
            )


def main(*, remake):
    if remake or common.kept("scoreboard", common.LESSON_RESULTS) is None:
        measure()
    print_table(common.kept("scoreboard", common.LESSON_RESULTS))
