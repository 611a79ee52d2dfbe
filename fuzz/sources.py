"""Hostile sources: the assembler, the linker behind it, the disassembler and the formatter."""

from __future__ import annotations

from unittest import mock

from asm.assemble import INPUT_NAME
from asm.assemble import assemble as assemble_source
from asm.expand import expander
from asm.link import link_checked
from asm.quick.assemble import attempt
from asm.scope.scope import Scope
from asm.syntax.format import format_source
from asm.write.disassemble import disassemble
from isa import elf
from isa.diagnostics import ERROR, Diagnostic, SourceError
from isa.image import Image
from isa.machine import LPU_TINY
from isa.report import render, to_json, to_sarif

EXPANDED_LINES = 3_000  # instead of two million, so that an input is done in a second
MAX_SYLLABLES = 8


def assemble(data: bytes) -> None:
    """A source is refused with errors that can be shown, or its image can be written, linked and disassembled; columns
    of its ops make the same of it or nothing."""
    text = data.decode("utf-8", "replace")
    with mock.patch.object(expander, "MAX_LINES", EXPANDED_LINES):
        result = assemble_source(text, machine=LPU_TINY)
        shown(result.diagnostics, result.sources)
        assert result.ok or any(found.severity == ERROR for found in result.diagnostics), "refused, and nobody says why"
        quick = attempt(text, INPUT_NAME, Scope(LPU_TINY), LPU_TINY)
        assert quick is None or (quick.image, quick.diagnostics) == (result.image, result.diagnostics), "columns differ"
        if result.image:
            holds_together(result.image)


def shown(diagnostics: list[Diagnostic], sources: dict[str, str]) -> None:
    """All messages in all forms."""
    render(diagnostics, sources)
    to_sarif(diagnostics)
    for diagnostic in diagnostics:
        to_json(diagnostic)
        assert diagnostic.message and diagnostic.code[:2] in ("E-", "W-", "N-"), diagnostic


def holds_together(image: Image) -> None:
    """What was assembled is the same after a way through a file, and links or is refused."""
    assert elf.read(elf.write(image)) == image
    try:
        linked = link_checked([image])
    except SourceError as error:
        shown(error.diagnostics, {})
        return
    assert elf.read(elf.write(linked)) == linked
    survives(linked)


def survives(image: Image) -> None:
    """What is disassembled assembles to the same text."""
    again = assemble_source(disassemble(image), machine=image.machine)
    assert again.image is not None, (disassemble(image), again.diagnostics)
    assert again.image.text == image.text, disassemble(image)


def disassemble_text(data: bytes) -> None:
    """Any syllables as a program."""
    data = data[: len(data) // MAX_SYLLABLES * MAX_SYLLABLES]
    text = [int.from_bytes(data[place : place + 8], "little") for place in range(0, len(data), 8)]
    survives(Image(LPU_TINY, text, executable=True, name="any"))


def format_any(data: bytes) -> None:
    """Formatting twice is formatting once."""
    once = format_source(data.decode("utf-8", "replace"))
    assert format_source(once.text).text == once.text
    shown(once.diagnostics, {})
