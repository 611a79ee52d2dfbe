"""Programs from Python, without a source: ops of rows of the table, in numbered bundles, to text and an image.

    add, jump = BY_KEY["add rd, ra, imm"], BY_KEY["jlt target"]
    builder = Builder()
    builder.emit(0, add, 0, 4, 4, 1)                # one op: its bundle, row and values in the format's order
    builder.emit_columns(bundles, add, values)      # many: bundles of shape (ops,), values of shape (ops, fields)
    image = builder.image("made")                   # for `isa.elf.write`, `lpu.Machine` and `lpu.link`

What an op jumps to is the number of a bundle, or the number of bundles for the end. The ops of a bundle stand in the
order of their units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from isa.codec import CodecError, Op
from isa.columns import Numbers, Syllables, Words, encode_columns, units_of
from isa.image import Image
from isa.machine import LPU1, MachineSpec
from isa.records import NamedTuple, dataclass, field
from isa.row import LABEL, Row
from isa.units import UNIT_NAMES


class Text(NamedTuple):
    """The syllables of a program, and the address of each bundle, that of the end last."""

    syllables: Words
    starts: Numbers


@dataclass(slots=True)
class Ops:
    """The ops of one row: their bundles, and their values one op after the other."""

    width: int
    bundles: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)


class Part(NamedTuple):
    """Ops of one row as columns, and the field of their values that is a target (-1 for none)."""

    row: Row
    bundles: Numbers
    values: Numbers
    target: int


class Builder:
    """Collects ops by row; what is made of them is found in columns. Raises CodecError for what cannot be encoded."""

    def __init__(self, machine: MachineSpec = LPU1) -> None:
        self.machine = machine
        self._ops: dict[Row, Ops] = {}
        self._parts: list[Part] = []

    def emit(self, bundle: int, row: Row, *values: int) -> None:
        """Put an op into a bundle; `values` are those of the row's format, in its order."""
        ops = self._ops.get(row)
        if ops is None:
            ops = self._ops[row] = Ops(len(row.format.fields))
        if len(values) != ops.width:
            raise _wrong_count(row, len(values))
        ops.bundles.append(bundle)
        ops.values.extend(values)

    def add(self, bundle: int, ops: Sequence[Op]) -> None:
        """Put ops into a bundle."""
        for op in ops:
            self.emit(bundle, op.row, *op.values)

    def emit_columns(self, bundles: ArrayLike, row: Row, values: ArrayLike) -> None:
        """Put ops of one row into bundles: of shapes (ops,) and (ops, fields)."""
        self._parts.append(_part(row, np.asarray(bundles, np.int64), np.asarray(values, np.int64)))

    def text(self) -> Text:
        """The bundles, one after the other. Each holds an op, and no unit twice."""
        parts = [*self._parts, *self._emitted()]
        if not parts:
            return Text(np.zeros(0, np.uint64), np.zeros(1, np.int64))
        order, bundles = _order(parts)
        made = [encode_columns(part.row, part.values) for part in parts]  # an op's size does not depend on its target
        places, starts = _lay_out(order, bundles, made)
        made = [_settled(part, syllables, starts) for part, syllables in zip(parts, made, strict=True)]
        return Text(_filled(made, places, starts), starts)

    def image(self, name: str = "") -> Image:
        """An executable that begins with bundle 0."""
        return Image(self.machine, self.text().syllables.tolist(), executable=True, name=name)

    def _emitted(self) -> Iterator[Part]:
        for row, ops in self._ops.items():
            values = np.array(ops.values, np.int64).reshape(-1, ops.width)
            yield _part(row, np.array(ops.bundles, np.int64), values)


def _part(row: Row, bundles: Numbers, values: Numbers) -> Part:
    width = len(row.format.fields)
    if values.shape != (len(bundles), width):
        raise _wrong_count(row, values.shape[-1] if values.ndim == 2 else 0)
    names = [name for operand in row.operands if operand.kind == LABEL for name in operand.fields]
    return Part(row, bundles, values, row.format.names.index(names[0]) if names else -1)


def _wrong_count(row: Row, count: int) -> CodecError:
    names = ", ".join(row.format.names) or "none"
    return CodecError(f"`{row.key}` has the fields {names}; {count} values are given")


def _order(parts: Sequence[Part]) -> tuple[Numbers, Numbers]:
    """The ops in the order of the text, by bundle and within it by unit; and the bundles in that order."""
    units = [units_of(part.row, part.values) for part in parts]
    claims = [part.bundles[:, np.newaxis] * len(UNIT_NAMES) + own for part, own in zip(parts, units, strict=True)]
    _refuse_clashes(np.sort(np.concatenate([own.ravel() for own in claims])))
    first = np.concatenate([own[:, 0] for own in claims])
    order = np.argsort(first, kind="stable")
    bundles = first[order] // len(UNIT_NAMES)
    _refuse_gaps(bundles)
    return order, bundles


def _refuse_clashes(claims: Numbers) -> None:
    twice = claims[1:][claims[1:] == claims[:-1]]
    if len(twice):
        bundle, unit = divmod(int(twice[0]), len(UNIT_NAMES))
        raise CodecError(f"unit {UNIT_NAMES[unit]} is claimed twice in bundle {bundle}")


def _refuse_gaps(bundles: Numbers) -> None:
    if bundles[0] < 0:
        raise CodecError(f"bundle {bundles[0]} is none; the first bundle is 0")
    steps = np.diff(bundles, prepend=-1)
    if steps.max() > 1:
        raise CodecError(f"bundle {bundles[steps.argmax()] - 1} holds no op")


def _lay_out(order: Numbers, bundles: Numbers, made: Sequence[Syllables]) -> tuple[Numbers, Numbers]:
    """The address of each op, and that of each bundle and of the end."""
    sizes = 1 + np.concatenate([each.extended for each in made])[order]
    ends = np.cumsum(sizes)
    places = np.empty_like(ends)
    places[order] = ends - sizes
    is_first = np.diff(bundles, prepend=-1) == 1
    return places, np.append((ends - sizes)[is_first], ends[-1])


def _settled(part: Part, made: Syllables, starts: Numbers) -> Syllables:
    """Ops that jump are encoded again, with the address of the bundle that they name."""
    if part.target < 0:
        return made
    bundles = part.values[:, part.target]
    outside = (bundles < 0) | (bundles >= len(starts))
    if outside.any():
        there = f"bundles 0 to {len(starts) - 2}, and {len(starts) - 1} is its end"
        message = f"`{part.row.mnemonic}` goes to bundle {bundles[outside.argmax()]}; the program has {there}"
        raise CodecError(message)
    values = part.values.copy()
    values[:, part.target] = starts[bundles]
    return encode_columns(part.row, values)


def _filled(made: Sequence[Syllables], places: Numbers, starts: Numbers) -> Words:
    """All syllables at their addresses, the stop bit set on the last of each bundle."""
    first, second, extended = (np.concatenate(each) for each in zip(*made, strict=True))
    text = np.empty(starts[-1], np.uint64)
    text[places] = first
    text[places[extended] + 1] = second[extended]
    text[starts[1:] - 1] |= np.uint64(1)
    return text
