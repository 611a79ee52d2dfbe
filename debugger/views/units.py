"""Units: what each is doing, how much of its time it did something; bursts under way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from debugger.views import cycle
from debugger.views.ink import Part, counted
from debugger.views.places import main_file, place_name
from debugger.views.table import Table, cells
from isa.codec import Op
from isa.records import NamedTuple
from isa.units import CLASSES, HEMISPHERE_SLICES, UNIT_NAMES
from vm.flow import cycles_after, op_at
from vm.items import Burst
from vm.stats import UnitStats, elements_from, elements_of

if TYPE_CHECKING:
    from debugger.session import Session


PORTS = range(CLASSES["RP"].first, CLASSES["V"].first)  # of the slices


class Running(NamedTuple):
    """A burst that holds its units: `left` of its `elements` are still to issue; its units are free in cycle `free`."""

    pc: int
    slot: int
    op: Op
    started: int
    elements: int
    left: int
    last: int
    free: int


def running(session: Session) -> list[Running]:
    """The bursts under way, by unit."""
    state, found = session.state, []
    for item in state.tensor:
        op = op_at(session.image, item.pc, item.slot) if isinstance(item, Burst) else None
        if op is not None and isinstance(item, Burst):
            last = item.started + cycles_after(op, 0)
            left = elements_from(op, state.cycle - item.started)
            found.append(
                Running(item.pc, item.slot, op, item.started, elements_of(op), left, last, last + op.row.interval)
            )
    return sorted(found, key=lambda each: each.op.unit_order)


def names_of(units: Sequence[int]) -> str:
    """`V3`, `mw40..43.rp`, `P0..1.abc` of units by number."""
    names = [UNIT_NAMES[unit] for unit in units]
    if len(names) == 1:
        return names[0]
    first, _, port = names[0].partition(".")
    return f"{first}..{names[-1].partition('.')[0].lstrip('mweP')}.{port}"


def bursts(session: Session) -> Table:
    """How far each burst under way is, and when it ends."""
    main, now = main_file(session.image), session.cycle
    rows, data = [], []
    for each in running(session):
        text = session.op_text(each.pc, each.slot)
        done = each.elements - each.left
        place = place_name(session.op_place(each.pc, each.slot), main)
        ends = f"{each.last:,}" if each.left else "its elements are through"
        rows.append(cells(names_of(each.op.claims), f"{done:,} of {each.elements:,}", each.started, ends, text, place))
        data.append({"pc": each.pc, "slot": each.slot, "units": [UNIT_NAMES[unit] for unit in each.op.claims],
                     "done": done, "elements": each.elements, "started": each.started, "last": each.last,
                     "free": each.free, "text": text, "place": place})  # fmt: skip
    heads = ("unit", ">issued", ">since", ">last in", "op", "line")
    title = f"cycle {now:,}: {counted(len(rows), 'burst')} under way" if rows else ""
    return Table(title, heads, tuple(rows), {"cycle": now, "bursts": data}, nothing="no burst is under way")


class UnitRow(NamedTuple):
    """What a unit did so far and does in this cycle."""

    number: int
    use: UnitStats
    share: float
    now: str
    text: str


def units(session: Session) -> Table:
    """The units that the program has used or uses now: what each does in this cycle, and how busy it was so far."""
    found = list(_unit_rows(session))
    rows = [
        cells(Part(name, "name"), use.ops, use.busy, Part(f"{100 * share:.1f} %", "value"), now, text)
        for name, (_, use, share, now, text) in alike(found)
    ]
    data = [{"unit": UNIT_NAMES[number], "ops": use.ops, "busy": use.busy, "elements": use.elements, "now": text}
            for number, use, _, _, text in found]  # fmt: skip
    heads = ("unit", ">ops", ">busy", ">of all", "now", "op")
    return Table("", heads, tuple(rows), {"cycle": session.cycle, "units": data}, nothing="no unit did anything yet")


def _unit_rows(session: Session) -> Iterator[UnitRow]:
    stats = session.machine.stats
    held = {unit: (each.pc, each.slot, "holds") for each in running(session) for unit in each.op.claims}
    for issue in cycle.issues(session.image, session.state):
        element = f"#{issue.element}" if issue.elements > 1 else "issues"
        held |= dict.fromkeys(issue.op.claims, (issue.pc, issue.slot, element))
    for number in sorted({*held, *(UNIT_NAMES.index(name) for name in stats.units)}):
        name, (pc, slot, now) = UNIT_NAMES[number], held.get(number, (-1, -1, ""))
        use = stats.units.get(name, UnitStats())
        yield UnitRow(number, use, stats.utilisation(name), now, session.op_text(pc, slot) if now else "")


def alike(found: Iterable[UnitRow]) -> Iterator[tuple[str, UnitRow]]:
    """Units and their rows; ports of slices side by side that do the same are one, `mw28..31.rp`."""
    runs: list[list[UnitRow]] = []
    for row in found:
        previous = runs[-1][-1] if runs else row
        is_beside = row.number == previous.number + 1 and (row.number - PORTS.start) % HEMISPHERE_SLICES > 0
        if previous[1:] == row[1:] and is_beside and row.number in PORTS:
            runs[-1].append(row)
        else:
            runs.append([row])
    yield from ((names_of([row.number for row in run]), run[0]) for run in runs)
