"""Live ranges: where values of names are needed, cut into parts that need not share a register.

A range is a *web*: the writes and reads of a name that reach each other. An op that updates a name
(`add x, x, 1`) goes on with the range that it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asm.allocate.code import Code, Stretch, Touch
from isa.records import dataclass, field


@dataclass(slots=True)
class Use:
    """What an op does to ranges: those that it reads, by name, and the one that it writes (-1: none)."""

    touch: Touch
    reads: dict[int, int]
    write: int


@dataclass(slots=True)
class Ranges:
    """Ranges are numbered in the order of the text: `names` says whose each is, `meets` has a bit for every other
    that is live at once with it. `peak` is where the most are live: a bit a range, and the op."""

    names: list[int]
    meets: list[int]
    uses: list[Use]
    peak: tuple[int, Touch | None] = (0, None)


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1


def live_ranges(code: Code) -> Ranges:
    """The ranges of all names that may share registers."""
    return _Webs(code).run()


def live_names(code: Code) -> list[int]:
    """A bit per name that is live where each stretch begins, names with a register of their own left out."""
    stretches = code.stretches
    effects = [_effect(stretch, code.own) for stretch in stretches]
    before: list[list[int]] = [[] for _ in stretches]
    for number, stretch in enumerate(stretches):
        for way in stretch.ways:
            before[way].append(number)
    live = [0] * len(stretches)
    waiting = list(range(len(stretches)))
    while waiting:
        number = waiting.pop()
        needed, made = effects[number]
        for way in stretches[number].ways:
            needed |= live[way] & ~made
        if needed != live[number]:
            live[number] = needed
            waiting += before[number]
    return live


def _effect(stretch: Stretch, own: set[int]) -> tuple[int, int]:
    """(names read before they are written, names written)"""
    needed = made = 0
    for touch in stretch.touches:
        for name in touch.reads:
            if name not in own:
                needed |= 1 << name & ~made
        if touch.write >= 0:
            made |= 1 << touch.write
    return needed, made


@dataclass(slots=True)
class _Webs:
    """Values, one a write and one for each name live at the start of a stretch, joined where they may be the same."""

    code: Code
    joined: list[int] = field(default_factory=list)  # value -> a value of the same range, itself at the root
    entry: list[dict[int, int]] = field(default_factory=list)  # per stretch: live name -> value
    uses: list[list[Use]] = field(default_factory=list)  # per stretch, of values first and of ranges then

    def run(self) -> Ranges:
        self.entry = [{name: self._value() for name in bits(mask)} for mask in live_names(self.code)]
        for number, stretch in enumerate(self.code.stretches):
            self._follow(number, stretch)
        ranges = self._number()
        for number, stretch in enumerate(self.code.stretches):
            self._meet(ranges, self.uses[number], self._mask(stretch.ways))
        for number in self.code.entries:
            for value in self.entry[number].values():
                ranges.meets[value] |= self._mask([number]) & ~(1 << value)
        for number, mask in enumerate(list(ranges.meets)):
            for other in bits(mask):
                ranges.meets[other] |= 1 << number
        return ranges

    def _value(self) -> int:
        self.joined.append(len(self.joined))
        return len(self.joined) - 1

    def _root(self, value: int) -> int:
        joined = self.joined
        while joined[value] != value:
            joined[value] = joined[joined[value]]
            value = joined[value]
        return value

    def _follow(self, number: int, stretch: Stretch) -> None:
        """The values that ops of a stretch read and write; those at its end are the ones at the start of the next."""
        current = dict(self.entry[number])
        uses = []
        for touch in stretch.touches:
            use = Use(touch, {name: current[name] for name in touch.reads if name not in self.code.own}, -1)
            if touch.write >= 0 and touch.write not in self.code.own:
                use.write = current[touch.write] = use.reads[touch.write] if touch.write in use.reads else self._value()
            uses.append(use)
        self.uses.append(uses)
        for way in stretch.ways:
            for name, value in self.entry[way].items():
                self.joined[self._root(value)] = self._root(current[name])

    def _number(self) -> Ranges:
        """Ranges in place of values."""
        numbers: dict[int, int] = {}
        names: list[int] = []

        def number(name: int, value: int) -> int:
            root = self._root(value)
            if root not in numbers:
                numbers[root] = len(names)
                names.append(name)
            return numbers[root]

        for uses in self.uses:
            for use in uses:
                use.reads = {name: number(name, value) for name, value in use.reads.items()}
                use.write = number(use.touch.write, use.write) if use.write >= 0 else -1
        self.entry = [{name: number(name, value) for name, value in each.items()} for each in self.entry]
        return Ranges(names, [0] * len(names), [use for uses in self.uses for use in uses])

    def _mask(self, stretches: Iterable[int]) -> int:
        """The ranges that are live at the start of any of them."""
        mask = 0
        for number in stretches:
            for value in self.entry[number].values():
                mask |= 1 << value
        return mask

    def _meet(self, ranges: Ranges, uses: list[Use], live: int) -> None:
        """Note which ranges are live together in a stretch at whose end `live` are."""
        for use in reversed(uses):
            if use.write >= 0:
                ranges.meets[use.write] |= live & ~(1 << use.write)
                self._measure(ranges, live | 1 << use.write, use.touch)
                live &= ~(1 << use.write)
            for value in use.reads.values():
                live |= 1 << value
            self._measure(ranges, live, use.touch)

    def _measure(self, ranges: Ranges, live: int, touch: Touch) -> None:
        if live.bit_count() >= ranges.peak[0].bit_count():
            ranges.peak = live, touch
