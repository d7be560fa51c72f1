"""Is this machine ready for the course? Each failing line says what mends it."""

import platform
import shutil
import sys
import time
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

import aelearn
from aelearn.course._display import printable

_PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "matplotlib")
_ROOT = Path(aelearn.__file__).resolve().parent.parent
_FREE_GB, _FREE_MEMORY_GB = 0.5, 1.5


def _python():
    fine = (3, 10) <= sys.version_info[:2] <= (3, 13)
    return fine, f"Python {platform.python_version()}: {sys.executable}", "install Python 3.10 to 3.13"


def _locked():
    """The versions that requirements.lock names for each package; empty outside a clone of the course."""
    lock = _ROOT / "requirements.lock"
    versions: dict[str, list[str]] = {}
    if lock.exists():
        for line in lock.read_text(encoding="utf8").splitlines():
            name, equals, rest = line.partition("==")
            if equals and not line.startswith((" ", "#")):
                versions.setdefault(name, []).append(rest.split()[0])
    return versions


def _place(name):
    """The folder that `import` takes a package from; a folder of PYTHONPATH may come before the installed one."""
    spec = PathFinder.find_spec({"scikit-learn": "sklearn"}.get(name, name))
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin)
    return (file.parent.parent if file.name == "__init__.py" else file.parent).resolve()


def _packages():
    locked = _locked()
    for name in _PACKAGES:
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            yield False, f"{name} is missing", f"run: pip install {name}"
            continue
        version, installed = package.version, Path(str(package.locate_file(""))).resolve()
        place = _place(name)
        if place not in (None, installed):
            yield (
                False,
                f"{name} is imported from {place}, not from {installed}, where {version} is installed",
                "take that folder out of PYTHONPATH, or rename the file there",
            )
            continue
        wanted = locked.get(name, [version])
        as_locked = (
            "" if not locked else " (as in requirements.lock)" if version in wanted else f" (tested with {wanted[-1]})"
        )
        yield True, f"{name} {version}{as_locked} in {installed}", ""


def _read(path):
    """What a file of the system says; empty where there is none."""
    try:
        return path.read_text()
    except OSError:
        return ""


def _numbers(path):
    """{name: number} of a file with lines such as `MemAvailable:  1024 kB`."""
    pairs = [line.split()[:2] for line in _read(path).splitlines()]
    return {pair[0].rstrip(":"): int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def _limits(root):
    """The bytes that are left under each limit of a container, for both kinds of Linux's control groups."""
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, kinds, group = line.split(":", 2)
        if not kinds:
            top, limit, used, cache = "sys/fs/cgroup", "memory.max", "memory.current", ""
        elif "memory" in kinds.split(","):
            top, limit, used, cache = "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_"
        else:
            continue
        folder = root / top / group.strip("/")
        for place in {folder, *folder.parents, root / top} - set((root / top).parents):
            most, now = _read(place / limit).strip(), _read(place / used).strip()
            if most.isdigit() and now.isdigit():
                statistics = _numbers(place / "memory.stat")
                files = [statistics.get(f"{cache}{part}_file", 0) for part in ("active", "inactive")]
                yield int(most) - int(now) + sum(files)  # files are kept in memory only while nobody needs it


def _memory(root=Path("/")):
    available = _numbers(root / "proc/meminfo").get("MemAvailable")
    if available is None:
        return True, "available memory unknown on this system", ""
    available = min([available * 1024, *_limits(root)]) / 1e9
    return (
        available >= _FREE_MEMORY_GB,
        f"{available:.1f} GB of memory available",
        f"close other programs until {_FREE_MEMORY_GB} GB are available (in a container: give it more)",
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
            print(printable(f"MEND {found}: {mend}"))
        elif not only_problems:
            print(printable(f"ok   {found}"))
    all_fine = all(fine for fine, _, _ in findings)
    print("All is well." if all_fine else "Mend the lines above, then run: python -m aelearn")
    return all_fine
