"""Lines to and from a target, which is another process or behind a socket, each by a deadline: none waits for ever."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Sequence

from conform.target import Silence, TargetError

READ_BYTES = 1 << 16
LINE_BYTES = 1 << 20  # of an answer's line
KEPT_BYTES = 2000  # of what a process says on its standard error
SHOWN = 200
LAST_SECONDS = 1.0  # for a process to end


class Channel:
    """Sends and receives at once, so that no side waits for the other to read first. Raises TargetError."""

    def __init__(self, reader: int, writer: int, errors: int = -1) -> None:
        self.reader, self.writer, self.errors = reader, writer, errors
        self.waiting, self.received, self.said = bytearray(), bytearray(), b""
        self.seen = 0  # bytes of `received` that hold no newline
        self.selector = selectors.DefaultSelector()
        for file in {reader, writer, errors} - {-1}:
            os.set_blocking(file, False)
        self.selector.register(reader, selectors.EVENT_READ)
        if errors >= 0:
            self.selector.register(errors, selectors.EVENT_READ)

    def send(self, data: bytes) -> None:
        """Data that go out while lines are waited for."""
        self.waiting += data

    def line(self, deadline: float) -> bytes:
        """The next line without its end, that must be there at a time of time.monotonic()."""
        while (end := self.received.find(b"\n", self.seen)) < 0:
            self.seen = len(self.received)
            if self.seen > LINE_BYTES:
                raise TargetError(f"a line of an answer has at most {LINE_BYTES} bytes; it begins {self.heard()}")
            self.pump(deadline)
        found = bytes(self.received[:end])
        del self.received[: end + 1]
        self.seen = 0
        return found

    def pump(self, deadline: float) -> None:
        """Send and receive something."""
        left = deadline - time.monotonic()
        self.watch_writer()
        ready = self.selector.select(max(0.0, left))
        if left <= 0 or not ready:
            raise Silence(f"the target did not answer in time{self.last_words()}")
        try:
            for key, events in ready:
                self.move(key.fd, events)
        except BlockingIOError:
            return  # what was ready no longer is
        except OSError as error:
            raise TargetError(f"the target is gone: {error.strerror}{self.last_words(LAST_SECONDS)}") from error

    def watch_writer(self) -> None:
        """Wait for the writer only while something is to be written; it may be the reader, too."""
        known = self.selector.get_map()
        reads = selectors.EVENT_READ if self.writer == self.reader else 0
        events = reads | (selectors.EVENT_WRITE if self.waiting else 0)
        if self.writer in known:
            self.selector.unregister(self.writer)
        if events:
            self.selector.register(self.writer, events)

    def move(self, file: int, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            del self.waiting[: os.write(file, self.waiting[:READ_BYTES])]
        if events & selectors.EVENT_READ:
            data = os.read(file, READ_BYTES)
            if file == self.errors:
                self.hear_errors(data)
            elif data:
                self.received += data
            else:
                raise TargetError(f"the target has ended in the middle of an answer{self.last_words(LAST_SECONDS)}")

    def hear_errors(self, data: bytes) -> None:
        self.said = (self.said + data)[-KEPT_BYTES:]
        if not data:
            self.selector.unregister(self.errors)

    def heard(self) -> str:
        return repr(bytes(self.received[:SHOWN]))

    def last_words(self, seconds: float = 0.0) -> str:
        """What came last, on either way out, and may still come in so many seconds."""
        said = [f"it said {self.heard()}"] if self.received else []
        lines = self.said.decode(errors="replace").splitlines()
        said += [f"on its standard error {lines[-1][:SHOWN]!r}"] if lines else []
        return f"; {', '.join(said)}" if said else ""

    def close(self) -> None:
        self.selector.close()


class Process(Channel):
    """A command that was started, and ends with the channel."""

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        try:
            self.process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, start_new_session=True
            )
        except (OSError, ValueError) as error:
            raise TargetError(f"{command[0]}: {getattr(error, 'strerror', None) or error}") from error
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self.files = self.process.stdin, self.process.stdout, self.process.stderr
        stdin, stdout, stderr = (file.fileno() for file in self.files)
        super().__init__(stdout, stdin, stderr)

    def last_words(self, seconds: float = 0.0) -> str:
        """The same, of a process that may be about to end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with contextlib.suppress(OSError):
            self.said = (self.said + os.read(self.errors, READ_BYTES))[-KEPT_BYTES:]
        status = self.process.poll()
        return ("" if status is None else f", with status {status}") + super().last_words(seconds)

    def close(self) -> None:
        """End the process and all that it has started."""
        super().close()
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for file in self.files:
            file.close()


class Socket(Channel):
    """A connection to a port."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        try:
            self.socket = socket.create_connection((host, port), timeout)
        except OSError as error:
            raise TargetError(f"{host}:{port}: {error.strerror or error}") from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(self.socket.fileno(), self.socket.fileno())

    def close(self) -> None:
        super().close()
        self.socket.close()
