"""What is asked of a row: fields and sources, and what is expected of them."""

from __future__ import annotations

from collections.abc import Mapping

from conform.values.oracle import by_element, values
from isa.records import NamedTuple
from isa.row import Row


class Case(NamedTuple):
    """A row with the fields that are no places, and the elements of each source, one vector after the other.

    A vector has `unit` elements, a map is one for all. `given` is what the sources of `acc.add` come from:
    activations and weights.
    """

    row: Row
    fields: Mapping[str, int]
    sources: tuple[list[int], ...]
    unit: int = 1
    given: tuple[list[int], ...] = ()

    @property
    def vectors(self) -> int:
        """How many vectors there are."""
        return len(self.sources[0]) // self.unit

    def expected(self) -> list[int]:
        """The bits of all results. Raises OracleMissing."""
        if by_element(self.row, self.fields):
            return values(self.row, self.sources, self.fields)
        return [bits for vector in range(self.vectors) for bits in values(self.row, self.vector(vector), self.fields)]

    def vector(self, number: int) -> list[list[int]]:
        """The sources of one vector; one that is as long as a single one is the same for all."""
        whole = self.vectors * self.unit
        part = slice(number * self.unit, (number + 1) * self.unit)
        return [source[part] if len(source) == whole else source for source in self.sources]
