"""Running the command inside the test process, and programs for it to run."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lpu.cli import main

COPY = """\
        .array  x: i32[3]
        .array  y: i32[3]
        .input  x
        .output y
        mov     r1, 0
        loop    3, done
        ld      r2, [x + r1]
        st      [y + r1], r2
        add     r1, r1, 1
done:   halt    0
"""
ENDLESS = "again:  jmp again\n"


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON on stdout, which must be all there is."""
        return json.loads(self.out)


class Command:
    """Runs `lpu ARGUMENTS` in a directory of its own and keeps what it printed."""

    def __init__(self, directory: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.directory, self.capture, self.patch = directory, capture, patch
        patch.chdir(directory)

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Result:
        self.patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse ends the process for wrong usage and for --help
            status = int(stop.code or 0)
        captured = self.capture.readouterr()
        return Result(status, captured.out, captured.err)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path
