"""What a row of the instruction table says."""

from __future__ import annotations

from functools import cached_property

from isa.formats import Format
from isa.records import NamedTuple, dataclass, field
from isa.units import UnitClass

# Operand kinds
REG = "reg"  # a scalar register
IMM = "imm"  # a 32-bit immediate; `type` is i32, f32 or bits (either)
CONST = "const"  # a constant that must fit its field
MEM = "mem"  # [disp + ra*scale + rb]
SLICE_ROW = "slice-row"  # mw4[row + ra]
LABEL = "label"  # a program address
STREAM = "stream"  # a group of streams: se4
VECTOR = "vector"  # what a vector ALU reads or writes: a group of streams, a v register or (read) a scalar register
BANK = "bank"  # mw4.1
HEMI = "hemi"  # W or E: one of the two switches
ATTR = "attr"  # name=value, anywhere after the other operands; always has a default

BURST_FIELDS = ("n", "d", "m", "e", "stride", "stride2")
DIRECTIONS = ("in", "out")

WRITE, READ, NONE = "w", "r", ""


class Operand(NamedTuple):
    """One operand as written. `fields` are the encoding fields it fills; `role` is w, r or empty.

    A stream or vector operand is `groups` groups of `width` streams each, one after the other; `flow` is "in"
    when it must flow towards the plane of its op, "out" when away from it. `type` is the element type of an
    immediate, of a vector operand, or of a register that is read as another than i32. An attribute may be one of
    `choices`, which encode as their index.
    """

    kind: str
    fields: tuple[str, ...]
    role: str = NONE
    type: str = ""
    default: int | None = None  # the operand may be left out, and then means this
    width: int = 0
    groups: int = 1
    flow: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Row:
    """One instruction in one operand form; each is made once, so rows are compared and hashed by identity.

    `semantics` names the function that both engines have for it; rows that differ only in where an operand
    comes from share it. `latency` is in cycles from issue to landing; for control, cycles to the next fetch
    when not taken. `control` is "", jump, branch, call, ret, loop, nop, halt or trap. `memory` is "", load,
    store or, of the tensor face, read or write. `condition` is a key of CONDITIONS. `width` is the bytes of a lane
    access, 0 for words; in the tensor face the width of the groups moved.

    Of the tensor face: `type` and `type2` are the element types of the result and, where it differs, of the
    source; `rounding` is even, zero, down or up; `saturate` says that what does not fit becomes the nearest
    that does; `claims` is how many units, from its own on, an op holds, `stride` apart by its class; elements of
    a burst issue at least `interval` cycles apart; `stem` is the mnemonic without its types and widths; `crosses`
    says that what a lane gets depends on which lane it is, or on what others hold.
    """

    id: int
    mnemonic: str
    format: Format
    select: tuple[int, ...]  # values of the format's selectors
    units: UnitClass
    instances: int  # how many of the class's units, from the first, take this op
    operands: tuple[Operand, ...]
    semantics: str
    latency: int
    doc: str
    meaning: str  # one line of pseudo-code
    control: str = ""
    memory: str = ""
    condition: str = ""
    width: int = 0
    reads_cc: bool = False
    writes_cc: bool = False
    taken_latency: int = 0
    faults: tuple[str, ...] = field(default=())
    type: str = ""
    type2: str = ""
    rounding: str = ""
    saturate: bool = False
    claims: int = 1
    interval: int = 1
    stem: str = ""
    crosses: bool = False

    @cached_property
    def tensor(self) -> bool:
        """Whether the op is one of the tensor face: a burst on a unit that has a place on the floorplan."""
        return bool(self.units.where)

    @cached_property
    def positional(self) -> tuple[Operand, ...]:
        """The operands written in order; the others are attributes."""
        return tuple(operand for operand in self.operands if operand.kind != ATTR)

    @cached_property
    def attributes(self) -> dict[str, Operand]:
        """The attributes by name."""
        return {operand.fields[0]: operand for operand in self.operands if operand.kind == ATTR}

    @cached_property
    def vector_reads(self) -> tuple[str, ...]:
        """Fields of the vector operands read; each names a scalar register when it is SCALARS or above."""
        return tuple(op.fields[0] for op in self.operands if op.kind == VECTOR and op.role == READ)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Fields that name registers this op reads, in operand order."""
        names: list[str] = []
        for operand in self.operands:
            if operand.kind in (MEM, SLICE_ROW):
                names += [name for name in operand.fields if name in ("ra", "rb", "rc")]
            elif operand.kind == REG and operand.role == READ:
                names += operand.fields
        return tuple(names)

    @cached_property
    def write(self) -> str | None:
        """The field that names the register this op writes."""
        for operand in self.operands:
            if operand.role == WRITE and operand.kind == REG:
                return operand.fields[0]
        return None

    @property
    def family(self) -> str:
        """What rows have in common that do the same on different types."""
        return self.stem or self.mnemonic

    @property
    def form(self) -> str:
        """The operands as the manual writes them: `rd, ra, imm`."""
        return ", ".join(operand_text(operand) for operand in self.positional)

    @property
    def key(self) -> str:
        """A name unique in the table: mnemonic and operand form."""
        return f"{self.mnemonic} {self.form}".strip()


def operand_text(operand: Operand) -> str:
    if operand.kind == MEM:
        return memory_text(operand.fields)
    if operand.kind == SLICE_ROW:
        return "slice[row + ra]" if "ra" in operand.fields else "slice[row]"
    if operand.kind == BANK:
        return "slice.bank"
    text = operand.fields[0]
    return f"[{text}]" if operand.default is not None else text


def memory_text(fields: tuple[str, ...]) -> str:
    terms = ["disp"]
    if "scale" in fields:
        terms.append("ra*scale")
    if "rc" in fields:
        terms.append("ra*rc")
    if "rb" in fields:
        terms.append("rb")
    return f"[{' + '.join(terms)}]"
