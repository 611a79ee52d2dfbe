"""What the C core does in its own way: time that is skipped, scalar code among bursts, bundles of every size."""

from __future__ import annotations

from typing import Any

import pytest
from tensor_tools import HALT, ME, MW, SE, SPEC, SW, Ops, get, put, random_bytes, read, timeline, write

from conform.build import Bundle, addresses, op, text
from isa import codec
from isa.codec import Op
from isa.faults import RawFault
from isa.machine import LPU_TINY, MachineSpec
from vm.core import CoreEngine
from vm.engine import FAULT, HALTED, RUNNING
from vm.items import Burst, Item, Lost

FOREVER = 1 << 60
X = random_bytes(1)


def core(bundles: list[Bundle], spec: MachineSpec = SPEC, **options: Any) -> CoreEngine:
    """The core with a program, and X in row 0 of every slice."""
    engine = CoreEngine(spec, codec.to_bytes(text(*bundles)), **options)
    for hemisphere in (MW, ME):
        for index in range(spec.slices):
            put(engine, hemisphere + index, 0, random_bytes(1, spec.lanes))
    return engine


def fault_of(engine: CoreEngine) -> RawFault:
    assert engine.run(FOREVER) == FAULT
    assert engine.fault is not None
    return engine.fault


def of_kind(engine: CoreEngine, kind: type[Item]) -> list[Item]:
    return [item for item in engine.state.tensor if isinstance(item, kind)]


# Time that is skipped -----------------------------------------------------------------------------
@pytest.mark.parametrize("until", [3, 8, 9, 1000, 1 << 30])
def test_streams_go_on_while_nothing_issues(until: int) -> None:
    """A value leaves mw0 in cycle 2; nobody samples it, and in cycle 8 it falls off the edge."""
    engine = core(timeline({0: [read(SE, MW)], 1 << 31: [HALT]}))
    assert engine.run(until) == RUNNING
    assert bool(of_kind(engine, Lost)) == (until > 8)
    assert len(engine.state.tensor) == 1


def test_a_scalar_loop_runs_between_two_bursts() -> None:
    count = 100_000
    before: list[Bundle] = [[read(SE, MW)], [op("loop imm, target", imm=count, target=0)]]
    body: list[Bundle] = [[op("nop count", count=2)], [op("add rd, ra, imm", rd=1, ra=1, imm=1)]]
    after: list[Bundle] = [[read(SE, MW)], [op("nop count", count=3)], [write(ME, SE, 5), HALT]]
    bundles = [*before, *body, *after]
    before[1] = bundles[1] = [op("loop imm, target", imm=count, target=addresses(*bundles)[4])]
    engine = core(bundles)
    assert engine.run(FOREVER) == HALTED, engine.fault
    assert engine.state.cycle == 2 + 3 * count + 5
    assert engine.state.registers[1] == count
    assert (get(engine, ME, 5) == X).all()
    assert of_kind(engine, Lost) == [Lost(0, 0, SE, 1)]


# Scalar code among bursts ---------------------------------------------------------------------------
def summing(load: Op, rounds: int) -> list[Bundle]:
    """A burst that copies mw0, row 0, over many rows of me0, while a loop loads a word and adds it up."""
    bundles: list[Bundle] = [
        [read(SE, MW, n=50, stride=0), op("nop count", count=4)],
        [op("loop imm, target", imm=rounds, target=0)],
        [load, op("add rd, ra, imm", rd=2, ra=2, imm=1)],
        [op("nop count", count=1), write(ME, SE, 1)],
        [op("nop count", count=2)],
        [op("add rd, ra, rb", rd=3, ra=3, rb=1)],
        [HALT],
    ]
    bundles[1] = [op("loop imm, target", imm=rounds, target=addresses(*bundles)[6])]
    return bundles


def test_loads_and_bursts_in_one_cycle() -> None:
    word = LPU_TINY.word_address(0, 5, 0, 0)
    engine = core(summing(op("ld rt, [disp]", rt=1, disp=word), 8))
    assert engine.run(FOREVER) == HALTED, engine.fault
    assert engine.state.registers[3] == 8 * int(X[:4].view("<u4")[0]) % 2**32
    assert (get(engine, ME, 1) == X).all()


def test_a_load_meets_a_burst_in_its_bank() -> None:
    engine = core(summing(op("ld rt, [disp]", rt=1, disp=LPU_TINY.word_address(0, 0, 0, 0)), 8))
    fault = fault_of(engine)
    assert (fault.name, fault.cycle, fault.pc, fault.element, fault.other_cycle) == ("E-BANK", 5, 0, 5, 5)


def test_a_scalar_fault_leaves_the_bursts_of_its_cycle_alone() -> None:
    ops: Ops = {0: [read(SE, MW, n=9, stride=0)], 4: [write(ME, SE), op("trap [code]", code=3)]}
    engine = core(timeline(ops))
    assert (fault_of(engine).name, fault_of(engine).slot) == ("E-TRAP", 1)
    until = core(timeline(ops))
    assert until.run(4) == RUNNING
    assert engine.state == until.state
    assert of_kind(engine, Burst) == [Burst(0, 0, 0, b"")]


# Bundles of every size ------------------------------------------------------------------------------
BIG = MachineSpec("big", superlanes=1, quads=16, rows=4)


def every_port() -> list[Op]:
    """A read on every slice, the four of a quad on four streams of their own."""
    return [read(SE + index % 4, hemisphere + index) for hemisphere in (MW, ME) for index in range(BIG.slices)]


def test_slots_past_256_are_part_of_a_state() -> None:
    """Reads on all slices, writes of the streams that pass into their other banks: the division stands behind them."""
    arrived = [write(ME + index, SE + 8, BIG.rows) for index in range(BIG.slices)] + [
        write(MW + index, SW + 8, BIG.rows) for index in range(BIG.slices)
    ]
    full = [op("vmov.u8 dst, imm", dst=stream + 8, u=unit, imm=1, n=64) for unit, stream in enumerate((SE, SW))]
    last = [*every_port(), *arrived, op("div rd, ra, imm", rd=1, imm=1)]
    engine = core([full, [op("nop count", count=40)], last, [HALT]], BIG)
    assert engine.run(42) == RUNNING, engine.fault
    state = engine.state
    assert state.in_flight[0].slot == len(last) - 1 > 255
    engine.set_state(state)
    assert engine.state == state
    assert engine.run(FOREVER) == HALTED, engine.fault
    assert all((get(engine, slice_ + index, BIG.rows) == 1).all() for slice_ in (MW, ME) for index in range(BIG.slices))


def test_an_op_on_a_unit_that_another_claims_makes_the_bundle_illegal() -> None:
    bundle = [read(SE, MW + 3), read(SE + 4, MW, width=4)]
    program = [syllable for one in bundle for syllable in codec.encode(one)]
    program[-1] |= 1
    engine = CoreEngine(SPEC, codec.to_bytes(program))
    assert fault_of(engine).name == "E-ILLEGAL"
