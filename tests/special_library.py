"""csrc/special.c alone, compiled and called on arrays."""

from __future__ import annotations

import ctypes
import os
import runpy
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Special = Callable[..., Words]

SOURCES = Path(__file__).resolve().parent.parent / "csrc"


def compiled(source: Path, library: Path, *switches: str) -> ctypes.CDLL:
    """A source of the core as a library, compiled as the core is."""
    flags = runpy.run_path(str(SOURCES / "build_core.py"))["FLAGS"]
    command = [os.environ.get("CC", "cc"), *flags, "-Werror", "-fvisibility=default", "-fPIC", "-shared", *switches]
    subprocess.run([*command, f"-I{SOURCES}", str(source), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


def pointer(array: Words | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if array is None else array.ctypes.data)


def into(library: ctypes.CDLL, name: str, result: Words, a: Words, b: Words | None, lanes: int) -> None:
    """lpu_<name>_lanes: the result of the first `lanes` operands."""
    getattr(library, f"lpu_{name}_lanes")(pointer(result), pointer(a), pointer(b), ctypes.c_size_t(lanes))


def function(library: ctypes.CDLL, name: str) -> Special:
    """A special function of one or two arrays, giving a new one."""

    def call(a: Words, b: Words | None = None) -> Words:
        result = np.empty_like(a)
        into(library, name, result, a, b, a.size)
        return result

    return call
