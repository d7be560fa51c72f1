"""The set-up loses nothing, says what it does, and ends in one sentence whatever stops it."""

import errno
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tools"))
import setup_environment  # noqa: E402

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs what Windows lacks")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to set up in: a lock, and the four steps replaced by a stand-in of a moment."""
    monkeypatch.setattr(setup_environment, "ROOT", tmp_path)
    monkeypatch.setattr(setup_environment, "fill", lambda new, *_: stand_in(new))
    (tmp_path / "requirements.lock").write_text("# the first lock\n")
    return tmp_path


def stand_in(folder, content=""):
    """A program that starts as the Python of an environment would."""
    program = setup_environment.python_of(folder)
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n" + content)
    program.chmod(0o755)
    (folder / "pyvenv.cfg").write_text(f"command = {folder}\n")


def set_up(place):
    setup_environment.set_up(place / ".venv", place / "requirements.lock")


def new_lock(place):
    (place / "requirements.lock").write_text("# the second lock\n")


def stands(place):
    return setup_environment.stands(place / ".venv", setup_environment.wanted_stamp(place / "requirements.lock"))


def environments(place):
    return sorted(path.name for path in place.iterdir() if path.name.startswith((".venv", ".nenv")) and path.is_dir())


@POSIX
def test_an_environment_that_stands_is_used_whichever_python_calls(place, monkeypatch):
    set_up(place)
    monkeypatch.setattr(setup_environment, "make", lambda *_: pytest.fail("made again"))
    monkeypatch.setattr(sys, "version", "2.7.18")
    monkeypatch.setattr(sys, "version_info", (2, 7, 18))
    monkeypatch.setattr(setup_environment, "alone", lambda: pytest.fail("a folder on a read-only disk was written"))
    set_up(place)


@POSIX
@pytest.mark.parametrize("change", ["another lock", "its Python is gone"])
def test_an_environment_that_does_not_fit_is_replaced_by_a_whole_one(place, change):
    set_up(place)
    if change == "another lock":
        new_lock(place)
    else:
        setup_environment.python_of(place / ".venv").unlink()
    assert not stands(place)
    set_up(place)
    assert stands(place) and environments(place) == [".venv"]


@POSIX
@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (SystemExit("course.py: the packages could not be fetched"), "could not be fetched"),
        (KeyboardInterrupt(), "stopped; what worked before is unchanged"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written"),
    ],
)
def test_a_set_up_that_fails_leaves_the_environment_that_worked(place, monkeypatch, capsys, problem, sentence):
    set_up(place)
    new_lock(place)

    def fail(new, *_):
        stand_in(new)
        raise problem

    with monkeypatch.context() as patch, pytest.raises(SystemExit, match=sentence):
        patch.setattr(setup_environment, "fill", fail)
        set_up(place)
    assert isinstance(problem, KeyboardInterrupt) or "is as it was and opens the lessons" in capsys.readouterr().err
    assert subprocess.call([setup_environment.python_of(place / ".venv")]) == 0
    set_up(place)
    assert stands(place) and environments(place) == [".venv"]


EVERY_LINE = """
import os, sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {tools!r}]
import setup_environment, test_environment

def stopped_at(place, line, how):
    seen = 0
    def trace(frame, event, _):
        nonlocal seen
        if frame.f_code.co_filename != setup_environment.__file__ or frame.f_code.co_name == "locked":
            return None
        if event == "line":
            seen += 1
            if seen == line:
                how()
        return trace
    sys.settrace(trace)
    try:
        test_environment.set_up(place)
    finally:
        sys.settrace(None)

def interrupt():
    raise KeyboardInterrupt

setup_environment.fill = lambda new, *_: test_environment.stand_in(new)
sys.stdout = open(os.devnull, "w")
for line in range(2, 10000):  # the first is `try`
    place = Path({place!r}) / str(line)
    place.mkdir()
    setup_environment.ROOT = place
    (place / "requirements.lock").write_text("# the first lock")
    test_environment.set_up(place)
    test_environment.new_lock(place)
    child = os.fork()
    if not child:
        sys.stderr = open(os.devnull, "w")
        try:
            stopped_at(place, line, {how})
            os._exit(0)
        except SystemExit as sentence:
            os._exit(1 if "stopped; " in str(sentence) else 2)
        finally:
            os._exit(3)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 0:
        break
    def offline(*_):
        raise SystemExit("offline")
    fill, setup_environment.fill = setup_environment.fill, offline
    try:
        test_environment.set_up(place)
    except SystemExit:
        pass
    setup_environment.fill = fill
    works = os.system(str(setup_environment.python_of(place / ".venv"))) == 0
    test_environment.set_up(place)
    print(line, status, works, test_environment.stands(place), test_environment.environments(place), file=sys.__stdout__)
"""


