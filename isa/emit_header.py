"""The C header generated from the table: row numbers, formats, fields, latencies, conditions, fault codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from isa import conditions, faults, places
from isa.formats import EXTENSION_OPCODE, FORMATS, OPCODE_BITS, Field, Format
from isa.row import (
    ATTR,
    BANK,
    CONST,
    DIRECTIONS,
    HEMI,
    IMM,
    LABEL,
    MEM,
    READ,
    REG,
    SLICE_ROW,
    STREAM,
    VECTOR,
    WRITE,
    Operand,
    Row,
)
from isa.table import ROWS, SCALAR_ROWS, SEMANTICS, TENSOR_ROWS, TENSOR_SEMANTICS
from isa.tensor import ROUNDINGS, TYPE_CODE
from isa.types import TYPES
from isa.units import CLASSES, SCALAR_UNITS, UNIT_NAMES

STAMP = "/* Generated from isa/ by `python -m isa.emit`. Do not edit. */"
NONE = 255
CONTROL = ("", "jump", "branch", "call", "ret", "loop", "nop", "halt", "trap")
MEMORY = ("", "load", "store", "read", "write")
PLACES = ("", "slice", "vxm", "plane", "hemi", "link")
KINDS = (REG, IMM, CONST, MEM, SLICE_ROW, LABEL, STREAM, VECTOR, BANK, HEMI, ATTR)
ROLES = ("", READ, WRITE)
FIELDS = (
    "u", "rd", "ra", "rb", "rc", "rt", "imm", "disp", "scale", "pos", "len", "slice", "row", "lane", "target", "count",
    "code", "n", "d", "m", "e", "stride", "stride2", "stream", "bank", "map", "dst", "sa", "sb", "sc", "delay", "plane",
    "row0", "acc", "hemi", "from", "with", "amount", "number", "span", "link",
)  # fmt: skip
OPERANDS, MOST_FIELDS, MOST_SELECTORS = 5, 11, 3


def c_name(text: str) -> str:
    return text.upper().replace(".", "_").replace("-", "_")


def header() -> str:
    return "\n".join([STAMP, "#ifndef LPU_ISA_GEN_H", "#define LPU_ISA_GEN_H", "#include <stdint.h>", "", *_body(), "", "#endif", ""])


def _body() -> Iterator[str]:
    yield f"enum {{ LPU_EXTENSION_OPCODE = {EXTENSION_OPCODE}, LPU_OPCODE_BITS = {OPCODE_BITS}, LPU_ROWS = {len(ROWS)},"
    yield f"       LPU_FORMATS = {len(_formats())}, LPU_SCALAR_UNITS = {len(SCALAR_UNITS)}, LPU_UNITS = {len(UNIT_NAMES)}, LPU_CC = {faults.CONDITION_CODE},"
    yield f"       LPU_MAX_LATENCY = {max(row.latency for row in SCALAR_ROWS)}, LPU_MAX_TENSOR_LATENCY = {_longest()}, LPU_NONE = {NONE} }};"
    yield f"enum {{ LPU_CC_EQ = {conditions.EQ}, LPU_CC_LT = {conditions.LT}, LPU_CC_LTU = {conditions.LTU}, LPU_CC_UN = {conditions.UN} }};"
    yield f"enum {{ LPU_WEST_FLOW = {places.WEST_FLOW}, LPU_V_REGISTERS = {places.V_REGISTERS}, LPU_SCALARS = {places.SCALARS} }};"
    yield from _enum("lpu_fault_code", "LPU_", [code or "OK" for code in faults.CODES])
    yield from _enum("lpu_unit_class", "LPU_CLASS_", list(CLASSES))
    yield from _enum("lpu_where", "LPU_WHERE_", [name or "NONE" for name in PLACES])
    yield from _enum("lpu_control", "LPU_CONTROL_", [name or "NONE" for name in CONTROL])
    yield from _enum("lpu_memory", "LPU_MEMORY_", [name or "NONE" for name in MEMORY])
    yield from _enum("lpu_field", "LPU_FIELD_", list(FIELDS))
    yield from _enum("lpu_semantics", "LPU_SEM_", [*SEMANTICS, *TENSOR_SEMANTICS])
    yield from _enum("lpu_type", "LPU_TYPE_", list(TYPES))
    yield from _enum("lpu_rounding", "LPU_ROUND_", list(ROUNDINGS))
    yield from _enum("lpu_operand_kind", "LPU_KIND_", list(KINDS))
    yield from _enum("lpu_role", "LPU_ROLE_", ["NONE", "READ", "WRITE"])
    yield from _enum("lpu_flow", "LPU_FLOW_", ["ANY", *DIRECTIONS])
    yield f"static const uint8_t lpu_type_bits[] = {{{','.join(str(each.bits) for each in TYPES.values())}}};"
    yield from _for_each("SEMANTICS", SCALAR_ROWS)
    yield from _for_each("TENSOR_SEMANTICS", TENSOR_ROWS)
    yield "/* those that compute one result: landing in the next cycle, landing later, and later with a check of the divisor */"
    yield from _for_each("SHORT", [row for row in _computing() if row.latency == 1])
    yield from _for_each("LATE", [row for row in _computing() if row.latency > 1 and not row.faults])
    yield from _for_each("DIVIDE", [row for row in _computing() if row.latency > 1 and row.faults])
    yield "typedef struct { uint8_t field, position, width, total, ext_position, is_signed, bias; } lpu_field_spec;"
    yield "typedef struct { uint8_t position, width; } lpu_selector;"
    yield "typedef struct { uint8_t opcode, used_bits, ext_bits, selector_count, count;"
    yield f"                 lpu_selector selectors[{MOST_SELECTORS}]; lpu_field_spec fields[{MOST_FIELDS}]; }} lpu_format_spec;"
    yield from _table("lpu_format_spec lpu_formats[LPU_FORMATS]", map(_format_line, _formats()))
    yield "/* format by opcode, 255 where there is none */"
    yield _opcode_map()
    yield "/* rows by format and selectors (the first selector in the low bits), in that order */"
    yield "typedef struct { uint16_t format, select, row; } lpu_row_key;"
    yield from _table("lpu_row_key lpu_row_keys[LPU_ROWS]", [",\n".join(_key_lines())])
    yield ""
    yield "/* reads: field numbers of the registers read, in operand order, 255 ends; sources: the same for the values that go in (memory apart),"
    yield "   registers and constants alike, but for lengths; write: 255 for none; checks: whether the op has faults of its own; operands:"
    yield "   of tensor ops, attributes apart, field 255 ends; `field` of a slice is that of its number, of a bank likewise */"
    yield "typedef struct { uint8_t kind, field, role, width, groups, flow; } lpu_operand;"
    yield "typedef struct { uint8_t format, unit_class, where, where_field, step, instances; uint16_t unit_first, semantics;"
    yield "                 uint8_t latency, taken_latency, control, memory, width, reads_cc, writes_cc, checks, write,"
    yield "                 tensor, type, type2, rounding, saturate, claims, interval, reads[4], sources[3];"
    yield f"                 uint16_t condition; lpu_operand operands[{OPERANDS}]; const char *mnemonic; }} lpu_row;"
    yield from _table("lpu_row lpu_rows[LPU_ROWS]", map(_row_line, ROWS))


def _table(declared: str, lines: Iterable[str]) -> Iterator[str]:
    """A long table; those who need none are compiled in half the time without."""
    yield "#ifndef LPU_WITHOUT_TABLES"
    yield f"static const {declared} = {{"
    yield from lines
    yield "};"
    yield "#endif"


def _longest() -> int:
    """The most cycles from issue to landing of any tensor op, the longest delay of a move included."""
    return max(row.latency + (row.format.field("delay").high if "delay" in row.format.names else 0) for row in TENSOR_ROWS)


def _enum(name: str, prefix: str, members: list[str]) -> Iterator[str]:
    yield f"typedef enum {{ {', '.join(prefix + c_name(member) for member in members)} }} {name};"


def _for_each(name: str, rows: Iterable[Row]) -> Iterator[str]:
    """A list macro over the semantics of some rows: X(ENUM_NAME, function_name)."""
    yield f"#define LPU_FOR_EACH_{name}(X) \\"
    yield " ".join(f"X({c_name(each)}, {c_name(each).lower()})" for each in dict.fromkeys(row.semantics for row in rows))
    yield ""


def _computing() -> list[Row]:
    """The rows that only compute a register or the condition code."""
    return [row for row in SCALAR_ROWS if not row.memory and not row.control and (row.write or row.writes_cc)]


def _key_lines() -> Iterator[str]:
    formats = {fmt: number for number, fmt in enumerate(_formats())}
    for number, select, row in sorted((formats[row.format], _select(row), row.id) for row in ROWS):
        yield f"  {{{number},{select},{row}}}"


def _select(row: Row) -> int:
    """The row's selectors as one number, the first in the low bits."""
    number, position = 0, 0
    for value, selector in zip(row.select, row.format.selectors, strict=True):
        number |= value << position
        position += selector.width
    return number


