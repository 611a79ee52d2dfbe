"""The debug adapter: breakpoints of every kind, where they are set, when they are met and what is said."""

from __future__ import annotations

from typing import Any

import pytest
from dap_tools import PROGRAMS, Client, Message, Refused, connected
from debug_tools import straight

from isa.codec import bundle_starts
from isa.machine import LPU_TINY
from lpu.api import assemble

DOT = """\
        .array  x: i32[4] = 1, 2, 3, 4
        .array  y: i32[4]
start:  mov     r1, 0
        loop    4, done
        ld      r2, [x + r1]

; a line without code
        add     r2, r2, r2
        st      [y + r1], r2
        add     r1, r1, 1
done:   halt    0
"""
LOAD, STORE, END = 5, 9, 11  # lines
GEMM = PROGRAMS / "tensor" / "gemm_i8.s"


def begin(client: Client, text: str = DOT, **more: Any) -> Message:
    """Stand at the start of a program; its source."""
    client.ask("initialize", adapterID="lpu", **more)
    client.ask("launch", text=text, machine="lpu-tiny", stopOnEntry=True)
    client.ask("configurationDone")
    client.stopped("entry")
    [source] = client.ask("loadedSources")["sources"]
    return dict(source)


def set_lines(client: Client, source: Message, *asked: Message) -> list[Message]:
    return list(client.ask("setBreakpoints", source=source, breakpoints=list(asked))["breakpoints"])


def cycles_of(*lines: int) -> list[int]:
    """The cycles in which a bundle of a line issues."""
    image = assemble(DOT, machine=LPU_TINY)
    addresses = [entry.address for entry in image.lines if entry.place.line in lines]
    starts = {max(start for start in bundle_starts(image.text) if start <= address) for address in addresses}
    return [each.state.cycle for each in straight(image)[0] if each.fetches and each.state.pc in starts]


def go_on(client: Client, reason: str) -> int:
    client.ask("continue", threadId=1)
    client.stopped(reason)
    return client.cycle()


# Lines ------------------------------------------------------------------------------------------
def test_lines_without_code_move_on() -> None:
    with connected() as client:
        source = begin(client)
        made = set_lines(client, source, {"line": LOAD}, {"line": 6}, {"line": 100})
        assert [(each["verified"], each.get("line")) for each in made] == [(True, LOAD), (True, 8), (False, None)]
        assert made[2]["message"] == "line 100 of <text> makes no op; the last line with code is 11"
        found = client.ask("breakpointLocations", source=source, line=5, endLine=9)["breakpoints"]
        assert found == [{"line": 5}, {"line": 8}, {"line": 9}]


def test_lines_count_from_zero_where_the_client_does() -> None:
    with connected() as client:
        source = begin(client, linesStartAt1=False, columnsStartAt1=False)
        [made] = set_lines(client, source, {"line": LOAD - 1})
        assert made["line"] == LOAD - 1
        assert client.ask("breakpointLocations", source=source, line=LOAD - 1)["breakpoints"] == [{"line": LOAD - 1}]
        go_on(client, "breakpoint")
        frame = client.frames()[0]
        assert (frame["line"], frame["column"]) == (LOAD - 1, 8)


def test_a_source_that_is_none_of_the_program() -> None:
    with connected() as client:
        begin(client)
        made = client.break_at("/elsewhere.s", 3)
        assert made == [{"verified": False, "message": "no op of the program comes from /elsewhere.s"}]
        with pytest.raises(Refused, match="no op of the program comes from"):
            client.ask("breakpointLocations", source={"path": "/elsewhere.s"}, line=1)


def test_paths_may_be_uris() -> None:
    with connected() as client:
        client.ask("initialize", adapterID="lpu", pathFormat="uri")
        client.ask("launch", program=str(PROGRAMS / "gcd.s"), stopOnEntry=True)
        client.ask("configurationDone")
        path = client.frames()[0]["source"]["path"]
        assert path == (PROGRAMS / "gcd.s").as_uri()
        assert client.break_at(path, client.line())[0]["verified"]


