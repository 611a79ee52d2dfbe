"""The cases that are tried of each row: edges by edges and others, with several immediates, places, amounts, maps."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from conform.values.case import Case
from conform.values.operands import edges, one, sets
from conform.values.oracle import SUM, sources_of, takes_map, width_of, widths_of
from conform.values.switches import NO_LANE
from isa.machine import LANES_PER_SUPERLANE, MachineSpec
from isa.row import IMM, Row
from isa.tensor import TYPE_CODE
from isa.types import TYPES
from isa.units import PLANE, SXM, VXM

IMMEDIATES = 4
PLACES = ((0, 1), (0, 32), (31, 1), (3, 7), (16, 16), (28, 9))  # pos and len
VECTORS = 4
MASK = 0xFFFFFFFF
LEAST = 1 << 31  # of the signed integers
SIGNED_DIVISIONS = ("div", "rem")  # which overflow where that is divided by -1
NEAR = 6  # how far exponents of moderate floats are from that of 1
HOLES = 5  # one entry in so many of a map is none
SPECIALS = 40  # one number in so many is an edge
INTEGER_WEIGHTS = ("i4", "i8", "u8")


def cases(spec: MachineSpec, row: Row, rng: Random, count: int) -> Iterator[Case]:
    """Cases of a row that computes, of about so many elements each."""
    where = row.units.where
    if where == PLANE:
        yield from of_planes(spec, row, rng)
    elif where == SXM:
        yield from of_switches(spec, row, rng)
    else:
        choices = fields_of(row, rng)
        each = -(-count // len(choices))
        whole = min(-(-each // spec.lanes), spec.rows) * spec.lanes if where == VXM else each
        for fields in choices:
            yield Case(row, fields, tuple(elements(row, fields, rng, whole)))


def fields_of(row: Row, rng: Random) -> list[dict[str, int]]:
    """The fields of a row that are no places: immediates, or places of bits."""
    if "len" in row.format.names:
        return [{name: value for name, value in zip(("pos", "len"), each, strict=True) if name in row.format.names}
                for each in PLACES]  # fmt: skip
    immediate = next((each for each in sources_of(row) if each.kind == IMM), None)
    if immediate is None:
        return [{}]
    width = width_of(row, immediate)
    return [{"imm": divisor(row, rng.choice(edges(width)))} for _ in range(IMMEDIATES)]


def divisor(row: Row, word: int, dividend: int = LEAST) -> int:
    """A word that a dividend can be divided by where that is what it is for, else the word itself."""
    overflows = row.semantics in SIGNED_DIVISIONS and (dividend, word) == (LEAST, MASK)
    return 3 if "E-DIV" in row.faults and (word == 0 or overflows) else word


def elements(row: Row, fields: dict[str, int], rng: Random, count: int) -> Iterator[list[int]]:
    """The elements of each source; an immediate is the same everywhere."""
    drawn = sets(rng, [width_of(row, each) for each in sources_of(row) if each.kind != IMM] or [1], count)
    if "E-DIV" in row.faults and "imm" not in fields:
        drawn[1] = [divisor(row, b, a) for a, b in zip(*drawn, strict=True)]
    rest = iter(drawn)
    for each in sources_of(row):
        yield [fields["imm"]] * count if each.kind == IMM else next(rest)


# Switches ---------------------------------------------------------------------------------------
def of_switches(spec: MachineSpec, row: Row, rng: Random) -> Iterator[Case]:
    """A few vectors for each amount, span or map."""
    lanes = spec.lanes
    unit = lanes * sources_of(row)[0].groups
    widths = widths_of(row, {})
    for fields in switch_fields(spec, row):
        sources = [vectors(row, rng, width, unit) for width in widths]
        if takes_map(row):
            most = LANES_PER_SUPERLANE if row.semantics == "distribute" else lanes
            sources[-1] = [rng.randrange(most) if rng.randrange(HOLES) else NO_LANE for _ in range(lanes)]
        yield Case(row, fields, tuple(sources), unit)


def switch_fields(spec: MachineSpec, row: Row) -> list[dict[str, int]]:
    if "amount" in row.format.names:
        return [{"amount": amount} for amount in (0, 1, 15, 16, spec.lanes - 1, spec.lanes, spec.lanes + 7)]
    return [{"span": 0}, {"span": 1}] if "span" in row.format.names else [{}, {}]


def vectors(row: Row, rng: Random, width: int, unit: int) -> list[int]:
    """Vectors of anything; of floats that are combined half of them moderate, and with few edges."""
    if not row.type:
        return [one(rng, width) for _ in range(VECTORS * unit)]
    half = VECTORS // 2 * unit
    return [one(rng, width) for _ in range(half)] + [moderate(rng, row.type) for _ in range(half)]


def moderate(rng: Random, name: str) -> int:
    """The bits of a number of a type; of a float one not far from 1 in size."""
    t = TYPES[name]
    if t.kind != "f":
        return rng.getrandbits(t.bits)
    exponent = (1 << t.exponent - 1) - 1 + rng.randint(-NEAR, NEAR)
    fraction = rng.getrandbits(t.significand - 1) & rng.getrandbits(t.significand - 1)
    return rng.getrandbits(1) << t.bits - 1 | exponent << t.significand - 1 | fraction


# Planes -----------------------------------------------------------------------------------------
def of_planes(spec: MachineSpec, row: Row, rng: Random) -> Iterator[Case]:
    """Products with all types of weights, moderate and with edges; sums added to rows of anything."""
    if not row.type:
        for name in ("i8", "f16" if spec.has_plane(1) else "i8"):
            yield added(spec, row, rng, name)
        return
    floats = TYPES[row.type].kind == "f"
    for name in (row.type,) if floats else INTEGER_WEIGHTS:
        for rare in (0, SPECIALS):
            x = numbers(rng, row.type, VECTORS * spec.lanes, rare)
            weights = numbers(rng, name, spec.lanes**2, rare * spec.lanes)
            yield Case(row, {"weights": TYPE_CODE[name]}, (x, weights), spec.lanes)
    if floats:
        yield zeros(spec, row, rng)


def zeros(spec: MachineSpec, row: Row, rng: Random) -> Case:
    """Products that are zeros, all of them negative in every other row and column."""
    sign = 1 << TYPES[row.type].bits - 1
    x = [sign * (vector % 2) for vector in range(VECTORS) for _ in range(spec.lanes)]
    drawn = numbers(rng, row.type, spec.lanes**2, 0)
    weights = [bits & ~sign if k % 2 else bits for k, bits in enumerate(drawn)]
    return Case(row, {"weights": TYPE_CODE[row.type]}, (x, weights), spec.lanes)


def added(spec: MachineSpec, row: Row, rng: Random, name: str) -> Case:
    """Sums of products of a type, and what they are added to."""
    from isa.index import BY_KEY

    product = BY_KEY[f"abc.{name} plane, stream"]
    x, weights = numbers(rng, name, VECTORS * spec.lanes, 0), numbers(rng, name, spec.lanes**2, 0)
    fields = {"weights": TYPE_CODE[name]}
    sums = Case(product, fields, (x, weights), spec.lanes).expected()
    rows = [one(rng, TYPES[SUM].planes) for _ in sums]
    return Case(row, fields | {"floats": int(TYPES[name].kind == "f")}, (rows, sums), spec.lanes, (x, weights))


def numbers(rng: Random, name: str, count: int, rare: int) -> list[int]:
    """Moderate numbers of a type, one in `rare` an edge."""
    width, mask = TYPES[name].planes, (1 << TYPES[name].bits) - 1
    found = [moderate(rng, name) for _ in range(count)]
    for _ in range(count // rare if rare else 0):
        found[rng.randrange(count)] = rng.choice(edges(width)) & mask
    return found
