"""Macros, repetition, conditionals, includes, numeric labels and the bounds of expansion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.expand import ExpandOptions, Sources, expand, expand_file
from asm.expand import expander as expand_module
from asm.names.symbols import Symbols
from asm.syntax import source
from asm.tree import (
    Attribute,
    Binary,
    Brace,
    DirectiveStmt,
    LabelDef,
    Memory,
    Name,
    Number,
    Operand,
    OpStmt,
    Statement,
    String,
    Unary,
)
from isa.diagnostics import Diagnostic, Place, SourceError


def words(node: Operand) -> str:
    """An operand as text; every Binary in parentheses."""
    match node:
        case Number() | String():
            return str(node.value)
        case Name():
            return node.text
        case Binary():
            return f"({words(node.left)}{node.operator}{words(node.right)})"
        case Unary():
            return f"{node.operator}{words(node.operand)}"
        case Memory():
            return f"[{words(node.inner)}]"
        case Attribute():
            return f"{node.name}={words(node.value)}"
    raise AssertionError(node)


def shown(statement: Statement) -> str:
    match statement:
        case LabelDef():
            return f"{statement.name}:"
        case Brace():
            return "{" if statement.open else "}"
        case DirectiveStmt():
            return f".{statement.name} " + ", ".join(map(words, statement.arguments))
        case OpStmt():
            return f"{statement.mnemonic} {', '.join(map(words, statement.operands))}".strip()


def run(text: str, **defines: int) -> tuple[list[str], list[Diagnostic]]:
    found: list[Diagnostic] = []
    return [shown(statement) for statement in expand(text, "t.s", Symbols(defines), found.append)], found


def good(text: str, **defines: int) -> list[str]:
    lines, found = run(text, **defines)
    assert found == []
    return lines


def bad(text: str, **defines: int) -> Diagnostic:
    _, found = run(text, **defines)
    assert len(found) == 1, found
    return found[0]


def at(place: Place | None) -> tuple[int, int, int]:
    assert place is not None
    return place.line, place.column, place.end_column


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


# Files -----------------------------------------------------------------------------------------------
def files(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.s").write_text(text, encoding="utf-8")


def from_file(path: Path, *folders: Path) -> tuple[list[str], list[Diagnostic]]:
    found: list[Diagnostic] = []
    statements = expand_file(path, Symbols(), found.append, ExpandOptions(folders))
    return [shown(statement) for statement in statements], found


def test_includes_are_found_beside_the_file_and_then_in_folders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "lib").mkdir()
    files(tmp_path, main='nop 1\n.include "sub/a.s"\nnop 4\n')
    files(tmp_path / "sub", a='nop 2\n.include "b.s"\n')
    files(tmp_path / "lib", b="nop 3\n")
    lines, found = from_file(tmp_path / "main.s", tmp_path / "lib")
    assert (lines, found) == (["nop 1", "nop 2", "nop 3", "nop 4"], [])
    files(tmp_path / "sub", b="nop 33\n")
    assert from_file(tmp_path / "main.s", tmp_path / "lib")[0] == ["nop 1", "nop 2", "nop 33", "nop 4"]


def test_places_in_included_files(tmp_path: Path) -> None:
    files(tmp_path, main='\n .include "a.s"\n', a="\nadd r1,\n")
    _, (found,) = from_file(tmp_path / "main.s")
    assert found.place is not None
    assert (Path(found.place.file).name, at(found.place)) == ("a.s", (2, 8, 9))
    ((message, place),) = found.place.trail
    assert (message, Path(place.file).name, at(place)) == ("included here", "main.s", (2, 11, 16))


def test_a_cycle_of_includes_is_shown(tmp_path: Path) -> None:
    files(tmp_path, a='.include "b.s"\n', b='.include "c.s"\n', c='nop 1\n.include "a.s"\nnop 2\n')
    lines, (found,) = from_file(tmp_path / "a.s")
    assert lines == ["nop 1", "nop 2"]
    assert found.code == "E-INCLUDE"
    assert found.message.endswith("includes itself: a.s -> b.s -> c.s -> a.s")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    files(tmp_path, main='.include "no.s"\nhalt\n')
    lines, (found,) = from_file(tmp_path / "main.s", tmp_path / "lib")
    assert lines == ["halt"]
    assert (found.code, found.message, at(found.place)) == ("E-INCLUDE", "`no.s` is not found", (1, 10, 16))
    assert found.help == f"looked in `{tmp_path}`, `{tmp_path / 'lib'}`; -I adds a folder"
    _, (found,) = from_file(tmp_path / "none.s")
    message = f"`{tmp_path / 'none.s'}` cannot be read: No such file or directory"
    assert (found.code, found.message) == ("E-SOURCE", message)


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    files(tmp_path, main='.include "."\n.include "/dev/zero"\n')
    _, found = from_file(tmp_path / "main.s")
    assert [(d.code, d.message.endswith("is not a regular file"), d.place is not None) for d in found] == [
        ("E-SOURCE", True, True)
    ] * 2


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"halt\n\xff\n", "byte 0xff at offset 5 is not UTF-8", (2, 1, 2)),
        ("halt ; é\n".encode() + b" \xe9\n", "byte 0xe9 at offset 11 is not UTF-8", (2, 2, 3)),
        (b"halt\nha\0lt\n", "control character U+0000: this is not a text file", (2, 3, 4)),
        (b"\x7fELF\x02\x01", "control character U+007F: this is not a text file", (1, 1, 2)),
    ],
)
def test_what_is_not_text(tmp_path: Path, data: bytes, message: str, place: tuple[int, int, int]) -> None:
    (tmp_path / "t.s").write_bytes(data)
    lines, (found,) = from_file(tmp_path / "t.s")
    assert lines == []
    assert (found.code, found.message, at(found.place)) == ("E-SOURCE", message, place)


def test_byte_order_mark_line_ends_and_block_comments(tmp_path: Path) -> None:
    text = '\ufeffnop 1\r\n/* one\r\n two */ nop 2 /* ; */ ; /* no\r\n.ascii "/*" // */\r\n'
    (tmp_path / "t.s").write_bytes(text.encode())
    assert from_file(tmp_path / "t.s") == (["nop 1", "nop 2", ".ascii /*"], [])


def test_block_comments_keep_columns() -> None:
    (op,) = expand("/* a\nb */ add r1 /**/ , r2\n", "t.s", Symbols(), print)
    assert isinstance(op, OpStmt)
    assert (op.line.number, op.column) == (2, 6)
    assert [part.column for part in op.operands] == [10, 20]
    found = bad("halt\n  /* open\nhalt\n")
    assert (found.message, at(found.place)) == ("the comment is never closed", (2, 3, 4))


# Bounds ----------------------------------------------------------------------------------------------
def test_bounds_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(expand_module, "MAX_LINES", 100)
    found = bad(".rept 1 << 70\nnop 1\n.endr\n")
    assert (found.code, found.message) == ("E-LIMIT", "the program has more than 100 lines after expansion")
    monkeypatch.setattr(expand_module, "MAX_ERRORS", 5)
    _, errors = run(")\n" * 50)
    assert len(errors) == 7
    assert errors[-1].message == "there are more than 5 errors; what follows is not read"
    monkeypatch.setattr(expand_module, "MAX_INCLUDE_DEPTH", 2)
    files(tmp_path, a='.include "b.s"\n', b='.include "c.s"\n', c='.include "d.s"\n', d="halt\n")
    _, (found,) = from_file(tmp_path / "a.s")
    assert found.message == "includes are nested more than 2 deep"


def test_lines_and_files_are_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(source, "MAX_LINE_LENGTH", 20)
    found = bad("halt\n" + "x" * 21 + "\n")
    assert (found.message, at(found.place)) == ("the line has 21 characters; 20 is the most a line may have", (2, 1, 1))
    monkeypatch.setattr(source, "MAX_FILE_BYTES", 30)
    files(tmp_path, a="halt\n" * 10)
    _, (found,) = from_file(tmp_path / "a.s")
    assert found.message == f"`{tmp_path / 'a.s'}` has 50 bytes; 30 is the most a source may have"


LONG = ['"\\"' * 20_000, '"' + '\\"' * 30_000 + "; /*", "'" * 60_000, "0a" * 30_000, "x:" * 20_000 + ")"]


@pytest.mark.parametrize("text", [*LONG, ".i32 " + "1," * 20_000, "1" * 60_000], ids=lambda text: text[:6])
def test_long_lines_take_no_long_time(text: str) -> None:
    run("/* */\n" + text + "\n.if 0\n" + text + "\n.endif\n")


def test_sources_are_kept_for_quoting() -> None:
    sources = Sources()
    list(expand("halt\n", "t.s", Symbols(), print, sources=sources))
    assert sources.texts == {"t.s": "halt\n"}


def test_errors_of_every_line_are_found() -> None:
    lines, found = run("add r1,\nnop 1\n.equ x = 1\n.equ x = 2\n]\nnop 2\n")
    assert lines == ["nop 1", "nop 2"]
    assert [(d.code, d.place and d.place.line) for d in found] == [("E-SYNTAX", 1), ("E-DUPLICATE", 4), ("E-SYNTAX", 5)]


PIECES = st.sampled_from(
    [
        ".macro m a, b=1, c...", ".macro m", ".endm", "m 1", "m \\a, \\b", ".rept 2", ".rept n", ".irp x, 1, (2",
        ".endr", ".if n", ".if 0", ".elif 1", ".else", ".endif", ".ifdef n", ".set n = n + 1", ".set n = 1",
        ".equ n = n", "1: jmp 1b", "jmp 1f", "{ m 1 || m 2 }", "{", "}", "add r1 || m 1", '.include "t.s"', "/*", "*/",
        "nop \\@ ; \\a", ".param n = m", '.error "x"', "\x00", "\\", "x\\a: m", ".macro \\a", ".include 5",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=14).map("\n".join))
def test_any_text_ends_in_statements_or_errors(text: str) -> None:
    lines, found = run(text)
    assert all(isinstance(line, str) for line in lines)
    assert all(diagnostic.message and diagnostic.code.startswith("E-") for diagnostic in found)


def unrolled(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"mov r1, {number}"


@given(st.integers(0, 20))
def test_repetition_is_writing_it_out(count: int) -> None:
    text = f".set i = 0\n.rept {count}\nmov r1, i\n.set i = i + 1\n.endr\n"
    assert good(text) == list(unrolled(count))
