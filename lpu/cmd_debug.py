"""`lpu debug`: a program at a prompt: any cycle, forward and backward, and why."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from isa.diagnostics import SourceError
from lpu import messages, options
from lpu.cli import FAULT, INTERRUPTED, OK, USAGE
from vm.engine import UNINIT_MODES
from vm.loader import ENGINES

if TYPE_CHECKING:
    from debugger.repl.console import Console, Screen
    from debugger.repl.lines import Lines
    from debugger.session import Session

RAISE = "LPU_DEBUG_RAISE"  # set in the environment: defects of verbs are not caught
EPILOG = """What is typed is a verb (`help` lists them), or an instruction or bundle that is assembled and run.

exit status of --batch: 0, or 1 where the program stands at a fault, 2 for bad usage or source or a verb that
failed, 130 when interrupted"""


class Commands(argparse.Action):
    """Keeps `-x FILE` and `-ex COMMAND` in one list, in order, as (option, value)."""

    def __call__(
        self, parser: object, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        namespace.commands = [*namespace.commands, (option, str(values))]


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu debug", description="Run a program at a prompt, forward and backward.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    made.add_argument(
        "program", nargs="*", help="an executable, or sources and objects to link; none: an empty machine"
    )
    made.add_argument("-i", dest="inputs", metavar="[NAME=]FILE", action="append", default=[],
                      help="fill NAME from a .npy or raw file; without a name, all inputs from raw bytes")  # fmt: skip
    options.add_source_options(made)
    made.add_argument("-x", metavar="FILE", dest="commands", action=Commands, default=[],
                      help="do the commands of a file first (repeatable)")  # fmt: skip
    made.add_argument(
        "-ex", metavar="COMMAND", dest="commands", action=Commands, help="do a command first (repeatable)"
    )
    made.add_argument(
        "--batch",
        action="store_true",
        help="end after the commands of -x and -ex, else of standard input; at the first that fails",
    )
    made.add_argument("--keep-going", action="store_true", help="with --batch, go on after commands that fail")
    made.add_argument("--echo", action="store_true", help="show the commands that are not typed, too")
    made.add_argument("--json", action="store_true", help="answer each command with a line of JSON")
    made.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="the C core or the golden model")
    made.add_argument("--uninit", choices=UNINIT_MODES, default=UNINIT_MODES[0],
                      help="what reading bytes never written does: fault, give 0, give 0xDB")  # fmt: skip
    made.add_argument("--strict", action="store_true", help="fault where a value on a stream is lost")
    made.add_argument("--resume", metavar="FILE", help="go on with a session that `save` wrote")
    made.add_argument("--transcript", metavar="FILE", help="write what is typed and shown to a file that -x replays")
    return made


def main(arguments: list[str]) -> int:
    """Open the session, do the commands given, ask for more unless in batch, and give the exit status."""
    args = parser().parse_args(arguments)
    log = messages.Log("json" if args.json else "text")
    try:
        console = opened(args, log)
    except SourceError as error:
        log.add(error.diagnostics)
        log.close(status="error", code=USAGE)
        return USAGE
    try:
        return converse(console, args)
    finally:
        console.stop_transcript()


def converse(console: Console, args: argparse.Namespace) -> int:
    """Do the commands given and, unless in batch, those that are typed then; the exit status."""
    from debugger.repl import plain

    done = all(plain.run_lines(console, lines, args.keep_going) for lines in scripts(args))
    if args.batch:
        done = done and (bool(args.commands) or plain.run_lines(console, plain.input_lines(), args.keep_going))
        return batch_status(console, done)
    if not console.is_over:
        ask(console, args.echo and not sys.stdin.isatty())
    return OK


def opened(args: argparse.Namespace, log: messages.Log) -> Console:
    """A console on the session that the arguments ask for. Raises SourceError."""
    from debugger.repl.console import Console
    from debugger.repl.plain import printer
    from debugger.repl.transcript import Transcript

    session = session_of(args)
    log.sources.update(session.sources)
    log.add(session.diagnostics)
    log.flush()
    console = Console(session, print, screen(), raises=bool(os.environ.get(RAISE)), json=args.json)
    console.keep_going = args.keep_going
    console.transcript = Transcript(args.transcript) if args.transcript else None
    printer(console, args.echo)
    return console


def session_of(args: argparse.Namespace) -> Session:
    """The program loaded, or the session of a file. Raises SourceError."""
    from debugger.load import Source
    from debugger.session import Session

    if args.resume:
        if args.program:
            raise messages.error("E-DEBUG", f"--resume names its program; {args.program[0]} is one too many")
        return Session.resume(args.resume)
    return Session.open(
        Source(
            paths=tuple(args.program),
            defines=dict(args.defines),
            include=tuple(args.include),
            machine=args.machine or "",
            engine=args.engine,
            uninit=args.uninit,
            strict=args.strict,
            inputs=tuple(args.inputs),
        )
    )


def screen() -> Screen:
    """What standard output can show."""
    from shutil import get_terminal_size

    from debugger.repl.console import Screen
    from isa.report import wants_colour

    encoding = (sys.stdout.encoding or "").lower()
    return Screen(get_terminal_size((100, 24)).columns, wants_colour(sys.stdout), encoding.startswith("utf"))


def scripts(args: argparse.Namespace) -> Iterator[Lines]:
    """The lines of each -x and -ex, in their order."""
    from debugger.repl.lines import script_lines

    for option, value in args.commands:
        yield iter([value]) if option == "-ex" else script_lines(value)


def ask(console: Console, echo: bool) -> None:
    """Take commands from a terminal, with all its comforts if they are there, or from whatever standard input is."""
    from debugger.repl import plain

    if sys.stdin.isatty() and sys.stdout.isatty() and not console.json and os.environ.get("TERM") != "dumb":
        try:
            from debugger.repl import terminal
        except ImportError:
            print("lpu: prompt_toolkit is not installed: no completion, no history", file=sys.stderr)
        else:
            terminal.run(console)
            return
    plain.printer(console, echo=False)
    plain.ask(console, echo)


def batch_status(console: Console, done: bool) -> int:
    """The exit status of commands that nobody typed."""
    if console.interrupted:
        return INTERRUPTED
    if not done or console.failed:
        return USAGE
    return FAULT if console.session.fault else OK
