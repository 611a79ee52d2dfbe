"""`lpu conform --laws`: laws that hold on any implementation, tried on random programs."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from conform.laws.check import LAWS
from conform.laws.run import Finding, finding, trials
from conform.target import Target
from isa.machine import MachineSpec
from lpu.conform_asked import Questions


class Laws(Questions):
    """How many programs each law was tried on, said something about, and is broken by."""

    def __init__(self, args: argparse.Namespace) -> None:
        super().__init__(args)
        self.programs = 0
        self.tried: Counter[str] = Counter()
        self.applied: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()

    def ask(self, target: Target, spec: MachineSpec) -> None:
        """Program after program, until one breaks its law; with --keep-going all, and one finding a law."""
        for trial in trials(target, spec, self.args.seed, range(self.args.programs)):
            name, self.programs = trial.law.name, trial.number + 1
            self.tried[name] += 1
            self.applied[name] += trial.applies
            self.show(f"{self.programs:,} of {self.args.programs:,} programs, {self.broken.total():,} break laws")
            if trial.difference:
                self.broken[name] += 1
                if self.broken[name] == 1:
                    self.take(finding(target, spec, self.args.seed, trial))
                if not self.args.keep_going:
                    return

    def take(self, found: Finding) -> None:
        """Write a program and its twin. Raises SourceError."""
        path = self.write(
            found.source(f"reduced from program {found.number} of seed {self.args.seed}, {found.ops} ops")
        )
        twin = self.write(found.twin_source(), ".twin")
        self.files.append(
            {"file": path, "twin": twin, "law": found.law.name, "program": found.number, "ops": found.program.ops,
             **found.difference._asdict()}
        )  # fmt: skip

    def summary(self) -> str:
        lines = [f"{self.name} by {len(LAWS)} laws: {self.programs:,} programs of seed {self.args.seed}: {self.end}"]
        width = max(len(law.name) for law in LAWS)
        for law in LAWS:
            counts = f"{self.applied[law.name]:5,} of {self.tried[law.name]:,} programs"
            state = f"BROKEN by {self.broken[law.name]:,}" if self.broken[law.name] else "holds"
            lines.append(f"  {law.name:{width}} {counts}: {state if self.applied[law.name] else NOTHING}")
        return "\n".join([*lines, *(line for each in self.files for line in self.shown_finding(each))]) + "\n"

    def shown_finding(self, found: dict[str, Any]) -> list[str]:
        return [
            f"the law of {found['law']}: {SAYS[found['law']]}",
            f"  program {found['program']}, reduced to {found['ops']} ops: {found['file']}; its twin: {found['twin']}",
            f"  cycle {found['cycle']}: {found['what']}: expected {found['expected']}, observed {found['observed']}",
        ]

    @property
    def end(self) -> str:
        count = len(self.broken)
        return f"{count} {'law is' if count == 1 else 'laws are'} broken" if count else "all hold"

    def data(self) -> dict[str, Any]:
        laws = [
            {"law": law.name, "says": law.says, "programs": self.tried[law.name], "applied": self.applied[law.name],
             "broken": self.broken[law.name]}
            for law in LAWS
        ]  # fmt: skip
        return {"programs": self.programs, "laws": laws}


NOTHING = "says nothing here"
SAYS = {law.name: law.says for law in LAWS}
