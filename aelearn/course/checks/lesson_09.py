"""Checks of lesson 09, One-Class SVM and simple baselines."""

import numpy as np
from scipy.stats import rankdata

from aelearn.course.answers import NotYet, is_blank
from aelearn.course.judging import function_exercise


def _squared(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(axis=2)


@function_exercise(
    "09.1",
    examples=[
        ([[0.0, 1.0, 0.5], [2.0, -1.0, 0.0], [0.5, 0.5, -0.5]], [[1.0, 1.0, 0.0], [0.25, -0.25, 0.5]], 0.75),
        ([[1.0, 1.0]], [[0.25, -0.25], [1.0, 1.0], [3.0, 0.0]], 0.25),  # an equal pair
        ([[1.0], [2.0]], [[4.0]], 0.125),
    ],
    random=lambda rng: (*(rng.normal(size=(rng.integers(1, 6), d)) for d in [rng.integers(1, 5)] * 2), rng.uniform(0.1, 1.5)),
    slips=[
        (lambda a, b, gamma: np.exp(-gamma * _squared(b, a)), "That has shape (m, n): rows belong to a, columns to b. Exchange them."),
        ([lambda a, b, gamma: np.exp(-gamma * ((a - b) ** 2).sum(axis=1)), lambda a, b, gamma: np.exp(-gamma * np.sum((a - b) ** 2)), lambda a, b, gamma: np.exp(-gamma * (a - b) ** 2)],
         "a - b takes the first row from the first, the second from the second; each row of a must meet each row of b: a[:, None] - b[None]."),
        (lambda a, b, gamma: np.exp(-gamma * (a[:, None] - b[None]) ** 2), "That is one value for each feature; sum the squared differences over the features first."),
        (lambda a, b, gamma: np.exp(-gamma * (a[:, None] - b[None]) ** 2).sum(axis=2), "You took the likeness of each feature and summed; first the sum over the features, then the exponential."),
        (lambda a, b, gamma: np.exp(-gamma * np.sqrt(_squared(a, b))), "You used the distance; the kernel takes the squared distance."),
        (lambda a, b, gamma: np.exp(-gamma * np.abs(a[:, None] - b[None]).sum(axis=2)), "You summed absolute differences; square them."),
        (lambda a, b, gamma: np.exp(-gamma * (a[:, None] - b[None]).sum(axis=2) ** 2), "You squared the sum of the differences; square each, then sum."),
        (lambda a, b, gamma: _squared(a, b), "That is the squared distance; likeness is np.exp(-gamma * squared distance)."),
        (lambda a, b, gamma: np.exp(gamma * _squared(a, b)), "The minus is missing: likeness must fade with the distance."),
        (lambda a, b, gamma: -gamma * _squared(a, b), "That is the exponent; take np.exp of it."),
        (lambda a, b, gamma: np.exp(-_squared(a, b)), "gamma has no effect: multiply the squared distance by it."),
        (lambda a, b, gamma: np.exp(-_squared(a, b) / gamma), "You divided by gamma; a larger gamma must make likeness fade faster."),
        (lambda a, b, gamma: np.exp(-gamma * _squared(a, b) / a.shape[1]), "You took the mean over the features; take the sum."),
        (lambda a, b, gamma: np.exp(-_squared(a, b) / (2 * gamma**2)), "That gamma is a width. Here it multiplies the squared distance."),
        (lambda a, b, gamma: np.exp(-gamma * ((a[:, None] + b[None]) ** 2).sum(axis=2)), "You added the two samples; subtract one from the other."),
    ],
    hints=(
        "Every row of a against every row of b: which shape has the table of all differences?",
        "a[:, None] - b[None] has shape (n, m, d). Over which of its axes is the sum of the squares taken?",
    ),
    remark="On the diagonal of kernel(a, a, gamma) stand ones: everything is as like itself as can be.",
)  # fmt: skip
def kernel(a, b, gamma):
    return np.exp(-gamma * _squared(a, b))


@function_exercise(
    "09.3",
    examples=[
        ([[1.0, 2.0], [0.0, -1.0]], [[1.0, 0.5, 2.0], [0.0, 1.0, 1.0]], [[0.5, 0.5, 1.0], [0.25, 0.0, 2.0]], 2.0, 0.5),
        ([[3.0]], [[1.0, 4.0]], [[2.0, 2.0]], 0.25, 4.0),
        ([[1.0, 1.0, 1.0]], [[2.0]], [[2.0]], 0.5, 1.0),  # nothing left out
    ],
    random=lambda rng: (lambda n, k, d: (rng.normal(size=(n, k)), rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.uniform(0.2, 3), rng.uniform(0.2, 3)))(*rng.integers(2, 6, 3)),
    slips=[
        (lambda z, x, x_hat, s_z, s_r: np.concatenate([z / s_z, (x - x_hat) / s_r]), "That lays the one below the other; side by side is np.hstack, or axis=1."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z, x - x_hat]), "The spreads are missing: code and residual have different units."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, x - x_hat]), "Only the code is divided; the residual has its own spread."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z, (x - x_hat) / s_r]), "Only the residual is divided; the code has its own spread."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_r, (x - x_hat) / s_z]), "The spreads are exchanged."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z * s_z, (x - x_hat) * s_r]), "You multiplied; divide each part by its spread."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([(x - x_hat) / s_r, z / s_z]), "The parts are exchanged: the code stands first."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, (x_hat - x) / s_r]), "The residual is x minus x_hat; you have it the other way round. (The distances would be the same.)"),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, x / s_r]), "You put the row itself beside the code; the residual is x - x_hat."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, x_hat / s_r]), "You put the reconstruction beside the code; the residual is x - x_hat."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, (x - x_hat) ** 2 / s_r]), "You squared the residual; its sign counts here."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, np.abs(x - x_hat) / s_r]), "You took the size of the residual; its sign counts here."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, np.mean((x - x_hat) ** 2, axis=1, keepdims=True) / s_r]), "You kept one error for each row; the residual keeps all d numbers."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z, (x + x_hat) / s_r]), "You added x_hat; the residual is x minus x_hat."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / np.sqrt(s_z), (x - x_hat) / np.sqrt(s_r)]), "s_z and s_r are spreads already; divide by them, not by their roots."),
        (lambda z, x, x_hat, s_z, s_r: np.hstack([z / s_z**2, (x - x_hat) / s_r**2]), "Divide by the spreads, not by their squares."),
    ],
    hints=(
        "Two tables with the same rows, laid side by side. What is each divided by?",
        "np.hstack lays tables side by side: the code over its spread, then the residual over its own.",
    ),
    remark="Change the unit of the code, and s_z changes with it: the score does not notice.",
)  # fmt: skip
def place(z, x, x_hat, s_z, s_r):
    return np.hstack([z / s_z, (x - x_hat) / s_r])


