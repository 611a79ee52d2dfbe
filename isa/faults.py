"""Faults as data: the codes, the order that decides which of several is *the* fault, and the raw record.

Both engines fill a RawFault with the same numbers; one function elsewhere turns it into sentences.
"""

from __future__ import annotations

from isa.records import dataclass

# In order of precedence within one cycle. The position is the number engines use; 0 means no fault.
CODES: tuple[str, ...] = (
    "",
    "E-PC",
    "E-ILLEGAL",
    "E-LOOP",
    "E-LINK",
    "E-UNIT-BUSY",
    "E-HAZARD",
    "E-STREAM-EMPTY",
    "E-STREAM-TORN",
    "E-TYPE",
    "E-ACC-EMPTY",
    "E-RANGE",
    "E-BANK",
    "E-UNINIT",
    "E-DIV",
    "E-ASSERT",
    "E-TRAP",
    "E-WRITE-CLASH",
    "E-STREAM-CLASH",
    "E-STREAM-LOST",
)
NUMBER: dict[str, int] = {code: number for number, code in enumerate(CODES)}

CONDITION_CODE = 32  # the register number that stands for the condition code
NOWHERE = -1


@dataclass(frozen=True)
class RawFault:
    """What an engine knows of a fault. Unused numbers are NOWHERE (-1) or 0.

    `slot` is the op's place in its bundle, in encoding order. `operand` indexes the registers the op reads
    in operand order (the condition code after them). `resource` is a register (E-HAZARD, E-WRITE-CLASH; 32
    is the condition code), a bank (E-BANK) or a loop count (E-LOOP: the depth reached). `address` is a word
    address for E-RANGE of a word access and a row of the slice for one of a lane access (whose lane is then
    `value`), a byte of the linear map for E-UNINIT, a program address for E-PC and E-LOOP, and for
    E-WRITE-CLASH the landing cycle of the later write. `value` and `value2` are otherwise the numbers compared
    or divided, or the trap code.
    The other party: its bundle's address, slot, issue cycle and landing cycle.
    Of tensor ops (docs/machine.md, section 19): `pc` and `slot` are those of the op, `element` the number of
    the element in its burst (i + j*n), and `stream`, `lane` and `position` say where.
    """

    code: int
    cycle: int
    pc: int
    slot: int = NOWHERE
    operand: int = NOWHERE
    resource: int = NOWHERE
    address: int = 0
    value: int = 0
    value2: int = 0
    other_pc: int = NOWHERE
    other_slot: int = NOWHERE
    other_cycle: int = NOWHERE
    other_landing: int = NOWHERE
    element: int = NOWHERE
    stream: int = NOWHERE
    lane: int = NOWHERE
    position: int = NOWHERE
    other_element: int = NOWHERE

    @property
    def name(self) -> str:
        return CODES[self.code]
