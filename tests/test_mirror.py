"""Memory as pages: mirrors tell what memory holds, however it came there, and sharing never lies."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.build import image, op
from conform.memory import cut, first_unequal_byte
from isa.machine import LPU1, MachineSpec
from vm.machine import Machine
from vm.mirror import mirrored
from vm.pages import BLANK_PAGE, PAGE_BYTES, Pages, blank, span, used
from vm.snapshot import from_bytes

SMALL = MachineSpec("small", superlanes=3, quads=3, rows=700)  # rows of 48 bytes, which lie across pages
HALT = [op("halt [code]")]


def machine(engine: str = "core", spec: MachineSpec = SMALL) -> Machine:
    return Machine(image(HALT, machine=spec), engine)


def contents(made: Machine) -> tuple[bytes, bytes]:
    """All of memory, and the written bits, without their being lent out."""
    return bytes(made.engine.view(0, SMALL.sram_bytes)), made.engine.written()


CHANGES = st.tuples(
    st.sampled_from(["load", "poke", "keep", "back"]), st.integers(0, SMALL.sram_bytes - 300), st.randoms()
)


@given(st.sampled_from(["core", "reference"]), st.lists(CHANGES, max_size=12))
def test_snapshots_hold_what_memory_held(engine: str, changes: list[tuple[str, int, Random]]) -> None:
    made = machine(engine)
    kept = [(made.snapshot(), contents(made))]
    for what, address, rng in changes:
        if what == "load":
            made.engine.load(address, rng.randbytes(rng.randrange(300)))
        elif what == "poke":
            made.sram[address : address + 9] = rng.randrange(256)
        elif what == "keep":
            kept.append((made.snapshot(), contents(made)))
        else:
            saved, held = rng.choice(kept)
            made.restore(saved)
            assert contents(made) == held
    for saved, held in kept:
        assert (b"".join(saved.sram), b"".join(saved.written)) == held
        made.restore(saved.to_bytes())
        assert contents(made) == held


def test_snapshots_share_pages_that_nothing_was_stored_to() -> None:
    made = machine(spec=LPU1)
    made.engine.load(5 * PAGE_BYTES - 3, b"across")
    first = made.snapshot()
    made.engine.load(9 * PAGE_BYTES, b"one")
    second = made.snapshot()
    assert [k for k, page in enumerate(second.sram) if page is not first.sram[k]] == [9]
    assert [k for k, page in enumerate(second.sram) if page is not BLANK_PAGE] == [4, 5, 9]
    assert from_bytes(second.to_bytes()) == second


@given(st.lists(st.integers(0, 9), max_size=10, unique=True), st.data())
def test_pages_in_use_and_spans(places: list[int], data: st.DataObject) -> None:
    pages = Pages.of([bytes([k]) * PAGE_BYTES if k in places else BLANK_PAGE for k in range(10)])
    assert [k for run in used(pages) for k in run] == sorted(places)
    assert all(run.stop not in places and run.start - 1 not in places for run in used(pages))
    start = data.draw(st.integers(0, 10 * PAGE_BYTES))
    stop = data.draw(st.integers(start, 10 * PAGE_BYTES))
    assert span(pages, start, stop) == b"".join(pages)[start:stop]


def test_the_first_byte_that_differs_is_found() -> None:
    ours, theirs = bytearray(3 * PAGE_BYTES), bytearray(3 * PAGE_BYTES)
    assert first_unequal_byte(cut(bytes(ours)), blank(len(theirs))) is None
    theirs[2 * PAGE_BYTES + 7] = theirs[PAGE_BYTES + 5] = 9
    assert first_unequal_byte(cut(bytes(ours)), cut(bytes(theirs))) == (PAGE_BYTES + 5, 0, 9)


@pytest.mark.parametrize("engine", ["core", "reference"])
def test_what_is_read_lends_nothing_out(engine: str) -> None:
    made = machine(engine)
    made.engine.load(10, b"abc")
    assert made.engine.view(9, 5) == b"\0abc\0"
    assert made.engine.view(SMALL.sram_bytes - 2, 9) == b"\0\0"
    assert not made.engine.was_lent()
    assert np.any(made.sram) and made.engine.was_lent()
    assert mirrored(made.engine).take()[0][0][10:13] == b"abc"


def test_what_is_lent_is_watched_as_long_as_somebody_has_it() -> None:
    made = machine()
    first, lent = made.snapshot(), made.sram
    part = lent[5:7]
    del lent
    for value in (1, 2):
        part[:] = value
        assert made.snapshot().sram[0][4:8] == bytes([0, value, value, 0])
    del part
    assert made.engine.was_lent() and not made.engine.was_lent()
    made.sram[9] = 3
    made.restore(first)
    assert made.engine.view(0, 16) == bytes(16)


@pytest.mark.parametrize("engine", ["core", "reference"])
def test_steps_are_runs_of_some_cycles(engine: str) -> None:
    made = Machine(image([op("nop count", count=3000)], HALT), engine)
    assert [made.step(cycles) for cycles in (0, 1, 999, 1500)] == ["running"] * 4
    assert made.cycle == 2500
    assert made.step(10**9) == "halted" and made.cycle == 3001
