"""Coverage of many programs: which points how many of them reached; merged, written as JSON and read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from conform.cover import distances, faults, instructions, timing, traffic, values
from conform.cover.points import Group, Point, Watcher
from conform.program import Program
from conform.target import LIMIT, EngineTarget, Outcome
from isa import machine
from isa.image import Image
from isa.machine import MachineSpec
from isa.records import NamedTuple
from vm.engine import FAULT
from vm.reference.issue import Issue
from vm.reference.machine import ReferenceEngine

FORMAT, VERSION = "lpu coverage", 1
BETWEEN = " | "  # words of a point in JSON
TOPICS = (instructions, values, timing, distances, traffic, faults)


class CoverageError(ValueError):
    """Data that is no coverage, or of another machine; the message says which."""


@cache
def groups_of(spec: MachineSpec) -> tuple[Group, ...]:
    """All that can be covered on a machine, and what cannot."""
    return tuple(group for topic in TOPICS for group in topic.groups(spec))


class Share(NamedTuple):
    """How much of a group is covered."""

    group: Group
    covered: int

    @property
    def percent(self) -> float:
        return 100 * self.covered / max(1, len(self.group.reachable))


class Coverage:
    """How many of `programs` reached each point of a machine; nothing is held of those that none did."""

    def __init__(self, spec: MachineSpec) -> None:
        self.spec = spec
        self.programs = 0
        self.hits: Counter[Point] = Counter()

    def add(self, points: set[Point]) -> None:
        """The points of one program."""
        self.programs += 1
        self.hits.update(points)

    def merge(self, other: Coverage) -> None:
        """Add what other programs reached. Raises CoverageError for those of another machine."""
        different = other.spec.difference(self.spec)
        if different:
            raise CoverageError(f"it is coverage of another machine, {other.spec.name}: {different[0]}")
        self.programs += other.programs
        self.hits.update(other.hits)

    def shares(self) -> list[Share]:
        return [Share(group, sum(point in self.hits for point in group.reachable)) for group in groups_of(self.spec)]

    def uncovered(self) -> Iterator[Point]:
        """What no program reached though one could."""
        return (point for group in groups_of(self.spec) for point in group.reachable if point not in self.hits)

    def to_json(self) -> dict[str, Any]:
        """As plain data, points in the order in which they are defined."""
        found = {}
        for group in groups_of(self.spec):
            counts = {BETWEEN.join(point[1:]): self.hits[point] for point in group.reachable if point in self.hits}
            found[group.name] = {"points": len(group.reachable), "covered": len(counts), "hits": counts}
        return {"format": FORMAT, "version": VERSION, "machine": self.spec.to_dict(), "programs": self.programs,
                "groups": found}  # fmt: skip


def from_json(data: Any) -> Coverage:
    """Coverage from plain data. Raises CoverageError."""
    if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (FORMAT, VERSION):
        raise CoverageError(f"it does not say that it is {FORMAT!r} of version {VERSION}")
    try:
        found = Coverage(machine.from_dict(data["machine"]))
        found.programs = int(data["programs"])
        for name, group in data["groups"].items():
            found.hits.update({(name, *words.split(BETWEEN)): int(count) for words, count in group["hits"].items()})
    except (machine.MachineError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CoverageError(f"it is broken: {error}") from error
    return found


# Runs -----------------------------------------------------------------------------------------
class Observed(EngineTarget):
    """The golden model as a target that notes which points each program reaches."""

    def __init__(self, spec: MachineSpec) -> None:
        super().__init__("reference")
        self.coverage = Coverage(spec)
        self.points: set[Point] = set()

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        super().load(image, uninit, strict)
        assert isinstance(self.engine, ReferenceEngine)
        self.points = set()
        self._text = image.text
        self._watchers = watchers(image.machine, self.points)
        self.engine.observer = self._see

    def _see(self, issue: Issue) -> None:
        for each in self._watchers:
            each.see(issue)

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        if outcome.status == FAULT and outcome.fault:
            self.points.update(faults.of_fault(self.coverage.spec, self._text, outcome.fault))
        return outcome

    def count(self) -> None:
        """Count the program that was run."""
        self.coverage.add(self.points)

    def taken(self) -> Coverage:
        """What was counted since this was asked last."""
        found, self.coverage = self.coverage, Coverage(self.coverage.spec)
        return found


def watchers(spec: MachineSpec, seen: set[Point]) -> tuple[Watcher, ...]:
    """One of each kind, for one run."""
    return (
        instructions.InstructionWatcher(spec, seen), values.ValueWatcher(spec, seen), timing.TimingWatcher(spec, seen),
        distances.DistanceWatcher(spec, seen), traffic.TrafficWatcher(spec, seen),
    )  # fmt: skip


def points_of(program: Program) -> set[Point]:
    """What one program reaches on the golden model."""
    target = Observed(program.spec)
    target.load(program.image(), program.uninit, program.strict)
    target.run(LIMIT)
    return target.points
