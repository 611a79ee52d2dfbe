"""Programs that ask for values of vector ALUs, switches and planes: rows of operands, burst after burst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from conform.build import op as make
from conform.program import Program
from conform.target import Target
from conform.values.bench import EAST_SLICES, WEST_FLOW, Bench, Rows, run
from conform.values.case import Case
from conform.values.oracle import SUM, WEIGHTS, result_width, sources_of, takes_map, width_of
from isa import codec
from isa.codec import Op
from isa.index import BY_KEY
from isa.machine import SLICES_PER_QUAD, MachineSpec
from isa.records import NamedTuple
from isa.row import IMM, STREAM, WRITE, Row
from isa.tensor import LOAD_STREAMS
from isa.types import TYPES

RESULTS = 8  # the first of the streams of results
MAP, MAP_AHEAD = 3, 5  # a map register, and the cycles by which it is loaded before it is used
NIBBLE = 4
WORD = TYPES[SUM].planes
Source: TypeAlias = tuple[Rows, Sequence[int]]


class Asked(NamedTuple):
    """A program, and where its results will be: rows of streams, one after the other."""

    program: Program
    bench: Bench
    rows: list[Rows]
    vectors: int

    def answer(self, target: Target) -> list[int]:
        """The bits of all results, vector by vector, each stream by stream. Raises TargetError, Ended."""
        run(target, self.program)
        lanes = self.bench.spec.lanes
        found = [self.bench.fetch(target, rows, self.vectors * lanes) for rows in self.rows]
        return [bits for j in range(self.vectors) for stream in found for bits in stream[j * lanes : (j + 1) * lanes]]


def moved(bench: Bench, op: Op, sources: Sequence[Source], results: list[Rows], vectors: int) -> Asked:
    """An op with its sources brought and its results taken."""
    for rows, elements in sources:
        bench.store(rows, elements)
        bench.bring(bench.zero, op, rows, n=vectors)
    bench.put(bench.zero, op)
    for rows in results:
        bench.take(bench.zero, op, rows, n=vectors)
    return Asked(bench.program(), bench, results, vectors)


# Vector ALUs ------------------------------------------------------------------------------------
def on_alu(spec: MachineSpec, case: Case) -> Asked:
    """Sources from the west and the east, results to the outermost quad but one in the east."""
    bench, row, vectors = Bench(spec), case.row, len(case.sources[0]) // spec.lanes
    places = ((0, 0), (SLICES_PER_QUAD, SLICES_PER_QUAD), (EAST_SLICES, WEST_FLOW))
    read = [(each, bits) for each, bits in zip(sources_of(row), case.sources, strict=True) if each.kind != IMM]
    sources = [
        (Rows(first, stream, width_of(row, each), 0), bits)
        for (each, bits), (first, stream) in zip(read, places, strict=False)
    ]
    streams = {each.fields[0]: rows.stream for (each, _), (rows, _) in zip(read, sources, strict=True)}
    unit = row.id % min(row.instances, spec.vxm_alus)
    op = codec.make(row, u=unit, dst=RESULTS, n=vectors, **streams, **case.fields)
    results = [Rows(EAST_SLICES + SLICES_PER_QUAD, RESULTS, result_width(row), 0)]
    return moved(bench, op, sources, results, vectors)


# Switches ---------------------------------------------------------------------------------------
def on_switch(spec: MachineSpec, case: Case) -> Asked:
    """Sources from everywhere to the switch in the west, results the other way."""
    bench, row = Bench(spec), case.row
    target = next(each for each in row.operands if each.role == WRITE)
    values = {"hemi": 0, "stream": 0 if target.groups > 1 else RESULTS, "number": MAP, "n": case.vectors}
    read = [each for each in sources_of(row) if each.kind == STREAM]
    values |= {each.fields[0]: WEST_FLOW + k * each.width for k, each in enumerate(read)}
    op = codec.make(row, **{name: values[name] for name in values if name in row.format.names}, **case.fields)
    sources = [
        (Rows(place + k * SLICES_PER_QUAD, values[each.fields[0]] + group, each.width, 0),
         stream_of(case.sources[k], group, each.groups, spec.lanes))
        for k, each in enumerate(read)
        for group, place in enumerate(slices(each.groups))
    ]  # fmt: skip
    places = [EAST_SLICES] if target.groups == 1 else slices(target.groups)
    results = [Rows(place, op["stream"] + k, target.width, case.vectors) for k, place in enumerate(places)]
    if takes_map(row):
        load_map(bench, case.sources[-1], case.vectors)
    return moved(bench, op, sources, results, case.vectors)


def slices(groups: int) -> list[int]:
    """The first slices for so many single streams: those of the west, then of the east."""
    half = (groups + 1) // 2
    return [*range(half), *(EAST_SLICES + k for k in range(groups - half))]


def stream_of(elements: Sequence[int], group: int, groups: int, lanes: int) -> list[int]:
    """What one of several streams carries, of vectors that have them one after the other."""
    firsts = range(group * lanes, len(elements), groups * lanes)
    return [bits for first in firsts for bits in elements[first : first + lanes]]


def load_map(bench: Bench, entries: Sequence[int], row: int) -> None:
    """Load the map register that is used, from a row that holds nothing else."""
    rows = Rows(SLICES_PER_QUAD, WEST_FLOW + RESULTS, TYPES["u16"].planes, row)
    load = make("lmap hemi, number, from", hemi=0, number=MAP, **{"from": rows.stream})
    bench.store(rows, entries)
    bench.bring(bench.zero - MAP_AHEAD, load, rows)
    bench.put(bench.zero - MAP_AHEAD, load)


# Planes -----------------------------------------------------------------------------------------
def on_plane(spec: MachineSpec, case: Case) -> Asked:
    """Weights loaded and installed, activations through them, the sums emitted, or added to rows set before."""
    bench = Bench(spec)
    x, weights = case.given or case.sources
    name = WEIGHTS[case.fields["weights"]]
    activate = activation(case, name)
    vectors, used = len(x) // spec.lanes, load_weights(bench, name, weights)
    width, gap = TYPES[activate.row.type].planes, activate.row.interval
    start = bench.zero + used + 2
    activate = activate.with_field("n", vectors).with_field("d", gap).with_field("stream", WEST_FLOW)
    rows = Rows(0, WEST_FLOW, width, used)
    bench.store(rows, x)
    bench.bring(start, activate, rows, n=vectors, d=gap)
    bench.put(start, activate)
    if case.given:
        set_rows(bench, start, case.sources[0], vectors, gap)
    bench.put(start + activate.latency, taker(case).with_field("n", vectors).with_field("d", gap))
    emit, later = emitter(case), 0
    if emit.row is not taker(case).row:
        later = vectors * gap
        bench.put(start + activate.latency + later, emit.with_field("n", vectors).with_field("d", gap))
    results = Rows(EAST_SLICES, RESULTS, WORD, used + vectors)
    bench.take(start + activate.latency + later, emit, results, n=vectors, d=gap)
    return Asked(bench.program(), bench, [results], vectors)


def taker(case: Case) -> Op:
    """The op that takes sums at the exit: that of the case where it adds them, else one that emits them."""
    row = case.row if case.given else BY_KEY["acc.emit plane, stream"]
    return codec.make(row, **({"stream": RESULTS} if "stream" in row.format.names else {}))


def emitter(case: Case) -> Op:
    """The op that emits results: the one that takes sums, or one that reads the rows afterwards."""
    take = taker(case)
    return take if "stream" in take.row.format.names else make("accr plane, acc, stream", stream=RESULTS)


def activation(case: Case, name: str) -> Op:
    """The activations of a case; those that sums are added for are of the weights' type."""
    return make(f"abc.{name} plane, stream") if case.given else codec.make(case.row)


