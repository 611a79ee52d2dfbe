"""The clauses of docs/machine.md one by one, with cycles counted by hand, on the golden model and the core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conform.build import Bundle, op, text
from isa import codec
from isa.faults import CONDITION_CODE, NUMBER, RawFault
from isa.machine import LPU_TINY
from vm.core import CoreEngine
from vm.engine import FAULT, HALTED, POISON_BYTE, RUNNING, Engine, InFlight, Loop
from vm.reference import ReferenceEngine

WAIT = [op("nop count", count=1)]
HALT = [op("halt [code]", code=5)]
FILLER = [op("mov rd, ra", rd=31, ra=31)]
ENDLESS = 10_000


def mov(rd: int, imm: int, u: int = 0) -> Any:
    return op("mov rd, imm", rd=rd, imm=imm, u=u)


def nop(count: int) -> Bundle:
    return [op("nop count", count=count)]


@pytest.fixture(params=[ReferenceEngine, CoreEngine], ids=["reference", "core"])
def kind(request: pytest.FixtureRequest) -> Any:
    """An engine's class."""
    return request.param


@pytest.fixture
def make(kind: Any) -> Callable[..., Engine]:
    """An engine with a program of bundles."""

    def build(*bundles: Bundle, uninit: str = "fault") -> Engine:
        engine: Engine = kind(LPU_TINY, codec.to_bytes(text(*bundles)), uninit=uninit)
        return engine

    return build


def ended(engine: Engine) -> tuple[int, int]:
    """Cycle count and exit code of a run that comes to its end."""
    assert engine.run(ENDLESS) == HALTED, engine.fault
    return engine.state.cycle, engine.state.exit_code


def fault(engine: Engine) -> RawFault:
    assert engine.run(ENDLESS) == FAULT
    assert engine.fault is not None
    return engine.fault


# The end of a run -----------------------------------------------------------------------------
def test_the_start(make: Callable[..., Engine]) -> None:
    state = make(HALT).state
    assert (state.cycle, state.pc, state.registers, state.in_flight, state.loops) == (0, 0, (0,) * 32, (), ())


def test_an_empty_text_takes_no_cycle(make: Callable[..., Engine]) -> None:
    engine = make()
    assert engine.run(0) == HALTED
    assert engine.state.cycle == 0


def test_falling_off_the_end_costs_nothing(make: Callable[..., Engine]) -> None:
    assert ended(make(WAIT, WAIT)) == (2, 0)
    assert ended(make(WAIT, HALT)) == (2, 5)


def test_a_run_lasts_until_everything_has_landed(make: Callable[..., Engine]) -> None:
    engine = make([op("div rd, ra, imm", rd=1, ra=2, imm=3)], HALT)
    assert engine.run(17) == RUNNING
    assert engine.state.in_flight == (InFlight(1, 0, 18, 0, 0, 0),)
    assert ended(engine) == (18, 5)


def test_the_limit_stops_before_its_cycle(make: Callable[..., Engine]) -> None:
    engine = make([mov(1, 7)], [mov(1, 8)])
    assert engine.run(1) == RUNNING
    assert (engine.state.cycle, engine.state.registers[1]) == (1, 7)
    assert engine.run(2) == HALTED


def test_running_again_after_the_end_changes_nothing(make: Callable[..., Engine]) -> None:
    engine = make(HALT)
    assert ended(engine) == ended(engine) == (1, 5)


# Registers in flight --------------------------------------------------------------------------
def test_a_result_can_be_read_in_its_landing_cycle(make: Callable[..., Engine]) -> None:
    engine = make([mov(1, 6)], [op("mul rd, ra, imm", rd=2, ra=1, imm=7)], nop(2), [op("mov rd, ra", rd=3, ra=2)])
    assert ended(engine) == (5, 0)
    assert engine.state.registers[3] == 42


