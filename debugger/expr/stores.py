"""What an expression can read and a debugger write."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from debugger.expr.errors import Problem
from debugger.expr.picks import Index
from debugger.expr.scope import Change, Scope
from debugger.expr.target import Target
from debugger.expr.values import Value, converted
from isa.records import dataclass, replace

if TYPE_CHECKING:
    from debugger.expr.values import Array


@dataclass(frozen=True)
class Store(ABC):
    """Something of the state that an expression names, not read before its value is needed."""

    scope: Scope
    name: str
    type: str

    @abstractmethod
    def read(self) -> Value:
        """What it holds now."""

    @abstractmethod
    def at(self, index: tuple[Index, ...]) -> Store | Value:
        """A part of it. Raises Problem."""

    @abstractmethod
    def viewed(self, name: str) -> Store:
        """The same bits as elements of another type. Raises Problem."""

    @abstractmethod
    def target(self, text: str) -> Target:
        """Raises Problem for what has no single place."""

    @abstractmethod
    def put(self, value: Value) -> Change:
        """What writes a value here. Raises Problem for one that does not fit."""

    @property
    def layout(self) -> str:
        """The layout of a tensor; nothing for others."""
        return ""

    @property
    def absent(self) -> str:
        """What an element is that holds nothing."""
        return "nothing"

    def where(self) -> str:
        """Where it lies, in words; nothing where its name says so."""
        return ""


def scalar(value: Value, name: str) -> Value:
    """A value of one element. Raises Problem for others."""
    if value.shape not in ((), (1,)):
        raise Problem(f"{name} takes one number, not {list(value.shape)} of them")
    return replace(value, data=value.data.reshape(())) if value.is_array else value


def fitted(value: Value, name: str, shape: tuple[int, ...], what: str) -> Array:
    """The elements of a value, in a shape or spread over it. Raises Problem."""
    import numpy as np

    array = converted(value, name)
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise Problem(f"{what} has shape {list(shape)} and takes no {list(array.shape)}") from None
