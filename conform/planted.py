"""How the planted bugs get into the C core: `bugs.diff` says what each source has in their place, so that the sources
themselves know nothing of them.

The diff is an ordinary unified one. A piece of it is found by what it replaces and the lines around that, which must be
there once; its line numbers are for readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from isa.records import NamedTuple

DIFF = Path(__file__).with_name("bugs.diff")
OLD, NEW, PIECE = "--- ", "+++ ", "@@ "


class Piece(NamedTuple):
    """Some lines of a file, and what stands in their place."""

    file: str
    before: str
    after: str


def pieces(diff: str) -> list[Piece]:
    """The pieces of a unified diff, in order."""
    found: list[Piece] = []
    for line in diff.splitlines(keepends=True):
        if line.startswith(NEW):
            file = line[len(NEW) :].strip()
        elif line.startswith(PIECE):
            found.append(Piece(file, "", ""))
        elif not line.startswith(OLD):
            kind, text = line[0], line[1:]
            file, before, after = found[-1]
            found[-1] = Piece(file, before + text * (kind != "+"), after + text * (kind != "-"))
    return found


def occurrences(text: str, part: str) -> int:
    """How often a part begins in a text, overlaps counted."""
    return sum(text.startswith(part, place) for place in range(len(text)))


def planted(sources: dict[str, str], diff: str) -> dict[str, str]:
    """Sources with the bugs in them. Raises ValueError for a piece whose lines are not there, or more than once."""
    found = dict(sources)
    for piece in pieces(diff):
        text = found.get(piece.file, "")
        times = occurrences(text, piece.before)
        if piece.before and times != 1:
            raise ValueError(f"{piece.file} has these lines {times} times, not once:\n{piece.before}")
        found[piece.file] = text.replace(piece.before, piece.after) if piece.before else piece.after
    return found


def differences(sources: dict[str, str], buggy: dict[str, str]) -> Iterator[str]:
    """The diff that makes one of the other, with as many lines around each piece as tell it from all others."""
    for file in sorted(buggy):
        before, after = sources.get(file, ""), buggy[file]
        for around in range(1, 30):
            diff = "".join(unified_diff(before.splitlines(True), after.splitlines(True), file, file, n=around))
            if all(occurrences(before, piece.before) == 1 or not before for piece in pieces(diff)):
                break
        yield diff
