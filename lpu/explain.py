"""`--explain`: why schedules are as long as they are, as text or data on standard output, or inside the listing."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from isa.records import dataclass, field
from lpu import messages

if TYPE_CHECKING:
    from asm.assemble import Assembly
    from asm.explain.reports import Report

FORMS = {
    "": "print what bounds runs of tensor ops, loops and long straight code, what was tried, and why that failed",
    "all": "the same of all straight code",
    "json": "the same of all there is, as JSON; with --json beside the diagnostics",
}
VERSION = 1  # of the data: docs/explain.md


def add_option(made: argparse.ArgumentParser) -> None:
    """`--explain` and its forms, which are options of their own: what follows them is a file."""
    for form, text in FORMS.items():
        name = f"--explain={form}" if form else "--explain"
        made.add_argument(name, dest="explain", action="store_const", const=form or "text", help=text)


@dataclass
class Explanations:
    """Those of one command, in the form asked for, if any; data are printed at its end."""

    form: str | None
    in_listing: bool = False
    data: list[dict[str, Any]] = field(default_factory=list)

    def add(self, result: Assembly) -> None:
        """Print what explains an assembly, or keep it. Raises SourceError when nothing can be written."""
        if self.form == "json":
            self.data += [report.data() for report in self.reports(result)]
        elif not self.in_listing:
            text = "".join(f"{line}\n" for report in self.reports(result) for line in report.lines())
            messages.write_file("-", text.encode(errors="replace"))

    def reports(self, result: Assembly) -> list[Report]:
        if self.form is None:
            return []
        from asm.explain.reports import reports

        return reports(result, everything=self.form != "text")

    def close(self, log: messages.Log) -> None:
        """Print the diagnostics and the data."""
        document = {"explain": {"version": VERSION, "reports": self.data}} if self.form == "json" else {}
        if document and log.form == messages.TEXT:
            messages.print_json(document)
        log.close(**document)


def of_command(made: argparse.ArgumentParser, args: argparse.Namespace, listing: str | None = None) -> Explanations:
    """What a command line asks for; with --json it is data, beside SARIF there is no room."""
    if args.explain and args.sarif:
        made.error("--explain goes with text or --json")
    form = "json" if args.explain and args.json else args.explain
    return Explanations(form, bool(listing))
