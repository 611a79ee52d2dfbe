"""Tables of measurements: as Markdown for readers, as JSON for programs. Every script of a part prints its own."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """`rows` begin with a name; numbers stay numbers until they are shown. None is a cell without a value."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def markdown(self) -> str:
        """A heading and a table; all columns but the first are right-aligned."""
        rule = ["---", *["---:"] * (len(self.head) - 1)]
        lines = [self.head, rule, *([shown(cell) for cell in row] for row in self.rows)]
        return f"### {self.title}\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def number(self, row: str, column: str) -> float | None:
        """The number in a row and a column, None where nothing was measured."""
        place = self.head.index(column)
        cells = [each[place] for each in self.rows if each[0] == row and len(each) > place]
        return cells[0] if cells and isinstance(cells[0], (int, float)) else None


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers whole, others with three digits that count."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 1000:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.3g}"


def from_json(text: str) -> list[Table]:
    return [Table(raw["title"], tuple(raw["head"]), tuple(map(tuple, raw["rows"]))) for raw in json.loads(text)]


def as_data(tables: Iterable[Table]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(table) for table in tables]


def show(measure: Callable[[bool], list[Table]], what: str | None) -> None:
    """The command line of a part: measure and print."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds")
    parser.add_argument("--json", action="store_true", help="print the tables as JSON")
    options = parser.parse_args()
    tables = measure(options.quick)
    print(json.dumps(as_data(tables)) if options.json else "\n\n".join(table.markdown() for table in tables))
