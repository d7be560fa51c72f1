"""Events, their metrics and the volume under the surface, against values worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve

from aelearn import evaluation

Y = [0, 1, 1, 1, 0, 0, 1, 0, 0, 1]


def test_events_are_the_runs_also_at_both_ends():
    assert evaluation.events(Y).tolist() == [[1, 4], [6, 7], [9, 10]]
    assert evaluation.events([1, 1, 0, 1]).tolist() == [[0, 2], [3, 4]]
    assert evaluation.events([0, 0]).shape == (0, 2)


def test_points_and_events_are_counted_apart():
    found = evaluation.evaluate_events(Y, [1, 1, 0, 0, 1, 1, 0, 1, 1, 1])
    #                           alarm runs: 0-1 (true), 4-5 (false), 7-9 (true)
    assert found.point_precision == pytest.approx(2 / 7) and found.point_recall == pytest.approx(2 / 5)
    assert (found.n_events, found.n_found, found.n_false_alarms) == (3, 2, 1)
    assert found.event_precision == pytest.approx(2 / 3) and found.event_recall == pytest.approx(2 / 3)
    assert "2 of 3 found, 1 false alarms" in repr(found)


def test_without_an_alarm_precision_is_nan_and_recall_zero():
    found = evaluation.evaluate_events(Y, np.zeros(10))
    assert np.isnan(found.point_precision) and np.isnan(found.event_precision)
    assert found.point_recall == found.event_recall == 0


def test_one_alarm_over_everything_finds_every_event_and_is_not_false():
    found = evaluation.evaluate_events(Y, np.ones(10))
    assert found.event_recall == found.event_precision == 1 and found.point_precision == 0.5


@pytest.mark.parametrize("seed", range(4))
def test_best_f1_is_the_best_over_all_thresholds(seed):
    rng = np.random.default_rng(seed)
    y, scores = rng.integers(0, 2, 50), np.round(rng.normal(size=50), 1)
    precision, recall, _ = precision_recall_curve(y, scores)
    wanted = (2 * precision * recall / np.maximum(precision + recall, 1e-12)).max()
    assert evaluation.best_f1(y, scores) == pytest.approx(wanted)


def test_point_adjusting_raises_each_event_to_its_largest_score_and_nothing_else():
    scores = np.arange(10.0)[::-1]
    assert evaluation.point_adjusted(Y, scores).tolist() == [9, 8, 8, 8, 5, 4, 3, 2, 1, 0]
    assert scores.tolist() == list(range(9, -1, -1))


def test_point_adjusting_makes_noise_look_good():
    y = np.zeros(5000, int)
    y[1000:1500] = y[3000:3500] = 1
    noise = np.random.default_rng(0).random(5000)
    assert evaluation.best_f1(y, noise) < 0.35 and evaluation.best_f1(y, evaluation.point_adjusted(y, noise)) > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_without_a_buffer_and_with_one_event_found_first_vus_pr_is_average_precision(seed):
    rng = np.random.default_rng(seed)
    y, scores = np.zeros(60, int), np.round(rng.normal(size=60), 1)
    y[20:30] = 1
    scores[20:30] += 1
    scores[25] = 9  # found at the first threshold, so the share of events found is always 1
    assert evaluation.vus_pr(y, scores, max_buffer=0) == pytest.approx(average_precision_score(y, scores))


def test_vus_pr_by_hand():
    # One event at point 2. Buffer 0 and 1: no neighbours, and the best score is on a neighbour: precision 1/2 at recall 1.
    # Buffer 2: points 1 and 3 count sqrt(1/2). P = (1 + 1 + 2 sqrt(1/2)) / 2 = 1.7071.
    y, scores = [0, 0, 1, 0, 0], [0.0, 0.0, 2.0, 3.0, 0.0]
    half = np.sqrt(0.5)
    p = (1 + 1 + 2 * half) / 2
    first, second = half / p, (1 + half) / p
    last = min((1 + 2 * half) / p, 1)
    buffer_2 = first * half + (min(second, 1) - first) * (1 + half) / 2 + (last - min(second, 1)) * (1 + 2 * half) / 5
    assert evaluation.vus_pr(y, scores, max_buffer=1) == pytest.approx(0.5)
    assert evaluation.vus_pr(y, scores, max_buffer=2) == pytest.approx((0.5 + 0.5 + buffer_2) / 3)


def test_the_share_of_events_found_scales_the_recall():
    # Thresholds: 3 -> one of two events, one of two points, recall 1/2 * 1/2; 2 -> both, recall 1.
    assert evaluation.vus_pr([1, 0, 1], [3, 0, 2], max_buffer=0) == pytest.approx(1 / 4 + 3 / 4)
    # A false alarm between: precision 1 at recall 1/4, then 2/3 at recall 1.
    assert evaluation.vus_pr([1, 0, 1], [3, 2, 1], max_buffer=0) == pytest.approx(1 / 4 + 3 / 4 * 2 / 3)


def test_vus_pr_forgives_a_near_miss_and_no_far_one():
    y, near, far = np.zeros(200), np.zeros(200), np.zeros(200)
    y[100:110], near[94:104], far[20:30] = 1, 1, 1
    near, far = near + np.linspace(0, 0.01, 200), far + np.linspace(0, 0.01, 200)
    assert evaluation.vus_pr(y, near, max_buffer=20) > evaluation.vus_pr(y, near, max_buffer=0) + 0.1
    assert evaluation.vus_pr(y, near, max_buffer=20) > 2 * evaluation.vus_pr(y, far, max_buffer=20)


def test_perfect_scores_have_volume_near_one_and_never_more():
    y = np.zeros(300, int)
    y[50:80] = y[200:230] = 1
    assert evaluation.vus_pr(y, y, max_buffer=0) == 1
    assert 0.8 < evaluation.vus_pr(y, y + 1e-3 * np.arange(300), max_buffer=20) <= 1


@pytest.mark.parametrize(
    ("do", "parts"),
    [
        (lambda: evaluation.evaluate_events([0, 0], [0, 1]), ("y holds no anomaly",)),
        (lambda: evaluation.evaluate_events([0, 1], [0, 1, 0]), ("y has 2 labels and 3",)),
        (lambda: evaluation.evaluate_events([0, 1], [0.2, 0.7]), ("alarms holds 0.2, 0.7",)),
        (lambda: evaluation.best_f1([0, 1], [0, np.nan]), ("scores holds NaN",)),
        (lambda: evaluation.point_adjusted([0, -1], [0, 1]), ("y holds -1, 0",)),
        (lambda: evaluation.vus_pr([0, 1], [0, 1], max_buffer=-1), ("max_buffer is -1",)),
        (lambda: evaluation.vus_pr([0, 0], [0, 1], max_buffer=1), ("y holds no anomaly",)),
    ],
)
def test_bad_input_gets_one_sentence(do, parts):
    with pytest.raises(ValueError) as caught:
        do()
    assert all(part in str(caught.value) for part in parts), caught.value
