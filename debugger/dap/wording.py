"""Errors on one line."""

from __future__ import annotations

from isa.diagnostics import Diagnostic, SourceError


def sentence(error: SourceError) -> str:
    """What an error says first, with its code, and what mends it."""
    return coded(error.diagnostics[0]) if error.diagnostics else "the program cannot be built"


def first_sentence(error: SourceError) -> str:
    """The same without the code."""
    return without_code(error.diagnostics[0]) if error.diagnostics else "the program cannot be built"


def coded(diagnostic: Diagnostic) -> str:
    return f"[{diagnostic.code}] {without_code(diagnostic)}"


def without_code(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.message}; {diagnostic.help}" if diagnostic.help else diagnostic.message


def defect(error: Exception) -> str:
    """What is said when the adapter itself fails."""
    return f"[E-DEBUG] the debugger failed: {type(error).__name__}: {error}; this is a defect, and the session goes on"
