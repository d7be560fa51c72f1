"""Scoring 1,000,000 x 30 rows: seconds and memory of AutoencoderDetector, PyOD's AutoEncoder and Isolation Forest.

Each runs in a process of its own, fitted on the same 5,000 rows; memory is the largest size of the process
while it scores, above what it held just before, the input included in "before".
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.common import PACKAGES, RIVALS, keep

ROWS, COLUMNS = 1_000_000, 30
METHODS = ("aelearn", "PyOD", "Isolation Forest")
REPEATS = 3


def fitted(method, x):
    """A function from rows to scores."""
    if method == "aelearn":
        from aelearn.detectors import AutoencoderDetector

        return (
            AutoencoderDetector(scored_by="error", hidden=(64,), latent_dim=8, epochs=5, random_state=0)
            .fit(x)
            .anomaly_score
        )
    if method == "PyOD":
        from pyod.models.auto_encoder import AutoEncoder

        detector = AutoEncoder(hidden_neuron_list=[64, 8], epoch_num=2, batch_norm=False, dropout_rate=0.0, verbose=0)
        return detector.fit(x).decision_function
    from sklearn.ensemble import IsolationForest

    return IsolationForest(random_state=0).fit(x).score_samples


def megabytes_in_memory(which):
    """VmRSS, what the process holds now, or VmHWM, the most it held since its peak was reset. Linux only."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) / 1024
    raise ValueError(f"/proc/self/status has no {which}; the memory benchmark runs on Linux")


def measure_here(method, rows):
    """Print seconds and megabytes as JSON: called in a process of its own."""
    rng = np.random.default_rng(0)
    score = fitted(method, rng.normal(size=(5_000, COLUMNS)).astype(np.float32))
    score(rng.normal(size=(1_000, COLUMNS)).astype(np.float32))  # whatever is set up at first use
    x = rng.normal(size=(rows, COLUMNS)).astype(np.float32)
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak that fitting left
    before, start = megabytes_in_memory("VmRSS"), time.perf_counter()
    score(x)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": megabytes_in_memory("VmHWM") - before}))


def measure(method, rows=ROWS):
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.scoring", method, str(rows)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def main():
    runs = {method: [] for method in METHODS}
    for _ in range(REPEATS):
        for method in METHODS:
            runs[method].append(measure(method))
    result = {m: {key: float(np.median([run[key] for run in r])) for key in r[0]} for m, r in runs.items()}
    print(f"\nscoring {ROWS:,} x {COLUMNS} rows, median of {REPEATS}")
    for method, figures in result.items():
        print(f"  {method:18} {figures['seconds']:7.2f} s   {figures['megabytes']:7.0f} MB more than before")
    keep("scoring", {"rows": ROWS, "columns": COLUMNS, "methods": result}, packages=(*PACKAGES, *RIVALS))
    ratio = result["PyOD"]["seconds"] / result["aelearn"]["seconds"]
    return [("scoring a million rows against PyOD: 3x", f"{ratio:.1f}x", ratio >= 3)]


if __name__ == "__main__":
    measure_here(sys.argv[1], int(sys.argv[2]))
