"""Smaller programs that still fail: what is not needed is dropped, and what is left keeps its time unless it need not.

Each pass proposes smaller programs, the boldest first; one that still fails is what the next is made from. Passes are
repeated until none finds anything, so that no op, bundle or chunk of memory of the result can be left out alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from conform.constants import constants
from conform.edits import (
    COUNT,
    Place,
    has_clash,
    is_wait,
    merged,
    ops_of,
    with_memory,
    with_op,
    without_bundles,
    without_ops,
)
from conform.program import Chunk, Program, target_field
from conform.simpler import low_registers, lower_rows, lower_words, narrower, smaller_machines, without_hops
from conform.straight import all_packed, is_straight, unrolled
from isa.codec import CodecError, Op
from isa.formats import Field
from isa.machine import BYTES_PER_WORD
from isa.places import SCALARS, is_scalar
from isa.row import BURST_FIELDS

ROUNDS = ("m", "e", "stride2")
TRIES = 2_000  # programs tried at most
Fails = Callable[[Program], bool]
Watch = Callable[["Reducer"], object]
Pass = Callable[["Reducer"], None]
Candidates = Callable[[Program], Iterator[Program]]
Drop = Callable[[Program, range], Program]


def reduce(program: Program, fails: Fails, limit: int = TRIES) -> Program:
    """The smallest program found for which `fails` is true, as it is of `program`; 1-minimal within `limit` tries."""
    return Reducer(program, fails, limit).reduced()


def ignore(reducer: Reducer) -> None:
    """Watch nothing."""


class Reducer:
    """The smallest program that is known to fail, what was tried, and how many tries are left.

    `watch` is called before each try.
    """

    def __init__(self, program: Program, fails: Fails, limit: int, watch: Watch = ignore) -> None:
        self.best = program
        self.fails, self.watch = fails, watch
        self.left = limit
        self.tried = {program}
        self.clashes = has_clash(program)

    def reduced(self) -> Program:
        """All passes, again and again until none finds anything."""
        self.repeat(BOLD)
        self.repeat((*FINE, *BOLD))
        return self.best

    def repeat(self, passes: Sequence[Pass]) -> None:
        """Do passes until none of them finds anything."""
        before = None
        while before != self.best and self.left:
            before = self.best
            for each in passes:
                each(self)

    def take(self, candidate: Program) -> bool:
        """Go on from a candidate if it fails; only what is new and can be a program is tried."""
        if not self.left or candidate in self.tried:
            return False
        self.tried.add(candidate)
        if not self.can_be(candidate):
            return False
        self.left -= 1
        self.watch(self)
        if not self.fails(candidate):
            return False
        self.best = candidate
        return True

    def can_be(self, candidate: Program) -> bool:
        """Whether a candidate can be encoded, and claims no unit twice where the first program did not."""
        try:
            candidate.image()
        except (CodecError, ValueError):
            return False
        return bool(candidate.bundles) and (self.clashes or not has_clash(candidate))


def chunks(count: int) -> Iterator[range]:
    """Ranges within `count` things: all of them, halves, quarters and so on to single ones, the last first."""
    size = count
    while size:
        yield from (range(max(0, stop - size), stop) for stop in range(count, 0, -size))
        size //= 2


def drop_each(reducer: Reducer, things: Callable[[Program], Sequence[object]], drop: Drop) -> None:
    """Leave out chunks of things, then each of those left."""
    for each in chunks(len(things(reducer.best))):
        if each.stop <= len(things(reducer.best)):
            reducer.take(drop(reducer.best, each))


# Passes ---------------------------------------------------------------------------------------
def drop_ops(reducer: Reducer) -> None:
    """Leave out ops; what is left keeps its cycles."""
    drop_each(reducer, ops_of, lambda program, each: without_ops(program, ops_of(program)[each.start : each.stop]))


def drop_bundles(reducer: Reducer) -> None:
    """Leave out bundles; what follows comes earlier."""
    drop_each(reducer, lambda program: program.bundles, without_bundles)


def drop_tail(reducer: Reducer) -> None:
    """Leave out what stands behind the bundles: all, else the last syllables."""
    while reducer.best.tail and any(
        reducer.take(reducer.best._replace(tail=shorter)) for shorter in ((), reducer.best.tail[:-1])
    ):
        pass


def shorten_waits(reducer: Reducer) -> None:
    """Let what comes after a wait come earlier."""
    for number, bundle in enumerate(reducer.best.bundles):
        if is_wait(bundle):
            simplify(reducer, (number, 0), bundle[0].row.format.field(COUNT))


def merge_bundles(reducer: Reducer) -> None:
    """Make one bundle of two that follow each other, and one wait of two."""
    for number in reversed(range(len(reducer.best.bundles) - 1)):
        reducer.take(merged(reducer.best, number))


def drop_memory(reducer: Reducer) -> None:
    """Leave out what memory holds: chunks, then their ends; what must be there becomes zero."""
    drop_each(reducer, lambda program: program.memory, with_memory)
    for number in range(len(reducer.best.memory)):
        trim(reducer, number, from_end=True)
        trim(reducer, number, from_end=False)
        clear(reducer, number)


def trim(reducer: Reducer, number: int, from_end: bool) -> None:
    """Cut words off one end of a chunk, as many at a time as it bears."""
    size = len(reducer.best.memory[number].data) // BYTES_PER_WORD // 2
    while size:
        address, data = reducer.best.memory[number]
        cut = size * BYTES_PER_WORD
        shorter = Chunk(address, data[:-cut]) if from_end else Chunk(address + cut, data[cut:])
        if not (shorter.data and reducer.take(with_memory(reducer.best, range(number, number + 1), shorter))):
            size //= 2


def clear(reducer: Reducer, number: int) -> None:
    """Make the bytes of a chunk zero: all, halves and so on."""
    address, data = reducer.best.memory[number]
    for each in chunks(len(data)):
        zeroed = data[: each.start] + bytes(len(each)) + data[each.stop :]
        if zeroed != data and reducer.take(
            with_memory(reducer.best, range(number, number + 1), Chunk(address, zeroed))
        ):
            data = zeroed


def simplify_operands(reducer: Reducer) -> None:
    """Make the fields of each op the simplest number they can be: all at once, else one by one."""
    for place in ops_of(reducer.best):
        one = at(reducer.best, place)
        fields = [field for field in one.row.format.fields if field.name != target_field(one)]
        for name in one.row.vector_reads:
            need_no_stream(reducer, place, name)
        need_no_rounds(reducer, place)
        plain = at(reducer.best, place)
        for field in fields:
            plain = plain.with_field(field.name, simplest(plain, field))
        if not reducer.take(with_op(reducer.best, place, plain)):
            for field in fields:
                simplify(reducer, place, field)


def need_no_stream(reducer: Reducer, place: Place, name: str) -> None:
    """Let a vector operand be r0, so that nothing has to supply it."""
    one = at(reducer.best, place)
    if not is_scalar(one[name]):
        reducer.take(with_op(reducer.best, place, one.with_field(name, SCALARS)))


def need_no_rounds(reducer: Reducer, place: Place) -> None:
    """Let a burst have one element, or else one round: its numbers go together."""
    for names in (BURST_FIELDS, ROUNDS):
        one = at(reducer.best, place)
        for field in one.row.format.fields:
            if one.row.tensor and field.name in names:
                one = one.with_field(field.name, simplest(one, field))
        reducer.take(with_op(reducer.best, place, one))


def simplify(reducer: Reducer, place: Place, field: Field) -> None:
    """Bring a field towards its simplest number: all the way, else half of it, a quarter and so on."""
    one = at(reducer.best, place)
    way = one[field.name] - simplest(one, field)
    while way:
        nearer = one.with_field(field.name, one[field.name] - way)
        if reducer.take(with_op(reducer.best, place, nearer)):
            one = nearer
            way = one[field.name] - simplest(one, field)
        else:
            way = int(way / 2)


def simplest(one: Op, field: Field) -> int:
    """0, or the least that a field holds; of a scalar register that is a vector operand, r0."""
    is_register = field.name in one.row.vector_reads and is_scalar(one[field.name])
    return SCALARS if is_register else max(0, field.low)


def at(program: Program, place: Place) -> Op:
    number, slot = place
    return program.bundles[number][slot]


def straighten(reducer: Reducer) -> None:
    """Leave out all control: what issues stands in a row."""
    if not is_straight(reducer.best):
        straight = unrolled(reducer.best)
        if straight:
            reducer.take(straight)


def pack(reducer: Reducer) -> None:
    """Let bundles wait themselves."""
    if is_straight(reducer.best):
        reducer.take(all_packed(reducer.best))


def any_of(*sources: Candidates) -> Pass:
    """A pass that takes what fails of any candidates, again and again."""

    def one_pass(reducer: Reducer) -> None:
        for each in sources:
            while any(reducer.take(candidate) for candidate in each(reducer.best)):
                pass

    return one_pass


# What saves most comes first; the dearer passes have little left to look at.
BOLD = (
    drop_ops,
    drop_tail,
    straighten,
    drop_ops,
    any_of(smaller_machines, constants, without_hops),
    drop_ops,
    drop_bundles,
)
FINE = (shorten_waits, drop_memory, merge_bundles, any_of(narrower, lower_rows, lower_words), simplify_operands,
        any_of(low_registers), pack)  # fmt: skip