def _least(x):
    distances = _squared(x, x)
    np.fill_diagonal(distances, np.inf)
    return distances.min(axis=1)


def _pairs(x):
    return _squared(x, x)[~np.eye(len(x), dtype=bool)]


@function_exercise(
    "09.4",
    examples=[
        ([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [7.0, 0.0], [7.0, 0.5]],),
        ([[1.0], [3.0]],),  # a pair alone
        ([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [3.0, 1.0]],),  # two equal rows: nearest to each other, at distance 0
        ([[0.0, 1.0, 0.5], [2.0, -1.0, 0.0], [0.5, 0.5, -0.5], [1.0, 1.5, 0.25]],),
    ],
    random=lambda rng: (rng.normal(size=(rng.integers(3, 9), rng.integers(1, 4))),),
    slips=[
        (lambda x: 1 / _squared(x, x).min(axis=1).mean(), "It is infinite: the nearest row to each row is the row itself, at distance 0. Leave it out."),
        (lambda x: 2 / _least(x).mean(), "Each row itself is counted too, at distance 0, beside its neighbour; leave it out of the mean."),
        (lambda x: 1 / np.where(_squared(x, x) == 0, np.inf, _squared(x, x)).min(axis=1).mean(), "You left out every distance of 0; another row that is equal counts, and only the row itself does not."),
        (lambda x: _least(x).mean(), "That is the mean squared distance itself; gamma is one over it."),
        (lambda x: 1 / np.sqrt(_least(x)).mean(), "You took the mean of the distances; square them first."),
        (lambda x: 1 / np.sqrt(_least(x)).mean() ** 2, "You squared the mean of the distances; take the mean of the squares."),
        (lambda x: (1 / _least(x)).mean(), "You took the mean of one over the squares; first the mean, then one over it."),
        (lambda x: 1 / np.median(_least(x)), "That is the median; the rule takes the mean."),
        (lambda x: 1 / _least(x).sum(), "That is the sum; the rule takes the mean."),
        (lambda x: 1 / _least(x).max(), "That is the loneliest row; the rule takes the mean over all rows."),
        ([lambda x: 1 / _pairs(x).mean(), lambda x: 1 / _squared(x, x).mean()], "You took all pairs; only the nearest other row of each counts."),
        (lambda x: 1 / _least(x), "That is one value for each row; take the mean over the rows, then one over it."),
        (lambda x: 1 / _least(x).min(), "That is the closest pair of all; take the nearest of each row, then the mean."),
        (lambda x: 1 / np.where(np.eye(len(x), dtype=bool), -np.inf, _squared(x, x)).max(axis=1).mean(), "You took the farthest row; the nearest counts."),
        (lambda x: 1 / (x.shape[1] * x.var()), "That is scikit-learn's default gamma."),
        (lambda x: 1 / (_least(x).mean() / x.shape[1]), "You took the mean over the features; a squared distance is their sum."),
        (lambda x: 1 / np.where(np.eye(len(x), dtype=bool), np.inf, np.abs(x[:, None] - x[None]).sum(axis=2)).min(axis=1).mean(), "You summed absolute differences; square them."),
        (lambda x: _least(x), "Those are the squared distances; take their mean, and one over it."),
        (lambda x: 1 / np.where(np.eye(len(x), dtype=bool), np.inf, (x[:, None] - x[None]).sum(axis=2) ** 2).min(axis=1).mean(), "You squared the sum of the differences; square each, then sum."),
    ],
    hints=(
        "All squared distances first, (n, n). What stands on the diagonal, and what does it do to the smallest of a row?",
        "np.fill_diagonal(squared_distances, np.inf) takes each row itself out of the running.",
    ),
)  # fmt: skip
def neighbour_gamma(x):
    return 1 / _least(x).mean()


