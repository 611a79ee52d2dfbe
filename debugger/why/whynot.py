"""`why-not`: what a fault expected, what came instead, when what was missing did pass, and what mends it, as a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from debugger.trouble import trouble
from debugger.why.cause import MANY, Cause
from debugger.why.nearby import Arrival, arrivals, exits_nearby, neighbours
from debugger.why.replay import Replay
from debugger.why.sources import ADDRESS, SELECTION, Source, sources
from debugger.why.spots import ARRAY, BUFFER, REGISTER, STREAMS, Event, Made, Spot, V, groups, upstream
from debugger.why.tree import cause_of
from debugger.why.words import event_text, op_name, place_of, plural
from isa.codec import Op
from isa.faults import NOWHERE, RawFault
from isa.places import V_REGISTERS, place_name
from isa.records import dataclass
from isa.row import VECTOR, WRITE
from isa.units import CLASSES, PLANE, SLICE, SXM
from vm import stops
from vm.explain import explain
from vm.floorplan import position, position_name
from vm.flow import hops
from vm.items import Value
from vm.stops import Watch

OP = "op"


@dataclass(frozen=True)
class Scene:
    """A fault where it happened; `event` is the element that faulted, `other` the other party, where there are such."""

    replay: Replay
    fault: RawFault
    event: Event | None
    other: Event | None


def whynot_of(replay: Replay) -> Cause:
    """Why the run faults in the present cycle. Raises SourceError where it does not."""
    fault = replay.machine.engine.fault
    if fault is None:
        raise trouble("the run stands at no fault", "`run` goes on to one, if there is one")
    said = explain(fault, replay.image, replay.machine.state)
    scene = Scene(replay, fault, _party(replay, fault), _other(replay, fault))
    mends = [Cause(f"to mend it: {said.help}", "help", fault.cycle, value=said.help)] if said.help else []
    return Cause(
        f"[{said.code}] {said.message}", "fault", fault.cycle, fault.pc, fault.slot, said.place, said.code,
        fault.element, fault.lane, unfold=lambda: [*_found(scene), *mends],
    )  # fmt: skip


def _party(replay: Replay, fault: RawFault) -> Event | None:
    return replay.event(fault.pc, fault.slot, fault.cycle) if fault.slot >= 0 else None


def _other(replay: Replay, fault: RawFault) -> Event | None:
    cycle = fault.cycle if fault.other_cycle == NOWHERE else fault.other_cycle
    return replay.event(fault.other_pc, fault.other_slot, cycle) if fault.other_slot >= 0 else None


def _found(scene: Scene) -> list[Cause]:
    with scene.replay.visit():
        return list(FAULTS[scene.fault.name](scene))


# What several have in common ------------------------------------------------------------------
def _of_event(scene: Scene, before: str, event: Event | None, after: str = "") -> Iterator[Cause]:
    """A party of a fault, and below it the registers that it read."""
    if event is None:
        return
    replay = scene.replay
    text = f"{before}{event_text(replay, event)}{after}"
    unfold = partial(_registers, replay, event) if event.op.registers_read else None
    place = place_of(replay, event.pc, event.slot)
    yield Cause(text, OP, event.cycle, event.pc, event.slot, place, element=event.element, unfold=unfold)


def _registers(replay: Replay, event: Event) -> list[Cause]:
    """The scalar registers that an element read when its burst began."""
    numbers = dict.fromkeys(event.op.registers_read)
    return [cause_of(replay, Spot(REGISTER, event.started, number)) for number in numbers]


def _operands(scene: Scene) -> Iterator[Cause]:
    if scene.event:
        yield from _registers(scene.replay, scene.event)


def _how_we_came_here(scene: Scene) -> Iterator[Cause]:
    """The operands, and the last op that steered before the fault with what it went by."""
    yield from _operands(scene)
    unit = CLASSES["B"].first
    steers = partial(_steered, scene.replay)
    event = scene.replay.last_where(Watch(stops.UNIT, unit, unit), scene.fault.cycle + 1, steers)
    if event:
        below = [source for source in sources(scene.replay, Made(event)) if source.spot.kind == REGISTER]
        unfold = partial(_of_sources, scene.replay, below)
        text = f"we came here after {event_text(scene.replay, event)}"
        yield Cause(
            text, OP, event.cycle, event.pc, event.slot, place_of(scene.replay, event.pc, event.slot), unfold=unfold
        )


def _steered(replay: Replay, stop: stops.Stop) -> Event | None:
    """A jump, a call or a loop: what waits or ends does not say where to go on."""
    event = replay.event(stop.pc, stop.slot, stop.cycle - 1)
    return event if event and event.op.row.taken_latency else None


def _of_sources(replay: Replay, found: list[Source]) -> list[Cause]:
    return [cause_of(replay, source.spot, source.type) for source in found]


def _both(scene: Scene) -> Iterator[Cause]:
    """The two ops that are in each other's way."""
    yield from _of_event(scene, "this is ", scene.event)
    yield from _of_event(scene, "the other is ", scene.other)


