"""Coverage of schedules: which units issue how many cycles apart, which results land together, what control meets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from conform.cover.points import CLASS_OF, Group, Judged, Point, group, units_of
from isa.faults import CONDITION_CODE
from isa.machine import MachineSpec
from isa.table import ROWS
from isa.units import CLASSES, LINK, PLANE, UnitClass
from vm.reference.face import Face
from vm.reference.issue import Issue

APART = range(9)  # differences of issue cycles that are told apart
ORDER = list(CLASSES)  # in which the classes of pairs are named
WRITERS = tuple(dict.fromkeys(row.units.name for row in ROWS if row.latency > 1 or row.write or row.writes_cc))


class TimingWatcher:
    """Remembers which classes of units issued in the last cycles, and what is on its way."""

    def __init__(self, spec: MachineSpec, seen: set[Point]) -> None:
        self.seen = seen
        self.issued: dict[int, list[str]] = {}
        self.landings: dict[int, set[tuple[str, int]]] = {}

    def see(self, issue: Issue) -> None:
        self._apart(issue)
        self._together(issue)
        if issue.bundle:
            event = event_of(issue)
            if event:
                self.seen.update(("in flight", event, what) for what in in_flight(issue))

    def _apart(self, issue: Issue) -> None:
        now = issue.state.cycle
        here = {element.op.unit for element in issue.elements}
        names = sorted((CLASS_OF[unit] for unit in here), key=ORDER.index)
        self.seen.update(("timing", a, b, "0") for a, b in combinations(names, 2))
        distinct = list(dict.fromkeys(names))
        for k in APART[1:]:
            for before in self.issued.get(now - k, ()):
                self.seen.update(("timing", before, name, str(k)) for name in distinct)
        self.issued[now] = distinct
        self.issued.pop(now - APART[-1], None)

    def _together(self, issue: Issue) -> None:
        for landing, result in landings(issue):
            others = self.landings.setdefault(landing, set())
            for other in others - {result}:
                a, b = sorted((other[0], result[0]), key=ORDER.index)
                self.seen.add(("landing", a, b))
            others.add(result)


def landings(issue: Issue) -> Iterator[tuple[int, tuple[str, int]]]:
    """When results of a cycle land, and the class and number of the units they come from."""
    units = {element.op.slot: element.op.unit for element in issue.elements if not element.op.row.tensor}
    for write in issue.writes:
        yield write.landing, (CLASS_OF[units[write.slot]], units[write.slot])
    if issue.tensor is None:
        return
    made = [(landing, value.maker.unit) for landing, found in issue.tensor.results.items() for value in found.values()]
    made += [(write.landing, write.maker.unit) for write in issue.tensor.vector_writes]
    made += [(each.landing, each.maker.unit) for each in issue.tensor.exits]
    for landing, unit in dict.fromkeys(made):
        yield landing, (CLASS_OF[unit], unit)


# What control meets ---------------------------------------------------------------------------
NOTHING = "nothing"
TAKEN = {"jump": "jump", "branch": "branch taken", "call": "call", "ret": "return", "loop": "loop skipped"}
ISSUED = {"branch": "branch not taken", "loop": "loop begun", "nop": "wait", "halt": "halt"}
ROUND, LEFT, END = "loop goes round", "loop ends", "end of the text"
EVENTS = (*TAKEN.values(), *ISSUED.values(), ROUND, LEFT, END)
FLYING = (
    "register write", "condition code write", "burst", "result for a stream", "value on a stream", "v register write",
    "result for an exit", NOTHING,
)  # fmt: skip


def event_of(issue: Issue) -> str:
    """What a cycle's bundle does to the flow of control; "" for nothing."""
    control = next((element.op.row.control for element in issue.elements if element.op.row.control), "")
    if control:
        return TAKEN[control] if issue.flow.jumped else ISSUED[control]
    before, after = issue.state.loops, issue.flow.loops
    if before and issue.bundle and issue.bundle.next == before[-1].end:
        return ROUND if len(after) == len(before) else LEFT
    return END if issue.flow.pc == issue.program.end else ""


def in_flight(issue: Issue) -> Iterator[str]:
    """What is on its way when a cycle has issued."""
    writes = [write for write in (*issue.state.in_flight, *issue.writes) if write.landing > issue.state.cycle + 1]
    codes = [write.register == CONDITION_CODE for write in writes]
    flags = [not all(codes), any(codes)]
    flags += tensor_flags(issue, issue.tensor.face) if issue.tensor else []
    found = [what for what, flag in zip(FLYING, flags, strict=False) if flag]
    yield from found or [NOTHING]


def tensor_flags(issue: Issue, face: Face) -> list[bool]:
    """Whether bursts run, results are on their way to streams, streams hold values ... after a cycle."""
    assert issue.tensor
    cycle, now = issue.tensor, issue.state.cycle
    return [
        any(burst.free > now + 1 for burst in (*face.bursts, *cycle.bursts)),
        any(landing > now for landing in (*face.streams.due, *cycle.results)),
        any(map(any, cycle.arriving)),
        any(write.landing > now + 1 for write in (*face.vector_writes, *cycle.vector_writes)),
        any(each.landing > now for each in (*face.exits, *cycle.exits)),
    ]


# What there is --------------------------------------------------------------------------------
def absent(spec: MachineSpec, *classes: UnitClass) -> str:
    """Why units of some classes do not all issue on a machine."""
    if any(cls.where == LINK for cls in classes):
        return "no link is connected: its ops always are E-LINK"
    missing = spec.mxm_planes == 0 and any(cls.where == PLANE for cls in classes)
    return f"{spec.name} has no planes" if missing else ""


def timing(spec: MachineSpec) -> Iterator[Judged]:
    for a, first in CLASSES.items():
        for b, second in CLASSES.items():
            alone = a == b and units_of(spec, first) == 1
            for k in APART:
                if k or ORDER.index(a) <= ORDER.index(b):
                    yield (a, b, str(k)), absent(spec, first, second) or ONE_UNIT * (alone and not k)


ONE_UNIT = "there is one such unit, and it takes one op a cycle"


def landing(spec: MachineSpec) -> Iterator[Judged]:
    writers = [CLASSES[name] for name in CLASSES if name in WRITERS]
    for number, first in enumerate(writers):
        for second in writers[number:]:
            latencies = {row.latency for row in ROWS if row.units is first and row.write}
            alone = first is second and units_of(spec, first) == 1 and len(latencies) <= 1
            yield (first.name, second.name), absent(spec, first, second) or ONE_UNIT * alone


def flights(spec: MachineSpec) -> Iterator[Judged]:
    for event in EVENTS:
        for what in FLYING:
            planes = what == "result for an exit" and spec.mxm_planes == 0
            lands = what == "condition code write"
            yield (event, what), f"{spec.name} has no planes" * planes or AT_ONCE * lands


AT_ONCE = "a comparison has landed in the next cycle"


def groups(spec: MachineSpec) -> Iterator[Group]:
    """What this module notes."""
    yield group("timing", "Unit against unit", "The second class of units issued so many cycles after the first.",
                ("first", "second", "cycles"), timing(spec))  # fmt: skip
    yield group("landing", "Landings that meet", "Results of two units landed in one cycle.",
                ("unit", "other unit"), landing(spec))  # fmt: skip
    yield group("in flight", "In flight at control", "What was still on its way when control did something.",
                ("event", "in flight"), flights(spec))  # fmt: skip
