"""What `-i` puts into a machine and `-o` takes out: `.npy` files or raw little-endian bytes, one symbol or all."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from isa.diagnostics import Diagnostic, SourceError
from isa.files import write_atomic
from isa.records import NamedTuple
from vm import contents
from vm.machine import Machine

if TYPE_CHECKING:
    from isa.image import Tensor
    from isa.layout import Array

STANDARD = "-"


class Transfer(NamedTuple):
    """A file, and the symbol it holds (empty: all declared inputs or outputs, in order)."""

    name: str
    path: str

    @property
    def is_npy(self) -> bool:
        return self.path.endswith(".npy")


def transfer(text: str) -> Transfer:
    """`NAME=FILE` or `FILE`, as written after -i or -o."""
    name, equals, path = text.partition("=")
    return Transfer(name, path) if equals and name.isidentifier() else Transfer("", text)


def check(machine: Machine, inputs: Sequence[Transfer], outputs: Sequence[Transfer]) -> None:
    """Raise SourceError for what cannot be transferred, before anything runs."""
    for item in inputs:
        _check_one(machine, "-i", item, machine.declared_inputs)
    for item in outputs:
        _check_one(machine, "-o", item, machine.declared_outputs)


def _check_one(machine: Machine, option: str, item: Transfer, declared: list[Tensor]) -> None:
    kind = "input" if option == "-i" else "output"
    if item.name:
        _known(machine, option, item.name)
    elif item.is_npy:
        example = declared[0].name if declared else "NAME"
        raise refused(option, f"{item.path} holds one array; say which symbol's", f"{option} {example}={item.path}")
    elif not declared:
        raise refused(option, f"the program declares no {kind}", f"declare one with `.{kind} NAME`")


def _known(machine: Machine, option: str, name: str) -> None:
    if name in machine.tensors and name in machine.symbols:
        return
    from difflib import get_close_matches

    near = get_close_matches(name, machine.tensors, 1)
    help = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(machine.tensors) or 'none'}"
    raise refused(option, f"{name} is no typed symbol of the program", help)


def fill(machine: Machine, inputs: Sequence[Transfer]) -> None:
    """Read the input files into the machine. Raises SourceError naming the file that does not fit."""
    for item in inputs:
        try:
            _fill_one(machine, item)
        except OSError as error:
            raise refused("-i", f"{item.path}: {error.strerror or error}") from error
        except ValueError as error:
            raise refused("-i", f"{item.path}: {error}") from error


def _fill_one(machine: Machine, item: Transfer) -> None:
    if item.is_npy:
        machine[item.name] = load_npy(item.path)
    elif item.name:
        tensor = machine.tensors[item.name]
        needed = contents.raw_size(tensor)
        data = read_raw(item.path, needed)
        if len(data) != needed:
            raise ValueError(f"{tensor.name} takes {needed} bytes, not {_length(data, needed)}")
        contents.write_raw(machine.engine, tensor, machine.symbols[tensor.name].value, data)
    else:
        needed = sum(map(contents.raw_size, machine.declared_inputs))
        data = read_raw(item.path, needed)
        if len(data) != needed:
            raise ValueError(f"the declared inputs take {needed} bytes, not {_length(data, needed)}")
        machine.set_inputs(data)


def _length(data: bytes, needed: int) -> str:
    return f"{len(data)}" if len(data) <= needed else "more"


def read_raw(path: str, needed: int) -> bytes:
    """At most one byte more than needed, so that no file is read that cannot fit."""
    if path == STANDARD:
        return sys.stdin.buffer.read(needed + 1)
    with open(path, "rb") as file:
        return file.read(needed + 1)


def load_npy(path: str) -> Array:
    """A `.npy` file in this machine's byte order, mapped rather than read. Raises ValueError, OSError."""
    from numpy.lib.format import open_memmap

    from isa import npy

    with open(path, "rb") as file:
        shape, _, dtype = npy.read_header(file)
        npy.check_length(shape, dtype, os.fstat(file.fileno()).st_size - file.tell())
    if 0 in shape:
        raise ValueError(f"its shape is {list(shape)}")  # nothing could be mapped, and no symbol is so small
    array = open_memmap(path, mode="r")
    return array.astype(dtype.newbyteorder("="), copy=False)


def collect(machine: Machine, outputs: Sequence[Transfer]) -> list[tuple[str, bytes]]:
    """The contents of all output files, made before the first is written."""
    return [(item.path, _content(machine, item)) for item in outputs]


def _content(machine: Machine, item: Transfer) -> bytes:
    if item.is_npy:
        return npy_bytes(machine[item.name])
    return raw_output(machine, item.name) if item.name else machine.outputs()


def raw_output(machine: Machine, name: str) -> bytes:
    """The elements of a typed symbol as row-major little-endian bytes."""
    return contents.read_raw(machine.engine, machine.tensors[name], machine.symbols[name].value)


def npy_bytes(array: Array) -> bytes:
    from io import BytesIO

    import numpy as np

    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def store(files: Sequence[tuple[str, bytes]]) -> None:
    """Write output files, each atomically. Raises SourceError naming the one that could not be written."""
    for path, data in files:
        if path == STANDARD:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            continue
        try:
            write_atomic(path, data)
        except OSError as error:
            raise refused("-o", f"{path}: {error.strerror or error}") from error


def refused(option: str, message: str, help: str = "") -> SourceError:
    code = {"-i": "E-INPUT", "-o": "E-OUTPUT"}[option]
    return SourceError(Diagnostic(code, message, help=help))
