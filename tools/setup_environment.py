"""The environment that course.py works in: made from a lock, beside the one that stands, and put in its place.

Standard library only, and readable to old Pythons: it is there to tell their users which to take. Whatever stops
it, an environment that worked stays, and the end is one sentence.
"""

import ast
import errno
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STARTED = time.monotonic()
STAMP = "made-from"  # the file in an environment that says what it was made from, and that course.py made it
OLDEST, NEWEST = (3, 10), (3, 13)
FREE_GB = 4  # the environment takes about 2.5 GB, and pip unpacks beside it
WITH_TENSORFLOW = {"linux-x86_64", "linux-aarch64", "darwin-arm64", "win-amd64"}

# What a user's surroundings say for other work and must not count here ...
LEFT_OUT = re.compile(
    "PYTHON(PATH|HOME|SAFEPATH|OPTIMIZE|WARNINGS|INSPECT|STARTUP)|KERAS_(?!HOME).*|TF_USE_LEGACY_KERAS"
    "|JUPYTER(LAB)?_(?!TOKEN).*"  # kernels, settings and folders of another JupyterLab
)
# ... and what counts of their pip settings: how packages are reached, not where or how they are installed.
PIP_KEPT = re.compile(
    "(index|extra-index)-url|find-links|no-index|trusted-host|(client-)?cert|proxy|(default-)?timeout"
    "|(no-)?cache-dir|keyring-provider"
)


def refuse(sentence):
    sys.exit("course.py: " + sentence)


def require_python(version, oldest=OLDEST):
    """Refuse a Python for which TensorFlow has no build, or that is older than what a maintainers' lock is for."""
    if OLDEST <= tuple(version[:2]) < oldest:
        refuse(
            "this command's environment needs Python {}.{} or later, and this is {}.{}; call it by another name: "
            "python3.12 course.py ...".format(*oldest, *version[:2])
        )
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        refuse(
            "this is Python {}.{}, and the course needs 3.10 to 3.13 (TensorFlow has no build for others); "
            "install Python 3.12 and call it by name: python3.12 course.py lab (Windows: py -3.12 course.py lab)".format(
                *version[:2]
            )
        )


def machine():
    """What this Python was built for, as `system-processor`; `-32bit` and `-musl` are added where they hold."""
    system, processor = platform.system().lower(), platform.machine().lower()
    if system == "windows":  # where an emulated Python is told the processor's name, not its own
        return sysconfig.get_platform()
    libc = platform.libc_ver()[0] + str(sysconfig.get_config_var("HOST_GNU_TYPE"))
    return f"{system}-{processor}" + "-32bit" * (sys.maxsize < 2**32) + "-musl" * ("musl" in libc)


def require_machine(name):
    """Refuse a machine for which TensorFlow has no build, before anything is fetched."""
    reasons = {
        "win32": "a 32-bit Python; if Windows is a 64-bit one, install the 64-bit Python from python.org",
        "32bit": "a 32-bit Python; if the system is a 64-bit one, install a 64-bit Python",
        "darwin-x86_64": "a Mac with an Intel processor (on an Apple processor: a Python made for Intel; "
        "install the one from python.org)",
        "win-arm64": "Windows on an ARM processor",
        "musl": "a Linux without glibc, such as Alpine; take an image or a system with glibc, such as Debian",
    }
    if name not in WITH_TENSORFLOW:
        reason = next((text for sign, text in reasons.items() if sign in name), name)
        refuse(
            f"TensorFlow has no build for this machine: {reason}. The lessons run on Google Colab instead, "
            "in a browser: README.md says how"
        )


