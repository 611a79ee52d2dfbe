"""How a region is left: what was overwritten by writes that are still in flight goes back to the machine."""

from __future__ import annotations

from collections.abc import Sequence

from vm.translate.region import NOWHERE, REGISTERS, TEMP, Block, Step


class Exits:
    """Knows the places that blocks use: registers, and where they keep what was overwritten."""

    def __init__(self, blocks: Sequence[Block], whole: Sequence[int]) -> None:
        self._blocks = blocks
        steps = [step for number in whole for step in blocks[number].steps]
        self.registers = sorted({place for step in steps for place in places_of(step) if 0 <= place < TEMP})
        self.undos = sorted({step.undo for step in steps} - {NOWHERE})

    def at(self, number: int, is_behind: bool = False) -> str:
        """Leave before a block, or behind it."""
        block = self._blocks[number]
        in_flight = set(block.in_flight)
        if is_behind:
            in_flight.update(step.undo for step in block.steps)
        kept = " ".join(f"{undo_place(undo)} = u{undo};" for undo in self.undos if undo in in_flight)
        return f"{kept} block = {number}; goto leave;".lstrip()


def places_of(step: Step) -> tuple[int, ...]:
    return (*step.sources, step.stored, step.target)


def undo_place(undo: int) -> str:
    return f"m->undo[{undo // REGISTERS}][{undo % REGISTERS}]"
