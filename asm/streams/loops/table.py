"""What of the machine is taken when rounds begin every so many cycles: reservations that come again and again."""

from __future__ import annotations

from collections.abc import Iterable

from asm.streams.table import Table
from asm.streams.taken import Taken, Wanted
from isa.machine import MachineSpec


class ModuloTable(Table):
    """A reservation of cycle c is one of all cycles c + k * interval as well."""

    def __init__(self, spec: MachineSpec, interval: int) -> None:
        super().__init__(spec, first=-interval)
        self.interval = interval

    def _claim(self, wanted: Wanted) -> tuple[str, Taken, Taken] | None:
        """One after the other: those of different rounds may meet each other."""
        mark = len(self.log)
        for each in wanted:
            found = super()._claim([each])
            if found is not None:
                self.undo(mark)
                return found
        return None

    def _in_the_way(self, name: str, taken: Taken) -> Taken | None:
        """What meets a reservation, in the round in which it does: that of another burst, or its own."""
        if taken.end - taken.start > self.interval and self._meets_in_a_round(taken, taken, skip=0):
            return taken
        for other in self.taken.get(name, ()):
            found = self._meets_in_a_round(taken, other)
            if found is not None:
                return found
        return None

    def _clear_of(self, name: str, taken: Taken, other: Taken) -> int:
        return taken.clear_of(other)

    def _meets_in_a_round(self, taken: Taken, other: Taken, skip: int | None = None) -> Taken | None:
        """Another reservation in the last round in which it meets one, that `skip` cycles later left out."""
        for later in self._rounds(taken, other):
            moved: Taken = other._replace(start=other.start + later, end=other.end + later)
            if later != skip and moved.meets(taken):
                return moved
        return None

    def _rounds(self, taken: Taken, other: Taken) -> Iterable[int]:
        """How much later another reservation comes in the rounds in which it could meet one, the last first."""
        last = (taken.end - 1 - other.start) // self.interval
        first = -((other.end - 1 - taken.start) // self.interval)
        return range(last * self.interval, (first - 1) * self.interval, -self.interval)
