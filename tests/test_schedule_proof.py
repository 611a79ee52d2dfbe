"""The check made on every scheduled block: it finds every op that was moved where it must not be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.facts import control_of, cycles_of
from asm.program import AsmOp, Packed
from asm.schedule.proof import flaw

LINES = """
        ld      r1, [x]
        mul     r2, r1, r1
        add     r3, r2, 1
        st      [x], r3
        ld      r4, [x]
        mov     r3, 7
        st      [y], r3
"""
DATA = "x: .i32 3\ny: .i32 0\n"


def block(lines: str = LINES) -> tuple[list[AsmOp], list[Packed]]:
    """The ops of a straight program in the order of its lines, and its bundles."""
    made = assemble(DATA + lines)
    assert made.ok, made.diagnostics
    ops = [op for bundle in made.bundles for op in bundle.ops if op.row.control != "nop"]
    return sorted(ops, key=lambda op: op.statement.line.number), made.bundles


def issued(bundles: list[Packed], ops: list[AsmOp]) -> list[int]:
    cycles: dict[int, int] = {}
    now = 0
    for bundle in bundles:
        cycles |= {id(op): now for op in bundle.ops}
        now += cycles_of(control_of(bundle.ops))
    return [cycles[id(op)] for op in ops]


def at(ops: list[AsmOp], cycles: list[int]) -> list[Packed]:
    """Bundles in which ops issue in the cycles given, one for each cycle."""
    filler = block("mov r9, r9\n")[0][0]
    return [
        Packed([op for op, issue in zip(ops, cycles, strict=True) if issue == now] or [filler])
        for now in range(max(cycles) + 1)
    ]


def test_what_the_scheduler_makes_has_no_flaw() -> None:
    ops, bundles = block()
    assert flaw(ops, bundles, frozenset()) == ""
    assert flaw(ops, at(ops, issued(bundles, ops)), frozenset()) == ""


@pytest.mark.parametrize(
    ("number", "cycle", "sentence"),
    [
        (1, 0, "`mul` reads register 1 too early"),
        (2, 5, "`add` reads register 2 too early"),
        (4, 0, "`ld` accesses memory too early"),
        (5, 0, "`mov` overwrites register 3 too early"),
    ],
)
def test_an_op_that_issues_too_early_is_named(number: int, cycle: int, sentence: str) -> None:
    ops, bundles = block()
    cycles = issued(bundles, ops)
    assert cycle < cycles[number]
    cycles[number] = cycle
    assert flaw(ops, at(ops, cycles), frozenset()) == sentence


def test_an_op_that_is_left_out_is_named() -> None:
    ops, bundles = block()
    bundles[0].ops.remove(ops[0])
    assert flaw(ops, bundles, frozenset()) == "`ld` is in no bundle"


@given(st.data())
def test_an_op_moved_before_what_it_reads_is_found(data: st.DataObject) -> None:
    """A chain: any op issued before the one it waits for has landed is a flaw."""
    length = data.draw(st.integers(2, 8))
    ops, bundles = block("".join(f"        mul r{k + 1}, r{k}, r{k}\n" for k in range(1, length + 1)))
    cycles = issued(bundles, ops)
    moved = data.draw(st.integers(1, length - 1))
    cycles[moved] = data.draw(st.integers(0, cycles[moved] - 1))
    assert flaw(ops, at(ops, cycles), frozenset())
