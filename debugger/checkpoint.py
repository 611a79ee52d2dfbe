"""Checkpoints: everything that a run is at the start of a cycle, taken so that neighbours share what is equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from debugger.pages import Pages, blank, captured, own_bytes, put_back
from vm.engine import Engine, State

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
        yield from (item.data for item in self.state.tensor)

    def own_bytes(self, other: Checkpoint | None) -> int:
        """The memory that this checkpoint takes beside another."""
        pages = len(self.sram) + len(self.written)
        fixed = OVERHEAD + POINTER_BYTES * pages + COUNT_BYTES * len(self.counts)
        return fixed + own_bytes(self.blocks(), other.blocks() if other else ())


def first(engine: Engine) -> Checkpoint:
    """The checkpoint with which a history begins."""
    pages = captured(engine.sram(), blank(len(engine.sram()))), captured(engine.written(), blank(len(engine.written())))
    return Checkpoint(engine.state, engine.issue_counts(), *pages)


def take(engine: Engine, near: Checkpoint, work: float, is_edit: bool = False) -> Checkpoint:
    """A checkpoint that shares what it can with another."""
    pages = captured(engine.sram(), near.sram), captured(engine.written(), near.written)
    return Checkpoint(shared_state(engine.state, near.state), engine.issue_counts(), *pages, work, is_edit)


def shared_state(state: State, near: State) -> State:
    """The state, with those items of the tensor face that another has, too, being the other's."""
    known = {item: item for item in near.tensor}
    return replace(state, tensor=tuple(known.get(item, item) for item in state.tensor))


def restore(engine: Engine, checkpoint: Checkpoint) -> None:
    """Bring an engine back to a checkpoint of it."""
    engine.set_state(checkpoint.state)
    engine.set_issue_counts(checkpoint.counts)
    put_back(engine.sram(), checkpoint.sram)
    put_back(engine.written(), checkpoint.written)
