"""Columns to bundles: blocks as they are scheduled, each with the pattern in which its ops are packed."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from asm.facts import cycles_of
from asm.program import FREE, Packed
from asm.quick.blocks import ColumnBlock, ColumnBundle, is_in_columns
from asm.quick.columns import Columns, in_order
from asm.schedule.blocks import Block, Blocks
from asm.schedule.emit import NOWHERE, Emitter, Scheduled, proved
from asm.schedule.flow import Flow
from asm.schedule.memory import Aliases
from asm.schedule.pack import Pattern, pack, pattern_of
from asm.schedule.paths import body_ends
from isa.codec import encoded
from isa.records import NamedTuple, dataclass, field


class Span(NamedTuple):
    """A block in the columns whose bundles go from a number on."""

    first: int
    block: ColumnBlock
    pattern: Pattern


@dataclass(slots=True)
class Emission:
    """Bundles in order. An entry is (pattern, first op, op near by), three numbers; it makes the bundles of a span, one
    that is `explicit` or one that is made of objects, `packed`, with the place of its numbers in `entries`. `starts`
    are the entries and `where` the bundles before which labels stand."""

    entries: array[int] = field(default_factory=lambda: array("i"))
    count: int = 0  # bundles
    starts: dict[str, int] = field(default_factory=dict)
    where: dict[str, int] = field(default_factory=dict)
    times: list[tuple[int, int]] = field(default_factory=list)  # run and cycle of each bundle
    spans: list[Span] = field(default_factory=list)
    explicit: dict[int, ColumnBundle] = field(default_factory=dict)
    packed: dict[int, tuple[int, Packed]] = field(default_factory=dict)

    def stand(self, labels: Sequence[str]) -> None:
        """Labels stand before what comes next."""
        for label in labels:
            self.starts[label] = len(self.entries) // 3
            self.where[label] = self.count

    def add_span(self, block: ColumnBlock, pattern: Pattern, numbers: tuple[int, int, int], run: int, now: int) -> None:
        self.entries.extend(numbers)
        self.times += [(run, now + beat.cycle) for beat in pattern.beats]
        self.spans.append(Span(self.count, block, pattern))
        self.count += len(pattern.beats)

    def add_bundle(self, bundle: ColumnBundle, numbers: tuple[int, int, int], run: int, now: int) -> None:
        self.entries.extend(numbers)
        self.times.append((run, now))
        self.explicit[self.count] = bundle
        self.count += 1

    def add_packed(self, bundle: Packed) -> None:
        self.stand(bundle.labels)
        self.times.append((bundle.run, bundle.cycle))
        self.packed[self.count] = len(self.entries), bundle
        self.entries.extend((0, 0, 0))
        self.count += 1

    @property
    def bundles(self) -> list[Packed]:
        """Those that are made of objects."""
        return [bundle for _, bundle in self.packed.values()]


class ColumnEmitter(Emitter):
    """Emits to the columns; `near_op` is the op met last, if that is in the columns."""

    __slots__ = ("columns", "emission", "near_op", "patterns", "plain")

    def __init__(self, columns: Columns, program: Blocks, flow: Flow, result: Scheduled, aliases: Aliases) -> None:
        super().__init__(program, flow, result, aliases, body_ends(program))
        self.columns = columns
        self.emission = Emission()
        self.near_op = -1
        self.patterns: dict[int, tuple[int, Pattern]] = {}
        self.plain: dict[int, int] = {}  # patterns of bundles of so many ops, one after the other

    def emit(self) -> Emission:
        for number, block in enumerate(self.program.blocks):
            if is_in_columns(block):
                self._columns(number, block)
            elif block.is_explicit and isinstance(block, ColumnBlock):
                self._bundles(block)
            else:
                self._objects(number, block)
        self.emission.stand(self.labels)
        return self.emission

    # Blocks that are columns ---------------------------------------------------------------------
    def _columns(self, number: int, block: ColumnBlock) -> None:
        if block.labels:
            self.labels += block.labels
        if block.end:
            self.near_op = block.end - 1
        pattern = pattern_of(block, self.flow.placed[number], self.flow.shortfall(number), number in self.ends)
        if pattern.beats:
            self.emission.stand(self._enter())
            if block.end and not pattern.is_proved:
                self._prove(pattern, block)
            numbers = self._pattern(pattern), block.first, self._near()
            self.emission.add_span(block, pattern, numbers, self.run, self.cycle)
            self._pass(pattern.length, block.control)

    def _near(self) -> int:
        """The op met last, in the columns."""
        if self.near_op < 0:
            self.near_op = self.columns.front.add_encoded(self.columns.place(self.near), (), -1)
        return self.near_op

    def _prove(self, pattern: Pattern, block: ColumnBlock) -> None:
        made = pack(pattern, block.ops, NOWHERE, 0, 0)
        self.result.diagnostics += proved(pattern, block, made, self.aliases)

    def _pattern(self, pattern: Pattern) -> int:
        known = self.patterns.get(id(pattern))
        if known is None:
            number = self.columns.front.add_pattern(list(_numbers(pattern)))
            known = self.patterns[id(pattern)] = number, pattern  # kept, so that no other gets its id
        return known[0]

    # Blocks of bundles ---------------------------------------------------------------------------
    def _bundles(self, block: ColumnBlock) -> None:
        """The bundles of an explicit block; most are in the columns."""
        self.labels += block.labels
        for bundle, kind in zip(block.bundles, block.bundle_kinds(), strict=True):
            if isinstance(bundle, ColumnBundle):
                self._bundle(bundle)
            else:
                self._explicit(bundle, kind, is_pipelined=False)
                self.near, self.near_op = bundle.ops[-1].statement, -1
                self._flush()

    def _bundle(self, bundle: ColumnBundle) -> None:
        self.emission.stand(self._enter())
        pattern = self.columns.bundle_pattern(bundle.number, bundle.first, bundle.end)
        self.emission.add_bundle(bundle, (pattern, bundle.first, bundle.first), self.run, self.cycle)
        self._pass(cycles_of(bundle.decides), bundle.decides)
        self.near_op = bundle.end - 1

    # Blocks that are objects ---------------------------------------------------------------------
    def _objects(self, number: int, block: Block) -> None:
        if self.near_op >= 0:
            self.near = self.columns.statement(self.near_op)
        self.block(number, block)
        if not block.is_empty:
            self.near_op = -1
        self._flush()

    def _flush(self) -> None:
        for bundle in self.result.bundles:
            self.emission.add_packed(bundle)
        self.result.bundles.clear()

    def encode(self) -> None:
        """Encode the bundles that are made of objects, whose units are known now."""
        for at, bundle in self.emission.packed.values():
            numbers = [self.columns.add(op, encoded(op.row, tuple(op.values))) for op in bundle.ops]
            self.emission.entries[at] = self._in_order(len(numbers))
            self.emission.entries[at + 1] = numbers[0]

    def _in_order(self, count: int) -> int:
        """The pattern of a bundle of so many ops, one after the other."""
        if count not in self.plain:
            self.plain[count] = self.columns.front.add_pattern(in_order([FREE] * count))
        return self.plain[count]


def _numbers(pattern: Pattern) -> Iterator[int]:
    """A pattern as csrc/asm/write.c reads it."""
    units = {number: unit for number, _, unit in pattern.units}
    count = max([number for beat in pattern.beats for number in beat.ops], default=-1) + 1
    yield from (count, *[units.get(number, FREE) for number in range(count)], len(pattern.beats))
    for beat in pattern.beats:
        yield from (len(beat.ops), *beat.ops, len(beat.added))
        for row, values, near in beat.added:
            (syllable,) = encoded(row, values)
            yield from (syllable, near)
