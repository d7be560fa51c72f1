"""`course.py grade`: only the exercise cells count, in a kernel without network and with a limit of time, and the table says why."""

import csv
import subprocess
import sys
from pathlib import Path

import grade
import nbformat
import pytest
from nbformat import v4

ROOT = Path(__file__).resolve().parents[1]
START = "import numpy as np\n\ny = np.repeat([0, 1], [9, 1])\nfrom aelearn.course import check"
BLANK = '# your code here\nshare_of_anomalies = ...\ncheck("00.1", share_of_anomalies)'


def notebook(*sources):
    return v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook(START, BLANK), tmp_path / "notebooks" / "00_small.ipynb")
    monkeypatch.setattr(grade, "LESSONS", tmp_path / "notebooks")
    monkeypatch.setattr(grade, "CELL_SECONDS", 5)
    return tmp_path


NETWORK = "import socket\n\nsocket.create_connection(('192.0.2.1', 80), timeout=3)\n"
LOOP = "while True:\n    pass\n"


@pytest.mark.parametrize(
    ("answer", "verdict", "part"),
    [
        ("share_of_anomalies = 278 / 2778\n", "right", "correct"),
        ("share_of_anomalies = 278\n", "wrong", "how many anomalies there are"),
        ("share_of_anomalies = ...\n", "not tried", "not tried yet"),
        ("import nothing_of_that_name\n", "wrong", "ModuleNotFoundError"),
        (NETWORK, "wrong", "network"),
        (LOOP, "wrong", "stopped after 5 seconds"),
    ],
    ids=["right", "wrong", "blank", "an error", "the network", "for ever"],
)
def test_an_answer_gets_its_verdict_and_message(lesson, answer, verdict, part):
    found, message = grade.verdicts("00", {"00.1": answer})["00.1"]
    assert found == verdict and part.lower() in message.lower().replace("unreachable", "network")


def test_one_row_a_student_whatever_way_it_was_handed_in(lesson):
    work = lesson / "work"
    for name, answer in {
        "anna/00_start.ipynb": "278 / 2778",
        "ben_00_start_here.ipynb": "0.5",
        "carl/broken/00_x.ipynb": None,
    }.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if answer is None:
            path.write_text("no notebook")
        else:
            cells = ["raise SystemExit", f'share_of_anomalies = {answer}\ncheck("00.1", share_of_anomalies)']
            nbformat.write(notebook(*cells), path)
    with open(grade.grade(work), encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["anna"]["00.1"] == "right" and rows["ben"]["00.1"] == "wrong"
    assert "is not" in rows["ben"]["00.1 message"] and rows["carl"]["00"].startswith("no notebook")


def test_a_folder_without_notebooks_is_one_sentence(tmp_path):
    ended = subprocess.run([sys.executable, ROOT / "tools" / "grade.py", tmp_path], capture_output=True, text=True)
    assert ended.returncode and ended.stderr.startswith("course.py: there is no notebook of a student")
