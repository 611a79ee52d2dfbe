"""Breakpoints as clients set them: all of a kind at once, those that stay the same keeping their numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from debugger.dap.values import evaluated
from debugger.dap.wording import first_sentence
from isa.diagnostics import SourceError
from isa.records import NamedTuple

if TYPE_CHECKING:
    from debugger.breakpoints import Breakpoint
    from debugger.session import Session

SOURCE, FUNCTION, DATA, INSTRUCTION = "breakpoint", "function breakpoint", "data breakpoint", "instruction breakpoint"
HIT_CONDITION = re.compile(r"\s*(>=|>|)\s*(\d{1,15})\s*")
FIELD = re.compile(r"\{([^{}]*)\}")


class Wanted(NamedTuple):
    """A breakpoint as a client wants it: at a place or, with an `access`, of what is watched."""

    where: str
    access: str = ""
    condition: str = ""
    hits: str = ""
    log: str = ""


class Made(NamedTuple):
    """What became of one: its number, and what is wrong with it."""

    number: int = 0
    problem: str = ""


class Table:
    """The breakpoints that a client set, by kind and by what the request was about (a file)."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], dict[Wanted, int]] = {}

    def replace(self, session: Session, kind: str, about: str, wanted: list[Wanted]) -> list[Made]:
        """Set the breakpoints of a group, and take away those that it had before and that are not wanted again."""
        old = self._groups.get((kind, about), {})
        there = {each.number for each in session.breakpoints}
        kept = {each: number for each, number in old.items() if each in wanted and number in there}
        for number in old.values():
            if number in there and number not in kept.values():
                session.breakpoints.remove(number)
        self._groups[kind, about] = kept
        return [made(session, kept, each) for each in wanted]

    def numbers(self) -> list[int]:
        """The numbers of all that the client set, in order."""
        return sorted({number for group in self._groups.values() for number in group.values()})

    def wanted(self, number: int) -> tuple[str, Wanted] | None:
        """The kind of a breakpoint that the client set, and what it wanted."""
        for (kind, _), group in self._groups.items():
            for each, own in group.items():
                if own == number:
                    return kind, each
        return None

    def reason_of(self, number: int) -> str:
        """What a client calls a stop at a breakpoint, "" where another than it set that."""
        found = self.wanted(number)
        return found[0] if found else ""

    def log_of(self, number: int) -> str:
        """What is to be said instead of stopping."""
        found = self.wanted(number)
        return found[1].log if found else ""


def made(session: Session, group: dict[Wanted, int], wanted: Wanted) -> Made:
    """A breakpoint of the session for one that is wanted, new unless the group has it."""
    try:
        if wanted not in group:
            group[wanted] = set_in(session, wanted).number
    except SourceError as error:
        return Made(problem=first_sentence(error))
    return Made(group[wanted], doubt(session, wanted.condition))


def set_in(session: Session, wanted: Wanted) -> Breakpoint:
    """Raises SourceError for a place, or a number of hits, that is none."""
    ignore = ignored(wanted.hits)
    if wanted.access:
        return session.breakpoints.watch(wanted.where, wanted.access, wanted.condition, ignore)
    return session.breakpoints.add(wanted.where, wanted.condition, ignore)


def ignored(text: str) -> int:
    """How many hits come before the first that counts: `5` and `>= 5` leave out four, `> 5` five."""
    from debugger.trouble import trouble

    if not text.strip():
        return 0
    found = HIT_CONDITION.fullmatch(text)
    if not found:
        raise trouble(f"`{text[:40]}` is no number of hits", "write 5 or >= 5 (from the fifth on), or > 5", "E-BREAK")
    return max(0, int(found[2]) - (found[1] != ">"))


def doubt(session: Session, condition: str) -> str:
    """What is wrong with a condition here and now; it counts as holding wherever it cannot be told."""
    try:
        if condition:
            session.is_true(condition)
    except SourceError as error:
        return f"the condition cannot be told here: {first_sentence(error)}"
    return ""


def logged(session: Session, template: str) -> str:
    """The message of a log point, `{expression}` replaced by its value."""

    def value(found: re.Match[str]) -> str:
        try:
            return evaluated(session, found[1], found[1]).text
        except SourceError as error:
            return f"{{{first_sentence(error)}}}"

    return FIELD.sub(value, template)
