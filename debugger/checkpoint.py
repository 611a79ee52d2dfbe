"""Checkpoints: everything that a run is at the start of a cycle, taken so that neighbours share what is equal."""

from __future__ import annotations

from collections.abc import Iterator

from isa.records import dataclass, replace
from vm import items
from vm.engine import Engine, State
from vm.mirror import mirrored
from vm.pages import Pages, own_bytes

OVERHEAD = 16384  # bytes that a checkpoint takes beside what is counted below
POINTER_BYTES = 8  # for each page
COUNT_BYTES = 100  # for each entry of the issue counts


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Everything that a run is at the start of a cycle.

    `work` is how many seconds the run took up to here, which is what replaying it costs. The checkpoint of an edit is
    the state after it, to which no replay of what is before leads.
    """

    state: State
    counts: dict[int, int]
    sram: Pages
    written: Pages
    work: float = 0.0
    is_edit: bool = False

    @property
    def cycle(self) -> int:
        return self.state.cycle

    def blocks(self) -> Iterator[bytes]:
        yield from self.sram
        yield from self.written
        yield from items.blocks(self.state.tensor)

    def own_bytes(self, other: Checkpoint | None) -> int:
        """The memory that this checkpoint takes beside another."""
        pages = len(self.sram) + len(self.written)
        fixed = OVERHEAD + POINTER_BYTES * pages + COUNT_BYTES * len(self.counts)
        return fixed + own_bytes(self.blocks(), other.blocks() if other else ())


class Keeper:
    """Takes checkpoints of an engine and brings it back to them, looking only at the pages of memory that may differ.

    Which those are, the engine tells, if what changed its memory otherwise is `doubt`ed.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.first = Checkpoint(engine.state, engine.issue_counts(), *mirrored(engine).take())

    def take(self, near: Checkpoint, work: float, is_edit: bool = False) -> Checkpoint:
        """A checkpoint that shares what it can with another, and with the last that the engine was equal to."""
        engine = self.engine
        state = shared_state(engine.state, near.state)
        return Checkpoint(state, engine.issue_counts(), *engine.mirror.take(), work, is_edit)

    def restore(self, kept: Checkpoint) -> None:
        """Bring the engine back to a checkpoint of it."""
        self.engine.set_state(kept.state)
        self.engine.set_issue_counts(kept.counts)
        self.engine.mirror.put(kept.sram, kept.written)

    def is_at(self, kept: Checkpoint) -> None:
        """The engine has come to a checkpoint by itself."""
        self.engine.mirror.is_at(kept.sram, kept.written)

    def doubt(self) -> None:
        """Any page may have changed."""
        self.engine.mirror.doubt()


def shared_state(state: State, near: State) -> State:
    """The state, with those items of the tensor face that another has, too, being the other's; unless in one block."""
    if isinstance(state.tensor, items.Packed):
        return state
    known = {(type(item), item): item for item in near.tensor}  # items of two kinds may have the same numbers
    return replace(state, tensor=tuple(known.get((type(item), item), item) for item in state.tensor))
