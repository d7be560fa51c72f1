"""Where the course's data come from: the bundled files, scikit-learn, and only when asked for the network."""

import gzip
import hashlib
import io
from pathlib import Path

import numpy as np

_ODD, _SHOES = (1, 3, 5, 7, 9), (5, 7, 9)
_PAGE_BLOCKS = (
    "height width area eccentricity share_black share_black_smoothed mean_transition black black_smoothed transitions"
)
_TELESCOPE = (
    "length width log_light share_of_two share_of_one asymmetry third_moment_long third_moment_across angle distance"
)
# name: the classes that are normal
TABLES = {"page_blocks": (0,), "vowel": (0,), "breast_cancer": (1,), "telescope": (0,)}
PICTURES = {"mnist5k": _ODD, "digits": _ODD, "mnist": _ODD, "fashion_mnist": _SHOES}
SERIES = ("ecg_208", "ecg_100")
_BUILT_IN = ("breast_cancer", "digits")

_FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
# name: the files (address, sha256); checked after every download
ONLINE = {
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
NAMES = (*TABLES, *PICTURES, *SERIES)


def folder():
    """Where the files lie: inside an installed wheel, or beside the package in a clone."""
    package = Path(__file__).resolve().parent
    bundled = package / "_data"
    return bundled if bundled.exists() else package.parent / "data"


def card(name):
    """The card of a data set: its origin, licence and framing, as text."""
    return (folder() / "cards" / f"{name}.md").read_text(encoding="utf8")


def read(name):
    """x (n, d) float32, the original classes (n,) or None, the groups (n,) or None, and d names."""
    if name in _BUILT_IN:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")()
        return bunch.data.astype(np.float32), bunch.target, None, tuple(map(str, bunch.feature_names))
    x, classes, groups = (*_fetch(name), None) if name in ONLINE else _read_bundled(name)
    if name in PICTURES:
        side = int(np.sqrt(x.shape[1]))
        names = tuple(f"pixel_{row}_{column}" for row in range(side) for column in range(side))
        return (x / np.float32(255)).astype(np.float32), classes.astype(int), groups, names
    names = {
        "page_blocks": tuple(_PAGE_BLOCKS.split()),
        "vowel": tuple(f"log_area_ratio_{k}" for k in range(10)),
        "telescope": tuple(_TELESCOPE.split()),
    }.get(name, ("millivolt",))
    classes, groups = (None if values is None else values.astype(int) for values in (classes, groups))
    return x, classes, groups, names


def _read_bundled(name):
    path = folder() / "files" / f"{name}.npz"
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() not in card(name):
        raise OSError(
            f"the bundled file {path.name} is damaged: its sha256 is not the one on its card; "
            "install aelearn again, or restore it with git checkout"
        )
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return arrays["x"], arrays.get("classes"), arrays.get("groups")


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
            for address, sha256 in ONLINE[name]
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
