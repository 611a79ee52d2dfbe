"""The test file that docs/conformance.md shows to users passes as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_test_file_of_the_page_passes(tmp_path: Path) -> None:
    [shown] = [
        block for block in PYTHON.findall((ROOT / "docs" / "conformance.md").read_text()) if "def test_" in block
    ]
    (tmp_path / "test_mine.py").write_text(shown)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{tmp_path}/test_mine.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"{shown.count('def test_')} passed" in done.stdout
