"""Exercises that say what is wrong: `check` an answer, ask for a `hint`, see a `solution` and your `progress`.

The checks of lesson NN stand in checks/lesson_NN.py. Most are made by `function_exercise` and `value_exercise`, see
judging.py. A check by hand is a function marked with `@exercise("NN.k", hints=(first, stronger))`: it takes the answer,
and by keyword whatever the lesson hands to `check` besides, and returns None when the answer is right, else a sentence
that says what is wrong. The helpers in answers.py raise NotYet with such a sentence for the usual slips.
"""

import copy
import importlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aelearn.course._display import printable, show
from aelearn.course.answers import Blank, NotYet, a_function, a_number, an_array, same

__all__ = ["Blank", "NotYet", "a_function", "a_number", "an_array", "check", "exercise", "hint", "progress", "same", "show", "solution", "verdict"]  # fmt: skip

SOLUTIONS = Path(__file__).with_name("_solutions.json")  # made by the notebooks' build from their sources


@dataclass
class Entry:
    """What is known of an exercise: its check, its hints, what a right answer is told, and how it is judged, if by a Task."""

    check: Any
    hints: tuple
    remark: str | None = None
    task: Any = None


@dataclass
class Attempts:
    """What a reader did with an exercise in this kernel. right: the last answer was."""

    tries: int = 0
    right: bool = False


_EXERCISES: dict[str, Entry] = {}
_ATTEMPTS: dict[str, Attempts] = {}
_ASKED: Counter[tuple[str, str]] = Counter()


def exercise(name, *, hint=None, hints=(), remark=None, task=None):
    """Register a check under `name`, with the hints a reader may ask for, the second stronger than the first.

    remark: one sentence that a right answer is told besides, why it is so or what to look at next.
    """

    def register(function):
        if name in _EXERCISES:
            raise ValueError(f"there are two exercises {name}; number them apart")
        _EXERCISES[name] = Entry(function, (hint,) if hint else tuple(hints), remark, task)
        return function

    return register


def _find(name):
    lesson = str(name).partition(".")[0]
    try:
        importlib.import_module(f"aelearn.course.checks.lesson_{lesson}")
        return _EXERCISES[str(name)]
    except (ImportError, KeyError):
        raise ValueError(
            f"there is no exercise {name!r}; its number stands above the cell, as in check('00.1', ...)"
        ) from None


def verdict(name, answer, **given):
    """(True, False or None, sentence) for an answer: right, not yet right, not tried yet. Never raises for an answer."""
    entry = _find(name)
    given = {key: copy.copy(value) if isinstance(value, np.ndarray | list) else value for key, value in given.items()}
    try:
        problem = Blank if answer is ... else entry.check(answer, **given)
    except NotYet as not_yet:
        problem = str(not_yet)
    except Exception as error:
        problem = f"Checking your answer ended in {type(error).__name__}: {error}"
    if problem is Blank:
        return None, f"Exercise {name}: not tried yet. Replace the ... above and run the cell again."
    if problem is None:
        return True, f"Exercise {name}: correct.{' ' + entry.remark if entry.remark else ''}"
    return False, f"Exercise {name}: not yet. {problem} (For a hint: hint('{name}'))"


def check(name, answer, **given):
    """Say whether `answer` solves the exercise, and if not, what is wrong with it.

    given: what the check needs from the lesson, as the lesson's own cells pass it. An answer
    of ... is "not tried yet". Only where AELEARN_STRICT is set, as in the solution notebooks'
    tests, an answer that is not right raises AssertionError. Taught in: 00
    """
    right, sentence = verdict(name, answer, **given)
    attempts = _ATTEMPTS.setdefault(str(name), Attempts())
    if right is not None:
        attempts.tries, attempts.right = attempts.tries + 1, right
    if os.environ.get("AELEARN_STRICT") == "1" and not right:
        raise AssertionError(sentence)
    show({True: "✔", False: "✘", None: "·"}[right], sentence)


def hint(name):
    """Show the first hint of an exercise; when asked again, the next, stronger one. Taught in: 00"""
    hints = _find(name).hints
    _ASKED["hint", str(name)] += 1
    number = min(_ASKED["hint", str(name)], len(hints))
    more = f" (For more: hint('{name}') again)" if number < len(hints) else ""
    show("·", f"Hint for {name}: {hints[number - 1]}{more}")


def solution(name):
    """Show a solution of an exercise, after an attempt or when asked for a second time. Taught in: 00"""
    _find(name)
    _ASKED["solution", str(name)] += 1
    if not SOLUTIONS.exists():
        show("·", "Your teacher's edition has no solutions.")
    elif _ATTEMPTS.get(str(name), Attempts()).tries or _ASKED["solution", str(name)] > 1:
        code = json.loads(SOLUTIONS.read_text(encoding="utf8"))[str(name)]
        print(printable(f"· A solution of {name}:\n\n{code}"))
    else:
        show("·", f"You have not tried {name} yet; hint('{name}') helps. To see a solution all the same, ask again.")


def progress(lesson=None):
    """Print a table of a lesson's exercises, of all lessons met in this kernel by default: right, tried, not tried yet.

    It is counted anew in each kernel; nothing is stored. lesson: "04", say. Taught in: 00
    """
    lessons = [str(lesson)] if lesson is not None else sorted({name.partition(".")[0] for name in _ATTEMPTS})
    if not lessons:
        show("·", "No exercise has been checked in this kernel yet.")
    for number in lessons:
        _find(f"{number}.1")
        names = [name for name in _EXERCISES if name.startswith(f"{number}.")]
        done = [_ATTEMPTS.get(name, Attempts()) for name in names]
        print(f"Lesson {number}: {sum(a.right for a in done)} of {len(names)} right")
        for name, attempts in zip(names, done, strict=True):
            tries = f", {attempts.tries} {'try' if attempts.tries == 1 else 'tries'}" if attempts.tries else ""
            mark, state = ("✔", "right") if attempts.right else ("✘", "not yet") if tries else ("·", "not tried yet")
            print(printable(f"{mark} {name:<6} {state}{tries}"))
