"""The simple methods, with one setting on every board: scikit-learn's defaults, and K neighbours here and in the detectors.

Each is a function (x_train, seed) that fits and returns a function from rows to anomaly scores, higher = more anomalous.
Rows are scaled before, by what `scaling_of` the training rows gives, as the package's detectors scale.
"""

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.svm import OneClassSVM

from aelearn.detectors import CalibratedDetector

K = 5  # neighbours; AutoencoderDetector gets the same number on the boards
NU = 0.5  # of One-Class SVMs: scikit-learn's default


def scaling_of(x_train):
    """The scaling that CalibratedDetector learns of x_train, as a function of rows."""
    scaler = CalibratedDetector()
    scaler._fit_scale(np.asarray(x_train, float))
    return scaler._scaled


def pca_errors(x_train, n_components=0.9):
    """The squared error of each feature, (n, d), when the components (0.9: 90 % of the variance) are kept."""
    pca = PCA(n_components, svd_solver="full").fit(x_train)
    return lambda x: np.square(x - pca.inverse_transform(pca.transform(x)))


def pca(x_train, seed, n_components=0.9):
    errors = pca_errors(x_train, n_components)
    return lambda x: errors(x).mean(axis=1)


def mahalanobis(x_train, seed):
    """Squared distance from the mean in units of the covariance, shrunk as Ledoit and Wolf do."""
    return LedoitWolf().fit(x_train).mahalanobis


def neighbours(k):
    """Mean distance to the k nearest training rows."""

    def fit(x_train, seed):
        nearest = NearestNeighbors(n_neighbors=min(k, len(x_train))).fit(x_train)
        return lambda x: nearest.kneighbors(x)[0].mean(axis=1)

    return fit


def from_scikit_learn(make):
    def fit(x_train, seed):
        fitted = make(seed).fit(x_train)
        return lambda x: -fitted.score_samples(x)

    return fit


SIMPLE = {
    "PCA": pca,
    "Mahalanobis": mahalanobis,
    "nearest neighbour": neighbours(1),
    f"{K} neighbours": neighbours(K),
    "LOF": from_scikit_learn(lambda seed: LocalOutlierFactor(novelty=True)),
    "Isolation Forest": from_scikit_learn(lambda seed: IsolationForest(random_state=seed)),
    "OC-SVM": from_scikit_learn(lambda seed: OneClassSVM(nu=NU)),
}
