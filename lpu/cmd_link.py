"""`lpu link`: objects to an executable."""

from __future__ import annotations

import argparse

from isa.diagnostics import SourceError
from lpu import build, messages, options
from lpu.cli import OK, USAGE

MOST_DIGITS = 18  # of a number of cycles


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu link",
        description="Link objects, in their order, to an executable.",
        formatter_class=options.formatter,
    )
    made.add_argument("object", nargs="+", help="objects made by `lpu asm`")
    made.add_argument("-o", dest="output", metavar="FILE", required=True, help="the executable to write")
    time = made.add_mutually_exclusive_group()
    time.add_argument(
        "--overlap", type=overlap, metavar="N", help="merge straight code in time: each object begins N cycles before "
        "those before it have landed, `max` as soon as it can",
    )  # fmt: skip
    time.add_argument("--back-to-back", dest="overlap", action="store_const", const=0, help="the same as `--overlap 0`")
    options.add_diagnostic_options(made)
    return made


def overlap(text: str) -> int | str:
    """A number of cycles, or `max`."""
    if text == "max":
        return text
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of cycles from 0 on, and not `max`")
    return int(text)


def main(arguments: list[str]) -> int:
    """Link and write; 2 when something does not fit, and then nothing is written."""
    args = parser().parse_args(arguments)
    log = messages.Log(options.form(args))
    try:
        build.refuse_repeated(args.object)
        image = build.linked([build.read_object(path) for path in args.object], args.output, args.overlap)
        messages.write_file(args.output, build.file_bytes(image))
    except SourceError as error:
        log.add(error.diagnostics)
    log.close()
    return USAGE if log.failed else OK
