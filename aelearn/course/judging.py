"""Checks that decide by a reference and diagnose afterwards.

An answer is right when it gives what the reference solution gives, on the worked examples and on generated inputs. Only
a wrong one is searched for its slip: a slip is a wrong function with a sentence, and it is recognised when it gives the
answer's results on every input, and no other slip does. Then come relations that hold for any exercise (the sign, a
percentage, always the same number), and at last one smallest input, with what came back and what is wanted.

A complete check; the reader writes `peak(x, level)`, and the docstring is for authors:

    @function_exercise(
        "99.1",
        examples=[([3, 9, 5], 4), ([1], 2), ([4, 4], 4)],   # the worked example first, then the edges
        random=lambda rng: (rng.normal(size=rng.integers(1, 20)), rng.normal()),
        slips=[
            (lambda x, level: np.max(x), "That is the largest value; a peak is counted only by what it has above level."),
            (lambda x, level: np.max(x) - level, "Below level there is no peak: the height is never under 0."),
        ],
        hints=("How far does the largest value rise above level?", "np.maximum(..., 0) cuts off what is negative."),
        remark="The same function, with a slope of 1, is a ReLU.",
    )
    def peak(x, level):
        return max(np.max(x) - level, 0)

A value is judged in the same way by `value_exercise`: reference and slips take what the lesson hands to `check`.
"""

import contextlib
import copy
import inspect
import io
import itertools
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aelearn.course.answers import (
    ALWAYS_NONE,
    NOTHING,
    SECONDS,
    Blank,
    NotYet,
    TooLong,
    as_numbers,
    in_words,
    is_blank,
    never_ends,
    no_function,
    time_limit,
)
from aelearn.course.comparing import agree, input_shown, malformed, relation, results_shown, size_of, value_shown
from aelearn.course.exercises import exercise


def function_exercise(name, *, hints, remark=None, **how):
    """Register the decorated function as the reference solution of an exercise whose answer is a function.

    hints: two, the second stronger. remark: what a right answer is told besides. how: the fields of `Task`.
    """

    def register(reference):
        task = Task(reference, **how)
        exercise(name, hints=hints, remark=remark, task=task)(task.judge)
        return reference

    return register


def value_exercise(name, *, hints, remark=None, **how):
    """The same for an exercise whose answer is a value: the decorated function computes it from what `check` is given."""

    def register(reference):
        task = Task(reference, of_value=True, **how)
        exercise(name, hints=hints, remark=remark, task=task)(task.judge)
        return reference

    return register


@dataclass
class Outcome:
    """What came of one call: a value or an error, the names of the arguments it changed, and whether it printed."""

    value: Any = None
    error: BaseException | None = None
    changed: tuple = ()


