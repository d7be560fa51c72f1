"""`python course.py check claims [NN ...]`: which claims could fail? A claim that cannot, states nothing.

Each lesson runs as it is, and again with one thing at a time taken away from under it (claims_perturbed.py). A claim that
holds throughout must stand in claims_that_always_hold.toml with a reason, or is too weak for its sentence. It takes
about as long as building each lesson eight times.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from claims_perturbed import PERTURBATIONS

from notebooks import NOTEBOOKS, ROOT, sources

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ALWAYS = ROOT / "tools" / "claims_that_always_hold.toml"
MARKS = {"holds": "·", "fails": "x", "error": "e", None: " "}
RUNNER = Path(__file__).with_name("claims_perturbed.py")


@dataclass
class Claim:
    """One claim of a lesson; verdicts: perturbation -> holds, fails, error (not reached), or None (nothing was touched)."""

    cell: int
    line: int
    sentence: str
    as_it_is: str
    verdicts: dict = field(default_factory=dict)

    @property
    def can_fail(self):
        return "fails" in self.verdicts.values()

    @property
    def breaks(self):
        """It was never seen false, but not always reached: a cell stopped before it."""
        return not self.can_fail and "error" in self.verdicts.values()


def run(source, perturbation):
    """What claims_perturbed.py found; one thread, as in a build."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
    environment = {**os.environ, **threads, "MPLBACKEND": "agg", "AELEARN_PROGRESS": "0", "PYTHONHASHSEED": "0"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found.json"
        ran = subprocess.run(
            [sys.executable, str(RUNNER), str(source), perturbation, str(path)],
            cwd=NOTEBOOKS,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if ran.returncode:
            sys.exit(f"{source.name} stopped under {perturbation!r}: {ran.stderr[-2000:]}")
        return json.loads(path.read_text(encoding="utf8"))


def claims_of(source):
    """Each claim of a lesson with its verdicts, and what went wrong without any perturbation."""
    found = run(source, "")
    claims = {(line, nth): Claim(cell, line, *rest) for line, nth, cell, *rest in found["claims"]}
    for perturbation in PERTURBATIONS:
        if perturbation in found["touched"]:
            verdicts = {(line, nth): verdict for line, nth, _, _, verdict in run(source, perturbation)["claims"]}
            for key, claim in claims.items():
                claim.verdicts[perturbation] = verdicts.get(key, "error")
    problems = [f"cell {cell}: {text}" for cell, text in found["errors"]]
    problems += [f"line {c.line} is false as it is: {c.sentence}" for c in claims.values() if c.as_it_is != "holds"]
    return list(claims.values()), problems


def table(claims):
    """A line a claim: a mark for each perturbation, cell, line, sentence."""
    rows = [" ".join(f"{name:>9}" for name in PERTURBATIONS) + "  cell line  claim"]
    for claim in claims:
        marks = " ".join(f"{MARKS[claim.verdicts.get(name)]:>9}" for name in PERTURBATIONS)
        rows.append(f"{marks}  {claim.cell:4} {claim.line:4}  {claim.sentence}")
    return rows


def judged(claims, reasons):
    """What is wrong with a lesson's claims: (heading, lines) of each kind that there is."""
    kinds = {
        "holds whatever is taken away, and no reason is given": [
            f"line {c.line}: {c.sentence}"
            for c in claims
            if not c.can_fail and not c.breaks and c.sentence not in reasons
        ],
        "never false, only not reached where a cell stopped (said, and no fault)": [
            f"line {c.line}: {c.sentence}" for c in claims if c.breaks and c.sentence not in reasons
        ],
        "has a reason to hold always, and failed": [
            f"line {c.line}: {c.sentence} ({reasons[c.sentence]})"
            for c in claims
            if c.can_fail and c.sentence in reasons
        ],
        "has a reason and is no claim of this lesson": sorted(set(reasons) - {c.sentence for c in claims}),
    }
    return {heading: lines for heading, lines in kinds.items() if lines}


def check(source, reasons):
    """The report of one lesson, and whether all is well."""
    started = time.perf_counter()
    claims, problems = claims_of(source)
    wrong = {"went wrong with nothing taken away": problems} if problems else {}
    wrong |= judged(claims, reasons)
    lines = [f"{source.stem}: {len(claims)} claims, {time.perf_counter() - started:.0f} s", *table(claims)]
    for heading, found in wrong.items():
        lines += [f"{heading}:", *(f"    {line}" for line in found)]
    return lines, not any("no fault" not in heading for heading in wrong)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="course.py check claims", description=__doc__.split("\n\n")[0])
    parser.add_argument("lessons", nargs="*", metavar="NN")
    chosen = sources(parser.parse_args(arguments).lessons)
    reasons = tomllib.loads(ALWAYS.read_text(encoding="utf8"))
    print(*(f"{name:>9}: {what}" for name, what in PERTURBATIONS.items()), sep="\n")
    print("x it fails, · it holds, e it was not reached, blank: the lesson uses nothing of the kind\n")
    all_well = True
    for source in chosen:
        lines, well = check(source, reasons.get(source.stem[:2], {}))
        print(*lines, "", sep="\n", flush=True)
        all_well &= well
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
