"""Code typed between steps, jumps, edits and undos: every cycle is found again as it was, and all can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from debugger.load import Source
from debugger.session import Session
from isa.diagnostics import SourceError
from vm.loader import ENGINES

STEPS = 12
NOTHING = ""
SCALAR = """
        mov     r1, 1
        loop    50, done
        { add   r2, r2, r1 || mul r5, r1, r1 }
        { nop   2 }
        { mov   r8, r9 }
done:   { st    [10], r2 }
        halt
"""
TENSOR = """
        .timeline
        @0      vmov.u8 v1, 1, n=40
        @3      vadd.u8.w v0, v1, v1, n=30
        @60     halt
        .endtimeline
"""
TYPED = (
    "mov r1, 5", "mul r2, r1, r1", "{ mul r4, r3, r3 || add r5, r3, 1 }", "loop 5, end\nadd r6, r6, 2\nend:",
    "ld r7, [0]", "st [r1], r2", "jmp 0", "halt 2", "x: .i32 1, 2", "cmp r1, r2\njlt 0", "{ vmov.u8 se0, 1, n=9 }",
    "{ vadd.u8.w v3, se0, se0 }", "div r1, r2, r0", "{ nop 5 }", "ld r9, [r1 + 99999]", "mov %name, 3",
    ".tensor T: u8[8, 32] @ auto", "vmov.u8 %a, 7, n=8\nvstore T, %a", "{ add r2, r7, r2 }", "ret r31", "call r31, 0",
)  # fmt: skip


def any_action(rng: Random) -> Callable[[Session], object]:
    """Mostly something typed; what cannot be done, such as a name that is not there, changes nothing."""
    line, cycle, value = rng.choice(TYPED), rng.randrange(80), str(rng.randrange(40))
    others: list[Callable[[Session], object]] = [
        lambda session: session.goto(cycle),
        lambda session: session.step(by="cycle"),
        lambda session: session.back(by="bundle"),
        lambda session: session.undo(),
        lambda session: session.set("r1", value),
        lambda session: session.reverse(),
    ]
    return rng.choice(others) if rng.randrange(2) else lambda session: session.execute(line)


def here(session: Session) -> tuple[object, bytes]:
    return session.state, bytes(session.machine.engine.sram())


@pytest.mark.parametrize("seed", range(18))
def test_any_sequence_is_found_again_and_taken_back(seed: int) -> None:
    rng = Random(seed)
    text = (NOTHING, SCALAR, TENSOR)[seed % 3]
    source = Source(text=text, machine="lpu-tiny", engine=ENGINES[seed % 2], uninit="zero")
    session = Session.open(source)
    for _ in range(STEPS):
        with suppress(SourceError):
            any_action(rng)(session)
        cycle, now = session.cycle, here(session)
        for other in (0, cycle // 2, cycle):
            session.goto(other)
        assert here(session) == now
    while session.undo():
        assert session.history.start <= session.cycle
    plain = Session.open(source)
    plain.goto(session.cycle)
    assert here(session) == here(plain)
