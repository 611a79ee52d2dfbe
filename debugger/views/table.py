"""Views that are tables: a title, columns that are as wide as what they hold, rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from debugger.views.ink import WIDTH, Line, Part, printable, rendered
from isa.records import dataclass

GAP = "  "


@dataclass(frozen=True)
class Table:
    """Rows of cells under heads; a head that begins with `>` has its column set to the right.

    The last column takes the room that is left. `notes` are lines below; `nothing` stands for no rows.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Part, ...], ...]
    data: dict[str, Any]
    notes: tuple[Line, ...] = ()
    nothing: str = "none"

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """Text of at most so many columns."""
        return rendered(self._lines(width), width, colour, unicode)

    def as_data(self) -> dict[str, Any]:
        return self.data

    def _lines(self, width: int) -> Iterator[Line]:
        if self.title:
            yield (Part(self.title, "head"),)
        if self.rows:
            widths = self._widths()
            widths[-1] = min(widths[-1], max(0, width - sum(widths[:-1]) - len(GAP) * (len(widths) - 1)))
            if any(self.heads):
                yield self._line([Part(head.lstrip(">"), "dim") for head in self.heads], widths)
            yield from (self._line(row, widths) for row in self.rows)
        elif self.nothing:
            yield (Part(self.nothing, "dim"),)
        yield from self.notes

    def _widths(self) -> list[int]:
        columns = zip(self.heads, *self.rows, strict=True)
        return [max(len(head.lstrip(">")), *(len(printable(cell.text)) for cell in cells)) for head, *cells in columns]

    def _line(self, cells: Sequence[Part], widths: Sequence[int]) -> Line:
        parts: list[Part] = []
        for head, cell, width in zip(self.heads, cells, widths, strict=True):
            text = up_to(printable(cell.text), width)
            parts += [Part(text.rjust(width) if head.startswith(">") else text.ljust(width), cell.style), Part(GAP)]
        return parts


def up_to(text: str, width: int) -> str:
    """Text of at most so many columns: cut behind a word, so that no number looks like another."""
    if len(text) <= width:
        return text
    return text[: max(0, width - 1)].rpartition(" ")[0] + " …"


def cells(*texts: str | int | Part) -> tuple[Part, ...]:
    """A row: texts, numbers, or parts with a style."""
    return tuple(
        each if isinstance(each, Part) else Part(f"{each:,}" if isinstance(each, int) else each) for each in texts
    )
