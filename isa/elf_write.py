"""An image as the bytes of an ELF file; the same image always gives the same bytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, count
from struct import pack

from isa import collector
from isa import elf_format as elf
from isa.dwarf import debug_sections
from isa.elf_file import Section, Strings, layout
from isa.elf_places import Places
from isa.elf_relocations import Relas
from isa.image import EXTERN, LOCAL, TEXT, Block, Image, Symbol, Tensor
from isa.image_check import check
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.notes import machine_note, tensors_note
from isa.objects import Objects
from isa.packed import long_records, records
from isa.records import replace

TEXT_NUMBER = 1  # the section after the null section; blocks follow it


def write(image: Image) -> bytes:
    """The bytes of an ELF file that `isa.elf.read` turns into an equal image. Raises ElfError."""
    symbols, blocks = Objects.of(Symbol, image.symbols), Objects.of(Block, image.blocks)
    image = replace(image, symbols=symbols, blocks=blocks, tensors=Objects.of(Tensor, image.tensors))
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
        self.blocks = Objects.of(Block, image.blocks)
        self.symbols = Objects.of(Symbol, image.symbols)
        self.memory = Objects.joined(Section, [_text(image.text)], _blocks(image.machine, self.blocks))
        self.own = dict.fromkeys(elf.TABLES, b"")

    def sections(self) -> list[Sequence[Section]]:
        """In file order; what needs strings and places comes before them in time, not in the file."""
        numbers = self._symbol_numbers()
        of_lines = self.places.of_lines()
        self.own[".lpu.lines"] = records(self.image.lines.addresses, of_lines)
        symbols = self._symbols(numbers)
        relocations = self._relocations(numbers, of_lines)
        self.own[".lpu.places"], self.own[".lpu.trails"] = self.places.records(), self.places.trails()
        others = [
            *relocations,
            symbols,
            Section(".strtab", elf.SHT_STRTAB, self.strings.data),
            *(_table(name, data) for name, data in self.own.items()),
            Section(elf.MACHINE_NOTE, elf.SHT_NOTE, machine_note(self.image.machine), align=4),
            Section(elf.TENSORS_NOTE, elf.SHT_NOTE, tensors_note(self.image.tensors), align=4),
            *(Section(name, elf.SHT_PROGBITS, data) for name, data in debug_sections(self.image).items()),
        ]
        return [self.memory, others]

    # Symbols ----------------------------------------------------------------------------------
    def _symbol_numbers(self) -> list[int]:
        """Where each symbol goes in `.symtab`: locals first, after the null symbol and the file's name."""
        _, _, bindings, *_ = self.symbols.columns
        local, others = count(2), count(2 + sum(binding == LOCAL for binding in bindings))
        return [next(local if binding == LOCAL else others) for binding in bindings]

    def _symbols(self, numbers: list[int]) -> Section:
        name = self.strings.add_file(self.image.name)
        names, kinds, bindings, _, sizes, *_, banks, _, _ = self.symbols.columns
        name_offsets = self.strings.add_all(names)
        homes = self._homes()
        heads = [
            name | (_binding(binding) << 4 | elf.SYMBOL_TYPES[kind]) << 32 | section << 48
            for name, kind, binding, (section, _) in zip(name_offsets, kinds, bindings, homes, strict=True)
        ]
        bytes_ = [size * _unit(kind) for size, kind in zip(sizes, kinds, strict=True)]
        order = sorted(range(len(numbers)), key=numbers.__getitem__)
        columns = heads, [address for _, address in homes], bytes_
        data = long_records(*([column[number] for number in order] for column in columns), signed=False)
        self.own[".lpu.symbols"] = self._symbols_more(numbers)
        self.own[".lpu.banks"] = records(chain.from_iterable(banks))
        first = elf.SYMBOL.pack(0, 0, 0, 0, 0, 0) + elf.SYMBOL.pack(name, elf.STT_FILE, 0, elf.SHN_ABS, 0, 0)
        return Section(
            ".symtab", elf.SHT_SYMTAB, first + data, link=".strtab", info=2 + list(bindings).count(LOCAL), align=8,
            entry_size=elf.SYMBOL.size,
        )  # fmt: skip

    def _homes(self) -> list[tuple[int, int]]:
        """(section number, address in bytes, in objects from the section's start) of each symbol."""
        _, kinds, bindings, values, _, groups, *_ = self.symbols.columns
        base = elf.TEXT_BASE if self.image.executable else 0
        of_group: dict[str, list[int]] = {}
        for number, group in enumerate(self.blocks.columns[0], TEXT_NUMBER + 1):
            of_group.setdefault(group, []).append(number)
        return [
            (elf.SHN_UNDEF, value * _unit(kind)) if binding == EXTERN
            else (TEXT_NUMBER, base + value * elf.SYLLABLE_BYTES) if kind == TEXT
            else self._in_memory(value * elf.WORD_BYTES, of_group.get(group, ()))
            for kind, binding, value, group in zip(kinds, bindings, values, groups, strict=True)
        ]  # fmt: skip

    def _in_memory(self, address: int, blocks: Iterable[int]) -> tuple[int, int]:
        """The home of a symbol of data: the block of its group that holds it, else SHN_ABS."""
        _, _, _, _, addresses, sizes, *_ = self.memory.columns
        for number in blocks:
            start = addresses[number - 1]
            if start <= address <= start + sizes[number - 1]:
                return number, address if self.image.executable else address - start
        return elf.SHN_ABS, address

    def _symbols_more(self, numbers: list[int]) -> bytes:
        *_, groups, banks, constants, places = self.symbols.columns
        flags = [0 if constant is None else elf.HAS_CONSTANT for constant in constants]
        spots = zip(self.places.add(places), map(len, banks), flags, strict=True)
        return long_records(
            [number | group << 32 for number, group in zip(numbers, self.strings.add_all(groups), strict=True)],
            [place | count << 32 | flag << 48 for place, count, flag in spots],
            [constant or 0 for constant in constants],
        )

    # Relocations ------------------------------------------------------------------------------
    def _relocations(self, numbers: list[int], of_lines: Sequence[int]) -> list[Section]:
        """A section for each section with relocations, in section order; `.lpu.relocations` in that order too."""
        names = self.symbols.columns[0]
        number_of = dict(zip(reversed(names), reversed(numbers), strict=True))
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