def require_venv():
    """Refuse a Python that cannot make environments (Debian and Ubuntu ship it apart)."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        refuse(
            "this Python cannot make virtual environments; on Debian or Ubuntu run "
            "'sudo apt install python{}.{}-venv', elsewhere install Python from python.org, "
            "then call this again".format(*sys.version_info[:2])
        )


def require_space(free_bytes):
    """Refuse to begin a set-up that the disk has no room for."""
    if free_bytes < FREE_GB * 1e9:
        refuse(
            f"the set-up needs {FREE_GB} GB of free disk and {free_bytes / 1e9:.1f} GB are left here; "
            "free some space and call this again"
        )


def require_ours(folder):
    """Refuse to replace an environment that course.py did not make."""
    if os.path.lexists(folder) and (
        folder.resolve() != folder.parent.resolve() / folder.name or not (folder / STAMP).is_file()
    ):
        refuse(
            f"{folder.name} in this folder is a link or was not made by course.py, and is left as it is; "
            "rename or remove it and call this again"
        )


def explain(pip_output):
    """The sentence for what pip printed when it failed; the first that fits counts."""
    signs = {
        "no space left|errno 28|not enough space": "the disk is full; free some space and call this again",
        "certificate verify failed|certificate_verify_failed|sslcertverificationerror|problem confirming the ssl": (
            "the server's certificate was not accepted; in a network that signs with a certificate of its own, ask for "
            "that file and name it: set PIP_CERT to its path; elsewhere, see that the clock is right; then call this again"
        ),
        "proxyerror|proxy connection error|cannot connect to proxy|tunnel connection failed|407 proxy": (
            "the proxy did not let pip through; see that HTTPS_PROXY (or pip's setting proxy) names the right one, "
            "with user and password where it asks for them, and call this again"
        ),
        "403 client error|http error 403|403 forbidden|401 client error|http error 401": (
            "the server refused (403 or 401); a filter of this network or a package index of your own does it: ask who "
            "runs it, or try another network, and call this again"
        ),
        "do not match the hashes": (
            "a package is not the one that requirements.lock names; a login page may have come in its place: open a "
            "browser and log in, or try another network, and if it happens again, report it"
        ),
        "name resolution|getaddrinfo|newconnectionerror|network is unreachable|connection broken|timed out|"
        "connection error|remotedisconnected|connection aborted": (
            "the packages could not be fetched; connect to the network for this first set-up "
            "(later runs need none) and call this again"
        ),
        "from versions: none|not a zip file|badzipfile|has an invalid wheel": (
            "the server answered, but not with packages; perhaps with the login page of this network: open a browser, "
            "log in and call this again (or a package index of your own lacks them: pip config list names it)"
        ),
        "no matching distribution": (
            "the package index has no build that requirements.lock names for this machine; an index of your own may be "
            "behind (pip config list names it), or the system too old; the lessons run on Google Colab, too (README.md)"
        ),
    }
    text = pip_output.lower()
    for patterns, sentence in signs.items():
        if any(pattern in text for pattern in patterns.split("|")):
            return sentence
    return "pip failed, its own words are above; mend what they name and call this again"


def explain_folder(problem):
    """The sentence for a file or folder that could not be written."""
    if problem.errno == errno.ENOSPC:
        return explain("no space left")
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"this folder cannot be written ({problem}); copy the course to a folder of your own, "
            "close programs that use its environment (JupyterLab), and call this again"
        )
    return f"the environment could not be made ({problem}); mend that and call this again"


def leave_out_surroundings():
    """Take out of this process, and of all that it starts, what must not count."""
    for name in [name for name in os.environ if LEFT_OUT.fullmatch(name)]:
        del os.environ[name]


def python_of(folder):
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def say(text):
    print(f"{time.monotonic() - STARTED:5.0f} s  {text}", flush=True)


def pip(folder, *arguments, environment=None):
    """Run the pip of `folder` and yield its lines; when it fails, its last words and one sentence are the end."""
    command, lines = [str(python_of(folder)), "-m", "pip", *arguments], []
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
        close_fds=os.name == "nt",  # elsewhere pip holds the lock too: it may outlive a killed course.py
    ) as run:
        for line in run.stdout:
            lines.append(line)
            yield line
    if run.returncode:
        told = [line for line in lines if line.startswith(("ERROR", "WARNING", "Could not fetch"))] or lines
        sys.stderr.write("".join(told[-15:]))
        refuse(explain("".join(lines)))


def pip_surroundings(folder):
    """The variables pip runs with: of the user's settings only those of PIP_KEPT, wherever they were made."""
    listed = list(pip(folder, "config", "list", environment=dict(os.environ, PIP_QUIET="0", PIP_VERBOSE="0")))
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("PIP_")}
    kept.update(PIP_CONFIG_FILE=os.devnull, PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    for section in ("global.", "install.", ":env:."):  # as in pip, the later one counts
        for name, _, value in (line[len(section) :].partition("=") for line in listed if line.startswith(section)):
            if PIP_KEPT.fullmatch(name):
                kept["PIP_" + name.upper().replace("-", "_")] = ast.literal_eval(value.strip())
    return dict(kept, PYTHONUNBUFFERED="1")


def wanted_stamp(lock):
    """What the environment is made from: a change of any of these makes it anew."""
    return hashlib.sha256(lock.read_bytes() + os.fsencode(str(ROOT))).hexdigest()


def stands(folder, wanted):
    """Whether the environment is complete, made from this lock, and its own Python starts."""
    try:
        if (folder / STAMP).read_bytes() != wanted.encode():
            return False
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.call([str(python_of(folder)), "-c", ""], **silent) == 0
    except OSError:
        return False


def locked(handle):
    """Take the lock if it is free; a file system that knows no locks has nothing to wait for."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        return problem.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


@contextmanager
def alone():
    """Two first calls at once would undo each other's work: let the second wait for the first."""
    with open(ROOT / ".venv-lock", "a") as handle:
        if not locked(handle):
            print("Another set-up is running in this folder: waiting for it (Ctrl-C ends the waiting) ...", flush=True)
            while not locked(handle):
                time.sleep(0.5)
        os.set_inheritable(handle.fileno(), True)
        yield


def set_up(folder, lock, oldest=OLDEST):
    """Make the environment `folder` from its lock, with a Python not before `oldest`, unless it stands already.

    It is made in `new`, beside it; `old` is there only while the two change places. So whatever stops this, and
    wherever, what worked is still there, under its own name again at the next call at the latest.
    """
    try:
        wanted = wanted_stamp(lock)
        new = folder.with_name(".n" + folder.name[2:])  # as long as the final name: see move_paths
        old = folder.with_name(folder.name + ".replaced")
        if stands(folder, wanted) and not old.exists():
            return
        require_ours(folder)
        with alone():
            put_back(old, folder)
            if not stands(folder, wanted):
                if not stands(new, wanted):
                    make(new, folder, lock, oldest)
                exchange(new, folder, old)
                if old.exists():
                    say(f"removing the {folder.name} before")
            remove(old)
    except KeyboardInterrupt:
        refuse("stopped; what worked before is unchanged, and the next call goes on")
    except OSError as problem:
        refuse(explain_folder(problem))


def make(new, folder, lock, oldest):
    """Make `new` whole, as it is to be in the place of `folder`; the stamp is its last file."""
    require_python(sys.version_info, oldest)
    require_machine(machine())
    require_venv()
    remove(new, ours=True)
    require_space(shutil.disk_usage(str(new.parent)).free)
    say(f"setting up {folder.name} from {lock.name}, once: four steps, some minutes")
    try:
        fill(new, folder, lock)
        move_paths(new, folder)
        (new / STAMP).write_text(wanted_stamp(lock))
    except (Exception, SystemExit):
        remove(new, ours=True)
        if python_of(folder).exists():
            python = python_of(folder)
            print(
                f"{folder.name} is as it was and opens the lessons: {python} {ROOT / 'tools/lab.py'}", file=sys.stderr
            )
        raise


def fill(new, folder, lock):
    """The four steps: an environment, its pip, the packages, the course itself."""
    import venv

    say("1 of 4  an empty environment")
    try:
        venv.create(str(new), with_pip=True, clear=True, symlinks=os.name != "nt", prompt=folder.name)
    except subprocess.CalledProcessError as problem:
        refuse(f"this Python could not put pip into an environment ({problem}); install Python from python.org")
    text, surroundings = lock.read_text(encoding="utf8"), pip_surroundings(new)
    install = [
        "install",
        "--progress-bar",
        "off",
        "--retries",
        "2",
        *(["--require-hashes"] if "--hash=" in text else []),
    ]
    renewed = re.search(r"^pip==(\S+).*(?:\n .*)*", text, re.M)
    if (
        renewed
    ):  # an old one fails over the packages, after they were fetched; verbose, or pip hides why a server refused
        say(f"2 of 4  pip {renewed[1]}")
        (new / "pip.txt").write_text(renewed[0])
        list(pip(new, *install, "-vv", "-r", str(new / "pip.txt"), environment=surroundings))
    total, seen = len(re.findall(r"^[\w.-]+==", text, re.M)), 0
    say(f"3 of 4  {total} packages")
    for line in pip(new, *install, "-r", str(lock), environment=surroundings):
        large = re.match(r"\s*Downloading (\w+)-.*\((\d{2,}\.\d MB|\d.*GB)\)", line)
        if line.startswith(("Collecting", "Ignoring", "Requirement already")):
            seen += 1
            if seen % 25 == 0:
                say(f"        {seen} of {total} looked up")
        elif large:
            say(f"        fetching {large[1]}, {large[2]}")
        elif line.startswith("Installing collected"):
            say("        all are here and are being unpacked: a minute or more without a word")
    say("4 of 4  the course itself")
    add_course(new)


def add_course(new):
    """Make `import aelearn` work from every folder: a path file, relative because Python up to 3.12 reads it by locale."""
    python = "python{}.{}".format(*sys.version_info[:2])
    packages = new / "Lib" / "site-packages" if os.name == "nt" else new / "lib" / python / "site-packages"
    (packages / "aelearn.pth").write_text(os.path.relpath(str(ROOT), str(packages)) + "\n", encoding="utf8")
    command = [str(python_of(new)), "-c", "import aelearn"]
    with tempfile.TemporaryDirectory() as elsewhere:
        run = subprocess.run(command, cwd=elsewhere, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        refuse(f"the new environment cannot import aelearn ({last}); move the course to another folder, or report this")


def move_paths(new, folder):
    """Exchange the path of `new` for the final one in scripts; both are of one length, so that programs stay whole."""
    for path in [new / "pyvenv.cfg", *python_of(new).parent.iterdir()]:
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if os.fsencode(str(new)) in content:
                path.write_bytes(content.replace(os.fsencode(str(new)), os.fsencode(str(folder))))


def exchange(new, folder, old):
    """Put `new` into the place of `folder`; when that cannot be done, `folder` stays."""
    try:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    finally:
        put_back(old, folder)


def put_back(old, folder):
    """Undo an exchange that was stopped between its two steps."""
    if old.exists() and not folder.exists():
        old.rename(folder)


def remove(folder, ours=False):
    """Remove an environment that course.py made; its stamp goes first in content and last as a file."""
    if (folder / STAMP).is_file():
        (folder / STAMP).write_text("being removed")  # half of it is never taken for the whole
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(str(path), ignore_errors=True)
        ours = True
    if ours:
        shutil.rmtree(str(folder), ignore_errors=True)
