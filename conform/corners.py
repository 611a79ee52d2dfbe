"""Programs of arithmetic at its corners: bundles in which all units compute, on operands at the edges of their types.

Programs of the composer have few ops, whose operands come from memory or from other ops. Here no op needs another: the
registers are given their values, the vector ALUs take them as broadcast operands, each result has its place.
"""

from __future__ import annotations

from functools import cache
from random import Random

from conform.build import op as make
from conform.mix import Mix
from conform.program import WAIT, Bundle, Program
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
SIGN = 1 << 31
JUST_LANDED = 3


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


def operands(rng: Random) -> list[int]:
    """Values for the sources: corners, half of them near kin of others; the last one can be divided by."""
    found = [corner(rng)]
    while len(found) < len(SOURCES) - 1:
        found.append(kin(rng, rng.choice(found)) if rng.randrange(2) else corner(rng))
    return [*found, DIVISOR]


def kin(rng: Random, value: int) -> int:
    """The same, the next, or that of the other sign."""
    return rng.choice((value, value ^ SIGN, value + 1, value - 1, -value, ~value)) & MASK


# Programs -------------------------------------------------------------------------------------
def corner_program(rng: Random, spec: MachineSpec, traps: bool = False, mix: Mix | None = None) -> Program:
    """A program each round of which gives the sources values and computes with all units; it halts.

    Or it ends with a trap in its last bundle, with results still in flight; each bundle takes a cycle. Families of
    vector ops are drawn alike, or with the weights of a mix.
    """
    made = Arithmetic(rng, spec, mix)
    for number in range(ROUNDS):
        made.round(number)
    return Program(spec, (*made.bundles, (make("trap [code]" if traps else "halt [code]", code=0),)))


class Arithmetic:
    """A program in the making: the values of the sources now, and the cycle in which each result lands."""

    def __init__(self, rng: Random, spec: MachineSpec, mix: Mix | None) -> None:
        self.rng, self.spec, self.mix = rng, spec, mix
        self.bundles: list[Bundle] = []
        self.values: list[int] = []
        self.landings: dict[int, int] = {}

    def round(self, number: int) -> None:
        """Give the sources values, perhaps wait for a cycle, and compute."""
        self.values = operands(self.rng)
        self.bundles += [*moves(self.values), *[(WAIT,)] * self.rng.randrange(2)]
        ready = self.readable(len(self.bundles))
        ops = [self.scalar(rows, u, ready) for rows, u in scalar_units()]
        ops += [self.vector(u, ready) for u in range(self.spec.vxm_alus) if u % ROUNDS == number]
        self.bundles.append(tuple(ops))

    def readable(self, now: int) -> list[int]:
        """The sources and what has landed; what lands in this very cycle is there several times."""
        landed = [register for register, landing in self.landings.items() if landing <= now]
        landing = [register for register in landed if self.landings[register] == now]
        return [*SOURCES, *landed, *landing * JUST_LANDED]

    def scalar(self, rows: list[list[Row]], u: int, ready: list[int]) -> Op:
        """An op on a unit, into a register of its own; one that divides neither by 0 nor by -1."""
        row, result = self.rng.choice(self.rng.choice(rows)), RESULTS[len(self.landings)]
        fields = {field.name: self.rng.randint(field.low, field.high) for field in row.format.fields}
        given = {name: self.rng.choice(ready) for name in row.reads}
        given |= {"u": u, "imm": corner(self.rng), row.write or "": result}
        fields |= {name: value for name, value in given.items() if name in fields}
        if DIVISION in row.faults:
            fields |= self.divisor(row)
        self.landings[result] = len(self.bundles) + row.latency
        return codec.make(row, **fields)

    def divisor(self, row: Row) -> dict[str, int]:
        """The field of a divisor that is neither 0 nor -1."""
        if "imm" in row.format.names:
            return {"imm": self.rng.randrange(1, MASK)}
        return {"rb": self.rng.choice([number for number, value in enumerate(self.values) if 0 < value < MASK])}

    def vector(self, u: int, ready: list[int]) -> Op:
        """An op on a vector ALU, into its register, all of whose operands are broadcast."""
        drawn = self.mix.draw_of(self.rng, VECTORS.name) if self.mix else None
        row = drawn or self.rng.choice(self.rng.choice(families()[VECTORS.name]))
        op = once(any_op(self.rng, self.spec, row)).with_field("u", u)
        for operand in row.operands:
            if operand.kind == VECTOR:
                place = SCALARS + self.rng.choice(ready) if operand.role == READ else V_REGISTERS + u
                op = op.with_field(operand.fields[0], place)
            elif operand.kind == IMM:
                op = op.with_field("imm", corner(self.rng) & (1 << TYPES[operand.type].bits) - 1)
        return op


def moves(values: list[int]) -> list[Bundle]:
    """Bundles that give the sources their values."""
    ops = [make("mov rd, imm", u=k % MOVERS, rd=k, imm=value) for k, value in enumerate(values)]
    return [tuple(ops[first : first + MOVERS]) for first in range(0, len(ops), MOVERS)]


@cache
def scalar_units() -> list[tuple[list[list[Row]], int]]:
    """The units that compute on registers: the rows of each, those of one mnemonic together, and its number.

    Only the last unit of a class writes the condition code, so that no two of a bundle do.
    """
    found = []
    for name in COMPUTING:
        last = len(CLASSES[name].names) - 1
        for u in range(last + 1):
            by_name: dict[str, list[Row]] = {}
            for row in SCALAR_ROWS:
                if row.units.name == name and u < row.instances and computes(row) and (row.write or u == last):
                    by_name.setdefault(row.mnemonic, []).append(row)
            found.append((list(by_name.values()), u))
    return found


def computes(row: Row) -> bool:
    """Whether a row has a result, and faults for nothing but a divisor."""
    return bool(row.write or row.writes_cc) and not row.control and not set(row.faults) - {DIVISION}
