"""Memory as expressions name it: tensors of the program in their layouts, words of SRAM, rows of slices."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING

from debugger.expr import picks, target
from debugger.expr.errors import Problem
from debugger.expr.picks import Index, Pick
from debugger.expr.scope import Change
from debugger.expr.stores import Store, fitted
from debugger.expr.target import Addresses, Target
from debugger.expr.values import INT, Value
from isa import layout
from isa.image import Tensor
from isa.machine import BYTES_PER_WORD
from isa.records import dataclass, replace
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, slice_name
from vm import contents
from vm.engine import Engine

if TYPE_CHECKING:
    from debugger.expr.values import Array

BOTH_NIBBLES = 0x11  # times a bit: it is that of both elements of a byte
FEW_ROWS = 4  # that are named one by one


@dataclass(frozen=True)
class Memory(Store):
    """Elements of a tensor whose symbol's address is `word`. `any_type`: its declared type is but one way to see it."""

    tensor: Tensor
    word: int
    picked: tuple[Pick, ...]
    any_type: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return picks.shape(self.picked)

    @property
    def is_whole(self) -> bool:
        return self.picked == picks.everything(self.tensor.shape)

    # Where it lies ----------------------------------------------------------------------------
    def places(self) -> tuple[Array, Array, int]:
        """The lowest byte's address and the nibble of each element, in its shape; how far bytes are apart."""
        import numpy as np

        axes = np.ix_(*(np.asarray([axis] if isinstance(axis, int) else axis, np.int64) for axis in self.picked))
        first, nibble, apart = layout.element_places(self.tensor, self.scope.spec, self.word, axes)
        return np.reshape(first, self.shape), np.reshape(nibble, self.shape), apart

    def addresses(self) -> Array:
        """The addresses of each element's bytes, lowest first: int64[*shape, bytes]."""
        import numpy as np

        first, _, apart = self.places()
        return first[..., None] + apart * np.arange(TYPES[self.type].planes)

    def target(self, text: str) -> Target:
        width = TYPES[self.type].planes
        found = Addresses(prod(self.shape) * width, lambda: self.addresses().reshape(-1))
        return Target(text, target.MEMORY, bytes=found, element_bytes=width, dtype=self.type, shape=self.shape)

    def extents(self) -> list[range]:
        """The runs of bytes that it takes, in order of addresses."""
        if self.is_whole:
            return contents.extents(self.tensor, self.scope.spec, self.word)
        return Addresses(prod(self.shape), lambda: self.addresses().reshape(-1)).runs()

    # Reading ----------------------------------------------------------------------------------
    def read(self) -> Value:
        import numpy as np

        engine = self.scope.machine.engine
        if self.is_whole:
            data, written = contents.read(engine, self.tensor, self.word), whole_written(engine, self.extents())
            if written is not None:
                return Value(data, self.type, None if written else np.zeros(data.shape, np.bool_))
            return Value(data, self.type, self._held_of_whole(engine))
        addresses = self.addresses()
        return Value(self._gathered(engine, addresses), self.type, self._held(engine, addresses))

    def _gathered(self, engine: Engine, addresses: Array) -> Array:
        import numpy as np

        t = TYPES[self.type]
        raw = np.frombuffer(engine.sram(), np.uint8)[addresses]
        if t.bits < 8:
            nibbles = raw[..., 0] >> (4 * self.places()[1]).astype(np.uint8) & 15
            return ((nibbles ^ 8).astype(np.int8) - 8).astype(layout.dtype(t))
        return np.ascontiguousarray(raw).view(layout.dtype(t)).reshape(self.shape)

    def _held(self, engine: Engine, addresses: Array) -> Array | None:
        """Which elements have all bytes written; None: all of them."""
        import numpy as np

        if not addresses.size:
            return None
        first, last = int(addresses.min()) >> 3, int(addresses.max()) >> 3
        bits = np.frombuffer(engine.written(first, last + 1 - first), np.uint8)
        held: Array = (bits[(addresses >> 3) - first] >> (addresses & 7).astype(np.uint8) & 1).all(axis=-1)
        return None if held.all() else held

    def _held_of_whole(self, engine: Engine) -> Array | None:
        """The same of a whole tensor: its written bits, laid out as its bytes are."""
        import numpy as np

        from vm.taint import laid_out

        bits = np.concatenate([written_bits(engine, extent) for extent in self.extents()])
        bytes_ = np.ascontiguousarray(laid_out(self.tensor, self.scope.spec, bits * BOTH_NIBBLES))
        words = bytes_.view(f"u{bytes_.shape[-1]}")[..., 0]  # all bytes of an element at once
        held = np.asarray(words == words.dtype.type(int.from_bytes(self._all_written(), "little")))
        return None if held.all() else held

    def _all_written(self) -> bytes:
        """What the bytes of an element are above if all are written."""
        t = TYPES[self.type]
        return bytes([BOTH_NIBBLES & (1 << min(t.bits, 8)) - 1] * t.planes)

    # Parts ------------------------------------------------------------------------------------
    def at(self, index: tuple[Index, ...]) -> Store:
        return replace(self, picked=picks.pick(self.name, self.picked, index))

    def viewed(self, name: str) -> Store:
        old, new = TYPES[self.type], TYPES[name]
        if old.bits == new.bits:
            return replace(self, type=name, tensor=replace(self.tensor, dtype=name))
        if self.any_type and self.tensor.layout == "rows":
            return self._slices_as(name)
        if self.tensor.layout != "linear":
            raise Problem(
                f"{self.tensor.name} lies in layout {self.tensor.layout}, each byte of an element in its own slice: "
                f"{self.type} cannot be looked at as {name}",
                f"types of {old.bits} bits fit; {name}(...) converts",
            )
        return self._regrouped(name)

    def _slices_as(self, name: str) -> Store:
        """Rows of slices side by side, a byte of each element in every one."""
        if TYPES[self.type].bits < 8 or TYPES[name].bits < 8:
            raise Problem(f"a row of a slice cannot be looked at as {name}", "take nibbles of it with >> and &")
        wide = replace(self.tensor, dtype=name)
        check_slices(self.scope.spec.slices, wide)
        return replace(self, type=name, tensor=wide)

    def _regrouped(self, name: str) -> Store:
        """Bytes side by side as elements of another width: along the last axis, which must be picked in one run."""
        old, new = TYPES[self.type], TYPES[name]
        *outer, last = self.picked
        run = range(last, last + 1) if isinstance(last, int) else last
        ends = (run.start * old.bits, run.stop * old.bits, self.tensor.shape[-1] * old.bits)
        if run.step != 1 or any(bits % new.bits for bits in ends):
            raise Problem(
                f"{len(run)} elements of {self.type} along the last axis are no whole number of {name}",
                f"{name}(...) converts",
            )
        first, end, extent = (bits // new.bits for bits in ends)
        tensor = replace(self.tensor, dtype=name, shape=(*self.tensor.shape[:-1], extent))
        return replace(self, type=name, tensor=tensor, picked=(*outer, range(first, end)))

    def address(self) -> Value:
        """The word of SRAM in which the first element begins."""
        if 0 in self.shape:
            raise Problem(f"{self.name} has no elements here, and so no address")
        return Value(self._first_byte() // BYTES_PER_WORD, INT)

    def _first_byte(self) -> int:
        first = tuple(axis if isinstance(axis, int) else axis[0] for axis in self.picked)
        return int(replace(self, picked=first).places()[0])

    # Writing ----------------------------------------------------------------------------------
    def put(self, value: Value) -> Change:
        new = fitted(value, self.type, self.shape, self.name)
        return lambda machine: self._write(machine.engine, new)

    def _write(self, engine: Engine, new: Array) -> None:
        t = TYPES[self.type]
        if self.is_whole and self.tensor.layout == "linear" and t.bits >= 8:
            engine.load(self.word * BYTES_PER_WORD, layout.pack_linear(t, new))
            return
        for start, data in self._bytes(engine, new):
            engine.load(start, data)

    def _bytes(self, engine: Engine, new: Array) -> Iterator[tuple[int, bytes]]:
        """Runs of new bytes, each with its address; nibbles beside new ones stay as they are."""
        import numpy as np

        flat = self.addresses().reshape(-1)
        addresses, where = np.unique(flat, return_inverse=True)
        memory = np.frombuffer(engine.sram(), np.uint8)[addresses]
        if TYPES[self.type].bits < 8:
            nibble = self.places()[1].reshape(-1)
            numbers = new.astype(np.int8).astype(np.uint8).reshape(-1) & 15
            for half in (0, 1):
                here = where[nibble == half]
                memory[here] = memory[here] & np.uint8(0xF0 >> 4 * half) | numbers[nibble == half] << 4 * half
        else:
            memory[where] = np.ascontiguousarray(new).view(np.uint8).reshape(-1)
        for run in Addresses(len(addresses), lambda: addresses).runs():
            first = int(np.searchsorted(addresses, run.start))
            yield run.start, memory[first : first + len(run)].tobytes()

    # In words ---------------------------------------------------------------------------------
    @property
    def layout(self) -> str:
        return self.tensor.layout

    @property
    def absent(self) -> str:
        return "never written"

    def where(self) -> str:
        """Layout and place: the slices and rows, or the word."""
        if 0 in self.shape:
            return ""
        if self.tensor.layout == "linear":
            return f"linear, {self._word_text()}"
        spec = self.scope.spec
        slices, row_count = layout.box(self.tensor, spec)
        if self.is_whole:
            rows = list(range(self.tensor.row, self.tensor.row + row_count))
        else:
            rows = distinct(self.places()[0] % (spec.words_per_slice * BYTES_PER_WORD) // spec.lanes)
        return f"{self.tensor.layout}, {slices_text(self.tensor.slice, slices)}, {rows_text(rows)}"

    def _word_text(self) -> str:
        """The word in which the first element begins, and where in the floor plan that is."""
        spec = self.scope.spec
        word, byte = divmod(self._first_byte(), BYTES_PER_WORD)
        bank, rest = divmod(word, spec.words_per_bank)
        row, within = divmod(rest, spec.words_per_row)
        at = f"byte {byte} of word {word}" if byte else f"word {word}"
        return f"{at} ({spec.bank_name(bank)} row {row} word {within})"


def slices_text(first: int, count: int) -> str:
    last = slice_name(first + count - 1)
    return f"slice {last}" if count == 1 else f"slices {slice_name(first)}..{last}"


def distinct(numbers: Array) -> list[int]:
    import numpy as np

    found: list[int] = np.unique(numbers).tolist()
    return found


def rows_text(rows: list[int]) -> str:
    """`row 3`, `rows 0..79`, or what there is of rows that are not side by side."""
    low, high = rows[0], rows[-1]
    if low == high:
        return f"row {low}"
    if high - low + 1 == len(rows):
        return f"rows {low}..{high}"
    return f"rows {', '.join(map(str, rows))}" if len(rows) <= FEW_ROWS else f"{len(rows)} rows of {low}..{high}"


def check_slices(count: int, tensor: Tensor) -> None:
    """Raises Problem where slices that a tensor takes are not there."""
    index = tensor.slice % HEMISPHERE_SLICES
    width = TYPES[tensor.dtype].planes
    if index + width > count:
        end = slice_name(tensor.slice - index + count - 1)
        raise Problem(f"{tensor.dtype} takes {width} slices from {slice_name(tensor.slice)} on; the last is {end}")


def whole_written(engine: Engine, extents: list[range]) -> bool | None:
    """Whether all bytes of runs are written (True), none (False), or some (None)."""
    found = {written for extent in extents if len(extent) for written in _run_written(engine, extent)}
    return found.pop() if len(found) == 1 else None if found else True


def _run_written(engine: Engine, extent: range) -> set[bool]:
    """Of a run, whether there are written bytes, and others."""
    bits = written_bits(engine, extent)
    return {bool(bits.min()), bool(bits.max())}


def written_bits(engine: Engine, extent: range) -> Array:
    """Of each byte of a run whether it is written: uint8[bytes], 0 or 1."""
    import numpy as np

    first, end = extent.start // 8, -(-extent.stop // 8)
    bits = np.unpackbits(np.frombuffer(engine.written(first, end - first), np.uint8), bitorder="little")
    return bits[extent.start - 8 * first : extent.stop - 8 * first]
