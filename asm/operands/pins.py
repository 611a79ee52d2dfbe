"""Pins: what `!A1`, `!cycle=12` and `!r8` after an op fix."""

from __future__ import annotations

from asm.errors import error
from asm.program import AsmOp
from asm.scope.registers import NAMED
from asm.scope.scope import Scope
from asm.tree import Pin


def apply_pins(scope: Scope, op: AsmOp) -> None:
    """Take the pins of an op's statement over. Raises E-PIN."""
    for pin in op.statement.pins:
        if pin.name.lower() == "cycle":
            op.cycle_pin = _cycle(scope, op, pin)
        elif pin.value is not None:
            raise _refused(op, pin, f"`!{pin.name}=` is not a pin", "a pin is a unit, a register or `!cycle=N`")
        elif pin.name.upper() in op.row.units.names:
            _pin_unit(op, pin)
        else:
            _pin_register(scope, op, pin)


def _refused(op: AsmOp, pin: Pin, message: str, help: str = "") -> Exception:
    return error("E-PIN", message, op.statement.line, pin, help)


def _cycle(scope: Scope, op: AsmOp, pin: Pin) -> int:
    value = scope.evaluate(pin.value, op.statement.line) if pin.value is not None else None
    if not isinstance(value, int) or value < 0:
        raise _refused(op, pin, "`!cycle` needs a cycle that is not negative", "write `!cycle=12`")
    return value


def _pin_unit(op: AsmOp, pin: Pin) -> None:
    units = op.row.units.names[: op.row.instances]
    name = pin.name.upper()
    if name not in units:
        raise _refused(op, pin, f"`{op.row.mnemonic}` does not run on {name}", f"it runs on {' or '.join(units)}")
    op.unit_pin = units.index(name)
    if "u" in op.row.format.names:
        op.values[op.row.format.names.index("u")] = op.unit_pin


def _pin_register(scope: Scope, op: AsmOp, pin: Pin) -> None:
    register = NAMED.get(pin.name)
    if register is None:
        units = " ".join(op.row.units.names[: op.row.instances])
        message = f"`!{pin.name}` is no unit or register for `{op.row.mnemonic}`"
        raise _refused(op, pin, message, f"its units are {units}")
    if op.row.write is None:
        raise _refused(op, pin, f"`{op.row.mnemonic}` writes no register, so none can be pinned")
    if not scope.registers.pin(op.value(op.row.write), register):
        raise _refused(op, pin, f"`!{pin.name}` differs from the register that `{op.row.mnemonic}` writes")
    op.register_pin = f"r{register}"
