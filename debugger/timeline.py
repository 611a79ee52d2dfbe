"""What is kept of a run: checkpoints by cycle, edits and its end; thinned out to what a budget of memory allows."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from operator import attrgetter, itemgetter

from debugger.checkpoint import Checkpoint
from isa.records import NamedTuple, dataclass, field

BY_CYCLE = attrgetter("cycle")


class Edit(NamedTuple):
    """A change from outside, at the start of `cycle`."""

    cycle: int
    text: str


class Course(NamedTuple):
    """What was to come at the cycle of an edit, before the edit."""

    cycle: int
    checkpoints: list[Checkpoint]
    edits: list[Edit]
    end: int | None
    reached: int


@dataclass(slots=True)
class Timeline:
    """The course of events as it now is, and those that edits replaced (`undone`, the latest last).

    `end` is the cycle count of the whole run once known, `reached` the last cycle seen. `sizes` are the bytes that each
    checkpoint takes beside the one before it.
    """

    checkpoints: list[Checkpoint]
    edits: list[Edit] = field(default_factory=list)
    end: int | None = None
    reached: int = 0
    undone: list[Course] = field(default_factory=list)
    sizes: dict[Checkpoint, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reached = self.start
        self._measure(self.checkpoints)

    @property
    def start(self) -> int:
        return self.checkpoints[0].cycle

    def before(self, cycle: int) -> Checkpoint:
        """The last checkpoint that is not later than a cycle."""
        return self.checkpoints[self._place(cycle) - 1]

    def after(self, cycle: int) -> Checkpoint | None:
        """The first checkpoint that is later than a cycle."""
        place = self._place(cycle)
        return self.checkpoints[place] if place < len(self.checkpoints) else None

    def add(self, checkpoint: Checkpoint) -> None:
        """Take in a checkpoint of a cycle that has none."""
        place = self._place(checkpoint.cycle)
        self.checkpoints.insert(place, checkpoint)
        self._measure(self.checkpoints[max(0, place - 1) : place + 2])

    def branch(self, edited: Checkpoint, text: str) -> None:
        """Go on with the checkpoint of an edit, in place of what was to come at its cycle, which is kept."""
        cycle = edited.cycle
        later = [each for each in self.checkpoints if each.cycle >= cycle]
        self.undone.append(Course(cycle, later, self.edits, self.end, self.reached))
        self.checkpoints = [*self.checkpoints[: len(self.checkpoints) - len(later)], edited]
        self.edits = [*(edit for edit in self.edits if edit.cycle <= cycle), Edit(cycle, text)]
        self.end, self.reached = None, cycle
        self.sizes[edited] = edited.own_bytes(later[0])

    def unbranch(self) -> Edit:
        """Take the last edit back, and what came after it; returns the edit."""
        undone, edit = self.undone.pop(), self.edits[-1]
        while self.checkpoints and self.checkpoints[-1].cycle >= undone.cycle:
            del self.sizes[self.checkpoints.pop()]
        self.checkpoints += undone.checkpoints
        self.edits, self.end, self.reached = undone.edits, undone.end, undone.reached
        return edit

    def replaced(self, number: int) -> Checkpoint:
        """What an edit, by its place among the edits in force, found where it was made."""
        edit, earlier = self.edits[number], self.edits[:number]
        courses = (
            course
            for course in reversed(self.undone)
            if course.cycle == edit.cycle and [each for each in course.edits if each.cycle <= edit.cycle] == earlier
        )
        return next(courses).checkpoints[0]

    def replacing(self, number: int) -> Checkpoint:
        """What an edit made of it, which another edit in the same cycle may have found."""
        cycle, following = self.edits[number].cycle, self.edits[number + 1 : number + 2]
        return self.replaced(number + 1) if following and following[0].cycle == cycle else self.before(cycle)

    # Memory -----------------------------------------------------------------------------------
    @property
    def bytes(self) -> int:
        """The memory that all checkpoints take."""
        return sum(self.sizes.values())

    def thin(self) -> bool:
        """Drop the checkpoint whose loss makes the longest replay least longer; False where none can be spared."""
        spare = self._spare()
        if not spare:
            return False
        _, course, k = min(spare, key=itemgetter(0))
        del self.sizes[course.pop(k)]
        self._measure(course[k - 1 : k + 1])
        return True

    def least_gap(self) -> float:
        """The least time between two checkpoints that would have none between them, were one dropped; 0 for none."""
        return min((gap for gap, *_ in self._spare()), default=0)

    def _spare(self) -> list[tuple[float, list[Checkpoint], int]]:
        """What may be dropped: the time that there would be between its neighbours, its course and its place there."""
        courses = [self.checkpoints, *(course.checkpoints for course in self.undone)]
        return [
            (course[k + 1].work - course[k - 1].work, course, k)
            for course in courses
            for k in range(1, len(course) - 1)
            if not course[k].is_edit
        ]

    def _measure(self, neighbours: list[Checkpoint]) -> None:
        """Find out the sizes of checkpoints in a row, but for the first, which is done where it is the very first."""
        if neighbours[0] not in self.sizes:
            self.sizes[neighbours[0]] = neighbours[0].own_bytes(None)
        for one, other in pairwise(neighbours):
            self.sizes[other] = other.own_bytes(one)

    def _place(self, cycle: int) -> int:
        return bisect_right(self.checkpoints, cycle, key=BY_CYCLE)
