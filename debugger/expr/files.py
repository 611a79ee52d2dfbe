"""Arrays in files, as `load` reads them: `.npy`, checked before anything of them is believed."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from isa import layout, npy
from isa.types import TYPES

if TYPE_CHECKING:
    from debugger.expr.values import Array

MAX_BYTES = 1 << 30
RAW_TYPES = {1: "i4", 2: "bf16"}  # by bytes: types that files have no names for
NUMBERS = "biuf"


def load_npy(path: str) -> Array:
    """The array in a file. Raises OSError, ValueError."""
    path = os.path.realpath(path)
    if "\0" in path:
        raise ValueError("its name holds a null character")
    if not os.path.isfile(path):
        raise ValueError("there is no such file" if not os.path.exists(path) else "it is not an ordinary file")
    status = os.stat(path)
    if status.st_size > MAX_BYTES:
        raise ValueError(f"it has {status.st_size:,} bytes; {MAX_BYTES:,} is the most")
    return _load(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _load(path: str, modified: int, size: int) -> Array:
    """The array in a file of that time and size: a condition asks for it again and again."""
    import numpy as np

    with open(path, "rb") as file:
        shape, fortran, dtype = npy.read_header(file)
        npy.check_length(shape, dtype, size - file.tell())
        array = np.frombuffer(file.read(), dtype).reshape(shape, order="F" if fortran else "C")
    return _as_numbers(array)


def _as_numbers(array: Array) -> Array:
    """The array in the machine's byte order, its elements numbers. Raises ValueError."""
    dtype = array.dtype
    if dtype.kind == "V" and dtype.names is None and dtype.itemsize in RAW_TYPES:
        return array.view(layout.dtype(TYPES[RAW_TYPES[dtype.itemsize]]))
    if dtype.kind not in NUMBERS or dtype.itemsize > 8:
        raise ValueError(f"it holds {dtype}, not numbers of up to 64 bits")
    found = array.astype(dtype.newbyteorder("="))
    found.setflags(write=False)
    return found
