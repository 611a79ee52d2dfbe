"""Bytes of a file that are read when somebody asks for them, so that large ones need no memory."""

from __future__ import annotations

import os


class File:
    """A file descriptor, closed once nobody has it any more."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __del__(self) -> None:
        os.close(self.descriptor)


class FilePart:
    """Some bytes of an open file: its length, slices, and equality are those of the bytes.

    Raises ValueError where the file has been cut short meanwhile.
    """

    __slots__ = ("_file", "_size", "_start")

    def __init__(self, file: File, start: int, size: int) -> None:
        self._file, self._start, self._size = file, start, size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        wanted = max(0, stop - start)
        os.lseek(self._file.descriptor, self._start + start, os.SEEK_SET)
        data = os.read(self._file.descriptor, wanted)
        if len(data) != wanted:
            raise ValueError(f"the file ends {wanted - len(data)} bytes earlier than it did when it was opened")
        return data

    def __bytes__(self) -> bytes:
        return self[:]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, bytes | FilePart) and len(self) == len(other) and bytes(self) == bytes(other)

    __hash__ = None  # type: ignore[assignment]

    def part(self, start: int, size: int) -> FilePart:
        return FilePart(self._file, self._start + start, size)


def part_of(data: bytes | FilePart, start: int, size: int) -> bytes | FilePart:
    """Some bytes of others, which have them: not read now if those were not."""
    return data.part(start, size) if isinstance(data, FilePart) else data[start : start + size]