# Registers ------------------------------------------------------------------------------------
def _hazard(scene: Scene) -> Iterator[Cause]:
    """The writer, when it lands, the reader, and what the register holds until then."""
    fault = scene.fault
    yield from _of_event(scene, "written by ", scene.other, f"; it lands in cycle {fault.other_landing}")
    yield from _of_event(scene, "read by ", scene.event)
    yield cause_of(scene.replay, Spot(REGISTER, fault.cycle, fault.resource), before="until then ")


def _write_clash(scene: Scene) -> Iterator[Cause]:
    fault = scene.fault
    yield from _of_event(scene, "the earlier is ", scene.other, f"; it lands in cycle {fault.other_landing}")
    yield from _of_event(scene, "the later is ", scene.event, f"; it would land in cycle {fault.address}")


def _unit_busy(scene: Scene) -> Iterator[Cause]:
    """The burst that holds the unit, and how long."""
    fault = scene.fault
    until = f"; it holds its unit until cycle {fault.other_landing - 1}"
    yield from _of_event(scene, "the burst is ", scene.other, until)
    yield from _of_event(scene, "this is ", scene.event)


# Streams --------------------------------------------------------------------------------------
def _stream_empty(scene: Scene) -> Iterator[Cause]:
    """The values that passed last and that come next, each with the shift that would meet it."""
    fault = scene.fault
    yield from _of_event(scene, f"wanted on {place_name(fault.stream)} by ", scene.event)
    found = arrivals(scene.replay, fault.stream, fault.position, fault.cycle)
    yield from _near(scene, found, "a value", "passes")
    if not found:
        yield Cause(f"nothing was or is on its way there on {place_name(fault.stream)}", "nothing", fault.cycle)
        yield from _makers_of_stream(scene)


def _makers_of_stream(scene: Scene) -> Iterator[Cause]:
    """The ops that make values for the stream that is empty, and why none of theirs is here."""
    replay, fault = scene.replay, scene.fault
    here, name = position_name(replay.spec, fault.position), place_name(fault.stream)
    makers = [each for each in replay.ops() if each[2].row.tensor and _makes(each[2], fault.stream)]
    for pc, slot, op in makers[:MANY]:
        place = position(replay.spec, op.row, op.fields)
        why = (
            "but not in time" if hops(fault.stream, place, fault.position) > 0 else f"which does not flow on to {here}"
        )
        text = f"{op_name(replay, op)} makes a value for {name} at {position_name(replay.spec, place)}, {why}"
        yield Cause(text, OP, -1, pc, slot, place_of(replay, pc, slot))
    if not makers:
        yield Cause(f"no op of the program makes a value for {name}", "nothing")


def _makes(op: Op, stream: int) -> bool:
    return any(stream in range(group.stream, group.stream + group.width) for group in groups(op, WRITE))


def _near(scene: Scene, found: list[Arrival], what: str, verb: str) -> Iterator[Cause]:
    """What was there or will be at other times, and by how much the reader is late or early."""
    replay, now = scene.replay, scene.fault.cycle
    for arrival in found:
        event, wait = arrival.event, arrival.cycle - now
        when = f"{plural(abs(wait), 'cycle')} {'later' if wait > 0 else 'earlier'}, in cycle {arrival.cycle}"
        text = f"{what} {verb} {when}, from {event_text(replay, event)}"
        unfold = partial(_of_spot, replay, arrival.spot) if arrival.spot else None
        place = place_of(replay, event.pc, event.slot)
        yield Cause(text, "near", arrival.cycle, event.pc, event.slot, place, str(wait), event.element, unfold=unfold)


