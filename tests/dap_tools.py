"""A client of the debug adapter for tests: it speaks through pipes, checks the form of every message, and waits at
most some seconds for anything."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, BinaryIO

from process_tools import PATIENCE

from debugger.dap.handlers import serve

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "programs"
Message = dict[str, Any]


class Refused(Exception):
    """The adapter said no; the sentence."""


@dataclass
class Client:
    """Requests go out through `send` or `ask`; events are kept until they are waited for."""

    writer: BinaryIO
    incoming: Queue[Message | None] = field(default_factory=Queue)
    events: list[Message] = field(default_factory=list)
    responses: dict[int, Message] = field(default_factory=dict)
    received: list[Message] = field(default_factory=list)
    sent: int = 0

    # Messages ---------------------------------------------------------------------------------
    def raw(self, data: bytes) -> None:
        self.writer.write(data)
        self.writer.flush()

    def send(self, command: str, arguments: Any = None, **more: Any) -> int:
        """Send a request without waiting; its number."""
        self.sent += 1
        message = {"seq": self.sent, "type": "request", "command": command}
        if arguments is not None or more:
            message["arguments"] = arguments if arguments is not None else more
        body = json.dumps(message).encode()
        self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self.sent

    def response(self, number: int) -> Message:
        """The whole response to a request."""
        self._until(lambda: number in self.responses)
        return self.responses.pop(number)

    def ask(self, command: str, arguments: Any = None, **more: Any) -> Any:
        """The body of the response. Raises Refused."""
        found = self.response(self.send(command, arguments, **more))
        if not found["success"]:
            raise Refused(found["message"])
        return found.get("body")

    def event(self, name: str) -> Any:
        """The body of the next event of a name; those before it stay."""
        self._until(lambda: any(each["event"] == name for each in self.events))
        place = next(k for k, each in enumerate(self.events) if each["event"] == name)
        return self.events.pop(place).get("body")

    def output(self) -> str:
        """All text that has been said so far."""
        return "".join(each["body"]["output"] for each in self.events if each["event"] == "output")

    def _until(self, is_there: Callable[[], bool]) -> None:
        while not is_there():
            try:
                message = self.incoming.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"nothing came in {PATIENCE} s; the last were {self.received[-3:]}") from None
            if message is None:
                raise AssertionError(f"the adapter left; the last were {self.received[-3:]}")
            self._keep(message)

    def _keep(self, message: Message) -> None:
        check_form(message, self.received)
        self.received.append(message)
        if message["type"] == "event":
            self.events.append(message)
        else:
            self.responses[message["request_seq"]] = message

    # Scenarios --------------------------------------------------------------------------------
    def launch(self, program: object, configure: Callable[[Client], object] = lambda client: None, **more: Any) -> None:
        """Bring a program to its start, or on its way."""
        self.ask("initialize", adapterID="lpu", supportsMemoryEvent=True, supportsInvalidatedEvent=True)
        self.ask("launch", program=str(program), **more)
        self.event("initialized")
        configure(self)
        self.ask("configurationDone")

    def stopped(self, reason: str) -> Any:
        """Wait for a stop, which must be for a reason."""
        found = self.event("stopped")
        assert found["reason"] == reason, found
        return found

    def frames(self) -> list[Message]:
        return list(self.ask("stackTrace", threadId=1)["stackFrames"])

    def line(self) -> int:
        return int(self.frames()[0]["line"])

    def value(self, expression: str) -> str:
        return str(self.ask("evaluate", expression=expression, context="watch")["result"])

    def cycle(self) -> int:
        return int(self.value("cycle"))

    def scope(self, name: str) -> int:
        """The reference of a scope."""
        return next(int(each["variablesReference"]) for each in self.ask("scopes", frameId=1)["scopes"]
                    if each["name"] == name)  # fmt: skip

    def variables(self, reference: int, **more: Any) -> dict[str, Message]:
        found = self.ask("variables", variablesReference=reference, **more)["variables"]
        return {each["name"]: each for each in found}

    def break_at(self, path: object, *lines: int, **more: Any) -> list[Message]:
        asked = [{"line": line, **more} for line in lines]
        return list(self.ask("setBreakpoints", source={"path": str(path)}, breakpoints=asked)["breakpoints"])


# Sessions ---------------------------------------------------------------------------------------
@contextmanager
def connected() -> Iterator[Client]:
    """A client of an adapter that lets unexpected errors through; both are gone at the end."""
    (ours, theirs), (from_them, to_us) = os.pipe(), os.pipe()
    failures: list[BaseException] = []

    def run() -> None:
        with open(ours, "rb") as reader, open(to_us, "wb") as writer:
            try:
                serve(reader, writer, strict=True)
            except BaseException as error:
                failures.append(error)

    with open(theirs, "wb") as writer, open(from_them, "rb") as reader:
        client = Client(writer)
        threads = [Thread(target=run, daemon=True), Thread(target=receive, args=(reader, client.incoming), daemon=True)]
        for thread in threads:
            thread.start()
        try:
            yield client
        finally:
            writer.close()
            for thread in threads:
                thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert not failures, failures


def receive(reader: BinaryIO, incoming: Queue[Message | None]) -> None:
    """Read messages until the stream ends."""
    while (line := reader.readline()).startswith(b"Content-Length: "):
        assert reader.readline() == b"\r\n"
        incoming.put(json.loads(reader.read(int(line.split()[1]))))
    incoming.put(None)


# The form of messages -----------------------------------------------------------------------------
def check_form(message: Message, before: list[Message]) -> None:
    """Every message has a number one above the last, a type, and what its type must have."""
    assert message["seq"] == (before[-1]["seq"] + 1 if before else 1)
    if message["type"] == "event":
        assert isinstance(message["event"], str)
        return
    assert message["type"] == "response"
    assert isinstance(message["request_seq"], int)
    assert isinstance(message["command"], str)
    assert isinstance(message["success"], bool)
    assert message["success"] or message["message"]
