"""The causes of the faults of units and streams, as functions that enter them into a program in the making."""

from __future__ import annotations

from collections.abc import Callable

from conform.breaking import Breaker, Cause
from conform.picking import at, does, drawn, first_source, halved, makes, wide
from conform.skeleton import Slot
from conform.spacetime import require
from conform.tensor_elements import elements_of
from conform.tensor_ops import groups
from conform.tensor_supply import Need, once, target_of, without_streams
from isa.codec import Op
from isa.legal import absent as is_absent
from isa.legal import why_illegal
from isa.places import flows_west, is_stream
from isa.row import Row
from isa.table import TENSOR_ROWS
from isa.tensor import ACTIVATION_LATENCY
from isa.units import PLANE, SLICE, SXM, VXM
from vm.floorplan import position


# Units ------------------------------------------------------------------------------------------
def absent(b: Breaker) -> None:
    """An op that needs a unit, a plane, a stream or a register that the machine has not."""
    op = b.of_row(b.rng.choice(TENSOR_ROWS))
    for field in op.row.format.fields:
        if field.name not in ("d", "m", "e", "stride2") and b.rng.randrange(2):
            op = op.with_field(field.name, b.rng.randint(field.low, field.high))
    require(op.instance < op.row.instances and not why_illegal(op.row, op.fields))
    require(bool(is_absent(b.spec, op.row, op.fields)))
    b.break_with(op, b.slot())


def busy(where: str) -> Cause:
    """An op between the elements of a burst, on a unit that the burst holds."""

    def bursts(row: Row) -> bool:
        return row.units.where == where and "n" in row.format.names

    def cause(b: Breaker) -> None:
        op = drawn(b, bursts).with_field("n", b.rng.randint(2, 3))
        op = op.with_field("d", b.rng.randint(2, 3))
        if "m" in op.row.format.names:
            op = once(op).with_field("n", op["n"])
        if where == VXM:
            op = without_streams(b.rng, b.spec, op)
        slot = b.slot()
        b.enter(op, slot.cycles[0], 0)
        *_, last = elements_of(op, slot.cycles[-1], 0)
        free = last.cycle + op.row.interval
        b.break_with(once(rival_of_unit(b, op)), b.slot_at(b.rng.randrange(slot.cycles[-1] + 1, free)))

    return cause


def busy_again(b: Breaker) -> None:
    """A burst in a loop that still runs when its bundle issues again."""
    slots = [slot for slot in b.frame.slots if len(slot.cycles) > 1]
    require(bool(slots))
    slot = b.rng.choice(slots)
    op = without_streams(b.rng, b.spec, once(drawn(b, does("vmov", "vand", "vadd"))))
    gap = slot.cycles[1] - slot.cycles[0]
    b.break_with(op.with_field("d", gap).with_field("n", b.rng.randint(2, 4)), slot)


def rival_of_unit(b: Breaker, op: Op) -> Op:
    """An op on the unit of another, or on one of several that the other holds."""
    if op.row.units.where == VXM or b.rng.randrange(2):
        return op
    same = [row for row in TENSOR_ROWS if row.units is op.row.units]
    other = b.of_row(b.rng.choice(same))
    if op.row.units.where == SLICE:
        return other.with_field("slice", op["slice"] + b.rng.randrange(op.row.width))
    return other if not set(other.claims).isdisjoint(op.claims) else op


# Streams ----------------------------------------------------------------------------------------
def empty(where: str) -> Cause:
    """An op that samples a stream on which there is nothing."""

    def cause(b: Breaker) -> None:
        b.break_with(once(drawn(b, at(where))), b.slot())

    return cause


def in_parts(b: Breaker, sizes: tuple[int, ...]) -> tuple[Op, Slot]:
    """A vector op that takes four streams, on which there are groups of some sizes; 0 is a stream left empty."""
    op = once(without_streams(b.rng, b.spec, drawn(b, wide)))
    slot = b.slot()
    stream = b.rng.choice(groups(b.spec, first_source(op.row), 0))
    op = op.with_field(op.row.vector_reads[0], stream)
    for start in slot.cycles:
        here = 0
        for size in sizes:
            if size:
                b.bring(Need(stream + here, size, b.spec.vxm_position), op, start)
            here += size or 1
    return op, slot


def partly_empty(b: Breaker) -> None:
    """A group of which some streams hold something."""
    b.break_with(*in_parts(b, b.rng.choice(((2, 0, 0), (1, 0, 1, 1), (1, 1, 1, 0), (0, 0, 2)))))


