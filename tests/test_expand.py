"""Macros, repetition, conditionals, includes, numeric labels and the bounds of expansion."""

from __future__ import annotations

import pytest
from expand_tools import at, bad, good, run

from asm.expand import expand
from asm.names.symbols import Symbols
from asm.tree import (
    Name,
    OpStmt,
)
from isa.diagnostics import Diagnostic, Place, SourceError

# Macros ----------------------------------------------------------------------------------------------
INC = """
.macro inc reg, by=1
  add \\reg, \\reg, \\by
.endm
"""


def test_arguments_by_place_by_name_and_by_default() -> None:
    assert good(INC + "inc r1\nINC r2, 5\ninc by=7, reg=r3\n") == ["add r1, r1, 1", "add r2, r2, 5", "add r3, r3, 7"]


def test_an_argument_keeps_its_parentheses_and_brackets() -> None:
    text = ".macro m a, b\nmov r1, \\a*2\nst \\b, r1\n.endm\nm (1+2), [x + (3)]\n"
    assert good(text) == ["mov r1, ((1+2)*2)", "st [(x+3)], r1"]


def test_rest_takes_what_is_left() -> None:
    text = ".macro w a, rest...\n.i32 \\a\n.u8 \\rest\n.endm\nw 1, 2, (3 + 4), n\n"
    assert good(text) == [".i32 1", ".u8 2, (3+4), n"]


def test_a_serial_number_makes_labels_of_each_expansion() -> None:
    text = ".macro w\nl\\@: jmp l\\@\n.endm\nw\nw\n"
    assert good(text) == ["l1:", "jmp l1", "l2:", "jmp l2"]


def test_names_are_pasted() -> None:
    text = ".macro op t, n\nadd.\\t r\\n, r1\nmul\\()_\\t: halt\n.endm\nop f32, 7\n"
    assert good(text) == ["add.f32 r7, r1", "mul_f32:", "halt"]


def test_macros_in_macros_and_in_bundles() -> None:
    text = INC + ".macro two a\ninc \\a\ninc \\a, 2\n.endm\n{ inc r1 || two r2 || mov r3, 4 }\n"
    assert good(text) == ["{", "add r1, r1, 1", "add r2, r2, 1", "add r2, r2, 2", "mov r3, 4", "}"]


def test_a_macro_may_define_a_macro() -> None:
    text = ".macro make name, v\n.macro \\name r\nmov \\r, \\v\n.endm\n.endm\nmake seven, 7\nseven r1\n"
    assert good(text) == ["mov r1, 7"]


def test_places_in_macros_point_at_the_text_as_written() -> None:
    text = ".macro m long_name, b\n  add r1, \\long_name, \\b, zork\n.endm\n\n  m r2, 12345\n"
    found: list[Diagnostic] = []
    (op,) = expand(text, "t.s", Symbols(), found.append)
    assert isinstance(op, OpStmt)
    ranges = [at(op.line.place(part.column, part.end)) for part in op.operands]
    assert ranges == [(2, 7, 9), (2, 11, 21), (2, 23, 25), (2, 27, 31)]
    assert op.line.trail == (("in the macro `m`, called here", Place("t.s", 5, 3, 4)),)


MACRO_ERRORS = [
    (INC + "inc\n", (5, 1, 4), "the macro `inc` needs a value for `reg`", "`inc` is defined here"),
    (INC + "inc 1, 2, 3\n", (5, 1, 4), "the macro `inc` takes 2 arguments, not 3", "`inc` is defined here"),
    (INC + "inc reg=1, reg=2\n", (5, 12, 17), "`reg` is given twice", ""),
    (INC + "inc r1 !A1\n", (5, 8, 11), "`inc` is a macro, and cannot be pinned or timed", ""),
    (".macro m a, a\n.endm\n", (1, 13, 14), "the parameter `a` is there twice", ""),
    (".macro m a..., b\n.endm\n", (1, 16, 17), "`a...` takes all arguments that are left", ""),
]


