"""The C core against the clauses of docs/machine.md: what costs how many cycles, when results land, how a run ends."""

from __future__ import annotations

import pytest

from conform.build import Bundle, addresses, op, text
from isa import codec
from isa.machine import LPU_TINY
from vm.core import CoreEngine
from vm.engine import FAULT, HALTED, RUNNING, InFlight, Loop

FOREVER = 1 << 60
HALT = [op("halt [code]", code=7)]


def mov(rd: int, imm: int, u: int = 0) -> codec.Op:
    return op("mov rd, imm", u=u, rd=rd, imm=imm)


def add(rd: int, ra: int, imm: int, u: int = 0) -> codec.Op:
    return op("add rd, ra, imm", u=u, rd=rd, ra=ra, imm=imm)


def wait(cycles: int) -> codec.Op:
    return op("nop count", count=cycles)


def loop(count: int, end: int) -> codec.Op:
    """A loop of `count` rounds whose body ends before bundle `end`."""
    return op("loop imm, target", imm=count & 0xFFFFFFFF, target=end)


def machine(*bundles: Bundle, uninit: str = "fault") -> CoreEngine:
    """The core with a program whose control ops name bundles by number."""
    places = addresses(*bundles)
    placed = [[at(one, places) for one in bundle] for bundle in bundles]
    return CoreEngine(LPU_TINY, codec.to_bytes(text(*placed)), uninit=uninit)


def at(one: codec.Op, places: list[int]) -> codec.Op:
    return one.with_field("target", places[one["target"]]) if "target" in one.row.format.names else one


def finished(*bundles: Bundle) -> CoreEngine:
    engine = machine(*bundles)
    assert engine.run(FOREVER) == HALTED, engine.fault
    return engine


def test_a_result_lands_its_latency_later() -> None:
    engine = machine([mov(1, 6)], [op("mul rd, ra, rb", rd=2, ra=1, rb=1)], [wait(2)], [add(3, 2, 1)], HALT)
    assert engine.run(4) == RUNNING
    assert engine.state.in_flight == ()  # issued in 1, lands in 4
    assert engine.state.registers[2] == 36
    engine = machine([mov(1, 6)], [op("mul rd, ra, rb", rd=2, ra=1, rb=1)], HALT)
    engine.run(3)
    assert engine.state.registers[2] == 0
    assert engine.state.in_flight == (InFlight(register=2, value=36, landing=4, issued=1, pc=1, slot=0),)


def test_several_writes_to_one_register_land_one_after_the_other() -> None:
    bundles = [[mov(1, 3)], [op("div rd, ra, imm", rd=2, ra=1, imm=1)], [wait(15)]]
    bundles += [[op("mul rd, ra, imm", rd=2, ra=1, imm=n)] for n in (4, 5)]
    engine = machine(*bundles, HALT)  # the division lands in 19, the products in 20 and 21
    engine.run(19)
    assert [(write.value, write.landing) for write in engine.state.in_flight] == [(12, 20), (15, 21)]
    assert engine.state.registers[2] == 3
    engine.run(20)
    assert engine.state.registers[2] == 12
    assert engine.run(FOREVER) == HALTED
    assert (engine.state.registers[2], engine.state.cycle) == (15, 21)


def test_ops_of_a_bundle_do_not_see_each_other() -> None:
    swap = [op("mov rd, ra", rd=1, ra=2), op("mov rd, ra", u=1, rd=2, ra=1)]
    ring = [op("mov rd, ra", u=u, rd=1 + u, ra=1 + (u + 1) % 3) for u in range(3)]
    engine = finished([mov(1, 10), mov(2, 20, u=1), mov(3, 30, u=2)], swap, ring, HALT)
    assert engine.state.registers[1:4] == (10, 30, 20)


def test_a_branch_beside_a_compare_reads_the_old_condition() -> None:
    compare = op("cmp ra, imm", ra=0, imm=1)
    engine = finished([compare, op("jne target", target=3)], [mov(1, 1), op("jne target", target=3)], HALT, HALT)
    assert engine.state.registers[1] == 1  # not taken in cycle 0, taken in 1
    assert engine.state.cycle == 5


def test_a_load_may_write_what_the_same_bundle_reads_although_it_then_faults() -> None:
    load = op("ld rt, [disp]", rt=1, disp=0)
    bad = op("ld rt, [disp]", u=1, rt=2, disp=LPU_TINY.words)
    engine = machine([mov(1, 5)], [load, bad, op("mov rd, ra", rd=3, ra=1)], HALT)
    engine.load(0, bytes(4))
    assert engine.run(FOREVER) == FAULT
    assert engine.state.registers[1:4] == (5, 0, 0)
    assert engine.state.in_flight == ()


@pytest.mark.parametrize(
    ("bundles", "cycles"),
    [
        ([HALT], 1),
        ([[mov(1, 1)]], 1),  # falling off the end costs nothing
        ([], 0),
        ([[wait(100)], HALT], 101),
        ([[wait(1 << 32)]], 1 << 32),
        ([[op("jmp target", target=1)], HALT], 4),
        ([[op("jmp target", target=1)]], 3),
        ([[op("jne target", target=1)], HALT], 2),
        ([[op("jeq target", target=1)], HALT], 4),
        ([[op("call rd, target", rd=1, target=1)], HALT], 4),
        ([[op("div rd, ra, imm", rd=1, imm=3)], HALT], 18),  # a run ends when the last result has landed
        ([[loop(5, 2)], [mov(1, 1)], HALT], 1 + 5 + 1),
        ([[loop(5, 3)], [mov(1, 1)], [mov(1, 1)], HALT], 1 + 10 + 1),
        ([[loop(0, 2)], [mov(1, 1)], HALT], 4),
        ([[loop(-1, 2)], [mov(1, 1)], HALT], 4),
        ([[loop(3, 4)], [loop(2, 3)], [mov(1, 1)], [mov(2, 1)], HALT], 1 + 3 * (1 + 2 + 1) + 1),
        ([[loop(3, 2)], [mov(1, 1)]], 4),  # a body may end where the text does
    ],
)
def test_cycles(bundles: list[Bundle], cycles: int) -> None:
    engine = finished(*bundles)
    assert engine.state.cycle == cycles
    assert not engine.state.loops


