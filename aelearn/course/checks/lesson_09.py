"""Checks of lesson 09, One-Class SVM and simple baselines."""

import numpy as np
from scipy.stats import rankdata

from aelearn.course.exercises import Blank, NotYet, a_function, a_number, an_array, exercise, same

_A = np.array([[0.0, 1.0, 0.5], [2.0, -1.0, 0.0], [0.5, 0.5, -0.5], [1.0, 1.5, 0.2]])
_B = np.array([[1.0, 1.0, 0.0], [0.3, -0.2, 0.6]])


def _tried(answer, *arguments, what):
    """What the function returns; NumPy's own warnings stay out of the notebook."""
    with np.errstate(all="ignore"):
        return a_function(answer, *(np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments), what=what)


def _squared(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(axis=2)


@exercise(
    "09.1",
    hint="a[:, None] - b[None] has shape (n, m, d): every difference. Square it, sum over the last axis, then "
    "np.exp(-gamma * ...).",
)
def kernel(answer):
    for a, b, gamma in ((_A, _B, 0.7), (_B, _A, 0.2)):
        found = _tried(answer, a, b, gamma, what="kernel")
        if found is ...:
            return Blank
        squared = _squared(a, b)
        if np.shape(found) == squared.T.shape:
            return "That has shape (m, n): rows belong to a, columns to b. Transpose it."
        if np.shape(found) == (len(a), len(b), a.shape[1]):
            return "That is one value for each feature; sum the squared differences over the features first."
        likeness = an_array(found, squared.shape, "kernel(a, b, gamma)")
        known = [
            (np.exp(-gamma * np.sqrt(squared)), "You used the distance; the kernel takes the squared distance."),
            (squared, "That is the squared distance; likeness is np.exp(-gamma * squared distance)."),
            (np.exp(gamma * squared), "The minus is missing: likeness must fade with the distance."),
            (np.exp(-squared), "gamma has no effect: multiply the squared distance by it."),
            (np.exp(-squared / gamma), "You divided by gamma; a larger gamma must make likeness fade faster."),
            (np.exp(-gamma * squared / a.shape[1]), "You took the mean over the features; take the sum."),
            (np.exp(-squared / (2 * gamma**2)), "That gamma is a width. Here it multiplies the squared distance."),
        ]
        for wrong, sentence in known:
            if same(likeness, wrong):
                return sentence
        if not same(likeness, np.exp(-gamma * squared)):
            return (
                f"For gamma {gamma} the first row should be {np.round(np.exp(-gamma * squared[0]), 3)}, "
                f"and yours is {np.round(likeness[0], 3)}."
            )


@exercise(
    "09.2",
    hint="The likeness of x to the support vectors has shape (n, s); times the weights, @ weights, it is (n,). "
    "High likeness is normal, so a minus makes it an anomaly score.",
)
def svm_score(answer):
    for x, marks, weights, gamma in (
        (_A, _B, np.array([0.4, 1.5]), 0.7),
        (_B, _A, np.array([0.2, 0.9, 1.0, 0.6]), 0.3),
    ):
        found = _tried(answer, x, marks, weights, gamma, what="svm_score")
        if found is ...:
            return Blank
        likeness = np.exp(-gamma * _squared(x, marks))
        if np.shape(found) == likeness.shape:
            return "That is one value for each sample and support vector; sum over the support vectors."
        if np.shape(found) == (len(marks),):
            return "That is one value for each support vector; asked for is one for each sample."
        score = an_array(found, (len(x),), "svm_score(...)")
        known = [
            (likeness @ weights, "The direction is scikit-learn's: higher is more normal. Turn the sign."),
            (-likeness.sum(axis=1), "The weights are missing: each likeness counts as much as its weight says."),
            (likeness.sum(axis=1), "Weights and minus are missing."),
            (-likeness @ weights / weights.sum(), "You divided by the sum of the weights; leave them as they are."),
            (-likeness @ weights / len(marks), "You took the mean over the support vectors; take the sum."),
            (-np.exp(-gamma * np.sqrt(_squared(x, marks))) @ weights, "You used the distance, not its square."),
        ]
        for wrong, sentence in known:
            if same(score, wrong):
                return sentence
        if not same(score, -likeness @ weights):
            return f"The scores should be {np.round(-likeness @ weights, 3)}, and yours are {np.round(score, 3)}."


@exercise(
    "09.3",
    hint="All squared distances first, (n, n). The diagonal is each row's distance to itself: np.fill_diagonal(..., "
    "np.inf). Then the smallest in each row, their mean, and one over it.",
)
def neighbour_gamma(answer):
    for x in (np.vstack([_A, 3 * _B]), np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [7.0, 0.0], [7.0, 0.5]])):
        found = _tried(answer, x, what="neighbour_gamma")
        if found is ...:
            return Blank
        if np.shape(found) == (len(x),):
            return "That is one value for each row; take the mean over the rows, then one over it."
        if np.ndim(found) == 0 and not np.isfinite(np.asarray(found, dtype=float)):
            return "It is infinite or NaN: the nearest row to each row is the row itself, at distance 0. Leave it out."
        gamma = a_number(found, "neighbour_gamma(x)")
        squared = _squared(x, x)
        typical = squared[~np.eye(len(x), dtype=bool)].mean()
        np.fill_diagonal(squared, np.inf)
        least = squared.min(axis=1)
        known = [
            (least.mean(), "That is the mean squared distance itself; gamma is one over it."),
            (1 / np.sqrt(least).mean(), "You took the mean of the distances; square them first."),
            (1 / np.sqrt(least).mean() ** 2, "You squared the mean of the distances; take the mean of the squares."),
            ((1 / least).mean(), "You took the mean of one over the squares; first the mean, then one over it."),
            (1 / np.median(least), "That is the median; the rule takes the mean."),
            (1 / least.sum(), "That is the sum; the rule takes the mean."),
            (1 / typical, "You took all pairs; only the nearest other row of each counts."),
            (1 / least.min(), "That is the closest pair of all; take the nearest of each row, then the mean."),
        ]
        for wrong, sentence in known:
            if same(gamma, wrong):
                return sentence
        if not same(gamma, 1 / least.mean()):
            return f"For {len(x)} rows you give {gamma:.4g}, and one over the mean is {1 / least.mean():.4g}."


