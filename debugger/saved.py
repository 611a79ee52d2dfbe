"""Sessions as JSON files: what program, what was changed in it, where we were."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from debugger.edits import RUN, SET
from debugger.load import Source
from debugger.trouble import trouble
from isa.files import write_atomic
from vm.transfer import Transfer, transfer

if TYPE_CHECKING:
    from debugger.session import Session

FORMAT = "lpu debug session 1"
MAX_FILE_BYTES = 64 << 20


def save(session: Session, path: str | os.PathLike[str]) -> None:
    """Write a session to a file, whole or not at all. Raises SourceError."""
    import json

    document = json.dumps(as_data(session), indent=1)
    try:
        write_atomic(path, document.encode())
    except OSError as error:
        raise trouble(f"{path}: {error.strerror or error}", code="E-FILE") from error


def as_data(session: Session) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "source": absolute(session.source).as_data(),
        "program": digest(session),
        "cycle": session.cycle,
        "breakpoints": [each.as_data() for each in session.breakpoints],
        "marks": session.marks,
        "edits": [edit._asdict() for edit in session.history.edits],
    }


def absolute(source: Source) -> Source:
    """A source whose files are found from anywhere."""
    return source._replace(
        paths=tuple(map(os.path.abspath, source.paths)),
        include=tuple(map(os.path.abspath, source.include)),
        machine=os.path.abspath(source.machine) if os.path.isfile(source.machine) else source.machine,
        inputs=tuple(_absolute_input(transfer(text)) for text in source.inputs),
    )


def _absolute_input(item: Transfer) -> str:
    path = os.path.abspath(item.path)
    return f"{item.name}={path}" if item.name else path


def digest(session: Session) -> str:
    """What tells one program from another."""
    image = session.loaded.image
    text = b"".join(syllable.to_bytes(8, "little") for syllable in image.text)
    data = b"".join(bytes(block.data) for block in image.blocks)
    return sha256(text + data).hexdigest()


def resume(path: str | os.PathLike[str]) -> Session:
    """A session as it was saved; edits are made again in their cycles. Raises SourceError.

    A program that has changed since is refused where it was changed by hand: then nothing holds of it that was saved
    but breakpoints, which `reload` keeps.
    """
    from debugger.session import Session

    found = read(path)
    try:
        session = Session.open(source_of(found["source"]))
        if digest(session) != found["program"] and found["edits"]:
            message = f"{path}: the program has changed since the session was saved, and the session changes it"
            raise trouble(message, "debug it anew; the file keeps what was done", "E-SESSION")
        _replay(session, found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise trouble(f"{path} is no saved session: {error!r}", code="E-SESSION") from error
    return session


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The document in a file. Raises SourceError for what is none."""
    import json

    try:
        with open(path, "rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        found = json.loads(data[:MAX_FILE_BYTES].decode())
    except OSError as error:
        raise trouble(f"{path}: {error.strerror or error}", code="E-FILE") from error
    except (ValueError, RecursionError) as error:
        raise trouble(f"{path} is no saved session: {error}", code="E-SESSION") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise trouble(f"{path} is no saved session", f"one says of itself `{FORMAT}`", "E-SESSION")
    return found


def source_of(data: dict[str, Any]) -> Source:
    return Source(
        paths=tuple(map(str, data["paths"])),
        text=str(data["text"]),
        defines={str(name): number(value) for name, value in data["defines"].items()},
        include=tuple(map(str, data["include"])),
        machine=str(data["machine"]),
        engine=str(data["engine"]),
        uninit=str(data["uninit"]),
        strict=bool(data["strict"]),
        inputs=tuple(map(str, data["inputs"])),
    )


def number(value: object) -> int | float:
    """Raises TypeError for what is none."""
    if isinstance(value, int | float):
        return value
    raise TypeError(f"{value!r} is no number")


def _replay(session: Session, found: dict[str, Any]) -> None:
    for edit in found["edits"]:
        _edit(session, int(edit["cycle"]), str(edit["text"]))
    for each in found["breakpoints"]:
        session.breakpoints.restore(each)
    for name, cycle in sorted(found["marks"].items(), key=lambda mark: int(mark[1])):
        session.goto(int(cycle))
        session.mark(str(name))
    session.goto(int(found["cycle"]))


def _edit(session: Session, cycle: int, text: str) -> None:
    """Make a change again; what only closed another is made with it."""
    session.goto(cycle)
    if text.startswith(SET):
        target, _, value = text.removeprefix(SET).partition(" = ")
        session.set(target, value)
    elif text.startswith(RUN):
        session.execute(text.removeprefix(RUN))
