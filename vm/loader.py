"""Executables to loaded engines: the text decoded, the data stored and counted as written."""

from __future__ import annotations

import os

from isa import codec
from isa.diagnostics import Diagnostic, SourceError
from isa.file_part import File, FilePart
from isa.image import Image
from isa.machine import BYTES_PER_WORD, MachineSpec
from vm import contents
from vm.engine import TAINT, UNINIT_MODES, Engine

ENGINES = ("core", "reference")
MAX_FILE_BYTES = 1 << 30
LARGE_BYTES = 1 << 17  # the data of files from this size on are read when they are stored,
PIECE_BYTES = 1 << 18  # so many bytes at once

Source = Image | bytes | str | os.PathLike[str]


def read_image(source: Source) -> Image:
    """An image as it is, or read from an ELF file's bytes or path. Raises SourceError."""
    if isinstance(source, Image):
        return source
    from isa import elf

    name = "" if isinstance(source, bytes) else os.fspath(source)
    try:
        return elf.read(source if isinstance(source, bytes) else _file(name), name)
    except ValueError as error:
        raise refused("E-ELF", f"{name or 'the executable'}: {error}") from error
    except OSError as error:
        raise refused("E-FILE", f"{name}: {error.strerror}") from error


def _file(path: str) -> bytes | FilePart:
    """What a file holds; of a large one nothing is read yet."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        is_large = size >= LARGE_BYTES
        data = FilePart(File(os.dup(file.fileno())), 0, size) if is_large else file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise refused("E-FILE", f"{path}: an executable has at most {MAX_FILE_BYTES >> 20} MiB")
    return data


def load(
    image: Image, engine: str = "core", machine: MachineSpec | None = None, uninit: str = "fault", strict: bool = False
) -> Engine:
    """A fresh engine with the image in it. `machine` is the one asked for. Raises SourceError."""
    check_runnable(image, machine)
    if engine not in ENGINES:
        raise refused("E-ENGINE", f"there is no engine {engine!r}; there are {' and '.join(ENGINES)}")
    modes = (*UNINIT_MODES, TAINT) if engine == "reference" else UNINIT_MODES
    if uninit not in modes:
        help = "run with `--engine reference`" if uninit == TAINT else ""
        raise refused("E-ENGINE", f"uninit is {uninit!r}; it must be one of {', '.join(modes)}", help)
    try:
        loaded = _make(engine, image, uninit, strict)
        store_blocks(loaded, image)
        check_tensors(image)
    except ValueError as error:
        raise refused("E-IMAGE", f"{image.name or 'the executable'}: {error}") from error
    return loaded


def check_runnable(image: Image, machine: MachineSpec | None) -> None:
    """Raise SourceError for an object, and for an executable of another machine, naming the difference."""
    if not image.executable:
        name = image.name or "this"
        raise refused("E-OBJECT", f"{name} is an object, not an executable", f"link it: `lpu link {name} -o prog.lpu`")
    differences = machine.difference(image.machine) if machine else []
    if machine and differences:
        message = f"the executable is for {image.machine.name}, not {machine.name}: {'; '.join(differences)}"
        raise refused("E-MACHINE", message, f"run it with `--machine {image.machine.name}`, or assemble it again")


def _make(engine: str, image: Image, uninit: str, strict: bool) -> Engine:
    text = codec.to_bytes(image.text)
    if engine == "reference":
        from vm.reference import ReferenceEngine

        return ReferenceEngine(image.machine, text, image.entry, uninit, strict)
    from vm.core import CoreEngine

    return CoreEngine(image.machine, text, image.entry, uninit, strict)


def store_blocks(engine: Engine, image: Image) -> None:
    """Store the data of every block; what a block only reserves stays never-written. Raises ValueError."""
    spec = image.machine
    for block in image.blocks:
        word = spec.words_per_bank * block.bank + spec.words_per_row * block.row + block.word
        _store(engine, word * BYTES_PER_WORD, block.data)


def _store(engine: Engine, address: int, data: bytes | FilePart) -> None:
    if isinstance(data, bytes):
        engine.load(address, data)
        return
    for start in range(0, len(data), PIECE_BYTES):
        engine.load(address + start, data[start : start + PIECE_BYTES])


def check_tensors(image: Image) -> None:
    """Raise ValueError for a typed symbol whose elements cannot all be reached."""
    addresses = {symbol.name: symbol.value for symbol in image.symbols}
    for tensor in image.tensors:
        contents.extents(tensor, image.machine, addresses.get(tensor.name, 0))


def refused(code: str, message: str, help: str = "") -> SourceError:
    return SourceError(Diagnostic(code, message, help=help))
