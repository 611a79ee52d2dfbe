"""Linking in time: objects whose texts are straight become one timeline, each beginning before the last one is over.

The `halt` of all but the last object is dropped. Units are those that the objects were assembled with.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from asm.facts import NOP
from asm.link.straight import Straight, straight
from asm.link.text import Resolve
from asm.link.unit import Unit
from asm.overlap.choose import overlap_error
from asm.overlap.fit import Pair
from asm.overlap.steps import Step, landed, refuse_endless
from isa.codec import CodecError, Op, encode, make
from isa.diagnostics import Diagnostic, SourceError
from isa.lines import LineEntry, Lines
from isa.machine import MachineSpec
from isa.records import NamedTuple

SHOWN = 8  # clashes of two objects


class Joined(NamedTuple):
    """The text and its line table."""

    text: list[int]
    lines: Lines


class Moved(NamedTuple):
    """An op of a unit in the cycle that it has in the whole; `address` is that in its unit, -1 for a `halt`."""

    cycle: int
    step: Step
    unit: Unit
    address: int


def link_in_time(units: Sequence[Unit], resolve: Resolve, overlap: int | None) -> Joined:
    """The units merged, each beginning `overlap` cycles before those before it have landed; None: as soon as it can.

    Lets every unit know where its addresses went. Raises SourceError.
    """
    parts = [straight(unit, resolve) for unit in units]
    starts = _starts(parts, overlap, units[0].image.machine)
    moved = [each for part, start in zip(parts, starts, strict=True) for each in _moved(part, start)]
    ender = parts[-1].ender
    if ender is not None:
        moved.append(Moved(starts[-1] + ender.cycle, ender, parts[-1].unit, -1))
        _refuse_early(moved)
    length = max(start + part.length for part, start in zip(parts, starts, strict=True))
    writer = _Writer()
    writer.write(sorted(moved, key=lambda each: each.cycle), 0 if ender is not None else length)
    for part, start in zip(parts, starts, strict=True):
        part.unit.moved = {old: writer.address(start + cycle) for old, cycle in part.cycles.items()}
    return Joined(writer.text, Lines.of(writer.lines))


def _moved(part: Straight, start: int) -> Iterator[Moved]:
    for step, address in zip(part.steps, part.addresses, strict=True):
        yield Moved(start + step.cycle, step, part.unit, address)


# When each begins ---------------------------------------------------------------------------------
def _starts(parts: Sequence[Straight], overlap: int | None, spec: MachineSpec) -> list[int]:
    starts, merged = [0], list(parts[0].steps)
    for before, part in pairwise(parts):
        _refuse_code(before)
        start = _start(merged, part, overlap, starts[-1], spec)
        merged += [step._replace(cycle=start + step.cycle) for step in part.steps]
        starts.append(start)
    return starts


def _start(merged: list[Step], part: Straight, overlap: int | None, since: int, spec: MachineSpec) -> int:
    """The cycle in which a part begins, from `since` on. Raises SourceError (E-OVERLAP) with every clash."""
    over = landed(merged)
    refuse_endless([*merged, *part.steps], None)
    pair = Pair(merged, part.steps, over, since, spec)
    if overlap is None:
        last = max((step.cycle for step in merged), default=0) - (part.ender.cycle if part.ender else over)
        return next((start for start in pair.starts() if start >= last), over)
    if overlap > over - since:
        most = over - since
        message = f"an overlap of {overlap} cycles is longer than what {part.unit.image.name} overlaps: {most} cycles"
        raise SourceError(Diagnostic("E-OVERLAP", message, help=f"ask for at most {most}, or for `max`"))
    start = over - overlap
    clashes = list(pair.clashes(start))[:SHOWN]
    if clashes:
        later = next((each for each in pair.starts() if each > start), over)
        help = f"ask for an overlap of {over - later}, the next that fits"
        raise SourceError(*(overlap_error(clash, overlap, help) for clash in clashes))
    return start


def _refuse_code(part: Straight) -> None:
    """A `halt` that is dropped has nothing to say."""
    ender = part.ender
    if ender is not None and any(ender.burst.fields.values()):
        message = f"{part.unit.image.name} halts with a code, and another object goes on after it"
        raise SourceError(Diagnostic("E-OVERLAP", message, ender.op.place, help="let it end with `halt` alone"))


def _refuse_early(moved: Sequence[Moved]) -> None:
    halt = moved[-1]
    late = max(moved, key=lambda each: each.cycle)
    if late.cycle > halt.cycle:
        what, gap = late.step.op.row.mnemonic, late.cycle - halt.cycle
        message = f"`{what}` in cycle {late.cycle} is never reached: {halt.unit.image.name} halts {gap} earlier"
        raise SourceError(Diagnostic("E-OVERLAP", message, late.step.op.place, help=f"overlap {gap} less"))


# Encoding -----------------------------------------------------------------------------------------
class _Writer:
    """Encodes bundles with waits between them; `starts` and `times` are the address and the cycle of each."""

    def __init__(self) -> None:
        self.text: list[int] = []
        self.lines: list[LineEntry] = []
        self.starts: list[int] = []
        self.times: list[int] = []

    def write(self, moved: Sequence[Moved], length: int) -> None:
        """Ops in order of time; of no length when the last of them ends the program."""
        rows: dict[int, list[Moved]] = {}
        for each in moved:
            rows.setdefault(each.cycle, []).append(each)
        times = [*rows, length]
        if moved and times[0]:
            self._bundle(0, [(_wait(times[0]), moved[0])])
        for (cycle, row), until in zip(rows.items(), times[1:], strict=True):
            ops = [(Op(each.step.op.row, tuple(each.step.op.values)), each) for each in row]
            self._bundle(cycle, [*ops, (_wait(until - cycle), row[-1])] if until > cycle + 1 else ops)

    def _bundle(self, cycle: int, ops: Sequence[tuple[Op, Moved]]) -> None:
        self.starts.append(len(self.text))
        self.times.append(cycle)
        for op, source in ops:
            if source.step.op.place is not None:
                self.lines.append(LineEntry(len(self.text), source.step.op.place))
            try:
                self.text += encode(op)
            except CodecError as error:
                raise SourceError(Diagnostic("E-RELOCATION", str(error), source.step.op.place)) from None
        self.text[-1] |= 1

    def address(self, cycle: int) -> int:
        """The address of the first bundle that issues in a cycle or later."""
        return [*self.starts, len(self.text)][bisect_left(self.times, cycle)]


def _wait(count: int) -> Op:
    return make(NOP, count=count)
