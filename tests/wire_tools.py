"""Targets of the wire protocol for tests: our engines served, the one in C, and scripts that misbehave."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from process_tools import PATIENCE

from conform.wire.client import RemoteTarget

ROOT = Path(__file__).resolve().parent.parent
SERVE = [sys.executable, "-m", "conform.reference.target"]


def c_target(folder: Path) -> Path:
    """The target in C with all sources of the core: built quickly, without a warning."""
    sources = sorted(str(path) for path in (ROOT / "csrc").glob("*.c"))
    flags = ["-std=c11", "-ffp-contract=off", "-O0", "-DLPU_NO_CLONES", "-Wall", "-Wextra", "-Werror"]
    out = folder / "target"
    model = str(ROOT / "conform" / "reference" / "target.c")
    subprocess.run(["cc", *flags, f"-I{ROOT / 'csrc'}", model, *sources, "-o", str(out), "-lm"], check=True)
    return out


def scripted(body: str) -> RemoteTarget:
    """A target that is a few lines of Python: `say(*lines)` answers, `hear()` is the next request, `greet()` the first.

    An answer may take long: machines may have much to do.
    """
    start = (
        "import sys, time, os\n"
        "def hear(): return sys.stdin.readline().rstrip()\n"
        "def say(*lines): print(*lines, sep='\\n', flush=True)\n"
        "def greet(): hear(); say('name odd', 'machine any', 'lacks', 'ok 1')\n"
    )
    return RemoteTarget([sys.executable, "-S", "-c", start + body], PATIENCE)
