"""`lpu run --trace FILE`: what issued in every cycle, one JSON object a line, the same from both engines.

A line is {"cycle", "pc", "ops": [text], "writes": {register: [value, landing cycle]}}; cycles in which nothing
issued have no line. It is made by stepping and comparing states, so it needs nothing from the engine.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

from asm.write.print_op import Names, op_text
from isa import codec
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.image import TEXT
from lpu import messages
from vm.engine import RUNNING, State
from vm.machine import Machine

MAX_LINES = 100_000  # kept in memory until the file is written whole; the run goes on without a trace


def to_file(machine: Machine, path: str, limit: int, log: messages.Log) -> str:
    """Run with a trace. The file appears whole, also after a fault. Raises MachineFault, SourceError."""
    buffer = StringIO()
    tracer = Tracer(machine, buffer)
    try:
        return tracer.run(limit)
    finally:
        if tracer.lines == MAX_LINES:
            log.add([messages.warning("W-TRACE", f"the trace ends after {MAX_LINES} bundles; the run went on")])
        messages.write_file(path, buffer.getvalue().encode())


class Tracer:
    """Steps a machine and writes lines. Ops are decoded once per bundle."""

    def __init__(self, machine: Machine, file: StringIO) -> None:
        import json

        self.machine = machine
        self.file = file
        self.lines = 0
        self.bundles: dict[int, tuple[list[Op], list[str]]] = {}
        self.names = Names(machine.image.machine, {s.value: s.name for s in machine.image.symbols if s.kind == TEXT})
        self.dumps = json.dumps

    def run(self, limit: int) -> str:
        """Run to the end or to a cycle count: "halted" or "limit". Raises MachineFault."""
        before = self.machine.state
        status = RUNNING
        while status == RUNNING and before.cycle < limit and self.lines < MAX_LINES:
            status = self.machine.step_bundle() if before.next_fetch < limit else self.machine.run(max_cycles=limit)
            after = self.machine.state
            self._issued(before, after)
            before = after
        return self.machine.run(max_cycles=limit) if status == RUNNING else status

    def _issued(self, before: State, after: State) -> None:
        """Write the line of the bundle that issued between two states, if one did."""
        cycle = max(before.next_fetch, before.cycle)
        ended = before.fetch_ended or before.pc == len(self.machine.image.text)
        if ended or after.cycle <= cycle:
            return
        if before.pc not in self.bundles:
            self.bundles[before.pc] = self._decoded(before.pc)
        ops, texts = self.bundles[before.pc]
        line: dict[str, Any] = {"cycle": cycle, "pc": before.pc, "ops": texts, "writes": writes(ops, after, cycle)}
        self.file.write(self.dumps(line) + "\n")
        self.lines += 1

    def _decoded(self, pc: int) -> tuple[list[Op], list[str]]:
        """The ops of a bundle, and each as text with its unit."""
        ops = codec.decode_bundle(self.machine.image.text, pc)[0]
        return ops, [" ".join(op_text(op, self.names, pinned=True).split()) for op in ops]


def writes(ops: list[Op], after: State, cycle: int) -> dict[str, list[int]]:
    """Register writes of a bundle that issued in `cycle`, from the state one cycle later: name to [value, landing]."""
    flying = {write.register: write for write in after.in_flight if write.issued == cycle}
    found = {}
    for register in (register for op in ops for register in written(op)):
        name = "cc" if register == CONDITION_CODE else f"r{register}"
        if register in flying:
            found[name] = [flying[register].value, flying[register].landing]
        else:  # of latency 1: visible already
            found[name] = [after.cc if name == "cc" else after.registers[register], cycle + 1]
    return found


def written(op: Op) -> list[int]:
    """The registers an op writes, the condition code as number 32."""
    registers = [op[op.row.write]] if op.row.write else []
    return registers + [CONDITION_CODE] * op.row.writes_cc
