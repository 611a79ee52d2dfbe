"""A region as a C function: traces, and between them single blocks. Registers, counts and the cycle are variables.

At entries the run may be left for the cycle limit, so the rest need not look: between two of them it takes at most
`longest` cycles. All traces begin with one, and every circle has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vm.translate.bundle import Bundle
from vm.translate.exits import Exits, undo_place
from vm.translate.graph import Trace, entries_of, is_whole, longest_way, traces_of
from vm.translate.region import NOWHERE, SPANS, Block
from vm.translate.trace import TraceWriter

NAME = "lpu_translated"
GOTO = re.compile(r"\bgoto n(\d+);")


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


class Region:
    """Writes the function of a region, which can be entered at some blocks."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._whole = {number for number, block in enumerate(blocks) if is_whole(block)}
        self._exits = Exits(blocks, sorted(self._whole))
        traces = traces_of(blocks)
        self.entries = entries_of(blocks, [trace.numbers[0] for trace in traces])
        self._longest = longest_way(blocks, self.entries)
        self._traces = self._writers(traces)
        self._single: list[int] = []  # the blocks that are gone by themselves

    def _writers(self, traces: Sequence[Trace]) -> dict[int, TraceWriter]:
        """Those of all traces for which there are spans, by their first blocks."""
        found: dict[int, TraceWriter] = {}
        spans = 0
        for trace in traces:
            writer = TraceWriter(self._blocks, trace, self._longest, self._exits, spans)
            if spans + len(writer.proved.groups) <= SPANS:
                found[trace.numbers[0]] = writer
                spans += len(writer.proved.groups)
        return found

    def text(self) -> str:
        """The C text."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        body = list(self._body())
        yield '#include "translated.h"'
        yield from self._tables()
        yield f"lpu_leaving {NAME}(lpu_machine *m, uint32_t entry, uint64_t now, uint64_t until)"
        yield "{"
        yield from (f"    {line}" for line in self._variables())
        yield "    switch (entry) {"
        yield from (f"    case {entry}: goto n{entry};" for entry in self.entries)
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
        for trace in self._traces.values():
            yield from trace.tables()

    def _variables(self) -> Iterator[str]:
        yield "const lpu_memory_map map = m->map;"
        yield "lpu_span *const spans = m->spans;"
        yield from (f"uint32_t r{register} = m->registers[{register}];" for register in self._exits.registers)
        yield from (f"uint32_t u{undo} = {undo_place(undo)};" for undo in self._exits.undos)
        yield from (f"uint64_t c{number} = 0;" for number in self._single)
        for trace in self._traces.values():
            yield from trace.variables()
        yield "uint64_t jumped = 0, cost = 0;"
        yield "int jump = NO_JUMP;"
        yield "uint32_t block, pc = 0;"
        yield "lpu_exit exit = LPU_AT_BLOCK;"

    def _body(self) -> Iterator[str]:
        """All that the entries lead to, block by block under labels."""
        waiting = list(self.entries)
        for number in waiting:
            yield f"n{number}: /* {self._blocks[number].pc} */"
            lines = list(self._labelled(number))
            yield from (f"    {line}" for line in lines)
            found = {int(to) for line in lines for to in GOTO.findall(line)}
            waiting += sorted(found.difference(waiting))

    def _labelled(self, number: int) -> Iterator[str]:
        """A trace, if what it needs holds; a single block; or nothing of one that is not whole."""
        leave = self._exits.at(number)
        if number in self._traces:
            yield from self._traces[number].lines()
            yield leave
        elif number in self._whole:
            if number in self.entries:
                yield f"if (UNLIKELY(until - now <= {self._longest})) {{ {leave} }}"
            self._single.append(number)
            yield "{"
            yield from (f"    {line}" for line in self._block(number, leave))
            yield "}"
        else:
            yield leave

    def _block(self, number: int, leave: str) -> Iterator[str]:
        block, fail = self._blocks[number], f"f{number}"
        lines = [line for line in Bundle(block, fail, {}).lines(BlockWays(block, number, self._exits)) if line]
        yield from lines
        if any("CHECK(" in line for line in lines):
            yield f"{fail}: {leave}"

    def _end(self) -> Iterator[str]:
        yield from (f"m->registers[{register}] = r{register};" for register in self._exits.registers)
        yield from (f"m->counts[{self._blocks[number].pc}] += c{number};" for number in self._single)
        for trace in self._traces.values():
            yield from trace.counts()
        yield "if (jump != NO_JUMP)"
        yield "    note_taken(m, &jumps_of[jump], jumped);"
        yield "return (lpu_leaving){.now = now, .cost = cost, .block = block, .pc = pc, .exit = exit};"
