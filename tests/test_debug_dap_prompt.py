"""The debug adapter: the client's console as a prompt; and requests of any kind, none of which ends a session."""

from __future__ import annotations

from typing import Any

import pytest
from dap_tools import PROGRAMS, Client, Refused, connected
from hypothesis import given
from hypothesis import strategies as st

from debugger.dap.handlers import HANDLERS
from debugger.dap.scopes import SCOPES

PROGRAM = """\
        .array  xs: i32[4] = 1, 2, 3, 4
        .array  y: f32[2, 3]
start:  mov     r1, 0
        loop    4, done
        ld      r2, [xs + r1]
        add     r1, r1, 1
done:   halt    0
"""


def begin(client: Client, text: str = PROGRAM) -> None:
    client.ask("initialize", adapterID="lpu", supportsInvalidatedEvent=True)
    client.ask("launch", text=text, machine="lpu-tiny", stopOnEntry=True)
    client.ask("configurationDone")
    client.stopped("entry")


def say(client: Client, line: str) -> str:
    return str(client.ask("evaluate", expression=line, context="repl")["result"])


# The prompt -------------------------------------------------------------------------------------
def test_expressions_and_commands() -> None:
    with connected() as client:
        begin(client)
        assert say(client, "xs") == "[1, 2, 3, 4]"
        assert say(client, "xs[1] + 40") == "42"
        assert "go on to another source line" in say(client, "help step")
        assert say(client, "") == ""
        with pytest.raises(Refused, match="`bogus` is neither a verb nor an instruction"):
            say(client, "bogus")
        with pytest.raises(Refused, match="E-EXPR"):
            say(client, "p bogus")


def test_arrays_can_be_unfolded_where_they_were_asked_for() -> None:
    with connected() as client:
        begin(client)
        for context in ("watch", "hover", "repl", "variables"):
            found = client.ask("evaluate", expression="xs", context=context)
            assert found["type"] == "i32[4]"
            assert [each["value"] for each in client.variables(found["variablesReference"]).values()] == list("1234")
        assert "4" in client.ask("evaluate", expression="xs", context="clipboard")["result"]


def test_commands_that_move_are_told() -> None:
    with connected() as client:
        begin(client)
        assert "cycle 1" in say(client, "stepc")
        client.stopped("goto")
        assert client.cycle() == 1
        client.events.clear()
        say(client, "info")
        assert not client.events
        say(client, "continue")
        assert client.stopped("halted")["description"] == "The end of the run"


def test_breakpoints_of_the_prompt_are_told() -> None:
    with connected() as client:
        begin(client)
        say(client, "break done")
        new = client.event("breakpoint")
        assert (new["reason"], new["breakpoint"]["verified"]) == ("new", True)
        number = new["breakpoint"]["id"]
        client.ask("continue", threadId=1)
        stopped = client.stopped("breakpoint")
        assert stopped["hitBreakpointIds"] == [number]
        say(client, f"delete {number}")
        assert client.event("breakpoint") == {"reason": "removed", "breakpoint": {"id": number, "verified": False}}


def test_code_is_run_and_undone() -> None:
    with connected() as client:
        begin(client)
        say(client, "mov r9, 77")
        client.stopped("goto")
        assert client.value("r9") == "77"
        say(client, "undo")
        client.stopped("goto")
        assert client.value("r9") == "0"


def test_code_may_have_several_lines() -> None:
    with connected() as client:
        begin(client)
        assert say(client, "{ mov r9, 7") == "..."
        say(client, "mov r10, 8 }")
        client.stopped("goto")
        assert (client.value("r9"), client.value("r10")) == ("7", "8")


def test_quit_ends_the_session() -> None:
    with connected() as client:
        begin(client)
        say(client, "quit")
        client.event("terminated")


def test_an_endless_command_is_paused() -> None:
    with connected() as client:
        begin(client, "again:  add r1, r1, 1\n        jmp again\n")
        asked = client.send("evaluate", expression="continue", context="repl")
        client.ask("pause", threadId=1)
        assert client.response(asked)["success"]
        if client.cycle():  # it may be paused before it sets out
            client.stopped("goto")


# Why --------------------------------------------------------------------------------------------
def test_why_is_answered_by_what_can_be_unfolded() -> None:
    with connected() as client:
        client.launch(PROGRAMS / "matmul.s", machine="lpu-tiny")
        client.stopped("halted")
        found = client.ask("evaluate", expression="why C[1, 2]", context="repl")
        assert found["result"].startswith("C[1, 2] = 188, by `st [C + r4*4 + r5], r6` on L")
        stored, row, column = client.variables(found["variablesReference"]).values()
        assert stored["value"].startswith("r6 = 188, by `add r6, r6, r10`")
        assert row["value"].startswith("address: r4 = 1")
        assert column["value"].startswith("address: r5 = 2")
        products = client.variables(stored["variablesReference"]).values()
        assert [each["value"].split(",")[0] for each in products] == ["r6 = 172", "r10 = 16"]
        assert client.cycle() == 483  # we stay where we are
        with pytest.raises(Refused, match="nosuch"):
            say(client, "why nosuch")


