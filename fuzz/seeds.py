"""Inputs to begin with, made from programs/ and from random programs of the conformance kit; the same each time.

python -m fuzz.seeds FOLDER
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

from conform.build import op
from conform.build import text as bundles
from conform.mix import Mix
from conform.program import Program
from conform.strategies import sample, sample_violation
from fuzz.build import HARNESSES, ROOT
from fuzz.engines import machine_of
from fuzz.files import SHAPES, SNAPSHOT_TEXT
from fuzz.mutate import words_of_rows
from fuzz.sessions import PROGRAM
from isa import codec, elf
from isa.image import Image
from isa.machine import LPU_TINY
from isa.types import TYPES

COUNT = 40  # programs of the kit
SHORT = Mix(items=(2, 8), length=(6, 24))
SMALL_SOURCE = 4_000  # bytes
ROWS_TOGETHER = 12
MACHINES = (bytes([0, 0, 1, 7, 7, 15, 2, 1]), bytes([6, 6, 1, 15, 7, 15, 2, 0]), bytes([0, 6, 0, 3, 3, 3, 1, 5]))


def seeds(name: str) -> Iterator[bytes]:
    """The seeds of a target or of a harness of the core."""
    return core_inputs() if name in (*HARNESSES, "engines") else MAKERS[name]()


# Programs -------------------------------------------------------------------------------------
@cache
def programs() -> tuple[Program, ...]:
    """Legal programs and such that break a rule, on the machines that inputs of the core can have."""
    found = []
    for seed in range(COUNT):
        rng, spec = Random(seed), machine_of(MACHINES[seed % len(MACHINES)])
        try:
            found.append(sample_violation(rng, spec, SHORT).program if seed % 4 == 3 else sample(rng, spec, SHORT))
        except ValueError:  # the machine has no place for the fault
            continue
    return tuple(found)


def texts() -> Iterator[list[int]]:
    for program in programs():
        yield program.text()


def core_inputs() -> Iterator[bytes]:
    """A header, a text, and some bytes for what the harness does with it: fuzz/core/input.h."""
    for number, text in enumerate(texts()):
        header = MACHINES[number % len(MACHINES)]
        rng = Random(number)
        head = header + bytes([0, rng.choice((0, 1, 7, 255)), 0, len(text) % 256]) + bytes(4)
        yield head + codec.to_bytes(text[:255]) + bytes(rng.choices((0, 1, 2, 3, 8, 9, 20, 85, 255), k=24))


def sources() -> Iterator[bytes]:
    paths = sorted([*ROOT.glob("programs/**/*.s"), *ROOT.glob("tests/diagnostics/**/*.s"), *ROOT.glob("docs/**/*.s")])
    for path in paths:
        data = path.read_bytes()
        if len(data) <= SMALL_SOURCE:
            yield data.replace(b".machine lpu1", b".machine lpu-tiny")
    yield PROGRAM.encode()
    for program in programs():
        if program.spec == LPU_TINY:
            yield program.source().encode()


def machine_texts() -> Iterator[bytes]:
    for text in texts():
        yield codec.to_bytes(text)
    words = [word | 1 for _, word in words_of_rows()]  # all fields zero, which some rows forbid
    for place in range(0, len(words), ROWS_TOGETHER):
        yield codec.to_bytes(words[place : place + ROWS_TOGETHER])


# Files ----------------------------------------------------------------------------------------
@cache
def objects() -> tuple[Image, ...]:
    from asm.assemble import assemble

    results = (assemble(source.decode(), machine=LPU_TINY) for source in sources() if len(source) < 2_500)
    return tuple(islice((result.image for result in results if result.image), 12))


def elf_files() -> Iterator[bytes]:
    from asm.link import link
    from isa.diagnostics import SourceError

    for image in objects():
        yield elf.write(image)
        try:
            yield elf.write(link([image]))
        except SourceError:
            continue  # it has names that others define


def object_lists() -> Iterator[bytes]:
    files = [elf.write(image) for image in objects()]
    for first, second in zip(files, files[1:] + files[:1], strict=True):
        yield b"".join(len(file).to_bytes(4, "little") + file for file in (first, second))
        yield len(first).to_bytes(4, "little") + first


def snapshots() -> Iterator[bytes]:
    """Of each program in its course, said to be of the text that the target runs: some of the states fit that, too."""
    from vm.core import CoreEngine
    from vm.snapshot import DIGEST_BYTES, program_digest, take

    digest = program_digest(SNAPSHOT_TEXT)
    for program in programs():
        engine = CoreEngine(program.spec, codec.to_bytes(program.text()), uninit="zero")
        engine.run(6)
        found = take(engine, program_digest(program.text()))
        data = found.to_bytes()[:-DIGEST_BYTES]
        yield data.replace(found.program.encode(), digest.encode())


def arrays() -> Iterator[bytes]:
    import numpy as np

    from isa.layout import dtype

    names = sorted(TYPES)
    for number in range(len(names) * len(SHAPES)):
        file = io.BytesIO()
        array = np.zeros(SHAPES[number // len(names)], dtype(TYPES[names[number % len(names)]]))
        np.save(file, np.asfortranarray(array) if number % 3 == 1 else array)
        yield bytes([number]) + file.getvalue()


def machines() -> Iterator[bytes]:
    for header in MACHINES:
        spec = machine_of(header).to_dict()
        yield "".join(f"{name} = {json.dumps(value)}\n" for name, value in spec.items()).encode()


# Sessions -------------------------------------------------------------------------------------
EXPRESSIONS = """\
r2 + 3 * limit
x[1:3] == T[0, :3]
y @ y.T if cc else 0
any(isnan(y)) or max(abs(x - 4)) > ulp(y[0, 0])
mem[100:108]
mw0[3]
se4@mw1
acc0[5]
v0
T[:, ::-1] = 3
r3 = x[r1]
start + (pc - cycle) // -2 ** 7
i8(r3) >> 2 & ~u16(0xff)
f32(1.5) < bf16(x[0])
""".splitlines()
PROMPTS = (
    "break done\ncontinue\nprint x\nback 2\n\nx/8w x",
    "watch x\nrun\ninfo breakpoints\nwhy x[1]\nset r1 = 3\nstep 2",
    "add r1, r1, 5\n{ mov r2, 3 || nop 2 }\nasm\n  loop 2, z\n  add r3, r3, 1\nz: nop\nend\nprint r3",
    "tbreak start if r1 == 2\ncontinue\nfloor\nstreams\ntimeline\ninfo registers\nlist\ndisplay r1\nstep",
    "mark here\ngoto 5\ngoto here\nundo\nredo\nhelp why\nfind r1 > 2\nuntil r1 == 3\nprintf r1",
)


def expressions() -> Iterator[bytes]:
    return (text.encode() for text in EXPRESSIONS)


def prompts() -> Iterator[bytes]:
    from debugger.repl.table import VERBS

    yield from (text.encode() for text in PROMPTS)
    yield from (f"step 4\n{verb.name} {verb.arguments}".encode() for verb in VERBS)


def saved_sessions() -> Iterator[bytes]:
    from debugger.load import Source
    from debugger.saved import as_data
    from debugger.session import Session

    for text in (PROGRAM, "        mov r1, 4\nagain:  sub r1, r1, 1\n        cmp r1, 0\n        jgt again\n"):
        session = Session.open(Source(text=text, machine="lpu-tiny"))
        yield json.dumps(as_data(session)).encode()
        session.goto(3)
        session.set("r1", "2")
        session.execute("add r2, r1, 1")
        session.mark("here")
        yield json.dumps(as_data(session)).encode()


THREAD = {"threadId": 1}
FILE = {"path": "<text>"}
REQUESTS = {
    "initialize": {"adapterID": "lpu", "linesStartAt1": True}, "launch": {"program": "none.s", "machine": "lpu-tiny"},
    "stepIn": {**THREAD, "granularity": "instruction"}, "next": THREAD, "stepBack": THREAD, "continue": THREAD,
    "reverseContinue": THREAD, "pause": THREAD, "restart": {}, "terminate": {}, "disconnect": {},
    "threads": {}, "stackTrace": THREAD, "scopes": {"frameId": 1}, "exceptionInfo": THREAD, "loadedSources": {},
    "variables": {"variablesReference": 1001, "start": 0, "count": 3},
    "setVariable": {"variablesReference": 1001, "name": "r1", "value": "4"},
    "evaluate": {"expression": "x[1] + r2", "context": "watch", "frameId": 1},
    "setExpression": {"expression": "r1", "value": "4"},
    "completions": {"text": "pri", "column": 4},
    "readMemory": {"memoryReference": "0", "offset": 4, "count": 16},
    "writeMemory": {"memoryReference": "0", "data": "AAAA"},
    "disassemble": {"memoryReference": "0", "instructionOffset": -2, "instructionCount": 5},
    "setBreakpoints": {"source": FILE, "breakpoints": [{"line": 8, "condition": "r1 > 1", "hitCondition": "2"}]},
    "setFunctionBreakpoints": {"breakpoints": [{"name": "done"}]},
    "setInstructionBreakpoints": {"breakpoints": [{"instructionReference": "3", "offset": 1}]},
    "dataBreakpointInfo": {"name": "x"},
    "setDataBreakpoints": {"breakpoints": [{"dataId": "x", "accessType": "write"}]},
    "setExceptionBreakpoints": {"filters": ["fault"]},
    "breakpointLocations": {"source": FILE, "line": 1, "endLine": 20},
    "source": {"sourceReference": 1, "source": {"sourceReference": 1}},
    "gotoTargets": {"source": FILE, "line": 9}, "goto": {**THREAD, "targetId": 1},
}  # fmt: skip


def messages() -> Iterator[bytes]:
    """Each request behind a step and a look at the frames; and one for the prompt."""
    before = ["stepIn", "stackTrace", "scopes"]
    for name in REQUESTS:
        yield b"".join(message(each, REQUESTS[each]) for each in [*before, name])
    yield message("evaluate", {"expression": "break done", "context": "repl"}) + message("continue", {"threadId": 1})


def message(command: str, arguments: object) -> bytes:
    body = json.dumps({"seq": 1, "type": "request", "command": command, "arguments": arguments}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


LOADED = "load 1 1 1 4 4 1 2 100 zero 0 0 2\ntext {}\n"
ASKED = "data 0 01020304\nregister 3 7\nrun 5\ntrace 9\nstate\nmemory 0 64\nwritten\ncounts\nappend {}\ngoto 0\nend\n"


def wire_requests() -> Iterator[bytes]:
    two = codec.to_bytes(bundles([op("mov rd, imm", rd=1, imm=5)], [op("st [disp], rt", rt=1, disp=3)])).hex()
    yield ("hello 1\n" + LOADED.format(two) + ASKED.format(two)).encode()
    yield (LOADED.format(two) + "run 3\nstate\n").encode()


def wire_answers() -> Iterator[bytes]:
    """What our own side answers to what the target's harness asks."""
    from conform.reference.target import serve

    load = "load 2 2 2 64 32 16 4 8388608 fault 0 0 1\ntext 0100000000000000\n"
    asked = f"hello 1\n{load}run 20\ntrace 30\nstate\nmemory 0 64\nwritten\ncounts\nappend 0100000000000000\n"
    for requests in (asked, asked.replace("0100000000000000", "d901000000000000")):
        out = io.BytesIO()
        serve("core", io.BytesIO(requests.encode()), out)
        yield out.getvalue()


MAKERS = {
    "assemble": sources, "format": sources, "disassemble": machine_texts, "elf": elf_files, "link": object_lists,
    "snapshot": snapshots, "npy": arrays, "machine": machines, "expression": expressions, "prompt": prompts,
    "saved": saved_sessions, "adapter": messages, "requests": wire_requests, "answers": wire_answers,
}  # fmt: skip


def write(folder: Path, names: Sequence[str]) -> None:
    """A folder of seeds for each name."""
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds(name)):
            (folder / name / f"seed-{number:03}").write_bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(description="write the seeds of all targets, each into a folder of its own")
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder, [*HARNESSES, *MAKERS, "engines"])


if __name__ == "__main__":
    main()
