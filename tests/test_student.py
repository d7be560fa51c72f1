"""The students' edition gives no solution away, and judges as the whole course does."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import student

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "course"
    student.make(folder)
    return folder


def plain(text):
    return re.sub(r"\s+|\\n|\\", "", text)


def test_no_file_holds_a_solution(edition):
    texts = {
        path: plain(path.read_text(encoding="utf8", errors="ignore"))
        for path in edition.rglob("*")
        if path.is_file() and path.suffix not in (".npz", ".png")
    }
    assert len(texts) > 60
    solutions = json.loads((ROOT / "aelearn" / "course" / "_solutions.json").read_text(encoding="utf8"))
    for name, code in solutions.items():
        lines = [
            line.strip() for line in code.splitlines() if not re.match(r"\s*(#|def |class |import |from |$)", line)
        ]
        body = plain("\n".join(lines))
        given_away = [str(path) for path, text in texts.items() if len(body) > 25 and body in text]
        assert not given_away, f"{name}: {given_away}"


def test_it_judges_hints_and_says_that_it_has_no_solutions(edition):
    code = (
        "from aelearn.course import check, hint, solution; import aelearn; print(aelearn.__file__);"
        "check('00.1', 278); check('00.1', 278 / 2778); hint('04.3'); solution('04.3');"
        "import inspect; from aelearn.course.checks import lesson_04; print('return' in inspect.getsource(lesson_04))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=edition, capture_output=True, text=True, encoding="utf8")
    assert str(edition) in ran.stdout and "how many anomalies there are" in ran.stdout, ran.stderr
    assert "correct" in ran.stdout and "Your teacher's edition has no solutions." in ran.stdout
    assert ran.stdout.endswith("False\n")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit, match="not empty"):
        student.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
