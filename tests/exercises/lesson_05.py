import keras
import numpy as np
import tensorflow as tf
from scipy.stats import rankdata, spearmanr

from exercises import Exercise


def nothing(*_):
    return ...


def by_loop(rates, losses):
    best = None
    for rate, loss in zip(rates, losses, strict=True):
        if np.isfinite(loss) and (best is None or loss < best[1]):
            best = rate, loss
    return best and best[0]


def by_selection(rates, losses):
    fine = np.isfinite(losses)
    return rates[fine][losses[fine].argmin()] if fine.any() else None


def by_keras(self, x):
    return tf.reduce_mean(keras.losses.binary_crossentropy(x, self(x)))


def in_double_precision(self, x):
    back = np.clip(np.asarray(self(x), dtype=float), 1e-7, 1 - 1e-7)
    return float(-np.mean(x * np.log(back) + (1 - x) * np.log(1 - back)))


def in_single_precision(self, x):
    back = tf.clip_by_value(self(x), 1e-6, 1 - 1e-6)
    return tf.reduce_mean(-x * tf.math.log(back) - (1 - x) * tf.math.log(1 - back))


def of_plain_numbers(self, x):
    back = tf.clip_by_value(self.reconstruct(x), 1e-6, 1 - 1e-6)
    return -tf.reduce_mean(x * tf.math.log(back) + (1 - x) * tf.math.log(1 - back))


def x_clipped(self, x):
    x = tf.clip_by_value(x, 1e-6, 1 - 1e-6)
    return -tf.reduce_mean(x * tf.math.log(self(x)) + (1 - x) * tf.math.log(1 - self(x)))


def unclipped(self, x):
    return -tf.reduce_mean(x * tf.math.log(self(x)) + (1 - x) * tf.math.log(1 - self(x)))


def each(self, x):
    back = tf.clip_by_value(self(x), 1e-6, 1 - 1e-6)
    return -(x * tf.math.log(back) + (1 - x) * tf.math.log(1 - back))


def one_by_one(rows):
    fakes = []
    for i, row in enumerate(rows):
        fakes.append(np.append(row[:392], rows[(i + 1) % len(rows)][392:]))
    return fakes


def by_pictures(rows):
    pictures = rows.reshape(-1, 28, 28).copy()
    pictures[:, 14:] = np.roll(rows.reshape(-1, 28, 28), -1, axis=0)[:, 14:]
    return pictures.reshape(-1, 784)


def in_place(rows):
    rows[:, 392:] = np.roll(rows, -1, axis=0)[:, 392:]
    return rows


def one_error(means, deviations, n_seeds, root=np.sqrt):
    best = int(np.argmax(means))
    limit = means[best] - deviations[best] / root(n_seeds)
    return int(np.flatnonzero(means >= limit)[0])


def first_of_all(means, deviations, n_seeds):
    best = means.argmax()
    for i, mean in enumerate(means):
        if mean >= means[best] - deviations[best] / n_seeds**0.5:
            return i


def differences(a, b):
    return np.argsort(np.argsort(a)) - np.argsort(np.argsort(b))


