"""The first round of a loop is begun before it is known how many follow.

A loop that jumps back runs at least once, so the ops that begin a round of its kernel may issue while its count is
still being looked at. Whichever way is taken then goes on with what they have made.
"""

from __future__ import annotations

from asm.facts import FACTS, FILLER, register_written
from asm.program import AsmOp
from asm.schedule.graph import build
from asm.schedule.loops.emit import Pipeline, in_order, note_address
from asm.schedule.loops.make import Maker
from isa.faults import CONDITION_CODE
from isa.records import NamedTuple, replace

A_UNITS = FACTS[FILLER.id].instances


class Start(NamedTuple):
    """The ops, by number, that begin the first round as the pipeline `many` names its registers."""

    many: Pipeline
    early: frozenset[int]

    def ops(self) -> list[AsmOp]:
        """They read registers as the loop finds them, and fit one bundle."""
        return in_order({0: [self.many.op(number, 0, self.many.lead) for number in sorted(self.early)]})

    @property
    def latency(self) -> int:
        """The cycles until all that they make has landed."""
        return max((FACTS[op.row.id].latency for op in self.ops()), default=1)

    def unit_left(self) -> int:
        """An integer unit that their bundle leaves free."""
        taken = {self.many.kernel.units[number] for number in self.early if _is_integer(self.many.body.ops[number])}
        return min(set(range(A_UNITS)) - taken)

    def rest(self, near: Maker) -> list[AsmOp]:
        """What is left to do when the first round is the only one; registers are left as the loop as written does."""
        held: dict[int, int] = {}  # register -> what holds its number so far
        made = []
        for number, original in enumerate(self.many.body.ops):
            facts = FACTS[original.row.id]
            written = register_written(facts, original.values)
            if number in self.early:
                held[written] = self.many.names.slot(written, -self.many.lead)
                continue
            op = replace(original, values=list(original.values))
            for index in facts.reads:
                op.values[index] = held.get(op.values[index], op.values[index])
            note_address(op)
            held.pop(written, None)
            made.append(op)
        return made + self._moves(held, near)

    def handed_over(self, near: Maker) -> list[AsmOp]:
        """Moves to the names that the loop as written has, when others hold what was begun."""
        written = [register_written(FACTS[op.row.id], op.values) for op in self.many.body.ops]
        held = {
            written[number]: self.many.names.slot(written[number], -self.many.lead) for number in sorted(self.early)
        }
        return self._moves(held, near)

    def _moves(self, held: dict[int, int], near: Maker) -> list[AsmOp]:
        return [
            near.op("mov", "rd, ra", rd=register, ra=name) for register, name in held.items() if 0 <= register != name
        ]


def start_of(many: Pipeline, few: Pipeline, kept: int) -> Start:
    """The ops that begin a round, wait for nothing else of it, and leave register `kept` and an integer unit alone."""
    body, times = many.body, many.kernel.times
    chosen = {number for number, time in enumerate(times) if time == min(times) and _may_lead(body.ops[number], kept)}
    chosen.difference_update([number for number in sorted(chosen) if _is_integer(body.ops[number])][A_UNITS - 1 :])
    waits = [(first, then) for first, edges in enumerate(build(body.ops).after) for then, _ in edges]
    held_up = {then for first, then in waits if first not in chosen} | _counted_on(few)
    while chosen & held_up:
        chosen -= held_up
        held_up = {then for first, then in waits if first not in chosen}
    return Start(many, frozenset(chosen))


def _counted_on(few: Pipeline) -> set[int]:
    """Advances that ops of `few` take to be still on their way."""
    times, found = few.kernel.times, set()
    for number, drifts in few.body.drifts.items():
        for drift in drifts:
            advance = few.body.writers[drift.register][0]
            if times[number] <= times[advance] and advance < number:
                found.add(advance)
    return found


def _may_lead(op: AsmOp, kept: int) -> bool:
    facts = FACTS[op.row.id]
    return not facts.reads_cc and register_written(facts, op.values) not in (CONDITION_CODE, kept)


def _is_integer(op: AsmOp) -> bool:
    return op.row.units is FILLER.units