def _made_up(seed):
    """Ten features of very unlike units, made by three sources: rows to fit on, and rows to score."""
    rng = np.random.default_rng(seed)
    mix, units = rng.normal(size=(3, 10)), 10.0 ** np.arange(-3, 7)

    def rows(n, noise):
        return (rng.normal(size=(n, 3)) @ mix + rng.normal(0, noise, (n, 10))) * units

    return rows(120, 0.3), np.vstack([rows(15, 0.3), rows(15, 1.0)])


def _told(name, function, *arguments):
    """What the function returns; an error of its own as one sentence, with what most often is behind it."""
    try:
        return function(*arguments)
    except Exception as error:
        first = str(error).partition("\n")[0]
        missing = isinstance(error, AttributeError | NameError)
        kept = " Is what it needs kept in self? A plain name of _learn is gone afterwards." if missing else ""
        raise NotYet(f"{name} raised {type(error).__name__}: {first}{kept}") from None


def _ranks(detector):
    """How a detector ranks rows of three data sets, and whether it judges a row alone as it does among others."""
    if not hasattr(detector, "_fit_scale"):
        raise NotYet("A class is wanted that inherits from CalibratedDetector.")
    found = []
    for seed in range(3):
        x_train, x = _made_up(seed)
        detector._fit_scale(x_train)
        if is_blank(_told("_learn", detector._learn, x_train.copy(), np.random.RandomState(0))):
            return ...
        score = _told("_anomaly_score", detector._anomaly_score, x.copy())
        if score is None or is_blank(score):
            return score
        if np.asarray(score).dtype == bool:
            raise NotYet("_anomaly_score gives True and False; return the error itself, the threshold comes later.")
        score = np.asarray(score, dtype=float)
        if score.shape != (len(x),):
            return score
        alone = np.asarray(_told("_anomaly_score", detector._anomaly_score, x[:1]), dtype=float)
        found += [*rankdata(np.round(score, 12)), float(np.allclose(alone, score[:1]))]
    return np.array(found)


def _detector(score, components=0.9, scaled=True, refit=False):
    """A class whose score is score(z, z as PCA gives it back, its code)."""

    def make():
        from sklearn.decomposition import PCA

        from aelearn.detectors import CalibratedDetector

        class Made(CalibratedDetector):
            def _learn(self, X, rng):
                self._pca = PCA(components).fit(self._scaled(X) if scaled else X)

            def _anomaly_score(self, X):
                z = self._scaled(X) if scaled else np.asarray(X, float)
                model = PCA(components).fit(z) if refit and len(z) > 1 else self._pca
                code = model.transform(z)
                return score(z, model.inverse_transform(code), code)

        return Made()

    return make


def _error(z, copy, code):
    return np.mean((z - copy) ** 2, axis=1)


