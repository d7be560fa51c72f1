"""How exercises are judged: answers in the forms people give them, slips, endless loops, hints, solutions, progress."""

import contextlib
import json
import threading
import time

import numpy as np
import pandas as pd
import pytest

import notebooks
from aelearn.course import answers, check, comparing, exercises, hint, progress, solution
from aelearn.course.judging import Task
from exercises import catalogues


def reference(x, level):
    return np.maximum(np.asarray(x) - level, 0)


def drawn(rng):
    return rng.normal(size=rng.integers(1, 9)), rng.normal()


def task(reference=reference, **how):
    given = {"examples": [([1.0, 5], 2.0), ([3.0], 3)], "random": drawn, **how}
    return Task(reference, **given)


@pytest.fixture
def fresh(monkeypatch):
    """No exercise tried in this kernel yet."""
    for name, empty in (("_ATTEMPTS", {}), ("_ASKED", exercises.Counter())):
        monkeypatch.setattr(exercises, name, empty)


@pytest.mark.parametrize(
    "form",
    [list, tuple, pd.Series, iter, np.float32, lambda v: (part for part in v), lambda v: [np.float64(p) for p in v]],
)
def test_a_right_answer_may_come_in_any_container(form):
    assert task().judge(lambda x, level: form(reference(x, level))) is None


@pytest.mark.parametrize(
    ("form", "part"),
    [
        (lambda v: v[:, None], "it is a column"),
        (lambda v: v.sum(), "shape ()"),
        (lambda v: "text", "is text"),
        (lambda v: [[1], [2, 3]], "rows of unequal length"),
        (lambda v: v + np.nan, "holds NaN"),
        (lambda v: -v, "sign"),
        (lambda v: np.round(v, 3), "give it unrounded"),
        (lambda v: v + 0.25, "0.25 too large"),
        (lambda v: 3 * v, "3 times what is wanted"),
    ],
)
def test_a_wrong_form_or_a_simple_relation_is_told(form, part):
    assert part in task().judge(lambda x, level: form(reference(x, level)))


def test_a_forgotten_return_is_told_on_any_way_through():
    assert "returns nothing; end it with return" in task().judge(lambda x, level: None)
    on_one_way = task().judge(lambda x, level: reference(x, level) if len(x) > 1 else None)
    assert "for x = [3] and level = 3 is None" in on_one_way


def test_a_slip_is_recognised_only_when_it_alone_explains_every_result():
    slips = [(lambda x, level: x - level, "not cut"), (lambda x, level: x, "no level")]
    assert task(slips=slips).judge(lambda x, level: np.asarray(x) - level) == "not cut"
    sometimes = lambda x, level: x - level if len(x) == 1 else reference(x, level)
    assert "not cut" not in task(slips=slips).judge(sometimes)
    assert "not cut" not in task(slips=[*slips, (lambda x, level: x - level, "other")]).judge(slips[0][0])


def test_the_general_sentence_shows_one_smallest_input():
    sentence = task().judge(lambda x, level: np.maximum(x - level, 0.125))
    assert sentence == "For x = [3] and level = 3 it returns [0.125]; [0] is wanted."


def test_an_answer_follows_one_of_the_open_readings_throughout():
    upwards = lambda x, level: np.ceil(reference(x, level))
    assert task(readings=[upwards]).judge(upwards) is None
    mixed = lambda x, level: upwards(x, level) if len(x) > 4 else reference(x, level)
    assert task(readings=[upwards]).judge(mixed) is not None


def test_an_argument_is_passed_as_a_copy_and_changing_it_is_told_where_the_text_forbids_it():
    lessons_own = np.array([1.0, 5])

    def changes(x, level):
        x -= level
        return np.maximum(x, 0)

    assert task(examples=[(lessons_own, 2.0)]).judge(changes) is None
    assert "changes its argument x" in task(examples=[(lessons_own, 2.0)], pure=True).judge(changes)
    assert lessons_own.tolist() == [1, 5]


def test_lists_in_examples_are_passed_as_arrays():
    assert task().judge(lambda x, level: np.maximum(x - level, x * 0)) is None


def test_exchanged_and_unused_arguments_are_named():
    plain = lambda a, b: a - b
    numbers = {"examples": [(3.0, 1.0), (2.0, 5.0)], "random": lambda rng: tuple(rng.normal(size=2))}
    assert task(plain, **numbers).judge(lambda a, b: b - a) == "You have exchanged a and b."
    assert "Where b should matter" in task(plain, **numbers).judge(lambda a, b: a**3 + 1)


def test_a_view_compares_what_a_result_does():
    class Doubler:
        def __call__(self, x):
            return x + x

    seen = task(lambda: np.exp2, examples=[()], random=None, view=lambda network: network(np.ones(2)))
    assert seen.judge(Doubler) is None
    assert seen.judge(lambda: np.sqrt) is not None


@pytest.mark.skipif(not hasattr(answers.signal, "SIGALRM"), reason="this system has no alarm")
def test_an_answer_that_never_ends_is_stopped_even_when_it_catches_exceptions():
    def never(x, level):
        while True:
            with contextlib.suppress(Exception):
                time.sleep(0.01)

    assert "had not come to an end after 0.2 seconds" in task(seconds=0.2).judge(never)
    with answers.time_limit(5):
        pass
    assert answers.signal.getitimer(answers.signal.ITIMER_REAL) == (0, 0)


