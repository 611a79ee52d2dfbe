"""What an op must keep beyond the bounds of its fields: aligned groups, own registers, sensible bursts.

Ops that break these rules are illegal encodings on every machine; `absent` says what one machine lacks.
"""

from __future__ import annotations

from collections.abc import Mapping

from isa.machine import MachineSpec
from isa.places import V_REGISTERS, flows_west, is_scalar, is_stream, is_v, place_name
from isa.row import IMM, STREAM, VECTOR, WRITE, Operand, Row
from isa.types import TYPES
from isa.units import PLANE, UNIT_NAMES, VXM

WEST_PLANES = 2  # planes 0 and 1 are west: streams reach them flowing west


def why_illegal(row: Row, values: Mapping[str, int]) -> str:
    """The rule that an op of the tensor face breaks, as what follows its mnemonic; "" for none."""
    return first_offence(row, values)[1]


def first_offence(row: Row, values: Mapping[str, int]) -> tuple[str, str]:
    """The same with the field that breaks it before it."""
    for operand in row.operands:
        reason = ""
        if operand.kind == STREAM:
            reason = _group(operand, values[operand.fields[0]]) or _flow(operand, values)
        elif operand.kind == VECTOR:
            reason = _vector(operand, values)
        elif operand.kind == IMM:
            reason = _immediate(operand, values["imm"])
        if reason:
            return operand.fields[0], reason
    if row.units.where == PLANE and row.claims > 1 and values["plane"] % 2:
        return "plane", f"plane {values['plane']} is the second of its pair; a 16-bit type names the first"
    return _burst(row, values) if "d" in values else ("", "")


def _group(operand: Operand, number: int) -> str:
    size = operand.width * operand.groups
    if number % size:
        return f"{place_name(number)} starts no group of {size} streams; those start at a multiple of {size}"
    return ""


def _flow(operand: Operand, values: Mapping[str, int]) -> str:
    if not operand.flow:
        return ""
    stream, plane = values[operand.fields[0]], values["plane"]
    west = (plane < WEST_PLANES) == (operand.flow == "in")
    if flows_west(stream) == west:
        return ""
    verb = "samples" if operand.flow == "in" else "answers on"
    return f"plane {plane} {verb} streams that flow {'west' if west else 'east'}, not {place_name(stream)}"


def _vector(operand: Operand, values: Mapping[str, int]) -> str:
    number = values[operand.fields[0]]
    if is_stream(number):
        return _group(operand, number)
    if operand.role == WRITE:
        own = V_REGISTERS + values["u"]
        return "" if number == own else f"V{values['u']} writes streams or v{values['u']}, not {place_name(number)}"
    return "" if is_v(number) or is_scalar(number) else f"{number} names no operand"


def _immediate(operand: Operand, value: int) -> str:
    bits = TYPES[operand.type].bits
    return f"{value:#x} does not fit {bits} bits" if value >> bits else ""


def _burst(row: Row, values: Mapping[str, int]) -> tuple[str, str]:
    d = values["d"]
    if d < row.interval:
        return "d", f"d is {d}; its elements are at least {row.interval} cycles apart"
    if "m" not in values:
        return "", ""
    m, e, last = values["m"], values["e"], (values["n"] - 1) * d
    if m == 1 and (e or values.get("stride2")):
        return "m", "one round (m=1) has no e and no stride2"
    if m > 1 and e < last + row.interval:
        least = last + row.interval
        return "e", f"e is {e}; the next round begins at least {least} cycles after a round's first element"
    return "", ""


def absent(spec: MachineSpec, row: Row, values: Mapping[str, int]) -> str:
    """The unit or stream that an op needs and a machine has not; "" for none. Slices are checked as they issue."""
    where = row.units.where
    if where == VXM and values["u"] >= spec.vxm_alus:
        return UNIT_NAMES[row.units.order(values)]
    if where == PLANE:
        for plane in range(values["plane"], values["plane"] + row.claims):
            if not spec.has_plane(plane):
                return f"plane {plane}"
    for operand in row.operands:
        if operand.kind in (STREAM, VECTOR):
            reason = _absent_place(spec, operand, values[operand.fields[0]])
            if reason:
                return reason
    return ""


def _absent_place(spec: MachineSpec, operand: Operand, number: int) -> str:
    if is_stream(number):
        streams = range(number, number + operand.width * operand.groups)
        return next((place_name(each) for each in streams if each % 32 >= spec.streams), "")
    return place_name(number) if is_v(number) and number - V_REGISTERS >= spec.vxm_alus else ""