def torn(b: Breaker) -> None:
    """A group of several results, not all of them of width 1."""
    b.break_with(*in_parts(b, b.rng.choice(((2, 2), (2, 1, 1), (1, 1, 2)))))


def upper_half(b: Breaker) -> None:
    """The upper half of a result."""
    whole, slot = in_parts(b, (4,))
    op = without_streams(b.rng, b.spec, once(drawn(b, halved)))
    b.break_with(op.with_field(op.row.vector_reads[0], whole[whole.row.vector_reads[0]] + 2), slot)


def emitter(b: Breaker) -> tuple[Op, int]:
    """An op that makes a result on streams, and when it issues: one that is there, or a move."""
    found = [
        (op, slot.cycles[0])
        for slot in b.frame.slots
        for op in slot.ops
        if op.row.tensor and slot.cycles and (target := target_of(op.row)) and is_stream(op[target.fields[0]])
    ]
    if found and b.rng.randrange(4):
        return b.rng.choice(found)
    op, cycle = once(drawn(b, does("vmov", "read"))), b.slot().cycles[0]
    target = target_of(op.row)
    assert target is not None
    op = op.with_field(target.fields[0], b.rng.choice(groups(b.spec, target, 0)))
    b.enter(op, cycle, 0)
    return op, cycle


def follower(b: Breaker, first: Op, cycle: int, downstream: bool) -> tuple[Op, int]:
    """An op whose result meets that of another where it lands, or downstream of it, and when it issues."""
    target = target_of(first.row)
    assert target is not None
    stream = first[target.fields[0]]
    op = once(drawn(b, makes))
    if op.row.units.where == VXM:
        op = without_streams(b.rng, b.spec, op)
    mine = target_of(op.row)
    assert mine is not None
    op = op.with_field(mine.fields[0], stream // mine.width * mine.width)
    there, here = (position(b.spec, each.row, each.fields) for each in (first, op))
    distance = there - here if flows_west(stream) else here - there
    require(distance > 0 if downstream else distance == 0)
    require(set(op.claims).isdisjoint(first.claims) or op.latency != first.latency)
    return op, cycle + first.latency + distance - op.latency


def clash(b: Breaker) -> None:
    """Two results for one stream that land in one place and cycle."""
    first, cycle = emitter(b)
    op, when = follower(b, first, cycle, downstream=False)
    slot = b.slot_at(when)
    b.feed(op, slot)
    b.break_with(op, slot)


# Lost values ------------------------------------------------------------------------------------
def lost(how: str, prepare: Callable[[Breaker], None]) -> Cause:
    """A value that nobody samples, lost in some way before any other is."""

    def cause(b: Breaker) -> None:
        prepare(b)
        losses = [loss for loss in b.losses() if loss[0] < b.frame.now]
        require(bool(losses) and losses[0][1] == how)
        b.tell(losses[0][0])

    return cause


def make_result(b: Breaker) -> None:
    emitter(b)


def make_overwriter(b: Breaker) -> None:
    op, cycle = follower(b, *emitter(b), downstream=True)
    b.enter(op, cycle, 0)


def make_exit(b: Breaker) -> None:
    cycles = [cycle for cycle in b.frame.by_cycle if cycle + ACTIVATION_LATENCY < b.frame.now]
    require(bool(cycles))
    b.enter(once(drawn(b, does("abc"))), max(b.rng.choice(cycles) for _ in range(2)), 0)


CAUSES_STREAMS: dict[str, Cause] = {
    "E-UNIT-BUSY.again": busy_again,
    "E-ILLEGAL.absent": absent, "E-UNIT-BUSY.slice": busy(SLICE), "E-UNIT-BUSY.vector": busy(VXM),
    "E-UNIT-BUSY.plane": busy(PLANE), "E-UNIT-BUSY.switch": busy(SXM), "E-STREAM-EMPTY.slice": empty(SLICE),
    "E-STREAM-EMPTY.vector": empty(VXM), "E-STREAM-EMPTY.plane": empty(PLANE), "E-STREAM-EMPTY.switch": empty(SXM),
    "E-STREAM-EMPTY.part": partly_empty, "E-STREAM-TORN.parts": torn, "E-STREAM-TORN.upper": upper_half,
    "E-STREAM-CLASH.place": clash, "E-STREAM-LOST.dropped": lost("dropped", make_result),
    "E-STREAM-LOST.exit": lost("exit", make_exit), "E-STREAM-LOST.overwritten": lost("overwritten", make_overwriter),
}  # fmt: skip
