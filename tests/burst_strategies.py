"""Random straight-line programs of the tensor face, as Hypothesis strategies: most ops sample what others made.

A program is a list of (cycle, op). Ops read rows and immediates only, so that its faults do not depend on data.
"""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from asm.check.bursts import EXITS, Group, burst_of, hops
from conform.build import op
from isa import codec
from isa.codec import Op
from isa.legal import WEST_PLANES, absent, why_illegal
from isa.machine import LPU_TINY, MachineSpec
from isa.places import STREAMS, V_REGISTERS, is_stream
from isa.row import READ, STREAM, VECTOR, WRITE, Operand, Row
from isa.table import TENSOR_ROWS

SPEC = LPU_TINY
LONGEST = 5  # elements of a round
MIXED = ("distribute", "permute", "gather", "scatter", "lmap", "link")  # depend on maps, or fault in any case

Timed = tuple[int, Op]


class Made(NamedTuple):
    """A result that ops may sample: it leaves `position` from cycle `leaves` on, an element every `d` cycles."""

    group: Group
    position: int
    leaves: int
    n: int
    d: int


def _usable(row: Row) -> bool:
    """One of a few types, without scalar registers, and with nothing that depends on data."""
    if row.semantics in MIXED or "ra" in row.format.names or row.type2:
        return False
    return row.units.name != "V" or row.type in ("i8", "i16", "i32")


ROWS = [row for row in TENSOR_ROWS if _usable(row)]
SOURCES = [row for row in ROWS if not burst_of(SPEC, row, codec.make(row).values).samples]
FAMILIES = sorted({row.semantics for row in ROWS})
BY_FAMILY = {name: [row for row in ROWS if row.semantics == name] for name in FAMILIES}


@st.composite
def burst_programs(draw: st.DrawFn) -> list[Timed]:
    """Ops with their cycles, in order of time, no two of a cycle on one unit."""
    timed: list[Timed] = []
    made: list[Made] = []
    for _ in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(["use"] * 6 + ["source", "source", "product"])) if made else "source"
        drawn = draw({"use": _uses(made), "source": _sources(), "product": _products()}[kind])
        timed += drawn
        made += [result for pair in drawn for result in _results(*pair)]
    return _without_doubles(sorted(timed, key=lambda pair: pair[0]))


def _results(cycle: int, one: Op) -> list[Made]:
    burst = burst_of(SPEC, one.row, one.values)
    n, d = burst.fields.get("n", 1), burst.fields.get("d", 1)
    return [Made(group, burst.position, cycle + burst.latency, n, d) for group in burst.results]


def _without_doubles(timed: list[Timed]) -> list[Timed]:
    taken: set[tuple[int, int]] = set()
    kept = []
    for cycle, one in timed:
        units = {(cycle, unit) for unit in one.claims}
        if not units & taken:
            taken |= units
            kept.append((cycle, one))
    return kept


@st.composite
def _sources(draw: st.DrawFn) -> list[Timed]:
    """A read, a move of an immediate or an installation, at some cycle."""
    row = draw(st.sampled_from(SOURCES))
    return _legal(draw(st.integers(0, 12)), row, draw(_fields(row)))


@st.composite
def _products(draw: st.DrawFn) -> list[Timed]:
    """Weights read, loaded and installed in plane 0, and activations for them; now and then too early."""
    start, n = draw(st.integers(6, 20)), draw(st.integers(1, 2))
    slices = ((68, 6), (64, 5), (0, 3), (4, 2))  # with their positions, from which all meet at the plane
    reads = [
        (start - position, op("read.4 stream, slice[row]", stream=32 + 4 * k, slice=number, n=n))
        for k, (number, position) in enumerate(slices)
    ]
    load = op(f"lw.{draw(st.sampled_from(['i8', 'i8', 'i4', 'f16']))} plane, stream", plane=0, stream=32, n=n)
    install = start + 2 + n + draw(st.sampled_from([0, 0, 0, -1]))
    multiply = op(f"abc.{draw(st.sampled_from(['i8', 'i8', 'u8', 'f16']))} plane, stream", plane=0, stream=48, n=n)
    vector = op("read.2 stream, slice[row]", stream=48, slice=0, row=8, n=n, d=multiply["d"])
    begin = install + draw(st.sampled_from([1, 1, 1, 0, 3]))
    return [*reads, (start + 2, load), (install, op("iw plane", plane=0)), (begin - 5, vector), (begin, multiply)]


