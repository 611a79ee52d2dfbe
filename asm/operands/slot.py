"""Where one operand of a row goes."""

from __future__ import annotations

from dataclasses import dataclass

from isa.formats import Field
from isa.row import Operand


@dataclass(frozen=True, slots=True)
class Slot:
    """`field` is the operand's first field and `index` its place in an op's values; `where` has every field's."""

    operand: Operand
    field: Field
    index: int
    where: dict[str, int]
