"""All reports of an assembly, in the order of its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from asm.program import Timeline
from asm.tree import OpStmt
from isa.diagnostics import Place

if TYPE_CHECKING:
    from asm.assemble import Assembly
    from asm.explain.block import BlockReport
    from asm.explain.report import RunReport


class Report(Protocol):
    """What explains a piece of code: a run of tensor ops, a loop, or a block."""

    @property
    def place(self) -> Place: ...

    @property
    def statements(self) -> list[OpStmt]: ...

    def lines(self) -> Iterator[str]: ...

    def data(self) -> dict[str, Any]: ...


def reports(assembly: Assembly, everything: bool = False) -> list[Report]:
    """The reports of runs, of loops, and of straight code that is long or longer than its bound, or of all there is."""
    straight = [block for block in _blocks(assembly) if everything or block.is_worth_telling]
    found: list[Report] = [*runs(assembly.found), *assembly.loops, *straight]
    return sorted(found, key=lambda report: report.place.line)


def _blocks(assembly: Assembly) -> Iterator[BlockReport]:
    from asm.explain.block import blocks

    return blocks(assembly.flow) if assembly.flow is not None else iter(())


def runs(timelines: Iterable[Timeline]) -> Iterator[RunReport]:
    """The reports of the runs of linear tensor code that became timelines."""
    found = [(timeline.region, timeline.place) for timeline in timelines if timeline.region is not None]
    if found:
        from asm.explain.report import RunReport  # what scalar programs do without

        yield from (RunReport(region, place) for region, place in found)
