"""What is said wrong on either side of the wire is an error that says so, and never a wait without end."""

from __future__ import annotations

import io
import select
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from process_tools import until
from wire_tools import ROOT, scripted

from conform.program import Program
from conform.reference.target import REQUEST_BYTES, serve
from conform.target import TargetError
from conform.wire import client
from conform.wire.client import RemoteTarget
from isa.machine import LPU_TINY

LOAD = "load 1 1 1 1 4 1 0 100 zero 0 0 1\ntext 0000000000000000\n"
REQUESTS = (
    "hello 1\n"
    + LOAD
    + "register 1 5\ndata 0 00000000\nrun 5\ntrace 9\nstate\nmemory 0 16\nwritten\ncounts\nappend -\n"
)


def replies(requests: bytes) -> list[str]:
    out = io.BytesIO()
    serve("core", io.BytesIO(requests), out)
    return out.getvalue().decode().splitlines()


def test_the_session_in_the_documentation() -> None:
    """What it shows is what the core answers, after requests sent all at once."""
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8").splitlines()
    requests = [line.removeprefix("> ") for line in page if line.startswith("> ")]
    shown = [line.removeprefix("< ").rstrip() for line in page if line.startswith("< ")]
    assert len(requests) > 5
    assert replies("".join(f"{request}\n" for request in requests).encode()) == shown


# What a target hears --------------------------------------------------------------------------
@given(st.binary(max_size=300))
def test_any_bytes_are_answered_line_by_line(data: bytes) -> None:
    ends = [line for line in replies(data) if line.split()[0] in ("ok", "error")]
    assert len(ends) == data.count(b"\n") + (not data.endswith(b"\n") and data != b"")


@given(st.data())
def test_mangled_requests_are_answered(data: st.DataObject) -> None:
    """Bytes replaced, dropped and doubled anywhere; the target goes on to the end."""
    requests = bytearray(REQUESTS.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(requests) - 1))
        length = data.draw(st.integers(0, 3))
        requests[place : place + length] = data.draw(st.binary(max_size=3))
    lines = replies(bytes(requests) + b"\nend\n")
    ended = any(word == b"end" for word in bytes(requests).split(b"\n"))
    assert ended or lines[-1] == "ok"


@pytest.mark.parametrize(
    ("request_line", "error"),
    [
        ("fly", "'fly' is no request; there are hello, "),
        ("run", "run is followed by 1 words, not 0"),
        ("run 5", "there is no program yet; `load` begins one"),
        ("load 1 1 1 1 4 1 0 100 zero 0 0 2\nrun 5", "there is no program yet: 2 syllables of text are missing"),
        (LOAD + "run 100001", "cycle 100001 is more than 100000 cycles after 0"),
        (LOAD + "run -1", "'-1' is no number from 0 to"),
        (LOAD + "memory 0 100000", "'100000' is no number from 0 to 128"),
        (LOAD + "data 0 0", "non-hexadecimal number found"),
        (LOAD + "text 00", "1 bytes are no whole number of syllables of 8 bytes"),
        (LOAD + "text 0000000000000000", "1 syllables of text, where 0 are missing"),
        ("load 1 1 1 1 4 1 0 100 maybe 0 0 0", "uninit is 'maybe'; it must be fault, zero, poison"),
        (
            "load 1 1 1 1 4 1 0 100 zero 0 101 0",
            "[E-IMAGE] program: the entry address is 101; it must be between 0 and 100",
        ),
        ("load 99 1 1 1 4 1 0 100 zero 0 0 0", "superlanes is 99; it must be between 1 and 32"),
        ("x" * REQUEST_BYTES, f"a request has at most {REQUEST_BYTES} bytes and ends with a newline"),
    ],
)
def test_errors_name_what_is_wrong(request_line: str, error: str) -> None:
    assert replies(request_line.encode() + b"\n")[-1].startswith(f"error {error}")


# What a target says ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("hear(); say('ok 2')", "does not speak version 1 of the protocol; it said '2'"),
        ("hear(); say('ok 1')", "the answer to hello has no line `name`"),
        ("hear(); say('name', 'machine any', 'lacks wings', 'ok 1')", "what a target may lack is record, .*'wings'"),
        ("hear(); say('name', 'machine 1 2', 'lacks', 'ok 1')", "a machine has 8 words, not 2"),
        ("hear(); say('error not today')", "'hello 1' is refused: not today"),
        ("hear(); say('caf\\xe9')", "a line of an answer is words of ASCII"),
        ("hear(); say('')", "a line of an answer is words of ASCII"),
        ("sys.exit('no board is plugged in')", "with status 1; on its standard error 'no board is plugged in'"),
        ("os.kill(os.getpid(), 9)", "with status -9"),
        ("os.close(1); time.sleep(600)", "has ended in the middle of an answer"),
        ("hear()\nwhile True: print('x' * 65536, end='')", "a line of an answer has at most 1048576 bytes"),
    ],
)
def test_targets_that_misbehave_are_told_of(body: str, error: str) -> None:
    with pytest.raises(TargetError, match=error):
        scripted(body)


