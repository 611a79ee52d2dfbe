"""What was put last at a place before some time, for many places and times at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
TIMES = 1 << 24  # more cycles than a run of linear code has
NOTHING = -1


class Latest:
    """Cells by place and time; places and times are integers, times 0 to TIMES - 1."""

    def __init__(self) -> None:
        self._parts: list[tuple[Integers, Integers]] = []
        self._keys: Integers | None = None
        self._cells: Integers = np.zeros(0, np.int64)

    def put(self, places: Integers | int, times: Integers | int, cells: Integers) -> None:
        """A cell for each place and time, which may be one for all."""
        self._parts.append((np.broadcast_to(places * TIMES + times, cells.shape).ravel(), cells.ravel()))
        self._keys = None

    def find(self, places: Integers | int, times: Integers | int) -> Integers:
        """The cell put last at each place before a time; NOTHING where there was none."""
        keys, cells = self._sorted()
        wanted = np.asarray(places * TIMES + times)
        if not len(keys):
            return np.full(wanted.shape, NOTHING, np.int64)
        index = np.searchsorted(keys, wanted) - 1
        found = (index >= 0) & (keys[index] // TIMES == places)
        return np.where(found, cells[index], NOTHING)

    def last(self) -> tuple[Integers, Integers]:
        """Every place, in order, and the cell put there last."""
        keys, cells = self._sorted()
        places = keys // TIMES
        final = np.append(places[1:] != places[:-1], True) if len(places) else np.zeros(0, bool)
        return places[final], cells[final]

    def _sorted(self) -> tuple[Integers, Integers]:
        if self._keys is None:
            keys = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in self._parts)])
            cells = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in self._parts)])
            order = np.argsort(keys, kind="stable")
            self._keys, self._cells = keys[order], cells[order]
        return self._keys, self._cells
