"""Values as they are shown: numbers as short as they read back, arrays by head and tail, with what counts of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from debugger.expr.stores import Store
from debugger.expr.values import Value


class Shown(NamedTuple):
    """A value for front ends: `value` is a number of Python or an array, `held` tells which elements hold something."""

    text: str
    value: Any
    dtype: str
    shape: tuple[int, ...]
    layout: str = ""
    held: Any = None

    def lines(self, width: int = 100) -> list[str]:
        return [f"{self.text} = {self.value}"]

    def as_data(self) -> dict[str, Any]:
        return {"expression": self.text}


def shown(text: str, value: Value, store: Store | None) -> Shown:
    return Shown(text, value.data, value.type, value.shape, "", value.held)