def load_weights(bench: Bench, name: str, weights: Sequence[int]) -> int:
    """Load and install weights [lanes][lanes]; gives the rows of memory they fill."""
    lanes = bench.spec.lanes
    streams = streams_of_weights(name, [weights[k * lanes : (k + 1) * lanes] for k in range(lanes)])
    count = len(streams[0]) // lanes
    load = make(f"lw.{name} plane, stream", stream=WEST_FLOW, n=count)
    for k, elements in enumerate(streams):
        rows = Rows(slices(LOAD_STREAMS)[k], WEST_FLOW + k, 1, 0)
        bench.store(rows, elements)
        bench.bring(bench.zero, load, rows, n=count)
    bench.put(bench.zero, load)
    bench.put(bench.zero + count, make("iw plane"))
    return count


def streams_of_weights(name: str, rows: list[Sequence[int]]) -> list[list[int]]:
    """The bytes that 16 streams carry, element after element, so that a plane gets these rows of weights."""
    lanes = len(rows[0])
    if TYPES[name].bits == NIBBLE:
        rows = [nibbles(low, high) for low, high in zip(rows[::2], rows[1::2], strict=True)]
    planes = [[weight >> 8 * k & 0xFF for weight in row] for row in rows for k in range(TYPES[name].planes)]
    planes += [[0] * lanes] * (-len(planes) % LOAD_STREAMS)
    return [[byte for plane in planes[k::LOAD_STREAMS] for byte in plane] for k in range(LOAD_STREAMS)]


def nibbles(low: Sequence[int], high: Sequence[int]) -> list[int]:
    return [a | b << NIBBLE for a, b in zip(low, high, strict=True)]


def set_rows(bench: Bench, start: int, elements: Sequence[int], vectors: int, gap: int) -> None:
    """Set accumulator rows before sums are added to them."""
    rows = Rows(SLICES_PER_QUAD, WEST_FLOW + RESULTS, WORD, bench.spec.rows - vectors)
    write = make("accw plane, acc, stream", stream=rows.stream, n=vectors, d=gap)
    bench.store(rows, elements)
    bench.bring(start, write, rows, n=vectors, d=gap)
    bench.put(start, write)


def is_here(spec: MachineSpec, row: Row) -> bool:
    """Whether a machine has what a row needs: planes, and both of a hemisphere for 16-bit types."""
    return "plane" not in row.format.names or (spec.mxm_planes > 0 and (row.claims == 1 or spec.has_plane(1)))
