"""The other causes of the faults of the tensor face: types, what was never set, ranges, banks, registers in flight."""

from __future__ import annotations

from collections.abc import Callable

from conform import tensor_supply as supply
from conform.breaking import Breaker, Cause, claimed_bank
from conform.build import op as make
from conform.picking import does, drawn, has_base, loads_pairs, reads_vectors, takes_exit, wide
from conform.skeleton import Slot
from conform.spacetime import require
from conform.tensor_plan import DEEPEST
from conform.tensor_supply import once, shaped, target_of, without_streams
from isa.codec import Op
from isa.places import SCALARS, V_REGISTERS, flows_west
from isa.row import Row
from isa.table import TENSOR_ROWS
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, PLANE, SLICE, SXM, VXM
from vm.floorplan import position
from vm.tensor_state import ACCUMULATOR_ROWS

LAST_ROW = ACCUMULATOR_ROWS - 1


# Types and registers ----------------------------------------------------------------------------
def narrow(b: Breaker) -> None:
    """A v register read wider than it was written."""
    slot, register = b.slot(), b.rng.randrange(b.spec.vxm_alus)
    op = once(without_streams(b.rng, b.spec, drawn(b, wide)))
    writer = supply.writer_of(b.rng, b.spec, register, 1)
    target = target_of(writer.row)
    assert target is not None
    require(target.width < supply.WIDEST)
    b.enter(writer, slot.cycles[0] - writer.latency - b.rng.randrange(3), 1)
    b.break_with(op.with_field(op.row.vector_reads[0], V_REGISTERS + register), slot)


def no_array(b: Breaker) -> None:
    """An activation of a plane without an array."""
    op, slot = once(drawn(b, does("abc"))), b.slot()
    b.feed(op, slot)
    b.break_with(op, slot)


def wrong_array(b: Breaker) -> None:
    """An activation of another kind than the weights are."""
    op, slot = once(drawn(b, does("abc"))), b.slot()
    other = once(b.of_row(b.rng.choice([row for row in TENSOR_ROWS if row.semantics == "abc"])))
    require((TYPES[op.row.type].planes, op.row.type) != (TYPES[other.row.type].planes, other.row.type))
    plane = op["plane"] // op.row.claims * op.row.claims
    require(b.spec.has_plane(plane + other.row.claims - 1) and not plane % other.row.claims)
    b.weigh(other.with_field("plane", plane), slot.cycles[0])
    b.feed(op, slot)
    b.break_with(op, slot)


def odd_install(b: Breaker) -> None:
    """An install of the second plane of a pair whose buffers are of a 16-bit type."""
    load, slot = once(drawn(b, loads_pairs)), b.slot()
    b.enter(load.with_field("row0", 0), slot.cycles[0] - b.rng.randint(1, 3), 0)
    b.break_with(make("iw plane", plane=load["plane"] + 1), slot)


def nothing_at_exit(b: Breaker) -> None:
    b.break_with(once(drawn(b, takes_exit)), b.slot())


def unset(where: str) -> Cause:
    """An op that reads what was never written: rows of memory, a v register, an accumulator row, a map."""

    def can(row: Row) -> bool:
        return row.units.where == where and (reads_vectors(row) or "E-UNINIT" in row.faults)

    def cause(b: Breaker) -> None:
        op, slot = once(drawn(b, can)), b.slot()
        if where == VXM:
            op = without_streams(b.rng, b.spec, op)
        b.feed(op, slot)
        if where == PLANE:
            feed_exit(b, op, slot)
        b.break_with(op, slot)

    return cause


def feed_exit(b: Breaker, op: Op, slot: Slot) -> None:
    """Have the result there that an op takes from its plane's exit."""
    if "E-ACC-EMPTY" in op.row.faults:
        activation = shaped(supply.activation(b.rng, b.spec, op), op)
        b.enter(activation, slot.cycles[0] - activation.row.latency, 1)


def clash_of_vectors(b: Breaker) -> None:
    """Two results for one v register that land in one cycle."""
    register, slot = b.rng.randrange(b.spec.vxm_alus), b.slot()
    first, second = (supply.writer_of(b.rng, b.spec, register, 1) for _ in range(2))
    require(first.latency != second.latency)
    b.enter(first, slot.cycles[0], 1)
    b.break_with(second, b.slot_at(slot.cycles[0] + first.latency - second.latency))


# Ranges -----------------------------------------------------------------------------------------
def out_of(change: Callable[[Breaker, Op], Op], *semantics: str) -> Cause:
    """An op with all it samples, changed so that it reaches what the machine has not."""

    def cause(b: Breaker) -> None:
        op, slot = change(b, once(drawn(b, does(*semantics)))), b.slot()
        if op.row.units.where != SLICE or op["slice"] % HEMISPHERE_SLICES < b.spec.slices:
            b.feed(op, slot)
        if op.row.units.where == PLANE:
            feed_exit(b, op, slot)
        b.break_with(op, slot)

    return cause


def other_row(b: Breaker, op: Op) -> Op:
    last = b.spec.rows * b.spec.banks
    if b.rng.randrange(2):
        return op.with_field("row", min(last + b.rng.randrange(3), op.row.format.field("row").high))
    return op.with_field("row", 0).with_field("n", 2).with_field("stride", -1)


