"""Random programs for your own tests: as Hypothesis strategies that shrink, or from a seed.

A program is legal by construction in time and space, or breaks exactly one rule in a cycle told beforehand. Everything
is derived from the table of instructions; `Mix` says what there is how much of.
"""

from __future__ import annotations

from random import Random

from hypothesis import assume
from hypothesis import strategies as st

from conform import operations
from conform.breaking import VIOLATIONS
from conform.causes import CAUSES, causes_of, plant
from conform.compose import Composer, fork
from conform.contents import any_access, memory_for
from conform.mix import Mix, MixError
from conform.program import Chunk, Program
from conform.scalar_plan import scalar_op
from conform.tensor_ops import any_op
from conform.tensor_wild import any_machine
from isa.codec import Op
from isa.legal import absent
from isa.machine import LPU_TINY, MachineSpec
from isa.records import NamedTuple
from isa.row import BURST_FIELDS, Operand, Row
from isa.table import ROWS

__all__ = [
    "CAUSES", "VIOLATIONS", "Mix", "MixError", "Violation", "bundles", "bursts", "machines", "memory", "operands",
    "ops", "programs", "sample", "sample_violation", "violations",
]  # fmt: skip

PATIENCE = 50  # programs tried until one has a place for a fault
DRAWN_PATIENCE = 8  # the same where Hypothesis draws, which draws again rather than for long
DEFAULT = Mix()
BRIEF = Mix(items=(1, 4), length=(4, 16))  # what Hypothesis draws when it is told nothing: it shrinks the better


class Violation(NamedTuple):
    """A program that breaks one rule: the code of the fault, the cycle in which it must come, and why (of CAUSES)."""

    program: Program
    code: str
    cycle: int
    cause: str = ""


# From a seed ----------------------------------------------------------------------------------
def sample(rng: Random, spec: MachineSpec = LPU_TINY, mix: Mix = DEFAULT, violation: str | None = None) -> Program:
    """A program: a legal one, or with one violation. Raises ValueError for a code that no program can reach."""
    if violation:
        return sample_violation(rng, spec, mix, violation).program
    composer = Composer(rng, spec, mix)
    composer.fill()
    return composer.program()


def sample_violation(
    rng: Random, spec: MachineSpec = LPU_TINY, mix: Mix = DEFAULT, violation: str | None = None
) -> Violation:
    """A program with a violation of a code, or of any. Raises ValueError where the machine has no place for it."""
    check_code(violation)
    found = _sought(rng, spec, mix, violation, PATIENCE)
    if found is None:
        what = violation or "any violation"
        raise ValueError(f"no place for {what} was found on {spec.name} in {PATIENCE} programs")
    return found


def _sought(rng: Random, spec: MachineSpec, mix: Mix, violation: str | None, programs: int) -> Violation | None:
    """A violation in one of so many programs; None where none of them has a place for it."""
    for _ in range(programs):
        composer = Composer(rng, spec, mix)
        composer.fill()
        planted = plant(composer, violation or rng.choice(VIOLATIONS))
        if planted:
            return Violation(composer.program(), planted.code, planted.cycle, planted.cause)
    return None


def check_code(violation: str | None) -> None:
    """Raises ValueError for what is neither a code nor a cause."""
    if violation:
        causes_of(violation)