@pytest.mark.parametrize("body", ["time.sleep(600)", "\nwhile True: say('name'); time.sleep(0.01)"])
def test_an_answer_has_its_time(body: str) -> None:
    target = scripted(f"greet(); {body}")
    target.seconds = 0.5
    with pytest.raises(TargetError, match="the target did not answer in time"):
        target.ask("state")
    target.close()


def test_what_there_is_of_an_answer_is_quoted() -> None:
    target = scripted("greet(); print('name half', end='', flush=True); time.sleep(600)")
    channel = target.channel
    until(lambda: channel.received or select.select([channel.reader], [], [], 0)[0], "there is half a line")
    target.seconds = 3
    with pytest.raises(TargetError, match="in time; it said b'name half'"):
        target.ask("state")
    target.close()


ANSWERS = [
    ("run", ["ok halted"], "a run ends with running, halted or fault and a cycle"),
    ("run", ["ok asleep 3"], "a run ends with running, halted or fault and a cycle; it said 'asleep 3'"),
    ("run", ["ok fault 3"], "has 1 lines `fault`, not 0"),
    ("run", ["fault 1 2 3", "ok fault 3"], "a fault has 18 words, not 3"),
    ("run", ["fault 99" + " 0" * 17, "ok fault 3"], "codes of faults are 1 to 19"),
    ("run", ["ok running 0x3"], "the target says what is no number; it said '0x3'"),
    ("run", ["ok running " + "9" * 50], "the target says what is no number"),
    ("state", ["ok"], "a state has one line `registers`, not 0"),
    ("state", ["registers" + " 0" * 31, "ok"], "registers has 32 words, not 31"),
    ("state", ["tape 1 2", "ok"], "the target says what is no line of a state; it said 'tape 1 2'"),
    ("state", ["vector 1 2 zz", "ok"], "bytes are pairs of hex digits; it said 'zz'"),
    ("state", ["vector", "ok"], "vector has 2 words, not 0"),
    ("memory", ["at 60 0000000000", "ok"], "5 bytes at 60 are outside 64 bytes from 0"),
    ("memory", ["at 5", "ok"], "memory is told in lines `at ADDRESS BYTES`"),
    ("written", ["at -1 00", "ok"], "1 bytes at -1 are outside"),
    ("counts", ["issued 1", "ok"], "issued has 2 words, not 1"),
    ("trace", ["event 1 r1", "ok running 3"], "events are told in lines `event CYCLE UNIT VALUE`"),
]


def test_lies_are_quoted() -> None:
    """Each answer alone, from one target: what it said is in the message."""
    answers = [answer for _, answer, _ in ANSWERS]
    body = f"""
greet()
answers = {answers!r}
while (request := hear()) != 'end':
    say(*answers.pop(0)) if request.split()[0] not in ('load', 'text', 'data') else say('ok')
"""
    target = scripted(body)
    target.load(Program(LPU_TINY, ()).image())
    asked = {
        "run": lambda: target.run(3),
        "trace": lambda: target.trace(3),
        "state": target.state,
        "memory": lambda: target.memory(0, 64),
        "written": target.written,
        "counts": target.counts,
    }
    for verb, _, error in ANSWERS:
        with pytest.raises(TargetError) as caught:
            asked[verb]()
        assert error in str(caught.value)
    target.close()


def test_answers_without_end_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_BYTES", 10_000)
    with pytest.raises(TargetError, match="the answer to 'hello 1' does not end"):
        scripted("hear()\nwhile True: say('name ' + 'x' * 1000)")


def test_a_target_that_reads_nothing_does_not_block() -> None:
    """More than a pipe holds is sent to it."""
    target = scripted("greet(); time.sleep(600)")
    target.seconds = 0.5
    with pytest.raises(TargetError, match="did not answer in time"):
        target.ask("data 0 " + "00" * 1_000_000)
    target.close()


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("", "a target is a command, or host:port; this one is empty"),
        ("no-such-command --fast", "no-such-command: No such file or directory"),
        ("say 'hello", "is no command: No closing quotation"),
        ("127.0.0.1:99999", "99999 is no port; a port is a number from 1 to 65535"),
    ],
)
def test_places_where_no_target_is(where: str, error: str) -> None:
    with pytest.raises(TargetError, match=error):
        RemoteTarget(where)


def hang_up_once(server: socket.socket) -> None:
    server.accept()[0].close()


def test_a_port_that_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        hang_up = threading.Thread(target=hang_up_once, args=[server])
        hang_up.start()
        with pytest.raises(TargetError, match=r"the target (is gone|has ended)"):
            RemoteTarget(f"127.0.0.1:{port}")
        hang_up.join()


def test_a_port_where_nobody_listens() -> None:
    with socket.socket() as ours:  # so that nobody else does
        ours.bind(("127.0.0.1", 0))
        port = ours.getsockname()[1]
        with pytest.raises(TargetError, match=f"127.0.0.1:{port}: Connection refused"):
            RemoteTarget(f"127.0.0.1:{port}")
