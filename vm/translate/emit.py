"""A region as a C function. Registers, counts and the cycle are variables; every bundle is a label.

At entries the run may be left for the cycle limit, so the rest need not look: between two of them a run takes at most
`longest` cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vm.translate.region import CONSTANT, NOWHERE, REGISTERS, TEMP, Block, Does, Step

LOADS = {Does.LOAD: False, Does.LOAD_SECOND: True}  # whether banks are compared
STORES = {Does.STORE: False, Does.STORE_SECOND: True}
LEFT_AT, LEFT_NEXT, LEFT_TAKEN = "LPU_AT_BLOCK", "LPU_ALONG_NEXT", "LPU_ALONG_TAKEN"
ROUND = 1  # what going round a hardware loop costs, in cycles
NAME = "lpu_translated"


def is_whole(block: Block) -> bool:
    """Whether all of a bundle can be translated."""
    return all(step.does != Does.OTHER for step in block.steps)


def is_lane(step: Step) -> bool:
    """Whether a step accesses a lane of a row, not a word."""
    return step.does in (Does.LOAD_LANE, Does.STORE_LANE)


# The graph ------------------------------------------------------------------------------------
def followers(blocks: Sequence[Block], number: int) -> list[tuple[int, int]]:
    """The blocks that a block leads to, and after how many cycles."""
    block = blocks[number]
    if not is_whole(block):
        return []
    links = [(block.next, block.cost), (block.taken, max(block.taken_cost, 1))]
    return [(to, cost) for to, cost in links if to != NOWHERE]


def entries_of(blocks: Sequence[Block]) -> list[int]:
    """The first block, and those that a way leads back to: every circle of blocks that are translated has one."""
    found, done, way = {0}, set(), set()
    waiting = [(0, False)]
    while waiting:
        number, is_left = waiting.pop()
        if is_left:
            way.discard(number)
        elif number not in done:
            done.add(number)
            way.add(number)
            waiting.append((number, True))
            waiting += [(to, False) for to, _ in followers(blocks, number)]
        elif number in way:
            found.add(number)
    return sorted(number for number in found if is_whole(blocks[number]))


def longest_way(blocks: Sequence[Block], entries: Sequence[int]) -> int:
    """The most cycles that pass from one entry to the next, or to where the region ends."""
    known: dict[int, int] = {}
    waiting = list(entries)
    while waiting:
        number = waiting[-1]
        inner = [to for to, _ in followers(blocks, number) if to not in entries and to not in known]
        if number in known or not inner:
            waiting.pop()
            ways = [cost + (0 if to in entries else known[to]) for to, cost in followers(blocks, number)]
            known[number] = max([*ways, blocks[number].cost, blocks[number].taken_cost, 1])
        else:
            waiting += inner
    return max(known.values())


# A bundle -------------------------------------------------------------------------------------
class Bundle:
    """Writes one block: its steps in order, what they compute in constants, then all writes to registers."""

    def __init__(self, blocks: Sequence[Block], number: int) -> None:
        self.block, self.number = blocks[number], number
        self.commits: list[str] = []
        self.temps: dict[int, str] = {}
        self.banks = ""  # the word of the first access

    def lines(self) -> Iterator[str]:
        steps = iter(enumerate(self.block.steps[:-1]))
        for place, step in steps:
            yield from self.step(f"t{place}", step)
            if step.does == Does.PAIR:
                yield from self.pair(f"t{place}", next(steps)[1], next(steps)[1])
        yield from self.ending(self.block.end)

    def step(self, name: str, step: Step) -> Iterator[str]:
        a, b, c = map(self.value, step.sources)
        if step.does == Does.VALUE:
            yield f"const uint32_t {name} = {step.function}({a}, {b}, {c}, {step.k}u);"
            self.write(step, name)
        elif step.does == Does.DIVIDE:
            yield f"CHECK({self.number}, !fails_{step.function}({a}, {b}));"
            yield f"const uint32_t {name} = op_{step.function}({a}, {b}, 0, 0);"
            self.write(step, name)
        elif step.does == Does.ASSERT:
            yield f"CHECK({self.number}, {a} == {b});"
        elif step.does == Does.LOOP_CHECK:
            yield f"CHECK({self.number}, loop_fits(m, {self.block.pc}u, {self.block.taken_pc}u, {a}));"
        elif step.does != Does.PAIR:
            yield from self.access(name, step)

    def access(self, name: str, step: Step) -> Iterator[str]:
        """An access to a word or a lane."""
        a, b, c = map(self.value, step.sources)
        value = self.value(step.stored)
        is_load = step.does in LOADS or step.does == Does.LOAD_LANE
        if is_load:
            yield f"uint32_t {name};"
        if is_lane(step):
            made = f"lpu_load_lane(m, &{name}_, &{name})" if is_load else f"lpu_store_lane(m, &{name}_)"
            yield f"LANES({name}_, {step.kind}, {step.k}u, {a}, {b}, {value});"
            yield f"CHECK({self.number}, {made});"
        else:
            yield f"const uint32_t {name}_ = WORD({step.k}u, {a}, {b}, {c});"
            yield from self.word(name, step, value)
        if is_load:
            self.write(step, name)

    def word(self, name: str, step: Step, value: str) -> Iterator[str]:
        if LOADS.get(step.does) or STORES.get(step.does):
            yield f"CHECK({self.number}, {name}_ < map.words && are_apart(&map, {self.banks}, {name}_));"
        self.banks = f"{name}_"
        if step.does in LOADS:
            yield f"CHECK({self.number}, load_word(m, &map, {name}_, &{name}));"
        else:
            yield f"CHECK({self.number}, store_word(&map, {name}_, {value}));"

    def pair(self, name: str, first: Step, second: Step) -> Iterator[str]:
        """Two accesses that are checked before both are made; the steps that make them follow."""
        for which, step in (("a", first), ("b", second)):
            a, b, c = map(self.value, step.sources)
            macro, last = ("LANES", "0") if is_lane(step) else ("WORDS", c)
            yield f"{macro}({name}_{which}, {step.kind}, {step.k}u, {a}, {b}, {last});"
        yield f"CHECK({self.number}, !lpu_accesses_fail(m, &{name}_a, &{name}_b));"

    def write(self, step: Step, value: str) -> None:
        """Have a value written to where it goes, once nothing can fail any more."""
        if TEMP <= step.target < CONSTANT:
            self.temps[step.target] = value
        elif step.target != NOWHERE:
            if step.undo != NOWHERE:
                self.commits.append(f"u{step.undo} = r{step.target};")
            self.commits.append(f"r{step.target} = {value};")

    def value(self, place: int) -> str:
        if place >= CONSTANT:
            return f"{place - CONSTANT}u"
        if place >= TEMP:
            return self.temps[place]
        return f"r{place}" if place != NOWHERE else "0"

    # How it ends ------------------------------------------------------------------------------
    def ending(self, end: Step) -> Iterator[str]:
        a, _, c = map(self.value, end.sources)
        if end.does == Does.BRANCH:
            yield f"const uint32_t jumps = CONDITION({c}, {end.k}u);"
            yield from self.commits
            yield f"if (!jumps) {{ {self.go_next()} }}"
            yield from self.jump()
        elif end.does == Does.LOOP:
            yield f"const uint32_t rounds = {a};"
            yield from self.commits
            yield f"if (as_signed(rounds) > 0) {{ push_loop(m, {self.block.next_pc}u, {self.block.taken_pc}u, rounds);"
            yield f"    {self.go_next()} }}"
            yield from self.jump()
        elif end.does == Does.RETURN:
            yield f"pc = {a};"
            yield from self.commits
            yield self.note()
            yield f"if (pc == {self.block.taken_link_pc}u) {{ {self.go_taken('pc')} }}"
            yield self.leave(LEFT_TAKEN, "pc", self.block.taken_cost)
        else:
            yield from self.commits
            yield from self.plain_ending(end)

    def plain_ending(self, end: Step) -> Iterator[str]:
        if end.does == Does.LOOP_END:
            yield f"pc = go_round(m, {self.block.next_pc}u);"
            yield f"if (pc != {self.block.next_pc}u) {{"
            yield f"    if (pc == {self.block.taken_link_pc}u) {{ {self.go_taken('pc', ROUND)} }}"
            yield f"    {self.leave(LEFT_TAKEN, 'pc', ROUND)} }}"
            yield self.go_next()
        elif end.does == Does.NEXT:
            yield self.go_next()
        elif end.does == Does.JUMP:
            yield from self.jump()
        else:
            yield self.note()
            yield self.go_taken(f"{self.block.taken_pc}u")

    def jump(self) -> Iterator[str]:
        yield f"leave_loops(m, {self.block.pc}u, {self.block.taken_pc}u);"
        yield self.note()
        yield self.go_taken(f"{self.block.taken_pc}u")

    def note(self) -> str:
        return f"jump = {self.number}; jumped = now;"

    def go_next(self) -> str:
        if self.block.next == NOWHERE:
            return self.leave(LEFT_NEXT, f"{self.block.next_pc}u", self.block.cost)
        return self.go(self.block.next, self.block.cost)

    def go_taken(self, pc: str, cost: int | None = None) -> str:
        cost = self.block.taken_cost if cost is None else cost
        if self.block.taken == NOWHERE:
            return self.leave(LEFT_TAKEN, pc, cost)
        return self.go(self.block.taken, cost)

    def go(self, to: int, cost: int) -> str:
        return f"c{self.number}++; now += {cost}; goto n{to};"

    def leave(self, how: str, pc: str, cost: int) -> str:
        """Go on along a link: the run loop counts the bundle."""
        return f"exit = {how}; pc = {pc}; cost = {cost}; block = {self.number}; goto leave;"


# The function ---------------------------------------------------------------------------------
def source(blocks: Sequence[Block], entries: Sequence[int]) -> str:
    """The C text of a region that can be entered at some blocks."""
    return "\n".join(function(blocks, entries, longest_way(blocks, entries))) + "\n"


def function(blocks: Sequence[Block], entries: Sequence[int], longest: int) -> Iterator[str]:
    whole = [number for number, block in enumerate(blocks) if is_whole(block)]
    registers, undos = places_of(blocks[number] for number in whole)
    yield '#include "translated.h"'
    yield f"static const lpu_jump jumps_of[{len(blocks)}] = {{"
    yield from (f"    {{{block.pc}u, {block.jump_slot}u, {block.taken_cost}u}}," for block in blocks)
    yield "};"
    yield f"lpu_leaving {NAME}(lpu_machine *m, uint32_t entry, uint64_t now, uint64_t until)"
    yield "{"
    yield "    const lpu_memory_map map = m->map;"
    yield from (f"    uint32_t r{register} = m->registers[{register}];" for register in registers)
    yield from (f"    uint32_t u{undo} = m->undo[{undo // REGISTERS}][{undo % REGISTERS}];" for undo in undos)
    yield from (f"    uint64_t c{number} = 0;" for number in whole)
    yield "    uint64_t jumped = 0, cost = 0;"
    yield "    int jump = NO_JUMP;"
    yield "    uint32_t block, pc = 0;"
    yield "    lpu_exit exit = LPU_AT_BLOCK;"
    yield "    switch (entry) {"
    yield from (f"    case {entry}: goto n{entry};" for entry in entries)
    yield "    default: block = entry; goto leave;"
    yield "    }"
    for number in range(len(blocks)):
        yield from labelled(blocks, number, number in entries, longest)
    yield "leave:"
    yield from (f"    m->registers[{register}] = r{register};" for register in registers)
    yield from (f"    m->undo[{undo // REGISTERS}][{undo % REGISTERS}] = u{undo};" for undo in undos)
    yield from (f"    m->counts[{blocks[number].pc}] += c{number};" for number in whole)
    yield "    if (jump != NO_JUMP)"
    yield "        note_taken(m, &jumps_of[jump], jumped);"
    yield "    return (lpu_leaving){.now = now, .cost = cost, .block = block, .pc = pc, .exit = exit};"
    yield "}"


def labelled(blocks: Sequence[Block], number: int, is_entry: bool, longest: int) -> Iterator[str]:
    """A block under its label; one that is not translated leaves the region before it."""
    yield f"n{number}: /* {blocks[number].pc} */"
    leave = f"block = {number}; goto leave;"
    if not is_whole(blocks[number]):
        yield f"    {leave}"
        return
    if is_entry:
        yield f"    if (UNLIKELY(until - now <= {longest})) {{ {leave} }}"
    yield "    {"
    lines = [f"    {line}" for line in Bundle(blocks, number).lines()]
    yield from lines
    if any("CHECK(" in line for line in lines):
        yield f"    f{number}: {leave}"
    yield "    }"


def places_of(blocks: Iterator[Block]) -> tuple[list[int], list[int]]:
    """The registers that blocks read or write, and where they keep what was overwritten."""
    registers: set[int] = set()
    undos: set[int] = set()
    for step in (step for block in blocks for step in block.steps):
        registers.update(place for place in (*step.sources, step.stored, step.target) if 0 <= place < TEMP)
        undos.update([step.undo] if step.undo != NOWHERE else [])
    return sorted(registers), sorted(undos)
