"""Ops on streams in columns: recipes of those in bundles, and what is told once of all that differ in the row of their
slices alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

from asm.operands.attributes import WITHOUT_ROUNDS, split_attributes
from asm.operands.slot import EXPR, PLACE, Form, Shape, Slot
from asm.operands.tensor import forms
from asm.quick.columns import Columns
from asm.quick.front import HEMISPHERE, NAME, NUMBER, REGISTER, STREAM, Unfit, V
from asm.quick.recipes import Address, Holes, NoRecipe, Sum, signed
from asm.scope.places import SLICE
from asm.tree import Attribute, Indexed, Name, Number, Operand, OpStmt, Unary
from isa import row as kinds
from isa.codec import CodecError, encoded
from isa.legal import absent
from isa.machine import EAST, WEST, MachineSpec
from isa.places import SCALAR_COUNT, SCALARS
from isa.row import ATTR, WRITE
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES
from isa.units import SLICE as AT_SLICE


class BurstFilling:
    """What the fields of a burst are made of: `values` at first, sums of holes, and what names stand for, each (field,
    hole, uses)."""

    def __init__(self, holes: Holes, form: Form) -> None:
        self.holes = holes
        self.form = form
        self.values = [*form.blank]
        self.sums: list[tuple[int, Sum]] = []
        self.names: list[tuple[int, int, int]] = []

    def numbers(self) -> Iterator[int]:
        """The same as csrc/asm/take.c reads it."""
        yield from (*self.values, len(self.sums))
        for at, each in self.sums:
            yield from (at, *each.numbers())
        yield len(self.names)
        for name in self.names:
            yield from name

    def fill(self, slot: Slot, node: Operand) -> None:
        kind = slot.operand.kind
        if isinstance(node, Indexed):
            self._slice_row(slot, node)
        elif isinstance(node, Name):
            self._name(slot, node)
        elif kind == kinds.CONST:
            self._number(slot, node, slot.field.low, slot.field.high)
        elif kind == kinds.IMM and TYPES[slot.operand.type].kind != "f":
            self._immediate(slot, node)
        else:
            raise NoRecipe

    def _name(self, slot: Slot, node: Name) -> None:
        operand = slot.operand
        uses = {kinds.STREAM: STREAM, kinds.VECTOR: STREAM | V, kinds.HEMI: HEMISPHERE}.get(operand.kind, 0)
        if not self.holes.is_register(node):
            self.names.append((slot.index, self.holes.number(node, NAME), uses))
        elif operand.kind == kinds.VECTOR and operand.role != WRITE:
            first, last = SCALARS, SCALARS + SCALAR_COUNT - 1
            self.sums.append((slot.index, Sum(first, first, last, [(self.holes.number(node, REGISTER), 1)])))
        else:
            raise NoRecipe

    def _number(self, slot: Slot, node: Operand, low: int, high: int) -> None:
        sign, number = signed(node)
        self.sums.append((slot.index, Sum(0, low, high, [(self.holes.number(number, NUMBER), sign)])))

    def _immediate(self, slot: Slot, node: Operand) -> None:
        """The bits of an integer of either sign."""
        bits = TYPES[slot.operand.type].bits
        sign, number = signed(node)
        base, low = (0, 0) if sign > 0 else (1 << bits, 1 << bits - 1)
        self.sums.append((slot.index, Sum(base, low, (1 << bits) - 1, [(self.holes.number(number, NUMBER), sign)])))

    def _slice_row(self, slot: Slot, node: Indexed) -> None:
        """What the machine lacks of slices and rows is seen to later."""
        place, address = SLICE.fullmatch(node.base), Address(self.holes, node)
        if place is None or int(place[2]) >= HEMISPHERE_SLICES or address.symbol >= 0:
            raise NoRecipe
        hemisphere = WEST if place[1] in "wW" else EAST
        self.values[slot.where["slice"]] = hemisphere * HEMISPHERE_SLICES + int(place[2])
        self.sums.append((slot.where["row"], Sum(0, 0, self.form.row.format.field("row").high, address.constant)))
        self.sums += [(slot.where["ra"], each) for each in address.fields.values()]

    def attribute(self, slot: Slot, node: Attribute) -> None:
        if slot.operand.choices:
            raise NoRecipe
        low = slot.field.low + (node.name == "m")  # one round is another thing: see asm.operands.attributes
        self._number(slot, node.value, low, slot.field.high)


def filling_of(holes: Holes, statement: OpStmt) -> BurstFilling:
    """What a burst in a bundle is made of. Raises NoRecipe, SourceError."""
    nodes, attributes = split_attributes(statement)
    form = _form(holes, statement.mnemonic, tuple([_shape(holes, node) for node in nodes]))
    if form is None or statement.pins:
        raise NoRecipe
    filling = BurstFilling(holes, form)
    for slot, node in zip(form.slots, nodes, strict=False):
        filling.fill(slot, node)
    slots = {slot.field.name: slot for slot in form.slots if slot.operand.kind == ATTR}
    given = {node.name: node for node in attributes}
    if len(given) < len(attributes) or not given.keys() <= slots.keys():
        raise NoRecipe
    if "m" not in given and not given.keys().isdisjoint(WITHOUT_ROUNDS):
        raise NoRecipe
    for name, node in given.items():
        filling.attribute(slots[name], node)
    return filling


def _form(holes: Holes, mnemonic: str, shapes: tuple[Shape, ...]) -> Form | None:
    """The form for operands of some shapes; the first name may be that of a hemisphere."""
    known = forms(mnemonic)
    return known.get(shapes) or (known.get((EXPR, *shapes[1:])) if shapes else None)


def _shape(holes: Holes, node: Operand) -> Shape:
    """What an operand looks like: see asm.operands.tensor."""
    if isinstance(node, Name):
        return PLACE
    if isinstance(node, Indexed):
        fields = Address(holes, node).fields
        if fields.keys() - {"rb"}:
            raise NoRecipe
        return ("slice", "row", *(["ra"] if fields else []))
    if isinstance(node, Number | Unary):
        return EXPR
    raise NoRecipe


# What is told of them ---------------------------------------------------------------------------
def tell_bursts(columns: Columns) -> None:
    """Say how the bursts in some columns are written. Raises Unfit when one is none of the machine."""
    syllables = array("Q")
    for row, values, is_free in columns.bursts():
        fields = dict(zip(row.format.names, values, strict=True))
        if absent(columns.scope.spec, row, fields) or _is_outside(columns.scope.spec, fields):
            raise Unfit
        try:
            made = encoded(row, tuple(values))
        except CodecError:
            raise Unfit from None
        syllables.extend((*(*made, 0)[:2], is_free))
    columns.front.tell_bursts(syllables)


def _is_outside(spec: MachineSpec, fields: Mapping[str, int]) -> bool:
    """Whether the machine lacks the slice."""
    return fields.get(AT_SLICE, 0) % HEMISPHERE_SLICES >= spec.slices
