"""Stretches, many cycles of the tensor face at once, against the golden model, and against runs cycle by cycle."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from engine_pairs import engines, run_both
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples
from stop_tools import some_watch, stop_alike

import lpu
from conform.tensor_broken import break_some
from conform.tensor_ops import any_op, any_row
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine, downstream, flood, wild_program
from conform.timetable import Timetable
from isa.codec import Op
from isa.machine import MachineSpec
from vm._core import lib
from vm.core import CoreEngine
from vm.engine import UNINIT_MODES
from vm.stops import Stops, Watch

KERNELS = Path(__file__).resolve().parent.parent / "programs" / "tensor"
PIECE = 65536  # bytes of SRAM that a byte of `changed` stands for
LONG = (7, 24, 40, 90)
seeds = st.integers(0, (1 << 32) - 1)
modes = st.sampled_from(UNINIT_MODES)
cuts = st.lists(st.integers(0, 120), max_size=3).map(sorted)
parts = st.sampled_from([1.0, 1.0, 0.5])


def stretches(engine: CoreEngine) -> int:
    return int(lib.lpu_stretches(engine._machine))


def lengthened(rng: Random, one: Op) -> Op:
    """The op with many elements, mostly one a cycle."""
    if "n" not in one.fields:
        return one
    distance = one.row.interval if rng.randrange(4) else one["d"]
    values = {"n": rng.choice(LONG), "m": 1, "e": 0, "stride2": 0, "d": distance}
    for name, value in values.items():
        one = one.with_field(name, value) if name in one.fields else one
    return one


def long_program(rng: Random, spec: MachineSpec) -> Timetable:
    """Streams flooded with values, and a few long bursts of anything soon after."""
    table = Timetable({0: [lengthened(rng, one) for one in flood(rng, spec)]})
    for _ in range(rng.randint(1, 10)):
        one = downstream(rng, spec, any_op(rng, spec, any_row(rng, spec)))
        table.put(rng.randint(1, 2 * spec.quads + 12), lengthened(rng, one))
    return table


def lasting(one: Op) -> int:
    """The cycles in which a burst of one round holds its units."""
    return (one["n"] - 1) * one["d"] + one.row.interval if "n" in one.fields else one.row.interval


def repeating_program(rng: Random, spec: MachineSpec) -> Timetable:
    """Streams flooded with values, and short bursts of anything, each again and again as soon as its units are free."""
    table = Timetable({0: [lengthened(rng, one) for one in flood(rng, spec)]})
    for _ in range(rng.randint(1, 6)):
        one = lengthened(rng, downstream(rng, spec, any_op(rng, spec, any_row(rng, spec))))
        one = one.with_field("n", rng.randint(1, 9)) if "n" in one.fields else one
        cycle = rng.randint(1, 2 * spec.quads + 12)
        for _ in range(rng.randint(1, 6)):
            table.put(cycle, one)
            cycle += lasting(one) + rng.choice([0, 0, 1, 5])
    return table


@pytest.fixture(autouse=True)
def short_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines make stretches of single cycles, too."""
    monkeypatch.setenv("LPU_STRETCHES", "1")


@part_of_examples(2)
@given(seeds, cuts, modes, st.booleans(), parts)
def test_long_bursts_run_as_in_the_golden_model(
    seed: int, cuts: list[int], mode: str, strict: bool, part: float
) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    run_both(engines(rng, spec, long_program(rng, spec).text(), mode, strict, part), cuts)


@part_of_examples(2)
@given(seeds, cuts, modes, st.booleans())
def test_bursts_one_after_another_run_as_in_the_golden_model(
    seed: int, cuts: list[int], mode: str, strict: bool
) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    run_both(engines(rng, spec, repeating_program(rng, spec).text(), mode, strict), cuts)


@part_of_examples(4)
@given(seeds, cuts)
def test_legal_programs_run_as_in_the_golden_model(seed: int, cuts: list[int]) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    run_both(engines(rng, spec, planned(rng, spec).text()), cuts)


