"""Autoencoders for many features, One-Class SVMs for few? One task at picture sizes from 4 to 784 pixels, and four tables.

All methods are trained on the same rows, the training part of `data.split`, scaled as `CalibratedDetector` scales,
five seeds each (of split and of network). The OC-SVM runs at several gammas, autoencoder and PCA at several code
sizes: lesson 09 compares what a rule without labels takes with the best of each, which needs the labels of the test.
Beside the AUC of each seed stand 100 means as other samples and seeds would have given them (`resampled_auc`).
The seconds of one fit against rows follow: they depend on the machine, which is kept beside them.
"""

import functools
import time

import numpy as np
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import SGDOneClassSVM
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.svm import OneClassSVM

from aelearn import data, scoring, training
from aelearn.models import Autoencoder
from benchmarks.common import (
    BATCH,
    LEAST_EPOCHS,
    LEAST_STEPS,
    LESSON_RESULTS,
    epochs_for,
    fingerprint,
    keep,
    kept,
    run_jobs,
)
from benchmarks.rivals import NU, SIMPLE, pca, scaling_of
from benchmarks.statistics import resampled_auc

SEEDS = range(5)
SIDES = (2, 4, 7, 14, 28)
TABLES = ("vowel", "breast_cancer", "page_blocks", "telescope")
GROWTH_EPOCHS = 50
GAMMAS = (0.1, 0.3, 1, 3, 10, 30, 100, 300)  # times scikit-learn's default, "scale"
CODES = {  # features: sizes of the code; 64 is more than enough for the small ones (lesson 06)
    4: (1, 2, 3, 64),
    10: (1, 2, 3, 5, 8, 64),
    16: (2, 5, 8, 12, 64),
    30: (2, 4, 10, 16, 64),
    49: (4, 8, 16, 32),
    196: (4, 8, 16, 32),
    784: (4, 8, 16, 32),
}
ROWS = (500, 1000, 2000, 4000, 8000, 16000)


def smaller(pictures, side):
    """Pictures (n, 784) averaged down to (n, side * side)."""
    block = 28 // side
    return pictures.reshape(-1, side, block, side, block).mean(axis=(2, 4)).reshape(len(pictures), -1)


