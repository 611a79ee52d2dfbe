"""A target that speaks the protocol of docs/protocol.md, as a Target like any other."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from conform.reference.observer import Event
from conform.target import Outcome, TargetError
from conform.wire import answers
from conform.wire.answers import Answer
from conform.wire.channel import Channel, Process, Socket
from isa import codec
from isa.image import Image
from isa.machine import BYTES_PER_WORD, MachineSpec
from vm.engine import RUNNING, UNINIT_MODES, State

VERSION = 1
SECONDS = 30.0  # that an answer may take
GOODBYE_SECONDS = 1.0
ANSWER_BYTES = 1 << 28  # but for memory, which has its size
DATA_BYTES = 4096  # of text or memory in one request
RUN_CYCLES = 100_000  # of one request
LINE_OVERHEAD = 64  # bytes for each piece of memory
MAX_PORT = 65535
SIZES = "superlanes", "quads", "banks", "rows", "streams", "vxm_alus", "mxm_planes", "text_syllables"


class Refusal(TargetError):
    """A request that was answered by an error; the target goes on."""


class RemoteTarget:
    """An implementation behind a command or `host:port`. Raises TargetError."""

    def __init__(self, where: str | Sequence[str], seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.channel = connected(where, seconds)
        self.cycle = 0
        self.spec: MachineSpec | None = None
        try:
            self.name, self.sizes, self.lacks = answers.hello(self.ask(f"hello {VERSION}"), VERSION)
        except BaseException:
            self.channel.close()
            raise

    # Target -----------------------------------------------------------------------------------
    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        """Begin anew: all is sent before the first answer is waited for."""
        sizes = tuple(getattr(image.machine, name) for name in SIZES)
        if self.sizes and self.sizes != sizes:
            raise TargetError(f"{self.name} is a machine of {named(self.sizes)}; the program is for {named(sizes)}")
        if uninit not in UNINIT_MODES:
            raise TargetError(f"uninit is {uninit!r}; over the protocol it is one of {', '.join(UNINIT_MODES)}")
        self.spec, self.cycle = image.machine, 0
        begin = " ".join(map(str, ("load", *sizes, uninit, int(strict), image.entry, len(image.text))))
        self.ask_all([begin, *requests_of(image)])

    def run(self, until: int) -> Outcome:
        return self._run("run", until)[0]

    def trace(self, until: int) -> tuple[list[Event], Outcome]:
        """Run, and what happened on the way."""
        self.needs("trace")
        found, answered = self._run("trace", until)
        return [event for answer in answered for event in answers.events(answer)], found

    def _run(self, verb: str, until: int) -> tuple[Outcome, list[Answer]]:
        """By requests of so many cycles as one may have, while they go on."""
        answered = []
        while True:
            before = self.cycle
            answered.append(self.ask(f"{verb} {min(until, before + RUN_CYCLES)}"))
            found = answers.outcome(answered[-1], self.lacks)
            self.cycle = found.cycle
            if found.status != RUNNING or not before < found.cycle < until:
                return found, answered

    def state(self) -> State:
        return answers.state(self.ask("state"), self.cycle, self.lacks)

    def memory(self, address: int, length: int) -> bytes:
        self.needs("memory")
        return answers.memory(self.ask(f"memory {address} {length}", room(length)), address, length)

    def written(self) -> bytes:
        self.needs("written")
        length = self.spec.sram_bytes // 8 if self.spec else 0
        return answers.memory(self.ask("written", room(length)), 0, length)

    def counts(self) -> dict[int, int]:
        self.needs("counts")
        return answers.counts(self.ask("counts"))

    def close(self) -> None:
        """Say goodbye, and end what was started."""
        with suppress(TargetError):
            self.channel.send(b"end\n")
            self.channel.line(time.monotonic() + GOODBYE_SECONDS)
        self.channel.close()

    # Injection --------------------------------------------------------------------------------
    def append(self, text: Sequence[int]) -> int:
        """Put bundles behind the program; returns their address."""
        self.needs("append")
        found = self.ask(f"append {codec.to_bytes(text).hex()}").words
        return answers.numbers(found, 1, "the answer to append")[0]

    def goto(self, address: int) -> None:
        """Fetch there in this cycle; all that is under way goes on."""
        self.needs("append")
        self.ask(f"goto {address}")

    def set_register(self, register: int, value: int) -> None:
        self.ask(f"register {register} {value}")

    # Questions --------------------------------------------------------------------------------
    def needs(self, feature: str) -> None:
        if feature in self.lacks:
            raise TargetError(f"{self.name} lacks `{feature}`")

    def ask(self, request: str, size: int | None = None) -> Answer:
        """The answer to a request, of so many bytes at most."""
        self.channel.send(request.encode() + b"\n")
        return self.answer(request, size)

    def ask_all(self, requests: Sequence[str]) -> None:
        """Requests that are answered by `ok` alone. Raises the first Refusal when all answers are read."""
        self.channel.send("".join(f"{request}\n" for request in requests).encode())
        refusals = []
        for request in requests:
            try:
                self.answer(request)
            except Refusal as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]

    def answer(self, request: str, size: int | None = None) -> Answer:
        """Lines up to the last one of an answer. After a TargetError that is no Refusal nothing else can be asked."""
        deadline = time.monotonic() + self.seconds
        lines: list[tuple[str, list[str]]] = []
        left = ANSWER_BYTES if size is None else size
        while left > 0:
            line = self.channel.line(deadline)
            first, words = answers.split(line)
            if first == "ok":
                return Answer(lines, words)
            if first == "error":
                raise Refusal(f"{request[:60]!r} is refused: {' '.join(words)[:400]}")
            lines.append((first, words))
            left -= len(line)
        raise TargetError(f"the answer to {request[:60]!r} does not end")


def connected(where: str | Sequence[str], seconds: float) -> Channel:
    """A way to a port of this or another machine, or to a command that is started."""
    host, colon, port = where.rpartition(":") if isinstance(where, str) else ("", "", "")
    if colon and port.isdecimal() and host and "/" not in host and not host.count(" "):
        if int(port[:10]) > MAX_PORT:
            raise TargetError(f"{port[:20]} is no port; a port is a number from 1 to {MAX_PORT}")
        return Socket(host, int(port), seconds)
    try:
        command = shlex.split(where) if isinstance(where, str) else list(where)
    except ValueError as error:
        raise TargetError(f"{where!r} is no command: {error}") from error
    if not command:
        raise TargetError("a target is a command, or host:port; this one is empty")
    return Process(command)


def requests_of(image: Image) -> Iterator[str]:
    """The text and the memory of an image."""
    text = codec.to_bytes(image.text)
    for place in range(0, len(text), DATA_BYTES):
        yield f"text {text[place : place + DATA_BYTES].hex()}"
    for block in image.blocks:
        start = image.machine.words_per_bank * block.bank + image.machine.words_per_row * block.row + block.word
        for place in range(0, len(block.data), DATA_BYTES):
            yield f"data {start * BYTES_PER_WORD + place} {block.data[place : place + DATA_BYTES].hex()}"


def named(sizes: Sequence[int]) -> str:
    return ", ".join(f"{size} {name}" for name, size in zip(SIZES, sizes, strict=True))


def room(length: int) -> int:
    """Bytes that an answer with so many bytes of memory may have, told in pieces of 16 or more."""
    return ANSWER_BYTES + length * 2 + length // 16 * LINE_OVERHEAD
