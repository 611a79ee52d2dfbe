"""What a session is compared with: a straight run of the golden model, cycle by cycle; programs to debug."""

from __future__ import annotations

from typing import NamedTuple

from debugger.load import Loaded, Source
from debugger.session import Session
from isa.codec import bundle_starts
from isa.image import Image
from vm.engine import RUNNING, State
from vm.machine import Machine


class Instant(NamedTuple):
    """A cycle of a straight run: its state, and whether a bundle issues in it."""

    state: State
    fetches: bool


def session_of(image: Image, engine: str = "core", uninit: str = "fault") -> Session:
    """A session of an image that is in no file."""
    return Session(Source(engine=engine, uninit=uninit), Loaded(image))


def straight(image: Image, uninit: str = "fault", limit: int = 2000) -> tuple[list[Instant], str]:
    """All cycles of a run, the last the one it ends in, and how it ended."""
    engine, starts = Machine(image, "reference", uninit).engine, set(bundle_starts(image.text))
    found, status = [instant(engine.state, starts)], RUNNING
    while status == RUNNING and engine.cycle < limit:
        status = engine.run(engine.cycle + 1)
        if engine.cycle != found[-1].state.cycle:
            found.append(instant(engine.state, starts))
    return found, status


def instant(state: State, starts: set[int]) -> Instant:
    return Instant(state, not state.fetch_ended and state.next_fetch <= state.cycle and state.pc in starts)
