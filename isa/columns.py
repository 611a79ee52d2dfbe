"""Many ops of one row at once: columns of values to columns of syllables, as `isa.codec` makes them op by op."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from isa.codec import Op, encode_values, plan
from isa.formats import EXTENSION_OPCODE, STOP_BITS
from isa.records import NamedTuple
from isa.row import Row

Numbers: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]


class Syllables(NamedTuple):
    """The syllables of some ops, the stop bits not set; `second` counts where an op is `extended`."""

    first: Words
    second: Words
    extended: NDArray[np.bool_]


def encode_columns(row: Row, values: Numbers) -> Syllables:
    """The syllables of ops of one row; `values` has the shape (ops, fields). Raises CodecError for the first misfit."""
    return _one_by_one(row, values) if row.tensor else _at_once(row, values)


def units_of(row: Row, values: Numbers) -> Numbers:
    """The numbers of the units that each op holds, of shape (ops, units)."""
    if row.tensor:
        alike, which = _alike(values)
        return np.array([Op(row, tuple(each)).claims for each in alike.tolist()])[which]
    instance = values[:, row.format.names.index("u")] if "u" in row.format.names else np.zeros(len(values), np.int64)
    return (row.units.first + instance)[:, np.newaxis]


def _alike(values: Numbers) -> tuple[Numbers, Numbers]:
    """The distinct ops, and which of them each op is."""
    alike, which = np.unique(values, axis=0, return_inverse=True)
    return alike, which.reshape(-1)


def _one_by_one(row: Row, values: Numbers) -> Syllables:
    """Ops of the tensor face keep rules between their fields, so each distinct one is made by the codec."""
    alike, which = _alike(values)
    made = [encode_values(row, each) for each in alike.tolist()]
    pairs = np.array([[*syllables, 0][:2] for syllables in made], np.uint64).reshape(-1, 2)
    extended = np.array([len(syllables) == 2 for syllables in made], np.bool_)
    return Syllables(pairs[which, 0], pairs[which, 1], extended[which])


def _at_once(row: Row, values: Numbers) -> Syllables:
    how = plan(row)
    _refuse_misfits(row, values)
    first = np.full(len(values), how.word, np.uint64)
    for column, (_, _, bias, mask, position) in zip(values.T, how.base, strict=True):
        first |= _bits(column - bias & mask, position)
    second = np.full(len(values), EXTENSION_OPCODE << STOP_BITS, np.uint64)
    extended = np.zeros(len(values), np.bool_)
    for index, position, mask, width in how.ext:  # none of these is signed but in the tensor face
        rest = values[:, index] - row.format.fields[index].bias >> width
        second |= _bits(rest & mask, position)
        extended |= rest != 0
    return Syllables(first, second, extended)


def _bits(column: Numbers, position: int) -> Words:
    return column.astype(np.uint64) << np.uint64(position)


def _refuse_misfits(row: Row, values: Numbers) -> None:
    low, high = np.array([(low, high) for low, high, *_ in plan(row).base], np.int64).reshape(-1, 2).T
    misfits = ((values < low) | (values > high)).any(axis=1)
    if misfits.any():
        encode_values(row, values[misfits.argmax()].tolist())  # the codec says what is wrong
