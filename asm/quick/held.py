"""Labels and data of lines that are taken together, as columns: they become objects where somebody looks."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, repeat
from typing import Any, TypeVar

from asm.names.symbols import DATA, LABEL, Symbol, are_reserved
from asm.quick.front import NO_OBJECT
from asm.scope.objects import DataObjects, DataSymbol
from asm.scope.scope import Scope
from isa.diagnostics import Place, SourceError
from isa.image import Tensor

T = TypeVar("T")
new = tuple.__new__  # makes a named tuple without the way through its own constructor


class Held(dict[str, T]):
    """A dictionary in which some names, which come after all others, stand for what is made when someone asks for it.

    Whoever wants more than a look at some name has them all made first, as `settle` does.
    """

    def __init__(self, items: Mapping[str, T], make: Callable[[str], T | None], settle: Callable[[], None]) -> None:
        super().__init__(items)
        self.make = make
        self.settle = settle
        self.looked: dict[str, T] = {}  # what was made for somebody

    def made(self) -> Mapping[str, T]:
        """The names that come before those."""
        return dict(super().items())

    def hold(self, names: Iterable[str]) -> None:
        """Have some of those names made."""
        super().update({name: found for name in names if (found := self.get(name)) is not None})
        self.looked.clear()

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name) or self.looked.get(name)
        if found is None:
            found = self.make(name)
            if found is None:
                return default
            self.looked[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __missing__(self, name: str) -> T:
        found: T | None = self.get(name)
        if found is None:
            raise KeyError(name)
        return found


def _settled(name: str) -> Any:
    """A method of dictionaries, for which all is made."""

    def method(self: Held[Any], *values: Any) -> Any:
        self.settle()
        return getattr(dict, name)(self, *values)

    return method


for each in (
    "__delitem__", "__eq__", "__ior__", "__iter__", "__len__", "__or__", "__repr__", "__reversed__", "__ror__",
    "__setitem__", "clear", "copy", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
):  # fmt: skip
    setattr(Held, each, _settled(each))


class Definitions:
    """The labels of a scope that are columns, in order. Label i is named by `names[numbers[i]]`, stands in `lines[i]`
    from `columns[i]` to `ends[i]`, and is of the object of data that `objects[i]` counts in `parts`, -1 for none."""

    def __init__(self, scope: Scope, file: str, names: list[str]) -> None:
        self.scope = scope
        self.file = file
        self.names = names
        self.table: Held[Symbol] = Held(scope.table, self._symbol, self.settle)
        self.data: Held[DataSymbol] = Held(scope.data, self._data_symbol, self.settle)
        scope.table, scope.data = self.table, self.data
        self.parts: list[DataObjects] = []
        self.firsts: list[int] = []  # the number of the first object of each part
        self.count = 0
        self._clear()

    def _clear(self) -> None:
        self.index: dict[str, int] = {}
        self.numbers, self.lines, self.columns, self.ends, self.objects = (array("i") for _ in range(5))

    def add(self, labels: Sequence[array[int]], objects: DataObjects | None = None) -> None:
        """Define some labels, as the columns from `numbers` on say; those of data count among the objects. Raises
        SourceError, without saying more, when a name is reserved or there twice."""
        numbers, lines, columns, ends, of_objects = labels
        names = list(map(self.names.__getitem__, numbers))
        added = dict(zip(names, count(len(self.numbers))))
        known = self.index.keys().isdisjoint(added) and self.table.made().keys().isdisjoint(added)
        if len(added) < len(names) or not known or are_reserved(names):
            raise SourceError
        self.index |= added
        if objects is not None:
            of_objects = array("i", [NO_OBJECT if each < 0 else self.count + each for each in of_objects])
            self.parts.append(objects)
            self.firsts.append(self.count)
            self.count += len(objects)
        self.numbers += numbers
        self.lines += lines
        self.columns += columns
        self.ends += ends
        self.objects += of_objects

    def settle(self) -> None:
        """Make objects of all symbols."""
        if self.index:
            self.table.hold(self.index)
            self.data.hold(self.index)
            self._clear()

    def _symbol(self, name: str) -> Symbol | None:
        at = self.index.get(name)
        return None if at is None else self._symbol_at(at)

    def _data_symbol(self, name: str) -> DataSymbol | None:
        at = self.index.get(name)
        return None if at is None or self.objects[at] < 0 else self._data_at(at)

    def _place(self, at: int) -> Place:
        return Place(self.file, self.lines[at], self.columns[at], self.ends[at])

    def _symbol_at(self, at: int) -> Symbol:
        kind = LABEL if self.objects[at] < 0 else DATA
        return Symbol(self.names[self.numbers[at]], kind, self._place(at))

    def _data_at(self, at: int) -> DataSymbol:
        which = bisect_right(self.firsts, self.objects[at]) - 1
        part, number = self.parts[which], self.objects[at] - self.firsts[which]
        name = self.names[self.numbers[at]]
        tensor = Tensor(name, part.types[number], (part.counts[number],))
        return DataSymbol(name, self._place(at), part.object(number), 0, part.covered[number], tensor)

    def addresses(self) -> array[int]:
        """The address of each label of data, as it is placed; -1 for all others."""
        objects = array("q", chain.from_iterable([part.addresses for part in self.parts]))
        objects.append(NO_OBJECT)
        return array("q", map(objects.__getitem__, self.objects))

    def places(self) -> list[Place]:
        """Where the symbols are written."""
        rows = zip(repeat(self.file), self.lines, self.columns, self.ends, repeat(()))
        return list(map(new, repeat(Place), rows))

    def spans(self) -> Iterator[tuple[int, int, int]]:
        """The number of each label of data, and the address and the words of its object."""
        words = list(chain.from_iterable([part.words for part in self.parts]))
        for number, at, address in zip(self.numbers, self.objects, self.addresses(), strict=True):
            if at >= 0:
                yield number, address, words[at]
