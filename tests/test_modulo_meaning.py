"""Pipelined loops end in the state that running them round by round ends in, in every register the file names."""

from __future__ import annotations

from hypothesis import event, given, note

from asm.program import Item
from asm.schedule import schedule
from conform.linear import SPEC, bundles_text, named_registers, text_of
from conform.linear_loops import looping_programs
from conform.sequential import Sequential
from vm.core import CoreEngine
from vm.engine import HALTED

STEPS = 20_000


@given(looping_programs())
def test_pipelined_loops_mean_what_they_say(items: list[Item]) -> None:
    oracle = Sequential(items, SPEC)
    assert oracle.run(STEPS)
    scheduled = schedule(items, SPEC)
    assert scheduled.diagnostics == []
    note(bundles_text(scheduled))
    for report in scheduled.loops:
        event(report.reason or "pipelined")
        assert "check" not in report.reason  # what the assembler's own check refuses is a mistake before it
    engine = CoreEngine(SPEC, text_of(scheduled), uninit="zero")
    assert engine.run(100 * STEPS) == HALTED, engine.fault
    named = named_registers(items)
    assert [engine.state.registers[number] for number in named] == [oracle.registers[number] for number in named]
    assert engine.state.cc == oracle.cc
    assert bytes(engine.sram()) == bytes(oracle.memory.bytes)
