"""Multiply-accumulates per second of the int32 matrix product: our core in both its tiers, and the peers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from matmul_peers import MAKERS, operands
from measure import Contestant, Time, call, interleaved
from tables import Cell, Table, show

import lpu

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
WARM_UP = 100_000_000  # multiply-accumulates after which translations are in place
RATE = "by processor time"
HEAD = ("million multiply-accumulates/s", "by wall clock", RATE, "spread, %", "times Unicorn", "times qemu-user")
YARDSTICKS = ("Unicorn, C at -O2", "qemu-user, C at -O2")
KERNELS = {"`matmul.s`, linear assembly": "matmul.s", "`matmul_bundles.s`, one a cycle": "matmul_bundles.s"}


@contextmanager
def translation(is_on: bool) -> Iterator[None]:
    """Runs with or without the translated tier."""
    before = os.environ.pop("LPU_TRANSLATE", None)
    if not is_on:
        os.environ["LPU_TRANSLATE"] = "0"
    try:
        yield
    finally:
        os.environ.pop("LPU_TRANSLATE", None)
        if before is not None:
            os.environ["LPU_TRANSLATE"] = before


def ours(program: str, size: int, translated: bool) -> Contestant:
    """A product of a machine that has made some, so that what it plans or translates is in place.

    Raises ValueError on a wrong result.
    """
    machine = lpu.Machine(lpu.assemble(PROGRAMS / program, defines={"n": size, "m": size, "k": size}))
    machine["A"], machine["B"] = operands(size)
    expected = machine["A"] @ machine["B"]
    start = machine.engine.state

    def product() -> Time:
        machine.engine.set_state(start)
        with translation(translated):
            taken = call(machine.run)()
        if not np.array_equal(machine["C"], expected):
            raise ValueError("a wrong product")
        return taken

    for _ in range(max(3, WARM_UP // size**3) if translated else 3):
        product()
    return product


def contestants(size: int, folder: Path) -> dict[str, Contestant | str]:
    """Ours, and the peers or why there are none."""
    made: dict[str, Contestant | str] = {}
    for tier in ("interpreted", "translated"):
        for name, program in KERNELS.items():
            made[f"{name}, {tier}"] = ours(program, size, tier == "translated")
    return made | {name: make(size, folder) for name, make in MAKERS.items()}


def table(size: int, rounds: int, folder: Path) -> Table:
    """All contestants in the same rounds."""
    made = contestants(size, folder)
    times = interleaved({name: run for name, run in made.items() if not isinstance(run, str)}, rounds)
    yardsticks = [times.get(name) for name in YARDSTICKS]

    def row(name: str) -> tuple[Cell, ...]:
        if name not in times:
            return (name, str(made[name]))
        time = times[name]
        rates = [size**3 / seconds / 1e6 for seconds in (time.wall, time.cpu)]
        return (name, *rates, 100 * time.spread, *(other and other.cpu / time.cpu for other in yardsticks))

    return Table(f"int32 matrix product, {size} x {size} x {size}", HEAD, tuple(map(row, made)))


def measure(quick: bool) -> list[Table]:
    sizes, rounds = ((64,), 3) if quick else ((64, 128), 9)
    with tempfile.TemporaryDirectory() as name:
        return [table(size, rounds, Path(name)) for size in sizes]


if __name__ == "__main__":
    show(measure, __doc__)
