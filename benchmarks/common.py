"""What every benchmark needs: the machine and the versions beside the figures, one budget, and one place to keep them."""

import hashlib
import json
import math
import os
import platform
import re
import sys
import time
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
LESSON_RESULTS = ROOT / "data" / "results"  # these travel with the package: `aelearn.data.results`
PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "scikit-learn")
RIVALS = ("pyod", "torch")  # only in the benchmarks' own environment
BATCH, LEAST_EPOCHS, LEAST_STEPS = 64, 100, 2000


def epochs_for(n_rows):
    """The budget of every network on a board: 100 epochs, or as many as make 2000 steps of 64 rows, so that none stays untrained."""
    return max(LEAST_EPOCHS, math.ceil(LEAST_STEPS / math.ceil(n_rows / BATCH)))


def timed(function):
    """What the function returns, and the seconds of processor time it took."""
    started = time.process_time()
    result = function()
    return result, time.process_time() - started


def machine(packages=PACKAGES):
    """Processor, cores, Python and package versions: what a figure depends on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = {
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        }
        model = ", ".join(sorted(models)) or model
    versions = {}
    for name in packages:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        **versions,
    }


def fingerprint(packages=PACKAGES):
    """A short hash of all that a figure depends on: the package's code, the boards', the data, and the machine."""
    code = [
        *(ROOT / "aelearn").rglob("*.py"),
        *(ROOT / "benchmarks").glob("*.py"),
        *(ROOT / "data/files").glob("*.npz"),
    ]
    parts = hashlib.sha256(json.dumps(machine(packages)).encode())
    for path in sorted(path for path in code if "course" not in path.parts):
        parts.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return parts.hexdigest()[:16]


def run_jobs(name, jobs, made_from, folder):
    """{key: what its job returned} for jobs {key: function}, going on where a killed run stopped.

    A finished job is a line [made_from, key, found] in FOLDER/NAME.part.jsonl. Lines of other code, versions or machines
    are never mixed with these: then it stops and says so. `keep` removes the file.
    """
    folder.mkdir(exist_ok=True)
    path = _unfinished(name, folder)
    done = {}
    for before, key, found in _whole_lines(path):
        if before != made_from:
            sys.exit(
                f"{path.name} holds results of other code, versions or machine; delete it to measure all of them anew"
            )
        done[key] = found
    for number, (key, job) in enumerate(jobs.items(), 1):
        if key not in done:
            started = time.process_time()
            done[key] = json.loads(json.dumps(job()))
            with path.open("a", encoding="utf8") as file:
                file.write(json.dumps([made_from, key, done[key]]) + "\n")
                file.flush()
                os.fsync(file.fileno())
            print(f"{number} of {len(jobs)}: {key} ({time.process_time() - started:.1f} s)", flush=True)
    return {key: done[key] for key in jobs}


def _unfinished(name, folder):
    return folder / f"{name}.part.jsonl"


def _whole_lines(path):
    """The lines of an unfinished run; a last one cut short by a kill is dropped from the file too."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf8").splitlines(keepends=True)
    good = [line for line in lines if line.endswith("\n")]
    path.write_text("".join(good), encoding="utf8")
    return [json.loads(line) for line in good]


def keep(name, result, folder=RESULTS, *, packages=PACKAGES):
    """Write a benchmark's result, with the machine, to FOLDER/NAME.json; a list of numbers stands in one line."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    text = json.dumps({"machine": machine(packages), **result}, indent=1)
    text = re.sub(r"\[[^][{}\"]*\]", lambda found: f"[{' '.join(found[0][1:-1].split())}]", text)
    path.write_text(text + "\n", encoding="utf8")
    _unfinished(name, folder).unlink(missing_ok=True)
    print(f"kept in {path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path}")


def kept(name, folder=RESULTS):
    path = folder / f"{name}.json"
    return json.loads(path.read_text(encoding="utf8")) if path.exists() else None
