"""A guard against getting slower that no load on the machine disturbs: instructions counted by valgrind.

    make guard                              compare with bench/instructions.json
    python bench/instructions.py --record   write that file anew

What is compared is what one unit of work more costs: the difference of two processes that differ in the amount of it.
Translation is off, and valgrind knows no AVX-512, so the paths for AVX2 are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import assembler_rate
import scaling

import lpu
from isa.machine import LPU1

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE.parent / "programs"
RECORD = HERE / "instructions.json"
TOLERANCE = 1.10  # compilers and versions of Python differ by some percent
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "LPU_TRANSLATE": "0",
    "OPENBLAS_NUM_THREADS": "1",  # others wait in circles, of which there are never as many as the last time
    "PYTHONPATH": str(HERE.parent),
    "PATH": os.environ["PATH"],
    "HOME": os.environ.get("HOME", "/"),
}
Command = list[str | Path]


@dataclass(frozen=True)
class Workload:
    """Two commands, the second with `units` more of the work."""

    name: str
    less: Command
    more: Command
    units: int


@dataclass(frozen=True)
class Job:
    """A program to be run again and again on one machine; a run is so many units of work."""

    name: str
    unit: str
    units: int
    most: int = 3  # runs; a light one needs more to be seen beside what Python does

    def command(self, times: int) -> Command:
        return [sys.executable, __file__, "--job", self.name, "--times", str(times)]

    def run(self, times: int) -> None:
        path = PROGRAMS / self.name
        text = path if path.exists() else scaling.VECTOR.format(rows=ROWS, lanes=LPU1.lanes)
        machine = scaling.filled(lpu.assemble(text, defines=SIZES.get(self.name)))
        start = machine.engine.state
        for number in range(self.most):
            machine.engine.set_state(start)
            if number < times:
                machine.run()


ROWS = 1024
SIZES: dict[str, dict[str, int | float]] = {
    name: {"n": 64, "m": 64, "k": 64} for name in ("matmul.s", "matmul_bundles.s")
}
JOBS = {
    job.name: job
    for job in (
        Job("matmul.s", "a multiply-accumulate", 64**3),
        Job("matmul_bundles.s", "a multiply-accumulate", 64**3),
        Job("add and relu", "a row of f32[320]", ROWS, 101),
        Job("tensor/softmax.s", "a cycle", 611),
        Job("tensor/gemm_i8.s", "a cycle", 712),
        Job("tensor/gemm_f16.s", "a cycle", 2635),
    )
}


def count(command: Command) -> int:
    """Instructions of a whole process. Raises CalledProcessError when it fails."""
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)  # its bytecode is cached then
    counter = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run([*counter, *command], check=True, capture_output=True, text=True, env=ENVIRONMENT)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if not found:
        raise RuntimeError(f"valgrind counted nothing: {done.stderr.strip()}")
    return int(found[1].replace(",", ""))


def tool(*arguments: str | Path) -> Command:
    return [sys.executable, "-m", "lpu", *arguments]


def source(block: Callable[[int], list[str]], folder: Path, sizes: tuple[int, int]) -> Workload:
    commands = []
    for lines in sizes:
        path = folder / f"{block.__name__}{lines}.s"
        path.write_text(assembler_rate.source(block, lines, assembler_rate.OUR_DATA))
        commands.append(tool("asm", path, "-o", path.with_suffix(".o")))
    return Workload(f"assembling, {block.__name__}, a line", *commands, sizes[1] - sizes[0])


def workloads(folder: Path) -> list[Workload]:
    nothing: Command = [sys.executable, "-c", "pass"]
    return [
        Workload("import numpy, over starting Python", nothing, [sys.executable, "-c", "import numpy"], 1),
        Workload("lpu run dot.s, over starting Python", nothing, tool("run", PROGRAMS / "dot.s"), 1),
        *(
            Workload(f"{name}, {job.unit}", job.command(1), job.command(job.most), (job.most - 1) * job.units)
            for name, job in JOBS.items()
        ),
        # Sources long enough to be assembled as columns, both of them.
        source(assembler_rate.linear_block, folder, (10_000, 20_000)),
        source(assembler_rate.bundle_block, folder, (10_000, 20_000)),
    ]


def of_unit(work: Workload) -> int:
    """Instructions of a unit of work. Raises RuntimeError where more work takes no more: that guards nothing."""
    less, more = count(work.less), count(work.more)
    found = (more - less) // work.units
    if found <= 0:
        raise RuntimeError(f"{work.name}: {work.units} units more took {more:,} instructions instead of {less:,}")
    return found


def measured() -> dict[str, int]:
    """Instructions a unit, by workload. Raises RuntimeError."""
    with tempfile.TemporaryDirectory() as name:
        return {each.name: of_unit(each) for each in workloads(Path(name))}


def compared(found: dict[str, int], recorded: dict[str, int]) -> bool:
    """Print all; whether nothing costs more than it did."""
    good = True
    for name, number in found.items():
        before = recorded.get(name)
        worse = before is not None and number > before * TOLERANCE
        good = good and before is not None and not worse
        print(f"{name:40} {number:>14,} {before or 0:>14,}{'  MORE' if worse else ''}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="count instructions")
    parser.add_argument("--record", action="store_true", help="take what is counted as what it should be")
    parser.add_argument("--job", choices=list(JOBS), help="only do this job")
    parser.add_argument("--times", type=int, default=1)
    options = parser.parse_args()
    if options.job:
        JOBS[options.job].run(options.times)
        return 0
    if not shutil.which("valgrind"):
        print("valgrind is not installed: nothing was counted", file=sys.stderr)
        return 2
    try:
        found = measured()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    if options.record:
        RECORD.write_text(json.dumps(found, indent=1) + "\n")
    return 0 if compared(found, json.loads(RECORD.read_text())) else 1


if __name__ == "__main__":
    sys.exit(main())
