"""Compare the engines on every f32 there is, about a minute a function: python tests/special_sweep.py [NAME...]"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from special_library import SOURCES, Special, compiled, function

sys.path.insert(0, str(SOURCES.parent))
from vm.reference.special import SPECIAL

CHUNK = 1 << 14  # whose float64 temporaries stay in the cache


def differences(core: Special, golden: Special) -> list[int]:
    """The inputs on which two functions of one operand differ."""
    found: list[int] = []
    for start in range(0, 1 << 32, CHUNK):
        bits = (start + np.arange(CHUNK)).astype(np.uint32)
        found += bits[core(bits) != golden(bits)].tolist()
    return found


def main(names: list[str]) -> int:
    """One line a function; the status is 1 when any differ."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(SOURCES / "special.c", Path(folder) / "special.so")
        for name in names:
            found = differences(function(library, name), SPECIAL[name])
            print(f"{name}: {len(found)} of 2**32 differ", *(f"{bits:08x}" for bits in found[:10]), flush=True)
            failed = failed or bool(found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [name for name in SPECIAL if name != "div"]))
