"""Consoles of the debugger inside the test process, which let defects through."""

from __future__ import annotations

from typing import Any

from debugger.load import Source
from debugger.repl.console import Console
from debugger.repl.reply import Reply
from debugger.session import Session

SUM = """\
        .array  x: i32[4] = 3, 5, 7, 9
        .array  y: i32[1]
        .input  x
        .output y
        { mov   r1, 0 || mov r2, 0 }
again:  { ld    r3, [x + r1] }
        { add   r1, r1, 1 }
        { nop   3 || cmp r1, 4 }
        { add   r2, r2, r3 || jlt again }
        { st    [y], r2 }
        { halt  0 }
"""
ENDLESS = "again:  add r1, r1, 1\n        jmp again\n"
DIVIDES = """\
        mov     r1, 3
        mov     r2, 0
        div     r3, r1, r2
        halt    0
"""


class Prompt:
    """A console with a program on a small machine, and what it has answered."""

    def __init__(self, text: str = SUM, **how: Any) -> None:
        self.replies: list[Reply] = []
        session = Session.open(Source(text=text, machine="lpu-tiny", **how))
        self.console = Console(session, self.replies.append, raises=True)

    @property
    def session(self) -> Session:
        return self.console.session

    def __call__(self, *lines: str) -> Reply:
        """Type lines; the last reply."""
        for line in lines:
            self.console.feed(line)
        return self.replies[-1]

    def fails(self, *lines: str) -> str:
        """Type lines of which the last must fail: the code and the message, and the help."""
        reply = self(*lines)
        assert reply.failed, reply
        (diagnostic,) = reply.diagnostics
        return f"{diagnostic.code}: {diagnostic.message}; {diagnostic.help}"
