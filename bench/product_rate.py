"""The matrix products alone: multiply-accumulates per second of each way that this processor has, on 320 lanes."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORE = HERE.parent / "csrc"
FLAGS = ["-std=c11", "-O2", "-ffp-contract=off", "-fno-wrapv"]


def main() -> None:
    sources = [HERE / "product_rate.c", CORE / "exact_dot.c", *sorted(CORE.glob("product*.c"))]
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/product_rate"
        subprocess.run(["cc", *FLAGS, f"-I{CORE}", *map(str, sources), "-o", program, "-lm"], check=True)
        subprocess.run([program], check=True)


if __name__ == "__main__":
    main()
