"""The memory of targets compared: of our own engines only the pages that anything was stored to."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from conform.lasting import Lasting
from conform.target import Target
from isa.records import NamedTuple
from vm.pages import PAGE_BYTES, Pages, unlike


@runtime_checkable
class Paged(Protocol):
    """A target that tells its memory as pages, those never used being the blank one."""

    def pages(self) -> tuple[Pages, Pages]:
        """SRAM and the written bits."""


class Unequal(NamedTuple):
    """The first byte in which two memories differ, and what they hold there."""

    place: int
    ours: int
    theirs: int


def sram_of(target: Target, size: int) -> Pages:
    """All of SRAM, so many bytes."""
    paged = _paged(target)
    return paged.pages()[0] if paged else cut(target.memory(0, size))


def written_of(target: Target) -> Pages:
    """All written bits."""
    paged = _paged(target)
    return paged.pages()[1] if paged else cut(target.written())


def _paged(target: Target) -> Paged | None:
    inner = target.target if isinstance(target, Lasting) else target
    return inner if isinstance(inner, Paged) else None


def cut(data: bytes) -> Pages:
    return Pages.of([data[start : start + PAGE_BYTES] for start in range(0, len(data), PAGE_BYTES)])


def first_unequal_byte(ours: Pages, theirs: Pages) -> Unequal | None:
    for k in unlike(ours, theirs):
        place = first_unequal(ours[k], theirs[k])
        if place is not None:
            return Unequal(k * PAGE_BYTES + place, ours[k][place], theirs[k][place])
    return None


def first_unequal(a: bytes, b: bytes) -> int | None:
    return None if a == b else next(k for k, (x, y) in enumerate(zip(a, b, strict=True)) if x != y)
