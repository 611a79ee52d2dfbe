"""Units of the scalar ops of an explicit bundle: those written are kept, the others get the lowest free one."""

from __future__ import annotations

from collections.abc import Sequence

from asm.facts import FACTS, unit_name
from asm.program import FREE, AsmOp
from isa.diagnostics import Diagnostic, Note


def assign_units(ops: Sequence[AsmOp]) -> list[Diagnostic]:
    """Give every scalar op of a bundle a unit of its own; E-UNIT-BUSY for each that finds none."""
    taken: dict[int, int] = {}  # class -> a bit per unit
    placed: list[AsmOp] = []
    diagnostics = []
    for op in sorted((op for op in ops if not op.row.tensor), key=_choices):
        facts = FACTS[op.row.id]
        free = _candidates(op) & ~taken.get(facts.unit_class, 0)
        if not free:
            diagnostics.append(_busy(op, placed))
            continue
        lowest = free & -free
        taken[facts.unit_class] = taken.get(facts.unit_class, 0) | lowest
        if facts.unit >= 0:
            op.values[facts.unit] = lowest.bit_length() - 1
        placed.append(op)
    return diagnostics


def _candidates(op: AsmOp) -> int:
    """The units that an op may have, a bit each."""
    return (1 << FACTS[op.row.id].instances) - 1 if op.unit_pin == FREE else 1 << op.unit_pin


def _choices(op: AsmOp) -> int:
    """Ops with fewer units to choose from choose first."""
    return _candidates(op).bit_count()


def _busy(op: AsmOp, placed: Sequence[AsmOp]) -> Diagnostic:
    names = [name for number, name in enumerate(op.row.units.names) if _candidates(op) >> number & 1]
    holders = {unit_name(other): other for other in placed}
    are = "is" if len(names) == 1 else "are"
    return Diagnostic(
        "E-UNIT-BUSY",
        f"`{op.row.mnemonic}` needs {' or '.join(names)}, which {are} taken in this bundle",
        op.place,
        tuple(Note(f"{name} runs `{holders[name].row.mnemonic}`", holders[name].place) for name in names),
        "move this op to a bundle of its own",
    )
