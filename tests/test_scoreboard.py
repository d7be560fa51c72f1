"""The scoreboard that lesson 12 reads: complete, and made by runs that may be killed at any moment."""

import json

import numpy as np
import pytest

from aelearn import data
from benchmarks import scoreboard

BOARD = data.results("scoreboard")


def test_every_method_was_judged_on_every_data_set_with_every_seed():
    assert set(BOARD["table"]) == {*scoreboard.TABLES, *scoreboard.SERIES_SETS}
    kinds_of_methods = {frozenset(row) for task, row in BOARD["table"].items() if task in scoreboard.TABLES}
    assert len(kinds_of_methods) == 1 and len(next(iter(kinds_of_methods))) == 21
    assert all(set(BOARD["table"][task]) == set(scoreboard.SERIES) for task in scoreboard.SERIES_SETS)
    for row in BOARD["table"].values():
        for figures in row.values():
            for values in figures.values():
                assert len(values) == len(BOARD["seeds"]) == 5 and np.isfinite(values).all()
            for share in ("auc", "average_precision", "false_alarm_rate", "recall"):
                assert all(0 <= value <= 1 for value in figures[share])
    assert BOARD["machine"]["tensorflow"] and BOARD["machine"]["processor"]


def test_a_simple_method_is_judged_again_as_it_stands_on_the_board():
    job = scoreboard.jobs()["breast_cancer | 5 neighbours | 3"]
    assert job()["5 neighbours"]["auc"] == pytest.approx(
        BOARD["table"]["breast_cancer"]["5 neighbours"]["auc"][3], abs=1e-3
    )


def test_a_killed_run_goes_on_where_it_stopped_with_no_result_lost_or_doubled(tmp_path, monkeypatch):
    calls, kept, fatal = [], [], {"b | m | 1"}

    def job(key):
        def run():
            calls.append(key)
            if key in fatal:
                fatal.discard(key)
                raise KeyboardInterrupt
            return {"m": {"auc": len(key) / 10 + int(key[-1])}}

        return run

    keys = [f"{task} | m | {seed}" for task in "ab" for seed in range(3)]
    monkeypatch.setattr(scoreboard, "UNFINISHED", tmp_path / "part.jsonl")
    monkeypatch.setattr(scoreboard, "jobs", lambda: {key: job(key) for key in keys})
    monkeypatch.setattr(scoreboard, "keep", lambda name, result, folder: kept.append(result["table"]))
    with pytest.raises(KeyboardInterrupt):
        scoreboard.measure()
    with scoreboard.UNFINISHED.open("a") as file:
        file.write(json.dumps(["b | m | 1", {"m": {"auc": 5}}])[:-4])  # the kill came while a line was written
    scoreboard.measure()
    assert sorted(calls) == sorted([*keys, "b | m | 1"]) and not scoreboard.UNFINISHED.exists()
    assert kept == [{task: {"m": {"auc": [0.9, 1.9, 2.9]}} for task in "ab"}]
