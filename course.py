#!/usr/bin/env python3
"""The course's one entry point; it needs nothing but Python 3.10 to 3.13.

To take the course:

    python course.py lab             open the lessons in JupyterLab, in copies of yours (my-notebooks)
    python course.py lab 04          open lesson 04
    python course.py copies          only make or renew those copies, for VS Code and others
    python course.py test            run every test and every notebook: does all of it work here? (ten minutes)

To change it (CONTRIBUTING.md):

    python course.py build [NN ...]  make the notebooks anew from notebooks/src (all, or these lessons)
    python course.py check           say which notebooks differ from their source
    python course.py run NOTEBOOK    run one notebook from top to bottom and say how it went
    python course.py check claims [NN ...]  which claims of the lessons could not fail? (some minutes a lesson)
    python course.py test e2e        drive JupyterLab in a headless Chromium as a reader would (some minutes)
    python course.py test matrix     test as weaker processors, every Python, old and Colab's versions would (an hour)
    python course.py bench [NAME]    measure speed beside other libraries (training, scoring, growth), or
                                     print a stored table (quality, picture_sizes, scoreboard; --remake
                                     measures it again); what needs the other libraries uses .venv-bench

The first call makes .venv from requirements.lock (some minutes, once); later calls use it, whichever
Python makes them. When the lock changes, a new one is made beside it and takes its place when complete.
What follows a command is handed on: `python course.py lab 04 --no-browser`, `python course.py test -k conformal`.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.append(str(ROOT / "tools"))

from setup_environment import leave_out_surroundings, python_of, set_up  # noqa: E402

NOTEBOOKS = ["tools/notebooks.py"]
READERS = (ROOT / ".venv", ROOT / "requirements.lock", (3, 10))
# No reader and no test of the default run installs these; Python 3.11 or later.
BENCHMARKS = (ROOT / ".venv-bench", ROOT / "benchmarks" / "requirements.lock", (3, 11))
TOOLS = (ROOT / ".venv-tools", ROOT / "tools" / "requirements.lock", (3, 11))  # all that READERS has, and more
WITH_TOOLS = ("test e2e",)  # the commands that run in it
WITHOUT_RIVALS = (
    ["picture_sizes"],
    ["picture_sizes", "--remake"],
    ["scoreboard"],
    ["scoreboard", "--remake"],
)

COMMANDS = {
    "lab": ["tools/lab.py"],
    "copies": ["tools/working_copies.py"],
    "test": ["-m", "pytest"],
    "test e2e": ["-m", "pytest", "-o", "addopts=", "-p", "no:nbval", "-rs", "tests/e2e"],
    "test matrix": ["tools/matrix.py"],
    "run": [*NOTEBOOKS, "run"],
    "build": [*NOTEBOOKS, "build"],
    "check": [*NOTEBOOKS, "check"],
    "check claims": ["tools/claims_check.py"],
    "grade": ["tools/grade.py"],
    "student": ["tools/student.py"],
    "bench": ["-m", "benchmarks"],
}


def environment_of(name, rest):
    """Folder, lock and oldest Python of the environment that a command runs in."""
    if name == "bench" and rest not in WITHOUT_RIVALS:
        return BENCHMARKS
    return TOOLS if name in WITH_TOOLS else READERS


def main(arguments):
    n_words = 2 if " ".join(arguments[:2]) in COMMANDS else 1
    name, rest = " ".join(arguments[:n_words]), arguments[n_words:]
    if name not in COMMANDS:
        sys.exit(__doc__)
    leave_out_surroundings()
    environment = environment_of(name, rest)
    set_up(*environment)
    command = [str(python_of(environment[0])), *COMMANDS[name], *rest]
    os.chdir(str(ROOT))
    if os.name != "nt":
        os.execv(command[0], command)  # become it, so that ending this process ends JupyterLab
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which gets it as well
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
