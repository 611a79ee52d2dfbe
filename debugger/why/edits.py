"""What was changed from outside: which edit, if any, a spot has its value from."""

from __future__ import annotations

from collections.abc import Sequence

from debugger.checkpoint import Checkpoint
from debugger.why.contents import Contents
from debugger.why.replay import Replay
from debugger.why.spots import STREAMS, Origin, Spot
from debugger.why.values import bits
from isa.places import flows_west
from vm.engine import State
from vm.pages import byte_of


class Kept:
    """A checkpoint, asked in the way a replay is, whatever the cycle."""

    def __init__(self, checkpoint: Checkpoint, lanes: int) -> None:
        self._checkpoint = checkpoint
        self._contents = Contents(checkpoint.state, lanes)

    def state(self, cycle: int) -> State:
        return self._checkpoint.state

    def contents(self, cycle: int) -> Contents:
        return self._contents

    def memory(self, cycle: int, addresses: Sequence[int]) -> tuple[bytes, bool]:
        sram, written = self._checkpoint.sram, self._checkpoint.written
        data = bytes(byte_of(sram, address) for address in addresses)
        return data, all(byte_of(written, address >> 3) >> (address & 7) & 1 for address in addresses)


def edit_of(replay: Replay, spot: Spot, since: int) -> Origin | None:
    """The last edit, from a cycle on, that changed what a spot holds."""
    for number, edit in reversed(list(enumerate(replay.history.edits))):
        if since <= edit.cycle <= spot.cycle and changed(replay, number, _at(spot, edit.cycle)):
            return Origin("edit", f"`{edit.text}` in cycle {edit.cycle}", edit.cycle)
    return None


def changed(replay: Replay, number: int, spot: Spot) -> bool:
    """Whether an edit, by its place among them, changed what a spot holds in its cycle."""
    lanes = replay.spec.lanes
    before, after = (bits(Kept(each, lanes), spot) for each in replay.history.around_edit(number))
    return before != after


def _at(spot: Spot, cycle: int) -> Spot:
    """Where what a spot holds was in an earlier cycle: what flows was upstream."""
    if spot.kind != STREAMS:
        return spot._replace(cycle=cycle)
    hops = spot.cycle - cycle
    return spot._replace(cycle=cycle, place=spot.place + (hops if flows_west(spot.number) else -hops))
