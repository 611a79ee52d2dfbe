"""All causes of all faults: what breaks which rule, as functions that enter it into a program in the making."""

from __future__ import annotations

from collections.abc import Callable

from conform.breaking import VIOLATIONS, Breaker, Cause, beyond, claimed_bank, is_free
from conform.build import op as make
from conform.causes_streams import CAUSES_STREAMS
from conform.causes_tensor import CAUSES_TENSOR
from conform.scalar_plan import MASK, written
from conform.skeleton import Slot
from conform.spacetime import require
from conform.tensor_ops import BASES, COUNTER
from conform.tensor_planted import any_link
from isa import codec
from isa.codec import Op
from isa.conditions import CONDITIONS, EQ
from isa.faults import CONDITION_CODE
from isa.formats import EXTENSION_OPCODE
from isa.records import NamedTuple
from isa.row import Row
from isa.table import SCALAR_ROWS
from isa.units import HEMISPHERE_SLICES

TRIES = 100
FAR = (0, 1, 7, 1 << 20)
LEAST = 1 << 31
COUNTS = (0, 1, 5, MASK, LEAST)
MOST_LATENCY = max(row.latency for row in SCALAR_ROWS)
SIGNED = ("div", "rem")  # what of E-DIV overflows, too


class Planted(NamedTuple):
    """A fault that a program ends with: why, its code, and its cycle."""

    cause: str
    code: str
    cycle: int


def plant(breaker: Breaker, wanted: str) -> Planted | None:
    """Break a rule, by its code or by one of its causes; None where no place for it is found."""
    names = causes_of(wanted)
    for _ in range(TRIES):
        name = breaker.rng.choice(names)
        code = name.split(".")[0]
        told = breaker.tried_to_break(code, CAUSES[name])
        if told:
            return Planted(name, code, told.cycle)
    return None


def plant_more(breaker: Breaker, cycle: int) -> None:
    """Break more rules in a cycle, as far as places for that are found; which of all is the fault is not told."""
    breaker.focus = cycle
    for _ in range(breaker.rng.randint(4, 12)):
        name = breaker.rng.choice(list(CAUSES))
        breaker.tried_to_break(name.split(".")[0], CAUSES[name])


def causes_of(wanted: str) -> list[str]:
    """The causes of a code, or the one that is named. Raises ValueError where there are none."""
    found = [name for name in CAUSES if wanted in (name, name.split(".")[0])]
    if not found:
        raise ValueError(f"{wanted!r} is no fault; those that can be asked for are {', '.join(VIOLATIONS)}")
    return found


# Fetching -------------------------------------------------------------------------------------
def return_inside(b: Breaker) -> None:
    """A return into the middle of the first bundle."""
    b.faults(make("ret ra", ra=b.rng.choice(BASES[1:3])), b.slot_for_control(), make("ret ra").row.taken_latency)
    b.unfit = True


def return_beyond(b: Breaker) -> None:
    """A return to an address that no text has."""
    slot = b.slot_for_control()
    address = b.rng.choice((b.spec.text_syllables, LEAST, MASK))
    b.leave(make("ret ra", ra=b.scratch(0, address, slot.cycles[0])), slot, 0)


def jump_beyond(b: Breaker) -> None:
    """A jump or a call behind the end of the text."""
    b.leave(b.rng.choice((make("jmp target"), make("call rd, target"))), b.slot_for_control(), far(b))


def branch_beyond(b: Breaker) -> None:
    """A branch behind the end of the text, taken as two numbers are equal."""
    slot = b.slot_for_control()
    b.enter(make("cmp ra, imm", u=b.rng.randrange(3), ra=BASES.start), slot.cycles[0] - 1, 0)
    rows = [row for row in SCALAR_ROWS if row.control == "branch" and CONDITIONS[row.condition] >> EQ & 1]
    b.leave(codec.make(b.rng.choice(rows)), slot, far(b))


def jump_inside(b: Breaker) -> None:
    """A jump to the second syllable of a bundle."""
    b.tail = two_ops()
    b.leave(make("jmp target"), b.slot_for_control(), beyond(1))


def far(b: Breaker) -> int:
    return beyond(1 + b.rng.choice(FAR))


def two_ops() -> tuple[int, ...]:
    """A bundle of two syllables."""
    return tuple(codec.encode_bundle([make("mov rd, ra", u=unit, rd=20 + unit, ra=20) for unit in range(2)]))


