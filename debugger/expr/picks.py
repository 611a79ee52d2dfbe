"""What an index picks: of each axis a range of it, or one element."""

from __future__ import annotations

from types import EllipsisType
from typing import TypeAlias

from debugger.expr.errors import Problem

Pick: TypeAlias = range | int
Index: TypeAlias = int | slice | EllipsisType


def shape(picks: tuple[Pick, ...]) -> tuple[int, ...]:
    return tuple(len(pick) for pick in picks if isinstance(pick, range))


def everything(extents: tuple[int, ...]) -> tuple[Pick, ...]:
    return tuple(map(range, extents))


def pick(name: str, picks: tuple[Pick, ...], index: tuple[Index, ...]) -> tuple[Pick, ...]:
    """What an index picks of what is picked already. Raises Problem for an index outside, or too many."""
    extents = shape(picks)
    parts = iter(_filled(name, index, len(extents)))
    return tuple(_part(name, axis, next(parts)) if isinstance(axis, range) else axis for axis in picks)


def _filled(name: str, index: tuple[Index, ...], axes: int) -> list[int | slice]:
    """An index for each axis; `...` stands for as many as are missing, as the end does."""
    given = [part for part in index if part is not Ellipsis]
    if len(index) - len(given) > 1:
        raise Problem("an index holds `...` once at most")
    if len(given) > axes:
        what = f"{axes} {'axis' if axes == 1 else 'axes'}" if axes else "one element, with no axes"
        raise Problem(f"{name} has {what}; this index names {len(given)}")
    where = index.index(Ellipsis) if len(index) > len(given) else len(given)
    return [*given[:where], *[slice(None)] * (axes - len(given)), *given[where:]]


def _part(name: str, axis: range, part: int | slice) -> Pick:
    if isinstance(part, int) and not -len(axis) <= part < len(axis):
        help_ = f"there are 0 to {len(axis) - 1}, and -1 from the end on" if axis else "there are no elements"
        raise Problem(f"index {part} is outside {name}, which has {len(axis)} along that axis", help_)
    try:
        return axis[part]
    except ValueError:
        raise Problem("a slice cannot have step 0") from None


def as_slice(part: range) -> slice:
    return slice(part.start, part.stop if part.stop >= 0 else None, part.step)
