"""Targets: implementations that programs are run on, and what is asked of them. Both engines are such; others speak
the protocol of docs/protocol.md, behind the same face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from isa.faults import RawFault
from isa.image import Image
from isa.records import NamedTuple
from vm.engine import FAULT, RUNNING, State
from vm.loader import load
from vm.mirror import mirrored
from vm.pages import Pages

if TYPE_CHECKING:
    from conform.reference.observer import Event

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


@runtime_checkable
class Tracing(Target, Protocol):
    """A target that can tell what happens on the way, unless it says that it lacks `trace`."""

    def trace(self, until: int) -> tuple[list[Event], Outcome]:
        """Run to a cycle, and what happened, as docs/protocol.md describes it."""


class TargetError(Exception):
    """A target that does not answer, or says what no target may."""


class Silence(TargetError):
    """A target that does not answer in time."""


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

    def trace(self, until: int) -> tuple[list[Event], Outcome]:
        """Run to a cycle, one after the other, and look at all that changes."""
        from conform.reference.observer import Observer

        observer = Observer(self.engine)
        found: list[Event] = []
        while self.engine.cycle < until and self.run(self.engine.cycle + 1).status == RUNNING:
            found += observer.look()
        found += observer.look()
        return found, self.run(until)

    def state(self) -> State:
        return self.engine.state

    def memory(self, address: int, length: int) -> bytes:
        return bytes(self.engine.view(address, length))

    def written(self) -> bytes:
        return bytes(self.engine.written())

    def pages(self) -> tuple[Pages, Pages]:
        """SRAM and the written bits."""
        return mirrored(self.engine).take()

    def counts(self) -> dict[int, int]:
        return self.engine.issue_counts()

    def close(self) -> None:
        pass
