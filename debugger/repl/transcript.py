"""Transcripts: what was typed and, as comments, what was answered; to be typed again by `lpu debug -x`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from debugger.repl.reply import Reply
from debugger.trouble import trouble

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
UNWRITTEN = ("source", "transcript")  # what a script does is written by itself


class Transcript:
    """A file that is written as the session goes on, so that nothing is lost however it ends."""

    def __init__(self, path: str) -> None:
        """Raises SourceError for a file that cannot be written."""
        self.path = path
        try:
            self._file = open(path, "w", encoding="utf-8")  # noqa: SIM115  # open as long as the session
        except (OSError, ValueError) as error:
            raise trouble(f"{path}: {getattr(error, 'strerror', None) or error}") from error

    def write(self, reply: Reply) -> None:
        if reply.verb not in UNWRITTEN:
            self._file.writelines(f"{line}\n" for line in written(reply))
            self._file.flush()

    def close(self) -> None:
        with suppress(OSError):  # what could not be written was told of
            self._file.close()


def written(reply: Reply) -> Iterator[str]:
    """The lines of a reply; a command that failed changed nothing and is a comment."""
    command = reply.command.split("\n")
    if reply.failed:
        yield from (f"# (lpu) {line}" for line in command)
        yield from (f"# [{each.code}] {each.message}" for each in reply.diagnostics)
        return
    yield from command if len(command) == 1 else ["asm", *command, "end"]
    text = COLOURS.sub("", "\n".join(reply.result.lines))
    yield from (f"# {line}".rstrip() for line in text.split("\n") if reply.result.lines)