def _padded(names: Iterable[str], length: int) -> str:
    numbers = [FIELDS.index(name) for name in names]
    return ",".join(map(str, numbers + [NONE] * (length - len(numbers))))


def _sources(row: Row) -> list[str]:
    """The fields of the values that go into a computation, in operand order."""
    operands = [operand for operand in row.operands if operand.role != WRITE and operand.kind in (REG, IMM, CONST)]
    if row.memory or row.tensor:
        return []
    return [name for operand in operands for name in operand.fields if name != "len"]


@cache
def _formats() -> list[Format]:
    used = {row.format.name for row in ROWS}
    return [fmt for fmt in FORMATS.values() if fmt.name in used]


def _field_spec(field: Field) -> str:
    number = FIELDS.index(field.name)
    return f"{{{number},{field.position},{field.width},{field.total},{field.ext_position},{int(field.signed)},{field.bias}}}"


def _format_line(fmt: Format) -> str:
    specs = ", ".join(_field_spec(field) for field in fmt.fields)
    selectors = ", ".join(f"{{{each.position},{each.width}}}" for each in fmt.selectors) or "{0,0}"
    head = f"{fmt.opcode},{fmt.used_bits},{fmt.ext_bits},{len(fmt.selectors)},{len(fmt.fields)}"
    return f"  /* {fmt.name} */ {{{head}, {{{selectors}}}, {{{specs}}}}},"


