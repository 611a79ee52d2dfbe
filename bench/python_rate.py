"""What the C core costs as seen from Python: calls, snapshots, machines, tensors, and the memory of whole runs.

The least processor time of many, other work on the machine or not. Memory is the most that a process ever held, less
what it holds for a program of one bundle.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from tables import Cell, Table, show

import lpu
from conform.build import addresses, image, op
from conform.program import Chunk, Program
from isa import elf
from isa.image import DATA, GLOBAL, Image, Symbol, Tensor
from isa.machine import LPU1, LPU_TINY, MachineSpec

ROOT = Path(__file__).resolve().parent.parent
MIB = 1 << 20
HALT = (op("halt [code]"),)
CALLS = "Calls from Python"
MICROSECONDS = "microseconds"
MEMORY = "Memory of a run"
MEMORY_HEAD = ("run", "image, MiB", "SRAM touched, MiB", "peak, MiB", "peak / (image + 1.1 x touched)")
RUN = """
import sys
from vm.machine import Machine
Machine(sys.argv[1]).run()
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def least(call: Callable[[], object], calls: int, rounds: int) -> float:
    """Microseconds of processor time of a call, the least mean of several rounds."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(calls):
            call()
        found.append((time.process_time() - start) / calls)
    return 1e6 * min(found)


# Calls ----------------------------------------------------------------------------------------
def looped() -> Image:
    """Two adds, for a long time."""
    step, other = op("add rd, ra, imm", rd=1, ra=1, imm=3), op("xor rd, ra, rb", rd=2, ra=2, rb=1)
    loop = op("loop imm, target", imm=MIB, target=0)
    return image([loop.with_field("target", addresses([loop], [step], [other])[3])], [step], [other], machine=LPU1)


def stepping(rounds: int) -> Iterator[tuple[Cell, ...]]:
    """One cycle at a time, and looking at where the run is."""
    machine = lpu.Machine(looped())
    yield "`step()`, scalar", least(machine.step, 2000, rounds), 1.0
    yield "`run(cycle + 1)`", least(lambda: machine.run(machine.cycle + 1), 2000, rounds), None
    yield "`cycle`", least(lambda: machine.cycle, 2000, rounds), None
    yield "`state`", least(lambda: machine.state, 1000, rounds), None
    product = lpu.assemble(ROOT / "programs" / "tensor" / "gemm_i8.s")
    machines = iter([lpu.Machine(product, uninit="zero") for _ in range(rounds)])
    yield "`step()`, busy tensor face, mean of 700", least(lambda: stepped(next(machines), 700), 1, rounds) / 700, None


def stepped(machine: lpu.Machine, cycles: int) -> None:
    for _ in range(cycles):
        machine.step()


def filled() -> lpu.Machine:
    """A run of a machine whose 220 MiB all hold something."""
    machine = lpu.Machine(looped())
    machine.engine.load(0, bytes(range(256)) * (LPU1.sram_bytes // 256))
    machine.step(1000)
    return machine


def snapshots(rounds: int) -> Iterator[tuple[Cell, ...]]:
    """A MiB is stored to before each; every second goes back."""
    machine, taken, restored = filled(), [], []
    yield "first `snapshot()`, 220 MiB stored to", least(machine.snapshot, 1, 1), None
    for number in range(4 * rounds):
        before = machine.snapshot()
        machine.engine.load(number * 7 % 200 * MIB, bytes([number + 1]) * MIB)
        machine.step(10)
        taken.append(least(machine.snapshot, 1, 1))
        restored.append(least(lambda before=before: machine.restore(before), 1, 1))
    yield "`snapshot()`, 1 MiB stored to since the last", min(taken), 1000.0
    yield "`restore()` of the one before", min(restored), 1000.0


def machines(rounds: int) -> Iterator[tuple[Cell, ...]]:
    """Made, run to the end and thrown away."""
    for spec in (LPU_TINY, LPU1):
        program = Image(spec, Program(spec, (HALT,)).text(), executable=True)
        name = f"`Machine(image).run()`, {spec.name}, {spec.sram_bytes / MIB:.3g} MiB"
        yield name, least(lambda program=program: lpu.Machine(program).run(), 50, rounds), None


def tensors(rounds: int) -> Iterator[tuple[Cell, ...]]:
    """Data in and out, 1 MiB of f32, beside a copy of the array."""
    tensor = Tensor("a", "f32", (1 << 18,))
    program = replace(looped(), tensors=[tensor], symbols=[Symbol("a", DATA, GLOBAL, 0, 1 << 18)])
    machine = lpu.Machine(program)
    array = np.arange(1 << 18, dtype=np.float32)
    yield "a copy of 1 MiB by NumPy", least(array.copy, 20, rounds), None
    yield '`machine["a"] = array`, 1 MiB', least(lambda: machine.__setitem__("a", array), 20, rounds), None
    yield '`machine["a"]`, 1 MiB', least(lambda: machine["a"], 20, rounds), None


def calls(rounds: int) -> Table:
    rows = [*stepping(rounds), *snapshots(rounds), *machines(rounds), *tensors(rounds)]
    return Table(CALLS, ("", MICROSECONDS, "aim, at most"), tuple(rows))


# Memory ---------------------------------------------------------------------------------------
def holding(mib: int, spec: MachineSpec = LPU1) -> Image:
    """A program of one bundle whose image has so many MiB of data."""
    data = bytes(range(256)) * (mib * MIB // 256)
    return Program(spec, (HALT,), (Chunk(0, data),) if mib else ()).image()


def storing(mib: int) -> Image:
    """A word in every 4 KiB of so many MiB."""
    ends = op("loop imm, target", imm=mib * MIB // 4096, target=0)
    body = op("st [disp + rb], rt", disp=0, rb=1, rt=1), op("add rd, ra, imm", rd=1, ra=1, imm=1024)
    return image([ends.with_field("target", addresses([ends], body)[2])], body, HALT, machine=LPU1)


def memory() -> Table:
    programs = {
        "an image of 1 MiB": (holding(1), 1, 1),
        "an image of 50 MiB": (holding(50), 50, 50),
        "an image of 200 MiB": (holding(200), 200, 200),
        "a store to each 4 KiB of 22 MiB": (storing(22), 0, 22),
    }
    with tempfile.TemporaryDirectory() as folder:
        base, rows = peak(Path(folder), holding(0)), []
        for name, (program, size, touched) in programs.items():
            found = peak(Path(folder), program) - base
            rows.append((name, size, touched, found, found / (size + 1.1 * touched)))
    return Table(f"{MEMORY}, beside {base:.1f} MiB for a run of one bundle", MEMORY_HEAD, tuple(rows))


def peak(folder: Path, program: Image) -> float:
    """MiB that a process which runs an executable held at most, its bytecode cached by one before."""
    path = folder / "program.lpu"
    path.write_bytes(elf.write(program))
    caches = {"PYTHONPYCACHEPREFIX": str(folder / "caches"), "PYTHONDONTWRITEBYTECODE": ""}
    environment = os.environ | caches | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RUN, str(path)]
    for _ in range(2):
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return int(done.stdout) / 1024


def measure(quick: bool) -> list[Table]:
    return [calls(3 if quick else 15), memory()]


if __name__ == "__main__":
    show(measure, __doc__)
