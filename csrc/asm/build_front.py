"""The cffi build script of `asm._front`, which assembles the ordinary lines of long sources.

It imports nothing of ours, for it runs before anything is installed. Switches of the environment: see
csrc/build_core.py, whose LPU_SANITIZE, LPU_COVERAGE and LPU_QUICK are obeyed here, too.
"""

from __future__ import annotations

import os
from pathlib import Path

from cffi import FFI

SOURCES = Path(__file__).resolve().parent
FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-fvisibility=hidden", "-fno-wrapv"]
SWITCHES = {
    "LPU_SANITIZE": ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-g"],
    "LPU_COVERAGE": ["--coverage", "-O0"],
    "LPU_QUICK": ["-O0"],
}


def declarations() -> str:
    """The part of front.h between its markers: plain C, as cffi wants it."""
    text = (SOURCES / "front.h").read_text(encoding="utf-8")
    return text.partition("/* declarations begin */")[2].partition("/* declarations end */")[0]


def relative(pattern: str) -> list[str]:
    return sorted(f"csrc/asm/{path.name}" for path in SOURCES.glob(pattern))


switched = [flag for name, flags in SWITCHES.items() if os.environ.get(name) == "1" for flag in flags]
ffi = FFI()
ffi.cdef(declarations())
ffi.set_source(
    "asm._front",
    '#include "front.h"',
    sources=relative("*.c"),
    depends=relative("*.h"),  # else an edited header rebuilds nothing
    include_dirs=["csrc/asm"],
    extra_compile_args=[*FLAGS, *switched],
    extra_link_args=switched,
)