def _made_up():
    """Ten features of very unlike units, made by three sources: rows to fit on, and rows to score."""
    rng = np.random.default_rng(0)
    mix, units = rng.normal(size=(3, 10)), 10.0 ** np.arange(-3, 7)

    def rows(n, noise):
        return (rng.normal(size=(n, 3)) @ mix + rng.normal(0, noise, (n, 10))) * units

    return rows(300, 0.3), np.vstack([rows(20, 0.3), rows(20, 1.0)])


@exercise(
    "09.4",
    hint="In _learn: self._pca = PCA(0.9).fit(self._scaled(X)). In _anomaly_score: scale again, transform, "
    "inverse_transform, and the mean squared difference over axis=1.",
)
def pca_detector(answer):
    from sklearn.decomposition import PCA

    from aelearn.detectors import CalibratedDetector

    if isinstance(answer, CalibratedDetector):
        return "That is a detector already made; pass the class, without calling it."
    if not (isinstance(answer, type) and issubclass(answer, CalibratedDetector)):
        return "A class is wanted that inherits from CalibratedDetector."
    x_train, x = _made_up()
    detector = answer(random_state=0)
    detector._fit_scale(x_train)
    learnt = a_function(detector._learn, x_train.copy(), np.random.RandomState(0), what="_learn", may_return_none=True)
    if learnt is ...:
        return Blank
    found = a_function(detector._anomaly_score, x.copy(), what="_anomaly_score")
    if found is ...:
        return Blank
    if np.shape(found) == x.shape:
        return "That is one error for each feature; take the mean over the features, axis=1."
    if np.shape(found) == (x.shape[1],):
        return "That is one error for each feature; the mean over axis=1 gives one for each row."
    score = an_array(found, (len(x),), "_anomaly_score(X)")

    def error(train, rows, pca):
        pca = pca.fit(train)
        return np.square(rows - pca.inverse_transform(pca.transform(rows))).mean(axis=1)

    z_train, z = detector._scaled(x_train), detector._scaled(x)
    right = error(z_train, z, PCA(0.9))
    if _ranks_alike(score, right):
        fitted = answer(random_state=0).fit(x_train)
        if not np.array_equal(fitted.predict(x[:1]), fitted.predict(x)[:1]):
            return "A row alone is judged otherwise than among others: fit in _learn only, never in _anomaly_score."
        return None
    code = PCA(0.9).fit(z_train).transform(z)
    known = [
        (-right, "The direction is turned: a large error must be a high score."),
        (error(x_train, x, PCA(0.9)), "You did not scale: use self._scaled(X) in both functions."),
        (error(z, z, PCA(0.9)), "You fitted on the rows to be scored. Fit in _learn, and only there."),
        (np.square(code).sum(axis=1), "That is the size of the code; the error is what the code leaves out."),
        (np.square(z).sum(axis=1), "That is the distance to the mean: compare the rows with their reconstruction."),
    ]
    known += [
        (error(z_train, z, PCA(k)), f"That is the error with {k} components; PCA(0.9) chooses their number itself.")
        for k in range(1, 10)
    ]
    for wrong, sentence in known:
        if _ranks_alike(score, wrong):
            return sentence
    if np.ptp(score) == 0:
        return "Every row gets the same score; it must depend on the row."
    return "The rows come in another order than by PCA's reconstruction error: scale in both functions, and take the mean squared difference."


def _ranks_alike(a, b):
    return np.ptp(a) > 0 and np.array_equal(rankdata(np.round(a, 12)), rankdata(np.round(b, 12)))


@exercise("09.5", hint="Three factors: k_rows @ np.linalg.pinv(k_marks) @ k_rows.T.")
def nystroem(answer):
    rng = np.random.default_rng(0)
    for n, m in ((6, 3), (9, 4)):
        rows = rng.normal(size=(n, 2))
        k_rows = np.exp(-0.5 * _squared(rows, rows[:m]))
        k_marks = k_rows[:m]
        found = _tried(answer, k_rows, k_marks, what="nystroem")
        if found is ...:
            return Blank
        if np.shape(found) in ((n, m), (m, n)):
            return "That has the shape of the strip; multiply by k_rows.T as well, to reach (n, n)."
        if np.shape(found) == (m, m):
            return "That is (m, m), for the landmarks; asked for is (n, n): k_rows stands outside, its transpose last."
        guess = an_array(found, (n, n), "nystroem(k_rows, k_marks)")
        right = k_rows @ np.linalg.inv(k_marks) @ k_rows.T
        known = [
            (k_rows @ k_rows.T, "The middle factor is missing: the inverse of k_marks."),
            (k_rows @ k_marks @ k_rows.T, "k_marks stands in the middle as it is; it must be its inverse."),
            (
                k_rows @ (1 / k_marks) @ k_rows.T,
                "You took one over each number; the inverse of a matrix is np.linalg.inv or pinv.",
            ),
        ]
        for wrong, sentence in known:
            if same(guess, wrong):
                return sentence
        if not same(guess, right, 1e-4):
            raise NotYet(
                f"Between landmarks the guess must be exact: the first number is {right[0, 0]:.3f}, yours {guess[0, 0]:.3f}."
            )
