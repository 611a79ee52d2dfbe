"""`lpu fmt`: sources in columns, their meaning untouched."""

from __future__ import annotations

import argparse

from isa.diagnostics import SourceError
from lpu import build, messages, options
from lpu.cli import FAULT, OK, USAGE


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu fmt", description="Format sources in place; - formats standard input to standard output.",
        formatter_class=options.formatter,
    )  # fmt: skip
    made.add_argument("source", nargs="+", help="assembly files; - is standard input")
    made.add_argument("--check", action="store_true", help="write nothing, name the files not formatted, status 1")
    return made


def main(arguments: list[str]) -> int:
    """Format each file; 2 when one cannot be read or has a line that does not parse, and is then left alone."""
    args = parser().parse_args(arguments)
    log = messages.Log()
    unformatted = 0
    for path in args.source:
        try:
            unformatted += format_file(path, args.check, log)
        except SourceError as error:
            log.add(error.diagnostics)
    log.close()
    if log.failed:
        return USAGE
    return FAULT if args.check and unformatted else OK


def format_file(path: str, check: bool, log: messages.Log) -> bool:
    """Format one file, or only name it; whether it was not formatted. Raises SourceError."""
    from asm.syntax.format import format_source
    from asm.syntax.source import read_text

    standard = path == build.STANDARD_INPUT
    name = build.STANDARD_NAME if standard else path
    text = build.standard_input() if standard else read_text(path)
    formatted = format_source(text, name)
    log.add(formatted.diagnostics)
    log.sources[name] = text
    differs = formatted.text != text
    if check and differs:
        print(name)
    elif not check and not formatted.diagnostics and (differs or standard):
        messages.write_file(path, formatted.text.encode())
    return differs
