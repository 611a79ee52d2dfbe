"""Every message of the assembler: files in tests/diagnostics say in comments what is wrong with the line above.

; error: CODE first-last: sentence        the columns from first to last, both included
; note 3:9-12: sentence                   another place, with its line; or `; note: sentence` without one
; help: sentence
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from asm.assemble import assemble
from isa.diagnostics import Diagnostic, Place
from isa.machine import MachineSpec

FOLDER = Path(__file__).parent / "diagnostics"
FILES = sorted(FOLDER.glob("*.s"))
EXPECTATION = re.compile(r"; (error|warning|note|help)\b")
ROOT = Path(__file__).parent.parent


def rendered(diagnostic: Diagnostic) -> Iterator[str]:
    """A diagnostic as its comments."""
    place = diagnostic.place
    assert place is not None
    yield f"; {diagnostic.severity}: {diagnostic.code} {_columns(place)}: {diagnostic.message}"
    for note in diagnostic.notes:
        where = f" {note.place.line}:{_columns(note.place)}" if note.place else ""
        yield f"; note{where}: {note.message}"
    if diagnostic.help:
        yield f"; help: {diagnostic.help}"


def _columns(place: Place) -> str:
    return f"{place.column}-{place.end_column - 1}"


def found(path: Path) -> dict[int, list[str]]:
    """The messages of a file, by line."""
    messages: dict[int, list[str]] = {}
    with chdir(FOLDER):
        diagnostics = assemble(path.read_text(encoding="utf-8"), name=path.name).diagnostics
    for diagnostic in sorted(diagnostics, key=lambda d: d.place.column if d.place else 0):
        assert diagnostic.place is not None
        messages.setdefault(diagnostic.place.line, []).extend(rendered(diagnostic))
    return messages


def expected(path: Path) -> dict[int, list[str]]:
    """What the comments say, by the line they are below."""
    messages: dict[int, list[str]] = {}
    line = 0
    for number, text in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if EXPECTATION.match(text):
            messages.setdefault(line, []).append(text)
        else:
            line = number
    return messages


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_messages_are_those_of_the_comments(path: Path) -> None:
    assert found(path) == expected(path)


def test_every_code_of_the_assembler_has_a_message_here() -> None:
    """All codes in the sources of asm/, but for the linker's and those that have no line to stand on."""
    sources = [path for path in (ROOT / "asm").rglob("*.py") if path.parent.name != "link"]
    codes = {code for path in sources for code in re.findall(r'"(E-[A-Z-]+)"', path.read_text(encoding="utf-8"))}
    pinned = {
        code for path in FILES for code in re.findall(r"^; \w+: (E-[A-Z-]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert codes - pinned == {"E-OPTIMAL", "E-TEXT-SIZE", "E-SOURCE"}


def test_a_text_that_does_not_fit_the_store() -> None:
    small = MachineSpec("small", text_syllables=2)
    result = assemble("{ nop 1 }\n{ nop 2 || mov r1, 3 }\n", machine=small)
    assert [(d.code, d.message, d.place) for d in result.diagnostics] == [
        ("E-TEXT-SIZE", "the program has 3 syllables; the instruction store holds 2", None)
    ]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.s"
    result = assemble(missing)
    assert [(d.code, d.message) for d in result.diagnostics] == [
        ("E-SOURCE", f"`{missing}` cannot be read: No such file or directory")
    ]


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", b"\xff\xfe\x00", b"abc\x1bdef\n"])
def test_binary_files_are_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "raw.s"
    path.write_bytes(raw)
    assert [d.code for d in assemble(path).diagnostics] == ["E-SOURCE"]


def test_a_machine_asked_for_and_another_in_the_source() -> None:
    from isa.machine import LPU1

    result = assemble("        .machine lpu-tiny\n", machine=LPU1)
    message = "the source is for lpu-tiny and lpu1 is asked for: superlanes is 20 here and 2 there"
    assert [(d.code, d.message) for d in result.diagnostics] == [("E-MACHINE", message)]
    assert assemble("        .machine lpu1\n        nop 1\n", machine=LPU1).ok


def test_a_line_that_does_not_parse_still_has_its_label() -> None:
    assert [d.code for d in assemble("loop: add r1,, r2\n      jne loop\n").diagnostics] == ["E-SYNTAX"]


def test_an_error_is_not_the_cause_of_others() -> None:
    text = "        .equ n, nowhere + 1\n        .array A: i32[n]\n        ld r1, [A + r2*n]\n        mov r3, n\n"
    assert [(d.code, d.place and d.place.line) for d in assemble(text).diagnostics] == [("E-UNDEFINED", 1)]
