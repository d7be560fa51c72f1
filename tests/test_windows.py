"""Windows are the slices they say, parts never share a point, and every point's score comes from windows that cover it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aelearn import windows

exactly = settings(deadline=None, derandomize=True, max_examples=150, database=None)


@st.composite
def cuts(draw, extra=0):
    """A number of points, a length that fits and any step."""
    n = draw(st.integers(1 + extra, 60))
    return n, draw(st.integers(1, n - extra)), draw(st.integers(1, 70))


def made_up(n, channels=None, seed=0):
    return np.random.default_rng(seed).normal(size=(n, channels) if channels else n)


@exactly
@given(cuts(), st.sampled_from([None, 1, 3]))
def test_windows_equal_the_slices(case, channels):
    n, length, step = case
    series = made_up(n, channels)
    found = windows.cut(series, length, step=step)
    wanted = [series[start : start + length] for start in range(0, n - length + 1, step)]
    assert found.shape == np.shape(wanted) and (found == np.array(wanted)).all()


@exactly
@given(cuts(), st.sampled_from(["mean", "max"]), st.booleans())
def test_every_points_score_comes_from_the_windows_that_cover_it(case, reduce, by_position):
    n, length, step = case
    starts = range(0, n - length + 1, step)
    scores = made_up(len(starts) * length).reshape(-1, length) if by_position else made_up(len(starts))
    found = windows.to_points(scores, n, length, step=step, reduce=reduce)
    covering = [
        [scores[i][p - s] if by_position else scores[i] for i, s in enumerate(starts) if s <= p < s + length]
        for p in range(n)
    ]
    covered = [p for p in range(n) if covering[p]]
    for p in range(n):
        source = min(covered, key=lambda q: (abs(q - p), q))
        assert found[p] == pytest.approx({"mean": np.mean, "max": np.max}[reduce](covering[source]))
        assert covering[p] == [] or source == p


@exactly
@given(cuts(), st.booleans())
def test_at_the_end_a_point_gets_the_last_window_that_has_ended_and_the_first_points_the_neutral_score(
    case, by_position
):
    n, length, step = case
    starts = range(0, n - length + 1, step)
    scores = made_up(len(starts) * length).reshape(-1, length) if by_position else made_up(len(starts))
    found = windows.to_points(scores, n, length, step=step, at="end", neutral=-7.0)
    assert (found[: length - 1] == -7).all()
    for p in range(length - 1, n):
        last = max(i for i, s in enumerate(starts) if s + length - 1 <= p)
        assert found[p] == (scores[last][-1] if by_position else scores[last])


def test_at_the_end_no_score_depends_on_what_comes_later_and_covering_windows_look_ahead():
    series = np.zeros(60)
    series[30] = 1
    peaks = windows.cut(series, 10).max(axis=1)
    assert np.flatnonzero(windows.to_points(peaks, 60, 10)).tolist() == list(range(21, 40))
    assert np.flatnonzero(windows.to_points(peaks, 60, 10, at="end", neutral=0)).tolist() == list(range(30, 40))


@exactly
@given(cuts(), st.sampled_from(["mean", "max"]))
def test_the_points_of_windows_put_together_are_the_series(case, reduce):
    n, length, step = case
    series = made_up(n)
    found = windows.to_points(windows.cut(series, length, step=step), n, length, step=step, reduce=reduce)
    covered = np.zeros(n, bool)
    for start in range(0, n - length + 1, step):
        covered[start : start + length] = True
    np.testing.assert_allclose(found[covered], series[covered], rtol=1e-12)


@exactly
@given(cuts(extra=1), st.sampled_from([None, 2]))
def test_the_target_is_the_point_after_its_window(case, channels):
    n, length, _ = case
    series = made_up(n, channels)
    x, target = windows.next_values(series, length)
    assert len(x) == len(target) == n - length
    for i in range(n - length):
        assert (x[i] == series[i : i + length]).all() and (target[i] == series[i + length]).all()


@exactly
@given(st.integers(1, 200), st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 30))
def test_parts_are_disjoint_in_order_and_the_gap_lies_between(n, weights, gap):
    shares = np.array(weights) / sum(weights)
    try:
        parts = windows.split_by_time(n, shares, gap=gap)
    except ValueError as error:
        assert "a part would be empty" in str(error)
        assert (n - gap * (len(shares) - 1)) * shares.min() < 1.5
        return
    assert parts[0].start == 0 and parts[-1].stop == n and len(parts) == len(shares)
    assert all(part.stop > part.start for part in parts)
    assert all(b.start - a.stop == gap for a, b in itertools.pairwise(parts))
    sizes = np.array([part.stop - part.start for part in parts])
    assert (abs(sizes - shares * (n - gap * (len(shares) - 1))) <= 1).all()


def test_with_a_gap_of_the_length_no_window_of_the_whole_series_touches_two_parts():
    length = 7
    first, second = windows.split_by_time(100, (0.5, 0.5), gap=length)
    for window in windows.cut(np.arange(100), length):
        assert not (window[0] < first.stop and window[-1] >= second.start)


def test_windows_share_the_memory_of_the_series_and_cannot_write_to_it():
    series = np.zeros(10, np.float32)
    found = windows.cut(series, 3)
    assert np.shares_memory(series, found) and not found.flags.writeable and found.dtype == np.float32


@pytest.mark.parametrize(
    ("do", "parts"),
    [
        (lambda: windows.cut(np.zeros(3), 4), ("series has 3 points", "needs 4", "smaller length")),
        (lambda: windows.cut(np.zeros(3), 0), ("length is 0",)),
        (lambda: windows.cut(np.zeros(3), 2, step=0), ("step is 0",)),
        (lambda: windows.cut([0, np.nan, 1], 2), ("series holds NaN", "row 1")),
        (lambda: windows.cut([[0], [1, 2]], 2), ("different lengths",)),
        (lambda: windows.cut(np.zeros((4, 2, 2)), 2), ("series has shape (4, 2, 2)",)),
        (lambda: windows.cut(5, 2), ("series has shape ()",)),
        (lambda: windows.next_values(np.zeros(3), 3), ("series has 3 points", "needs 4")),
        (lambda: windows.split_by_time(10, (0.5, 0.4)), ("sum to 1",)),
        (lambda: windows.split_by_time(10, (1.5, -0.5)), ("above 0",)),
        (lambda: windows.split_by_time(10, (0.5, 0.5), gap=9), ("a part would be empty", "smaller gap")),
        (lambda: windows.split_by_time(10, (0.5, 0.5), gap=-1), ("gap is -1",)),
        (lambda: windows.to_points(np.zeros(5), 10, 4), ("scores has 5 rows", "7 windows")),
        (lambda: windows.to_points(np.zeros((7, 3)), 10, 4), ("scores has 3 columns and 4",)),
        (lambda: windows.to_points(np.zeros(7), 10, 4, reduce="sum"), ("'mean', 'max'",)),
        (lambda: windows.to_points(np.zeros(1), 3, 4), ("0 windows",)),
        (lambda: windows.to_points(np.zeros(7), 10, 4, at="start"), ("at is 'start'", "'cover', 'end'")),
        (lambda: windows.to_points(np.zeros(7), 10, 4, at="end"), ("neutral is None", "finite number")),
        (lambda: windows.cut(np.ma.masked_equal([1.0, 2, 3], 2), 2), ("series holds masked values", "row 1")),
        (lambda: windows.cut(None, 2), ("series is None",)),
    ],
)
def test_bad_input_gets_one_sentence(do, parts):
    with pytest.raises(ValueError) as caught:
        do()
    assert all(part in str(caught.value) for part in parts), caught.value
    assert "\n" not in str(caught.value)
