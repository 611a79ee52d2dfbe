"""Every static check: its sentence, its places and its help."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from asm.check import check_image
from conform.build import image, op
from isa.diagnostics import Diagnostic
from isa.machine import LPU_TINY

DATA = "\n.data\nA: .i32 1, 2, 3, 4\n"


def refused(source: str) -> Diagnostic:
    """The only complaint about a program; its first line is line 2."""
    (problem,) = assemble(".text\n" + source + DATA, machine=LPU_TINY).diagnostics
    return problem


def accepted(source: str) -> bool:
    return not assemble(".text\n" + source + DATA, machine=LPU_TINY).diagnostics


def where(problem: Diagnostic) -> tuple[int, int]:
    assert problem.place is not None
    return problem.place.line, problem.place.column


def notes(problem: Diagnostic) -> list[tuple[str, int]]:
    return [(note.message, note.place.line if note.place else 0) for note in problem.notes]


# Hazards --------------------------------------------------------------------------------------
def test_a_read_before_the_landing() -> None:
    problem = refused("{ mul r10, r8, r9 }\n{ add r6, r6, r10 }")
    assert problem.code == "E-HAZARD"
    assert problem.message == "r10 is read 1 cycle after `mul` issues; it is ready after 3"
    assert where(problem) == (3, 15)
    assert notes(problem) == [("written here, ready in cycle 3, read in cycle 1", 2)]
    assert problem.help == "issue this bundle 2 cycles later, or put `nop 2` before line 3"


def test_waiting_as_the_help_says_mends_it() -> None:
    assert accepted("{ mul r10, r8, r9 }\n{ nop 2 }\n{ add r6, r6, r10 }")
    assert not accepted("{ mul r10, r8, r9 }\n{ nop 1 }\n{ add r6, r6, r10 }")


def test_a_hazard_on_every_way_is_refused_and_on_one_way_is_not() -> None:
    assert accepted("{ jlt x }\n{ mul r10, r8, r9 }\nx: { add r6, r6, r10 }")


def test_a_jump_takes_its_time() -> None:
    assert accepted("{ mul r10, r8, r9 || jmp x }\nx: { add r6, r6, r10 }")
    problem = refused("{ ld r10, [A] || jmp x }\nx: { add r6, r6, r10 }")
    assert problem.message == "r10 is read 3 cycles after `ld` issues; it is ready after 4"
    assert notes(problem) == [("written here, ready after 4 cycles", 2)]


def test_both_ways_of_a_branch() -> None:
    problem = refused("{ div r10, r8, r9 || jlt x }\n{ mov r1, 1 }\nx: { add r6, r6, r10 }")
    assert (problem.code, where(problem)[0]) == ("E-HAZARD", 4)
    assert problem.message == "r10 is read 3 cycles after `div` issues; it is ready after 18"


def test_the_second_round_of_a_loop_of_known_count() -> None:
    body = "{ mul r11, r12, r13 || add r12, r12, r11 }\ne: halt"
    assert refused("loop 2, e\n" + body).message == "r11 is read 1 cycle after `mul` issues; it is ready after 3"
    assert accepted("loop 1, e\n" + body)
    assert accepted("loop r1, e\n" + body)


def test_a_write_that_would_land_before_an_earlier_one() -> None:
    problem = refused("{ mul r10, r8, r9 }\n{ mov r10, 3 }")
    assert problem.code == "E-WRITE-CLASH"
    expected = "`mov` writes r10 after 1 cycle, but the write of `mul` before it is in flight for 2 cycles more"
    assert problem.message == expected
    assert where(problem) == (3, 7)
    assert notes(problem) == [("the write before it, lands in cycle 3", 2)]
    assert problem.help == "issue this bundle 2 cycles later, or put `nop 2` before line 3"


def test_two_writes_in_one_bundle() -> None:
    problem = refused("{ mov r1, 3 || mov r1, 4 }")
    assert problem.code == "E-WRITE-CLASH"
    assert problem.message == "r1 is written twice in one bundle, by `mov` and `mov`"
    assert (where(problem), notes(problem)) == ((2, 20), [("also written here", 2)])
    assert problem.help == "move one of them to another bundle"


# Units, banks, numbers ------------------------------------------------------------------------
def test_a_unit_claimed_twice() -> None:
    problem = refused("{ mul r3, r8, r9\n  mul r4, r8, r9 }")
    assert problem.code == "E-UNIT-BUSY"
    assert problem.message == "`mul` needs M0, which is taken in this bundle"
    assert (where(problem), notes(problem)) == ((3, 3), [("M0 runs `mul`", 2)])


def test_ops_with_fewer_units_to_choose_from_choose_first() -> None:
    assert accepted("{ add.f32 r1, r2, r3 || div.f32 r4, r5, r6 }")
    assert accepted("{ mov r1, 1 || mov r2, 2 || mov r3, 3 !A0 }")
    assert refused("{ mov r1, 1 || mov r2, 2 || mov r3, 3 || mov r4, 4 }").code == "E-UNIT-BUSY"


def test_two_accesses_of_a_bank() -> None:
    problem = refused("{ ld r1, [A] || ld r2, [A + 1] }")
    assert problem.code == "E-BANK"
    assert problem.message == "two accesses of bank mw0.0 in one cycle"
    assert notes(problem) == [("`ld` accesses it here", 2)]
    assert accepted("{ ld r1, [A + r1] || ld r2, [A + r2] }")


def test_an_address_past_the_end() -> None:
    problem = refused(f"ld r1, [{LPU_TINY.words}]")
    assert problem.code == "E-RANGE"
    assert problem.message == f"word address {LPU_TINY.words} is past the end of memory"
    assert problem.help == f"lpu-tiny has {LPU_TINY.words} words, the last at {LPU_TINY.words - 1}"
    assert accepted(f"halt\nld r1, [{LPU_TINY.words} + r1]")


def test_a_division_by_zero() -> None:
    problem = refused("div r1, r2, 0")
    assert (problem.code, problem.message) == ("E-DIV", "`div` divides by 0")
    assert where(problem) == (2, 13)


# Loops ----------------------------------------------------------------------------------------
def test_a_loop_that_ends_before_its_body() -> None:
    problem = refused("x: mov r1, 1\nloop 3, x\nhalt")
    assert problem.code == "E-LOOP"
    assert problem.message.startswith("this loop ends before its body begins")


def test_a_body_that_ends_with_control_in_explicit_code() -> None:
    problem = refused("{ loop 3, e }\n{ mov r1, 1 }\n{ jlt e }\ne: { halt }")
    assert problem.code == "E-LOOP"
    assert problem.message == "the last bundle of a loop's body holds `jlt`; it may hold no control op"
    assert notes(problem) == [("the loop is here", 2)]


def test_nested_loops_with_one_end() -> None:
    problem = refused("loop 3, e\nloop 2, e\nadd r1, r1, 1\ne: halt")
    assert problem.code == "E-LOOP"
    assert problem.message == "nested loops share their last bundle: this one must end before the loop around it does"
    assert notes(problem) == [("the loop around it", 2)]


def test_five_loops_deep() -> None:
    starts = "".join(f"loop 2, e{n}\n" for n in range(5))
    ends = "".join(f"mov r{n}, 1\ne{n}:\n" for n in reversed(range(5)))
    problem = refused(starts + ends + "halt")
    assert (problem.code, problem.message) == ("E-LOOP", "5 loops are nested; the machine holds 4 at a time")
    assert where(problem)[0] == 6


# Images ---------------------------------------------------------------------------------------
def test_an_image_is_checked_by_its_line_table() -> None:
    multiply, add = op("mul rd, ra, rb", rd=10), op("add rd, ra, rb", rd=6, rb=10)
    (problem,) = check_image(image([multiply], [add]))
    assert problem.message == "r10 is read 1 cycle after `mul` issues; it is ready after 3"
    assert (where(problem), notes(problem)) == ((2, 1), [("written here, ready after 3 cycles", 1)])
    assert check_image(image([multiply], [op("nop count", count=2)], [add])) == []


@pytest.mark.parametrize("text", [[], [0], [0, 1, 2**64 - 1], [0x30 << 1]])
def test_text_that_does_not_decode_is_left_to_the_machine(text: list[int]) -> None:
    broken = image()
    broken.text = text
    assert check_image(broken) == []


def test_a_loop_without_a_body_at_the_end_of_the_text() -> None:
    (problem,) = check_image(image([op("mul rd, ra, rb")], [op("loop imm, target", imm=3, target=0)]))
    assert problem.code == "E-LOOP"
    assert where(problem) == (2, 1)
