"""Memory as pages that copies of it share: what one has in common with another takes no memory a second time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress
from operator import is_not
from typing import Protocol, TypeAlias

from vm.engine import CHANGE_BYTES

PAGE_BYTES = CHANGE_BYTES
STRETCH = 64  # pages that are compared together first
BLANK_PAGE = bytes(PAGE_BYTES)

Pages: TypeAlias = tuple[bytes, ...]


class Memory(Protocol):
    """Memory that is copied and replaced page by page; the last may be shorter."""

    def __len__(self) -> int:
        """Its bytes."""

    def page(self, k: int) -> bytes: ...

    def is_like(self, k: int, page: bytes) -> bool: ...

    def put(self, k: int, page: bytes) -> None: ...


class Viewed:
    """Memory that lies there as bytes."""

    def __init__(self, view: memoryview) -> None:
        self._view = view

    def __len__(self) -> int:
        return len(self._view)

    def page(self, k: int) -> bytes:
        return bytes(self._view[k * PAGE_BYTES : (k + 1) * PAGE_BYTES])

    def is_like(self, k: int, page: bytes) -> bool:
        return self.page(k) == page

    def put(self, k: int, page: bytes) -> None:
        self._view[k * PAGE_BYTES : (k + 1) * PAGE_BYTES] = page


def blank(size: int) -> Pages:
    """Zeros: one page, again and again, and the rest of it."""
    whole, rest = divmod(size, PAGE_BYTES)
    return (*[BLANK_PAGE] * whole, *[bytes(rest)] * (rest > 0))


def captured(memory: Memory, near: Pages, places: Iterable[int]) -> Pages:
    """A copy of memory that shares the pages in which it is equal to another; it is so outside of some places."""
    found = list(near)
    for k in places:
        if not memory.is_like(k, near[k]):
            now = memory.page(k)
            found[k] = BLANK_PAGE if now == BLANK_PAGE else now
    return tuple(found)


def put_back(memory: Memory, pages: Pages, places: Iterable[int]) -> None:
    """Make memory equal to a copy, in some places; what is equal is not touched: pages never used cost nothing."""
    for k in places:
        if not memory.is_like(k, pages[k]):
            memory.put(k, pages[k])


def unlike(one: Pages, other: Pages) -> list[int]:
    """The places in which two copies differ, maybe more; where they share a page they do not. In order."""
    found: list[int] = []
    for start in range(0, len(one), STRETCH):
        here, there = one[start : start + STRETCH], other[start : start + STRETCH]
        if here != there:
            found += compress(range(start, start + STRETCH), map(is_not, here, there))
    return found


def used(pages: Pages) -> Iterator[range]:
    """Runs of places whose pages are not the blank one."""
    places = [k for k, page in enumerate(pages) if page is not BLANK_PAGE]
    first = 0
    for number, place in enumerate(places, 1):
        if number == len(places) or places[number] > place + 1:
            yield range(places[first], place + 1)
            first = number


def span(pages: Pages, start: int, stop: int) -> bytes:
    """The bytes of a copy from one address to another."""
    first = start // PAGE_BYTES
    return b"".join(pages[first : -(-stop // PAGE_BYTES)])[start - first * PAGE_BYTES :][: stop - start]


def byte_of(pages: Pages, address: int) -> int:
    """One byte of a copy."""
    page, rest = divmod(address, PAGE_BYTES)
    return pages[page][rest]


def own_bytes(blocks: Iterable[bytes], other: Iterable[bytes]) -> int:
    """Bytes of the blocks, as objects, that are not among others."""
    shared = set(map(id, other))
    return sum({id(block): len(block) for block in blocks if id(block) not in shared}.values())
