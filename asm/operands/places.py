"""Places that an operand of the tensor face names: `se4`, `sw0`, `v3`, `r8`, as the numbers the encoding has."""

from __future__ import annotations

from asm.errors import error
from asm.scope.places import PLACE_NAME
from asm.scope.scope import Scope
from asm.tree import Line, Name
from isa.machine import MachineSpec
from isa.places import SCALARS, V_REGISTERS, WEST_FLOW

MAX_DIGITS = 9
FIRST = {"se": 0, "sw": WEST_FLOW, "v": V_REGISTERS}


def find_place(scope: Scope, node: Name, line: Line) -> int | None:
    """The number of a stream, v or scalar register; None when a name is none. Raises E-STREAM, E-REGISTER."""
    found = PLACE_NAME.fullmatch(node.text)
    if found is None:
        register = scope.registers.find(node, line)
        return None if register is None else SCALARS + register
    number = place_number(scope.spec, node.text)
    if number is not None:
        return number
    kind = found[1].lower()
    count = _count(scope.spec, kind)
    what = "stream " if kind != "v" else ""
    message = f"{scope.spec.name} has no {what}{node.text.lower()}; it has {kind}0 to {kind}{count - 1}"
    raise error("E-REGISTER" if kind == "v" else "E-STREAM", message, line, node)


def place_number(spec: MachineSpec, name: str) -> int | None:
    """The number of a stream or v register of a machine; None when a name is none."""
    found = PLACE_NAME.fullmatch(name)
    if found is None:
        return None
    kind, digits = found[1].lower(), found[2]
    is_there = len(digits) < MAX_DIGITS and int(digits) < _count(spec, kind)
    return FIRST[kind] + int(digits) if is_there else None


def _count(spec: MachineSpec, kind: str) -> int:
    return spec.vxm_alus if kind == "v" else spec.streams
