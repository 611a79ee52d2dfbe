"""An image as the bytes of an ELF file; the same image always gives the same bytes."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain, count
from struct import pack

from isa import collector
from isa import elf_format as elf
from isa.dwarf import debug_sections
from isa.elf_file import Section, Strings, layout
from isa.elf_places import Places
from isa.elf_relocations import Relas
from isa.image import EXTERN, LOCAL, TEXT, Block, Image, Symbol
from isa.image_check import check
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.notes import machine_note, tensors_note
from isa.packed import long_records, records

TEXT_NUMBER = 1  # the section after the null section; blocks follow it


def write(image: Image) -> bytes:
    """The bytes of an ELF file that `isa.elf.read` turns into an equal image. Raises ElfError."""
    check(image)
    kind = elf.ET_EXEC if image.executable else elf.ET_REL
    base = elf.TEXT_BASE if image.executable else 0
    with collector.paused():
        return layout(_Writer(image).sections(), kind, base + image.entry * elf.SYLLABLE_BYTES)


class _Writer:
    """The sections of one image; `memory` is the text and then the blocks."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.strings = Strings()
        self.places = Places(self.strings, image.lines)
        self.memory = [_text(image.text), *(_block(image.machine, block) for block in image.blocks)]
        self.own = dict.fromkeys(elf.TABLES, b"")

    def sections(self) -> list[Section]:
        """In file order; what needs strings and places comes before them in time, not in the file."""
        numbers = self._symbol_numbers()
        of_lines = self.places.of_lines()
        self.own[".lpu.lines"] = records(self.image.lines.addresses, of_lines)
        symbols = self._symbols(numbers)
        relocations = self._relocations(numbers, of_lines)
        self.own[".lpu.places"], self.own[".lpu.trails"] = self.places.records(), self.places.trails()
        return [
            *self.memory,
            *relocations,
            symbols,
            Section(".strtab", elf.SHT_STRTAB, self.strings.data),
            *(_table(name, data) for name, data in self.own.items()),
            Section(elf.MACHINE_NOTE, elf.SHT_NOTE, machine_note(self.image.machine), align=4),
            Section(elf.TENSORS_NOTE, elf.SHT_NOTE, tensors_note(self.image.tensors), align=4),
            *(Section(name, elf.SHT_PROGBITS, data) for name, data in debug_sections(self.image).items()),
        ]

    # Symbols ----------------------------------------------------------------------------------
    def _symbol_numbers(self) -> list[int]:
        """Where each symbol goes in `.symtab`: locals first, after the null symbol and the file's name."""
        are_local = [symbol.binding == LOCAL for symbol in self.image.symbols]
        local, others = count(2), count(2 + sum(are_local))
        return [next(local if is_local else others) for is_local in are_local]

    def _symbols(self, numbers: list[int]) -> Section:
        symbols, homes = self.image.symbols, self._blocks_of_groups()
        name = self.strings.add_file(self.image.name)
        table = [elf.SYMBOL.pack(0, 0, 0, 0, 0, 0)] * (len(numbers) + 2)
        table[1] = elf.SYMBOL.pack(name, elf.STT_FILE, 0, elf.SHN_ABS, 0, 0)
        names = self.strings.add_all([symbol.name for symbol in symbols])
        for number, offset, symbol in zip(numbers, names, symbols, strict=True):
            table[number] = self._symbol(offset, symbol, homes)
        self.own[".lpu.symbols"] = self._symbols_more(numbers)
        self.own[".lpu.banks"] = records(chain.from_iterable([symbol.banks for symbol in symbols]))
        first_global = 2 + sum(symbol.binding == LOCAL for symbol in symbols)
        data = b"".join(table)
        return Section(
            ".symtab", elf.SHT_SYMTAB, data, link=".strtab", info=first_global, align=8, entry_size=elf.SYMBOL.size
        )

    def _blocks_of_groups(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for number, block in enumerate(self.image.blocks, TEXT_NUMBER + 1):
            groups.setdefault(block.group, []).append(number)
        return groups

    def _symbol(self, name: int, symbol: Symbol, homes: Mapping[str, list[int]]) -> bytes:
        """The record of a symbol whose name is a string of the table."""
        unit = elf.SYLLABLE_BYTES if symbol.kind == TEXT else elf.WORD_BYTES
        section, address = self._home(symbol, symbol.value * unit, homes)
        binding = elf.STB_LOCAL if symbol.binding == LOCAL else elf.STB_GLOBAL
        info = binding << 4 | elf.SYMBOL_TYPES[symbol.kind]
        return elf.SYMBOL.pack(name, info, 0, section, address, symbol.size * unit)

    def _home(self, symbol: Symbol, address: int, homes: Mapping[str, list[int]]) -> tuple[int, int]:
        """(section number, address in bytes, in objects from the section's start): the block of the symbol's group that
        holds it, else SHN_ABS."""
        if symbol.binding == EXTERN:
            return elf.SHN_UNDEF, address
        in_place = self.image.executable
        if symbol.kind == TEXT:
            return TEXT_NUMBER, elf.TEXT_BASE + address if in_place else address
        for number in homes.get(symbol.group, ()):
            section = self.memory[number - 1]
            if section.address <= address <= section.address + section.bytes_in_memory:
                return number, address if in_place else address - section.address
        return elf.SHN_ABS, address

    def _symbols_more(self, numbers: list[int]) -> bytes:
        symbols = self.image.symbols
        groups = self.strings.add_all([symbol.group for symbol in symbols])
        places = self.places.numbers([symbol.place for symbol in symbols])
        banks = [len(symbol.banks) for symbol in symbols]
        flags = [0 if symbol.constant is None else elf.HAS_CONSTANT for symbol in symbols]
        constants = [symbol.constant or 0 for symbol in symbols]
        return b"".join(map(elf.SYMBOL_MORE.pack, numbers, groups, places, banks, flags, constants))

    # Relocations ------------------------------------------------------------------------------
    def _relocations(self, numbers: list[int], of_lines: Sequence[int]) -> list[Section]:
        """A section for each section with relocations, in section order; `.lpu.relocations` in that order too."""
        number_of = {symbol.name: n for n, symbol in zip(reversed(numbers), reversed(self.image.symbols), strict=True)}
        relas = Relas(self.image, number_of, self.places, of_lines)
        self.own[".lpu.relocations"] = relas.positions()
        return [self._rela(block, *rela) for block, rela in relas.sections().items()]

    def _rela(self, block: int, infos: array[int], addends: array[int], addresses: array[int]) -> Section:
        target, unit = self.memory[block + 1], elf.WORD_BYTES if block >= 0 else elf.SYLLABLE_BYTES
        base = target.address if self.image.executable else 0
        data = long_records([base + address * unit for address in addresses], infos, addends)
        return Section(
            ".rela" + target.name, elf.SHT_RELA, data, elf.SHF_INFO_LINK,
            link=".symtab", info=TEXT_NUMBER + 1 + block, align=8, entry_size=elf.RELA.size,
        )  # fmt: skip


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
    return Section(elf.BLOCK_PREFIX + block.group, kind, bytes(block.data), flags, address, size, align=elf.WORD_BYTES)


def _table(name: str, data: bytes) -> Section:
    return Section(name, elf.SHT_LPU, data, link=".strtab", entry_size=elf.TABLES[name].size)
