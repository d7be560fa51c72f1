"""`python course.py test matrix [ROW ...]`: the tests under other processors, threads, Pythons and versions, one table.

A processor that knows less is had by telling each numerical library to use no more. Rows that are done for this very
state of the files are not run again, so a run that was broken off goes on where it stopped; named rows always run.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest  # noqa: F401  the environment that course.py made is the one that is meant

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".matrix"  # environments, what each run printed, and results.json
VERSIONS = ROOT / "tools" / "versions"
SOME = ("00", "04", "08", "11", "13")
HERE = "{}.{}".format(*sys.version_info[:2])


def held_to(xla, onednn, blas, numpy_without):
    return {
        "XLA_FLAGS": f"--xla_cpu_max_isa={xla}",
        "ONEDNN_MAX_CPU_ISA": onednn,
        "OPENBLAS_CORETYPE": blas,
        "NPY_DISABLE_CPU_FEATURES": numpy_without,
    }


AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"


@dataclass(frozen=True)
class Row:
    name: str
    environment: dict = field(default_factory=dict)
    lessons: tuple = ()  # none named: all of them
    python: str = ""  # "": the one of .venv
    constraints: str = ""  # a file in tools/versions instead of the lock


ROWS = (
    Row("as it is, one thread"),
    Row("AVX2", held_to("AVX2", "AVX2", "Haswell", AVX512)),
    Row("SSE4.2", held_to("SSE4_2", "SSE41", "Nehalem", "AVX F16C FMA3 AVX2 " + AVX512)),
    Row("two threads", {"COURSE_THREADS": "2"}, SOME),
    Row("Python 3.10", lessons=SOME, python="3.10"),
    Row("Python 3.11", lessons=SOME, python="3.11"),
    Row("Python 3.12", lessons=SOME, python="3.12"),
    Row("Python 3.13", lessons=SOME, python="3.13"),
    Row("oldest versions", lessons=SOME, python="3.10", constraints="oldest.txt"),
    Row("Colab's versions", lessons=SOME, python="3.13", constraints="colab.txt"),
)


def fingerprint():
    """What the rows were run on: every file that a test could read."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    total = hashlib.sha256()
    for name in sorted(listed.stdout.decode().split("\0")):
        path = ROOT / name
        if name and path.is_file():
            total.update(name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]


def interpreter(version):
    """A Python of this version from PATH or pyenv, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)]
    for candidate in filter(None, candidates):
        asked = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if asked.stdout.strip() == version:
            return str(candidate)
    return None


def requirements():
    """Everything the tests need, as pyproject names it, without the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
    groups = project["dependency-groups"]
    return [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["online"],
        *groups["lab"],
        *groups["dev"],
    ]


