"""The shapes that the ELF writer and reader share: numbers, records and the error.

ELF64, little-endian, ET_REL for objects and ET_EXEC for executables. The machine number 0x504C (the bytes
"LP" in the file) is assigned to nobody in the ELF registry nor used by binutils. One namespace of byte
addresses holds SRAM from 0 up and the instruction store from TEXT_BASE up, which no SRAM reaches.

* `.text` holds the syllables; `.sram.GROUP` a block each. SHF_LPU_FIXED marks blocks placed by the user. A
  block without data is SHT_NOBITS *and* SHF_LPU_UNWRITTEN: elsewhere NOBITS means zeros, here the words stay
  never-written and reading them faults.
* `.symtab` has STT_FUNC for program labels, STT_OBJECT for data and STT_LOPROC for parameters; the first
  symbol, STT_FILE, is the image's name. In objects values are offsets in their section, as usual.
* `.rela.*`: the relocation type is the kind in the low byte and the number of the field above it.
* `.lpu.*` hold what ELF has no room for: places with macro trails, and what symbols and relocations have
  more of. `.debug_*` repeat the lines as DWARF 5 for other people's tools; the reader does not need them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from struct import Struct

from isa.formats import FORMATS
from isa.image import DATA, PARAM, TEXT, TO_ROW, TO_TARGET, TO_WORD


class ElfError(ValueError):
    """A file that is no valid object or executable, or an image that cannot be written; says what and where."""


MAGIC = b"\x7fELF"
IDENT = MAGIC + bytes([2, 1, 1]) + bytes(9)  # 64 bits, little-endian, ELF version 1, no particular system
ET_REL, ET_EXEC = 1, 2
EM_LPU = 0x504C
FORMAT_VERSION = 1  # in e_flags

TEXT_BASE = 1 << 40
SYLLABLE_BYTES = 8
WORD_BYTES = 4

SHT_NULL, SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_NOTE, SHT_NOBITS = 0, 1, 2, 3, 4, 7, 8
SHT_LPU = 0x7000_0001  # the `.lpu.*` sections
SHF_WRITE, SHF_ALLOC, SHF_EXEC, SHF_INFO_LINK = 1, 2, 4, 0x40
SHF_LPU_FIXED, SHF_LPU_UNWRITTEN = 1 << 28, 1 << 29
SHN_UNDEF, SHN_LORESERVE, SHN_ABS = 0, 0xFF00, 0xFFF1
PT_LOAD, PF_EXEC, PF_WRITE, PF_READ = 1, 1, 2, 4
STB_LOCAL, STB_GLOBAL = 0, 1
STT_OBJECT, STT_FUNC, STT_FILE, STT_LOPROC = 1, 2, 4, 13
SYMBOL_TYPES = {TEXT: STT_FUNC, DATA: STT_OBJECT, PARAM: STT_LOPROC}

HEADER = Struct("<16sHHIQQQIHHHHHH")
SECTION = Struct("<IIQQQQIIQQ")
SEGMENT = Struct("<IIQQQQQQ")
SYMBOL = Struct("<IBBHQQ")  # name, binding and type, visibility, section, value, size
RELA = Struct("<QQq")  # offset, symbol and type, addend

PLACE = Struct("<IIIII")  # file, line, column, end column, trail entries taken from .lpu.trails
TRAIL = Struct("<II")  # text, place
LINE = Struct("<II")  # address, place
SYMBOL_MORE = Struct("<IIIHHq")  # index in .symtab, group, place, banks taken from .lpu.banks, flags, constant
RELOCATION_MORE = Struct("<II")  # position in the image's list, place
BANK = Struct("<I")
HAS_CONSTANT = 1
NO_PLACE = 0  # place numbers count from 1

TEXT_SECTION, BLOCK_PREFIX = ".text", ".sram."
TABLES = {  # the `.lpu.*` sections and their records
    ".lpu.places": PLACE,
    ".lpu.trails": TRAIL,
    ".lpu.lines": LINE,
    ".lpu.symbols": SYMBOL_MORE,
    ".lpu.banks": BANK,
    ".lpu.relocations": RELOCATION_MORE,
}
MACHINE_NOTE, TENSORS_NOTE = ".note.lpu.machine", ".note.lpu.tensors"

KINDS = (TO_TARGET, TO_WORD, TO_ROW)
FIELDS: tuple[str, ...] = ("", *dict.fromkeys(name for fmt in FORMATS.values() for name in fmt.names))
KIND_BITS = 8

MAX_TRAIL = 1 << 16  # places behind one place, those behind them included


@cache
def relocation_type(kind: str, field: str) -> int:
    """The number of a relocation of `field` ("" in memory). Raises ElfError on names that do not exist."""
    if kind not in KINDS or field not in FIELDS:
        raise ElfError(f"a relocation of kind {kind!r} and field {field!r} does not exist")
    return KINDS.index(kind) + 1 | FIELDS.index(field) << KIND_BITS


def relocation_kind(number: int) -> tuple[str, str]:
    """(kind, field) of a relocation type. Raises ElfError on a number that stands for none."""
    kind, field = (number & (1 << KIND_BITS) - 1) - 1, number >> KIND_BITS
    if not 0 <= kind < len(KINDS) or field >= len(FIELDS):
        raise ElfError(f"relocation type {number:#x} does not exist")
    return KINDS[kind], FIELDS[field]


def trail_weight(behind: Iterable[int]) -> int:
    """How many places a place stands for, itself included, from the weights of those behind it."""
    weight = 1 + sum(behind)
    if weight > MAX_TRAIL:
        raise ElfError(f"a place was reached through more than {MAX_TRAIL} others")
    return weight
