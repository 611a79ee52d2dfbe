"""Many programs, one after the other, on a target and the golden model: which of them differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable
from random import Random
from typing import NoReturn, TypeAlias

from conform.breaking import VIOLATIONS
from conform.causes import plant, plant_more
from conform.compare import Difference, differ_until
from conform.compose import Composer
from conform.corners import corner_program
from conform.cover.coverage import Coverage, Observed
from conform.cover.steer import corners, steer
from conform.lasting import Lasting, probe
from conform.mix import Mix
from conform.program import Program
from conform.target import LIMIT, EngineTarget, Target, TargetError
from conform.tensor_wild import any_machine
from isa.machine import LPU_TINY, MachineSpec
from isa.records import NamedTuple, dataclass, replace
from vm.engine import FAULT, HALTED, UNINIT_MODES

PLANTED = 0.25  # the share of programs in which a fault is planted
CORNERS = 0.125  # the share of programs of arithmetic at its corners
SEVERAL = 0.3  # the share of those in which more rules are broken in that cycle, where a golden model says which counts
UNSET = 0.1  # the share of programs that read what was never written, where a golden model says what they compute
SHORT = Mix(items=(1, 5), length=(4, 40), rows_written=(0, 1))  # the golden model takes its time
MATRIX = {"LW": 4, "IW": 4, "ABC": 8, "ACC": 16}
MIXES = (  # what programs are made by where a run is told nothing
    *[SHORT] * 5,
    Mix(control=4, items=(1, 4), length=(16, 50), rows_written=(0, 1)),
    Mix(tensor=0.1, items=(6, 16), length=(4, 16), rows_written=(0, 1), crowded=0.5),
    Mix(scalar=0.1, items=(3, 8), length=(10, 40), rows_written=(0, 1), crowded=0.5),
    Mix(scalar=0.3, control=0.1, units=MATRIX, items=(1, 3), length=(50, 70), rows_written=(0, 1)),
)
BATCH = 50  # programs that a process is given at a time
ROUND = 4  # batches after which steered ones are aimed anew

GOLDEN = "reference"
ANSWER = "the target"  # what differs where a target does not answer, or says what no target may


@dataclass(frozen=True)
class Settings:
    """What programs a run is made of, and how they are run.

    `oracle` is false for a run without the golden model; `all` is true where batches go on after what differs. With
    `observe` coverage is noted, and with `steer` programs aim at what those of earlier rounds left uncovered. Programs
    are by one of MIXES where `mix` is SHORT. With `odd` each is for a machine of its own.
    """

    seed: int = 0
    spec: MachineSpec = LPU_TINY
    mix: Mix = SHORT
    uninit: str = "fault"
    strict: bool = False
    oracle: bool = True
    all: bool = True
    corners: float = CORNERS
    observe: bool = False
    steer: bool = False
    odd: bool = False


Task: TypeAlias = tuple[Settings, range]  # a batch that is to be run


class Told(NamedTuple):
    """A program, and how it ends by construction: the code of its fault ("" for none) and that fault's cycle."""

    program: Program
    code: str
    cycle: int


class Tally(NamedTuple):
    """The programs of a batch: their numbers, the cycles they took, and those that differ.

    `ops` counts the ops in them, `planted` the faults that were planted, by code; `settings` are what they were made
    by, `coverage` is what they covered, where that is noted.
    """

    settings: Settings
    numbers: range
    cycles: int
    differing: tuple[tuple[int, Difference], ...]
    ops: int = 0
    planted: tuple[tuple[str, int], ...] = ()
    coverage: Coverage | None = None


def program_of(settings: Settings, number: int) -> Told:
    """Program `number` of a run: the same whenever the settings are."""
    rng = Random(f"{settings.seed}/{number}")
    if settings.odd:
        settings = replace(settings, spec=any_machine(rng))
    if rng.random() < settings.corners:
        return corner_of(settings, rng)
    if settings.oracle and rng.random() < UNSET:
        return unset_of(settings, rng)
    composer = filled(rng, settings)
    told = plant(composer, settings.mix.fault(rng, VIOLATIONS)) if rng.random() < PLANTED else None
    if told and settings.oracle and rng.random() < SEVERAL:
        plant_more(composer, told.cycle)
    program = composer.program()
    program = program._replace(uninit=settings.uninit, strict=settings.strict or program.strict)
    return Told(program, told.code if told else "", told.cycle if told else 0)


def unset_of(settings: Settings, rng: Random) -> Told:
    """A program that reads what was never written, run so that this is no fault unless it is asked for."""
    composer = filled(rng, settings)
    plant(composer, "E-UNINIT")
    mode = settings.uninit if settings.uninit != UNINIT_MODES[0] else rng.choice(UNINIT_MODES[1:])
    return Told(composer.program()._replace(uninit=mode), "", 0)


def corner_of(settings: Settings, rng: Random) -> Told:
    """A program of arithmetic at its corners; half of them end while results are in flight."""
    traps = rng.randrange(2) == 0
    program = corner_program(rng, settings.spec, traps, settings.mix if settings.steer else None)
    program = program._replace(uninit=settings.uninit, strict=settings.strict)
    return Told(program, "E-TRAP", len(program.bundles) - 1) if traps else Told(program, "", 0)


