"""Autoencoders for many features, One-Class SVMs for few? One task at picture sizes from 4 to 784 pixels, and three tables.

All methods are trained on the same rows, the training part of `data.split`, scaled as `CalibratedDetector` scales,
five seeds each (of split and of network). The OC-SVM runs at several gammas, autoencoder and PCA at several code
sizes: lesson 09 compares what a rule without labels takes with the best of each, which needs the labels of the test.
The seconds of one fit against rows follow: they depend on the machine, which is kept beside them.
"""

import math
import time

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import SGDOneClassSVM
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.svm import OneClassSVM

from aelearn import data, scoring, training
from aelearn.detectors import CalibratedDetector
from aelearn.models import Autoencoder
from benchmarks.common import LESSON_RESULTS, keep, kept

SEEDS = range(5)
SIDES = (2, 4, 7, 14, 28)
TABLES = ("vowel", "breast_cancer", "page_blocks")
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
LEAST_EPOCHS, LEAST_STEPS = 50, 2000  # small tables take more epochs, so that no network stays untrained
BATCH = 64
ROWS = (500, 1000, 2000, 4000, 8000, 16000)


def smaller(pictures, side):
    """Pictures (n, 784) averaged down to (n, side * side)."""
    block = 28 // side
    return pictures.reshape(-1, side, block, side, block).mean(axis=(2, 4)).reshape(len(pictures), -1)


def scaled(x_train, *others):
    scaler = CalibratedDetector()
    scaler._fit_scale(x_train)
    return [scaler._scaled(x) for x in (x_train, *others)]


def usual_code(d):
    """The code size that AutoencoderDetector takes without being told."""
    return int(np.clip(d // 3, 1, 16))


def epochs_for(n_rows):
    return max(LEAST_EPOCHS, math.ceil(LEAST_STEPS / math.ceil(n_rows / BATCH)))


def neighbour_gamma(x_train):
    """A gamma without labels: one over the mean squared distance to the nearest other row."""
    distance = NearestNeighbors(n_neighbors=1).fit(x_train).kneighbors()[0]
    return 1 / np.square(distance).mean()


def svm_score(x_train, x, gamma):
    return -OneClassSVM(gamma=gamma).fit(x_train).score_samples(x)


def simple_scores(x_train, x, seed):
    neighbours = NearestNeighbors(n_neighbors=5).fit(x_train).kneighbors(x)[0]
    return {
        "Mahalanobis": LedoitWolf().fit(x_train).mahalanobis(x),
        "nearest neighbour": neighbours[:, 0],
        "5 neighbours": neighbours.mean(axis=1),
        "LOF": -LocalOutlierFactor(novelty=True).fit(x_train).score_samples(x),
        "Isolation Forest": -IsolationForest(random_state=seed).fit(x_train).score_samples(x),
    }


def pca_error(x_train, x, n_components):
    pca = PCA(n_components, svd_solver="full").fit(x_train)
    return np.square(x - pca.inverse_transform(pca.transform(x))).mean(axis=1)


def one_task(parts_of, d):
    """{method: {setting: AUC for each seed}}; parts_of(seed) gives x_train, x_test, y_test."""
    models = {code: Autoencoder(d, latent_dim=code) for code in CODES[d]}
    table = {}
    for seed in SEEDS:
        raw_train, raw_test, y = parts_of(seed)
        x_train, x = scaled(raw_train, raw_test)
        scale = 1 / (d * x_train.var())

        def note(method, setting, scores, y=y):
            auc = round(float(roc_auc_score(y, scores)), 4)
            table.setdefault(method, {}).setdefault(str(setting), []).append(auc)

        for method, scores in simple_scores(x_train, x, seed).items():
            note(method, "default", scores)
        for factor in GAMMAS:
            note("OC-SVM", factor, svm_score(x_train, x, factor * scale))
        note("OC-SVM, neighbour gamma", "default", svm_score(x_train, x, neighbour_gamma(x_train)))
        for code, model in models.items():
            if code < d:
                note("PCA", code, pca_error(x_train, x, code))
            model.reset_weights(seed)
            x32, epochs = x_train.astype(np.float32), epochs_for(len(x_train))
            training.train(model, x32, epochs=epochs, batch_size=BATCH, seed=seed, show_progress=False)
            note("autoencoder", code, scoring.reconstruction_error(model, x.astype(np.float32)))
    return {"features": d, "usual_code": usual_code(d), "auc": table}


def pictures_of(dataset, side):
    def parts_of(seed):
        parts = data.split(dataset, seed=seed)
        return smaller(parts.x_train, side), smaller(parts.x_test, side), parts.y_test

    return parts_of


def table_of(dataset):
    def parts_of(seed):
        parts = data.split(dataset, seed=seed)
        return parts.x_train.astype(float), parts.x_test.astype(float), parts.y_test

    return parts_of


def seconds_of(action):
    started = time.perf_counter()
    action()
    return round(time.perf_counter() - started, 4)


def growth():
    """Seconds of one fit, and of scoring 1000 rows, against training rows: digits of 7 x 7 pixels, drawn again with noise."""
    dataset = data.load("mnist5k")
    small = scaled(smaller(dataset.x[dataset.y == 0], 7))[0]
    rng = np.random.default_rng(0)
    rows = small[rng.integers(len(small), size=max(ROWS))] + rng.normal(0, 0.05, (max(ROWS), 49))
    gamma = 10 / (49 * small.var())
    network, found = Autoencoder(49, latent_dim=16), {}
    for n in ROWS:
        x, x32 = rows[:n], rows[:n].astype(np.float32)
        exact = OneClassSVM(nu=0.1, gamma=gamma)
        fast = make_pipeline(
            Nystroem(gamma=gamma, n_components=300, random_state=0), SGDOneClassSVM(nu=0.1, random_state=0)
        )

        def train(epochs, x32=x32):
            network.reset_weights(0)
            training.train(network, x32, epochs=epochs, seed=0, show_progress=False)

        train(1)  # compiles for this number of rows
        fits = (lambda exact=exact, x=x: exact.fit(x), lambda fast=fast, x=x: fast.fit(x), lambda: train(LEAST_EPOCHS))
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
    return {"rows": list(ROWS), "features": 49, "epochs": LEAST_EPOCHS, "seconds": found}


def measure():
    started, pictures, tables = time.perf_counter(), {}, {}
    digits = data.load("mnist5k")
    for side in SIDES:
        pictures[str(side)] = one_task(pictures_of(digits, side), side * side)
        print(f"{side} x {side} pixels: done after {time.perf_counter() - started:.0f} s", flush=True)
    for name in TABLES:
        dataset = data.load(name)
        tables[name] = one_task(table_of(dataset), dataset.x.shape[1])
        print(f"{name}: done after {time.perf_counter() - started:.0f} s", flush=True)
    result = {"seeds": list(SEEDS), "gammas": list(GAMMAS), "pictures": pictures, "tables": tables}
    keep("picture_sizes", {**result, "growth": growth()}, LESSON_RESULTS)


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
