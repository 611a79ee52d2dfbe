"""The adapter behind a port of this machine, which nobody can reach from another: a session for each connection."""

from __future__ import annotations

import socket
from collections.abc import Callable
from threading import Thread

from debugger.dap.handlers import serve

HOST = "127.0.0.1"
QUEUED = 8  # connections that wait to be taken


def listen(port: int, once: bool, ready: Callable[[int], None]) -> None:
    """Take connections, one alone if `once`; port 0 is any that is free. Raises OSError where it is not ours to take.

    `ready` is told the port as soon as clients can connect.
    """
    with socket.create_server((HOST, port), backlog=QUEUED) as server:
        ready(server.getsockname()[1])
        while True:
            connection, _ = server.accept()
            if once:
                return attend(connection)
            Thread(target=attend, args=(connection,), daemon=True).start()


def attend(connection: socket.socket) -> None:
    """A session with the client behind a connection, until it leaves."""
    with connection, connection.makefile("rb") as reader, connection.makefile("wb") as writer:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        serve(reader, writer)
