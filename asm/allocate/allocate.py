"""Names without a number get registers that the file never names; what is never live at once may share one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from asm.allocate.code import code_of
from asm.allocate.colour import choose
from asm.allocate.explain import too_few
from asm.allocate.ranges import Ranges, live_ranges
from asm.facts import FACTS
from asm.program import Item
from asm.scope.registers import COUNT, Registers, address_index
from asm.write.verbatim import Raw
from isa.diagnostics import Diagnostic


def allocate(registers: Registers, items: Iterable[Item | Raw]) -> list[Diagnostic]:
    """Put registers into the ops that use names. Errors: E-REGISTERS; no value is ever kept in memory instead."""
    if not registers.waiting:
        return []
    code = code_of(items, registers)
    ranges = live_ranges(code)
    free = registers.free
    own = sorted(code.own - registers.pinned.keys())
    chosen = choose(ranges, len(free) - len(own)) if len(own) <= len(free) else None
    if chosen is None:
        return [too_few(registers, ranges, own)]
    names = [list(op.values) for op, _, _ in registers.waiting]
    _put_own(registers, dict(zip(own, free, strict=False)) | registers.pinned)
    _put_ranges(ranges, [free[len(own) + number] for number in chosen])
    for op, _, _ in registers.waiting:
        if op.access is not None:
            op.access.index = address_index(op)
    registers.places = _places(registers, names)
    return []


def _places(registers: Registers, names: Sequence[Sequence[int]]) -> dict[str, int]:
    """The names that got one register everywhere; `names` are the values of the waiting ops as they were."""
    found: dict[int, set[int]] = {}
    for (op, indices, first), values in zip(registers.waiting, names, strict=True):
        for index in indices:
            found.setdefault(values[index] - first, set()).add(op.values[index] - first)
    symbolic = {registers.symbolic[number - COUNT][0]: places for number, places in found.items() if number >= COUNT}
    return {name: places.pop() for name, places in symbolic.items() if len(places) == 1}


def _put_own(registers: Registers, places: Mapping[int, int]) -> None:
    """Names that have one register in the whole file."""
    for op, indices, first in registers.waiting:
        for index in indices:
            number = op.values[index] - first
            op.values[index] = first + places.get(number, number)


def _put_ranges(ranges: Ranges, places: Sequence[int]) -> None:
    for use in ranges.uses:
        op = use.touch.op
        written = FACTS[op.row.id].write
        for index in use.touch.at:
            number = op.values[index]
            if number >= COUNT:
                op.values[index] = places[use.write if index == written else use.reads[number]]
