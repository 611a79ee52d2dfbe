"""Stretches that are quiet: of none of them the checks that follow elements say anything."""

from __future__ import annotations

import subprocess
import sys
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.check import tensor
from asm.check.quiet import is_quiet
from isa.machine import LPU1
from tests.profile_tools import part_of_examples

BANK = LPU1.words_per_bank
LINES = (
    "read se{s}, mw{q}[{row}], n={n}, stride={t}",
    "read.4 sw{s}, me{q}[{row}], n={n}",
    "read se{s}, mw{q}[{row} + r3], n={n}",
    "write mw{q}[{row}], se{s}, n={n}",
    "write.2 me{q}[r5], sw{s}, n={n}, d=3",
    "gather se{s}, mw{q}.1, sw{s}",
    "vadd.i8.w v{n}, se{s}, r3",
    "vmov.i32 se{s}, 5, n={n}",
    "vmov.i8 sw{s}, v{n}",
    "shift.up W, se{s}, se8, 1",
    "accr 2, {n}, sw{s}",
    "abc.i8 2, se0",
    "send {n}, se{s}",
    "ld r8, [{word}]",
    "st [{word}], r9",
    "ld r8, [r1]",
    "nop {wait}",
    "nop {wait}",
    "nop {wait}",
)
ENDS = ("{ halt }", "{ jmp start }", "{ jlt start }\n{ nop 1 }", "")
numbers = st.fixed_dictionaries(
    {
        "s": st.sampled_from((0, 4, 8)),
        "q": st.sampled_from((0, 4, 40)),
        "row": st.sampled_from((0, 3, LPU1.rows - 2, LPU1.rows, LPU1.rows * LPU1.banks - 2)),
        "n": st.sampled_from((1, 2, 5)),
        "t": st.sampled_from((1, -1, 2000)),
        "word": st.sampled_from((0, BANK, 8 * BANK, 80 * BANK)),
        "wait": st.sampled_from((1, 3, 30, 120)),
    }
)
lines = st.lists(st.tuples(st.sampled_from(LINES), numbers), min_size=1, max_size=6)


def program(body: list[tuple[str, dict[str, int]]], is_entered: bool, end: str) -> str:
    made = ["{ " + line.format(**chosen) + " }" for line, chosen in body]
    return "\n".join([".global start"] * is_entered + ["start:", *made, end, ""])


@part_of_examples(1)
@given(st.builds(program, lines, st.booleans(), st.sampled_from(ENDS)))
def test_nothing_is_said_of_what_is_quiet(text: str) -> None:
    with patch.object(tensor, "is_quiet", return_value=False):
        looked_at = assemble(text).diagnostics
    assert assemble(text).diagnostics == looked_at


@pytest.mark.parametrize(
    ("body", "is_entered", "end", "found"),
    [
        ("{ read se0, mw4[1], n=4 }", True, "{ jmp start }", True),
        ("{ read se0, mw4[1], n=4 }", True, "{ halt }", True),
        ("{ read se0, mw4[1], n=4 }", False, "{ halt }", True),  # the run ends before the values are gone
        ("{ read se0, mw4[1], n=4 }\n{ nop 120 }", False, "{ halt }", False),
        ("{ read se0, mw4[1], n=4 }\n{ nop 120 }", True, "{ halt }", True),  # what is sampled is not known
        ("{ read sw0, mw4[1] }\n{ nop 7 }", False, "{ jmp start }", True),
        ("{ read sw0, mw4[1] }\n{ nop 30 }", False, "{ jmp start }", False),
        ("{ write mw4[1], se0 }", True, "{ halt }", True),
        ("{ write mw4[1], se0 }", False, "{ halt }", False),
        (f"{{ read se0, mw4[1], n=9  ||  ld r8, [{8 * BANK}] }}", True, "{ halt }", False),
        (f"{{ read se0, mw4[1], n=9  ||  ld r8, [{9 * BANK}] }}", True, "{ halt }", True),
        ("{ read se0, mw4[1]  ||  read se0, me4[1] }", True, "{ halt }", False),
        ("{ iw 0 }", True, "{ halt }", False),
        ("{ vmov.i8 v3, r4 }\n{ nop 120 }", False, "{ halt }", True),
        ("{ read se0, mw4[0], n=2, stride=-1 }", True, "{ halt }", False),
        (f"{{ read se0, mw4[{LPU1.rows * LPU1.banks - 1}], n=2 }}", True, "{ halt }", False),
        (f"{{ read.2 se0, mw4[1]  ||  ld r8, [{10 * BANK}] }}", True, "{ halt }", False),
        (f"{{ gather se0, mw4.1, sw0  ||  ld r8, [{9 * BANK}] }}", True, "{ halt }", False),
        (f"{{ gather se0, mw4.1, sw0  ||  ld r8, [{8 * BANK}] }}", True, "{ halt }", True),
    ],
)
def test_what_is_quiet(body: str, is_entered: bool, end: str, found: bool) -> None:
    text = "\n".join([".global start"] * is_entered + ["start:", body, end, ""])
    with patch.object(tensor, "is_quiet", side_effect=is_quiet) as asked:
        assemble(text)
    assert [is_quiet(*call.args) for call in asked.call_args_list] == [found]


@pytest.mark.parametrize("before", ["", "{ read se8, me8[1] }\n{ jmp next }\nnext:\n"])
@pytest.mark.parametrize("burst", ["read sw0, mw4[1], n=3", "read se0, mw40[1]", "write mw4[1], se4, n=2"])
def test_a_burst_that_stands_alone_is_quiet_when_nothing_is_said_of_it(before: str, burst: str) -> None:
    """However long before it the first values still are under way, and however long after it the code goes on."""
    outcomes = set()
    for wait in range(1, 80):
        first, last = (wait, 120) if before else (1, wait)
        text = f"{before}{{ nop {first} }}\n{{ {burst} }}\n{{ nop {last} }}\n{{ trap }}\n"
        with patch.object(tensor, "is_quiet", return_value=False) as asked:
            said = [each for each in assemble(text).diagnostics if "se8" not in each.message]
        *_, call = asked.call_args_list
        assert is_quiet(*call.args) == (not said)
        outcomes.add(not said)
    assert outcomes == {True, False} if before or "read" in burst else {False}


def test_sources_with_bursts_that_stand_alone_do_without_numpy() -> None:
    code = "import sys, asm.assemble as a; a.assemble('.global s\\ns: { read se0, mw4[1], n=4 }\\n{ halt }\\n')"
    command = [sys.executable, "-c", f"{code}; print('numpy' in sys.modules)"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.split() == [b"False"]