@function_exercise(
    "09.2",
    examples=[()],
    view=_ranks,
    slips=[
        (_detector(lambda z, copy, code: -_error(z, copy, code)), "The direction is turned: a large error must be a high score."),
        (_detector(_error, scaled=False), "You did not scale: use self._scaled(X) in both functions."),
        (_detector(lambda z, copy, code: (z - copy) ** 2), "That is one error for each feature; take the mean over the features, axis=1."),
        (_detector(lambda z, copy, code: np.mean((z - copy) ** 2, axis=0)), "That is one error for each feature; the mean over axis=1 gives one for each row."),
        (_detector(lambda z, copy, code: np.mean((z - copy) ** 2)), "That is one number for all rows; the mean over axis=1 gives one for each."),
        (_detector(_error, refit=True), "You fitted on the rows to be scored. Fit in _learn, and only there."),
        ([_detector(lambda z, copy, code: np.square(code).sum(axis=1)), _detector(lambda z, copy, code: np.square(copy).sum(axis=1))], "That is the size of the code; the error is what the code leaves out."),
        (_detector(lambda z, copy, code: np.square(z).sum(axis=1)), "That is the distance to the mean: compare the rows with their reconstruction."),
        (_detector(lambda z, copy, code: np.abs(z - copy).mean(axis=1)), "You took the mean absolute error; square the differences."),
        (_detector(lambda z, copy, code: np.square(z - copy).max(axis=1)), "You took the largest error of a row; take the mean over its features."),
        (_detector(lambda z, copy, code: np.median(np.square(z - copy), axis=1)), "You took the median over the features; take the mean."),
        (_detector(lambda z, copy, code: np.mean(z - copy, axis=1)), "You forgot to square: errors of opposite signs cancel."),
        (_detector(lambda z, copy, code: np.zeros(len(z))), "Every row gets the same score; it must depend on the row."),
        *((_detector(_error, components=k), f"That is the error with {k} components; PCA(0.9) chooses their number itself.") for k in range(1, 10)),
    ],
    otherwise=lambda result, wanted, *arguments: (
        "The rows come in another order than by the mean squared difference of scaled rows and what PCA(0.9) gives back of them."
        if np.shape(result) == np.shape(wanted) else None
    ),
    hints=(
        "Fit in the first function, on scaled rows; in the second scale again, and compare the rows with what PCA gives back.",
        "self._pca = PCA(0.9).fit(self._scaled(X)) in _learn; transform and then inverse_transform give back the rows as PCA sees them.",
    ),
    remark="It inherits threshold, predict and p-values: try PCADetector(alpha=0.01).",
)  # fmt: skip
def PCADetector():
    return _detector(_error)()


def _strip(rng):
    rows, m = rng.normal(size=(rng.integers(4, 9), 2)), rng.integers(2, 5)
    strip = np.exp(-0.5 * _squared(rows, rows[:m]))
    return strip, strip[:m]


@function_exercise(
    "09.5",
    examples=[
        ([[1.0, 0.5], [0.5, 1.0], [0.25, 0.75]], [[1.0, 0.5], [0.5, 1.0]]),
        ([[0.5], [1.0], [0.25]], [[2.0]]),  # one landmark
        ([[1.0, 0.5], [0.25, 1.0]], [[1.0, 0.5], [0.5, 1.0]]),  # as many rows as landmarks
    ],
    random=_strip,
    tolerance=1e-4,
    slips=[
        (lambda k_rows, k_marks: k_rows @ k_rows.T, "The middle factor is missing: the inverse of k_marks."),
        (lambda k_rows, k_marks: k_rows @ k_marks @ k_rows.T, "k_marks stands in the middle as it is; it must be its inverse."),
        (lambda k_rows, k_marks: k_rows @ np.linalg.pinv(k_marks) @ k_rows, "The last factor must be turned: (n, m) @ (m, m) @ (m, n), so k_rows.T."),
        ([lambda k_rows, k_marks: k_rows.T @ np.linalg.pinv(k_marks) @ k_rows, lambda k_rows, k_marks: k_rows.T @ np.linalg.pinv(k_marks) @ k_rows.T], "The first factor is k_rows as it is, (n, m); turned, it does not fit the middle one."),
        (lambda k_rows, k_marks: k_rows @ (1 / k_marks) @ k_rows.T, "You took one over each number; the inverse of a matrix is np.linalg.inv or pinv."),
        (lambda k_rows, k_marks: k_rows @ np.linalg.pinv(k_marks), "That has the shape of the strip; multiply by k_rows.T as well, to reach (n, n)."),
        (lambda k_rows, k_marks: np.linalg.pinv(k_marks) @ k_rows.T, "That is (m, n); multiply by k_rows from the left, to reach (n, n)."),
        (lambda k_rows, k_marks: k_rows.T @ k_rows, "That is (m, m), for the landmarks; asked for is (n, n): k_rows stands outside, its transpose last."),
        (lambda k_rows, k_marks: np.linalg.pinv(k_marks), "That is the middle factor; k_rows stands left of it and k_rows.T right."),
    ],
    hints=(
        "Three factors. Which of them is (n, m), which (m, m), which (m, n)?",
        "(n, m) @ (m, m) @ (m, n): the middle one is np.linalg.pinv(k_marks); which is the last?",
    ),
)  # fmt: skip
def nystroem(k_rows, k_marks):
    return k_rows @ np.linalg.pinv(k_marks) @ k_rows.T