@POSIX
@pytest.mark.parametrize(("how", "status"), [("lambda: os._exit(9)", 9), ("interrupt", 1)])
def test_stopped_at_any_line_of_a_set_up_nothing_is_lost_and_the_next_call_goes_on(tmp_path, how, status):
    """A kill (9) or Ctrl-C (1) at every line in turn; then a call without a network, then one with it."""
    script = EVERY_LINE.format(tests=str(ROOT / "tests"), tools=str(ROOT / "tools"), place=str(tmp_path), how=how)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100)
    lines = run.stdout.splitlines()
    assert run.returncode == 0 and len(lines) > 40, run.stderr
    for number, line in enumerate(lines, start=2):
        assert line == f"{number} {status} True True ['.venv']"


@POSIX
@pytest.mark.parametrize("kind", ["a link", "the user's own", "a file"])
def test_a_venv_that_course_py_did_not_make_is_left_as_it_is(place, kind):
    """A link has its target emptied no more, and a user's environment stays."""
    theirs = place / "theirs"
    stand_in(theirs)
    (theirs / "kept.txt").write_text("years of work")
    if kind == "a link":
        (theirs / "made-from").write_text("another course.py")
        (place / ".venv").symlink_to(theirs)
    elif kind == "the user's own":
        theirs.rename(place / ".venv")
    else:
        (place / ".venv").write_text("years of work")
    before = sorted(place.rglob("*"))
    with pytest.raises(SystemExit, match=r"\.venv in this folder is a link or was not made by course\.py, and is left"):
        set_up(place)
    assert sorted(place.rglob("*")) == before


def test_git_ignores_an_environment_that_is_a_link():
    lines = (ROOT / ".gitignore").read_text().splitlines()
    assert {".venv", ".nenv", ".venv.replaced", ".venv-bench", ".venv-tools", ".venv-lock"} <= set(lines)


def test_what_a_users_surroundings_say_for_other_work_is_left_out(monkeypatch):
    theirs = {"PYTHONPATH", "PYTHONHOME", "PYTHONOPTIMIZE", "KERAS_BACKEND", "KERAS_MAX_EPOCHS", "TF_USE_LEGACY_KERAS"}
    theirs |= {"JUPYTER_PATH", "JUPYTER_PREFER_ENV_PATH", "JUPYTERLAB_SETTINGS_DIR", "PYTHONSTARTUP"}
    kept = {"PYTHONIOENCODING", "KERAS_HOME", "HTTPS_PROXY", "SSL_CERT_FILE", "JUPYTER_TOKEN"}
    monkeypatch.setattr(os, "environ", dict.fromkeys(theirs | kept, "theirs"))
    setup_environment.leave_out_surroundings()
    assert set(os.environ) == kept


