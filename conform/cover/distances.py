"""Coverage of hazards approached: how far from the earliest legal cycle an op used what another had made or held."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from conform.cover.points import CLASS_OF, Group, Judged, Point, group
from conform.cover.timing import absent
from isa.faults import CONDITION_CODE
from isa.machine import MachineSpec
from isa.places import V_REGISTERS, is_v
from isa.row import Row
from isa.table import ROWS
from isa.units import CLASSES
from vm.reference.bursts import Element
from vm.reference.cycle import Cycle
from vm.reference.issue import Issue

NEAR = range(3)  # distances from the earliest legal cycle that are told apart
OLD = -1  # one cycle before what is new is seen: what was there before is
V, ACCUMULATOR, MAP, BUFFER, ARRAY = "v register", "accumulator row", "map", "weights", "array"
CODE = "cc"


class DistanceWatcher:
    """Remembers since when all that was made is seen, by what it is."""

    def __init__(self, spec: MachineSpec, seen: set[Point]) -> None:
        self.lanes = spec.lanes
        self.seen = seen
        self.registers: dict[int, list[tuple[int, str]]] = {}
        self.since: dict[Hashable, list[int]] = {}
        self.free: dict[int, int] = {}

    def see(self, issue: Issue) -> None:
        now = issue.state.cycle
        for element in issue.elements:
            if element.number <= 0:
                self._reads(element, now)
        self._writes(issue)
        self._rows(issue, now)
        if issue.tensor:
            self._tensor(issue.tensor, issue.elements, now)

    # Registers --------------------------------------------------------------------------------
    def _reads(self, element: Element, now: int) -> None:
        for register in element.op.reads:
            landed = [each for each in self.registers.get(register, ()) if each[0] <= now]
            if landed and now - landed[-1][0] in NEAR:
                landing, writer = landed[-1]
                self.seen.add(("register", writer, element.op.row.units.name, str(now - landing)))

    def _writes(self, issue: Issue) -> None:
        scalars = (element.op for element in issue.elements if not element.op.row.tensor)
        units = {op.slot: op.row.units.name for op in scalars}
        for write in issue.writes:
            name = units[write.slot]
            writes = self.registers.setdefault(write.register, [])
            if writes and writes[-1][0] > issue.state.cycle and write.landing - writes[-1][0] - 1 in NEAR:
                self.seen.add(("rewrite", writes[-1][1], name, str(write.landing - writes[-1][0] - 1)))
            writes.append((write.landing, CODE if write.register == CONDITION_CODE else name))

    # Rows of memory ---------------------------------------------------------------------------
    def _rows(self, issue: Issue, now: int) -> None:
        """Rows that are read soon after they were written: told by the first byte of each access."""
        for element, addresses in issue.claims.accesses:
            row = addresses[0] // self.lanes
            if element.op.row.memory in READS:
                for writer in WRITES:
                    self._use(("row", writer, row), now, ("memory", writer, element.op.row.semantics))
        for element, addresses in issue.claims.accesses:
            if element.op.row.memory not in READS:
                self._made(("row", element.op.row.semantics, addresses[0] // self.lanes), now + 1)

    # The tensor face --------------------------------------------------------------------------
    def _tensor(self, cycle: Cycle, elements: list[Element], now: int) -> None:
        for burst in cycle.bursts:
            for unit in burst.op.claims:
                if unit in self.free and now - self.free[unit] in NEAR:
                    self.seen.add(("unit free", CLASS_OF[unit], str(now - self.free[unit])))
                self.free[unit] = burst.free
        for what, which, since in made(cycle, now):
            self._made((what, which), since)
        for element in elements:
            for what, which in used(element):
                self._use((what, which), now, ("state", what))

    def _made(self, key: Hashable, since: int) -> None:
        self.since.setdefault(key, []).append(since)

    def _use(self, key: Hashable, now: int, point: Point) -> None:
        """Note how long what is used has been seen; and where something new is seen from the next cycle on."""
        times = self.since.get(key, ())
        seen = [since for since in times if since <= now]
        if seen and now - seen[-1] in NEAR:
            self.seen.add((*point, str(now - seen[-1])))
        if now + 1 in times:
            self.seen.add((*point, str(OLD)))


def made(cycle: Cycle, now: int) -> Iterator[tuple[str, Hashable, int]]:
    """What the elements of a cycle make that others use, and from which cycle on it is seen."""
    for write in cycle.vector_writes:
        yield V, write.register, write.landing
    for place in cycle.accumulators:
        yield ACCUMULATOR, place, now + 1
    for place in cycle.maps:
        yield MAP, place, now + 1
    for plane, _ in cycle.loaded:
        yield BUFFER, plane, now + 1
    for plane in cycle.installed:
        yield ARRAY, plane, now + 1


def used(element: Element) -> Iterator[tuple[str, Hashable]]:
    """What an element uses that is no stream."""
    op, fields = element.op, element.op.fields
    for name in op.row.vector_reads:
        if is_v(fields[name]):
            yield V, fields[name] - V_REGISTERS
    what = USERS.get(op.row.units.name)
    if what in (BUFFER, ARRAY):
        yield what, fields["plane"]
    elif what == MAP:
        yield what, (fields["hemi"], fields["number"])
    elif what and "E-UNINIT" in op.row.faults:
        yield what, (fields["plane"], fields["acc"] + element.step)


USERS = {"IW": BUFFER, "ABC": ARRAY, "PM": MAP, "DS": MAP, "ACC": ACCUMULATOR}


# What there is --------------------------------------------------------------------------------
READS, WRITING = ("load", "read"), ("store", "write")
WRITES = tuple(dict.fromkeys(row.semantics for row in ROWS if row.memory in WRITING))
LOADS = tuple(dict.fromkeys(row.semantics for row in ROWS if row.memory in READS))
WRITER_ROWS = [row for row in ROWS if row.write]


def classes(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.units.name for row in rows))


def registers(_spec: MachineSpec) -> Iterator[Judged]:
    scalars = [row for row in ROWS if row.reads or row.vector_reads]
    for near in NEAR:
        for writer in classes(WRITER_ROWS):
            for reader in classes(scalars):
                yield (writer, reader, str(near)), ""
        for reader in classes(row for row in ROWS if row.reads_cc):
            yield (CODE, reader, str(near)), ""


def rewrites(_spec: MachineSpec) -> Iterator[Judged]:
    """A later write lands k + 1 cycles after an earlier one that was in flight when it issued."""
    for first in classes(WRITER_ROWS):
        for second in classes(WRITER_ROWS):
            for k in NEAR:
                yield (first, second, str(k)), "" if can_rewrite(first, second, k + 1) else TOO_SHORT


TOO_SHORT = "their latencies do not allow it"


def can_rewrite(first: str, second: str, later: int) -> bool:
    """Whether an op of one class can land so much later than one of another that is in flight as it issues."""
    earlier = {row.latency for row in WRITER_ROWS if row.units.name == first}
    latencies = {row.latency for row in WRITER_ROWS if row.units.name == second}
    return any(later < b < a + later for a in earlier for b in latencies)


def states(spec: MachineSpec) -> Iterator[Judged]:
    where = {USERS[name]: CLASSES[name] for name in USERS} | {V: CLASSES["V"]}
    for what, cls in where.items():
        for near in (OLD, *NEAR):
            alone = what == ACCUMULATOR and near == OLD
            yield (what, str(near)), absent(spec, cls) or ONE_ACCUMULATOR * alone


ONE_ACCUMULATOR = "the accumulators of a plane take one op a cycle"


def memories(_spec: MachineSpec) -> Iterator[Judged]:
    for writer in WRITES:
        for reader in LOADS:
            for near in (OLD, *NEAR):
                yield (writer, reader, str(near)), "two accesses of a bank in one cycle are E-BANK" * (near == OLD)


def frees(spec: MachineSpec) -> Iterator[Judged]:
    for cls in CLASSES.values():
        for near in NEAR:
            if cls.where:
                yield (cls.name, str(near)), absent(spec, cls)


def groups(spec: MachineSpec) -> Iterator[Group]:
    """What this module notes."""
    far = "cycles after the earliest that is legal"
    yield group("register", "Registers read soon after they are written", f"Reads 0, 1 and 2 {far}.",
                ("written by", "read by", "cycles"), registers(spec))  # fmt: skip
    yield group("rewrite", "Registers written again", f"A write that lands behind another in flight, 0, 1 and 2 {far}.",
                ("first", "second", "cycles"), rewrites(spec))  # fmt: skip
    yield group("state", "State used soon after it is made", f"Uses 0, 1 and 2 {far}; -1: what was there before.",
                ("what", "cycles"), states(spec))  # fmt: skip
    yield group("memory", "Rows read soon after they are written", f"Reads 0, 1 and 2 {far}.",
                ("written by", "read by", "cycles"), memories(spec))  # fmt: skip
    yield group("unit free", "Units taken soon after they are free", f"Ops 0, 1 and 2 {far}.",
                ("unit", "cycles"), frees(spec))  # fmt: skip
