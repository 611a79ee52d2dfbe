"""`info TOPIC`: what there is to know of the session, a function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from debugger.repl.breaks import described
from debugger.repl.files import mark_lines
from debugger.repl.reply import Result, counted, did_you_mean
from debugger.repl.verb import Request
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.breakpoints import Breakpoint
    from debugger.repl.console import Console
    from debugger.session import Session


class Topic(NamedTuple):
    """One thing that `info` can tell."""

    name: str
    summary: str
    show: Callable[[Console, str], Result]


def info(console: Console, request: Request) -> Result:
    """Tell of a topic, or what topics there are."""
    name, _, argument = request.argument.partition(" ")
    if not name:
        return Result(list(_topics()), {"topics": {topic.name: topic.summary for topic in TOPICS.values()}})
    found = [topic for topic in TOPICS.values() if topic.name.startswith(name)]
    exact = [topic for topic in found if topic.name == name]
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


def marks(console: Console, argument: str) -> Result:
    return mark_lines(console.session)


def history(console: Console, argument: str) -> Result:
    found = console.session.history
    edits = [f"  cycle {edit.cycle:>10,}  {edit.text}" for edit in found.edits]
    end = "not known yet" if found.end is None else f"cycle {found.end:,}"
    head = f"from cycle {found.start:,}; now in cycle {found.cycle:,}; the end is {end}"
    took = f"checkpoints take {found.bytes / 1e6:,.1f} MB"
    data = {"start": found.start, "cycle": found.cycle, "end": found.end, "bytes": found.bytes}
    lines = [head, took, *(["changes:", *edits] if edits else ["nothing was changed"])]
    return Result(lines, {**data, "edits": [edit._asdict() for edit in found.edits]})


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
        Topic("breaks", "breakpoints and watches, and how often they were hit", breaks),
        Topic("history", "how far it reaches, and what was changed", history),
        Topic("marks", "the cycles that have names", marks),
        Topic("program", "files, machine, labels", program),
    )
}