def filled(rng: Random, settings: Settings) -> Composer:
    composer = Composer(rng, settings.spec, rng.choice(MIXES) if settings.mix == SHORT else settings.mix)
    composer.fill()
    return composer


def tally(golden: Target | None, target: Target, settings: Settings, numbers: range) -> Tally:
    """Run a batch, to its end or to what differs. Without a golden model, only how programs end is looked at.

    A program on which the target dies differs, and the target is begun anew; a TargetError says that it cannot be.
    """
    cycles, ops, planted, differing = 0, 0, Counter[str](), []
    for number in numbers:
        told = program_of(settings, number)
        found, taken = tried(golden, target, told)
        cycles, ops = cycles + taken, ops + told.program.ops
        if isinstance(golden, Observed):
            golden.count()
        planted.update([told.code] * bool(told.code))
        if found:
            differing.append((number, found))
            if not settings.all:
                numbers = range(numbers.start, number + 1)
                break
    coverage = golden.taken() if isinstance(golden, Observed) else None
    return Tally(settings, numbers, cycles, tuple(differing), ops, tuple(sorted(planted.items())), coverage)


def tried(golden: Target | None, target: Target, told: Told) -> tuple[Difference | None, int]:
    """In what a program differs, and the cycles it took."""
    program = told.program
    try:
        if golden:
            found = differ_until(golden, target, program, program.image(), LIMIT)
        else:
            found = ends_otherwise(target, told)
        return found, target.state().cycle
    except TargetError as error:
        if not isinstance(target, Lasting):
            raise
        target.renew()
        return Difference(0, ANSWER, "an answer", str(error)), 0


def ends_otherwise(target: Target, told: Told) -> Difference | None:
    """Where a program ends otherwise than it was made to."""
    target.load(told.program.image(), told.program.uninit, told.program.strict)
    outcome = target.run(LIMIT)
    observed = outcome.fault.name if outcome.fault else outcome.status
    expected = told.code or HALTED
    if observed != expected:
        return Difference(outcome.cycle, "the end", expected, observed)
    if outcome.status == FAULT and outcome.cycle != told.cycle:
        return Difference(outcome.cycle, "cycle of the fault", str(told.cycle), str(outcome.cycle))
    return None


def batches(programs: int) -> list[range]:
    return [range(first, min(first + BATCH, programs)) for first in range(0, programs, BATCH)]


def run(
    settings: Settings, programs: int, make: Callable[[], Target], jobs: int = 1, known: Coverage | None = None
) -> Generator[Tally, None, None]:
    """Batch after batch in order of their numbers, on `jobs` processes at a time. Raises TargetError.

    `known` is what steered programs need not aim at.
    """
    waiting = batches(programs)
    if jobs == 1 or len(waiting) == 1:
        worker = Worker(settings, make)
        try:
            yield from rounds(settings, waiting, known, lambda tasks: map(worker.tally, tasks))
        finally:
            worker.close()
        return
    from conform.crew import Crew

    crew: Crew[Task, Tally] = Crew(jobs, lambda: in_process(settings, make).tally, leave)
    try:
        yield from rounds(settings, waiting, known, crew.each)
    finally:
        crew.close()


def rounds(
    settings: Settings, waiting: list[range], known: Coverage | None, each: Callable[[list[Task]], Iterable[Tally]]
) -> Generator[Tally, None, None]:
    """All batches at once; or a few at a time, with mixes that aim at what those before left uncovered."""
    if not settings.steer:
        yield from each([(settings, numbers) for numbers in waiting])
        return
    covered = Coverage(settings.spec)
    covered.merge(known or covered)
    for first in range(0, len(waiting), ROUND):
        rng = Random(f"{settings.seed}/steered/{first}")
        some = waiting[first : first + ROUND]
        for found in each([(aimed(settings, covered, rng), numbers) for numbers in some]):
            covered.merge(found.coverage or Coverage(settings.spec))
            yield found


def aimed(settings: Settings, covered: Coverage, rng: Random) -> Settings:
    """Settings for the next batch by what is left to cover."""
    mix = rng.choice(MIXES) if settings.mix == SHORT else settings.mix
    return replace(settings, mix=steer(covered, rng, mix), corners=corners(covered))


def golden_of(settings: Settings) -> Target | None:
    """The golden model, observed where coverage is asked for; None where it is not asked."""
    if settings.observe or settings.steer:
        return Observed(settings.spec)
    return EngineTarget(GOLDEN) if settings.oracle else None


class Worker:
    """Does batches of a run, one after the other, with targets of its own."""

    def __init__(self, settings: Settings, make: Callable[[], Target]) -> None:
        self.golden = golden_of(settings)
        self.target = Lasting(make)
        try:
            probe(self.target, settings.spec)
        except BaseException:
            self.close()
            raise

    def tally(self, task: Task) -> Tally:
        return tally(self.golden, self.target, *task)

    def close(self) -> None:
        self.target.close()


# In a process of its own ----------------------------------------------------------------------
_workers: list[Worker] = []


def leave() -> NoReturn:
    """End the process and the target that it has started, or is about to."""
    while _workers:
        _workers.pop().close()
    raise SystemExit


def in_process(settings: Settings, make: Callable[[], Target]) -> Worker:
    """What does the batches of this process."""
    _workers.append(Worker(settings, make))
    return _workers[0]
