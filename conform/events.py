"""What happened on two implementations in the cycles up to one, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from conform import telling
from conform.program import Program
from conform.reference.observer import Event, items, registers
from conform.target import Target, Tracing
from isa.image import Image
from isa.machine import MachineSpec
from vm.items import KINDS, Burst, Item, Lost, Value

ITEM = {kind.__name__.lower(): kind for kind in KINDS}
ISSUE = "issue"
CYCLES = 3  # that are told, at least
ROWS = 8  # of a table, at most
WIDTH = 46  # of a column


class Row(NamedTuple):
    """One event, as both sides have it: its text, or nothing where a side has not."""

    cycle: int
    expected: str
    observed: str


def events_of(target: Target, program: Program, image: Image, until: int) -> list[Event]:
    """All events up to a cycle: as the target tells them, else as they follow from its states. Raises TargetError."""
    target.load(image, program.uninit, program.strict)
    if isinstance(target, Tracing) and "trace" not in target.lacks:
        return target.trace(until)[0]
    return list(stepped(target, until))


def stepped(target: Target, until: int) -> Iterator[Event]:
    """What changes from the state of each cycle to the next; memory is not looked at."""
    before, counts = target.state(), {} if "counts" in target.lacks else target.counts()
    for cycle in range(1, until + 1):
        target.run(cycle)
        after, known = target.state(), counts
        counts = known if "counts" in target.lacks else target.counts()
        for address, count in counts.items():
            if count != known.get(address, 0):
                yield Event(cycle, ISSUE, str(address))
        yield from (Event(cycle, *each) for each in (*registers(before, after), *items(before, after)))
        before = after


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Lines of two columns; what is the same on both sides is said once."""
    if not rows:
        return
    width = min(WIDTH, max(len("expected"), *(len(row.expected) for row in rows)))
    yield f"cycle | {'expected':{width}} | observed"
    for cycle, expected, observed in rows:
        theirs = "the same" if expected == observed else cut(observed) or "-"
        yield f"{cycle:5} | {cut(expected) or '-':{width}} | {theirs}"


def cut(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."


def rows_of(
    spec: MachineSpec, bundles: dict[int, str], ours: Sequence[Event], theirs: Sequence[Event], cycle: int
) -> list[Row]:
    """The last events up to a cycle, those that only one side has at their places; `bundles` are texts by address."""
    here, there = (by_cycle(spec, bundles, side) for side in (ours, theirs))
    found: list[Row] = []
    for now in range(cycle + 1):
        a, b = here.get(now, {}), there.get(now, {})
        for unit in [*a, *(unit for unit in b if unit not in a)]:
            one_sided = a.get(unit) != b.get(unit)
            if one_sided or not flows(unit):
                found.append(Row(now, a.get(unit, ""), b.get(unit, "")))
    return found[-ROWS:]


def by_cycle(spec: MachineSpec, bundles: dict[int, str], side: Sequence[Event]) -> dict[int, dict[str, str]]:
    """The events of each cycle by their unit, as text; an issue is one of the cycle before that in which it is seen."""
    found: dict[int, dict[str, str]] = {}
    for event in side:
        cycle = event.cycle - (event.unit == ISSUE)
        found.setdefault(cycle, {})[event.unit] = text_of(spec, bundles, event)
    return found


def flows(unit: str) -> bool:
    """Whether an event only says that a value went on, a burst still runs, or a value was lost."""
    return ITEM.get(unit.split(".")[0]) in (Value, Burst, Lost)


def text_of(spec: MachineSpec, bundles: dict[int, str], event: Event) -> str:
    """`issue { read se0, mw4[0] }`, `r5 = 0x7`, `v3 = 00ff...`."""
    _, unit, value = event
    if unit == ISSUE:
        return f"issue {bundles.get(int(value), f'the bundle at address {value}')}"
    kind, *numbers = unit.split(".")
    if kind in ITEM:
        return item_text(spec, ITEM[kind]._make([*map(int, numbers), b"" if value == "-" else bytes.fromhex(value)]))
    if unit[0] == "m":
        return f"{telling.byte_name(spec, int(unit[1:])).partition(' (')[0]} on = {value}"
    return f"{unit} = {int(value):#x}"


def item_text(spec: MachineSpec, item: Item) -> str:
    landing = getattr(item, "landing", None)
    when = f", cycle {landing}" if landing is not None else ""
    return f"{telling.item_name(spec, item)}{when} = {telling.shown(item.data) or 'there'}"
