"""`info TOPIC`: what there is to know of the session, a function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from debugger.repl.breaks import described
from debugger.repl.files import mark_lines
from debugger.repl.look import viewed
from debugger.repl.reply import Result, counted, did_you_mean, one_line
from debugger.repl.verb import Request
from debugger.trouble import trouble
from isa.records import NamedTuple

if TYPE_CHECKING:
    from debugger.breakpoints import Breakpoint
    from debugger.repl.console import Console
    from debugger.session import Session


class Topic(NamedTuple):
    """One thing that `info` can tell."""

    name: str
    summary: str
    show: Callable[[Console, str], Result]
    others: tuple[str, ...] = ()  # what it is called as well

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.others)


def info(console: Console, request: Request) -> Result:
    """Tell of a topic, or what topics there are."""
    name, _, argument = request.argument.partition(" ")
    if not name:
        return Result(list(_topics()), {"topics": {topic.name: topic.summary for topic in TOPICS.values()}})
    found = [topic for topic in TOPICS.values() if any(each.startswith(name) for each in topic.names)]
    exact = [topic for topic in found if name in topic.names]
    if len(exact or found) == 1:
        return (exact or found)[0].show(console, argument.strip())
    near = ", ".join(topic.name for topic in found)
    help = f"there are {near}" if near else did_you_mean(name, TOPICS, f"there are {', '.join(TOPICS)}")
    raise trouble(f"`info {name}` is not clear" if near else f"`info` knows nothing of `{name}`", help)


def _topics() -> Iterator[str]:
    width = max(map(len, TOPICS))
    yield from (f"  info {topic.name:<{width}}  {topic.summary}" for topic in TOPICS.values())


# Topics -----------------------------------------------------------------------------------------
def breaks(console: Console, argument: str) -> Result:
    session = console.session
    lines = [f"{described(session, each)}{_state(each)}" for each in session.breakpoints]
    return Result(lines or ["there are no breakpoints"], {"breaks": [each.as_data() for each in session.breakpoints]})


def _state(each: Breakpoint) -> str:
    """How often a breakpoint was hit, and whether it acts."""
    parts = [
        f"hit {counted(each.hits, 'time')}" * bool(each.hits),
        f"passed {each.ignore} times more" * bool(each.ignore),
    ]
    parts += ["disabled" * (not each.enabled), each.problem]
    text = ", ".join(part for part in parts if part)
    return f": {text}" if text else ""


def registers(console: Console, argument: str) -> Result:
    from debugger.views.registers import registers

    return viewed(console, registers(console.session, console.seen[0] if console.seen else None))


def accumulators(console: Console, argument: str) -> Result:
    """Rows of a plane: `info accumulators P1 [FIRST [COUNT]]`."""
    from debugger.views.contents import accumulators

    words = argument.split() or ["P0"]
    try:
        plane, *rows = (int(word, 0) for word in (words[0].removeprefix("P"), *words[1:3]))
    except ValueError:
        raise trouble(
            f"`{argument}` is no plane and rows", "`info accumulators P0 8 16`: from row 8, 16 of them"
        ) from None
    return viewed(console, accumulators(console.session, plane, *rows))


def view(module: str, name: str) -> Callable[[Console, str], Result]:
    """The topic that a view without arguments shows; it is imported when it is asked for."""

    def show(console: Console, argument: str) -> Result:
        from importlib import import_module

        return viewed(console, getattr(import_module(f"debugger.views.{module}"), name)(console.session))

    return show


def marks(console: Console, argument: str) -> Result:
    return mark_lines(console.session)


def history(console: Console, argument: str) -> Result:
    """How far the run is known, and the changes made; what only closes another is not one of its own."""
    from debugger.edits import CLOSING

    found = console.session.history
    changes = [edit for edit in found.edits if edit.text != CLOSING]
    end = "not known yet" if found.end is None else f"cycle {found.end}"
    lines = [f"from cycle {found.start}; now in cycle {found.cycle}; the end is {end}"]
    lines += [f"changed in cycle {edit.cycle}: {one_line(edit.text)}" for edit in changes]
    data = {"start": found.start, "cycle": found.cycle, "end": found.end}
    return Result(lines, {**data, "edits": [edit._asdict() for edit in changes]})


def program(console: Console, argument: str) -> Result:
    session = console.session
    return Result(list(_program(session)), _program_data(session))


def _program(session: Session) -> Iterator[str]:
    yield f"files: {', '.join(session.source.paths) or 'none'}"
    yield f"machine: {session.spec.name}, engine {session.source.engine}, uninit {session.source.uninit}"
    yield f"{counted(len(session.lines.starts), 'bundle')} in {counted(len(session.image.text), 'syllable')}"
    yield from (f"  {name} at {address}" for name, address in session.lines.labels.items())


def _program_data(session: Session) -> dict[str, Any]:
    return {
        "source": session.source.as_data(), "machine": session.spec.name, "bundles": len(session.lines.starts),
        "syllables": len(session.image.text), "labels": session.lines.labels,
    }  # fmt: skip


TOPICS = {
    topic.name: topic
    for topic in (
        Topic("registers", "r0 to r31 and cc, what changed since the last stop, what is on its way", registers),
        Topic("loops", "the loops around, and their rounds left", view("registers", "loops")),
        Topic("units", "what each unit did so far and does now", view("units", "units")),
        Topic("bursts", "the bursts under way", view("units", "bursts")),
        Topic("streams", "the values on the streams", view("contents", "streams")),
        Topic("vectors", "the v registers", view("contents", "vectors")),
        Topic("planes", "weights, exits and accumulators of the planes", view("contents", "planes")),
        Topic("accumulators", "rows of a plane: `info accumulators P0 [FIRST [COUNT]]`", accumulators),
        Topic("memory", "where tensors and symbols lie, and how much of them is written", view("memory", "memory")),
        Topic("breaks", "breakpoints and watches, and how often they were hit", breaks, ("breakpoints", "b")),
        Topic("history", "how far it reaches, and what was changed", history),
        Topic("marks", "the cycles that have names", marks),
        Topic("program", "files, machine, labels", program),
    )
}
