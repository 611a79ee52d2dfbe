"""Diagnostics on their way out: collected while a command works, then printed as text, JSON or SARIF."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from isa.diagnostics import ERROR, NOTE, WARNING, Diagnostic, SourceError
from isa.files import write_atomic

TEXT, JSON, SARIF = "text", "json", "sarif"


class Log:
    """The diagnostics of one command, in order, and the form they are printed in.

    `sources` holds text that is in no file (standard input), by the name messages use for it. Notes about what is
    well are for those who ask for them.
    """

    def __init__(self, form: str = TEXT, notes: bool = False) -> None:
        self.form = form
        self.notes = notes
        self.diagnostics: list[Diagnostic] = []
        self.shown = 0
        self.sources: dict[str, str] = {}

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics += [each for each in diagnostics if self.notes or each.severity != NOTE]

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity == ERROR for diagnostic in self.diagnostics)

    def as_data(self) -> list[dict[str, Any]]:
        return [as_data(diagnostic) for diagnostic in self.diagnostics]

    def flush(self) -> None:
        """Print what was not printed yet as text on stderr."""
        waiting = self.diagnostics[self.shown :]
        if not waiting:
            return
        from isa.report import render, wants_colour

        sys.stderr.write(render(waiting, self.sources, wants_colour(sys.stderr)))
        self.shown = len(self.diagnostics)

    def close(self, **more: Any) -> None:
        """Print everything in the form asked for: text on stderr, a document on stdout (`more` joins the JSON one)."""
        if self.form == JSON:
            print_json({**more, "diagnostics": self.as_data()})
        elif self.form == SARIF:
            from isa.report import to_sarif
            from lpu import __version__

            print_json(to_sarif(self.diagnostics, __version__))
        else:
            self.flush()


def as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    from isa.report import to_json

    return to_json(diagnostic)


def print_json(document: Any) -> None:
    import json

    print(json.dumps(document, allow_nan=False))


def error(code: str, message: str, help: str = "") -> SourceError:
    return SourceError(Diagnostic(code, message, help=help))


def warning(code: str, message: str, help: str = "") -> Diagnostic:
    return Diagnostic(code, message, help=help, severity=WARNING)


def write_file(path: str, data: bytes) -> None:
    """Write a result atomically; `-` is standard output. Raises SourceError naming a file that cannot be written."""
    if path == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    try:
        write_atomic(path, data)
    except OSError as failure:
        raise error("E-FILE", f"{path}: {failure.strerror or failure}") from failure


def source_lines(files: Iterable[str], sources: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """The text of every line of some source files, by (file, line); files that cannot be quoted are left out."""
    from isa.report import Quotes

    quotes = Quotes(sources)
    return {(file, number): line for file in files for number, line in enumerate(quotes.lines(file), 1)}
