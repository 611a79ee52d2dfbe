"""Every fault of the scalar machine on the C core: each field of the record, as docs/machine.md section 8 has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conform.build import Bundle, op, text
from isa import codec
from isa.codec import Op
from isa.faults import CONDITION_CODE, NUMBER, RawFault
from isa.machine import LPU_TINY
from vm.core import CoreEngine
from vm.engine import FAULT

FOREVER = 1 << 60
BANK, WORDS = LPU_TINY.words_per_bank, LPU_TINY.words


def mov(rd: int, imm: int, u: int = 0) -> Op:
    return op("mov rd, imm", u=u, rd=rd, imm=imm)


def load(word: int, u: int = 0, rt: int = 1) -> Op:
    return op("ld rt, [disp]", u=u, rt=rt, disp=word)


def store(word: int, u: int = 0) -> Op:
    return op("st [disp], rt", u=u, disp=word, rt=0)


def late(rd: int) -> Op:
    """A write of latency 18."""
    return op("div rd, ra, imm", rd=rd, ra=0, imm=1)


def raw(name: str, cycle: int, pc: int, slot: int = -1, **more: int) -> RawFault:
    return replace(RawFault(NUMBER[name], cycle, pc, slot), **more)


def other(pc: int, slot: int, cycle: int, landing: int = -1) -> dict[str, int]:
    return {"other_pc": pc, "other_slot": slot, "other_cycle": cycle, "other_landing": landing}


def fault_of(syllables: list[int]) -> RawFault | None:
    """Run to the fault, which has taken nothing back or forth: running on finds it again."""
    engine = CoreEngine(LPU_TINY, codec.to_bytes(syllables))
    engine.load(0, bytes(8))
    assert engine.run(FOREVER) == FAULT
    found, state = engine.fault, engine.state
    assert state.cycle == found.cycle
    assert state.pc == found.pc
    assert engine.run(FOREVER) == FAULT
    engine.set_state(state)
    assert engine.fault is None
    assert engine.run(FOREVER) == FAULT
    assert (engine.fault, engine.state) == (found, state)
    return found


NESTED = [[op("loop imm, target", imm=2, target=3)]] * 2 + [[mov(1, 1)]] * 2
FIVE = [[op("loop imm, target", imm=2, target=10 - n)] for n in range(5)] + [[mov(1, 1)]] * 6

FAULTS: list[tuple[str, list[Bundle], RawFault]] = [
    ("a jump past the end", [[mov(1, 1), op("jmp target", target=9)]],
     raw("E-PC", 3, 9, address=9, **other(0, 1, 0))),
    ("a jump into a bundle", [[mov(1, 1), mov(2, 1, u=1)], [op("jmp target", target=1)]],
     raw("E-PC", 4, 1, address=1, **other(2, 0, 1))),
    ("a return to nowhere", [[mov(1, 0xFFFFFFFF)], [op("ret ra", ra=1)]],
     raw("E-PC", 4, 0xFFFFFFFF, address=0xFFFFFFFF, **other(1, 0, 1))),
    ("a body that ends where it starts", [[op("loop imm, target", imm=1, target=1)], [mov(1, 1)]],
     raw("E-LOOP", 0, 0, 0, resource=0, address=1)),
    ("a body that ends before", [[mov(1, 1)], [mov(1, 2), op("loop imm, target", imm=0, target=0)]],
     raw("E-LOOP", 1, 1, 1, resource=0, address=0)),
    ("a body that ends nowhere", [[op("loop imm, target", imm=1, target=99)], [mov(1, 1)]],
     raw("E-LOOP", 0, 0, 0, resource=0, address=99)),
    ("a body whose last bundle jumps", [[op("loop imm, target", imm=0, target=2)], [op("jeq target", target=0)]],
     raw("E-LOOP", 0, 0, 0, resource=0, address=2)),
    ("loops that share their last bundle", NESTED, raw("E-LOOP", 1, 1, 0, resource=1, address=3)),
    ("a fifth level", FIVE, raw("E-LOOP", 4, 4, 0, resource=4, address=6)),
    ("a bad body beats the hazard of its count", [[late(1)], [op("loop ra, target", ra=1, target=0)]],
     raw("E-LOOP", 1, 1, 0, resource=0, address=0)),
    ("a register in flight", [[load(0)], [mov(2, 1), op("add rd, ra, rb", u=1, rd=3, ra=2, rb=1)]],
     raw("E-HAZARD", 1, 1, 1, operand=1, resource=1, **other(0, 0, 0, 4))),
    ("the last of two writes in flight", [[late(1)], [op("nop count", count=15)], [load(0)], [load(1)],
                                          [op("mov rd, ra", rd=3, ra=1)]],
     raw("E-HAZARD", 18, 4, 0, operand=0, resource=1, **other(3, 0, 17, 21))),
    ("past the end of SRAM", [[mov(1, 7)],
                              [op("ld rt, [disp + ra*scale + rb]", rt=2, disp=WORDS, ra=1, scale=3, rb=1)]],
     raw("E-RANGE", 1, 1, 0, address=WORDS + 28)),
    ("addresses wrap", [[mov(1, 0xFFFFFFFF)], [op("st [disp + rb], rt", disp=WORDS + 1, rb=1, rt=1)]],
     raw("E-RANGE", 1, 1, 0, address=WORDS)),
    ("a row outside the slice", [[op("ldl rt, slice[row], lane", rt=1, slice=0, row=128, lane=4)]],
     raw("E-RANGE", 0, 0, 0, address=128, value=4)),
    ("a lane outside the machine", [[mov(1, 32)], [op("stl slice[row], rb, rt", slice=0, row=3, rb=1, rt=1)]],
     raw("E-RANGE", 1, 1, 0, address=3, value=32)),
    ("slices of two quads", [[op("stl.2 slice[row], lane, rt", slice=3, row=0, lane=1, rt=1)]],
     raw("E-RANGE", 0, 0, 0, address=0, value=1)),
    ("a slice outside the machine", [[op("stl slice[row], lane, rt", slice=64 + 8, row=0, lane=1, rt=1)]],
     raw("E-RANGE", 0, 0, 0, address=0, value=1)),
    ("two loads of one word", [[load(0, u=1), load(0, rt=2)]],
     raw("E-BANK", 0, 0, 0, resource=0, **other(0, 1, 0))),
    ("two stores to one bank", [[store(BANK), store(2 * BANK - 1, u=1)]],
     raw("E-BANK", 0, 0, 1, resource=1, **other(0, 0, 0))),
    ("a load beside a store", [[load(1), store(0, u=1)]], raw("E-BANK", 0, 0, 1, resource=0, **other(0, 0, 0))),
    ("a plane meets a word", [[store(4 * BANK), op("stl.4 slice[row], lane, rt", u=1, slice=0, row=5, lane=1, rt=1)]],
     raw("E-BANK", 0, 0, 1, resource=4, **other(0, 0, 0))),
    ("a word never written", [[load(2)]], raw("E-UNINIT", 0, 0, 0, address=8)),
    ("a plane never written", [[op("ldl.2 rt, slice[row], lane", rt=1, slice=0, row=0, lane=7)]],
     raw("E-UNINIT", 0, 0, 0, address=2 * BANK * 4 + 7)),
    ("division by zero", [[op("rem.u32 rd, ra, rb", rd=1, ra=2, rb=3)]], raw("E-DIV", 0, 0, 0)),
    ("an overflowing division", [[mov(1, 0x80000000)], [op("div rd, ra, imm", rd=2, ra=1, imm=0xFFFFFFFF)]],
     raw("E-DIV", 1, 1, 0, value=0x80000000, value2=0xFFFFFFFF)),
    ("an assertion", [[mov(1, 5)], [mov(2, 1), op("assert ra, imm", u=1, ra=1, imm=6)]],
     raw("E-ASSERT", 1, 1, 1, value=5, value2=6)),
    ("a trap", [[mov(1, 1), op("trap [code]", code=99)]], raw("E-TRAP", 0, 0, 1, value=99)),
    ("two writes of one bundle", [[mov(1, 1, u=2), op("mul rd, ra, rb", rd=1, ra=2, rb=2)]],
     raw("E-WRITE-CLASH", 0, 0, 1, resource=1, address=3, **other(0, 0, 0, 1))),
    ("two comparisons", [[op("cmp ra, imm", u=1, ra=1, imm=0), op("cmp ra, imm", ra=1, imm=0)]],
     raw("E-WRITE-CLASH", 0, 0, 0, resource=CONDITION_CODE, address=1, **other(0, 1, 0, 1))),
    ("a write that would overtake", [[late(4)], [mov(1, 1), load(0, rt=4)]],
     raw("E-WRITE-CLASH", 1, 1, 1, resource=4, address=5, **other(0, 0, 0, 18))),
    ("a write that would land beside", [[op("mul rd, ra, rb", rd=4, ra=1, rb=1)],
                                        [op("nop count", count=1)], [mov(4, 1)]],
     raw("E-WRITE-CLASH", 2, 2, 0, resource=4, address=3, **other(0, 0, 0, 3))),
    ("the graver fault of a later op", [[op("assert ra, imm", ra=1, imm=6), load(WORDS), late(3), store(0, u=1)]],
     raw("E-RANGE", 0, 0, 1, address=WORDS)),
    ("of one code the first unit", [[op("assert ra, imm", u=2, ra=1, imm=6), op("assert ra, imm", u=1, ra=1, imm=7)]],
     raw("E-ASSERT", 0, 0, 1, value2=7)),
    ("a trap beats a write clash", [[mov(1, 1), mov(1, 1, u=1), op("trap [code]", code=1)]],
     raw("E-TRAP", 0, 0, 2, value=1)),
    ("a fault beats a halt", [[op("assert ra, imm", ra=1, imm=6), op("halt [code]")]],
     raw("E-ASSERT", 0, 0, 0, value2=6)),
]  # fmt: skip


@pytest.mark.parametrize(("bundles", "expected"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_faults(bundles: list[Bundle], expected: RawFault) -> None:
    assert fault_of(text(*bundles)) == expected


STOP = 1


@pytest.mark.parametrize(
    "syllables",
    [
        [0 | STOP],
        [0xFF << 1 | STOP],  # an extension that extends nothing
        codec.encode(mov(1, 1)),  # the text ends inside a bundle
        [*codec.encode(mov(1, 1)), *codec.encode(mov(2, 2), stop=True)],  # A0 twice
        [codec.encode(mov(1, 1), stop=True)[0] | 1 << 63],
        [*codec.encode(load(0)), 0xFF << 1 | STOP],  # no room for an extension in this format
        [codec.encode(op("ld rt, [disp + ra*scale]", disp=1, scale=1))[0], 0xFF << 1 | STOP],  # not needed
    ],
)
def test_illegal_bundles(syllables: list[int]) -> None:
    assert fault_of(syllables) == raw("E-ILLEGAL", 0, 0)


def test_an_entry_that_starts_no_bundle_has_no_jump_to_blame() -> None:
    engine = CoreEngine(LPU_TINY, codec.to_bytes(text([mov(1, 1), mov(2, 1, u=1)])), entry=1)
    assert engine.run(FOREVER) == FAULT
    assert engine.fault == raw("E-PC", 0, 1, address=1)


def test_a_faulting_bundle_changes_nothing_although_some_ops_were_fine() -> None:
    bundle = [load(0, rt=5), op("mul rd, ra, imm", rd=6, ra=1, imm=2), mov(7, 1), store(BANK, u=1), late(3)]
    bad = [op("assert ra, imm", u=1, ra=1, imm=1), op("cmp ra, imm", u=2, ra=1, imm=9)]
    engine = CoreEngine(LPU_TINY, codec.to_bytes(text([mov(1, 3)], [*bundle[:4], *bad])))
    engine.load(0, bytes(8))
    engine.run(1)
    before = engine.state
    assert engine.run(FOREVER) == FAULT
    assert engine.state == before
    assert not any(engine.written()[BANK * 4 // 8 : BANK])
    assert engine.issue_counts() == {0: 1}
