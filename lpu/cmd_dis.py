"""`lpu dis`: an object or executable as text that assembles to the same bytes."""

from __future__ import annotations

import argparse

from isa.diagnostics import SourceError
from lpu import build, messages, options
from lpu.cli import OK, USAGE


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu dis", description="Disassemble to text that assembles to the same bytes.",
        formatter_class=options.formatter,
    )  # fmt: skip
    made.add_argument("file", help="an object or executable")
    made.add_argument("-o", dest="output", metavar="FILE", default="-", help="write there instead of stdout")
    return made


def main(arguments: list[str]) -> int:
    """Print the text (2 when the file is none of ours)."""
    args = parser().parse_args(arguments)
    from asm.write.disassemble import disassemble

    log = messages.Log()
    try:
        text = disassemble(build.read_object(args.file))
        messages.write_file(args.output, text.encode(errors="replace"))
    except SourceError as error:
        log.add(error.diagnostics)
    log.close()
    return USAGE if log.failed else OK
