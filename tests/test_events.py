"""Events, their metrics and the volume under the surface, against values worked out by hand."""

import time

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve

from aelearn import events

Y = [0, 1, 1, 1, 0, 0, 1, 0, 0, 1]


def test_events_are_the_runs_also_at_both_ends():
    assert events.events(Y).tolist() == [[1, 4], [6, 7], [9, 10]]
    assert events.events([1, 1, 0, 1]).tolist() == [[0, 2], [3, 4]]
    assert events.events([0, 0]).shape == (0, 2)


def test_points_and_events_are_counted_apart():
    found = events.evaluate_events(Y, [1, 1, 0, 0, 1, 1, 0, 1, 1, 1])
    #                           alarm runs: 0-1 (true), 4-5 (false), 7-9 (true)
    assert found.point_precision == pytest.approx(2 / 7) and found.point_recall == pytest.approx(2 / 5)
    assert (found.n_events, found.n_found, found.n_false_alarms) == (3, 2, 1)
    assert found.false_alarm_rate == 1.0 and found.time_in_alarm == 0.7  # all five normal points are in an alarm
    assert found.event_precision == 0 and found.event_recall == pytest.approx(2 / 3)
    assert found.delays == (0, 0)
    assert "2 of 3 found, after 0 points (median), 1 false alarms" in repr(found)


def test_the_event_precision_falls_with_the_normal_time_in_alarm_and_the_delay_counts_from_the_start():
    found = events.evaluate_events([0, 0, 0, 1, 1, 1, 0, 0, 1, 1], [1, 0, 0, 0, 0, 1, 1, 0, 1, 0])
    #                    alarm runs: 0 (false), 5-6 (one normal point), 8
    assert found.n_false_alarms == 1 and found.delays == (2, 0)
    assert found.false_alarm_rate == pytest.approx(2 / 5) and found.time_in_alarm == pytest.approx(4 / 10)
    assert found.event_precision == pytest.approx(2 / 3 * (1 - 2 / 5))
    assert "on 40.0% of the time, and 40.0% of the normal points" in repr(found)


def test_without_an_alarm_precision_is_nan_and_recall_zero():
    found = events.evaluate_events(Y, np.zeros(10))
    assert np.isnan(found.point_precision) and np.isnan(found.event_precision)
    assert found.point_recall == found.event_recall == found.time_in_alarm == found.false_alarm_rate == 0
    assert found.delays == () and "0 of 3 found, 0 false alarms" in repr(found)


def test_an_alarm_that_is_always_on_finds_every_event_and_is_worth_nothing():
    found = events.evaluate_events(Y, np.ones(10))
    assert found.event_recall == 1 and found.n_false_alarms == 0 and found.delays == (0, 0, 0)
    assert found.event_precision == 0 and found.point_precision == 0.5
    assert found.time_in_alarm == found.false_alarm_rate == 1


def test_where_no_point_is_normal_there_is_no_rate_of_false_alarms():
    found = events.evaluate_events([1, 1], [0, 1])
    assert np.isnan(found.false_alarm_rate) and found.event_precision == 1 and found.delays == (1,)


@pytest.mark.parametrize("seed", range(4))
def test_best_f1_is_the_best_over_all_thresholds(seed):
    rng = np.random.default_rng(seed)
    y, scores = rng.integers(0, 2, 50), np.round(rng.normal(size=50), 1)
    precision, recall, _ = precision_recall_curve(y, scores)
    wanted = (2 * precision * recall / np.maximum(precision + recall, 1e-12)).max()
    assert events.best_f1(y, scores) == pytest.approx(wanted)


def test_point_adjusting_raises_each_event_to_its_largest_score_and_nothing_else():
    scores = np.arange(10.0)[::-1]
    assert events.point_adjusted(Y, scores).tolist() == [9, 8, 8, 8, 5, 4, 3, 2, 1, 0]
    assert scores.tolist() == list(range(9, -1, -1))


def test_point_adjusting_makes_noise_look_good():
    y = np.zeros(5000, int)
    y[1000:1500] = y[3000:3500] = 1
    noise = np.random.default_rng(0).random(5000)
    assert events.best_f1(y, noise) < 0.35 and events.best_f1(y, events.point_adjusted(y, noise)) > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_without_a_buffer_and_with_one_event_found_first_vus_pr_is_average_precision(seed):
    rng = np.random.default_rng(seed)
    y, scores = np.zeros(60, int), np.round(rng.normal(size=60), 1)
    y[20:30] = 1
    scores[20:30] += 1
    scores[25] = 9  # found at the first threshold, so the share of events found is always 1
    assert events.vus_pr(y, scores, max_buffer=0) == pytest.approx(average_precision_score(y, scores))


