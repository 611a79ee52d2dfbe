"""`lpu conform`: whether implementations are the machine of docs/machine.md; and our engines as such."""

from __future__ import annotations

import argparse
import os
import sys
from os import strerror

from isa.diagnostics import SourceError
from lpu import conform_cover, messages
from lpu.cli import FAULT, INTERRUPTED, OK, USAGE
from lpu.cmd_dap import port
from vm.engine import UNINIT_MODES
from vm.loader import ENGINES

PROGRAMS = 1_000
SECONDS = 30
MAX_SECONDS = 86_400
STATUS = {OK: "conforms", FAULT: "differs", USAGE: "error", INTERRUPTED: "interrupted"}
EPILOG = """Program K of a seed is always the same. With --engine-free no golden model is asked: legal programs must
halt, and those with a planted fault must end with it in the cycle that is known beforehand.

exit status: 0 it conforms, 1 it differs, 2 for bad usage, a target that fails, or a file that cannot be written,
130 when interrupted"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu conform", description="Test implementations of the machine.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    made.add_argument("--programs", metavar="N", type=positive, default=PROGRAMS, help=f"how many (default {PROGRAMS})")
    made.add_argument("--seed", metavar="S", type=int, default=0, help="where random numbers begin (default 0)")
    made.add_argument(
        "--machine", metavar="M", help="lpu1, lpu-tiny (default), a TOML file, or any: another one for each program"
    )
    made.add_argument("--target", metavar="WHERE", help="test a command or host:port that speaks docs/protocol.md")
    made.add_argument("--timeout", metavar="SECONDS", type=seconds, default=SECONDS,
                      help=f"that an answer of the target may take (default {SECONDS})")  # fmt: skip
    made.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="what is tested (default: the C core)")
    made.add_argument("--engine-free", action="store_true", help="ask no golden model, only look at how programs end")
    made.add_argument("--uninit", choices=UNINIT_MODES, default=UNINIT_MODES[0],
                      help="what reading bytes never written does: fault, give 0, give 0xDB")  # fmt: skip
    made.add_argument("--strict", action="store_true", help="fault where a value on a stream is lost")
    made.add_argument("--jobs", metavar="J", type=positive, default=min(2, os.cpu_count() or 1),
                      help="processes that run programs (default 2)")  # fmt: skip
    made.add_argument("--keep-going", action="store_true", help="go on after the first difference, one file per cause")
    made.add_argument("--replay", metavar="FILE", help="compare one program, a source or an executable, and reduce it")
    made.add_argument("--coverage", metavar="FILE", action="append", default=[],
                      help="write what programs cover to a .html or .json file (repeatable)")  # fmt: skip
    made.add_argument("--merge", action="store_true", help="with --coverage: add to what .json files hold")
    made.add_argument("--steer", action="store_true", help="aim programs at what is not covered")
    made.add_argument("-o", metavar="DIR", default=".", help="where to write found.s and so on (default: here)")
    made.add_argument("--json", action="store_true", help="print the result as JSON")
    made.add_argument("--suite", action="store_true", help="run the fixed suite instead: every rule of docs/machine.md")
    made.add_argument("--laws", action="store_true", help="try laws that need no golden model on random programs")
    made.add_argument("--values", action="store_true", help="ask for values of all ops, known from other libraries")
    made.add_argument("--serve", metavar="ENGINE", choices=ENGINES, help="be a target instead: core or reference")
    made.add_argument("--port", metavar="N", type=port, help="with --serve: wait at a port (0: any that is free)")
    made.add_argument("--once", action="store_true", help="with --port: end when the first connection has ended")
    return made


def positive(text: str) -> int:
    """A whole number above 0. Raises argparse's error."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def seconds(text: str) -> float:
    """A time above 0, of a day at most. Raises argparse's error."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0, at most {MAX_SECONDS}")
    return found


def main(arguments: list[str]) -> int:
    """Be a target, or test one; gives the exit status."""
    made = parser()
    args = made.parse_args(arguments)
    if args.serve is not None:
        return on_streams(args.serve) if args.port is None else on_port(args.serve, args.port, args.once)
    if args.engine_free and (args.replay or args.strict or args.uninit != UNINIT_MODES[0]):
        made.error("--engine-free knows how its own programs end, run as usual: leave out --replay, --strict, --uninit")
    unclear = conform_cover.refused(args)
    if unclear:
        made.error(unclear)
    if args.suite:
        if args.engine_free or args.replay or args.strict or args.uninit != UNINIT_MODES[0]:
            made.error("--suite says how its programs run: leave out --engine-free, --replay, --strict, --uninit")
        from lpu.conform_suite import suite

        return suite(args)
    if args.laws or args.values:
        if args.engine_free or args.replay or args.strict or args.uninit != UNINIT_MODES[0]:
            which = "--laws" if args.laws else "--values"
            made.error(f"{which} says how its programs run: leave out --engine-free, --replay, --strict, --uninit")
        return questions(args)
    return tested(args)


def questions(args: argparse.Namespace) -> int:
    """Ask what needs no golden model, and give the exit status."""
    if args.laws:
        from lpu.conform_laws import Laws

        return Laws(args).answered()
    from lpu.conform_values import Values

    return Values(args).answered()


def tested(args: argparse.Namespace) -> int:
    """Run or replay, write what was found, and give the exit status."""
    from conform.target import TargetError
    from lpu.conform_run import Command

    log = messages.Log("json" if args.json else "text")
    command = Command(args)
    try:
        status = command.replay() if args.replay else command.run()
    except SourceError as error:
        log.add(error.diagnostics)
        status = USAGE
    except TargetError as error:
        log.add(messages.error("E-TARGET", str(error)).diagnostics)
        status = USAGE
    log.close(status=STATUS[status], **command.result()) if args.json else log.close()
    return status


def on_streams(engine: str) -> int:
    """Be a target on the standard streams."""
    from conform.reference.target import serve

    serve(engine, sys.stdin.buffer, sys.stdout.buffer)
    return OK


def on_port(engine: str, number: int, once: bool) -> int:
    """Be a target at a port of this machine, until interrupted."""
    from conform.reference.listen import HOST, listen

    try:
        listen(engine, number, once, lambda taken: print(f"lpu conform: waiting at {HOST}:{taken}", flush=True))
    except OSError as error:
        reason = strerror(error.errno) if error.errno else error
        print(f"lpu conform: port {number}: {reason}", file=sys.stderr)
        return USAGE
    return OK
