"""Many objects of one class as columns, one for each of their fields: few of them are ever looked at by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar, overload

T = TypeVar("T")


class Objects(Sequence[T]):
    """Objects of a data class, each made when someone asks for it: of another change nothing here. `columns` are in the
    order of its fields."""

    __slots__ = ("columns", "kind")
    __hash__ = None  # type: ignore[assignment]  # two are equal if their items are

    def __init__(self, kind: type[T], *columns: Sequence[Any]) -> None:
        self.kind = kind
        self.columns = columns

    @staticmethod
    def of(kind: type[T], objects: Sequence[T]) -> Objects[T]:
        """Some objects as columns, which they may be already."""
        if isinstance(objects, Objects):
            return objects
        fields: tuple[str, ...] = kind.__match_args__  # type: ignore[attr-defined]  # which data classes have
        return Objects(kind, *[list(map(attrgetter(field), objects)) for field in fields])

    @staticmethod
    def joined(kind: type[T], *parts: Sequence[T]) -> Objects[T]:
        """The columns of some parts, one after the other."""
        columns = [Objects.of(kind, part).columns for part in parts]
        return Objects(kind, *map(list, map(chain.from_iterable, zip(*columns, strict=True))))

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return list(map(self.kind, *[column[index] for column in self.columns]))
        return self.kind(*[column[index] for column in self.columns])

    def __iter__(self) -> Iterator[T]:
        return map(self.kind, *self.columns)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __add__(self, other: Sequence[T]) -> list[T]:
        return [*self, *other]
