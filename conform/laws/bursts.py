"""The law of bursts: one of n elements is two, of a elements and of n - a that begin where the others would."""

from __future__ import annotations

from random import Random

from conform.laws.law import Twin
from conform.laws.straight import Schedule, is_straight
from conform.laws.view import View, with_items, with_numbers
from conform.program import Program
from isa.codec import Op
from isa.records import NamedTuple, replace
from isa.tensor import LOAD_STREAMS
from isa.types import TYPES
from vm.items import Burst, Item

BYTE = 8


class Halves(NamedTuple):
    """Two bursts that do what one did, the second so many cycles after the first."""

    first: Op
    second: Op
    cycles: int


def split(program: Program, rng: Random) -> Twin | None:
    """A burst in two, at any element of one round or between any two rounds."""
    if not is_straight(program):
        return None
    schedule = Schedule(program)
    found = [(cycle, slot) for cycle, ops in schedule.ops.items() for slot, one in enumerate(ops)
             if can_be_split(one) and keeps_registers(schedule, one, cycle)]  # fmt: skip
    if not found:
        return None
    cycle, slot = rng.choice(found)
    both = halves(schedule.ops[cycle][slot], rng)
    if both is None:
        return None
    schedule.ops[cycle][slot] = both.first
    schedule.put(cycle + both.cycles, both.second)
    return Twin(schedule.done(), results, results)


def can_be_split(op: Op) -> bool:
    fields = op.fields
    return op.row.tensor and max(fields.get("n", 1), fields.get("m", 1)) > 1


def keeps_registers(schedule: Schedule, op: Op, since: int) -> bool:
    """Whether no register that an op reads is written from its cycle on."""
    later = [one for cycle, ops in schedule.ops.items() if cycle >= since for one in ops if one.row.write]
    return not {one[one.row.write] for one in later if one.row.write} & set(op.registers_read)


def halves(op: Op, rng: Random) -> Halves | None:
    """A burst in two; None where the second's first row is none."""
    fields = op.fields
    name, gap, step = ("m", "e", "stride2") if fields.get("m", 1) > 1 else ("n", "d", "stride")
    count = rng.randrange(1, fields[name])
    moved = {"row": fields.get(step, 0) * count}
    if name == "n":
        moved |= {"acc": count, "row0": count * rows_loaded(op)}
    first, second = with_count(op, name, count), with_count(op, name, fields[name] - count)
    for each, by in moved.items():
        if each in fields:
            value, field = fields[each] + by, op.row.format.field(each)
            if not field.low <= value <= field.high:
                return None
            second = second.with_field(each, value)
    return Halves(first, second, count * fields[gap])


def with_count(op: Op, name: str, count: int) -> Op:
    """The burst with so many elements or rounds; one round alone has no time and no stride between rounds."""
    op = op.with_field(name, count)
    for each in ("e", "stride2"):
        if name == "m" and count == 1 and each in op.row.format.names:
            op = op.with_field(each, 0)
    return op


def rows_loaded(op: Op) -> int:
    """The rows of weights that an element of a load takes from its streams."""
    return LOAD_STREAMS * BYTE // TYPES[op.row.type].bits if "row0" in op.row.format.names else 0


# What both leave --------------------------------------------------------------------------------
def results(view: View) -> View:
    """The view without bundles, slots and numbers of elements: what was computed, and when it was over."""
    state = replace(view.state, pc=0, next_fetch=0, jump_pc=-1, jump_slot=-1, jump_cycle=-1)
    return with_items(view._replace(state=state, counts={}), without_maker)


def without_maker(item: Item) -> Item | None:
    return None if isinstance(item, Burst) else with_numbers(item, pc=nought, slot=nought, element=nought)


def nought(_: int) -> int:
    return 0
