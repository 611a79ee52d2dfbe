"""An image as the bytes of an ELF file; the same image always gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, groupby
from operator import attrgetter
from struct import pack

from isa import collector
from isa import elf_format as elf
from isa.dwarf import debug_sections
from isa.elf_file import Section, Strings, layout
from isa.elf_places import Places
from isa.image import EXTERN, LOCAL, TEXT, Block, Image, Relocation, Symbol
from isa.image_check import check
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.notes import machine_note, tensors_note
from isa.packed import records

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
        self.places = Places(self.strings)
        self.memory = [_text(image.text), *(_block(image.machine, block) for block in image.blocks)]
        self.own = dict.fromkeys(elf.TABLES, b"")

    def sections(self) -> list[Section]:
        """In file order; what needs strings and places comes before them in time, not in the file."""
        numbers = self._symbol_numbers()
        symbols = self._symbols(numbers)
        relocations = self._relocations(numbers)
        self.own[".lpu.lines"] = self._lines()
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

    def _lines(self) -> bytes:
        lines = self.image.lines
        return records(lines.addresses, self.places.of_lines(lines))

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
        table = [elf.SYMBOL.pack(0, 0, 0, 0, 0, 0)] * (len(numbers) + 2)
        table[1] = elf.SYMBOL.pack(self.strings.add_file(self.image.name), elf.STT_FILE, 0, elf.SHN_ABS, 0, 0)
        homes = self._blocks_of_groups()
        more = []
        for number, symbol in zip(numbers, self.image.symbols, strict=True):
            table[number] = self._symbol(symbol, homes.get(symbol.group, []))
            more.append(self._symbol_more(number, symbol))
        self.own[".lpu.symbols"] = b"".join(more)
        self.own[".lpu.banks"] = records(chain.from_iterable([symbol.banks for symbol in self.image.symbols]))
        first_global = 2 + sum(symbol.binding == LOCAL for symbol in self.image.symbols)
        data = b"".join(table)
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

    def _symbol_more(self, number: int, symbol: Symbol) -> bytes:
        group, place = self.strings.add(symbol.group), self.places.number(symbol.place)
        flags = 0 if symbol.constant is None else elf.HAS_CONSTANT
        return elf.SYMBOL_MORE.pack(number, group, place, len(symbol.banks), flags, symbol.constant or 0)

    # Relocations ------------------------------------------------------------------------------
    def _relocations(self, numbers: list[int]) -> list[Section]:
        """A section for each section with relocations, in section order; `.lpu.relocations` in that order too."""
        number_of = {symbol.name: n for n, symbol in zip(reversed(numbers), reversed(self.image.symbols), strict=True)}
        order = sorted(enumerate(self.image.relocations), key=lambda item: item[1].block)
        places = [self.places.number(relocation.place) for _, relocation in order]
        self.own[".lpu.relocations"] = records([position for position, _ in order], places)
        blocks = groupby([relocation for _, relocation in order], attrgetter("block"))
        return [self._rela(block, list(relocations), number_of) for block, relocations in blocks]

    def _rela(self, block: int, relocations: Sequence[Relocation], number_of: Mapping[str, int]) -> Section:
        target, unit = self.memory[block + 1], elf.WORD_BYTES if block >= 0 else elf.SYLLABLE_BYTES
        base = target.address if self.image.executable else 0
        offsets = [base + relocation.address * unit for relocation in relocations]
        infos = [number_of[each.symbol] << 32 | elf.relocation_type(each.kind, each.field) for each in relocations]
        data = b"".join(map(elf.RELA.pack, offsets, infos, [relocation.addend for relocation in relocations]))
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
