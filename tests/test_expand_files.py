"""Sources from files: includes, what is no text, bounds, and any text at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from expand_tools import at, bad, good, run, shown
from hypothesis import given
from hypothesis import strategies as st

from asm.expand import ExpandOptions, Sources, expand, expand_file
from asm.expand import expander as expand_module
from asm.names.symbols import Symbols
from asm.syntax import source
from asm.tree import (
    OpStmt,
)
from isa.diagnostics import Diagnostic


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
