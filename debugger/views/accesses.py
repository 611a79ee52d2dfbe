"""What an element that issues accesses: rows of slices, accumulator rows, words; and where scalar accesses stand."""

from __future__ import annotations

from debugger.views.cycle import Issue
from debugger.views.memory import row_name, word_name
from isa.image import Image
from isa.row import MEM, SLICE_ROW
from isa.units import HEMISPHERE_SLICES, PLANE, slice_name
from vm.scene import signed

WORD = (1 << 32) - 1


def operands(issue: Issue) -> str:
    """`r5=3 r2=4`: what an op finds in the registers it reads, each named once."""
    found = dict(zip(issue.op.registers_read, issue.read, strict=False))
    return " ".join(f"r{number}={signed(value)}" for number, value in found.items())


def access(image: Image, issue: Issue) -> str:
    """`mw40[88] x_west+88`, `acc[12]`, `[200] A+4`; nothing for what accesses no memory."""
    op = issue.op
    if any(operand.kind == SLICE_ROW for operand in op.row.operands):
        row = slice_row(issue)
        return f"{slice_name(op['slice'])}[{row}]{_lane(issue)} {row_name(image, op['slice'], row)}".rstrip()
    if op.row.units.where == PLANE and "acc" in op.row.format.names:
        return f"acc[{op['acc'] + issue.element % op.fields.get('n', 1)}]"
    if any(operand.kind == MEM for operand in op.row.operands):
        word = word_address(issue)
        return f"[{word}] {word_name(image, word)}".rstrip()
    return ""


def _lane(issue: Issue) -> str:
    """The lane of an access to one."""
    if issue.op.row.tensor:
        return ""
    named = issue.op.fields.get("lane")
    return f" lane {_registers(issue)['rb'] if named is None else named}"


def slice_row(issue: Issue) -> int:
    """The row that an element accesses, from its base row and the register it read."""
    moved = issue.row if issue.op.row.tensor else 0
    return (issue.op["row"] + _registers(issue).get("ra", 0) + moved) & WORD


def word_address(issue: Issue) -> int:
    """disp + ra*scale + rb of a load or store, as the registers are in the cycle."""
    fields, read = issue.op.fields, _registers(issue)
    factor = read["rc"] if "rc" in fields else fields.get("scale", 0)
    return (fields["disp"] + read.get("ra", 0) * factor + read.get("rb", 0)) & WORD


def _registers(issue: Issue) -> dict[str, int]:
    """What was in the scalar registers that an op reads, by field."""
    return dict(zip(issue.op.row.reads, issue.read, strict=False))


def bank_position(image: Image, issue: Issue) -> int | None:
    """Where the bank stands that a scalar access touches, None for other ops and outside the machine."""
    spec, op = image.machine, issue.op
    if not op.row.memory or op.row.tensor:
        return None
    if "slice" in op.row.format.names:
        hemisphere, index = divmod(op["slice"], HEMISPHERE_SLICES)
        return spec.slice_position(hemisphere, index) if index < spec.slices else None
    word = word_address(issue)
    if word >= spec.words:
        return None
    hemisphere, index, _ = spec.bank_place(word // spec.words_per_bank)
    return spec.slice_position(hemisphere, index)