def test_of_a_users_pip_settings_those_of_the_network_count_and_no_others(tmp_path, monkeypatch):
    """A mirror, its certificate and a proxy are needed where they are set; `user` or `target` would miss .venv."""
    settings = tmp_path / "pip.conf"
    settings.write_text(
        "[global]\nindex-url = https://mirror.example/simple\ncert = /own.pem\ntarget = /elsewhere\nquiet = 2\nno-deps = true\n"
        "constraint = /old.txt\n[install]\nuser = true\nextra-index-url =\n    https://a.example\n    https://b.example\n"
    )
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_PROXY", "http://proxy.example:8080")
    monkeypatch.setenv("PIP_REQUIRE_VIRTUALENV", "1")
    monkeypatch.setenv("PIP_PREFIX", "/elsewhere")
    monkeypatch.setenv("PIP_CERT", "/newer.pem")
    monkeypatch.setattr(setup_environment, "python_of", lambda _: sys.executable)
    found = setup_environment.pip_surroundings(tmp_path)
    assert found["PATH"] == os.environ["PATH"]
    own = {"PIP_CONFIG_FILE", "PIP_NO_INPUT", "PIP_DISABLE_PIP_VERSION_CHECK"}
    assert {name: found[name].split() for name in found if name.startswith("PIP_") and name not in own} == {
        "PIP_INDEX_URL": ["https://mirror.example/simple"],
        "PIP_EXTRA_INDEX_URL": ["https://a.example", "https://b.example"],
        "PIP_CERT": ["/newer.pem"],
        "PIP_PROXY": ["http://proxy.example:8080"],
    }


@pytest.mark.parametrize("name", ["linux-x86_64", "linux-aarch64", "darwin-arm64", "win-amd64"])
def test_a_machine_with_a_build_of_tensorflow_is_accepted(name):
    setup_environment.require_machine(name)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("darwin-x86_64", "Mac with an Intel processor"),
        ("win32", "a 32-bit Python; if Windows is a 64-bit one"),
        ("linux-x86_64-32bit", "a 32-bit Python"),
        ("linux-armv7l-32bit", "a 32-bit Python"),
        ("win-arm64", "Windows on an ARM processor"),
        ("linux-x86_64-musl", "without glibc, such as Alpine"),
        ("linux-riscv64", "linux-riscv64"),
    ],
)
def test_a_machine_without_a_build_of_tensorflow_is_told_before_the_download(place, monkeypatch, name, part):
    """A stand-in for seven machines: what `machine` would say there."""
    monkeypatch.setattr(setup_environment, "machine", lambda: name)
    monkeypatch.setattr(setup_environment, "fill", lambda *_: pytest.fail("fetched"))
    with pytest.raises(SystemExit, match=f"TensorFlow has no build for this machine: .*{part}.* Google Colab"):
        set_up(place)


def test_this_machine_and_stand_ins_for_others_are_recognised(monkeypatch):
    setup_environment.require_machine(setup_environment.machine())
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    monkeypatch.setattr("sysconfig.get_config_var", lambda _: "x86_64-alpine-linux-musl")
    assert setup_environment.machine() == "linux-x86_64-musl"
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr("sysconfig.get_config_var", lambda _: None)
    assert setup_environment.machine() == "darwin-x86_64"
    monkeypatch.setattr("platform.system", lambda: "Windows")
    monkeypatch.setattr("sysconfig.get_platform", lambda: "win-arm64")
    assert setup_environment.machine() == "win-arm64"


def test_readme_names_the_machines_without_tensorflow():
    readme = (ROOT / "README.md").read_text(encoding="utf8")
    assert all(name in readme for name in ("Intel processor", "32-bit", "Windows on ARM", "musl"))


def test_the_set_up_renews_pip_first_and_shows_its_steps(place, monkeypatch, capsys):
    """A stand-in for Python 3.10.0, whose pip 21.2.3 fails over the packages it has just fetched."""
    calls = []
    printed = [
        "Ignoring a: markers",
        "Collecting b==2 (from -r)",
        "  Downloading b-2.whl (12.5 MB)",
        "Installing collected packages: b",
    ]

    def pip(_, *arguments, environment=None):
        calls.append(Path(arguments[-1]).name)
        if calls[-1] == "pip.txt":
            assert (
                Path(arguments[-1]).read_text()
                == "pip==26.3 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\n    # via x"
            )
        assert arguments[-1] == "list" or "--require-hashes" in arguments
        yield from printed if calls[-1] == "requirements.lock" else []

    monkeypatch.undo()
    monkeypatch.setattr(setup_environment, "ROOT", place)
    monkeypatch.setattr(setup_environment, "pip", pip)
    monkeypatch.setattr("venv.create", lambda folder, **_: Path(folder).mkdir())
    monkeypatch.setattr(setup_environment, "add_course", lambda _: calls.append("aelearn"))
    lock = place / "requirements.lock"
    lock.write_text(
        "a==1 \\\n    --hash=sha256:0\npip==26.3 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\n    # via x\nb==2 \\\n    --hash=sha256:3\n"
    )
    setup_environment.fill(place / ".nenv", place / ".venv", lock)
    assert calls == ["list", "pip.txt", "requirements.lock", "aelearn"]
    shown = [re.sub(r"^ +\d+ s +", "", line) for line in capsys.readouterr().out.splitlines()]
    assert [line[:6] for line in shown if " of 4" in line] == [f"{step} of 4" for step in (1, 2, 3, 4)]
    assert "fetching b, 12.5 MB" in shown and any("being unpacked" in line for line in shown)


