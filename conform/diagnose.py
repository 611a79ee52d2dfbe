"""Where two implementations differ first on a program, in what, by which ops, and what both did just before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from conform.aspects import Aspect, Sides, aspects
from conform.compare import Difference, differ_until, first_difference
from conform.events import events_of, rows_of, table
from conform.lasting import revive
from conform.program import Program
from conform.rules import sections
from conform.target import Silence, Target, TargetError
from isa.codec import Op
from isa.image import Image
from isa.records import NamedTuple
from isa.row import VECTOR, WRITE
from isa.units import PLANE, SLICE, SXM, VXM
from vm.engine import State
from vm.items import Accumulator, Burst, Map, Plane, Vector, VectorWrite
from vm.stats import decoded_bundle

MANY = 1000  # things that differ, of which no more are counted
CRASH, SILENCE = "crash", "silence"  # kinds of aspects: the target ends or says what no target may; it does not answer
UNIT_SECTIONS = {SLICE: 14, VXM: 15, PLANE: 16, SXM: 17}
SCALAR_SECTION, MEMORY_SECTION = 9, 7
STORES = "store", "write"


class Culprit(NamedTuple):
    """An op that what differs comes from, and its bundle's address."""

    pc: int
    slot: int
    op: Op


class Diagnosis(NamedTuple):
    """What differs first, in which cycle, in how many other things, and the ops that are responsible.

    `seen` is the cycle that a run must go to for it to be seen.
    """

    cycle: int
    aspect: Aspect
    more: int
    culprits: tuple[Culprit, ...]
    seen: int = 0

    @property
    def signature(self) -> tuple[str, tuple[str, ...]]:
        """What findings of one defect have in common: what differs, and the families of the ops it comes from."""
        return self.aspect.kind, tuple(sorted({each.op.row.family for each in self.culprits}))

    def is_like(self, other: Diagnosis) -> bool:
        """Whether two are of one kind and come from ops of one family."""
        (kind, families), (wanted, known) = self.signature, other.signature
        return kind == wanted and (not known or not families or bool(set(families) & set(known)))

    @property
    def is_dead(self) -> bool:
        """Whether the target gave no answer at all."""
        return self.aspect.kind in (CRASH, SILENCE)

    @property
    def difference(self) -> Difference:
        return Difference(self.cycle, *self.aspect[1:4])

    @property
    def sections(self) -> list[int]:
        """The sections of docs/machine.md about what differs, and about what the ops do."""
        found = [self.aspect.section, *(section_of(each.op) for each in self.culprits)]
        return sorted({section for section in found if section in sections()})


def section_of(op: Op) -> int:
    if op.row.tensor:
        return UNIT_SECTIONS.get(op.row.units.where, 17)
    if op.row.control:
        return 6
    return MEMORY_SECTION if op.row.memory else SCALAR_SECTION


def diagnose(golden: Target, target: Target, program: Program, limit: int, by_trace: bool = False) -> Diagnosis | None:
    """Where a target first differs on a program run to a cycle at most; None where it does not. Raises TargetError.

    `by_trace` says that what the target tells of events is looked at before it is run again and again.
    """
    image = program.image()
    last = differ_until(golden, target, program, image, limit)
    if last is None:
        return None
    cycle = first_event(golden, target, program, image, last.cycle) if by_trace else None
    if cycle is None:
        cycle = first_difference(golden, target, program, image, last).cycle
    # A fault of a cycle is told by a run beyond it.
    return looked_at(golden, target, program, cycle) or looked_at(golden, target, program, cycle + 1)


def first_event(golden: Target, target: Target, program: Program, image: Image, until: int) -> int | None:
    """The first cycle in which both tell other events, if they differ in it and not in the one before."""
    if "trace" in target.lacks:
        return None
    ours, theirs = (events_of(each, program, image, until) for each in (golden, target))
    cycle = min((event.cycle for event in {*ours} ^ {*theirs}), default=0)
    differs = [differ_until(golden, target, program, image, each) is not None for each in (cycle - 1, cycle) if cycle]
    return cycle if differs == [False, True] else None


def looked_at(golden: Target, target: Target, program: Program, seen: int) -> Diagnosis | None:
    """What differs where both stand when they were run to a cycle; None where nothing does. Raises TargetError."""
    image = program.image()
    before = states_at(golden, target, program, image, max(0, seen - 1))
    sides = Sides(golden, target, golden.run(seen), target.run(seen))
    found = list(islice(aspects(program.spec, sides), MANY))
    if not found:
        return None
    cycle = min(seen, sides.expected.cycle)
    return Diagnosis(cycle, found[0], len(found) - 1, tuple(culprits(image, cycle, before, found[0])), seen)


def states_at(golden: Target, target: Target, program: Program, image: Image, cycle: int) -> list[State]:
    """The states of both at a cycle."""
    for each in (golden, target):
        each.load(image, program.uninit, program.strict)
        each.run(cycle)
    return [golden.state(), target.state()]


