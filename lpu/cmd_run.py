"""`lpu run`: assemble, link and run a program; data in and out, statistics, trace."""

from __future__ import annotations

import argparse

from isa.diagnostics import SourceError
from lpu import build, messages, options, run_report
from lpu.cli import FAULT, INTERRUPTED, LIMIT, USAGE
from lpu.run_report import Outcome
from vm.engine import HALTED, TAINT, UNINIT_MODES
from vm.loader import ENGINES
from vm.machine import Machine, MachineFault
from vm.transfer import check, collect, fill, store, transfer

MAX_CYCLES = 10**10
EPILOG = """exit status: that of `halt` when the program halted (0 at its end), 1 for a fault, 2 for bad usage or
source, 3 at the cycle limit, 130 when interrupted"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu run", description="Run a program, cycle by cycle.", epilog=EPILOG, formatter_class=options.formatter
    )
    made.add_argument("program", nargs="+", help="an executable, or sources and objects to link; - is standard input")
    made.add_argument("-i", dest="inputs", metavar="[NAME=]FILE", action="append", type=transfer, default=[],
                      help="fill NAME from a .npy or raw file; without a name, all inputs from raw bytes")  # fmt: skip
    made.add_argument("-o", dest="outputs", metavar="[NAME=]FILE", action="append", type=transfer, default=[],
                      help="write NAME to a .npy or raw file; without a name, all outputs as raw bytes")  # fmt: skip
    options.add_source_options(made)
    made.add_argument("--max-cycles", metavar="N", type=options.cycles, default=MAX_CYCLES,
                      help="stop after N cycles (default: 10^10)")  # fmt: skip
    made.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="the C core or the golden model")
    made.add_argument("--uninit", choices=(*UNINIT_MODES, TAINT), default=UNINIT_MODES[0],
                      help="what reading bytes never written does: fault, give 0, give 0xDB, or (golden model) "
                           "give 0xDB and tell which outputs depend on them")  # fmt: skip
    made.add_argument("--strict", action="store_true", help="fault where a value on a stream is lost")
    made.add_argument("--stats", action="store_true", help="show unit use and the busiest lines")
    made.add_argument("--trace", metavar="FILE", help="write a line of JSON for every bundle issued")
    made.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    return made


def main(arguments: list[str]) -> int:
    """Run, report, and give the exit status."""
    args = parser().parse_args(arguments)
    log = messages.Log("json" if args.json else "text")
    try:
        machine = prepare(args, log)
        outcome = execute(machine, args, log)
        if outcome.status == HALTED:
            store(collect(machine, args.outputs))
    except SourceError as error:
        log.add(error.diagnostics)
        log.close(status="error", code=USAGE)
        return USAGE
    report = run_report.document if args.json else run_report.text
    report(machine, outcome, args, log)
    return outcome.code


def prepare(args: argparse.Namespace, log: messages.Log) -> Machine:
    """A machine loaded with program and inputs. Raises SourceError for everything wrong before a run."""
    if run_report.claims_on_stdout(args) + args.json > 1:
        raise messages.error("E-OUTPUT", "standard output takes one of the outputs, the trace and the JSON document")
    image = build.executable(args.program, build.settings(args), log)
    machine = Machine(image, args.engine, args.uninit, build.machine_asked(args.machine), args.strict)
    check(machine, args.inputs, args.outputs)
    fill(machine, args.inputs)
    return machine


def execute(machine: Machine, args: argparse.Namespace, log: messages.Log) -> Outcome:
    """Run to the end, a fault, the limit or Ctrl-C."""
    try:
        status = advance(machine, args, log)
    except MachineFault as fault:
        return Outcome("fault", FAULT, fault)
    except KeyboardInterrupt:
        return Outcome("interrupted", INTERRUPTED)
    return Outcome(status, machine.exit_code if status == HALTED else LIMIT)


def advance(machine: Machine, args: argparse.Namespace, log: messages.Log) -> str:
    if args.trace:
        from lpu import trace

        return trace.to_file(machine, args.trace, args.max_cycles, log)
    from lpu import progress

    return progress.run(machine, args.max_cycles)
