"""What the scheduler makes of linear code ends in the state that reading the code in order ends in."""

from __future__ import annotations

from hypothesis import event, given, note

from asm.program import Item
from asm.schedule import schedule
from conform.linear import LINK, SPEC, bundles_text, named_registers, programs, text_of
from conform.sequential import Sequential
from vm.engine import HALTED
from vm.reference.machine import ReferenceEngine

STEPS = 20_000


def final_states(items: list[Item]) -> tuple[tuple[list[int], int, bytes], tuple[list[int], int, bytes]]:
    """(registers named but the link register, condition code, memory): read in order, and run with time."""
    oracle = Sequential(items, SPEC)
    assert oracle.run(STEPS)
    scheduled = schedule(items, SPEC)
    assert scheduled.diagnostics == []
    note(bundles_text(scheduled))
    engine = ReferenceEngine(SPEC, text_of(scheduled), uninit="zero")
    assert engine.run(100 * STEPS) == HALTED, engine.fault
    named = [number for number in named_registers(items) if number != LINK]
    ours = [oracle.registers[number] for number in named], oracle.cc, bytes(oracle.memory.bytes)
    return ours, ([engine.state.registers[number] for number in named], engine.state.cc, bytes(engine.sram()))


@given(programs())
def test_scheduled_code_means_what_it_says(items: list[Item]) -> None:
    expected, actual = final_states(items)
    event(f"about {len(items) // 20 * 20} items")
    assert actual == expected
