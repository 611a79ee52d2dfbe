"""Source lines with marks under them, in columns as a terminal shows them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from isa.diagnostics import Place
from isa.records import dataclass

WIDTH = 100  # columns of a source line that are shown
REACH = 4 * WIDTH  # characters on either side of a mark that are looked at: lines may be very long
TAB = 4
ELLIPSIS = "..."

Paint: TypeAlias = "Callable[[Mark, str], str]"


@dataclass(frozen=True, slots=True)
class Mark:
    """A range to underline, `^` for the subject and `-` for others, and what to say there."""

    place: Place
    label: str
    primary: bool = False


def excerpt(marks: Iterable[Mark], lines: Sequence[str], width: int, paint: Paint) -> list[str]:
    """The lines of one file that `marks` are on, in order, each above its marks; `width` is that of the numbers."""
    by_line: dict[int, list[Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark.place.line, []).append(mark)
    out: list[str] = []
    gutter = " " * (width + 3)
    for number in sorted(by_line):
        if not 1 <= number <= len(lines) or not lines[number - 1]:
            out += [f"{gutter} | line {number}: {clean(mark.label)}" for mark in by_line[number] if mark.label]
            continue
        shown = Shown(lines[number - 1], _centre(by_line[number]))
        out.append(f"{number:>{width + 3}} | {shown.text}".rstrip())
        for mark in sorted(by_line[number], key=lambda mark: mark.place.column):
            out.append(f"{gutter} | {shown.underline(mark, paint)}".rstrip())
    return out


def _centre(marks: Sequence[Mark]) -> int:
    """The column a long line is cut around: that of the first mark, or of the subject if both cannot be shown."""
    first = min(mark.place.column for mark in marks)
    subject = min((mark.place.column for mark in marks if mark.primary), default=first)
    return first if subject - first < WIDTH // 2 else subject


class Shown:
    """A source line as it is shown: tabs expanded, what cannot be shown replaced, cut around `column`."""

    def __init__(self, line: str, column: int) -> None:
        line = line.rstrip("\r\n")
        self.skipped = max(0, column - 1 - REACH)
        kept = line[self.skipped : column + REACH]
        self.goes_on = len(line) > self.skipped + len(kept)
        self.starts = [0]  # for every kept character, where it starts on the screen; and the end
        parts: list[str] = []
        for character in kept:
            shown = _shown(character, self.starts[-1])
            parts.append(shown)
            self.starts.append(self.starts[-1] + _width(shown))
        whole = "".join(parts)
        self.offset = 0
        if self.starts[-1] > WIDTH or self.skipped or self.goes_on:
            self.offset = max(0, min(self._at(column) - WIDTH // 2, self.starts[-1] - WIDTH))
            whole = self._cut(parts)
        self.text = whole.rstrip()

    def _at(self, column: int) -> int:
        """Where a 1-based column is on the screen, before the line is cut."""
        column -= self.skipped
        return self.starts[min(max(column, 1), len(self.starts)) - 1] + max(0, column - len(self.starts))

    def _cut(self, parts: list[str]) -> str:
        """The part from `offset` on, WIDTH columns of it, with dots where something is left out."""
        first = next(index for index, start in enumerate(self.starts) if start >= self.offset)
        last = max(index for index, start in enumerate(self.starts) if start <= self.offset + WIDTH)
        left = ELLIPSIS if first or self.skipped else ""
        right = ELLIPSIS if last < len(parts) or self.goes_on else ""
        self.offset = self.starts[first] - len(left)
        return left + "".join(parts[first:last]) + right

    def underline(self, mark: Mark, paint: Paint) -> str:
        start = min(max(0, self._at(mark.place.column) - self.offset), WIDTH + len(ELLIPSIS))
        end = min(self._at(mark.place.end_column) - self.offset, WIDTH + 2 * len(ELLIPSIS))
        line = ("^" if mark.primary else "-") * max(1, end - start)
        text = f"{line} {clean(mark.label)}" if mark.label else line
        return " " * start + paint(mark, text)


def clean(text: str) -> str:
    """Text without characters that would change what a terminal shows of the rest."""
    return text if text.isascii() and text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    return "\ufffd" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else character


def _shown(character: str, at: int) -> str:
    if character == "\t":
        return " " * (TAB - at % TAB)
    return _printable(character)


def _width(text: str) -> int:
    """Columns of a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me")
        else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )  # fmt: skip
