"""The prompt in a terminal: completion, history, colours and a bar that says where the run stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from debugger.repl.complete import choices
from debugger.repl.console import defect
from debugger.repl.highlight import tokens
from debugger.repl.interrupt import pausing
from debugger.repl.plain import MORE, PROMPT, ask
from debugger.repl.position import position_lines

if TYPE_CHECKING:
    from debugger.repl.console import Console

STYLE = Style.from_dict({
    "verb": "ansicyan bold", "mnemonic": "ansicyan", "directive": "ansimagenta", "pin": "ansimagenta",
    "register": "ansiyellow", "value": "ansiyellow", "number": "ansigreen", "string": "ansigreen",
    "comment": "ansigray", "bottom-toolbar": "reverse", "prompt": "bold",
})  # fmt: skip


class Names(Completer):
    """Completion of what the console knows."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        text = document.text_before_cursor
        for choice in choices(self.console, text):
            yield Completion(choice.word, choice.start - len(text), display_meta=choice.meaning)


class Colours(Lexer):
    """Colours of what is being typed."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = document.lines
        return lambda number: [(f"class:{kind}", text) for kind, text in tokens(lines[number], verbs=True)]


def run(console: Console) -> None:
    """Ask and answer until the session is over or the terminal is gone."""
    print("\n".join(greeting(console)))
    prompt: PromptSession[str] = PromptSession(
        history=history(), completer=Names(console), lexer=Colours(), style=STYLE,
        auto_suggest=AutoSuggestFromHistory(), bottom_toolbar=lambda: bar(console), complete_while_typing=False,
        enable_history_search=True,
    )  # fmt: skip
    while not console.is_over:
        try:
            line = prompt.prompt([("class:prompt", MORE if console.wants_more else PROMPT)])
        except KeyboardInterrupt:
            console.drop()
        except (EOFError, OSError):
            break
        except Exception as error:  # of what is drawn: the session goes on without it
            if console.raises:
                raise
            console.refuse("", defect("the prompt", error))
            return ask(console, echo=False)
        else:
            answer(console, line)
    return None


def answer(console: Console, line: str) -> None:
    """Do what was typed or pasted."""
    console.screen.width = columns()
    console.interrupted = False
    with pausing(console):
        for each in line.split("\n"):
            console.feed(each)


def greeting(console: Console) -> list[str]:
    """What is debugged and where it stands."""
    session = console.session
    names = ", ".join(session.source.paths) or "no program: type instructions, or `help`"
    return [f"{names} on {session.spec.name}; `help` lists the verbs", *position_lines(console)]


def columns() -> int:
    return os.get_terminal_size().columns


def bar(console: Console) -> str:
    """The cycle, the bundle about to issue, its line, how the run stands, and how many breakpoints there are."""
    session = console.session
    place = session.place
    where = f"{place.file}:{place.line}" if place else session.lines.label_of(session.pc)
    fault = f" {session.fault.code}" if session.fault else ""
    count = sum(1 for each in session.breakpoints if each.enabled)
    parts = [f"cycle {session.cycle}", f"pc {session.pc}", where, f"{session.status}{fault}"]
    return f" {'  |  '.join(part for part in parts if part)}  |  {count} breakpoint{'' if count == 1 else 's'} "


def history() -> History:
    """The lines of earlier sessions, in the state directory of the user; of this one alone where that cannot be."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    path = Path(state, "lpu", "debug-history")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))
