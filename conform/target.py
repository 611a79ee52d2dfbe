"""Targets: implementations that programs are run on, and what is asked of them. Both engines are such; others speak
the protocol of docs/protocol.md, behind the same face."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from isa.faults import RawFault
from isa.image import Image
from vm.engine import FAULT, State
from vm.loader import load

LIMIT = 10_000  # cycles that a program of the kit runs at most


class Outcome(NamedTuple):
    """How a run stands: "running", "halted" or "fault", in which cycle, and the record of the fault."""

    status: str
    cycle: int
    fault: RawFault | None = None


class Target(Protocol):
    """One implementation with at most one program loaded."""

    @property
    def name(self) -> str: ...

    @property
    def lacks(self) -> frozenset[str]:
        """What it cannot tell, of the features in docs/protocol.md; in that it is not compared."""

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        """Begin anew with a program, registers zero. Raises TargetError when that cannot be."""

    def run(self, until: int) -> Outcome:
        """Go on until the run is over, faults, or reaches a cycle."""

    def state(self) -> State:
        """Everything architectural but memory."""

    def memory(self, address: int, length: int) -> bytes: ...

    def written(self) -> bytes:
        """The written bits: bit (address mod 8) of byte (address div 8)."""

    def counts(self) -> dict[int, int]:
        """How often each bundle issued, by address."""

    def close(self) -> None: ...


class TargetError(Exception):
    """A target that does not answer, or says what no target may."""


class EngineTarget:
    """One of our engines."""

    lacks: frozenset[str] = frozenset()

    def __init__(self, name: str) -> None:
        self.name = name

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        self.engine = load(image, self.name, uninit=uninit, strict=strict)

    def run(self, until: int) -> Outcome:
        status = self.engine.run(until)
        return Outcome(status, self.engine.cycle, self.engine.fault if status == FAULT else None)

    def state(self) -> State:
        return self.engine.state

    def memory(self, address: int, length: int) -> bytes:
        return bytes(self.engine.sram()[address : address + length])

    def written(self) -> bytes:
        return bytes(self.engine.written())

    def counts(self) -> dict[int, int]:
        return self.engine.issue_counts()

    def close(self) -> None:
        pass
