"""The law of loops: a loop of n rounds is its body n times over."""

from __future__ import annotations

from functools import partial
from random import Random

from conform.build import op
from conform.edits import redirected
from conform.laws.law import Twin, same_cycle
from conform.laws.view import View, links_of, renumbered
from conform.program import Bundle, Program, target_field
from isa.codec import Op
from isa.records import NamedTuple, replace
from isa.row import IMM
from vm.engine import Loop

LONGEST = 400  # bundles of the unrolled rounds
SKIPPED = 3  # cycles that a loop without rounds takes


class Counted(NamedTuple):
    """A loop of a known number of rounds: the bundle and slot of its op, and the bundles of its body."""

    bundle: int
    slot: int
    body: range
    rounds: int


def unrolled(program: Program, rng: Random) -> Twin | None:
    """One of the loops without its op: a wait instead, then the body as often as there are rounds."""
    links, found = links_of(program), [loop for loop in loops_of(program) if can_unroll(program, loop)]
    if links is None or not found:
        return None
    loop = rng.choice(found)
    start, end = loop.body.start, loop.body.stop
    length, count = end - start, max(0, loop.rounds)
    grown = length * (count - 1)
    body = program.bundles[start:end]

    def outside(target: int) -> int:
        return target + grown if target >= end else target

    copies = [one for k in range(count) for one in copied(body, loop, k * length)]
    before = redirected(program.bundles[: loop.bundle], outside)
    head = redirected([waiting(program.bundles[loop.bundle], loop)], outside)
    bundles = (*before, *head, *copies, *redirected(program.bundles[end:], outside))

    def original(number: int) -> int:
        """The bundle of the program that one of the twin's is a copy of."""
        if number < start:
            return number
        inside = number - start
        return start + inside % length if inside < length * count else number - grown

    there = partial(without_loop, loop=Loop(start, end, 0))
    back = partial(renumbered, to=original, links=links)
    cycle = same_cycle if count else None
    return Twin(program._replace(bundles=bundles), there, back, cycle)


def copied(body: tuple[Bundle, ...], loop: Counted, by: int) -> tuple[Bundle, ...]:
    """The body, so many bundles further on."""
    return redirected(body, lambda target: target + by)


def waiting(bundle: Bundle, loop: Counted) -> Bundle:
    """The bundle of a loop with a wait that takes as long."""
    wait = op("nop count", count=1 if loop.rounds > 0 else SKIPPED)
    return (*bundle[: loop.slot], wait, *bundle[loop.slot + 1 :])


def without_loop(view: View, loop: Loop) -> View:
    loops = tuple(each for each in view.state.loops if (each.start, each.end) != (loop.start, loop.end))
    return view._replace(state=replace(view.state, loops=loops))


def loops_of(program: Program) -> list[Counted]:
    """The loops by an immediate."""
    return [
        Counted(number, slot, range(number + 1, one[target_field(one)]), signed(one["imm"]))
        for number, bundle in enumerate(program.bundles)
        for slot, one in enumerate(bundle)
        if one.row.control == "loop" and any(each.kind == IMM for each in one.row.operands)
    ]


def signed(word: int) -> int:
    return (word ^ 1 << 31) - (1 << 31)


def can_unroll(program: Program, loop: Counted) -> bool:
    """Whether nothing leads into the body but the loop, and nothing out of it but its end."""
    if not loop.body or len(loop.body) * max(0, loop.rounds) > LONGEST:
        return False
    for number, bundle in enumerate(program.bundles):
        inside = number in loop.body
        if any(leads_across(one, inside, loop) for one in bundle if number != loop.bundle):
            return False
    return True


def leads_across(one: Op, inside: bool, loop: Counted) -> bool:
    if inside and one.row.control in ("call", "ret"):
        return True
    name = target_field(one)
    return bool(name) and (one[name] in loop.body) != inside