def unit_twice(b: Breaker) -> None:
    """An op on the unit of another of its bundle."""
    slot = b.slot()
    require(bool(slot.ops))
    one = b.rng.choice(slot.ops)
    other = b.of_row(one.row)
    for name in {"u", one.row.units.where} & set(one.row.format.names):
        other = other.with_field(name, one[name])
    require(not one.row.control)
    b.break_with(other, slot)


def no_bundle(b: Breaker) -> None:
    """A jump to bits that are no bundle."""
    b.tail = (b.rng.choice(undecodable()),)
    b.leave(make("jmp target"), b.slot_for_control(), beyond(0))


def unfinished(b: Breaker) -> None:
    """A jump to a bundle in which the text ends."""
    b.tail = tuple(codec.encode(make("nop count", count=b.rng.randint(1, 9))))
    b.leave(make("jmp target"), b.slot_for_control(), beyond(0))


def undecodable() -> list[int]:
    """Syllables with the stop bit that are no op: no opcode, an extension of nothing, a bit that must be zero."""
    (nop,) = codec.encode(make("nop count", count=1), stop=True)
    opcodes = (codec.NO_BUNDLE, EXTENSION_OPCODE << 1 | 1, (EXTENSION_OPCODE - 1) << 1 | 1)
    return [*opcodes, nop | 1 << 63, codec.SYLLABLE_MASK]


# Loops ----------------------------------------------------------------------------------------
def a_loop(b: Breaker, counts: tuple[int, ...] = COUNTS) -> Op:
    if b.rng.randrange(2):
        return make("loop imm, target", imm=b.rng.choice(counts))
    return make("loop ra, target", ra=b.rng.choice((*BASES[min(counts) != 0 :], COUNTER) if 0 in counts else BASES[1:]))


def bad_loop(b: Breaker, slot: Slot, end: int) -> None:
    b.aim(slot, end)
    b.faults(a_loop(b), slot)


def loop_backward(b: Breaker) -> None:
    """A loop that ends where it begins, or before."""
    slot = b.slot_for_control()
    number = b.frame.slots.index(slot)
    bad_loop(b, slot, b.rng.randint(max(0, number - 3), number + 1))


def loop_beyond(b: Breaker) -> None:
    """A loop that ends behind the end of the text."""
    bad_loop(b, b.slot_for_control(), far(b))


def loop_inside(b: Breaker) -> None:
    """A loop that ends in the middle of a bundle."""
    b.tail = two_ops()
    bad_loop(b, b.slot_for_control(), beyond(1))


def loop_illegal(b: Breaker) -> None:
    """A loop whose last bundle is illegal."""
    b.tail = (b.rng.choice(undecodable()),)
    bad_loop(b, b.slot_for_control(), beyond(1))


def loop_control(b: Breaker) -> None:
    """A loop whose last bundle holds a control op."""
    slot = b.slot_for_control()
    number = b.frame.slots.index(slot)
    ends = [end for end in range(number + 2, len(b.frame.slots) + 1) if end not in b.ends(number)]
    require(bool(ends))
    bad_loop(b, slot, b.rng.choice(ends))


def loop_shared(b: Breaker) -> None:
    """A loop in a body that does not end before that body does."""
    slot = b.slot_for_control()
    number = b.frame.slots.index(slot)
    stack = b.frame.stacks[slot.cycles[0]]
    require(bool(stack) and stack[-1][0] <= number < stack[-1][1])
    ends = [end for end in b.ends(number) if end >= stack[-1][1]]
    require(bool(ends))
    bad_loop(b, slot, b.rng.choice(ends))


def loop_in_flight(b: Breaker) -> None:
    """A loop that ends before it begins, whatever the count is that has not landed yet."""
    register, slot = b.in_flight()
    head_in_flight(b, slot, register, b.frame.slots.index(slot))


def head_in_flight(b: Breaker, slot: Slot, register: int, end: int) -> None:
    """Enter a loop by its unit alone: that its register may not be read is another fault than the one told."""
    loop, cycle = make("loop ra, target", ra=register), slot.cycles[0]
    require(is_free(slot) and end > 0)
    b.claim_units(loop, cycle)
    b.put(slot, loop)
    b.aim(slot, end)
    b.tell(cycle)


