"""What the tensor face holds: streams by position, v registers, planes with their accumulators, maps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from debugger.views import cycle, lanes
from debugger.views.cycle import group_name
from debugger.views.ink import Part
from debugger.views.table import Table, cells
from isa.machine import MachineSpec
from isa.places import LANE_BYTES, V_REGISTERS, flows_west, place_name
from isa.units import PLANES
from vm.floorplan import position_name
from vm.items import Accumulator, Exit, Item, Plane, Value, Vector, VectorWrite
from vm.tensor_state import ACCUMULATOR_ROWS, NAMES

if TYPE_CHECKING:
    from debugger.session import Session

SHOWN_LANES = 16
WEST_ARROW = "←"


# Streams ----------------------------------------------------------------------------------------
def streams(session: Session) -> Table:
    """At each position what arrives on eastward and on westward streams in this cycle."""
    spec, arriving = session.spec, cycle.passing(session.image, session.state)
    rows, data = [], []
    for place in range(spec.positions):
        here = {stream: value for (stream, at), value in sorted(arriving.items()) if at == place}
        ways = {arrow: _groups_text(here, arrow == WEST_ARROW) for arrow in ("→", WEST_ARROW)}
        rows += [cells(Part(short(spec, place), "name"), Part(way, "dim"), text) for way, text in ways.items() if text]
        if here:
            data.append({"position": short(spec, place), "streams": [_value_data(*each) for each in here.items()]})
    found = {"cycle": session.cycle, "positions": data}
    return Table("", ("position", "", "streams"), tuple(rows), found, nothing="no stream holds a value")


def short(spec: MachineSpec, place: int) -> str:
    return position_name(spec, place).removeprefix("the ")


def _groups_text(here: dict[int, Value], west: bool) -> str:
    """`se0..3 #15  se8 #4`: groups that hold one result each, and the number of its element."""
    groups: list[list[int]] = []
    for stream, value in here.items():
        if flows_west(stream) != west:
            continue
        previous = here.get(stream - 1)
        if groups and previous and stream - 1 == groups[-1][-1] and _is_next(previous, value):
            groups[-1].append(stream)
        else:
            groups.append([stream])
    return "  ".join(f"{group_name(range(each[0], each[-1] + 1))} #{here[each[0]].element}" for each in groups)


def _is_next(value: Value, other: Value) -> bool:
    """Whether two bytes are neighbours of one result."""
    return value[2:8] == other[2:8] and other.byte == value.byte + 1


def _value_data(stream: int, value: Value) -> dict[str, Any]:
    return {
        "stream": place_name(stream), "pc": value.pc, "slot": value.slot, "element": value.element,
        "issued": value.issued, "byte": value.byte, "width": value.width, "sampled": bool(value.sampled),
    }  # fmt: skip


# v registers ------------------------------------------------------------------------------------
def vectors(session: Session) -> Table:
    """The v registers that were written, with their first lanes, and what is on its way to them."""
    state, spec = session.state, session.spec
    held = {item.register: item for item in state.tensor if isinstance(item, Vector)}
    coming = [item for item in state.tensor if isinstance(item, VectorWrite)]
    known = lanes.taken_types(session.image, cycle.running(session.image, state))
    rows, data = [], []
    for number in range(spec.vxm_alus):
        due = [item.landing for item in coming if item.register == number]
        item = held.get(number)
        if item is None and not due:
            continue
        type_name, texts = _vector_texts(item, spec, known)
        shown = " ".join(texts) if item else "never written"
        rows.append(cells(Part(f"v{number}", "name"), type_name, landings(due), Part(shown, "value")))
        data.append({"register": f"v{number}", "type": type_name, "lanes": list(texts), "landings": due})
    heads = ("", "type", "lands in", f"lanes 0 to {SHOWN_LANES - 1}")
    return Table("", heads, tuple(rows), {"cycle": state.cycle, "vectors": data}, nothing="no v register was written")


def landings(due: Sequence[int]) -> str:
    """The first cycles of some, and how many there are more."""
    more = f" and {len(due) - 2} more" if len(due) > 2 else ""
    return ", ".join(f"{each:,}" for each in due[:2]) + more


def _vector_texts(
    item: Vector | None, spec: MachineSpec, known: dict[tuple[int, int], str]
) -> tuple[str, tuple[str, ...]]:
    """The type of what a v register holds, as an op that runs reads it, and its first lanes."""
    if item is None:
        return "", ()
    planes = [item.data[k * spec.lanes : (k + 1) * spec.lanes] for k in range(item.width)]
    type_name = known.get((V_REGISTERS + item.register, item.width), "")
    return type_name or lanes.untyped(item.width), lanes.lane_texts(planes, type_name, SHOWN_LANES)


# Planes -----------------------------------------------------------------------------------------
def planes(session: Session) -> Table:
    """Of each plane the array, the buffer, the exit, and the accumulator rows that were set."""
    state, rows, data = session.state, [], []
    for plane in (number for number in range(PLANES) if session.spec.has_plane(number)):
        array, buffer = (_weights(state.tensor, plane, installed, session.spec) for installed in (1, 0))
        due = [item.landing for item in state.tensor if isinstance(item, Exit) and item.plane == plane]
        held = [item.row for item in state.tensor if isinstance(item, Accumulator) and item.plane == plane]
        rows.append(cells(Part(f"P{plane}", "name"), array, buffer, landings(due), ranges(held)))
        data.append({"plane": plane, "array": array, "buffer": buffer, "exits": due, "rows": held})
    heads = ("", "array", "buffer", "results at the exit in", f"accumulator rows set, of {ACCUMULATOR_ROWS}")
    found = {"cycle": state.cycle, "planes": data}
    return Table("", heads, tuple(rows), found, nothing="the machine has no planes")


def _weights(found: Iterable[Item], plane: int, installed: int, spec: MachineSpec) -> str:
    """`i8`, `i8, 160 of 320 rows`, `-`: the weights of a plane, or those in its buffer."""
    for item in found:
        if isinstance(item, Plane) and (item.plane, item.installed) == (plane, installed):
            loaded = sum(item.data[spec.lanes**2 :])
            return NAMES[item.type] if installed else f"{NAMES[item.type]}, {loaded} of {spec.lanes} rows"
    return "-"


def ranges(numbers: Sequence[int]) -> str:
    """`0..319, 400`"""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}..{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs) or "-"


def accumulators(session: Session, plane: int, first: int = 0, count: int = 8) -> Table:
    """Rows of the accumulators of a plane: their first lanes. Raises SourceError for a plane the machine has not."""
    if not (0 <= plane < PLANES and session.spec.has_plane(plane)):
        from debugger.trouble import trouble

        there = ", ".join(f"P{number}" for number in range(PLANES) if session.spec.has_plane(number))
        raise trouble(f"there is no plane {plane}", f"there are {there or 'none'}")
    state = session.state
    held = {item.row: item for item in state.tensor if isinstance(item, Accumulator) and item.plane == plane}
    type_name = lanes.plane_type(state, plane)
    rows, data = [], []
    for row in (number for number in sorted(held) if first <= number < first + count):
        parts = [held[row].data[k::LANE_BYTES] for k in range(LANE_BYTES)]
        texts = lanes.lane_texts(parts, type_name, SHOWN_LANES)
        rows.append(cells(Part(str(row), "name"), type_name, Part(" ".join(texts), "value")))
        data.append({"row": row, "lanes": list(texts)})
    heads = (">row", "type", f"lanes 0 to {min(SHOWN_LANES, session.spec.lanes) - 1}")
    found = {"plane": plane, "type": type_name, "rows": data}
    nothing = f"rows {first} to {first + count - 1} of plane {plane} were never set"
    return Table(f"accumulators of P{plane}", heads, tuple(rows), found, nothing=nothing)