def environment_for(row):
    """The Python to run a row with; raises CalledProcessError when its environment cannot be made."""
    if not row.python:
        return sys.executable
    what = VERSIONS / row.constraints if row.constraints else ROOT / "requirements.lock"
    folder = FOLDER / slug(row)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    packages = (
        ["--constraint", str(what), *requirements()] if row.constraints else ["--require-hashes", "-r", str(what)]
    )
    stamp, wanted = folder / "made-from", what.read_text(encoding="utf8") + "\n".join(packages)
    if stamp.exists() and stamp.read_text(encoding="utf8") == wanted:
        return str(python)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    with open(FOLDER / f"{slug(row)}.setup.log", "w", encoding="utf8") as log:
        for command in (
            [interpreter(row.python), "-m", "venv", "--clear", str(folder)],
            [*pip, *packages],
            [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
        ):
            subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
    stamp.write_text(wanted, encoding="utf8")
    return str(python)


def slug(row):
    return re.sub(r"\W+", "-", row.name.lower()).strip("-")


def run(row):
    """Run one row; returns what is kept of it."""
    if row.python and interpreter(row.python) is None:
        return {"result": f"not run: no Python {row.python} on PATH or in pyenv", "failures": []}
    if row.python == HERE and not row.constraints:
        return {"result": "the same as the first row", "failures": []}
    if row.name in ("AVX2", "SSE4.2") and platform.machine().lower() not in ("x86_64", "amd64"):
        return {"result": f"not run: this processor is {platform.machine()}", "failures": []}
    try:
        python = environment_for(row)
    except subprocess.CalledProcessError:
        return {"result": f"not run: its environment could not be made; see {slug(row)}.setup.log", "failures": []}
    notebooks = [
        f"notebooks/solutions/{path.name}" for path in sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
    ]
    chosen = [name for name in notebooks if not row.lessons or Path(name).name[:2] in row.lessons]
    command = [python, "-m", "pytest", "-q", "--color=no", "--tb=short", "-rfE", "tests", *chosen]
    started, log = time.perf_counter(), FOLDER / f"{slug(row)}.log"
    with open(log, "w", encoding="utf8") as file:
        claims_file(row).unlink(missing_ok=True)
        environment = {**os.environ, **row.environment, "COURSE_CLAIMS": str(claims_file(row))}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
    lines = log.read_text(encoding="utf8", errors="replace").splitlines()
    failures = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    result = next(
        (line.strip("= ") for line in reversed(lines) if re.search(r"\d+ (passed|failed|error)", line)), "no test ran"
    )
    version = subprocess.run([python, "--version"], stdout=subprocess.PIPE, text=True).stdout.split()[-1]
    minutes = (time.perf_counter() - started) / 60
    return {
        "result": result,
        "failures": failures or ([f"pytest ended with {done.returncode}; see {log.name}"] if done.returncode else []),
        "python": version,
        "minutes": round(minutes, 1),
    }


def table(results):
    yield "| row | lessons | Python | minutes | result |"
    yield "|---|---|---|---|---|"
    for row in ROWS:
        found = results.get(row.name, {"result": "not run yet"})
        lessons = ", ".join(row.lessons) or "all"
        yield f"| {row.name} | {lessons} | {found.get('python', '')} | {found.get('minutes', '')} | {found['result']} |"
    for row in ROWS:
        for line in results.get(row.name, {}).get("failures", ()):
            yield f"{row.name}: {line}"


def close_claims():
    """A line for each claim that stands nearer to its bound than twice the spread of its numbers over the rows that ran."""
    seen = {}
    for row in ROWS:
        path = claims_file(row)
        for line in path.read_text(encoding="utf8").splitlines() if path.exists() else ():
            found = json.loads(line)
            for place, (left, right) in enumerate(found["sides"]):
                seen.setdefault((found["lesson"], found["claim"], place), []).append((left, right))
    for (lesson, sentence, _), pairs in seen.items():
        distance = min(abs(left - right) for left, right in pairs)
        spread = max(max(side) - min(side) for side in zip(*pairs, strict=True))
        if distance < 2 * spread:
            yield f"{lesson[:2]}: {distance:.3g} from its bound, spread {spread:.3g}: {sentence}"


def claims_file(row):
    return FOLDER / f"{slug(row)}.claims.jsonl"


def main(names):
    unknown = set(names) - {row.name for row in ROWS}
    if unknown:
        sys.exit(f"there is no row {', '.join(sorted(unknown))}; there are: {'; '.join(row.name for row in ROWS)}")
    FOLDER.mkdir(exist_ok=True)
    store, now = FOLDER / "results.json", fingerprint()
    kept = json.loads(store.read_text(encoding="utf8")) if store.exists() else {}
    results = {name: found for name, found in kept.items() if found["fingerprint"] == now}
    for row in ROWS:
        if row.name in names or (not names and row.name not in results):
            print(f"{row.name} ...", flush=True)
            results[row.name] = {**run(row), "fingerprint": now}
            print(f"{row.name}: {results[row.name]['result']}", flush=True)
            unfinished = store.with_suffix(".part")
            unfinished.write_text(json.dumps(results, indent=1), encoding="utf8")
            os.replace(unfinished, store)
    print("\n".join(table(results)))
    print("\nClaims nearer to their bound than twice their spread over these rows:")
    print("\n".join(close_claims()) or "none")
    return 1 if any(found.get("failures") for found in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
