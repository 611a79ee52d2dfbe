"""What memory holds before a program of the kit runs: the rows that it reads, and some that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from conform.program import Chunk
from conform.tensor_ops import WORDS
from conform.tensor_plan import Access
from isa.machine import BYTES_PER_WORD, HEMISPHERES, SLICES_PER_QUAD, MachineSpec

EDGES = [word.to_bytes(BYTES_PER_WORD, "little") for word in WORDS]


def memory_for(
    rng: Random, spec: MachineSpec, accesses: Iterable[Access], more: int, bare: Access | None
) -> tuple[Chunk, ...]:
    """Contents of all rows read, and of a few more but not of bare ones, in order of addresses."""
    rows: dict[int, bytes] = {}
    for access in accesses:
        if access.reads:
            for address, data in rows_of(rng, spec, access):
                rows.setdefault(address, data)
    for _ in range(more):
        rows.setdefault(any_row(rng, spec), elements(rng, spec.lanes, 1))
    for address, _ in rows_of(rng, spec, bare) if bare else ():
        rows.pop(address, None)
    return tuple(merged(rows))


def any_row(rng: Random, spec: MachineSpec) -> int:
    """The address of any row."""
    bank = rng.randrange(HEMISPHERES * spec.slices * spec.banks)
    return (bank * spec.rows + rng.randrange(spec.rows)) * spec.lanes


def any_access(rng: Random, spec: MachineSpec) -> Access:
    """A row of any bank, of one slice or of as many as an element takes."""
    width, row = rng.choice((1, 2, SLICES_PER_QUAD)), rng.randrange(spec.rows)
    first = rng.randrange(spec.slices // width) * width
    return Access(rng.randrange(HEMISPHERES), first, width, rng.randrange(spec.banks), range(row, row + 1), True)


def rows_of(rng: Random, spec: MachineSpec, access: Access) -> Iterator[tuple[int, bytes]]:
    """The address and the contents of each row, elements spread over the slices byte by byte."""
    for row in access.rows:
        data = elements(rng, spec.lanes, access.width)
        for k in range(access.width):
            word = spec.word_address(access.hemisphere, access.first + k, access.bank, row)
            yield BYTES_PER_WORD * word, data[k :: access.width]


def elements(rng: Random, count: int, width: int) -> bytes:
    """Elements of a width, about half of them edges of some type that wide."""
    edges = [word[:width] for word in EDGES] + [rng.getrandbits(8 * width).to_bytes(width, "little") for _ in EDGES]
    return b"".join(rng.choices(edges, k=count))


def merged(rows: dict[int, bytes]) -> Iterator[Chunk]:
    """Chunks of rows, those that lie next to each other in one."""
    start, data = 0, b""
    for address in sorted(rows):
        if address != start + len(data) and data:
            yield Chunk(start, data)
            data = b""
        start, data = (start if data else address), data + rows[address]
    if data:
        yield Chunk(start, data)