@part_of_examples(4)
@given(seeds, cuts, modes, st.booleans(), parts)
def test_broken_programs_run_as_in_the_golden_model(
    seed: int, cuts: list[int], mode: str, strict: bool, part: float
) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    if rng.randrange(2):
        text = wild_program(rng, spec).text()
    else:
        program = planned(rng, spec)
        break_some(rng, spec, program)
        text = program.text()
    run_both(engines(rng, spec, text, mode, strict, part), cuts)


def watches(rng: Random, spec: MachineSpec) -> Stops:
    """Watches of anything, most of few bytes or numbers."""
    return Stops(watches=tuple(some_watch(rng, spec) for _ in range(rng.randint(1, 5))))


@part_of_examples(4)
@given(seeds, modes, parts)
def test_watched_programs_stop_as_in_the_golden_model(seed: int, mode: str, part: float) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    pair = engines(rng, spec, long_program(rng, spec).text(), mode, part=part)
    stop_alike(pair, watches(rng, spec), 300)


def test_watched_programs_enter_stretches() -> None:
    entered = 0
    for seed in range(40):
        rng = Random(seed)
        spec = any_machine(rng)
        pair = engines(rng, spec, long_program(rng, spec).text(), "zero")
        core = pair[1]
        assert isinstance(core, CoreEngine)
        core.set_stops(watches(rng, spec))
        core.run(300)
        entered += stretches(core) > 0
    assert entered > 5


def test_such_programs_enter_stretches() -> None:
    entered = 0
    for seed in range(20):
        rng = Random(seed)
        spec = any_machine(rng)
        pair = engines(rng, spec, long_program(rng, spec).text(), "zero")
        run_both(pair)
        core = pair[1]
        assert isinstance(core, CoreEngine)
        entered += stretches(core) > 0
    assert entered > 5


def kernel(name: str, defines: dict[str, int], least: int, strict: bool = False) -> CoreEngine:
    """A core about to run a kernel on any contents of memory, with stretches of so many cycles at least."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LPU_STRETCHES", str(least))
        made = lpu.Machine(lpu.assemble(KERNELS / f"{name}.s", defines), uninit="zero", strict=strict).engine
    assert isinstance(made, CoreEngine)
    made.load(0, Random(1).randbytes(1 << 20))
    return made


def same(one: CoreEngine, other: CoreEngine) -> None:
    assert one.state == other.state
    assert one.fault == other.fault
    assert one.issue_counts() == other.issue_counts()


def same_memory(one: CoreEngine, other: CoreEngine) -> None:
    changed = bytes(one.changed())
    assert bytes(other.changed()) == changed
    for piece in (number for number, byte in enumerate(changed) if byte):
        at = slice(piece * PIECE, (piece + 1) * PIECE)
        assert bytes(one.sram()[at]) == bytes(other.sram()[at])


@pytest.mark.parametrize(
    ("name", "defines"),
    [
        ("gemm_i8_large", {"ROWS": 48, "TILES": 3}),
        ("gemm_f16", {}),
        ("rmsnorm", {"rows": 100}),
        ("softmax", {"rows": 64}),
        ("attention", {}),
    ],
)
def test_kernels_run_as_cycle_by_cycle(name: str, defines: dict[str, int]) -> None:
    one, other = kernel(name, defines, 8), kernel(name, defines, 0)
    rng, status = Random(name), ""
    while status not in ("halted", "fault"):
        until = one.cycle + rng.choice((1, 30, 100, 500))
        status = one.run(until)
        assert other.run(until) == status
        same(one, other)
    same_memory(one, other)
    assert stretches(one) > 1
    assert not stretches(other)


def test_runs_go_on_from_states_amid_stretches() -> None:
    one, other = (kernel("rmsnorm", {"rows": 100}, least) for least in (1, 0))
    for cycle in range(70, 110, 7):
        one.run(cycle)
        state = one.state
        other.run(cycle)
        other.set_state(state)
        one.step(1)
        other.step(1)
        same(one, other)


def test_nothing_watched_is_missed() -> None:
    one, other = (kernel("softmax", {"rows": 64}, least) for least in (8, 0))
    for each in (one, other):
        each.set_stops(Stops(watches=(Watch("stream", 0, 31),)))
    for _ in range(20):
        assert one.run(400) == other.run(400)
        assert one.stop == other.stop
        same(one, other)
