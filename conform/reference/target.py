"""A complete target in Python: one of our engines behind the protocol of docs/protocol.md, on two streams of bytes.

It is a model for others, so it uses nothing of the side that asks. `python -m conform.reference.target core` serves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import astuple
from typing import BinaryIO

from conform.reference.observer import Observer
from conform.reference.words import Lines, hexed, joined, number, pieces, syllables
from isa import codec
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import MachineSpec
from isa.records import replace
from vm.engine import RUNNING, UNINIT_MODES, Engine
from vm.loader import ENGINES, load

VERSION = 1
REQUEST_BYTES = 16_384  # of a line, its end included
RUN_CYCLES = 100_000  # of one request
MEMORY_BYTES = 1 << 30  # a machine may have
SIZES = "superlanes", "quads", "banks", "rows", "streams", "vxm_alus", "mxm_planes", "text_syllables"
REQUESTS = {
    "hello": 1, "load": 12, "text": 1, "data": 2, "register": 2, "run": 1, "trace": 1, "state": 0, "memory": 2,
    "written": 0, "counts": 0, "append": 1, "goto": 1, "end": 0,
}  # and how many words follow  # fmt: skip


def serve(engine: str, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer requests until `end` or the end of the input."""
    session = Session(engine)
    while not session.ended and (line := stdin.readline(REQUEST_BYTES)):
        for answer in session.answers(line):
            stdout.write(answer.encode() + b"\n")
        stdout.flush()