def _of_spot(replay: Replay, spot: Spot) -> list[Cause]:
    return [cause_of(replay, spot)]


def _written_by(scene: Scene, makers: list[tuple[int, int, Op]], what: str) -> Iterator[Cause]:
    """The ops of the program that make what is missing, whenever they issue."""
    if not makers:
        yield Cause(f"no op of the program makes {what}", "nothing")
    for pc, slot, op in makers[:MANY]:
        text = f"{op_name(scene.replay, op)} makes {what}, but not in time"
        yield Cause(text, OP, -1, pc, slot, place_of(scene.replay, pc, slot))


def _stream_torn(scene: Scene) -> Iterator[Cause]:
    """What each stream of the group holds."""
    replay, fault = scene.replay, scene.fault
    yield from _of_event(scene, "sampled by ", scene.event)
    if scene.event is None:
        return
    operand = scene.event.op.row.operands[fault.operand]
    base = scene.event.op[operand.fields[0]]
    first = fault.stream - (fault.stream - base) % operand.width
    for stream in range(first, first + operand.width):
        held = replay.contents(fault.cycle).value(stream, upstream(stream, fault.position))
        yield from _held(scene, stream, held)


def _held(scene: Scene, stream: int, held: Value | None) -> Iterator[Cause]:
    """A stream of a group, and what it brings in this cycle."""
    replay, fault = scene.replay, scene.fault
    if held is None:
        yield Cause(f"{place_name(stream)} holds nothing", "nothing", fault.cycle)
        return
    spot = Spot(STREAMS, fault.cycle, stream, upstream(stream, fault.position), 0, 1)
    yield cause_of(replay, spot, before=f"byte {held.byte} of {held.width}: ")


def _stream_clash(scene: Scene) -> Iterator[Cause]:
    fault = scene.fault
    lands = f"; it leaves on {place_name(fault.stream)} in cycle {fault.address}"
    yield from _of_event(scene, "the earlier is ", scene.other, lands)
    yield from _of_event(scene, "the later is ", scene.event, ", and would do the same")


def _stream_lost(scene: Scene) -> Iterator[Cause]:
    """What was lost, and what took its place."""
    replay, fault = scene.replay, scene.fault
    if fault.stream >= 0:
        yield cause_of(replay, Spot(STREAMS, fault.cycle, fault.stream, _last_place(scene), 0, 1), before="lost: ")
        readers = [each for each in replay.ops() if each[2].row.tensor and _reads(each[2], fault.stream)]
        for pc, slot, op in readers[:MANY]:
            yield Cause(
                f"{op_name(replay, op)} reads this stream, but never met it",
                OP,
                -1,
                pc,
                slot,
                place_of(replay, pc, slot),
            )
    yield from _of_event(scene, "overwritten by the result of ", scene.other)


def _last_place(scene: Scene) -> int:
    """The position that a lost value left last: of one dropped the edge, of one overwritten the position before."""
    fault = scene.fault
    return fault.position if fault.other_pc == NOWHERE else upstream(fault.stream, fault.position)


def _reads(op: Op, stream: int) -> bool:
    return any(stream in range(group.stream, group.stream + group.width) for group in groups(op, "r"))


# Exits and types ------------------------------------------------------------------------------
def _exit_empty(scene: Scene) -> Iterator[Cause]:
    """The results that stood or will stand at the exit."""
    fault = scene.fault
    yield from _of_event(scene, "wanted by ", scene.event)
    found = exits_nearby(scene.replay, fault.resource, fault.cycle)
    yield from _near(scene, found, "a result", "stands there")
    if not found:
        unit = CLASSES["ABC"].order({"plane": fault.resource})
        makers = [each for each in scene.replay.ops() if unit in each[2].claims]
        yield from _written_by(scene, makers, f"a result of plane {fault.resource}")


