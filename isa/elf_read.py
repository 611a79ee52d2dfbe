"""An image from the bytes of an ELF file. Nothing in the file is believed before it is checked.

Every offset and length is compared with the file; sections may not hold more bytes together than the file
has; strings are used whole, from their first byte; so memory stays in proportion to the file's size.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from struct import Struct, unpack
from typing import Any

from isa import elf_format as elf
from isa.diagnostics import Place
from isa.elf_format import ElfError
from isa.file_part import FilePart, part_of
from isa.image import EXTERN, GLOBAL, LOCAL, TEXT, Block, Image, Relocation, Symbol
from isa.image_check import check
from isa.lines import Lines, Source, numbers
from isa.machine import MachineSpec
from isa.notes import read_machine, read_tensors
from isa.records import dataclass

KIND_OF_TYPE = {number: kind for kind, number in elf.SYMBOL_TYPES.items()}


def read(data: bytes | FilePart, name: str = "") -> Image:
    """The image that `isa.elf.write` made `data` from; `name` replaces the recorded one. Raises ElfError.

    Of a file the data of blocks are not read yet.
    """
    reader = _Reader(data)
    image = reader.image()
    check(image)
    if name:
        image.name = name
    return image


@dataclass(frozen=True, slots=True)
class Section:
    """A section header with its name; what it holds is nothing for SHT_NOBITS."""

    name: str
    type: int
    flags: int
    address: int
    size: int
    link: int
    info: int
    held: bytes | FilePart

    @property
    def data(self) -> bytes:
        return bytes(self.held)


class _Reader:
    def __init__(self, data: bytes | FilePart) -> None:
        self.data = data
        self.executable, self.entry_address, headers, names = self._header()
        self.sections = self._sections(headers, names)
        self.strings = _strings(self.named(".strtab").data, ".strtab")
        self.machine = read_machine(self.named(elf.MACHINE_NOTE).data)
        self.text = self.named(elf.TEXT_SECTION)
        self.block_sections = [i for i, s in enumerate(self.sections) if s.name.startswith(elf.BLOCK_PREFIX)]
        self.places = _Places(self)
        self.symbol_names: list[str] = []

    def image(self) -> Image:
        symbols, name = self._symbols()
        base = elf.TEXT_BASE if self.executable else 0
        return Image(
            machine=self.machine,
            text=self._text(),
            blocks=[_block(self.sections[number], self.machine) for number in self.block_sections],
            symbols=symbols,
            relocations=self._relocations(),
            lines=self._lines(),
            tensors=read_tensors(self.named(elf.TENSORS_NOTE).data),
            entry=_units(self.entry_address - base, elf.SYLLABLE_BYTES, "the entry address"),
            executable=self.executable,
            name=name,
        )

    # The container ----------------------------------------------------------------------------
    def _header(self) -> tuple[bool, int, list[tuple[int, ...]], int]:
        """(executable, entry address, section headers, number of the section with their names)."""
        if self.data[: len(elf.MAGIC)] != elf.MAGIC:
            raise ElfError("this is no ELF file: it does not start with 7f 45 4c 46")
        if len(self.data) < elf.HEADER.size:
            raise ElfError(f"the file has {len(self.data)} bytes; an ELF header has {elf.HEADER.size}")
        fields = elf.HEADER.unpack(self.data[: elf.HEADER.size])
        ident, kind, machine, _, entry, _, offset, version, _, _, _, entry_size, count, names = fields
        if ident != elf.IDENT or machine != elf.EM_LPU:
            raise ElfError(f"this ELF file is for another machine (number {machine:#x}, ours is {elf.EM_LPU:#x})")
        if kind not in (elf.ET_REL, elf.ET_EXEC):
            raise ElfError(f"ELF type {kind} is neither object ({elf.ET_REL}) nor executable ({elf.ET_EXEC})")
        if version != elf.FORMAT_VERSION:
            raise ElfError(f"the file has format version {version}; this tool reads {elf.FORMAT_VERSION}")
        if entry_size != elf.SECTION.size:
            raise ElfError(f"section headers of {entry_size} bytes; they have {elf.SECTION.size}")
        headers = self._range(offset, count * elf.SECTION.size, "the section headers")
        return kind == elf.ET_EXEC, entry, list(elf.SECTION.iter_unpack(bytes(headers))), names

    def _range(self, offset: int, size: int, what: str) -> bytes | FilePart:
        if offset + size > len(self.data):
            raise ElfError(f"{what}: bytes {offset} to {offset + size} are outside the file of {len(self.data)}")
        return part_of(self.data, offset, size)

    def _sections(self, headers: list[tuple[int, ...]], names: int) -> list[Section]:
        filled = [h for h in headers if h[1] not in (elf.SHT_NULL, elf.SHT_NOBITS)]
        total = sum(header[5] for header in filled)
        if total > len(self.data):
            raise ElfError(f"the sections hold {total} bytes together, the file {len(self.data)}: they overlap")
        if names >= len(headers):
            raise ElfError(f"section {names} is to hold the names of {len(headers)} sections")
        strings = _strings(bytes(self._range(headers[names][4], headers[names][5], "section names")), ".shstrtab")
        return [self._section(header, strings) for header in headers]

    def _section(self, header: tuple[int, ...], strings: dict[int, str]) -> Section:
        name, kind, flags, address, offset, size, link, info, _, _ = header
        text = _string(strings, name)
        held = b"" if kind in (elf.SHT_NULL, elf.SHT_NOBITS) else self._range(offset, size, f"section {text}")
        return Section(text, kind, flags, address, size, link, info, held)

    def named(self, name: str) -> Section:
        found = [section for section in self.sections if section.name == name]
        if len(found) != 1:
            raise ElfError(f"the file has {len(found)} sections {name}; it must have one")
        return found[0]

    def table(self, name: str) -> Iterator[tuple[Any, ...]]:
        return _records(self.named(name), elf.TABLES[name])

    # Text and places --------------------------------------------------------------------------
    def _text(self) -> list[int]:
        count = _units(len(self.text.data), elf.SYLLABLE_BYTES, "the size of .text")
        return list(unpack(f"<{count}Q", self.text.data))

    def _place(self, number: int) -> Place | None:
        return self.places.place(number) if number else None

    def _lines(self) -> Lines:
        addresses, places = tuple(zip(*self.table(".lpu.lines"), strict=True)) or ((), ())
        if not all(places):
            raise ElfError("a line entry has no place")
        return self.places.lines(addresses, places)

    # Symbols ----------------------------------------------------------------------------------
    def _symbols(self) -> tuple[list[Symbol], str]:
        """(symbols in the image's order, the image's name)."""
        records = list(_records(self.named(".symtab"), elf.SYMBOL))
        if len(records) < 2 or records[1][1] != elf.STT_FILE:
            raise ElfError(".symtab does not start with the name of the file")
        self.symbol_names = [_string(self.strings, record[0]) for record in records]
        banks = _Supply(self.table(".lpu.banks"), ".lpu.banks")
        symbols: dict[int, Symbol] = {}
        for number, group, place, bank_count, flags, constant in self.table(".lpu.symbols"):
            if not 2 <= number < len(records) or number in symbols or flags not in (0, elf.HAS_CONSTANT):
                raise ElfError(f".lpu.symbols says what symbol {number} of {len(records)} is, wrongly or twice")
            symbol = self._symbol(self.symbol_names[number], records[number])
            symbol.group = _string(self.strings, group)
            symbol.place = self._place(place)
            symbol.banks = tuple(bank for (bank,) in banks.take(bank_count))
            symbol.constant = constant if flags & elf.HAS_CONSTANT else None
            symbols[number] = symbol
        banks.finish()
        if len(symbols) != len(records) - 2:
            raise ElfError(f".symtab has {len(records) - 2} symbols, .lpu.symbols {len(symbols)}")
        return list(symbols.values()), self.symbol_names[1]

    def _symbol(self, name: str, record: tuple[int, ...]) -> Symbol:
        _, info, _, section, value, size = record
        kind = KIND_OF_TYPE.get(info & 0xF)
        if kind is None or info >> 4 not in (elf.STB_LOCAL, elf.STB_GLOBAL):
            raise ElfError(f"symbol {name!r} has the unknown binding and type {info:#04x}")
        unit = elf.SYLLABLE_BYTES if kind == TEXT else elf.WORD_BYTES
        address = value + self._base(section, name)
        binding = EXTERN if section == elf.SHN_UNDEF else GLOBAL if info >> 4 else LOCAL
        what = f"symbol {name!r}"
        return Symbol(name, kind, binding, _units(address, unit, what), _units(size, unit, what))

    def _base(self, section: int, name: str) -> int:
        """What to add to a symbol's value to get a byte address of SRAM or an offset in the text."""
        if section in (elf.SHN_UNDEF, elf.SHN_ABS):
            return 0
        if section >= len(self.sections):
            raise ElfError(f"symbol {name!r} is in section {section} of {len(self.sections)}")
        home = self.sections[section]
        if home is self.text:
            return -elf.TEXT_BASE if self.executable else 0
        return 0 if self.executable else home.address

    # Relocations ------------------------------------------------------------------------------
    def _relocations(self) -> list[Relocation]:
        """In the image's order, which `.lpu.relocations` tells."""
        blocks = {number: index for index, number in enumerate(self.block_sections)}
        found = [
            self._relocation(record, section, blocks)
            for section in self.sections
            if section.type == elf.SHT_RELA
            for record in _records(section, elf.RELA)
        ]
        more = list(self.table(".lpu.relocations"))
        if sorted(position for position, _ in more) != list(range(len(found))):
            raise ElfError(f".lpu.relocations does not give {len(found)} relocations an order")
        ordered = found[:]
        for relocation, (position, place) in zip(found, more, strict=True):
            relocation.place = self._place(place)
            ordered[position] = relocation
        return ordered

    def _relocation(self, record: tuple[int, ...], section: Section, blocks: dict[int, int]) -> Relocation:
        offset, info, addend = record
        number = info >> 32
        if number >= len(self.symbol_names):
            raise ElfError(f"{section.name} names symbol {number} of {len(self.symbol_names)}")
        kind, field = elf.relocation_kind(info & 0xFFFF_FFFF)
        target = self.sections[section.info] if section.info < len(self.sections) else None
        if target is None or (target is not self.text and section.info not in blocks):
            raise ElfError(f"{section.name} is about section {section.info}, which is neither text nor a block")
        unit = elf.SYLLABLE_BYTES if target is self.text else elf.WORD_BYTES
        address = _units(offset - (target.address if self.executable else 0), unit, f"an offset in {section.name}")
        return Relocation(kind, self.symbol_names[number], addend, address, field, blocks.get(section.info, -1))


