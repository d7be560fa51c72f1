"""The notebooks a reader writes in: copies of the lessons in my-notebooks/, which git does not see.

The lessons themselves keep the outputs that the course stores, and are the same for everybody. A copy has none, so that nothing
answers "Predict first" before the reader has; of the solutions, which one reads, the outputs stay. A lesson that has changed
renews a copy in which nobody has written, and is laid beside one in which somebody has.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "notebooks"
COPIES = Path(
    os.environ.get("COURSE_COPIES", ROOT / "my-notebooks")
).absolute()  # elsewhere where several share a course
NUMBERED = "[0-9][0-9]_*.ipynb"


def fingerprint(sources):
    """What the build stores as `made_from`: it tells later whether somebody has changed the cells since."""
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:16]


def lay(lessons=LESSONS, copies=COPIES):
    """Make or renew the copy of every lesson and solution.

    Returns (number written, sentences): one sentence for each lesson that was laid beside what the reader has written.
    """
    written, sentences = 0, []
    for lesson in [*sorted(lessons.glob(NUMBERED)), *sorted(lessons.glob(f"solutions/{NUMBERED}"))]:
        notebook = _read(lesson)
        if lesson.parent == lessons:
            _strip(notebook)
        first = copies / lesson.relative_to(lessons)
        place = _place(first, _made_from(notebook))
        if place:
            _write(notebook, place)
            written += 1
            if place != first:
                sentences.append(
                    f"{first.name} holds what you wrote and stays as it is; the lesson has changed since, "
                    f"and its new form lies beside it: {place.name}"
                )
    return written, sentences


def _place(first, made_from):
    """The path for a lesson's copy; None where it lies there already."""
    found, following = [], first
    while following.exists():
        found.append(_read(following))
        if _made_from(found[-1]) == made_from:
            return None
        last, number = following, "" if len(found) == 1 else f"_{len(found)}"
        following = first.with_name(f"{first.stem}_updated{number}.ipynb")
    return last if found and not _written_in(found[-1]) else following


def _read(path):
    """The notebook as a dict; an empty one for a file that is none (any more), which is then left as it is."""
    try:
        notebook = json.loads(path.read_text(encoding="utf8"))
        return notebook if isinstance(notebook, dict) else {}
    except ValueError:
        return {}


def _made_from(notebook):
    return notebook.get("metadata", {}).get("made_from")


def _written_in(notebook):
    """Whether somebody has changed a cell, added or removed one."""
    sources = ["".join(cell["source"]) for cell in notebook.get("cells", [])]
    return _made_from(notebook) != fingerprint(sources)


def _strip(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)


def _write(notebook, path):
    """At once or not at all: a copy is never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".part")
    half.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf8", newline="\n")
    os.replace(half, path)


def find(name, lessons=LESSONS, copies=COPIES):
    """The path, below `copies`, of the notebook that a reader names: 04, 4, 04_from, a file of his own; ends in a sentence."""
    wanted = Path(name).name.removesuffix(".ipynb")
    if (copies / f"{wanted}.ipynb").is_file():
        return f"{wanted}.ipynb"
    there = sorted(path.name for path in lessons.glob(NUMBERED))
    start = wanted.zfill(2) if wanted.isdigit() else wanted
    found = [path for path in there if path.startswith(start)]
    if not found or not wanted:
        sys.exit(f"course.py: there is no lesson {name}; there are {', '.join(path[:2] for path in there)}")
    return found[0]


def lay_and_say():
    """As `lay`, for a reader: prints what was done; a folder that cannot be written is the end, in a sentence."""
    try:
        written, sentences = lay()
    except OSError as problem:
        sys.exit(f"course.py: {COPIES} cannot be written ({problem}); copy the course to a folder of your own")
    if written:
        print(
            f"{written} notebooks laid into {COPIES}, for you to write in; what you write there stays, updates or not"
        )
    print("".join(f"{sentence}\n" for sentence in sentences), end="", flush=True)


if __name__ == "__main__":
    lay_and_say()
    print(f"your notebooks: {COPIES}")
