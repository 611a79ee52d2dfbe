"""Builds what is in C: the core, whose sources it takes along, and the front of the assembler.

Everything else about the package is in pyproject.toml.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithSources(build_py):
    """Puts the C sources into the package, for translated code is compiled against them (vm/translate)."""

    def run(self) -> None:
        super().run()
        for path in [] if self.editable_mode else sorted(Path("csrc").glob("*.[ch]")):
            self.mkpath(str(Path(self.build_lib, "vm", "csrc")))
            self.copy_file(str(path), str(Path(self.build_lib, "vm", "csrc", path.name)))


setup(cffi_modules=["csrc/build_core.py:ffi", "csrc/asm/build_front.py:ffi"], cmdclass={"build_py": BuildWithSources})
