"""Files from strangers: whatever the bytes, an image or an ElfError that says what is wrong, in bounded memory."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from image_strategies import images

from isa import elf
from isa.diagnostics import Place
from isa.elf_format import HEADER, RELA, SECTION, SYMBOL, SYMBOL_MORE
from isa.image import DATA, GLOBAL, TEXT, TO_WORD, Block, Image, Relocation, Symbol, Tensor
from isa.lines import LineEntry, Lines
from isa.machine import LPU1, LPU_TINY

HERE = Place("a.s", 1, trail=(("macro", Place("b.s", 2)),))
IMAGE = Image(
    LPU_TINY,
    [3, 5],
    [Block("A", 1, 2, 3, 2, bytes(8)), Block("B", 2, 0, 0, 2)],
    [Symbol("A", DATA, GLOBAL, 1, 2, "A", (1,)), Symbol("f", TEXT, GLOBAL, 1)],
    [Relocation(TO_WORD, "A", 0, 1, "disp", place=HERE), Relocation(TO_WORD, "A", 0, 1, "", 0)],
    Lines.of([LineEntry(1, HERE)]),
    [Tensor("A", "i32", (2,))],
    name="a.s",
)
VALID = elf.write(IMAGE)


def survives(data: bytes) -> None:
    """Reading may only give an image that can be written again, or an ElfError."""
    try:
        image = elf.read(data)
    except elf.ElfError as error:
        assert str(error)
        return
    assert elf.read(elf.write(image)) == image


@given(st.binary(max_size=400))
@example(b"")
def test_random_bytes(data: bytes) -> None:
    with pytest.raises(elf.ElfError):
        elf.read(data)


@given(st.binary(max_size=600))
def test_random_bytes_behind_a_valid_header(data: bytes) -> None:
    survives(VALID[: HEADER.size] + data)


@given(images(), st.data())
def test_truncated_files(image: Image, data: st.DataObject) -> None:
    whole = elf.write(image)
    with pytest.raises(elf.ElfError):
        elf.read(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(images(), st.data())
def test_changed_bytes(image: Image, data: st.DataObject) -> None:
    file = bytearray(elf.write(image))
    for offset, value in data.draw(st.lists(st.tuples(st.integers(0, len(file) - 1), st.integers(0, 255)), max_size=8)):
        file[offset] = value
    survives(bytes(file))


@given(st.integers(0, len(VALID) // 8 - 1), st.sampled_from([0, 1, 0xFF, 1 << 31, 1 << 32, 1 << 63, (1 << 64) - 1]))
def test_words_of_a_file_replaced_by_extreme_numbers(index: int, value: int) -> None:
    survives(VALID[: index * 8] + struct.pack("<Q", value) + VALID[index * 8 + 8 :])


def test_every_byte_flipped() -> None:
    for offset, byte in enumerate(VALID):
        survives(patched(offset, bytes([byte ^ 0xFF])))


# Memory -------------------------------------------------------------------------------------------
def peak(data: bytes) -> int:
    tracemalloc.start()
    try:
        survives(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_reserved_block_costs_no_memory() -> None:
    data = elf.write(Image(LPU1, [], [Block("A", 0, 0, 0, LPU1.words_per_bank)]))
    assert peak(data) < 1 << 20


def test_sections_that_share_their_bytes_are_refused() -> None:
    """A thousand sections of one megabyte in a file of little more than one would be a gigabyte."""
    size = 1 << 20
    headers = SECTION.pack(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) + SECTION.pack(0, 1, 0, 0, 64, size, 0, 0, 0, 0) * 1000
    header = HEADER.pack(VALID[:16], 1, 0x504C, 1, 0, 0, 64 + size, 1, 64, 56, 0, 64, 1001, 1)
    data = header + bytes(size) + headers
    assert peak(data) < 4 * len(data)
    with pytest.raises(elf.ElfError, match="they overlap"):
        elf.read(data)


# What the sentences say ---------------------------------------------------------------------------
def section(name: bytes) -> tuple[int, int, int]:
    """(offset of the header, offset, size) of a section of VALID."""
    fields = HEADER.unpack_from(VALID)
    start, count = fields[6], fields[12]
    names = SECTION.unpack_from(VALID, start + 64 * fields[13])[4]
    for header in range(start, start + 64 * count, 64):
        found = SECTION.unpack_from(VALID, header)
        if VALID[names + found[0] :].split(b"\0", 1)[0] == name:
            return header, found[4], found[5]
    raise AssertionError(name)


def patched(offset: int, data: bytes) -> bytes:
    return VALID[:offset] + data + VALID[offset + len(data) :]


def in_header(at: int, data: bytes) -> Callable[[], bytes]:
    return lambda: patched(at, data)


def in_section_header(name: bytes, at: int, data: bytes) -> Callable[[], bytes]:
    return lambda: patched(section(name)[0] + at, data)


def in_section(name: bytes, at: int, data: bytes) -> Callable[[], bytes]:
    return lambda: patched(section(name)[1] + at, data)


def u32(value: int) -> bytes:
    return struct.pack("<I", value)


def u64(value: int) -> bytes:
    return struct.pack("<Q", value)


LINES = b".lpu.lines"
FAR = 1 << 40


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda: b"MZ" + VALID, "this is no ELF file: it does not start with 7f 45 4c 46"),
        (lambda: VALID[:40], "the file has 40 bytes; an ELF header has 64"),
        (in_header(18, b"\x3e\0"), "this ELF file is for another machine (number 0x3e, ours is 0x504c)"),
        (in_header(16, b"\x03"), "ELF type 3 is neither object (1) nor executable (2)"),
        (in_header(48, b"\x02"), "the file has format version 2; this tool reads 1"),
        (in_header(58, b"\x41"), "section headers of 65 bytes; they have 64"),
        (in_header(40, u64(FAR)), "the section headers: bytes 1099511627776 to "),
        (in_header(62, b"\xff\xff"), "section 65535 is to hold the names of "),
        (in_header(24, u64(7)), "the entry address: 7 is no multiple of 8 bytes"),
        (in_section_header(b".text", 24, u64(FAR)), "section .text: bytes 1099511627776 to 1099511627792 are outside"),
        (in_section_header(b".text", 32, u64(FAR)), "the file {size}: they overlap"),
        (in_section_header(b".text", 32, u64(12)), "the size of .text: 12 is no multiple of 8 bytes"),
        (in_section_header(b".text", 0, u32(0)), "the file has 0 sections .text; it must have one"),
        (in_section_header(b".text", 0, u32(2)), "no string starts at offset 2 of its table"),
        (in_section_header(b".sram.A", 16, u64(2)), "the address of .sram.A: 2 is no multiple of 4 bytes"),
        (in_section_header(b".sram.A", 16, u64(FAR)), "is in bank "),
        (in_section_header(b".sram.A", 8, u64(1 << 29)), ".sram.A has type 1 and flags 0x20000000, which disagree"),
        (in_section_header(LINES, 32, u64(9)), "section .lpu.lines has 9 bytes, no whole number of 8"),
        (in_section(LINES, 0, u32(2)), "a line entry names address 2 of a text of 2 syllables"),
        (in_section(LINES, 4, u32(0)), "a line entry has no place"),
        (in_section(LINES, 4, u32(3)), "place 3 of 2 does not exist"),
        (in_section(b".lpu.places", 16, u32(1)), "place 1 was reached through a place that is not before it"),
        (in_section(b".lpu.places", 36, u32(2)), ".lpu.trails has 1 records; more are asked for"),
        (in_section(b".lpu.places", 36, u32(0)), ".lpu.trails has 1 records; 0 are used"),
        (in_section(b".lpu.places", 0, u32(999)), "no string starts at offset 999 of its table"),
        (in_section(b".strtab", 0, b"x"), ".strtab does not start and end with a zero byte"),
        (in_section(b".strtab", 1, b"\xff"), "the string at offset 1 of .strtab is no UTF-8"),
        (in_section(b".symtab", SYMBOL.size + 4, b"\0"), ".symtab does not start with the name of the file"),
        (in_section(b".symtab", 2 * SYMBOL.size + 4, b"\x17"), "symbol 'A' has the unknown binding and type 0x17"),
        (in_section(b".symtab", 2 * SYMBOL.size + 6, b"\0\x10"), "symbol 'A' is in section 4096 of "),
        (in_section(b".symtab", 2 * SYMBOL.size + 16, b"\x01"), "symbol 'A': 1 is no multiple of 4 bytes"),
        (
            in_section(b".symtab", 3 * SYMBOL.size + 8, u64(24)),
            "symbol 'f' has value 3 and size 0; the last address is 2",
        ),
        (in_section(b".lpu.symbols", 0, u32(3)), ".lpu.symbols says what symbol 3 of 4 is, wrongly or twice"),
        (in_section_header(b".lpu.symbols", 32, u64(SYMBOL_MORE.size)), ".symtab has 2 symbols, .lpu.symbols 1"),
        (in_section(b".rela.text", 8, u64(9 << 32 | 0x102)), ".rela.text names symbol 9 of 4"),
        (in_section(b".rela.text", 8, u64(2 << 32 | 9)), "relocation type 0x9 does not exist"),
        (in_section(b".rela.text", 0, u64(4)), "an offset in .rela.text: 4 is no multiple of 8 bytes"),
        (
            in_section_header(b".rela.text", 44, u32(0)),
            ".rela.text is about section 0, which is neither text nor a block",
        ),
        (in_section_header(b".rela.text", 32, u64(RELA.size - 1)), "section .rela.text has 23 bytes, no whole number"),
        (in_section(b".lpu.relocations", 0, u32(1)), ".lpu.relocations does not give 2 relocations an order"),
        (in_section(b".note.lpu.machine", 8, u32(1)), "the machine note does not start as a note of LPU and type 257"),
        (in_section(b".note.lpu.machine", 4, u32(1)), "the machine note says it has 1 bytes in a section of "),
        (in_section(b".note.lpu.machine", 16, b"\xff"), "the machine note is no JSON: "),
        (in_section(b".note.lpu.machine", 16, b"["), "the machine note is no JSON: "),
        (
            in_section(b".note.lpu.machine", 16, b'{"nime"'),
            "the machine note is wrong: unknown machine parameter 'nime'",
        ),
        (
            in_section(b".note.lpu.tensors", 16, b'[{"nime"'),
            "the tensor note has an entry without exactly the parts name, ",
        ),
    ],
)
def test_damage_is_named(damage: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(elf.ElfError) as caught:
        elf.read(damage())
    assert sentence.format(size=len(VALID)) in str(caught.value)


@pytest.mark.parametrize(
    ("note", "value", "sentence"),
    [
        (b".note.lpu.machine", b"[]", "the machine note holds no description"),
        (
            b".note.lpu.machine",
            b'{"name":"x","rows":1.5}',
            "the machine note is wrong: rows must be an integer, not 1.5",
        ),
        (b".note.lpu.machine", b"[" * 100_000, "the machine note is no JSON: "),
        (b".note.lpu.machine", b"9" * 5000, "the machine note is no JSON: "),
        (b".note.lpu.tensors", b"{}", "the tensor note holds no list"),
        (b".note.lpu.tensors", b"[1]", "the tensor note has an entry without exactly the parts name, "),
    ],
)
def test_notes_with_other_contents(note: bytes, value: bytes, sentence: str) -> None:
    header, _, _ = section(note)
    contents = struct.pack("<III", 4, len(value), 0x101 if b"machine" in note else 0x102) + b"LPU\0" + value
    contents += bytes(-len(value) % 4)
    data = bytearray(VALID + contents)
    struct.pack_into("<QQ", data, header + 24, len(VALID), len(contents))
    with pytest.raises(elf.ElfError) as caught:
        elf.read(bytes(data))
    assert sentence in str(caught.value)