def test_outside_the_main_thread_an_answer_is_judged_without_a_limit():
    found = []
    thread = threading.Thread(target=lambda: found.append(task().judge(reference)))
    thread.start()
    thread.join()
    assert found == [None]


def test_an_answer_that_prints_is_heard_once(capsys):
    def talks(x, level):
        print("here")
        return reference(x, level)

    task().judge(talks)
    assert capsys.readouterr().out == "here\n"


@pytest.mark.parametrize("value", [None, "a", [None, 1], ["1", "2"], {}, object(), [[1], [2, 3]], 10**400, 1j])
def test_what_is_no_number_is_none(value):
    assert answers.as_numbers(value) is None


def test_two_results_that_look_alike_are_shown_with_more_digits():
    assert "1.00001" in comparing.results_shown(1.00001, 1.0, "for x = 1")


def test_the_second_hint_is_another(fresh, capsys):
    hint("04.3")
    first = capsys.readouterr().out
    hint("04.3")
    second = capsys.readouterr().out
    assert "again" in first and first != second
    hint("04.3")
    assert capsys.readouterr().out == second


@pytest.mark.parametrize("entry", catalogues(), ids=lambda entry: entry.name)
def test_an_exercise_that_a_task_judges_has_two_hints(entry):
    known = exercises._find(entry.name)
    assert len(set(known.hints)) == (2 if known.task else 1)


def test_a_solution_is_shown_after_an_attempt_or_when_asked_twice(fresh, capsys):
    solution("01.2")
    assert "not tried 01.2 yet" in capsys.readouterr().out
    solution("01.2")
    assert "np.nanmedian(x_train, axis=0)" in capsys.readouterr().out
    check("01.3", lambda x_train, x: x)
    solution("01.3")
    assert "x_train.std(axis=0)" in capsys.readouterr().out


def test_an_edition_without_solutions_says_so(fresh, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(exercises, "SOLUTIONS", tmp_path / "none.json")
    solution("01.2")
    assert "Your teacher's edition has no solutions." in capsys.readouterr().out


@pytest.mark.skipif(not exercises.SOLUTIONS.exists(), reason="an edition without solutions")
def test_the_solutions_in_the_package_are_those_of_the_lessons():
    stored = exercises.SOLUTIONS.read_text(encoding="utf8")
    assert stored == notebooks.solutions()
    assert all("SOLUTION" not in code and "check(" not in code for code in json.loads(stored).values())


def test_progress_tells_right_from_tried_and_not_tried(fresh, capsys):
    progress()
    assert "No exercise has been checked" in capsys.readouterr().out
    check("04.4", lambda r, f, b: r)
    check("04.4", lambda r, f, b: r * b / (r * b + f * (1 - b)) if b else 0.0)
    check("04.5", lambda c, s: 1)
    capsys.readouterr()
    progress()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Lesson 04: 1 of 5 right"
    assert "right, 2 tries" in lines[4] and "not yet, 1 try" in lines[5] and "not tried yet" in lines[1]


def test_a_right_answer_may_carry_a_remark():
    right, sentence = exercises.verdict("04.5", lambda c, s: (1 + sum(c >= s)) / (len(c) + 1))
    assert right and "never below" in sentence


@pytest.mark.parametrize(
    ("slip", "part"),
    [
        (lambda x, level: np.zeros(3) + np.zeros(4), "do not fit together entry by entry"),
        (lambda x, level: x.sum(axis=1), "axis=1 was asked of an array with 1 axes"),
        (lambda x, level: np.zeros((2, 3)) @ np.zeros((2, 3)), "as many columns in the first as rows in the second"),
        (lambda x, level: x if np.zeros(2) > level else -x, "take one truth value, not an array"),
        (lambda x, level: x / (1 // 0), "something is divided by 0"),
        (lambda x, level: x[len(x)], "the first is 0"),
        (lambda x, level: x[0, 0], "fewer axes"),
        (lambda x, level: x[level / 2], "a place in an array is a whole number"),
        (lambda x, level: x.sort()[0], "sorts x itself and returns None"),
        (lambda x, level: np.hstack([np.zeros((2, 3)), np.zeros((3, 3))]), "axis=1 sets columns beside each other"),
        (lambda x, level: np.zeros(3, 4), "a shape is one argument"),
        (lambda x, level: np.random.default_rng(0)(3), "its methods draw"),
        (lambda x, level: np.zeros(x), "or a shape"),
    ],
)
def test_the_commonest_errors_are_told_in_plain_words(slip, part):
    assert part in task().judge(slip)


def test_none_is_told_apart_from_a_forgotten_return_where_it_may_be_an_answer():
    def first_above(x, level):
        above = np.flatnonzero(x > level)
        return int(above[0]) if len(above) else None

    def last_above(x, level):
        return None if np.max(x) > level else 0

    how = {"examples": [([1, 3], 2), ([1], 2), ([3], 2)]}
    assert "returned None for every input" in task(first_above, **how).judge(lambda x, level: None)
    assert "it returns 0; None is wanted" in task(first_above, **how).judge(last_above)


def test_a_part_that_stands_in_a_relation_is_named():
    def both(x, level):
        return x.mean(), (x > level).mean()

    sentence = task(both).judge(lambda x, level: (x.mean(), 100 * (x > level).mean()))
    assert "Part 2 of what both returns is not right. That is a percentage" in sentence
