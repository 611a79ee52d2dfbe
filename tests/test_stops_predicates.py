"""Tests of watches and guards: alike in both engines, and at exactly what the states of the golden model show."""

from __future__ import annotations

from random import Random

import numpy as np
from engine_pairs import engines
from hypothesis import given
from hypothesis import strategies as st
from predicate_tools import (
    copying,
    first_passing,
    passing,
    some_element_watch,
    some_guard,
    some_register_watch,
    some_tests,
)
from stop_tools import stop_alike, stopping
from test_engines_agree import LIMIT, pair
from test_stops import landings, trace

from conform.generate import SPEC, legal_programs, registers, wild_programs
from conform.tensor_broken import break_some
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine, wild_program
from vm.conditions import Condition
from vm.engine import FAULT, RUNNING, UNINIT_MODES, Engine, State
from vm.stops import Stops, Watch

seeds = st.integers(0, (1 << 32) - 1)
STEPPED = 60  # cycles that the programs that write much take


# Alike in both engines ------------------------------------------------------------------------
@given(legal_programs(), registers(), seeds, st.integers(0, 60))
def test_legal_programs_stop_alike(text: list[int], contents: list[int], seed: int, begin: int) -> None:
    both = pair(text, contents, "zero")
    for engine in both:
        engine.run(begin)
    stop_alike(both, some_tests(Random(seed), SPEC, len(text)), LIMIT)
    assert both[0].ignored == both[1].ignored


@given(wild_programs(), registers(), seeds, st.sampled_from(UNINIT_MODES))
def test_wild_programs_stop_alike(text: list[int], contents: list[int], seed: int, mode: str) -> None:
    stop_alike(pair(text, contents, mode), some_tests(Random(seed), SPEC, len(text)), 300)


@given(seeds, st.sampled_from(UNINIT_MODES), st.booleans())
def test_broken_tensor_programs_stop_alike(seed: int, mode: str, strict: bool) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    break_some(rng, spec, program)
    text = program.text() if rng.randrange(2) else wild_program(rng, spec).text()
    stop_alike(engines(rng, spec, text, mode, strict, 0.5), some_tests(rng, spec, len(text)), 300)


# Against the states ---------------------------------------------------------------------------
def seen_by_stepping(golden: Engine, other: Engine, watch: Watch, until: int) -> list[tuple[int, int]]:
    """(cycle, address) of each stop that a watch of elements should make.

    What a cycle writes, another engine shows, in which until then nothing was written.
    """
    expected = []
    while golden.cycle < until and golden.run(golden.cycle) == RUNNING:
        other.set_state(golden.state)
        other.set_written(bytes(len(other.written())))
        other.run(golden.cycle + 1)
        touched = np.unpackbits(np.frombuffer(other.written(), np.uint8), bitorder="little").astype(bool)
        status = golden.run(golden.cycle + 1)
        address = first_passing(watch, golden, touched) if status != FAULT and touched.any() else None
        expected += [] if address is None else [(golden.cycle, address)]
    return expected


def stops_of(core: Engine, watch: Watch, until: int) -> list[tuple[int, int]]:
    core.set_stops(Stops(watches=(watch,)))
    return [(state.cycle, stops[0].address) for stops, state in stopping(core, until)]


@given(seeds, st.sampled_from((1, 0.5)))
def test_elements_stop_where_memory_shows_them(seed: int, part: float) -> None:
    rng = Random(seed)
    program = copying(rng)
    golden, core = engines(Random(seed), SPEC, program, "zero", part=part)
    other, _ = engines(Random(seed), SPEC, program, "zero")
    watch = some_element_watch(rng, SPEC)
    assert stops_of(core, watch, STEPPED) == seen_by_stepping(golden, other, watch, STEPPED)


@given(seeds, st.sampled_from((1, 0.5)))
def test_programs_that_write_much_stop_alike(seed: int, part: float) -> None:
    rng = Random(seed)
    program = copying(rng)
    stop_alike(engines(rng, SPEC, program, "zero", part=part), some_tests(rng, SPEC, len(program)), STEPPED)


def value_passes(test: Condition | None, state: State, register: int) -> bool:
    if test is None:
        return True
    value = np.array([(*state.registers, state.cc)[register]], np.uint32)
    typed = value.view({"i32": np.int32, "u32": np.uint32, "f32": np.float32}[test.dtype])
    with np.errstate(invalid="ignore"):  # what a signalling NaN raises
        exact = typed.astype(np.float64 if test.dtype == "f32" else np.int64)
    return bool(passing(test, exact, None)[0])


@given(legal_programs(), registers(), seeds)
def test_registers_stop_where_they_land_and_pass(text: list[int], contents: list[int], seed: int) -> None:
    watch = some_register_watch(Random(seed))
    tracing, core = pair(text, contents, "zero")
    golden, _ = pair(text, contents, "zero")
    landed = {write for cycle, _, ops in trace(tracing, text) for one in ops for write in landings(one, cycle)}
    expected = []
    for cycle, register in sorted(landed):
        golden.run(cycle)
        passes = golden.cycle == cycle and value_passes(watch.test, golden.state, register)
        expected += [(cycle, register)] if watch.first <= register <= watch.last and passes else []
    core.set_stops(Stops(watches=(watch,)))
    found = [state.cycle for _, state in stopping(core, LIMIT)]
    assert found == sorted({cycle for cycle, _ in expected})


@given(legal_programs(), registers(), seeds, st.integers(1, 4))
def test_guards_stop_where_stepping_shows_them_pass(
    text: list[int], contents: list[int], seed: int, count: int
) -> None:
    rng = Random(seed)
    guards = tuple(some_guard(rng, len(text)) for _ in range(count))
    golden, core = pair(text, contents, "zero")
    expected, left = [], [guard.ignore for guard in guards]
    while golden.run(golden.cycle + 1) == RUNNING:
        state = golden.state
        if state.fetch_ended or state.next_fetch > state.cycle:
            continue
        for number, guard in enumerate(guards):
            if guard.address == state.pc and value_passes(guard.test, state, guard.register):
                expected += [(state.cycle, number)] if not left[number] else []
                left[number] -= left[number] > 0
    core.set_stops(Stops(guards=guards))
    found = [(state.cycle, stop.number) for stops, state in stopping(core, LIMIT) for stop in stops]
    assert found == [each for each in expected if each[0] <= core.cycle]
    assert [guard.ignore - ignored for guard, ignored in zip(guards, core.ignored, strict=True)] == left
