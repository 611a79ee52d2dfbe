"""The lines of an image as DWARF 5, for readelf, objdump and debuggers: one row of the line table an op.

One unit, no children. Addresses are those of `.text` in the file; columns are where an op starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from operator import sub
from struct import pack

from isa.elf_format import SYLLABLE_BYTES, TEXT_BASE
from isa.image import Image
from isa.lines import Lines

VERSION, ADDRESS_BYTES = 5, 8
PRODUCER = "lpu"
DIRECTORY = "."  # files are named as the command line did; where that was is not recorded
LANGUAGE_ASSEMBLER = 0x8001
UT_COMPILE, TAG_COMPILE_UNIT, CHILDREN_NO = 1, 0x11, 0
AT_NAME, AT_STMT_LIST, AT_LOW_PC, AT_HIGH_PC, AT_LANGUAGE, AT_PRODUCER = 3, 0x10, 0x11, 0x12, 0x13, 0x25
FORM_ADDR, FORM_DATA2, FORM_DATA8, FORM_STRP, FORM_UDATA, FORM_SEC_OFFSET, FORM_LINE_STRP = 1, 5, 7, 14, 15, 23, 31
ATTRIBUTES = (
    (AT_PRODUCER, FORM_STRP),
    (AT_LANGUAGE, FORM_DATA2),
    (AT_NAME, FORM_LINE_STRP),
    (AT_STMT_LIST, FORM_SEC_OFFSET),
    (AT_LOW_PC, FORM_ADDR),
    (AT_HIGH_PC, FORM_DATA8),
)
LNS_COPY, LNS_ADVANCE_PC, LNS_ADVANCE_LINE, LNS_SET_FILE, LNS_SET_COLUMN = 1, 2, 3, 4, 5
LNE_END_SEQUENCE, LNE_SET_ADDRESS = 1, 2
STANDARD_OPERANDS = bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1])  # of the standard opcodes 1 to 12
LINE_BASE, LINE_RANGE = 256 - 5, 14  # special opcodes are not used; these are the customary numbers
LNCT_PATH, LNCT_DIRECTORY = 1, 2
MOST_ROWS = 1 << 12  # remembered: see _row


def debug_sections(image: Image) -> dict[str, bytes]:
    """The `.debug_*` sections by name."""
    lines = image.lines
    used = lines.files() if lines.teller is None else [file for file, _ in lines.sources]
    files = list(dict.fromkeys([image.name, *used]))
    strings, offsets = _strings([DIRECTORY, *files])
    high = len(image.text) * SYLLABLE_BYTES
    values = pack("<IHIIQQ", 0, LANGUAGE_ASSEMBLER, offsets[image.name], 0, TEXT_BASE, high)
    return {
        ".debug_info": _sized(pack("<HBBI", VERSION, UT_COMPILE, ADDRESS_BYTES, 0) + uleb(1) + values),
        ".debug_abbrev": _abbreviations(),
        ".debug_line": _line_table(image, files, offsets),
        ".debug_str": PRODUCER.encode() + b"\0",
        ".debug_line_str": strings,
    }


def uleb(value: int) -> bytes:
    """An unsigned LEB128 number."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def sleb(value: int) -> bytes:
    """A signed LEB128 number."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value & 0x7F])


def _sized(body: bytes) -> bytes:
    return pack("<I", len(body)) + body


def _strings(texts: list[str]) -> tuple[bytes, dict[str, int]]:
    """Names of files one after the other, and where each begins; what is not UTF-8 is replaced."""
    offsets, data = {}, bytearray()
    for text in dict.fromkeys(texts):
        offsets[text] = len(data)
        data += text.encode(errors="replace") + b"\0"
    return bytes(data), offsets


def _abbreviations() -> bytes:
    pairs = b"".join(uleb(attribute) + uleb(form) for attribute, form in (*ATTRIBUTES, (0, 0)))
    return uleb(1) + uleb(TAG_COMPILE_UNIT) + bytes([CHILDREN_NO]) + pairs + uleb(0)


def _line_table(image: Image, files: list[str], offsets: dict[str, int]) -> bytes:
    after_length = (
        bytes([SYLLABLE_BYTES, 1, 1, LINE_BASE, LINE_RANGE, len(STANDARD_OPERANDS) + 1])
        + STANDARD_OPERANDS
        + bytes([1, LNCT_PATH, FORM_LINE_STRP])
        + uleb(1)
        + pack("<I", offsets[DIRECTORY])
        + bytes([2, LNCT_PATH, FORM_LINE_STRP, LNCT_DIRECTORY, FORM_UDATA])
        + uleb(len(files))
        + b"".join(pack("<I", offsets[file]) + uleb(0) for file in files)
    )
    header = pack("<HBB", VERSION, ADDRESS_BYTES, 0) + _sized(after_length)
    return _sized(header + _line_program(image, {file: number for number, file in enumerate(files)}))


def _line_program(image: Image, numbers: dict[str, int]) -> bytes:
    """One sequence from the first op to the end of the text, in address order."""
    lines = image.lines.ascending()
    file_of = [numbers.get(name, 0) for name, _ in lines.sources]  # those that have entries are known
    rows = lines.teller.program(file_of) if lines.teller is not None else _rows(lines, file_of)
    rest = len(image.text) - (lines.addresses[-1] if lines else 0)
    start = _extended(LNE_SET_ADDRESS, pack("<Q", TEXT_BASE))
    end = bytes([LNS_ADVANCE_PC]) + uleb(rest) + _extended(LNE_END_SEQUENCE, b"")
    return b"".join([start, rows, end])


def _rows(lines: Lines, file_of: Sequence[int]) -> bytes:
    """A row for each entry, given the number of the file of each source."""
    files = [file_of[origin] for origin in lines.origins]
    rows = map(
        _row, _steps(lines.addresses, 0), _steps(lines.lines, 1),
        chain([0], lines.columns), lines.columns, chain([1], files), files,
    )  # fmt: skip
    return b"".join(rows)


def _steps(values: Sequence[int], before: int) -> Iterator[int]:
    """How much further each is than the one before it."""
    return map(sub, values, chain([before], values))


@lru_cache(MOST_ROWS)
def _row(syllables: int, lines: int, column_before: int, column: int, file_before: int, file: int) -> bytes:
    """One row of the table, so much further on than the row before it, in a column and file of its own or the same.

    Most rows are as far from the one before as others are.
    """
    where = bytes([LNS_SET_FILE]) + uleb(file) if file != file_before else b""
    start = bytes([LNS_SET_COLUMN]) + uleb(column) if column != column_before else b""
    advance = bytes([LNS_ADVANCE_PC]) + uleb(syllables) + bytes([LNS_ADVANCE_LINE]) + sleb(lines)
    return where + start + advance + bytes([LNS_COPY])


def _extended(opcode: int, operand: bytes) -> bytes:
    return b"\0" + uleb(len(operand) + 1) + bytes([opcode]) + operand