def test_every_stop_names_its_breakpoints() -> None:
    with connected() as client:
        source = begin(client)
        [made] = set_lines(client, source, {"line": STORE})
        client.ask("continue", threadId=1)
        stopped = client.stopped("breakpoint")
        assert stopped["hitBreakpointIds"] == [made["id"]]
        assert client.line() == STORE  # a bundle may hold ops of several lines: that of the breakpoint is shown
        assert client.cycle() == cycles_of(STORE)[0]


def test_conditions_and_counts() -> None:
    stores = cycles_of(STORE)
    cases: list[tuple[Message, list[int]]] = [
        ({"condition": "r1 == 3"}, [c for c in stores if registers_at(c)[1] == 3]),
        ({"hitCondition": "3"}, stores[2:]),
        ({"hitCondition": ">= 3"}, stores[2:]),
        ({"hitCondition": "> 3"}, stores[3:]),
        ({"condition": "r1 > 1", "hitCondition": "2"}, [c for c in stores if registers_at(c)[1] > 1][1:]),
    ]
    for asked, wanted in cases:
        with connected() as client:
            source = begin(client)
            set_lines(client, source, {"line": STORE, **asked})
            assert [go_on(client, "breakpoint") for _ in wanted] == wanted
            go_on(client, "halted")


def registers_at(cycle: int) -> tuple[int, ...]:
    return next(each.state.registers for each in straight(assemble(DOT, machine=LPU_TINY))[0] if
                each.state.cycle == cycle)  # fmt: skip


def test_what_is_no_count_and_no_condition() -> None:
    with connected() as client:
        source = begin(client)
        count, condition = set_lines(client, source, {"line": STORE, "hitCondition": "% 3"},
                                     {"line": LOAD, "condition": "nosuch > 3"})  # fmt: skip
        assert not count["verified"]
        assert count["message"] == "`% 3` is no number of hits; write 5 or >= 5 (from the fifth on), or > 5"
        assert condition["verified"]
        assert condition["message"].startswith("the condition cannot be told here: there is nothing called nosuch")


def test_log_points_speak_and_do_not_stop() -> None:
    with connected() as client:
        source = begin(client)
        set_lines(client, source, {"line": STORE, "logMessage": "y[{r1}] = {r2} {nosuch}"})
        go_on(client, "halted")
        lines = client.output().splitlines()
        states = [registers_at(cycle) for cycle in cycles_of(STORE)]
        assert [line.split(" {")[0] for line in lines] == [f"y[{r[1]}] = {r[2]}" for r in states]
        assert all("there is nothing called nosuch" in line for line in lines)


def test_breakpoints_that_stay_keep_their_numbers_and_counts() -> None:
    with connected() as client:
        source = begin(client)
        [first] = set_lines(client, source, {"line": STORE, "hitCondition": "3"})
        [also] = client.ask("setFunctionBreakpoints", breakpoints=[{"name": "done"}])["breakpoints"]
        again, load = set_lines(client, source, {"line": STORE, "hitCondition": "3"}, {"line": LOAD})
        assert (again["id"], load["id"]) == (first["id"], also["id"] + 1)
        go_on(client, "breakpoint")
        set_lines(client, source)
        assert go_on(client, "function breakpoint") == cycles_of(END)[0]


# Labels, places, addresses ------------------------------------------------------------------------
def test_labels_and_all_places_that_the_debugger_knows() -> None:
    with connected() as client:
        begin(client)
        names = ["done", "@6", "L0@5", "*0", "dome"]
        made = client.ask("setFunctionBreakpoints", breakpoints=[{"name": name} for name in names])["breakpoints"]
        assert [each["verified"] for each in made] == [True, True, True, True, False]
        assert "did you mean `done`?" in made[4]["message"]
        assert made[0]["line"] == END
        assert go_on(client, "function breakpoint") == 6


