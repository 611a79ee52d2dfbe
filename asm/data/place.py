"""Placement of data, before scheduling: every object gets a bank of its own while there are any.

Memory is one line of words (isa.machine): rows, banks and slices follow each other. An object is one run of
that line or, for the byte planes of a tensor, equal runs in adjacent slices. What the source fixes (`.org`,
`.row`) is placed first, then what it confines to a place (`.data mw0`, `@ mw4.1`), then the rest, of which tensors
whose rows flow get slices of their own, near the vector unit or, weights, near the planes; when there are none left,
slices of tensors that they never flow with.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush, heapreplace

from asm.data.together import Together, together
from asm.scope.objects import DataObject, DataObjects, Region
from asm.tree import Statement
from isa.diagnostics import Diagnostic, Note
from isa.machine import HEMISPHERES, SLICES_PER_QUAD, MachineSpec
from isa.records import NamedTuple


class Run(NamedTuple):
    start: int
    end: int
    owner: DataObject


class Memory:
    """What is taken of a machine's SRAM, as sorted runs of words, and the end of the last run in each bank.

    `by_top` is a heap of banks by that end; entries of banks that hold more by now are stale.
    """

    def __init__(self, spec: MachineSpec, together: Together) -> None:
        self.spec = spec
        self.together = together
        self.starts: list[int] = []
        self.runs: list[Run] = []
        self.everywhere = Region(0, spec.words, "SRAM")
        self.tops = [0] * spec.total_banks
        self.by_top = [(0, bank) for bank in range(spec.total_banks)]

    def left(self, region: Region) -> int:
        inside = (min(run.end, region.end) - max(run.start, region.start) for run in self.runs)
        return region.end - region.start - sum(max(0, words) for words in inside)

    def in_the_way(self, start: int, end: int) -> Run | None:
        """The first run that shares a word with [start, end)."""
        index = bisect_left(self.starts, start)
        if index and self.runs[index - 1].end > start:
            return self.runs[index - 1]
        if index < len(self.runs) and self.runs[index].start < end:
            return self.runs[index]
        return None

    def take(self, start: int, end: int, owner: DataObject) -> None:
        self.note(start, end, owner)
        size = self.spec.words_per_bank
        for bank in range(start // size, (end - 1) // size + 1):
            self._raise_top(bank, min(end - bank * size, size))

    def note(self, start: int, end: int, owner: DataObject) -> None:
        """Add a run."""
        index = bisect_left(self.starts, start)
        self.starts.insert(index, start)
        self.runs.insert(index, Run(start, end, owner))

    def pile(self, words: int) -> tuple[int, int] | None:
        """Put words on the emptiest bank, from a row on: the bank and the first word in it, if they fit there; the run
        is to be noted yet."""
        by_top, tops = self.by_top, self.tops
        top, bank = by_top[0]
        while top != tops[bank]:
            heappop(by_top)
            top, bank = by_top[0]
        start = -(-top // self.spec.words_per_row) * self.spec.words_per_row
        if start + words > self.spec.words_per_bank:
            return None
        tops[bank] = start + words
        heapreplace(by_top, (start + words, bank))
        return bank, start

    def _raise_top(self, bank: int, top: int) -> None:
        if top > self.tops[bank]:
            self.tops[bank] = top
            heappush(self.by_top, (top, bank))

    def row_up(self, address: int) -> int:
        """The next start of a row."""
        return -(-address // self.spec.words_per_row) * self.spec.words_per_row


def place(
    objects: Sequence[DataObject | DataObjects], spec: MachineSpec, statements: Iterable[Statement] = ()
) -> list[Diagnostic]:
    """Give every object its `address` and return the errors (E-PLACE), naming both objects or the words missing.

    The `statements` of the text say which tensors flow together.
    """
    alone = [item for item in objects if isinstance(item, DataObject)]
    flowing = any(item.flows and item.region is None for item in alone)
    memory = Memory(spec, together(statements) if flowing else {})
    fixed = [item for item in alone if item.fixed_at is not None]
    confined = [item for item in alone if item.fixed_at is None and item.region]
    found = [_place_fixed(memory, item) for item in fixed]
    found += [_place_anywhere(memory, item) for item in confined]
    for item in objects:
        if isinstance(item, DataObjects):
            found += _place_together(memory, item)
        elif item.fixed_at is None and not item.region:
            found.append(_place_anywhere(memory, item))
    return [problem for problem in found if problem is not None]


def _place_together(memory: Memory, objects: DataObjects) -> Iterator[Diagnostic | None]:
    """Objects of one run each, as if they came one by one. Those piled on one bank are noted as one run: what else is
    placed begins where a row does, and there is none between them."""
    size, addresses = memory.spec.words_per_bank, objects.addresses
    piles: dict[int, int] = {}  # where they begin, by bank
    for number, words in enumerate(objects.words):
        found = memory.pile(words)
        if found is not None:
            bank, start = found
            piles.setdefault(bank, number)
            addresses.append(bank * size + start)
            continue
        _note(memory, objects, piles)
        piles.clear()
        yield _place_anywhere(memory, objects.object(number))
        addresses.append(objects.object(number).address)
    _note(memory, objects, piles)
    for number, made in objects.made.items():
        made.address = addresses[number]


def _note(memory: Memory, objects: DataObjects, piles: Mapping[int, int]) -> None:
    """Note the runs of piles that begin with some objects."""
    for bank, first in piles.items():
        end = bank * memory.spec.words_per_bank + memory.tops[bank]
        memory.note(objects.addresses[first], end, objects.object(first))


def _runs(memory: Memory, item: DataObject, start: int) -> Sequence[tuple[int, int]]:
    if item.slices == 1:
        return ((start, start + item.words),)
    firsts = range(start, start + item.slices * memory.spec.words_per_slice, memory.spec.words_per_slice)
    return [(first, first + item.words) for first in firsts]


def _settle(memory: Memory, item: DataObject, start: int) -> None:
    item.address = start
    if item.words:
        for first, end in _runs(memory, item, start):
            memory.take(first, end, item)


def _obstacle(memory: Memory, item: DataObject, start: int) -> Run | None:
    for first, end in _runs(memory, item, start):
        found = memory.in_the_way(first, end) if end > first else None
        if found is not None:
            return found
    return None


def _place_fixed(memory: Memory, item: DataObject) -> Diagnostic | None:
    assert item.fixed_at is not None
    region = item.region or memory.everywhere
    if item.fixed_at + item.words > region.end:
        return _past_the_end(item, region, item.fixed_at)
    other = _obstacle(memory, item, item.fixed_at)
    if other is not None:
        return _overlap(memory, item, other)
    _settle(memory, item, item.fixed_at)
    return None


def _place_anywhere(memory: Memory, item: DataObject) -> Diagnostic | None:
    start = _near(memory, item) if item.flows and item.region is None else None
    if start is None:
        start = _emptiest(memory, item)
    if start is None:
        start = _gap(memory, item)
    if start is None:
        return _no_room(memory, item)
    _settle(memory, item, start)
    return None


def _near(memory: Memory, item: DataObject) -> int | None:
    """Slices that hold nothing, ports and banks of its own; else such as hold nothing that the object flows with.

    West and east by turns: the nearest to the vector unit, of weights, which take several quads, to the planes.
    """
    places = list(_slices(memory.spec, item)) if item.words <= memory.spec.words_per_slice else []
    empty = (start for start in places if not _residents(memory, item, start))
    start = next(empty, None)
    return _beside(memory, item, places) if start is None else start


def _slices(spec: MachineSpec, item: DataObject) -> Iterator[int]:
    """Where an object could start in its own slices, the best first."""
    last = spec.slices - item.slices
    for index in range(0, last + 1, item.slices) if item.slices <= SLICES_PER_QUAD else range(last, -1, -item.slices):
        for hemisphere in range(HEMISPHERES):
            yield spec.word_address(hemisphere, index, 0, 0)


def _residents(memory: Memory, item: DataObject, start: int) -> set[str]:
    """The names of what lies in the slices that an object would take from a start on."""
    end = start + item.slices * memory.spec.words_per_slice
    return {run.owner.name for run in memory.runs if run.start < end and start < run.end}


def _beside(memory: Memory, item: DataObject, places: Iterable[int]) -> int | None:
    """The first start in slices of which nothing flows with the object, behind what a bank of them holds."""
    spec, rivals = memory.spec, memory.together.get(item.name, set())
    for start in places:
        if rivals.isdisjoint(_residents(memory, item, start)):
            first = start // spec.words_per_bank
            for bank in range(first, first + spec.banks):
                top = max(memory.tops[bank + plane * spec.banks] for plane in range(item.slices))
                behind = memory.row_up(bank * spec.words_per_bank + top)
                if _fits(memory, item, behind):
                    return behind
    return None


def _emptiest(memory: Memory, item: DataObject) -> int | None:
    """The first start behind what its banks hold already, in the emptiest banks: one of its own if there is one."""
    if item.slices == 1 and item.region is None:
        return _emptiest_of_all(memory, item)
    best: tuple[int, int] | None = None
    for bank in _first_banks(memory, item):
        if bank + (item.slices - 1) * memory.spec.banks >= memory.spec.total_banks:
            break
        top = max(memory.tops[bank + plane * memory.spec.banks] for plane in range(item.slices))
        start = memory.row_up(bank * memory.spec.words_per_bank + top)
        if (best is None or top < best[0]) and _fits(memory, item, start):
            best = top, start
            if top == 0:
                break
    return best and best[1]


def _emptiest_of_all(memory: Memory, item: DataObject) -> int | None:
    """The same of an object of one run that may lie anywhere: banks are tried from the emptiest on."""
    spec, tops, by_top = memory.spec, memory.tops, memory.by_top
    tried: list[tuple[int, int]] = []
    found = None
    while by_top and found is None:
        top, bank = by_top[0]
        start = memory.row_up(bank * spec.words_per_bank + top)
        if top == tops[bank] and _fits(memory, item, start):
            found = start
        elif heappop(by_top)[0] == tops[bank]:
            tried.append((top, bank))
    for entry in tried:
        heappush(by_top, entry)
    return found


def _gap(memory: Memory, item: DataObject) -> int | None:
    """The first start of a long enough gap between what is placed already."""
    region = item.region or memory.everywhere
    ends = (memory.row_up(run.end) for run in memory.runs if region.start <= run.end < region.end)
    return next((start for start in (region.start, *ends) if _fits(memory, item, start)), None)


def _first_banks(memory: Memory, item: DataObject) -> range:
    region = item.region or memory.everywhere
    size = memory.spec.words_per_bank
    return range(region.start // size, -(-region.end // size))


def _fits(memory: Memory, item: DataObject, start: int) -> bool:
    """Whether the object may start here: inside its region, its slices together, and nothing in the way."""
    region = item.region or memory.everywhere
    inside = start + item.words <= region.end if item.slices == 1 else _planes_fit(memory.spec, item, start, region)
    return inside and _obstacle(memory, item, start) is None


def _planes_fit(spec: MachineSpec, item: DataObject, start: int, region: Region) -> bool:
    """The planes lie in one hemisphere, each within its slice: in a quad, or from a quad on if the place is free."""
    number, offset = divmod(start, spec.words_per_slice)
    index = number % spec.slices
    if item.slices > SLICES_PER_QUAD and item.region is None and index % SLICES_PER_QUAD:
        return False
    room = SLICES_PER_QUAD - index % SLICES_PER_QUAD if item.slices <= SLICES_PER_QUAD else spec.slices - index
    last = start + (item.slices - 1) * spec.words_per_slice
    return item.slices <= room and offset + item.words <= spec.words_per_slice and last + item.words <= region.end


def _past_the_end(item: DataObject, region: Region, start: int) -> Diagnostic:
    missing = start + item.words - region.end
    message = f"{item.words} words do not fit {region.text} from word {start - region.start} on"
    return Diagnostic("E-PLACE", message, item.place, help=f"start {missing} word{'s' if missing > 1 else ''} lower")


def _overlap(memory: Memory, item: DataObject, other: Run) -> Diagnostic:
    bank = memory.spec.bank_name(other.start // memory.spec.words_per_bank)
    return Diagnostic(
        "E-PLACE",
        f"`{item.name}` overlaps `{other.owner.name}` in {bank}",
        item.place,
        (Note(f"`{other.owner.name}` is here", other.owner.place),),
        help=f"`{other.owner.name}` ends at word {other.end} of the memory",
    )


def _no_room(memory: Memory, item: DataObject) -> Diagnostic:
    region = item.region or memory.everywhere
    needed = item.words * item.slices
    where = f"{item.slices} adjacent slices of {region.text}" if item.slices > 1 else region.text
    return Diagnostic(
        "E-PLACE", f"`{item.name}` needs {needed} words in {where}; {memory.left(region)} are left there", item.place
    )