def test_ops_of_a_bundle_do_not_see_each_other(make: Callable[..., Engine]) -> None:
    swap = [op("mov rd, ra", rd=1, ra=2), op("mov rd, ra", rd=2, ra=1, u=1)]
    engine = make([mov(1, 10), mov(2, 20, u=1)], swap)
    ended(engine)
    assert engine.state.registers[1:3] == (20, 10)


def test_hazard_names_the_last_writer(make: Callable[..., Engine]) -> None:
    slow, slower = [op("mul rd, ra, rb", rd=4)], [op("div rd, ra, imm", rd=4, imm=1)]
    engine = make(slow, slower, [op("add rd, ra, rb", rd=1, ra=2, rb=4)])
    assert fault(engine) == RawFault(
        NUMBER["E-HAZARD"],
        cycle=2,
        pc=2,
        slot=0,
        operand=1,
        resource=4,
        other_pc=1,
        other_slot=0,
        other_cycle=1,
        other_landing=19,
    )
    assert len(engine.state.in_flight) == 2
    assert engine.run(ENDLESS) == FAULT


def test_the_condition_code_is_register_32(make: Callable[..., Engine]) -> None:
    engine = make([op("cmp ra, rb")], [op("sel.eq rd, ra, imm", rd=1, ra=2, imm=3)], HALT)
    assert ended(engine) == (3, 5)
    clash = fault(make([op("cmp ra, rb"), op("cmp.f32 ra, rb", u=2)]))
    assert (clash.name, clash.slot, clash.resource, clash.other_slot) == ("E-WRITE-CLASH", 1, CONDITION_CODE, 0)


def test_a_write_must_land_after_earlier_ones(make: Callable[..., Engine]) -> None:
    slow, quick = [op("mul rd, ra, rb", rd=4)], [mov(4, 1)]
    assert fault(make(slow, WAIT, quick)) == RawFault(
        NUMBER["E-WRITE-CLASH"],
        cycle=2,
        pc=2,
        slot=0,
        resource=4,
        address=3,
        other_pc=0,
        other_slot=0,
        other_cycle=0,
        other_landing=3,
    )
    engine = make(slow, nop(2), quick)
    assert ended(engine) == (4, 0)
    assert engine.state.registers[4] == 1


def test_the_later_of_two_writers_in_a_bundle_is_the_later_unit(make: Callable[..., Engine]) -> None:
    clash = fault(make([op("mul rd, ra, rb", rd=4), mov(4, 1, u=2)]))
    assert (clash.slot, clash.other_slot, clash.address, clash.other_landing) == (0, 1, 3, 1)


def test_registers_set_from_outside_are_overwritten_by_what_is_in_flight(make: Callable[..., Engine]) -> None:
    engine = make([op("mul rd, ra, imm", rd=1, ra=2, imm=4)], HALT)
    engine.set_register(2, 3)
    engine.run(2)
    engine.set_register(1, 99)
    assert engine.state.registers[1] == 99
    ended(engine)
    assert engine.state.registers[1] == 12


# Control --------------------------------------------------------------------------------------
def test_a_taken_jump_costs_three(make: Callable[..., Engine]) -> None:
    assert ended(make([op("jmp target", target=2)], [op("trap [code]")], HALT)) == (4, 5)
    assert ended(make([op("jeq target", target=2)], [op("trap [code]")], HALT)) == (4, 5)
    assert ended(make([op("jne target", target=2)], WAIT, HALT)) == (3, 5)


def test_results_land_in_dead_cycles(make: Callable[..., Engine]) -> None:
    engine = make(
        [op("mul rd, ra, imm", rd=1, ra=1, imm=2), op("jmp target", target=2)], [op("mov rd, ra", rd=2, ra=1)]
    )
    engine.set_register(1, 21)
    ended(engine)
    assert engine.state.registers[2] == 42