class Session:
    """One side that asks, and its program. Every request is answered by lines, the last of which begins ok or error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.image: Image | None = None
        self.engine: Engine | None = None
        self.missing = 0  # syllables of the text
        self.ended = False

    def answers(self, line: bytes) -> Lines:
        """The answer to a request; what is none is an error, and a line that is too long or torn the end, too."""
        if not line.endswith(b"\n"):
            self.ended = True
            yield f"error a request has at most {REQUEST_BYTES} bytes and ends with a newline"
            return
        try:
            verb, *words = line.decode("ascii").split() or [""]
            yield from handler(self, verb, len(words))(*words)
        except (ValueError, SourceError) as error:
            yield f"error {' '.join(str(error).split())[:1000]}"
        except MemoryError:
            yield "error there is not enough memory"

    def made(self) -> str:
        """Make the machine once all of its program is there."""
        if self.image and not self.missing:
            self.engine = load(self.image, self.name, uninit=self.uninit, strict=self.strict)
        return "ok"

    def machine(self) -> Engine:
        """The machine with its program. Raises ValueError before all of that is there."""
        if self.engine is None:
            missing = f": {self.missing} syllables of text are missing" if self.image else "; `load` begins one"
            raise ValueError(f"there is no program yet{missing}")
        return self.engine

    # Requests ---------------------------------------------------------------------------------
    def do_hello(self, version: str) -> Lines:
        number(version, 1 << 32)
        yield f"name {self.name}"
        yield "machine any"
        yield "lacks"
        yield f"ok {VERSION}"

    def do_load(self, *words: str) -> Lines:
        """Forget all, and begin a program: sizes, what never was written reads as, strict, entry, syllables."""
        self.image = self.engine = None
        *sizes, uninit, strict, entry, length = words
        if uninit not in UNINIT_MODES:
            raise ValueError(f"uninit is {uninit[:20]!r}; it must be {', '.join(UNINIT_MODES)}")
        values = dict(zip(SIZES, (number(size, 1 << 32) for size in sizes), strict=True))
        spec = MachineSpec("remote", **values)
        if spec.sram_bytes > MEMORY_BYTES:
            raise ValueError(f"the machine has {spec.sram_bytes} bytes of SRAM; {MEMORY_BYTES} fit")
        self.uninit, self.strict, self.missing = uninit, number(strict, 2) == 1, number(length, spec.text_syllables + 1)
        self.image = Image(spec, entry=number(entry, 1 << 32), executable=True, name="program")
        yield self.made()

    def do_text(self, text: str) -> Lines:
        words = codec.from_bytes(syllables(text))
        if self.image is None or len(words) > self.missing:
            raise ValueError(f"{len(words)} syllables of text, where {self.missing} are missing")
        self.image.text += words
        self.missing -= len(words)
        yield self.made()

    def do_data(self, address: str, data: str) -> Lines:
        self.machine().load(number(address, MEMORY_BYTES), bytes.fromhex(data))
        yield "ok"

    def do_register(self, register: str, value: str) -> Lines:
        self.machine().set_register(number(register, 32), number(value, 1 << 32))
        yield "ok"

    def do_run(self, until: str) -> Lines:
        engine = self.machine()
        status = engine.run(self.end(until))
        if engine.fault:
            yield joined("fault", *astuple(engine.fault))
        yield f"ok {status} {engine.cycle}"

    def do_trace(self, until: str) -> Lines:
        """The same, and every change on the way."""
        engine, end = self.machine(), self.end(until)
        observer = Observer(engine)
        while engine.cycle < end and engine.run(engine.cycle + 1) == RUNNING:
            yield from (joined("event", *event) for event in observer.look())
        yield from (joined("event", *event) for event in observer.look())
        yield from self.do_run(until)

    def do_state(self) -> Lines:
        state = self.machine().state
        yield joined("registers", *state.registers)
        yield joined("flags", state.cc, state.exit_code)
        jump = state.jump_pc, state.jump_slot, state.jump_cycle
        yield joined("fetch", state.pc, state.next_fetch, int(state.fetch_ended), *jump, state.settled)
        yield from (joined("write", *astuple(write)) for write in state.in_flight)
        yield from (joined("loop", *astuple(loop)) for loop in state.loops)
        yield from (joined(type(item).__name__.lower(), *item[:-1], hexed(item.data)) for item in state.tensor)
        yield "ok"

    def do_memory(self, address: str, length: str) -> Lines:
        sram = self.machine().sram()
        start, size = number(address, len(sram) + 1), number(length, len(sram) + 1)
        if start + size > len(sram):
            raise ValueError(f"{size} bytes at {start} are outside SRAM of {len(sram)} bytes")
        yield from pieces(sram[start : start + size], start)
        yield "ok"

    def do_written(self) -> Lines:
        yield from pieces(memoryview(self.machine().written()), 0)
        yield "ok"

    def do_counts(self) -> Lines:
        yield from (f"issued {address} {count}" for address, count in sorted(self.machine().issue_counts().items()))
        yield "ok"

    def do_append(self, text: str) -> Lines:
        yield f"ok {self.machine().append(syllables(text))}"

    def do_goto(self, address: str) -> Lines:
        """Fetch there in this cycle; what is in flight, the loops and the tensor face go on."""
        engine = self.machine()
        state = replace(engine.state, pc=number(address, 1 << 23), fetch_ended=False, exit_code=0)
        engine.set_state(replace(state, next_fetch=state.cycle, jump_pc=-1, jump_slot=-1, jump_cycle=-1))
        yield "ok"

    def do_end(self) -> Lines:
        self.ended = True
        yield "ok"

    def end(self, until: str) -> int:
        """A cycle to run to. Raises ValueError for one too far away."""
        cycle, now = number(until, 1 << 62), self.machine().cycle
        if cycle > now + RUN_CYCLES:
            raise ValueError(f"cycle {cycle} is more than {RUN_CYCLES} cycles after {now}")
        return cycle


def handler(session: Session, verb: str, words: int) -> Callable[..., Lines]:
    """What answers a request. Raises ValueError for one that is none, or has the wrong number of words."""
    if verb not in REQUESTS:
        raise ValueError(f"{verb[:20]!r} is no request; there are {', '.join(REQUESTS)}")
    if words != REQUESTS[verb]:
        raise ValueError(f"{verb} is followed by {REQUESTS[verb]} words, not {words}")
    answer: Callable[..., Lines] = getattr(session, f"do_{verb}")
    return answer


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ENGINES:
        sys.exit(f"usage: python -m conform.reference.target {' | '.join(ENGINES)}")
    serve(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
