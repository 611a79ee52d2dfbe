"""Reading sources: bytes of strangers to lines, with every bound named."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable

from isa.diagnostics import Diagnostic, Place, SourceError
from isa.records import NamedTuple

MAX_FILE_BYTES = 64 << 20
MAX_LINE_LENGTH = 65_536  # characters
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Strings and line comments first, so that `/*` inside them is text.
BLOCK_COMMENT = re.compile(
    r""""(?:[^"\\\n]|\\[^\n])*"?|'(?:[^'\\\n]|\\.)'|;[^\n]*|//[^\n]*|/\*(?:.*?\*/)?""", re.DOTALL
)


PathLike = str | os.PathLike[str]


class File(NamedTuple):
    """A file by its path: what `pathlib.Path` is to those who have imported it."""

    path: str

    def __fspath__(self) -> str:
        return self.path


def read_bytes(path: PathLike, place: Place | None = None) -> bytes:
    """The content of a regular file that `place` asks for; raises SourceError (E-SOURCE)."""
    path = os.fspath(path)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(Diagnostic("E-SOURCE", f"`{path}` is not a regular file", place))
        if status.st_size > MAX_FILE_BYTES:
            message = f"`{path}` has {status.st_size} bytes; {MAX_FILE_BYTES} is the most a source may have"
            raise SourceError(Diagnostic("E-SOURCE", message, place))
        with open(path, "rb") as file:
            return file.read(MAX_FILE_BYTES)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise SourceError(Diagnostic("E-SOURCE", f"`{path}` cannot be read: {reason}", place)) from None


def read_text(path: PathLike, place: Place | None = None) -> str:
    """The text of a source file that `place` asks for; raises SourceError (E-SOURCE)."""
    return decode(read_bytes(path, place), os.fspath(path))


def decode(data: bytes, name: str) -> str:
    """UTF-8 to text, a byte order mark dropped; raises SourceError (E-SOURCE) at the first byte that is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        start = before.rfind(b"\n") + 1
        column = len(before[start:].decode("utf-8", "replace")) + 1
        place = Place(name, before.count(b"\n") + 1, column, column + 1)
        message = f"byte {error.object[error.start]:#04x} at offset {error.start} is not UTF-8"
        raise SourceError(Diagnostic("E-SOURCE", message, place, help="sources are UTF-8 text")) from None


def source_lines(text: str, name: str) -> list[str]:
    """The lines of a source, block comments made blank; raises SourceError (E-SOURCE, E-SYNTAX)."""
    _check_characters(text, name)
    _check_lengths(text, name)
    if "/*" in text:
        text = BLOCK_COMMENT.sub(lambda found: _blank(found, name), text)
    return text.split("\n")


def _check_lengths(text: str, name: str) -> None:
    lengths = list(map(len, text.split("\n")))
    if max(lengths) > MAX_LINE_LENGTH:
        number = next(number for number, length in enumerate(lengths) if length > MAX_LINE_LENGTH)
        message = f"the line has {lengths[number]} characters; {MAX_LINE_LENGTH} is the most a line may have"
        raise SourceError(Diagnostic("E-LIMIT", message, Place(name, number + 1)))


def _check_characters(text: str, name: str) -> None:
    found = CONTROL.search(text)
    if found:
        message = f"control character U+{ord(found.group()):04X}: this is not a text file"
        place = _place_at(text, found.start(), name)
        raise SourceError(Diagnostic("E-SOURCE", message, place, help="sources are UTF-8 text"))


def _place_at(text: str, offset: int, name: str) -> Place:
    column = offset - text.rfind("\n", 0, offset)
    return Place(name, text.count("\n", 0, offset) + 1, column, column + 1)


def _blank(found: re.Match[str], name: str) -> str:
    """Spaces for a block comment, keeping its line ends; everything else as it is."""
    text = found.group()
    if not text.startswith("/*"):
        return text
    if text == "/*":
        place = _place_at(found.string, found.start(), name)
        raise SourceError(Diagnostic("E-SYNTAX", "the comment is never closed", place, help="close it with `*/`"))
    return "\n".join(" " * len(part) for part in text.split("\n"))


def find(name: str, beside: str, folders: Iterable[PathLike], place: Place) -> str:
    """The file an .include or .incbin names: beside the file that asks, then in `folders`; else E-INCLUDE."""
    from pathlib import Path

    candidates = [Path(beside).parent / name, *(Path(folder, name) for folder in folders)]
    for path in candidates:
        try:
            if path.exists():
                return str(path)
        except (OSError, ValueError):
            continue
    message = f"`{name}` is not found"
    looked = ", ".join(f"`{path.parent}`" for path in dict.fromkeys(candidates))
    raise SourceError(Diagnostic("E-INCLUDE", message, place, help=f"looked in {looked}; -I adds a folder"))
