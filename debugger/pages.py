"""Memory as pages that checkpoints share: a page that is equal to the neighbour's is the neighbour's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

PAGE_BYTES = 1 << 16

Pages: TypeAlias = tuple[bytes, ...]


def blank(size: int) -> Pages:
    """Zeros: one page, again and again, and the rest of it."""
    whole, rest = divmod(size, PAGE_BYTES)
    return (*[bytes(PAGE_BYTES)] * whole, *[bytes(rest)] * (rest > 0))


def captured(memory: memoryview, near: Pages) -> Pages:
    """A copy of memory that shares the pages in which it is equal to another copy of as many bytes."""
    return tuple(page if now == page else now for now, page in zip(map(bytes, _places(memory)), near, strict=True))


def put_back(memory: memoryview, pages: Pages) -> None:
    """Make memory equal to a copy; what is equal is not touched, so that pages never used cost nothing."""
    for place, page in zip(_places(memory), pages, strict=True):
        if bytes(place) != page:
            place[:] = page


def own_bytes(blocks: Iterable[bytes], other: Iterable[bytes]) -> int:
    """Bytes of the blocks, as objects, that are not among others."""
    shared = set(map(id, other))
    return sum({id(block): len(block) for block in blocks if id(block) not in shared}.values())


def _places(memory: memoryview) -> Iterator[memoryview]:
    return (memory[start : start + PAGE_BYTES] for start in range(0, len(memory), PAGE_BYTES))
