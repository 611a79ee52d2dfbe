"""Places of the program as they are typed: lines, labels, addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.breakpoints import Breakpoints
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.session import Session


def address_of(session: Session, where: str) -> int:
    """The first bundle at a line, a label or an address, as `break` takes them. Raises SourceError."""
    found = Breakpoints(session.machine, session.lines).add(where)
    if not found.addresses:
        raise trouble(f"`{where}` is no place in the program", "a place is FILE:LINE, LINE, a label or *ADDRESS")
    return found.addresses[0]


def line_of(session: Session, where: str) -> tuple[str, int]:
    """The file and line of a place; a line may be one without code. Raises SourceError."""
    file, _, line = where.rpartition(":")
    name = session.lines.file_called(file) if file else next(iter(session.lines.files), None)
    if name and line.isdecimal() and 0 < int(line[:9]) <= len(session.lines.text(name)):
        return name, int(line)
    place = session.lines.place_of(address_of(session, where))
    if place is None:
        raise trouble(f"what stands at `{where}` came from no line", "`disas` shows it")
    return place.file, place.line
