"""Run tests against a core built with the address and undefined behaviour sanitizers, in a copy of the repository.

python tests/sanitized.py TEST...
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("isa", "asm", "vm", "debugger", "conform", "lpu", "csrc", "tests", "programs")
FILES = ("setup.py", "pyproject.toml", "README.md", "LICENSE")
LIBRARIES = ("libasan.so", "libubsan.so")


def copy_into(folder: Path) -> None:
    """The sources, without anything that was built."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.o"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)


def library(name: str) -> str:
    """Where the compiler keeps a sanitizer's library."""
    compiler = os.environ.get("CC", "cc")
    answer = subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def main(tests: list[str]) -> int:
    """Build, run, and give pytest's status."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_into(folder)
        build = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
        subprocess.run(build, cwd=folder, env={**os.environ, "LPU_SANITIZE": "1"}, check=True)
        preload = " ".join(library(name) for name in LIBRARIES)
        # Python itself frees little at its end, so leaks say nothing.
        environment = {**os.environ, "LD_PRELOAD": preload, "ASAN_OPTIONS": "detect_leaks=0"}
        run = [sys.executable, "-m", "pytest", *tests]
        return subprocess.run(run, cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
