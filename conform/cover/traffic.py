"""Coverage of what moves: streams from maker to taker, streams that cross, and accesses of memory side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from conform.cover.points import CLASS_OF, Group, Judged, Point, group
from conform.cover.timing import absent
from isa.machine import HEMISPHERES, SLICES_PER_QUAD, MachineSpec
from isa.places import flows_west
from isa.row import READ, STREAM, VECTOR, WRITE
from isa.table import ROWS
from isa.units import CLASSES, PLANE, SLICE, SXM, UnitClass
from vm.floorplan import position, position_name
from vm.reference.cycle import Cycle
from vm.reference.issue import Issue
from vm.reference.streams import Lines

PASSING, ONE, BOTH = "both pass", "one is sampled", "both are sampled"


class TrafficWatcher:
    """Looks at the streams and the memory accesses of each cycle."""

    def __init__(self, spec: MachineSpec, seen: set[Point]) -> None:
        self.spec = spec
        self.seen = seen
        self.bank_bytes = spec.words_per_bank * 4

    def see(self, issue: Issue) -> None:
        self._banks(issue)
        if issue.tensor:
            self._streams(issue, issue.tensor)

    def _streams(self, issue: Issue, cycle: Cycle) -> None:
        sampled = iter(cycle.sampled)
        taken: dict[int, set[bool]] = {}
        for element in issue.elements:
            if not element.op.sources:
                continue
            here = position(self.spec, element.op.row, element.op.fields)
            reader = element.op.row.units.name
            for source in element.op.sources:
                taken.setdefault(here, set()).add(flows_west(source.stream))
                for value in islice(sampled, source.width):
                    self.seen.add(("path", CLASS_OF[value.maker.unit], reader))
        for here in both_ways(cycle.arriving):
            what = (PASSING, ONE, BOTH)[len(taken.get(here, ()))]
            self.seen.add(("crossing", position_name(self.spec, here), what))

    def _banks(self, issue: Issue) -> None:
        accesses = issue.claims.accesses
        if len(accesses) < len(PAIR):
            return
        found = [(element.op.row, self._places(addresses[0], addresses[-1])) for element, addresses in accesses]
        for (a, places), (b, others) in combinations(found, 2):
            first, second = sorted((a.semantics, b.semantics), key=KINDS.index)
            for place in places:
                self.seen.update(("banks", first, second, relation(place, other)) for other in others)

    def _places(self, first: int, last: int) -> list[tuple[int, int]]:
        """Hemisphere and slice of the first and the last byte of an access."""
        numbers = dict.fromkeys((first // self.bank_bytes, last // self.bank_bytes))
        return [self.spec.bank_place(number)[:2] for number in numbers]


PAIR = range(2)


def both_ways(arriving: Lines) -> list[int]:
    """The positions that a value arrives at from either side."""
    sides: tuple[set[int], set[int]] = set(), set()
    for stream, line in enumerate(arriving):
        if any(line):
            sides[flows_west(stream)].update(place for place, value in enumerate(line) if value)
    return sorted(sides[0] & sides[1])


def relation(a: tuple[int, int], b: tuple[int, int]) -> str:
    """How the places of two slices go together."""
    if a == b:
        return SAME_SLICE
    if a[0] != b[0]:
        return ACROSS
    return SAME_QUAD if a[1] // SLICES_PER_QUAD == b[1] // SLICES_PER_QUAD else SAME_SIDE


SAME_SLICE, SAME_QUAD, SAME_SIDE, ACROSS = "other bank of the slice", "same quad", "same hemisphere", "other hemisphere"
KINDS = tuple(dict.fromkeys(row.semantics for row in ROWS if row.memory))


# What there is --------------------------------------------------------------------------------
def crossings(spec: MachineSpec) -> Iterator[Judged]:
    for here in range(spec.positions):
        edge = here in (0, spec.positions - 1)
        for word in (PASSING, ONE, BOTH):
            yield (position_name(spec, here), word), "streams of one direction arrive at an end" * edge


def streaming(role: str) -> list[str]:
    """The classes of units with ops that sample streams, or make them."""
    found = (row for row in ROWS if any(each.kind in (STREAM, VECTOR) and each.role == role for each in row.operands))
    return list(dict.fromkeys(row.units.name for row in found))


def paths(spec: MachineSpec) -> Iterator[Judged]:
    for maker in streaming(WRITE):
        for taker in streaming(READ):
            first, second = CLASSES[maker], CLASSES[taker]
            yield (maker, taker), absent(spec, first, second) or path_reason(spec, first, second)


def path_reason(spec: MachineSpec, maker: UnitClass, taker: UnitClass) -> str:
    """Why no value gets from one class of units to another."""
    stands = set(positions(spec, maker)) | set(positions(spec, taker))
    return "a result leaves its position: it is not sampled there" if len(stands) == 1 else ""


def positions(spec: MachineSpec, cls: UnitClass) -> list[int]:
    """Where the units of a class stand."""
    if cls.where == SLICE:
        return [spec.slice_position(half, index) for half in range(HEMISPHERES) for index in range(spec.slices)]
    if cls.where == PLANE:
        return [spec.mxm_position(half) for half in range(HEMISPHERES)]
    return [spec.sxm_position(half) for half in range(HEMISPHERES)] if cls.where == SXM else [spec.vxm_position]


def banks(spec: MachineSpec) -> Iterator[Judged]:
    units = {row.semantics: row.units for row in ROWS if row.memory}
    for number, a in enumerate(KINDS):
        for b in KINDS[number:]:
            for how in (SAME_SLICE, SAME_QUAD, SAME_SIDE, ACROSS):
                yield (a, b, how), bank_reason(spec, units[a], units[b], how)


def bank_reason(spec: MachineSpec, first: UnitClass, second: UnitClass, how: str) -> str:
    """Why two such accesses are never in one cycle."""
    if how == SAME_SLICE and spec.banks == 1:
        return f"{spec.name} has one bank a slice"
    if how == SAME_SLICE and first is second and first.where:
        return "a slice has one such port"
    return f"{spec.name} has one quad a hemisphere" if how == SAME_SIDE and spec.quads == 1 else ""


def groups(spec: MachineSpec) -> Iterator[Group]:
    """What this module notes."""
    yield group("crossing", "Streams that cross", "Values of both directions at one position in one cycle.",
                ("position", "what"), crossings(spec))  # fmt: skip
    yield group("path", "From maker to taker", "Which units sampled what which units had made.",
                ("made by", "sampled by"), paths(spec))  # fmt: skip
    yield group("banks", "Accesses side by side", "Two accesses of memory in one cycle, and how near each other.",
                ("access", "other access", "where"), banks(spec))  # fmt: skip
