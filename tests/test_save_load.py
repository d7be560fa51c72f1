"""One way to save: every detector comes back as it was, in another process too, and a file brings no code along."""

import json
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError

from aelearn import detectors
from aelearn.detectors import (
    KINDS,
    SCORES,
    SEQUENCE_KINDS,
    AutoencoderDetector,
    CalibratedDetector,
    GANDetector,
    SequenceDetector,
    storage,
)

pytestmark = pytest.mark.usefixtures("without_xla")

rng = np.random.default_rng(0)
x = rng.normal(size=(80, 2)) @ rng.normal(size=(2, 4)) + 0.1 * rng.normal(size=(80, 4))
series = np.sin(np.arange(300) / 2) + 0.1 * rng.normal(size=300)
SMALL = {"hidden": (6,), "epochs": 2, "random_state": 0}
ALL = {
    **{
        f"{kind} {scored_by}": (AutoencoderDetector(kind=kind, scored_by=scored_by, **SMALL), x)
        for kind in KINDS
        for scored_by in SCORES
    },
    "gan": (GANDetector(**SMALL), x),
    **{
        kind: (SequenceDetector(kind=kind, length=8, units=3, epochs=2, random_state=0), series)
        for kind in SEQUENCE_KINDS
    },
    "running": (SequenceDetector(length=8, level="running", memory=20, at="end"), series),
}
ANOTHER_PROCESS = """
import sys
from pathlib import Path

import numpy as np

from aelearn import detectors

for path in Path(sys.argv[1]).glob("*.detector"):
    one, asked = detectors.load(path), np.load(path.with_suffix(".npz"))
    for method in ("anomaly_score", "predict", "p_value"):
        assert np.array_equal(getattr(one, method)(asked["x"]), asked[method]), (path, method)
    print(path.stem)
"""


class Distance(CalibratedDetector):
    """One of a user's own: two functions, and plain attributes."""

    def _learn(self, X, rng):
        self._middle = {"of each column": np.median(self._scaled(X), axis=0), "seen": (len(X), 0.5, None, "text")}

    def _anomaly_score(self, X):
        return np.abs(self._scaled(X) - self._middle["of each column"]).mean(axis=1)


class Residual(CalibratedDetector):
    """One that keeps an object of scikit-learn, and says how it is made from what can be saved."""

    _rebuilt = ("_pca",)

    def __init__(self, *, n_components=2, alpha=0.05, random_state=None):
        super().__init__(alpha=alpha, random_state=random_state)
        self.n_components = n_components

    def _learn(self, X, rng):
        self._rows = self._scaled(X)
        self._rebuild()

    def _rebuild(self):
        self._pca = PCA(self.n_components, svd_solver="full").fit(self._rows)

    def _anomaly_score(self, X):
        z = self._scaled(X)
        return np.square(z - self._pca.inverse_transform(self._pca.transform(z))).mean(axis=1)


class Forgetful(Distance):
    """One that keeps what no file can hold, and does not say so."""

    def _learn(self, X, rng):
        super()._learn(X, rng)
        self._pca = PCA(2).fit(X)


@pytest.fixture(scope="module")
def fitted():
    return AutoencoderDetector(scored_by="error", **SMALL).fit(x)


def test_every_detector_gives_the_same_scores_in_another_process_bit_for_bit(tmp_path):
    for name, (one, rows) in ALL.items():
        one.fit(rows).save(tmp_path / f"{name}.detector")
        answers = {method: getattr(one, method)(rows) for method in ("anomaly_score", "predict", "p_value")}
        np.savez(tmp_path / f"{name}.npz", x=rows, **answers)
    run = subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, tmp_path], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert sorted(run.stdout.splitlines()) == sorted(ALL)


@pytest.mark.parametrize("name", ["plain neighbours", "gan", "forecast", "neighbours"])
def test_what_comes_back_has_its_class_parameters_and_attributes(name, tmp_path):
    one, rows = ALL[name]
    one.fit(rows)
    back = detectors.load(one.save(tmp_path / "detector"))
    assert type(back) is type(one) and back.get_params() == one.get_params()
    assert vars(back).keys() == vars(one).keys() and back.history_ == one.history_
    assert back.offset_ == one.offset_ and back.promised_rate_ == one.promised_rate_
    assert back.recalibrate(rows).fit(rows).save(tmp_path / "again").exists()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("way", ["pickle", "joblib"])
