"""Vector kernels on the C core beside NumPy, which computes the same function of the same arrays; and waiting.

A run is from the first cycle to the last: every op of every cycle checked and carried out. It is the second of a
machine, and NumPy's call is not its first either: memory that is touched for the first time is in neither.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from measure import Contestant, Time, interleaved
from numpy.random import Generator
from numpy.typing import NDArray
from tables import Cell, Table, show

import lpu

PROGRAMS = Path(__file__).resolve().parent.parent / "programs" / "tensor"
LANES = 320
FOREVER = 1 << 60
EPSILON = np.float32(1e-5)
BEFORE = {"copy": 1, "transpose": 200, "gather": 20, "permute": 10}  # calls to a measurement, of about as long
HEAD = ("kernel", "cycles", "microseconds", "NumPy, microseconds", "times NumPy's speed", "spread, %", "cycles/s")
WAITS = ("what is waited for", "cycles", "microseconds")
Arrays = dict[str, NDArray[Any]]
Work = tuple[Arrays, Callable[[], object]]  # inputs of the kernel by name, and what NumPy has to do


def parts(name: str, x: NDArray[Any], places: str) -> Arrays:
    """The rows, in as many parts as there are places."""
    split = np.split(x, len(places.split()))
    return {f"{name}_{place}": part for place, part in zip(places.split(), split, strict=True)}


def floats(rng: Generator, rows: int) -> NDArray[np.float32]:
    return rng.standard_normal((rows, LANES)).astype(np.float32)


def vector_add_relu(rng: Generator, rows: int) -> Work:
    x, y = floats(rng, rows), floats(rng, rows)
    return {"x": x, "y": y}, lambda: np.maximum(x + y, 0)


def softmax(rng: Generator, rows: int) -> Work:
    x = floats(rng, 2 * rows)

    def compute() -> object:
        powers = np.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    return parts("x", x, "west east"), compute


def layernorm(rng: Generator, rows: int) -> Work:
    x, gamma, beta = floats(rng, 2 * rows), floats(rng, 1)[0], floats(rng, 1)[0]

    def compute() -> object:
        d = x - x.mean(axis=1, keepdims=True)
        return d * gamma / np.sqrt((d * d).mean(axis=1, keepdims=True) + EPSILON) + beta

    return {"gamma": gamma, "beta": beta, **parts("x", x, "west east")}, compute


def rmsnorm(rng: Generator, rows: int) -> Work:
    x, gamma = floats(rng, 3 * rows), floats(rng, 1)[0]

    def compute() -> object:
        return x * gamma / np.sqrt((x * x).mean(axis=1, keepdims=True) + EPSILON)

    return {"gamma": gamma, **parts("x", x, "0 1 2")}, compute


def gelu(rng: Generator, rows: int) -> Work:
    x = floats(rng, 4 * rows)
    return parts("x", x, "west far_west east far_east"), lambda: x / (1 + np.exp(np.float32(-1.702) * x))


def permute(rng: Generator, rows: int) -> Work:
    x, order = floats(rng, 2 * rows), rng.permutation(LANES).astype(np.uint16)
    return {"order_w": order, "order_e": order, **parts("x", x, "w e")}, lambda: x[:, order]


def gather(rng: Generator, rows: int) -> Work:
    table, tokens = floats(rng, 4096), rng.integers(4096, size=2 * rows, dtype=np.uint32)
    return {"table_w": table, "table_e": table, **parts("tokens", tokens, "w e")}, lambda: table[tokens]


def transpose(rng: Generator, rows: int) -> Work:
    a = rng.integers(-128, 128, (rows, LANES), dtype=np.int8)
    return {"a": a}, lambda: np.ascontiguousarray(a.T)


def copy(rng: Generator, rows: int) -> Work:
    quads = [f"x_m{side}{4 * quad}" for side in "we" for quad in range(11)]
    x = rng.integers(2**32, size=(22, rows, LANES), dtype=np.uint32)
    return dict(zip(quads, x, strict=True)), x.copy


@dataclass(frozen=True)
class Kernel:
    """A program, and how many rows (of each of its pipelines) it is to work on: `parameter`, unless there is none."""

    work: Callable[[Generator, int], Work]
    rows: int
    parameter: str | None = "rows"

    @property
    def name(self) -> str:
        return f"{self.work.__name__}, {self.rows} rows"

    @property
    def calls(self) -> int:
        return max(1, BEFORE.get(self.work.__name__, 20_000 // self.rows))

    def contestants(self) -> tuple[int, dict[str, Contestant]]:
        """The cycles of a run, and runs and NumPy's calls to be measured."""
        defines = {self.parameter: self.rows} if self.parameter else {}
        machine = lpu.Machine(lpu.assemble(PROGRAMS / f"{self.work.__name__}.s", defines))
        inputs, compute = self.work(np.random.default_rng(seed=1), self.rows)
        for name, value in inputs.items():
            machine[name] = value
        run, cycles = runs(machine, self.calls)
        return cycles, {f"{self.name} ": run, self.name: repeated(compute, self.calls)}


