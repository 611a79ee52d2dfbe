"""A target that is begun anew where it has died, so that one program on which it does cannot end a whole run."""

from __future__ import annotations

from collections.abc import Callable

from conform.build import image as image_of
from conform.build import op
from conform.reference.observer import Event
from conform.target import LIMIT, Outcome, Target, Tracing
from isa.image import Image
from isa.machine import MachineSpec
from vm.engine import State


class Lasting:
    """What `make` makes, again and again: whatever is asked goes to the one that is there. Raises TargetError."""

    def __init__(self, make: Callable[[], Target]) -> None:
        self.make = make
        self.target = make()

    def renew(self) -> None:
        """End the target, and begin another."""
        self.target.close()
        self.target = self.make()

    @property
    def name(self) -> str:
        return self.target.name

    @property
    def lacks(self) -> frozenset[str]:
        return self.target.lacks if isinstance(self.target, Tracing) else self.target.lacks | {"trace"}

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        self.target.load(image, uninit, strict)

    def run(self, until: int) -> Outcome:
        return self.target.run(until)

    def trace(self, until: int) -> tuple[list[Event], Outcome]:
        """Run to a cycle, and what happened. Only asked where `trace` is not lacking."""
        assert isinstance(self.target, Tracing)
        return self.target.trace(until)

    def state(self) -> State:
        return self.target.state()

    def memory(self, address: int, length: int) -> bytes:
        return self.target.memory(address, length)

    def written(self) -> bytes:
        return self.target.written()

    def counts(self) -> dict[int, int]:
        return self.target.counts()

    def close(self) -> None:
        self.target.close()


def probe(target: Target, spec: MachineSpec) -> None:
    """Run a program that only halts. Raises TargetError for a target that does not even do that."""
    target.load(image_of([op("halt [code]")], machine=spec))
    target.run(LIMIT)


def revive(target: Target) -> None:
    """Begin a target anew that can be; others are as they were."""
    if isinstance(target, Lasting):
        target.renew()
