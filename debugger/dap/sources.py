"""Source files as the client names them, and as the program does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from debugger.dap.arguments import Arguments, RequestError

if TYPE_CHECKING:
    from debugger.session import Session


class Sources:
    """The sources of a session: files are known by their paths, texts without a file by numbers."""

    def __init__(self, session: Session, takes_uris: bool = False) -> None:
        self._session = session
        self._takes_uris = takes_uris

    def names(self) -> list[str]:
        """All sources of the program, those that ops come from first."""
        return list(dict.fromkeys([*self._session.lines.files, *sorted(self._session.sources)]))

    def given(self, name: str) -> dict[str, Any]:
        """A source as the protocol's Source."""
        if os.path.isfile(name):
            return {"name": os.path.basename(name), "path": self._path(name)}
        if name in self._session.sources:
            return {"name": name, "sourceReference": self.names().index(name) + 1}
        return {"name": name, "presentationHint": "deemphasize"}

    def _path(self, name: str) -> str:
        path = os.path.abspath(name)
        return Path(path).as_uri() if self._takes_uris else path

    def taken(self, source: Arguments) -> str:
        """The program's name of a protocol's Source. Raises RequestError for one that the program has not."""
        number = source.number("sourceReference", 0)
        if number:
            return self._numbered(number)
        path = source.text("path", "") or source.text("name")
        wanted = os.path.realpath(local(path))
        for name in self.names():
            if name == path or os.path.realpath(name) == wanted:
                return name
        raise RequestError(f"no op of the program comes from {path}")

    def _numbered(self, number: int) -> str:
        names = self.names()
        if number > len(names):
            raise RequestError(f"there is no source {number}; there are {len(names)}")
        return names[number - 1]

    def text(self, source: Arguments) -> str:
        """The text of a source. Raises RequestError."""
        return "\n".join(self._session.lines.text(self.taken(source)))


def local(path: str) -> str:
    """The path that a path or a file URI names."""
    return unquote(urlsplit(path).path) if path.startswith("file:") else path.replace("\0", "")
