"""The prompt without a terminal: lines in, replies out, as a script or another program wants it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from debugger.repl.interrupt import pausing
from debugger.repl.lines import Lines, lines_of
from debugger.repl.reply import Reply

if TYPE_CHECKING:
    from debugger.repl.console import Console

PROMPT = "(lpu) "
MORE = "    > "


def printer(console: Console, echo: bool) -> None:
    """Have replies printed: results on stdout, diagnostics on stderr, or all as lines of JSON on stdout."""

    def show(reply: Reply) -> None:
        if console.json:
            _print_json(console, reply)
        else:
            _print_text(console, reply, echo)
        sys.stdout.flush()

    console.show = show


def _print_text(console: Console, reply: Reply, echo: bool) -> None:
    if echo:
        print("\n".join(f"{MORE if k else PROMPT}{line}" for k, line in enumerate(reply.command.split("\n"))))
    for line in reply.result.lines:
        print(line)
    if reply.diagnostics:
        from isa.report import render

        sys.stdout.flush()
        sys.stderr.write(render(reply.diagnostics, console.sources, console.screen.colour))
        sys.stderr.flush()


def _print_json(console: Console, reply: Reply) -> None:
    import json

    from debugger.repl.console import document

    print(json.dumps(document(reply, console.session), allow_nan=False))


def run_lines(console: Console, lines: Lines, keep_going: bool) -> bool:
    """Do lines that nobody types; False where one failed and we do not keep going, or Ctrl-C ended them."""
    with pausing(console):
        return not console.script(lines, keep_going)


def ask(console: Console, echo: bool) -> None:
    """Take lines from standard input, each asked for; Ctrl-C takes back what is being typed at a terminal."""
    while not console.is_over:
        try:
            _ask(console, echo)
            break
        except KeyboardInterrupt:
            if not sys.stdin.isatty():
                raise
            print()
            console.drop()


def _ask(console: Console, echo: bool) -> None:
    lines = lines_of(sys.stdin.buffer, "<stdin>")
    while not console.is_over:
        if not console.json:
            print(MORE if console.wants_more else PROMPT, end="", flush=True)
        line = next(lines, None)
        if echo and isinstance(line, str):
            print(line.rstrip())
        with pausing(console):
            if line is None:
                print(end="" if console.json else "\n")
                console.close()
                return
            console.take(line)


def input_lines() -> Lines:
    """The lines of standard input."""
    return lines_of(sys.stdin.buffer, "<stdin>")
