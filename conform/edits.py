"""Programs with something left out or changed: what remains keeps its meaning, and jumps go where they went."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conform.build import op
from conform.program import WAIT, Bundle, Chunk, Program, target_field
from isa.codec import Op

NOP = WAIT.row
COUNT = NOP.format.names[0]
Place = tuple[int, int]  # a bundle and a slot in it


def is_wait(bundle: Bundle) -> bool:
    """Whether a bundle only passes time."""
    return len(bundle) == 1 and bundle[0].row is NOP


def ops_of(program: Program) -> list[Place]:
    """Where each op stands that is no wait of its own."""
    return [
        (number, slot)
        for number, bundle in enumerate(program.bundles)
        if not is_wait(bundle)
        for slot in range(len(bundle))
    ]


def without_ops(program: Program, places: Iterable[Place]) -> Program:
    """Ops left out in time: a bundle that loses its last op waits for a cycle."""
    gone = set(places)
    kept = [
        tuple(one for slot, one in enumerate(bundle) if (number, slot) not in gone)
        for number, bundle in enumerate(program.bundles)
    ]
    return program._replace(bundles=tuple(bundle or (WAIT,) for bundle in kept))


def without_bundles(program: Program, gone: range) -> Program:
    """Bundles left out: what follows comes earlier, and what went to them goes to what follows."""
    kept = (*program.bundles[: gone.start], *program.bundles[gone.stop :])
    moved = redirected(kept, lambda target: target - len(range(gone.start, min(target, gone.stop))))
    return program._replace(bundles=moved)


def merged(program: Program, number: int) -> Program:
    """A bundle and the next one in one, or two waits in one that is as long."""
    first, second = program.bundles[number : number + 2]
    both = (op(NOP.key, count=first[0][COUNT] + second[0][COUNT]),) if is_wait(first) and is_wait(second) else ()
    kept = (*program.bundles[:number], both or (*first, *second), *program.bundles[number + 2 :])
    return program._replace(bundles=redirected(kept, lambda target: target - (target > number)))


def redirected(bundles: Iterable[Bundle], to: Callable[[int], int]) -> tuple[Bundle, ...]:
    """Bundles whose targets are those that `to` gives for them."""
    return tuple(tuple(_redirected(one, to) for one in bundle) for bundle in bundles)


def _redirected(one: Op, to: Callable[[int], int]) -> Op:
    name = target_field(one)
    return one.with_field(name, to(one[name])) if name else one


def with_op(program: Program, place: Place, one: Op) -> Program:
    """Another op in a place."""
    number, slot = place
    bundle = program.bundles[number]
    changed = (*bundle[:slot], one, *bundle[slot + 1 :])
    return program._replace(bundles=(*program.bundles[:number], changed, *program.bundles[number + 1 :]))


def with_memory(program: Program, gone: range, *instead: Chunk) -> Program:
    """Other chunks of memory in place of some."""
    return program._replace(memory=(*program.memory[: gone.start], *instead, *program.memory[gone.stop :]))


def has_clash(program: Program) -> bool:
    """Whether a bundle claims a unit twice, which no assembler writes."""
    claims = ([unit for one in bundle for unit in one.claims] for bundle in program.bundles)
    return any(len(set(each)) < len(each) for each in claims)
