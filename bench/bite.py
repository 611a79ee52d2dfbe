"""Does the conformance kit bite? Each planted bug is hunted with the programs of `lpu conform`.

    python bench/bite.py                  all bugs, about an hour; goes on where it was interrupted
    python bench/bite.py --only 501,1301  these again

The table goes to docs/conformance.md. What the golden model says is kept in build/bite, and used for all bugs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

from conform.bugs import BUGS, Bug
from conform.bugs_core import BuggyTarget, build, load
from conform.bugs_hunt import batch, hunt
from conform.cases import cases
from conform.finding import finding
from conform.fixed import run as run_suite
from conform.run import BATCH, Settings, program_of
from conform.target import EngineTarget

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- bite: begin -->", "<!-- bite: end -->"
FOLDER = ROOT / "build" / "bite"
SETTINGS = Settings()
MOST_SECONDS = 900  # that one bug may take before it is given up
FEW = 10  # bundles
SAMPLED = 10  # batches from which the cost of a program is known


@dataclass(frozen=True)
class Catch:
    """How one bug was found: by the program of this number, in so many seconds of processor time with its reduction.

    `ops` and `bundles` are what was left of the program, `shown` the ops. A bug that is not found has number -1, and
    `suite` names the case of the fixed suite that fails, if any.
    """

    bug: int
    number: int = -1
    ops: int = 0
    bundles: int = 0
    shown: str = ""
    reducing: float = 0
    suite: str = ""


def caught(core: ModuleType, bug: int, programs: int) -> Catch:
    """Hunt a bug, and reduce the program that finds it."""
    number = hunt(SETTINGS, FOLDER, BuggyTarget(core, bug), programs)
    if number is None:
        results = run_suite(BuggyTarget(core, bug), cases())
        return Catch(bug, suite=next((each.case.name for each in results if each.status == "failed"), ""))
    start = time.process_time()
    found = finding(EngineTarget("reference"), BuggyTarget(core, bug), program_of(SETTINGS, number).program, number)
    taken = time.process_time() - start
    names = [one.row.mnemonic for bundle in found.program.bundles for one in bundle if one.row.control != "nop"]
    (FOLDER / f"bug{bug}.s").write_text(found.source(), encoding="utf-8")
    return Catch(bug, number, found.program.ops, len(found.program.bundles), " ".join(names), taken)


def library(folder: Path) -> Path:
    """The core with the bugs, built if it is not there."""
    return next((folder / "vm").glob("_core*.so"), None) or build(folder)


def keep(core: ModuleType, bug: int, programs: int) -> None:
    kept_in(bug).write_text(json.dumps(asdict(caught(core, bug, programs))), encoding="utf-8")


def kept_in(bug: int) -> Path:
    return FOLDER / f"bug{bug}.json"


def asked(core: ModuleType, bug: Bug, programs: int) -> Catch:
    """How a bug is found: known already, or hunted in a process of its own, which the bug may end."""
    if not kept_in(bug.number).exists():
        process = get_context("fork").Process(target=keep, args=(core, bug.number, programs))
        process.start()
        process.join(MOST_SECONDS)
        process.kill()
        if not kept_in(bug.number).exists():
            return Catch(bug.number)
    return Catch(**json.loads(kept_in(bug.number).read_text(encoding="utf-8")))


def cost_of_a_program() -> float:
    """Seconds of processor time to make a program, to run it on both, and to compare them."""
    start = time.process_time()
    made = [batch(SETTINGS, FOLDER, index).seconds for index in range(SAMPLED)]
    hunt(SETTINGS, FOLDER, EngineTarget("core"), SAMPLED * BATCH)
    return (sum(made) + time.process_time() - start) / (SAMPLED * BATCH)


# The table ------------------------------------------------------------------------------------
def table(catches: dict[int, Catch], cost: float) -> str:
    """The summary, and a row a bug, in Markdown."""
    found = [each for each in catches.values() if each.number >= 0]
    seconds = [cost * (each.number + 1) + each.reducing for each in found]
    programs = statistics.median(each.number + 1 for each in found)
    ops = statistics.median(each.ops for each in found)
    small = sum(each.bundles <= FEW for each in found)
    lines = [
        f"Random programs find {len(found)} of {len(catches)} bugs, the fixed suite"
        f" {sum(bool(each.suite) for each in catches.values())} of the others. Half of the former are found within"
        f" {programs:,.0f} programs, and"
        f" {statistics.median(seconds):.1f} s of one processor with the reduction; the longest hunt took"
        f" {max(seconds):,.0f} s. Half of the reduced programs have at most {ops:.0f} ops,"
        f" {small} of {len(found)} at most {FEW} bundles.",
        "",
        "| bug | section | what the core does | programs | seconds | ops | bundles | what is left |",
        "| ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for bug in BUGS:
        if bug.number in catches:
            lines.append(row(bug, catches[bug.number], cost))
    return "\n".join(lines)


def row(bug: Bug, catch: Catch, cost: float) -> str:
    if catch.number < 0:
        cells = ["not found", "", "", "", f"the suite: `{catch.suite}`" if catch.suite else ""]
    else:
        seconds = cost * (catch.number + 1) + catch.reducing
        cells = [f"{catch.number + 1:,}", f"{seconds:.1f}", str(catch.ops), str(catch.bundles), f"`{catch.shown}`"]
    return "| " + " | ".join([str(bug.number), str(bug.section), bug.what, *cells]) + " |"


def publish(text: str) -> None:
    """Put the table between its marks."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="numbers of bugs, with commas, to be hunted again")
    parser.add_argument("--programs", type=int, default=3_000, help="most programs that a bug is hunted with")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    core = load(library(FOLDER))
    wanted = {int(number) for number in args.only.split(",")} if args.only else set()
    for number in wanted:
        kept_in(number).unlink(missing_ok=True)
    with ThreadPoolExecutor(args.jobs) as pool:
        catches = {}
        hunted = [bug for bug in BUGS if not wanted or bug.number in wanted]
        for catch in pool.map(lambda bug: asked(core, bug, args.programs), hunted):
            catches[catch.bug] = catch
            print(catch, flush=True)
    text = table(catches, cost_of_a_program())
    print(text)
    if not wanted:
        publish(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
