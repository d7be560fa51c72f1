"""Is this machine ready for the course? Each failing line says what mends it."""

import os
import platform
import shutil
import sys
import time
from importlib import metadata
from pathlib import Path

import aelearn

_PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "matplotlib")
_ROOT = Path(aelearn.__file__).resolve().parent.parent
_FREE_GB, _FREE_MEMORY_GB = 0.5, 1.5


def _python():
    fine = (3, 10) <= sys.version_info[:2] <= (3, 13)
    return fine, f"Python {platform.python_version()}", "install Python 3.10 to 3.13"


def _locked():
    """The versions that requirements.lock names for each package; empty outside a clone of the course."""
    lock, versions = _ROOT / "requirements.lock", {}
    if lock.exists():
        for line in lock.read_text(encoding="utf8").splitlines():
            name, equals, rest = line.partition("==")
            if equals and not line.startswith((" ", "#")):
                versions.setdefault(name, []).append(rest.split()[0])
    return versions


def _packages():
    locked = _locked()
    for name in _PACKAGES:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield False, f"{name} is missing", f"run: pip install {name}"
            continue
        wanted = locked.get(name, [version])
        as_locked = (
            "" if not locked else " (as in requirements.lock)" if version in wanted else f" (tested with {wanted[-1]})"
        )
        yield True, f"{name} {version}{as_locked}", ""


def _memory():
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    except (AttributeError, ValueError, OSError):
        return True, "free memory unknown on this system", ""
    return (
        free >= _FREE_MEMORY_GB,
        f"{free:.1f} GB of memory free",
        f"close other programs until {_FREE_MEMORY_GB} GB are free",
    )


def _disk():
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    return free >= _FREE_GB, f"{free:.0f} GB of disk free", f"delete files until {_FREE_GB} GB are free"


def _data():
    from aelearn import _files, data

    try:
        for name in data.NAMES:
            if name not in _files.ONLINE:
                data.load(name)
    except OSError as problem:
        return (
            False,
            f"a data file cannot be read: {problem}",
            "install aelearn again, or restore data/ with git checkout",
        )
    return True, f"data in {_files.folder()}", ""


def _training():
    try:
        from aelearn import data, models, training

        x = data.load("digits").x / 16
        started = time.perf_counter()
        history = training.train(models.Autoencoder(64, latent_dim=8, hidden=(32,)), x, epochs=20, show_progress=False)
        seconds = time.perf_counter() - started
    except Exception as problem:
        return (
            False,
            f"training failed: {type(problem).__name__}: {problem}",
            "install the versions of requirements.lock",
        )
    learned = history.loss[-1] < 0.7 * history.loss[0]
    return learned, f"a small autoencoder trained in {seconds:.1f} s", "install the versions of requirements.lock"


def report(*, only_problems=False):
    """Print a line for each thing the course needs (or only those to mend); return True when all is well. Taught in: 00"""
    findings = [_python(), *_packages(), _memory(), _disk(), _data(), _training()]
    for fine, found, mend in findings:
        if not fine:
            print(f"MEND {found}: {mend}")
        elif not only_problems:
            print(f"ok   {found}")
    all_fine = all(fine for fine, _, _ in findings)
    print("All is well." if all_fine else "Mend the lines above, then run: python -m aelearn")
    return all_fine