def test_vus_pr_by_hand():
    # One event at point 2. Buffer 0 and 1: no neighbours, and the best score is on a neighbour: precision 1/2 at recall 1.
    # Buffer 2: points 1 and 3 count sqrt(1/2), where they have an alarm. Threshold 3: point 3 alone; threshold 2: both.
    y, scores = [0, 0, 1, 0, 0], [0.0, 0.0, 2.0, 3.0, 0.0]
    half = np.sqrt(0.5)
    first = half / (1 + half / 2)
    buffer_2 = first * half + (1 - first) * (1 + half) / 2
    assert events.vus_pr(y, scores, max_buffer=1) == pytest.approx(0.5)
    assert events.vus_pr(y, scores, max_buffer=2) == pytest.approx((0.5 + 0.5 + buffer_2) / 3)


def test_the_share_of_events_found_scales_the_recall():
    # Thresholds: 3 -> one of two events, one of two points, recall 1/2 * 1/2; 2 -> both, recall 1.
    assert events.vus_pr([1, 0, 1], [3, 0, 2], max_buffer=0) == pytest.approx(1 / 4 + 3 / 4)
    # A false alarm between: precision 1 at recall 1/4, then 2/3 at recall 1.
    assert events.vus_pr([1, 0, 1], [3, 2, 1], max_buffer=0) == pytest.approx(1 / 4 + 3 / 4 * 2 / 3)


def test_vus_pr_forgives_a_near_miss_and_no_far_one():
    y, near, far = np.zeros(200), np.zeros(200), np.zeros(200)
    y[100:110], near[94:104], far[20:30] = 1, 1, 1
    near, far = near + np.linspace(0, 0.01, 200), far + np.linspace(0, 0.01, 200)
    assert events.vus_pr(y, near, max_buffer=20) > events.vus_pr(y, near, max_buffer=0) + 0.1
    assert events.vus_pr(y, near, max_buffer=20) > 2 * events.vus_pr(y, far, max_buffer=20)


@pytest.mark.parametrize("max_buffer", [0, 1, 7, 40])
def test_the_labels_themselves_as_scores_have_volume_one(max_buffer):
    y = np.zeros(300, int)
    y[50:80] = y[85:86] = y[200:230] = y[299:] = 1
    assert events.vus_pr(y, y, max_buffer=max_buffer) == 1
    assert events.vus_pr(y, y + 1e-3 * np.random.default_rng(0).random(300), max_buffer=max_buffer) <= 1


def made_up(seed):
    """A series of labels and scores that partly follow them, a few points too early or too late."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(150, 900))
    y = np.zeros(n, int)
    for _ in range(int(rng.integers(1, 7))):
        start = int(rng.integers(n))
        y[start : start + int(rng.integers(1, 30))] = 1
    smooth = np.convolve(y, np.ones(9) / 9, "same")
    scores = rng.random(n) + rng.uniform(0, 2) * np.roll(smooth, int(rng.integers(-8, 9)))
    return y, np.round(scores, 1) if seed % 4 == 0 else scores, int(rng.integers(0, 40))


# What the authors' RangeAUC_volume_opt (TSB-AD, October 2025) gives with every score as a threshold (one for each point).
# fmt: off
REFERENCE = [
    0.2589, 0.3774, 0.3307, 0.2344, 0.9610, 0.9114, 0.7651, 0.7379, 0.8691, 0.2336,
    0.3880, 0.9411, 0.5083, 0.2115, 0.9723, 0.9669, 0.6375, 0.9505, 0.2672, 0.6132,
]
# fmt: on


@pytest.mark.parametrize("seed", range(20))
def test_vus_pr_is_what_the_authors_code_gives(seed):
    y, scores, max_buffer = made_up(seed)
    assert events.vus_pr(y, scores, max_buffer=max_buffer) == pytest.approx(REFERENCE[seed], abs=1e-4)


def test_vus_pr_of_a_long_series_takes_no_longer_than_a_blink():
    rng = np.random.default_rng(0)
    y = np.zeros(50_000, int)
    y[::500] = 1
    started = time.perf_counter()
    events.vus_pr(y, rng.random(50_000), max_buffer=100)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("do", "parts"),
    [
        (lambda: events.evaluate_events([0, 0], [0, 1]), ("y holds no anomaly",)),
        (lambda: events.evaluate_events([0, 1], [0, 1, 0]), ("y has 2 labels and 3",)),
        (lambda: events.evaluate_events([0, 1], [0.2, 0.7]), ("alarms holds 0.2, 0.7",)),
        (lambda: events.best_f1([0, 1], [0, np.nan]), ("scores holds NaN",)),
        (lambda: events.point_adjusted([0, -1], [0, 1]), ("y holds -1, 0",)),
        (lambda: events.vus_pr([0, 1], [0, 1], max_buffer=-1), ("max_buffer is -1",)),
        (lambda: events.vus_pr([0, 0], [0, 1], max_buffer=1), ("y holds no anomaly",)),
    ],
)
def test_bad_input_gets_one_sentence(do, parts):
    with pytest.raises(ValueError) as caught:
        do()
    assert all(part in str(caught.value) for part in parts), caught.value
