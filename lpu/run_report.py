"""How `lpu run` tells what happened: sentences and bars for people, one JSON document for programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from isa.places import place_name
from isa.records import NamedTuple
from lpu import messages, show
from vm import stats_text
from vm.engine import HALTED, TAINT
from vm.machine import LIMIT, Machine, MachineFault
from vm.stats import LostStats, Stats, UnitStats
from vm.transfer import STANDARD, raw_output


class Outcome(NamedTuple):
    """`status` is halted, fault, limit or interrupted; `code` the exit status of the command."""

    status: str
    code: int
    fault: MachineFault | None = None


def text(machine: Machine, outcome: Outcome, args: argparse.Namespace, log: messages.Log) -> None:
    """Outputs that went to no file, a sentence, and statistics; on stderr when an output takes stdout."""
    if outcome.fault:
        log.add([outcome.fault.diagnostic])
    log.flush()
    stats = machine.stats
    out = sys.stderr if claims_on_stdout(args) or outcome.status != HALTED else sys.stdout
    if outcome.status == HALTED and not args.outputs:
        for tensor in machine.declared_outputs:
            print(show.tensor_line(tensor, raw_output(machine, tensor.name)), file=out)
    for line in _spoilt(machine, outcome, args):
        print(line, file=out)
    print(stats_text.summary(ending(outcome, args), stats, machine.image.machine), file=out)
    if args.stats:
        _statistics(stats, log, out)


def _spoilt(machine: Machine, outcome: Outcome, args: argparse.Namespace) -> Iterator[str]:
    """Which outputs of a tainted run depend on bytes never written."""
    if args.uninit == TAINT and outcome.status == HALTED:
        from lpu import taint_report

        for tensor in machine.declared_outputs:
            yield from taint_report.lines(machine, tensor)


def claims_on_stdout(args: argparse.Namespace) -> int:
    """How many files of a run are to go to standard output."""
    return [*(item.path for item in args.outputs), args.trace].count(STANDARD)


def ending(outcome: Outcome, args: argparse.Namespace) -> str:
    """How the run ended, as the first words of a sentence."""
    if outcome.status == LIMIT:
        return f"stopped by --max-cycles {args.max_cycles}"
    if outcome.status == HALTED and outcome.code:
        return f"halted with code {outcome.code}"
    return {"fault": "faulted"}.get(outcome.status, outcome.status)


def _statistics(stats: Stats, log: messages.Log, out: TextIO) -> None:
    print(file=out)
    for line in stats_text.unit_bars(stats):
        print(line, file=out)
    for line in stats_text.lost_values(stats):
        print(line, file=out)
    if stats.lines:
        print(file=out)
        texts = messages.source_lines({file for file, _ in stats.lines}, log.sources)
        for line in stats_text.busiest_lines(stats, texts):
            print(line, file=out)


def document(machine: Machine, outcome: Outcome, args: argparse.Namespace, log: messages.Log) -> None:
    """The one JSON document on stdout."""
    stats = machine.stats
    messages.print_json(
        {
            "status": outcome.status,
            "code": outcome.code,
            "cycles": stats.cycles,
            "bundles": stats.bundles,
            "ops": stats.ops,
            "fault": _fault(outcome.fault) if outcome.fault else None,
            "units": {name: _unit(use) for name, use in stats.units.items()},
            "lost": [_lost(entry) for entry in stats.lost],
            **({"tainted": _tainted(machine)} if args.uninit == TAINT and outcome.status == HALTED else {}),
            "lines": _lines(stats) if args.stats else [],
            "diagnostics": log.as_data(),
            "outputs": _outputs(machine, args) if outcome.status == HALTED else {},
        }
    )


def _unit(use: UnitStats) -> dict[str, int]:
    found = {"ops": use.ops, "busy": use.busy}
    return {**found, "elements": use.elements} if use.elements else found


def _lost(entry: LostStats) -> dict[str, Any]:
    file, line = entry.line or (None, None)
    stream = place_name(entry.stream) if entry.stream >= 0 else None
    return {"file": file, "line": line, "unit": entry.unit, "stream": stream, "values": entry.losses}


def _tainted(machine: Machine) -> dict[str, Any]:
    from lpu import taint_report

    return {tensor.name: taint_report.data(machine, tensor) for tensor in machine.declared_outputs}


def _lines(stats: Stats) -> list[dict[str, Any]]:
    return [
        {"file": file, "line": line, "ops": use.ops, "cycles": use.cycles}
        for (file, line), use in stats.lines.items()
    ]  # fmt: skip


def _fault(fault: MachineFault) -> dict[str, Any]:
    """The fault's diagnostic with the facts of its record beside it."""
    found = messages.as_data(fault.diagnostic)
    raw = fault.raw
    return {**found, "cycle": raw.cycle, "pc": raw.pc, "unit": fault.diagnostic.data.get("unit")}


def _outputs(machine: Machine, args: argparse.Namespace) -> dict[str, Any]:
    """Declared outputs by name: their data, or the file that holds them."""
    files = {item.name: item.path for item in args.outputs if item.name}
    printed = [tensor for tensor in machine.declared_outputs if tensor.name not in files]
    found = {tensor.name: show.tensor_data(tensor, raw_output(machine, tensor.name)) for tensor in printed}
    for name, path in files.items():
        tensor = machine.tensors[name]
        found[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "file": path}
    return found
