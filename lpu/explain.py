"""`--explain`: why schedules are as long as they are, on standard output."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lpu import messages

if TYPE_CHECKING:
    from asm.assemble import Assembly

HELP = "print what bounds each run of linear tensor code and each innermost loop, what was tried, and why that failed"


def add_option(made: argparse.ArgumentParser) -> None:
    made.add_argument("--explain", action="store_true", help=HELP)


def show(result: Assembly) -> None:
    """Print what explains an assembly. Raises SourceError when nothing can be written."""
    messages.write_file("-", "".join(f"{line}\n" for line in _lines(result)).encode(errors="replace"))


def _lines(result: Assembly) -> Iterator[str]:
    from asm.explain.reports import reports

    for report in reports(result):
        yield from report.lines()
