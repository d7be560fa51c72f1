"""The page on Spark shows functions that run: every row scored once, as in one process."""

import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aelearn import serving
from aelearn.detectors import AutoencoderDetector

PAGE = Path(__file__).resolve().parents[1] / "docs" / "spark.md"
pytestmark = pytest.mark.usefixtures("without_xla")


@pytest.fixture
def on_page():
    """What the page's code defines."""
    scope = {}
    exec(re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf8"), re.DOTALL)[1], scope)
    return scope


@pytest.fixture
def saved(tmp_path):
    """A detector's file, and rows in parquet files."""
    x = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 4)), columns=list("abcd"))
    path = AutoencoderDetector(hidden=(6,), epochs=2, random_state=0).fit(x).save(tmp_path / "detector.npz")
    return str(path), x.assign(id=np.arange(300))


def test_the_function_of_a_partition_scores_frame_after_frame(on_page, saved):
    path, rows = saved
    found = pd.concat(on_page["scored"](iter([rows[:100], rows[100:]]), path))
    assert list(found) == ["score", "p_value", "alarm", "id"] and (found["id"] == rows["id"]).all()
    np.testing.assert_allclose(found["score"], serving.score_frame(path, rows)["score"])


def test_spark_scores_every_row_once(on_page, saved, tmp_path, monkeypatch):
    pyspark = pytest.importorskip("pyspark.sql", reason="pyspark is missing: pip install pyspark")
    if shutil.which("java") is None:
        pytest.skip("Java is missing: install a JDK, 17 or later")
    path, rows = saved
    (tmp_path / "rows").mkdir()
    for k in range(3):
        rows[100 * k : 100 * k + 100].to_parquet(tmp_path / "rows" / f"{k}.parquet")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYSPARK_DRIVER_PYTHON", sys.executable)
    settings = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = pyspark.SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        found = on_page["score_on_spark"](spark, str(tmp_path / "rows"), path).toPandas().sort_values("id")
    finally:
        spark.stop()
    np.testing.assert_array_equal(found["id"], rows["id"])
    np.testing.assert_allclose(found["score"], serving.score_frame(path, rows)["score"])
