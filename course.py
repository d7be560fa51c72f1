#!/usr/bin/env python3
"""The course's one entry point; it needs nothing but Python 3.10 to 3.13.

    python course.py lab             open the lessons in JupyterLab
    python course.py test            run every test and every notebook
    python course.py run NOTEBOOK    run one notebook from top to bottom and say how it went
    python course.py build [NN ...]  make the notebooks anew from notebooks/src (all, or these lessons)
    python course.py check           say which notebooks differ from their source
    python course.py bench [NAME]    measure speed beside other libraries (training, scoring, growth), or
                                     print a stored table (quality, picture_sizes, scoreboard; --remake
                                     measures it again); uses .venv-bench

The first call makes .venv from requirements.lock (some minutes, once); later calls
skip that until the lock or the Python changes. What follows a command is handed on:
`python course.py lab --no-browser`, `python course.py test -k conformal`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 10), (3, 13)
FREE_GB = 4  # the environment takes about 2.5 GB, and pip unpacks beside it

NOTEBOOKS = ["tools/notebooks.py"]
READERS = (ROOT / ".venv", ROOT / "requirements.lock")
BENCHMARKS = (ROOT / ".venv-bench", ROOT / "benchmarks" / "requirements.lock")  # no reader and no test installs it

COMMANDS = {
    "lab": ["-m", "jupyterlab", "--notebook-dir=notebooks", "--LabApp.default_url=/lab/tree/00_start_here.ipynb"],
    "test": ["-m", "pytest"],
    "run": [*NOTEBOOKS, "run"],
    "build": [*NOTEBOOKS, "build"],
    "check": [*NOTEBOOKS, "check"],
    "bench": ["-m", "benchmarks"],
}


def refuse(sentence):
    sys.exit("course.py: " + sentence)


def require_python(version):
    """Refuse a Python for which TensorFlow has no build."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        refuse(
            "this is Python {}.{}, and the course needs 3.10 to 3.13 (TensorFlow has no build for others); "
            "install Python 3.12 and call it by name: python3.12 course.py lab (Windows: py -3.12 course.py lab)".format(
                *version[:2]
            )
        )


def require_venv():
    """Refuse a Python that cannot make environments (Debian and Ubuntu ship it apart)."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        refuse(
            "this Python cannot make virtual environments; on Debian or Ubuntu run "
            "'sudo apt install python{}.{}-venv', elsewhere install Python from python.org, "
            "then call this again".format(*sys.version_info[:2])
        )


def require_space(free_bytes):
    """Refuse to begin a set-up that the disk has no room for."""
    if free_bytes < FREE_GB * 1e9:
        refuse(
            f"the first set-up needs {FREE_GB} GB of free disk and {free_bytes / 1e9:.1f} GB are left here; "
            "free some space and call this again"
        )


def explain(pip_output):
    """The sentence for what pip printed when it failed."""
    signs = {
        "no space left|errno 28|not enough space": "the disk is full; free some space and call this again",
        "name resolution|getaddrinfo|newconnectionerror|network is unreachable|connection broken|timed out|proxyerror": (
            "the packages could not be fetched; connect to the network for this first set-up "
            "(later runs need none) and call this again"
        ),
        "do not match the hashes": (
            "a package is not the one that requirements.lock names; try another network, "
            "and if it happens again, report it"
        ),
    }
    text = pip_output.lower()
    for patterns, sentence in signs.items():
        if any(pattern in text for pattern in patterns.split("|")):
            return sentence
    return "pip failed, its own words are above; mend what they name and call this again"


def python_of(folder):
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(folder, *arguments):
    command = [
        str(python_of(folder)),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--retries",
        "2",
    ]
    run = subprocess.run([*command, *arguments], stderr=subprocess.PIPE, text=True, errors="replace")
    if run.returncode:
        sys.stderr.write(run.stderr)
        refuse(explain(run.stderr))


def wanted_stamp(lock):
    """What the environment is made from: a change of any of these makes it anew."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode() + str(ROOT).encode()).hexdigest()


@contextmanager
def alone():
    """Two first calls at once would undo each other's work: let the second wait for the first."""
    with open(ROOT / ".venv-lock", "w") as handle:
        if os.name == "nt":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:  # it gives up after ten seconds, and a set-up takes longer
                    continue
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def set_up(folder, lock):
    """Make the environment `folder` from its lock, unless it stands already."""
    stamp, wanted = folder / "made-from", wanted_stamp(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    require_python(sys.version_info)
    require_venv()
    require_space(shutil.disk_usage(ROOT).free)
    if Path(sys.prefix) == folder:
        refuse(
            f"this Python is the one inside {folder.name}, which must be made anew; call the system's: python3 course.py ..."
        )
    with alone():
        if not (stamp.exists() and stamp.read_text() == wanted):
            make_environment(folder, lock)
            stamp.write_text(wanted)


def make_environment(folder, lock):
    import venv

    print(f"Setting up {folder.name} from {lock.relative_to(ROOT)}: some minutes, this once ...", flush=True)
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        refuse(f"the environment {folder.name} could not be made ({problem}); delete the folder and call this again")
    pip(folder, *(["--require-hashes"] if "--hash=" in lock.read_text() else []), "-r", str(lock))
    if folder == READERS[0]:
        pip(folder, "--no-deps", "--no-build-isolation", "-e", str(ROOT))


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(__doc__)
    folder, lock = BENCHMARKS if arguments[0] == "bench" else READERS
    set_up(folder, lock)
    command = [str(python_of(folder)), *COMMANDS[arguments[0]], *arguments[1:]]
    os.chdir(ROOT)
    if os.name != "nt":
        os.execv(command[0], command)  # become it, so that ending this process ends JupyterLab
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
