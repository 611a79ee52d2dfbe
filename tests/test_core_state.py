"""The core from outside: stopping anywhere, states from strangers, memory views, interruption."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_tools import once

from conform.build import op, text
from conform.generate import legal_programs, registers
from isa import codec
from isa.machine import LPU_TINY, MachineSpec
from vm.core import CoreEngine
from vm.engine import HALTED, RUNNING, InFlight, Loop, State

FOREVER = 1 << 60
LIMIT = 3000
SPIN = codec.to_bytes(text([op("jmp target", target=0)]))
WAITING = codec.to_bytes(text([op("nop count", count=1 << 32)], [op("jmp target", target=0)]))
PROGRAM = codec.to_bytes(
    text([op("loop imm, target", imm=3, target=2)], [op("add rd, ra, imm", rd=1, ra=1, imm=1)], [op("halt [code]")])
)


def tiny(code: bytes = PROGRAM, entry: int = 0) -> CoreEngine:
    return CoreEngine(LPU_TINY, code, entry, uninit="zero")


def prepared(code: bytes, contents: list[int]) -> CoreEngine:
    engine = tiny(code)
    for register, value in enumerate(contents):
        engine.set_register(register, value)
    return engine


@given(legal_programs(), registers())
def test_stopping_after_every_cycle_changes_nothing(syllables: list[int], contents: list[int]) -> None:
    code = codec.to_bytes(syllables)
    whole, stepped = prepared(code, contents), prepared(code, contents)
    status = whole.run(LIMIT)
    for until in range(LIMIT + 1):
        if (now := stepped.run(until)) != RUNNING:
            break
    assert (now, stepped.state, stepped.fault) == (status, whole.state, whole.fault)
    assert stepped.issue_counts() == whole.issue_counts()
    assert bytes(stepped.sram()) == bytes(whole.sram())


@given(legal_programs(), registers(), st.integers(0, 200))
def test_a_state_goes_on_in_another_machine(syllables: list[int], contents: list[int], cut: int) -> None:
    code = codec.to_bytes(syllables)
    whole = prepared(code, contents)
    whole.run(cut)
    other = tiny(code)
    other.load(0, bytes(whole.sram()))
    other.set_state(whole.state)
    assert other.state == whole.state
    assert other.run(LIMIT) == whole.run(LIMIT)
    assert other.state == whole.state
    assert bytes(other.sram()) == bytes(whole.sram())


START = tiny().state
WRITE = InFlight(register=1, value=5, landing=3, issued=1, pc=0, slot=0)


@pytest.mark.parametrize(
    "state",
    [
        replace(START, registers=(0,) * 31),
        replace(START, cc=16),
        replace(START, cycle=1 << 62),
        replace(START, loops=(Loop(1, 2, 1),) * 5),
        replace(START, loops=(Loop(1, 2, 0),)),
        replace(START, loops=(Loop(1, 2, 1 << 31),)),
        replace(START, loops=(Loop(2, 2, 1),)),
        replace(START, loops=(Loop(1, 99, 1),)),
        replace(START, loops=(Loop(1, 3, 1),)),  # the body would end with a halt
        replace(START, cycle=2, next_fetch=2, in_flight=(replace(WRITE, register=33),)),
        replace(START, cycle=2, next_fetch=2, in_flight=(replace(WRITE, landing=2),)),
        replace(START, cycle=2, next_fetch=2, in_flight=(replace(WRITE, landing=20),)),
        replace(START, cycle=2, next_fetch=2, in_flight=(replace(WRITE, issued=2),)),
        replace(START, cycle=2, next_fetch=2, in_flight=(WRITE, WRITE)),
        replace(START, cycle=2, next_fetch=2, in_flight=(replace(WRITE, register=32, value=16),)),
        replace(START, cycle=2),
        replace(START, cycle=2, next_fetch=2, jump_slot=0, jump_cycle=1),
        replace(START, cycle=2, next_fetch=2, jump_pc=0),
    ],
)
def test_what_is_no_state_is_refused_and_changes_nothing(state: State) -> None:
    engine = tiny()
    engine.run(2)
    before = engine.state
    with pytest.raises(ValueError, match=r"must|fit|registers|loop"):
        engine.set_state(state)
    assert engine.state == before
    assert engine.run(FOREVER) == HALTED


def test_a_loop_from_outside_is_gone_round() -> None:
    engine = tiny(codec.to_bytes(text(*([op("add rd, ra, imm", rd=1, ra=1, imm=1)] for _ in range(3)))))
    engine.run(1)  # planned without a loop
    engine.set_state(replace(START, loops=(Loop(0, 2, 4),)))
    assert engine.run(FOREVER) == HALTED
    assert engine.state.registers[1] == 2 * 4 + 1


def test_a_register_set_from_outside_is_seen_and_a_write_in_flight_still_lands() -> None:
    engine = tiny(codec.to_bytes(text([op("mul rd, ra, imm", rd=1, ra=2, imm=3)], [op("halt [code]")])))
    engine.set_register(2, 14)
    engine.run(2)
    engine.set_register(1, 1)
    assert engine.state.registers[1] == 1
    engine.run(FOREVER)
    assert engine.state.registers[1] == 42
    with pytest.raises(ValueError, match="register 32"):
        engine.set_register(32, 0)


@pytest.mark.parametrize(
    ("spec", "code", "entry", "uninit", "message"),
    [
        (LPU_TINY, b"1234567", 0, "fault", "7 bytes"),
        (replace(LPU_TINY, text_syllables=2), bytes(24), 0, "fault", "3 syllables"),
        (LPU_TINY, b"", -1, "fault", "entry"),
        (LPU_TINY, b"", 0, "maybe", "uninit"),
    ],
)
def test_what_cannot_be_loaded(spec: MachineSpec, code: bytes, entry: int, uninit: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CoreEngine(spec, code, entry, uninit)


def test_memory_is_viewed_without_copies_and_outlives_the_engine() -> None:
    engine = tiny()
    view, again = engine.sram(), engine.sram()
    assert len(view) == LPU_TINY.sram_bytes
    assert len(engine.written()) == LPU_TINY.sram_bytes // 8
    view[5] = 9
    assert again[5] == 9
    del engine, again
    gc.collect()
    view[LPU_TINY.sram_bytes - 1] = 1
    assert view[5] == 9


@given(st.integers(0, LPU_TINY.sram_bytes), st.binary(max_size=70))
def test_loading_marks_exactly_its_bytes_as_written(address: int, data: bytes) -> None:
    engine = tiny()
    if address + len(data) > LPU_TINY.sram_bytes:
        with pytest.raises(ValueError, match="outside SRAM"):
            engine.load(address, data)
        return
    engine.load(address, data)
    assert bytes(engine.sram()[address : address + len(data)]) == data
    bits = int.from_bytes(engine.written(), "little")
    assert bits == ((1 << len(data)) - 1) << address


# What a process that does nothing else touches when it runs eight machines.
EIGHT_MACHINES = """
import os, sys
from isa.machine import LPU1
from vm.core import CoreEngine

