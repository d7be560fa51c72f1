"""The catalogue of exercises: for each, a right answer and wrong ones with what they must be told."""

import importlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
LESSONS = FOLDER.parents[1] / "notebooks" / "src"


@dataclass
class Exercise:
    """name: "NN.k". right: an answer that passes. wrong: (answer, part of the sentence it must get) pairs.

    also: other right answers. given: what the lesson hands to `check` besides. blank: what the untouched cell passes.
    """

    name: str
    right: Any
    wrong: list
    given: dict = field(default_factory=dict)
    blank: Any = ...
    also: list = field(default_factory=list)


def catalogues():
    modules = sorted(path.stem for path in FOLDER.glob("lesson_*.py"))
    return [entry for module in modules for entry in importlib.import_module(f"exercises.{module}").EXERCISES]