class _Places:
    """Places by number, from 1, as columns; one may only be reached through places with lower numbers."""

    def __init__(self, reader: _Reader) -> None:
        self.strings = reader.strings
        self.sources: list[Source] = []
        self.weights: list[int] = []  # of sources: see elf.trail_weight
        self._numbers: dict[tuple[int, ...], int] = {}  # of sources, by numbers: to look at what is behind takes long
        columns = tuple(zip(*reader.table(".lpu.places"), strict=True)) or ((),) * 5
        files, self.line, self.column, self.end, counts = columns
        self.origins: list[int] = []
        trails = _Supply(reader.table(".lpu.trails"), ".lpu.trails")
        for file, count in zip(files, counts, strict=True):
            behind = trails.take(count) if count else []
            key = file, *chain.from_iterable(behind)
            origin = self._numbers.get(key)
            if origin is None:
                origin = self._numbers[key] = self._new_source(file, behind)
            self.origins.append(origin)
        trails.finish()

    def _new_source(self, file: int, behind: list[tuple[Any, ...]]) -> int:
        """The number of the source that a place is of."""
        here = len(self.origins) + 1
        if any(not 0 < number < here for _, number in behind):
            raise ElfError(f"place {here} was reached through a place that is not before it")
        weight = elf.trail_weight(self.weights[self.origins[number - 1]] for _, number in behind)
        trail = tuple((_string(self.strings, text), self.place(number)) for text, number in behind)
        self.sources.append((_string(self.strings, file), trail))
        self.weights.append(weight)
        return len(self.weights) - 1

    def place(self, number: int) -> Place:
        self._check(number)
        file, trail = self.sources[self.origins[number - 1]]
        return Place(file, self.line[number - 1], self.column[number - 1], self.end[number - 1], trail)

    def _check(self, number: int) -> None:
        if number > len(self.origins):
            raise ElfError(f"place {number} of {len(self.origins)} does not exist")

    def lines(self, addresses: Iterable[int], places: Sequence[int]) -> Lines:
        """Entries at some addresses, with the places of some numbers."""
        self._check(max(places, default=0))

        def of(column: Sequence[int]) -> array[int]:
            return numbers([column[number - 1] for number in places])

        spans = of(self.line), of(self.column), of(self.end)
        return Lines(numbers(addresses), of(self.origins), *spans, self.sources)