# Targets that die -----------------------------------------------------------------------------
def judged(golden: Target, target: Target, program: Program, limit: int) -> Diagnosis | None:
    """What is wrong on a program, if anything is; a target that dies of it is begun anew."""
    try:
        return diagnose(golden, target, program, limit, by_trace=True)
    except TargetError as error:
        revive(target)
        return at_death(golden, target, program, of_crash(error), limit)


def of_crash(error: TargetError) -> Diagnosis:
    """What is known of a target that died."""
    kind = SILENCE if isinstance(error, Silence) else CRASH
    return Diagnosis(0, Aspect(kind, "the target", "an answer", str(error), 0), 0, ())


def at_death(golden: Target, target: Target, program: Program, found: Diagnosis, limit: int) -> Diagnosis:
    """The first cycle to which a target that crashes cannot run, and the ops that issue in the one before it."""
    if found.aspect.kind == SILENCE:
        return found
    image, low, high = program.image(), 0, limit
    while low < high:
        middle = (low + high) // 2
        if dies(golden, target, program, image, middle):
            high = middle
        else:
            low = middle + 1
    golden.load(image, program.uninit, program.strict)
    golden.run(max(0, low - 1))
    ops = culprits(image, low, [golden.state()], found.aspect)
    return found._replace(cycle=low, culprits=tuple(ops))


def dies(golden: Target, target: Target, program: Program, image: Image, until: int) -> bool:
    """Whether a target dies of running to a cycle; it is begun anew."""
    try:
        differ_until(golden, target, program, image, until)
    except TargetError:
        revive(target)
        return True
    return False


# Who did it -----------------------------------------------------------------------------------
def culprits(image: Image, cycle: int, before: list[State], aspect: Aspect) -> Iterator[Culprit]:
    """The ops that what differs comes from: those named by states, else those of the cycle before that touch it."""
    named = [(aspect.pc, aspect.slot)] if aspect.pc >= 0 else list(landing(cycle, before, aspect))
    places = named or list(active(image, before[0], cycle - 1))
    found = [Culprit(pc, slot, op) for pc, slot in dict.fromkeys(places) if (op := op_at(image, pc, slot))]
    touching = [each for each in found if named or touches(each.op, aspect)]
    yield from touching or found


def op_at(image: Image, pc: int, slot: int) -> Op | None:
    """An op of a bundle; the first one where the slot is not known."""
    bundle = decoded_bundle(image, pc)
    return bundle[max(0, slot)] if max(0, slot) < len(bundle) else None


def landing(cycle: int, before: list[State], aspect: Aspect) -> Iterator[tuple[int, int]]:
    """The ops whose results land in a register that differs."""
    for state in before:
        for write in state.in_flight:
            if aspect.register == write.register and write.landing == cycle:
                yield write.pc, write.slot
        for item in state.tensor:
            if kind_of(aspect) == Vector.__name__.lower() and isinstance(item, VectorWrite) and item.landing == cycle:
                yield item.pc, item.slot


def active(image: Image, state: State, cycle: int) -> Iterator[tuple[int, int]]:
    """The ops that issue in a cycle, or whose bursts run in it; `state` is that of the cycle."""
    if state.cycle == cycle and state.next_fetch == cycle and not state.fetch_ended:
        yield from ((state.pc, slot) for slot in range(len(decoded_bundle(image, state.pc))))
    yield from ((item.pc, item.slot) for item in state.tensor if isinstance(item, Burst))


def kind_of(aspect: Aspect) -> str:
    return aspect.kind.split()[0]


def touches(op: Op, aspect: Aspect) -> bool:
    """Whether an op may change what differs, as far as its row says."""
    kind = kind_of(aspect)
    if aspect.register >= 0:
        return aspect.register == (op[op.row.write] if op.row.write else -1)
    if kind in ("memory", "written"):
        return op.row.memory in STORES
    if kind == Vector.__name__.lower():
        return any(operand.kind == VECTOR and operand.role == WRITE for operand in op.row.operands)
    if kind in (Plane.__name__.lower(), Accumulator.__name__.lower()):
        return op.row.units.where == PLANE
    if kind == Map.__name__.lower():
        return op.row.units.where == SXM
    return kind == "fetch" and bool(op.row.control)


# What happened --------------------------------------------------------------------------------
def trace(golden: Target, target: Target, program: Program, cycle: int) -> list[str]:
    """What both did in the last cycles up to one, side by side."""
    image = program.image()
    ours, theirs = (events_of(each, program, image, cycle) for each in (golden, target))
    return list(table(rows_of(program.spec, bundle_texts(image), ours, theirs, cycle)))


def bundle_texts(image: Image) -> dict[int, str]:
    """What each bundle of an image says, by its address."""
    from isa.codec import bundle_starts

    return {
        start: f"{{ {' || '.join(op_text(image, op) for op in bundle)} }}"
        for start in bundle_starts(image.text)
        if (bundle := decoded_bundle(image, start))
    }


def op_text(image: Image, op: Op) -> str:
    """An op as the disassembler writes it."""
    from asm.write.print_op import Names
    from asm.write.print_op import op_text as text

    return text(op, Names(image.machine, {address: f"L{address}" for address in range(len(image.text) + 1)}), True)
