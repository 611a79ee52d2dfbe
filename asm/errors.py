"""Errors of the assembler at a node of the tree."""

from __future__ import annotations

from typing import Protocol

from asm.tree import Line
from isa.diagnostics import Diagnostic, Note, SourceError


class Spanned(Protocol):
    @property
    def column(self) -> int: ...

    @property
    def end(self) -> int: ...


def diagnostic(
    code: str, message: str, line: Line, node: Spanned, help: str = "", notes: tuple[Note, ...] = ()
) -> Diagnostic:
    return Diagnostic(code, message, line.place(node.column, node.end), notes, help)


def error(
    code: str, message: str, line: Line, node: Spanned, help: str = "", notes: tuple[Note, ...] = ()
) -> SourceError:
    """An exception that carries one diagnostic, to be raised where a statement cannot be used."""
    return SourceError(diagnostic(code, message, line, node, help, notes))
