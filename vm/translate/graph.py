"""The graph of a region's blocks: where it is entered, how long it may go on, and ways that are one piece."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from isa.records import NamedTuple
from vm.translate.region import NOWHERE, Block, Does

MOST_ROUND = 64  # blocks of a loop that is one piece


def is_whole(block: Block) -> bool:
    """Whether all of a bundle can be translated."""
    return all(step.does != Does.OTHER for step in block.steps)


def followers(blocks: Sequence[Block], number: int) -> list[tuple[int, int]]:
    """The blocks that a block leads to, and after how many cycles."""
    block = blocks[number]
    if not is_whole(block):
        return []
    links = [(block.next, block.cost), (block.taken, max(block.taken_cost, 1))]
    return [(to, cost) for to, cost in links if to != NOWHERE]


def entries_of(blocks: Sequence[Block], heads: Collection[int] = ()) -> list[int]:
    """The heads, or the first block, and more, such that every circle of blocks that are translated has one."""
    found = set(heads) or {0}
    done: set[int] = set()
    way: set[int] = set()
    waiting = [(number, False) for number in range(len(blocks))]
    while waiting:
        number, is_left = waiting.pop()
        if is_left:
            way.discard(number)
        elif number not in done:
            done.add(number)
            way.add(number)
            waiting.append((number, True))
            waiting += [(to, False) for to, _ in followers(blocks, number) if to not in found]
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


# Traces ---------------------------------------------------------------------------------------
class Trace(NamedTuple):
    """Blocks that follow each other, to be gone as one piece; of a loop the last leads back to the first."""

    numbers: tuple[int, ...]
    is_loop: bool


def traces_of(blocks: Sequence[Block]) -> list[Trace]:
    """The innermost loops, and straight ways between what is left."""
    whole = [number for number, block in enumerate(blocks) if is_whole(block)]
    before: dict[int, set[int]] = {number: set() for number in range(len(blocks))}
    for number in whole:
        for to, _ in followers(blocks, number):
            before[to].add(number)
    traces = loops_of(blocks, before)
    covered = {number for trace in traces for number in trace.numbers}
    heads = [number for number in whole if number not in covered and begins(blocks, number, before, covered)]
    heads += [trace.numbers[0] for trace in traces]
    return [*traces, *straights(blocks, heads, covered)]


def loops_of(blocks: Sequence[Block], before: dict[int, set[int]]) -> list[Trace]:
    """Circles that are the shortest for each of their blocks."""
    rounds = {number: shortest_round(blocks, number) for number in range(len(blocks))}
    found: list[Trace] = []
    taken: set[int] = set()
    for way in rounds.values():
        if not way or taken & set(way) or any(len(rounds[other]) < len(way) for other in way):
            continue
        found.append(Trace(from_head(blocks, way, before), True))
        taken.update(way)
    return found


def from_head(blocks: Sequence[Block], way: tuple[int, ...], before: dict[int, set[int]]) -> tuple[int, ...]:
    """A circle from the block behind its end: that of a hardware loop, else where it is left, rather such that it is
    entered there."""

    def rank(at: int) -> tuple[bool, bool, bool]:
        last = blocks[way[at - 1]]
        is_left = any(to not in way for to, _ in followers(blocks, way[at - 1]))
        return last.end.does != Does.LOOP_END, not is_left, not before[way[at]] - set(way)

    at = min(range(len(way)), key=rank)
    return (*way[at:], *way[:at])


def shortest_round(blocks: Sequence[Block], number: int) -> tuple[int, ...]:
    """The shortest way from a block back to it; () where there is none, or none that is short and calls nobody."""
    reached: dict[int, tuple[int, ...]] = {number: (number,)}
    edge = [number]
    for _ in range(MOST_ROUND):
        inner = [(at, to) for at in edge if turns(blocks[at]) for to, _ in followers(blocks, at)]
        edge = []
        for at, to in inner:
            if to == number:
                return reached[at]
            if to not in reached:
                reached[to] = (*reached[at], to)
                edge.append(to)
    return ()


def turns(block: Block) -> bool:
    """Whether a block may be part of a loop that is gone as one piece."""
    return is_whole(block) and block.end.does in (Does.NEXT, Does.LOOP_END, Does.BRANCH, Does.JUMP)


def begins(blocks: Sequence[Block], number: int, before: dict[int, set[int]], covered: set[int]) -> bool:
    """Whether no straight way leads to a block from one that is not covered."""
    others = before[number]
    return len(others) != 1 or bool(others & covered) or only_way(blocks, *others) != number


def only_way(blocks: Sequence[Block], number: int) -> int:
    """Where a block leads to if that is one block of the region; into a loop rather than past it; else NOWHERE."""
    block = blocks[number]
    links = {to for to, _ in followers(blocks, number)}
    if block.end.does == Does.LOOP and block.next in links:
        return block.next
    return links.pop() if len(links) == 1 and block.end.does != Does.RETURN else NOWHERE


def straights(blocks: Sequence[Block], heads: Sequence[int], covered: set[int]) -> Iterator[Trace]:
    """The ways from heads that are in no loop, through loops up to their heads, to where there is a choice."""
    for head in heads:
        way = [head]
        while head not in covered and (to := only_way(blocks, way[-1])) != NOWHERE and is_whole(blocks[to]):
            if to in heads or to in way:
                break
            way.append(to)
        if len(way) > 1:
            yield Trace(tuple(way), False)
