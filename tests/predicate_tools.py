"""Random tests of watches and guards, and what elements in memory are, by NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from random import Random
from typing import Any

import numpy as np
from tensor_tools import LANES, ME, MW, SPEC, Ops, timeline

from conform.build import op, text
from isa import layout
from isa.codec import Op
from isa.machine import MachineSpec
from isa.types import TYPES
from vm.conditions import DIFFERS, INSIDE, NAN, OUTSIDE, Condition, Elements, Run
from vm.engine import Engine
from vm.stops import REGISTER, WRITE, Guard, Stops, Watch

REGISTER_TYPES = ("i32", "u32", "f32")
LIMITS = (0, 1, -1, 2, 100, 255, 1 << 31, -(1 << 31), 0.5, 1e-40, 65504, 3.0e38, inf, -inf)


def some_condition(rng: Random, dtypes: Sequence[str], kinds: Sequence[str] = (NAN, INSIDE, OUTSIDE)) -> Condition:
    dtype, kind = rng.choice(dtypes), rng.choice(kinds)
    if kind == NAN and TYPES[dtype].kind != "f":
        kind = INSIDE
    low, high = sorted((rng.choice(LIMITS), rng.choice(LIMITS)))
    return Condition(kind, dtype, low, high)


def some_elements(rng: Random, spec: MachineSpec, dtype: str) -> Elements:
    """Elements side by side, or in planes, in several runs; their order is not that of memory."""
    t = TYPES[dtype]
    slice_bytes = spec.banks * spec.rows * spec.lanes
    if rng.randrange(2):
        step, stride, starts = t.bits, 1, sorted(rng.sample(range(0, spec.sram_bytes, 4), rng.randrange(1, 9)))
        starts[0] = 0
        sizes = [8 * (stop - start) // step for start, stop in zip(starts, [*starts[1:], spec.sram_bytes], strict=True)]
    else:
        step, stride = 8, slice_bytes
        starts = [slice_ * slice_bytes for slice_ in range(0, spec.sram_bytes // slice_bytes, 4)]
        starts = [start + rng.randrange(5 - t.planes) * slice_bytes for start in starts]
        sizes = [slice_bytes] * len(starts)
    order, number, runs = rng.sample(range(len(starts)), len(starts)), 0, {}
    for k in order:
        half = rng.choice((0, 4)) if (t.bits, step) == (4, 8) else 0
        runs[k] = Run(number, 8 * starts[k] + half, max(1, sizes[k] - rng.randrange(3)))
        number += runs[k].size + rng.randrange(3)
    return Elements(step, stride, tuple(runs[k] for k in sorted(runs)))


def some_element_watch(rng: Random, spec: MachineSpec) -> Watch:
    dtype = rng.choice(list(TYPES))
    elements = some_elements(rng, spec, dtype)
    test = some_condition(rng, (dtype,), (NAN, INSIDE, OUTSIDE, DIFFERS))
    if test.kind == DIFFERS:
        count = max(run.number + run.size for run in elements.runs)
        size = -(-count * TYPES[dtype].bits // 8)
        test = test._replace(golden=rng.choice((bytes(size), bytes(size), rng.randbytes(size))))
    first = rng.choice((0, 0, rng.randrange(spec.sram_bytes)))
    return Watch(WRITE, first, spec.sram_bytes - 1, test=test, elements=elements)


def some_register_watch(rng: Random) -> Watch:
    first = rng.randrange(33)
    return Watch(REGISTER, first, rng.randrange(first, 33), test=some_condition(rng, REGISTER_TYPES))


def some_guard(rng: Random, length: int) -> Guard:
    test = rng.choice((None, some_condition(rng, REGISTER_TYPES), some_condition(rng, REGISTER_TYPES)))
    return Guard(rng.randrange(length), rng.randrange(33), test, rng.choice((0, 0, 1, 5)))


def some_tests(rng: Random, spec: MachineSpec, length: int) -> Stops:
    watches = [some_element_watch(rng, spec) for _ in range(rng.randrange(4))]
    watches += [some_register_watch(rng) for _ in range(rng.randrange(3))]
    rng.shuffle(watches)
    guards = tuple(some_guard(rng, length) for _ in range(rng.randrange(4))) if length else ()
    return Stops(frozenset(), tuple(watches), guards)


# Programs that write much ---------------------------------------------------------------------
def copying(rng: Random) -> list[int]:
    """Rows of mw0 to mw3 go to slices in the east, whole or in part; scalar stores go beside them, and come after."""
    ops: Ops = {}
    for begin in range(0, 40, 10):
        rows, stream, quad = rng.randrange(1, 6), 4 * rng.randrange(8), rng.randrange(2)
        burst = {"row": rng.randrange(60), "stream": stream, "n": rows, "d": 1, "stride": 1}
        ops[begin] = [op("read.4 stream, slice[row]", slice=MW, **burst)]
        burst["row"] = rng.randrange(4)
        width, first = rng.choice((1, 2, 4)), ME + 4 * quad
        written = [k for k in range(0, 4, width) if width == 4 or rng.randrange(4)]
        ops[begin + 4 + quad] = [write(width, first + k, burst, stream + (k if width == 1 else 0)) for k in written]
        free = [first + k for k in range(4) if k - k % width not in written]
        for cycle in range(rows):
            ops.setdefault(begin + 4 + quad + cycle, []).extend(lane_stores(rng, free, burst["row"] + cycle))
    for cycle in range(50, 58):
        ops[cycle] = lane_stores(rng, range(ME, ME + 8), rng.randrange(6)) or word_store(rng)
    return text(*timeline({cycle: bundle for cycle, bundle in ops.items() if bundle}))


def write(width: int, slice_: int, burst: dict[str, int], stream: int) -> Op:
    form = f"write{f'.{width}' if width > 1 else ''} slice[row], stream"
    return op(form, **{**burst, "slice": slice_, "stream": stream})


def lane_stores(rng: Random, slices: Sequence[int], row: int) -> list[Op]:
    """At most two stores to lanes of a row of some slices."""
    places = rng.sample(slices, min(len(slices), rng.randrange(3)))
    where = {"row": row, "lane": rng.randrange(LANES)}
    return [
        op("stl slice[row], lane, rt", u=unit, slice=place, rt=rng.randrange(32), **where)
        for unit, place in enumerate(places)
    ]


def word_store(rng: Random) -> list[Op]:
    return [op("st [disp], rt", disp=rng.randrange(SPEC.words), rt=rng.randrange(32))]


# What is so, by NumPy -------------------------------------------------------------------------
def numbers(elements: Elements) -> Any:
    """The number of each element and the bit at which it begins: int64[count], int64[count]."""
    parts = [(run.number + np.arange(run.size), run.bit + elements.step * np.arange(run.size)) for run in elements.runs]
    return tuple(np.concatenate([part[k] for part in parts]).astype(np.int64) for k in range(2))


def values(test: Condition, data: Any, at: Any) -> Any:
    """The elements of which these are the bytes, uint8[count, bytes]; of four bits those at some bits."""
    t = TYPES[test.dtype]
    if t.bits < 8:
        data = data >> (at % 8).astype(np.uint8)[:, None] & 15
        return np.where(data[:, 0] > 7, data[:, 0].astype(np.int64) - 16, data[:, 0])
    typed = np.ascontiguousarray(data).view(layout.dtype(t))[:, 0]
    with np.errstate(invalid="ignore"):  # signalling NaNs
        return typed.astype(np.float64 if t.kind == "f" else np.int64)


def passing(test: Condition, found: Any, golden: Any) -> Any:
    """bool[count]: which of some numbers pass, `golden` being beside them."""
    if test.kind == DIFFERS:
        return found != golden
    if test.kind == NAN:
        return np.isnan(found)
    inside = (test.low <= found) & (found <= test.high)
    return inside if test.kind == INSIDE else (found < test.low) | (found > test.high)


def first_passing(watch: Watch, engine: Engine, touched: Any) -> int | None:
    """The first byte of the first element, by number, that passes and of which bytes, bool[sram], were touched."""
    assert watch.test and watch.elements
    t = TYPES[watch.test.dtype]
    number, bits = numbers(watch.elements)
    places = bits[:, None] // 8 + watch.elements.stride * np.arange(t.planes)
    written = np.unpackbits(np.frombuffer(engine.written(), np.uint8), bitorder="little").astype(bool)
    looked = (touched[places] & (places >= watch.first) & (places <= watch.last)).any(axis=1) & written[places].all(
        axis=1
    )
    data = np.frombuffer(engine.sram(), np.uint8)[places]
    if watch.test.kind == DIFFERS:
        good = bits_of(watch.test.golden, number, t.bits) != bits_in(data, bits, t.bits)
    else:
        good = passing(watch.test, values(watch.test, data, bits), None)
    chosen = np.flatnonzero(looked & good)
    return int(places[chosen[np.argmin(number[chosen])], 0]) if chosen.size else None


def bits_of(golden: bytes, number: Any, bits: int) -> Any:
    """The bits of elements of a golden tensor, as a number each."""
    spread = np.unpackbits(np.frombuffer(golden, np.uint8), bitorder="little")
    return spread[number[:, None] * bits + np.arange(bits)] @ (1 << np.arange(bits, dtype=np.int64))


def bits_in(data: Any, at: Any, bits: int) -> Any:
    """The same of elements in memory, uint8[count, bytes]."""
    whole = data.astype(np.int64) @ (1 << 8 * np.arange(data.shape[1], dtype=np.int64))
    return whole >> at % 8 & (1 << bits) - 1
