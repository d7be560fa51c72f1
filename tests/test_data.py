"""The data are what their cards say, travel with the wheel, and are cut without a leak."""

import hashlib
import http.server
import re
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from aelearn import _files, data

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = [name for name in data.NAMES if name not in _files.ONLINE]
FRAMED = [name for name in BUNDLED if not name.startswith("ecg")]


@pytest.mark.parametrize("name", data.NAMES)
def test_every_data_set_has_a_card_with_every_field(name):
    card = (ROOT / "data" / "cards" / f"{name}.md").read_text(encoding="utf8")
    for field in (
        "What:",
        "Normal and anomaly:",
        "How many:",
        "Origin:",
        "Licence of the data:",
        "Citation:",
        "What was changed:",
    ):
        assert f"**{field}**" in card, f"{name} lacks {field}"
    assert re.search(r"CC BY|ODC-By|MIT\]", card)


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "files").glob("*")), ids=lambda path: path.stem)
def test_every_file_is_the_one_on_its_card(path):
    card = (ROOT / "data" / "cards" / f"{path.stem}.md").read_text(encoding="utf8")
    assert f"**sha256:** {hashlib.sha256(path.read_bytes()).hexdigest()}" in card


@pytest.mark.parametrize("name", BUNDLED)
def test_load_gives_finite_float32_rows_and_the_numbers_on_the_card(name):
    dataset = data.load(name)
    assert dataset.x.dtype == np.float32 and dataset.x.ndim == 2 and np.isfinite(dataset.x).all()
    assert len(dataset.feature_names) == dataset.x.shape[1] and dataset.source == "bundled"
    assert repr(dataset) in str(dataset) and "Licence of the data" in str(dataset)
    if dataset.y is None:
        assert "no labels" in repr(dataset)
        return
    many = re.search(r"How many:\*\*(.*)", dataset.card)[1].replace(",", "")
    if name in FRAMED:
        assert f"{int((dataset.y == 0).sum())} normal" in many and f"{int(dataset.y.sum())} anomalies" in many
    else:
        assert str(len(dataset.x)) in many and dataset.y.sum() == 352


def test_pictures_lie_between_0_and_1_and_one_in_ten_is_an_anomaly():
    digits = data.load("mnist5k")
    assert digits.x.min() == 0 and digits.x.max() == 1
    assert set(digits.classes[digits.y == 0]) == {1, 3, 5, 7, 9}
    assert digits.y.mean() == pytest.approx(0.1, abs=0.001)


def test_another_choice_of_normal_reframes_the_pictures():
    eights = data.load("mnist5k", normal=(8,))
    assert set(eights.classes[eights.y == 0]) == {8} and (eights.y == 0).sum() == 500
    assert len(set(eights.classes[eights.y == 1])) == 9


@pytest.mark.parametrize("name", FRAMED)
def test_a_split_trains_and_calibrates_on_normals_only_and_by_rows_tests_on_every_anomaly(name):
    dataset = data.load(name)
    parts = data.split(dataset, seed=3, by="rows")
    assert parts.y_test.sum() == dataset.y.sum()
    n_normal = (dataset.y == 0).sum()
    assert len(parts.x_train) + len(parts.x_calibration) + (parts.y_test == 0).sum() == n_normal
    normal_rows = {row.tobytes() for row in dataset.x[dataset.y == 0]}
    assert all(row.tobytes() in normal_rows for part in (parts.x_train, parts.x_calibration) for row in part)


def test_no_row_of_a_split_stands_in_two_parts():
    dataset = data.load("digits")
    numbered = data.Dataset(
        "digits", np.arange(len(dataset.y), dtype=float)[:, None], dataset.y, dataset.classes, ("row",), "", "bundled"
    )
    parts = data.split(numbered)
    rows = np.concatenate([parts.x_train, parts.x_calibration, parts.x_test]).ravel()
    assert sorted(rows) == list(range(len(dataset.y)))


def test_the_same_seed_gives_the_same_split_and_another_seed_another():
    dataset = data.load("vowel")
    a, b, c = data.split(dataset, seed=1), data.split(dataset, seed=1), data.split(dataset, seed=2)
    assert np.array_equal(a.x_test, b.x_test) and not np.array_equal(a.x_train, c.x_train)


@pytest.mark.parametrize("name", FRAMED)
def test_a_split_knows_where_its_rows_stand_and_their_classes(name):
    dataset = data.load(name)
    parts = data.split(dataset, seed=1)
    for part in ("train", "calibration", "test"):
        rows = getattr(parts, f"rows_{part}")
        np.testing.assert_array_equal(getattr(parts, f"x_{part}"), dataset.x[rows])
        np.testing.assert_array_equal(getattr(parts, f"classes_{part}"), dataset.classes[rows])
        assert dataset.groups is not None or getattr(parts, f"groups_{part}") is None
    np.testing.assert_array_equal(parts.y_test, dataset.y[parts.rows_test])


