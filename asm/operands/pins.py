"""Pins: what `!A1`, `!cycle=12` and `!r8` after an op fix."""

from __future__ import annotations

from collections.abc import Sequence

from asm.errors import error
from asm.program import FREE, AsmOp
from asm.scope.registers import NAMED
from asm.scope.scope import Scope
from asm.tree import Pin
from isa.places import V_REGISTERS, is_v
from isa.row import Row
from isa.units import UNIT_NAMES, VXM


def apply_pins(scope: Scope, op: AsmOp) -> None:
    """Take the pins of an op's statement over. Raises E-PIN."""
    for pin in op.statement.pins:
        if pin.name.lower() == "cycle":
            op.cycle_pin = _cycle(scope, op, pin)
        elif pin.value is not None:
            raise _refused(op, pin, f"`!{pin.name}=` is not a pin", "a pin is a unit, a register or `!cycle=N`")
        elif (instance := _instance(op, pin.name)) is not None:
            _pin_unit(op, pin, instance)
        else:
            _pin_register(scope, op, pin)


def _refused(op: AsmOp, pin: Pin, message: str, help: str = "") -> Exception:
    return error("E-PIN", message, op.statement.line, pin, help)


def _cycle(scope: Scope, op: AsmOp, pin: Pin) -> int:
    value = scope.evaluate(pin.value, op.statement.line) if pin.value is not None else None
    if not isinstance(value, int) or value < 0:
        raise _refused(op, pin, "`!cycle` needs a cycle that is not negative", "write `!cycle=12`")
    return value


def _instance(op: AsmOp, name: str) -> int | None:
    """Which unit of its set a pin names, by its own name or, of a set with a place, the whole one: sh1, W.sh1."""
    for instance, names in enumerate(zip(op.row.units.names, _placed_names(op), strict=True)):
        if name.upper() in (each.upper() for each in names):
            return instance
    return None


def _placed_names(op: AsmOp) -> tuple[str, ...]:
    """The units of the set that an op names, with their place."""
    units = op.row.units
    first = units.order({**dict(zip(op.row.format.names, op.values, strict=True)), "u": 0})
    return UNIT_NAMES[first : first + len(units.names)]


def _pin_unit(op: AsmOp, pin: Pin, instance: int) -> None:
    units = op.row.units.names[: op.row.instances]
    if instance >= op.row.instances:
        name = op.row.units.names[instance]
        raise _refused(op, pin, f"`{op.row.mnemonic}` does not run on {name}", f"it runs on {' or '.join(units)}")
    if op.unit_pin not in (FREE, instance):
        own = units[op.unit_pin]
        message = f"`!{pin.name}` is not the unit of `{op.row.mnemonic}`, which is {own} already"
        raise _refused(op, pin, message, f"only {own} writes {own.lower()}; another unit writes a stream")
    _set_unit(op, instance)


def _set_unit(op: AsmOp, instance: int) -> None:
    op.unit_pin = instance
    if "u" in op.row.format.names:
        op.values[op.row.format.names.index("u")] = instance


def take_own_alu(op: AsmOp) -> None:
    """A result that goes to v3 is made by V3."""
    instance = own_alu(op.row, op.values)
    if instance != FREE:
        _set_unit(op, instance)


def own_alu(row: Row, values: Sequence[int]) -> int:
    """The instance that makes the result of an op, if only that can; else FREE."""
    result = values[row.format.names.index("dst")] if row.units.where == VXM else 0
    return result - V_REGISTERS if is_v(result) else FREE


def _pin_register(scope: Scope, op: AsmOp, pin: Pin) -> None:
    register = NAMED.get(pin.name)
    if register is None:
        units = _placed_names(op)[: op.row.instances]
        message = f"`!{pin.name}` is no unit or register for `{op.row.mnemonic}`"
        raise _refused(op, pin, message, f"its unit{'s are' if units[1:] else ' is'} {' '.join(units)}")
    if op.row.write is None:
        raise _refused(op, pin, f"`{op.row.mnemonic}` writes no register, so none can be pinned")
    if not scope.registers.pin(op.value(op.row.write), register):
        raise _refused(op, pin, f"`!{pin.name}` differs from the register that `{op.row.mnemonic}` writes")
    op.register_pin = f"r{register}"
