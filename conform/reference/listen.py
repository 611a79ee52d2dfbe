"""One of our engines as a target at a port of this machine."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

from conform.reference.target import serve

HOST = "127.0.0.1"
IDLE_SECONDS = 60.0  # after which who asks nothing is left


def listen(engine: str, port: int, once: bool, ready: Callable[[int], None]) -> None:
    """Serve one connection after the other, or only one; `ready` is told the port. Raises OSError for one in use."""
    with socket.create_server((HOST, port)) as server:
        ready(server.getsockname()[1])
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):  # who has gone, or is idle, is left
                connection.settimeout(IDLE_SECONDS)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with connection.makefile("rb") as reader, connection.makefile("wb") as writer:
                    serve(engine, reader, writer)
            if once:
                return
