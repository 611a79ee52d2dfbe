"""What a target does wrong, as a small program that shows it: source with what was expected and what was observed."""

from __future__ import annotations

from collections.abc import Iterator

from conform.aspects import Sides, aspects
from conform.compare import Difference, differ_until
from conform.diagnose import SILENCE, Diagnosis, diagnose, judged, looked_at, of_crash, op_text, trace
from conform.lasting import revive
from conform.program import Chunk, Program, from_text
from conform.reduce import TRIES, Reducer, Watch, ignore
from conform.rules import sections
from conform.target import LIMIT, Target, TargetError
from isa.image import Image
from isa.machine import BYTES_PER_WORD
from isa.records import NamedTuple

SLACK = 64  # cycles that a reduced program may run beyond the end of the whole one
SILENT_TRIES = 200  # programs tried at most where each that fails is waited for


class Finding(NamedTuple):
    """A minimal program on which a target differs from the golden model, in what, and what both did just before.

    `number` is that of the whole program among those of the run, `ops` how many ops it had. `is_minimal` is false
    where reducing it was interrupted.
    """

    program: Program
    diagnosis: Diagnosis
    trace: tuple[str, ...]
    number: int
    ops: int
    is_minimal: bool = True

    @property
    def difference(self) -> Difference:
        return self.diagnosis.difference

    @property
    def cause(self) -> tuple[str, tuple[str, ...]]:
        """What findings have in common that are probably one defect."""
        return self.diagnosis.signature

    def source(self, *notes: str) -> str:
        """The program in the dialect, under a comment that says what is wrong; `notes` are its last lines."""
        lines = [*self.told(), *(["", *self.trace] if self.trace else []), *(["", *notes] if notes else [])]
        _, _, text = self.program.source().partition("\n")  # without the line that says where it is from
        return "".join(f"; {line}".rstrip() + "\n" for line in lines) + "\n" + text

    def told(self) -> Iterator[str]:
        """What differs, the ops that it comes from, and where the page of the machine is about it."""
        cycle, what, expected, observed = self.difference
        more = self.diagnosis.more
        yield f"cycle {cycle}: {what}" + (f", and {more} more" if more else "")
        yield f"  expected {expected}"
        yield f"  observed {observed}"
        image = self.program.image()
        for each in self.diagnosis.culprits:
            yield f"  from {op_text(image, each.op)} (address {each.pc})"
        for number in self.diagnosis.sections:
            yield f"  docs/machine.md, section {number}: {sections()[number]}"


def finding(
    golden: Target, target: Target, program: Program, number: int, tries: int = TRIES, watch: Watch = ignore
) -> Finding:
    """Reduce a program on which two targets differ, and say where they do; `watch` is told of each try.

    Raises TargetError.
    """
    whole = judged(golden, target, program, LIMIT)
    if whole is None:
        raise TargetError(unsteady(number))
    limit = min(LIMIT, end_of(golden, program) + SLACK)
    same = Same(golden, target, whole, limit)
    small, is_minimal = reduced(same, program, tries, watch)
    told = judged(golden, target, small, limit) or same.found(small)  # some differ only where they are stopped
    if told is None:
        raise TargetError(unsteady(number))
    events = () if told.is_dead else tuple(trace(golden, target, small, told.cycle))
    return Finding(small, told, events, number, program.ops, is_minimal)


def unsteady(number: int) -> str:
    return f"program {number} differed once, and not when it was run again: the target does not do the same twice"


def end_of(golden: Target, program: Program) -> int:
    """The cycle in which the golden model ends a program."""
    golden.load(program.image(), program.uninit, program.strict)
    return golden.run(LIMIT).cycle


# Reducing -------------------------------------------------------------------------------------
def reduced(same: Same, program: Program, tries: int, watch: Watch) -> tuple[Program, bool]:
    """The smallest program found that fails as the whole one does, and whether the search for it ended by itself."""
    most = min(tries, SILENT_TRIES) if same.whole.aspect.kind == SILENCE else tries
    reducer = Reducer(program, same.dies if same.whole.is_dead else same.differs, most, watch)
    try:
        return reducer.reduced(), True
    except KeyboardInterrupt:
        revive(same.target)
        return reducer.best, False


class Same:
    """Whether programs fail as the whole one does: in the same kind of thing, by an op of the same family.

    Most programs tried fail in the cycle in which the one before did, so that is looked at first.
    """

    def __init__(self, golden: Target, target: Target, whole: Diagnosis, limit: int) -> None:
        self.golden, self.target, self.whole, self.limit = golden, target, whole, limit
        self.seen = whole.seen

    def differs(self, program: Program) -> bool:
        """Whether a program differs in the same way."""
        try:
            found = self.found(program)
        except TargetError:
            revive(self.target)
            return False
        if found is None or not found.is_like(self.whole):
            return False
        self.seen = found.seen
        return True

    def found(self, program: Program) -> Diagnosis | None:
        """What differs when it did last time, or else at first."""
        found = looked_at(self.golden, self.target, program, self.seen)
        if found and found.is_like(self.whole):
            return found
        if found is None:
            sides = Sides(self.golden, self.target, self.golden.run(self.limit), self.target.run(self.limit))
            if next(aspects(program.spec, sides), None) is None:
                return None
        return diagnose(self.golden, self.target, program, self.limit)

    def dies(self, program: Program) -> bool:
        """Whether the target dies in the same way."""
        try:
            differ_until(self.golden, self.target, program, program.image(), self.limit)
        except TargetError as error:
            revive(self.target)
            return of_crash(error).is_like(self.whole)
        return False


# Files ----------------------------------------------------------------------------------------
def from_image(image: Image, uninit: str = "fault", strict: bool = False) -> Program:
    """The program of an executable. Raises CodecError for text with no bundles in it."""
    spec = image.machine
    memory = [
        Chunk(
            BYTES_PER_WORD * spec.words_per_row * (block.bank * spec.rows + block.row) + BYTES_PER_WORD * block.word,
            data,
        )
        for block in image.blocks
        if (data := bytes(block.data))
    ]
    return from_text(spec, image.text, memory, uninit, strict)