class _Supply:
    """Records that others take a counted number of, in order."""

    def __init__(self, records: Iterator[tuple[Any, ...]], name: str) -> None:
        self._records, self._name, self._taken = list(records), name, 0

    def take(self, count: int) -> list[tuple[Any, ...]]:
        start, self._taken = self._taken, self._taken + count
        if self._taken > len(self._records):
            raise ElfError(f"{self._name} has {len(self._records)} records; more are asked for")
        return self._records[start : self._taken]

    def finish(self) -> None:
        if self._taken != len(self._records):
            raise ElfError(f"{self._name} has {len(self._records)} records; {self._taken} are used")


def _records(section: Section, record: Struct) -> Iterator[tuple[Any, ...]]:
    if len(section.data) % record.size:
        raise ElfError(f"section {section.name} has {len(section.data)} bytes, no whole number of {record.size}")
    return record.iter_unpack(section.data)


def _strings(data: bytes, name: str) -> dict[int, str]:
    """The strings of a table by the offset of their first byte."""
    if not data.startswith(b"\0") or not data.endswith(b"\0"):
        raise ElfError(f"{name} does not start and end with a zero byte")
    strings = {}
    offset = 0
    for part in data[:-1].split(b"\0"):
        try:
            strings[offset] = part.decode()
        except UnicodeDecodeError as error:
            raise ElfError(f"the string at offset {offset} of {name} is no UTF-8") from error
        offset += len(part) + 1
    return strings


