"""Registers of a run while it is placed: what is written again may get a register that the file never names.

A register is taken from the cycle in which an op that writes it issues until the last op that reads what it wrote has
issued, or until that has landed: while a write is in flight the register may not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from asm.streams.graph import Node
from asm.streams.order import Web
from isa.faults import CONDITION_CODE
from isa.places import SCALARS, is_scalar
from isa.records import dataclass, field


class NoName(Exception):
    """All registers that a value could have wait for readers that are placed later."""


@dataclass(slots=True)
class _Held:
    """A register that is taken: readers of its value that are not placed yet, and when it is free after the others."""

    readers: set[Node] = field(default_factory=set)
    until: int = 0


class Names:
    """The register of each web of a run. `free` are those that the file never names: the last of its webs leaves its
    value in the register that is written, the others may have one of these."""

    def __init__(self, webs: Iterable[Web], free: Sequence[int]) -> None:
        self.free = tuple(free)
        self.name: dict[Web, int] = {}
        self.written: dict[Node, Web] = {}
        self.read: dict[Node, list[Web]] = {}
        self.held: dict[int, _Held] = {}
        for web in webs:
            if web.register != CONDITION_CODE:
                self._add(web)

    @property
    def may_rename(self) -> bool:
        """Whether some register is written again, so that its values may have several names."""
        return any(not web.last for web in (*self.written.values(), *chain.from_iterable(self.read.values())))

    def _add(self, web: Web) -> None:
        for reader in web.readers:
            self.read.setdefault(reader, []).append(web)
        if web.writer is not None:
            self.written[web.writer] = web
        else:
            self.name[web] = web.register
            self.held[web.register] = _Held(set(web.readers))

    def choose(self, node: Node, cycle: int) -> int:
        """Choose the register that a node writes; the first cycle from `cycle` on in which it may. Raises NoName."""
        web = self.written.get(node)
        if web is None:
            return cycle
        choices = (web.register,) if web.last else (*self.free, web.register)
        frees = {name: until for name in choices if (until := self._until(name, node)) is not None}
        if not frees:
            raise NoName
        ready = [name for name, until in frees.items() if until <= cycle]
        self.name[web] = name = max(ready, key=frees.__getitem__) if ready else min(frees, key=frees.__getitem__)
        return max(cycle, frees[name])

    def _until(self, register: int, node: Node) -> int | None:
        """When a register is free for what a node writes; None when that is not known yet."""
        held = self.held.get(register, FREE)
        return held.until if held.readers <= {node} else None

    def place(self, node: Node, cycle: int) -> None:
        """A node issues: what it reads waits for it no more, what it writes is taken."""
        for web in self.read.get(node, ()):
            held = self.held[self.name[web]]
            held.readers.discard(node)
            held.until = max(held.until, cycle)
        if node in self.written:
            web = self.written[node]
            self.held[self.name[web]] = _Held(set(web.readers), cycle + node.latency)

    def put(self, node: Node, values: dict[str, int]) -> None:
        """Put the registers of a node into its values by field."""
        names = {web.register: self.name[web] for web in self.read.get(node, ())}
        for field_ in node.op.row.reads:
            values[field_] = names.get(values[field_], values[field_])
        for field_ in node.op.row.vector_reads:
            if is_scalar(values[field_]):
                values[field_] = SCALARS + names.get(values[field_] - SCALARS, values[field_] - SCALARS)
        if node in self.written:
            assert node.op.row.write is not None
            values[node.op.row.write] = self.name[self.written[node]]


FREE = _Held()
