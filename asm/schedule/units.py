"""Units of the ops of an explicit bundle: those written are kept, the others get the lowest free one."""

from __future__ import annotations

from asm.facts import FACTS
from asm.program import FREE, AsmOp
from isa.diagnostics import Diagnostic, Note


def assign_units(ops: list[AsmOp]) -> list[Diagnostic]:
    """Give every op of a bundle a unit of its own; E-UNIT-BUSY for each that finds none."""
    holders: dict[str, AsmOp] = {}
    diagnostics = []
    for op in sorted(ops, key=_choices):
        name = _pick(op, holders)
        if name is None:
            diagnostics.append(_busy(op, holders))
            continue
        holders[name] = op
        position = FACTS[op.row.id].unit
        if position >= 0:
            op.values[position] = op.row.units.names.index(name)
    return diagnostics


def _candidates(op: AsmOp) -> tuple[str, ...]:
    names = op.row.units.names
    return names[: op.row.instances] if op.unit_pin == FREE else (names[op.unit_pin],)


def _choices(op: AsmOp) -> int:
    """Ops with fewer units to choose from choose first."""
    return len(_candidates(op))


def _pick(op: AsmOp, holders: dict[str, AsmOp]) -> str | None:
    return next((name for name in _candidates(op) if name not in holders), None)


def _busy(op: AsmOp, holders: dict[str, AsmOp]) -> Diagnostic:
    names = _candidates(op)
    are = "is" if len(names) == 1 else "are"
    return Diagnostic(
        "E-UNIT-BUSY",
        f"`{op.row.mnemonic}` needs {' or '.join(names)}, which {are} taken in this bundle",
        op.place,
        tuple(Note(f"{name} runs `{holders[name].row.mnemonic}`", holders[name].place) for name in names),
        "move this op to a bundle of its own",
    )
