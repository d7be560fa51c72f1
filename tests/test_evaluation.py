"""Figures agree with scikit-learn's, intervals cover the truth, precision follows the base rate."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from aelearn import evaluation


def sample(rng, n=200, share=0.2, ties=False):
    y = (rng.random(n) < share).astype(int)
    y[:2] = 0, 1
    scores = rng.normal(size=n) + y
    return y, np.round(scores, 1 if ties else 12)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_ranking_agrees_with_scikit_learn(seed, ties):
    y, scores = sample(np.random.default_rng(seed), ties=ties)
    result = evaluation.evaluate(y, scores, 1.0)
    assert result.auc == pytest.approx(roc_auc_score(y, scores))
    assert result.average_precision == pytest.approx(average_precision_score(y, scores))


def test_equal_scores_rank_like_a_coin():
    assert evaluation.evaluate([0, 0, 1], [1, 1, 1], 1).auc == 0.5


def test_rates_count_scores_strictly_above_the_threshold():
    result = evaluation.evaluate([0, 0, 0, 0, 1, 1], [1, 2, 3, 4, 3, 5], 3)
    assert result.false_alarm_rate == 0.25 and result.recall == 0.5
    assert result.precision == pytest.approx(0.5) and result.base_rate == pytest.approx(1 / 3)


def test_95_percent_intervals_cover_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(0)
    big_y, big_scores = sample(rng, 200_000)
    truth = evaluation.evaluate(big_y, big_scores, 1.0, resamples=2)
    hits = np.zeros(4)
    for _ in range(200):
        y, scores = sample(rng, 300)
        found = evaluation.evaluate(y, scores, 1.0, resamples=100)
        for i, (name, interval) in enumerate(
            {
                "auc": found.auc_interval,
                "false_alarm_rate": found.false_alarm_interval,
                "recall": found.recall_interval,
                "average_precision": found.average_precision_interval,
            }.items()
        ):
            hits[i] += interval[0] <= getattr(truth, name) <= interval[1]
    assert (hits / 200 > 0.88).all(), hits


def test_precision_falls_with_the_base_rate():
    assert evaluation.precision_at(0.5, 0.05, 0.001) == pytest.approx(0.0099, abs=1e-4)
    assert evaluation.precision_at(1, 0, 0.001) == 1
    assert np.isnan(evaluation.precision_at(0, 0, 0.1))


def test_a_result_prints_every_figure_with_its_interval():
    text = repr(evaluation.evaluate(*sample(np.random.default_rng(0)), 1.0, base_rate=0.01))
    for words in ("ROC AUC", "average precision", "false-alarm rate", "recall", "if 1.00% of all samples"):
        assert words in text
