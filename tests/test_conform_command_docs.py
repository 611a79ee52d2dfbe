"""What docs/conformance.md shows of a target with a bug is what comes back, but for the counts of the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COUNTS = re.compile(r"(?<=program )\d+|\d+(?= (?:ops|programs|cycles|of them))|(?:E-[A-Z-]+ \d+(?:,\s+)?)+")


def without_counts(text: str) -> str:
    return COUNTS.sub("N", text)


def test_the_target_with_a_bug_is_found_as_the_page_shows(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "conformance.md").read_text())
    [theirs] = [block for block in blocks if "CoreEngine.state = property(wrong)" in block]
    [told] = [block for block in blocks if block.startswith('$ lpu conform --target "python theirs.py"\n')]
    [source] = [block for block in blocks if block.startswith("; cycle 1: cc\n")]
    (tmp_path / "theirs.py").write_text(theirs)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "lpu", "conform", "--target", "python theirs.py"],
        cwd=tmp_path, env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert without_counts(done.stdout) == without_counts(told.partition("\n")[2])
    assert without_counts((tmp_path / "found.s").read_text()) == without_counts(source)