@st.composite
def _uses(draw: st.DrawFn, made: list[Made]) -> list[Timed]:
    """An op that samples a result, mostly when it arrives and for as long."""
    result = draw(st.sampled_from(made))
    row = draw(st.sampled_from(BY_FAMILY[draw(st.sampled_from(FAMILIES))]))
    fields, number = draw(_fields(row)), result.group.first
    for operand in row.operands:
        fits = operand.kind == VECTOR or (operand.kind == STREAM and is_stream(number))
        if operand.role == READ and fits and number < EXITS:
            fields[operand.fields[0]] = number
    if "n" in fields and draw(st.integers(0, 5)):
        fields |= {"n": result.n, "d": max(result.d, row.interval), "m": 1, "e": 0, "stride2": 0}
    if number >= EXITS:
        fields["plane"] = number - EXITS
    late = draw(st.sampled_from([0] * 12 + [1, -1]))
    return [pair for pair in _legal(late, row, fields) for pair in _meeting(result, *pair)]


def _meeting(result: Made, late: int, one: Op) -> list[Timed]:
    """The op in the cycle in which the result arrives, or later; nothing when it never does."""
    number = result.group.first
    distance = hops(number, result.position, burst_of(SPEC, one.row, one.values).position) if is_stream(number) else 0
    return [(max(0, result.leaves + distance + late), one)] if distance > 0 or not is_stream(number) else []


def _known(row: Row, fields: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in fields.items() if name in row.format.names}


def _legal(cycle: int, row: Row, fields: dict[str, int]) -> list[Timed]:
    """The op if the machine has it."""
    values = _known(row, fields)
    wrong = why_illegal(row, values) or absent(SPEC, row, values)
    return [] if wrong else [(cycle, codec.make(row, **values))]


@st.composite
def _fields(draw: st.DrawFn, row: Row) -> dict[str, int]:
    """Numbers for all fields: few streams, few slices, short bursts."""
    n, m = draw(st.integers(1, LONGEST)), draw(st.sampled_from([1, 1, 1, 2]))
    d = draw(st.integers(row.interval, row.interval + 1))
    fields = {name: draw(st.sampled_from(numbers)) for name, numbers in FEW.items() if name in row.format.names}
    fields |= {"n": n, "d": d, "m": m, "e": n * d + draw(st.integers(0, 2)) if m > 1 else 0}
    fields |= {"stride2": draw(st.integers(-1, 3)) if m > 1 else 0, "imm": 3, "u": fields.get("u", 0) % row.instances}
    for operand in row.operands:
        if operand.kind in (STREAM, VECTOR):
            fields[operand.fields[0]] = draw(_place(operand, fields))
    return fields


FEW = {
    "u": range(4),
    "slice": [0, 1, 4, 5, 64, 66, 68],
    "row": [1, 2, 20, 40, 60, 63, 100, 124],
    "stride": [1, 1, 1, 0, 2, -1],
    "plane": [0, 0, 1, 2],
    "acc": [0, 8, 8, 1020],
    "row0": [0, 0, 16],
    "hemi": [0, 1],
    "amount": range(4),
    "delay": range(4),
}


@st.composite
def _place(draw: st.DrawFn, operand: Operand, fields: dict[str, int]) -> int:
    """A group of streams, in the direction that a plane needs, or a v register."""
    if operand.kind == VECTOR and draw(st.integers(0, 2)) == 0:
        return V_REGISTERS + (fields["u"] if operand.role == WRITE else draw(st.integers(0, 3)))
    size = operand.width * operand.groups
    number = draw(st.sampled_from([0, 4, 8, 32, 36, 40])) // size * size
    west = (fields.get("plane", 0) < WEST_PLANES) == (operand.flow == "in")
    return number % STREAMS + STREAMS * west if operand.flow else number


def text_of(timed: list[Timed], machine: MachineSpec = SPEC) -> list[int]:
    """The text of a program: a bundle a cycle, waits between, `halt` at the end."""
    syllables: list[int] = []
    now = 0
    cycles = sorted({cycle for cycle, _ in timed})
    for cycle in cycles:
        if cycle > now:
            syllables += codec.encode_bundle([op("nop count", count=cycle - now)])
        syllables += codec.encode_bundle([one for at, one in timed if at == cycle])
        now = cycle + 1
    return syllables + codec.encode_bundle([op("halt [code]")])
