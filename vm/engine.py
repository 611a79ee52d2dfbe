"""What every engine offers: the architectural state as a value, and the few calls that change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from isa.faults import RawFault
from isa.machine import MachineSpec
from isa.records import dataclass
from vm.items import Item
from vm.stops import Stop, Stops

if TYPE_CHECKING:
    from vm.mirror import Mirror

RUNNING, HALTED, FAULT, STOPPED = "running", "halted", "fault", "stopped"
UNINIT_MODES = ("fault", "zero", "poison")
TAINT = "taint"  # poison, followed to where it is stored: the golden model's alone
CHANGE_BYTES = 1 << 16
CLEAN, REGISTER = -1, -2  # of a tainted run: a byte depends on none never written; on a register never set
POISON_BYTE = 0xDB


@dataclass(frozen=True, slots=True)
class InFlight:
    """A register write on its way: it becomes visible in cycle `landing`. `register` 32 is the condition code."""

    register: int
    value: int
    landing: int
    issued: int
    pc: int
    slot: int


@dataclass(frozen=True, slots=True)
class Loop:
    start: int
    end: int
    remaining: int


@dataclass(frozen=True, slots=True)
class State:
    """Everything architectural but memory, at the start of `cycle` after its landings.

    `registers` are 32 unsigned numbers; `in_flight` is ordered by (landing, register); `loops` outermost
    first. `next_fetch` is the cycle of the next fetch (above `cycle` in dead and waiting cycles). Once
    `fetch_ended` is true, no bundle is fetched any more and `exit_code` is halt's. `jump_pc`, `jump_slot`
    and `jump_cycle` name the last taken jump while its target has not been fetched, else -1. `tensor` is the state of
    the tensor face, in the order of vm.items; `settled` the first cycle in which all that was issued there has landed.
    """

    cycle: int
    pc: int
    registers: tuple[int, ...]
    cc: int
    in_flight: tuple[InFlight, ...]
    loops: tuple[Loop, ...]
    next_fetch: int
    fetch_ended: bool
    exit_code: int
    jump_pc: int = -1
    jump_slot: int = -1
    jump_cycle: int = -1
    settled: int = 0
    tensor: Sequence[Item] = ()


class Engine(Protocol):
    """One running machine. Addresses of memory are bytes of the linear map; of programs, syllables."""

    spec: MachineSpec

    def run(self, until: int) -> str:
        """Go on until the run is over, a fault, a stop, or `cycle` == until. Returns RUNNING, HALTED, FAULT or STOPPED.

        Stops are those of the cycles after the one it begins in, up to `until`.
        """

    def step(self, cycles: int) -> str:
        """`run` for some cycles from the present one on."""

    def append(self, text: bytes) -> int:
        """Put text behind the program, which still ends where it did, and return the address of its first syllable.

        A syllable that is no bundle stands before it, and one behind it. Nothing gets there but by a jump, or by a
        state with that `pc`. Raises ValueError when the machine has no room for it.
        """

    def set_stops(self, stops: Stops) -> None:
        """Say where runs stop. Raises ValueError for what the program or the machine has not."""

    @property
    def stop(self) -> Stop | None:
        """Why the last run stopped: the first of `stops_hit`."""

    @property
    def stops_hit(self) -> tuple[Stop, ...]:
        """All stops of the cycle in which the last run stopped: breakpoint, guards, then watches by unit and number."""

    @property
    def ignored(self) -> tuple[int, ...]:
        """How often each guard was ignored since the stops were set."""

    @property
    def cycle(self) -> int:
        """The cycle of the state."""

    @property
    def fault(self) -> RawFault | None: ...

    @property
    def state(self) -> State: ...

    @property
    def scalars(self) -> State:
        """The state but for the tensor face, of which it has no items."""

    def set_state(self, state: State) -> None:
        """Replace the architectural state (memory excluded); clears a fault. Raises ValueError if it is not one."""

    def set_register(self, register: int, value: int) -> None:
        """Write a register from outside; a write in flight to it still lands."""

    def registers(self) -> memoryview:
        """r0 to r31 as bytes, four each: writable and zero-copy, or read-only where there is no such memory."""

    def sram(self) -> memoryview:
        """All of SRAM as writable bytes, zero-copy. Bytes poked here do not count as written."""

    def written(self, start: int = 0, size: int | None = None) -> bytes:
        """A copy of the written bits: bit (address mod 8) of byte (address div 8); or `size` bytes of them from one on.

        Raises ValueError where there are not so many.
        """

    def set_written(self, bits: bytes, start: int = 0) -> None:
        """Replace the written bits, or some bytes of them from one on. Raises ValueError for more than there are."""

    def changed(self) -> memoryview:
        """A byte for each CHANGE_BYTES of SRAM, not 0 where the run or `load` stored something since it was made 0."""

    @property
    def mirror(self) -> Mirror:
        """Memory as pages, found by what `changed` tells, which it makes 0."""

    def was_lent(self) -> bool:
        """Whether `sram` was lent since this was last asked, or may still be: memory may have changed untold."""

    def view(self, address: int, size: int) -> memoryview:
        """Bytes of SRAM, as many of them as there are, zero-copy and read-only."""

    def load(self, address: int, data: bytes | memoryview) -> None:
        """Store bytes and mark them written. Raises ValueError outside SRAM."""

    def issue_counts(self) -> dict[int, int]:
        """How often each bundle was issued, by address; bundles never issued are left out."""

    def set_issue_counts(self, counts: dict[int, int]) -> None:
        """Replace the counts. Raises ValueError where there is no such bundle, or for a count that is none."""
