"""Typed code does what the same program does in a file: in registers, memory and cycles, back and forth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.write.print_op import Names, op_text
from conform.build import op, text
from conform.generate import SPEC, Writer, legal_bundles, registers
from debugger.load import Loaded, Source
from debugger.session import Session
from isa import codec
from isa.codec import Op
from isa.image import Image
from isa.units import UNIT_NAMES
from vm.engine import HALTED, Engine, State
from vm.items import Burst, Vector
from vm.loader import ENGINES
from vm.machine import Machine

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
WAITING = text([op("nop count", count=500)], [op("halt [code]")])
names = Names(SPEC)
engines = st.sampled_from(ENGINES)
lengths = st.integers(1, 8)


def session_of(syllables: list[int], engine: str) -> Session:
    image = Image(SPEC, syllables, executable=True)
    return Session(Source(engine=engine), Loaded(image))


def written(bundle: list[Op]) -> str:
    return "{ " + " || ".join(op_text(one, names, pinned=True) for one in bundle) + " }"


@st.composite
def straight(draw: st.DrawFn) -> list[list[Op]]:
    """Bundles that run one after the other without a fault."""
    writer = Writer()
    for _ in range(draw(lengths)):
        writer.add(*draw(legal_bundles()))
    return writer.bundles


def prepared(machine: Machine, contents: list[int]) -> None:
    for number, value in enumerate(contents):
        machine.engine.set_register(number, value)
    machine.engine.load(0, bytes(range(256)) * (machine.image.machine.sram_bytes // 256))


def elsewhere(state: State) -> State:
    """A state without what tells where its program stands and how it goes on."""
    writes = tuple(replace(write, pc=0) for write in state.in_flight)
    return replace(state, pc=0, in_flight=writes, next_fetch=0, fetch_ended=False)


def memory(engine: Engine) -> tuple[bytes, bytes]:
    return bytes(engine.sram()), bytes(engine.written())


# One bundle after the other -------------------------------------------------------------------
@given(straight(), registers(), engines)
def test_bundles_typed_one_by_one_are_a_straight_program(
    bundles: list[list[Op]], contents: list[int], engine: str
) -> None:
    session = session_of(WAITING, engine)
    plain = Machine(Image(SPEC, text(*bundles, [op("halt [code]")]), executable=True), engine)
    session.history.edit(lambda machine: prepared(machine, contents), "contents")
    prepared(plain, contents)
    for bundle in bundles:
        assert session.execute(written(bundle)).reason == "edit"
        plain.step_bundle()
        plain.step(max(0, session.cycle - plain.cycle))
        assert elsewhere(session.state) == elsewhere(plain.state)
        assert memory(session.machine.engine) == memory(plain.engine)


@given(straight(), registers(), engines, st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_going_back_and_forth_over_typed_code_finds_the_same(
    bundles: list[list[Op]], contents: list[int], engine: str, cycles: list[int]
) -> None:
    session = session_of(WAITING, engine)
    session.history.edit(lambda machine: prepared(machine, contents), "contents")
    seen = [here(session)]
    for bundle in bundles:
        session.execute(written(bundle))
        seen.append(here(session))
    by_cycle = {state.cycle: (elsewhere(state), *rest) for state, *rest in seen}
    for cycle in (*cycles, *by_cycle):
        session.goto(cycle)
        state, *rest = here(session)
        assert by_cycle.get(cycle, (elsewhere(state), *rest)) == (elsewhere(state), *rest)
    assert here(session) == seen.pop()
    for bundle in reversed(bundles):
        assert session.undo() == f"run {written(bundle)}"
        assert here(session) == seen.pop()


def here(session: Session) -> tuple[State, bytes, bytes]:
    return session.state, *memory(session.machine.engine)


# Whole programs -------------------------------------------------------------------------------
def same_memory(one: Session, other: Session) -> bool:
    return all(
        np.array_equal(np.frombuffer(a, np.uint8), np.frombuffer(b, np.uint8))
        for a, b in (
            (one.machine.engine.sram(), other.machine.engine.sram()),
            (one.machine.engine.written(), other.machine.engine.written()),
        )
    )


@pytest.mark.parametrize("name", ["gcd", "histogram", "matmul_bundles", "tensor/weights", "tensor/linear/weights"])
def test_a_program_typed_on_an_empty_machine_runs_as_its_file_does(name: str) -> None:
    path = PROGRAMS / f"{name}.s"
    from_file = Session.open(Source((str(path),), uninit="zero"))
    typed = Session.open(Source(uninit="zero", machine=from_file.spec.name))
    from_file.run()
    typed.execute(path.read_text())
    assert typed.is_over and typed.cycle == from_file.cycle
    assert typed.state.registers[:31] == from_file.state.registers[:31]  # r31 holds where a call came from
    assert same_memory(typed, from_file)


# In the middle of kernels ---------------------------------------------------------------------
@pytest.mark.parametrize(("name", "share"), [("softmax", 0.3), ("gelu", 0.7)])
def test_scalar_code_typed_while_streams_flow_leaves_a_kernel_as_it_is(name: str, share: float) -> None:
    source = Source((str(PROGRAMS / f"tensor/linear/{name}.s"),), uninit="zero")
    plain, session = Session.open(source), Session.open(source)
    length = plain.run().cycle
    session.goto(int(length * share))
    while not session.state.fetch_ended and session.state.next_fetch < session.cycle + 20:
        session.step(by="cycle")
    cycle = session.cycle
    assert any(isinstance(item, Burst) for item in session.state.tensor)
    session.execute("mov r1, 6\nmul r2, r1, r1\nadd r3, r2, r1")
    assert (session.register(3), session.cycle) == (42, cycle + 1 + 3 + 1)
    assert session.run().reason == HALTED and session.cycle == length
    assert same_memory(session, plain)


def test_a_stream_is_tapped_while_it_flows() -> None:
    """Row 5 of x and y is at the vector unit in cycle 9, when the program waits until 11."""
    x, y = np.random.default_rng(1).normal(size=(2, 64, 320)).astype(np.float32)
    session = Session.open(str(PROGRAMS / "tensor/vector_add_relu.s"))
    session.history.edit(lambda machine: fill(machine, {"x": x, "y": y}), "inputs")
    session.goto(9)
    assert session.execute("{ vadd.f32 v5, se0, se4 }").reason == "edit"
    assert session.run().text == "halted after 75 cycles"
    (held,) = (item for item in session.state.tensor if isinstance(item, Vector) and item.register == 5)
    planes = np.frombuffer(held.data, np.uint8).reshape(4, 320)
    assert np.array_equal(np.ascontiguousarray(planes.T).view(np.float32)[:, 0], x[5] + y[5])
    assert np.array_equal(session.machine["z"], np.maximum(x + y, 0))


def fill(machine: Machine, arrays: dict[str, np.ndarray]) -> None:
    for name, array in arrays.items():
        machine[name] = array


def test_a_unit_that_nothing_holds_is_chosen() -> None:
    session = Session.open(Source((str(PROGRAMS / "tensor/vector_add_relu.s"),), uninit="zero"))
    session.goto(8)  # V0 adds, V1 rectifies
    session.execute("{ vmov.f32 se12, 2.0, n=4 || vmov.f32 se16, 1.0 }")
    assert {"V0", "V1", "V2"} <= units_held(session) and session.status == "running"
    assert session.run().reason == HALTED


def units_held(session: Session) -> set[str]:
    """The units that bursts hold."""
    bursts = [item for item in session.state.tensor if isinstance(item, Burst)]
    ops = [codec.decode_bundle(session.image.text, burst.pc)[0][burst.slot] for burst in bursts]
    return {UNIT_NAMES[unit] for op in ops for unit in op.claims}


def test_typed_code_that_meets_a_burst_says_so() -> None:
    session = Session.open(Source((str(PROGRAMS / "tensor/linear/softmax.s"),), uninit="zero"))
    session.goto(200)
    held = session.execute("{ vmov.u32 se20, 1 !V0 }")
    assert held.reason == "fault" and session.fault is not None
    assert session.fault.code == "E-UNIT-BUSY" and session.fault.place is not None
    assert session.fault.place.file == "<typed 1>"
    session.undo()
    assert session.run().reason == HALTED
