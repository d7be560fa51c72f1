"""Why this sample: what its score would be if one feature, or one group of them, were what the others predict."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from aelearn import inputs


class Replacement:
    """How far the score falls when a feature is replaced by what the others predict: much, where it is the odd one.

    score: a function of rows (n, d) that gives (n,), higher = more anomalous, such as detector.anomaly_score.
    x_normal: (m, d) normal rows, on which one regression for each feature learns to predict it from the others.
    groups: lists of column numbers that are replaced together, from the columns outside the group; None takes each
    feature by itself. regressor: a scikit-learn regressor; None takes a ridge regression of standardised columns.

    An error of reconstruction is shared among features that depend on one another, whichever of them is wrong. This asks
    of each what would have been seen otherwise. Of two features that know only of each other it cannot say either which
    is wrong: make them a group. Raises ValueError for bad input or a group that leaves no other column. Taught in: 14
    """

    def __init__(
        self,
        score: Callable,
        x_normal: ArrayLike,
        *,
        groups: Sequence[Sequence[int]] | None = None,
        regressor=None,
    ):
        x = inputs.table(x_normal, "x_normal", min_rows=2, dtype=np.float64)
        n_columns = x.shape[1]
        self.groups = [[k] for k in range(n_columns)] if groups is None else [list(group) for group in groups]
        for group in self.groups:
            if not group or not set(group) <= set(range(n_columns)) or len(set(group)) >= n_columns:
                raise ValueError(
                    f"groups holds {group}, and some but not all of the columns 0 to {n_columns - 1} are wanted in each"
                )
        self._score, self._n_columns = score, n_columns
        regressor = make_pipeline(StandardScaler(), Ridge()) if regressor is None else regressor
        self._regressors = [clone(regressor).fit(np.delete(x, g, axis=1), _target(x, g)) for g in self.groups]

    def expected(self, x: ArrayLike) -> list[np.ndarray]:
        """What the others predict for each group, a list of arrays (n, size of the group). Taught in: 14"""
        x = inputs.table(x, columns=self._n_columns, dtype=np.float64)
        return [
            np.reshape(regressor.predict(np.delete(x, group, axis=1)), (len(x), -1))
            for group, regressor in zip(self.groups, self._regressors, strict=True)
        ]

    def fall(self, x: ArrayLike) -> np.ndarray:
        """The score of each row minus that with a group replaced, (n, groups). Below 0: it would rise. Taught in: 14"""
        x = inputs.table(x, columns=self._n_columns, dtype=np.float64)
        before, falls = np.asarray(self._score(x)), []
        for group, expected in zip(self.groups, self.expected(x), strict=True):
            replaced = x.copy()
            replaced[:, group] = expected
            falls.append(before - self._score(replaced))
        return np.transpose(falls)


def _target(x, group):
    return x[:, group[0]] if len(group) == 1 else x[:, group]
