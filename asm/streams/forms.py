"""How ops are written in linear tensor code: the forms of the table with values in the place of streams."""

from __future__ import annotations

from collections.abc import Sequence

from asm.errors import error
from asm.operands.mismatch import no_form_fits
from asm.operands.slot import PLACE, Form, Shape, Slot, shape_of
from asm.operands.tensor import forms
from asm.streams.beside import part_width, parts
from asm.streams.gather import LOOKUPS
from asm.streams.graph import MAP, Node, Value
from asm.tree import Name, OpStmt, Virtual
from isa.diagnostics import Note
from isa.records import NamedTuple
from isa.row import ATTR, HEMI, WRITE, Operand, Row, operand_text
from isa.table import MNEMONICS
from isa.units import SXM


class Flowing(NamedTuple):
    """A value as written: `%a`, or a stream or v register by name; `pin` is its number, ANYWHERE of `%a`."""

    name: str
    pin: int
    node: Name | Virtual


class Written(NamedTuple):
    """An operand as it is written: a slot, and which of its values when it takes several."""

    slot: Slot
    part: int

    @property
    def is_map(self) -> bool:
        """Whether a map stands here, which in a bundle is the number of a register."""
        return self.slot.operand.fields[0] == MAP

    @property
    def shape(self) -> Shape:
        return PLACE if self.is_map else shape_of(self.slot.operand)

    @property
    def text(self) -> str:
        return "map" if self.is_map else operand_text(self.slot.operand)


def written(form: Form) -> list[Written]:
    """The operands of a form in linear code: all but the switch."""
    slots = [slot for slot in form.slots if slot.operand.kind not in (HEMI, ATTR)]
    return [Written(slot, part) for slot in slots for part in range(parts(slot.operand))]


def form_for(statement: OpStmt, shapes: tuple[Shape, ...]) -> Form:
    """The form whose operands fit. Raises E-OPERAND."""
    candidates = list(forms(statement.mnemonic).values())
    for form in candidates:
        if tuple(operand.shape for operand in written(form)) == shapes:
            return form
    if candidates[0].row.units.where != SXM:
        raise no_form_fits(statement, shapes)
    operands = ", ".join(operand.text for operand in written(candidates[0]))
    message = f"in linear code it is written `{statement.mnemonic} {operands}`"
    raise error("E-OPERAND", message, statement.line, statement, "the switch is chosen; `!W` or `!E` pins it")


def result_width(row: Row) -> int:
    """The bytes of what an op makes."""
    return next(part_width(operand) for operand in row.operands if operand.role == WRITE)


def results_of(statement: OpStmt) -> int:
    """How many of its first operands a statement may make."""
    rows = MNEMONICS.get(statement.mnemonic)
    if rows is not None:
        return sum(parts(operand) for operand in rows[0].operands if operand.role == WRITE)
    return len(statement.operands) if statement.mnemonic in LOOKUPS else 1


def check_width(statement: OpStmt, flowing: Flowing, value: Value, what: str, width: int) -> None:
    """Raises E-TYPE when a value has not the bytes that something takes."""
    if value.width == width:
        return
    message = f"`{flowing.name}` is {_bytes(value.width)} wide and {what} takes {_bytes(width)}"
    notes = (Note(f"`{value.name}` is made here", value.place),)
    raise error("E-TYPE", message, statement.line, flowing.node, "convert it with `vcvt`", notes)


def check_operand(node: Node, flowing: Flowing, value: Value, operand: Operand) -> None:
    """Raises E-TYPE for a value that has not the bytes that an op takes, E-OPERAND for one that is to stand beside
    others and does so already."""
    check_width(node.statement, flowing, value, f"`{node.statement.mnemonic}`", part_width(operand))
    if parts(operand) > 1 and any(user.op.row is node.op.row for user, _ in value.users):
        message = f"`{flowing.name}` goes to a `{node.statement.mnemonic}` already, and has one place beside others"
        help_ = f"copy it: `vmov.u32 %copy, {flowing.name}`"
        raise error("E-OPERAND", message, node.statement.line, flowing.node, help_)


def _bytes(count: int) -> str:
    return f"{count} byte" if count == 1 else f"{count} bytes"


def check_lengths(node: Node, values: Sequence[Value]) -> None:
    """What flows together has one length. Raises E-RANGE."""
    counts = {value.count: value for value in reversed(values)}
    if len(counts) > 1:
        first, second = list(counts.values())[:2]
        message = f"`{second.name}` has {second.count} elements and `{first.name}` {first.count}"
        notes = (Note(f"`{second.name}` is made here", second.place), Note(f"`{first.name}` here", first.place))
        help_ = "operands have one length; `vload ..., stride=0, n=...` repeats a row"
        raise error("E-RANGE", message, node.statement.line, node.statement, help_, notes)
