"""A block as C: its steps in order, their results constants, then all writes to registers, then where it leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from vm.translate.forms import LOADS, STORES
from vm.translate.region import CONSTANT, NOWHERE, TEMP, Block, Does, Step

ROUND = 1  # what going round a hardware loop costs, in cycles


def is_lane(step: Step) -> bool:
    """Whether a step accesses a lane of a row, not a word."""
    return step.does in (Does.LOAD_LANE, Does.STORE_LANE)


class Ways(Protocol):
    """Where a block leads to. Of two ways the one that is `straight` is written last; the text goes on behind it."""

    straight: str  # "next" or "taken"
    is_free: bool  # the straight way leaves no loop and ends none

    def settle(self) -> str: ...  # what is to be done before a way that is not straight is gone
    def next(self) -> str: ...
    def taken(self, pc: str, cost: int) -> str: ...
    def leave(self, pc: str, cost: int) -> str: ...
    def note(self) -> str: ...


class Bundle:
    """Writes one block. Where a check fails, it goes to the label `fail`. Of the accesses to words at `proved` places
    all checks are known to hold; what they are the places of is their addresses."""

    def __init__(self, block: Block, fail: str, proved: Mapping[int, str]) -> None:
        self.block, self.fail, self.proved = block, fail, proved
        self.commits: list[str] = []
        self.temps: dict[int, str] = {}
        self.banks = ""  # the word of the first access

    def lines(self, ways: Ways) -> Iterator[str]:
        steps = iter(enumerate(self.block.steps[:-1]))
        for place, step in steps:
            yield from self.step(place, step)
            if step.does == Does.PAIR:
                yield from self.pair(f"t{place}", next(steps)[1], next(steps)[1])
        yield from self.ending(self.block.end, ways)

    def step(self, place: int, step: Step) -> Iterator[str]:
        a, b, c = map(self.value, step.sources)
        name = f"t{place}"
        if step.does == Does.VALUE:
            yield f"const uint32_t {name} = {step.function}({a}, {b}, {c}, {step.k}u);"
            self.write(step, name)
        elif step.does == Does.DIVIDE:
            yield self.check(f"!fails_{step.function}({a}, {b})")
            yield f"const uint32_t {name} = op_{step.function}({a}, {b}, 0, 0);"
            self.write(step, name)
        elif step.does == Does.ASSERT:
            yield self.check(f"{a} == {b}")
        elif step.does == Does.LOOP_CHECK:
            yield self.check(f"loop_fits(m, {self.block.pc}u, {self.block.taken_pc}u, {a})")
        elif place in self.proved:
            yield from self.proved_access(name, step, self.proved[place])
        elif step.does != Does.PAIR:
            yield from self.access(name, step)

    def check(self, holds: str) -> str:
        return f"CHECK({self.fail}, {holds});"

    def proved_access(self, name: str, step: Step, word: str) -> Iterator[str]:
        """An access to a word of which all is known to hold."""
        if step.does in LOADS:
            yield f"const uint32_t {name} = known_word(&map, {word});"
            self.write(step, name)
        else:
            yield f"store_known_word(&map, {word}, {self.value(step.stored)});"

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
            yield self.check(made)
        else:
            yield f"const uint32_t {name}_ = WORD({step.k}u, {a}, {b}, {c});"
            yield from self.word(name, step, value)
        if is_load:
            self.write(step, name)

    def word(self, name: str, step: Step, value: str) -> Iterator[str]:
        if LOADS.get(step.does) or STORES.get(step.does):
            yield self.check(f"{name}_ < map.words && are_apart(&map, {self.banks}, {name}_)")
        self.banks = f"{name}_"
        if step.does in LOADS:
            yield self.check(f"load_word(m, &map, {name}_, &{name})")
        else:
            yield self.check(f"store_word(&map, {name}_, {value})")

    def pair(self, name: str, first: Step, second: Step) -> Iterator[str]:
        """Two accesses that are checked before both are made; the steps that make them follow."""
        for which, step in (("a", first), ("b", second)):
            a, b, c = map(self.value, step.sources)
            macro, last = ("LANES", "0") if is_lane(step) else ("WORDS", c)
            yield f"{macro}({name}_{which}, {step.kind}, {step.k}u, {a}, {b}, {last});"
        yield self.check(f"!lpu_accesses_fail(m, &{name}_a, &{name}_b)")

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
    def ending(self, end: Step, ways: Ways) -> Iterator[str]:
        a, _, c = map(self.value, end.sources)
        if end.does == Does.BRANCH:
            yield f"const uint32_t jumps = CONDITION({c}, {end.k}u);"
            yield from self.commits
            yield from self.two_ways("jumps", ways, [ways.next()], self.jump(ways))
        elif end.does == Does.LOOP:
            yield f"const uint32_t rounds = {a};"
            yield from self.commits
            push = f"push_loop(m, {self.block.next_pc}u, {self.block.taken_pc}u, rounds);"
            yield from self.two_ways("as_signed(rounds) <= 0", ways, [push, ways.next()], self.jump(ways))
        elif end.does == Does.RETURN:
            yield f"const uint32_t to = {a};"
            yield from self.commits
            yield ways.note()
            yield f"if (to == {self.block.taken_link_pc}u) {{ {ways.taken('to', self.block.taken_cost)} }}"
            yield ways.leave("to", self.block.taken_cost)
        else:
            yield from self.commits
            yield from self.plain_ending(end, ways)

    @staticmethod
    def two_ways(is_taken: str, ways: Ways, following: list[str], jumping: list[str]) -> Iterator[str]:
        """Both, of which the straight one comes last."""
        if ways.straight == "next":
            yield f"if ({is_taken}) {{ {' '.join([ways.settle(), *jumping])} }}"
            yield from following
        else:
            yield f"if (!({is_taken})) {{ {' '.join([ways.settle(), *following])} }}"
            yield from jumping

    def plain_ending(self, end: Step, ways: Ways) -> Iterator[str]:
        block = self.block
        if end.does == Does.LOOP_END:
            yield from self.loop_ending(ways)
        elif end.does == Does.NEXT:
            yield ways.next()
        elif end.does == Does.JUMP:
            yield from self.jump(ways)
        else:
            yield ways.note()
            yield ways.taken(f"{block.taken_pc}u", block.taken_cost)

    def loop_ending(self, ways: Ways) -> Iterator[str]:
        block = self.block
        if ways.is_free:
            yield ways.taken("0", ROUND)
            return
        yield f"const uint32_t to = go_round(m, {block.next_pc}u);"
        if ways.straight == "next":
            yield f"if (to == {block.taken_link_pc}u && to != {block.next_pc}u) {{ {ways.taken('to', ROUND)} }}"
            yield f"if (to != {block.next_pc}u) {{ {ways.leave('to', ROUND)} }}"
            yield ways.next()
        else:
            yield f"if (to == {block.next_pc}u) {{ {ways.next()} }}"
            yield f"if (to != {block.taken_link_pc}u) {{ {ways.leave('to', ROUND)} }}"
            yield ways.taken("to", ROUND)

    def jump(self, ways: Ways) -> list[str]:
        stays = ways.is_free and ways.straight == "taken"
        leave = [] if stays else [f"leave_loops(m, {self.block.pc}u, {self.block.taken_pc}u);"]
        return [*leave, ways.note(), ways.taken(f"{self.block.taken_pc}u", self.block.taken_cost)]
