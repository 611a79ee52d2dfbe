"""What fuzzing found once: inputs in fuzz/findings/, in a folder for each target; their names say what was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FINDINGS = Path(__file__).resolve().parent / "findings"


def findings(name: str) -> Iterator[Path]:
    """The inputs of a target, in order of their names."""
    yield from sorted((FINDINGS / name).glob("*"))
