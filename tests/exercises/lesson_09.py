import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from aelearn.detectors import CalibratedDetector
from exercises import Exercise


def blank(*arguments):
    return ...


def squared(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(axis=2)


def likeness(a, b, gamma):
    return np.exp(-gamma * squared(a, b))


def least(x):
    distances = squared(x, x)
    np.fill_diagonal(distances, np.inf)
    return distances.min(axis=1)


def detector(score, scaled=True, components=0.9):
    """A class whose _anomaly_score is score(pca, z)."""

    class Made(CalibratedDetector):
        def _learn(self, X, rng):
            self._pca = PCA(components).fit(self._scaled(X) if scaled else X)

        def _anomaly_score(self, X):
            return score(self._pca, self._scaled(X) if scaled else X)

    return Made


def residual(pca, z):
    return z - pca.inverse_transform(pca.transform(z))


def error(pca, z):
    return np.mean(residual(pca, z) ** 2, axis=1)


class Blank(CalibratedDetector):
    def _learn(self, X, rng):
        return ...

    def _anomaly_score(self, X):
        return ...


EXERCISES = [
    Exercise(
        "09.1",
        right=likeness,
        blank=blank,
        wrong=[
            (lambda a, b, gamma: np.exp(-gamma * np.sqrt(squared(a, b))), "takes the squared distance"),
            (lambda a, b, gamma: squared(a, b), "That is the squared distance"),
            (lambda a, b, gamma: np.exp(gamma * squared(a, b)), "The minus is missing"),
            (lambda a, b, gamma: np.exp(-squared(a, b)), "gamma has no effect"),
            (lambda a, b, gamma: np.exp(-squared(a, b) / gamma), "You divided by gamma"),
            (lambda a, b, gamma: np.exp(-gamma * squared(a, b) / a.shape[1]), "mean over the features"),
            (lambda a, b, gamma: np.exp(-squared(a, b) / (2 * gamma**2)), "is a width"),
            (lambda a, b, gamma: likeness(b, a, gamma), "Exchange them"),
            (lambda a, b, gamma: np.exp(-gamma * (a[:, None] - b[None]) ** 2), "one value for each feature"),
            (lambda a, b, gamma: np.ones((len(a), len(b))), "for every input that was tried"),
            (lambda a, b, gamma: np.exp(-gamma * ((a - b) ** 2).sum(axis=1)), "a - b takes the first row"),
        ],
    ),
    Exercise(
        "09.2",
        right=detector(error),
        blank=Blank,
        wrong=[
            (detector(lambda pca, z: -error(pca, z)), "direction is turned"),
            (detector(error, scaled=False), "You did not scale"),
            (detector(lambda pca, z: residual(pca, z) ** 2), "one error for each feature; take the mean"),
            (detector(lambda pca, z: np.mean(residual(pca, z) ** 2, axis=0)), "gives one for each row"),
            (detector(lambda pca, z: np.sum(pca.transform(z) ** 2, axis=1)), "the size of the code"),
            (detector(lambda pca, z: error(PCA(0.9).fit(z), z)), "rows to be scored"),
            (detector(lambda pca, z: np.sum(z**2, axis=1)), "distance to the mean"),
            (detector(error, components=1), "with 1 components"),
            (detector(error, components=9), "with 9 components"),
            (detector(lambda pca, z: error(pca, z) > 0.5), "the threshold comes later"),
            (detector(lambda pca, z: self_less._pca), "kept in self"),  # noqa: F821
            (detector(lambda pca, z: np.zeros(len(z))), "Every row gets the same score"),
            (detector(error)(), "without calling it"),
            (lambda: 3.0, "A class is wanted"),
        ],
    ),
    Exercise(
        "09.3",
        right=lambda z, x, x_hat, s_z, s_r: np.concatenate([z / s_z, (x - x_hat) / s_r], axis=1),
        blank=blank,
        wrong=[
            (lambda z, x, x_hat, s_z, s_r: np.hstack([z, x - x_hat]), "spreads are missing"),
            (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_r, (x - x_hat) / s_z]), "spreads are exchanged"),
            (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, (x_hat - x) / s_r]), "the other way round"),
            (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, (x - x_hat) ** 2 / s_r]), "squared the residual"),
            (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, x / s_r]), "the row itself"),
            (lambda z, x, x_hat, s_z, s_r: np.hstack([(x - x_hat) / s_r, z / s_z]), "the code stands first"),
            (lambda z, x, x_hat, s_z, s_r: np.vstack([z / s_z, (x - x_hat) / s_r]), "one below the other"),
        ],
    ),
    Exercise(
        "09.4",
        right=lambda x: 1 / least(x).mean(),
        blank=blank,
        wrong=[
            (lambda x: 1 / squared(x, x).min(axis=1).mean(), "It is infinite"),
            (lambda x: least(x).mean(), "one over it."),
            (lambda x: 1 / np.sqrt(least(x)).mean(), "square them first"),
            (lambda x: 1 / np.sqrt(least(x)).mean() ** 2, "You squared the mean"),
            (lambda x: (1 / least(x)).mean(), "first the mean"),
            (lambda x: 1 / np.median(least(x)), "That is the median"),
            (lambda x: 1 / least(x).sum(), "That is the sum"),
            (lambda x: 1 / squared(x, x).sum() * len(x) * (len(x) - 1), "You took all pairs"),
            (lambda x: 1 / least(x), "one value for each row"),
            (lambda x: 1 / least(x).min(), "the closest pair of all"),
            (lambda x: 1 / (x.shape[1] * x.var()), "default gamma"),
            (
                lambda x: 1 / (NearestNeighbors(n_neighbors=2).fit(x).kneighbors(x)[0] ** 2).mean(),
                "itself is counted too",
            ),
            (
                lambda x: 1 / np.where(squared(x, x) == 0, np.inf, squared(x, x)).min(axis=1).mean(),
                "every distance of 0",
            ),
        ],
    ),
    Exercise(
        "09.5",
        right=lambda k_rows, k_marks: k_rows @ np.linalg.pinv(k_marks) @ k_rows.T,
        blank=blank,
        wrong=[
            (lambda k_rows, k_marks: k_rows @ k_rows.T, "middle factor is missing"),
            (lambda k_rows, k_marks: k_rows @ k_marks @ k_rows.T, "must be its inverse"),
            (lambda k_rows, k_marks: k_rows @ (1 / k_marks) @ k_rows.T, "one over each number"),
            (lambda k_rows, k_marks: k_rows @ np.linalg.pinv(k_marks), "the shape of the strip"),
            (lambda k_rows, k_marks: k_marks, "wanted"),
            (lambda k_rows, k_marks: k_rows @ np.linalg.pinv(k_marks) @ k_rows, "The last factor must be turned"),
            (lambda k_rows, k_marks: k_rows.T @ np.linalg.pinv(k_marks) @ k_rows, "The first factor is"),
            (lambda k_rows, k_marks: np.dot(k_rows, np.linalg.pinv(k_marks), k_rows.T), "chain three factors"),
            (lambda k_rows, k_marks: np.eye(len(k_rows)), "should matter"),
        ],
    ),
]
