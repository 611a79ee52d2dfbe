"""Multiply-accumulates per second of the int32 matrix product: our core, Spike, native C."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from device_tree import flatten, spike_machine
from measure import Contestant, Time, call, interleaved, process, tool
from numpy.typing import NDArray

import lpu

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE.parent / "programs"
SPIKE_ISA, SPIKE_MIB = "rv64imac", 64
SPIKE_PRODUCTS, NATIVE_PRODUCTS = 16_000_000, 2_000_000_000  # of a process, about a second
WARM_UP = 100_000_000  # multiply-accumulates after which translations are in place
NOT_INSTALLED = "not installed"


@dataclass(frozen=True)
class Result:
    """The time of one product, or why there is none."""

    name: str
    time: Time | None
    note: str = ""


def operands(size: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The matrices of peers/matmul.c."""
    count = np.arange(size * size).reshape(size, size)
    return (count % 251 - 125).astype(np.int32), (count % 241 - 120).astype(np.int32)


def filled(program: str, size: int) -> lpu.Machine:
    machine = lpu.Machine(lpu.assemble(PROGRAMS / program, defines={"n": size, "m": size, "k": size}))
    machine["A"], machine["B"] = operands(size)
    return machine


def product(machine: lpu.Machine) -> Time:
    """From the first cycle to the last. Raises ValueError on a wrong result."""
    taken = call(machine.run)()
    if not np.array_equal(machine["C"], machine["A"] @ machine["B"]):
        raise ValueError("a wrong product")
    return taken


def ours(program: str, size: int) -> Contestant:
    """The first product of a machine: too short to be translated."""
    return lambda: product(filled(program, size))


def lasting(program: str, size: int) -> Contestant:
    """A product of a machine that has done so many that what it goes round in is translated."""
    machine = filled(program, size)
    start = machine.engine.state

    def again() -> Time:
        machine.engine.set_state(start)
        return product(machine)

    for _ in range(max(3, WARM_UP // size**3)):
        again()
    return again


def build(compiler: str, flags: list[str], size: int, repeats: int, out: Path) -> Path:
    a, b = operands(size)
    checksum = int((a @ b).sum()) % 2**32
    defines = [f"-DN={size}", f"-DREPEATS={repeats}", f"-DCHECKSUM={checksum}u"]
    subprocess.run([compiler, *flags, *defines, str(HERE / "peers" / "matmul.c"), "-o", str(out)], check=True)
    return out


def marginal(with_repeats: Contestant, without: Contestant, repeats: int) -> Contestant:
    """The time of one repetition: a process that does `repeats` of them, less one that does none."""

    def run() -> Time:
        difference = with_repeats() - without()
        return Time(difference.wall / repeats, difference.cpu / repeats)

    return run


def peer(compiler: str, flags: list[str], prefix: list[str], size: int, repeats: int, stem: Path) -> Contestant:
    programs = [build(compiler, flags, size, count, stem.with_suffix(f".{count}")) for count in (repeats, 0)]
    some, none = (process([*prefix, program]) for program in programs)
    return marginal(some, none, repeats)


def native(flags: list[str], size: int, repeats: int, folder: Path) -> Contestant | str:
    compiler = tool("cc")
    if compiler is None:
        return NOT_INSTALLED
    return peer(compiler, flags, [], size, repeats, folder / ("native" + "".join(flags)))


def spike(size: int, repeats: int, folder: Path) -> Contestant | str:
    compiler, simulator = tool("riscv64-linux-gnu-gcc"), tool("spike")
    if compiler is None or simulator is None:
        return NOT_INSTALLED
    tree = folder / "spike.dtb"
    tree.write_bytes(flatten(spike_machine(SPIKE_ISA, SPIKE_MIB)))
    flags = [
        "-O2", f"-march={SPIKE_ISA}", "-mabi=lp64", "-mcmodel=medany", "-DBARE", "-ffreestanding", "-nostdlib",
        "-static", "-no-pie", "-T", str(HERE / "peers" / "spike.ld"),
    ]  # fmt: skip
    prefix = [simulator, f"--isa={SPIKE_ISA}", f"-m{SPIKE_MIB}", f"--dtb={tree}"]
    return peer(compiler, flags, prefix, size, repeats, folder / "spike")


def measure(size: int, rounds: int, folder: Path) -> list[Result]:
    """All contestants in the same rounds."""
    repeats = NATIVE_PRODUCTS // size**3
    makers: dict[str, Callable[[], Contestant | str]] = {
        "`matmul.s`, linear assembly": lambda: ours("matmul.s", size),
        "`matmul_bundles.s`, one a cycle": lambda: ours("matmul_bundles.s", size),
        "`matmul.s`, translated": lambda: lasting("matmul.s", size),
        "`matmul_bundles.s`, translated": lambda: lasting("matmul_bundles.s", size),
        "Spike, C at -O2": lambda: spike(size, SPIKE_PRODUCTS // size**3, folder),
        "native C, -O2, not vectorised": lambda: native(["-O2", "-fno-tree-vectorize"], size, repeats, folder),
        "native C, -O3": lambda: native(["-O3"], size, repeats, folder),
    }
    made = {name: make() for name, make in makers.items()}
    times = interleaved({name: run for name, run in made.items() if not isinstance(run, str)}, rounds)
    return [
        Result(name, times.get(name), run if isinstance(run, str) else "")
        for name, run in made.items()
    ]
