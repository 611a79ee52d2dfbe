"""Parts of csrc/ compiled by themselves, as the core is, and called with NumPy arrays."""

from __future__ import annotations

import ctypes
import os
import runpy
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SOURCES = Path(__file__).resolve().parent.parent / "csrc"
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]


@cache
def library(*sources: str) -> ctypes.CDLL:
    """The sources that match these patterns, with the flags of the core's build and its switches."""
    build = runpy.run_path(str(SOURCES / "build_core.py"))
    flags = [*build["FLAGS"], *build["switched_flags"](), "-Wno-missing-field-initializers", "-Werror"]
    paths = [str(path) for pattern in sources for path in sorted(SOURCES.glob(pattern))]
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/part.so"
        command = [os.environ.get("CC", "cc"), *flags, "-fvisibility=default", "-fPIC", "-shared"]
        subprocess.run([*command, f"-I{SOURCES}", *paths, "-o", out, "-lm"], check=True)
        return ctypes.CDLL(out)


def address(array: NDArray[Any]) -> ctypes.c_void_p:
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


def pointers(arrays: Sequence[Bytes]) -> Any:
    """An array of pointers to byte vectors, which must stay alive during the call."""
    assert all(array.dtype == np.uint8 for array in arrays)
    return (ctypes.c_void_p * len(arrays))(*(address(array).value for array in arrays))


def words_at(pointer: int, count: int) -> Words:
    """A copy of the words that C points at."""
    return np.ctypeslib.as_array((ctypes.c_uint32 * count).from_address(pointer)).copy()


def byte_planes(words: NDArray[Any]) -> list[Bytes]:
    """The bytes of one number a lane, the low ones first, as streams."""
    planes = words.view(np.uint8).reshape(len(words), -1).T
    return [np.ascontiguousarray(plane) for plane in planes]
