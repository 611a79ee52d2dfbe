"""Lines of scripts and of standard input; what is no line of text comes as the error that says so."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import BinaryIO, TypeAlias

from debugger.trouble import trouble
from isa.diagnostics import SourceError

MAX_LINE_BYTES = 1 << 18
MAX_SKIPPED = 1 << 26  # bytes of a line that goes on and on

Lines: TypeAlias = Iterator[str | SourceError]


def script_lines(path: str) -> Lines:
    """The lines of a file, or why it cannot be read."""
    try:
        with open(path, "rb") as file:
            yield from lines_of(file, path)
    except (OSError, ValueError) as error:
        yield trouble(f"{path}: {getattr(error, 'strerror', None) or error}", code="E-FILE")


def lines_of(file: BinaryIO, name: str) -> Lines:
    """The lines of a file, until it ends."""
    for number in count(1):
        data = file.readline(MAX_LINE_BYTES + 1)
        if not data:
            return
        yield decoded(data, f"{name}:{number}")
        if len(data) > MAX_LINE_BYTES and not skip_line(file):
            return


def skip_line(file: BinaryIO) -> bool:
    """Read on to the end of a line; whether it has one."""
    return any(file.readline(MAX_LINE_BYTES).endswith(b"\n") for _ in range(MAX_SKIPPED // MAX_LINE_BYTES))


def decoded(data: bytes, place: str) -> str | SourceError:
    """A line as text; the error of one too long or not in UTF-8."""
    if len(data) > MAX_LINE_BYTES:
        return trouble(f"{place}: a line of more than {MAX_LINE_BYTES} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return trouble(f"{place}: byte {data[error.start]:#04x} in column {error.start + 1} is not UTF-8")
