"""Messages of the Debug Adapter Protocol on a pair of byte streams: a header, a blank line, JSON.

What is no message is passed over up to the next header, so that only the end of the stream ends a session.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import Any, BinaryIO, TypeAlias

Message: TypeAlias = dict[str, Any]

MAX_BYTES = 64 << 20  # of a message
MAX_HEADER = 1 << 10  # bytes of a line of a header
LENGTH = re.compile(rb"content-length *: *(\d+) *\r?\n", re.IGNORECASE)
OTHER_HEADER = re.compile(rb"content-type *:.*\r?\n", re.IGNORECASE)
BLANK = (b"\r\n", b"\n")
QUOTED = 60  # bytes of bad input that a sentence shows


class ProtocolError(Exception):
    """What came was no message; the sentence says why. The next one can be read."""


class Wire:
    """Reads messages from one stream, and writes numbered ones to another from any thread."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader, self._writer = reader, writer
        self._lock = Lock()
        self._sent = 0
        self._is_lost = False  # passing over what is no header

    # Reading ----------------------------------------------------------------------------------
    def read(self) -> Message | None:
        """The next message, None at the end of the stream. Raises ProtocolError."""
        size = self._size()
        if size is None:
            return None
        if size > MAX_BYTES:
            self._is_lost = True
            raise ProtocolError(f"a message of {size} bytes is announced; the most is {MAX_BYTES}")
        body = self._reader.read(size)
        return parse(body) if len(body) == size else None

    def _size(self) -> int | None:
        """Read a header: the bytes of the message behind it, None at the end of the stream."""
        while line := self._reader.readline(MAX_HEADER):
            if found := LENGTH.fullmatch(line):
                self._is_lost = False
                self._finish_header()
                return int(found[1])
            if not (self._is_lost or OTHER_HEADER.fullmatch(line)):
                self._is_lost = True
                raise ProtocolError(f"a message begins with `Content-Length: N`, not with {quoted(line)}")
        return None

    def _finish_header(self) -> None:
        while (line := self._reader.readline(MAX_HEADER)) and line not in BLANK:
            pass

    # Writing ----------------------------------------------------------------------------------
    def send(self, kind: str, **content: Any) -> int:
        """Write a message and give its number; nobody may be there to read it any more."""
        import json

        with self._lock:
            self._sent += 1
            message = {"seq": self._sent, "type": kind, **content}
            body = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
            try:
                self._writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
                self._writer.flush()
            except (OSError, ValueError):  # ValueError: the stream was closed here
                pass  # reading ends the session
            return self._sent


def parse(body: bytes) -> Message:
    """The object in the body of a message. Raises ProtocolError."""
    import json

    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError:
        raise ProtocolError("a message is nested too deeply") from None
    except ValueError as error:  # of UTF-8, of JSON, of a number of too many digits
        raise ProtocolError(f"a message is no JSON: {error}; it begins with {quoted(body)}") from None
    if not isinstance(found, dict):
        raise ProtocolError(f"a message is a JSON object, not {quoted(body)}")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def quoted(data: bytes) -> str:
    """The beginning of some bytes, as text."""
    return ascii(data[:QUOTED].decode("utf-8", "replace")) + ("..." if len(data) > QUOTED else "")
