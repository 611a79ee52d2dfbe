"""Why a file has too few registers for its names: where, which names, and what would help."""

from __future__ import annotations

from collections.abc import Sequence

from asm.allocate.code import Touch
from asm.allocate.ranges import Ranges, bits
from asm.scope.registers import COUNT, Registers
from isa.diagnostics import Diagnostic, Note

MOST_NOTES = 8
ALONE = "a name that bundles or timelines use keeps its register in the whole file"
FEWER = "name fewer registers by their numbers"


def too_few(registers: Registers, ranges: Ranges, own: Sequence[int]) -> Diagnostic:
    """E-REGISTERS where most names are needed; `own` are those that share no register."""
    live, touch = ranges.peak
    if touch is None or len(own) > len(registers.free):
        return _too_many_alone(registers, own)
    names = [*own, *(ranges.names[number] for number in bits(live))]
    message = f"{len(names)} registers without a number are needed here at once and {_left(registers)}"
    if len(names) <= len(registers.free):
        message += ", but around loops they cannot be shared that well"
    help_ = _who_could_wait(registers, ranges, live, touch) or (ALONE if own else FEWER)
    return Diagnostic("E-REGISTERS", message, touch.op.place, _declared(registers, names), help_)


def _too_many_alone(registers: Registers, own: Sequence[int]) -> Diagnostic:
    _, line, node = registers.symbolic[own[len(registers.free)] - COUNT]
    message = f"{len(own)} registers without a number are used in bundles and timelines and {_left(registers)}"
    return Diagnostic("E-REGISTERS", message, line.place(node.column, node.end), _declared(registers, own), ALONE)


def _left(registers: Registers) -> str:
    return f"the file leaves {len(registers.free)}"


def _declared(registers: Registers, names: Sequence[int]) -> tuple[Note, ...]:
    """Where the names are declared, as far as that can be read."""
    found = [registers.symbolic[name - COUNT] for name in names[:MOST_NOTES]]
    return tuple(Note(f"`{name}` is one of them", line.place(node.column, node.end)) for name, line, node in found)


def _who_could_wait(registers: Registers, ranges: Ranges, live: int, peak: Touch) -> str:
    """The name that, after the place where most are needed, is used last."""
    start = next(number for number, use in enumerate(ranges.uses) if use.touch is peak)
    here = ranges.uses[start]
    waiting = set(bits(live)) - {here.write, *here.reads.values()}
    found = ""
    for use in ranges.uses[start + 1 :]:
        for number in sorted(waiting & {use.write, *use.reads.values()}):
            name = registers.symbolic[ranges.names[number] - COUNT][0]
            found = f"`{name}` is used next in line {use.touch.op.place.line}: keep it in memory until then"
            waiting.discard(number)
    return found