def test_a_jump_is_remembered_until_its_target_is_fetched(make: Callable[..., Engine]) -> None:
    engine = make(FILLER, [*FILLER, op("jmp target", target=3)], [mov(1, 1)])
    for until, jump in ((1, (-1, -1, -1)), (2, (1, 1, 1)), (4, (1, 1, 1)), (5, (-1, -1, -1))):
        engine.run(until)
        state = engine.state
        assert (state.jump_pc, state.jump_slot, state.jump_cycle) == jump


def test_nop_waits(make: Callable[..., Engine]) -> None:
    assert ended(make([*nop(7), mov(1, 1)], HALT)) == (8, 5)
    engine = make(nop(1 << 32), HALT)
    assert engine.run(1 << 31) == RUNNING
    assert engine.run(1 << 33) == HALTED
    assert engine.state.cycle == (1 << 32) + 1


def test_call_and_return(make: Callable[..., Engine]) -> None:
    engine = make([op("call rd, target", rd=9, target=2)], HALT, [op("ret ra", ra=9)])
    assert ended(engine) == (7, 5)
    assert engine.state.registers[9] == 1


def test_a_jump_into_nothing_faults_when_fetched(make: Callable[..., Engine]) -> None:
    engine = make([*FILLER, op("jmp target", target=9)])
    assert engine.run(3) == RUNNING
    assert fault(engine) == RawFault(NUMBER["E-PC"], cycle=3, pc=9, address=9, other_pc=0, other_slot=1, other_cycle=0)


# Loops ----------------------------------------------------------------------------------------
def loop(count: int, end: int) -> Bundle:
    return [op("loop imm, target", imm=count & 0xFFFFFFFF, target=end)]


def test_going_round_costs_nothing(make: Callable[..., Engine]) -> None:
    engine = make(loop(4, 3), [op("add rd, ra, imm", rd=1, ra=1, imm=1)], FILLER, HALT)
    engine.run(2)
    assert engine.state.loops == (Loop(1, 3, 4),)
    assert ended(engine) == (1 + 4 * 2 + 1, 5)
    assert engine.state.registers[1] == 4
    assert engine.issue_counts() == {0: 1, 1: 4, 2: 4, 3: 1}


@pytest.mark.parametrize("count", [0, -1, -(1 << 31)])
def test_a_count_that_is_not_positive_jumps(make: Callable[..., Engine], count: int) -> None:
    engine = make(loop(count, 2), [op("mov rd, ra", rd=1, ra=1)], HALT)
    assert ended(engine) == (4, 5)


def test_a_jump_out_of_bodies_pops_them_and_calls_do_not(make: Callable[..., Engine]) -> None:
    inner = make(loop(2, 5), loop(2, 4), [op("jmp target", target=5)], FILLER, FILLER, nop(20))
    inner.run(8)
    assert inner.state.loops == ()
    called = make(loop(2, 5), loop(2, 4), [op("call rd, target", rd=9, target=5)], FILLER, FILLER, nop(20))
    called.run(8)
    assert called.state.loops == (Loop(1, 5, 2), Loop(2, 4, 2))


@pytest.mark.parametrize(
    "bundles",
    [
        [FILLER, FILLER, loop(1, 2), FILLER],
        [loop(1, 9)],
        [loop(1, 2), [*FILLER, op("cmp ra, rb", u=1)]],
        [loop(1, 2), HALT],
        [loop(0, 1), FILLER],
    ],
    ids=["backward", "no start", "inside a bundle", "control at the end", "empty body, count 0"],
)
def test_bad_bodies(make: Callable[..., Engine], bundles: list[Bundle]) -> None:
    bad = fault(make(*bundles))
    assert (bad.name, bad.slot, bad.resource) == ("E-LOOP", 0, 0)


def test_nested_loops_do_not_share_their_end(make: Callable[..., Engine]) -> None:
    bad = fault(make(loop(2, 3), loop(0, 3), FILLER))
    assert (bad.name, bad.resource, bad.address) == ("E-LOOP", 1, 3)


