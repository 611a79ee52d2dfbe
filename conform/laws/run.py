"""Many programs, each tried by the law it was made for and by others; what breaks one, reduced to a few ops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from conform.breaking import VIOLATIONS
from conform.causes import plant
from conform.compare import Difference
from conform.compose import Composer
from conform.laws.check import LAWS
from conform.laws.law import Law, Verdict
from conform.program import Program
from conform.reduce import reduce
from conform.target import Target, TargetError
from isa.machine import MachineSpec
from isa.records import NamedTuple

MORE = 2  # laws that a program is tried by besides the one it was made for
PLANTED = 0.1  # the share of programs in which a fault is planted
TRIES = 500  # programs tried at most when one is reduced, each with its twin


class Trial(NamedTuple):
    """A program by its number, a law, whether that says something about it, and where it is broken."""

    number: int
    law: Law
    applies: bool
    difference: Difference | None


class Finding(NamedTuple):
    """A minimal program that shows a law broken together with its twin; `ops` is how many the whole program had."""

    number: int
    law: Law
    program: Program
    twin: Program
    difference: Difference
    ops: int

    def source(self, *notes: str) -> str:
        """The program in the dialect, under a comment that says which law is broken and where."""
        cycle, what, expected, observed = self.difference
        head = [
            f"the law of {self.law.name}: {self.law.says}",
            f"cycle {cycle} of the twin: {what}",
            f"  expected {expected}, by what this program does",
            f"  observed {observed}",
            *notes,
        ]
        return "".join(f"; {line}\n" for line in head) + self.program.source()

    def twin_source(self) -> str:
        """The other program, under a comment that says what it is."""
        return f"; the twin of a program that breaks the law of {self.law.name}\n" + self.twin.source()


def law_of(number: int) -> Law:
    """The law that program `number` is made for."""
    return LAWS[number % len(LAWS)]


def laws_of(number: int) -> list[Law]:
    """The laws that program `number` is tried by, the one that it is made for first."""
    first = law_of(number)
    return [first, *Random(number).sample([law for law in LAWS if law is not first], MORE)]


def program_of(spec: MachineSpec, seed: int, number: int) -> Program:
    """Program `number` of a seed: always the same, and one in ten ends with a fault."""
    rng = Random(f"{seed}/{number}")
    composer = Composer(rng, spec, law_of(number).mix)
    composer.fill()
    if rng.random() < PLANTED:
        plant(composer, rng.choice(VIOLATIONS))
    return composer.program()


def verdict(target: Target, program: Program, law: Law, seed: int, number: int) -> Verdict:
    """What a law says of a program, the same whenever it is asked. Raises TargetError."""
    return law.tried(target, program, Random(f"{seed}/{number}/{law.name}"))


def trials(target: Target, spec: MachineSpec, seed: int, numbers: Iterable[int]) -> Iterator[Trial]:
    """Program after program. Raises TargetError."""
    for number in numbers:
        program = program_of(spec, seed, number)
        for law in laws_of(number):
            found = verdict(target, program, law, seed, number)
            yield Trial(number, law, found.applies, found.difference)


def finding(target: Target, spec: MachineSpec, seed: int, trial: Trial, tries: int = TRIES) -> Finding:
    """Reduce a program that breaks a law. Raises TargetError."""
    number, law = trial.number, trial.law
    whole = program_of(spec, seed, number)

    def breaks(program: Program) -> bool:
        return verdict(target, program, law, seed, number).difference is not None

    small = reduce(whole, breaks, tries)
    found = verdict(target, small, law, seed, number)
    if found.difference is None or found.twin is None:
        raise TargetError(f"program {number} broke a law once, and not when it was run again: the target is not steady")
    return Finding(number, law, small, found.twin, found.difference, whole.ops)
