"""What the checks of the tensor face say where not everything is known: loops, calls, registers, other objects."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from asm.check import check_image
from asm.check.tensor import MOST_EVENTS
from asm.link import link
from isa.diagnostics import Diagnostic
from isa.machine import LPU_TINY

SAMPLE = "{ vneg.i8.w v0, se0 }\n"  # in cycle 3 of what follows it is too early for READ, in cycle 4 right
READ = "{ read se0, mw4[0] }\n{ nop 2 }\n"
IN_TIME = "{ read se0, mw4[0] }\n{ nop 3 }\n"


def codes(source: str) -> list[str]:
    return [problem.code for problem in assemble(source).diagnostics if problem.severity == "error"]


def only(source: str) -> Diagnostic:
    (problem,) = assemble(source).diagnostics
    return problem


@pytest.mark.parametrize(
    ("before", "certain"),
    [
        ("", True),
        ("mov r1, 3\nx: add r1, r1, r1\ncmp r1, 9\njlt x\n", True),  # no tensor op comes before
        ("{ vmov.i8 v9, 3 }\nx: add r1, r1, r1\ncmp r1, 9\njlt x\n", False),  # the loop may be over at once
        ("{ vmov.i8 v9, 3 }\n{ nop 50 }\nx: add r1, r1, r1\ncmp r1, 9\njlt x\n", True),
        (".global f\nf: ", False),
        ("call r31, f\n{ halt }\nf: ", True),
        ("x: ", True),
    ],
)
def test_what_comes_before(before: str, certain: bool) -> None:
    assert codes(before + READ + SAMPLE + "{ halt }") == (["E-STREAM-EMPTY"] if certain else [])
    assert codes(before + IN_TIME + SAMPLE + "{ halt }") == []


@pytest.mark.parametrize(
    ("after", "certain"),
    [
        ("{ halt }", True),
        ("", True),
        ("{ trap 3 }", False),
        ("{ jmp x }\nx: { nop 9 }\n{ halt }", False),
        ("{ ret r1 }", False),
    ],
)
def test_what_comes_after(after: str, certain: bool) -> None:
    """A burst that goes on when control has left finds its later values, or not, depending on what runs then."""
    source = IN_TIME + "{ vneg.i8.w v0, se0, n=9 }\n{ mov r2, 1 }\n"
    assert codes(source.replace("n=9", "n=2") + after) == ["E-STREAM-EMPTY"]
    assert codes(source.replace("n=9", "n=9, d=8") + after) == (["E-STREAM-EMPTY"] if certain else [])


def test_a_loop_whose_rounds_wait_is_checked() -> None:
    body = "{ loop 5, end }\n" + READ + SAMPLE + "{ nop 30 }\n{ mov r1, 2 }\nend: { halt }"
    assert codes(body) == ["E-STREAM-EMPTY"]
    assert codes(body.replace("{ nop 30 }\n", "")) == []


def test_both_ways_of_a_branch_are_stretches_of_their_own() -> None:
    assert codes("{ vmov.i8 se0, 1, n=9 !V0 }\n{ jlt x }\n{ vmov.i8 se1, 1 !V0 }\nx: { halt }") == []


def test_rows_that_registers_add_to_are_not_known() -> None:
    clash = "{{ read se0, mw4[{}], n=2 || write mw4[{}], sw0, n=2 }}\n{{ halt }}"
    assert "E-BANK" in codes(clash.format("0", "8"))
    assert "E-BANK" not in codes(clash.format("0", "4096"))
    assert "E-BANK" in codes(clash.format("4095", "4096"))
    assert "E-BANK" not in codes(clash.format("r1", "8"))


def test_rows_of_data_are_known_and_those_of_other_objects_are_not() -> None:
    data = ".data mw4\nA: .space 80\n.text\n"
    use = "{ read se0, mw4[A] || ld r1, [A] }\n{ halt }"
    assert codes(data + use) == ["E-BANK"]
    assert codes(".extern A @ mw4\n" + use) == []


def test_a_load_meets_a_later_element() -> None:
    problem = only("{ read sw0, mw0[0], n=9 }\n{ nop 4 }\n{ ld r1, [40] }\n{ nop 9 }\n{ halt }")
    assert (problem.code, problem.message) == ("E-BANK", "two accesses of bank mw0.0 in cycle 5")
    assert problem.place is not None and problem.place.line == 3


def test_an_executable_is_checked_again_with_all_that_is_known() -> None:
    result = assemble(".global f\nf: " + READ + SAMPLE + "{ halt }")
    assert result.image is not None and check_image(result.image) == []
    assert [problem.code for problem in check_image(link([result.image]))] == ["E-STREAM-EMPTY"]


# Planes ---------------------------------------------------------------------------------------


NO_ARRAY = "plane 0 has no array in cycle 3, when `{}` needs one"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{ lw.i8 0, sw0 }\n{ iw 0 }\n{ abc.f16 0, sw0, d=2 }", "`abc.f16` meets an array of i8 in plane 0 in cycle 2"),
        ("{ lw.i8 0, sw0 || iw 0 }\n{ iw 0 }\n{ abc.i8 0, sw0 }", ""),
        ("{ lw.i8 0, sw0 }\n{ iw 0 }\n{ iw 0 }\n{ abc.u8 0, sw0 }", NO_ARRAY.format("abc.u8")),
        ("{ lw.f16 0, sw0 }\n{ iw 1 }", "the buffer of plane 1 is the second half of f16 weights"),
        ("{ lw.f16 0, sw0 }\n{ lw.i8 1, sw0 }\n{ iw 0 }\n{ abc.f16 0, sw0, d=2 }", NO_ARRAY.format("abc.f16")),
        ("{ lw.f16 0, sw0 }\n{ iw 0 || lw.i4 1, sw0 }\n{ iw 1 }\n{ abc.f16 0, sw0, d=2 }", NO_ARRAY.format("abc.f16")),
        ("{ lw.bf16 2, se0 }\n{ iw 2 }\n{ abc.bf16 2, se0, d=2 }", ""),
        ("{ lw.i8 0, sw0, n=3 }\n{ nop 1 }\n{ iw 0 }\n{ iw 0 }\n{ abc.i8 0, sw0 }", ""),
    ],
)  # fmt: skip
def test_arrays(source: str, message: str) -> None:
    found = [problem.message for problem in assemble(source + "\n{ halt }").diagnostics if problem.code == "E-TYPE"]
    assert found == ([message] if message else [])


def test_an_array_from_before_is_not_known() -> None:
    assert codes(".global f\nf: { abc.i8 0, sw0 }\n{ iw 0 }\n{ abc.i8 0, sw0 }\n{ halt }") == []


# Bounds ---------------------------------------------------------------------------------------
def test_what_is_too_long_to_follow_is_said() -> None:
    source = "{ " + " || ".join(f"vmov.i32 se{4 * k}, 1, n=60000, m=20, e=60000" for k in range(2)) + " }\n{ halt }"
    problem = only(source)
    assert (problem.code, problem.severity) == ("W-UNCHECKED", "warning")
    assert str(MOST_EVENTS) in problem.help


def test_a_burst_that_leaves_its_slice() -> None:
    (problem,) = assemble("{ read se0, mw6[127], n=2 }\n{ halt }", machine=LPU_TINY).diagnostics
    assert problem.message == "element 1 of `read` is in row 128, outside the slice"


@pytest.mark.parametrize(("wait", "expected"), [(3, []), (4, ["E-WRITE-CLASH"]), (5, [])])
def test_an_alu_whose_results_land_together(wait: int, expected: list[str]) -> None:
    """`vexp` lands 8 cycles after it issues, `vadd` 3; between them a bundle and the wait."""
    source = f"{{ vmov.f32 v0, 1.5 }}\n{{ vexp.f32 v0, v0 }}\n{{ nop {wait} }}\n{{ vadd.f32 v0, v0, 2.0 }}\n"
    assert codes(source) == expected
