"""lpu.h from C alone: the example is compiled with the core's sources by the system's compiler, and run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conform.build import op, text
from isa import codec
from isa.faults import NUMBER
from isa.machine import LPU_TINY

ROOT = Path(__file__).resolve().parent.parent
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wpedantic", "-Werror"]
BANK = LPU_TINY.words_per_bank

PROGRAM = text(
    [op("ld rt, [disp]", rt=1, disp=0), op("ld rt, [disp]", u=1, rt=2, disp=BANK)],
    [op("nop count", count=3)],
    [op("add rd, ra, rb", rd=3, ra=1, rb=2)],
    [op("st [disp], rt", rt=3, disp=1), op("div rd, ra, imm", rd=4, ra=3, imm=0)],
)
EXPECTED = f"""\
running in cycle 2 at 3: r1 = 0, r3 = 0, 2 in flight
fault in cycle 5 at 4: r1 = 20, r3 = 42, 0 in flight
fault {NUMBER["E-DIV"]} in slot 1: 42 / 0
issued 1 times, SRAM of {LPU_TINY.sram_bytes} bytes
"""


def compilers() -> list[str]:
    """One name for each compiler there is."""
    found = {Path(path).resolve(): name for name in ("clang", "gcc", "cc") if (path := shutil.which(name))}
    return sorted(found.values())


def compiled(compiler: str, flags: list[str], out: Path) -> Path:
    """The example with all sources: quickly, so without optimisation and with one version of every function."""
    sources = sorted(str(path) for path in (ROOT / "csrc").glob("*.c"))
    command = [compiler, "-std=c11", "-ffp-contract=off", "-O0", "-DLPU_NO_CLONES", *flags, f"-I{ROOT / 'csrc'}"]
    subprocess.run([*command, str(ROOT / "tests" / "c_example.c"), *sources, "-o", str(out), "-lm"], check=True)
    return out


def run_example(program: Path, text_file: Path) -> str:
    text_file.write_bytes(codec.to_bytes(PROGRAM))
    return subprocess.run([str(program), str(text_file)], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("compiler", compilers())
def test_the_example_prints_what_the_machine_did(compiler: str, tmp_path: Path) -> None:
    """Without GNU extensions, so that what they replace is tried, too; and without a warning."""
    program = compiled(compiler, [*WARNINGS, "-DLPU_PORTABLE"], tmp_path / "example")
    assert run_example(program, tmp_path / "text") == EXPECTED


def test_the_header_compiles_alone_as_c_and_cpp(tmp_path: Path) -> None:
    for language in ("c", "c++"):
        command = ["cc", "-x", language, "-Wall", "-Werror", "-fsyntax-only", str(ROOT / "csrc" / "lpu.h")]
        subprocess.run(command, check=True)
