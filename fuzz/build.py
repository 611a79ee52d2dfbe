"""The harnesses of the C core as programs: with libFuzzer and sanitizers by clang, or plain ones that replay inputs.

python -m fuzz.build FOLDER [--plain]
"""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES, CORE = ROOT / "fuzz" / "core", ROOT / "csrc"
HARNESSES = ("decode", "run", "stops", "state", "append", "host")
# As csrc/build_core.py has it: floating point means what is written, and tools see one version of every function.
MEANING = ["-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-DLPU_NO_CLONES"]
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Werror", f"-I{CORE}"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer", "-g", "-O1"]
COVERED, FUZZED = ["-fsanitize=fuzzer-no-link"], ["-fsanitize=fuzzer"]  # the core, and a program that libFuzzer runs


def compile_all(folder: Path, compiler: str, flags: Sequence[str], sources: Sequence[Path]) -> list[Path]:
    """An object of each source, made anew where a source is newer than it."""
    folder.mkdir(parents=True, exist_ok=True)
    newest = max(path.stat().st_mtime for path in [*CORE.glob("*.h"), *SOURCES.glob("*.h")])
    objects = [folder / f"{path.parent.name}_{path.stem}.o" for path in sources]
    for source, out in zip(sources, objects, strict=True):
        if not out.exists() or out.stat().st_mtime < max(newest, source.stat().st_mtime):
            subprocess.run([compiler, *MEANING, *WARNINGS, *flags, "-c", str(source), "-o", str(out)], check=True)
    return objects


def build(folder: Path, plain: bool = False, names: Sequence[str] = HARNESSES) -> dict[str, Path]:
    """One program for each harness, in a folder. Raises CalledProcessError, or FileNotFoundError without a compiler."""
    compiler = os.environ.get("CC", "cc") if plain else "clang"
    flags = ["-O0"] if plain else [*SANITIZERS, *COVERED]
    parts = [*sorted(CORE.glob("*.c")), SOURCES / "input.c", SOURCES / ("replay.c" if plain else "mutate.c")]
    objects = compile_all(folder / "objects", compiler, flags, parts)
    programs = {name: folder / name for name in names}
    for name, program in programs.items():
        found = compile_all(folder / "objects", compiler, flags, [SOURCES / f"{name}.c"])
        link = [compiler, *flags, *([] if plain else FUZZED), *map(str, found + objects), "-lm", "-o", str(program)]
        subprocess.run(link, check=True)
    return programs


def main() -> None:
    parser = argparse.ArgumentParser(description="build the harnesses of the C core")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plain", action="store_true", help="without libFuzzer: programs that replay the files named")
    given = parser.parse_args()
    for program in build(given.folder, given.plain).values():
        print(program)


if __name__ == "__main__":
    main()
