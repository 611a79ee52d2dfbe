"""The C header generated from the table: row numbers, formats, fields, latencies, conditions, fault codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isa import conditions, faults
from isa.formats import EXTENSION_OPCODE, FORMATS, OPCODE_BITS, Field, Format
from isa.row import CONST, IMM, REG, WRITE, Row
from isa.table import ROWS, SEMANTICS
from isa.units import CLASSES, SCALAR_UNITS

STAMP = "/* Generated from isa/ by `python -m isa.emit`. Do not edit. */"
NONE = 255
CONTROL = ("", "jump", "branch", "call", "ret", "loop", "nop", "halt", "trap")
MEMORY = ("", "load", "store")
# Scalar fields a decoded op carries; tensor formats add theirs when their rows come.
FIELDS = ("u", "rd", "ra", "rb", "rc", "rt", "imm", "disp", "scale", "pos", "len", "slice", "row", "lane", "target", "count", "code")


def c_name(text: str) -> str:
    return text.upper().replace(".", "_").replace("-", "_")


def header() -> str:
    return "\n".join([STAMP, "#ifndef LPU_ISA_GEN_H", "#define LPU_ISA_GEN_H", "#include <stdint.h>", "", *_body(), "", "#endif", ""])


def _body() -> Iterator[str]:
    yield f"enum {{ LPU_EXTENSION_OPCODE = {EXTENSION_OPCODE}, LPU_OPCODE_BITS = {OPCODE_BITS}, LPU_ROWS = {len(ROWS)},"
    yield f"       LPU_FORMATS = {len(_formats())}, LPU_SCALAR_UNITS = {len(SCALAR_UNITS)}, LPU_CC = {faults.CONDITION_CODE},"
    yield f"       LPU_MAX_LATENCY = {max(row.latency for row in ROWS)}, LPU_FUNCTIONS = {_functions()}, LPU_NONE = {NONE} }};"
    yield f"enum {{ LPU_CC_EQ = {conditions.EQ}, LPU_CC_LT = {conditions.LT}, LPU_CC_LTU = {conditions.LTU}, LPU_CC_UN = {conditions.UN} }};"
    yield from _enum("lpu_fault_code", "LPU_", [code or "OK" for code in faults.CODES])
    yield from _enum("lpu_unit_class", "LPU_CLASS_", list(CLASSES))
    yield from _enum("lpu_control", "LPU_CONTROL_", [name or "NONE" for name in CONTROL])
    yield from _enum("lpu_memory", "LPU_MEMORY_", [name or "NONE" for name in MEMORY])
    yield from _enum("lpu_field", "LPU_FIELD_", list(FIELDS))
    yield from _enum("lpu_semantics", "LPU_SEM_", list(SEMANTICS))
    yield from _for_each("SEMANTICS", ROWS)
    yield "/* those that compute one result: landing in the next cycle, landing later, and later with a check of the divisor */"
    yield from _for_each("SHORT", [row for row in _computing() if row.latency == 1])
    yield from _for_each("LATE", [row for row in _computing() if row.latency > 1 and not row.faults])
    yield from _for_each("DIVIDE", [row for row in _computing() if row.latency > 1 and row.faults])
    yield "typedef struct { uint8_t field, position, width, total, ext_position, is_signed, bias; } lpu_field_spec;"
    yield "typedef struct { uint8_t opcode, used_bits, ext_bits, fn_position, fn_width, count; lpu_field_spec fields[8]; } lpu_format_spec;"
    yield "static const lpu_format_spec lpu_formats[LPU_FORMATS] = {"
    yield from (_format_line(fmt) for fmt in _formats())
    yield "};"
    yield "/* format by opcode, 255 where there is none */"
    yield _opcode_map()
    yield "/* row by format and function, 255 where there is none */"
    yield "static const uint8_t lpu_row_of_function[LPU_FORMATS][LPU_FUNCTIONS] = {"
    yield from (_function_line(fmt) for fmt in _formats())
    yield "};"
    yield ""
    yield "/* reads: field numbers of the registers read, in operand order, 255 ends; sources: the same for the values that go in (memory apart),"
    yield "   registers and constants alike, but for lengths; write: 255 for none; checks: whether the op has faults of its own */"
    yield "typedef struct { uint8_t format, fn, unit_class, unit_first, instances, semantics, latency, taken_latency, control, memory,"
    yield "                 width, reads_cc, writes_cc, checks, write, reads[4], sources[3]; uint16_t condition; const char *mnemonic; } lpu_row;"
    yield "static const lpu_row lpu_rows[LPU_ROWS] = {"
    yield from (_row_line(row) for row in ROWS)
    yield "};"


def _enum(name: str, prefix: str, members: list[str]) -> Iterator[str]:
    yield f"typedef enum {{ {', '.join(prefix + c_name(member) for member in members)} }} {name};"


def _for_each(name: str, rows: Iterable[Row]) -> Iterator[str]:
    """A list macro over the semantics of some rows: X(ENUM_NAME, function_name)."""
    yield f"#define LPU_FOR_EACH_{name}(X) \\"
    yield " ".join(f"X({c_name(each)}, {c_name(each).lower()})" for each in dict.fromkeys(row.semantics for row in rows))
    yield ""


def _computing() -> list[Row]:
    """The rows that only compute a register or the condition code."""
    return [row for row in ROWS if not row.memory and not row.control and (row.write or row.writes_cc)]


def _functions() -> int:
    return max(row.fn or 0 for row in ROWS) + 1


def _function_line(fmt: Format) -> str:
    numbers = {row.fn or 0: row.id for row in ROWS if row.format is fmt}
    return f"  {{{','.join(str(numbers.get(fn, NONE)) for fn in range(_functions()))}}},"


def _padded(names: Iterable[str], length: int) -> str:
    numbers = [FIELDS.index(name) for name in names]
    return ",".join(map(str, numbers + [NONE] * (length - len(numbers))))


def _sources(row: Row) -> list[str]:
    """The fields of the values that go into a computation, in operand order."""
    operands = [operand for operand in row.operands if operand.role != WRITE and operand.kind in (REG, IMM, CONST)]
    return [name for operand in operands for name in operand.fields if name != "len" and not row.memory]


def _formats() -> list[Format]:
    used = {row.format.name for row in ROWS}
    return [fmt for fmt in FORMATS.values() if fmt.name in used]


def _field_spec(field: Field) -> str:
    number = FIELDS.index(field.name)
    return f"{{{number},{field.position},{field.width},{field.total},{field.ext_position},{int(field.signed)},{field.bias}}}"


def _format_line(fmt: Format) -> str:
    fn = fmt.fn or Field("fn", 0, 0, 0)
    specs = ", ".join(_field_spec(field) for field in fmt.fields)
    head = f"{fmt.opcode},{fmt.used_bits},{fmt.ext_bits},{fn.position},{fn.width},{len(fmt.fields)}"
    return f"  /* {fmt.name} */ {{{head}, {{{specs}}}}},"


def _opcode_map() -> str:
    numbers = {fmt.opcode: index for index, fmt in enumerate(_formats())}
    values = ",".join(str(numbers.get(opcode, 255)) for opcode in range(1 << OPCODE_BITS))
    return f"static const uint8_t lpu_format_of_opcode[{1 << OPCODE_BITS}] = {{{values}}};"


def _row_line(row: Row) -> str:
    write = FIELDS.index(row.write) if row.write else NONE
    numbers = [
        _formats().index(row.format), row.fn or 0, list(CLASSES).index(row.units.name), row.units.first, row.instances,
        SEMANTICS.index(row.semantics), row.latency, row.taken_latency, CONTROL.index(row.control), MEMORY.index(row.memory),
        row.width, int(row.reads_cc), int(row.writes_cc), int(bool(row.faults)), write,
    ]  # fmt: skip
    condition = conditions.CONDITIONS[row.condition] if row.condition else 0
    lists = f"{{{_padded(row.reads, 4)}}}, {{{_padded(_sources(row), 3)}}}"
    return f'  /* {row.id} {row.key} */ {{{",".join(map(str, numbers))}, {lists}, {condition}, "{row.mnemonic}"}},'
