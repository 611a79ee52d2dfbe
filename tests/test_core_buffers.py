"""Results in shared buffers: alike on both engines, whoever passes them on, takes them apart or replaces a part."""

from __future__ import annotations

from random import Random

from engine_pairs import engines, run_both
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples
from tensor_tools import HALT, ME, MW, SE, SPEC, SW, E, Ops, V, read, timeline, vadd, vmov, write

from conform.build import op, text
from vm.engine import HALTED

ROWS = 5
ARRIVAL = 3  # from a read in quad 0 to the VXM
seeds = st.integers(0, (1 << 32) - 1)
cuts = st.lists(st.integers(0, 30), max_size=4).map(sorted)
delays = st.integers(0, 4)


def same(seed: int, ops: Ops, cuts: list[int], uninit: str = "fault", part: float = 1) -> str:
    pair = engines(Random(seed), SPEC, text(*timeline(ops | {31: [HALT]})), uninit, part=part)
    return run_both(pair, cuts)


@part_of_examples(3)
@given(seeds, cuts, delays, delays)
def test_a_result_is_passed_on_by_many(seed: int, cuts: list[int], first: int, second: int) -> None:
    """x goes to a v register and, by way of it, to a stream, turns round at a switch, and is added to itself."""
    ops: Ops = {
        0: [read(SE, MW, width=4, n=ROWS)],
        ARRIVAL: [
            vmov(V, SE, type_name="f32", delay=first, n=ROWS),
            vadd(V + 1, SE, SE, unit=1, type_name="f32", n=ROWS),
        ],
        ARRIVAL + 4: [
            vmov(SE + 4, V, unit=2, type_name="f32", delay=second, n=ROWS),
            vadd(SE, V, V + 1, unit=3, type_name="f32", n=ROWS),
        ],
        ARRIVAL + 6 + second: [write(ME, SE + 4, row=8, width=4, n=ROWS)],
        ARRIVAL + 8 + second: [
            op("shift.up.4 hemi, stream, from, amount", hemi=E, stream=SW, amount=0, n=ROWS, **{"from": SE + 4}),
        ],
    }
    assert (same(seed, ops, cuts) == HALTED) == (first < 4)


@part_of_examples(3)
@given(seeds, cuts, st.integers(0, 3), st.sampled_from([1, 2, 4]), st.sampled_from(["fault", "zero", "poison"]))
def test_a_group_of_which_a_byte_is_replaced(seed: int, cuts: list[int], byte: int, width: int, uninit: str) -> None:
    """Its other bytes are still those of the result; all of them together are torn."""
    ops: Ops = {
        0: [read(SE, MW, width=4, n=ROWS)],
        ARRIVAL: [
            vmov(SE + byte, SE + byte, n=ROWS - 2),
            vadd(V + 1, SE, SE, unit=1, type_name="f32", n=ROWS - 1),
        ],
        ARRIVAL + 2: [write(ME, SE, row=8, width=width, n=ROWS)],
        ARRIVAL + 3: [write(ME + 4, SE + 4 - width, row=8, width=width, n=ROWS)],
    }
    same(seed, ops, cuts, uninit, part=0.4 if uninit != "fault" else 1)


@part_of_examples(3)
@given(seeds, cuts)
def test_what_was_read_is_asked_for_in_both_forms(seed: int, cuts: list[int]) -> None:
    """By turns: a burst is sampled as elements in some rounds, as bytes in the others, and written in all."""
    ops: Ops = {
        0: [read(SE, MW, width=4, n=2 * ROWS)],
        ARRIVAL: [
            vadd(V, SE, SE, type_name="f32", n=ROWS, d=2),
            vmov(SW + 1, SE + 1, unit=1, n=3, d=3),
        ],
        ARRIVAL + 1: [write(ME, SE, row=8, width=4, n=2 * ROWS)],
    }
    assert same(seed, ops, cuts) == HALTED
