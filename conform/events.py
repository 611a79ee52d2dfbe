"""What happened on two implementations in the cycles up to one, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from conform import telling
from conform.memory import first_unequal
from conform.program import Program
from conform.reference.observer import Event, items, registers
from conform.target import Target, Tracing
from isa.image import Image
from isa.machine import MachineSpec
from isa.records import NamedTuple
from vm.items import KINDS, Burst, Exit, Item, Lost, Result, Value, VectorWrite

ITEM = {kind.__name__.lower(): kind for kind in KINDS}
UNDER_WAY = (Value, Result, VectorWrite, Exit, Burst, Lost)  # told only where both sides do not have the same
ISSUE, MEMORY = "issue", "m"
ALIKE = 2  # rows of one kind in one cycle that are told
ROWS = 10  # of a table, at most
WIDTH = 46  # of a column

Thing: TypeAlias = str | Item  # what an event says: the value, or the item that is new
Key: TypeAlias = tuple[object, ...]  # which thing it is, whatever it holds


class Row(NamedTuple):
    """What both sides say of one thing in a cycle. `kind` is that of the thing."""

    cycle: int
    kind: str
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
    before, known = target.state(), counts_of(target)
    for cycle in range(1, until + 1):
        target.run(cycle)
        after, counts = target.state(), counts_of(target)
        for address, count in counts.items():
            if count != known.get(address, 0):
                yield Event(cycle, ISSUE, str(address))
        yield from (Event(cycle, *each) for each in (*registers(before, after), *items(before, after)))
        before, known = after, counts


def counts_of(target: Target) -> dict[int, int]:
    return {} if "counts" in target.lacks else target.counts()


# Rows -----------------------------------------------------------------------------------------
def rows_of(
    spec: MachineSpec, bundles: Mapping[int, str], ours: Sequence[Event], theirs: Sequence[Event], cycle: int
) -> list[Row]:
    """What happened up to a cycle, each thing that is the same on both sides once; `bundles` are texts by address."""
    here, there = by_cycle(ours), by_cycle(theirs)
    found = []
    for now in range(cycle + 1):
        a, b = here.get(now, {}), there.get(now, {})
        for key in [*a, *(key for key in b if key not in a)]:
            mine, yours = a.get(key), b.get(key)
            if mine != yours or not isinstance(mine, UNDER_WAY):
                found.append(Row(now, str(key[0]), *texts(spec, bundles, key, mine, yours)))
    return found


def by_cycle(side: Sequence[Event]) -> dict[int, dict[Key, Thing]]:
    """What the events of each cycle say; an issue is one of the cycle before that in which it is seen."""
    found: dict[int, dict[Key, Thing]] = {}
    for cycle, unit, value in side:
        kind, *numbers = unit.split(".")
        if kind in ITEM:
            item = ITEM[kind]._make([*map(int, numbers), b"" if value == "-" else bytes.fromhex(value)])
            found.setdefault(cycle, {})[telling.key(item)] = item
        elif kind == ISSUE:
            found.setdefault(cycle - 1, {})[ISSUE, value] = value
        else:
            found.setdefault(cycle, {})[unit.rstrip("0123456789"), unit] = value
    return found


def texts(
    spec: MachineSpec, bundles: Mapping[int, str], key: Key, ours: Thing | None, theirs: Thing | None
) -> tuple[str, str]:
    """What is said of a thing by both sides, nothing of one that has it not; the second need not say what it is."""
    if isinstance(ours, Item) or isinstance(theirs, Item):
        assert not isinstance(ours, str) and not isinstance(theirs, str)
        return of_items(spec, ours, theirs)
    expected, observed = ("" if each is None else of_value(spec, bundles, key, each) for each in (ours, theirs))
    return expected, observed


def of_value(spec: MachineSpec, bundles: Mapping[int, str], key: Key, value: str) -> str:
    """`issue { read se0, mw4[0] }`, `r5 = 0x7`, `lane 0 of row 2 of mw4.0 and on = 00ff0000`."""
    kind, name = str(key[0]), str(key[1])
    if kind == ISSUE:
        return bundles.get(int(value), f"the bundle at address {value}")
    if kind == MEMORY:
        return f"{telling.byte_name(spec, int(name[1:])).partition(' (')[0]} and on = {value}"
    return f"{name} = {int(value):#x}"


def of_items(spec: MachineSpec, ours: Item | None, theirs: Item | None) -> tuple[str, str]:
    """Both items, where both are there only the number or the lane in which they differ."""
    item = ours or theirs
    assert item is not None
    name = telling.item_name(spec, item)
    if ours is None or theirs is None:
        text = f"{name} = {telling.shown(item.data) or 'there'}"
        return (text, "") if ours else ("", text)
    if ours == theirs:
        return (text := f"{name} = {telling.shown(item.data)}"), text
    for field, a, b in zip(item._fields[:-1], ours[:-1], theirs[:-1], strict=True):
        if a != b:
            return f"{name}: {field} {a}", f"{field} {b}"
    part = telling.cell(spec, ours, first_unequal(ours.data, theirs.data) or 0)
    return f"{part.name} of {name} = {part.of(ours.data)}", part.of(theirs.data)


# Tables ---------------------------------------------------------------------------------------
def table(rows: Sequence[Row]) -> Iterator[str]:
    """The last rows in two columns; of many of one kind and cycle, the first and how many more there are."""
    shown = few(rows)[-ROWS:]
    if not shown:
        return
    width = min(WIDTH, max(len("expected"), *(len(row.expected) for row in shown)))
    yield f"cycle | {'expected':{width}} | observed"
    for cycle, _, expected, observed in shown:
        theirs = "the same" if expected == observed else cut(observed) or "-"
        yield f"{cycle:5} | {cut(expected) or '-':{width}} | {theirs}"


def few(rows: Sequence[Row]) -> list[Row]:
    """Rows without those that are like two others."""
    found: list[Row] = []
    alike: dict[tuple[int, str], int] = {}
    for row in rows:
        place = row.cycle, row.kind
        alike[place] = alike.get(place, 0) + 1
        if alike[place] <= ALIKE or row.kind == ISSUE:
            found.append(row)
        elif alike[place] == ALIKE + 1:
            total = sum((each.cycle, each.kind) == place for each in rows)
            more = f"(and {total - ALIKE} more)"
            found.append(Row(row.cycle, row.kind, more, more))
    return found


def cut(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."
