"""The vector unit: sources from streams, v and scalar registers or the op itself; the result to streams or v."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from isa.places import LANE_BYTES, V_REGISTERS, is_scalar, is_stream, is_v
from isa.row import IMM, READ, VECTOR, WRITE, Operand
from isa.types import TYPES
from vm.reference import lanes
from vm.reference.bursts import Element
from vm.reference.cycle import Cycle
from vm.reference.trouble import Trouble
from vm.reference.values import Planes, first_origin, planes


def issue(cycle: Cycle, element: Element) -> None:
    """Any op of a vector ALU: what it computes is in `lanes`."""
    sampled = cycle.sample(element)
    check_widths(cycle, element)
    found = list(sources(cycle, element, iter(sampled), iter(element.read)))
    words = lanes.compute(element.op.row, *(source.words() for source in found))
    result = planes(words, first_origin(*(source.lane_origins for source in found)))
    target = next(element.op.fields[o.fields[0]] for o in element.op.row.operands if o.role == WRITE)
    if is_v(target):
        cycle.write_vector(element, target - V_REGISTERS, result)
    else:
        cycle.emit(element, result)


def registers_read(element: Element) -> Iterator[tuple[int, Operand, int]]:
    """(index among the row's operands, operand, v register) of each v register read."""
    for index, operand in enumerate(element.op.row.operands):
        if operand.kind == VECTOR and operand.role == READ and is_v(element.op.fields[operand.fields[0]]):
            yield index, operand, element.op.fields[operand.fields[0]] - V_REGISTERS


def check_widths(cycle: Cycle, element: Element) -> None:
    """No register is read wider than it was last written. Raises Trouble."""
    for index, operand, register in registers_read(element):
        held = cycle.face.vectors.get(register)
        if held is not None and held.width < operand.width:
            where = {"operand": index, "resource": V_REGISTERS + register}
            raise Trouble("E-TYPE", **where, value=held.width, value2=operand.width)


def sources(cycle: Cycle, element: Element, sampled: Iterator[Planes], scalars: Iterator[int]) -> Iterator[Planes]:
    """The sources in operand order, each as wide as its operand. Raises Trouble."""
    for index, operand in enumerate(element.op.row.operands):
        number = element.op.fields[operand.fields[0]]
        if operand.kind == IMM:
            yield broadcast(cycle, operand, number)
        elif operand.kind != VECTOR or operand.role != READ:
            continue
        elif is_stream(number):
            yield next(sampled)
        elif is_scalar(number):
            yield broadcast(cycle, operand, next(scalars))
        else:
            yield vector_register(cycle, operand, index, number - V_REGISTERS)


def vector_register(cycle: Cycle, operand: Operand, index: int, register: int) -> Planes:
    if register not in cycle.face.vectors:
        return cycle.unset(operand.width, operand=index, resource=V_REGISTERS + register, address=-1)
    held = cycle.face.vectors[register]
    return Planes(held.data[: operand.width], None if held.origins is None else held.origins[: operand.width])


def broadcast(cycle: Cycle, operand: Operand, number: int) -> Planes:
    """The low bits of a number, in every lane."""
    width = TYPES[operand.type].planes
    data = np.frombuffer(number.to_bytes(LANE_BYTES, "little"), np.uint8)[:width, np.newaxis]
    return Planes(np.repeat(data, cycle.spec.lanes, axis=1))