@pytest.mark.parametrize(("text", "place", "message", "note"), MACRO_ERRORS)
def test_macro_errors(text: str, place: tuple[int, int, int], message: str, note: str) -> None:
    found = bad(text)
    assert (found.code, found.message, at(found.place)) == ("E-MACRO", message, place)
    assert [other.message for other in found.notes] == ([note] if note else [])


def test_macros_are_defined_once_and_under_free_names() -> None:
    found = bad(INC + INC)
    assert (found.code, found.message) == ("E-DUPLICATE", "the macro `inc` is already defined")
    assert at(found.place) == (6, 8, 11)
    assert at(found.notes[0].place) == (2, 8, 11)
    assert bad(".macro add a\n.endm\n").code == "E-RESERVED"


def test_a_name_that_is_no_parameter() -> None:
    found = bad(".macro m a\nmov r1, \\b\n.endm\nm 1\n")
    assert (found.code, at(found.place)) == ("E-MACRO", (2, 9, 11))
    assert found.place is not None
    assert [message for message, _ in found.place.trail] == ["in the macro `m`, called here"]


def test_recursion_is_bounded() -> None:
    found = bad(".macro m\nm\nm\n.endm\nm\n")
    assert (found.code, found.message) == ("E-LIMIT", "macros and repetitions are nested more than 100 deep")
    assert found.help == "end a recursion with .if"


def test_a_recursion_that_ends() -> None:
    text = ".macro down n\n.i32 \\n\n.if \\n > 0\ndown (\\n - 1)\n.endif\n.endm\ndown 3\n"
    assert [line.count("-") for line in good(text)] == [0, 1, 2, 3]


# Repetition ------------------------------------------------------------------------------------------
def test_repetition() -> None:
    assert good(".rept 2\nnop 1\n.rept 2\nnop 2\n.endr\n.endr\n") == ["nop 1", "nop 2", "nop 2"] * 2
    assert good(".rept 0\nnop 1\n.endr\n") == []
    assert good('.irp x, r1, (1+2), "a,b"\n.i32 \\x\n.endr\n') == [".i32 r1", ".i32 (1+2)", ".i32 a,b"]
    assert good(".rept 1 << 60\n.endr\n") == []


def test_variables_change_from_round_to_round() -> None:
    text = ".set i = 0\n.rept 3\nmov r1, [A + i*2]\n.set i = i + 1\n.endr\n.if i == 3\n.i32 i\n.endif\n"
    assert good(text) == ["mov r1, [(A+(0*2))]", "mov r1, [(A+(1*2))]", "mov r1, [(A+(2*2))]", ".i32 3"]


def test_the_trail_counts_rounds() -> None:
    statements = list(expand(".rept 2\nnop 1\n.endr\n", "t.s", Symbols(), print))
    assert [statement.line.trail[0][0] for statement in statements] == [
        "in round 1 of this `.rept`",
        "in round 2 of this `.rept`",
    ]
    assert at(statements[1].line.trail[0][1]) == (1, 1, 6)


# Conditionals ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("n", "taken"), [(1, "nop 1"), (2, "nop 2"), (3, "nop 3"), (4, "nop 3")])
def test_the_first_true_branch_is_taken(n: int, taken: str) -> None:
    text = ".if n == 1\nnop 1\n.elif n == 2\nnop 2\n.if 0\nnop 9\n.else\n.endif\n.else\nnop 3\n.endif\n"
    assert good(text, n=n) == [taken]


def test_what_is_not_taken_need_not_make_sense() -> None:
    assert good('.if 0\n)) garbage "\n.elif 1\nhalt\n.elif 0\n)(\n.else\n@@\n.endif\n') == ["halt"]