def test_a_launcher_of_windows_keeps_its_length_when_its_path_is_exchanged(tmp_path):
    """A stand-in for pip.exe: a program, the path of its Python, and an archive found by counting from the end."""
    new, folder = tmp_path / ".nenv", tmp_path / ".venv"
    stand_in(new)
    launcher = setup_environment.python_of(new).parent / "pip.exe"
    launcher.write_bytes(b"MZ\x00\xff#!" + os.fsencode(str(new)) + b"\\Scripts\\python.exe\r\nPK\x03\x04\x00\xff")
    length = launcher.stat().st_size
    setup_environment.move_paths(new, folder)
    assert launcher.stat().st_size == length and os.fsencode(str(folder)) in launcher.read_bytes()
    assert (new / "pyvenv.cfg").read_text() == f"command = {folder}\n"


@pytest.mark.parametrize(
    ("status", "sentence"), [(403, r"the server refused \(403 or 401\)"), (200, "the login page of this network")]
)
def test_a_refusal_and_a_login_page_are_told_apart(tmp_path, monkeypatch, status, sentence):
    """A stand-in: a server on this machine that answers every request in one way, and a real pip that asks it."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html><body>Please log in</body></html>")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in [name for name in os.environ if name.startswith("PIP_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setattr("venv.create", lambda folder, **_: Path(folder).mkdir())
    monkeypatch.setattr(setup_environment, "python_of", lambda _: sys.executable)
    (tmp_path / "requirements.lock").write_text("pip==9999 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(SystemExit, match=sentence):
        setup_environment.fill(tmp_path / ".nenv", tmp_path / ".venv", tmp_path / "requirements.lock")
    server.shutdown()


@POSIX
@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_folder_ends_in_a_sentence(place, monkeypatch, number):
    """A stand-in: for some users no folder is read-only."""

    def refused():
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(setup_environment, "alone", refused)
    with pytest.raises(SystemExit, match=r"this folder cannot be written .*; copy the course to a folder of your own"):
        set_up(place)


@POSIX
def test_an_environment_in_use_on_windows_stays_and_the_next_call_needs_no_download(place, monkeypatch):
    """A stand-in: Windows lets nobody rename a folder in which a program runs."""
    set_up(place)
    new_lock(place)
    rename = Path.rename

    def refused(self, target):
        if self.name == ".venv":
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    with monkeypatch.context() as patch, pytest.raises(SystemExit, match=r"close programs that use its environment"):
        patch.setattr(Path, "rename", refused)
        set_up(place)
    assert environments(place) == [".nenv", ".venv"]
    monkeypatch.setattr(setup_environment, "make", lambda *_: pytest.fail("made again"))
    set_up(place)
    assert stands(place) and environments(place) == [".venv"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A small copy of the course in a folder with a name beyond ASCII, its lock empty, set up in earnest."""
    folder = tmp_path_factory.mktemp("Übung für Bärbel") / "курс"
    (folder / "tools").mkdir(parents=True)
    (folder / "aelearn").mkdir()
    for name in ("course.py", "tools/setup_environment.py", "aelearn/__init__.py"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / "tools" / "notebooks.py").write_text("import aelearn, sys\nprint('ran', sys.argv[1], sys.prefix)\n")
    (folder / "requirements.lock").write_text("# no packages\n")
    run = call(folder)
    assert run.returncode == 0, run.stderr
    return folder, run.stdout


