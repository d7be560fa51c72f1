"""A lesson's source as its tools see it: its cells, the main part and the deeper one."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1] / "notebooks" / "src"
REFRESHER = "90"  # looked up rather than read in a row: it has no share in the main path's hours

DEEPER, SOURCES_HEADING = "## Going deeper", "## Sources"


@dataclass(frozen=True)
class Cell:
    """One cell of a source. kind: markdown or code; tags: of the cell; part: main, deeper or end (sources)."""

    kind: str
    text: str
    tags: tuple
    part: str

    @property
    def tree(self):
        """The syntax tree of a code cell; lines of the shell and of IPython left out."""
        return ast.parse(re.sub(r"^[ \t]*[%!].*$", "pass", self.text, flags=re.MULTILINE))


def code_lines(text):
    """How many lines of code say something: blank ones and comments, the solution's marks among them, do not count."""
    lines = (line.strip() for line in text.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def cells(source):
    """The cells of a source (a path), in order, each with the part of the lesson in which it stands."""
    found, part = [], "main"
    for block in re.split(r"^# %%", source.read_text(encoding="utf8"), flags=re.MULTILINE)[1:]:
        head, _, text = block.partition("\n")
        kind = "markdown" if "[markdown]" in head else "code"
        if kind == "markdown":
            text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
            if text.startswith(DEEPER):
                part = "deeper"
            elif text.startswith(SOURCES_HEADING):
                part = "end"
        tags = re.search(r"tags=(\[.*\])", head)
        found.append(Cell(kind, text.strip("\n"), tuple(ast.literal_eval(tags[1])) if tags else (), part))
    return found


def number(source):
    """'04' for notebooks/src/04_from_error_to_decision.py."""
    return source.name[:2]


def sources():
    """Every lesson's source, in reading order."""
    return sorted(SOURCES.glob("[0-9][0-9]_*.py"))
