"""The floor plan drawn: positions from west to east, a line for each group of streams, then what the letters mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from debugger.views.cycle import group_name
from debugger.views.floor_value import Acting, Cell, Floor, Flow, PlaneUse, Track
from debugger.views.ink import Line, Part, clipped, counted
from debugger.views.letters import ink_of
from debugger.views.units import names_of
from isa.machine import MachineSpec
from vm.floorplan import position_name

LABEL = 9  # columns to the left of the plan
WIDEST_QUAD, WIDEST_END = 5, 6
NARROWEST_END = 4
BARS = 4  # between ends, quads, VXM, quads, ends


def drawn(floor: Floor, width: int) -> Iterator[Line]:
    plan = Plan(floor.spec, width)
    yield from _head(floor)
    yield ()
    yield from plan.head()
    yield from _units(floor, plan)
    yield from _streams(floor, plan)
    yield from _planes(floor)
    yield from _scalar(floor, width)
    yield from _ops(floor, width)
    yield from _values(floor, width)
    yield from _legend(floor)


def _head(floor: Floor) -> Iterator[Line]:
    where = f"  {floor.place or floor.file.rpartition('/')[2]}"
    label = f" <{floor.label}>" if floor.label else ""
    head = Part(f"cycle {floor.cycle}", "head"), Part(f"  {floor.spec.name}  pc {floor.pc}{label}{where}")
    yield (*head, Part(f"  {floor.source}", "dim"))
    if floor.status == "fault":
        yield (Part("this cycle faults: what is shown as issuing does not", "mark"),)
    elif floor.status == "halted":
        yield (Part("the run is over", "mark"),)
    elif floor.waits:
        yield (Part(f"nothing is fetched until cycle {floor.waits}", "dim"),)


# The plan ---------------------------------------------------------------------------------------
class Plan:
    """How wide the cells of a machine's positions are on a line of some width."""

    def __init__(self, spec: MachineSpec, width: int) -> None:
        room = max(0, width - LABEL - BARS)
        quads = 2 * spec.quads
        self.spec = spec
        self.quad = max(1, min(WIDEST_QUAD, (room - 5 * NARROWEST_END) // quads))
        self.end = max(1, min(WIDEST_END, (room - quads * self.quad) // 5))

    def width_of(self, position: int) -> int:
        return self.quad if self.is_quad(position) else self.end

    def is_quad(self, position: int) -> bool:
        return 1 < position < self.spec.positions - 2 and position != self.spec.vxm_position

    def row(self, label: str, cell: Callable[[int], Sequence[Part]], style: str = "") -> Line:
        """A line of the plan: `cell` gives parts of the width of each position."""
        spec, parts = self.spec, [Part(clipped(label, LABEL - 1) + " ", style or "name")]
        before = (2, spec.vxm_position, spec.vxm_position + 1, spec.positions - 2)
        for position in range(spec.positions):
            if position in before:
                parts.append(Part("│", "dim"))
            parts += cell(position)
        return parts

    def head(self) -> Iterator[Line]:
        yield self.row("", lambda at: [Part(self._name(at), "head")])

    def _name(self, position: int) -> str:
        """`MXM` or a quad's number, counted from the VXM; every second one where they would touch."""
        width = self.width_of(position)
        if not self.is_quad(position):
            return position_name(self.spec, position).replace("the ", "")[: min(3, width)].ljust(width)
        number = abs(position - self.spec.vxm_position) - 1
        touches = len(str(self.spec.quads - 1)) >= width
        return " " * width if touches and number % 2 else str(number)[-width:].ljust(width)


# Units ------------------------------------------------------------------------------------------
def _units(floor: Floor, plan: Plan) -> Iterator[Line]:
    """The letters of the ops that issue, above their places."""
    stacks: dict[int, list[str]] = {}
    for acting in (*floor.acting, *floor.scalar):
        if acting.position is not None:
            stacks.setdefault(acting.position, []).append(acting.letter)
    rows = {at: _packed(found, plan.width_of(at)) for at, found in stacks.items()}
    for number in range(max([1, *map(len, rows.values())])):
        cells = {at: found[number] for at, found in rows.items() if number < len(found)}
        blank = "" if number else "·"
        yield plan.row("" if number else "issue", partial(_stack_cell, plan, cells, blank))


def _packed(found: Sequence[str], width: int) -> list[list[str]]:
    """Letters in rows of a cell: as many beside each other as leave a blank behind them."""
    rows: list[list[str]] = [[]]
    for letter in found:
        if rows[-1] and sum(map(len, rows[-1])) + len(letter) > width - 1:
            rows.append([])
        rows[-1].append(letter)
    return rows


def _stack_cell(plan: Plan, cells: Mapping[int, Sequence[str]], blank: str, position: int) -> list[Part]:
    width, letters = plan.width_of(position), cells.get(position, ())
    if not letters:
        return [Part(blank.ljust(width), "dim")]
    rest = width - sum(map(len, letters))
    return [*(Part(letter[:width], ink_of(letter)) for letter in letters), Part(" " * rest)]


# Streams ----------------------------------------------------------------------------------------
def _streams(floor: Floor, plan: Plan) -> Iterator[Line]:
    for way, arrow, west in (("east", "→", False), ("west", "←", True)):
        counts = floor.occupied(west)
        yield plan.row(f"{way} {arrow}", partial(_count, plan, counts))
        for track in floor.tracks:
            if track.is_west == west:
                name = f"{group_name(track.streams):>{LABEL - 1}}"
                yield plan.row(name, partial(_track_cell, plan, track), "dim")


def _count(plan: Plan, counts: Mapping[int, int], position: int) -> list[Part]:
    """How many streams bring a value to a position; dots where as many do as one position further west."""
    count, width = counts.get(position, 0), plan.width_of(position)
    if not count:
        return [Part("·".ljust(width), "dim")]
    if count == counts.get(position - 1):
        return [Part("┄" * width, "dim")]
    text = str(count)
    return [Part((text if len(text) <= width else "+").ljust(width), "value")]


def _track_cell(plan: Plan, track: Track, position: int) -> list[Part]:
    parts = _cell(track.cells.get(position, Cell()), plan.width_of(position))
    return [Part(part.text[::-1], part.style) for part in parts[::-1]] if track.is_west else parts


def _cell(cell: Cell, width: int) -> list[Part]:
    """A cell of an eastward track: what arrives, whether it is sampled, what leaves."""
    ink = ink_of(cell.arriving)
    if width == 1:
        return [Part(cell.leaving or cell.arriving or " ", ink_of(cell.leaving) if cell.leaving else ink)]
    way = ("─" if cell.arriving else " ") * (width - 1)
    if cell.sampled:
        way = "●" + way[1:]
    if not cell.leaving:
        return [Part(cell.arriving or " ", ink), Part(way, ink)]
    return [Part(cell.arriving or " ", ink), Part(way[:-1], ink), Part(cell.leaving, ink_of(cell.leaving))]


# Planes and scalar units ------------------------------------------------------------------------
def _planes(floor: Floor) -> Iterator[Line]:
    if any(each.array or each.buffer or each.exit for each in floor.planes):
        yield (Part(clipped("planes", LABEL), "name"), *(part for each in floor.planes for part in _plane(each)))


def _plane(each: PlaneUse) -> Iterator[Part]:
    yield Part(f"P{each.plane} ", "head")
    yield Part(each.array or "-")
    if each.buffer:
        yield Part(f" ({each.buffer} next)")
    if each.exit:
        yield Part(" exit ")
        yield Part(each.exit, ink_of(each.exit))
    yield Part("   ")


def _scalar(floor: Floor, width: int) -> Iterator[Line]:
    if floor.scalar or floor.flying:
        yield ()
    for acting in floor.scalar:
        yield _acting(acting, width, "")
    if floor.flying:
        names = ", ".join(f"{name} in {counted(landing - floor.cycle, 'cycle')}" for name, landing in floor.flying)
        yield (Part(clipped("lands", LABEL), "name"), Part(names))


# What the letters mean --------------------------------------------------------------------------
def _ops(floor: Floor, width: int) -> Iterator[Line]:
    if floor.acting:
        yield ()
        yield (Part("issuing in this cycle", "head"),)
    for acting in floor.acting:
        yield _acting(acting, width, names_of(acting.units))


def _acting(acting: Acting, width: int, units: str) -> Line:
    """An op: its letter or scalar unit, its units, which element, its text, what it accesses, where it was written."""
    parts = [Part(f"{acting.letter:<2} ", ink_of(acting.letter) if units else "name")]
    if units:
        parts.append(Part(f"{units:<11} ", "name"))
        parts.append(Part(f"{f'#{acting.element}' if acting.elements > 1 else '':<5} ", "value"))
    parts.append(Part(acting.text))
    if acting.detail:
        parts.append(Part(f"  {acting.detail}", "changed"))
    return justified(parts, acting.place, width)


def _values(floor: Floor, width: int) -> Iterator[Line]:
    if floor.flows:
        yield ()
        yield (Part("passing", "head"),)
    for flow in floor.flows:
        yield _flow(floor, flow, width)


def _flow(floor: Floor, flow: Flow, width: int) -> Line:
    at = position_name(floor.spec, flow.value_at).replace("the ", "")
    parts = [
        Part(f"{flow.letter:<2} ", ink_of(flow.letter)), Part(f"{group_name(flow.streams):<9}", "name"),
        Part(f"{elements_text(flow.first, flow.last):<9} "), Part(f"{f'#{flow.element}':<5}"), Part(f"at {at:<6}"),
    ]  # fmt: skip
    room = width - sum(len(part.text) for part in parts) - len(flow.place) - 2
    parts.append(Part(fitted(f"{flow.type:<4}", flow.value, room), "value"))
    return justified(parts, flow.place, width)


def elements_text(first: int, last: int) -> str:
    return f"#{first}" if first == last else f"#{first}..{last}"


def fitted(text: str, more: Sequence[str], room: int) -> str:
    """Text, and as many more words as there is room for, with an ellipsis behind them."""
    for word in more:
        if len(text) + len(word) + 3 > room:
            break
        text += f" {word}"
    return f"{text} …"


def justified(parts: Sequence[Part], right: str, width: int) -> Line:
    """Parts to the left, and a place at the right margin, for which they are cut where they are too long."""
    room = width - len(right) - 2
    kept: list[Part] = []
    for part in parts:
        text = part.text if len(part.text) <= room else clipped(part.text, room)
        kept.append(Part(text, part.style))
        room -= len(text)
    return [*kept, Part(" " * (room + 2)), Part(right, "line")]


def _legend(floor: Floor) -> Iterator[Line]:
    if floor.tracks:
        yield ()
        yield (Part("a─ a value of op a arrives   a● is sampled here   ─b a result of op b leaves", "dim"),)
