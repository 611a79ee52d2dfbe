"""What of the machine is taken when rounds begin every so many cycles: reservations that come again and again."""

from __future__ import annotations

from asm.streams.table import Table, Taken
from isa.machine import MachineSpec


class ModuloTable(Table):
    """A reservation of cycle c is one of all cycles c + k * interval as well."""

    def __init__(self, spec: MachineSpec, interval: int) -> None:
        super().__init__(spec)
        self.interval = interval

    def _in_the_way(self, name: str, taken: Taken) -> Taken | None:
        """What meets a reservation, in the round in which it does: that of another burst, or its own."""
        for other in (*self.taken.get(name, ()), taken):
            for later in self._shifts(taken, other):
                moved: Taken = other._replace(start=other.start + later, end=other.end + later)
                if (other is not taken or later) and moved.meets(taken):
                    return moved
        return None

    def _shifts(self, taken: Taken, other: Taken) -> range:
        """By how much another reservation comes later in the rounds in which it could meet one; the last come first."""
        last = (taken.end - 1 - other.start) // self.interval
        first = -((other.end - 1 - taken.start) // self.interval)
        return range(last * self.interval, (first - 1) * self.interval, -self.interval)
