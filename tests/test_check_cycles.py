"""`.cycles`, `.drain` and `.assert` on the time of regions."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from isa.diagnostics import Diagnostic
from isa.machine import LPU_TINY


def complaints(source: str) -> list[Diagnostic]:
    return assemble(source, machine=LPU_TINY).diagnostics


@pytest.mark.parametrize(
    "source",
    [
        "mul r1, r2, r3\nadd r4, r1, 1\n.cycles 4",
        "mul r1, r2, r3\n.cycles 1\nadd r4, r1, 1\n.cycles 3",
        "mul r1, r2, r3\n.drain 3",
        "mov r9, 1\nx: mov r1, 2\n.cycles 1",
        'mul r1, r2, r3\n.cycles 1\n.drain 3\n.assert used(M0) == 1, "same"\n.cycles 1\nx: .cycles 0\n.drain 0',
        "x: cmp r1, 2\njlt x\n.cycles 2",
        "{ nop 5 }\n{ mov r1, 1 }\n.cycles 6",
        "call r31, f\nx: .cycles 0\nhalt\nf: ret r31",
        '.cycles 0\nmul r1, r2, r3\n.assert cycle() < 2 && used(M0) == 1 && used(A0) == 0, "short"',
        '.assert 1 < 2, "arithmetic"',
        ".timeline\n.cycles 3\n@0 mul r1, r2, r3\n@2 mov r4, 1\n.endtimeline",
        '.timeline\n.assert used(V0) == 5 && used(mw1.rp) == 5, "all"\n@0 read.2 se0, mw0[0], n=5\n'
        "@3 vmov.f16 v0, se0, n=5\n.drain 8\n.endtimeline",
    ],
)
def test_what_is_true_passes(source: str) -> None:
    assert complaints(source) == []


def test_another_length() -> None:
    (problem,) = complaints("mul r1, r2, r3\nadd r4, r1, 1\n.cycles 5")
    assert (problem.code, problem.message) == ("E-CYCLES", "this region issues in 4 cycles, not in 5")
    assert problem.place is not None and problem.place.line == 3
    assert [(note.message, note.place and note.place.line) for note in problem.notes] == [("the region begins here", 1)]
    assert problem.help == "write `.cycles 4` if that is what is meant"


def test_another_end_of_what_is_in_flight() -> None:
    (problem,) = complaints("ld r1, [0]\n.drain 5")
    assert (problem.code, problem.message) == ("E-CYCLES", "this region is drained in 4 cycles, not in 5")


@pytest.mark.parametrize("control", ["call r31, f", "loop r1, f", "jmp f"])
def test_a_region_of_unknown_length(control: str) -> None:
    (problem,) = complaints(f"mov r2, 1\n{control}\nmov r1, 1\n.cycles 3\nf: ret r31")
    mnemonic = control.split()[0]
    assert problem.message == f"the length of this region is not known: `{mnemonic}` stands inside it"
    assert problem.notes[0].place is not None and problem.notes[0].place.line == 2


def test_an_assertion_that_does_not_hold() -> None:
    (problem,) = complaints('mov r1, 1\n.assert used(A0) == 2, "two moves"')
    assert (problem.code, problem.message) == ("E-ASSERT", "two moves")
    assert [note.message for note in problem.notes] == ["`used(A0)` is 1"]


def test_an_assertion_says_what_it_looked_at() -> None:
    (problem,) = complaints('mul r1, r2, r3\nadd r4, r1, 1\n.assert cycle() < 9 && cycle() + used(m0) < 5, "slow"')
    assert [note.message for note in problem.notes] == ["`cycle()` is 4", "`used(M0)` is 1"]


def test_used_takes_a_unit() -> None:
    (problem,) = complaints('mov r1, 1\n.assert used(Q7) == 2, "no such unit"')
    assert problem.code == "E-EXPR"
    assert problem.message == "`used` takes the name of a unit, one of A0 A1 A2 M0 F0 F1 L0 L1 B0"


def test_the_wait_before_bundles_is_part_of_their_region() -> None:
    assert complaints("ld r1, [0]\n.cycles 1\n{ add r2, r1, 1 }\n.cycles 4") == []