@dataclass
class Task:
    """How an exercise is judged.

    examples: tuples of arguments, the worked example first, then edges; or a function that makes them, of what `check` is
        given by keyword. Lists in them are passed as arrays, as lessons do.
    random: a function of a NumPy generator that gives one more such tuple; `draws` of them are tried.
    slips: (wrong function, sentence) pairs; several functions, in a list, may share a sentence.
    readings: other reference solutions, where the text leaves a reading open; an answer follows one of them throughout.
    view: a function (result, *arguments) of what is to be compared, where the result itself is no number, array, text,
        truth value or tuple of these: of a model or a class, say, what it does. It may raise NotYet with a sentence.
    otherwise: a function (result, wanted, *arguments) asked where no slip fits, about the smallest input on which the answer
        is wrong; the result has the wanted shape. It returns a sentence, or None.
    asked_for: of a value, what it should be, for the sentence "0.5 is not ...".
    pure: whether the text asks that the arguments stay as they are.
    """

    reference: Any
    examples: Any = ()
    random: Any = None
    draws: int = 30
    slips: list = field(default_factory=list)
    readings: list = field(default_factory=list)
    view: Any = None
    otherwise: Any = None
    asked_for: str = "what is wanted"
    pure: bool = False
    tolerance: float = 1e-5
    seconds: float = SECONDS
    of_value: bool = False

    @property
    def what(self):
        return self.reference.__name__

    def cases(self, given):
        """The inputs of an exercise, tuples of arguments: what the lesson gives, or the examples and then the drawn ones."""
        if self.of_value:
            names = inspect.signature(self.reference).parameters
            return [tuple(given[name] for name in names)]
        examples = self.examples(**given) if callable(self.examples) else self.examples
        rng = np.random.default_rng(20)
        drawn = [self.random(rng) for _ in range(self.draws)] if self.random else []
        return [tuple(np.array(a) if isinstance(a, list) else a for a in case) for case in (*examples, *drawn)]

    def run(self, function, arguments):
        """The Outcome of one call, made with copies of the arguments."""
        passed = [copied(a) for a in arguments]
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = function(*passed)
                value = list(value) if isinstance(value, Iterator) else value
                changed = tuple(changes(self.reference, arguments, passed)) if self.pure else ()
                if self.view and value is not None and not is_blank(value):
                    value = self.view(value, *arguments)
            return Outcome(value, changed=changed)
        except (Exception, SystemExit) as error:
            return Outcome(error=error)

    def outcomes(self, function, cases):
        """The Outcome of each case. What the function prints is shown for the first one only."""
        first = self.run(function, cases[0])
        with contextlib.redirect_stdout(io.StringIO()):
            return [first, *(self.run(function, case) for case in cases[1:])]

    def judge(self, answer, /, **given):
        """None when the answer is right, Blank when it is blank, else the sentence that says what is wrong."""
        problem = self.diagnose(answer, **given)
        return problem[1] if isinstance(problem, tuple) else problem

    def diagnose(self, answer, /, **given):
        """As `judge`, a sentence with its kind before it: form, slip, relation or general."""
        if not self.of_value and not callable(answer):
            return "form", no_function(answer, self.what)
        cases = self.cases(given)
        try:
            with time_limit(self.seconds):
                found = self.outcomes(self._as_function(answer), cases)
        except TooLong:
            return "form", never_ends(self.what, self.seconds)
        if any(is_blank(outcome.value) for outcome in found):
            return Blank
        wanted = [self.outcomes(reading, cases) for reading in (self.reference, *self.readings)]
        right = [[self.agrees(f, w) for f, w in zip(found, results, strict=True)] for results in wanted]
        if not any(map(all, right)):
            closest = max(range(len(right)), key=lambda i: sum(right[i]))
            return self._problem(answer, cases, found, wanted[closest], right[closest])
        if changed := next((outcome.changed for outcome in found if outcome.changed), None):
            return "form", f"{self.what} changes its argument {changed[0]}; leave it as it is and work on a copy."

    def _as_function(self, answer):
        """The answer as a function: a value is what a function would return."""
        if not self.of_value:
            return answer
        value = list(answer) if isinstance(answer, Iterator) else answer
        return lambda *arguments: value

    def agrees(self, found, wanted):
        """Whether two outcomes are the same: equal values, or errors of one kind."""
        if found.error or wanted.error:
            return type(found.error) is type(wanted.error)
        return agree(found.value, wanted.value, self.tolerance)

    def _problem(self, answer, cases, found, wanted, right):
        """(kind, sentence) for a wrong answer."""
        none_is_an_answer = any(outcome.value is None for outcome in wanted)
        if not self.of_value and all(o.value is None and not o.error for o in found):
            return "form", f"{self.what} {ALWAYS_NONE if none_is_an_answer else NOTHING}"
        if fitting := self.slips_like(cases, found):
            return "slip", fitting[0]
        wrong = [i for i, fine in enumerate(right) if not fine]
        i = min(wrong, key=lambda i: (size_of(cases[i]), i))
        for at in sorted(dict.fromkeys((i, *wrong)), key=lambda at: _is_column(found[at].value)):
            none = found[at].value is None and not found[at].error and none_is_an_answer
            if not none and (problem := self._malformed(found[at], wanted[at], cases[at])):
                return "form", problem
        pairs = [(f.value, w.value, case) for f, w, case in zip(found, wanted, cases, strict=True)]
        if problem := relation(pairs, self.reference, self.what, self.tolerance, self.of_value):
            return "relation", problem
        asked = self.otherwise if found[i].value is not None else None
        if asked and (known := asked(_plain(found[i].value), wanted[i].value, *cases[i])):
            return "slip", known
        if not self.of_value and (name := self._unused(answer, cases, found, wanted)):
            return "relation", f"Where {name} should matter it makes no difference to {self.what}; look how you use it."
        if self.of_value:
            return "general", value_shown(found[i].value, wanted[i].value, self.asked_for)
        start = "It is right for the first example, but not always. " if right[0] else ""
        return "general", start + results_shown(found[i].value, wanted[i].value, input_shown(self.reference, cases[i]))

    def _malformed(self, found, wanted, case):
        """The sentence for an error, for nothing, for no numbers, or for a wrong shape; else None."""
        shown = "" if self.of_value else input_shown(self.reference, case)
        if isinstance(found.error, NotYet):
            return str(found.error)
        if found.error:
            return f"{self.what} raised {type(found.error).__name__}{shown and f' {shown}'}: {in_words(found.error)}"
        return malformed(found.value, wanted.value, self.what, shown)

    def slips_like(self, cases, found):
        """The sentence, in a list, of the only slip that gives these outcomes on every input; empty when none or several do."""
        if all(outcome.error for outcome in found):
            return []  # errors of one kind have many causes
        fitting = []
        for functions, sentence in self.slips:
            for function in functions if isinstance(functions, list) else [functions]:
                if all(self.agrees(f, self.run(function, case)) for f, case in zip(found, cases, strict=True)):
                    fitting.append(sentence)
        if not (fitting or self.of_value or any(outcome.error for outcome in found)):
            fitting = [f"You have exchanged {a} and {b}." for a, b in self._exchanges(cases, found)]
        return fitting[:1] if len(set(fitting)) == 1 else []

    def _exchanges(self, cases, found):
        """The pairs of argument names whose exchange makes the reference give these outcomes."""
        names = list(inspect.signature(self.reference).parameters)
        for a, b in itertools.combinations(range(len(names)), 2):
            order = list(range(len(names)))
            order[a], order[b] = b, a
            exchanged = lambda *arguments, order=order: self.reference(*(arguments[i] for i in order))
            if all(self.agrees(f, self.run(exchanged, case)) for f, case in zip(found, cases, strict=True)):
                yield names[a], names[b]

    def _unused(self, answer, cases, found, wanted):
        """The name of an argument that matters to the reference, and never to the answer; or None."""
        for place, name in enumerate(inspect.signature(self.reference).parameters):
            matters = []  # (number of the case, the case with this argument taken from the next one)
            for i, (case, other) in enumerate(itertools.pairwise(cases)):
                changed = (*case[:place], other[place], *case[place + 1 :])
                should = self.run(self.reference, changed)
                if not should.error and not self.agrees(should, wanted[i]):
                    matters.append((i, changed))
            try:
                with time_limit(self.seconds), contextlib.redirect_stdout(io.StringIO()):
                    if len(matters) > 2 and all(self.agrees(self.run(answer, case), found[i]) for i, case in matters):
                        return name
            except TooLong:
                return None
        return None


def _plain(value):
    """A result as an array of numbers where it is one; a tuple and anything else as it is."""
    numbers = None if isinstance(value, tuple) else as_numbers(value)
    return value if numbers is None else numbers


def _is_column(value):
    numbers = as_numbers(value)
    return numbers is not None and numbers.shape[1:] == (1,)


def copied(argument):
    """A copy that a function may change as it likes; what cannot be copied is passed as it is."""
    try:
        return copy.deepcopy(argument)
    except Exception:
        return argument


def changes(reference, before, after):
    """The names of the array arguments that are no longer what they were."""
    names = inspect.signature(reference).parameters
    for name, old, new in zip(names, before, after, strict=False):
        if isinstance(old, np.ndarray) and not np.array_equal(old, new, equal_nan=old.dtype.kind == "f"):
            yield name