def test_a_fifth_level_faults_only_with_a_count(make: Callable[..., Engine]) -> None:
    def nest(count: int) -> list[Bundle]:
        return [*(loop(1, 10 - level) for level in range(4)), loop(count, 6), *[FILLER] * 5]

    assert fault(make(*nest(1))) == RawFault(NUMBER["E-LOOP"], cycle=4, pc=4, slot=0, resource=4, address=6)
    assert make(*nest(0)).run(ENDLESS) == HALTED


# Memory ---------------------------------------------------------------------------------------
def ld(rt: int, disp: int, u: int = 0) -> Any:
    return op("ld rt, [disp]", rt=rt, disp=disp, u=u)


def st(rt: int, disp: int, u: int = 0) -> Any:
    return op("st [disp], rt", rt=rt, disp=disp, u=u)


def test_a_store_is_seen_in_the_next_cycle(make: Callable[..., Engine]) -> None:
    engine = make([st(1, 100)], [ld(2, 100)], HALT)
    engine.set_register(1, 0x12345678)
    assert ended(engine) == (5, 5)
    assert engine.state.registers[2] == 0x12345678
    assert bytes(engine.sram()[400:404]).hex() == "78563412"
    assert engine.written()[50] == 0b1111


def test_address_arithmetic_wraps(make: Callable[..., Engine]) -> None:
    address = op("ld rt, [disp + ra*scale + rb]", rt=4, disp=7, ra=1, scale=3, rb=2)
    engine = make([address], HALT, uninit="zero")
    engine.load(100 * 4, (77).to_bytes(4, "little"))
    engine.set_register(1, 0x55555556)  # three times that is 2 more than 2**32
    engine.set_register(2, 91)
    ended(engine)
    assert engine.state.registers[4] == 77


def test_the_last_word_and_the_one_after_it(make: Callable[..., Engine]) -> None:
    assert make([st(1, LPU_TINY.words - 1)]).run(ENDLESS) == HALTED
    assert fault(make([st(1, LPU_TINY.words)])).address == LPU_TINY.words


def test_never_written_bytes(make: Callable[..., Engine]) -> None:
    for uninit, value in (("zero", 0x00000011), ("poison", int.from_bytes([0x11, *[POISON_BYTE] * 3], "little"))):
        engine = make([ld(1, 5)], uninit=uninit)
        engine.load(20, b"\x11")
        ended(engine)
        assert engine.state.registers[1] == value
    engine = make([ld(1, 5)])
    engine.load(20, b"\x11")
    assert fault(engine) == RawFault(NUMBER["E-UNINIT"], cycle=0, pc=0, slot=0, address=21)


def test_lanes_take_a_byte_of_each_slice(make: Callable[..., Engine]) -> None:
    store = op("stl.4 slice[row + ra], rb, rt", slice=64 + 4, row=60, ra=1, rb=2, rt=3)
    engine = make([store], [op("ldl.2 rt, slice[row], lane", rt=4, slice=64 + 6, row=65, lane=9)], HALT)
    for register, value in ((1, 5), (2, 9), (3, 0xAABBCCDD)):
        engine.set_register(register, value)
    ended(engine)
    assert engine.state.registers[4] == 0xAABB
    where = [LPU_TINY.word_address(1, 4 + plane, 1, 1) * 4 + 9 for plane in range(4)]
    assert [engine.sram()[address] for address in where] == [0xDD, 0xCC, 0xBB, 0xAA]


def test_one_access_a_bank_a_cycle(make: Callable[..., Engine]) -> None:
    bank = LPU_TINY.words_per_bank
    assert make([st(1, bank - 1), st(1, bank, u=1)]).run(ENDLESS) == HALTED
    assert fault(make([st(1, bank, u=1), st(1, bank)])) == RawFault(
        NUMBER["E-BANK"], cycle=0, pc=0, slot=0, resource=1, other_pc=0, other_slot=1, other_cycle=0
    )
    lanes = op("stl.4 slice[row], lane, rt", slice=4, row=64, u=1)
    shared = fault(make([st(1, 2 * 6 * bank + bank), lanes]))
    assert (shared.slot, shared.resource) == (1, 13)


