"""How a printed output is held against the stored one: words exactly, numbers by value.

This is the one place that says what may differ between two processors. notebooks/conftest.py gives it to nbval.
"""

import re
from decimal import Decimal

# In cells before a lesson's first training, numbers come from the data alone: the last printed digit may be rounded otherwise.
EXACT = {"units": 1, "relative": Decimal(0)}
# From there on they come out of a training, whose last digits are another processor's own.
TRAINED = {"units": 2, "relative": Decimal("0.02")}
TRAINS = re.compile(r"\b(train\w*|fit\w*|GradientTape|minimi[sz]e)\b", re.IGNORECASE)

# A number stands by itself: the digits in ecg_100, 28x28 or #1a7f37 belong to a word, and so does a sign between words.
NUMBER = re.compile(r"(?<![\w.#])(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?(?![\w.]*\w)%?")
MARKED = re.compile(r"^(<div[^>]*>)?[✔✘·] ")


def close(first, second, units, relative):
    """Whether two printed numbers without sign, such as '.902', '80%' or '1.2e-05', may stand for each other."""
    if first == second:
        return True
    if first.endswith("%") != second.endswith("%"):
        return False
    if not any(mark in first + second for mark in ".eE%"):
        return False  # a whole number is a count
    a, b = Decimal(first.rstrip("%")), Decimal(second.rstrip("%"))
    unit = max(Decimal(1).scaleb(value.as_tuple().exponent) for value in (a, b))
    return abs(a - b) <= units * unit + relative * max(a, b)


def same_line(stored, found, units, relative):
    if stored == found or MARKED.match(stored):
        return stored == found
    if words(stored) != words(found):
        return False
    pairs = zip(NUMBER.finditer(stored), NUMBER.finditer(found), strict=True)
    return all(close(a[0], b[0], units, relative) for a, b in pairs)


def words(line):
    """A line without its numbers; signs stay, but for that of a zero, and a column's blanks count as one."""
    without_sign_of_zero = re.sub(r"-(?=0?\.?0+(?![\w.]))", "", line)
    return re.sub(r"\s+", " ", NUMBER.sub("0", without_sign_of_zero)).replace("[ ", "[").strip()


def first_difference(stored, found, units, relative):
    """None where the two texts agree, else the first pair of lines that do not ('' where one text has ended)."""
    stored, found = stored.splitlines(), found.splitlines()
    for k in range(max(len(stored), len(found))):
        pair = tuple(lines[k] if k < len(lines) else "" for lines in (stored, found))
        if not same_line(*pair, units, relative) or k >= min(len(stored), len(found)):
            return pair
    return None


class Printed(str):
    """A text that equals another when no line differs by more than the tolerance of its cell."""

    def __new__(cls, text, tolerance):
        self = super().__new__(cls, text)
        self.tolerance = tolerance
        return self

    def __eq__(self, other):
        return first_difference(self, other, **self.tolerance) is None

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__
