"""Replacing a feature by what the others predict names the odd one, where others know of it."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from aelearn.explaining import Replacement

rng = np.random.default_rng(0)


def made(n):
    """Three columns that tell each other, and one that stands alone."""
    common = rng.normal(size=(n, 1))
    return np.hstack([common + 0.1 * rng.normal(size=(n, 3)), rng.normal(size=(n, 1))])


x = made(2000)
inverse = np.linalg.inv(np.cov(x.T))


def score(rows):
    """The squared Mahalanobis distance."""
    return np.einsum("ij,jk,ik->i", rows, inverse, rows)


def test_the_fall_is_largest_for_the_feature_that_was_broken():
    why = Replacement(score, x)
    for column in range(3):
        broken = made(200)
        broken[:, column] += 1
        assert (why.fall(broken).argmax(axis=1) == column).mean() > 0.95


def test_it_is_the_score_minus_that_of_the_replaced_row():
    rows = made(5)
    why = Replacement(score, x, groups=[[1, 2], [3]], regressor=LinearRegression())
    replaced = rows.copy()
    replaced[:, [1, 2]] = LinearRegression().fit(x[:, [0, 3]], x[:, [1, 2]]).predict(rows[:, [0, 3]])
    found = why.fall(rows)
    assert found.shape == (5, 2)
    np.testing.assert_allclose(found[:, 0], score(rows) - score(replaced))
    assert [e.shape for e in why.expected(rows)] == [(5, 2), (5, 1)]


def test_two_broken_together_are_named_as_a_group_where_two_others_are_not():
    def five(n):
        return rng.normal(size=(n, 1)) + 0.1 * rng.normal(size=(n, 5))

    normal = five(2000)
    by_distance = np.linalg.inv(np.cov(normal.T))
    why = Replacement(lambda rows: ((rows @ by_distance) * rows).sum(axis=1), normal, groups=[[0, 1], [1, 2], [3, 4]])
    broken = five(200)
    broken[:, [0, 1]] += 1
    assert (why.fall(broken).argmax(axis=1) == 0).mean() > 0.95


@pytest.mark.parametrize("groups", [[[]], [[0, 1, 2, 3]], [[4]], [[0], [-1]]])
def test_a_group_that_cannot_be_replaced_is_refused(groups):
    with pytest.raises(ValueError, match=r"groups holds .* columns 0 to 3 are wanted"):
        Replacement(score, x, groups=groups)


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match="x has 3 columns and 4 are wanted"):
        Replacement(score, x).fall(x[:, :3])
