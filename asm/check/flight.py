"""What is in flight, without what it is of: registers and the cycles until they are written.

The same bundle kinds meet the same states again and again, so each step is worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from asm.kinds import BundleKind

State: TypeAlias = tuple[tuple[int, int], ...]  # register, cycles until its write lands
NOTHING: State = ()


class Flight:
    """Steps from state to state through the bundles of a program, whose kinds it is given."""

    def __init__(self, kinds: Sequence[BundleKind]) -> None:
        self.kinds = kinds
        self._after: dict[tuple[BundleKind, State, int], State] = {}
        self._met: dict[tuple[State, State], State] = {}
        self._faults: dict[tuple[BundleKind, State], bool] = {}

    def after(self, number: int, state: State, cycles: int) -> State:
        """What is in flight so many cycles after a bundle issued in a state."""
        key = self.kinds[number], state, cycles
        found = self._after.get(key)
        if found is None:
            found = self._after[key] = _after(*key)
        return found

    def meet(self, old: State | None, new: State) -> State:
        """What holds in both states; `old` itself when that already holds in the new one."""
        if old is None or old is new or not old:
            return new if old is None else old
        found = self._met.get((old, new))
        if found is None:
            found = self._met[old, new] = _meet(old, new)
        return found

    def is_fault(self, number: int, state: State) -> bool:
        """Whether a bundle reads what is in flight, or writes what would land before that."""
        key = self.kinds[number], state
        found = self._faults.get(key)
        if found is None:
            found = self._faults[key] = _is_fault(*key)
        return found


def _after(kind: BundleKind, state: State, cycles: int) -> State:
    left = {register: wait - cycles for register, wait in state if wait > cycles}
    left.update((register, latency - cycles) for register, latency in kind.writes if latency > cycles)
    return tuple(left.items())


def _meet(old: State, new: State) -> State:
    waits = dict(new)
    if all(waits.get(register, 0) >= wait for register, wait in old):
        return old
    return tuple((register, min(wait, waits[register])) for register, wait in old if register in waits)


def _is_fault(kind: BundleKind, state: State) -> bool:
    waits = dict(state)
    return not kind.reads.isdisjoint(waits) or any(waits.get(register, 0) >= wait for register, wait in kind.writes)
