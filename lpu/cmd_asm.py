"""`lpu asm`: sources to objects, and listings."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from isa.diagnostics import SourceError
from isa.image import Image
from lpu import build, explain, messages, options
from lpu.cli import OK, USAGE


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu asm", description="Assemble sources, each to an object.", formatter_class=options.formatter
    )
    made.add_argument("source", nargs="+", help="assembly files; - is standard input")
    made.add_argument("-o", dest="output", metavar="FILE", help="the object to write (default: the source's name, .o)")
    made.add_argument("-l", dest="listing", metavar="FILE", help="write a listing too, on errors as well; - is stdout")
    shown = "print what runs of linear tensor code became, as timelines that assemble to the same"
    made.add_argument("--emit-timeline", action="store_true", help=shown)
    explain.add_option(made)
    options.add_optimal_option(made)
    options.add_source_options(made)
    options.add_diagnostic_options(made)
    return made


def main(arguments: list[str]) -> int:
    """Assemble each source; 2 on any error, and then no object is written."""
    made = parser()
    args = made.parse_args(arguments)
    if len(args.source) > 1 and (args.output or args.listing):
        made.error("-o and -l name one file; assemble several sources without them")
    explained = explain.of_command(made, args, args.listing)
    log = messages.Log(options.form(args), notes=args.optimal)
    try:
        wanted = build.settings(args, args.optimal)
        objects = [(path, assemble(path, wanted, args, explained, log)) for path in args.source]
        build.warn_of_defines(wanted, log)
        for path, image in objects:
            if image and not log.failed:
                write_object(args.output or object_name(path), image, args.source)
    except SourceError as error:
        log.add(error.diagnostics)
    explained.close(log)
    return USAGE if log.failed else OK


def assemble(
    path: str, wanted: build.Settings, args: argparse.Namespace, explained: explain.Explanations, log: messages.Log
) -> Image | None:
    """One source to an object, and its listing, timelines or explanation if asked for; None after errors."""
    only_image = not (args.listing or args.emit_timeline or explained.form)
    result = build.assembled(path, wanted, log, only_image)
    if args.listing:
        from asm.write.listing import listing

        messages.write_file(args.listing, listing(result, explained.reports(result)).encode(errors="replace"))
    if args.emit_timeline and result.image:
        from asm.write.timeline import found_text

        text = found_text(result.found, result.tiles, result.scope.spec)
        messages.write_file("-", text.encode(errors="replace"))
    explained.add(result)
    return result.image


def write_object(path: str, image: Image, sources: Sequence[str]) -> None:
    """Write an object, over no source. Raises SourceError."""
    if path in sources and path != build.STANDARD_INPUT:
        raise messages.error("E-FILE", f"{path}: the object would take the place of its source", "name another file")
    messages.write_file(path, build.file_bytes(image))


def object_name(path: str) -> str:
    """`prog.o` for `prog.s`; the object of standard input is `a.o`."""
    return "a.o" if path == build.STANDARD_INPUT else os.path.splitext(path)[0] + ".o"
