"""The laws hold for the engines, and each notices an implementation that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest

from conform.finding import from_image
from conform.laws.check import BY_NAME, LAWS, check, program_for
from conform.laws.law import Law, Verdict
from conform.laws.view import fault_texts
from conform.program import Program
from conform.strategies import sample_violation
from conform.target import EngineTarget, Outcome, Target, TargetError
from isa.codec import Op
from isa.faults import NUMBER, RawFault
from isa.image import Image
from isa.machine import LPU_TINY, MachineSpec
from isa.row import IMM
from isa.table import ROWS
from isa.units import HEMISPHERE_SLICES
from vm.engine import State

ODD = MachineSpec("odd", superlanes=3, quads=3, banks=1, rows=40, streams=16, vxm_alus=3, mxm_planes=2)
ONE_OF = ("planes", "banks")  # laws of what that machine has one of
PROGRAMS = 3  # that a law says something about
PATIENCE = 150  # programs in which something must be found
EACH_LAW = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)


@cache
def program_of(name: str, number: int, spec: MachineSpec = LPU_TINY) -> Program:
    """A program for a law; making it takes longer than trying it."""
    return program_for(BY_NAME[name], Random(number), spec)


def tried(law: Law, target: Target, spec: MachineSpec, wanted: int) -> int:
    """Try a law, which must hold, until it said something about so many programs; gives how many it was."""
    applied = 0
    for number in range(PATIENCE):
        verdict = law.tried(target, program_of(law.name, number, spec), Random(number))
        assert verdict.difference is None
        applied += verdict.applies
        if applied == wanted:
            break
    return applied


@EACH_LAW
def test_the_core_keeps_it(law: Law) -> None:
    assert tried(law, EngineTarget("core"), LPU_TINY, PROGRAMS) == PROGRAMS


@EACH_LAW
def test_the_golden_model_keeps_it(law: Law) -> None:
    assert tried(law, EngineTarget("reference"), LPU_TINY, 2) == 2


@pytest.mark.parametrize("law", [law for law in LAWS if law.name not in ONE_OF], ids=lambda law: law.name)
def test_it_holds_on_an_odd_machine(law: Law) -> None:
    assert tried(law, EngineTarget("core"), ODD, PROGRAMS) == PROGRAMS


@pytest.mark.parametrize("number", range(8))
def test_all_hold_where_a_program_faults(number: int) -> None:
    rng = Random(number)
    program = sample_violation(rng, LPU_TINY, BY_NAME["later"].mix).program
    assert not check(EngineTarget("core"), program, rng)


# Sharpness --------------------------------------------------------------------------------------
class Rewriting(EngineTarget):
    """An implementation that takes some ops for others."""

    def __init__(self, mistaken: Callable[[Op], Op]) -> None:
        super().__init__("core")
        self.mistaken = mistaken

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        program = from_image(image)
        bundles = tuple(tuple(map(self.mistaken, bundle)) for bundle in program.bundles)
        super().load(program._replace(bundles=bundles).image(), uninit, strict)


class Crowded(EngineTarget):
    """An implementation that forgets the last op of a bundle of three."""

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        program = from_image(image)
        bundles = tuple(bundle[:2] if is_crowd(bundle) else bundle for bundle in program.bundles)
        super().load(program._replace(bundles=bundles).image(), uninit, strict)


def is_crowd(bundle: tuple[Op, ...]) -> bool:
    return len(bundle) > 2 and not any(one.row.control for one in bundle) and all(one.row.tensor for one in bundle)


class Jolted(EngineTarget):
    """An implementation in which stopping changes a register."""

    def run(self, until: int) -> Outcome:
        found = super().run(until)
        self.engine.set_register(1, self.engine.state.registers[1] ^ 4)
        return found


class StuckLane(EngineTarget):
    """An implementation in which the lowest bit of lane 5 is always 1."""

    def memory(self, address: int, length: int) -> bytes:
        lanes = self.engine.spec.lanes
        data = super().memory(address, length)
        return bytes(byte | (k % lanes == 5) for k, byte in enumerate(data, address))


class Forgetful(EngineTarget):
    """An implementation that puts states back without the first register."""

    def load(self, image: Image, uninit: str = "fault", strict: bool = False) -> None:
        super().load(image, uninit, strict)
        put: Any = self.engine.set_state
        engine: Any = Proxy(self.engine, lambda state: put(replace(state, registers=(0,) * 32)))
        self.engine = engine


class Proxy:
    """An engine with another way to put a state in."""

    def __init__(self, engine: Any, set_state: Callable[[State], None]) -> None:
        self.engine = engine
        self.set_state = set_state

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


def changed(field: str, to: Callable[[int], int], when: Callable[[Op], bool] = lambda op: True) -> Target:
    """An implementation that takes a field of some ops for another value."""

    def mistaken(op: Op) -> Op:
        applies = field in op.row.format.names and when(op)
        return op.with_field(field, to(op[field])) if applies else op

    return Rewriting(mistaken)


def is_vector_immediate(op: Op) -> bool:
    return op.row.tensor and any(each.kind == IMM for each in op.row.operands)


WRONG: dict[str, Callable[[], Target]] = {
    "later": lambda: changed("count", lambda count: count + (count > 20)),
    "in pieces": lambda: Jolted("core"),
    "back and forward": lambda: Forgetful("core"),
    "registers": lambda: changed("ra", lambda ra: ra - (ra == 7), lambda op: not op.row.control),
    "streams": lambda: changed("imm", lambda imm: imm ^ 1, lambda op: is_vector_immediate(op) and op["dst"] % 32 < 16),
    "vector ALUs": lambda: changed("imm", lambda imm: imm ^ 1, lambda op: is_vector_immediate(op) and op["u"] == 5),
    "planes": lambda: changed("acc", lambda acc: acc ^ 1, lambda op: op["plane"] % 2 == 1),
    "accumulator rows": lambda: changed("acc", lambda acc: acc & 7),
    "maps": lambda: changed("number", lambda number: number & ~1),
    "slices": lambda: changed("row", lambda row: row ^ 1, lambda op: op["slice"] % 4 == 3),
    "banks": lambda: changed("row", lambda row: row ^ (row >= LPU_TINY.rows)),
    "mirror": lambda: changed("row", lambda row: row ^ 1, lambda op: op["slice"] >= HEMISPHERE_SLICES),
    "lanes": lambda: StuckLane("core"),
    "bursts": lambda: changed("n", lambda n: n - (n > 2)),
    "loops": lambda: changed("imm", lambda imm: imm + (imm == 3), lambda op: op.row.control == "loop"),
    "parts": lambda: Crowded("core"),
}  # fmt: skip


def first_broken(law: Law, target: Target) -> int | None:
    """How many programs it takes until a law is broken."""
    for number in range(PATIENCE):
        if check(target, program_of(law.name, number), Random(number), [law]):
            return number
    return None


@pytest.mark.parametrize("name", WRONG)
def test_it_notices_what_breaks_it(name: str) -> None:
    assert first_broken(BY_NAME[name], WRONG[name]()) is not None


def test_the_law_of_text_notices_source_of_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Program.source
    monkeypatch.setattr(Program, "source", lambda program: source(program).replace("r25", "r26"))
    assert first_broken(BY_NAME["text"], EngineTarget("core")) is not None


def test_every_law_has_an_implementation_that_breaks_it() -> None:
    assert {*WRONG, "text"} == {law.name for law in LAWS}


# Targets that tell little, or nonsense -----------------------------------------------------------
class Least(EngineTarget):
    """An implementation that tells how a run ends and when, and no more."""

    lacks = frozenset({"record", "registers", "state", "tensor", "memory", "written", "counts"})

    def memory(self, address: int, length: int) -> bytes:
        raise TargetError("no memory is told")

    def written(self) -> bytes:
        raise TargetError("no written bits are told")

    def counts(self) -> dict[int, int]:
        raise TargetError("no counts are told")


@EACH_LAW
def test_a_target_that_tells_the_least_keeps_them(law: Law) -> None:
    assert tried(law, Least("core"), LPU_TINY, 2) == 2


class Nonsense(EngineTarget):
    """An implementation whose state names bundles and slots that are not there, and has items of any length."""

    def state(self) -> State:
        found = super().state()
        items = [item._replace(data=item.data[: k * 3]) for k, item in enumerate(found.tensor)]
        flights = [replace(each, slot=7, register=99, pc=10_000) for each in found.in_flight]
        return replace(found, tensor=tuple(items), in_flight=tuple(flights), pc=99_999, jump_pc=77_777)


@EACH_LAW
def test_a_target_that_tells_nonsense_is_no_reason_to_fall_over(law: Law) -> None:
    for number in range(3):
        verdict = law.tried(Nonsense("core"), program_of(law.name, number), Random(number))
        assert isinstance(verdict, Verdict)


def test_faults_that_differ_are_told_briefly() -> None:
    fault = RawFault(NUMBER["E-DIV"], 7, 3)
    assert fault_texts(fault, None) == ["E-DIV in cycle 7", "none"]
    assert fault_texts(fault, replace(fault, cycle=9)) == ["E-DIV in cycle 7", "E-DIV in cycle 9"]
    assert "slot=2" in fault_texts(fault, replace(fault, slot=2))[1]


# The column that the law of lanes goes by -------------------------------------------------------
def test_what_crosses_lanes_is_the_maps_the_switches_and_the_products() -> None:
    crossing = {row.units.name for row in ROWS if row.crosses}
    assert crossing == {"RP", "WP", "ABC", "SH", "PM", "DS", "TR", "RD"}
    assert {row.stem for row in ROWS if row.crosses and row.memory} == {"gather", "scatter"}
