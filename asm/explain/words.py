"""Names of places and lists of things, as reports write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from isa.machine import SLICES_PER_QUAD, MachineSpec

NUMBERED = re.compile(r"(.*?)(\d+)((?:\.\w+)?)$")
NUMBER = re.compile(r"@?[\d,.]+( %)?$")


def place_at(spec: MachineSpec, position: int) -> str:
    """What stands at a position: `V`, the switches `W` and `E`, the planes, or the first slice of a quad."""
    distance = position - spec.vxm_position
    if abs(distance) > spec.quads:
        side = "WE"[distance > 0]
        return side if abs(distance) == spec.quads + 1 else f"MXM.{side}"
    return f"m{'we'[distance > 0]}{(abs(distance) - 1) * SLICES_PER_QUAD}" if distance else "V"


def ranges(names: Sequence[str]) -> str:
    """Names in order, those whose numbers follow each other as `mw0..mw3`, `mw0..mw3.rp`."""
    return " ".join(first if first == last else _span(first, last) for first, last in _runs(names))


def _span(first: str, last: str) -> str:
    known = NUMBERED.match(first)
    return f"{known[1]}{known[2]}..{last}" if known else f"{first}..{last}"


def _runs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    first = last = ""
    for name in names:
        if last and _follows(last, name):
            last = name
            continue
        if first:
            yield first, last
        first = last = name
    if first:
        yield first, last


def _follows(name: str, after: str) -> bool:
    here, there = NUMBERED.match(name), NUMBERED.match(after)
    if here is None or there is None:
        return False
    same = (here[1], here[3]) == (there[1], there[3])
    return same and int(there[2]) == int(here[2]) + 1


def percent(share: float) -> str:
    """`92.8 %`"""
    return f"{100 * share:.1f} %"


def count(number: int, what: str) -> str:
    """`1 cycle`, `1,024 cycles`"""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns; those of numbers alone go to the right."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    numbers = [all(NUMBER.match(cell) for cell in column) for column in columns]
    for row in rows:
        cells = zip(row, widths, numbers, strict=True)
        line = "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells)
        yield f"    {line}".rstrip()
