"""Snapshots go back to where they were taken, in either engine, and nothing else is taken for one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.build import image, op
from conform.generate import SPEC, legal_programs, registers
from isa.image import Image
from isa.machine import LPU1
from vm.engine import HALTED
from vm.machine import Machine
from vm.snapshot import DIGEST_BYTES, MAGIC, SnapshotError, from_bytes, read

ENGINES = ("reference", "core")


def counting(rounds: int = 5, **machine: Any) -> Image:
    """Stores 0, 1, 2, ... to word 100 on, a round a bundle pair, with a slow multiply always in flight."""
    return image(
        [op("loop imm, target", imm=rounds, target=5)],
        [op("st [disp + rb], rt", disp=100, rb=1, rt=1), op("mul rd, ra, rb", rd=2, ra=1, rb=1)],
        [op("nop count", count=3)],
        [op("add rd, ra, imm", rd=1, ra=1, imm=1)],
        **machine,
    )


def everything(machine: Machine) -> tuple[Any, ...]:
    engine = machine.engine
    return engine.state, engine.issue_counts(), bytes(engine.sram()), bytes(engine.written())


@pytest.mark.parametrize("taker", ENGINES)
@pytest.mark.parametrize("restorer", ENGINES)
def test_any_engine_goes_on_where_any_other_was(taker: str, restorer: str) -> None:
    first = Machine(counting(), taker)
    first.step(8)
    assert first.state.in_flight and first.state.loops
    saved, there = first.snapshot(), everything(first)
    first.run()
    second = Machine(counting(), restorer)
    second.run()
    second.restore(saved.to_bytes())
    assert everything(second) == there
    assert second.run() == HALTED
    assert everything(second) == everything(first)


@given(legal_programs(), registers(), st.integers(0, 100))
def test_bytes_hold_all_of_a_snapshot(text: list[int], contents: list[int], cut: int) -> None:
    machine = Machine(Image(SPEC, text, executable=True), "core", "zero")
    for register, value in enumerate(contents):
        machine.engine.set_register(register, value)
    machine.step(cut)
    data = machine.snapshot().to_bytes()
    again = Machine(machine.image, "reference", "zero")
    again.restore(data)
    assert everything(again) == everything(machine)
    assert again.snapshot().to_bytes() == data


def test_files_are_written_whole_and_read_back(tmp_path: Path) -> None:
    machine = Machine(counting())
    machine.step(7)
    machine.snapshot().save(tmp_path / "run.snap")
    assert [path.name for path in tmp_path.iterdir()] == ["run.snap"]
    there = everything(machine)
    machine.run()
    machine.restore(tmp_path / "run.snap")
    assert everything(machine) == there
    assert read(tmp_path / "run.snap").state == machine.state


def test_bytes_poked_but_not_written_are_kept() -> None:
    machine = Machine(counting())
    machine.engine.sram()[5000] = 77
    saved = machine.snapshot()
    machine.engine.sram()[5000] = 0
    machine.restore(saved)
    assert machine.engine.sram()[5000] == 77
    assert machine.engine.written()[5000 // 8] == 0


def test_big_machines_cost_only_what_they_use() -> None:
    machine = Machine(counting(machine=LPU1))
    machine.run()
    assert len(machine.snapshot().to_bytes()) < 4000


def refused(machine: Machine, data: bytes) -> str:
    """Why bytes are no snapshot for a machine, which they must not change."""
    there = everything(machine)
    with pytest.raises(SnapshotError) as raised:
        machine.restore(data)
    assert everything(machine) == there
    return str(raised.value)


def test_other_programs_and_machines_are_refused() -> None:
    data = Machine(counting()).snapshot().to_bytes()
    assert refused(Machine(counting(rounds=6)), data) == "the snapshot is of another program"
    assert refused(Machine(counting(machine=LPU1)), data).startswith(
        "the snapshot is of another machine: superlanes is 20"
    )


def signed(header: dict[str, Any], body: bytes) -> bytes:
    """A snapshot with an honest checksum over whatever its header claims."""
    text = json.dumps(header).encode()
    whole = MAGIC + len(text).to_bytes(4, "little") + text + body
    return whole + hashlib.sha256(whole).digest()


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    start = len(MAGIC) + 4
    end = start + int.from_bytes(data[len(MAGIC) : start], "little")
    return json.loads(data[start:end]), data[end:-DIGEST_BYTES]


def test_the_test_can_sign() -> None:
    machine = Machine(counting())
    data = machine.snapshot().to_bytes()
    assert from_bytes(signed(*parts(data))).state == machine.state


LIES: list[tuple[dict[str, Any], str]] = [
    ({"rows": 1 << 40}, "header says"),
    ({"counts": -1}, "header says"),
    ({"counts": 1.5}, "is no whole number"),
    ({"machine": {"name": "x", "rows": 10**9}}, "rows is 1000000000"),
    ({"machine": 7}, "header is wrong"),
    ({"state": {}}, "header is wrong"),
    ({"state": []}, "header is wrong"),
    ({"state": None}, "header is wrong"),
]
STATE_LIES: list[tuple[dict[str, Any], str]] = [
    ({"cycle": -1}, "cycle is -1"),
    ({"cycle": 1 << 70}, "cycle is"),
    ({"pc": "0"}, "'0' is no whole number"),
    ({"registers": [0] * 31}, "32 registers, not 31"),
    ({"registers": [1 << 32] * 32}, "r0 is 4294967296"),
    ({"in_flight": [[33, 0, 50, 0, 0, 0]]}, "the register of a write"),
    ({"in_flight": [[1, 0, 50]]}, "header is wrong"),
    ({"in_flight": [[1, 0, 1000, 5, 0, 0]]}, "the landing cycle"),
    ({"loops": [[1, 5, 1]] * 5}, "holds 5 entries"),
    ({"loops": [[5, 1, 1]]}, "the start of a loop"),
    ({"fetch_ended": 1}, "not true or false"),
    ({"surprise": 1}, "header is wrong"),
]


@pytest.mark.parametrize(("lie", "complaint"), LIES + [({"state": lie}, complaint) for lie, complaint in STATE_LIES])
def test_lying_headers_are_refused(lie: dict[str, Any], complaint: str) -> None:
    machine = Machine(counting())
    machine.step(8)
    header, body = parts(machine.snapshot().to_bytes())
    if isinstance(lie.get("state"), dict) and lie["state"]:
        lie = {"state": header["state"] | lie["state"]}
    assert complaint in refused(machine, signed(header | lie, body))


def test_loops_that_no_program_makes_are_refused() -> None:
    machine = Machine(counting())
    machine.step(8)
    saved = machine.snapshot()
    for loops in ([replace(saved.state.loops[0], end=4)], [replace(saved.state.loops[0], start=1, end=2)]):
        data = replace(saved, state=replace(saved.state, loops=tuple(loops))).to_bytes()
        for engine in ENGINES:
            assert refused(Machine(counting(), engine), data).startswith("the snapshot holds no state")


def test_counts_of_bundles_that_are_none_are_refused() -> None:
    machine = Machine(counting())
    data = replace(machine.snapshot(), counts={99: 1}).to_bytes()
    assert refused(machine, data).startswith("the snapshot counts bundles at address 99, where none is")


def test_rows_outside_sram_are_refused() -> None:
    machine = Machine(counting())
    machine.run()
    header, body = parts(machine.snapshot().to_bytes())
    start = 12 * header["counts"]
    body = body[:start] + SPEC.sram_bytes.to_bytes(4, "little") + body[start + 4 :]
    assert "outside the machine" in refused(machine, signed(header, body))


@given(st.data())
def test_damage_is_noticed(data: st.DataObject) -> None:
    machine = Machine(counting())
    whole = bytearray(machine.snapshot().to_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        del whole[place:]
    else:
        whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SnapshotError):
        from_bytes(bytes(whole))
