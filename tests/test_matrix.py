"""The matrix runs each row once for a state of the files, and says what was not run; its versions are those of pyproject."""

import re

import matrix
import pytest

try:
    import tomllib
except ImportError:
    import tomli as tomllib

PROJECT = tomllib.loads((matrix.ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]


def versions(name):
    lines = (matrix.VERSIONS / name).read_text(encoding="utf8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Two rows in a folder of their own; `ran` lists what was run."""
    ran = []

    def run(row):
        ran.append(row.name)
        return {"result": "3 passed", "failures": [], "python": "3.12.0", "minutes": 0.1}

    monkeypatch.setattr(matrix, "FOLDER", tmp_path)
    monkeypatch.setattr(matrix, "ROWS", (matrix.Row("first"), matrix.Row("second", lessons=("00",))))
    monkeypatch.setattr(matrix, "run", run)
    return ran


def test_a_row_is_run_once_for_a_state_of_the_files(small, monkeypatch):
    assert matrix.main([]) == 0 and matrix.main([]) == 0
    assert small == ["first", "second"]
    monkeypatch.setattr(matrix, "fingerprint", lambda: "another")
    matrix.main([])
    assert small == ["first", "second"] * 2


def test_a_broken_run_goes_on_where_it_stopped(small, monkeypatch):
    run = matrix.run

    def stop_at_second(row):
        if row.name == "second":
            raise KeyboardInterrupt
        return run(row)

    monkeypatch.setattr(matrix, "run", stop_at_second)
    with pytest.raises(KeyboardInterrupt):
        matrix.main([])
    monkeypatch.setattr(matrix, "run", run)
    matrix.main([])
    assert small == ["first", "second"]


def test_a_row_that_is_named_runs_again_and_an_unknown_one_is_refused(small):
    matrix.main([])
    matrix.main(["second"])
    assert small == ["first", "second", "second"]
    with pytest.raises(SystemExit, match="there is no row third; there are: first; second"):
        matrix.main(["third"])


def test_each_failure_has_a_line_with_its_row(small, monkeypatch, capsys):
    monkeypatch.setattr(
        matrix, "run", lambda row: {"result": "1 failed", "failures": ["FAILED tests/test_x.py::test_y"]}
    )
    assert matrix.main([]) == 1
    printed = capsys.readouterr().out
    assert "| first | all |" in printed and "second: FAILED tests/test_x.py::test_y" in printed


def test_a_missing_python_is_named_as_not_run():
    assert matrix.run(matrix.Row("old", python="3.2"))["result"] == "not run: no Python 3.2 on PATH or in pyenv"


def test_every_python_that_pyproject_allows_has_a_row():
    low, high = re.match(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()
    rows = {row.python for row in matrix.ROWS}
    assert {f"3.{minor}" for minor in range(int(low), int(high))} <= rows


def test_the_oldest_versions_are_the_bounds_of_pyproject():
    bounds = dict(text.split(">=") for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["online"]])
    oldest = versions("oldest.txt")
    assert set(oldest) == set(bounds)
    assert all(oldest[name].startswith(bound + ".") for name, bound in bounds.items())