def good_ends(b: Breaker, slot: Slot, last: int = 0) -> list[int]:
    """Where a loop may end, or one of those in each other up to bundle `last`."""
    number, stack = b.frame.slots.index(slot), b.frame.stacks[slot.cycles[0]]
    inside = bool(stack) and stack[-1][0] <= number < stack[-1][1]
    return [end for end in b.ends(max(number, last)) if not inside or end < stack[-1][1]]


def loop_depth(b: Breaker) -> None:
    """One loop more than the stack holds, each in the body of the one before."""
    first = b.slot_for_control()
    number, cycle = b.frame.slots.index(first), first.cycles[0]
    stack = b.frame.stacks[cycle]
    heads = b.frame.slots[number : number + b.spec.loop_depth + 1 - len(stack)]
    last = number + len(heads) - 1
    ends = good_ends(b, first, last)
    require(len(ends) >= len(heads))
    chosen = sorted(b.rng.sample(ends, len(heads)), reverse=True)
    for later, (head, end) in enumerate(zip(heads, chosen, strict=True)):
        require(head is b.slot_at(cycle + later) and head.cycles[0] == cycle + later)
        require(not any(one.row.control for one in head.ops))
        b.aim(head, end)
        loop = a_loop(b, (1, 2, 3))
        b.faults(loop, head) if head is heads[-1] else b.issue(loop, head)


# Scalar ops -----------------------------------------------------------------------------------
def hazard(rows: Callable[[], list[Row]]) -> Cause:
    """A reader of a register that has a write in flight."""

    def cause(b: Breaker) -> None:
        op = b.of_row(b.rng.choice(rows()))
        register, slot = b.in_flight()
        b.break_with(op.with_field(b.rng.choice(op.row.reads), register), slot)

    return cause


def count_in_flight(b: Breaker) -> None:
    """A loop that is a good one, but for its count, which has not landed yet."""
    register, slot = b.in_flight()
    require(is_free(slot))
    head_in_flight(b, slot, register, b.rng.choice(good_ends(b, slot) or [0]))


def clash_in_bundle(b: Breaker) -> None:
    """Two ops of one bundle that write one register."""
    slot = b.slot()
    known = [register for op in slot.ops for register in written(op)]
    require(bool(known))
    b.break_with(writer(b, b.rng.choice(known), MOST_LATENCY), slot)


def writer(b: Breaker, register: int, latency: int) -> Op:
    """An op that writes a register, or the condition code, and lands soon enough."""
    on_cc = register == CONDITION_CODE
    rows = [row for row in SCALAR_ROWS if (row.writes_cc if on_cc else row.write) and row.latency <= latency]
    op = b.of_row(b.rng.choice([row for row in rows if not (row.memory or row.faults or row.control)]))
    return op if on_cc else op.with_field(op.row.write or "", register)


def clash_in_flight(b: Breaker) -> None:
    """A write that lands no later than one that is in flight."""
    register, issued, landing = b.flight()
    cycle = b.rng.randrange(issued + 1, landing)
    b.break_with(writer(b, register, landing - cycle), b.slot_at(cycle))


def with_value(code: str, change: Callable[[Breaker, Op], Op]) -> Cause:
    """An op whose row can be a fault, with operands changed so that it is."""

    def cause(b: Breaker) -> None:
        op = b.of_row(b.rng.choice([row for row in SCALAR_ROWS if code in row.faults]))
        b.break_with(change(b, op), b.slot())

    return cause


def by_zero(b: Breaker, op: Op) -> Op:
    return op.with_field("imm", 0) if "imm" in op.row.format.names else op.with_field("rb", BASES.start)


def unequal(b: Breaker, op: Op) -> Op:
    if "imm" in op.row.format.names:
        return op.with_field("imm", op["imm"] ^ 1 << b.rng.randrange(32))
    return op.with_field("rb", BASES[(op["ra"] - BASES.start + b.rng.randrange(1, len(BASES))) % len(BASES)])


def overflow(b: Breaker) -> None:
    """The most negative number divided by -1."""
    slot = b.slot()
    row = b.rng.choice([row for row in SCALAR_ROWS if "E-DIV" in row.faults and row.semantics in SIGNED])
    op = b.of_row(row).with_field("ra", b.scratch(0, LEAST, slot.cycles[0]))
    by = {"imm": MASK} if "imm" in row.format.names else {"rb": b.scratch(1, MASK, slot.cycles[0])}
    b.faults(op.with_field(*by.popitem()), slot)