def grouped(seed=0):
    """Forty groups of one to nine rows; every third has anomalies, every tenth nothing else."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat([f"group {k}" for k in range(40)], rng.integers(1, 10, 40)))
    number = np.array([int(name.split()[1]) for name in groups])
    y = ((number % 3 == 0) & (rng.random(len(groups)) < 0.4) | (number % 10 == 0)).astype(int)
    x = np.arange(len(y), dtype="float32")[:, None]
    return data.Dataset("made", x, y, y, ("row",), "", "bundled", groups)


@pytest.mark.parametrize("seed", range(10))
def test_groups_stay_whole(seed):
    dataset = grouped(seed)
    parts = data.split(dataset, seed=seed)
    of_part = [set(parts.groups_train), set(parts.groups_calibration), set(parts.groups_test)]
    assert sum(map(len, of_part)) == len(set.union(*of_part)) == len(set(dataset.groups))
    assert not dataset.y[parts.rows_train].any() and not dataset.y[parts.rows_calibration].any()
    assert set(parts.rows_test) == set(np.flatnonzero(np.isin(dataset.groups, list(of_part[2]))))
    n_normal = (dataset.y == 0).sum()
    assert len(parts.rows_train) / n_normal == pytest.approx(0.5, abs=0.06)
    assert len(parts.rows_calibration) / n_normal == pytest.approx(0.2, abs=0.06)


def test_no_speaker_of_vowels_is_in_two_parts_and_by_rows_nearly_all_are():
    vowel = data.load("vowel")
    assert np.bincount(vowel.groups).tolist() == [66] * 7 + [65] + [66] * 6 + [65]
    assert np.bincount(vowel.groups, weights=vowel.y).tolist() == [6] * 15
    for seed in range(10):
        parts, by_rows = data.split(vowel, seed=seed), data.split(vowel, seed=seed, by="rows")
        assert not set(parts.groups_train) & (set(parts.groups_calibration) | set(parts.groups_test))
        assert not set(parts.groups_calibration) & set(parts.groups_test)
        assert (len(set(parts.groups_calibration)), len(set(parts.groups_test))) in ((3, 4), (3, 5))
        assert parts.y_test.sum() == 6 * len(set(parts.groups_test)) and by_rows.y_test.sum() == 90
        assert len(set(by_rows.groups_train) & set(by_rows.groups_test)) == 15


def test_two_groups_cannot_be_cut_in_three():
    dataset = data.Dataset("made", np.zeros((9, 1)), np.zeros(9, int), None, ("x",), "", "bundled", np.arange(9) % 2)
    with pytest.raises(ValueError, match="2 groups with normal rows cannot be cut"):
        data.split(dataset)


def test_a_damaged_file_is_named_with_its_mend(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data" / "cards", tmp_path / "cards")
    (tmp_path / "files").mkdir()
    raw = (ROOT / "data" / "files" / "vowel.npz").read_bytes()
    (tmp_path / "files" / "vowel.npz").write_bytes(raw[:-100])
    monkeypatch.setattr(_files, "folder", lambda: tmp_path)
    with pytest.raises(OSError, match=r"vowel\.npz is damaged.*install aelearn again"):
        data.load("vowel")


# -- only when asked for: source="online" --------------------------------------------------------


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server on this machine that stands for the public one; yields the folder it serves."""
    served, cache = tmp_path / "served", tmp_path / "cache"
    served.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, directory=served, **keywords)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        monkeypatch.setattr("pooch.os_cache", lambda _: cache)
        address = f"http://127.0.0.1:{httpd.server_address[1]}/mnist.npz"
        rng = np.random.default_rng(0)
        np.savez(
            served / "mnist.npz",
            x_train=rng.integers(0, 255, (60, 28, 28), dtype=np.uint8),
            y_train=np.arange(60) % 10,
            x_test=rng.integers(0, 255, (20, 28, 28), dtype=np.uint8),
            y_test=np.arange(20) % 10,
        )
        sha256 = hashlib.sha256((served / "mnist.npz").read_bytes()).hexdigest()
        monkeypatch.setitem(_files.ONLINE, "mnist", [(address, sha256)])
        yield served, cache
        httpd.shutdown()


def left_behind(cache):
    return [path for path in cache.rglob("*") if path.is_file()]


def test_online_data_are_fetched_checked_and_said_to_be_online(server):
    dataset = data.load("mnist", source="online")
    assert dataset.source == "online" and "(online)" in repr(dataset)
    assert dataset.x.shape == (40 + 4, 784) and dataset.x.max() <= 1


def test_a_file_that_is_not_the_published_one_is_refused_and_not_kept(server):
    served, cache = server
    (served / "mnist.npz").write_bytes(b"<html>Please log in to the hotel's network</html>")
    with pytest.raises(OSError, match=r"not the published file.*load\('mnist5k'\)"):
        data.load("mnist", source="online")
    assert left_behind(cache) == []


def test_an_unreachable_server_is_one_sentence_that_names_the_stand_in(server, monkeypatch):
    _, cache = server
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/mnist.npz"
    monkeypatch.setitem(_files.ONLINE, "mnist", [(address, "0" * 64)])
    with pytest.raises(OSError, match=r"mnist could not be downloaded.*load\('mnist5k'\)") as refusal:
        data.load("mnist", source="online")
    assert "\n" not in str(refusal.value) and left_behind(cache) == []


def test_a_server_that_stalls_is_given_up_after_the_timeout(server, monkeypatch):
    _, cache = server
    monkeypatch.setattr(_files, "_TIMEOUT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/mnist.npz"
        monkeypatch.setitem(_files.ONLINE, "mnist", [(address, "0" * 64)])
        with pytest.raises(OSError, match="could not be downloaded"):
            data.load("mnist", source="online")
    assert left_behind(cache) == []


def test_without_pooch_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(OSError, match="pip install pooch"):
        data.load("fashion_mnist", source="online")


# -- the wheel ------------------------------------------------------------------------------------


def test_the_wheel_alone_loads_every_bundled_data_set_in_an_empty_folder(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    unpacked, empty = tmp_path / "unpacked", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(unpacked)
    code = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); from aelearn import data; "
        f"assert data.__file__.startswith({str(unpacked)!r}); print(*(len(data.load(name).x) for name in {BUNDLED!r})); "
        "assert data.results('picture_sizes')['seeds']"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=empty, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [str(len(data.load(name).x)) for name in BUNDLED]