def call(folder, *, python=sys.executable, **environment):
    command = [python, str(folder / "course.py"), "check"]
    environment = {**os.environ, **environment}
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf8", timeout=100)


@contextmanager
def started(folder, **settings):
    """course.py of this folder, running, and as Ctrl-C finds it in a terminal: a background job would ignore it."""
    run = subprocess.Popen(
        [sys.executable, str(folder / "course.py"), "check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **settings,
    )
    with run:
        try:
            yield run
        finally:
            run.kill()


def test_a_set_up_in_earnest_ends_in_the_command(clone):
    folder, printed = clone
    assert "1 of 4" in printed and printed.splitlines()[-1] == f"ran check {folder / '.venv'}"


def test_the_path_file_is_relative_and_ascii(clone):
    """A stand-in for Windows, where Python up to 3.12 reads it in the machine's own code page."""
    (path,) = (clone[0] / ".venv").rglob("aelearn.pth")
    assert path.read_bytes().isascii() and not os.path.isabs(path.read_text())
    program = [setup_environment.python_of(clone[0] / ".venv"), "-c", "import aelearn; print(aelearn.__file__)"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(program, cwd=path.parent, env=environment, capture_output=True, encoding="utf8")
    assert Path(run.stdout.strip()).parent == clone[0] / "aelearn"


@POSIX
def test_the_scripts_of_an_environment_name_its_final_place(clone):
    programs = clone[0] / ".venv" / "bin"
    run = subprocess.run([programs / "pip", "--version"], capture_output=True, encoding="utf8")
    assert run.returncode == 0 and str(clone[0] / ".venv") in run.stdout
    for path in [clone[0] / ".venv" / "pyvenv.cfg", *programs.iterdir()]:
        assert b".nenv" not in path.read_bytes(), path


@POSIX
def test_another_keras_in_pythonpath_does_not_reach_the_command(clone, tmp_path):
    (tmp_path / "aelearn.py").write_text("raise SystemExit('the wrong one')")
    run = call(clone[0], PYTHONPATH=str(tmp_path), KERAS_BACKEND="jax")
    assert run.returncode == 0 and run.stdout.startswith("ran check"), run.stderr


@POSIX
def test_a_second_terminal_is_told_to_wait_and_ctrl_c_ends_the_waiting(clone):
    import fcntl

    lock = clone[0] / "requirements.lock"
    before = lock.read_text()
    lock.write_text("# changed\n")
    try:
        with open(clone[0] / ".venv-lock", "a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with started(clone[0]) as second:
                assert second.stdout.readline().startswith("Another set-up is running in this folder: waiting")
                time.sleep(0.2)
                second.send_signal(signal.SIGINT)
                _, problem = second.communicate(timeout=20)
        assert problem == "course.py: stopped; what worked before is unchanged, and the next call goes on\n"
    finally:
        lock.write_text(before)
    assert call(clone[0]).stdout.startswith("ran check")


@POSIX
def test_ctrl_c_in_the_middle_of_a_set_up_ends_in_a_sentence(clone):
    """As a terminal sends it: to course.py and to what it has started."""
    lock = clone[0] / "requirements.lock"
    before = lock.read_text()
    lock.write_text("# changed\n")
    try:
        with started(clone[0], start_new_session=True) as run:
            while "1 of 4" not in run.stdout.readline():
                pass
            time.sleep(1)
            os.killpg(run.pid, signal.SIGINT)
            _, problem = run.communicate(timeout=20)
        assert problem == "course.py: stopped; what worked before is unchanged, and the next call goes on\n"
    finally:
        lock.write_text(before)
    assert call(clone[0]).stdout.startswith("ran check")


@POSIX
def test_an_aelearn_that_cannot_be_imported_gets_no_stamp(place, monkeypatch):
    (place / "aelearn").mkdir()
    (place / "aelearn" / "__init__.py").write_text("raise ImportError('half a clone')")
    new = place / ".nenv"
    stand_in(new, "echo 'ImportError: half a clone' >&2; exit 1\n")
    (new / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages").mkdir(parents=True)
    with pytest.raises(SystemExit, match=r"cannot import aelearn .*half a clone"):
        setup_environment.add_course(new)
