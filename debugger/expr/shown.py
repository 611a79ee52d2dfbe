"""Values as front ends show them: as lines of text, or as plain data."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from debugger.expr import counts, texts
from debugger.expr.notes import notes
from debugger.expr.registers import ConditionCode
from debugger.expr.rows import rows
from debugger.expr.stores import Store
from debugger.expr.values import BOOL, INDEX, WIDE_INT, Value, as_array
from debugger.expr.walk import Found, read
from isa.records import NamedTuple

if TYPE_CHECKING:
    from debugger.expr.values import Array

DATA_ELEMENTS = 1 << 16  # plain data of a larger array are its first elements
INDENT = "  "
NOTHING = "nothing"


class Shown(NamedTuple):
    """A value for front ends: `value` is a number of Python or an array, `held` tells which elements hold something.

    `dtype` is an element type, or int, float, bool, i64, f64. `layout` and `place` say where it lies, `absent` what
    an element that holds nothing is; `notes` are sentences; `compared` are two values whose difference this is;
    `meaning` stands beside a number.
    """

    text: str
    value: Any
    dtype: str
    shape: tuple[int, ...]
    layout: str = ""
    held: Any = None
    place: str = ""
    absent: str = NOTHING
    notes: tuple[str, ...] = ()
    compared: tuple[Value, Value] | None = None
    in_hex: bool = False
    meaning: str = ""

    @property
    def is_absent(self) -> bool:
        """Whether nothing is there at all."""
        return self.held is not None and not self.held.any()

    @property
    def array(self) -> Array:
        """The elements in an array of their type, of no axes for a number."""
        return as_array(Value(self.value, self.dtype))

    # Text -------------------------------------------------------------------------------------
    def lines(self, width: int = 100) -> list[str]:
        """The value in lines of about a width, the largest arrays by head and tail."""
        found = self._array_lines(width) if self.shape else [f"{self.text} = {self.scalar_text()}"]
        return found + [INDENT + note for note in self.notes]

    def scalar_text(self) -> str:
        """A number, and what else its bits may be."""
        if self.is_absent:
            return f"{texts.ABSENT} ({self.absent})"
        return self.short_text() + ("" if self.in_hex else self.meaning or texts.beside(self.value, self.dtype))

    def short_text(self) -> str:
        """A number, and nothing beside it."""
        if self.is_absent:
            return texts.ABSENT
        return texts.hex_text(self.value, self.dtype) if self.in_hex else texts.element_text(self.value, self.dtype)

    def _array_lines(self, width: int) -> list[str]:
        head = f"{self.text} = {self.dtype}[{', '.join(map(str, self.shape))}]"
        if self.place:
            head += f", {self.place}"
        if everywhere := self._everywhere():
            return [f"{head}: {everywhere}", *(INDENT + line for line in self.differences())]
        found = [head, *(INDENT + row for row in rows(self.value, self.held, self._one, width - len(INDENT)))]
        return found + [INDENT + line for line in [*self._summary(), *self.differences()]]

    def _everywhere(self) -> str:
        """What all elements are, if they are alike."""
        if self.is_absent or not self.value.size:
            return self.absent if self.value.size else "no elements"
        first = self.value.reshape(-1)[0].item()
        if self.held is not None or self.value.size <= counts.FEW or not counts.is_everywhere(first, self.value):
            return ""
        return f"{self._one(first) if self.dtype != BOOL else first} everywhere"

    def _summary(self) -> list[str]:
        """What counts of the elements, if it counts."""
        if self.in_hex:
            return []
        summary = counts.summary(Value(self.value, self.dtype, self.held), self.absent)
        return [summary] if summary else []

    def _one(self, value: Any) -> str:
        return texts.hex_text(value, self.dtype) if self.in_hex else texts.in_array(value, self.dtype)

    def differences(self) -> list[str]:
        """How two arrays differ, where this compares them."""
        return counts.difference(self.compared) if self.compared and not self.is_absent else []

    # Data -------------------------------------------------------------------------------------
    def as_data(self) -> dict[str, Any]:
        """For JSON, which has no NaN and no infinities: those become strings; what holds nothing becomes null."""
        found = {
            "expression": self.text, "dtype": self.dtype, "shape": list(self.shape), "layout": self.layout,
            "place": self.place, "value": self._plain(), "notes": [*self.notes, *self.differences()],
        }  # fmt: skip
        if self.shape and self.value.size > DATA_ELEMENTS:
            found["elements"] = f"the first {DATA_ELEMENTS} of {self.value.size}, in one list"
        return found

    def _plain(self) -> Any:
        if not self.shape:
            return None if self.is_absent else plain(self.value)
        if self.value.size > DATA_ELEMENTS:
            values = self.value.reshape(-1)[:DATA_ELEMENTS].tolist()
            held = None if self.held is None else self.held.reshape(-1)[:DATA_ELEMENTS].tolist()
        else:
            values, held = self.value.tolist(), None if self.held is None else self.held.tolist()
        return _nested(values, held)


def plain(value: Any) -> Any:
    """A number for JSON."""
    if isinstance(value, float | bool | int):
        return value if isfinite(value) else str(value)
    return plain(float(value)) if not float(value).is_integer() else int(value)


def _nested(values: Any, held: Any) -> Any:
    if isinstance(values, list):
        return [_nested(each, held and held[k]) for k, each in enumerate(values)]
    return None if held is False else plain(values)


def shown(text: str, found: Found) -> Shown:
    """What an expression names or computes, to be shown. Raises Problem where it cannot be read."""
    value = read(found)
    data, shape, dtype = value.data, value.shape, value.type
    if dtype == INDEX:
        import numpy as np

        data, dtype = np.array(data, np.int64), WIDE_INT
    elif value.is_array and not shape:
        data = data.item()
    result = Shown(text, data, dtype, shape, held=value.held, compared=_compared(value), in_hex=value.in_hex)
    return _with_place(result, found) if isinstance(found, Store) else result


def _compared(value: Value) -> tuple[Value, Value] | None:
    """Operands of which both are arrays."""
    operands = value.operands
    return operands if operands and all(each.shape for each in operands) else None


def _with_place(result: Shown, store: Store) -> Shown:
    meaning = texts.code_words(result.value) if isinstance(store, ConditionCode) else ""
    return result._replace(
        layout=store.layout, place=store.where(), absent=store.absent, notes=tuple(notes(store)), meaning=meaning
    )
