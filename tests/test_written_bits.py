"""Written bits: kept by the word and, of words written in part, by the byte; read and replaced as one bit per byte."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.build import image, op
from isa.machine import MachineSpec
from vm.engine import HALTED
from vm.machine import Machine

SMALL = MachineSpec("small", superlanes=3, quads=1, rows=7)  # rows of 12 words: bits of 64 do not begin with them
BITS = SMALL.sram_bytes // 8


def some_bits(rng: Random) -> bytes:
    """Now of words that are whole or not at all, now of any."""
    choice = (0, 15, 240, 255) if rng.randrange(2) else range(256)
    return bytes(rng.choice(choice) for _ in range(rng.choice([1, 3, 40, 200])))


@given(st.sampled_from(["core", "reference"]), st.lists(st.tuples(st.booleans(), st.randoms()), max_size=20))
def test_bits_are_what_was_stored_and_set(engine: str, changes: list[tuple[bool, Random]]) -> None:
    made = Machine(image([op("halt [code]")], machine=SMALL), engine).engine
    expected = 0
    for is_load, rng in changes:
        if is_load:
            size = rng.choice([0, 1, 2, 5, 30, 700])
            address = rng.randrange(SMALL.sram_bytes - size)
            made.load(address, bytes(size))
            expected |= (1 << size) - 1 << address
        else:
            bits = some_bits(rng)
            start = rng.randrange(BITS - len(bits))
            made.set_written(bits, start)
            held = (1 << 8 * len(bits)) - 1 << 8 * start
            expected = expected & ~held | int.from_bytes(bits, "little") << 8 * start
    written = expected.to_bytes(BITS, "little")
    assert made.written() == written
    start, stop = sorted(Random(len(changes)).sample(range(BITS), 2))
    assert made.written(start, stop - start) == written[start:stop]


def test_a_word_counts_as_written_once_all_of_its_lanes_do(engine: str) -> None:
    stores = [[op("stl slice[row], lane, rt", slice=0, row=0, lane=5 + k, rt=1)] for k in (0, 2, 1)]
    load = [op("ld rt, [disp]", rt=2, disp=1)]
    made = Machine(
        image([op("stl slice[row], lane, rt", slice=0, row=0, lane=4)], *stores, load, [op("halt [code]")]), engine
    )
    assert made.run() == HALTED
    assert made.engine.written(0, 2) == b"\xf0\0"


@pytest.mark.parametrize("start", [-1, BITS, BITS - 1])
def test_bits_that_are_not_there_are_refused(engine: str, start: int) -> None:
    made = Machine(image([op("halt [code]")], machine=SMALL), engine).engine
    with pytest.raises(ValueError, match=f"2 bytes of written bits from {start} on"):
        made.written(start, 2)
    with pytest.raises(ValueError, match=f"2 bytes of written bits from {start} on"):
        made.set_written(b"ab", start)