def test_defined_or_not() -> None:
    text = ".ifdef m\nnop 1\n.else\nnop 2\n.endif\n.ifndef m\nnop 3\n.endif\n"
    assert good(text) == ["nop 2", "nop 3"]
    assert good(text, m=1) == ["nop 1"]
    assert good(".equ m = 1\n" + text) == ["nop 1"]
    assert good(".macro m\n.endm\n" + text) == ["nop 1"]


def test_an_error_in_a_condition_causes_no_other() -> None:
    assert bad(".if nothing\nbad(\n.elif 1\nalso bad(\n.else\nbad)\n.endif\nhalt\n").code == "E-UNDEFINED"
    assert bad(".if 0\n.elif nothing\nbad(\n.else\nbad)\n.endif\n").code == "E-UNDEFINED"


@pytest.mark.parametrize(
    "text",
    [
        ".if )\nbad(\n.else\nbad(\n.endif\n", ".if 1\n.elif )\nbad(\n.else\nbad(\n.endif\n",
        ".macro 5 5\nbad(\n.endm\n", ".rept )\nbad(\n.endr\n", ".if 0\n.elif )\nbad(\n.else\nbad(\n.endif\n",
    ],
)  # fmt: skip
def test_a_head_that_does_not_parse_takes_its_block_along(text: str) -> None:
    lines, (found,) = run(text + "halt\n")
    assert (lines, found.code) == (["halt"], "E-SYNTAX")


BLOCK_ERRORS = [
    (".if 1\nhalt\n", (1, 1, 4), "`.if` is never closed"),
    (".if 0\nhalt\n", (1, 1, 4), "`.if` is never closed"),
    (".macro m\nhalt\n", (1, 1, 7), "`.macro` is never closed"),
    ("halt\n.rept 2\nhalt\n", (2, 1, 6), "`.rept` is never closed"),
    (".irp x, 1\n", (1, 1, 5), "`.irp` is never closed"),
    (".endif\n", (1, 1, 7), "`.endif` closes nothing: no `.if` or `.ifdef` is open here"),
    (".else\n", (1, 1, 6), "`.else` closes nothing: no `.if` is open here"),
    (".endm\n", (1, 1, 6), "`.endm` closes nothing: no `.macro` is open here"),
    (".endr\n", (1, 1, 6), "`.endr` closes nothing: no `.rept` or `.irp` is open here"),
    (".if 1\n.else\n.else\n.endif\n", (3, 1, 6), "`.else` comes after `.else`"),
    (".macro m\n.if 1\n.endm\nm\n", (2, 1, 4), "`.if` is never closed"),
    (".rept 1\nx: .endr\n", (2, 1, 9), "`.endr` stands alone on its line"),
    (".rept\n.endr\n", (1, 1, 6), "`.rept` needs a count"),
    (".rept -1\nhalt\n.endr\n", (1, 7, 9), "`.rept` cannot repeat -1 times"),
    (".if\n.endif\n", (1, 1, 4), "`.if` needs a condition"),
    (".ifdef 5\n.endif\n", (1, 1, 7), "`.ifdef` needs a name"),
    (".include x\n", (1, 1, 9), "`.include` needs a string"),
    (".equ 5\n", (1, 1, 5), "`.equ` needs a name and a value"),
    (".set x\n", (1, 1, 5), "`.set` needs a value"),
    (".param x\n", (1, 8, 9), "`x` has no value"),
]


@pytest.mark.parametrize(("text", "place", "message"), BLOCK_ERRORS)
def test_directive_errors(text: str, place: tuple[int, int, int], message: str) -> None:
    found = bad(text)
    assert (found.code, found.message, at(found.place)) == ("E-DIRECTIVE", message, place)


def test_messages_of_the_program() -> None:
    found = bad('.error "too large"\n')
    assert (found.code, found.message, found.severity) == ("E-ERROR", "too large", "error")
    found = bad('.warn "slow"\n')
    assert (found.code, found.message, found.severity) == ("W-WARN", "slow", "warning")


