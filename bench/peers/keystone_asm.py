"""`python keystone_asm.py SOURCE OBJECT`: x86-64 in Intel's syntax to bytes, by the keystone engine."""

import sys
from pathlib import Path

from keystone import KS_ARCH_X86, KS_MODE_64, Ks

source, target = map(Path, sys.argv[1:])
code, _ = Ks(KS_ARCH_X86, KS_MODE_64).asm(source.read_text(), as_bytes=True)
target.write_bytes(code)
