"""Objects and executables as files: `write` an image, `read` it back. The format is told in `isa.elf_format`."""

from isa.elf_format import ElfError
from isa.elf_read import read
from isa.elf_write import write

__all__ = ["ElfError", "read", "write"]
