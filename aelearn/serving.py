"""A detector in service: named rows judged one by one, frames scored wherever they lie, a small HTTP service."""

import functools
import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import numpy as np

from aelearn import inputs
from aelearn.detectors import load


def judge(detector, rows, *, feature_names=None, explain: Callable | None = None, most: int = 3) -> list[dict]:
    """Judge named rows, and answer every one: a bad row spoils no other.

    rows: a list of dicts {feature: number}, or a pandas DataFrame. Values are found by name, in whatever order; names
    that the detector does not know (an id, a time) are passed over. feature_names: the detector's features in its order;
    None takes those it was fitted with, of a frame. explain: a function of rows (n, d) that says (n, d) how far each
    feature stands out; None takes detector.feature_errors. most: how many of these features are named.

    Returns a list with one dict a row: {"row", "score", "p_value", "alarm", "stand_out"}, or, for a row with a missing
    feature, a text, NaN or infinity, {"row", "refused"}, a sentence. Raises ValueError when the detector's names are not
    known or rows is no list of rows. Taught in: 14
    """
    names = list(feature_names if feature_names is not None else getattr(detector, "feature_names_in_", ()))
    if len(names) != detector.n_features_in_:
        raise ValueError(
            f"feature_names has {len(names)} names and the detector {detector.n_features_in_} features; "
            "fit it on a data frame, or pass all names in their order"
        )
    explain = explain or getattr(detector, "feature_errors", None)
    if explain is None:
        raise ValueError(f"explain is None and a {type(detector).__name__} has no feature_errors; pass a function")
    most = inputs.count(most, "most")
    if hasattr(rows, "to_dict"):
        rows = rows.to_dict("records")
    if not isinstance(rows, list):
        raise ValueError(f"rows is a {type(rows).__name__} and a list of dicts or a DataFrame is wanted; pass [row]")
    answers: list[dict[str, Any]] = [{"row": place} for place in range(len(rows))]
    good, values = [], []
    for place, row in enumerate(rows):
        try:
            values.append(_values(row, names))
            good.append(place)
        except ValueError as refusal:
            answers[place]["refused"] = f"row {place}: {refusal}"
    if good:
        x = np.array(values)
        named = _as_fitted(detector, x, names)
        columns = _columns(detector, named)
        for k, (place, outstanding) in enumerate(zip(good, np.asarray(explain(named)), strict=True)):
            answers[place] |= {name: column[k].item() for name, column in columns.items()}
            answers[place]["stand_out"] = [names[j] for j in np.argsort(-outstanding, kind="stable")[:most]]
    return answers


def score_frame(path, frame):
    """Scores of a pandas DataFrame by the detector saved at `path`, which a process loads once.

    Columns are taken by name, others passed over. Returns a frame with the columns score, p_value and alarm and the
    index of `frame`: for workers of Dask, Spark or anything else that hands out parts. Raises ValueError for a missing
    column or values that are no finite numbers. Taught in: 14
    """
    import pandas as pd

    detector = loaded(str(path))
    missing = [name for name in detector.feature_names_in_ if name not in frame.columns]
    if missing:
        raise ValueError(f"frame has no column {missing[0]!r}; pass all {detector.n_features_in_} features by name")
    if not len(frame):
        return pd.DataFrame({"score": np.empty(0), "p_value": np.empty(0), "alarm": np.empty(0, bool)})
    columns = _columns(detector, frame[list(detector.feature_names_in_)])
    return pd.DataFrame(columns, index=frame.index)


@functools.lru_cache(maxsize=4)
def loaded(path: str):
    """The detector saved at `path`, read once in a process and kept: a file that changes later is not seen. Taught in: 14"""
    return load(path)


def app(path, *, most_rows: int = 1000, most_bytes: int = 1_000_000):
    """A web application that judges rows with the detector saved at `path`, fitted on a data frame and loaded once.

    POST /judge with {"rows": [{feature: number}, ...]} answers {"answers": [...]}, as `judge` does. A body of more than
    most_bytes (413), without valid JSON or rows (422), or with more than most_rows is refused in {"refused": sentence}.
    GET /health says which features are wanted. Raises ImportError where fastapi is missing. Taught in: 14
    """
    try:
        from fastapi import FastAPI, Request
        from fastapi.concurrency import run_in_threadpool
        from fastapi.responses import JSONResponse
        from pydantic import BaseModel, Field, ValidationError
    except ImportError:
        raise ImportError("the service needs FastAPI; install it with: pip install fastapi uvicorn") from None
    detector, service = load(path), FastAPI()

    class Body(BaseModel):
        rows: list[dict[str, Any]] = Field(min_length=1, max_length=most_rows)

    def refused(status, sentence):
        return JSONResponse({"refused": sentence}, status_code=status)

    @service.post("/judge")
    async def judge_rows(request: Request):
        body = bytearray()
        async for part in request.stream():  # stops reading where it is too much: a length that is announced may lie
            body += part
            if len(body) > most_bytes:
                return refused(413, f"the body has more than {most_bytes} bytes; send fewer rows at a time")
        try:
            rows = Body.model_validate_json(bytes(body)).rows
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "body"
            return refused(422, f'{place}: {first["msg"]}; {{"rows": [{{feature: number}}]}} is wanted')
        return {"answers": await run_in_threadpool(judge, detector, rows)}

    @service.get("/health")
    def health():
        return {"features": list(detector.feature_names_in_)}

    return service


@contextmanager
def running(service, *, seconds: float = 20):
    """`with running(app(path)) as url:` the application on a free port of this machine alone, and gone after the block.

    Raises ImportError where uvicorn is missing, RuntimeError when it has not started after `seconds`. Taught in: 14
    """
    try:
        import uvicorn
    except ImportError:
        raise ImportError("the service needs uvicorn; install it with: pip install uvicorn") from None
    server = uvicorn.Server(uvicorn.Config(service, log_level="critical", lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            end = time.monotonic() + seconds
            while not server.started:
                if not thread.is_alive() or time.monotonic() > end:
                    raise RuntimeError("the service did not start; look whether this machine lets programs listen")
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(seconds)


def _values(row, names):
    """The values of one named row in the order of the names, or a ValueError that says the first fault and counts others."""
    if not isinstance(row, dict):
        raise ValueError(f"it is a {type(row).__name__} and a dict {{feature: number}} is wanted")
    found, faults = [], []
    for name in names:
        try:
            if name not in row:
                raise ValueError(f"{name!r} is missing and all {len(names)} features are wanted")
            found.append(inputs.number(row[name], repr(name)))
        except ValueError as fault:
            faults.append(str(fault))
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ValueError(faults[0] + more)
    return found


def _as_fitted(detector, x, names):
    """Rows as a frame for a detector that was fitted on one: it compares the names."""
    if not hasattr(detector, "feature_names_in_"):
        return x
    import pandas as pd

    return pd.DataFrame(x, columns=names)


def _columns(detector, x):
    scores = detector.anomaly_score(x)
    return {"score": scores, "p_value": detector.p_value(x), "alarm": -scores < detector.offset_}
