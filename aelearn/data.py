"""The course's data sets, and the split that every lesson uses.

Everything is bundled; nothing is fetched unless `source="online"` asks for it.
"""

import gzip
import hashlib
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aelearn import inputs

_ODD, _SHOES = (1, 3, 5, 7, 9), (5, 7, 9)
_PICTURE_ANOMALY_SHARE = 0.1
_PAGE_BLOCKS = (
    "height width area eccentricity share_black share_black_smoothed mean_transition black black_smoothed transitions"
)
_TABLES = {"page_blocks": (0,), "vowel": (0,), "breast_cancer": (1,)}  # name: the classes that are normal
_PICTURES = {"mnist5k": _ODD, "digits": _ODD, "mnist": _ODD, "fashion_mnist": _SHOES}
_SERIES = ("ecg_208", "ecg_100")
_BUILT_IN = ("breast_cancer", "digits")

_FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
# name: the files (address, sha256); checked after every download
_ONLINE = {
    "mnist": [
        (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        )
    ],
    "fashion_mnist": [
        (
            _FASHION + "train-images-idx3-ubyte.gz",
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        (
            _FASHION + "t10k-images-idx3-ubyte.gz",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        (
            _FASHION + "train-labels-idx1-ubyte.gz",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        (
            _FASHION + "t10k-labels-idx1-ubyte.gz",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ],
}
_TIMEOUT_SECONDS = 5
NAMES = (*_TABLES, *_PICTURES, *_SERIES)


@dataclass(frozen=True)
class Dataset:
    """A data set as it was measured.

    x: (n, d) float32. y: (n,) int, 0 normal and 1 anomaly, or None where nobody has labelled the data.
    classes: (n,) the original classes. feature_names: d names. card: its origin, licence and framing.
    source: "bundled" or "online". Taught in: 00
    """

    name: str
    x: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    classes: np.ndarray = field(repr=False)
    feature_names: tuple = field(repr=False)
    card: str = field(repr=False)
    source: str

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

    x_train (n, d), x_calibration (m, d): normal only. x_test (t, d) and y_test (t,): 0 normal, 1 anomaly.
    Taught in: 01
    """

    x_train: np.ndarray
    x_calibration: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def __repr__(self):
        n_anomalies = int(self.y_test.sum())
        return (
            f"train {len(self.x_train)} normal | calibration {len(self.x_calibration)} normal | "
            f"test {len(self.y_test) - n_anomalies} normal, {n_anomalies} anomalies"
        )


def _folder():
    """Where the files lie: inside an installed wheel, or beside the package in a clone."""
    package = Path(__file__).resolve().parent
    bundled = package / "_data"
    return bundled if bundled.exists() else package.parent / "data"


def _card(name):
    return (_folder() / "cards" / f"{name}.md").read_text(encoding="utf8")


def results(name):
    """What a long experiment of the course measured once, as a dict; `python course.py bench NAME --remake` measures it again.

    name: picture_sizes or scoreboard. Its "machine" says where, with which versions.
    Raises ValueError for an unknown name. Taught in: 09, 12
    """
    folder = _folder() / "results"
    inputs.choice(name, "name", sorted(path.stem for path in folder.glob("*.json")))
    return json.loads((folder / f"{name}.json").read_text(encoding="utf8"))


def load(name, *, source="bundled", normal=None):
    """Load one of the course's data sets, unscaled and unshuffled in time order for series.

    name: page_blocks, vowel, breast_cancer, mnist5k, digits, ecg_208 or ecg_100; with
    source="online" also mnist and fashion_mnist, which are downloaded once and checked.
    normal: the original classes that count as normal, where the card's choice is not wanted;
    pictures of other classes are anomalies and thinned to 10 % of the rows.
    Raises ValueError for an unknown name, source or class, OSError when a file is damaged
    or cannot be fetched. Taught in: 00
    """
    inputs.choice(name, "name", NAMES)
    inputs.choice(source, "source", ("bundled", "online"))
    if name in _ONLINE and source == "bundled":
        raise ValueError(
            f"name is {name!r}, which is not bundled; use load('mnist5k'), or load({name!r}, source='online') to download it"
        )
    if name not in _ONLINE and source == "online":
        raise ValueError(f"source is 'online', and {name} is only bundled; use load({name!r})")
    x, classes, names = _read(name)
    if name in _SERIES:
        if normal is not None:
            raise ValueError(
                f"normal is {normal!r}, and {name} is a series without classes to choose from; leave it out"
            )
        return Dataset(name, x, classes, classes, names, _card(name), source)
    default = _TABLES.get(name) or _PICTURES[name]
    is_normal = np.isin(classes, _known_classes(default if normal is None else normal, classes))
    rows = _thinned(is_normal) if name in _PICTURES else np.arange(len(x))
    return Dataset(name, x[rows], (~is_normal[rows]).astype(int), classes[rows], names, _card(name), source)


def split(dataset, *, calibration=0.2, test=0.3, seed=0):
    """Shuffle and cut into train and calibration (normals only) and test (other normals, every anomaly).

    calibration, test: shares of the normal rows; the rest is for training. All anomalies are in
    the test part, since there are few: its share of anomalies is not the world's (lesson 04).
    Nothing is scaled. Raises ValueError when a part would be empty or the data have no labels.
    Taught in: 01
    """
    if not isinstance(dataset, Dataset):
        raise ValueError(f"dataset is a {type(dataset).__name__} and a Dataset is wanted; pass what load(...) returned")
    if dataset.name in _SERIES:
        raise ValueError(f"{dataset.name} is a series: shuffling would mix future and past; cut it by time, with a gap")
    calibration, test = inputs.between(calibration, "calibration"), inputs.between(test, "test")
    rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
    normal = rng.permutation(np.flatnonzero(dataset.y == 0))
    n_calibration, n_test = round(calibration * len(normal)), round(test * len(normal))
    if min(n_calibration, n_test, len(normal) - n_calibration - n_test) < 1:
        raise ValueError(
            f"{len(normal)} normal rows cannot be cut into parts of {calibration:g} and {test:g} with something left "
            "to train on; choose smaller shares"
        )
    test_rows = rng.permutation(np.concatenate([normal[:n_test], np.flatnonzero(dataset.y == 1)]))
    return Split(
        x_train=dataset.x[normal[n_test + n_calibration :]],
        x_calibration=dataset.x[normal[n_test : n_test + n_calibration]],
        x_test=dataset.x[test_rows],
        y_test=dataset.y[test_rows],
    )


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


def _read(name):
    """x (n, d) float32, the original classes (n,) or None, and d names."""
    if name in _BUILT_IN:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")()
        return bunch.data.astype(np.float32), bunch.target, tuple(map(str, bunch.feature_names))
    x, classes = _fetch(name) if name in _ONLINE else _read_bundled(name)
    if name in _PICTURES:
        side = int(np.sqrt(x.shape[1]))
        names = tuple(f"pixel_{row}_{column}" for row in range(side) for column in range(side))
        return (x / np.float32(255)).astype(np.float32), classes.astype(int), names
    names = {"page_blocks": _PAGE_BLOCKS.split(), "vowel": [f"log_area_ratio_{k}" for k in range(10)]}.get(
        name, ["millivolt"]
    )
    return x, None if classes is None else classes.astype(int), tuple(names)


def _read_bundled(name):
    path = _folder() / "files" / f"{name}.npz"
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() not in _card(name):
        raise OSError(
            f"the bundled file {path.name} is damaged: its sha256 is not the one on its card; "
            "install aelearn again, or restore it with git checkout"
        )
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return arrays["x"], arrays.get("classes")


def _fetch(name):
    """Download with pooch, which keeps a file only when its sha256 is right."""
    try:
        import pooch
    except ImportError:
        raise OSError(
            "source='online' needs the package pooch; run: pip install pooch, or use the bundled load('mnist5k')"
        ) from None
    pooch.get_logger().setLevel("ERROR")
    downloader = pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS)
    try:
        paths = [
            pooch.retrieve(address, f"sha256:{sha256}", path=pooch.os_cache("aelearn"), downloader=downloader)
            for address, sha256 in _ONLINE[name]
        ]
    except (OSError, ValueError) as problem:  # requests' errors are OSError, a wrong hash is ValueError
        why = "what came back is not the published file" if isinstance(problem, ValueError) else "it cannot be reached"
        raise OSError(
            f"{name} could not be downloaded ({why}); connect and try again, or use load('mnist5k')"
        ) from None
    if name == "mnist":
        with np.load(paths[0], allow_pickle=False) as arrays:
            pictures = [arrays["x_train"], arrays["x_test"]]
            classes = [arrays["y_train"], arrays["y_test"]]
    else:
        raw = [gzip.decompress(Path(path).read_bytes()) for path in paths]
        pictures = [np.frombuffer(part, np.uint8, offset=16) for part in raw[:2]]
        classes = [np.frombuffer(part, np.uint8, offset=8) for part in raw[2:]]
    return np.concatenate([part.reshape(-1, 784) for part in pictures]), np.concatenate(classes)
