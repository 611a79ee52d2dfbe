"""Breakpoints and watches of the tensor face: alike in both engines, and at exactly what the states show."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from engine_pairs import LIMIT, engines
from hypothesis import given
from hypothesis import strategies as st
from stop_tools import some_stops, stop_alike, stopping
from tensor_tools import E_Q0, LANES, ME, MW, SPEC, SW, VXM, W_Q0, Ops, V, machine
from test_stops import written_next

from conform.build import op
from conform.tensor_broken import break_some
from conform.tensor_plan import planned
from conform.tensor_wild import any_machine, wild_program
from isa.units import UNIT_NAMES
from vm.engine import RUNNING, STOPPED, UNINIT_MODES, State
from vm.items import Accumulator, Result, Value, VectorWrite
from vm.stops import ACCUMULATOR, ANYWHERE, READ, STREAM, UNIT, VECTOR, WRITE, Stop, Stops, Watch

seeds = st.integers(0, (1 << 32) - 1)
STEPPED = 80  # cycles in which every byte is looked at

# A row goes from mw0 on se4 past the VXM, where V0 adds 1 to it into v0, to me0, three times, two cycles apart.
READ_AT, PASS = 2, 2  # when the first row is read; cycles from a read to its value leaving the slice
OPS: Ops = {
    READ_AT: [op("read stream, slice[row]", slice=MW, stream=4, n=3, d=2, stride=1)],
    READ_AT + 3: [op("vadd.i8.w dst, sa, imm", dst=V, sa=4, imm=1, n=3, d=2)],
    READ_AT + 4: [op("write slice[row], stream", slice=ME, row=5, stream=4, n=3, d=2, stride=1)],
}
ROWS = {(MW, row): np.arange(row, row + LANES, dtype=np.uint8) for row in range(3)}


def cycles_of(engine: str, watch: Watch) -> list[tuple[int, int]]:
    """(cycle, address) of all stops of one watch."""
    made = machine(engine, OPS, ROWS)
    made.set_stops(Stops(watches=(watch,)))
    found: list[Stop] = []
    while made.run() == STOPPED:
        assert made.stop is not None
        found.append(made.stop)
    return [(stop.cycle, stop.address) for stop in found]


def every_other(first: int) -> list[int]:
    return [first, first + 2, first + 4]


def row_bytes(slice_: int, row: int) -> tuple[int, int]:
    hemisphere, index = divmod(slice_, ME)
    start = 4 * SPEC.word_address(hemisphere, index, 0, row)
    return start, start + SPEC.lanes - 1


UNITS = {name: number for number, name in enumerate(UNIT_NAMES)}
WATCHES: list[tuple[Watch, list[tuple[int, int]]]] = [
    (Watch(READ, *row_bytes(MW, 1)), [(READ_AT + 3, row_bytes(MW, 1)[0])]),
    (Watch(WRITE, row_bytes(ME, 6)[0] + 7, row_bytes(ME, 6)[1]), [(READ_AT + 7, row_bytes(ME, 6)[0] + 7)]),
    (Watch(READ, *row_bytes(ME, 6)), []),
    (Watch(STREAM, 0, 31, W_Q0), [(cycle, 4) for cycle in every_other(READ_AT + PASS + 1)]),
    (Watch(STREAM, 0, 31, VXM), [(cycle, 4) for cycle in every_other(READ_AT + PASS + 2)]),
    (Watch(STREAM, 4, 4, E_Q0), [(cycle, 4) for cycle in every_other(READ_AT + PASS + 3)]),
    (Watch(STREAM, 0, 63), [(cycle, 4) for cycle in every_other(READ_AT + PASS + 1)]),
    (Watch(STREAM, SW, SW + 31, VXM), []),
    (Watch(VECTOR, 0, 15), [(cycle, 0) for cycle in every_other(READ_AT + 3 + 3)]),
    (Watch(VECTOR, 1, 15), []),
    (Watch(UNIT, UNITS["V0"], UNITS["V0"]), [(cycle, UNITS["V0"]) for cycle in every_other(READ_AT + 4)]),
]


@pytest.mark.parametrize("watch, expected", WATCHES, ids=str)
def test_watches_see_a_row_on_its_way(engine: str, watch: Watch, expected: list[tuple[int, int]]) -> None:
    assert cycles_of(engine, watch) == expected


# Alike in both engines ------------------------------------------------------------------------
@given(seeds, st.integers(0, 60))
def test_legal_programs_stop_alike(seed: int, begin: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    text = planned(rng, spec).text()
    pair = engines(rng, spec, text)
    for engine in pair:
        engine.run(begin)
    stop_alike(pair, some_stops(rng, spec, len(text)), LIMIT)


@given(seeds, st.sampled_from(UNINIT_MODES), st.booleans())
def test_broken_and_wild_programs_stop_alike(seed: int, mode: str, strict: bool) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    program = planned(rng, spec)
    break_some(rng, spec, program)
    text = program.text() if rng.randrange(2) else wild_program(rng, spec).text()
    stop_alike(engines(rng, spec, text, mode, strict, 0.5), some_stops(rng, spec, len(text)), 300)


# Against the states ---------------------------------------------------------------------------
def shown(rng: Random, watch: Watch, sees: Callable[[State, State], bool]) -> tuple[list[int], list[int]]:
    """The cycles in which a run stops, and those in which two states in a row, of the golden model, show why."""
    spec = any_machine(rng)
    golden, core = engines(rng, spec, planned(rng, spec).text())
    place = min(watch.place, spec.positions - 1) if watch.kind == STREAM else watch.place
    core.set_stops(Stops(watches=(watch._replace(place=place),)))
    expected = []
    before = golden.state
    while golden.run(before.cycle + 1) == RUNNING or golden.state.cycle > before.cycle:
        expected += [golden.state.cycle] if sees(before, golden.state) else []
        before = golden.state
    return [state.cycle for _, state in stopping(core, LIMIT)], expected


@given(seeds, st.integers(0, 40), st.integers(0, 63), st.integers(0, 63))
def test_values_stop_where_the_states_show_them_leave(seed: int, place: int, one: int, other: int) -> None:
    rng = Random(seed)
    spec = any_machine(Random(seed))  # the same machine as below
    place = min(place, spec.positions - 1)
    streams = range(min(one, other), max(one, other) + 1)

    def passes(before: State, after: State) -> bool:
        values = [item for item in after.tensor if isinstance(item, Value)]
        return any(item.stream in streams and item.position == place for item in values)

    found, expected = shown(rng, Watch(STREAM, streams[0], streams[-1], place), passes)
    assert found == expected


@given(seeds)
def test_values_stop_where_they_enter_a_stream(seed: int) -> None:
    def enters(before: State, after: State) -> bool:
        return any(isinstance(item, Result) and item.landing == before.cycle for item in before.tensor)

    found, expected = shown(Random(seed), Watch(STREAM, 0, 63, ANYWHERE), enters)
    assert found == expected


@given(seeds, st.integers(0, 15))
def test_v_registers_stop_where_the_states_show_them_written(seed: int, first: int) -> None:
    def lands(before: State, after: State) -> bool:
        writes = [item for item in before.tensor if isinstance(item, VectorWrite)]
        return any(item.landing == after.cycle and item.register >= first for item in writes)

    found, flying = shown(Random(seed), Watch(VECTOR, first, 15), lands)
    issued, _ = shown(Random(seed), Watch(UNIT, UNITS["V0"], UNITS["V15"]), lands)
    assert set(flying) <= set(found) <= {*flying, *issued}  # what takes one cycle flies in no state


@given(seeds, st.integers(0, 3))
def test_accumulators_stop_wherever_the_states_show_a_change(seed: int, plane: int) -> None:
    def rows(state: State) -> set[Accumulator]:
        return {item for item in state.tensor if isinstance(item, Accumulator) and item.plane == plane}

    def changes(before: State, after: State) -> bool:
        return rows(before) != rows(after)

    unit = UNITS[f"P{plane}.acc"]
    found, changed = shown(Random(seed), Watch(ACCUMULATOR, 0, 1023, plane), changes)
    issued, _ = shown(Random(seed), Watch(UNIT, unit, unit), changes)
    assert set(changed) <= set(found) <= set(issued)


@given(seeds)
def test_writes_stop_where_stepping_shows_them(seed: int) -> None:
    rng = Random(seed)
    spec = any_machine(rng)
    golden, core = engines(rng, spec, planned(rng, spec).text())
    first = rng.randrange(spec.sram_bytes)
    last = min(first + rng.choice((0, 20, spec.sram_bytes)), spec.sram_bytes - 1)
    expected = []
    while golden.state.cycle < STEPPED and golden.run(golden.state.cycle) == RUNNING:
        if written_next(golden, first, last):
            expected.append(golden.state.cycle)
    core.set_stops(Stops(watches=(Watch(WRITE, first, last),)))
    assert [state.cycle for _, state in stopping(core, STEPPED)] == expected