def other_slice(b: Breaker, op: Op) -> Op:
    return op.with_field("slice", op["slice"] // HEMISPHERE_SLICES * HEMISPHERE_SLICES + b.spec.slices)


def other_quad(_: Breaker, op: Op) -> Op:
    require(op.row.width > 1)
    return op.with_field("slice", op["slice"] // HEMISPHERE_SLICES * HEMISPHERE_SLICES + 3)


def other_bank(b: Breaker, op: Op) -> Op:
    require(b.spec.banks == 1)
    return op.with_field("bank", 1)


def other_weights(b: Breaker, op: Op) -> Op:
    require(b.spec.lanes <= op.row.format.field("row0").high)
    return op.with_field("row0", b.rng.randint(b.spec.lanes, op.row.format.field("row0").high))


def other_sums(_: Breaker, op: Op) -> Op:
    require("acc" in op.row.format.names)
    return op.with_field("acc", LAST_ROW).with_field("n", 2)


def wild_map(b: Breaker) -> None:
    """A gather or scatter by entries that are all beyond the last row."""
    op, slot = once(drawn(b, does("gather", "scatter"))), b.slot()
    beyond_rows = b.rng.choice((b.spec.rows, b.spec.rows + 1, supply.ENTRIES))
    bring_entries(b, op, slot.cycles[0], op["map"], beyond_rows)
    b.feed(op, slot)
    b.break_with(op, slot)


def wild_lanes(b: Breaker) -> None:
    """A permutation whose map has entries that are no lanes."""
    op, slot = once(drawn(b, does("permute", "distribute"))), b.slot()
    load = supply.map_loader(b.rng, b.spec, op)
    cycle = slot.cycles[0] - b.rng.randint(1, 3)
    bring_entries(b, load, cycle, load["from"], b.rng.choice((b.spec.lanes, b.spec.lanes + 1, supply.ENTRIES - 1)))
    b.enter(load, cycle, DEEPEST)
    b.feed(op, slot)
    b.break_with(op, slot)


def bring_entries(b: Breaker, user: Op, cycle: int, stream: int, entry: int) -> None:
    """Have entries on streams that an op samples as a map in a cycle."""
    here = position(b.spec, user.row, user.fields)
    distance = b.spec.vxm_position - here if flows_west(stream) else here - b.spec.vxm_position
    require(distance > 0)
    unit = b.rng.randrange(b.spec.vxm_alus)
    move = make("vmov.u16 dst, imm", u=unit, dst=stream, imm=entry)
    b.enter(move, cycle - distance - move.latency, 1)


# Banks ------------------------------------------------------------------------------------------
def taken_bank(b: Breaker) -> None:
    """A read or write of a slice whose bank another op accesses in that cycle."""
    number, cycle = claimed_bank(b)
    hemisphere, index, bank = b.spec.bank_place(number)
    op = once(drawn(b, does("read", "write", "gather", "scatter")))
    op = op.with_field("slice", HEMISPHERE_SLICES * hemisphere + index // op.row.width * op.row.width)
    if "bank" in op.row.format.names:
        op = op.with_field("bank", bank)
    else:
        op = op.with_field("row", bank * b.spec.rows + b.rng.randrange(b.spec.rows))
    slot = b.slot_at(cycle)
    b.feed(op, slot)
    b.break_with(op, slot)


# Registers in flight ----------------------------------------------------------------------------
def broadcast_in_flight(b: Breaker) -> None:
    """A vector op that reads a scalar register that has a write in flight."""
    op = once(without_streams(b.rng, b.spec, drawn(b, reads_vectors)))
    register, slot = b.in_flight()
    b.break_with(op.with_field(b.rng.choice(op.row.vector_reads), SCALARS + register), slot)


def base_in_flight(b: Breaker) -> None:
    """An op whose base row is in a register that has a write in flight."""
    op = once(drawn(b, has_base))
    register, slot = b.in_flight()
    b.break_with(op.with_field(op.row.reads[0], register), slot)


CAUSES_TENSOR: dict[str, Cause] = {
    "E-HAZARD.broadcast": broadcast_in_flight, "E-HAZARD.base": base_in_flight, "E-TYPE.register": narrow,
    "E-TYPE.array": no_array, "E-TYPE.weights": wrong_array, "E-TYPE.install": odd_install,
    "E-ACC-EMPTY.exit": nothing_at_exit, "E-RANGE.row": out_of(other_row, "read", "write"),
    "E-RANGE.quad": out_of(other_quad, "read", "write"),
    "E-RANGE.slice": out_of(other_slice, "read", "write", "gather", "scatter"),
    "E-RANGE.bank": out_of(other_bank, "gather", "scatter"), "E-RANGE.map": wild_map,
    "E-RANGE.weights": out_of(other_weights, "lw"),
    "E-RANGE.sums": out_of(other_sums, "acc.set", "acc.add", "accr", "accw"), "E-RANGE.lanes": wild_lanes,
    "E-BANK.slice": taken_bank, "E-UNINIT.slice": unset(SLICE), "E-UNINIT.vector": unset(VXM),
    "E-UNINIT.sums": unset(PLANE), "E-UNINIT.map": unset(SXM), "E-WRITE-CLASH.vector": clash_of_vectors,
}  # fmt: skip