def out_of(name: str, lanes: bool) -> Cause:
    """A load or store whose word, row, lane or slice the machine has not."""

    def change(b: Breaker, op: Op) -> Op:
        beyond_last = {
            "disp": b.rng.choice((b.spec.words, b.spec.words + b.rng.randrange(100), 0xFFFFFF00)),
            "row": b.spec.rows * b.spec.banks + b.rng.randrange(3),
            "lane": b.spec.lanes + b.rng.randrange(3),
            "slice": b.spec.slices,
        }
        require(name in op.row.format.names and bool(op.row.width) == lanes)
        require(beyond_last[name] <= op.row.format.field(name).high)
        return op.with_field(name, beyond_last[name])

    return with_value("E-RANGE", change)


def across_quads(b: Breaker, op: Op) -> Op:
    """An access of a lane whose bytes are in slices of two quads."""
    require(op.row.width > 1)
    return op.with_field("slice", op["slice"] // HEMISPHERE_SLICES * HEMISPHERE_SLICES + 3)


def bank(lanes: bool) -> Cause:
    """A load or store of a bank that another access has in that cycle."""

    def cause(b: Breaker) -> None:
        number, cycle = claimed_bank(b)
        rows = [row for row in SCALAR_ROWS if row.memory and bool(row.width) == lanes and not row.reads[1:]]
        op = b.of_row(b.rng.choice(rows))
        if lanes:
            hemisphere, index, which = b.spec.bank_place(number)
            op = op.with_field("slice", HEMISPHERE_SLICES * hemisphere + index)
            op = op.with_field("row", which * b.spec.rows + b.rng.randrange(b.spec.rows))
        else:
            op = op.with_field("disp", number * b.spec.words_per_bank + b.rng.randrange(b.spec.words_per_bank))
        b.break_with(op, b.slot_at(cycle))

    return cause


def bare_load(lanes: bool) -> Cause:
    def change(b: Breaker, op: Op) -> Op:
        require(bool(op.row.width) == lanes)
        return op

    return with_value("E-UNINIT", change)


def link(b: Breaker) -> None:
    b.faults(b.of_row(any_link(b.rng)), b.slot())


def scalar_readers() -> list[Row]:
    return [row for row in SCALAR_ROWS if row.reads and not row.memory and not row.control and not row.faults]


def controls() -> list[Row]:
    return [row for row in SCALAR_ROWS if row.reads and row.control and "E-LOOP" not in row.faults]


def accesses() -> list[Row]:
    return [row for row in SCALAR_ROWS if row.memory and row.reads]


CAUSES: dict[str, Cause] = {
    "E-PC.return-inside": return_inside, "E-PC.return-beyond": return_beyond, "E-PC.jump-inside": jump_inside,
    "E-PC.jump-beyond": jump_beyond, "E-PC.branch-beyond": branch_beyond,
    "E-ILLEGAL.unit": unit_twice, "E-ILLEGAL.bits": no_bundle, "E-ILLEGAL.end": unfinished,
    "E-LOOP.backward": loop_backward, "E-LOOP.beyond": loop_beyond, "E-LOOP.inside": loop_inside,
    "E-LOOP.illegal": loop_illegal, "E-LOOP.control": loop_control, "E-LOOP.shared": loop_shared,
    "E-LOOP.in-flight": loop_in_flight, "E-LOOP.depth": loop_depth,
    "E-LINK.op": link,
    "E-HAZARD.register": hazard(scalar_readers),
    "E-HAZARD.access": hazard(accesses), "E-HAZARD.control": hazard(controls),
    "E-HAZARD.count": count_in_flight,
    "E-RANGE.word": out_of("disp", False), "E-RANGE.lane-row": out_of("row", True),
    "E-RANGE.lane": out_of("lane", True), "E-RANGE.lane-slice": out_of("slice", True),
    "E-RANGE.lane-quad": with_value("E-RANGE", across_quads),
    "E-BANK.word": bank(False), "E-BANK.lane": bank(True),
    "E-UNINIT.word": bare_load(False), "E-UNINIT.lane": bare_load(True),
    "E-DIV.zero": with_value("E-DIV", by_zero), "E-DIV.overflow": overflow,
    "E-ASSERT.unequal": with_value("E-ASSERT", unequal), "E-TRAP.op": with_value("E-TRAP", lambda _, op: op),
    "E-WRITE-CLASH.bundle": clash_in_bundle, "E-WRITE-CLASH.flight": clash_in_flight,
    **CAUSES_STREAMS, **CAUSES_TENSOR,
}  # fmt: skip
