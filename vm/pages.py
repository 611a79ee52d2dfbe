"""Memory as pages that copies of it share: what one has in common with another takes no memory a second time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress
from operator import is_not
from typing import Protocol, TypeAlias, overload

from vm.engine import CHANGE_BYTES

PAGE_BYTES = CHANGE_BYTES
SHELF = 64  # pages that are kept together
BLANK_PAGE = bytes(PAGE_BYTES)

Shelf: TypeAlias = tuple[bytes, ...]


class Pages(Sequence[bytes]):
    """Pages on shelves, which copies share, too, where all of one is equal: of hundreds of MiB few are looked at."""

    __slots__ = ("shelves",)

    def __init__(self, shelves: tuple[Shelf, ...]) -> None:
        self.shelves = shelves

    @classmethod
    def of(cls, pages: Sequence[bytes]) -> Pages:
        return cls(tuple(tuple(pages[k : k + SHELF]) for k in range(0, len(pages), SHELF)))

    def __len__(self) -> int:
        return (len(self.shelves) - 1) * SHELF + len(self.shelves[-1]) if self.shelves else 0

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(self.shelves)

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[k] for k in range(*place.indices(len(self)))]
        return self.shelves[place // SHELF][place % SHELF]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pages) and self.shelves == other.shelves

    def __hash__(self) -> int:
        return hash(self.shelves)

    def replaced(self, pages: Mapping[int, bytes]) -> Pages:
        """The same with other pages in some places."""
        shelves: dict[int, list[bytes]] = {}
        for place, page in pages.items():
            number, rest = divmod(place, SHELF)
            shelves.setdefault(number, list(self.shelves[number]))[rest] = page
        return Pages(tuple(tuple(shelves.get(k, shelf)) for k, shelf in enumerate(self.shelves))) if pages else self


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
    return Pages.of([*[BLANK_PAGE] * whole, *[bytes(rest)] * (rest > 0)])


def captured(memory: Memory, near: Pages, places: Iterable[int]) -> Pages:
    """A copy of memory that shares the pages in which it is equal to another; it is so outside of some places."""
    found = {}
    for k in places:
        if not memory.is_like(k, near[k]):
            now = memory.page(k)
            found[k] = BLANK_PAGE if now == BLANK_PAGE else now
    return near.replaced(found)


def put_back(memory: Memory, pages: Pages, places: Iterable[int]) -> None:
    """Make memory equal to a copy, in some places; what is equal is not touched: pages never used cost nothing."""
    for k in places:
        if not memory.is_like(k, pages[k]):
            memory.put(k, pages[k])


def unlike(one: Pages, other: Pages) -> list[int]:
    """The places in which two copies differ, maybe more; where they share a page they do not. In order."""
    found: list[int] = []
    for number, (here, there) in enumerate(zip(one.shelves, other.shelves, strict=False)):
        if here is not there:
            found += compress(range(number * SHELF, (number + 1) * SHELF), map(is_not, here, there))
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
