"""The file of a saved detector: arrays, plain values, and a checksum over all. No code, no pickle.

A file is an .npz: arrays by number, and "settings", one JSON text with the class's name, its parameters and what
it learned, in which {"array": 3} stands for the array of that number.
"""

import dataclasses
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from aelearn._history import GameHistory, History

FORMAT = "aelearn detector 2"
MEND = "save the detector again with detector.save(path)"
_RECORDS: dict[str, type] = {"History": History, "GameHistory": GameHistory}  # they come back as they were


class Stored(NamedTuple):
    """What a file holds: the path, the class's name, its parameters and what it learned, two dicts."""

    path: Path
    name: str
    parameters: dict
    state: dict


def write(path, name, parameters, state):
    """Write the file at `path`, complete or not at all. Returns the path. Raises ValueError for what no file can hold."""
    arrays: dict[str, np.ndarray] = {}
    settings = {
        "format": FORMAT,
        "class": name,
        "parameters": {key: _packed(value, key, arrays) for key, value in parameters.items()},
        "state": {key: _packed(value, key, arrays) for key, value in state.items()},
    }
    arrays["settings"] = np.array(json.dumps(settings))
    content = io.BytesIO()
    np.savez(content, **{**arrays, "checksum": np.array(checksum(arrays))})  # type: ignore[arg-type]  # they are no keywords of savez
    path = Path(path)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content.getvalue())
    os.replace(unfinished, path)
    return path


def read(path):
    """What the file at `path` holds, a Stored. Raises ValueError, in one sentence, for a foreign, newer or changed file."""
    path = Path(path)
    raw = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as members:
            if sum(member.file_size for member in members.infolist()) > len(raw):
                raise ValueError("a file that unpacks to more than it is: `write` never compresses")
        with np.load(io.BytesIO(raw), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        written = str(arrays.pop("checksum"))
        settings = json.loads(str(arrays["settings"]))
        if not settings["format"].startswith(FORMAT.rpartition(" ")[0]):
            raise KeyError("format")
    except Exception:  # whatever a foreign or damaged file makes NumPy, zipfile or json say
        raise ValueError(f"{path} is not a file that a detector saved, or it is damaged; {MEND}") from None
    unpack = {FORMAT: _from_format_2, "aelearn detector 1": _from_format_1}.get(settings["format"])
    if unpack is None:
        raise ValueError(f"{path} has format {settings['format']!r} and this version reads {FORMAT!r}; {MEND}")
    if written != checksum(arrays):
        raise ValueError(f"{path} was changed after it was saved: its checksum differs; {MEND}")
    try:
        return Stored(path, *unpack(settings, arrays))
    except Exception:
        raise ValueError(f"{path} was saved by a detector and its parts do not fit together; {MEND}") from None


def checksum(arrays):
    """SHA-256 over names, types, shapes and contents."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode() + array.tobytes())
    return digest.hexdigest()


def _packed(value, name, arrays):
    """`value` as JSON knows it; its arrays go to `arrays`."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is np.ndarray or isinstance(value, np.generic):
        if value.dtype.kind in "biufcSU":
            number = f"{len(arrays)}"
            arrays[number] = np.asarray(value)
            return {"array" if type(value) is np.ndarray else "scalar": number}
        if value.dtype.kind == "O" and value.ndim == 1 and all(type(text) is str for text in value.tolist()):
            return {"names": value.tolist()}
    if type(value) in (list, tuple):
        items = [_packed(item, name, arrays) for item in value]
        return items if type(value) is list else {"tuple": items}
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": {key: _packed(item, name, arrays) for key, item in value.items()}}
    if dataclasses.is_dataclass(value) and type(value).__name__ in _RECORDS:
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {"record": [type(value).__name__, _packed(fields, name, arrays)]}
    raise ValueError(
        f"{name} is a {type(value).__name__} and a file holds arrays, numbers, texts, and lists, tuples and dicts of them; "
        "keep those in self, say in _rebuilt what is made from them, or store the detector with joblib"
    )


def _unpacked(value, arrays):
    if isinstance(value, list):
        return [_unpacked(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    ((tag, content),) = value.items()
    if tag == "dict":
        return {key: _unpacked(item, arrays) for key, item in content.items()}
    if tag == "record":
        return _record(content[0], _unpacked(content[1], arrays))
    return {
        "array": lambda: arrays[content],
        "scalar": lambda: arrays[content][()],
        "names": lambda: np.array(content, dtype=object),
        "tuple": lambda: tuple(_unpacked(content, arrays)),
    }[tag]()


def _record(name, fields):
    return _RECORDS[name](**fields)


def _from_format_2(settings, arrays):
    parts = (
        {key: _unpacked(value, arrays) for key, value in settings[part].items()} for part in ("parameters", "state")
    )
    return settings["class"], *parts


def _from_format_1(settings, arrays):
    """The first format, which knew one detector: its parts by the names that they have now."""
    parameters, loss = settings["parameters"], settings["loss"]
    parameters["hidden"] = tuple(parameters["hidden"])
    calibration_scores = arrays["calibration_scores"]
    state = {
        "_weights": [arrays[f"weight_{i}"] for i in range(sum(name.startswith("weight_") for name in arrays))],
        "_center": arrays["center"],
        "_scale": arrays["scale"],
        "_calibration_scores": calibration_scores,
        "offset_": settings["offset"],
        "history_": _record("History", {"loss": loss, "best_epoch": len(loss)}),
        "n_features_in_": len(arrays["center"]),
        "n_calibration_": len(calibration_scores),
        "promised_rate_": max(parameters["alpha"], 1 / (len(calibration_scores) + 1)),
    }
    if settings["features"]:
        state["feature_names_in_"] = np.array(settings["features"], dtype=object)
    if parameters["scored_by"] == "neighbours":
        state |= {"_reference": arrays["reference"], "_spreads": tuple(arrays["spreads"].tolist())}
    return "AutoencoderDetector", parameters, state
