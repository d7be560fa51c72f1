"""The boards that lessons 09 and 12 read: complete, of one piece, and made by runs that may be killed at any moment."""

import json

import numpy as np
import pytest

from aelearn import data
from benchmarks import common, scoreboard, series

BOARD = data.results("scoreboard")
SIZES = data.results("picture_sizes")
SHARES = ("auc", "average_precision", "false_alarm_rate", "recall", "vus_pr", "event_recall", "time_in_alarm")


def test_every_method_was_judged_on_every_data_set_with_every_seed():
    assert set(BOARD["table"]) == {*scoreboard.TABLES, *series.SETS}
    kinds_of_methods = {frozenset(row) for task, row in BOARD["table"].items() if task in scoreboard.TABLES}
    assert len(kinds_of_methods) == 1 and len(next(iter(kinds_of_methods))) == 22
    many = {"first_fit_seconds": 1, "auc_resampled": 100}
    for row in BOARD["table"].values():
        for entry in row.values():
            for figure, values in entry.items():
                assert len(values) == many.get(figure, len(BOARD["seeds"]))
                assert figure == "delay" or np.isfinite(values).all()
                assert figure not in SHARES or all(0 <= value <= 1 for value in values)
    assert BOARD["seeds"] == list(range(5))
    assert None not in BOARD["machine"].values() and len(BOARD["made_from"]) == 16


def test_the_views_of_a_series_are_by_point_and_by_window_afterwards_and_live():
    for task in series.SETS:
        views = {}
        for variant in BOARD["table"][task]:
            method, _, view = variant.partition(", by ")
            views.setdefault(method, set()).add(view)
        assert views["linear forecast"] == views["GRU forecast"] == {"point", "window", "window, live"}
        assert views["LSTM autoencoder"] == {"point", "point, live", "window", "window, live"}
        assert views["nearest window"] == {"window", "window, live"}


@pytest.mark.parametrize("task", ["vowel", "breast_cancer"])
def test_a_simple_method_is_judged_again_as_it_stands_on_the_board(task):
    found = scoreboard.on_table("5 neighbours", task)["5 neighbours"]
    stored = data.results("scoreboard")["table"][task]["5 neighbours"]
    for figure in ("auc", "auc_resampled"):
        assert found[figure] == pytest.approx(stored[figure], abs=1e-3)


def test_the_picture_sizes_hold_every_setting_with_its_resamplings():
    tasks = [*SIZES["pictures"].values(), *SIZES["tables"].values()]
    assert len(tasks) == 9
    for task in tasks:
        for method, row in task["auc"].items():
            assert all(len(values) == 5 for values in row.values())
            assert all(len(task["auc_resampled"][method][setting]) == 100 for setting in row)


@pytest.mark.parametrize("length", [4, 7])
def test_a_live_view_uses_no_later_point(length):
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=300), rng.normal(size=80)
    changed = np.append(test[:50], test[50:] + 9)
    for name in ("linear forecast", "nearest window", "PCA on windows"):
        for view, score in series.METHODS[name](train, length, 0).items():
            before, after = score(test, 0.05)[0][:50], score(changed, 0.05)[0][:50]
            causal = view.endswith("live") or view == "linear forecast, by point"
            assert np.array_equal(before, after) == causal, view


def test_every_network_of_a_board_has_at_least_two_thousand_steps_and_a_hundred_epochs():
    for n_rows in (50, 178, 289, 1250, 2456, 40_000):
        epochs = common.epochs_for(n_rows)
        assert epochs >= 100 and epochs * np.ceil(n_rows / 64) >= 2000


@pytest.fixture
def made_up_jobs(tmp_path):
    """Six jobs, of which the fifth is killed the first time, and the calls that were made."""
    calls, fatal = [], {"b | 1"}

    def job(key):
        def run():
            calls.append(key)
            if key in fatal:
                fatal.discard(key)
                raise KeyboardInterrupt
            return {"auc": [len(key) / 10 + int(key[-1])]}

        return run

    return {f"{task} | {number}": job(f"{task} | {number}") for task in "ab" for number in range(3)}, calls, tmp_path


def test_a_killed_run_goes_on_where_it_stopped_with_no_result_lost_or_doubled(made_up_jobs):
    jobs, calls, folder = made_up_jobs
    with pytest.raises(KeyboardInterrupt):
        common.run_jobs("board", jobs, "code 1", folder)
    with (folder / "board.part.jsonl").open("a") as file:
        file.write(json.dumps(["code 1", "b | 1", {"auc": [5]}])[:-4])  # the kill came while a line was written
    done = common.run_jobs("board", jobs, "code 1", folder)
    assert sorted(calls) == sorted([*jobs, "b | 1"])
    assert list(done) == list(jobs) and [found["auc"][0] for found in done.values()] == [0.5, 1.5, 2.5] * 2
    common.keep("board", {"table": done}, folder)
    assert [path.name for path in folder.iterdir()] == ["board.json"]
    assert common.kept("board", folder)["table"] == done and "[0.5]" in (folder / "board.json").read_text()


def test_results_of_other_code_are_not_mixed_with_these(made_up_jobs):
    jobs, _, folder = made_up_jobs
    with pytest.raises(KeyboardInterrupt):
        common.run_jobs("board", jobs, "code 1", folder)
    with pytest.raises(SystemExit, match=r"board\.part\.jsonl holds results of other code"):
        common.run_jobs("board", jobs, "code 2", folder)
    assert common.fingerprint() == common.fingerprint() != common.fingerprint(packages=("numpy",))