def runs(machine: lpu.Machine, calls: int) -> tuple[Contestant, int]:
    """A run of a machine, again and again from its present state on, and its cycles."""
    engine, begin = machine.engine, machine.state

    def run() -> Time:
        wall = cpu = 0.0
        for _ in range(calls):
            engine.set_state(begin)
            taken = repeated(lambda: engine.run(FOREVER), 1)()
            wall, cpu = wall + taken.wall, cpu + taken.cpu
        if engine.fault:
            raise RuntimeError(f"a kernel broke a rule: {engine.fault}")
        return Time(wall / calls, cpu / calls)

    run()
    return run, machine.cycle


def repeated(function: Callable[[], object], calls: int) -> Contestant:
    """The mean time of some calls one after another."""

    def run() -> Time:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(calls):
            function()
        return Time((time.perf_counter() - wall) / calls, (time.process_time() - cpu) / calls)

    return run


OWN_SIZE = (
    Kernel(vector_add_relu, 64), Kernel(softmax, 512), Kernel(layernorm, 32), Kernel(rmsnorm, 320), Kernel(gelu, 256),
    Kernel(permute, 256), Kernel(gather, 256, None), Kernel(transpose, LANES, None),
)  # fmt: skip
LARGE = (
    Kernel(vector_add_relu, 4096), Kernel(softmax, 4096), Kernel(layernorm, 2000), Kernel(rmsnorm, 2000),
    Kernel(gelu, 4096), Kernel(permute, 2000), Kernel(copy, 4096),
)  # fmt: skip


def kernel_row(kernel: Kernel, rounds: int) -> tuple[Cell, ...]:
    cycles, contestants = kernel.contestants()
    ours, numpy = interleaved(contestants, rounds).values()
    times = (ours.cpu * 1e6, numpy.cpu * 1e6, numpy.cpu / ours.cpu, 100 * ours.spread)
    return (kernel.name, cycles, *times, cycles / ours.cpu)


def wait_row(what: str, source: str, rounds: int) -> tuple[Cell, ...]:
    """A program in which hardly anything happens."""
    run, cycles = runs(lpu.Machine(lpu.assemble(source), uninit="zero"), 50)
    return (what, cycles, interleaved({what: run}, rounds)[what].cpu * 1e6)


def waits_table(rounds: int) -> Table:
    """Nothing at all, and four elements of a burst far apart, each on its way for as long as the chip is wide."""
    nops = [(f"`nop {n}`", f"        nop {n}\n        halt\n") for n in (1000, 1_000_000)]
    head = "        .tensor x: u8[4, 320] @ mw0\n        .timeline\n"
    tail = "        @1 halt\n        .endtimeline\n"
    burst = "        @0 read se0, mw0[x], n=1, m=4, e={}, stride2=1\n"
    bursts = [(f"4 reads, {e} cycles apart", head + burst.format(e) + tail) for e in (1000, 65_535)]
    return Table("Waiting", WAITS, tuple(wait_row(what, source, rounds) for what, source in nops + bursts))


def measure(quick: bool) -> list[Table]:
    rounds = 3 if quick else 9
    kernels = OWN_SIZE if quick else OWN_SIZE + LARGE
    rows = tuple(kernel_row(kernel, rounds) for kernel in kernels)
    return [Table("Vector kernels, one thread", HEAD, rows), waits_table(rounds)]


if __name__ == "__main__":
    show(measure, __doc__)
