"""`lpu conform --values`: what every op computes, held against libraries and exact arithmetic."""

from __future__ import annotations

import argparse
from typing import Any

from conform.target import Target
from conform.values import check
from conform.values.check import Told, Wrong
from isa.machine import MachineSpec
from lpu.conform_asked import Questions


class Values(Questions):
    """What was asked of each row so far."""

    def __init__(self, args: argparse.Namespace) -> None:
        super().__init__(args)
        self.told: list[Told] = []

    def ask(self, target: Target, spec: MachineSpec) -> None:
        """Row after row, until one is wrong; with --keep-going all."""
        count = len(check.rows_of(spec))
        for each in check.all_told(target, spec, self.args.seed):
            self.told.append(each)
            self.show(f"{len(self.told):,} of {count:,} rows of the table, {len(self.files):,} wrong")
            if each.wrong:
                self.take(each, each.wrong)
                if not self.args.keep_going:
                    return

    def take(self, told: Told, wrong: Wrong) -> None:
        """Write the program that asks for a wrong value. Raises SourceError."""
        head = [wrong.what, f"  expected {wrong.expected}, by {told.trusts}", f"  observed {wrong.observed}"]
        path = self.write("".join(f"; {line}\n" for line in head) + wrong.program.source())
        self.files.append(
            {"file": path, "row": told.row.key, "what": wrong.what, "oracle": told.trusts, "expected": wrong.expected,
             "observed": wrong.observed}
        )  # fmt: skip

    def summary(self) -> str:
        values = sum(each.values for each in self.told)
        wrong = {0: "none is wrong", 1: "1 row is wrong"}.get(len(self.files), f"{len(self.files):,} rows are wrong")
        counts = f"{values:,} values of {len(self.told):,} rows of the table, seed {self.args.seed}"
        lines = [f"{self.name} by independent oracles: {counts}: {wrong}"]
        for oracle in dict.fromkeys(each.trusts for each in self.told):
            of_it = [each for each in self.told if each.trusts == oracle]
            lines.append(f"  {oracle:18} {len(of_it):5,} rows, {sum(each.values for each in of_it):9,} values")
        for each in self.files:
            lines.append(
                f"{each['what']}: expected {each['expected']} by {each['oracle']}, observed {each['observed']}"
            )
            lines.append(f"  {each['file']} asks for it")
        return "\n".join(lines) + "\n"

    def data(self) -> dict[str, Any]:
        rows = [
            {"row": each.row.key, "oracle": each.trusts, "values": each.values, "right": each.wrong is None}
            for each in self.told
        ]
        return {"values": sum(each.values for each in self.told), "rows": rows}
