"""Sessions in which code is typed."""

from __future__ import annotations

import pytest

from debugger.load import Source
from debugger.session import Session
from isa.diagnostics import Diagnostic, SourceError

COUNTING = """
        .equ    step = 2
        .reg    total
        .array  A: i32[4] = 10, 20, 30, 40
        .param  n = 4
        .macro  triple register
        mul     \\register, \\register, 3
        .endm
        mov     r1, 0
        jmp     start
double: add     r9, r9, r9
        ret     r31
start:  loop    1000, done
        { add   r1, r1, step || mul total, r1, r1 }
        { nop   3 }
        { mov   r3, r1 }
done:   { mov   r2, 7 }
        { halt }
"""


ADDS = 14


def empty(engine: str = "core") -> Session:
    return Session.open(Source(machine="lpu-tiny", engine=engine))


def counting(engine: str = "core", cycle: int = 20) -> Session:
    """In the body of a loop, about to issue the bundle that adds."""
    session = Session.open(Source(text=COUNTING, machine="lpu-tiny", engine=engine))
    session.goto(cycle)
    while session.place is None or session.place.line != ADDS or session.state.next_fetch > session.cycle:
        session.step(by="cycle")
    return session


def refused(session: Session, text: str) -> Diagnostic:
    """The message that typed code is refused with, which changes nothing."""
    before = session.state
    with pytest.raises(SourceError) as caught:
        session.execute(text)
    assert session.state == before and not session.history.edits
    return caught.value.diagnostics[0]


def registers(session: Session, *numbers: int) -> list[int]:
    return [session.register(number) for number in numbers]
