"""What was changed from outside: which edit, if any, a spot has its value from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from debugger.why.contents import Contents
from debugger.why.replay import Replay
from debugger.why.spots import STREAMS, Origin, Spot
from debugger.why.values import bits
from isa.places import flows_west
from vm.engine import State
from vm.machine import Machine


class Now:
    """A machine as it stands, asked in the way a replay is, whatever the cycle."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def state(self, cycle: int) -> State:
        return self._machine.state

    def contents(self, cycle: int) -> Contents:
        return Contents(self._machine.state, self._machine.image.machine.lanes)

    def memory(self, cycle: int, addresses: Sequence[int]) -> tuple[bytes, bool]:
        engine = self._machine.engine
        return memory_of(engine.sram(), engine.written(), addresses)


def memory_of(sram: memoryview, written: memoryview, addresses: Sequence[int]) -> tuple[bytes, bool]:
    """Bytes of SRAM, and whether all of them were ever written."""
    data = bytes(sram[address] for address in addresses)
    return data, all(written[address >> 3] >> (address & 7) & 1 for address in addresses)


def edit_of(replay: Replay, spot: Spot, since: int) -> Origin | None:
    """The last edit, from a cycle on, that changed what a spot holds."""
    for number, edit in reversed(list(enumerate(replay.history.edits))):
        if since <= edit.cycle <= spot.cycle and changed(replay, number, _at(spot, edit.cycle)):
            return Origin("edit", f"`{edit.text}` in cycle {edit.cycle}", edit.cycle)
    return None


def changed(replay: Replay, number: int, spot: Spot) -> bool:
    """Whether an edit, by its place among them, changed what a spot holds in its cycle."""
    return bits(replay, spot) != replay.history.before_edit(number, partial(_bits_now, spot))


def _bits_now(spot: Spot, machine: Machine) -> int | None:
    return bits(Now(machine), spot)


def _at(spot: Spot, cycle: int) -> Spot:
    """Where what a spot holds was in an earlier cycle: what flows was upstream."""
    if spot.kind != STREAMS:
        return spot._replace(cycle=cycle)
    hops = spot.cycle - cycle
    return spot._replace(cycle=cycle, place=spot.place + (hops if flows_west(spot.number) else -hops))
