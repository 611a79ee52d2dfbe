"""The blocks and bundles of a front's program, which are in C (csrc/asm/plan.h): with asm.quick.front the only module
of the assembler that touches cffi.

What asks gives numbers of blocks or bundles until it is told all that it has to know.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

from asm._front import ffi, lib
from asm.quick.front import Front, checked
from isa.records import NamedTuple

ENTERED, TARGET = lib.FRONT_ENTERED, lib.FRONT_TARGET
PASSES, PAUSES, OWN = lib.FRONT_PASSES, lib.FRONT_PAUSES, lib.FRONT_OWN
FREE: int = lib.FRONT_FREE
WHOLE: int = lib.FRONT_WHOLE
LASTING: int = lib.FRONT_LASTING
OBJECT, ADDED, LOOSE = lib.FRONT_OBJECT, lib.FRONT_ADDED, lib.FRONT_LOOSE
NEVER, ONCE, AGAIN, UNKNOWN = lib.FRONT_NEVER, lib.FRONT_ONCE, lib.FRONT_AGAIN, lib.FRONT_UNKNOWN
SEEN, REGISTERS = lib.FRONT_SEEN, lib.FRONT_REGISTERS
LOOPS = lib.FRONT_LOOPS
STRETCH: int = lib.FRONT_STRETCH
RUN: int = lib.FRONT_RUN
# What control ops do, as the table calls it.
LEAVES = {
    "": PASSES,
    "nop": PAUSES,
    "branch": lib.FRONT_BRANCHES,
    "loop": LOOPS,
    "jump": lib.FRONT_JUMPS,
    "call": lib.FRONT_CALLS,
    "ret": lib.FRONT_RETURNS,
    "halt": lib.FRONT_STOPS,
    "trap": lib.FRONT_STOPS,
}


class Asked(NamedTuple):
    """A block or bundle by its number: ops [first, end) and what they are alike in. The rest is of blocks alone: see
    front_block in front.h."""

    number: int
    first: int
    end: int
    alike: int
    is_loose: int
    is_explicit: int
    continues: int
    ends_body: int
    first_name: int
    names: int


class Leaving(NamedTuple):
    """What a control op does: see LEAVES; after how many cycles the next bundle comes, or what it jumps to, which is
    the place of a name, -1 for none; and how often a loop runs."""

    how: int = PASSES
    cycles: int = 1
    taken: int = 0
    target: int = -1
    rounds: int = UNKNOWN


class Seen(NamedTuple):
    """Columns of the bundles: see front_seen in front.h."""

    kinds: array[int]
    targets: array[int]
    runs: array[int]
    cycles: array[int]
    entries: array[int]
    beats: array[int]
    entered: array[int]
    linear: array[int]
    hows: array[int]
    controls: array[int]


class Told(NamedTuple):
    """What is told of bundles for the checks of bursts: see front_told in front.h."""

    kinds: Sequence[int]
    contents: Sequence[int]
    fixed: Sequence[int]
    banks: Sequence[int]
    effects: Sequence[int]
    bursts: Sequence[int]
    words_per_bank: int
    rows_per_bank: int


class Plan:
    """The program of a front. What it is no way for raises Unfit."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._front = front.handle

    # Cutting -------------------------------------------------------------------------------------
    def intern(self, name: str) -> int:
        data = name.encode(errors="surrogatepass")
        number = checked(lib.front_intern(self._front, data, len(data)))
        self.front.learn_names()
        return number

    def enter(self, name: int, how: int) -> None:
        """Say that the place of a name is entered from anywhere, or by a jump."""
        checked(lib.front_enter(self._front, name, how))

    def cut(self, first: int, end: int) -> None:
        """Go on with pieces [first, end)."""
        checked(lib.front_cut(self._front, first, end))

    def cut_label(self, name: int) -> None:
        checked(lib.front_cut_label(self._front, name))

    def cut_timeline(self) -> None:
        """Begin a block as a timeline does."""
        checked(lib.front_cut_timeline(self._front))

    def cut_object(self, kind: int, leaving: Leaving) -> None:
        """Go on with a bundle of objects, which are numbered from 0 on."""
        checked(lib.front_cut_object(self._front, kind, leaving))

    def cut_op(self, is_access: bool, leaving: Leaving) -> None:
        """Go on with an op that is an object, which are numbered from 0 on."""
        checked(lib.front_cut_op(self._front, is_access, leaving))

    def cut_end(self) -> None:
        checked(lib.front_cut_end(self._front))

    # Loops ---------------------------------------------------------------------------------------
    def block(self, number: int) -> Asked:
        numbers = ffi.new("int32_t[9]")
        lib.front_block(self._front, number, numbers)
        return Asked(number, *numbers)

    def names(self, block: Asked) -> list[int]:
        """The names of labels at a block."""
        return ffi.unpack(lib.front_names_of(self._front, block.first_name), block.names) if block.names else []

    def loose(self, block: Asked) -> list[int]:
        """The ops of a block with objects: in the columns, or ~ the numbers of these."""
        count = block.end - block.first
        return ffi.unpack(lib.front_loose(self._front, block.first), count) if count else []

    def count_blocks(self) -> int:
        return int(lib.front_count_blocks(self._front))

    def marks(self) -> bytes:
        """How the places of names are entered, a bit each, from the first on."""
        count = lib.front_count_marks(self._front)
        return bytes(ffi.buffer(lib.front_marks(self._front), count)) if count else b""

    def loops(self) -> Iterator[tuple[int, int]]:
        """Blocks that jump back to themselves or begin a loop, each with the block before which that ends, or -1."""
        number = lib.front_next_loop(self._front, 0)
        while number != lib.FRONT_DONE:
            yield number, lib.front_end_of_loop(self._front, number)
            number = lib.front_next_loop(self._front, number + 1)

    def touched(self) -> int:
        """The registers of all blocks, a bit each."""
        return int(lib.front_touched(self._front))

    def has_calls(self) -> bool:
        """Whether there are calls or returns."""
        return bool(lib.front_has_calls(self._front))

    def jumps_to(self, name: int) -> int:
        return int(lib.front_jumps_to(self._front, name))

    def replace(self) -> None:
        """Take all blocks away, to keep some of them and put others between."""
        lib.front_replace(self._front)

    def keep(self, first: int, end: int) -> None:
        checked(lib.front_keep(self._front, first, end))

    def put(
        self, names: Sequence[int], bundles: Sequence[tuple[int, Leaving]] | None, ops: int, leaving: Leaving
    ) -> None:
        """Put a block of so many ops that are objects, or an explicit one of bundles of such: (kind, how it leaves)."""
        lib.front_begin(self._front, bundles is not None)
        for name in names:
            checked(lib.front_add_name(self._front, name))
        for kind, each in bundles or ():
            checked(lib.front_add_object(self._front, kind, each))
        for _ in range(ops):
            checked(lib.front_add_op(self._front))
        checked(lib.front_end(self._front, leaving))

    def replaced(self) -> None:
        checked(lib.front_replaced(self._front))

    # Telling -------------------------------------------------------------------------------------
    def blocks(self) -> Iterator[Asked]:
        """Linear blocks of kinds that are not told."""
        return self._asked(lib.front_ask_kind, lib.front_block)

    def tell_kind(self, kind: int, touched: int) -> None:
        checked(lib.front_tell_kind(self._front, kind, touched))

    def tell_loose(self, block: int, kind: int, touched: int) -> None:
        """Say what a block with objects is: kinds of such are less than -1."""
        lib.front_tell_loose(self._front, block, kind, touched)

    def bundles(self) -> Iterator[Asked]:
        """Bundles in the columns of which no kind is told."""
        return self._asked(lib.front_ask_bundle, lib.front_bundle)

    def add_kind(self, reads: int, touched: int, latencies: Sequence[int], pattern: int) -> int:
        """The number of a new kind of bundles."""
        return checked(lib.front_bundle_kind(self._front, (reads, touched, *latencies), pattern))

    def tell_bundle(self, likeness: int, kind: int) -> None:
        checked(lib.front_tell_bundle(self._front, likeness, kind))

    def connect(self) -> None:
        checked(lib.front_connect(self._front))

    def tell_near(self, op: int) -> None:
        """Say which op is near what is added before the first."""
        lib.front_tell_near(self._front, op)

    def unscheduled(self) -> Iterator[Asked]:
        """Linear blocks to be scheduled for what is in flight."""
        return self._asked(lib.front_ask_schedule, lib.front_block)

    def in_flight(self, block: int) -> dict[int, int]:
        """What is in flight on entry to a block."""
        left = ffi.unpack(lib.front_in_flight(self._front, block), REGISTERS)
        return {register: cycles for register, cycles in enumerate(left) if cycles}

    def tell_schedule(self, block: int, numbers: Sequence[int]) -> None:
        checked(lib.front_tell_schedule(self._front, block, numbers))

    def unpacked(self) -> Iterator[Asked]:
        """Linear blocks to be packed."""
        return self._asked(lib.front_ask_packing, lib.front_block)

    def shortfall(self, block: int) -> int:
        """The cycles by which a block is left later than scheduled."""
        return int(lib.front_shortfall(self._front, block))

    def tell_packing(self, block: int, numbers: Sequence[int], beats: int) -> None:
        checked(lib.front_tell_packing(self._front, block, numbers, beats))

    def _asked(self, ask: Callable[[Any], int], look: Callable[..., None]) -> Iterator[Asked]:
        """Numbers until it is told of all; what is asked for must be told before the next."""
        numbers = ffi.new("int32_t[9]")
        while (number := ask(self._front)) != lib.FRONT_DONE:
            look(self._front, checked(number), numbers)
            yield Asked(number, *numbers)

    # Bundles -------------------------------------------------------------------------------------
    def seen(self) -> Seen:
        """The bundles."""
        columns = array("i")
        count = lib.front_count_seen(self._front)
        if count:
            columns.frombytes(ffi.buffer(lib.front_seen(self._front), 4 * count * SEEN))
        return Seen(*[columns[at::SEEN] for at in (*range(9), SEEN - 1)])

    def control(self, number: int) -> tuple[int, int]:
        """What is alike in control ops of a number: see front_control in front.h."""
        alike = ffi.new("int32_t[2]")
        lib.front_control(self._front, number, alike)
        return alike[0], alike[1]

    def entry(self, number: int) -> tuple[int, int]:
        """The pattern and the first op of an entry."""
        pattern, first = ffi.unpack(lib.front_entries(self._front) + 3 * number, 2)
        return pattern, first

    def is_at_fault(self) -> bool:
        """Whether a read or write comes too early somewhere."""
        return bool(checked(lib.front_is_at_fault(self._front)))

    def stretches(self, told: Told) -> tuple[array[int], array[int], array[int]]:
        """Stretches with bursts: the first bundle of each, the cycles for which what was issued before may have an
        effect, and what it is alike in."""
        kinds, contents, fixed, banks = (ffi.new("int32_t[]", column) for column in told[:4])
        effects, bursts = (ffi.new("int64_t[]", column) for column in (told.effects, told.bursts))
        sizes = told.words_per_bank, told.rows_per_bank
        numbers = ffi.new("front_told *", (kinds, contents, fixed, banks, effects, bursts, *sizes))
        count = checked(lib.front_find_stretches(self._front, numbers))
        found = array("q")
        if count:
            found.frombytes(ffi.buffer(lib.front_stretches(self._front), STRETCH * found.itemsize * count))
        return found[0::STRETCH], found[1::STRETCH], found[2::STRETCH]

    def runs(self, kinds: Sequence[int]) -> tuple[array[int], array[int], array[int]]:
        """The runs in which units are to be chosen for bursts in the columns: the first bundle of each, the end, and a
        number, equal for those in which the same are chosen."""
        count = checked(lib.front_find_runs(self._front, ffi.new("int32_t[]", kinds)))
        found = array("i")
        if count:
            found.frombytes(ffi.buffer(lib.front_runs(self._front), RUN * found.itemsize * count))
        return found[0::RUN], found[1::RUN], found[2::RUN]

    def tell_units(self, kinds: Sequence[int], units: Sequence[Sequence[int]]) -> None:
        """Say which units are chosen in runs of each number, in the order of their bursts."""
        starts = [0, *accumulate(map(len, units))]
        columns = [ffi.new("int32_t[]", column) for column in (kinds, starts, [*chain.from_iterable(units)])]
        lib.front_tell_units(self._front, *columns)

    def tell_object(self, number: int, pattern: int, first: int, last: int) -> None:
        """Say what the first op of a bundle of objects is in the columns, and which op is near what follows it."""
        checked(lib.front_tell_object(self._front, number, pattern, first, last))

    def write(self) -> int:
        """Write all; the number of syllables."""
        return checked(lib.front_write_program(self._front))
