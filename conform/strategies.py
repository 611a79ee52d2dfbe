"""Random programs for your own tests: as Hypothesis strategies that shrink, or from a seed.

A program is legal by construction in time and space, or breaks exactly one rule in a cycle told beforehand.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

from conform.breaking import VIOLATIONS
from conform.compose import Composer
from conform.mix import Mix
from conform.program import Program
from conform.tensor_wild import any_machine
from isa.faults import CODES
from isa.machine import LPU_TINY, MachineSpec

PATIENCE = 50  # programs tried until one has a place for a fault
DEFAULT = Mix()


class Violation(NamedTuple):
    """A program that breaks one rule: the code of the fault, and the cycle in which it must come."""

    program: Program
    code: str
    cycle: int


def sample(rng: Random, spec: MachineSpec = LPU_TINY, mix: Mix = DEFAULT, violation: str | None = None) -> Program:
    """A program: a legal one, or with one violation. Raises ValueError for a code that no program can reach."""
    return sample_violation(rng, spec, mix, violation).program if violation else legal(rng, spec, mix)


def legal(rng: Random, spec: MachineSpec, mix: Mix) -> Program:
    """A program that runs to its end."""
    composer = Composer(rng, spec, mix)
    composer.fill()
    return composer.program()


def sample_violation(
    rng: Random, spec: MachineSpec = LPU_TINY, mix: Mix = DEFAULT, violation: str | None = None
) -> Violation:
    """A program with a violation of a code, or of any. Raises ValueError where the machine has no place for it."""
    for _ in range(PATIENCE):
        code = violation or rng.choice(VIOLATIONS)
        check_code(code)
        composer = Composer(rng, spec, mix)
        composer.fill()
        told = composer.plant(code)
        if told:
            return Violation(composer.program(), CODES[told.code], told.cycle)
    raise ValueError(f"{violation}: no place for such a fault was found on {spec.name}")


def check_code(code: str) -> None:
    """Raises ValueError for a code that is none, or that no program can reach."""
    if code not in VIOLATIONS:
        raise ValueError(f"{code!r} is no fault that can be asked for; those are {', '.join(VIOLATIONS)}")


# Hypothesis -----------------------------------------------------------------------------------
@st.composite
def machines(draw: st.DrawFn) -> MachineSpec:
    """Machines with few of everything, odd ones among them."""
    return any_machine(draw(st.randoms(use_true_random=False)))


@st.composite
def programs(
    draw: st.DrawFn, spec: MachineSpec | None = None, mix: Mix = DEFAULT, violation: str | None = None
) -> Program:
    """Programs for a machine, or for any."""
    rng = draw(st.randoms(use_true_random=False))
    return sample(rng, spec or draw(machines()), mix, violation)
