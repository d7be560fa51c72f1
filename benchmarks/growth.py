"""How cost grows with rows, 1,000 to 1,000,000: an epoch of training, scoring, and the memory of scoring.

The exponent is the slope of log seconds against log rows: 1 is "twice the rows, twice the time".
"""

import time

import numpy as np

from aelearn import training
from aelearn.detectors import AutoencoderDetector
from aelearn.models import Autoencoder
from benchmarks.common import keep
from benchmarks.scoring import measure as measure_scoring

ROWS = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
COLUMNS = 30
MEMORY_ROWS = [100_000, 300_000, 1_000_000]


def quickest(function, repeats):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def exponent(seconds):
    return float(np.polyfit(np.log(ROWS), np.log(seconds), 1)[0])


def main():
    x = np.random.default_rng(0).normal(size=(ROWS[-1], COLUMNS)).astype(np.float32)
    detector = AutoencoderDetector(scored_by="error", hidden=(64,), latent_dim=8, epochs=5, random_state=0).fit(
        x[:5_000]
    )
    train_seconds, score_seconds = [], []
    for n in ROWS:
        repeats = max(3, 30_000 // n)
        model = Autoencoder(COLUMNS, latent_dim=8, hidden=(64,))

        def one_epoch(model=model, n=n):
            training.train(model, x[:n], epochs=1, show_progress=False)

        one_epoch()  # compiles for this number of rows
        train_seconds.append(quickest(one_epoch, repeats))
        score_seconds.append(quickest(lambda n=n: detector.anomaly_score(x[:n]), repeats))
    print("\n     rows   train, s an epoch   score, s")
    for n, a, b in zip(ROWS, train_seconds, score_seconds, strict=True):
        print(f"{n:9,} {a:19.4f} {b:10.4f}")
    megabytes = [measure_scoring("aelearn", n)["megabytes"] for n in MEMORY_ROWS]
    beyond_output = [m - n * 8 / 2**20 for n, m in zip(MEMORY_ROWS, megabytes, strict=True)]
    print(
        "memory while scoring, MB beyond input and output:",
        ", ".join(f"{n:,} rows {m:.0f}" for n, m in zip(MEMORY_ROWS, beyond_output, strict=True)),
    )
    exponents = {"training": exponent(train_seconds), "scoring": exponent(score_seconds)}
    keep(
        "growth",
        {
            "rows": ROWS,
            "seconds_an_epoch": train_seconds,
            "seconds_scoring": score_seconds,
            "exponents": exponents,
            "memory_rows": MEMORY_ROWS,
            "megabytes_beyond_output": beyond_output,
        },
    )
    goals = [
        (f"growth of {name} with rows: exponent 1.0 +- .05", f"{e:.2f}", abs(e - 1) <= 0.05)
        for name, e in exponents.items()
    ]
    spread = max(beyond_output) - min(beyond_output)
    return [*goals, ("memory of scoring flat in rows: within 50 MB", f"{spread:.0f} MB", spread <= 50)]
