"""What a unit of work costs when there is more of it: tables, and plots in docs/scaling.svg.

Flat lines are linear cost. All by processor time, each point the least of some runs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import assembler_rate
import numpy as np
from measure import call
from tables import Table, as_data

import lpu
from isa.machine import LPU1, MachineSpec

ROOT = Path(__file__).resolve().parent.parent
PLOT = ROOT / "docs" / "scaling.svg"
MATMUL = ROOT / "programs" / "matmul.s"
VECTOR = """
        .input x: f32[{rows}, {lanes}] @ mw0..mw3
        .input y: f32[{rows}, {lanes}] @ mw4..mw7
        .output z: f32[{rows}, {lanes}] @ me0..me3
        vload   %a, x
        vload   %b, y
        vadd.f32 %c, %a, %b
        vrelu.f32 %c, %c
        vstore  z, %c
"""
IDLE = """
        mov r1, {count}
        loop r1, end
        nop 30
        nop 30
end:    halt
"""
Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """What a unit of work costs at some sizes; `of` and `unit` name the axes."""

    title: str
    of: str
    unit: str
    points: Sequence[Point]

    def table(self) -> Table:
        return Table(f"Scaling: {self.title}", (self.of, self.unit), tuple((f"{x:,.0f}", y) for x, y in self.points))


def least(run: Callable[[], object], rounds: int) -> float:
    """Seconds of processor time of the fastest of some runs."""
    return min(call(run)().cpu for _ in range(rounds))


def filled(executable: lpu.Image) -> lpu.Machine:
    """A machine with ones in all inputs."""
    machine = lpu.Machine(executable)
    for tensor in machine.declared_inputs:
        machine[tensor.name] = np.ones_like(machine[tensor.name])
    return machine


def runs(executable: lpu.Image, rounds: int) -> tuple[float, int]:
    """(seconds of a run, cycles) on a machine that ran once before."""
    machine = filled(executable)
    start = machine.engine.state
    taken = []
    for _ in range(rounds + 1):
        machine.engine.set_state(start)
        taken.append(call(machine.run)().cpu)
    return min(taken[1:]), machine.cycle


def scalar_length(rounds: int) -> Curve:
    def point(size: int) -> Point:
        image = lpu.assemble(MATMUL, defines={"n": size, "m": 16, "k": 16})
        seconds, cycles = runs(image, rounds)
        return cycles, 1e9 * seconds / cycles

    return Curve("length of a scalar run", "cycles", "ns a cycle", [point(1 << k) for k in range(2, 12)])


def vector(rows: int, spec: MachineSpec) -> lpu.Image:
    return lpu.assemble(VECTOR.format(rows=rows, lanes=spec.lanes), machine=spec)


def burst_length(rounds: int) -> Curve:
    def point(rows: int) -> Point:
        seconds, _ = runs(vector(rows, LPU1), rounds)
        return rows, 1e9 * seconds / rows

    return Curve(
        "length of bursts", "rows of f32[320], added and clipped", "ns a row", [point(1 << k) for k in range(13)]
    )


def lanes(rounds: int) -> Curve:
    def point(superlanes: int) -> Point:
        spec = MachineSpec(name=f"lanes{superlanes}", superlanes=superlanes)
        seconds, _ = runs(vector(1024, spec), rounds)
        return spec.lanes, 1e9 * seconds / spec.lanes / 1024

    return Curve(
        "width of the machine", "lanes", "ns a lane and row", [point(n) for n in (1, 2, 4, 8, 12, 16, 20, 24, 28, 32)]
    )


def machine_size(rounds: int) -> Curve:
    def point(rows: int) -> Point:
        spec = MachineSpec(name=f"rows{rows}", rows=rows)
        image = lpu.assemble(MATMUL, defines={"n": 8, "m": 8, "k": 8}, machine=spec)
        return spec.sram_bytes / 2**20, 1e6 * least(lambda: lpu.Machine(image, uninit="zero").run(), rounds * 10)

    return Curve(
        "size of the machine", "MiB of SRAM", "us to make one and run 8 x 8 x 8", [point(1 << k) for k in range(6, 13)]
    )


def source_size(block: Callable[[int], list[str]], what: str, most: int, rounds: int) -> Curve:
    def point(lines: int) -> Point:
        text = assembler_rate.source(block, lines, assembler_rate.OUR_DATA)
        return lines, 1e6 * least(lambda: lpu.assemble(text), rounds) / lines

    sizes = [size for size in (300, 1000, 3000, 10_000, 30_000, 100_000) if size <= most]
    return Curve(f"size of a source, {what}", "lines", "us a line", [point(size) for size in sizes])


def idle_cycles(rounds: int) -> Curve:
    def point(count: int) -> Point:
        seconds, cycles = runs(lpu.assemble(IDLE.format(count=count)), rounds)
        return cycles, 1e9 * seconds / cycles

    return Curve("idle cycles", "cycles", "ns a cycle", [point(10**k) for k in range(2, 7)])


def curves(quick: bool) -> list[Curve]:
    rounds, most = (2, 3000) if quick else (5, 100_000)
    return [
        scalar_length(rounds),
        burst_length(rounds),
        lanes(rounds),
        machine_size(rounds),
        idle_cycles(rounds),
        source_size(assembler_rate.linear_block, "linear", most, 1),
        source_size(assembler_rate.bundle_block, "explicit bundles", most, 1),
    ]


def plot(found: Sequence[Curve], path: Path) -> None:
    """All curves, each in a frame of its own; costs from nought on, sizes that differ much by powers of ten."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "lpu", "font.size": 9}
    from matplotlib import pyplot

    columns = 3
    figure, frames = pyplot.subplots(-(-len(found) // columns), columns, figsize=(12, 9), layout="constrained")
    for frame, curve in zip(np.ravel(frames), found, strict=False):
        xs, ys = zip(*curve.points, strict=True)
        frame.plot(xs, ys, marker="o", markersize=3)
        scale = "log" if max(xs) > 50 * min(xs) else "linear"
        frame.set(title=curve.title, xlabel=curve.of, ylabel=curve.unit, xscale=scale, ylim=(0, 1.15 * max(ys)))
        frame.grid(alpha=0.3)
    for frame in np.ravel(frames)[len(found) :]:
        frame.set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, small sources, no plot")
    parser.add_argument("--json", action="store_true", help="print the tables as JSON")
    options = parser.parse_args()
    found = curves(options.quick)
    if not options.quick:
        plot(found, PLOT)
    tables = [curve.table() for curve in found]
    print(json.dumps(as_data(tables)) if options.json else "\n\n".join(table.markdown() for table in tables))


if __name__ == "__main__":
    main()