def _wrong_type(scene: Scene) -> Iterator[Cause]:
    """Who wrote the register, or installed the array, that is of another type."""
    fault = scene.fault
    yield from _of_event(scene, "wanted by ", scene.event)
    if scene.event and scene.event.op.row.units.where == PLANE:
        kind = ARRAY if fault.value2 != NOWHERE else BUFFER
        yield cause_of(scene.replay, Spot(kind, fault.cycle, 0, fault.resource, 0, 1))
    else:
        yield cause_of(scene.replay, Spot(V, fault.cycle, fault.resource - V_REGISTERS, lane=0, width=fault.value))


# Memory and ranges ----------------------------------------------------------------------------
def _uninit(scene: Scene) -> Iterator[Cause]:
    """Where the address came from, what was written near it, or who would write the register."""
    fault, event = scene.fault, scene.event
    where = event.op.row.units.where if event else ""
    yield from _of_event(scene, "read by ", event)
    if event is None:
        return
    if where in ("", SLICE):
        yield from _addresses(scene)
        for spot in neighbours(scene.replay, fault.address, fault.cycle):
            side = "before" if spot.addresses[0] < fault.address else "after"
            yield cause_of(scene.replay, spot, before=f"the nearest written {side} it is ")
        return
    makers = [each for each in scene.replay.ops() if each[2].row.tensor and _sets(each[2], event.op, fault)]
    yield from _written_by(scene, makers, "it")


def _sets(op: Op, reader: Op, fault: RawFault) -> bool:
    """Whether an op writes what was never written: a v register, an accumulator row, a map."""
    if fault.resource >= V_REGISTERS:
        return any(o.kind == VECTOR and o.role == WRITE and op[o.fields[0]] == fault.resource for o in op.row.operands)
    if reader.row.units.where == PLANE:
        rows = range(op["acc"], op["acc"] + op["n"]) if "acc" in op.row.format.names else range(0)
        return fault.address in rows and op["plane"] == fault.resource and "E-UNINIT" not in op.row.faults
    return op.row.units.name == "LM" and (op["hemi"], op["number"]) == (reader["hemi"], fault.resource)


def _addresses(scene: Scene) -> Iterator[Cause]:
    """Why the op went there: the registers and map entries of its address."""
    if scene.event is None:
        return
    for source in _places_read(scene, scene.event):
        yield cause_of(scene.replay, source.spot, source.type, "address: ")


def _places_read(scene: Scene, event: Event) -> list[Source]:
    """The sources that say where an op goes, or which lane it takes."""
    if not event.op.row.tensor:
        return [Source(Spot(REGISTER, event.cycle, number)) for number in dict.fromkeys(event.op.registers_read)]
    row, lane = event.op.row, max(scene.fault.lane, 0)
    if row.units.where == SXM:
        spot = Spot("map", event.cycle, event.op["number"], event.op["hemi"], lane, 2)
        return [Source(spot, SELECTION, "u16")] if scene.fault.name == "E-RANGE" else []
    found = [source for source in sources(scene.replay, Made(event, lane, width=1)) if source.role == ADDRESS]
    return found if row.units.where == SLICE else []


def _range(scene: Scene) -> Iterator[Cause]:
    yield from _of_event(scene, "accessed by ", scene.event)
    yield from _addresses(scene)


FAULTS: dict[str, Callable[[Scene], Iterator[Cause]]] = {
    "E-PC": _how_we_came_here, "E-ILLEGAL": _how_we_came_here, "E-LOOP": _how_we_came_here, "E-LINK": _how_we_came_here,
    "E-UNIT-BUSY": _unit_busy, "E-HAZARD": _hazard, "E-STREAM-EMPTY": _stream_empty, "E-STREAM-TORN": _stream_torn,
    "E-TYPE": _wrong_type, "E-ACC-EMPTY": _exit_empty, "E-RANGE": _range, "E-BANK": _both, "E-UNINIT": _uninit,
    "E-DIV": _operands, "E-ASSERT": _operands, "E-TRAP": _how_we_came_here, "E-WRITE-CLASH": _write_clash,
    "E-STREAM-CLASH": _stream_clash, "E-STREAM-LOST": _stream_lost,
}  # fmt: skip
