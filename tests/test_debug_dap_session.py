"""The debug adapter: sessions from launch to the end, forward and backward, on real programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dap_tools import PROGRAMS, Client, Refused, connected
from debug_tools import straight

from isa.codec import bundle_starts, decode
from isa.machine import LPU_TINY
from lpu.api import assemble
from vm.engine import State

MATMUL = PROGRAMS / "matmul.s"
GEMM = PROGRAMS / "tensor" / "gemm_i8.s"
SOFTMAX = PROGRAMS / "tensor" / "linear" / "softmax.s"
INNER = 44  # a line in the innermost loop of MATMUL: the sum, whose row is in r4 and whose column in r5
DIVISION = "        mov r1, 0\n        mov r2, 7\n        div r3, r2, r1\n        halt 3\n"
ENDLESS = "again:  add r1, r1, 1\n        jmp again\n"
CODE = {"halt 3": 3, "halt 0": 0}


@cache
def issued() -> list[State]:
    """The states of the golden model in which a bundle of MATMUL issues."""
    return [each.state for each in straight(assemble(MATMUL, machine=LPU_TINY))[0] if each.fetches]


@cache
def bundles_of(line: int) -> set[int]:
    """The bundles of MATMUL with an op of a line; the waits that the assembler put before it are none."""
    image = assemble(MATMUL, machine=LPU_TINY)
    found = [entry.address for entry in image.lines if entry.place.line == line]
    addresses = [address for address in found if decode(image.text, address)[0].row.control != "nop"]
    return {max(start for start in bundle_starts(image.text) if start <= address) for address in addresses}


def cycles_of(line: int, **registers: int) -> list[int]:
    """The cycles in which a bundle of a line issues while registers have values."""
    return [
        state.cycle for state in issued()
        if state.pc in bundles_of(line) and all(state.registers[int(r[1:])] == v for r, v in registers.items())
    ]  # fmt: skip


def launch(client: Client, configure: Callable[[Client], object] = lambda client: None, **more: Any) -> None:
    """Debug MATMUL on a machine with little memory."""
    client.launch(MATMUL, configure, machine="lpu-tiny", **more)


def move(client: Client, command: str, reason: str, **more: Any) -> int:
    """Ask for a movement, wait for its end; the cycle where it ended."""
    client.ask(command, threadId=1, **more)
    client.stopped(reason)
    return client.cycle()


# From start to end ------------------------------------------------------------------------------
def test_a_run_without_stops_ends_the_session() -> None:
    with connected() as client:
        launch(client, lambda client: client.ask("setExceptionBreakpoints", filters=[]))
        assert client.event("exited") == {"exitCode": 0}
        client.event("terminated")
        client.ask("disconnect")


def test_a_run_stops_at_its_end_and_ends_when_it_goes_on() -> None:
    with connected() as client:
        launch(client)
        assert client.stopped("halted")["text"] == "halted after 483 cycles"
        assert client.value("C[3]") == "[560, 502, 444, 386]"
        client.ask("continue", threadId=1)
        assert client.event("exited") == {"exitCode": 0}
        client.event("terminated")


@pytest.mark.parametrize("end", list(CODE))
def test_the_exit_code_is_that_of_halt(end: str, tmp_path: Path) -> None:
    program = tmp_path / "end.s"
    program.write_text(f"        {end}\n")
    with connected() as client:
        client.launch(program, noDebug=True)
        assert client.event("exited") == {"exitCode": CODE[end]}


def test_without_debugging_breakpoints_do_not_stop() -> None:
    with connected() as client:
        launch(client, lambda client: client.break_at(MATMUL, INNER), noDebug=True, stopOnEntry=True)
        client.event("terminated")
        assert not [each for each in client.received if each.get("event") == "stopped"]


def test_launch_takes_what_the_command_line_takes(tmp_path: Path) -> None:
    import numpy as np

    a, b = np.arange(6, dtype=np.int32).reshape(2, 3), np.ones((3, 4), np.int32)
    np.save(tmp_path / "a.npy", a)
    np.save(tmp_path / "b.npy", b)
    with connected() as client:
        client.launch(MATMUL, defines={"n": 2, "m": 3, "k": 4}, inputs={"A": "a.npy", "B": "b.npy"},
                      cwd=str(tmp_path), engine="reference", machine="lpu1", uninit="zero")  # fmt: skip
        client.stopped("halted")
        assert client.value("C") == str((a @ b).tolist())


def test_several_programs_are_linked(tmp_path: Path) -> None:
    (tmp_path / "main.s").write_text("        .extern seven\n        call r31, seven\n        halt 0\n")
    (tmp_path / "seven.s").write_text("        .global seven\nseven:  mov r2, 7\n        ret r31\n")
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        client.ask("launch", programs=["main.s", "seven.s"], cwd=str(tmp_path))
        client.ask("configurationDone")
        client.stopped("halted")
        assert client.value("r2") == "7"


def test_a_text_without_a_file_has_a_source() -> None:
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        client.ask("launch", text=DIVISION)
        [source] = client.ask("loadedSources")["sources"]
        number = source["sourceReference"]
        assert client.ask("source", source=source, sourceReference=number)["content"] == DIVISION
        assert client.ask("source", sourceReference=number)["content"] == DIVISION
        made = client.ask("setBreakpoints", source=source, breakpoints=[{"line": 2}])["breakpoints"]
        assert [(each["verified"], each["line"]) for each in made] == [(True, 2)]
        with pytest.raises(Refused, match="there is no source 2; there are 1"):
            client.ask("source", sourceReference=2)


@pytest.mark.parametrize(("arguments", "sentence"), [
    ({}, "`program` is missing: name a source, an object or an executable"),
    ({"program": 3}, "`program` is 3; it must be text"),
    ({"program": "-"}, "standard input is the client's; name a file"),
    ({"program": "x.s", "inputs": {"A": "-"}}, "standard input is the client's; name a file"),
    ({"program": "a\0b"}, "a path has a zero byte"),
    ({"program": "/nowhere.s"}, r"/nowhere\.s"),
    ({"program": str(MATMUL), "machine": "lpu9"}, "lpu9"),
    ({"program": str(MATMUL), "engine": "steam"}, "there is no engine 'steam'"),
    ({"program": str(MATMUL), "uninit": "maybe"}, "maybe"),
    ({"program": str(MATMUL), "defines": {"n": "4"}}, '`defines` gives `n` no number'),
    ({"program": str(MATMUL), "inputs": ["Z=z.npy"]}, "Z"),
    ({"text": "        bogus r1\n"}, "bogus"),
])  # fmt: skip
def test_what_cannot_be_launched(arguments: dict[str, Any], sentence: str) -> None:
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        with pytest.raises(Refused, match=sentence):
            client.ask("launch", arguments)
        client.ask("launch", program=str(MATMUL))  # the session is as good as new
        client.event("initialized")


def test_messages_of_the_assembler_are_shown_as_it_shows_them(tmp_path: Path) -> None:
    program = tmp_path / "wrong.s"
    program.write_text("        bogus r1\n        mov r1, bogus\n")
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        with pytest.raises(Refused):
            client.ask("launch", program=str(program))
        assert f"--> {program}:1:9" in client.output()
        assert f"--> {program}:2:17" in client.output()


def test_nothing_can_be_asked_before_launch() -> None:
    with connected() as client:
        for command in ("stackTrace", "continue", "next", "loadedSources", "configurationDone", "restart"):
            with pytest.raises(Refused, match="nothing is launched yet"):
                client.ask(command, threadId=1)


def test_the_client_may_just_leave() -> None:
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        client.ask("launch", text=ENDLESS)
        client.ask("configurationDone")


# Steps ------------------------------------------------------------------------------------------
def test_bundles_one_by_one_and_back() -> None:
    cycles = [state.cycle for state in issued()]
    with connected() as client:
        launch(client, stopOnEntry=True)
        client.stopped("entry")
        walked = [move(client, command, "step", granularity="instruction") for command in ["next", "stepIn"] * 6]
        assert walked == cycles[1:13]
        back = [move(client, "stepBack", "step", granularity="instruction") for _ in range(11)]
        assert back == cycles[11:0:-1]
        assert move(client, "stepBack", "entry", granularity="instruction") == 0


def test_lines_one_by_one() -> None:
    image = assemble(MATMUL, machine=LPU_TINY)
    line = {entry.address: entry.place.line for entry in image.lines}
    lines = [line[state.pc] for state in issued()]
    entered = [issued()[k].cycle for k in range(1, len(lines)) if lines[k] != lines[k - 1]]
    with connected() as client:
        launch(client, stopOnEntry=True)
        client.stopped("entry")
        assert [move(client, "next", "step") for _ in range(10)] == entered[:10]
        assert [move(client, "stepBack", "step", granularity="line") for _ in range(9)] == entered[8::-1]


def test_out_of_the_loop() -> None:
    with connected() as client:
        launch(client, lambda client: client.break_at(MATMUL, INNER, condition="r5 == 1"))
        client.stopped("breakpoint")
        client.break_at(MATMUL)
        inside = next(state for state in issued() if state.cycle == client.cycle())
        loop = inside.loops[-1]
        after = next(s for s in issued() if s.cycle > inside.cycle and not loop.start <= s.pc < loop.end)
        assert move(client, "stepOut", "step") == after.cycle


# Through time -----------------------------------------------------------------------------------
def test_breakpoints_either_way() -> None:
    wanted = cycles_of(INNER, r4=2)
    with connected() as client:
        launch(client, lambda client: client.break_at(MATMUL, INNER, condition="r4 == 2"))
        client.stopped("breakpoint")
        seen = [client.cycle(), *(move(client, "continue", "breakpoint") for _ in wanted[1:])]
        assert seen == wanted
        assert move(client, "continue", "halted") == 483
        assert [move(client, "reverseContinue", "breakpoint") for _ in wanted] == wanted[::-1]
        assert move(client, "reverseContinue", "entry") == 0


def test_goto_goes_through_time() -> None:
    line = 51  # where the sum is stored
    stores = cycles_of(line)
    with connected() as client:
        launch(client, lambda client: client.break_at(MATMUL, INNER), stopOnEntry=True)
        client.stopped("entry")
        source = {"path": str(MATMUL)}
        assert client.ask("gotoTargets", source=source, line=1) == {"targets": []}
        ahead, behind = (each["id"] for each in client.ask("gotoTargets", source=source, line=line)["targets"])
        assert [move(client, "goto", "goto", targetId=ahead) for _ in range(3)] == stores[:3]
        assert client.line() == line
        assert move(client, "goto", "goto", targetId=behind) == stores[1]
        assert move(client, "continue", "breakpoint") == next(c for c in cycles_of(INNER) if c > stores[1])
        with pytest.raises(Refused, match="`targetId` is 7"):
            client.ask("goto", threadId=1, targetId=7)


# Interruptions ----------------------------------------------------------------------------------
def test_an_endless_run_is_paused_asked_and_goes_on() -> None:
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        client.ask("launch", text=ENDLESS)
        client.ask("configurationDone")
        while client.cycle() < 1000:  # each question interrupts, none stops
            client.ask("threads")
        assert not [each for each in client.received if each.get("event") == "stopped"]
        assert move(client, "pause", "pause") >= 1000
        source = client.ask("loadedSources")["sources"][0]
        client.ask("continue", threadId=1)
        client.ask("setBreakpoints", source=source, breakpoints=[{"line": 1}])  # while it runs
        client.stopped("breakpoint")
        assert client.line() == 1


def test_a_step_that_never_ends_is_paused() -> None:
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        client.ask("launch", text="again:  jmp again\n", stopOnEntry=True)
        client.ask("configurationDone")
        client.stopped("entry")
        client.ask("next", threadId=1)
        assert move(client, "pause", "pause") >= 0
        client.ask("disconnect")


def test_pausing_what_stands_changes_nothing() -> None:
    with connected() as client:
        launch(client, stopOnEntry=True)
        client.stopped("entry")
        for _ in range(20):
            client.ask("pause", threadId=1)
        assert move(client, "next", "step", granularity="instruction") == issued()[1].cycle
        assert not [each for each in client.events if each["event"] == "stopped"]


def test_many_questions_at_once_do_not_change_a_run() -> None:
    wanted = cycles_of(INNER, r4=3)
    with connected() as client:
        launch(client, lambda client: client.break_at(MATMUL, INNER, condition="r4 == 3"), stopOnEntry=True)
        client.stopped("entry")
        client.send("continue", threadId=1)
        asked = [client.send("evaluate", expression="cycle") for _ in range(30)]
        client.stopped("breakpoint")
        assert all(client.response(number)["success"] for number in asked)
        assert client.cycle() == wanted[0]


def test_terminate_ends_what_runs() -> None:
    with connected() as client:
        client.ask("initialize", adapterID="lpu")
        client.ask("launch", text=ENDLESS)
        client.ask("configurationDone")
        client.ask("terminate")
        client.event("terminated")
        client.ask("disconnect")


# Faults -----------------------------------------------------------------------------------------
@pytest.fixture
def division(tmp_path: Path) -> Path:
    program = tmp_path / "division.s"
    program.write_text(DIVISION)
    return program


def test_a_fault_is_an_exception_that_can_be_mended(division: Path) -> None:
    with connected() as client:
        client.launch(division)
        assert client.stopped("exception")["text"] == "[E-DIV] `div` divides 7 by zero"
        assert client.line() == 3
        info = client.ask("exceptionInfo", threadId=1)
        assert (info["exceptionId"], info["breakMode"]) == ("E-DIV", "always")
        assert info["description"].startswith("`div` divides 7 by zero\ncompare the divisor with 0 first")
        assert f"{division}:3:9" in info["details"]["stackTrace"]
        client.ask("setExpression", expression="r1", value="2")
        with pytest.raises(Refused, match="the program stands at no fault"):
            client.ask("exceptionInfo", threadId=1)
        move(client, "continue", "halted")
        assert client.value("r3") == "3"


def test_a_fault_ends_the_session_of_those_who_do_not_want_to_stop_there(division: Path) -> None:
    with connected() as client:
        client.launch(division, lambda client: client.ask("setExceptionBreakpoints", filters=["halted"]))
        assert client.event("exited") == {"exitCode": 1}
        assert "error[E-DIV]: `div` divides 7 by zero" in client.output()


def test_going_on_at_a_fault_ends_the_session(division: Path) -> None:
    with connected() as client:
        client.launch(division)
        client.stopped("exception")
        client.ask("continue", threadId=1)
        assert client.event("exited") == {"exitCode": 1}
        client.event("terminated")


def test_the_filters_are_named() -> None:
    with connected() as client:
        offered = client.ask("initialize", adapterID="lpu")["exceptionBreakpointFilters"]
        client.ask("launch", program=str(MATMUL))
        names = [each["filter"] for each in offered]
        asked = client.ask("setExceptionBreakpoints", filters=names, filterOptions=[{"filterId": "raised"}])
        assert [each["verified"] for each in asked["breakpoints"]] == [True, True, False]
        assert asked["breakpoints"][2]["message"] == "there is no filter `raised`; there are fault, halted"


# Again ------------------------------------------------------------------------------------------
def test_restart_takes_what_was_edited_and_keeps_breakpoints(division: Path) -> None:
    with connected() as client:
        client.launch(division, lambda client: client.break_at(division, 3))
        client.stopped("breakpoint")
        division.write_text(DIVISION.replace("mov r1, 0", "mov r1, 7"))
        client.ask("restart")
        assert client.event("breakpoint")["breakpoint"]["verified"]
        client.stopped("breakpoint")
        move(client, "continue", "halted")
        assert client.value("r3") == "1"
        division.write_text("        mov r1, 7\n        halt 0\n")
        client.ask("restart")
        changed = client.event("breakpoint")["breakpoint"]
        assert (changed["verified"], changed["message"]) == (False, f"line 3 of {division} makes no op")
        client.stopped("halted")


def test_a_restart_that_fails_leaves_everything(division: Path) -> None:
    with connected() as client:
        client.launch(division)
        client.stopped("exception")
        division.write_text("        bogus\n")
        with pytest.raises(Refused, match="bogus"):
            client.ask("restart")
        assert client.value("r2") == "7"
        client.ask("restart", {"arguments": {"text": DIVISION.replace("0", "1", 1)}})
        client.stopped("halted")
