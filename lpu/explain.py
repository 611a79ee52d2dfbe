"""`--explain`: what became of each innermost loop of a source, on standard output."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lpu import messages

if TYPE_CHECKING:
    from asm.assemble import Assembly

HELP = "print what became of each innermost loop: what bounds it, what was tried, and why that failed"


def add_option(made: argparse.ArgumentParser) -> None:
    made.add_argument("--explain", action="store_true", help=HELP)


def show(result: Assembly) -> None:
    """Print the reports of an assembly's loops. Raises SourceError when nothing can be written."""
    lines = [line for report in result.loops for line in report.lines()]
    messages.write_file("-", "".join(f"{line}\n" for line in lines).encode(errors="replace"))
