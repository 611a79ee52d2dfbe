"""`lpu conform --suite`: the fixed suite on an implementation, and the table of rules that it keeps."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from conform.cases import cases
from conform.fixed import FAILED as CASE_FAILED
from conform.fixed import MACHINES, Case, Result, run
from conform.fixed_report import data, text
from conform.target import Target, TargetError
from isa.diagnostics import SourceError
from isa.machine import MachineSpec
from lpu import build, messages
from lpu.cli import FAULT, OK, USAGE
from lpu.conform_run import Command
from lpu.progress import CLEAR_LINE

STATUS = {OK: "conforms", FAULT: "differs", USAGE: "error"}
SHOW_EVERY = 20  # programs


def suite(args: argparse.Namespace) -> int:
    """Run the suite, print what it says, and give the exit status."""
    log = messages.Log("json" if args.json else "text")
    results: list[Result] = []
    try:
        results += tested(args)
        status = FAULT if any(result.status == CASE_FAILED for result in results) else OK
    except SourceError as error:
        log.add(error.diagnostics)
        status = USAGE
    except TargetError as error:
        log.add(messages.error("E-TARGET", str(error)).diagnostics)
        status = USAGE
    if args.json:
        log.close(status=STATUS[status], **data(results))
    else:
        log.close()
        print(text(args.target or args.engine, results) if results else "", end="\n" * bool(results))
    return status


def tested(args: argparse.Namespace) -> list[Result]:
    """The results of all cases. Raises SourceError, TargetError."""
    machines = machines_of(args)
    target = Command(args).make()
    try:
        return list(watched(target, list(cases()), machines))
    finally:
        target.close()


def watched(target: Target, chosen: Sequence[Case], machines: Sequence[MachineSpec]) -> Iterator[Result]:
    """Results as they come, counted on a terminal."""
    is_seen = sys.stderr.isatty()
    for number, result in enumerate(run(target, chosen, machines), 1):
        if is_seen and number % SHOW_EVERY == 0:
            print(f"{CLEAR_LINE}{number:,} of {len(chosen):,} programs", end="", file=sys.stderr, flush=True)
        yield result
    if is_seen:
        print(CLEAR_LINE, end="", file=sys.stderr, flush=True)


def machines_of(args: argparse.Namespace) -> Sequence[MachineSpec]:
    """The machine asked for, or the two that all programs find one of. Raises SourceError."""
    spec = build.machine_asked(args.machine) if args.machine else None
    return (spec,) if spec else MACHINES
