"""Programs that compute results of one op from operands in memory and compare them with what must come out.

Operands come in numbers for bits, one list for each source; the expected results lie in memory as well, so a program
needs nothing but to run: it halts, or faults with E-ASSERT at the first word that is another.
"""

from __future__ import annotations

from collections.abc import Sequence

from conform.build import op
from conform.program import Bundle, Chunk, Program
from isa import codec
from isa.codec import Op
from isa.machine import BYTES_PER_WORD, EAST, WEST, MachineSpec
from isa.places import WEST_FLOW
from isa.records import NamedTuple
from isa.row import READ, REG, VECTOR, WRITE, Row
from isa.units import HEMISPHERE_SLICES

Numbers = Sequence[int]
HALT = (op("halt [code]"),)
READ_CYCLES = 2
LOAD_CYCLES = 4
EXPECTED, OBSERVED, INDEX = 8, 12, 4  # registers: of words a load's latency apart, and what counts them


class Place(NamedTuple):
    """Where a list of elements lies: the first slice, and the first stream that brings it to the VXM."""

    hemisphere: int
    first: int
    stream: int


SOURCES = (Place(WEST, 0, 0), Place(EAST, 0, WEST_FLOW), Place(EAST, 4, WEST_FLOW + 4))
RESULT = Place(WEST, 4, WEST_FLOW + 8)  # expected in bank 0, observed in bank 1
REGISTERS = {"ra": 1, "rb": 2, "rc": 3, "rd": 5}
SLICES = {"ra": 0, "rb": 2, "rc": 4, "rd": 6}  # of the west, where words of the scalar face begin; rd: the expected


def sources_of(row: Row) -> list[str]:
    """The fields of a row that are read, in the order they are written."""
    return [each.fields[0] for each in row.operands if each.role == READ and each.kind in (REG, VECTOR)]


def padded(operands: Sequence[Numbers], results: Numbers, lanes: int) -> tuple[list[Numbers], Numbers]:
    """Operands and results with the last ones repeated, up to whole vectors."""
    missing = -len(results) % lanes
    return [[*each, *[each[-1]] * missing] for each in operands], [*results, *[results[-1]] * missing]


def program(spec: MachineSpec, row: Row, operands: Sequence[Numbers], results: Numbers) -> Program:
    """The program for a row of the vector ALUs or of the scalar face."""
    return (vector_program if row.tensor else scalar_program)(spec, row, operands, results)


# Vector ALUs --------------------------------------------------------------------------------------
def widths_of(row: Row) -> tuple[list[int], int]:
    """Bytes of each source's elements, and of the result's."""
    read = [each.width for each in row.operands if each.kind == VECTOR and each.role == READ]
    [written] = [each.width for each in row.operands if each.kind == VECTOR and each.role == WRITE]
    return read, written


def vector_program(spec: MachineSpec, row: Row, operands: Sequence[Numbers], results: Numbers) -> Program:
    """Elements flow from the slices of the operands through ALU 0 to those of the result, and are compared there."""
    widths, width = widths_of(row)
    rows = len(results) // spec.lanes
    places = SOURCES[: len(widths)]
    memory = [chunk for given in zip(places, operands, widths, strict=True) for chunk in planes(spec, *given)]
    bundles = at_their_cycles(flowing(spec, row, dict(zip(places, widths, strict=True)), width, rows), rows)
    for k in range(width):
        expected, observed = (spec.word_address(RESULT.hemisphere, RESULT.first + k, bank, 0) for bank in range(2))
        compare(bundles, expected, observed, rows * spec.words_per_row)
    return Program(spec, (*bundles, HALT), (*memory, *planes(spec, RESULT, results, width)))


def flowing(spec: MachineSpec, row: Row, places: dict[Place, int], width: int, rows: int) -> dict[int, list[Op]]:
    """Reads, the op and the write by cycle, each when its elements are at its place; `places` with their widths."""
    issue = READ_CYCLES + max(distance(spec, place) for place in places)
    timed: dict[int, list[Op]] = {}
    for place, size in places.items():
        read = transfer("read", "stream, slice[row]", place, size, row=0, n=rows)
        timed.setdefault(issue - READ_CYCLES - distance(spec, place), []).append(read)
    fields = dict(zip(sources_of(row), (place.stream for place in places), strict=True))
    timed[issue] = [codec.make(row, u=0, dst=RESULT.stream, n=rows, **fields)]
    write = transfer("write", "slice[row], stream", RESULT, width, row=spec.rows, n=rows)
    timed[issue + row.latency + distance(spec, RESULT)] = [write]
    return timed