# Hypothesis -----------------------------------------------------------------------------------
class Drawn(Random):
    """A source of random numbers that Hypothesis draws, so that each choice shrinks to the first there is.

    Numbers are put together from bytes: Hypothesis draws wide ones near their ends.
    """

    def __init__(self, draw: st.DrawFn) -> None:
        super().__init__(0)
        self._draw = draw

    def random(self) -> float:
        return self.getrandbits(16) / (1 << 16)

    def getrandbits(self, k: int, /) -> int:
        drawn = [self._draw(st.integers(0, 255)) for _ in range((k + 7) // 8)]
        return int.from_bytes(drawn, "big") >> -k % 8

    def _randbelow(self, n: int) -> int:
        return self._draw(st.integers(0, n - 1)) if n <= 256 else self.getrandbits(n.bit_length() + 8) % n


def drawn(draw: st.DrawFn) -> Random:
    """What all that follows draws from."""
    return Drawn(draw)


@st.composite
def machines(draw: st.DrawFn) -> MachineSpec:
    """Machines with few of everything, odd ones among them."""
    return any_machine(drawn(draw))


def operands(row: Row, operand: Operand | None = None) -> st.SearchStrategy[dict[str, int]]:
    """Values for the fields of an operand of a row, or of all: any that the encoding has, its edges likely."""
    fields = operand.fields if operand else row.format.names
    return ops(row=row).map(lambda op: {name: op[name] for name in fields})


@st.composite
def ops(draw: st.DrawFn, spec: MachineSpec | None = None, row: Row | None = None) -> Op:
    """Ops of a row, or of any: with `spec` such that mostly make sense on that machine, without it any there are."""
    row = row or draw(st.sampled_from(ROWS))
    if spec is None or row.control:
        return draw(operations.ops_of(row))
    make = any_op if row.tensor else scalar_op
    return make(drawn(draw), spec, row)


def bursts(spec: MachineSpec) -> st.SearchStrategy[Op]:
    """Tensor ops of one element or many, on units that the machine has."""
    rows = [row for row in ROWS if row.tensor and set(BURST_FIELDS) & set(row.format.names)]
    rows = [row for row in rows if spec.mxm_planes or "plane" not in row.format.names]
    return st.sampled_from(rows).flatmap(lambda row: ops(spec, row)).filter(lambda op: stands(spec, op))


def stands(spec: MachineSpec, op: Op) -> bool:
    """Whether the machine has the units and streams of an op."""
    return not (op.row.tensor and absent(spec, op.row, op.fields))


@st.composite
def bundles(draw: st.DrawFn, spec: MachineSpec, mix: Mix = DEFAULT) -> tuple[Op, ...]:
    """Ops that may stand in one bundle: no unit is claimed twice, and no register written twice."""
    rng = drawn(draw)
    found: list[Op] = []
    for _ in range(rng.randint(1, 6)):
        row = mix.draw(rng, spec)
        op = (any_op if row.tensor else scalar_op)(rng, spec, row)
        if stands(spec, op) and not any(collide(op, other) for other in found):
            found.append(op)
    return tuple(found) or draw(bundles(spec, mix))


def collide(a: Op, b: Op) -> bool:
    """Whether two ops claim one unit or write one register."""
    targets = [one[one.row.write] if one.row.write else -1 - one.row.writes_cc for one in (a, b)]
    return not set(a.claims).isdisjoint(b.claims) or (targets[0] == targets[1] != -1)


@st.composite
def memory(draw: st.DrawFn, spec: MachineSpec, most: int = 8) -> tuple[Chunk, ...]:
    """Contents of up to so many rows, with the edges of all types among their elements."""
    rng = fork(drawn(draw))
    accesses = [any_access(rng, spec) for _ in range(rng.randint(0, most))]
    return memory_for(rng, spec, accesses, 0, None)


@st.composite
def programs(
    draw: st.DrawFn, spec: MachineSpec | None = None, mix: Mix = BRIEF, violation: str | None = None
) -> Program:
    """Programs for a machine, or for any: legal ones, or with one violation of a code."""
    if violation:
        return draw(violations(spec, mix, violation)).program
    return sample(drawn(draw), spec or draw(machines()), mix)


@st.composite
def violations(
    draw: st.DrawFn, spec: MachineSpec | None = None, mix: Mix = BRIEF, violation: str | None = None
) -> Violation:
    """Programs that break one rule, of a code or of any, with the fault told."""
    check_code(violation)
    found = _sought(drawn(draw), spec or draw(machines()), mix, violation, DRAWN_PATIENCE)
    assume(found is not None)
    assert found is not None
    return found
