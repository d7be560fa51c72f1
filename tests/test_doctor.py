"""The doctor measures what counts, and a user's other settings do not change what the course computes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aelearn.course import doctor

ROOT = Path(__file__).resolve().parents[1]


def machine(folder, *, available_kb=22_000_000, **files):
    """A stand-in for the files in which Linux says how much memory there is; `__` in a name is `/`."""
    files = {"proc__meminfo": f"MemTotal: 24000000 kB\nMemFree: 200000 kB\nMemAvailable: {available_kb} kB\n", **files}
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_memory_that_keeps_files_is_no_false_alarm(tmp_path):
    """0.2 GB free, 22 available: the rest holds files that give way."""
    assert doctor._memory(machine(tmp_path))[:2] == (True, "22.5 GB of memory available")
    fine, found, mend = doctor._memory(machine(tmp_path, available_kb=1_000_000))
    assert not fine and found == "1.0 GB of memory available" and "close other programs" in mend


@pytest.mark.parametrize(
    ("membership", "group", "names"),
    [
        ("0::/\n", "sys/fs/cgroup", ("memory.max", "memory.current", "")),
        ("0::/jobs/7\n", "sys/fs/cgroup/jobs", ("memory.max", "memory.current", "")),
        (
            "4:cpu:/x\n3:memory:/x\n",
            "sys/fs/cgroup/memory",
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
        ),
    ],
    ids=["cgroup v2", "cgroup v2, a limit above", "cgroup v1"],
)
def test_the_limit_of_a_container_counts_and_its_file_cache_does_not(tmp_path, membership, group, names):
    limit, used, prefix = names
    (tmp_path / group).mkdir(parents=True)
    (tmp_path / group / limit).write_text("4000000000\n")
    (tmp_path / group / used).write_text("3500000000\n")
    root = machine(tmp_path, proc__self__cgroup=membership)
    assert doctor._memory(root)[:2] == (False, "0.5 GB of memory available")
    (tmp_path / group / "memory.stat").write_text(
        f"anon 5\n{prefix}active_file 1000000000\n{prefix}inactive_file 1500000000\n"
    )
    assert doctor._memory(root)[:2] == (True, "3.0 GB of memory available")
    (tmp_path / group / limit).write_text("max\n")
    assert doctor._memory(root)[:2] == (True, "22.5 GB of memory available")


def test_a_system_without_these_files_is_no_alarm(tmp_path):
    """A stand-in for macOS and Windows."""
    assert doctor._memory(tmp_path)[:2] == (True, "available memory unknown on this system")


def test_the_doctor_names_the_interpreter_and_the_folder_of_each_package():
    assert sys.executable in doctor._python()[1]
    import numpy

    (line,) = [found for _, found, _ in doctor._packages() if found.startswith("numpy ")]
    assert line.endswith(f" in {Path(numpy.__file__).resolve().parent.parent}")


def test_a_package_that_comes_from_elsewhere_is_named_with_the_mend(tmp_path, monkeypatch):
    (tmp_path / "keras.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    (line,) = [finding for finding in doctor._packages() if finding[1].startswith("keras ")]
    assert not line[0] and f"keras is imported from {tmp_path}, not from" in line[1] and "PYTHONPATH" in line[2]


def python(code, **environment):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf8", timeout=100
    )


def test_the_users_backend_and_float_type_do_not_count(tmp_path):
    (tmp_path / "keras.json").write_text(
        '{"floatx": "float64", "backend": "jax", "image_data_format": "channels_first", "epsilon": 1e-07}'
    )
    code = (
        "import aelearn, keras; layer = keras.layers.Dense(1); layer.build((1, 2)); "
        "print(keras.config.backend(), keras.config.floatx(), layer.kernel.dtype, keras.config.image_data_format())"
    )
    run = python(code, KERAS_HOME=str(tmp_path), KERAS_BACKEND="jax")
    assert run.stdout == "tensorflow float32 float32 channels_last\n", run.stderr
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ("config=SimpleNamespace(backend=lambda: 'jax')", "keras was imported before aelearn and runs on jax, but"),
        ("__file__='/old/keras.py'", "/old/keras.py is not Keras 3, which aelearn needs"),
    ],
)
def test_a_keras_that_cannot_be_used_is_one_sentence(attributes, sentence):
    """A stand-in for Keras on jax, and for Keras 2."""
    run = python(
        "import sys; from types import SimpleNamespace; "
        f"sys.modules['keras'] = SimpleNamespace({attributes}); import aelearn"
    )
    assert run.stderr.splitlines()[-1].startswith(f"ImportError: {sentence}")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf8"])
def test_a_console_that_cannot_print_a_mark_gets_a_word(encoding):
    """A stand-in for a console of Windows, or for output that goes into a file there."""
    run = subprocess.run(
        [sys.executable, "-c", "from aelearn.course import claim; claim('α is kept', True)"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert run.returncode == 0, run.stderr
    printed = run.stdout.decode(encoding).rstrip()
    assert printed == ("✔ Claim holds: α is kept" if encoding == "utf8" else "[ok] Claim holds: ? is kept")
