"""Which thresholds keep their promise, on data whose distribution is known."""

import numpy as np
import pytest
from scipy.stats import beta, lognorm

from aelearn import thresholds


@pytest.mark.parametrize("alpha", [0.10, 0.05, 0.01])
@pytest.mark.parametrize("draw", ["normal", "lognormal", "standard_cauchy"])
def test_conformal_keeps_its_promise_within_a_point_over_200_splits(alpha, draw):
    rng = np.random.default_rng(1)
    delivered = []
    for _ in range(200):
        calibration, new = getattr(rng, draw)(size=300), getattr(rng, draw)(size=2000)
        delivered.append(np.mean(new > thresholds.conformal(calibration, alpha)))
    assert np.mean(delivered) == pytest.approx(alpha, abs=0.01)


@pytest.mark.parametrize("alpha", [0.2, 0.1, 0.05, 0.01, 1 / 3])
@pytest.mark.parametrize("m", [4, 9, 19, 20, 99, 100, 101, 1000])
def test_conformal_takes_the_kth_smallest_score(m, alpha):
    scores = np.random.default_rng(0).permutation(np.arange(1, m + 1))
    # k = ceil((m + 1)(1 - alpha)) in exact arithmetic
    from fractions import Fraction

    exact = Fraction(1, 3) if alpha == 1 / 3 else Fraction(str(alpha))
    k = -((-(m + 1) * (1 - exact)) // 1)
    if k > m:
        with pytest.raises(ValueError, match=f"needs at least {-(-(1 / exact - 1) // 1)}"):
            thresholds.conformal(scores, alpha)
    else:
        assert thresholds.conformal(scores, alpha) == k


def test_the_number_said_to_be_needed_is_enough_and_one_less_is_not():
    assert thresholds.conformal(np.arange(99), 0.01) == 98
    with pytest.raises(ValueError, match="at least 99"):
        thresholds.conformal(np.arange(98), 0.01)


@pytest.mark.parametrize(
    ("m", "alpha", "confidence"), [(59, 0.05, 0.95), (100, 0.05, 0.95), (500, 0.01, 0.9), (1000, 0.2, 0.99)]
)
def test_tolerance_takes_the_smallest_rank_that_breaks_the_promise_seldom_enough(m, alpha, confidence):
    scores = np.random.default_rng(0).permutation(np.arange(1.0, m + 1))
    k = int(thresholds.tolerance(scores, alpha, confidence=confidence))
    chance_of_more = [beta.sf(alpha, m + 1 - rank, rank) for rank in (k, k - 1)]
    assert chance_of_more[0] <= 1 - confidence < chance_of_more[1]
    assert k > thresholds.conformal(scores, alpha)


def test_tolerance_keeps_its_promise_for_nineteen_sets_in_twenty_and_conformal_for_about_half():
    rng, rates = np.random.default_rng(5), {"tolerance": [], "conformal": []}
    for _ in range(400):
        calibration = rng.lognormal(size=200)
        for name, delivered in rates.items():
            delivered.append(lognorm.sf(getattr(thresholds, name)(calibration, 0.05), 1))
    broken = {name: np.mean(np.array(delivered) > 0.05) for name, delivered in rates.items()}
    assert broken["tolerance"] < 0.08 and broken["conformal"] > 0.35


def test_tolerance_says_how_many_scores_it_needs():
    assert thresholds.tolerance(np.arange(59), 0.05) == 58
    with pytest.raises(ValueError, match=r"58 values, and alpha=0.05 with confidence=0.95 needs at least 59"):
        thresholds.tolerance(np.arange(58), 0.05)
    with pytest.raises(ValueError, match=r"confidence is 95 .*pass 0\.95"):
        thresholds.tolerance(np.arange(58), 0.05, confidence=95)


def test_p_values_and_the_conformal_threshold_raise_the_same_alarms():
    rng = np.random.default_rng(2)
    calibration, new = rng.integers(0, 30, 99).astype(float), rng.integers(0, 40, 500).astype(float)  # many ties
    for alpha in (0.01, 0.05, 0.1, 0.3):
        alarm = new > thresholds.conformal(calibration, alpha)
        assert np.array_equal(alarm, thresholds.p_values(calibration, new) <= alpha)


def test_p_values_of_normal_samples_are_uniform():
    rng = np.random.default_rng(3)
    p = np.concatenate([thresholds.p_values(rng.normal(size=199), rng.normal(size=50)) for _ in range(200)])
    assert p.min() > 0 and p.max() <= 1
    for level in (0.01, 0.05, 0.25, 0.5, 0.9):
        assert np.mean(p <= level) == pytest.approx(level, abs=0.02)


def test_rules_that_assume_a_normal_distribution_keep_their_promise_only_there():
    rng = np.random.default_rng(4)
    for draw, kept in ((rng.normal, True), (rng.standard_exponential, False)):
        scores, new = draw(size=20_000), draw(size=200_000)
        for rule in (thresholds.mean_plus_k_sd, thresholds.mad):
            delivered = np.mean(new > rule(scores, 2.326))  # promises 1 %
            assert (abs(delivered - 0.01) < 0.002) == kept


def test_mad_is_not_moved_by_outliers_and_mean_plus_k_sd_is():
    scores = np.random.default_rng(5).normal(size=500)
    spoilt = np.append(scores, [1e6] * 10)
    assert thresholds.mad(spoilt) == pytest.approx(thresholds.mad(scores), rel=0.1)
    assert thresholds.mean_plus_k_sd(spoilt) > 100 * thresholds.mean_plus_k_sd(scores)


@pytest.mark.parametrize("draw", ["standard_exponential", "normal", "lognormal"])
def test_peaks_over_threshold_reaches_beyond_the_data_within_a_factor_of_three(draw):
    rng = np.random.default_rng(6)
    new = getattr(rng, draw)(size=1_000_000)
    limits = [thresholds.peaks_over_threshold(getattr(rng, draw)(size=500), 0.001) for _ in range(100)]
    assert 0.001 / 3 < np.mean([np.mean(new > limit) for limit in limits]) < 0.003


def test_fixed_and_quantile_are_what_they_say():
    assert thresholds.fixed([1.0, 2.0], 0.05) == 0.05
    assert thresholds.quantile(np.arange(101.0), 0.1) == pytest.approx(90)
