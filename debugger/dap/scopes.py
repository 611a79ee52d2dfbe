"""The state of a machine as scopes: registers, control, what is on its way, streams, vectors, tensors, units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import TYPE_CHECKING

from debugger.dap.causes import of_fault
from debugger.dap.nodes import Children, Node, lazy
from debugger.dap.values import PREVIEWED, indexed, rows, tried
from isa.conditions import CONDITIONS
from isa.faults import CONDITION_CODE
from isa.image import TEXT
from isa.machine import EAST, SLICES_PER_QUAD, WEST, MachineSpec
from isa.places import STREAMS, place_name
from isa.records import NamedTuple
from isa.types import TYPES
from isa.units import UNIT_NAMES
from vm.floorplan import position_name
from vm.items import Accumulator, Burst, Exit, Map, Plane, Result, Value, Vector, VectorWrite
from vm.state import REGISTERS
from vm.stats import decoded_bundle

if TYPE_CHECKING:
    from debugger.session import Session
    from vm.engine import InFlight

SIGN = 1 << 31
MAX_READ = 1 << 20  # elements of a tensor that is read as a whole
SMALL = 1 << 10  # numbers below it need no other form


class Scope(NamedTuple):
    name: str
    children: Callable[[Session], list[Node]]
    hint: str = ""


# Registers --------------------------------------------------------------------------------------
def registers(session: Session) -> list[Node]:
    """r0 to r31, and what will land in them."""
    state = session.state
    landing: dict[int, list[InFlight]] = {}
    for write in state.in_flight:
        landing.setdefault(write.register, []).append(write)
    return [
        Node(f"r{number}", register_text(state.registers[number], landing.get(number, [])), "u32", f"r{number}")
        for number in range(REGISTERS)
    ]


def register_text(value: int, landing: list[InFlight]) -> str:
    coming = "".join(f"; {word_text(write.value)} lands in {write.landing}" for write in landing)
    return word_text(value) + coming


def word_text(value: int) -> str:
    """A word as an unsigned number, a signed one where that is another, and its bits."""
    signed = f" = {value - 2 * SIGN}" if value >= SIGN else ""
    return f"{value}{signed} = {value:#x}" if value >= SMALL else str(value)


def control(session: Session) -> list[Node]:
    """Where the program stands: cycle, address, condition code, loops."""
    state = session.state
    found = [
        Node("status", session.status, is_fixed=True),
        Node("cycle", str(state.cycle), expression="cycle", is_fixed=True),
        Node("pc", address_text(session, state.pc), expression="pc", is_fixed=True),
        Node("cc", condition_text(state.cc), expression="cc"),
    ]
    if not state.fetch_ended:
        found.append(bundle(session, state.pc, max(state.next_fetch, state.cycle)))
    for depth, loop in enumerate(state.loops):
        body = f"{address_text(session, loop.start)} to {address_text(session, loop.end)}"
        found.append(Node(f"loop {depth}", f"{loop.remaining} rounds left, {body}", is_fixed=True))
    return found


def bundle(session: Session, pc: int, cycle: int) -> Node:
    """The next bundle: its ops by their units, and the lines they come from."""
    ops = decoded_bundle(session.image, pc)
    nodes = [Node(op.unit, by(session, pc, slot).removeprefix(", by "), is_fixed=True) for slot, op in enumerate(ops)]
    text = f"{len(ops)} op{'s' * (len(ops) != 1)}, issued in cycle {cycle}"
    return Node("bundle", text, children=lazy(len(nodes), lambda: nodes), is_fixed=True)


def address_text(session: Session, address: int) -> str:
    label = session.lines.label_of(address)
    return f"{address} ({label})" if label else str(address)


def condition_text(code: int) -> str:
    """The condition code and the conditions that hold."""
    return f"{code} ({' '.join(name for name, mask in CONDITIONS.items() if mask >> code & 1)})"


# On its way -------------------------------------------------------------------------------------
def in_flight(session: Session) -> list[Node]:
    """Results that have not landed, each by its place and its cycle, the nearest first."""
    state = session.state
    found = [
        (write.landing, _register_name(write.register), str(write.value), write.pc, write.slot)
        for write in state.in_flight
    ]
    for item in state.tensor:
        if isinstance(item, VectorWrite | Exit) or (isinstance(item, Result) and not item.byte):
            found.append((item.landing, _going_to(session.spec, item), "", item.pc, item.slot))
    return [
        Node(f"{name}, {landing}", f"{value}{by(session, pc, slot)}".removeprefix(", "), is_fixed=True)
        for landing, name, value, pc, slot in sorted(found)
    ]


def _register_name(number: int) -> str:
    return "cc" if number == CONDITION_CODE else f"r{number}"


def _going_to(spec: MachineSpec, item: Result | VectorWrite | Exit) -> str:
    if isinstance(item, Result):
        return f"{group_name(item.stream, item.width)} at {position_name(spec, item.position)}"
    if isinstance(item, VectorWrite):
        return f"v{item.register}"
    return f"exit of P{item.plane}"


def group_name(stream: int, width: int) -> str:
    """`se4`, or `se4..7` of a group."""
    first = place_name(stream)
    return f"{first}..{stream % STREAMS + width - 1}" if width > 1 else first


def by(session: Session, pc: int, slot: int) -> str:
    """Which op made something, and where it was written."""
    text = session.op_text(pc, slot)
    place = session.op_place(pc, slot)
    where = f", line {place.line}" if place else ""
    return f", by `{text}`{where}" if text else ""


# The tensor face --------------------------------------------------------------------------------
def streams(session: Session) -> list[Node]:
    """Streams that hold something, each with its places; groups by their first streams."""
    values = [item for item in session.state.tensor if isinstance(item, Value)]
    heads = {(item.stream, item.position, item.issued, item.unit) for item in values if not item.byte}
    held: dict[int, list[Value]] = {}
    for item in values:
        if not item.byte or (item.stream - item.byte, item.position, item.issued, item.unit) not in heads:
            held.setdefault(item.stream, []).append(item)
    return [_stream(session, number, found) for number, found in sorted(held.items())]


def _stream(session: Session, number: int, values: list[Value]) -> Node:
    text = f"{len(values)} value{'s' * (len(values) != 1)}"
    children = lazy(len(values), lambda: [_value(session, each) for each in values])
    return Node(place_name(number), text, children=children, is_fixed=True)


def _value(session: Session, item: Value) -> Node:
    """A value on a stream where it last was, and what made it; a byte that lost the rest of its group says so."""
    expression = f"{place_name(item.stream)}@{expression_of_position(session.spec, item.position)}"
    if item.width > 1 and not item.byte:
        expression += f".{type_of(session, item)}"
    shown = tried(session, position_name(session.spec, item.position), expression)
    part = f"byte {item.byte} of {item.width}: " if item.byte else ""
    return shown._replace(text=f"{part}{shown.text}{by(session, item.pc, item.slot)}")


def type_of(session: Session, item: Value) -> str:
    """The type of the elements that a group of streams holds, as far as the op tells that made it; else its width."""
    from vm.flow import op_at

    op = op_at(session.image, item.pc, item.slot)
    known = TYPES.get(op.row.type) if op else None
    return known.name if known and known.planes == item.width else f"w{item.width}"


def expression_of_position(spec: MachineSpec, position: int) -> str:
    """How expressions call a position."""
    ends = {spec.vxm_position: "vxm"}
    for hemisphere, letter in ((WEST, "w"), (EAST, "e")):
        ends[spec.mxm_position(hemisphere)] = f"mxm_{letter}"
        ends[spec.sxm_position(hemisphere)] = f"sxm_{letter}"
    distance = position - spec.vxm_position
    return ends.get(position) or f"m{'e' if distance > 0 else 'w'}{SLICES_PER_QUAD * (abs(distance) - 1)}"


def vectors(session: Session) -> list[Node]:
    """The v registers that were written."""
    return [tried(session, f"v{item.register}", f"v{item.register}")
            for item in session.state.tensor if isinstance(item, Vector)]  # fmt: skip


def accumulators(session: Session) -> list[Node]:
    """Planes with accumulator rows that were set."""
    rows: dict[int, list[int]] = {}
    for item in session.state.tensor:
        if isinstance(item, Accumulator):
            rows.setdefault(item.plane, []).append(item.row)
    return [
        Node(f"acc{plane}", f"{len(found)} row{'s' * (len(found) != 1)} set", children=_rows(session, plane, found),
             is_fixed=True)
        for plane, found in sorted(rows.items())
    ]  # fmt: skip


def _rows(session: Session, plane: int, rows: list[int]) -> Children:
    def made(start: int, count: int) -> list[Node]:
        return [tried(session, f"[{row}]", f"acc{plane}[{row}]") for row in rows[start : start + count]]

    return Children(len(rows), made, named=True)


def weights(session: Session) -> list[Node]:
    """Arrays installed in planes, and their buffers."""
    found = []
    for item in session.state.tensor:
        if isinstance(item, Plane):
            name = f"P{item.plane}" if item.installed else f"P{item.plane}.buffer"
            found.append(tried(session, name, name))
    return found


def maps(session: Session) -> list[Node]:
    """Map registers of the switches that were loaded."""
    names = [f"map{'we'[item.hemi]}{item.number}" for item in session.state.tensor if isinstance(item, Map)]
    return [tried(session, name, name) for name in names]


# The program's ----------------------------------------------------------------------------------
def tensors(session: Session) -> list[Node]:
    """Typed symbols of the program, outputs last as they are declared; then memory without a type."""
    typed = list(session.machine.tensors)
    rest = [symbol.name for symbol in session.image.symbols if symbol.kind != TEXT and symbol.name not in typed]
    return [tensor(session, name) for name in dict.fromkeys([*typed, *rest])]


def tensor(session: Session, name: str) -> Node:
    """A tensor; of one with very many elements only the first are read."""
    found = session.machine.tensors.get(name)
    size = prod(found.shape) if found else session.machine.symbols[name].size
    if size <= MAX_READ:
        return tried(session, name, name)
    shape = found.shape if found else (size,)
    kind = f"{found.dtype if found else 'u32'}[{', '.join(map(str, shape))}]"
    first = tried(session, name, indexed(name, (*(0 for _ in shape[1:]), slice(0, PREVIEWED))))
    text = f"{'[' * (len(shape) - 1)}{first.text.removesuffix(']')}, ..." if first.text[0] == "[" else first.text
    return Node(name, text, kind, name, rows(session, name, (), shape[0]), first.memory)


def units(session: Session) -> list[Node]:
    """What runs: bursts, by the op and how far it is."""
    return [node for item in session.state.tensor if isinstance(item, Burst) for node in _burst(session, item)]


def _burst(session: Session, item: Burst) -> Iterator[Node]:
    from vm.flow import cycles_after, op_at
    from vm.stats import elements_from, elements_of

    op = op_at(session.image, item.pc, item.slot)
    if op is None:
        return
    done = elements_of(op) - elements_from(op, session.cycle - item.started)
    last = item.started + cycles_after(op, 0)
    text = f"{done} of {elements_of(op)} elements issued, the last in {last}{by(session, item.pc, item.slot)}"
    for unit in op.claims:
        yield Node(UNIT_NAMES[unit], text, is_fixed=True)


FAULT = Scope("Fault", of_fault)
SCOPES = (
    Scope("Registers", registers, "registers"),
    Scope("Control", control),
    Scope("Tensors", tensors, "globals"),
    Scope("In flight", in_flight),
    Scope("Units", units),
    Scope("Streams", streams),
    Scope("Vector registers", vectors),
    Scope("Accumulators", accumulators),
    Scope("Weights", weights),
    Scope("Maps", maps),
)
