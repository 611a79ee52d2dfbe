"""The questions: `why` and `goes`, from the text of something that holds a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.why.cause import Cause
from debugger.why.cycles import cause_of_cycles
from debugger.why.replay import Replay
from debugger.why.targets import cause_of_target, fate_of_target
from debugger.why.whynot import whynot_of

if TYPE_CHECKING:
    from debugger.session import Session

CYCLE = ("cycle", "cycles")


def goes(session: Session, text: str) -> Cause:
    """What becomes of a value that something holds in the present cycle. Raises SourceError."""
    from debugger.expr import resolve

    return fate_of_target(Replay(session.history), resolve(session.machine, text))


def whynot(session: Session) -> Cause:
    """Why the run faults in the present cycle. Raises SourceError where it does not."""
    return whynot_of(Replay(session.history))


def why(session: Session, text: str) -> Cause:
    """Why something is what it is, in the present cycle; of `cycle` what the run waited for. Raises SourceError."""
    if text.strip() in CYCLE:
        return cause_of_cycles(Replay(session.history))
    from debugger.expr import resolve

    return cause_of_target(Replay(session.history), resolve(session.machine, text))
