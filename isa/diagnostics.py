"""One record for every message of the tools: assembler errors, static checks, linker errors, faults.

A Place is a range of a source line, with the macro calls that led to it. Rendering (text with carets,
JSON, SARIF) is in `isa.report`.
"""

from __future__ import annotations

from typing import Any

from isa.records import NamedTuple, dataclass, field

ERROR, WARNING, NOTE = "error", "warning", "note"


class Place(NamedTuple):
    """`line`, `column` and `end_column` are 1-based; `end_column` is one past the last character.

    `trail` holds the places of the macro calls, repetitions and includes, innermost first.
    """

    file: str
    line: int
    column: int = 1
    end_column: int = 1
    trail: tuple[tuple[str, Place], ...] = ()


class Note(NamedTuple):
    message: str
    place: Place | None = None


@dataclass(frozen=True)
class Diagnostic:
    """`code` is stable; `message` is one sentence; `help` mends it; `data` is for machines only."""

    code: str
    message: str
    place: Place | None = None
    notes: tuple[Note, ...] = ()
    help: str = ""
    severity: str = ERROR
    data: dict[str, Any] = field(default_factory=dict)


class SourceError(Exception):
    """Raised where work cannot go on; carries what is to be reported."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"[{d.code}] {d.message}" for d in diagnostics))
        self.diagnostics = list(diagnostics)
