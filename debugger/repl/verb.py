"""What a row of the table of verbs says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from debugger.repl.reply import Result
from isa.records import NamedTuple

if TYPE_CHECKING:
    from debugger.repl.console import Console

# What completes the arguments of a verb
NONE, WHERE, EXPRESSION, TARGET, FILE, TOPIC, MARK, NUMBER, INSTRUCTION, SWITCH, STREAM, HELP = (
    "", "where", "expression", "target", "file", "topic", "mark", "number", "instruction", "switch", "stream", "help",
)  # fmt: skip

MAX_COMPLETED = 4096  # characters before the cursor; longer lines are not completed

Handler: TypeAlias = "Callable[[Console, Request], Result]"


class Request(NamedTuple):
    """A command line taken apart: `x/8w A` is verb x, format `8w`, argument `A`."""

    text: str
    verb: Verb
    format: str
    argument: str


class Verb(NamedTuple):
    """One verb. `repeats`: an empty line does it again; `formats`: it takes a `/FORMAT`."""

    name: str
    short: tuple[str, ...]
    arguments: str
    completes: str
    summary: str
    handler: Handler
    details: str = ""
    repeats: bool = False
    formats: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.short)

    @property
    def usage(self) -> str:
        return f"{self.name}{'[/FORMAT]' if self.formats else ''} {self.arguments}".rstrip()


class Group(NamedTuple):
    """Verbs that belong together, under a title."""

    title: str
    verbs: tuple[Verb, ...]
