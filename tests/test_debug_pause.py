"""A pause that is asked for at any moment: it is heeded or kept, and what is not paused is as if nobody had asked.

Another thread, or a signal, may ask between any two steps of the interpreter; they are tried one after the other.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import FrameType
from typing import Any

import pytest
from cli_tools import Command
from process_tools import once
from repl_tools import ENDLESS, SUM, Prompt
from test_history_end import storing
from typed_tools import empty

from debugger import history, running, stepping
from debugger.history import History
from debugger.load import Source
from debugger.repl.interrupt import pausing
from debugger.running import PAUSED, Stopped
from debugger.session import Session
from debugger.why import replay
from debugger.why.replay import Replay
from isa.diagnostics import SourceError
from vm.machine import Machine
from vm.stops import WRITE, Stops, Watch

FILES = {module.__file__ for module in (history, running, stepping, replay)}  # whose steps are told apart
MOST = 250  # steps that are tried, spread over all
WRITES = Stops(watches=(Watch(WRITE, 0, 3),))
HERE = 301


def interrupted(work: Callable[[], object], step: int = -1, action: Callable[[], object] = lambda: None) -> int:
    """Work, and act before the step of that number; how many steps there were."""
    steps = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal steps
        if frame.f_code.co_filename not in FILES:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            if steps == step:
                action()
            steps += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def pauses(make: Callable[[], Any], work: Callable[[Any], object]) -> Iterator[tuple[Any, object]]:
    """What was made, and what came of work on it: the value or the SourceError, with a pause ever later.

    Work may take some steps fewer than it did before, for clocks decide where checkpoints are.
    """
    subject = make()
    count = interrupted(lambda: work(subject))
    for step in sorted({*range(0, count, -(-count // MOST)), *range(count - 20, count)}):
        subject, found, asked = make(), list[object](), list[object]()
        try:
            interrupted(lambda: found.append(work(subject)), step, lambda: asked.append(pause(subject)))  # noqa: B023
        except SourceError as error:
            found.append(error)
        if asked:
            yield subject, found[0]


def pause(subject: History | Session) -> None:
    (subject if isinstance(subject, History) else subject.history).pause_asked = True


# Histories --------------------------------------------------------------------------------------
def stored() -> History:
    found = History(Machine(storing(200)))
    found.goto(HERE)
    return found


def test_looking_back_loses_no_pause_and_stays() -> None:
    truth, here = stored().last(WRITES, HERE), stored().machine.state
    assert truth
    answers = []
    for subject, answer in pauses(stored, lambda subject: subject.last(WRITES, HERE)):
        assert subject.pause_asked
        assert subject.machine.state == here
        answers.append(answer)
    assert {truth, None} == set(answers)


def looked_up(subject: History) -> list[object]:
    where = Replay(subject)
    return [where.stops(WRITES, 5, 300), where.ahead(WRITES, 20, 90), where.last(WRITES.watches, 250)]


def test_an_answer_is_whole_or_none() -> None:
    truth, here = looked_up(stored()), stored().machine.state
    refused = 0
    for subject, answer in pauses(stored, looked_up):
        assert subject.machine.state == here
        if isinstance(answer, SourceError):
            assert "paused before the answer was found" in str(answer)
            assert not subject.pause_asked
            refused += 1
        else:
            assert answer == truth
            assert subject.pause_asked
    assert refused


# Sessions ---------------------------------------------------------------------------------------
def summing() -> Session:
    session = Session.open(Source(text=SUM, machine="lpu-tiny"))
    session.goto(20)
    session.breakpoints.add("again")
    return session


MOVES: dict[str, Callable[[Session], object]] = {
    "bundles": lambda session: session.step(3, by="bundle"),
    "bundles back": lambda session: session.back(3, by="bundle"),
    "a line back": lambda session: session.back(),
    "cycles back": lambda session: session.back(15, by="cycle"),
    "a run": lambda session: session.run(),
    "a run from the start": lambda session: session.run_again(),
    "a run back": lambda session: session.reverse(),
    "a cycle": lambda session: session.goto(3),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_movement_ends_where_it_should_or_is_paused(name: str) -> None:
    truth = MOVES[name](summing())
    for subject, stopped in pauses(summing, MOVES[name]):
        assert stopped == truth or stopped.reason == PAUSED
        assert stopped.cycle == subject.cycle
        assert not subject.history.pause_asked


def test_a_pause_on_the_way_to_the_start_is_one_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    session, goto = summing(), History.goto

    def going(subject: History, cycle: int) -> str:
        pause(subject)
        return goto(subject, cycle)

    monkeypatch.setattr(History, "goto", going)
    stopped = session.run_again()
    assert (stopped.reason, stopped.cycle) == (PAUSED, 0)


# Runs that never end -----------------------------------------------------------------------------
def test_a_run_that_never_ends_is_paused_from_outside() -> None:
    session = Session.open(Source(text="again: { add r1, r1, 1 }\n{ jmp again }\n"))
    with once(lambda: session.cycle > 1000, session.pause):
        stopped = session.run()
    assert stopped.cycle > 1000
    assert (stopped.reason, session.status) == ("paused", "running")
    assert session.step(by="cycle").cycle == stopped.cycle + 1
    assert session.goto(5).cycle == 5


def test_code_that_never_ends_is_paused() -> None:
    session = empty()
    with once(lambda: session.cycle > 1000, session.pause):
        found = session.execute("forever: jmp forever")
    assert found.reason == "paused" and session.cycle > 1000
    session.undo()
    assert session.cycle == 0 and session.is_over


def interrupting(session: Session) -> AbstractContextManager[None]:
    """Press Ctrl-C once a run is under way."""
    return once(lambda: session.cycle > 1000, lambda: os.kill(os.getpid(), signal.SIGINT))


def test_a_kernel_that_never_halts_is_paused_and_goes_on() -> None:
    prompt = Prompt(ENDLESS)
    with pausing(prompt.console), interrupting(prompt.session):
        reply = prompt("run")
    assert reply.result.data["stopped"]["reason"] == "paused"
    here = prompt.session.cycle
    prompt("stepc")
    assert prompt.session.cycle == here + 1


def test_lines_after_a_pause_are_not_done(lpu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Session.run_again

    def run(session: Session) -> Stopped:
        with interrupting(session):
            return runs(session)

    monkeypatch.setattr(Session, "run_again", run)
    lpu.write("endless.s", ENDLESS)
    lpu.write("commands", "run\necho on\n")
    done = lpu("debug", "--batch", "-x", "commands", "endless.s")
    assert (done.status, "paused" in done.out, "on\n" in done.out) == (130, True, False)