def test_a_fault_is_a_scope() -> None:
    with connected() as client:
        begin(client, "        mov r1, 0\n        mov r2, 7\n        div r3, r2, r1\n        halt 0\n")
        assert "Fault" not in [each["name"] for each in client.ask("scopes", frameId=1)["scopes"]]
        client.ask("continue", threadId=1)
        client.stopped("exception")
        why = client.variables(client.scope("Fault"))["why"]
        assert why["value"].startswith("[E-DIV] `div` divides 7 by zero")
        dividend, divisor, help = client.variables(why["variablesReference"]).values()
        assert dividend["value"].startswith("r2 = 7, by `mov r2, 7`")
        assert divisor["value"].startswith("r1 = 0, by `mov r1, 0`")
        assert help["value"].startswith("to mend it: ")


def test_instructions_are_explained_where_the_mouse_is() -> None:
    with connected() as client:
        begin(client)
        assert client.ask("evaluate", expression="LD", context="hover")["result"] == "ld: Load a word."
        assert client.ask("evaluate", expression="r1", context="hover")["result"] == "0"
        with pytest.raises(Refused):
            client.ask("evaluate", expression="nosuch", context="hover")


# Completion -------------------------------------------------------------------------------------
def completed(client: Client, text: str, column: int = 0) -> list[str]:
    """The texts that choosing what is offered gives."""
    found = client.ask("completions", text=text, column=column or len(text) + 1)["targets"]
    return [text[: each["start"] - 1] + each["label"] + text[each["start"] - 1 + each["length"] :] for each in found]


def test_verbs_names_and_places_are_completed() -> None:
    with connected() as client:
        begin(client)
        assert "help" in completed(client, "hel")
        assert completed(client, "sta") == ["start", "stats"] or "start" in completed(client, "sta")
        assert "break start" in completed(client, "break sta")
        assert "p start + 1" in completed(client, "p sta + 1", column=6)
        assert completed(client, "nosuchthing") == []
        assert completed(client, "p xs\nhel")[0] == "p xs\nhelp"


# Any request ------------------------------------------------------------------------------------
NAMES = (
    "variablesReference", "start", "count", "filter", "name", "value", "expression", "context", "frameId", "text",
    "column", "line", "endLine", "source", "path", "sourceReference", "breakpoints", "condition", "hitCondition",
    "logMessage", "instructionReference", "offset", "dataId", "accessType", "filters", "filterOptions", "filterId",
    "memoryReference", "instructionOffset", "instructionCount", "data", "granularity", "targetId", "startFrame",
    "levels", "threadId", "pathFormat",
)  # fmt: skip
TEXTS = (
    "r1", "xs", "y[1]", "y[1, 2]", "xs[99]", "1 +", "(" * 300, "start", "5", "[0]", "\0", "0x0", "-1", "@3", "*1", "é",
    "", "AQI=", "nan y", "xs > 2", "write", "uri", "named", "indexed", "hover", "<text>", "A0@2", "instruction", "{xs}",
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.sampled_from([2**31, -(2**62), 10**30, 1.5]) |
    st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=6,
)  # fmt: skip
COMMANDS = sorted(set(HANDLERS) - {"disconnect", "terminate", "launch", "restart"})
REQUESTS = st.tuples(st.sampled_from(COMMANDS), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8) | VALUES)


@given(st.lists(REQUESTS, max_size=12))
def test_no_request_ends_a_session(requests: list[tuple[str, Any]]) -> None:
    """Unexpected errors inside the adapter are raised where the client leaves."""
    with connected() as client:
        begin(client)
        references = [client.scope(scope.name) for scope in SCOPES]
        for command, arguments in requests:
            answer = client.response(client.send(command, with_reference(arguments, references)))
            assert answer["success"] or answer["message"]
        assert client.ask("threads")["threads"] == [{"id": 1, "name": "core"}]


def with_reference(arguments: Any, references: list[int]) -> Any:
    """Arguments whose reference, if they have one, is one that was given."""
    number = arguments.get("variablesReference") if isinstance(arguments, dict) else None
    if not isinstance(number, int):
        return arguments
    return {**arguments, "variablesReference": references[number % len(references)]}


def test_everything_is_looked_at_on_the_way() -> None:
    with connected() as client:
        client.launch(PROGRAMS / "tensor" / "linear" / "permute.s", stopOnEntry=True, uninit="zero")
        client.stopped("entry")
        for command in ("next", "next", "stepBack"):
            client.ask(command, threadId=1)
            client.event("stopped")
            assert client.frames()
            for scope in SCOPES:
                client.variables(client.scope(scope.name))