EXERCISES = [
    Exercise(
        "05.1",
        right=by_loop,
        also=[by_selection],
        blank=nothing,
        wrong=[
            (lambda rates, losses: rates[np.argmin(losses)], "takes a NaN for the smallest"),
            (lambda rates, losses: rates[np.nanargmin(losses)], "leaves out NaN only"),
            (lambda rates, losses: by_loop(rates, losses) or rates[0], "return None then"),
            (lambda rates, losses: losses[np.isfinite(losses)].min() if np.isfinite(losses).any() else None, "the lowest loss itself"),
            (lambda rates, losses: rates[losses[np.isfinite(losses)].argmin()] if np.isfinite(losses).any() else None, "drop the same ones"),
            (lambda rates, losses: rates[np.isfinite(losses)].min() if np.isfinite(losses).any() else None, "the smallest rate"),
            (lambda rates, losses: rates[np.nan_to_num(losses).argmin()] if np.isfinite(losses).any() else None, "too good and wins"),
        ],
    ),
    Exercise(
        "05.2",
        right=in_single_precision,
        also=[by_keras],
        blank=nothing,
        wrong=[
            (unclipped, "0 times ln 0"),
            (in_double_precision, "training would stop"),
            (of_plain_numbers, "take TensorFlow's functions"),
            (x_clipped, "You clipped x"),
            (each, "each pixel of each picture"),
            (lambda self, x: tf.reduce_mean(each(self, x), axis=1), "each picture of the batch"),
            (lambda self, x: tf.reduce_sum(each(self, x)), "sum over all pixels"),
            (lambda self, x: tf.reduce_mean(tf.square(x - self(x))), "squared error"),
            (lambda self, x: -tf.reduce_mean(x * tf.math.log(tf.clip_by_value(self(x), 1e-6, 1 - 1e-6))), "second half of the formula is missing"),
        ],
    ),
    Exercise(
        "05.3",
        right=one_by_one,
        also=[by_pictures],
        blank=nothing,
        wrong=[
            (in_place, "work on a copy"),
            (lambda rows: np.hstack([rows[:, :392], np.roll(rows, 1, axis=0)[:, 392:]]), "picture before"),
            (lambda rows: np.hstack([rows[:-1, :392], rows[1:, 392:]]), "last picture is missing"),
            (lambda rows: np.hstack([np.roll(rows, -1, axis=0)[:, :392], rows[:, 392:]]), "the other way round"),
            (lambda rows: np.hstack([rows[:, :392], np.roll(rows, -1)[:, 392:]]), "moved the pixels"),
            (lambda rows: np.hstack([rows[:, :14], np.roll(rows, -1, axis=0)[:, 14:]]), "you took 14 numbers"),
            (lambda rows: np.hstack([rows[:, :364], np.roll(rows, -1, axis=0)[:, 364:]]), "ends elsewhere"),
        ],
    ),
    Exercise(
        "05.4",
        right=one_error,
        also=[first_of_all],
        blank=nothing,
        wrong=[
            (lambda m, d, n: int(np.argmax(m)), "That is the best mean"),
            (lambda m, d, n: one_error(m, d, n, root=lambda k: k), "has its root"),
            (lambda m, d, n: one_error(m, d, n - 1), "n_seeds - 1"),
            (lambda m, d, n: one_error(m, np.full(len(m), d.min()), n), "smallest deviation of all"),
            (lambda m, d, n: one_error(m, np.full(len(m), d.max()), n), "largest deviation of all"),
            (lambda m, d, n: one_error(m, d, 1), "whole standard deviation"),
            (lambda m, d, n: m[one_error(m, d, n)], "mean of the right setting"),
            (lambda m, d, n: one_error(-m, d, n), "the lowest mean for the best"),
            (lambda m, d, n: int(np.argmax(m > m.max() - d[m.argmax()] / np.sqrt(n))), "so >="),
            (lambda m, d, n: int(np.flatnonzero(m > m.max() - d[m.argmax()] / np.sqrt(n))[0]), "A setting exactly one"),
        ],
    ),
    Exercise(
        "05.5",
        right=lambda a, b: spearmanr(a, b)[0],
        also=[lambda a, b: np.corrcoef(rankdata(a), rankdata(b))[0, 1]],
        blank=nothing,
        wrong=[
            (lambda a, b: np.corrcoef(a, b)[0, 1], "correlation of the values"),
            (lambda a, b: 1 - 6 * np.sum((np.argsort(a) - np.argsort(b)) ** 2) / (len(a) ** 3 - len(a)), "apply it twice"),
            (lambda a, b: 1 - spearmanr(a, b)[0], "1 - in front"),
            (lambda a, b: 1 - np.sum(differences(a, b) ** 2) / (len(a) ** 3 - len(a)), "factor 6 is missing"),
            (lambda a, b: 1 - 6 * np.sum(differences(a, b) ** 2) / len(a) ** 3, "left out the - 1"),
            (lambda a, b: 1 - 6 * np.sum(np.abs(differences(a, b))) / (len(a) ** 3 - len(a)), "absolute values"),
            (lambda a, b: 1 - 6 * np.sum(differences(a, b) ** 2) / 210, "made for six items"),
            (lambda a, b: 1 - 6 * np.sum(differences(a, b)) / (len(a) ** 3 - len(a)), "square each of them"),
        ],
    ),
]  # fmt: skip