def _blocks(machine: MachineSpec, blocks: Objects[Block]) -> Objects[Section]:
    groups, banks, rows, words, counts, data, fixed = blocks.columns
    own = [
        elf.SHF_ALLOC | elf.SHF_WRITE | (elf.SHF_LPU_FIXED if fix else 0) | (0 if held else elf.SHF_LPU_UNWRITTEN)
        for held, fix in zip(data, fixed, strict=True)
    ]
    where = zip(banks, rows, words, strict=True)
    addresses = [
        (bank * machine.words_per_bank + row * machine.words_per_row + word) * BYTES_PER_WORD
        for bank, row, word in where
    ]
    same = len(blocks)
    return Objects(
        Section,
        [elf.BLOCK_PREFIX + group for group in groups],
        [elf.SHT_PROGBITS if held else elf.SHT_NOBITS for held in data],
        [bytes(held) for held in data],
        own,
        addresses,
        [count * BYTES_PER_WORD for count in counts],
        [""] * same, [0] * same, [elf.WORD_BYTES] * same, [0] * same,
    )  # fmt: skip


def _unit(kind: str) -> int:
    """The bytes that the addresses and sizes of symbols of a kind count."""
    return elf.SYLLABLE_BYTES if kind == TEXT else elf.WORD_BYTES


def _binding(binding: str) -> int:
    return elf.STB_LOCAL if binding == LOCAL else elf.STB_GLOBAL


def _table(name: str, data: bytes) -> Section:
    return Section(name, elf.SHT_LPU, data, link=".strtab", entry_size=elf.TABLES[name].size)
