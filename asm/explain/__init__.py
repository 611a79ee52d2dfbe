"""Why schedules are as long as they are: bounds, what was tried, what each unit and stream does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asm.explain.report import RunReport
from asm.program import Timeline


def runs(timelines: Iterable[Timeline]) -> Iterator[RunReport]:
    """The reports of the runs of linear tensor code that became timelines."""
    return (RunReport(timeline.region, timeline.place) for timeline in timelines if timeline.region is not None)
