"""A region as a C function. Registers, counts and the cycle are variables; every bundle is a label.

At entries the run may be left for the cycle limit, so the rest need not look: between two of them a run takes at most
`longest` cycles. Where a trace begins, it is tried first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.translate.bundle import Bundle
from vm.translate.exits import Exits, undo_place
from vm.translate.graph import Trace, is_whole, longest_way, traces_of
from vm.translate.region import NOWHERE, SPANS, Block
from vm.translate.trace import TraceWriter

NAME = "lpu_translated"


class BlockWays:
    """Where a block leads to that is gone by itself."""

    straight = "next"
    is_free = False

    def __init__(self, block: Block, number: int, exits: Exits) -> None:
        self._block, self._number, self._exits = block, number, exits

    def settle(self) -> str:
        return ""

    def next(self) -> str:
        return self._out(self._block.next, f"{self._block.next_pc}u", self._block.cost, "LPU_ALONG_NEXT")

    def taken(self, pc: str, cost: int) -> str:
        return self._out(self._block.taken, pc, cost, "LPU_ALONG_TAKEN")

    def leave(self, pc: str, cost: int) -> str:
        return self._out(NOWHERE, pc, cost, "LPU_ALONG_TAKEN")

    def note(self) -> str:
        return f"jump = {self._number}; jumped = now;"

    def _out(self, to: int, pc: str, cost: int, how: str) -> str:
        """Into another block, or along a link that is not told; the run loop counts the bundle then."""
        if to != NOWHERE:
            return f"c{self._number}++; now += {cost}; goto n{to};"
        return f"exit = {how}; pc = {pc}; cost = {cost}; {self._exits.at(self._number, is_behind=True)}"


def source(blocks: Sequence[Block], entries: Sequence[int]) -> str:
    """The C text of a region that can be entered at some blocks."""
    return "\n".join(Region(blocks, entries).lines()) + "\n"


class Region:
    """Writes the function of a region."""

    def __init__(self, blocks: Sequence[Block], entries: Sequence[int]) -> None:
        self._blocks, self._entries = blocks, entries
        self._whole = [number for number, block in enumerate(blocks) if is_whole(block)]
        self._exits = Exits(blocks, self._whole)
        self._longest = longest_way(blocks, entries)
        self._traces = self._writers(traces_of(blocks))

    def _writers(self, traces: Sequence[Trace]) -> list[TraceWriter]:
        """Those of all traces for which there are spans."""
        found: list[TraceWriter] = []
        spans = 0
        for trace in traces:
            writer = TraceWriter(self._blocks, trace, len(found), self._longest, self._exits, spans)
            if spans + len(writer.proved.groups) <= SPANS:
                found.append(writer)
                spans += len(writer.proved.groups)
        return found

    def lines(self) -> Iterator[str]:
        body = [line for number in range(len(self._blocks)) for line in self._labelled(number)]
        yield '#include "translated.h"'
        yield from self._tables()
        yield f"lpu_leaving {NAME}(lpu_machine *m, uint32_t entry, uint64_t now, uint64_t until)"
        yield "{"
        yield from (f"    {line}" for line in self._variables())
        yield "    switch (entry) {"
        yield from (f"    case {entry}: goto n{entry};" for entry in self._entries)
        yield "    default: block = entry; goto leave;"
        yield "    }"
        yield from body
        yield "leave:"
        yield from (f"    {line}" for line in self._end())
        yield "}"

    def _tables(self) -> Iterator[str]:
        yield f"static const lpu_jump jumps_of[{len(self._blocks)}] = {{"
        yield from (f"    {{{block.pc}u, {block.jump_slot}u, {block.taken_cost}u}}," for block in self._blocks)
        yield "};"
        for trace in self._traces:
            yield from trace.tables()

    def _variables(self) -> Iterator[str]:
        yield "const lpu_memory_map map = m->map;"
        yield from (f"uint32_t r{register} = m->registers[{register}];" for register in self._exits.registers)
        yield from (f"uint32_t u{undo} = {undo_place(undo)};" for undo in self._exits.undos)
        yield from (f"uint64_t c{number} = 0;" for number in self._whole)
        yield "lpu_span *const spans = m->spans;"
        for trace in self._traces:
            yield from trace.variables()
        yield "uint64_t jumped = 0, cost = 0;"
        yield "int jump = NO_JUMP;"
        yield "uint32_t block, pc = 0;"
        yield "lpu_exit exit = LPU_AT_BLOCK;"

    def _labelled(self, number: int) -> Iterator[str]:
        """A block under its label; one that is not translated leaves the region before it."""
        yield f"n{number}: /* {self._blocks[number].pc} */"
        leave = self._exits.at(number)
        if number not in self._whole:
            yield f"    {leave}"
            return
        for trace in self._traces:
            if trace.trace.numbers[0] == number:
                yield from (f"    {line}" for line in trace.lines())
        if number in self._entries:
            yield f"    if (UNLIKELY(until - now <= {self._longest})) {{ {leave} }}"
        yield "    {"
        yield from (f"    {line}" for line in self._block(number, leave))
        yield "    }"

    def _block(self, number: int, leave: str) -> Iterator[str]:
        block, fail = self._blocks[number], f"f{number}"
        lines = [line for line in Bundle(block, fail, {}).lines(BlockWays(block, number, self._exits)) if line]
        yield from lines
        if any("CHECK(" in line for line in lines):
            yield f"{fail}: {leave}"

    def _end(self) -> Iterator[str]:
        yield from (f"m->registers[{register}] = r{register};" for register in self._exits.registers)
        yield from (f"m->counts[{self._blocks[number].pc}] += c{number};" for number in self._whole)
        for trace in self._traces:
            yield from trace.counts()
        yield "if (jump != NO_JUMP)"
        yield "    note_taken(m, &jumps_of[jump], jumped);"
        yield "return (lpu_leaving){.now = now, .cost = cost, .block = block, .pc = pc, .exit = exit};"
