"""All cases of the fixed suite, in order: programs in files, then those made of the table of instructions."""

from __future__ import annotations

from collections.abc import Iterator

from conform.fixed import Case, programs
from conform.timing import timings
from conform.vectors import vectors


def cases() -> Iterator[Case]:
    """The whole suite."""
    yield from programs()
    yield from vectors()
    yield from timings()
