"""What a failed test run means for the person who called it, in plain words."""

import re
from pathlib import Path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
SIGNS = {
    r"no space left on device|errno 28": "The disk is full. Free a gigabyte and run this again.",
    r"kernel died|kernel dead|memoryerror|out of memory|worker 'gw\d+' crashed": (
        "A notebook's kernel died, most often because memory ran out: each of the two that run at once needs up to 2 GB. "
        "Close other programs, or run one at a time: python course.py test -n 1"
    ),
    r"timeout of \d+ seconds": (
        "A cell took longer than its ten minutes: the machine is very busy or very slow. Run this again when it is quiet."
    ),
    r"modulenotfounderror": "A package is missing from the environment. Delete the folder .venv and run this again.",
}


def where_to_report():
    repository = tomllib.loads(PROJECT.read_text(encoding="utf8"))["tool"]["course"]["repository"]
    return (
        f"report it at https://github.com/{repository}/issues"
        if repository
        else "report it to whoever gave you the course"
    )


def advice(nodeid, words, difference=None):
    """Lines for the first failed test. words: what pytest printed of it; difference: (stored, found) lines of an output."""
    place, _, name = nodeid.partition("::")
    for sign, sentence in SIGNS.items():
        if re.search(sign, words, re.IGNORECASE):
            return [sentence]
    again = f"python course.py test {place}"
    if not place.endswith(".ipynb"):
        return [
            f"A test of the package failed: {nodeid}",
            f"If you changed something there, {again} runs it alone; if you did not, it is a fault of the course: please "
            f"{where_to_report()}, with the lines above.",
        ]
    lesson = f"{Path(place).stem}, {name.lower()} (counted from 0, code cells only)"
    if difference:
        stored, found = difference
        return [
            f"The output of a notebook differs from the stored one: {lesson}.",
            f"  stored: {stored.strip() or '(nothing)'}",
            f"  here:   {found.strip() or '(nothing)'}",
            "If you did not change the lesson, the course promises more than holds on your machine, and that is its fault: "
            f"please {where_to_report()}, with these lines and your processor. The lessons themselves can be used as they are.",
        ]
    return [
        f"A cell of a notebook stopped with an error: {lesson}.",
        f"If you changed the lesson, {again} runs it alone; if you did not, it is a fault of the course: please "
        f"{where_to_report()}, with the lines above.",
    ]
