"""Two timelines moved past each other: where they meet, and how soon the second may begin."""

from __future__ import annotations

from collections.abc import Iterator

from asm.overlap.memory import grain_of, reach_of
from asm.overlap.state import Order, State, location_text, orders, pairs_of, state_of, touches
from asm.overlap.steps import Step, Steps, landing
from asm.overlap.uses import CELL, Resource, Use, table, uses_of
from isa.machine import MachineSpec
from isa.records import NamedTuple

FLOW = -1  # the location that stands for what issues next, which a jump decides


class Clash(NamedTuple):
    """Why two timelines cannot be moved past each other: a step of each, and what they do to one another."""

    first: Step
    second: Step
    text: str
    is_silent: bool  # whether no rule of the machine is broken: values get lost or mixed up


class Pair:
    """A timeline and one that begins in some cycle of it.

    `first` has landed in cycle `landed`: an overlap of N cycles begins in cycle `landed` - N. It begins no sooner than
    `since`, so that what is over by then does not count.
    """

    def __init__(self, first: Steps, second: Steps, landed: int, since: int, spec: MachineSpec) -> None:
        first = [step for step in first if step.cycle + landing(step) + spec.positions >= since]
        self.first, self.second, self.landed, self.since, self.spec = first, second, landed, since, spec
        self.one, self.other = uses_of(first, spec), uses_of(second, spec)
        self.tables = table(self.one), table(self.other)
        self.shared = [resource for resource in self.tables[0] if resource in self.tables[1]]
        self.orders = list(self._orders())

    def _orders(self) -> Iterator[Order]:
        """What of the first has to come before what of the second."""
        reaches = [[reach_of(step, self.spec) for step in steps] for steps in (self.first, self.second)]
        self.grain = grain_of(reach for each in reaches for reach in each if reach is not None)
        paired = pairs_of([*self.first, *self.second])
        states: list[State] = []
        for steps, each in zip((self.first, self.second), reaches, strict=True):
            pairs = zip(steps, each, strict=True)
            states.append(state_of([list(touches(*pair, self.grain, paired, self.spec)) for pair in pairs]))
        yield from orders((states[0], states[1]), self.first, self.second)
        leaving = next((step for step in self.second if step.op.row.control), None)
        if leaving is not None and self.first:
            last = max(self.first, key=lambda step: step.cycle)
            yield Order(last.cycle - leaving.cycle, FLOW, last, leaving)

    def starts(self) -> Iterator[int]:
        """The cycles up to `landed` in which the second may begin, as far as is known without its free units."""
        least = max((order.least for order in self.orders), default=0)
        for start in range(max(self.since, least), self.landed + 1):
            if not self._meet(start):
                yield start

    def _meet(self, start: int) -> bool:
        """Whether the timelines need one resource at once; what was in the way is asked first the next time."""
        one, other = self.tables
        for index, resource in enumerate(self.shared):
            if one[resource] >> start & other[resource]:
                self.shared.insert(0, self.shared.pop(index))
                return True
        return False

    def clashes(self, start: int) -> Iterator[Clash]:
        """What stands in the way of a start: order that is not kept, and what both need at once, once for two steps."""
        late = max(self.orders, key=lambda order: order.least, default=None)
        if late is not None and late.least > start:
            yield Clash(late.first, late.second, self._disorder(late), is_silent=True)
        found: dict[tuple[int, int], Clash] = {}
        for one, other in self._meeting(start):
            meets, certain = one.resource.kind == CELL, one.certain and other.certain
            makers, where = f"`{_name(other.step)}` and `{_name(one.step)}`", one.resource.text(self.spec)
            need = "both need" if certain else "may both need"
            text = f"values of {makers} meet on {where}" if meets else f"{makers} {need} {where}"
            clash = Clash(one.step, other.step, text, meets or not certain)
            found.setdefault((id(one.step.op), id(other.step.op)), clash)
        yield from found.values()

    def _disorder(self, order: Order) -> str:
        one, other = _name(order.first), _name(order.second)
        if order.location == FLOW:
            return f"`{other}` comes before `{one}`, which is still to issue"
        where = location_text(order.location, self.grain, self.spec)
        return f"`{other}` comes to {where} before `{one}` is done with it"

    def _meeting(self, start: int) -> Iterator[tuple[Use, Use]]:
        """The uses of one resource by both in one cycle."""
        first, second = self.tables
        bad = {each for each in self.shared if first[each] >> start & second[each]}
        left: dict[Resource, list[Use]] = {each: [] for each in bad}
        for use in self.one:
            if use.resource in bad:
                left[use.resource].append(use)
        for other in self.other:
            if other.resource in bad:
                yield from ((one, other) for one in left[other.resource] if one.cycles >> start & other.cycles)


def _name(step: Step) -> str:
    return step.op.row.mnemonic
