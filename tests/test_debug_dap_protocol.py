"""The debug adapter's messages: whatever comes in, it says what is wrong and reads on."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from dap_tools import connected
from hypothesis import given
from hypothesis import strategies as st

from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.protocol import MAX_BYTES, ProtocolError, Wire

THREADS = b'{"seq":1,"type":"request","command":"threads"}'


def framed(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def read_all(data: bytes) -> list[Any]:
    """What a wire gives: messages, and for what is none the sentence."""
    wire, found = Wire(io.BytesIO(data), io.BytesIO()), list[Any]()
    while True:
        try:
            message = wire.read()
        except ProtocolError as error:
            found.append(str(error))
            continue
        if message is None:
            return found
        found.append(message)


# Reading ----------------------------------------------------------------------------------------
def test_messages_follow_each_other() -> None:
    assert read_all(framed(b'{"a":1}') + framed(b'{"b":"\xc3\xa9"}')) == [{"a": 1}, {"b": "é"}]


def test_headers_may_be_in_any_case_and_have_company() -> None:
    data = b"content-type: x\r\nCONTENT-LENGTH:2\r\nContent-Type: y\r\n\r\n{}" + b"Content-Length: 2\n\n{}"
    assert read_all(data) == [{}, {}]


BROKEN = [
    (b"nonsense\r\n\r\n", "a message begins with `Content-Length: N`, not with 'nonsense\\r\\n'"),
    (b"Content-Length: -5\r\n\r\n", "a message begins with `Content-Length: N`, not with 'Content-Length: -5\\r\\n'"),
    (b"Content-Length: x\r\n\r\n", "a message begins with `Content-Length: N`, not with 'Content-Length: x\\r\\n'"),
    (framed(b"{"), "a message is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    (framed(b"[1]"), "a message is a JSON object, not '[1]'"),
    (framed(b"NaN"), "a message is no JSON: NaN is no number of JSON; it begins with 'NaN'"),
    (framed(b"\xff"), "a message is no JSON: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    (framed(b""), "a message is no JSON: Expecting value: line 1 column 1 (char 0); it begins with ''"),
    (framed(b"[" * 100_000), "a message is nested too deeply"),
    (framed(b"9" * 5000), "a message is no JSON: Exceeds the limit"),
    (b"Content-Length: %d\r\n\r\n" % (MAX_BYTES + 1), f"a message of {MAX_BYTES + 1} bytes is announced; the most is"),
    (b"Content-Length: " + b"9" * 900 + b"\r\n\r\n", "a message of 999"),
    (b"\0" * 5000, "a message begins with `Content-Length: N`, not with '\\x00"),
]


@pytest.mark.parametrize(("data", "sentence"), BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_message_is_told_once_and_passed_over(data: bytes, sentence: str) -> None:
    newline = b"" if data.endswith((b"\n", b"}", b"]")) else b"\n" * (data[:1] == b"\0")
    told, after = read_all(data + newline + framed(b'{"after":1}'))
    assert told.startswith(sentence)
    assert after == {"after": 1}


@pytest.mark.parametrize("cut", range(1, len(framed(THREADS))))
def test_a_message_that_ends_early_ends_the_stream(cut: int) -> None:
    found = read_all(framed(THREADS)[:cut])
    assert all("Content-Length" in each for each in found)  # a piece of the header alone may be complained of


@given(st.binary(max_size=200), st.lists(st.binary(max_size=60), max_size=5))
def test_no_input_keeps_a_wire_from_its_end(noise: bytes, bodies: list[bytes]) -> None:
    found = read_all(noise + b"".join(map(framed, bodies)))
    assert all(isinstance(each, str | dict) for each in found)


# Writing ----------------------------------------------------------------------------------------
def test_what_is_sent_is_numbered_and_framed() -> None:
    out = io.BytesIO()
    wire = Wire(io.BytesIO(), out)
    wire.send("event", event="é")
    wire.send("event", event="two")
    sent = read_all(out.getvalue())
    assert [(each["seq"], each["event"]) for each in sent] == [(1, "é"), (2, "two")]


def test_nobody_may_be_there_to_read() -> None:
    out = io.BytesIO()
    out.close()
    assert Wire(io.BytesIO(), out).send("event", event="x") == 1


# Arguments --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "value", "sentence"), [
    ("text", 5, "`a` is 5; it must be text"),
    ("text", "x" * 70_000, "`a` has 70000 characters; the most is 65536"),
    ("text", None, "`a` is missing"),
    ("number", "5", '`a` is "5"; it must be a whole number'),
    ("number", 1.5, "`a` is 1.5; it must be a whole number"),
    ("number", True, "`a` is true; it must be a whole number from 0 to 9007199254740992"),
    ("number", -1, "`a` is -1; it must be a whole number from 0 to 9007199254740992"),
    ("flag", 1, "`a` is 1; it must be true or false"),
    ("object", [], "`a` is []; it must be an object"),
    ("objects", {}, "`a` is {}; it must be a list"),
    ("objects", [1], "`a` must be a list of objects"),
    ("texts", [1], "`a` must be a list of texts"),
    ("texts", [""] * 20_000, "`a` has 20000 items; the most is 16384"),
    ("items", 3, "`a` is 3; it must be an object"),
])  # fmt: skip
def test_arguments_of_another_kind_are_refused(name: str, value: Any, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        getattr(Arguments({"a": value}), name)("a")
    assert str(refused.value) == sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["text", "number", "flag", "object", "objects", "texts", "items", "named_or_listed"]), JSON)
def test_arguments_are_given_or_refused(name: str, value: Any) -> None:
    try:
        found = getattr(Arguments({"a": value}), name)("a")
    except RequestError as error:
        assert str(error)
    else:
        assert value is None or found == value or isinstance(found, list | Arguments)


# A session --------------------------------------------------------------------------------------
def test_a_session_outlives_what_is_no_message() -> None:
    with connected() as client:
        client.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + framed(b"{") + framed(b'{"type":"response"}'))
        client.raw(framed(b'{"type":"request"}') + framed(b'{"seq":"x","type":"request","command":{}}'))
        told = [client.event("output")["output"] for _ in range(2)]
        assert told[0].startswith("a message begins with `Content-Length: N`")
        assert told[1].startswith("a message is no JSON")
        assert client.ask("threads") == {"threads": [{"id": 1, "name": "core"}]}
        refused = [each["message"] for each in client.received if each["type"] == "response" and not each["success"]]
        assert refused == ["there is no request `None`", "there is no request `{}`"]
        client.ask("disconnect")


@pytest.mark.parametrize("arguments", [[], "x", 3, True])
def test_arguments_that_are_no_object_are_refused(arguments: Any) -> None:
    with connected() as client:
        answer = client.response(client.send("threads", arguments))
        assert answer["message"] == "the arguments of `threads` must be an object"


def test_sizes_count_bytes() -> None:
    body = json.dumps({"seq": 1, "type": "request", "command": "é"}, ensure_ascii=False).encode()
    with connected() as client:
        client.raw(framed(body))
        assert client.response(1)["message"] == "there is no request `é`"
