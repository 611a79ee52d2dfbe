"""Executables of megabytes: their data stays in the file until it is stored to SRAM."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conform.build import op
from conform.program import Chunk, Program
from isa import elf
from isa.diagnostics import SourceError
from isa.file_part import File, FilePart, part_of
from isa.image import Image
from isa.machine import LPU1
from vm.engine import HALTED
from vm.loader import LARGE_BYTES, read_image
from vm.machine import Machine

BANK = LPU1.words_per_bank * 4


def large() -> Image:
    """A little more than two banks of data."""
    data = bytes(range(1, 256)) * (2 * BANK // 255 + 9)
    return Program(LPU1, ((op("halt [code]"),),), (Chunk(4 * 20, data[: len(data) // 4 * 4]),)).image()


def test_a_large_file_is_the_image_that_was_written(tmp_path: Path) -> None:
    path, image = tmp_path / "large.lpu", large()
    path.write_bytes(elf.write(image))
    assert path.stat().st_size > LARGE_BYTES
    found = read_image(path)
    assert all(isinstance(block.data, FilePart) for block in found.blocks)
    found.name = image.name
    assert found == image and elf.write(found) == path.read_bytes()


def test_it_runs_and_can_be_looked_at_afterwards(tmp_path: Path, engine: str) -> None:
    path, image = tmp_path / "large.lpu", large()
    path.write_bytes(elf.write(image))
    made, other = Machine(path, engine), Machine(image, engine)
    path.unlink()
    assert made.run() == other.run() == HALTED
    assert made.engine.view(0, 3 * BANK) == other.engine.view(0, 3 * BANK)
    assert [bytes(block.data) for block in made.image.blocks] == [block.data for block in image.blocks]


def test_a_large_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.lpu"
    path.write_bytes(b"\x7fELF" + bytes(2 * LARGE_BYTES))
    with pytest.raises(SourceError, match="another machine"):
        read_image(path)
    path.write_bytes(elf.write(large())[:-1000])
    with pytest.raises(SourceError, match="outside the file"):
        read_image(path)


def test_a_file_that_is_cut_short_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.lpu"
    path.write_bytes(elf.write(large()))
    image = read_image(path)
    with path.open("r+b") as file:
        file.truncate(2 * BANK)
    with pytest.raises(SourceError, match="bytes earlier than it did when it was opened"):
        Machine(image)


def test_parts_of_files_are_like_bytes(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(200)))
    with path.open("rb") as file:
        part = FilePart(File(os.dup(file.fileno())), 10, 100)
    expected = bytes(range(10, 110))
    assert len(part) == 100 and bytes(part) == expected == part and part != expected[1:] and part != 5
    for some in (slice(3, 7), slice(90, None), slice(-5, 200), slice(7, 3)):
        assert part[some] == expected[some]
    assert part_of(part, 20, 5) == part_of(expected, 20, 5) == bytes(range(30, 35))
