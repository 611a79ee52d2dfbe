"""Register names: r0 to r31, and names without a number (`.reg x`, `%x`), which get registers nobody names."""

from __future__ import annotations

import re

from asm.errors import error
from asm.program import AsmOp
from asm.tree import Line, Name, Virtual
from isa.diagnostics import Note, Place
from isa.row import MEM, SLICE_ROW, Row

COUNT = 32
LIKE_A_REGISTER = re.compile(r"r\d+", re.IGNORECASE)
BASES = ("disp", "row")  # the fields of an address that its base fills
NAMED = {f"{letter}{number}": number for letter in "rR" for number in range(COUNT)}


class Registers:
    """Symbolic registers are numbered from COUNT on until every op is known; `asm.allocate` gives them their places."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = dict(NAMED)
        self.symbolic: list[tuple[str, Line, Name | Virtual]] = []
        self.used = 0  # bit n: register n is named by the file
        self.reserved = 0  # bit n: register n is not for the assembler, though the file may not name it
        self.flowing: dict[str, Place] = {}  # names that stand for values of streams, and where they are made first
        self.waiting: list[tuple[AsmOp, tuple[int, ...], int]] = []
        self.pinned: dict[int, int] = {}
        self.places: dict[str, int] = {}  # names that got one register for the whole file

    def find(self, node: Name | Virtual, line: Line) -> int | None:
        """The number of a register; None when the name is none. Raises E-REGISTER for `r32` and values of streams."""
        if isinstance(node, Virtual):
            name = f"%{node.name}"
            if name in self.flowing:
                notes = (Note("it is a value of streams here", self.flowing[name]),)
                raise error(
                    "E-REGISTER", f"`{name}` is no register", line, node, "give one of them another name", notes
                )
            number = self.numbers.get(name)
            return self.declare(name, line, node) if number is None else number
        number = self.numbers.get(node.text)
        if number is None and node.text[0] in "rR" and LIKE_A_REGISTER.fullmatch(node.text):
            raise error("E-REGISTER", f"there is no register {node.text}; registers are r0 to r{COUNT - 1}", line, node)
        return number

    def flow(self, name: str, line: Line, node: Name | Virtual) -> None:
        """Take note that a name stands for a value of streams. Raises E-REGISTER when it is a register."""
        number = self.numbers.get(name)
        if number is not None:
            _, first, declared = self.symbolic[number - COUNT]
            notes = (Note("it is a register here", first.place(declared.column, declared.end)),)
            raise error(
                "E-REGISTER", f"`{name}` flows in no stream", line, node, "give one of them another name", notes
            )
        self.flowing.setdefault(name, line.place(node.column, node.end))

    def declare(self, name: str, line: Line, node: Name | Virtual) -> int:
        """A new symbolic register."""
        number = self.numbers[name] = COUNT + len(self.symbolic)
        self.symbolic.append((name, line, node))
        return number

    def note(self, op: AsmOp, indices: tuple[int, ...], first: int = 0) -> None:
        """Take note of the registers in an op; `indices` say where its values hold them, `first` what stands for r0."""
        values = op.values
        for index in indices:
            number = values[index] - first
            self.used |= 1 << number
            if number >= COUNT and (not self.waiting or self.waiting[-1][0] is not op):
                self.waiting.append((op, indices, first))

    def waits(self, op: AsmOp) -> bool:
        """Whether the op noted last has registers without a number."""
        return bool(self.waiting) and self.waiting[-1][0] is op

    def pin(self, number: int, register: int) -> bool:
        """Put a symbolic register into a real one; whether that is possible."""
        self.used |= 1 << register
        return number == register or (number >= COUNT and self.pinned.setdefault(number, register) == register)

    @property
    def free(self) -> list[int]:
        """The registers that the file never names."""
        return [register for register in range(COUNT) if not self.used >> register & 1]

    @property
    def unnamed(self) -> list[int]:
        """The registers that are in no op, once those without a number have theirs."""
        used = self.used
        for op, indices, first in self.waiting:
            for index in indices:
                used |= 1 << op.values[index] - first
        return [register for register in range(COUNT) if not used >> register & 1]


def register_indices(row: Row) -> tuple[int, ...]:
    """Where the values of a row's ops hold registers."""
    names = row.format.names
    written = (row.write,) if row.write else ()
    return tuple(names.index(name) for name in (*written, *row.reads))


def address_index(op: AsmOp) -> tuple[object, ...]:
    """What is added to the base of an op's address: the fields of its place but for the base itself."""
    place = next(operand for operand in op.row.operands if operand.kind in (MEM, SLICE_ROW))
    return tuple((name, op.value(name)) for name in place.fields if name not in BASES)
