"""`lpu check`: every static rule applied to sources, objects and executables; nothing is written."""

from __future__ import annotations

import argparse

from isa.diagnostics import SourceError
from lpu import build, explain, messages, options
from lpu.cli import OK, USAGE


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu check", description="Apply every static rule to sources, objects and executables; write nothing.",
        formatter_class=options.formatter,
    )  # fmt: skip
    made.add_argument("file", nargs="+", help="assembly files, objects or executables; - is standard input")
    explain.add_option(made)
    options.add_optimal_option(made)
    options.add_source_options(made)
    options.add_diagnostic_options(made)
    return made


def main(arguments: list[str]) -> int:
    """Check each file by itself; 2 when one breaks a rule."""
    made = parser()
    args = made.parse_args(arguments)
    explained = explain.of_command(made, args)
    log = messages.Log(options.form(args), notes=True)
    try:
        wanted = build.settings(args, args.optimal)
        for path in args.file:
            check(path, wanted, explained, log)
        build.warn_of_defines(wanted, log)
    except SourceError as error:
        log.add(error.diagnostics)
    explained.close(log)
    return USAGE if log.failed else OK


def check(path: str, wanted: build.Settings, explained: explain.Explanations, log: messages.Log) -> None:
    """What the assembler finds in a source, or what holds of the text of a file that is assembled already."""
    try:
        if build.is_object(path):
            check_object(path, log)
        else:
            explained.add(build.assembled(path, wanted, log))
    except SourceError as error:
        log.add(error.diagnostics)


def check_object(path: str, log: messages.Log) -> None:
    from asm.check import check_image

    log.add(check_image(build.read_object(path)))
