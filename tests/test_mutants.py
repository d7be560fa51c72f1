"""Function exercises refuse every mutant of their solution that gives something else, and take every equivalent."""

import functools
import importlib

import mutants
import pytest

from aelearn.course import exercises

table_of = functools.cache(lambda lesson: mutants.table([lesson]))


@pytest.mark.parametrize("lesson", mutants.LESSONS)
def test_no_wrong_mutant_is_accepted_and_no_equivalent_refused(lesson):
    rows = [row for row in table_of(lesson) if not isinstance(row, str)]
    print("\n".join([mutants.HEAD, *(row.line() for row in rows)]))
    assert [(row.exercise, text) for row in rows for text in row.accepted_wrongly] == []
    assert [(row.exercise, text) for row in rows for text in row.refused_wrongly] == []
    assert sum(row.told for row in rows) >= 0.75 * sum(row.wrong for row in rows), (
        "too few slips have their own sentence"
    )


@pytest.mark.parametrize("lesson", mutants.LESSONS)
def test_no_exercise_is_judged_by_hand(lesson):
    assert [row for row in table_of(lesson) if isinstance(row, str) and not exercises._EXERCISES[row].task] == []


@pytest.mark.parametrize("lesson", mutants.LESSONS)
def test_the_inputs_tell_the_slips_of_an_exercise_apart(lesson):
    importlib.import_module(f"aelearn.course.checks.lesson_{lesson}")
    for name, entry in exercises._EXERCISES.items():
        if name.startswith(lesson) and entry.task and not entry.task.of_value:
            assert list(mutants.slips_alike(entry.task)) == [], name
