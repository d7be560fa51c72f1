"""What every benchmark needs: the machine and the versions beside the figures, and one place to keep them."""

import json
import os
import platform
from importlib import metadata
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
LESSON_RESULTS = RESULTS.parents[1] / "data" / "results"  # these travel with the package: `aelearn.data.results`
PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "pyod", "torch")


def machine():
    """Processor, cores, Python and package versions: what a figure depends on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = {
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        }
        model = ", ".join(sorted(models)) or model
    versions = {}
    for name in PACKAGES:
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


def keep(name, result, folder=RESULTS):
    """Write a benchmark's result, with the machine, to FOLDER/NAME.json."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), **result}, indent=1) + "\n", encoding="utf8")
    print(f"kept in {path.relative_to(RESULTS.parent.parent).as_posix()}")


def kept(name, folder=RESULTS):
    path = folder / f"{name}.json"
    return json.loads(path.read_text(encoding="utf8")) if path.exists() else None
