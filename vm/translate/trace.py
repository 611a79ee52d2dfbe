"""A trace as C: what can be proved of all its accesses is tested at its head, then it is gone without looking.

Of a loop all rounds but the last are a loop in C. The rest, and a trace that is gone once, is written behind it. Where
something must be looked at on the way, or another way is taken, the trace is left, its blocks so far counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.translate.bundle import Bundle
from vm.translate.exits import Exits
from vm.translate.forms import Group, Walk, prove
from vm.translate.graph import Trace
from vm.translate.region import NOWHERE, Block, Does

JUMPS = (Does.BRANCH, Does.JUMP)


class TraceWays:
    """Where the block at a position of a trace leads to."""

    def __init__(self, writer: TraceWriter, position: int, is_free: bool) -> None:
        self._writer, self._position, self.is_free = writer, position, is_free
        self._block = writer.blocks[position]
        self._is_inner = writer.after(position) != NOWHERE
        self.straight = "taken" if writer.goes_taken(position) else "next"

    def settle(self) -> str:
        return self._writer.settle() if self.is_free else ""

    def next(self) -> str:
        if self.straight == "next" and self._is_inner:
            return ""
        return self._out(self._block.next, f"{self._block.next_pc}u", self._block.cost, "LPU_ALONG_NEXT")

    def taken(self, pc: str, cost: int) -> str:
        if self.straight == "taken":
            return ""
        return self._out(self._block.taken, pc, cost, "LPU_ALONG_TAKEN")

    def leave(self, pc: str, cost: int) -> str:
        return self._out(NOWHERE, pc, cost, "LPU_ALONG_TAKEN")

    def note(self) -> str:
        writer = self._writer
        return f"jump = {writer.trace.numbers[self._position]}; jumped = now + {writer.cycles[self._position]};"

    def _out(self, to: int, pc: str, cost: int, how: str) -> str:
        """Into another block, or along a link that is not told; the run loop counts the bundle then."""
        writer, position = self._writer, self._position
        if to != NOWHERE:
            return f"{writer.passed(position)}++; now += {writer.cycles[position] + cost}; goto n{to};"
        return f"exit = {how}; pc = {pc}; cost = {cost}; {writer.left(position, is_behind=True)}"


class TraceWriter:
    """Writes one trace; between two tests of `until` the region takes `longest` cycles at most.

    Its spans count from `first_span` on.
    """

    def __init__(self, blocks: Sequence[Block], trace: Trace, longest: int, exits: Exits, first_span: int) -> None:
        self.trace, self.number, self._longest, self._exits = trace, trace.numbers[0], longest, exits
        self._first_span = first_span
        self.blocks = [blocks[k] for k in trace.numbers]
        self.cycles = [0]  # from the head to each block, and to the end
        for position, block in enumerate(self.blocks):
            cost = max(block.taken_cost, 1) if self.goes_taken(position) else block.cost
            self.cycles.append(self.cycles[-1] + cost)
        self.turns = trace.is_loop and self._can_turn()
        self.proved = prove(self.blocks, Walk(self.blocks), self.turns)
        self._words = {position: dict[int, str]() for position in range(len(self.blocks))}
        for (position, place), word in self.proved.words():
            self._words[position][place] = word
        self.outs: set[int] = set()  # positions behind which the trace is left for another block

    # The way ----------------------------------------------------------------------------------
    def after(self, position: int) -> int:
        """The block behind a position on the trace, NOWHERE where it ends."""
        numbers = self.trace.numbers
        if position + 1 < len(numbers):
            return numbers[position + 1]
        return numbers[0] if self.trace.is_loop else NOWHERE

    def goes_taken(self, position: int) -> bool:
        to, block = self.after(position), self.blocks[position]
        return to != NOWHERE and to != block.next

    def _can_turn(self) -> bool:
        """Whether rounds are alike: they end no hardware loop but one, which then is the innermost."""
        ends = [k for k, block in enumerate(self.blocks) if block.end.does == Does.LOOP_END]
        return len(ends) <= 1 and all(self.goes_taken(k) for k in ends)

    @property
    def _loop_end(self) -> Block | None:
        return next((block for block in self.blocks if block.end.does == Does.LOOP_END), None)

    # Leaving it -------------------------------------------------------------------------------
    def passed(self, position: int) -> str:
        """What counts how often the trace was gone up to a position, and left there."""
        self.outs.add(position)
        return f"x{self.number}_{position}"

    def left(self, position: int, is_behind: bool = False) -> str:
        counted = f"count(m, way{self.number}, {position}, 1); " if position else ""
        return f"{counted}now += {self.cycles[position]}; {self._exits.at(self.trace.numbers[position], is_behind)}"

    def settle(self) -> str:
        """Have the loop stack know of the rounds that were made."""
        return "m->loops[m->loop_count - 1].remaining -= (uint32_t)turn;" if self._loop_end else ""

    # The text ---------------------------------------------------------------------------------
    def lines(self) -> Iterator[str]:
        groups = list(enumerate(self.proved.groups))
        yield f"if (LIKELY(until - now > {self._longest + self.cycles[-1]})) {{"
        yield from (f"    int64_t w{number} = (uint32_t)({group.first()});" for number, group in groups)
        yield from (f"    {line}" for line in (self._several() if self.turns else self._once()))
        yield "}"

    def _once(self) -> Iterator[str]:
        tests = [self._inside(number, group) for number, group in enumerate(self.proved.groups)]
        yield f"if ({' && '.join([*tests, *self._apart()]) or '1'}) {{"
        yield from (f"    {line}" for line in self._round("y", is_free=False))
        yield "}"

    def _inside(self, number: int, group: Group) -> str:
        return f"is_within(m, {self._span(number)}, w{number}, w{number} + {group.extent}, {int(not group.is_store)})"

    def _apart(self) -> list[str]:
        return [f"{self._span(a)}->bank != {self._span(b)}->bank" for a, b in sorted(self.proved.apart)]

    def _span(self, group: int) -> str:
        return f"(spans + {self._first_span + group})"

    def _several(self) -> Iterator[str]:
        """All rounds that are known to be made and to hold; the last of them may end otherwise."""
        yield f"uint64_t turns = least(TURNS_AT_ONCE, (until - now - {self._longest + 1}) / {self.cycles[-1]});"
        end = self._loop_end
        if end:
            yield f"turns = least(turns, turns_left(m, {end.taken_link_pc}u, {end.next_pc}u));"
        for position, block in enumerate(self.blocks):
            if block.end.does in JUMPS and self.goes_taken(position):
                yield f"turns = stays(m, {block.pc}u, {block.taken_pc}u) ? turns : 1;"
        for number, group in enumerate(self.proved.groups):
            yield f"const int64_t g{number} = (int32_t)({group.growth.text()});"
            words = f"w{number}, w{number} + {group.extent}, g{number}"
            yield f"turns = turns_inside(m, {self._span(number)}, {words}, turns, {int(not group.is_store)});"
        yield f"if ({' && '.join(['turns', *self._apart()])}) {{"
        yield "    uint64_t turn = 0;"
        yield "    for (; turn + 1 < turns; turn++) {"
        yield from (f"        {line}" for line in self._round("z", is_free=True))
        yield f"        {self.passed(len(self.blocks) - 1)}++; now += {self.cycles[-1]};"
        yield from (f"        w{number} += g{number};" for number in range(len(self.proved.groups)))
        yield "    }"
        yield f"    {self.settle()}"
        yield from (f"    {line}" for line in self._round("y", is_free=False))
        yield "    }"

    def _round(self, kind: str, is_free: bool) -> Iterator[str]:
        """All blocks once, in the loop of rounds that are free, or behind it and on to where the last block leads."""
        fails: list[int] = []
        for position, block in enumerate(self.blocks):
            fail = f"{kind}{self.number}_{position}"
            lines = list(Bundle(block, fail, self._words[position]).lines(TraceWays(self, position, is_free)))
            yield "{"
            yield from (f"    {line}" for line in lines if line)
            yield "}"
            fails += [position] if any(f"CHECK({fail}," in line for line in lines) else []
        if self.trace.is_loop and not is_free:
            yield f"{self.passed(len(self.blocks) - 1)}++; now += {self.cycles[-1]}; goto n{self.trace.numbers[0]};"
        if fails and is_free:
            yield "if (0) {"
        for position in fails:
            yield f"{kind}{self.number}_{position}: {self.settle() if is_free else ''} {self.left(position)}"
        if fails and is_free:
            yield "}"

    # What it needs ----------------------------------------------------------------------------
    def tables(self) -> Iterator[str]:
        pcs = ", ".join(f"{block.pc}u" for block in self.blocks)
        yield f"static const uint32_t way{self.number}[] = {{{pcs}}};"

    def variables(self) -> Iterator[str]:
        yield from (f"uint64_t x{self.number}_{position} = 0;" for position in sorted(self.outs))

    def counts(self) -> Iterator[str]:
        for position in sorted(self.outs):
            yield f"count(m, way{self.number}, {position + 1}, x{self.number}_{position});"
