"""What stops that never trigger cost the C core: programs without, and with each kind of stop, by processor time."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import lpu
from bench.core_rate import FOREVER, classic, linked, pipelined, planes, streamed
from conform.build import text
from debugger import predicates
from isa import codec
from isa.machine import LPU1
from isa.types import TYPES
from isa.units import UNIT_NAMES
from vm.core import CoreEngine
from vm.engine import Engine
from vm.machine import Machine
from vm.stops import ACCESS, ACCUMULATOR, NO_STOPS, REGISTER, STREAM, UNIT, VECTOR, Guard, Stops, Watch

REPEATS = 7
KERNELS = Path(__file__).resolve().parent.parent / "programs"
UNTOUCHED = LPU1.sram_bytes // 2 - 4
PROGRAMS = {
    "classic loop": linked(classic(), {0: 9, 7: 2}),
    "pipelined, hardware loop": linked(pipelined(), {0: 9, 2: 7}),
    "f32 streams, add and relu": text(*streamed()),
    "i8 planes": text(*planes()),
}
MANY = tuple(Watch(ACCESS, UNTOUCHED - 1024 * k, UNTOUCHED - 1024 * k) for k in range(20))
KINDS = {
    "memory": Stops(watches=(Watch(ACCESS, UNTOUCHED, UNTOUCHED + 3),)),
    "20 of memory": Stops(watches=MANY),
    "register": Stops(watches=(Watch(REGISTER, 30, 30),)),
    "v register": Stops(watches=(Watch(VECTOR, 9, 9),)),
    "accumulator": Stops(watches=(Watch(ACCUMULATOR, 0, 0, 0),)),
    "stream": Stops(watches=(Watch(STREAM, 31, 31, 12),)),
    "unit": Stops(watches=(Watch(UNIT, UNIT_NAMES.index("V9"), UNIT_NAMES.index("V9")),)),
}


def fastest(engines: list[Engine]) -> list[float]:
    """The fastest of several runs of each, in turns, in seconds."""
    begin, best = engines[0].state, [float("inf")] * len(engines)
    for _ in range(REPEATS):
        for number, engine in enumerate(engines):
            engine.set_state(begin)
            started = time.process_time()
            status = engine.run(FOREVER)
            best[number] = min(best[number], time.process_time() - started)
            if status != "halted":
                raise RuntimeError(f"the run ended as {status}: {engine.stop or engine.fault}")
    return best


def prepared(program: list[int], stops: Stops) -> CoreEngine:
    engine = CoreEngine(LPU1, codec.to_bytes(program))
    engine.load(0, bytes(LPU1.sram_bytes))
    engine.set_stops(stops)
    return engine


# Tests of real programs -----------------------------------------------------------------------
TESTED = {  # program: sizes, output, a register of the innermost loop
    "matmul.s": ({"n": 64, "m": 64, "k": 64}, "C", "r6"),
    "tensor/softmax.s": ({}, "y_west", "r0"),
    "tensor/gemm_i8.s": ({}, "y_top_left", "r0"),
    "tensor/gemm_f16.s": ({}, "y_left", "r0"),
}
NEVER = 0x7EDCBA98
GOLDEN = "golden.npy"
TESTS = "nan", "outside", "differs", "register", "guard", "ignored"


def loaded(program: str, sizes: dict[str, int]) -> Machine:
    """A machine with numbers that are no NaNs in its inputs."""
    machine = Machine(lpu.assemble(KERNELS / program, defines=sizes), "core", "zero")
    rng = np.random.default_rng(seed=1)
    for tensor in machine.declared_inputs:
        machine[tensor.name] = rng.integers(-4, 4, tensor.shape).astype(machine[tensor.name].dtype)
    return machine


def tests_of(machine: Machine, output: str, register: str) -> Iterator[Stops | None]:
    """Stops of each kind that a run never meets, one after another; None for what makes no sense of a type."""
    machine.run()
    values, dtype = machine[output], machine.tensors[output].dtype
    np.save(GOLDEN, values)
    low, high = float(values.min()), float(values.max())
    is_float = TYPES[dtype].kind == "f"
    yield Stops(watches=predicates.parse(machine, f"nan {output}")) if is_float else None
    for said in (f"{output} outside {low}, {high}", f"{output} != {GOLDEN}", f"{register} == {NEVER}"):
        yield Stops(watches=predicates.parse(machine, said))
    counts = machine.engine.issue_counts()
    hottest = max(counts, key=lambda address: counts[address])
    guard = predicates.guard(machine, f"{register} == {NEVER}", hottest)
    assert guard
    yield Stops(guards=(guard,))
    yield Stops(guards=(Guard(hottest, ignore=1 << 40),))


def print_kinds() -> None:
    print(f"{'times as long with a watch':28}" + "".join(f"{kind:>14}" for kind in KINDS))
    for name, program in PROGRAMS.items():
        without, *times = fastest([prepared(program, stops) for stops in (NO_STOPS, *KINDS.values())])
        print(f"{name:28}" + "".join(f"{each / without:14.2f}" for each in times) + f"{without * 1e3:10.2f} ms")


def print_tests() -> None:
    print(f"{'times as long with a test':28}" + "".join(f"{test:>14}" for test in TESTS))
    for program, (sizes, output, register) in TESTED.items():
        kinds = list(tests_of(loaded(program, sizes), output, register))
        machines = [loaded(program, sizes) for _ in (NO_STOPS, *filter(None, kinds))]
        for machine, stops in zip(machines, (NO_STOPS, *filter(None, kinds)), strict=True):
            machine.set_stops(stops)
        without, *times = fastest([machine.engine for machine in machines])
        ratios = iter(times)
        row = "".join(f"{next(ratios) / without:14.2f}" if kind else f"{'-':>14}" for kind in kinds)
        print(f"{program:28}{row}{without * 1e3:10.2f} ms")


def main() -> None:
    print_kinds()
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        print_tests()


if __name__ == "__main__":
    main()
