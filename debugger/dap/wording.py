"""Errors on one line."""

from __future__ import annotations

from isa.diagnostics import Diagnostic, SourceError


def sentence(diagnostic: Diagnostic) -> str:
    """Code, message and help of a diagnostic."""
    return f"[{diagnostic.code}] {without_code(diagnostic)}"


def without_code(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.message}; {diagnostic.help}" if diagnostic.help else diagnostic.message


def first_sentence(error: SourceError) -> str:
    """What an error says first, and what mends it."""
    return without_code(error.diagnostics[0])
