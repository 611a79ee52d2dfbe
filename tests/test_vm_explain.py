"""What a fault says: sentence, place, notes and help of every code."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from conform.build import Bundle, image, op
from isa.diagnostics import Diagnostic, Place
from isa.image import DATA, LOCAL, Image, Symbol, Tensor
from isa.lines import Lines
from vm.explain import EXPLANATIONS
from vm.machine import Machine, MachineFault

INT_MIN, MINUS_ONE = 1 << 31, 0xFFFFFFFF
FILLER = [op("mov rd, ra", rd=7, ra=7)]


def fault_of(program: Image, registers: Mapping[int, int] = {}, uninit: str = "fault") -> Diagnostic:
    """The diagnostic a program ends with; both engines must say the same."""
    said = []
    for engine in ("reference", "core"):
        machine = Machine(program, engine, uninit)
        for register, value in registers.items():
            machine.engine.set_register(register, value)
        with pytest.raises(MachineFault) as raised:
            machine.run(1000)
        said.append(raised.value.diagnostic)
    assert said[0] == said[1]
    return said[0]


def place(line: int, slot: int = 0) -> Place:
    """Where `conform.build.image` says an op was written."""
    return Place("test.s", line, 10 * slot + 1, 10 * slot + 9)


def said(diagnostic: Diagnostic) -> tuple[str, str, int, str]:
    """Code, sentence, line and help."""
    assert diagnostic.place is not None
    return diagnostic.code, diagnostic.message, diagnostic.place.line, diagnostic.help


def notes(diagnostic: Diagnostic) -> list[tuple[str, Place | None]]:
    return [(note.message, note.place) for note in diagnostic.notes]


def test_every_code_a_scalar_program_can_end_with_is_explained() -> None:
    from isa.table import ROWS

    from_ops = {code for row in ROWS if not row.tensor for code in row.faults}
    assert set(EXPLANATIONS) == from_ops | {"E-PC", "E-ILLEGAL", "E-HAZARD", "E-WRITE-CLASH"}


def test_hazard() -> None:
    first, second = [op("mul rd, ra, rb", rd=10, ra=8, rb=9)], [*FILLER, op("add rd, ra, rb", rd=6, ra=6, rb=10, u=1)]
    fault = fault_of(image(first, second))
    assert said(fault) == (
        "E-HAZARD",
        "r10 is read 1 cycle after `mul` issues; it is ready after 3",
        2,
        "issue this bundle 2 cycles later, or put `nop 2` before line 2",
    )
    assert fault.place == place(2, slot=1)
    assert notes(fault) == [("read in cycle 1", place(2, 1)), ("written here, ready in cycle 3", place(1))]
    assert (fault.data["unit"], fault.data["cycle"], fault.data["pc"]) == ("A1", 1, 1)


def test_the_help_of_a_hazard_mends_it() -> None:
    first, second = [op("mul rd, ra, rb", rd=10, ra=8, rb=9)], [op("add rd, ra, rb", rd=6, ra=6, rb=10)]
    assert Machine(image(first, [op("nop count", count=2)], second)).run() == "halted"


def test_write_clash_with_a_slower_op() -> None:
    fault = fault_of(image([op("mul rd, ra, rb", rd=10)], [op("add rd, ra, imm", rd=10)]))
    assert said(fault) == (
        "E-WRITE-CLASH",
        "r10 would be written by `add` in cycle 2, not after the earlier `mul`, which lands in 3",
        2,
        "issue this bundle 2 cycles later, or put `nop 2` before line 2, or write another register",
    )
    assert notes(fault) == [("lands in cycle 2", place(2)), ("lands in cycle 3", place(1))]


def test_write_clash_in_one_bundle() -> None:
    fault = fault_of(image([op("mul rd, ra, rb", rd=10), op("add rd, ra, imm", rd=10)]))
    assert said(fault) == (
        "E-WRITE-CLASH",
        "r10 is written twice in one bundle, by `add` and `mul`",
        1,
        "write different registers, or issue `mul` 1 cycle later",
    )
    assert fault.place == place(1, slot=0)


def test_condition_code_clash() -> None:
    fault = fault_of(image([op("cmp ra, rb"), op("cmp ra, imm", u=1)]))
    assert fault.message == "the condition code is written twice in one bundle, by `cmp` and `cmp`"


def test_word_out_of_range() -> None:
    fault = fault_of(image([op("ld rt, [disp + rb]", rt=1, disp=16000, rb=2)]), {2: MINUS_ONE - 16000})
    assert said(fault) == (
        "E-RANGE",
        "`ld` accesses word 4294967295 (-1); lpu-tiny has 16384 words",
        1,
        "the last word is 16383; an address counts 32-bit words",
    )


@pytest.mark.parametrize(
    ("fields", "message", "help"),
    [
        ({"slice": 63}, "slice mw63", "the last slice of lpu-tiny is mw7"),
        (
            {"slice": 64 + 7},
            "2 slices from me7 on, which are not in one quad",
            "the first slice of 2 in this quad is at most 6",
        ),
        ({"row": 128}, "row 128 of mw0", "a slice of lpu-tiny has rows 0 to 127"),
        ({"lane": 32}, "lane 32", "lpu-tiny has lanes 0 to 31"),
    ],
)
def test_lane_out_of_range(fields: dict[str, int], message: str, help: str) -> None:
    fault = fault_of(image([op("stl.2 slice[row], lane, rt", **fields)]))
    assert said(fault) == ("E-RANGE", f"`stl.2` accesses {message}", 1, help)


def test_bank() -> None:
    fault = fault_of(image([op("st [disp], rt", disp=3, u=1), op("ld rt, [disp]", disp=4, rt=1)]), uninit="zero")
    assert said(fault) == (
        "E-BANK",
        "`ld` and `st` access bank mw0.0 in one cycle",
        1,
        "issue one of them a cycle later, or place their data in different banks",
    )
    assert fault.place == place(1, slot=0)
    assert notes(fault) == [("the other access", place(1, slot=1))]


def test_never_written() -> None:
    program = image([op("ld rt, [disp]", rt=1, disp=1030)])
    program.symbols.append(Symbol("C", DATA, LOCAL, value=1024, size=16))
    assert said(fault_of(program)) == (
        "E-UNINIT",
        "`ld` reads byte 0 of word 1030 (C + 6), row 0 of mw1.0, which was never written",
        1,
        "initialise it, or run with `--uninit=zero` to read zeros",
    )


def test_an_input_that_was_not_given() -> None:
    program = image([op("ld rt, [disp]", rt=1, disp=1030)])
    program.symbols.append(Symbol("A", DATA, LOCAL, value=1024, size=16))
    program.tensors.append(Tensor("A", "i32", (16,), is_input=True, input_order=0))
    assert said(fault_of(program))[3] == "it is an input: give it a value, for example with `-i A=FILE.npy`"


def test_division() -> None:
    program = image([op("rem rd, ra, rb", rd=1, ra=2, rb=3)])
    assert said(fault_of(program, {2: MINUS_ONE})) == (
        "E-DIV",
        "`rem` divides 4294967295 (-1) by zero",
        1,
        "compare the divisor with 0 first and jump around the division",
    )
    assert said(fault_of(program, {2: INT_MIN, 3: MINUS_ONE})) == (
        "E-DIV",
        "`rem` divides -2147483648 by -1; the quotient does not fit 32 bits",
        1,
        "compare the divisor with -1 first and use `neg`",
    )


def test_assertion_and_trap() -> None:
    fault = fault_of(image(FILLER, [op("assert ra, imm", ra=1, imm=7)]), {1: 5})
    assert said(fault) == ("E-ASSERT", "`assert` finds 5 where 7 is expected", 2, "")
    fault = fault_of(image([op("trap [code]", code=9)]))
    assert said(fault) == ("E-TRAP", "`trap` stops the program with code 9", 1, "")


def test_jump_into_a_bundle() -> None:
    fault = fault_of(image([op("jmp target", target=2)], [*FILLER, op("cmp ra, rb", u=1)], FILLER))
    assert said(fault) == (
        "E-PC",
        "`jmp` goes to address 2, which starts no bundle",
        1,
        "the nearest bundle starts are 1 and 3",
    )


def test_return_past_the_end() -> None:
    fault = fault_of(image([op("ret ra", ra=3)]), {3: 1000})
    assert said(fault) == (
        "E-PC",
        "`ret` goes to address 1000, past the end of the text at 1",
        1,
        "the nearest bundle start is 1",
    )


def test_entry_inside_a_bundle() -> None:
    program = image([*FILLER, op("cmp ra, rb", u=1)])
    program.entry = 1
    fault = fault_of(program)
    assert fault.message == "fetching goes on at address 1, which starts no bundle"


def test_illegal_bundle_says_why() -> None:
    program = image(FILLER, FILLER)
    program.text[1] = 1
    fault = fault_of(program)
    assert said(fault) == ("E-ILLEGAL", "the bundle at address 1 is illegal: opcode 0x00 is not an instruction", 2, "")


def loop_fault(*bundles: Bundle) -> Diagnostic:
    fault = fault_of(image(*bundles))
    assert fault.code == "E-LOOP"
    return fault


def test_loop_that_ends_inside_a_bundle() -> None:
    fault = loop_fault([op("loop imm, target", imm=2, target=2)], [*FILLER, op("cmp ra, rb", u=1)])
    assert said(fault)[1:] == (
        "the end of the loop, address 2, starts no bundle",
        1,
        "the nearest bundle starts are 1 and 3",
    )


def test_loop_without_a_body() -> None:
    fault = loop_fault([op("loop imm, target", imm=2, target=1)], FILLER)
    assert said(fault)[1:] == (
        "the loop at address 0 ends at 1; its body needs at least the bundle at 1",
        1,
        "put the end label after the bundles to repeat",
    )


def test_loop_that_ends_with_a_control_op() -> None:
    fault = loop_fault([op("loop imm, target", imm=2, target=3)], [*FILLER, op("nop count", count=1)])
    assert said(fault)[1:] == (
        "the last bundle of the loop's body holds `nop`, a control op",
        1,
        "end the body with a bundle that holds none, such as `{ mov r0, r0 }`",
    )
    assert notes(fault) == [("the last bundle", place(2, slot=1))]


def test_loop_that_ends_with_an_illegal_bundle() -> None:
    program = image([op("loop imm, target", imm=2, target=2)], FILLER)
    program.text[1] = 1
    fault = fault_of(program)
    assert (fault.message, notes(fault)) == (
        "the last bundle of the loop's body is illegal",
        [("the last bundle", place(2))],
    )


def test_nested_loops_that_share_their_end() -> None:
    outer, inner = (op("loop imm, target", imm=2, target=3) for _ in range(2))
    fault = loop_fault([outer], [inner], FILLER)
    assert said(fault)[1:] == (
        "the loop reaches as far as the loop around it; nested loops do not share their last bundle",
        2,
        "put a bundle such as `{ mov r0, r0 }` after the inner loop",
    )
    assert notes(fault) == [("the last bundle of both", place(3))]


def test_fifth_level_of_loops() -> None:
    loops = [[op("loop imm, target", imm=2, target=10 - level)] for level in range(5)]
    fault = loop_fault(*loops, *[FILLER] * 5)
    assert said(fault)[1:] == (
        "a loop inside 4 others; at most 4 nest",
        5,
        "count the outermost loop in a register, with `cmp` and `jlt`",
    )


def test_without_line_table_addresses_are_named() -> None:
    program = image([op("mul rd, ra, rb", rd=10)], [op("mov rd, ra", ra=10)])
    program.lines = Lines()
    fault = fault_of(program)
    assert fault.place is None
    assert fault.help == "issue this bundle 2 cycles later, or put `nop 2` before address 1"
    assert notes(fault) == [
        ("read in cycle 1, at address 1", None),
        ("written here, ready in cycle 3, at address 0", None),
    ]