def distance(spec: MachineSpec, place: Place) -> int:
    """Hops between a slice and the VXM."""
    return abs(spec.slice_position(place.hemisphere, place.first) - spec.vxm_position)


def transfer(verb: str, form: str, place: Place, width: int, **fields: int) -> Op:
    """A `read` or `write` at a place."""
    suffix = f".{width}" if width > 1 else ""
    slice_ = place.hemisphere * HEMISPHERE_SLICES + place.first
    return op(f"{verb}{suffix} {form}", stream=place.stream, slice=slice_, **fields)


def at_their_cycles(timed: dict[int, list[Op]], rows: int) -> list[Bundle]:
    """Bundles that issue in their cycles, with waits between them, and one until the last burst has ended."""
    bundles: list[Bundle] = []
    now = 0
    for cycle in sorted(timed):
        bundles += [wait(cycle - now)] if cycle > now else []
        bundles.append(tuple(timed[cycle]))
        now = cycle + 1
    return [*bundles, wait(rows)]


def wait(cycles: int) -> Bundle:
    return (op("nop count", count=cycles),)


def planes(spec: MachineSpec, place: Place, numbers: Numbers, width: int) -> list[Chunk]:
    """Elements a lane each, row after row, byte k of each in the k-th slice."""
    starts = [spec.word_address(place.hemisphere, place.first + k, 0, 0) for k in range(width)]
    return [
        Chunk(BYTES_PER_WORD * start, bytes(bits >> 8 * k & 0xFF for bits in numbers))
        for k, start in enumerate(starts)
    ]  # fmt: skip


def compare(bundles: list[Bundle], expected: int, observed: int, words: int) -> None:
    """Add bundles that compare so many words: one each cycle, those loaded a round before; at first zeros."""
    bundles.append((op("mov rd, imm", rd=INDEX, imm=0),))
    bundles.append((op("loop imm, target", imm=words // LOAD_CYCLES, target=len(bundles) + 1 + LOAD_CYCLES),))
    step = op("add rd, ra, imm", u=1, rd=INDEX, ra=INDEX, imm=LOAD_CYCLES)
    for k in range(LOAD_CYCLES):
        loads = [
            op("ld rt, [disp + rb]", u=unit, rt=register + k, disp=start + k, rb=INDEX)
            for unit, (register, start) in enumerate(((EXPECTED, expected), (OBSERVED, observed)))
        ]
        bundles.append((check(k), *loads, *[step] * (k == LOAD_CYCLES - 1)))
    bundles += [wait(LOAD_CYCLES - 1), *((check(k),) for k in range(LOAD_CYCLES))]


def check(k: int) -> Op:
    return op("assert ra, rb", u=0, ra=EXPECTED + k, rb=OBSERVED + k)


# Scalar face --------------------------------------------------------------------------------------
def scalar_program(spec: MachineSpec, row: Row, operands: Sequence[Numbers], results: Numbers) -> Program:
    """A loop over words: load, compute, compare."""
    read = dict(zip(sources_of(row), operands, strict=True))
    memory = [Chunk(BYTES_PER_WORD * start_of(spec, field), in_words(each)) for field, each in read.items()]
    memory.append(Chunk(BYTES_PER_WORD * start_of(spec, "rd"), in_words(results)))
    loads = [load(spec, field, REGISTERS[field]) for field in read] + [load(spec, "rd", EXPECTED)]
    computed = codec.make(row, **{field: REGISTERS[field] for field in (*read, "rd")})
    step = op("add rd, ra, imm", u=1, rd=INDEX, ra=INDEX, imm=1)
    body = [*((one,) for one in loads), wait(LOAD_CYCLES - 1), (computed,), wait(row.latency),
            (op("assert ra, rb", u=0, ra=EXPECTED, rb=REGISTERS["rd"]), step)]  # fmt: skip
    loop = (op("loop imm, target", imm=len(results), target=1 + len(body)),)
    return Program(spec, (loop, *body, HALT), tuple(memory))


def cycles_of_a_word(row: Row) -> int:
    """How long a round of that loop takes: the comparison of word k is in cycle (k + 1) times that."""
    return len(sources_of(row)) + 1 + LOAD_CYCLES - 1 + 1 + row.latency + 1


def start_of(spec: MachineSpec, field: str) -> int:
    """The first word of what a register is loaded from."""
    return spec.word_address(WEST, SLICES[field], 0, 0)


def load(spec: MachineSpec, field: str, register: int) -> Op:
    return op("ld rt, [disp + rb]", u=0, rt=register, disp=start_of(spec, field), rb=INDEX)


def in_words(numbers: Numbers) -> bytes:
    return b"".join(bits.to_bytes(BYTES_PER_WORD, "little") for bits in numbers)