def test_call_and_ret() -> None:
    engine = finished([op("call rd, target", rd=9, target=2)], HALT, [mov(1, 4), op("ret ra", ra=9)])
    assert engine.state.registers[9] == 1
    assert engine.state.registers[1] == 4
    assert engine.state.cycle == 3 + 3 + 1


def test_a_jump_out_of_nested_bodies_pops_their_loops_and_a_call_pops_nothing() -> None:
    out = [op("jmp target", target=5)]
    engine = finished([loop(9, 5)], [loop(9, 4)], out, [mov(1, 1)], [mov(2, 1)], HALT)
    assert engine.state.loops == ()
    engine = machine([loop(2, 2)], [op("call rd, target", rd=9, target=3)], [mov(2, 1)], [wait(1)], HALT)
    assert engine.run(FOREVER) == FAULT  # a call may not be the last bundle of a body
    engine = machine([loop(2, 3)], [op("call rd, target", rd=9, target=3)], [mov(2, 1)], HALT)
    assert engine.run(FOREVER) == HALTED
    assert engine.state.loops == (Loop(1, 3, 2),)


def test_two_loops_with_one_end_take_turns() -> None:
    first, second = op("loop imm, target", imm=3, target=4), op("loop imm, target", imm=2, target=4)
    bundles = [[op("jeq target", target=2)], [first], [second], [add(1, 1, 1)], HALT]
    engine = finished(*bundles)
    assert engine.state.registers[1] == 2


def test_the_exit_code_and_the_address_after_halt() -> None:
    engine = finished([mov(1, 1)], HALT)
    assert (engine.state.exit_code, engine.state.pc, engine.state.fetch_ended) == (7, 2, True)


def test_a_limit_stops_before_its_cycle_executes() -> None:
    engine = machine(*([add(1, 1, 1)] for _ in range(5)))
    for cycle in range(5):
        assert engine.run(cycle) == RUNNING
        assert engine.state.registers[1] == engine.state.cycle == cycle
    assert engine.run(5) == HALTED  # over in cycle 5, which does not execute


def test_in_dead_cycles_only_time_passes() -> None:
    engine = machine([op("mul rd, ra, imm", rd=1, imm=1), op("jmp target", target=1)], HALT)
    engine.run(2)
    state = engine.state
    assert (state.cycle, state.next_fetch, state.pc) == (2, 3, 2)
    assert (state.jump_pc, state.jump_slot, state.jump_cycle) == (0, 1, 0)
    assert [write.landing for write in state.in_flight] == [3]


def test_issue_counts_follow_the_bundles_and_leave_out_the_one_that_faults() -> None:
    engine = machine([loop(5, 2)], [mov(1, 1), mov(2, 1, u=1)], [op("trap [code]", code=1)])
    assert engine.run(FOREVER) == FAULT
    assert engine.issue_counts() == {0: 1, 1: 5}
    engine.set_issue_counts({3: 8})
    assert engine.issue_counts() == {3: 8}
    with pytest.raises(ValueError, match="at address 4, where none is"):
        engine.set_issue_counts({4: 1})


def test_stores_beside_each_other_and_beside_loads() -> None:
    other = LPU_TINY.words_per_bank
    stores = [op("st [disp], rt", disp=0, rt=1), op("st [disp], rt", u=1, disp=other, rt=2)]
    mixed = [op("st [disp], rt", disp=1, rt=1), op("ld rt, [disp]", u=1, disp=other, rt=1)]
    engine = finished([mov(1, 0x04030201), mov(2, 9, u=1)], stores, mixed, HALT)
    assert bytes(engine.sram()[:8]) == bytes([1, 2, 3, 4, 1, 2, 3, 4])
    assert engine.state.registers[1] == 9
    assert bytes(engine.written()[:2]) == b"\xff\x00"


def test_lanes_of_byte_planes() -> None:
    store = op("stl.4 slice[row + ra], lane, rt", slice=64 + 4, row=1, ra=0, lane=5, rt=1)
    load = op("ldl.2 rt, slice[row + ra], rb", slice=64 + 5, row=1, ra=0, rb=3, rt=2)
    engine = finished([mov(1, 0x44332211), mov(3, 5, u=1)], [store], [load], HALT)
    assert engine.state.registers[2] == 0x3322
    for plane in range(4):
        byte = LPU_TINY.word_address(1, 4 + plane, 0, 1) * 4 + 5
        assert engine.sram()[byte] == 0x11 * (plane + 1)


@pytest.mark.parametrize(("mode", "value"), [("zero", 0x00002A00), ("poison", 0xDBDB2ADB)])
def test_bytes_never_written_read_as_the_mode_says(mode: str, value: int) -> None:
    engine = machine([op("ld rt, [disp]", rt=1, disp=3)], HALT, uninit=mode)
    engine.load(13, b"\x2a")
    engine.sram()[12] = 0x77  # poked, so still not written
    assert engine.run(FOREVER) == HALTED
    assert engine.state.registers[1] == value
