"""What is reserved: cycles of units and banks, diagonals of streams, with gaps where bursts leave some."""

from __future__ import annotations

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.streams.burst import Piece
from asm.streams.taken import SOLID, Taken, pulses
from asm.write.timeline import timeline_text
from isa.machine import LPU1

NOBODY = cast(Piece, None)


@st.composite
def some_taken(draw: st.DrawFn) -> Taken:
    start, count, spacing = draw(st.integers(0, 20)), draw(st.integers(1, 8)), draw(st.integers(1, 5))
    near, positions = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    masks = (SOLID, pulses(count, spacing), draw(st.integers(0, 2**30)) | 1)
    mask = draw(st.sampled_from(masks))
    length = (count - 1) * spacing + 1 if mask != masks[2] else mask.bit_length()
    return Taken(start, start + length, NOBODY, near, near + positions, mask)


def cells(taken: Taken, later: int = 0) -> set[tuple[int, int]]:
    """The cycles and positions, one by one."""
    bits = range(taken.end - taken.start)
    cycles = [bit for bit in bits if taken.mask == SOLID or taken.mask >> bit & 1]
    return {(taken.start + later + cycle, place) for cycle in cycles for place in range(taken.near, taken.far)}


@given(some_taken(), some_taken())
def test_reservations_meet_where_they_share_a_cycle_and_place(one: Taken, other: Taken) -> None:
    assert one.meets(other) == bool(cells(one) & cells(other))
    assert one.meets(other) == other.meets(one)


@given(some_taken(), some_taken())
def test_one_that_is_in_the_way_says_how_much_later_or_earlier_would_do(one: Taken, other: Taken) -> None:
    if not one.meets(other):
        return
    for sign, found in ((1, one.clear_of(other)), (-1, one.clear_before(other))):
        assert found > 0
        assert not cells(one, sign * found) & cells(other)
        assert all(cells(one, sign * less) & cells(other) for less in range(found))


@given(st.integers(1, 300), st.integers(1, 256))
def test_a_burst_has_a_bit_for_each_element(count: int, spacing: int) -> None:
    assert pulses(count, spacing) == sum(1 << element * spacing for element in range(count))


def test_bursts_with_gaps_share_a_stream_element_by_element() -> None:
    """Two f16 products of one pair of streams, one for each hemisphere's planes, and a vector every 2 cycles."""
    source = """
        .input  x0: f16[50, 320] @ mw0..mw1
        .input  x1: f16[50, 320] @ mw4..mw5
        .input  w: f16[320, 320] @ mw28..mw43 layout mxm
        .input  v: f16[320, 320] @ me28..me43 layout mxm
        .output y0: f32[50, 320] @ auto
        .output y1: f32[50, 320] @ auto
        vload   se30, x0
        mmul.f16 %y, se30, v !E
        vstore  y0, %y
        vload   se30, x1
        vmax.f16 %x, se30, 0.0
        mmul.f16 %y, %x, w !W
        vstore  y1, %y
"""
    (timeline,) = assemble(source).found
    text = timeline_text(timeline, LPU1)
    starts = [int(line.split()[0][1:]) for line in text.splitlines() if "se30, mw" in line]
    assert len(starts) == 2
    first, second = (start + 2 + place for start, place in zip(starts, (0, -1), strict=True))
    assert 0 < abs(first - second) < 2 * 50 and (first - second) % 2
