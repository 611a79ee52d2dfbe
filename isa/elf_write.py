"""An image as the bytes of an ELF file; the same image always gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from struct import error as StructError
from struct import pack

from isa import collector
from isa import elf_format as elf
from isa.diagnostics import Place
from isa.dwarf import debug_sections
from isa.elf_file import Section, Strings, layout
from isa.elf_format import ElfError
from isa.image import EXTERN, LOCAL, TEXT, Block, Image, Relocation, Symbol
from isa.image_check import check
from isa.lines import PlaceItems
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.notes import machine_note, tensors_note

TEXT_NUMBER = 1  # the section after the null section; blocks follow it


def write(image: Image) -> bytes:
    """The bytes of an ELF file that `isa.elf.read` turns into an equal image. Raises ElfError."""
    check(image)
    kind = elf.ET_EXEC if image.executable else elf.ET_REL
    base = elf.TEXT_BASE if image.executable else 0
    with collector.paused():
        return layout(_Writer(image).sections(), kind, base + image.entry * elf.SYLLABLE_BYTES)


class Places:
    """Places as records numbered from 1; number 0 is no place."""

    def __init__(self, strings: Strings) -> None:
        self.records: list[bytes] = []
        self.trails: list[bytes] = []
        self._strings = strings
        self._numbers: dict[PlaceItems, int] = {}
        self._weights = [0]

    def number(self, place: Place | None) -> int:
        if place is None:
            return elf.NO_PLACE
        known = self._numbers.get(place)
        return self._add(place) if known is None else known

    def numbers(self, places: Iterable[PlaceItems | None]) -> list[int]:
        """The same of many; those without a trail, which most are, are added together."""
        places = list(places)
        new = [place for place in dict.fromkeys(places) if place is not None and place not in self._numbers]
        for has_trail, group in groupby(new, _has_trail):
            if has_trail:
                for place in group:
                    self.number(Place._make(place))
            else:
                self._add_plain([place for place in group if place not in self._numbers])
        known = self._numbers
        return [elf.NO_PLACE if place is None else known[place] for place in places]

    def _add_plain(self, places: Sequence[PlaceItems]) -> None:
        """Add places without a trail, one after the other."""
        files = {name: self._strings.add_file(name) for name in dict.fromkeys([file for file, *_ in places])}
        pack_place, count = elf.PLACE.pack, len(self.records)
        try:
            self.records += [pack_place(files[file], line, start, end, 0) for file, line, start, end, _ in places]
        except StructError:
            for place in places:
                self._add(Place._make(place))
            return
        self._weights += [elf.trail_weight(())] * len(places)
        self._numbers.update(zip(places, range(count + 1, count + 1 + len(places)), strict=True))

    def _add(self, place: Place) -> int:
        behind = [(self._strings.add(text), self.number(where)) for text, where in place.trail]
        self._weights.append(elf.trail_weight([self._weights[number] for _, number in behind]))
        file = self._strings.add_file(place.file)
        try:
            self.records.append(elf.PLACE.pack(file, place.line, place.column, place.end_column, len(behind)))
        except StructError:
            message = f"{place.file} has no line {place.line}, columns {place.column} to {place.end_column}"
            raise ElfError(message) from None
        self.trails += [elf.TRAIL.pack(*entry) for entry in behind]
        self._numbers[place] = len(self.records)
        return len(self.records)


class _Writer:
    """The sections of one image; `memory` is the text and then the blocks."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.strings = Strings()
        self.places = Places(self.strings)
        self.memory = [_text(image.text), *(_block(image.machine, block) for block in image.blocks)]
        self.own: dict[str, list[bytes]] = {name: [] for name in elf.TABLES}

    def sections(self) -> list[Section]:
        """In file order; what needs strings and places comes before them in time, not in the file."""
        numbers = self._symbol_numbers()
        symbols = self._symbols(numbers)
        relocations = self._relocations(numbers)
        self.own[".lpu.lines"] = self._lines()
        self.own[".lpu.places"], self.own[".lpu.trails"] = self.places.records, self.places.trails
        return [
            *self.memory,
            *relocations,
            symbols,
            Section(".strtab", elf.SHT_STRTAB, self.strings.data),
            *(_table(name, records) for name, records in self.own.items()),
            Section(elf.MACHINE_NOTE, elf.SHT_NOTE, machine_note(self.image.machine), align=4),
            Section(elf.TENSORS_NOTE, elf.SHT_NOTE, tensors_note(self.image.tensors), align=4),
            *(Section(name, elf.SHT_PROGBITS, data) for name, data in debug_sections(self.image).items()),
        ]

    def _lines(self) -> list[bytes]:
        lines = self.image.lines
        return list(map(elf.LINE.pack, lines.addresses, self.places.numbers(lines.rows())))

    # Symbols ----------------------------------------------------------------------------------
    def _symbol_numbers(self) -> list[int]:
        """Where each symbol goes in `.symtab`: locals first, after the null symbol and the file's name."""
        symbols = self.image.symbols
        order = sorted(range(len(symbols)), key=lambda i: symbols[i].binding != LOCAL)
        numbers = [0] * len(symbols)
        for number, index in enumerate(order, 2):
            numbers[index] = number
        return numbers

    def _symbols(self, numbers: list[int]) -> Section:
        records = [elf.SYMBOL.pack(0, 0, 0, 0, 0, 0)] * (len(numbers) + 2)
        records[1] = elf.SYMBOL.pack(self.strings.add_file(self.image.name), elf.STT_FILE, 0, elf.SHN_ABS, 0, 0)
        homes = self._blocks_of_groups()
        for number, symbol in zip(numbers, self.image.symbols, strict=True):
            records[number] = self._symbol(symbol, homes.get(symbol.group, []))
            self._symbol_more(number, symbol)
        first_global = 2 + sum(symbol.binding == LOCAL for symbol in self.image.symbols)
        data = b"".join(records)
        return Section(
            ".symtab", elf.SHT_SYMTAB, data, link=".strtab", info=first_global, align=8, entry_size=elf.SYMBOL.size
        )

    def _blocks_of_groups(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for number, block in enumerate(self.image.blocks, TEXT_NUMBER + 1):
            groups.setdefault(block.group, []).append(number)
        return groups

    def _symbol(self, symbol: Symbol, homes: list[int]) -> bytes:
        unit = elf.SYLLABLE_BYTES if symbol.kind == TEXT else elf.WORD_BYTES
        section, address = self._home(symbol, symbol.value * unit, homes)
        if section not in (elf.SHN_UNDEF, elf.SHN_ABS) and not self.image.executable:
            address -= self.memory[section - 1].address
        binding = elf.STB_LOCAL if symbol.binding == LOCAL else elf.STB_GLOBAL
        info = binding << 4 | elf.SYMBOL_TYPES[symbol.kind]
        return elf.SYMBOL.pack(self.strings.add(symbol.name), info, 0, section, address, symbol.size * unit)

    def _home(self, symbol: Symbol, address: int, homes: list[int]) -> tuple[int, int]:
        """(section number, address in bytes): the block of the symbol's group that holds it, else SHN_ABS."""
        if symbol.binding == EXTERN:
            return elf.SHN_UNDEF, address
        if symbol.kind == TEXT:
            return TEXT_NUMBER, elf.TEXT_BASE + address
        for number in homes:
            section = self.memory[number - 1]
            if section.address <= address <= section.address + section.bytes_in_memory:
                return number, address
        return elf.SHN_ABS, address

    def _symbol_more(self, number: int, symbol: Symbol) -> None:
        group, place = self.strings.add(symbol.group), self.places.number(symbol.place)
        flags = 0 if symbol.constant is None else elf.HAS_CONSTANT
        record = elf.SYMBOL_MORE.pack(number, group, place, len(symbol.banks), flags, symbol.constant or 0)
        self.own[".lpu.symbols"].append(record)
        self.own[".lpu.banks"] += (elf.BANK.pack(bank) for bank in symbol.banks)

    # Relocations ------------------------------------------------------------------------------
    def _relocations(self, numbers: list[int]) -> list[Section]:
        """A section for each section with relocations, in section order; `.lpu.relocations` in that order too."""
        number_of = {symbol.name: n for n, symbol in zip(reversed(numbers), reversed(self.image.symbols), strict=True)}
        by_block: dict[int, list[bytes]] = {}
        order = sorted(enumerate(self.image.relocations), key=lambda item: item[1].block)
        places = self.places.numbers([relocation.place for _, relocation in order])
        for (position, relocation), place in zip(order, places, strict=True):
            record = self._relocation(relocation, number_of[relocation.symbol])
            by_block.setdefault(relocation.block, []).append(record)
            self.own[".lpu.relocations"].append(elf.RELOCATION_MORE.pack(position, place))
        return [self._rela(TEXT_NUMBER + 1 + block, records) for block, records in by_block.items()]

    def _relocation(self, relocation: Relocation, symbol: int) -> bytes:
        unit = elf.WORD_BYTES if relocation.block >= 0 else elf.SYLLABLE_BYTES
        base = self.memory[relocation.block + 1].address if self.image.executable else 0
        kind = elf.relocation_type(relocation.kind, relocation.field)
        return elf.RELA.pack(base + relocation.address * unit, symbol << 32 | kind, relocation.addend)

    def _rela(self, target: int, records: list[bytes]) -> Section:
        return Section(
            ".rela" + self.memory[target - 1].name, elf.SHT_RELA, b"".join(records), elf.SHF_INFO_LINK,
            link=".symtab", info=target, align=8, entry_size=elf.RELA.size,
        )  # fmt: skip


def _has_trail(place: PlaceItems) -> bool:
    return bool(place[-1])


def _text(text: list[int]) -> Section:
    data = pack(f"<{len(text)}Q", *text)
    flags = elf.SHF_ALLOC | elf.SHF_EXEC
    return Section(elf.TEXT_SECTION, elf.SHT_PROGBITS, data, flags, elf.TEXT_BASE, align=elf.SYLLABLE_BYTES)


def _block(machine: MachineSpec, block: Block) -> Section:
    flags = elf.SHF_ALLOC | elf.SHF_WRITE | (elf.SHF_LPU_FIXED if block.fixed else 0)
    if not block.data:
        flags |= elf.SHF_LPU_UNWRITTEN
    kind = elf.SHT_PROGBITS if block.data else elf.SHT_NOBITS
    word = block.bank * machine.words_per_bank + block.row * machine.words_per_row + block.word
    address, size = word * BYTES_PER_WORD, block.words * BYTES_PER_WORD
    return Section(elf.BLOCK_PREFIX + block.group, kind, block.data, flags, address, size, align=elf.WORD_BYTES)


def _table(name: str, records: list[bytes]) -> Section:
    return Section(name, elf.SHT_LPU, b"".join(records), link=".strtab", entry_size=elf.TABLES[name].size)
