"""All reports of an assembly, in the order of its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from asm.program import Timeline
from isa.diagnostics import Place

if TYPE_CHECKING:
    from asm.assemble import Assembly
    from asm.explain.report import RunReport


class Report(Protocol):
    """What explains a piece of code: a run of tensor ops, a loop, or a block."""

    @property
    def place(self) -> Place: ...

    def lines(self) -> Iterator[str]: ...

    def data(self) -> dict[str, Any]: ...


def reports(assembly: Assembly) -> list[Report]:
    """The reports of runs and loops."""
    return sorted([*runs(assembly.found), *assembly.loops], key=lambda report: report.place.line)


def runs(timelines: Iterable[Timeline]) -> Iterator[RunReport]:
    """The reports of the runs of linear tensor code that became timelines."""
    found = [(timeline.region, timeline.place) for timeline in timelines if timeline.region is not None]
    if found:
        from asm.explain.report import RunReport  # what scalar programs do without

        yield from (RunReport(region, place) for region, place in found)