def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

program = bytes.fromhex(sys.argv[1])
before = resident()
engines = [CoreEngine(LPU1, program) for _ in range(8)]
assert all(engine.run(1000) == "halted" for engine in engines)
print(resident() - before)
"""


def test_memory_that_is_not_touched_costs_nothing() -> None:
    command = [sys.executable, "-c", EIGHT_MACHINES, PROGRAM.hex()]
    grown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert int(grown) < 16 << 20  # of 8 times 220 MiB


@contextmanager
def alarm() -> Iterator[None]:
    """KeyboardInterrupt, as by Ctrl-C, once this process has used 0.2 s of the processor."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


@pytest.mark.parametrize("code", [SPIN, WAITING])
def test_a_run_can_be_interrupted_and_goes_on(code: bytes) -> None:
    engine = tiny(code)
    started = process_time()
    with pytest.raises(KeyboardInterrupt), alarm():
        engine.run(FOREVER)
    assert process_time() - started < 2
    cycle = engine.state.cycle
    assert cycle > 0
    assert engine.run(cycle + 10) == RUNNING


def test_other_threads_run_meanwhile() -> None:
    """One sees that the run goes on, and ends it."""
    engine = tiny(SPIN)
    with pytest.raises(KeyboardInterrupt), once(lambda: engine.cycle > 0, interrupt_main):
        engine.run(FOREVER)
    assert engine.cycle > 0
