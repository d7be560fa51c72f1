"""`python course.py grade DIR`: run the checks on notebooks handed in, and write DIR/grades.csv.

DIR holds one folder a student with notebooks in it (anna/04_from_error_to_decision.ipynb), or notebooks whose name begins with the
student's (anna_04_from_error_to_decision.ipynb). Of each, only the exercise cells are taken, and put into the course's own lesson,
with the course's own call of `check`; so what else a student changed has no part in it. The lesson runs in a kernel without network and
with a time limit for each cell. The table has one row a student and, for each exercise, a column with right, wrong or not tried,
and one with the message. Whoever wants to forge a right answer from inside a kernel can: look at cells that surprise you.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "notebooks"
CELL_SECONDS = int(os.environ.get("COURSE_GRADE_SECONDS", 120))
CHECK = re.compile(r"^check\(\s*[\"'](\d\d\.\d+)[\"'].*", re.MULTILINE | re.DOTALL)
VERDICT = {"✔": "right", "✘": "wrong", "·": "not tried"}
GUARD = '''"""Imported by Python at its start: graded work has no network."""
import socket

def refused(self, address, connect=socket.socket.connect):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError("graded work has no network")
    return connect(self, address)

socket.socket.connect = refused
'''


def handed_in(folder):
    """{student: {lesson's number: path}} of the notebooks in a folder; of two of one lesson, the newer one counts."""
    found = {}
    for path in sorted(folder.rglob("*.ipynb"), key=lambda path: path.stat().st_mtime):
        named = re.match(r"(?:(?P<student>.+?)[_-])??(?P<number>\d\d)_", path.name)
        if named and ".ipynb_checkpoints" not in path.parts:
            student = named["student"] or path.relative_to(folder).parts[0]
            if student != path.name:
                found.setdefault(student, {})[named["number"]] = path
    return found


def answers(path):
    """{exercise: the source of its cell, up to the call of check}; the last cell of an exercise counts."""
    cells = nbformat.read(path, as_version=4).cells
    sources = ["".join(cell.source) for cell in cells if cell.cell_type == "code"]
    return {found[1]: source[: found.start()] for source in sources if (found := CHECK.search(source))}


def with_answers(number, given):
    """The course's own lesson with these answers, and {exercise: place of its cell}."""
    (path,) = LESSONS.glob(f"{number}_*.ipynb")
    lesson, places = nbformat.read(path, as_version=4), {}
    for place, cell in enumerate(lesson.cells):
        if cell.cell_type == "code" and (found := CHECK.search(cell.source)):
            places[found[1]] = place
            cell.source = given.get(found[1], cell.source[: found.start()]) + found[0]
    return lesson, places


def isolated():
    """The words before a command that give it no network, where the system has such."""
    words = ["unshare", "--map-root-user", "--net"]
    able = shutil.which("unshare") and not subprocess.run([*words, "true"], capture_output=True).returncode
    return words if able else []


def verdicts(number, given):
    """{exercise: (right, wrong or not tried, message)} of one student's answers to a lesson."""
    lesson, places = with_answers(number, given)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sitecustomize.py").write_text(GUARD, encoding="utf8")
        manager = AsyncKernelManager(
            transport="tcp" if os.name == "nt" else "ipc", connection_file=f"{folder}/kernel.json"
        )
        words = isolated() if os.name != "nt" else []
        argv = [*words, sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager._kernel_spec = KernelSpec(argv=argv, display_name="course", language="python")
        client = NotebookClient(lesson, km=manager, timeout=CELL_SECONDS, interrupt_on_timeout=True, allow_errors=True)
        client.resources = {"metadata": {"path": folder}}
        path = os.pathsep.join([folder, str(ROOT)])
        client.execute(env={**os.environ, "PYTHONPATH": path, "AELEARN_PROGRESS": "0", "AELEARN_STRICT": "0"})
    return {name: _verdict(lesson.cells[place], name) for name, place in places.items()}


def _verdict(cell, name):
    outputs = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    for text in reversed(outputs):
        for line in reversed(text.splitlines()):
            if line[:1] in VERDICT and f"Exercise {name}: " in line:
                return VERDICT[line[0]], line.partition(f"Exercise {name}: ")[2].partition(" (For a hint")[0]
    errors = [f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error"]
    if errors and errors[-1].startswith("KeyboardInterrupt"):
        return "wrong", f"stopped after {CELL_SECONDS} seconds: look for a loop that never ends"
    return "wrong", errors[-1] if errors else "no verdict: the kernel died, or the cell printed nothing"


def grade(folder):
    """Write folder/grades.csv. Returns its path."""
    rows, columns = [], []
    for student, lessons in sorted(handed_in(folder).items()):
        row = {"student": student}
        for number, path in sorted(lessons.items()):
            print(f"{student}: lesson {number} ...", flush=True)
            try:
                found = verdicts(number, answers(path))
            except (ValueError, json.JSONDecodeError, nbformat.reader.NotJSONError) as error:
                row[number] = f"no notebook, or of no lesson: {type(error).__name__}"
                columns += [number] * (number not in columns)
                continue
            for name, (verdict, message) in found.items():
                row[name], row[f"{name} message"] = verdict, message
                columns += [key for key in (name, f"{name} message") if key not in columns]
        rows.append(row)
    if not rows:
        sys.exit(
            f"course.py: there is no notebook of a student in {folder}; its name begins with a lesson's number, as in anna/04_...ipynb"
        )
    table = folder / "grades.csv"
    with open(table, "w", encoding="utf-8-sig", newline="") as file:  # the mark makes spreadsheets read the umlauts
        writer = csv.DictWriter(file, ["student", *sorted(columns)])
        writer.writeheader()
        writer.writerows(rows)
    return table


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("course.py: name the folder with what was handed in: python course.py grade DIR")
    print("written:", grade(Path(sys.argv[1])))
