"""What the boards' statistics say, against scikit-learn, SciPy and values worked out by hand."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from benchmarks import statistics


@pytest.mark.parametrize("digits", [1, 8])
def test_the_weighted_auc_is_scikit_learns_also_with_ties(digits):
    rng = np.random.default_rng(0)
    y, scores, weights = rng.integers(0, 2, 60), rng.normal(size=60).round(digits), rng.exponential(size=(5, 60))
    wanted = [roc_auc_score(y, scores, sample_weight=row) for row in weights]
    np.testing.assert_allclose(statistics.weighted_auc(y, scores, weights), wanted)


def test_resampling_varies_as_other_samples_would_and_is_paired_between_methods():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [300, 100])
    scores = rng.normal(size=400) + y
    judged = [(np.arange(400), y, scores)] * 5
    found = statistics.resampled_auc(judged, np.arange(400))
    auc, slightly_worse = roc_auc_score(y, scores), [(rows, y, s + 0.1 * rng.normal(size=400)) for rows, y, s in judged]
    assert found.mean() == pytest.approx(auc, abs=0.01)
    # Hanley and McNeil's standard error for normal scores a standard deviation apart: .025
    assert 0.018 < found.std() < 0.034
    difference = found - statistics.resampled_auc(slightly_worse, np.arange(400))
    assert difference.std() < found.std() / 3


def test_rows_of_a_group_are_drawn_together_so_that_few_groups_vary_more():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(10), 40)
    y = np.tile(np.repeat([0, 1], [30, 10]), 10)
    scores = y * (1 + 3 * rng.normal(size=10)[group]) + rng.normal(size=400)  # easy in some groups, hard in others
    judged = [(np.arange(400), y, scores)]
    by_row, by_group = (statistics.resampled_auc(judged, units).std() for units in (np.arange(400), group))
    assert by_group > 1.3 * by_row


def test_a_t_interval_covers_95_of_100_times_with_five_sources():
    rng = np.random.default_rng(0)
    intervals = np.array([statistics.t_interval(rng.normal(1, 2, 5)) for _ in range(2000)])
    assert np.mean((intervals[:, 0] < 1) & (intervals[:, 1] > 1)) == pytest.approx(0.95, abs=0.015)


def test_five_sources_cannot_give_less_than_a_sixteenth():
    assert statistics.sign_flip_p([0.1, 0.2, 0.3, 0.05, 0.01]) == 2 / 32
    assert statistics.sign_flip_p([1, -1]) == 1.0
    assert statistics.sign_flip_p([3, 2, -1]) == 4 / 8  # as large: 3+2-1, 3+2+1, and both with all signs turned


def test_iman_davenport_against_its_formula_and_by_luck():
    table = np.array([[3, 2, 1], [3, 1, 2], [3, 2, 1], [2, 3, 1.0]])
    chi_square = 12 / (4 * 3 * 4) * sum(r**2 for r in (5, 8, 11)) - 3 * 4 * 4
    wanted = 3 * chi_square / (4 * 2 - chi_square)
    f, p = statistics.iman_davenport(table)
    assert f == pytest.approx(wanted) and p == pytest.approx(stats.f.sf(wanted, 2, 6))
    rng = np.random.default_rng(0)
    by_luck = [statistics.iman_davenport(rng.random((7, 15)))[1] for _ in range(500)]
    assert np.mean(np.array(by_luck) < 0.05) == pytest.approx(0.05, abs=0.03)


def test_how_often_luck_alone_does_it():
    assert statistics.if_all_equal(lambda ranks: ranks[0, 0] == 1, 3, 4) == pytest.approx(0.25, abs=0.03)
    assert statistics.if_all_equal(lambda ranks: (ranks.min(axis=0) <= 1).any(), 3, 4) == 1


def test_choosing_elsewhere_costs_what_it_costs():
    #  two tasks of one source, then two sources with one; methods a, b, c
    table = [[0.9, 0.5, 0.7], [0.7, 0.9, 0.7], [0.6, 0.7, 0.8], [0.9, 0.8, 0.5]]
    sources = ["x", "x", "y", "z"]
    np.testing.assert_allclose(
        statistics.by_source(table, sources), [[0.8, 0.7, 0.7], [0.6, 0.7, 0.8], [0.9, 0.8, 0.5]]
    )
    found = statistics.choosing(table, sources, reference=2)
    # without x: means .75 .75 .65, the first; without y: .85 .75 .6; without z: .7 .7 .75
    assert found["chosen"] == [0, 0, 2]
    np.testing.assert_allclose(found["regret"], [0, 0.2, 0.4])
    np.testing.assert_allclose(found["lead_elsewhere"], [0.1, 0.25, 0])
    np.testing.assert_allclose(found["lead_here"], [0.1, -0.2, 0])
