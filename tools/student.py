"""`python course.py student DIR`: an edition of the course for a class, in which nothing gives a solution away.

It has the lessons, the package and the data, and no solution notebooks, no sources with solutions, no tests and no teacher's
pages. The checks hold each exercise's reference solution, so they are packed: nobody meets one by reading, searching or
`inspect.getsource`, and whoever unpacks them has done it on purpose. `solution(...)` says that this edition has none.
"""

import base64
import shutil
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TAKEN = (
    "README.md",
    "LICENSE",
    "CITATION.cff",
    "SECURITY.md",
    "course.py",
    "environment.yml",
    "pyproject.toml",
    "requirements.lock",
    "aelearn",
    "data",
    "docs/promise.png",
    "notebooks",
    "tools",
)
LEFT_OUT = (
    "solutions",
    "src",
    "_solutions.json",
    "results_*",
    "conftest.py",
    "__pycache__",
    ".ipynb_checkpoints",
    "*.pyc",
)
AUTHORS_TOOLS = (
    "mutants.py",
    "claims_perturbed.py",
    "claims_check.py",
    "claims_seen.py",
    "claims_that_always_hold.toml",
)
PACKED = '''"""The checks of a lesson, packed: they hold its solutions."""

import base64
import zlib

exec(compile(zlib.decompress(base64.b85decode({text!r})), "<checks of lesson {number}>", "exec"))
'''


def make(target, root=ROOT):
    """Write the edition to `target`, a folder that does not exist or is empty."""
    if target.exists() and any(target.iterdir()):
        sys.exit(f"course.py: {target} is not empty; name a folder that does not exist yet")
    target.mkdir(parents=True, exist_ok=True)
    for name in TAKEN:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, place, ignore=shutil.ignore_patterns(*LEFT_OUT, *AUTHORS_TOOLS))
        else:
            shutil.copy2(root / name, place)
    for path in sorted((target / "aelearn" / "course" / "checks").glob("lesson_*.py")):
        text = base64.b85encode(zlib.compress(path.read_bytes(), 9)).decode()
        path.write_text(PACKED.format(text=text, number=path.stem[-2:]), encoding="utf8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("course.py: name the folder to write to: python course.py student DIR")
    make(Path(sys.argv[1]))
    print(
        f"The students' edition is in {sys.argv[1]}; its README's first command opens it. What of it may be given on: LICENSE."
    )
