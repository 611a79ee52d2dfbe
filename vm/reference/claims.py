"""Accesses to memory: each bank takes one a cycle, from either face."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vm.reference.bursts import Element
from vm.reference.trouble import Trouble


class Claims:
    """The bytes and banks that ops of one cycle have accessed so far, and which op did."""

    def __init__(self, cycle: int) -> None:
        self.cycle = cycle
        self.accesses: list[tuple[Element, Sequence[int]]] = []
        self._holders: dict[int, Element] = {}

    def claim(self, element: Element, addresses: Sequence[int], banks: Iterable[int]) -> None:
        """Raises Trouble at the first bank that another op of the cycle has."""
        for bank in banks:
            if bank in self._holders:
                raise Trouble("E-BANK", resource=bank, other_cycle=self.cycle, **self._holders[bank].as_other)
            self._holders[bank] = element
        self.accesses.append((element, addresses))