def _string(strings: dict[int, str], offset: int) -> str:
    text = strings.get(offset)
    if text is None:
        raise ElfError(f"no string starts at offset {offset} of its table")
    return text


def _units(value: int, unit: int, what: str) -> int:
    """`value` bytes in units of `unit` bytes."""
    if value % unit:
        raise ElfError(f"{what}: {value} is no multiple of {unit} bytes")
    return value // unit


def _block(section: Section, machine: MachineSpec) -> Block:
    word_address = _units(section.address, elf.WORD_BYTES, f"the address of {section.name}")
    bank, rest = divmod(word_address, machine.words_per_bank)
    row, word = divmod(rest, machine.words_per_row)
    words = _units(section.size, elf.WORD_BYTES, f"the size of {section.name}")
    unwritten = bool(section.flags & elf.SHF_LPU_UNWRITTEN)
    if unwritten != (section.type == elf.SHT_NOBITS) or (section.type not in (elf.SHT_PROGBITS, elf.SHT_NOBITS)):
        raise ElfError(f"{section.name} has type {section.type} and flags {section.flags:#x}, which disagree")
    fixed = bool(section.flags & elf.SHF_LPU_FIXED)
    return Block(section.name.removeprefix(elf.BLOCK_PREFIX), bank, row, word, words, section.held, fixed)