# Symbols ---------------------------------------------------------------------------------------------
def test_parameters_are_known_and_handed_on() -> None:
    text = ".param m = 4, n = m * 2\n.if n == 8\nhalt\n.endif\n"
    assert good(text) == [".param m=4, n=(m*2)", "halt"]
    assert good(".param m\n.i32 m\n", m=3) == [".param m", ".i32 m"]


def test_a_variable_needs_a_known_value() -> None:
    assert bad(".set x = y\n").code == "E-UNDEFINED"
    assert bad(".equ x = 1\n.set x = 2\n").code == "E-DUPLICATE"


# Numeric labels --------------------------------------------------------------------------------------
def test_numeric_labels_are_the_nearest() -> None:
    text = "1: jmp 1b\njmp 1f\n2: jmp 2f\n1: jmp 1b\n2: ld r1, [x + 1b*2] !cycle=2b\n"
    assert good(text) == [
        "1#1:", "jmp 1#1", "jmp 1#2", "2#1:", "jmp 2#2", "1#2:", "jmp 1#2", "2#2:", "ld r1, [(x+(1#2*2))]",
    ]  # fmt: skip


def test_numeric_labels_across_expansions() -> None:
    text = ".macro w\n1: jmp 1b\njmp 2f\n.endm\nw\nw\n2:\njmp 1b\n"
    assert good(text) == ["1#1:", "jmp 1#1", "jmp 2#1", "1#2:", "jmp 1#2", "jmp 2#1", "2#1:", "jmp 1#2"]


def test_numbers_that_look_like_labels() -> None:
    assert good("mov r1, 0x1b\nmov r2, 0x1f\nmov r3, x1b\n") == ["mov r1, 27", "mov r2, 31", "mov r3, x1b"]


def test_missing_numeric_labels() -> None:
    found = bad("jmp 1b\n1:\n")
    assert (found.code, found.message, at(found.place)) == (
        "E-UNDEFINED", "there is no label `1:` before this line", (1, 5, 7),
    )  # fmt: skip
    found = bad("1: jmp 1f\njmp 1f\n")
    assert (found.message, at(found.place)) == ("there is no label `1:` after this line", (1, 8, 10))


def test_a_missing_numeric_label_is_reported_once() -> None:
    symbols = Symbols()
    found: list[Diagnostic] = []
    (op,) = expand("jmp 1f\n", "t.s", symbols, found.append)
    assert len(found) == 1
    assert isinstance(op, OpStmt)
    (target,) = op.operands
    assert isinstance(target, Name)
    with pytest.raises(SourceError) as caught:
        symbols.resolve(target, op.line)
    assert caught.value.diagnostics == []


# Bundles ---------------------------------------------------------------------------------------------
BUNDLE_ERRORS = [
    ("{ add r1\n{ add r2 }\n", (2, 1, 2), "`{` stands inside a bundle"),
    ("}\n", (1, 1, 2), "`}` closes nothing"),
    ("{ halt\n", (1, 1, 2), "`{` is never closed"),
    ("{\nx: halt\n}\n", (2, 1, 2), "a label stands inside a bundle"),
    ("add r1 || add r2 || add r3\n", (1, 8, 10), "`||` separates the ops of a bundle, and this line is in none"),
]


@pytest.mark.parametrize(("text", "place", "message"), BUNDLE_ERRORS)
def test_bundle_errors(text: str, place: tuple[int, int, int], message: str) -> None:
    found = bad(text)
    assert (found.code, found.message, at(found.place)) == ("E-SYNTAX", message, place)


def test_bars_in_parentheses_are_no_separators() -> None:
    assert good("mov r1, (a || b)\nmov r2, [x + (c || d)]\n") == ["mov r1, (a||b)", "mov r2, [(x+(c||d))]"]
    assert good("{\nadd r1 ||\n|| add r2\n}\n") == ["{", "add r1", "add r2", "}"]
