"""Run in a notebook's kernel by `course.py test matrix`: every claim's two sides, as numbers, go to a file.

A claim knows only whether it holds. How far it is from not holding is in its condition, which is read from the
cell and evaluated part by part: for `a > b and c < d` two lines are written.
"""


def _install(path, lesson):
    import ast
    import itertools
    import json
    import sys

    import executing
    import numpy as np

    import aelearn.course as course

    claim_as_it_is = course.claim

    def sides(node, names):
        """(left, right) of every comparison of two numbers in a condition."""
        for part in ast.walk(node):
            if isinstance(part, ast.Compare):
                terms = [part.left, *part.comparators]
                try:
                    values = [eval(compile(ast.Expression(term), "claim", "eval"), names) for term in terms]
                    values = [float(value) for value in values if np.ndim(value) == 0]
                except Exception:  # a name of a comprehension, a word: no number that stands alone
                    continue
                if len(values) == len(terms):
                    yield from itertools.pairwise(values)

    def claim(sentence, holds):
        frame = sys._getframe(1)
        call = executing.Source.executing(frame).node
        condition = call.args[1] if call is not None and len(call.args) > 1 else None
        found = list(sides(condition, {**frame.f_globals, **frame.f_locals})) if condition is not None else []
        with open(path, "a", encoding="utf8") as file:
            file.write(json.dumps({"lesson": lesson, "claim": sentence, "sides": found}) + "\n")
        return claim_as_it_is(sentence, holds)

    course.claim = claim


_install(CLAIMS_FILE, CLAIMS_LESSON)  # noqa: F821  defined by whoever runs this
del _install
