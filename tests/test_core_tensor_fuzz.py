"""Any ops of the tensor face, and anything as its state: the core gives a fault or an end, never a crash."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core_tools import LIMIT, assert_sound, flooded_programs
from hypothesis import given
from hypothesis import strategies as st

from isa.machine import LPU_TINY, MachineSpec
from vm.core import CoreEngine
from vm.engine import FAULT, HALTED, RUNNING, UNINIT_MODES, State
from vm.items import KINDS, Item, in_order

SPECS = [
    LPU_TINY,
    MachineSpec("narrow", superlanes=1, quads=2, banks=1, rows=8),
    MachineSpec("wide", superlanes=5, quads=3, rows=16),
]
machines, modes = st.sampled_from(SPECS), st.sampled_from(UNINIT_MODES)


def started(spec: MachineSpec, program: bytes, mode: str, strict: bool = False) -> CoreEngine:
    """A machine with numbers in all of its memory but the last rows."""
    engine = CoreEngine(spec, program, uninit=mode, strict=strict)
    engine.load(0, bytes(number % 7 for number in range(spec.sram_bytes - 5 * spec.lanes)))
    for register in range(32):
        engine.set_register(register, register % 5)
    return engine


@given(machines, flooded_programs(), modes, st.booleans())
def test_any_ops_on_full_streams(spec: MachineSpec, program: bytes, mode: str, strict: bool) -> None:
    engine = started(spec, program, mode, strict)
    assert_sound(engine, engine.run(LIMIT), LIMIT)


@given(machines, flooded_programs(), modes, st.lists(st.integers(1, 30), max_size=4))
def test_a_run_goes_on_from_its_state(spec: MachineSpec, program: bytes, mode: str, pauses: list[int]) -> None:
    """One machine runs through, another is paused and begins anew from its own state."""
    whole, paused = started(spec, program, mode), started(spec, program, mode)
    for pause in pauses:
        paused.run(paused.state.cycle + pause)
        if paused.fault is None:
            state = paused.state
            paused.set_state(state)
            assert paused.state == state
    assert whole.run(LIMIT) == paused.run(LIMIT)
    assert (whole.fault, whole.state) == (paused.fault, paused.state)
    assert bytes(whole.sram()) == bytes(paused.sram())


numbers = st.integers(-2, 70) | st.integers(-(1 << 63), (1 << 63) - 1)


@st.composite
def broken_items(draw: st.DrawFn, item: Item) -> Item:
    """An item with one of its numbers, or its data, replaced."""
    name = draw(st.sampled_from(item._fields))
    if name == "data":
        return item._replace(data=draw(st.binary(max_size=8) | st.just(item.data[::-1]) | st.just(item.data * 2)))
    named: Any = item
    changed: Item = named._replace(**{name: draw(numbers)})
    return changed


@given(flooded_programs(), st.integers(1, 40), st.data())
def test_any_items_are_refused_or_run(program: bytes, cycle: int, data: st.DataObject) -> None:
    engine = started(LPU_TINY, program, "zero")
    if engine.run(cycle) == FAULT:
        return
    state = engine.state
    items = list(state.tensor)
    for _ in range(data.draw(st.integers(1, 3)) if items else 0):
        place = data.draw(st.integers(0, len(items) - 1))
        items[place] = data.draw(broken_items(items[place]))
    refused_or_runs(engine, state, replace(state, tensor=in_order(items)))


def refused_or_runs(engine: CoreEngine, before: State, state: State) -> None:
    """Whatever is refused changes nothing; whatever is taken is the state, and runs."""
    try:
        engine.set_state(state)
    except ValueError:
        assert engine.state == before
    else:
        assert engine.state == state
    assert_sound(engine, engine.run(LIMIT), LIMIT)


@given(flooded_programs(), st.integers(1, 40), st.integers(0, 11), st.lists(numbers, min_size=12, max_size=12))
def test_the_library_takes_any_numbers(program: bytes, cycle: int, kind: int, found: list[int]) -> None:
    """What Python would not let pass: kinds that are none, numbers that fit no field, too few bytes."""
    from vm._core import ffi, lib

    engine = started(LPU_TINY, program, "zero")
    engine.run(cycle)
    size = LPU_TINY.lanes * 4
    held = ffi.new("uint8_t[]", size)
    item = ffi.new("lpu_item *", (kind, found, size, held))
    taken = lib.lpu_items_put(engine._machine, item)
    assert taken == -1 or kind < len(KINDS)
    assert engine.run(LIMIT) in (RUNNING, HALTED, FAULT)