def _opcode_map() -> str:
    numbers = {fmt.opcode: index for index, fmt in enumerate(_formats())}
    values = ",".join(str(numbers.get(opcode, 255)) for opcode in range(1 << OPCODE_BITS))
    return f"static const uint8_t lpu_format_of_opcode[{1 << OPCODE_BITS}] = {{{values}}};"


def _operand(operand: Operand) -> str:
    flow = DIRECTIONS.index(operand.flow) + 1 if operand.flow else 0
    width = operand.width or (TYPES[operand.type].planes if operand.kind == IMM else 0)
    numbers = (KINDS.index(operand.kind), FIELDS.index(operand.fields[0]), ROLES.index(operand.role), width, operand.groups, flow)
    return f"{{{','.join(map(str, numbers))}}}"


def _operands(row: Row) -> str:
    cells = [_operand(operand) for operand in row.positional] if row.tensor else []
    return f"{{{', '.join(cells + [f'{{0,{NONE},0,0,0,0}}'] * (OPERANDS - len(cells)))}}}"


def _row_line(row: Row) -> str:
    units = row.units
    where = FIELDS.index(units.where) if units.step else NONE
    numbers = [
        _formats().index(row.format), list(CLASSES).index(units.name), PLACES.index(units.where), where, units.step,
        row.instances, units.first, [*SEMANTICS, *TENSOR_SEMANTICS].index(row.semantics), row.latency, row.taken_latency,
        CONTROL.index(row.control), MEMORY.index(row.memory), row.width, int(row.reads_cc), int(row.writes_cc),
        int(bool(row.faults)), FIELDS.index(row.write) if row.write else NONE, int(row.tensor), TYPE_CODE.get(row.type, NONE),
        TYPE_CODE.get(row.type2, NONE), list(ROUNDINGS).index(row.rounding or "even"), int(row.saturate), row.claims, row.interval,
    ]  # fmt: skip
    condition = conditions.CONDITIONS[row.condition] if row.condition else 0
    lists = f"{{{_padded(row.reads, 4)}}}, {{{_padded(_sources(row), 3)}}}"
    return f'  /* {row.id} {row.key} */ {{{",".join(map(str, numbers))}, {lists}, {condition}, {_operands(row)}, "{row.mnemonic}"}},'
