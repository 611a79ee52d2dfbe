"""Breakpoints and watches of scalar code: alike in both engines, and at exactly what a trace of the run shows."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stop_tools import some_stops, stop_alike, stopping
from test_engines_agree import LIMIT, pair

from conform.build import addresses, image, op
from conform.generate import SPEC, legal_programs, registers, wild_programs
from isa import codec
from isa.faults import CONDITION_CODE
from vm.engine import FAULT, HALTED, RUNNING, STOPPED, UNINIT_MODES, Engine
from vm.machine import LIMIT as AT_LIMIT
from vm.machine import Machine, MachineFault
from vm.stops import ACCESS, ACCUMULATOR, READ, REGISTER, STREAM, UNIT, WRITE, Stop, Stops, Watch

seeds = st.integers(0, (1 << 32) - 1)

COUNTING = [
    [op("loop imm, target", imm=3, target=6)],
    [op("st [disp + rb], rt", disp=100, rb=1, rt=1), op("mul rd, ra, rb", rd=2, ra=1, rb=1)],
    [op("nop count", count=5)],
    [op("add rd, ra, imm", rd=1, ra=1, imm=1)],
    [op("halt [code]")],
]
PLACES = addresses(*COUNTING)
PROGRAM = [[COUNTING[0][0].with_field("target", PLACES[4])], *COUNTING[1:]]


def counting(engine: str) -> Machine:
    """Stores r1 = 0, 1, 2 to words 100, 101, 102, and multiplies, 7 cycles a round: bundles of cycles 1, 8, 15."""
    return Machine(image(*PROGRAM), engine)


def stops_of(machine: Machine, stops: Stops) -> list[tuple[int, ...]]:
    """(number, cycle, pc, slot, address) of each stop of a run to its end."""
    machine.set_stops(stops)
    found: list[Stop] = []
    while machine.run() == STOPPED:
        assert machine.stop is not None
        found.append(machine.stop)
    assert machine.stop is None and machine.halted
    return [stop[1:] for stop in found]


# By hand --------------------------------------------------------------------------------------
def test_a_breakpoint_stops_before_each_fetch_of_its_bundle(engine: str) -> None:
    body, end = PLACES[1], PLACES[4]
    found = stops_of(counting(engine), Stops(frozenset({body, end})))
    assert found == [(-1, cycle, pc, -1, pc) for cycle, pc in ((1, body), (8, body), (15, body), (22, end))]


def test_a_run_does_not_stop_at_the_breakpoint_that_it_begins_at(engine: str) -> None:
    machine = counting(engine)
    machine.step(8)
    machine.set_stops(Stops(frozenset({PLACES[1]})))
    assert (machine.run(), machine.cycle) == (STOPPED, 15)


def test_a_store_is_seen_in_the_cycle_after_it(engine: str) -> None:
    found = stops_of(counting(engine), Stops(watches=(Watch(WRITE, 4 * 101, 4 * 102 + 3),)))
    assert found == [(0, 9, PLACES[1], 0, 4 * 101), (0, 16, PLACES[1], 0, 4 * 102)]


def test_a_load_is_no_write_and_a_store_no_read(engine: str) -> None:
    program = [[op("ld rt, [disp]", rt=3, disp=9)], [op("nop count", count=9)], [op("st [disp], rt", disp=9, rt=3)]]
    for kind, cycles in ((READ, [1]), (WRITE, [11]), (ACCESS, [1, 11])):
        machine = Machine(image(*program), engine, "zero")
        found = stops_of(machine, Stops(watches=(Watch(kind, 36, 36),)))
        assert [cycle for _, cycle, *_ in found] == cycles


def test_registers_are_seen_where_they_land(engine: str) -> None:
    machine = counting(engine)
    latency = next(each.latency for each in PROGRAM[1] if each.row.mnemonic == "mul")
    found = stops_of(machine, Stops(watches=(Watch(REGISTER, 2, 2), Watch(REGISTER, 1, 1))))
    slow = [(0, cycle + latency, PLACES[1], 1, 2) for cycle in (1, 8, 15)]
    fast = [(1, cycle + 1, PLACES[3], 0, 1) for cycle in (7, 14, 21)]
    assert found == sorted([*slow, *fast], key=lambda stop: stop[1])


def test_several_stops_of_a_cycle_are_told_in_order(engine: str) -> None:
    machine = counting(engine)
    store, multiply = (each.unit_order for each in PROGRAM[1])
    watches = (Watch(WRITE, 400, 999), Watch(UNIT, store, store), Watch(UNIT, multiply, multiply))
    machine.set_stops(Stops(frozenset({PLACES[2]}), watches))
    assert machine.run() == STOPPED
    assert [stop.number for stop in machine.engine.stops_hit] == [-1, 2, 0, 1]
    assert machine.stop == machine.engine.stops_hit[0]
    assert machine.stop.kind == "breakpoint"


def test_the_limit_and_the_end_of_a_run_give_way_to_a_stop(engine: str) -> None:
    machine = Machine(image([op("st [disp], rt", disp=1, rt=1), op("halt [code]")]), engine)
    machine.set_stops(Stops(watches=(Watch(WRITE, 4, 7),)))
    assert (machine.run(1), machine.cycle) == (STOPPED, 1)
    assert (machine.run(), machine.cycle) == (HALTED, 1)


def test_nothing_of_a_cycle_that_faults_is_seen(engine: str) -> None:
    machine = Machine(image([op("st [disp], rt", disp=1, rt=1), op("div rd, ra, rb", rd=1, ra=1, rb=2)]), engine)
    machine.set_stops(Stops(watches=(Watch(WRITE, 4, 7), Watch(UNIT, 0, 8))))
    with pytest.raises(MachineFault):
        machine.run()
    assert machine.stop is None


def test_stops_are_not_of_the_state(engine: str) -> None:
    machine = counting(engine)
    machine.set_stops(Stops(watches=(Watch(UNIT, 0, 8),)))
    assert machine.run() == STOPPED
    machine.engine.set_state(machine.state)
    assert machine.stop is None
    machine.set_stops(Stops())
    assert machine.run(10) == AT_LIMIT


@pytest.mark.parametrize(
    "stops, message",
    [
        (Stops(frozenset({len(image(*PROGRAM).text)})), "is outside the text of"),
        (Stops(watches=(Watch("read", 0, SPEC.sram_bytes),)), "it must lie between 0 and"),
        (
            Stops(watches=(Watch("register", 5, 4),)),
            "of kind register from 5 to 4; it must lie between 0 and 32",
        ),
        (Stops(watches=(Watch("write", 0, 0, place=0),)), "a watch of kind write has no place 0"),
        (Stops(watches=(Watch(ACCUMULATOR, 0, 0),)), "a watch of kind accumulator has no place -1"),
        (Stops(watches=(Watch(STREAM, 0, 0, place=99),)), "a watch of kind stream has no place 99"),
        (Stops(watches=(Watch("colour", 0, 0),)), "there is no watch of kind 'colour'; there are write, read, access"),
    ],
)
def test_stops_that_cannot_be_are_refused(engine: str, stops: Stops, message: str) -> None:
    with pytest.raises(ValueError) as raised:
        counting(engine).set_stops(stops)
    assert message in str(raised.value)


# Alike in both engines ------------------------------------------------------------------------
@given(legal_programs(), registers(), seeds, st.integers(0, 60))
def test_legal_programs_stop_alike(text: list[int], contents: list[int], seed: int, begin: int) -> None:
    engines = pair(text, contents, "zero")
    for engine in engines:
        engine.run(begin)
    stop_alike(engines, some_stops(Random(seed), SPEC, len(text)), LIMIT)


@given(wild_programs(), registers(), seeds, st.sampled_from(UNINIT_MODES))
def test_wild_programs_stop_alike(text: list[int], contents: list[int], seed: int, mode: str) -> None:
    stop_alike(pair(text, contents, mode), some_stops(Random(seed), SPEC, len(text)), 300)


# Against a trace ------------------------------------------------------------------------------
def trace(engine: Engine, text: list[int]) -> Iterator[tuple[int, int, list[codec.Op]]]:
    """(cycle, pc, ops) of each bundle that issues, by stepping."""
    while not engine.state.fetch_ended:
        state = engine.state
        fetches = state.next_fetch <= state.cycle and state.pc < len(text)
        status = engine.run(state.cycle + 1)
        if fetches and status != FAULT:
            yield state.cycle, state.pc, codec.decode_bundle(text, state.pc)[0]
        if status != RUNNING:
            return


def landings(one: codec.Op, cycle: int) -> Iterator[tuple[int, int]]:
    """(cycle, register) of the write of an op that issues in a cycle."""
    if one.row.writes_cc:
        yield cycle + one.latency, CONDITION_CODE
    elif one.row.write:
        yield cycle + one.latency, one[one.row.write]


@given(legal_programs(), registers(), seeds)
def test_registers_units_and_breakpoints_stop_where_the_trace_says(
    text: list[int], contents: list[int], seed: int
) -> None:
    rng = Random(seed)
    golden, core = pair(text, contents, "zero")
    first, unit, address = rng.randrange(33), rng.randrange(9), rng.randrange(len(text))
    watches = Watch(REGISTER, first, min(first + rng.randrange(4), 32)), Watch(UNIT, unit, unit)
    expected = set()
    for cycle, pc, ops in trace(golden, text):
        expected |= {cycle} if pc == address and cycle > 0 else set()
        expected |= {cycle + 1} if any(one.unit_order == unit for one in ops) else set()
        writes = [write for one in ops for write in landings(one, cycle)]
        expected |= {landing for landing, register in writes if first <= register <= watches[0].last}
    core.set_stops(Stops(frozenset({address}), watches))
    found = [state.cycle for _, state in stopping(core, LIMIT)]
    assert found == sorted(cycle for cycle in expected if cycle <= core.state.cycle)


def written_next(engine: Engine, first: int, last: int) -> bool:
    """Whether the next cycle writes any of some bytes: whatever they are before, they are the same after it.

    Leaves the engine a cycle further.
    """
    state, before = engine.state, bytes(engine.sram())
    afters = []
    for filler in (0xFF, 0):  # the second is what the run goes on from, so the bytes it does not write are put back
        engine.set_state(state)
        engine.sram()[:] = before
        engine.sram()[first : last + 1] = bytes(byte ^ filler for byte in before[first : last + 1])
        engine.run(state.cycle + 1)
        afters.append(bytes(engine.sram()[first : last + 1]))
    return any(one == other for one, other in zip(*afters, strict=True))


@given(legal_programs(), registers(), seeds)
def test_writes_stop_where_stepping_shows_them(text: list[int], contents: list[int], seed: int) -> None:
    rng = Random(seed)
    golden, core = pair(text, contents, "zero")
    first = rng.choice((0, SPEC.sram_bytes // 2)) + rng.randrange(60)
    last = first + rng.choice((0, 3, 200))
    expected = []
    while golden.run(golden.state.cycle) == RUNNING:
        if written_next(golden, first, last):
            expected.append(golden.state.cycle)
    core.set_stops(Stops(watches=(Watch(WRITE, first, last),)))
    assert [state.cycle for _, state in stopping(core, LIMIT)] == expected
