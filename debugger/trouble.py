"""What the debugger says to what cannot be done."""

from __future__ import annotations

from isa.diagnostics import Diagnostic, SourceError


def trouble(message: str, help: str = "", code: str = "E-DEBUG") -> SourceError:
    """An error to be raised: one sentence, and what mends it."""
    return SourceError(Diagnostic(code, message, help=help))