def usual_code(d):
    """The code size that AutoencoderDetector takes without being told."""
    return int(np.clip(d // 3, 1, 16))


def neighbour_gamma(x_train):
    """A gamma without labels: one over the mean squared distance to the nearest other row."""
    distance = NearestNeighbors(n_neighbors=1).fit(x_train).kneighbors()[0]
    return 1 / np.square(distance).mean()


def svm_score(x_train, x, gamma):
    return -OneClassSVM(gamma=gamma, nu=NU).fit(x_train).score_samples(x)


def one_task(dataset, side=None):
    """auc: {method: {setting: AUC for each seed}}, and auc_resampled: the same with 100 means; side: of smaller pictures."""
    d = dataset.x.shape[1] if side is None else side * side
    models = {code: Autoencoder(d, latent_dim=code) for code in CODES[d]}
    judged = {}
    for seed in SEEDS:
        parts = data.split(dataset, seed=seed)
        raw_train, raw_test = (
            x.astype(float) if side is None else smaller(x, side) for x in (parts.x_train, parts.x_test)
        )
        scaled = scaling_of(raw_train)
        x_train, x = scaled(raw_train), scaled(raw_test)
        scale = 1 / (d * x_train.var())

        def note(method, setting, scores, parts=parts):
            found = judged.setdefault(method, {}).setdefault(str(setting), [])
            found.append((parts.rows_test, parts.y_test, scores))

        for method in ("Mahalanobis", "nearest neighbour", "5 neighbours", "LOF", "Isolation Forest"):
            note(method, "default", SIMPLE[method](x_train, seed)(x))
        for factor in GAMMAS:
            note("OC-SVM", factor, svm_score(x_train, x, factor * scale))
        note("OC-SVM, neighbour gamma", "default", svm_score(x_train, x, neighbour_gamma(x_train)))
        for code, model in models.items():
            if code < d:
                note("PCA", code, pca(x_train, seed, code)(x))
            model.reset_weights(seed)
            x32, epochs = x_train.astype(np.float32), epochs_for(len(x_train))
            training.train(model, x32, epochs=epochs, batch_size=BATCH, seed=seed, show_progress=False)
            note("autoencoder", code, scoring.reconstruction_error(model, x.astype(np.float32)))
    units = np.arange(len(dataset.x)) if dataset.groups is None else dataset.groups

    def of_all(figure):
        return {method: {setting: figure(found) for setting, found in row.items()} for method, row in judged.items()}

    return {
        "features": d,
        "usual_code": usual_code(d),
        "auc": of_all(lambda found: [round(float(roc_auc_score(y, scores)), 4) for _, y, scores in found]),
        "auc_resampled": of_all(lambda found: resampled_auc(found, units).round(4).tolist()),
    }


def seconds_of(action):
    started = time.perf_counter()
    action()
    return round(time.perf_counter() - started, 4)


def growth():
    """Seconds of one fit, and of scoring 1000 rows, against training rows: digits of 7 x 7 pixels, drawn again with noise."""
    dataset = data.load("mnist5k")
    small = smaller(dataset.x[dataset.y == 0], 7)
    small = scaling_of(small)(small)
    rng = np.random.default_rng(0)
    rows = small[rng.integers(len(small), size=max(ROWS))] + rng.normal(0, 0.05, (max(ROWS), 49))
    gamma = 10 / (49 * small.var())
    network, found = Autoencoder(49, latent_dim=16), {}
    for n in ROWS:
        x, x32 = rows[:n], rows[:n].astype(np.float32)
        exact = OneClassSVM(nu=NU, gamma=gamma)
        fast = make_pipeline(
            Nystroem(gamma=gamma, n_components=300, random_state=0), SGDOneClassSVM(nu=NU, random_state=0)
        )

        def train(epochs, x32=x32):
            network.reset_weights(0)
            training.train(network, x32, epochs=epochs, seed=0, show_progress=False)

        train(1)  # compiles for this number of rows
        fits = (lambda exact=exact, x=x: exact.fit(x), lambda fast=fast, x=x: fast.fit(x), lambda: train(GROWTH_EPOCHS))
        scorings = (
            lambda exact=exact: exact.score_samples(rows[:1000]),
            lambda fast=fast: fast.score_samples(rows[:1000]),
            lambda: scoring.reconstruction_error(network, rows[:1000].astype(np.float32)),
        )
        names = ("OC-SVM", "Nystroem and SGDOneClassSVM", "autoencoder")
        for method, fit, score in zip(names, fits, scorings, strict=True):
            entry = found.setdefault(method, {"fit": [], "score_1000_rows": []})
            entry["fit"].append(min(seconds_of(fit) for _ in range(1 if n > 8000 else 4)))
            entry["score_1000_rows"].append(min(seconds_of(score) for _ in range(10)))
        found["OC-SVM"].setdefault("support_vectors", []).append(len(exact.support_))
    return {"rows": list(ROWS), "distinct_rows": len(small), "features": 49, "epochs": GROWTH_EPOCHS, "seconds": found}


def jobs():
    digits = data.load("mnist5k")
    found = {f"{side} x {side} pixels": functools.partial(one_task, digits, side) for side in SIDES}
    return found | {name: functools.partial(one_task, data.load(name)) for name in TABLES} | {"growth": growth}


def measure():
    made_from = fingerprint()
    done = run_jobs("picture_sizes", jobs(), made_from, LESSON_RESULTS)
    result = {
        "made_from": made_from,
        "seeds": list(SEEDS),
        "gammas": list(GAMMAS),
        "nu": NU,
        "budget": {"least_epochs": LEAST_EPOCHS, "least_steps": LEAST_STEPS, "batch": BATCH},
        "pictures": {str(side): done[f"{side} x {side} pixels"] for side in SIDES},
        "tables": {name: done[name] for name in TABLES},
        "growth": done["growth"],
    }
    keep("picture_sizes", result, LESSON_RESULTS)


def best(entry):
    """(setting, AUC of each seed) with the largest mean AUC."""
    setting = max(entry, key=lambda setting: np.mean(entry[setting]))
    return setting, entry[setting]


def print_table(result):
    print(f"ROC AUC, mean over {len(result['seeds'])} seeds; in brackets the setting that is best on the test labels")
    tasks = {f"{side} x {side} pixels": task for side, task in result["pictures"].items()} | result["tables"]
    for name, task in tasks.items():
        print(f"\n{name}")
        rules = {"OC-SVM": "1", "PCA": str(task["usual_code"]), "autoencoder": str(task["usual_code"])}
        for method, entry in task["auc"].items():
            setting, values = best(entry)
            rule = np.mean(entry[rules.get(method, "default")])
            upper = f"   at best {np.mean(values):.3f} ({setting})" if method in rules else ""
            print(f"  {method:25}{rule:.3f}{upper}")
    print("\nseconds of one fit")
    print(f"{'rows':30}" + "".join(f"{n:>9}" for n in result["growth"]["rows"]))
    for method, entry in result["growth"]["seconds"].items():
        print(f"{method:30}" + "".join(f"{value:9.3f}" for value in entry["fit"]))


def main(*, remake):
    if remake or kept("picture_sizes", LESSON_RESULTS) is None:
        measure()
    print_table(kept("picture_sizes", LESSON_RESULTS))
