"""What the bytes of streams, registers and rows say as numbers: their type, as far as it is known, and lanes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import pack, unpack

from debugger.views.memory import area_of, row_address
from isa.codec import Op
from isa.image import Image
from isa.row import READ, STREAM, VECTOR, WRITE, Operand
from isa.types import TYPES, ElementType
from isa.units import PLANE
from vm.engine import State
from vm.items import Plane
from vm.tensor_state import NAMES


# Types ------------------------------------------------------------------------------------------
def made_type(image: Image, state: State, op: Op) -> str:
    """The type of the elements that an op puts on streams, where that is known."""
    for operand in op.row.operands:
        if operand.role == WRITE and operand.kind in (STREAM, VECTOR):
            return _operand_type(op, operand) or _result_type(image, state, op)
    return ""


def _result_type(image: Image, state: State, op: Op) -> str:
    if op.row.units.where == PLANE:
        return plane_type(state, op["plane"])
    return _tensor_type(image, op, op.row.width) if op.row.memory else ""


def plane_type(state: State, plane: int) -> str:
    """Results of a plane: i32 of weights that are integers, else f32."""
    for item in state.tensor:
        if isinstance(item, Plane) and item.installed and item.plane == plane:
            return "f32" if TYPES[NAMES[item.type]].kind == "f" else "i32"
    return ""


def _tensor_type(image: Image, op: Op, width: int) -> str:
    """The type of the tensor that the base row of an access belongs to."""
    fields = op.fields
    address = row_address(image.machine, fields["slice"], fields.get("row", 0)) if "row" in fields else None
    area = area_of(image, address) if address is not None else None
    return area.tensor.dtype if area and TYPES[area.tensor.dtype].planes == width else ""


def taken_types(image: Image, ops: Iterable[Op]) -> dict[tuple[int, int], str]:
    """The types that ops read streams and v registers with, by the number of the place and the width."""
    found: dict[tuple[int, int], str] = {}
    for op in ops:
        for operand in op.row.operands:
            if operand.role == READ and operand.kind in (STREAM, VECTOR):
                known = _taken_type(image, op, operand)
                for group in range(operand.groups):
                    found.setdefault((op[operand.fields[0]] + group * operand.width, operand.width), known)
    return found


def _taken_type(image: Image, op: Op, operand: Operand) -> str:
    return _operand_type(op, operand) or (_tensor_type(image, op, operand.width) if op.row.memory else "")


def _operand_type(op: Op, operand: Operand) -> str:
    if operand.type:
        return operand.type
    of_row = op.row.type2 or op.row.type
    return of_row if of_row and TYPES[of_row].planes == operand.width else ""


# Numbers ----------------------------------------------------------------------------------------
def numbers(planes: Sequence[bytes], type_name: str, count: int) -> list[int | float]:
    """The elements of the first lanes of a group: byte k of each is in the k-th of the planes."""
    t = TYPES[type_name]
    found = []
    for lane in range(min(count, len(planes[0]))):
        bits = sum(plane[lane] << 8 * k for k, plane in enumerate(planes))
        found.append(number(bits, t))
    return found


def number(bits: int, t: ElementType) -> int | float:
    """The element that some bits are."""
    if t.kind == "f":
        return _float(bits, t)
    bits &= (1 << t.bits) - 1
    return bits - (1 << t.bits) if t.kind == "i" and bits >> (t.bits - 1) else bits


def _float(bits: int, t: ElementType) -> float:
    if t.name == "f16":
        return float(unpack("<e", pack("<H", bits))[0])
    wide = bits << (32 - t.bits)  # bf16 is the high half of an f32
    return float(unpack("<f", pack("<I", wide))[0])


def number_text(value: float) -> str:
    """A number in few columns."""
    return str(value) if isinstance(value, int) else f"{value:.4g}"


def lane_texts(planes: Sequence[bytes], type_name: str, count: int) -> tuple[str, ...]:
    """The elements of the first lanes; their bytes as a hexadecimal number where no type is known."""
    if type_name:
        return tuple(number_text(value) for value in numbers(planes, type_name, count))
    lanes = range(min(count, len(planes[0])))
    return tuple("".join(f"{plane[lane]:02x}" for plane in reversed(planes)) for lane in lanes)


def untyped(width: int) -> str:
    """What stands for the type of elements of some bytes of which no more is known."""
    return f"x{8 * width}"
