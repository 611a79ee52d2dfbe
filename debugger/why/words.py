"""How spots and ops are called in sentences."""

from __future__ import annotations

from debugger.elements import bytes_name
from debugger.names import accessed
from debugger.why.replay import Replay
from debugger.why.spots import (
    ACCUMULATOR,
    ARRAY,
    BUFFER,
    EXIT,
    MAP,
    MEMORY,
    REGISTER,
    STREAMS,
    Event,
    Spot,
    V,
    downstream,
)
from isa.codec import Op
from isa.diagnostics import Place
from isa.faults import CONDITION_CODE
from isa.image import TEXT
from isa.places import place_name
from vm.floorplan import position_name
from vm.stats import decoded_bundle, op_addresses

WHAT = {ACCUMULATOR: "row {}", EXIT: "the exit", ARRAY: "weight row {}", BUFFER: "buffer row {}", MAP: "map {}"}


def spot_name(replay: Replay, spot: Spot) -> str:
    """`r3`, `x[3, 5]`, `se8..se11 at the VXM, lane 5`, `v0 lane 5`, `row 7 of P0, lane 5`."""
    if spot.kind == REGISTER:
        return "cc" if spot.number == CONDITION_CODE else f"r{spot.number}"
    if spot.kind == MEMORY:
        return bytes_name(replay.image, spot.addresses)
    if spot.kind == STREAMS:
        last = f"..{place_name(spot.number + spot.width - 1)}" if spot.width > 1 else ""
        return f"{place_name(spot.number)}{last} at {_reached(replay, spot)}, lane {spot.lane}"
    if spot.kind == V:
        return f"v{spot.number}, lane {spot.lane}"
    of = "WE"[spot.place] if spot.kind == MAP else f"P{spot.place}"
    return f"{WHAT[spot.kind].format(spot.number)} of {of}, lane {spot.lane}"


def _reached(replay: Replay, spot: Spot) -> str:
    """The position that a value on its way comes to in the spot's cycle; at the edge the one that it left."""
    reached = downstream(spot.number, spot.place)
    return position_name(replay.spec, reached if 0 <= reached < replay.spec.positions else spot.place)


def op_name(replay: Replay, op: Op) -> str:
    """The op as source text, in backquotes, with labels and what it accesses by name."""
    from asm.write.print_op import Names, op_text

    targets = {symbol.value: symbol.name for symbol in replay.image.symbols if symbol.kind == TEXT}
    return f"`{op_text(op, Names(replay.spec, targets, accessed(replay.image, op)), pinned=False)}`"


def event_text(replay: Replay, event: Event) -> str:
    """`vadd.f32 v0, se0, se4, n=64` on V0 in cycle 7, element 3"""
    is_burst = event.op.row.tensor and event.op.fields.get("n", 1) * event.op.fields.get("m", 1) > 1
    element = f", element {event.element}" if is_burst else ""
    return f"{op_name(replay, event.op)} on {event.op.unit} in cycle {event.cycle}{element}"


def place_of(replay: Replay, pc: int, slot: int) -> Place | None:
    """Where an op was written."""
    addresses = op_addresses(pc, decoded_bundle(replay.image, pc))
    wanted = addresses[slot] if 0 <= slot < len(addresses) else pc
    return next((entry.place for entry in replay.image.lines if entry.address == wanted), None)


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
