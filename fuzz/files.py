"""Hostile files: ELF, objects to link, snapshots, NumPy's arrays, descriptions of machines."""

from __future__ import annotations

import tempfile
from hashlib import sha256

from asm.data.files import BadFile, read_npy
from asm.link import link
from fuzz.sources import shown, survives
from isa import elf
from isa.diagnostics import SourceError
from isa.image import Image, Tensor
from isa.machine import LPU_TINY, MachineError, load
from isa.types import TYPES
from vm.core import CoreEngine
from vm.engine import Engine, State
from vm.reference import ReferenceEngine
from vm.snapshot import SnapshotError, from_bytes, program_digest, restore

SIZE_BYTES = 4
SMALL_BYTES = 1 << 16  # of SRAM in a file's machine, whose engines are made
SNAPSHOT_TEXT = [0x6C | 1] * 4  # `halt`, and nothing else
CYCLES = 50
SHAPES: tuple[tuple[int, ...], ...] = ((4,), (2, 3), (1,), (16, 16))


def read_elf(data: bytes) -> None:
    """An image that can be written again, or an ElfError."""
    try:
        image = elf.read(data)
    except elf.ElfError as error:
        assert str(error)
        return
    assert elf.read(elf.write(image)) == image


def link_objects(data: bytes) -> None:
    """Files one after the other, each behind its size: an executable, or complaints."""
    images: list[Image] = []
    while len(data) > SIZE_BYTES and len(images) < 3:
        size = int.from_bytes(data[:SIZE_BYTES], "little")
        try:
            images.append(elf.read(data[SIZE_BYTES : SIZE_BYTES + size]))
        except elf.ElfError:
            return
        data = data[SIZE_BYTES + size :]
    if images:
        link_images(images)


def link_images(images: list[Image]) -> None:
    try:
        linked = link(images)
    except SourceError as error:
        shown(error.diagnostics, {})
        return
    assert linked.executable and elf.read(elf.write(linked)) == linked
    if linked.machine.sram_bytes <= LPU_TINY.sram_bytes and len(linked.text) < 200:
        survives(linked)


def load_snapshot(data: bytes) -> None:
    """A snapshot but for its checksum, which is added here: refused, or restored by both engines, which then run."""
    try:
        snapshot = from_bytes(data + sha256(data).digest())
    except SnapshotError as error:
        assert str(error)
        return
    if snapshot.machine.sram_bytes > SMALL_BYTES:
        return
    text = b"".join(word.to_bytes(8, "little") for word in SNAPSHOT_TEXT)
    states: list[State | None] = []
    for make in (CoreEngine, ReferenceEngine):
        engine: Engine = make(snapshot.machine, text)
        try:
            restore(engine, program_digest(SNAPSHOT_TEXT), snapshot)
        except SnapshotError as error:
            states.append(None)
            assert str(error)
        else:
            engine.run(engine.cycle + CYCLES)
            states.append(engine.state)
    assert states[0] == states[1]


def read_array(data: bytes) -> None:
    """An `.npy` file where a tensor of some type and shape is needed: its elements, or BadFile."""
    dtypes = sorted(TYPES)
    choice = data[0] if data else 0
    tensor = Tensor("A", dtypes[choice % len(dtypes)], SHAPES[choice // len(dtypes) % len(SHAPES)])
    try:
        found = read_npy(data[1:], tensor)
    except BadFile as error:
        assert str(error)
        return
    assert found.shape == tensor.shape


def read_machine(data: bytes) -> None:
    """A TOML file as a machine: its description, or MachineError."""
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(data)
        file.flush()
        try:
            spec = load(file.name)
        except MachineError as error:
            assert str(error).startswith(file.name)
            return
    assert not spec.difference(spec) and spec.sram_bytes > 0
