"""The words of the protocol: numbers are decimal, bytes are hex."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

PIECE = 1024  # bytes of memory in a line of an answer
NOTHING = "-"  # the hex of no bytes
Lines: TypeAlias = Iterator[str]


def number(word: str, end: int) -> int:
    """A number from 0 to one below `end`. Raises ValueError."""
    if not (word.isdigit() and len(word) <= 20 and int(word) < end):
        raise ValueError(f"{word[:20]!r} is no number from 0 to {end - 1}")
    return int(word)


def syllables(text: str) -> bytes:
    """The bytes of whole syllables. Raises ValueError."""
    data = bytes.fromhex(text)
    if len(data) % 8:
        raise ValueError(f"{len(data)} bytes are no whole number of syllables of 8 bytes")
    return data


def joined(*words: object) -> str:
    return " ".join(map(str, words))


def hexed(data: bytes) -> str:
    return data.hex() or NOTHING


def pieces(memory: memoryview, start: int) -> Lines:
    """Memory from an address on, without stretches of zeros."""
    for place in range(0, len(memory), PIECE):
        piece = bytes(memory[place : place + PIECE])
        if any(piece):
            yield f"at {start + place} {piece.hex()}"
