"""What a target does wrong, as a small program that shows it: source with what was expected and what was observed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conform.compare import Difference, differ_until, first_difference, shown
from conform.program import Chunk, Program, from_text
from conform.reduce import TRIES, reduce
from conform.target import LIMIT, Target, TargetError
from isa.image import Image
from isa.machine import BYTES_PER_WORD
from vm.engine import State
from vm.items import Item, Value

TRACE_CYCLES = 2
TRACE_EVENTS = 4
SHOWN_BYTES = 8
SLACK = 64  # cycles that a reduced program may run beyond the end of the whole one


class Finding(NamedTuple):
    """A minimal program on which a target differs from the golden model, in what, and what both did just before.

    `number` is that of the whole program among those of the run, `ops` how many ops it had.
    """

    program: Program
    difference: Difference
    trace: tuple[str, ...]
    number: int
    ops: int

    @property
    def cause(self) -> tuple[str, tuple[str, ...]]:
        """What findings have in common that are probably one defect: the mnemonics left, and what differs."""
        names = sorted(
            {one.row.family for bundle in self.program.bundles for one in bundle if one.row.control != "nop"}
        )
        return self.difference.what.split()[0], tuple(names)

    def source(self, *notes: str) -> str:
        """The program in the dialect, under a comment that says what is wrong; `notes` are its last lines."""
        at, what, expected, observed = self.difference
        head = [
            f"cycle {at}: {what}",
            f"  expected {expected}",
            f"  observed {observed}",
            *self.trace,
            *notes,
        ]
        return "".join(f"; {line}\n" for line in head) + self.program.source()


def finding(golden: Target, target: Target, program: Program, number: int, tries: int = TRIES) -> Finding:
    """Reduce a program on which two targets differ, and say where they do. Raises TargetError."""
    if differ_until(golden, target, program, program.image(), LIMIT) is None:
        raise TargetError(unsteady(number))
    limit = min(LIMIT, golden.run(LIMIT).cycle + SLACK)
    small = reduce(program, lambda one: differ_until(golden, target, one, one.image(), limit) is not None, tries)
    image = small.image()
    found = differ_until(golden, target, small, image, limit)
    if found is None:
        raise TargetError(unsteady(number))
    found = first_difference(golden, target, small, image, found)
    return Finding(small, found, tuple(trace(golden, target, small, image, found.cycle)), number, program.ops)


def unsteady(number: int) -> str:
    return f"program {number} differed once, and not when it was run again: the target does not do the same twice"


def trace(golden: Target, target: Target, program: Program, image: Image, cycle: int) -> Iterator[str]:
    """What changed on both sides in the cycles up to one, a few events of each."""
    for name, each in (("expected", golden), ("observed", target)):
        each.load(image, program.uninit, program.strict)
        first = max(0, cycle - TRACE_CYCLES)
        each.run(first)
        before = each.state()
        for now in range(first + 1, cycle + 1):
            each.run(now)
            after = each.state()
            events = list(changes(before, after))
            more = [f"and {len(events) - TRACE_EVENTS} more"] if len(events) > TRACE_EVENTS else []
            yield f"  {name} in {now}: {'; '.join([*events[:TRACE_EVENTS], *more]) or 'nothing'}"
            before = after


def changes(before: State, after: State) -> Iterator[str]:
    """What is new in a state: registers, the condition code, items of the tensor face."""
    for number, (a, b) in enumerate(zip(before.registers, after.registers, strict=True)):
        if a != b:
            yield f"r{number} = {b:#x}"
    if before.cc != after.cc:
        yield f"cc = {after.cc:#x}"
    there = {moved(item) for item in before.tensor}
    for item in after.tensor:
        if moved(item) not in there:
            where = ", ".join(f"{name} {value}" for name, value in named(item))
            yield f"{type(item).__name__} {where} = {shown(item.data[:SHOWN_BYTES], True)}"


def moved(item: Item) -> Item:
    """An item without its place where that changes by itself: a value on a stream flows on."""
    return item._replace(position=0) if isinstance(item, Value) else item


def named(item: tuple[object, ...]) -> Iterator[tuple[str, object]]:
    """The first numbers of an item with their names: where it is, and when."""
    fields: tuple[str, ...] = getattr(item, "_fields", ())
    return zip(fields[:3], item[: min(3, len(item) - 1)], strict=False)


def from_image(image: Image, uninit: str = "fault", strict: bool = False) -> Program:
    """The program of an executable. Raises CodecError for text with no bundles in it."""
    spec = image.machine
    memory = [
        Chunk(BYTES_PER_WORD * ((block.bank * spec.rows + block.row) * spec.words_per_row + block.word), block.data)
        for block in image.blocks
        if block.data
    ]
    return from_text(spec, image.text, memory, uninit, strict)
