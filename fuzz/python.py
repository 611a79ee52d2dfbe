"""Fuzz one target under atheris, as libFuzzer is used:

python -m fuzz.python TARGET CORPUS... [-max_total_time=SECONDS ...]
"""

from __future__ import annotations

import resource
import sys
import time
from random import Random

try:
    import atheris
except ImportError:
    sys.exit("this needs atheris: `pip install 'lpu[fuzz]'`")

PACKAGES = ["isa", "asm", "vm", "debugger", "conform"]
OWN_CHANGES = 0.7  # the part of changes that know what they change; the others are libFuzzer's
MEMORY = 3 << 30  # bytes of address space
SLOW = 20.0  # seconds


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    with atheris.instrument_imports(include=PACKAGES):
        from fuzz.seeds import seeds
        from fuzz.targets import TARGETS

        if name not in TARGETS:
            sys.exit(f"there is no target {name!r}; there are {', '.join(TARGETS)}")
        target = TARGETS[name]
        for _, data in zip(range(8), seeds(name), strict=False):
            target.call(data)  # which imports what is imported late
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def call(data: bytes) -> None:
        started = time.process_time()
        target.call(data)
        assert time.process_time() - started < SLOW, f"an input of {len(data)} bytes took more than {SLOW} s"

    def change(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)
        if rng.random() < OWN_CHANGES:
            return target.mutate(data, rng)[:most]
        changed: bytes = atheris.Mutate(data, most)
        return changed

    flags = [f"-max_len={target.most}", f"-timeout={int(3 * SLOW)}", "-rss_limit_mb=2500"]
    atheris.Setup([sys.argv[0], *flags, *sys.argv[2:]], call, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
