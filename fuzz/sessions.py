"""Hostile words to the debugger, its adapter and the two sides of the conformance protocol."""

from __future__ import annotations

import io
import json
import signal
import socket
import tempfile
from functools import cache
from pathlib import Path
from unittest import mock

from conform.reference.target import serve
from conform.target import TargetError
from conform.wire import client
from conform.wire.channel import Channel
from debugger import saved
from debugger.dap.adapter import Adapter
from debugger.dap.handlers import HANDLERS
from debugger.dap.protocol import ProtocolError, Wire
from debugger.expr import assign, evaluate, holds, resolve, watches
from debugger.load import Source
from debugger.repl.console import Console
from debugger.session import Session
from fuzz.guard import guarded, interrupted
from fuzz.sources import shown
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import LPU_TINY
from vm.machine import Machine

PROGRAM = """\
        .machine lpu-tiny
        .array  x: i32[4] = 3, 5, 7, 9
        .array  y: f32[2, 2] = 1.5, -2, 0, 4
        .tensor T: i8[3, 4] @ mw0
        .output x
        .equ    limit, 4
start:  mov     r1, 0
        loop    limit, done
        ld      r2, [x + r1]
        st      [x + r1], r2
        add     r1, r1, 1
done:   halt    3
"""
CYCLES = 9
MOST_LINES = 12
MOST_MESSAGES = 12
SOCKET_BYTES = 1 << 15  # that wait without a reader


def opened() -> Session:
    return Session.open(Source(text=PROGRAM, machine="lpu-tiny"))


@cache
def machine() -> Machine:
    """One in the middle of its run, which nobody changes."""
    found = opened()
    found.goto(CYCLES)
    return found.machine


def expression(data: bytes) -> None:
    """A text as an expression of every kind that is asked for: values, or SourceErrors."""
    text = data.decode("utf-8", "replace")
    left, _, right = text.partition(" = ")
    with guarded():
        for ask in (
            lambda: evaluate(machine(), text),
            lambda: holds(machine(), text),
            lambda: resolve(machine(), text),
            lambda: watches(machine(), text),
            lambda: assign(machine(), left, right),
        ):
            try:
                ask()
            except SourceError as error:
                shown(error.diagnostics, {})


def prompt(data: bytes) -> None:
    """Lines typed at the prompt, one after the other; defects come through."""
    session = opened()
    console = Console(session, lambda reply: None, raises=True)
    with guarded(), interrupted(lambda: signal.raise_signal(signal.SIGINT)):
        try:
            for line in data.decode("utf-8", "replace").splitlines()[:MOST_LINES]:
                console.take(line)
            console.close()
        except KeyboardInterrupt:
            return  # the third interrupt


def saved_session(data: bytes) -> None:
    """A file as a saved session; with files of its own it names, which are not there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.json"
        path.write_bytes(data)
        with guarded():
            try:
                saved.resume(path)
            except SourceError as error:
                shown(error.diagnostics, {})


def adapter(data: bytes) -> None:
    """Bytes from an editor: messages, each answered by the adapter in a session that stands somewhere."""
    wire, answers = Wire(io.BytesIO(data), io.BytesIO()), io.BytesIO()
    served = Adapter(Wire(io.BytesIO(), answers), HANDLERS, strict=True)
    session = opened()
    served.debug(session)
    with guarded(), interrupted(session.pause):
        for _ in range(MOST_MESSAGES):
            try:
                message = wire.read()
            except ProtocolError as error:
                assert str(error)
                continue
            if message is None:
                break
            json.dumps(message)
            served._answer(message)
            if served._failure:
                raise served._failure
            if served.motion:
                served._move(served.motion)


def requests(data: bytes) -> None:
    """Bytes to our side of the conformance protocol: each line is answered, in lines up to ok or error."""
    out = io.BytesIO()
    serve("core", io.BytesIO(data), out)
    ends = [line for line in out.getvalue().splitlines() if line.split()[0] in (b"ok", b"error")]
    assert len(ends) <= data.count(b"\n") + 1


def answers(data: bytes) -> None:
    """Bytes from a target, all there before anything is asked: what it says, or a TargetError."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(data[:SOCKET_BYTES])
        theirs.shutdown(socket.SHUT_WR)
        channel = Channel(ours.fileno(), ours.fileno())
        with mock.patch.object(client, "connected", lambda where, seconds: channel):
            try:
                ask_everything(client.RemoteTarget("", seconds=1.0))
            except TargetError as error:
                assert str(error)
            finally:
                channel.close()


def ask_everything(target: client.RemoteTarget) -> None:
    target.load(Image(LPU_TINY, [1], executable=True))
    target.run(20)
    target.trace(30)
    target.state()
    target.memory(0, 64)
    target.written()
    target.counts()
    target.append([1])
