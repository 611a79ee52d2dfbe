"""The core with the planted bugs: built aside from the real one, and a target like any other, one bug switched on."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from conform.planted import DIFF, planted
from conform.target import EngineTarget
from isa import codec
from isa.image import Image
from vm.loader import store_blocks

ROOT = Path(__file__).resolve().parent.parent
BINDING, ENGINE = "vm._core", "vm.core"
NONE = 0  # the number of no bug
SETUP = """\
from setuptools import setup

setup(cffi_modules=["csrc/build_core.py:ffi"])
"""


def build(folder: Path) -> Path:
    """Compile the sources of this repository, the bugs planted in them, into a library below a folder.

    Raises ValueError for a bug whose place has changed, CalledProcessError when they do not compile.
    """
    source = folder / "source"
    write_sources(source / "csrc")
    (source / "setup.py").write_text(SETUP, encoding="utf-8")
    (source / "csrc" / "build_core.py").write_bytes((ROOT / "csrc" / "build_core.py").read_bytes())
    places = ["--build-lib", str(folder), "--build-temp", str(folder / "objects")]
    command = [sys.executable, "setup.py", "--quiet", "build_ext", *places]
    subprocess.run(command, cwd=source, env={**os.environ, "LPU_QUICK": "1"}, check=True, capture_output=True)
    return next((folder / "vm").glob("_core*.so"))


def write_sources(folder: Path) -> None:
    """Write the C files of the core with the bugs. Raises ValueError."""
    folder.mkdir(parents=True)
    sources = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "csrc").glob("*.[ch]")}
    for name, text in planted(sources, DIFF.read_text(encoding="utf-8")).items():
        (folder / name).write_text(text, encoding="utf-8")


def load(library: Path) -> ModuleType:
    """A second `vm.core` on top of a library of that kind; the first one stays as it is."""
    before = sys.modules.get(BINDING)
    try:
        sys.modules[BINDING] = made(spec_from_file_location(BINDING, library))  # loading it may set this, too
        return made(find_spec(ENGINE))
    finally:
        del sys.modules[BINDING]
        if before:
            sys.modules[BINDING] = before


def made(spec: ModuleSpec | None) -> ModuleType:
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class BuggyTarget(EngineTarget):
    """The core with one bug, or with none. Only one bug at a time is switched on in a process."""

    def __init__(self, core: ModuleType, number: int = NONE) -> None:
        super().__init__(f"bug {number}")
        self.core: Any = core
        self.number = number

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        self.core.lib.lpu_bug = self.number
        self.engine = self.core.CoreEngine(image.machine, codec.to_bytes(image.text), image.entry, uninit, strict)
        store_blocks(self.engine, image)
