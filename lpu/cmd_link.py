"""`lpu link`: objects to an executable."""

from __future__ import annotations

import argparse

from isa.diagnostics import SourceError
from lpu import build, messages, options
from lpu.cli import OK, USAGE


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="lpu link", description="Link objects, in their order, to an executable.")
    made.add_argument("object", nargs="+", help="objects made by `lpu asm`")
    made.add_argument("-o", dest="output", metavar="FILE", required=True, help="the executable to write")
    options.add_diagnostic_options(made)
    return made


def main(arguments: list[str]) -> int:
    """Link and write; 2 when something does not fit, and then nothing is written."""
    args = parser().parse_args(arguments)
    log = messages.Log(options.form(args))
    try:
        build.refuse_repeated(args.object)
        image = build.linked([build.read_object(path) for path in args.object], args.output)
        messages.write_file(args.output, build.file_bytes(image))
    except SourceError as error:
        log.add(error.diagnostics)
    log.close()
    return USAGE if log.failed else OK
