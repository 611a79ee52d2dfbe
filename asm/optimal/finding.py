"""What the search for an optimal schedule found, of one piece of code."""

from __future__ import annotations

from isa.diagnostics import NOTE, Diagnostic, Place
from isa.records import dataclass

CODE = "N-OPTIMAL"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` takes `best` cycles where the heuristic takes `heuristic`, and no schedule takes less than `bound`.

    `reason` says why nothing was searched for; empty when it was. The bound is one of `ways` to time parts, if not 0.
    """

    place: Place
    what: str
    heuristic: int
    best: int
    bound: int
    reason: str = ""
    ways: int = 0

    @property
    def is_optimal(self) -> bool:
        return not self.reason and self.best == self.bound

    def note(self) -> Diagnostic:
        """The finding as a message."""
        data = {"heuristic": self.heuristic, "best": self.best, "bound": self.bound, "optimal": self.is_optimal}
        return Diagnostic(CODE, f"{self.what}: {self._verdict()}", self.place, severity=NOTE, data=data)

    def _verdict(self) -> str:
        if self.reason:
            return f"{self.best} cycle{'s' * (self.best != 1)}, not searched for better: {self.reason}"
        if not self.is_optimal:
            return f"bound not proven within the limit: best {self.best}, bound {self.bound}"
        instead = f" instead of {self.heuristic}" if self.best < self.heuristic else ""
        among = f" among {self.ways} ways to time its parts" if self.ways else ""
        return f"{self.best} cycle{'s' * (self.best != 1)}{instead}, optimal{among}"
