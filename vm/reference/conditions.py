"""Whether numbers in registers and elements in memory fulfil the tests of watches and guards."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from isa import layout
from isa.records import NamedTuple
from isa.types import TYPES
from vm.conditions import BYTE_BITS, DIFFERS, INSIDE, NAN, OUTSIDE, Condition, Elements, Run
from vm.reference.memory import Memory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Bytes = NDArray[np.uint8]
    Truths = NDArray[np.bool_]

WORD_BYTES = 4


class Found(NamedTuple):
    """Elements: their numbers, and the bits of SRAM at which they begin, int64[count] each."""

    numbers: Numbers
    bits: Numbers


# Numbers --------------------------------------------------------------------------------------
def fulfil(condition: Condition, patterns: Bytes) -> Truths:
    """Which numbers are what a condition says that asks for no golden ones; `patterns` are uint8[count, bytes]."""
    import numpy as np

    t = TYPES[condition.dtype]
    laid_out = patterns
    if t.bits < BYTE_BITS:  # two to a byte
        halves = np.append(patterns[:, 0], np.zeros(len(patterns) % 2, np.uint8)).reshape(-1, 2)
        laid_out = halves[:, 0] | halves[:, 1] << np.uint8(t.bits)
    found = layout.unpack_linear(t, (len(patterns),), laid_out.tobytes())
    with np.errstate(invalid="ignore"):  # signalling NaNs are NaNs
        numbers = found.astype(np.float64 if t.kind == "f" else np.int64)
    truths: Truths = {
        NAN: numbers != numbers,
        INSIDE: (condition.low <= numbers) & (numbers <= condition.high),
        OUTSIDE: (numbers < condition.low) | (condition.high < numbers),
    }[condition.kind]
    return truths


def register_fulfils(condition: Condition | None, value: int) -> bool:
    import numpy as np

    pattern = np.frombuffer(value.to_bytes(WORD_BYTES, "little"), np.uint8)
    return condition is None or bool(fulfil(condition, pattern[np.newaxis])[0])


# Elements -------------------------------------------------------------------------------------
def first_fulfilling(condition: Condition, elements: Elements, touched: Iterable[int], memory: Memory) -> range | None:
    """The bytes of the element of the lowest number that has one of those touched, and is what a condition says.

    Elements of which bytes were never written are nothing.
    """
    import numpy as np

    t = TYPES[condition.dtype]
    numbers, bits = elements_at(elements, t.planes, t.bits, np.array(list(touched), np.int64))
    places = bits[:, np.newaxis] // BYTE_BITS + elements.stride * np.arange(t.planes)
    written = np.frombuffer(memory.written, np.uint8)[places >> 3] >> (places & 7) & 1
    data = pieces(np.frombuffer(memory.bytes, np.uint8)[places], bits, t.bits)
    good = differ(condition, numbers, data) if condition.kind == DIFFERS else fulfil(condition, data)
    chosen = np.flatnonzero(good & written.all(axis=1))
    if not chosen.size:
        return None
    return elements.bytes_of(int(bits[chosen[np.argmin(numbers[chosen])]]), t.planes)


def elements_at(elements: Elements, planes: int, size: int, touched: Numbers) -> Found:
    """The elements, of some bytes and a size in bits, that have a byte at some addresses; some of them repeatedly."""
    import numpy as np

    found = [Found(touched[:0], touched[:0])]
    for k in range(planes):
        for half in range(0, BYTE_BITS, min(size, BYTE_BITS)):
            bits = (touched - k * elements.stride) * BYTE_BITS + half
            found += [elements_from(run, elements.step, bits) for run in runs_near(elements, bits)]
    return Found(np.concatenate([each.numbers for each in found]), np.concatenate([each.bits for each in found]))


def elements_from(run: Run, step: int, bits: Numbers) -> Found:
    """The elements of a run that begin at some bits."""
    steps, rest = (bits - run.bit) // step, (bits - run.bit) % step
    here = (rest == 0) & (0 <= steps) & (steps < run.size)
    return Found(run.number + steps[here], bits[here])


def runs_near(elements: Elements, bits: Numbers) -> Iterator[Run]:
    """The runs that begin before the last of some bits and do not end before the first."""
    first = bisect_left(elements.runs, bits.min(initial=0), key=elements.last_bit)
    yield from takewhile(lambda run: run.bit <= bits.max(initial=0), elements.runs[first:])


def differ(condition: Condition, numbers: Numbers, data: Bytes) -> Truths:
    """Which elements, uint8[count, bytes], are not the golden ones of these numbers."""
    import numpy as np

    t = TYPES[condition.dtype]
    bits = numbers * t.bits
    places = bits[:, np.newaxis] // BYTE_BITS + np.arange(t.planes)
    different: Truths = (data != pieces(np.frombuffer(condition.golden, np.uint8)[places], bits, t.bits)).any(axis=1)
    return different


def pieces(data: Bytes, bits: Numbers, size: int) -> Bytes:
    """Bytes of elements; of elements of four bits, those of the byte from some bits on."""
    import numpy as np

    if size >= BYTE_BITS:
        return data
    return data >> (bits % BYTE_BITS).astype(np.uint8)[:, np.newaxis] & np.uint8((1 << size) - 1)
