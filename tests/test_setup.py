"""The set-up files agree with each other, and course.py says what is wrong in one sentence."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

try:
    import tomllib
except ImportError:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf8")
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]

COLAB = dict(
    re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "tools/versions/colab.txt").read_text(encoding="utf8"), re.MULTILINE)
)


def course(name="course.py"):
    spec = importlib.util.spec_from_file_location("course", ROOT / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def setting_up():
    return course("tools/setup_environment.py")


def direct_dependencies():
    extras, groups = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
    named = [groups[name] for name in ("lab", "dev", "service", "cluster")]
    lists = [PROJECT["project"]["dependencies"], extras["online"], *named]
    return [Requirement(text) for texts in lists for text in texts]


def applies(marker, python):
    environment = {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
    return not marker or Marker(str(marker)).evaluate(environment)


def locked(python, lock=LOCK):
    """{package: version} of a lock for one Python."""
    found = {}
    for line in lock.splitlines():
        match = re.match(r"([a-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+))?", line)
        if match and applies((match[3] or "").strip(), python):
            found[match[1]] = match[2]
    return found


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_holds_every_direct_dependency_for_every_python(python):
    versions = locked(python)
    for requirement in direct_dependencies():
        if applies(requirement.marker, python):
            assert requirement.specifier.contains(versions[requirement.name]), requirement


def test_the_lock_names_the_pip_that_installs_it():
    assert all("pip" in locked(python) for python in PYTHONS)


def test_the_lock_has_hashes_and_no_address():
    assert "://" not in LOCK and "--index-url" not in LOCK
    packages = re.split(r"\n(?=[a-z0-9])", LOCK.partition("\n")[2])
    assert all("--hash=sha256:" in package for package in packages if "==" in package)


def test_environment_yml_has_the_versions_of_the_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf8"))
    *conda, pip = environment["dependencies"]
    assert [re.split("[=<>]", item)[0] for item in conda] == [
        "python",
        "pip",
    ]  # conda's own pip, so not in the list below
    python = conda[0].partition("=")[2]
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(python)
    versions = locked(python)
    wanted = {f"{r.name}=={versions[r.name]}" for r in direct_dependencies() if applies(r.marker, python)}
    wanted.discard(f"pip=={versions['pip']}")
    assert set(pip["pip"][:-1]) == wanted and pip["pip"][-1] == "-e ."
    assert "hash" not in str(pip)


def test_no_dependency_has_an_upper_bound():
    for requirement in direct_dependencies():
        assert not any(spec.operator in ("<", "<=", "==", "~=", "!=") for spec in requirement.specifier), requirement


def test_colab_has_all_that_aelearn_needs():
    for text in PROJECT["project"]["dependencies"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(COLAB[requirement.name]), f"pip would replace Colab's {requirement.name}"


def test_ci_and_the_workflow_call_the_same_command_and_hold_no_other_logic():
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) == 1 and lines[0].endswith('course.py" test')
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    steps = workflow["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["python course.py test"]
    machines = {"ubuntu-latest", "ubuntu-24.04-arm", "macos-latest", "windows-latest"}
    assert set(workflow["jobs"]["test"]["strategy"]["matrix"]["os"]) == machines


def test_the_weekly_workflow_runs_commands_that_course_py_knows():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "weekly.yml").read_text())
    job = workflow["jobs"]["command"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["python course.py ${{ matrix.command }}"]
    assert "test e2e" in job["strategy"]["matrix"]["command"]
    assert set(job["strategy"]["matrix"]["command"]) <= set(course().COMMANDS)


@pytest.mark.parametrize("name", ["course.py", "tools/setup_environment.py"])
def test_the_set_up_needs_only_the_standard_library_and_parses_on_old_pythons(name):
    tree = ast.parse((ROOT / name).read_text(encoding="utf8"), feature_version=(3, 7))
    imported = {
        name.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    imported |= {node.module.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {"setup_environment"} | sys.stdlib_module_names


@pytest.mark.parametrize("version", [(3, 9, 18), (3, 14, 0), (2, 7, 18)])
def test_a_python_too_old_or_too_new_is_told_which_to_take(version):
    with pytest.raises(
        SystemExit, match=rf"this is Python {version[0]}\.{version[1]}, and the course needs 3\.10 to 3\.13"
    ):
        setting_up().require_python(version)


@pytest.mark.parametrize("version", [(3, 10), (3, 13, 5)])
def test_a_python_in_range_is_accepted(version):
    setting_up().require_python(version)


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        setting_up().require_venv()


def test_a_full_disk_is_told_before_anything_is_written():
    with pytest.raises(SystemExit, match=r"needs 4 GB of free disk and 1\.2 GB are left"):
        setting_up().require_space(1.2e9)


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        (
            "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
            "connect to the network",
        ),
        ("NewConnectionError('<pip._vendor...", "connect to the network"),
        (
            "Could not fetch URL: connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]",
            "set PIP_CERT to its path",
        ),
        ("ProxyError('Cannot connect to proxy.', NewConnectionError('<pip", "see that HTTPS_PROXY"),
        (
            "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy",
            "with user and password",
        ),
        ("ERROR: HTTP error 403 while getting https://", "the server refused (403 or 401)"),
        ("ERROR: 403 Client Error: Forbidden for url", "the server refused (403 or 401)"),
        (
            "ERROR: Could not find a version that satisfies the requirement absl-py (from versions: none)\n"
            "ERROR: No matching distribution found for absl-py",
            "login page of this network",
        ),
        ("ERROR: Wheel 'absl-py' located at x is invalid: BadZipFile('File is not a zip file')", "login page"),
        (
            "ERROR: Could not find a version that satisfies the requirement a==2 (from versions: 0.9, 1)\n"
            "ERROR: No matching distribution found for a==2",
            "has no build that requirements.lock names",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
            "not the one that requirements.lock names",
        ),
        ("ERROR: something else", "its own words are above"),
    ],
)
def test_what_pip_says_is_put_into_one_sentence(printed, sentence):
    assert sentence in setting_up().explain(printed)


def run_without_network(tmp_path, *arguments):
    """course.py in a copy of the set-up files, with an index that nobody answers."""
    (tmp_path / "tools").mkdir()
    for name in ("course.py", "requirements.lock", "tools/setup_environment.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_INDEX": "0",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    environment = {**os.environ, **nowhere, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": "", "PIP_NO_CACHE_DIR": "1"}
    command = [sys._base_executable, str(tmp_path / "course.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


def test_no_network_at_the_first_set_up_is_one_sentence_and_the_next_call_begins_anew(tmp_path):
    run = run_without_network(tmp_path, "check")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith(
        "course.py: the packages could not be fetched; connect to the network"
    )
    assert not (tmp_path / ".venv").exists() and not (tmp_path / ".nenv").exists()


def test_without_a_command_course_py_says_what_there_is():
    run = subprocess.run([sys.executable, str(ROOT / "course.py")], capture_output=True, text=True)
    assert run.returncode == 1 and all(f"course.py {command}" in run.stderr for command in course().COMMANDS)
    named = re.findall(r"^ +python course\.py (\w+)", run.stderr, re.MULTILINE)
    assert named[:4] == ["lab", "lab", "copies", "test"], "what a reader needs comes first"


def test_the_benchmarks_lock_is_apart_and_names_no_address():
    lock = (ROOT / "benchmarks" / "requirements.lock").read_text(encoding="utf8")
    assert "://" not in lock and "torch==2.13.0\n" in lock
    assert not {"torch", "pyod"} & {name for python in PYTHONS for name in locked(python)}


@pytest.mark.parametrize("python", PYTHONS[1:])
def test_the_tools_lock_holds_what_the_readers_have_in_the_same_versions_and_the_tools(python):
    lock = (ROOT / "tools" / "requirements.lock").read_text(encoding="utf8")
    assert "://" not in lock and "--hash=sha256:" in lock
    tools = locked(python, lock)
    assert locked(python).items() <= tools.items()
    for requirement in map(Requirement, PROJECT["dependency-groups"]["tools"]):
        assert requirement.specifier.contains(tools[requirement.name]), requirement


def test_each_command_runs_in_its_environment_and_a_python_too_old_for_the_tools_is_told():
    module = course()
    assert set(module.WITH_TOOLS) <= set(module.COMMANDS)
    assert module.environment_of("test e2e", []) == module.TOOLS
    assert module.environment_of("bench", ["scoring"]) == module.BENCHMARKS
    assert {module.environment_of(*call) for call in (("bench", ["scoreboard"]), ("lab", []))} == {module.READERS}
    with pytest.raises(SystemExit, match=r"environment needs Python 3\.11 or later, and this is 3\.10"):
        setting_up().require_python((3, 10, 4), module.TOOLS[2])


@pytest.mark.parametrize("command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["codespell"]])
def test_the_code_is_clean(command):
    run = subprocess.run(
        [sys.executable, "-m", *command] if command[0] == "ruff" else [sys.executable, "-m", "codespell_lib"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
