"""Images through ELF files: the round trip, and what other people's tools read in them."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import NoteSection, SymbolTableSection
from hypothesis import given
from image_strategies import images

from isa import elf
from isa.codec import encode_bundle, make
from isa.diagnostics import Place
from isa.elf_format import EM_LPU, MAX_TRAIL, TEXT_BASE
from isa.image import (
    DATA,
    EXTERN,
    GLOBAL,
    LOCAL,
    PARAM,
    TEXT,
    TO_TARGET,
    TO_WORD,
    Block,
    Image,
    Relocation,
    Symbol,
    Tensor,
)
from isa.index import BY_KEY
from isa.lines import LineEntry, Lines
from isa.machine import LPU1, LPU_TINY

LOAD, JUMP, HALT = BY_KEY["ld rt, [disp]"], BY_KEY["jmp target"], BY_KEY["halt [code]"]
BANK_BYTES, ROW_BYTES = LPU1.words_per_bank * 4, LPU1.lanes


def sample(executable: bool) -> Image:
    """Three ops, a block with data, one reserved, and a reference of each kind."""
    first = Place("dot.s", 3, 5, 9)
    second = Place("maß.inc", 300, 7, 30, (("macro `twice`", first),))
    return Image(
        LPU1,
        encode_bundle([make(LOAD, rt=1), make(JUMP, target=2)]) + encode_bundle([make(HALT)]),
        [Block("A", 3, 1, 2, 4, bytes(range(16))), Block("B", 0, 0, 0, 80, fixed=True)],
        [
            Symbol("A", DATA, GLOBAL, 3 * LPU1.words_per_bank + LPU1.words_per_row + 2, 4, "A", place=first),
            Symbol("end", TEXT, LOCAL, 2),
            Symbol("x", DATA, EXTERN, banks=(1, 2)),
            Symbol("m", PARAM, LOCAL, 5, 1, "B", constant=-7),
        ],
        [
            Relocation(TO_WORD, "A", 1, 0, "disp", place=second),
            Relocation(TO_WORD, "x", -1, 2, "", 0),
            Relocation(TO_TARGET, "end", 0, 1, "target"),
        ],
        Lines.of([LineEntry(0, first), LineEntry(1, second), LineEntry(2, first._replace(line=4))]),
        [Tensor("A", "i32", (2, 2), is_input=True, input_order=0)],
        executable=executable,
        name="dot.s",
    )


def opened(image: Image) -> Any:
    return ELFFile(io.BytesIO(elf.write(image)))


@given(images())
def test_reading_gives_back_what_was_written(image: Image) -> None:
    assert elf.read(elf.write(image)) == image


@given(images())
def test_the_same_image_gives_the_same_bytes(image: Image) -> None:
    data = elf.write(image)
    assert elf.write(elf.read(data)) == data


def test_a_name_given_to_the_reader_wins() -> None:
    assert elf.read(elf.write(sample(False)), "other.o").name == "other.o"


# What pyelftools reads ----------------------------------------------------------------------------
@pytest.mark.parametrize(("executable", "kind"), [(False, "ET_REL"), (True, "ET_EXEC")])
def test_header(executable: bool, kind: str) -> None:
    file = opened(sample(executable))
    assert (file.elfclass, file.little_endian, file["e_type"], file["e_machine"]) == (64, True, kind, EM_LPU)
    assert file["e_entry"] == (TEXT_BASE if executable else 0)


@pytest.mark.parametrize("executable", [False, True])
def test_sections_hold_text_and_blocks_at_their_addresses(executable: bool) -> None:
    image = sample(executable)
    file = opened(image)
    text, data, reserved = (file.get_section_by_name(name) for name in (".text", ".sram.A", ".sram.B"))
    assert (text["sh_type"], text["sh_addr"], text["sh_size"]) == ("SHT_PROGBITS", 1 << 40, 24)
    assert [int.from_bytes(text.data()[i : i + 8], "little") for i in (0, 8, 16)] == image.text
    assert (data["sh_type"], data["sh_addr"]) == ("SHT_PROGBITS", 3 * BANK_BYTES + ROW_BYTES + 8)
    assert data.data() == bytes(range(16))
    assert (reserved["sh_type"], reserved["sh_addr"], reserved["sh_size"]) == ("SHT_NOBITS", 0, 320)


def test_an_executable_has_a_segment_for_each_region_in_address_order() -> None:
    segments = [s for s in opened(sample(True)).iter_segments() if s["p_type"] == "PT_LOAD"]
    assert [(s["p_vaddr"], s["p_filesz"], s["p_memsz"], s["p_flags"]) for s in segments] == [
        (0, 0, 320, 6),
        (3 * BANK_BYTES + ROW_BYTES + 8, 16, 16, 6),
        (TEXT_BASE, 24, 24, 5),
    ]
    assert opened(sample(False)).num_segments() == 0


@pytest.mark.parametrize("executable", [False, True])
def test_symbols(executable: bool) -> None:
    table = opened(sample(executable)).get_section_by_name(".symtab")
    assert isinstance(table, SymbolTableSection)
    found = {
        s.name: (s["st_value"], s["st_size"], s["st_info"]["bind"], s["st_info"]["type"]) for s in table.iter_symbols()
    }
    base, data = (TEXT_BASE, 3 * BANK_BYTES + ROW_BYTES + 8) if executable else (0, 0)
    assert found["A"] == (data, 16, "STB_GLOBAL", "STT_OBJECT")
    assert found["end"] == (base + 16, 0, "STB_LOCAL", "STT_FUNC")
    assert found["m"] == (20, 4, "STB_LOCAL", "STT_LOPROC")
    assert found["dot.s"][3] == "STT_FILE"
    (extern,) = table.get_symbol_by_name("x") or []
    assert extern["st_shndx"] == "SHN_UNDEF"
    bindings = [s["st_info"]["bind"] for s in table.iter_symbols()]
    assert bindings.index("STB_GLOBAL") == table["sh_info"] == bindings.count("STB_LOCAL")


def test_relocations() -> None:
    file = opened(sample(False))
    symbols = file.get_section_by_name(".symtab")
    text, data = file.get_section_by_name(".rela.text"), file.get_section_by_name(".rela.sram.A")
    of = [
        [(r["r_offset"], symbols.get_symbol(r["r_info_sym"]).name, r["r_addend"]) for r in section.iter_relocations()]
        for section in (text, data)
    ]
    assert of == [[(0, "A", 1), (8, "end", 0)], [(8, "x", -1)]]
    types = {r["r_info_type"] for section in (text, data) for r in section.iter_relocations()}
    assert len(types) == 3
    assert file.get_section(data["sh_info"]).name == ".sram.A"


@pytest.mark.parametrize("executable", [False, True])
def test_the_line_table_has_a_row_for_each_op(executable: bool) -> None:
    dwarf = opened(sample(executable)).get_dwarf_info()
    (unit,) = dwarf.iter_CUs()
    top = unit.get_top_DIE()
    assert (top.attributes["DW_AT_name"].value, top.attributes["DW_AT_low_pc"].value) == (b"dot.s", TEXT_BASE)
    program = dwarf.line_program_for_CU(unit)
    files = [entry.name for entry in program["file_entry"]]
    states = [entry.state for entry in program.get_entries() if entry.state]
    assert [(s.address - TEXT_BASE, files[s.file], s.line, s.column) for s in states[:-1]] == [
        (0, b"dot.s", 3, 5),
        (8, "maß.inc".encode(), 300, 7),
        (16, b"dot.s", 4, 5),
    ]
    assert states[-1].end_sequence and states[-1].address == TEXT_BASE + 24


@given(images())
def test_any_line_table_is_read_back_by_pyelftools(image: Image) -> None:
    dwarf = opened(image).get_dwarf_info()
    (unit,) = dwarf.iter_CUs()
    program = dwarf.line_program_for_CU(unit)
    files = [entry.name.decode() for entry in program["file_entry"]]
    rows = [e.state for e in program.get_entries() if e.state and not e.state.end_sequence]
    read = [((row.address - TEXT_BASE) // 8, files[row.file], row.line, row.column) for row in rows]
    assert sorted(read) == sorted((e.address, e.place.file, e.place.line, e.place.column) for e in image.lines)
    assert [address for address, *_ in read] == sorted(address for address, *_ in read)


def test_notes_name_the_machine_and_the_tensors() -> None:
    notes = [n for s in opened(sample(True)).iter_sections() if isinstance(s, NoteSection) for n in s.iter_notes()]
    assert [note["n_name"] for note in notes] == ["LPU", "LPU"]
    machine, tensors = (json.loads(note["n_descdata"]) for note in notes)
    assert machine == {"name": "lpu1"} | {name: getattr(LPU1, name) for name in machine}
    assert (tensors[0]["name"], tensors[0]["dtype"], tensors[0]["shape"], tensors[0]["is_input"]) == (
        "A",
        "i32",
        [2, 2],
        True,
    )


# What binutils reads, where it is installed --------------------------------------------------------
def said(tmp_path: Path, executable: bool, *command: str) -> str | None:
    """What a program prints about the sample; None where it is not installed."""
    if shutil.which(command[0]) is None:
        return None
    path = tmp_path / "sample"
    path.write_bytes(elf.write(sample(executable)))
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True, env={"LC_ALL": "C.UTF-8"})
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("executable", [False, True])
def test_readelf_reads_everything_without_a_warning(tmp_path: Path, executable: bool) -> None:
    text = said(tmp_path, executable, "readelf", "-aW")
    if text is not None:
        assert "<unknown>: 0x504c" in text and ".sram.A" in text and "Owner" in text
        assert text.count("LOAD ") == (3 if executable else 0)


@pytest.mark.parametrize("executable", [False, True])
def test_readelf_decodes_the_lines(tmp_path: Path, executable: bool) -> None:
    text = said(tmp_path, executable, "readelf", "--debug-dump=decodedline")
    if text is not None:
        rows = [line.split()[:3] for line in text.splitlines() if "0x1000000" in line]
        assert rows[:3] == [
            ["dot.s", "3", "0x10000000000"],
            ["maß.inc", "300", "0x10000000008"],
            ["dot.s", "4", "0x10000000010"],
        ]


@pytest.mark.parametrize("executable", [False, True])
def test_objdump_lists_the_sections(tmp_path: Path, executable: bool) -> None:
    text = said(tmp_path, executable, "objdump", "-h")
    if text is not None:
        sizes = {words[1]: words[2:4] for words in map(str.split, text.splitlines()) if len(words) == 7}
        assert sizes[".text"] == ["00000018", "0000010000000000"]
        assert sizes[".sram.A"] == ["00000010", f"{3 * BANK_BYTES + ROW_BYTES + 8:016x}"]


# What cannot be written ---------------------------------------------------------------------------
TINY = Image(LPU_TINY, encode_bundle([make(HALT)]), [Block("A", 0, 0, 0, 2, bytes(8))], [Symbol("A", DATA, LOCAL, 0)])
HERE = Place("a.s", 1)


def nested(depth: int) -> Place:
    """A place reached through two equal ones, and so on: 2**depth places in all."""
    place = HERE
    for level in range(depth):
        place = Place("a.s", level, trail=(("x", place), ("y", place)))
    return place


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"entry": 2}, "the entry address 2 is outside the text of 1 syllables"),
        ({"blocks": [Block("A", 32, 0, 0, 1)]}, "block 0 ('A') is in bank 32; lpu-tiny has 32 banks"),
        ({"blocks": [Block("A", 0, 0, 8, 1)]}, "block 0 ('A') starts at row 0, word 8; a row has 8 words"),
        ({"blocks": [Block("A", 0, 63, 0, 9)]}, "block 0 ('A') has 9 words from row 63 on; a bank ends after row 63"),
        ({"blocks": [Block("A", 0, 0, 0, 0)]}, "block 0 ('A') has 0 words from row 0 on; a bank ends after row 63"),
        ({"blocks": [Block("A", 0, 0, 0, 2, b"1234")]}, "block 0 ('A') has 4 bytes of data for 2 words"),
        (
            {"symbols": [Symbol("s", "odd", LOCAL)]},
            "symbol 's' is of kind 'odd' and binding 'local', which do not exist",
        ),
        ({"symbols": [Symbol("s", TEXT, LOCAL, 2)]}, "symbol 's' has value 2 and size 0; the last address is 1"),
        ({"symbols": [Symbol("s", DATA, EXTERN, banks=(32,))]}, "symbol 's' names banks (32,); the machine has 32"),
        (
            {"symbols": [Symbol("s", PARAM, LOCAL, constant=1 << 63)]},
            "symbol 's' stands for 9223372036854775808, which does not fit 64 bits",
        ),
        ({"symbols": [Symbol("a\0b", DATA, LOCAL)]}, "the name 'a\\x00b' holds a zero byte"),
        ({"symbols": [Symbol("\ud800", DATA, LOCAL)]}, "the name '\\ud800' cannot be written as UTF-8"),
        (
            {"relocations": [Relocation(TO_WORD, "A", 0, 0)]},
            "the relocation at address 0 is of kind 'word' and field '', which do not exist",
        ),
        (
            {"relocations": [Relocation(TO_WORD, "B", 0, 0, "disp")]},
            "the relocation at address 0 names 'B', which is no symbol",
        ),
        (
            {"relocations": [Relocation(TO_WORD, "A", 1 << 63, 0, "disp")]},
            "the relocation at address 0 adds 9223372036854775808, which does not fit 64 bits",
        ),
        (
            {"relocations": [Relocation(TO_WORD, "A", 0, 1, "disp")]},
            "the relocation at address 1 is outside its text of 1 syllables",
        ),
        (
            {"relocations": [Relocation(TO_WORD, "A", 0, 2, "", 0)]},
            "the relocation at address 2 is outside its block of 2 words",
        ),
        ({"relocations": [Relocation(TO_WORD, "A", 0, 0, "", 1)]}, "the relocation at address 0 is in block 1 of 1"),
        ({"lines": Lines.of([LineEntry(1, HERE)])}, "a line entry names address 1 of a text of 1 syllables"),
        ({"lines": Lines.of([LineEntry(0, Place("a.s", -1))])}, "a.s has no line -1, columns 1 to 1"),
        ({"lines": Lines.of([LineEntry(0, nested(18))])}, f"a place was reached through more than {MAX_TRAIL} others"),
        ({"tensors": [Tensor("B", "i32", ())]}, "tensor 'B' has no data symbol"),
        ({"tensors": [Tensor("A", "i8", ())] * 40_000}, "a note of 6160020 bytes; it may have 4194304"),
        ({"tensors": [Tensor("A", "i31", ())]}, "tensor 'A' has type 'i31' and layout 'linear', which do not exist"),
        (
            {"tensors": [Tensor("A", "i8", (1 << 16, 2))]},
            "tensor 'A' of shape (65536, 2) does not fit 65536 bytes of SRAM",
        ),
        (
            {"tensors": [Tensor("A", "i8", (1,), "rows", 7, 2)]},
            "tensor 'A' is in 2 slices from number 7, row 0 on, outside lpu-tiny",
        ),
    ],
)
def test_an_image_that_breaks_a_rule_is_not_written(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(elf.ElfError) as caught:
        elf.write(replace(TINY, **changes))
    assert str(caught.value) == sentence
