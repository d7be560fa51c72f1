"""Every exercise: the solution passes, the blank is 'not tried yet', each known wrong answer gets its own sentence.

The catalogue of lesson NN is tests/exercises/lesson_NN.py: a list of `Exercise`.
"""

import importlib
import re

import pytest

from aelearn.course import check, exercises, hint
from exercises import LESSONS, catalogues

EXERCISES = catalogues()
ids = [entry.name for entry in EXERCISES]


def numbers_in_lessons():
    sources = (exercises_in(path.read_text(encoding="utf8")) for path in LESSONS.glob("*.py"))
    return sorted(number for numbers in sources for number in numbers)


def exercises_in(text):
    return re.findall(r"\bcheck\(\s*[\"'](\d\d\.\d+)[\"']", text)


def test_every_exercise_of_a_lesson_is_in_a_catalogue_and_the_other_way_round():
    assert sorted(ids) == numbers_in_lessons()


def test_every_check_is_used_by_a_lesson():
    for lesson in {name[:2] for name in ids}:
        importlib.import_module(f"aelearn.course.checks.lesson_{lesson}")
    assert sorted(exercises._EXERCISES) == numbers_in_lessons()


@pytest.mark.parametrize("entry", EXERCISES, ids=ids)
def test_the_right_answer_passes(entry):
    for answer in (entry.right, *entry.also):
        right, sentence = exercises.verdict(entry.name, answer, **entry.given)
        assert right is True, sentence


@pytest.mark.parametrize("entry", EXERCISES, ids=ids)
def test_the_blank_is_not_tried_yet(entry, capsys, monkeypatch):
    monkeypatch.delenv("AELEARN_STRICT", raising=False)
    check(entry.name, entry.blank, **entry.given)
    assert "not tried yet" in capsys.readouterr().out


@pytest.mark.parametrize("entry", EXERCISES, ids=ids)
def test_each_wrong_answer_gets_the_sentence_meant_for_it(entry):
    assert len(entry.wrong) >= 3, "an exercise lists at least three wrong answers"
    fragments = [fragment for _, fragment in entry.wrong]
    assert len(set(fragments)) == len(fragments), "each wrong answer has a sentence of its own"
    for answer, fragment in entry.wrong:
        right, sentence = exercises.verdict(entry.name, answer, **entry.given)
        assert right is False and fragment in sentence, f"{entry.name}: wanted {fragment!r}, found {sentence!r}"


@pytest.mark.parametrize("entry", EXERCISES, ids=ids)
def test_no_answer_makes_a_check_raise(entry, monkeypatch, capsys):
    monkeypatch.delenv("AELEARN_STRICT", raising=False)
    for answer in (None, "text", [], {}, float("nan"), [[1], [2, 3]], object(), lambda *a: 1 / 0, lambda: 0, 10**400):
        check(entry.name, answer, **entry.given)
        assert "correct" not in capsys.readouterr().out


@pytest.mark.parametrize("entry", EXERCISES, ids=ids)
def test_a_wrong_answer_raises_in_strict_runs(entry, monkeypatch):
    monkeypatch.setenv("AELEARN_STRICT", "1")
    with pytest.raises(AssertionError):
        check(entry.name, entry.wrong[0][0], **entry.given)
    with pytest.raises(AssertionError):
        check(entry.name, entry.blank, **entry.given)


@pytest.mark.parametrize("entry", EXERCISES, ids=ids)
def test_every_exercise_has_a_hint(entry, capsys):
    hint(entry.name)
    assert len(capsys.readouterr().out) > 40


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match=r"no exercise '99\.9'"):
        check("99.9", 1)