# Precedence and effects -----------------------------------------------------------------------
def test_a_faulting_cycle_has_no_effect(make: Callable[..., Engine]) -> None:
    engine = make([mov(1, 1)], [st(1, 9), mov(2, 2), op("trap [code]", code=1)])
    before = bytes(engine.sram())
    fault(engine)
    assert (engine.state.cycle, engine.state.pc, engine.state.registers[:3]) == (1, 1, (0, 1, 0))
    assert bytes(engine.sram()) == before
    assert engine.issue_counts() == {0: 1}


@pytest.mark.parametrize(
    ("ops", "code", "slot"),
    [
        ([op("trap [code]", code=1), op("assert ra, imm", imm=1)], "E-ASSERT", 1),
        ([op("assert ra, imm", imm=1), op("div rd, ra, imm", imm=0)], "E-DIV", 1),
        ([op("div rd, ra, imm", imm=0), ld(1, 9)], "E-UNINIT", 1),
        ([ld(1, 9), st(1, 8, u=1)], "E-BANK", 1),
        ([ld(1, 9), st(1, LPU_TINY.words, u=1)], "E-RANGE", 1),
        ([st(1, LPU_TINY.words), op("mov rd, ra", rd=3, ra=20)], "E-HAZARD", 1),
        ([op("mov rd, ra", rd=3, ra=20), *loop(1, 1)], "E-LOOP", 1),
        ([mov(3, 1), mov(3, 1, u=1), op("trap [code]")], "E-TRAP", 2),
        ([op("assert ra, imm", imm=1, u=1), op("assert ra, imm", imm=2)], "E-ASSERT", 1),
        ([*loop(0, 1), op("halt [code]")], "E-ILLEGAL", -1),
    ],
)
def test_the_gravest_fault_wins_then_the_first_unit(kind: Any, ops: Bundle, code: str, slot: int) -> None:
    start = [op("div rd, ra, imm", rd=20, imm=1)]
    syllables = text(start) + [s for one in ops for s in codec.encode(one)]
    syllables[-1] |= 1
    engine = kind(LPU_TINY, codec.to_bytes(syllables))
    assert (fault(engine).name, fault(engine).slot) == (code, slot)


def test_a_loop_whose_count_is_in_flight(make: Callable[..., Engine]) -> None:
    slow = [op("mul rd, ra, rb", rd=1)]
    assert fault(make(slow, [op("loop ra, target", ra=1, target=3)], FILLER)).name == "E-HAZARD"
    assert fault(make(slow, [op("loop ra, target", ra=1, target=2)], FILLER)).name == "E-LOOP"


def test_a_fault_beats_a_halt(make: Callable[..., Engine]) -> None:
    assert fault(make([*HALT, op("assert ra, imm", imm=1)])).name == "E-ASSERT"


def test_an_illegal_bundle_does_no_harm_until_fetched(kind: Any) -> None:
    engine = kind(LPU_TINY, codec.to_bytes([*text(HALT), 1]))
    assert ended(engine) == (1, 5)


def test_what_cannot_be_loaded(kind: Any) -> None:
    for arguments in ((bytes(7),), (b"", -1), (b"", 1 << 40), (b"", 0, "maybe")):
        with pytest.raises(ValueError):
            kind(LPU_TINY, *arguments)
    with pytest.raises(ValueError):
        kind(LPU_TINY, b"").load(LPU_TINY.sram_bytes - 1, b"ab")
    with pytest.raises(ValueError):
        kind(LPU_TINY, b"").set_register(32, 0)
