"""From items to bundles: what is alike is worked out once, the rest is in C (asm.quick.plan)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asm.facts import FACTS, LONGEST_WAIT, cycles_of, target_label
from asm.kinds import BundleKind, kind_of
from asm.program import FREE, AsmOp, Explicit, Item, Label, Linear, Packed, Timeline
from asm.quick.columns import Columns
from asm.quick.front import Taken, Unfit
from asm.quick.plan import (
    AGAIN,
    ENTERED,
    LEAVES,
    LOOPS,
    NEVER,
    ONCE,
    OWN,
    PASSES,
    PAUSES,
    REGISTERS,
    TARGET,
    UNKNOWN,
    Asked,
    Leaving,
    Plan,
    Seen,
)
from asm.schedule import Options
from asm.schedule.alike import NO_OPS, Kind, Kinds
from asm.schedule.blocks import Block
from asm.schedule.emit import NOWHERE, proved
from asm.schedule.flow import limits_of
from asm.schedule.overlap import expand
from asm.schedule.pack import Beat, Pattern, pack, pattern_of
from asm.schedule.paths import loop_count
from asm.schedule.place import Placed
from asm.schedule.units import assign_units
from asm.write.verbatim import Raw
from isa.codec import encoded
from isa.image import TO_TARGET
from isa.records import NamedTuple, replace


class Packing(NamedTuple):
    """How linear blocks that are alike are packed, of which the first has some ops."""

    pattern: Pattern
    ops: list[AsmOp]


class Composer:
    """The bundles of a program on their way. By their numbers in the plan, `objects` are bundles of objects,
    each with the op that is the last of its block if that is linear, else its own; `loose` are ops that are objects,
    `kinds` those of bundles and `packings` those of linear blocks."""

    def __init__(self, columns: Columns, options: Options) -> None:
        self.columns = columns
        self.plan = Plan(columns.front)
        self.options = options
        self.objects: list[tuple[list[AsmOp], AsmOp]] = []
        self.loose: list[AsmOp] = []
        self.kinds: list[BundleKind] = []
        self.packings: dict[int, Packing] = {}
        self._block_kinds: dict[int, tuple[Kind, bool]] = {-1: (NO_OPS, False)}  # and whether it is the scheduler's own
        self._loose_kinds: dict[tuple[Kind, bool], int] = {}
        self._own: set[int] = set()  # ops that are objects, of blocks that are the scheduler's own
        self._alike = Kinds(options.aliases)
        self._numbers: dict[BundleKind, int] = {}
        self._names: dict[str, int] = {}

    def compose(self, items: Iterable[Item | Raw | Taken], exported: Iterable[str]) -> Seen:
        """The bundles of some items; `exported` are labels that may be entered from anywhere. Raises Unfit for programs
        that must go another way."""
        self._cut(items)
        for name in exported:
            self.plan.enter(self.name(name), ENTERED)
        self._tell_kinds()
        loops = list(self.plan.loops())
        if loops:
            from asm.quick.loops import pipeline  # what programs without loops do without

            pipeline(self, loops)
            self._tell_kinds()
        self.plan.connect()
        self.plan.tell_near(self.columns.add_place(NOWHERE))
        self._schedule()
        self._pack()
        return self.plan.seen()

    # Items ---------------------------------------------------------------------------------------
    def _cut(self, items: Iterable[Item | Raw | Taken]) -> None:
        for item in items:
            if isinstance(item, Taken):
                self.plan.cut(item.first, item.end)
            elif isinstance(item, Explicit):
                self._object(item)
            elif isinstance(item, Label):
                self.plan.cut_label(self.name(item.name))
            elif isinstance(item, Linear):
                self._op(item.op)
            elif isinstance(item, Timeline):
                self._timeline(item)
            else:
                raise Unfit
        self.plan.cut_end()

    def name(self, name: str) -> int:
        """The number of a name."""
        if not self._names:
            self._names = {each: number for number, each in enumerate(self.columns.front.names)}
        if name not in self._names:
            self._names[name] = self.plan.intern(name)
        return self._names[name]

    def _object(self, bundle: Explicit) -> None:
        if assign_units(bundle.ops):
            raise Unfit
        for op in bundle.ops:
            self._note_addresses(op)
        kind = kind_of(bundle.ops)
        self.objects.append((bundle.ops, bundle.ops[-1]))
        self.plan.cut_object(self.number(kind), self.leaving(bundle.control(kind)))

    def _timeline(self, timeline: Timeline) -> None:
        expanded = expand(timeline, self.columns.scope.spec, self.options.externs)
        if expanded.diagnostics or expanded.joints or expanded.checks:
            raise Unfit
        self.plan.cut_timeline()
        for bundle in expanded.bundles:
            self._object(bundle)

    def _op(self, op: AsmOp) -> None:
        if op.row.tensor or (op.cycle_pin or 0) > LONGEST_WAIT:
            raise Unfit
        self._note_addresses(op)
        self.loose.append(op)
        self.plan.cut_op(bool(op.row.memory), self.leaving(op if op.row.control else None))

    def _note_addresses(self, op: AsmOp) -> None:
        """Labels that are used other than as targets may be entered from anywhere."""
        for reference in op.references:
            if reference.kind == TO_TARGET:
                as_target = reference.symbol == target_label(op)
                self.plan.enter(self.name(reference.symbol), TARGET if as_target else ENTERED)

    def leaving(self, control: AsmOp | None) -> Leaving:
        """What a control op that is an object does."""
        if control is None:
            return Leaving()
        how, label = LEAVES[control.row.control], target_label(control)
        target = -1 if label is None else self.name(label)
        rounds = _rounds(control) if how == LOOPS else UNKNOWN
        return Leaving(how, cycles_of(control), control.row.taken_latency, target, rounds)

    # Kinds ---------------------------------------------------------------------------------------
    def _tell_kinds(self) -> None:
        for block in self.plan.blocks():
            ops = self.ops(block)
            kind = self._alike.of(ops)
            if block.is_loose:
                if block.continues and any(op.cycle_pin is not None for op in ops):
                    raise Unfit
                is_own = id(ops[0]) in self._own
                number = self._loose_kinds.setdefault((kind, is_own), -2 - len(self._loose_kinds))
                self.plan.tell_loose(block.number, number, kind.touched)
                self._block_kinds[number] = kind, is_own
            else:
                self.plan.tell_kind(block.alike, kind.touched)
                self._block_kinds[block.alike] = kind, False
        for bundle in self.plan.bundles():
            kinds = self.columns.bundle_kind(bundle.alike, bundle.first, bundle.end)
            pattern = self.columns.bundle_pattern(bundle.alike, bundle.first, bundle.end)
            self.plan.tell_bundle(bundle.alike, self.number(kinds, pattern))

    def number(self, kind: BundleKind, pattern: int = -1) -> int:
        """The number of a kind of bundles, which are written in a pattern."""
        if kind not in self._numbers:
            if kind.clashes:
                raise Unfit
            latencies = dict(kind.writes)
            reads = sum(1 << register for register in kind.reads)
            written = [latencies.get(register, 0) for register in range(REGISTERS)]
            self.kinds.append(kind)
            self._numbers[kind] = self.plan.add_kind(reads, kind.touched, written, pattern)
        return self._numbers[kind]

    # Linear blocks -------------------------------------------------------------------------------
    def ops(self, block: Asked) -> list[AsmOp]:
        """The ops of a linear block as objects."""
        if not block.is_loose:
            return self.columns.ops(block.first, block.end)
        return [self.columns.op(op) if op >= 0 else self.loose[~op] for op in self.plan.loose(block)]

    def block(self, asked: Asked) -> Block:
        """A linear block as one that has objects."""
        ops = self.ops(asked)
        control = ops[-1] if ops and FACTS[ops[-1].row.id].control else None
        return Block(ops=ops, control=control, continues=bool(asked.continues))

    def put(self, block: Block) -> None:
        """Put a block of the scheduler's own after those that were kept or put."""
        names, leaving = [self.name(label) for label in block.labels], self.leaving(block.control)
        for op in (*block.ops, *(op for bundle in block.bundles for op in bundle.ops)):
            self._note_addresses(op)
        pairs = zip(block.bundles, block.bundle_kinds(), strict=True)
        bundles = [(self.number(kind), self.leaving(bundle.control(kind))) for bundle, kind in pairs]
        self.objects += [(bundle.ops, bundle.ops[-1]) for bundle in block.bundles]
        self.loose += block.ops
        if block.is_pipelined:
            self._own.update(map(id, block.ops))
        self.plan.put(names, bundles if block.is_explicit else None, len(block.ops), leaving)

    def _placed(self, asked: Asked) -> Placed:
        """The schedule of a block for what is in flight on entry."""
        kind, is_own = self._block_kinds[asked.alike]
        return kind.place(self.plan.in_flight(asked.number), is_own)

    def _schedule(self) -> None:
        for asked in self.plan.unscheduled():
            placed = self._placed(asked)
            limits = limits_of(self.block(asked), placed)
            last, latest = (placed.issue[-1], max(placed.issue)) if placed.issue else (-1, -1)
            landings = [placed.landings.get(register, 0) for register in range(REGISTERS)]
            by = [limits.get(register, -1) for register in range(REGISTERS)]
            self.plan.tell_schedule(asked.number, (last, latest, *landings, *by))

    def _pack(self) -> None:
        for asked in self.plan.unpacked():
            block = self.block(asked)
            late, placed = self.plan.shortfall(asked.number), self._placed(asked)
            pattern = pattern_of(block, placed, late, bool(asked.ends_body))
            near = block.ops[-1].statement if block.ops else NOWHERE
            made = pack(pattern, block.ops, near, 0, 0)
            if placed.missed or not (pattern.is_proved or self._proves(pattern, block, made)):
                raise Unfit
            kinds = [kind_of(bundle.ops) for bundle in made]
            number = 0
            if asked.is_loose:
                self.objects += [(bundle.ops, block.ops[-1]) for bundle in made]
            else:
                number = self.columns.front.add_pattern(list(pattern_numbers(pattern)))
                kinds = [replace(kind, is_checked=False) for kind in kinds]  # recipes see to numbers
                self.packings[number] = Packing(pattern, block.ops)
            beats = [each for at, kind in enumerate(kinds) for each in self._beat(pattern.beats[at], block, kind)]
            self.plan.tell_packing(asked.number, (number, asked.is_loose, pattern.length, *beats), len(kinds))

    def _proves(self, pattern: Pattern, block: Block, made: list[Packed]) -> bool:
        return not block.ops or not any(proved(pattern, block, made, self.options.aliases))

    def _beat(self, beat: Beat, block: Block, kind: BundleKind) -> Iterator[int]:
        """The numbers of a bundle of a block: see front_tell_packing in front.h."""
        yield from (beat.cycle, self.number(kind))
        if kind.control < 0:
            yield from (PASSES, 1)
        elif kind.control < len(beat.ops):
            yield from (OWN, cycles_of(block.control))
        else:
            wait = beat.added[kind.control - len(beat.ops)]
            yield from (PAUSES, wait.values[wait.row.format.names.index("count")])

    # Explicit bundles ----------------------------------------------------------------------------
    def told_kinds(self) -> list[int]:
        """What C is told of the kinds of bundles: see front_told in front.h."""
        return [number for kind in self.kinds for number in (kind.accesses, kind.fixed, kind.size, kind.has_tensor_ops)]

    def explicit_ops(self, seen: Seen, number: int) -> list[AsmOp]:
        """The ops of an explicit bundle."""
        beat = seen.beats[number]
        if beat < -1:
            return self.objects[-2 - beat][0]
        _, first = self.plan.entry(seen.entries[number])
        return self.columns.ops(first, first + self.kinds[seen.kinds[number]].size)

    # Objects -------------------------------------------------------------------------------------
    def packed(self, seen: Seen) -> list[Packed]:
        """The bundles of objects."""
        made: list[Packed] = []
        for number, beat in enumerate(seen.beats if self.objects else ()):
            if beat < -1:
                ops, kind = self.objects[-2 - beat][0], self.kinds[seen.kinds[number]]
                is_explicit = not seen.linear[number]
                made.append(Packed(ops, [], is_explicit, seen.cycles[number], seen.runs[number], None, kind))
        return made

    def tell_objects(self) -> None:
        """Encode the bundles that are made of objects, whose units are known now."""
        all_ops = [op for ops, _ in self.objects for op in ops]
        first = self.columns.add(all_ops) if all_ops else 0
        where = {id(op): first + number for number, op in enumerate(all_ops)}
        for number, (ops, last) in enumerate(self.objects):
            self.plan.tell_object(number, self.columns.plain_pattern(len(ops)), first, where[id(last)])
            first += len(ops)


def _rounds(loop: AsmOp) -> int:
    """How often a loop runs, as far as that matters."""
    count = loop_count(loop)
    if count is None:
        return int(UNKNOWN)
    return int(NEVER if count <= 0 else ONCE if count == 1 else AGAIN)


def pattern_numbers(pattern: Pattern) -> Iterator[int]:
    """A pattern as csrc/asm/write.c reads it."""
    units = {number: unit for number, _, unit in pattern.units}
    count = max([number for beat in pattern.beats for number in beat.ops], default=-1) + 1
    yield from (count, *[units.get(number, FREE) for number in range(count)], len(pattern.beats))
    for beat in pattern.beats:
        yield from (len(beat.ops), *beat.ops, len(beat.added))
        for row, values, near in beat.added:
            (syllable,) = encoded(row, values)
            yield from (syllable, near)
