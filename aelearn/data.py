"""The course's data sets, and the split that every lesson uses.

Everything is bundled; nothing is fetched unless `source="online"` asks for it.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from aelearn import _files, inputs

_PICTURE_ANOMALY_SHARE = 0.1
NAMES = _files.NAMES


@dataclass(frozen=True)
class Dataset:
    """A data set as it was measured.

    x: (n, d) float32. y: (n,) int, 0 normal and 1 anomaly, or None where nobody has labelled the data.
    classes: (n,) the original classes. feature_names: d names. card: its origin, licence and framing.
    source: "bundled" or "online". groups: (n,) what each row belongs to (a speaker, a patient, a machine), or None
    where rows stand alone. Taught in: 00
    """

    name: str
    x: np.ndarray = field(repr=False)
    y: np.ndarray | None = field(repr=False)
    classes: np.ndarray = field(repr=False)
    feature_names: tuple = field(repr=False)
    card: str = field(repr=False)
    source: str
    groups: np.ndarray | None = field(default=None, repr=False)

    def __repr__(self):
        rows = f"{self.name} ({self.source}): {self.x.shape[0]} rows, {self.x.shape[1]} columns"
        if self.y is None:
            return rows + ", no labels"
        n_anomalies = int(self.y.sum())
        return f"{rows}, {len(self.y) - n_anomalies} normal, {n_anomalies} anomalies ({self.y.mean():.0%})"

    def __str__(self):
        return f"{self!r}\n\n{self.card}"


@dataclass(frozen=True)
class Split:
    """Three parts: normals to train on, other normals to calibrate on, and a test set with all anomalies.

    x_train (n, d), x_calibration (m, d): normal only. x_test (t, d) and y_test (t,): 0 normal, 1 anomaly. For each
    part, in the same order: rows_train (n,) and so on, where its rows stand in the data set; classes_train and so on,
    their original classes; groups_train and so on, their groups, or None. Taught in: 01
    """

    x_train: np.ndarray
    x_calibration: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    rows_train: np.ndarray | None = None
    rows_calibration: np.ndarray | None = None
    rows_test: np.ndarray | None = None
    classes_train: np.ndarray | None = None
    classes_calibration: np.ndarray | None = None
    classes_test: np.ndarray | None = None
    groups_train: np.ndarray | None = None
    groups_calibration: np.ndarray | None = None
    groups_test: np.ndarray | None = None

    def __repr__(self):
        n_anomalies = int(self.y_test.sum())
        return (
            f"train {len(self.x_train)} normal | calibration {len(self.x_calibration)} normal | "
            f"test {len(self.y_test) - n_anomalies} normal, {n_anomalies} anomalies"
        )


def results(name):
    """What a long experiment of the course measured once, as a dict; `python course.py bench NAME --remake` measures it again.

    name: picture_sizes or scoreboard. Its "machine" says where, with which versions.
    Raises ValueError for an unknown name. Taught in: 09, 12
    """
    folder = _files.folder() / "results"
    inputs.choice(name, "name", sorted(path.stem for path in folder.glob("*.json")))
    return json.loads((folder / f"{name}.json").read_text(encoding="utf8"))


def load(name: str, *, source: str = "bundled", normal: Collection[int] | None = None) -> Dataset:
    """Load one of the course's data sets, unscaled and unshuffled in time order for series.

    name: page_blocks, vowel, breast_cancer, telescope, mnist5k, digits, ecg_208 or ecg_100; with
    source="online" also mnist and fashion_mnist, which are downloaded once and checked.
    normal: the original classes that count as normal, where the card's choice is not wanted;
    pictures of other classes are anomalies and thinned to 10 % of the rows.
    Raises ValueError for an unknown name, source or class, OSError when a file is damaged
    or cannot be fetched. Taught in: 00
    """
    inputs.choice(name, "name", NAMES)
    inputs.choice(source, "source", ("bundled", "online"))
    if name in _files.ONLINE and source == "bundled":
        raise ValueError(
            f"name is {name!r}, which is not bundled; use load('mnist5k'), or load({name!r}, source='online') to download it"
        )
    if name not in _files.ONLINE and source == "online":
        raise ValueError(f"source is 'online', and {name} is only bundled; use load({name!r})")
    x, classes, groups, names = _files.read(name)
    if name in _files.SERIES:
        if normal is not None:
            raise ValueError(
                f"normal is {normal!r}, and {name} is a series without classes to choose from; leave it out"
            )
        return Dataset(name, x, classes, classes, names, _files.card(name), source)
    default = _files.TABLES.get(name) or _files.PICTURES[name]
    is_normal = np.isin(classes, _known_classes(default if normal is None else normal, classes))
    rows = _thinned(is_normal) if name in _files.PICTURES else np.arange(len(x))
    return Dataset(
        name,
        x[rows],
        y=(~is_normal[rows]).astype(int),
        classes=classes[rows],
        feature_names=names,
        card=_files.card(name),
        source=source,
        groups=None if groups is None else groups[rows],
    )


def split(dataset: Dataset, *, calibration: float = 0.2, test: float = 0.3, seed: int = 0, by: str = "groups") -> Split:
    """Shuffle and cut into train and calibration (normals only) and test (other normals, every anomaly).

    calibration, test: shares of the normal rows; the rest is for training. All anomalies are in
    the test part, since there are few: its share of anomalies is not the world's (lesson 04).
    Where the data set has groups, each stays whole: shares are met as nearly as whole groups can, the test part has
    all rows of its groups and the groups without a normal row, and the anomalies of the other groups are in no part:
    a detector is judged on groups that it has never met. by="rows" cuts through groups all the same, to show what that
    hides (lesson 01). Nothing is scaled. Raises ValueError when a part would be empty or the data have no labels.
    Taught in: 01
    """
    if not isinstance(dataset, Dataset):
        raise ValueError(f"dataset is a {type(dataset).__name__} and a Dataset is wanted; pass what load(...) returned")
    if dataset.name in _files.SERIES:
        raise ValueError(f"{dataset.name} is a series: shuffling would mix future and past; cut it by time, with a gap")
    if dataset.y is None:
        raise ValueError(f"{dataset.name} has no labels, so that its normal rows cannot be told from the others")
    calibration, test = inputs.between(calibration, "calibration"), inputs.between(test, "test")
    inputs.choice(by, "by", ("groups", "rows"))
    rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
    cut = _cut_rows if dataset.groups is None or by == "rows" else _cut_groups
    rows = dict(zip(("train", "calibration", "test"), cut(dataset, calibration, test, rng), strict=True))

    def of_each_part(name, values):
        return {f"{name}_{part}": None if values is None else values[rows[part]] for part in rows}

    return Split(
        **of_each_part("x", dataset.x),
        y_test=dataset.y[rows["test"]],
        **{f"rows_{part}": rows[part] for part in rows},
        **of_each_part("classes", dataset.classes),
        **of_each_part("groups", dataset.groups),
    )


def _cut_rows(dataset, calibration, test, rng):
    """The rows of the three parts, each row by itself."""
    normal = rng.permutation(np.flatnonzero(dataset.y == 0))
    n_calibration, n_test = round(calibration * len(normal)), round(test * len(normal))
    if min(n_calibration, n_test, len(normal) - n_calibration - n_test) < 1:
        raise ValueError(
            f"{len(normal)} normal rows cannot be cut into parts of {calibration:g} and {test:g} with something left "
            "to train on; choose smaller shares"
        )
    test_rows = rng.permutation(np.concatenate([normal[:n_test], np.flatnonzero(dataset.y == 1)]))
    return normal[n_test + n_calibration :], normal[n_test : n_test + n_calibration], test_rows


def _cut_groups(dataset, calibration, test, rng):
    """The rows of the three parts, groups whole: of a random order the first groups are for the test, the next to calibrate."""
    names, group = np.unique(dataset.groups, return_inverse=True)
    n_normal = np.bincount(group, weights=dataset.y == 0)
    order = rng.permutation(np.flatnonzero(n_normal))
    sizes, part_of = n_normal[order], np.full(len(names), 2)
    n_test = _first_nearest(sizes, test * sizes.sum())
    part_of[order[n_test:]] = 0
    part_of[order[n_test:][: _first_nearest(sizes[n_test:], calibration * sizes.sum())]] = 1
    parts = [np.flatnonzero((part_of[group] == k) & ((dataset.y == 0) | (k == 2))) for k in range(3)]
    if not all((dataset.y[rows] == 0).any() for rows in parts):
        raise ValueError(
            f"{len(order)} groups with normal rows cannot be cut into parts of {calibration:g} and {test:g} with "
            "something left to train on; choose other shares"
        )
    return [rng.permutation(rows) for rows in parts]


def _first_nearest(sizes, wanted):
    """How many of the first groups, at least one, have together as near as can be the wanted number of rows."""
    return int(np.abs(np.cumsum(sizes) - wanted).argmin()) + 1 if len(sizes) else 0


def _known_classes(normal, classes):
    wanted, known = np.atleast_1d(normal), np.unique(classes)
    if not len(wanted) or not np.isin(wanted, known).all() or np.isin(known, wanted).all():
        raise ValueError(
            f"normal is {normal!r}, and some but not all of the classes {', '.join(map(str, known))} are wanted"
        )
    return wanted


def _thinned(is_normal):
    """All normal rows and as many anomalies as make 10 %, in a fixed shuffled order (the files are sorted by class)."""
    rng = np.random.default_rng(0)
    share = _PICTURE_ANOMALY_SHARE
    n_anomalies = round(is_normal.sum() * share / (1 - share))
    anomalies = rng.permutation(np.flatnonzero(~is_normal))[:n_anomalies]
    return rng.permutation(np.concatenate([np.flatnonzero(is_normal), anomalies]))
