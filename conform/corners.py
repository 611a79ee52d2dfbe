"""Programs of arithmetic at its corners: bundles in which all units compute, on operands at the edges of their types.

Programs of the composer have few ops, whose operands come from memory or from other ops. Here no op needs another: the
registers are given their values, the vector ALUs take them as broadcast operands, each result has its place.
"""

from __future__ import annotations

from functools import cache
from random import Random

from conform.build import op as make
from conform.mix import Mix
from conform.program import Bundle, Program
from conform.tensor_ops import WORDS, any_op, families
from conform.tensor_supply import once
from isa import codec
from isa.codec import Op
from isa.machine import MachineSpec
from isa.places import SCALARS, V_REGISTERS
from isa.row import IMM, READ, VECTOR, Row
from isa.table import SCALAR_ROWS
from isa.types import TYPES
from isa.units import CLASSES

MASK = 0xFFFFFFFF
ROUNDS = 3
SOURCES = range(6)  # registers that hold operands: two bundles of three moves give them their values
RESULTS = range(len(SOURCES), 32)
MOVERS = 3  # units that take a move
DIVISOR = 3  # what one source holds, so that there is something to divide by
COMPUTING = "AMF"
VECTORS = CLASSES["V"]
DIVISION = "E-DIV"


# Values ---------------------------------------------------------------------------------------
def corner(rng: Random) -> int:
    """A word that is an edge of some type, or looks like one."""
    return rng.choice(KINDS)(rng)


def edge(rng: Random) -> int:
    return rng.choice(WORDS)


def small(rng: Random) -> int:
    """A small number of either sign: shift amounts, positions, nibbles."""
    return rng.randint(-40, 40) & MASK


def near_power(rng: Random) -> int:
    """A power of two, or next to one, or two of them together."""
    return ((1 << rng.randrange(33)) + rng.choice((-1, 0, 1, 1 << rng.randrange(32)))) & MASK


def f32_pattern(rng: Random) -> int:
    """Any exponent, and a fraction of few bits or of many."""
    return rng.randrange(2) << 31 | rng.randrange(256) << 23 | fraction(rng, 23)


def near_one(rng: Random) -> int:
    """An f32 of middling size with all its digits, so that results must be rounded, or one between two integers."""
    return rng.randrange(2) << 31 | rng.randint(122, 150) << 23 | fraction(rng, 23)


def halves(rng: Random) -> int:
    """Two 16-bit floats of one of the types; the low one is what scalar ops read."""
    bits = rng.choice((10, 7))
    return sum((rng.getrandbits(16 - bits) << bits | fraction(rng, bits)) << shift for shift in (0, 16))


def fraction(rng: Random, bits: int) -> int:
    """None set, all, one, those above one or below, or any."""
    low = (1 << rng.randrange(bits + 1)) - 1
    all_set = (1 << bits) - 1
    return rng.choice((0, all_set, low, all_set - low, low + 1 & all_set, rng.getrandbits(bits), rng.getrandbits(bits)))


KINDS = (edge, small, near_power, f32_pattern, near_one, halves)


# Programs -------------------------------------------------------------------------------------
def corner_program(rng: Random, spec: MachineSpec, traps: bool = False, mix: Mix | None = None) -> Program:
    """A program each round of which gives the sources values and computes with all units; it halts.

    Or it ends with a trap in its last bundle, with results still in flight; each bundle takes a cycle. Families of
    vector ops are drawn alike, or with the weights of a mix.
    """
    results = iter(RESULTS)
    bundles: list[Bundle] = []
    for number in range(ROUNDS):
        values = [*(corner(rng) for _ in SOURCES[1:]), DIVISOR]
        bundles += moves(values)
        ops = [scalar(rng, rows, u, next(results), values) for rows, u in scalar_units()]
        ops += [vector(rng, spec, u, mix) for u in range(spec.vxm_alus) if u % ROUNDS == number]
        bundles.append(tuple(ops))
    return Program(spec, (*bundles, (make("trap [code]" if traps else "halt [code]", code=0),)))


def moves(values: list[int]) -> list[Bundle]:
    """Bundles that give the sources their values."""
    ops = [make("mov rd, imm", u=k % MOVERS, rd=k, imm=value) for k, value in enumerate(values)]
    return [tuple(ops[first : first + MOVERS]) for first in range(0, len(ops), MOVERS)]


@cache
def scalar_units() -> list[tuple[list[list[Row]], int]]:
    """The units that compute on registers: the rows of each, those of one mnemonic together, and its number."""
    found = []
    for name in COMPUTING:
        for u in range(len(CLASSES[name].names)):
            kept = [row for row in SCALAR_ROWS if row.units.name == name and u < row.instances and not row.control]
            by_name: dict[str, list[Row]] = {}
            for row in kept:
                if row.write and not set(row.faults) - {DIVISION}:
                    by_name.setdefault(row.mnemonic, []).append(row)
            found.append((list(by_name.values()), u))
    return found


def scalar(rng: Random, rows: list[list[Row]], u: int, result: int, values: list[int]) -> Op:
    """An op on a unit, into a register of its own; one that divides neither by 0 nor by -1."""
    row = rng.choice(rng.choice(rows))
    fields = {field.name: rng.randint(field.low, field.high) for field in row.format.fields}
    given = {"u": u, "imm": corner(rng), row.write: result} | {name: rng.choice(SOURCES) for name in row.reads}
    fields |= {name: value for name, value in given.items() if name in fields}
    if DIVISION in row.faults:
        fields |= divisor(rng, row, values)
    return codec.make(row, **fields)


def divisor(rng: Random, row: Row, values: list[int]) -> dict[str, int]:
    """The field of a divisor that is neither 0 nor -1."""
    if "imm" in row.format.names:
        return {"imm": rng.randrange(1, MASK)}
    return {"rb": rng.choice([number for number, value in enumerate(values) if 0 < value < MASK])}


def vector(rng: Random, spec: MachineSpec, u: int, mix: Mix | None) -> Op:
    """An op on a vector ALU, into its register, all of whose operands are broadcast."""
    row = mix.draw_of(rng, VECTORS.name) if mix else rng.choice(rng.choice(families()[VECTORS.name]))
    op = once(any_op(rng, spec, row)).with_field("u", u)
    for operand in row.operands:
        if operand.kind == VECTOR:
            place = SCALARS + rng.choice(SOURCES) if operand.role == READ else V_REGISTERS + u
            op = op.with_field(operand.fields[0], place)
        elif operand.kind == IMM:
            op = op.with_field("imm", corner(rng) & (1 << TYPES[operand.type].bits) - 1)
    return op