def test_instructions() -> None:
    image = assemble(DOT, machine=LPU_TINY)
    third = bundle_starts(image.text)[2]
    with connected() as client:
        begin(client)
        asked = [{"instructionReference": hex(third - 1), "offset": 1}, {"instructionReference": str(len(image.text))}]
        good, bad = client.ask("setInstructionBreakpoints", breakpoints=asked)["breakpoints"]
        assert (good["verified"], good["instructionReference"], bad["verified"]) == (True, hex(third), False)
        cycle = go_on(client, "instruction breakpoint")
        assert cycle == next(each.state.cycle for each in straight(image)[0] if each.state.pc == third)
        with pytest.raises(Refused, match="`here` is no address; write 64 or 0x40"):
            client.ask("setInstructionBreakpoints", breakpoints=[{"instructionReference": "here"}])


# Data -------------------------------------------------------------------------------------------
def test_data_breakpoints_stop_after_each_access() -> None:
    stores, loads = cycles_of(STORE), cycles_of(LOAD)
    cases = (("write", "y[2]", stores[2:3]), ("read", "x[1]", loads[1:2]), ("readWrite", "y", stores))
    for access, name, touched in cases:
        wanted = [cycle + 1 for cycle in touched]
        with connected() as client:
            begin(client)
            info = client.ask("dataBreakpointInfo", name=name)
            assert info["accessTypes"] == ["write", "read", "readWrite"]
            asked = {"dataId": info["dataId"], "accessType": access}
            [made] = client.ask("setDataBreakpoints", breakpoints=[asked])["breakpoints"]
            assert made["verified"]
            assert [go_on(client, "data breakpoint") for _ in wanted] == wanted
            go_on(client, "halted")


def test_registers_are_watched_for_writes() -> None:
    with connected() as client:
        begin(client)
        registers = client.scope("Registers")
        info = client.ask("dataBreakpointInfo", variablesReference=registers, name="r2")
        assert (info["dataId"], info["accessTypes"]) == ("r2", ["write"])
        made = client.ask("setDataBreakpoints", breakpoints=[
            {"dataId": "r1", "condition": "r1 == 3"}, {"dataId": "r2", "accessType": "read"},
        ])["breakpoints"]  # fmt: skip
        assert [each["verified"] for each in made] == [True, False]
        go_on(client, "data breakpoint")
        assert client.value("r1") == "3"


def test_what_cannot_be_watched() -> None:
    with connected() as client:
        begin(client)
        info = client.ask("dataBreakpointInfo", name="1 + 1")
        assert info["dataId"] is None
        assert "1 + 1 is a value" in info["description"]
        control = client.scope("Control")
        with pytest.raises(Refused, match="status is not of the machine's state"):
            client.ask("dataBreakpointInfo", variablesReference=control, name="status")
        with pytest.raises(Refused, match="there is no access 'touch'"):
            client.ask("setDataBreakpoints", breakpoints=[{"dataId": "y", "accessType": "touch"}])


def test_predicates_of_tensors_are_data_breakpoints() -> None:
    with connected() as client:
        begin(client)
        assert client.ask("dataBreakpointInfo", name="y > 5")["accessTypes"] == ["write"]
        made = client.ask("setDataBreakpoints", breakpoints=[{"dataId": "y > 5"}])["breakpoints"]
        assert made[0]["verified"]
        go_on(client, "data breakpoint")
        assert client.cycle() == cycles_of(STORE)[2] + 1  # y is 2, 4, 6, 8


def test_a_unit_is_watched_in_a_tensor_program() -> None:
    with connected() as client:
        client.launch(GEMM, uninit="zero", stopOnEntry=True)
        client.stopped("entry")
        client.ask("setFunctionBreakpoints", breakpoints=[{"name": "P0.abc@40"}])
        assert go_on(client, "function breakpoint") == 41  # the unit issued in 40; seen when that cycle is over
        units = client.variables(client.scope("Units"))
        assert units["P0.abc"]["value"].startswith("13 of 640 elements issued, the last in 667, by `abc.i8 ")
