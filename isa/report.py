"""Diagnostics for readers: text with carets, JSON, and SARIF 2.1.0 for CI systems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from isa.diagnostics import Diagnostic, Place
from isa.excerpt import Mark, clean, excerpt
from isa.records import dataclass

SHOWN_TRAIL = 4  # expansions named before the rest is only counted
MAX_FILE_BYTES = 64 << 20  # of a file that is quoted
RED, YELLOW, CYAN, GREEN, BOLD, RESET = (f"\x1b[{code}m" for code in ("1;31", "1;33", "1;36", "1;32", "1", "0"))
COLOURS = {"error": RED, "warning": YELLOW, "note": CYAN, "help": GREEN, "bold": BOLD}
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def wants_colour(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that shows colour, and nobody asked for none."""
    import os

    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@dataclass(frozen=True)
class Ink:
    """Wraps text in a colour, or leaves it."""

    on: bool

    def __call__(self, colour: str, text: str) -> str:
        return f"{COLOURS[colour]}{text}{RESET}" if self.on and text else text


# Text ------------------------------------------------------------------------------------------------
def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str] | None = None, colour: bool = False) -> str:
    """All messages as text, a blank line between two.

    `sources` maps file names to their text; other files are read, if they are there.
    """
    ink, quotes = Ink(colour), Quotes(sources or {})
    return "\n".join(_message(diagnostic, quotes, ink) for diagnostic in diagnostics)


class Quotes:
    """The lines of source files, each read once at most; no lines of what is not a readable file."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._lines: dict[str, list[str]] = {}

    def lines(self, file: str) -> list[str]:
        if file not in self._lines:
            text = self._sources.get(file)
            self._lines[file] = (_read(file) if text is None else text).split("\n")
        return self._lines[file]


def _read(file: str) -> str:
    from pathlib import Path

    path = Path(file)
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            return ""
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return ""


def _message(diagnostic: Diagnostic, quotes: Quotes, ink: Ink) -> str:
    title = ink(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    out = [f"{title}{ink('bold', ': ' + clean(diagnostic.message))}"]
    marks, remarks = _marks(diagnostic)
    if marks:
        width = max(len(str(mark.place.line)) for mark in marks)
        for file in dict.fromkeys(mark.place.file for mark in marks):
            here = [mark for mark in marks if mark.place.file == file]
            out.append(f"  --> {clean(file)}:{here[0].place.line}:{here[0].place.column}")
            out += excerpt(here, quotes.lines(file), width, lambda mark, text: _paint(ink, mark, text))
    out += [f"  {ink('note', 'note')}: {clean(remark)}" for remark in remarks]
    if diagnostic.help:
        out.append(f"  {ink('help', 'help')}: {clean(diagnostic.help)}")
    return "\n".join(out) + "\n"


def _paint(ink: Ink, mark: Mark, text: str) -> str:
    return ink("error" if mark.primary else "note", text)


def _marks(diagnostic: Diagnostic) -> tuple[list[Mark], list[str]]:
    """What is pointed at in sources, the subject first; and the remarks that point nowhere.

    A note at the very place of the diagnostic is what its carets say.
    """
    marks: list[Mark] = []
    remarks = [note.message for note in diagnostic.notes if note.place is None]
    notes = [(note.message, note.place) for note in diagnostic.notes if note.place is not None]
    if diagnostic.place is not None:
        labels = [message for message, place in notes if place == diagnostic.place]
        marks.append(Mark(diagnostic.place, "; ".join(labels), primary=True))
    marks += [Mark(place, message) for message, place in notes if place != diagnostic.place]
    trails = [mark.place.trail for mark in marks]
    calls = dict.fromkeys(call for trail in trails for call in trail[:SHOWN_TRAIL])  # a macro may hold all of them
    if trails and len(trails[0]) > SHOWN_TRAIL:
        remarks.append(f"and {len(trails[0]) - SHOWN_TRAIL} more expansions outside of these")
    return marks + [Mark(called, message) for message, called in calls], remarks


# Data ------------------------------------------------------------------------------------------------
def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic as JSON data; without a place, file is "" and the numbers are 0."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place_json(diagnostic.place),
        "notes": [{"message": note.message, **_place_json(note.place)} for note in diagnostic.notes],
        "trail": _trail_json(diagnostic.place),
        "help": diagnostic.help,
        "data": diagnostic.data,
    }


def _place_json(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"file": "", "line": 0, "column": 0, "end_column": 0}
    return {"file": place.file, "line": place.line, "column": place.column, "end_column": place.end_column}


def _trail_json(place: Place | None) -> list[dict[str, Any]]:
    return [{"message": message, **_place_json(called)} for message, called in place.trail] if place else []


def to_sarif(diagnostics: Sequence[Diagnostic], version: str = "") -> dict[str, Any]:
    """A SARIF 2.1.0 log with one run; `version` is the tool's."""
    driver: dict[str, Any] = {"name": "lpu", "rules": [{"id": code} for code in sorted({d.code for d in diagnostics})]}
    if version:
        driver["version"] = version
    results = [_sarif_result(diagnostic) for diagnostic in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_result(diagnostic: Diagnostic) -> dict[str, Any]:
    text = f"{diagnostic.message}\nhelp: {diagnostic.help}" if diagnostic.help else diagnostic.message
    result: dict[str, Any] = {"ruleId": diagnostic.code, "level": diagnostic.severity, "message": {"text": text}}
    if diagnostic.place is not None:
        result["locations"] = [_sarif_location(diagnostic.place)]
    others = [(note.message, note.place) for note in diagnostic.notes if note.place is not None]
    others += diagnostic.place.trail if diagnostic.place else ()
    if others:
        related = [{"message": {"text": message}, **_sarif_location(place)} for message, place in others]
        result["relatedLocations"] = related
    return result


def _sarif_location(place: Place) -> dict[str, Any]:
    from urllib.parse import quote

    region = {"startLine": place.line, "startColumn": place.column, "endColumn": max(place.end_column, place.column)}
    uri = quote(place.file, errors="surrogateescape")  # the bytes of a name that is not UTF-8
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