@pytest.mark.parametrize("name", ["plain neighbours", "gan", "neighbours"])
def test_pickle_and_joblib_work_too(name, way, tmp_path):
    one, rows = ALL[name]
    one.fit(rows)
    if way == "joblib":
        joblib.dump(one, tmp_path / "detector")
        back = joblib.load(tmp_path / "detector")
    else:
        back = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(back.anomaly_score(rows), one.anomaly_score(rows))


@pytest.mark.parametrize("own", [Distance, Residual])
def test_a_detector_of_your_own_is_saved_without_further_code_or_with_one_function(own, tmp_path):
    one = own(alpha=0.1, random_state=0).fit(pd.DataFrame(x, columns=list("abcd")))
    path = one.save(tmp_path / "detector")
    back = own.load(path)
    np.testing.assert_array_equal(back.anomaly_score(x[:, ::-1]), one.anomaly_score(x[:, ::-1]))
    assert list(back.feature_names_in_) == list("abcd") and back.get_params() == one.get_params()
    with pytest.raises(
        ValueError, match=rf"saved by .*{own.__name__}, which is no detector of this package.*{own.__name__}.load"
    ):
        detectors.load(path)
    with pytest.raises(ValueError, match=f"use {own.__name__}.load"):
        AutoencoderDetector.load(path)


def test_values_inside_plain_attributes_come_back_with_their_types(tmp_path):
    one = Distance().fit(x)
    one.found_, one.list_ = np.float32(0.1), [True, -(2**70), float("inf"), np.arange(3, dtype=np.uint8)]
    back = Distance.load(one.save(tmp_path / "detector"))
    assert back._middle["seen"] == one._middle["seen"] and type(back.found_) is np.float32
    assert back.list_[:3] == one.list_[:3] and back.list_[3].dtype == np.uint8


def test_what_no_file_can_hold_is_refused_by_name_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"_pca is a PCA and a file holds.*_rebuilt.*joblib") as refusal:
        Forgetful().fit(x).save(tmp_path / "detector")
    assert "\n" not in str(refusal.value) and not list(tmp_path.iterdir())
    with pytest.raises(NotFittedError):
        Distance().save(tmp_path / "detector")


def test_a_file_of_one_detector_is_not_taken_for_another(fitted, tmp_path):
    path = fitted.save(tmp_path / "detector")
    with pytest.raises(ValueError, match=r"saved by AutoencoderDetector and GANDetector.*use AutoencoderDetector.load"):
        GANDetector.load(path)


def test_a_file_of_the_first_format_still_loads():
    """Written by the version before; the numbers are what it gave."""
    back = detectors.load(Path(__file__).parent / "files" / "detector_format_1.npz")
    assert (back.kind, back.hidden, back.n_calibration_, back.promised_rate_) == ("sparse", (4,), 8, 0.2)
    asked = np.array([[0.5, 1.0, -2.0], [0, 0, 0], [4, -4, 4]])
    np.testing.assert_allclose(back.anomaly_score(asked), [0.51560653, 0.35145161, 1.60031441], rtol=1e-7)
    assert back.offset_ == -1.014765879217821 and back.history_.loss[-1] == 1.0138850212097168
    np.testing.assert_array_equal(back.predict(asked), [1, 1, -1])


def test_data_frames_keep_their_feature_names(tmp_path):
    frame = pd.DataFrame(x, columns=[f"sensor {i}" for i in range(4)])
    one = AutoencoderDetector(**SMALL).fit(frame)
    assert list(one.feature_names_in_) == list(frame.columns)
    back = AutoencoderDetector.load(one.save(tmp_path / "detector"))
    with pytest.raises(ValueError, match="feature names"):
        back.predict(frame[frame.columns[::-1]])


def test_a_saved_detector_holds_no_code_and_little_else(fitted, tmp_path):
    path = fitted.save(tmp_path / "detector.npz")
    assert path.stat().st_size < 20_000
    with zipfile.ZipFile(path) as members:
        assert all(name.endswith(".npy") for name in members.namelist())
    with np.load(path, allow_pickle=False) as arrays:
        assert json.loads(str(arrays["settings"]))["format"] == "aelearn detector 2"


def changed(path, **arrays):
    with np.load(path, allow_pickle=False) as stored:
        np.savez(path, **({name: stored[name] for name in stored.files} | arrays))


