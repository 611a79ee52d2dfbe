"""The debug adapter: what it shows of a machine, and what can be changed, against NumPy and the state itself."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dap_tools import PROGRAMS, Client, Message, Refused, connected

from debugger.dap import values
from debugger.dap.references import number
from debugger.dap.scopes import SCOPES, word_text
from isa import codec
from isa.machine import LPU1
from lpu.api import assemble
from vm.items import Accumulator, Burst, Plane, Value, Vector
from vm.machine import Machine

MATMUL = PROGRAMS / "matmul.s"
GEMM = PROGRAMS / "tensor" / "gemm_i8.s"
SOFTMAX = PROGRAMS / "tensor" / "linear" / "softmax.s"
GCD = PROGRAMS / "gcd.s"


def at(client: Client, program: Path, cycle: int, **more: Any) -> Machine:
    """Go to a cycle of a program; another machine that ran there straight."""
    client.launch(program, stopOnEntry=True, **more)
    client.stopped("entry")
    if cycle:
        client.ask("evaluate", expression=f"goto {cycle}", context="repl")
        client.stopped("goto")
    machine = Machine(assemble(program), uninit=more.get("uninit", "fault"))
    machine.run(cycle)
    return machine


def tensor(client: Client, name: str) -> Message:
    return client.variables(client.scope("Tensors"))[name]


# Arrays -----------------------------------------------------------------------------------------
def test_matrices_unfold_to_rows_and_elements() -> None:
    with connected() as client:
        machine = at(client, MATMUL, 300)
        found = tensor(client, "A")
        assert (found["type"], found["indexedVariables"], found["evaluateName"]) == ("i32[4, 4]", 4, "A")
        assert found["value"] == str(machine["A"].tolist())
        rows = client.variables(found["variablesReference"])
        assert list(rows) == ["[0]", "[1]", "[2]", "[3]"]
        elements = client.variables(rows["[2]"]["variablesReference"])
        assert [each["value"] for each in elements.values()] == [str(value) for value in machine["A"][2]]
        assert [each["evaluateName"] for each in elements.values()] == [f"A[2, {column}]" for column in range(4)]


def test_elements_never_written_are_dashes() -> None:
    with connected() as client:
        at(client, MATMUL, 300)
        written = [client.value(f"C[{i}, {j}]") != "-" for i in range(4) for j in range(4)]
        assert 0 < sum(written) < 16
        assert written == sorted(written, reverse=True)  # the program goes row by row
        assert client.value("C[3]") == "holds nothing"


def test_large_tensors_come_in_pages() -> None:
    with connected() as client:
        at(client, GEMM, 0)
        found = tensor(client, "x_top")
        assert (found["type"], found["indexedVariables"], found["value"]) == ("i8[320, 640]", 320, "holds nothing")
        reference = found["variablesReference"]
        assert list(client.variables(reference, start=317, count=9)) == ["[317]", "[318]", "[319]"]
        assert client.variables(reference, start=320, count=1) == {}
        assert client.variables(reference, filter="named") == {}
        row = client.variables(reference, filter="indexed", start=5, count=1)["[5]"]
        assert len(client.variables(row["variablesReference"])) == 640


def test_very_large_tensors_are_not_read_as_a_whole(tmp_path: Path) -> None:
    program = tmp_path / "large.s"
    program.write_text("        .array a: i32[1500000]\n        .array b: i32[3, 700000]\n        halt 0\n")
    with connected() as client:
        client.launch(program, stopOnEntry=True)
        client.stopped("entry")
        client.ask("setExpression", expression="a[0:3]", value="7")
        found = client.variables(client.scope("Tensors"))
        assert found["a"]["value"].startswith("[7, 7, 7, -, ")
        assert found["a"]["value"].endswith(", ...")
        assert (found["b"]["value"], found["b"]["type"]) == ("holds nothing", "i32[3, 700000]")
        last = client.variables(found["a"]["variablesReference"], start=1_499_999, count=100)
        assert list(last) == ["[1499999]"]
        assert list(client.variables(found["b"]["variablesReference"])) == ["[0]", "[1]", "[2]"]


@pytest.mark.parametrize(("array", "text"), [
    (np.array([[1, 2], [3, 4]]), "[[1, 2], [3, 4]]"),
    (np.zeros((0, 3), np.int32), "[]"),
    (np.array([1.5, np.nan, -np.inf], np.float32), "[1.5, nan, -inf]"),
    (np.array([0.1], np.float32), "[0.1]"),
    (np.array([True, False]), "[True, False]"),
    (np.zeros((64, 64), np.int8), "all 0"),
    (np.arange(12).reshape(2, 3, 2), "[[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]"),
    (np.arange(1000, 1100), "[1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, ..."),
])  # fmt: skip
def test_arrays_on_one_line(array: Any, text: str) -> None:
    assert values.preview(array, None) == text


def test_what_is_not_held_is_left_out() -> None:
    array, held = np.arange(4).reshape(2, 2), np.array([[True, False], [False, True]])
    assert values.preview(array, held) == "[[0, -], [-, 3]]"
    assert values.preview(array, held & False) == "holds nothing"


# Registers and control --------------------------------------------------------------------------
def test_registers_and_what_is_on_its_way() -> None:
    with connected() as client:
        machine = at(client, MATMUL, 100)
        state = machine.state
        shown = client.variables(client.scope("Registers"))
        assert state.in_flight
        for register, value in enumerate(state.registers):
            assert shown[f"r{register}"]["value"].split(";")[0] == word_text(value)
        landing = {f"r{write.register}, {write.landing}" for write in state.in_flight if write.register < 32}
        assert landing == {name for name in client.variables(client.scope("In flight")) if name[0] == "r"}
        for write in state.in_flight:
            if write.register < 32:
                assert f"; {word_text(write.value)} lands in {write.landing}" in shown[f"r{write.register}"]["value"]


@pytest.mark.parametrize(("value", "text"), [
    (0, "0"), (1023, "1023"), (1024, "1024 = 0x400"), (2**32 - 1, "4294967295 = -1 = 0xffffffff"),
    (2**31, "2147483648 = -2147483648 = 0x80000000"),
])  # fmt: skip
def test_words(value: int, text: str) -> None:
    assert word_text(value) == text


def test_loops_are_frames_with_rounds_left() -> None:
    with connected() as client:
        machine = at(client, MATMUL, 100)
        loops = machine.state.loops
        frames = client.frames()
        assert loops
        rounds = [f"{loop.remaining} round{'s' * (loop.remaining != 1)} left" for loop in reversed(loops)]
        assert [frame["name"].split(", ")[1] for frame in frames[-len(loops) :]] == rounds
        assert [int(frame["instructionPointerReference"], 16) for frame in frames[-len(loops) :]] == [
            loop.start for loop in reversed(loops)
        ]
        control = client.variables(client.scope("Control"))
        assert control["loop 0"]["value"].startswith(f"{loops[0].remaining} round")
        assert (control["cycle"]["value"], control["status"]["value"]) == ("100", "running")


def test_frames_come_in_pages() -> None:
    with connected() as client:
        at(client, GEMM, 0)
        whole = client.ask("stackTrace", threadId=1)
        names = [frame["name"] for frame in whole["stackFrames"]]
        assert names[0] == "address 0, cycle 0"
        assert names[1:] == ["in the macro `load`, called here", "in the macro `hemisphere`, called here"]
        assert [frame["line"] for frame in whole["stackFrames"]] == [51, 61, 85]
        part = client.ask("stackTrace", threadId=1, startFrame=1, levels=1)
        assert part == {"stackFrames": whole["stackFrames"][1:2], "totalFrames": 3}


def test_the_bundle_is_shown_by_units() -> None:
    with connected() as client:
        at(client, MATMUL, 0)
        bundle = client.variables(client.scope("Control"))["bundle"]
        ops = codec.decode_bundle(assemble(MATMUL).text, 0)[0]
        assert bundle["value"] == f"{len(ops)} ops, issued in cycle 0"
        assert list(client.variables(bundle["variablesReference"])) == [op.unit for op in ops]


# The tensor face --------------------------------------------------------------------------------
def test_scopes_show_all_that_a_state_holds() -> None:
    with connected() as client:
        machine = at(client, SOFTMAX, 60, uninit="zero")
        items = machine.state.tensor
        heads = [item for item in items if isinstance(item, Value) and item.byte == 0]
        shown = client.variables(client.scope("Streams"))
        assert len(shown) == len({item.stream for item in heads})
        places = client.variables(shown["se4"]["variablesReference"])
        assert len(places) == sum(item.stream == 4 for item in heads)
        assert all(each["type"] == "f32[320]" for each in places.values())
        vectors = client.variables(client.scope("Vector registers"))
        assert list(vectors) == [f"v{item.register}" for item in items if isinstance(item, Vector)]
        bursts = [item for item in items if isinstance(item, Burst)]
        units = client.variables(client.scope("Units"))
        assert len({each["value"] for each in units.values()}) == len(bursts)


def test_weights_and_accumulators() -> None:
    with connected() as client:
        machine = at(client, GEMM, 80, uninit="zero")
        items = machine.state.tensor
        planes = [item for item in items if isinstance(item, Plane)]
        shown = client.variables(client.scope("Weights"))
        assert sorted(shown) == sorted(f"P{item.plane}{'' if item.installed else '.buffer'}" for item in planes)
        rows = [item.row for item in items if isinstance(item, Accumulator) and item.plane == 1]
        accumulators = client.variables(client.scope("Accumulators"))
        assert accumulators["acc1"]["value"] == f"{len(rows)} rows set"
        assert list(client.variables(accumulators["acc1"]["variablesReference"])) == [f"[{row}]" for row in rows]


def test_every_expression_that_is_offered_has_a_value() -> None:
    with connected() as client:
        at(client, SOFTMAX, 90, uninit="zero")
        for scope in SCOPES:
            for each in client.variables(client.scope(scope.name)).values():
                if "evaluateName" in each:
                    assert client.ask("evaluate", expression=each["evaluateName"])["result"]


def test_references_of_another_stop_are_refused() -> None:
    with connected() as client:
        at(client, MATMUL, 0)
        registers = client.scope("Registers")
        client.ask("next", threadId=1)
        client.stopped("step")
        with pytest.raises(Refused, match=f"the variables reference {registers} is of an earlier stop"):
            client.variables(registers)
        with pytest.raises(Refused, match="the variables reference 99999 was never given"):
            client.variables(99999)


# Changes ----------------------------------------------------------------------------------------
def test_elements_are_changed_in_place() -> None:
    with connected() as client:
        at(client, MATMUL, 0)
        rows = client.variables(tensor(client, "A")["variablesReference"])
        reference = rows["[0]"]["variablesReference"]
        changed = client.ask("setVariable", variablesReference=reference, name="[1]", value="5 * 5")
        assert changed["value"] == "25"
        client.event("invalidated")
        assert client.variables(reference)["[1]"]["value"] == "25"  # known still, and read again
        a = np.array(assemble_tensor("A"))
        a[0, 1] = 25
        client.ask("continue", threadId=1)
        client.stopped("halted")
        assert client.value("C[0]") == str((a @ assemble_tensor("B")).tolist()[0])


def assemble_tensor(name: str) -> Any:
    return Machine(assemble(MATMUL))[name]


def test_what_cannot_be_changed() -> None:
    with connected() as client:
        at(client, MATMUL, 0)
        control, registers = client.scope("Control"), client.scope("Registers")
        for reference, name, value, sentence in (
            (control, "status", "1", "status cannot be changed"),
            (control, "cycle", "1", "cycle cannot be changed"),
            (registers, "r99", "1", "there is no `r99` there"),
            (registers, "r1", "1 +", "E-EXPR"),
            (registers, "r1", "2 ** 40", "does not fit"),
        ):
            with pytest.raises(Refused, match=sentence):
                client.ask("setVariable", variablesReference=reference, name=name, value=value)
        with pytest.raises(Refused, match="1 is a value"):
            client.ask("setExpression", expression="1", value="2")


# Memory and program -----------------------------------------------------------------------------
def test_memory_is_read_and_written_by_bytes() -> None:
    with connected() as client:
        machine = at(client, MATMUL, 0)
        reference = tensor(client, "B")["memoryReference"]
        first = int(machine.addresses("B")[0, 0, 0])
        assert number(reference) == first
        read = client.ask("readMemory", memoryReference=reference, offset=-4, count=16)
        assert b64decode(read["data"]) == machine.sram[first - 4 : first + 12].tobytes()
        assert read["address"] == hex(first - 4)
        data = b64encode(bytes([1, 2])).decode()
        assert client.ask("writeMemory", memoryReference=reference, offset=2, data=data) == {"bytesWritten": 2}
        assert client.event("memory") == {"memoryReference": reference, "offset": 2, "count": 2}
        assert client.value("B[0, 0]") == str(16 + (0x0201 << 16))


def test_memory_ends() -> None:
    end = LPU1.sram_bytes
    with connected() as client:
        at(client, GCD, 0)
        read = client.ask("readMemory", memoryReference=hex(end - 2), count=5)
        assert (b64decode(read["data"]), read["unreadableBytes"]) == (bytes(2), 3)
        assert client.ask("readMemory", memoryReference=hex(end), count=5)["unreadableBytes"] == 5
        assert client.ask("readMemory", memoryReference="0", offset=-1, count=1)["unreadableBytes"] == 1
        three = b64encode(b"abc").decode()
        with pytest.raises(Refused, match=f"3 bytes at {end - 2:#x} do not fit; SRAM has {end:#x} bytes"):
            client.ask("writeMemory", memoryReference=hex(end - 2), data=three)
        partly = client.ask("writeMemory", memoryReference=hex(end - 2), data=three, allowPartial=True)
        assert partly == {"bytesWritten": 2}
        with pytest.raises(Refused, match="`data` is not base64"):
            client.ask("writeMemory", memoryReference="0", data="!")
        with pytest.raises(Refused, match="`x` is no address"):
            client.ask("readMemory", memoryReference="x", count=1)


def test_the_whole_program_is_disassembled() -> None:
    image = assemble(GCD)
    starts = codec.bundle_starts(image.text)
    with connected() as client:
        at(client, GCD, 0)
        found = client.ask("disassemble", memoryReference="0x0", instructionCount=len(starts))["instructions"]
        assert [int(each["address"], 16) for each in found] == starts
        syllables = [int(word, 16) for each in found for word in each["instructionBytes"].split()]
        assert syllables == image.text
        labels = {each["symbol"]: int(each["address"], 16) for each in found if "symbol" in each}
        assert labels == {symbol.name: symbol.value for symbol in image.symbols if symbol.kind == "text"}
        for start, end, each in zip(starts, [*starts[1:], len(image.text)], found, strict=True):
            assert each["line"] == min(entry.place.line for entry in image.lines if start <= entry.address < end)


@pytest.mark.parametrize(("offset", "count"), [(-3, 2), (-3, 6), (8, 8), (0, 0), (100, 3)])
def test_there_are_as_many_instructions_as_asked_for(offset: int, count: int) -> None:
    starts = codec.bundle_starts(assemble(GCD).text)
    with connected() as client:
        at(client, GCD, 0)
        asked = {"memoryReference": hex(starts[1]), "instructionOffset": offset, "instructionCount": count}
        found = client.ask("disassemble", asked)["instructions"]
        assert len(found) == count
        addresses = [number(each["address"]) for each in found]
        assert addresses == sorted(set(addresses))
        there = [1 + offset + k in range(len(starts)) for k in range(count)]
        assert [each.get("presentationHint") != "invalid" for each in found] == there
