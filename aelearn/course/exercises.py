"""Exercises that say what is wrong: `check` an answer, ask for a `hint`.

The checks of lesson NN stand in checks/lesson_NN.py, each a function marked with
`@exercise("NN.k", hint=...)`. It takes the answer, and by keyword whatever the lesson hands to
`check` besides, and returns None when the answer is right, else a sentence that says
what is wrong. The helpers below raise NotYet with such a sentence for the usual slips.
"""

import importlib
import os

import numpy as np

from aelearn.course._display import show

_EXERCISES = {}


class NotYet(Exception):
    """An answer that is not right yet; its text says why."""


def exercise(name, *, hint):
    """Register a check under `name`, with the hint a reader may ask for."""

    def register(function):
        if name in _EXERCISES:
            raise ValueError(f"there are two exercises {name}; number them apart")
        _EXERCISES[name] = (function, hint)
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
    function, _ = _find(name)
    if answer is ...:
        return None, f"Exercise {name}: not tried yet. Replace the ... above and run the cell again."
    try:
        problem = function(answer, **given)
    except NotYet as not_yet:
        problem = str(not_yet)
    except Exception as error:
        problem = f"Checking your answer ended in {type(error).__name__}: {error}"
    if problem is Blank:
        return None, f"Exercise {name}: not tried yet. Replace the ... above and run the cell again."
    if problem is None:
        return True, f"Exercise {name}: correct."
    return False, f"Exercise {name}: not yet. {problem} (For a hint: hint('{name}'))"


def check(name, answer, **given):
    """Say whether `answer` solves the exercise, and if not, what is wrong with it.

    given: what the check needs from the lesson, as the lesson's own cells pass it. An answer
    of ... is "not tried yet". Only where AELEARN_STRICT is set, as in the solution notebooks'
    tests, an answer that is not right raises AssertionError. Taught in: 00
    """
    right, sentence = verdict(name, answer, **given)
    if os.environ.get("AELEARN_STRICT") == "1" and not right:
        raise AssertionError(sentence)
    show({True: "✔", False: "✘", None: "·"}[right], sentence)


def hint(name):
    """Show the hint of an exercise. Taught in: 00"""
    show("·", f"Hint for {name}: {_find(name)[1]}")


class Blank:
    """What a check returns when a function still returns ... : not tried yet."""


# -- helpers for the checks ---------------------------------------------------------------------


def an_array(answer, shape, what="your answer"):
    """The answer as a float array of this shape (None: any length along that axis), or NotYet."""
    if callable(answer):
        raise NotYet(f"{what} is a function; call it and pass what it returns.")
    try:
        array = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise NotYet(f"{what} is a {type(answer).__name__}, and an array of numbers is wanted.") from None
    fits = array.ndim == len(shape) and all(w is None or w == f for w, f in zip(shape, array.shape, strict=True))
    if not fits:
        wanted = "one number" if shape == () else f"shape {shape}".replace("None", "n")
        raise NotYet(f"{what} has shape {array.shape}, and {wanted} is wanted.")
    if np.isnan(array).any():
        raise NotYet(f"{what} holds NaN: something was divided by zero, or a missing value was not filled.")
    return array


def a_number(answer, what="your answer"):
    """The answer as a float, or NotYet."""
    return float(an_array(answer, (), what))


def a_function(answer, *arguments, what="your function"):
    """What the answer, a function, returns for these arguments; Ellipsis when it is still blank; or NotYet."""
    if not callable(answer):
        raise NotYet(
            f"{what} is a {type(answer).__name__}, and a function is wanted: pass its name, without calling it."
        )
    try:
        return answer(*arguments)
    except NotYet:
        raise
    except Exception as error:
        raise NotYet(f"{what} raised {type(error).__name__}: {error}") from None


def same(a, b, tolerance=1e-5):
    """Whether two arrays of one shape agree to a relative tolerance."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return a.shape == b.shape and bool(
        np.allclose(a, b, rtol=tolerance, atol=tolerance * max(np.abs(b).max(initial=0), 1e-12))
    )
