"""Verbs of sessions and files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from debugger.repl import arguments
from debugger.repl.lines import script_lines
from debugger.repl.position import position_data, position_lines
from debugger.repl.reply import NOTHING, Result, counted, said
from debugger.repl.verb import Request
from debugger.trouble import trouble

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.session import Session
    from isa.layout import Array


# Sessions ---------------------------------------------------------------------------------------
def mark(console: Console, request: Request) -> Result:
    session = console.session
    if request.argument:
        session.mark(request.argument)
    return mark_lines(session)


def mark_lines(session: Session) -> Result:
    """The marks by cycle."""
    marks = dict(sorted(session.marks.items(), key=lambda each: (each[1], each[0])))
    lines = [f"{cycle:>12,}  {name}" for name, cycle in marks.items()]
    return Result(lines or ["there are no marks"], {"marks": marks})


def save(console: Console, request: Request) -> Result:
    path = arguments.file(request)
    console.session.save(path)
    return said(f"the session is saved in {path}", file=path)


def resume(console: Console, request: Request) -> Result:
    path = arguments.file(request)
    console.session = type(console.session).resume(path)
    return _here(console, [f"the session of {path}"])


def reload(console: Console, request: Request) -> Result:
    arguments.none(request)
    lost = len(console.session.history.edits)
    messages = console.session.reload()
    return _here(console, [*messages, *(["what was changed by hand is as it was"] if lost else [])])


def _here(console: Console, lines: list[str]) -> Result:
    """Where another program begins: what was asked about the one before is forgotten."""
    console.cause = None
    return Result(
        [*lines, *position_lines(console)], {"messages": lines, **position_data(console.session)}
    )  # fmt: skip


def dump(console: Console, request: Request) -> Result:
    """Write the value of an expression as an array."""
    import numpy as np

    text, _, path = request.argument.rpartition(" ")
    if not text:
        raise trouble("`dump` takes an expression and a file", arguments.usage(request.verb))
    shown = console.value(text.strip())
    array = shown.array
    _write_npy(path, array)
    missing = 0 if shown.held is None else int(array.size - np.count_nonzero(shown.held))
    note = f"; {counted(missing, 'element')} that hold nothing are 0" if missing else ""
    what = f"{array.dtype}[{', '.join(map(str, array.shape))}]"
    return said(
        f"{path}: {what}{note}", file=path, dtype=str(array.dtype), shape=list(array.shape), missing=missing
    )  # fmt: skip


def _write_npy(path: str, array: Array) -> None:
    from io import BytesIO

    import numpy as np

    from isa.files import write_atomic

    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=False)
    try:
        write_atomic(path, buffer.getvalue())
    except OSError as error:
        raise trouble(f"{path}: {error.strerror or error}") from error


# Scripts ----------------------------------------------------------------------------------------
def source(console: Console, request: Request) -> Result:
    path = arguments.file(request)
    given_up = console.script(script_lines(path), console.keep_going)
    if given_up:
        raise trouble(f"{path} was given up at line {given_up}")
    return NOTHING


def transcript(console: Console, request: Request) -> Result:
    from debugger.repl.transcript import Transcript

    if not request.argument:
        where = console.transcript.path if console.transcript else ""
        return said(f"the transcript goes to {where}" if where else "there is no transcript", file=where)
    path = arguments.file(request)
    console.stop_transcript()
    console.transcript = None if path == "off" else Transcript(path)
    return said("no transcript" if path == "off" else f"the transcript goes to {os.path.relpath(path)}", file=path)
