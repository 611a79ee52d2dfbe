"""`lpu dap`: through standard streams, at a port, and with the client that editors test their adapters with.

That client runs where Node is and `npm install --prefix tests/dap_client` was done; its sessions are held by the other
tests of the adapter as well.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from cli_tools import Command
from dap_tools import PROGRAMS, ROOT, Client, receive
from process_tools import PATIENCE

MATMUL = PROGRAMS / "matmul.s"
LPU = [sys.executable, "-m", "lpu", "dap"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
NODE_CLIENT = ROOT / "tests" / "dap_client"
COMPILER = NODE_CLIENT / "node_modules" / "typescript" / "bin" / "tsc"
NODE = shutil.which("node")


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process, which is gone at the end."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([*LPU, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT, env=ENVIRONMENT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def client_of(process: subprocess.Popen[bytes]) -> Client:
    assert process.stdin
    assert process.stdout
    client = Client(process.stdin, Queue())  # type: ignore[arg-type]  # what Popen gives is binary
    Thread(target=receive, args=(process.stdout, client.incoming), daemon=True).start()
    return client


@contextmanager
def at_port(port: int) -> Iterator[Client]:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection, connection.makefile("rwb") as stream:
        client = Client(stream, Queue())
        reading = Thread(target=receive, args=(stream, client.incoming), daemon=True)
        reading.start()
        yield client
        connection.shutdown(socket.SHUT_RDWR)
        reading.join(PATIENCE)


def port_of(process: subprocess.Popen[bytes]) -> int:
    assert process.stderr
    found = re.fullmatch(rb"lpu dap: waiting at 127\.0\.0\.1:(\d+)\n", process.stderr.readline())
    assert found
    return int(found[1])


def run_through(client: Client) -> None:
    """Debug a program, with one breakpoint, to its end."""
    client.launch(MATMUL, lambda client: client.break_at(MATMUL, 54))
    client.stopped("breakpoint")
    assert client.line() == 54
    client.break_at(MATMUL)
    client.ask("continue", threadId=1)
    client.stopped("halted")
    assert client.value("C[3, 3]") == "386"


# Standard streams -------------------------------------------------------------------------------
def test_a_session_through_standard_streams() -> None:
    with started() as process:
        client = client_of(process)
        run_through(client)
        client.ask("disconnect")
        assert process.wait(PATIENCE) == 0


def test_it_ends_with_its_input() -> None:
    done = subprocess.run(LPU, input=b"Content-Length: 10\r\n\r\n{", capture_output=True, cwd=ROOT, env=ENVIRONMENT,
                          timeout=PATIENCE, check=False)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_nothing_heavy_is_imported_before_a_program_is_launched() -> None:
    script = "import sys; from lpu.cli import main; main(['dap']); print(*sys.modules, file=sys.stderr)"
    body = b'{"seq":1,"type":"request","command":"initialize","arguments":{"adapterID":"lpu"}}'
    done = subprocess.run([sys.executable, "-c", script], input=b"Content-Length: %d\r\n\r\n%s" % (len(body), body),
                          capture_output=True, cwd=ROOT, env=ENVIRONMENT, timeout=PATIENCE, check=True)  # fmt: skip
    assert b"supportsStepBack" in done.stdout
    modules = done.stderr.decode().split()
    assert "debugger.dap.adapter" in modules
    assert not {"numpy", "lark", "asm.assemble", "prompt_toolkit", "debugger.session"} & set(modules)


# Ports ------------------------------------------------------------------------------------------
def test_a_port_serves_one_client_after_the_other_and_several_at_once() -> None:
    with started("--port", "0") as process:
        port = port_of(process)
        with at_port(port) as first, at_port(port) as second:
            run_through(second)
            run_through(first)
        with at_port(port) as third:
            third.ask("initialize", adapterID="lpu")
            third.ask("disconnect")
        assert process.poll() is None


def test_once_is_one_client() -> None:
    with started("--port", "0", "--once") as process:
        with at_port(port_of(process)) as client:
            client.ask("initialize", adapterID="lpu")
        assert process.wait(PATIENCE) == 0


def test_a_client_that_breaks_off_does_not_end_the_others() -> None:
    with started("--port", "0") as process:
        port = port_of(process)
        with at_port(port) as client:
            client.raw(b"Content-Length: 1000\r\n\r\n{")
        with at_port(port) as client:
            client.ask("initialize", adapterID="lpu")
            client.ask("launch", text="again:  jmp again\n")
            client.ask("configurationDone")  # and leaves while the program runs
        with at_port(port) as client:
            assert client.ask("threads")


def test_an_interrupt_ends_it() -> None:
    with started("--port", "0") as process:
        port_of(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130


def test_a_port_that_is_taken(lpu: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = lpu("dap", "--port", port)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"lpu dap: port {port}: Address already in use\n"


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--port", "many"], "argument --port: 'many' is no port; a port is a number from 0 to 65535"),
    (["--port", "65536"], "argument --port: '65536' is no port; a port is a number from 0 to 65535"),
    (["--once"], "--once ends what waits at a port; say which with --port"),
])  # fmt: skip
def test_what_is_no_port(lpu: Command, arguments: list[str], sentence: str) -> None:
    done = lpu("dap", *arguments)
    assert done.status == 2
    assert sentence in done.err


# The client of editors --------------------------------------------------------------------------
if NODE and COMPILER.is_file():

    def test_the_client_of_editors_and_the_types_of_the_protocol(tmp_path: Path) -> None:
        """Its sessions pass, and all that the adapter sent in them is of the protocol's types."""
        messages = NODE_CLIENT / f"messages_{os.getpid()}.ts"  # beside the types that it imports
        try:
            node(NODE_CLIENT / "sessions.js", sys.executable, PROGRAMS, messages)
            node(COMPILER, "--noEmit", "--strict", "--skipLibCheck", messages)
        finally:
            messages.unlink(missing_ok=True)

    def node(*words: object) -> None:
        done = subprocess.run([str(NODE), *map(str, words)], capture_output=True, text=True, cwd=ROOT, env=ENVIRONMENT,
                              timeout=PATIENCE, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
