"""Many programs, one after the other, on a target and the golden model: which of them differ."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from conform.breaking import VIOLATIONS
from conform.compare import Difference, differ_until
from conform.compose import Composer
from conform.mix import Mix
from conform.program import Program
from conform.target import LIMIT, EngineTarget, Target
from isa.faults import CODES
from isa.machine import LPU_TINY, MachineSpec
from vm.engine import FAULT, HALTED

PLANTED = 0.25  # the share of programs in which a fault is planted
SHORT = Mix(items=(1, 5), length=(4, 40), rows_written=(0, 1))  # the golden model takes its time
BATCH = 50  # programs that a process is given at a time

GOLDEN = "reference"


@dataclass(frozen=True)
class Settings:
    """What programs a run is made of, and how they are run. `oracle` is false for a run without the golden model."""

    seed: int = 0
    spec: MachineSpec = LPU_TINY
    mix: Mix = SHORT
    uninit: str = "fault"
    strict: bool = False
    oracle: bool = True


class Told(NamedTuple):
    """A program, and how it ends by construction: the code of its fault ("" for none) and that fault's cycle."""

    program: Program
    code: str
    cycle: int


class Tally(NamedTuple):
    """The programs of a batch: their numbers, the cycles they took, and those that differ."""

    numbers: range
    cycles: int
    differing: tuple[tuple[int, Difference], ...]


def program_of(settings: Settings, number: int) -> Told:
    """Program `number` of a run: the same whenever the settings are."""
    rng = Random(f"{settings.seed}/{number}")
    composer = filled(rng, settings)
    told = composer.plant(rng.choice(VIOLATIONS)) if rng.random() < PLANTED else None
    if not told and composer.breaking:
        composer = filled(rng, settings)  # what was prepared for a fault that found no place does not stay
    program = composer.program()
    program = program._replace(uninit=settings.uninit, strict=settings.strict or program.strict)
    return Told(program, CODES[told.code] if told else "", told.cycle if told else 0)


def filled(rng: Random, settings: Settings) -> Composer:
    composer = Composer(rng, settings.spec, settings.mix)
    composer.fill()
    return composer


def tally(golden: Target | None, target: Target, settings: Settings, numbers: range) -> Tally:
    """Run a batch. Without a golden model, only how programs end is looked at. Raises TargetError."""
    cycles, differing = 0, []
    for number in numbers:
        told = program_of(settings, number)
        program = told.program
        if golden:
            found = differ_until(golden, target, program, program.image(), LIMIT)
        else:
            found = ends_otherwise(target, told)
        cycles += target.state().cycle
        if found:
            differing.append((number, found))
    return Tally(numbers, cycles, tuple(differing))


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


def run(settings: Settings, programs: int, make: Callable[[], Target], jobs: int = 1) -> Generator[Tally, None, None]:
    """Batch after batch in order of their numbers, on `jobs` processes at a time. Raises TargetError."""
    waiting = batches(programs)
    if jobs == 1 or len(waiting) == 1:
        golden, target = golden_of(settings), make()
        try:
            yield from (tally(golden, target, settings, numbers) for numbers in waiting)
        finally:
            target.close()
        return
    from multiprocessing import get_context

    with get_context("fork").Pool(jobs, begin, (settings, make)) as pool:
        yield from pool.imap(in_process, waiting)


def golden_of(settings: Settings) -> Target | None:
    return EngineTarget(GOLDEN) if settings.oracle else None


# In a process of its own ----------------------------------------------------------------------
_mine: list[Callable[[range], Tally]] = []


def begin(settings: Settings, make: Callable[[], Target]) -> None:
    """Make the targets of a process, which leaves interrupts to the one that began it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    golden, target = golden_of(settings), make()
    _mine.append(lambda numbers: tally(golden, target, settings, numbers))


def in_process(numbers: range) -> Tally:
    return _mine[0](numbers)
