"""The cffi build script of `vm._core`: what Python sees of csrc/, and how it is compiled.

It imports nothing of ours, for it runs before anything is installed. Switches of the environment:
LPU_SANITIZE=1 adds the address and undefined behaviour sanitizers, LPU_COVERAGE=1 counts lines for gcov,
LPU_PORTABLE=1 takes the run loop without GNU extensions, LPU_QUICK=1 builds in a quarter of the time what is slow.
"""

from __future__ import annotations

import os
from pathlib import Path

from cffi import FFI

SOURCES = Path(__file__).resolve().parent
# No contraction: a fused multiply-add is fused where the instruction set says so, nowhere else. Nobody looks at errno
# or at the flags of floating point, which would keep compilers from using vector instructions.
FLOATS = ["-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
# No -fwrapv, which Python's own flags bring: arithmetic here is defined without it.
FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-fvisibility=hidden", "-fno-wrapv", *FLOATS]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer", "-g"]
COVERAGE = ["--coverage", "-O0"]
# Tools that instrument see one version of every function, and memory from the heap, which they watch.
SWITCHES = {
    "LPU_SANITIZE": [*SANITIZE, "-DLPU_NO_CLONES", "-DLPU_HEAP"],
    "LPU_COVERAGE": [*COVERAGE, "-DLPU_NO_CLONES"],
    "LPU_PORTABLE": ["-DLPU_PORTABLE"],
    "LPU_QUICK": ["-O0", "-DLPU_NO_CLONES"],
}


def declarations() -> str:
    """The part of lpu.h between its markers: plain C, as cffi wants it."""
    text = (SOURCES / "lpu.h").read_text(encoding="utf-8")
    return text.partition("/* declarations begin */")[2].partition("/* declarations end */")[0]


def switched_flags() -> list[str]:
    return [flag for name, flags in SWITCHES.items() if os.environ.get(name) == "1" for flag in flags]


def relative(pattern: str) -> list[str]:
    return sorted(f"{SOURCES.name}/{path.name}" for path in SOURCES.glob(pattern))


# The pool (pool.c) is of POSIX threads; Windows has none, and the pool no threads there.
THREADS = [] if os.name == "nt" else ["-pthread"]

ffi = FFI()
ffi.cdef(declarations())
ffi.set_source(
    "vm._core",
    '#include "lpu.h"',
    sources=relative("*.c"),
    depends=relative("*.h"),  # else an edited header rebuilds nothing
    include_dirs=[SOURCES.name],
    extra_compile_args=[*FLAGS, *THREADS, *switched_flags()],
    extra_link_args=[*THREADS, *switched_flags()],
    libraries=["m"],
)
