"""What several commands have in common: arguments, their parsing, and where sources come from."""

from __future__ import annotations

import argparse
import math
import os
import sys

MACHINE_HELP = "lpu1, lpu-tiny or a TOML file (default: what the program asks for, else lpu1)"
DEFAULT_COLUMNS = 80


def formatter(prog: str) -> argparse.HelpFormatter:
    """The formatter of argparse, told the width: it would import `shutil` to find it, for the first option defined."""
    return argparse.HelpFormatter(prog, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal, or what COLUMNS says."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or DEFAULT_COLUMNS  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # no stream, a closed one, no terminal
        return DEFAULT_COLUMNS


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """The options of every command that assembles."""
    parser.add_argument("-D", dest="defines", metavar="NAME=VALUE", action="append", type=define, default=[],
                        help="set a parameter or constant of the program (repeatable)")  # fmt: skip
    parser.add_argument("-I", dest="include", metavar="DIR", action="append", default=[],
                        help="look for included files here too (repeatable)")  # fmt: skip
    parser.add_argument("--machine", metavar="M", help=MACHINE_HELP)


def add_optimal_option(parser: argparse.ArgumentParser) -> None:
    """Of commands that show notes."""
    text = "search for the shortest schedules and note which are proved to be (needs OR-tools: docs/optimal.md)"
    parser.add_argument("--optimal", action="store_true", help=text)


def add_diagnostic_options(parser: argparse.ArgumentParser) -> None:
    """How messages are given: text (default), JSON or SARIF."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the diagnostics as JSON on stdout")
    form.add_argument("--sarif", action="store_true", help="print the diagnostics as SARIF on stdout")


def define(text: str) -> tuple[str, int | float]:
    """`NAME=VALUE`, or `NAME` for 1. Raises argparse's error for a value that is no number."""
    name, given, value = text.partition("=")
    if not name.isidentifier():
        raise argparse.ArgumentTypeError(f"{name!r} is no name of a parameter or constant")
    return name, number(value) if given else 1


def number(text: str) -> int | float:
    """An integer (decimal, 0x, 0b, 0o, `_` between digits) or a finite float."""
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return value


def cycles(text: str) -> int:
    """A positive number of cycles; `1e9` is understood."""
    value = number(text)
    if value < 1 or value != int(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no positive number of cycles")
    return int(value)


def form(args: argparse.Namespace) -> str:
    """How diagnostics are to be printed: text, json or sarif."""
    return "json" if args.json else "sarif" if args.sarif else "text"
