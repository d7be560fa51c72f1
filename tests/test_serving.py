"""Named rows are judged one by one, a bad one spoils no other, and a service says no in one sentence and is gone afterwards."""

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aelearn import serving
from aelearn.detectors import AutoencoderDetector, CalibratedDetector

pytestmark = pytest.mark.usefixtures("without_xla")
NAMES = ["red", "green", "blue", "grey"]
rng = np.random.default_rng(0)
x = rng.normal(size=(120, 2)) @ rng.normal(size=(2, 4)) + 0.1 * rng.normal(size=(120, 4))
frame = pd.DataFrame(x, columns=NAMES)
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def detector():
    return AutoencoderDetector(hidden=(6,), epochs=3, random_state=0).fit(frame)


@pytest.fixture(scope="module")
def path(detector, tmp_path_factory):
    return detector.save(tmp_path_factory.mktemp("saved") / "detector.npz")


def test_every_row_gets_its_answer(detector):
    answers = serving.judge(detector, frame[:50])
    assert [answer["row"] for answer in answers] == list(range(50))
    np.testing.assert_allclose([a["score"] for a in answers], detector.anomaly_score(frame[:50]))
    np.testing.assert_array_equal([a["p_value"] for a in answers], detector.p_value(frame[:50]))
    np.testing.assert_array_equal([a["alarm"] for a in answers], detector.predict(frame[:50]) == -1)
    first = detector.feature_errors(frame[:50]).argmax(axis=1)
    assert [a["stand_out"][0] for a in answers] == [NAMES[k] for k in first]
    assert all(len(a["stand_out"]) == 3 for a in answers) and json.dumps(answers)


def test_values_are_found_by_name_and_strangers_passed_over(detector):
    rows = frame[:5].to_dict("records")
    turned = [{"id": "a7", **dict(reversed(row.items()))} for row in rows]
    assert serving.judge(detector, turned) == serving.judge(detector, rows)
    assert serving.judge(detector, frame[:5][NAMES[::-1]]) == serving.judge(detector, rows)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"green": float("nan")}, "row 1: 'green' is nan and a finite number is wanted"),
        ({"green": "12"}, "row 1: 'green' is '12' and a finite number is wanted"),
        ({"green": None}, "row 1: 'green' is None and a finite number is wanted"),
        ({"green": True}, "row 1: 'green' is True and a finite number is wanted"),
        ({"green": float("inf")}, "row 1: 'green' is inf and a finite number is wanted"),
        ({"green": 10**400}, "and a finite number is wanted"),
        ({"green": "a", "blue": "b"}, "row 1: 'green' is 'a' and a finite number is wanted (and 1 more)"),
        ({"green": ...}, "row 1: 'green' is missing and all 4 features are wanted"),
    ],
)
def test_a_bad_row_gets_a_sentence_and_spoils_no_other(detector, change, said):
    rows = frame[:3].to_dict("records")
    wanted = serving.judge(detector, rows)
    rows[1] = {name: value for name, value in (rows[1] | change).items() if value is not ...}
    answers = serving.judge(detector, rows)
    assert set(answers[1]) == {"row", "refused"} and said in answers[1]["refused"]
    for place in (0, 2):
        assert answers[place]["score"] == pytest.approx(wanted[place]["score"]) and "refused" not in answers[place]


def test_what_is_no_row_or_no_list_of_rows_is_refused(detector):
    assert (
        serving.judge(detector, [[1, 2]])[0]["refused"] == "row 0: it is a list and a dict {feature: number} is wanted"
    )
    assert serving.judge(detector, []) == []
    with pytest.raises(ValueError, match=r"rows is a dict .* pass \[row\]"):
        serving.judge(detector, {"red": 1})


def test_names_can_be_given_and_are_asked_for(detector):
    bare = AutoencoderDetector(hidden=(6,), epochs=3, random_state=0).fit(x)
    rows = frame[:5].to_dict("records")
    with pytest.raises(ValueError, match="feature_names has 0 names and the detector 4"):
        serving.judge(bare, rows)
    assert serving.judge(bare, rows, feature_names=NAMES) == serving.judge(detector, rows)


class Length(CalibratedDetector):
    def _learn(self, X, rng):
        pass

    def _anomaly_score(self, X):
        return np.square(self._scaled(X)).sum(axis=1)


def test_a_detector_without_feature_errors_takes_an_explanation():
    found = Length().fit(frame)
    with pytest.raises(ValueError, match="explain is None and a Length has no feature_errors"):
        serving.judge(found, frame)
    answers = serving.judge(found, frame, explain=lambda rows: np.abs(np.asarray(rows)), most=1)
    assert answers[0]["stand_out"] == [NAMES[np.abs(x[0]).argmax()]]


def test_frames_are_scored_by_name_with_the_detector_read_once(detector, path):
    serving.loaded.cache_clear()
    parts = [serving.score_frame(path, part) for part in (frame[60:][NAMES[::-1]], frame[:60], frame[:0])]
    assert serving.loaded.cache_info().misses == 1
    whole = pd.concat(parts).sort_index()
    np.testing.assert_allclose(whole["score"], detector.anomaly_score(frame))
    assert list(whole) == ["score", "p_value", "alarm"] and whole["alarm"].dtype == bool
    with pytest.raises(ValueError, match="frame has no column 'blue'"):
        serving.score_frame(path, frame.drop(columns="blue"))


def test_the_service_judges_refuses_and_goes(path, detector):
    pytest.importorskip("fastapi", reason="fastapi is missing: pip install fastapi uvicorn")
    pytest.importorskip("uvicorn", reason="uvicorn is missing: pip install uvicorn")
    httpx = pytest.importorskip("httpx", reason="httpx is missing: pip install httpx")
    rows = frame[:4].to_dict("records")
    service = serving.app(path, most_rows=5, most_bytes=2000)
    with serving.running(service) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("/health").json() == {"features": NAMES}
        answer = client.post("/judge", json={"rows": rows})
        assert answer.status_code == 200 and answer.json()["answers"] == serving.judge(detector, rows)

        def refused(status, content):
            answer = client.post("/judge", content=content)
            assert answer.status_code == status and set(answer.json()) == {"refused"}
            return answer.json()["refused"]

        assert "more than 2000 bytes" in refused(413, b" " * 3000)
        assert "Invalid JSON" in refused(422, b'{"rows": [')
        assert "rows" in refused(422, b"{}") and "rows" in refused(422, json.dumps({"rows": rows + rows}))
        assert "rows" in refused(422, b'{"rows": []}') and "rows.0" in refused(422, b'{"rows": [3]}')
        strange = client.post("/judge", content=b'{"rows": [{"red": NaN}]}').json()["answers"]
        assert "'red' is nan" in strange[0]["refused"]
        with ThreadPoolExecutor(20) as pool:
            many = list(pool.map(lambda k: client.post("/judge", json={"rows": [rows[k % 4]]}).json(), range(100)))
        for k, answer in enumerate(many):
            assert answer["answers"][0]["score"] == pytest.approx(serving.judge(detector, [rows[k % 4]])[0]["score"])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0


def test_the_service_goes_when_its_block_raises(path):
    pytest.importorskip("uvicorn", reason="uvicorn is missing: pip install uvicorn")
    with pytest.raises(ZeroDivisionError), serving.running(serving.app(path)) as url:
        raise ZeroDivisionError
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0


@pytest.mark.parametrize("package", ["fastapi", "uvicorn"])
def test_a_missing_package_is_named_with_its_mend(package, path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"pip install .*{package}"), serving.running(serving.app(path)):
        pass