def forged(path, change):
    """A file whose checksum is right and whose contents are not what a detector writes."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files if name != "checksum"}
    settings = json.loads(str(arrays["settings"]))
    change(settings, arrays)
    arrays["settings"] = np.array(json.dumps(settings))
    np.savez(path, **arrays, checksum=np.array(storage.checksum(arrays)))


def member(path, name, header, content=b""):
    """Replace the array `name` by this header and content, packed as small as zip can."""
    with zipfile.ZipFile(path) as stored:
        kept = {each: stored.read(each) for each in stored.namelist() if each != name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, old in kept.items():
            packed.writestr(each, old)
        with packed.open(name, "w") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for _ in range(300 if content else 0):
                file.write(content)


@pytest.mark.parametrize(
    ("shape", "content"),
    [((300 * 2**17,), bytes(2**20)), ((10**12,), b""), ((2**62,), b"")],
    ids=["a zip bomb of 300 MB", "an array that claims eight terabytes", "an array beyond any memory"],
)
def test_a_file_that_lies_about_its_size_is_refused_in_bounded_memory(fitted, tmp_path, shape, content):
    path = fitted.save(tmp_path / "detector.npz")
    member(path, "0.npy", {"descr": "<f8", "fortran_order": False, "shape": shape}, content)
    tracemalloc.start()
    with pytest.raises(ValueError, match="not a file that a detector saved"):
        detectors.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


def weight(settings, arrays):
    return settings["state"]["_weights"][0]["array"]


FORGERIES = {
    "NaN in a weight": lambda settings, arrays: arrays[weight(settings, arrays)].fill(np.nan),
    "a weight of another shape": lambda s, arrays: arrays.update({weight(s, arrays): np.zeros((4, 7))}),
    "a part that is not there": lambda settings, arrays: settings["state"].pop("_scale"),
    "an array that is not there": lambda settings, arrays: settings["state"].update(_scale={"array": "99"}),
    "a scale of zero": lambda s, arrays: arrays[s["state"]["_scale"]["array"]].fill(0),
    "a parameter nobody knows": lambda settings, arrays: settings["parameters"].update(color="red"),
    "a kind nobody knows": lambda settings, arrays: settings["parameters"].update(kind="magic"),
    "a method put away": lambda settings, arrays: settings["state"].update(predict=1),
    "an offset of NaN": lambda settings, arrays: settings["state"].update(offset_=float("nan")),
    "a record nobody knows": lambda settings, arrays: settings["state"].update(a={"record": ["Path", {"dict": {}}]}),
    "a tag nobody knows": lambda settings, arrays: settings["state"].update(a={"import": "os"}),
}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_text("hello"), "not a file that a detector saved"),
        (lambda path: path.write_bytes(b""), "not a file that a detector saved"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "not a file that a detector saved"),
        (lambda path: path.write_bytes(pickle.dumps({"a": 1})), "not a file that a detector saved"),
        (lambda path: np.savez(path, a=1), "not a file that a detector saved"),
        (lambda path: changed(path, settings=np.array('{"format": "aelearn detector 3"}')), "this version reads"),
        (lambda path: changed(path, **{"0": np.zeros(4)}), "was changed after it was saved"),
        (lambda path: changed(path, extra=np.zeros(2)), "was changed after it was saved"),
        *(
            (lambda path, change=change: forged(path, change), "its parts do not fit together")
            for change in FORGERIES.values()
        ),
    ],
    ids=["text", "empty", "cut", "pickle", "foreign npz", "other version", "other numbers", "an addition", *FORGERIES],
)
def test_a_foreign_or_changed_file_is_refused_in_one_sentence(fitted, tmp_path, spoil, sentence):
    path = fitted.save(tmp_path / "detector.npz")
    spoil(path)
    for load in (detectors.load, AutoencoderDetector.load):
        with pytest.raises(ValueError, match=sentence) as refusal:
            load(path)
        assert "\n" not in str(refusal.value) and "save(path)" in str(refusal.value)


def test_a_detector_comes_back_and_scores_without_loading_tensorflow(fitted, tmp_path):
    fitted.save(tmp_path / "detector")
    code = "import sys; from aelearn import detectors; detectors.load(sys.argv[1]).predict([[0, 0, 0, 0]]); assert 'tensorflow' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", code, tmp_path / "detector"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
