"""Sessions: steps and breakpoints either way come to where a straight run of the golden model was."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from debug_tools import Instant, session_of, straight
from hypothesis import given
from hypothesis import strategies as st

from conform.generate import legal_programs
from debugger.load import Source
from debugger.session import Session
from isa.diagnostics import SourceError
from isa.image import Image
from isa.machine import LPU_TINY
from lpu.api import assemble
from vm.engine import FAULT, HALTED, State

PROGRAMS = Path("programs")
SMALL = (
    "gcd.s", "dot.s", "matmul.s", "matmul_bundles.s", "prefix_sum.s", "tensor/vector_add_relu.s",
)  # fmt: skip


@cache
def program(name: str) -> tuple[Image, list[Instant], str]:
    image = assemble(PROGRAMS / name)
    return image, *straight(image, "zero")


def session_at(name: str, cycle: int = 0) -> tuple[Session, list[Instant]]:
    image, instants, _ = program(name)
    session = session_of(image, uninit="zero")
    session.goto(cycle)
    return session, instants


def fetches(instants: list[Instant]) -> list[State]:
    return [each.state for each in instants if each.fetches]


def entries(states: list[State], key: Callable[[int], object]) -> list[int]:
    """The cycles in which a bundle issues whose key is not that of the bundle before it."""
    first = [state.cycle for state in states[:1]]
    return first + [b.cycle for a, b in pairwise(states) if key(b.pc) != key(a.pc)]


# Steps ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SMALL)
def test_bundles_one_after_the_other_and_back(name: str) -> None:
    session, instants = session_at(name)
    cycles = [state.cycle for state in fetches(instants)]
    found = [session.cycle]
    while session.step(by="bundle").reason == "step":
        found.append(session.cycle)
    assert found == cycles
    assert (session.status, session.cycle) == (HALTED, instants[-1].state.cycle)
    back = [session.back(by="bundle").cycle for _ in cycles]
    assert back == cycles[::-1]
    assert session.back(by="bundle").reason == "start"


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("by", ["line", "kernel"])
def test_lines_and_kernels_are_entered(name: str, by: str) -> None:
    session, instants = session_at(name)
    key = session.line_of if by == "line" else session.lines.kernel_of
    expected = entries(fetches(instants), key)
    found = [session.cycle]
    while session.step(by=by).reason == "step":
        found.append(session.cycle)
    assert found == expected
    back = [session.back(by=by).cycle for _ in expected]
    assert back == expected[::-1]


@pytest.mark.parametrize("seed", range(30))
def test_a_line_from_anywhere(seed: int) -> None:
    rng = Random(seed)
    name = rng.choice(SMALL)
    _, instants, _ = program(name)
    session, _ = session_at(name, rng.randrange(len(instants)))
    here, states = session.cycle, fetches(instants)
    later = [
        state.cycle
        for state in states
        if state.cycle > here and session.line_of(state.pc) != session.line_of(session.pc)
    ]
    assert session.step().cycle == (later[0] if later else instants[-1].state.cycle)
    session.goto(here)
    earlier = [cycle for cycle in entries(states, session.line_of) if cycle < here]
    assert session.back().cycle == (earlier[-1] if earlier else 0)


def test_rounds_of_the_classic_product() -> None:
    """A round of the innermost loop around the middle loop's head is one of the middle loop."""
    session, instants = session_at("matmul.s")
    head = session.lines.labels["loop_j"]
    session.breakpoints.add("loop_j", temporary=True)
    session.run()
    heads = [state.cycle for state in fetches(instants) if state.pc == head]
    assert session.cycle == heads[0]
    inner = session.step(by="round")
    assert (inner.reason, inner.cycle) == ("step", heads[1])
    assert session.back(by="round").cycle == heads[0]


def test_rounds_of_a_hardware_loop() -> None:
    text = (
        "{ mov r1, 0 }\n{ loop 5, end }\n{ add r1, r1, 1 }\n{ nop 2 }\n{ mov r2, r1 }\nend: { mov r3, 7 }\n{ halt 0 }\n"
    )
    session = Session.open(Source(text=text))
    session.step(2, by="bundle")
    begun = [session.cycle]
    while session.step(by="round").reason == "step" and session.state.loops:
        begun.append(session.cycle)
    assert [b - a for a, b in pairwise(begun)] == [4] * 4
    assert session.place and session.place.line == 6
    session.back(by="bundle")
    assert [session.back(by="round").cycle for _ in begun] == begun[::-1]


def test_out_of_a_hardware_loop_and_back_before_it() -> None:
    session, instants = session_at("matmul.s")
    issued = fetches(instants)
    inside = next(state for state in issued if state.loops)
    loop = inside.loops[-1]
    after = next(state for state in issued if inside.cycle < state.cycle and not loop.start <= state.pc < loop.end)
    before = [state for state in issued if state.cycle < inside.cycle and not loop.start <= state.pc < loop.end]
    session.goto(inside.cycle)
    assert session.step(by="loop").cycle == after.cycle
    session.goto(after.cycle - 1)
    assert session.back(by="loop").cycle == before[-1].cycle


def test_no_round_outside_of_loops() -> None:
    session, _ = session_at("tensor/vector_add_relu.s")
    with pytest.raises(SourceError, match="no loop is around address 0"):
        session.step(by="round")


def test_there_is_no_step_by_anything_else() -> None:
    session, _ = session_at("gcd.s")
    with pytest.raises(SourceError, match="no step by 'mile'"):
        session.step(by="mile")


@given(text=legal_programs(), data=st.data())
def test_forward_then_back_is_the_identity(text: list[int], data: st.DataObject) -> None:
    """Each step back leads to the state before the step forward, wherever we begin."""
    image = Image(LPU_TINY, text, executable=True)
    instants, _ = straight(image, limit=150)
    by = data.draw(st.sampled_from(("cycle", "bundle")))
    begins = [each.state.cycle for each in instants if each.fetches or by == "cycle"]
    session = session_of(image)
    session.goto(data.draw(st.sampled_from(begins or [0])))
    path = [session.state]
    for _ in range(data.draw(st.integers(1, 9))):
        session.step(by=by)
        path += [session.state] if session.cycle > path[-1].cycle else []
    for state in reversed(path[:-1]):
        session.back(by=by)
        assert session.state == state


# Breakpoints ------------------------------------------------------------------------------------
def stops_ahead(session: Session) -> list[int]:
    """The cycles of all breakpoints from here to the end."""
    found = []
    while (stopped := session.run()).reason in ("breakpoint", "watch"):
        found.append(stopped.cycle)
    assert stopped.reason in (HALTED, FAULT)
    return found


def stops_behind(session: Session) -> list[int]:
    """The cycles of all breakpoints from here back to the beginning."""
    found = []
    while (stopped := session.reverse()).reason in ("breakpoint", "watch"):
        found.append(stopped.cycle)
    assert (stopped.reason, stopped.cycle) == ("start", 0)
    return found


@pytest.mark.parametrize("seed", range(25))
def test_breakpoints_either_way(seed: int) -> None:
    rng = Random(seed)
    session, instants = session_at(rng.choice(SMALL))
    chosen = rng.sample(session.lines.starts, min(3, len(session.lines.starts)))
    times = {rng.randrange(1, instants[-1].state.cycle) for _ in range(2)}
    for where in (*(f"*{address}" for address in chosen), *(f"@{time}" for time in times)):
        session.breakpoints.add(where)
    expected = sorted({state.cycle for state in fetches(instants) if state.pc in chosen and state.cycle} | times)
    assert stops_ahead(session) == expected
    assert stops_behind(session) == expected[::-1]
    assert sum(each.hits for each in session.breakpoints) >= 2 * len(expected)


def test_a_line_stops_wherever_it_issues() -> None:
    """A line that the assembler put into several bundles stops at each."""
    session, instants = session_at("matmul.s")
    line = session.lines.places_of(session.lines.labels["loop_k"])[0].line
    session.breakpoints.add(str(line))
    states = [
        state for state in fetches(instants) if any(place.line == line for place in session.lines.places_of(state.pc))
    ]
    assert stops_ahead(session) == [state.cycle for state in states if state.cycle]


def test_a_label_of_a_pipelined_loop_stops_in_each_round() -> None:
    session, _ = session_at("matmul.s")
    session.breakpoints.add("loop_k")
    assert len(stops_ahead(session)) == 4 * 4 * 4


def test_registers_by_the_names_of_the_source() -> None:
    session = Session.open(
        Source(text=".reg i, product\n mov i, 3\n mul product, i, 7\n add %x, product, 1\n halt 0\n")
    )
    session.run()
    assert [session.value(name).value for name in ("i", "product", "x", "product + i")] == [3, 21, 22, 24]
    session.set("product", "i * 5")
    assert session.value("product").value == 15
    session.undo()
    session.breakpoints.watch("product")
    assert session.reverse().hits == (1,)
    assert session.value("product").value == 21
    session.back(by="cycle")
    assert session.value("product").value == 0


@pytest.mark.parametrize("unit", ["M0", "A0", "L1"])
def test_a_unit_is_watched_and_stops_in_a_cycle_if_it_issues(unit: str) -> None:
    session, _ = session_at("matmul.s")
    session.breakpoints.watch(unit)
    issued = [cycle - 1 for cycle in stops_ahead(session)]
    assert len(issued) == session.machine.stats.units[unit].ops
    session.breakpoints.remove(1)
    session.goto(0)
    idle = next(cycle for cycle in range(1, 400) if cycle not in issued)
    for cycle in (issued[0], issued[-1], idle):
        session.breakpoints.add(f"{unit}@{cycle}")
    assert stops_ahead(session) == [issued[0] + 1, issued[-1] + 1]
    assert stops_behind(session) == [issued[-1] + 1, issued[0] + 1]


def test_conditions_counts_and_temporary_ones() -> None:
    session, instants = session_at("matmul.s")
    head = session.lines.labels["loop_j"]
    heads = [state for state in fetches(instants) if state.pc == head]
    session.breakpoints.add("loop_j", condition="r5 == 1")
    where_r5_is_1 = [state.cycle for state in heads if state.registers[5] == 1]
    assert stops_ahead(session) == where_r5_is_1
    assert stops_behind(session) == where_r5_is_1[::-1]
    session.breakpoints.remove(1)
    session.breakpoints.add("loop_j", ignore=2)
    assert stops_ahead(session) == [state.cycle for state in heads[2:]]
    session.breakpoints.remove(2)
    session.goto(0)
    session.breakpoints.add("loop_j", temporary=True)
    assert stops_ahead(session) == [heads[0].cycle]
    assert len(session.breakpoints) == 0


def test_what_is_disabled_or_removed_does_not_stop() -> None:
    session, _ = session_at("matmul.s")
    session.breakpoints.add("loop_j")
    session.breakpoints.enable(1, on=False)
    assert stops_ahead(session) == []
    with pytest.raises(SourceError, match="there is no breakpoint 7"):
        session.breakpoints.remove(7)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("3", "line 3 of programs/matmul.s makes no op"),
        ("other.s:3", "no file of the program is called `other.s`"),
        ("lop_j", "did you mean `loop_j`?"),
        ("*99999", "no bundle starts at address 99999"),
        ("*x", "it must be a whole number"),
        ("@-1", "it must be a whole number"),
        ("M9@4", "there is no unit `M9`"),
        ("", "is no label of the program"),
    ],
)
def test_places_that_are_none(where: str, said: str) -> None:
    session, _ = session_at("matmul.s")
    with pytest.raises(SourceError) as caught:
        session.breakpoints.add(where)
    (diagnostic,) = caught.value.diagnostics
    assert said in f"{diagnostic.message} {diagnostic.help}"
    assert diagnostic.code == "E-BREAK"
    assert len(session.breakpoints) == 0


# Places in time ---------------------------------------------------------------------------------
def test_until_an_expression_holds() -> None:
    """The first cycle in which it does, whether it watches registers, memory, or the clock."""
    session, instants = session_at("matmul.s")
    for text, holds in (
        ("r5 == 1", lambda state: state.registers[5] == 1),
        ("r4 == 1 and r5 == 0", lambda state: state.registers[4] == 1 and state.registers[5] == 0),
        ("cycle > 77 and pc > 5", lambda state: state.cycle > 77 and state.pc > 5),
    ):
        session.goto(0)
        stopped = session.until(text)
        assert stopped.reason == "condition"
        assert stopped.cycle == next(each.state.cycle for each in instants[1:] if holds(each.state))
    assert session.until("r31 == 5").reason == HALTED


def test_until_memory_changes() -> None:
    session, _ = session_at("matmul.s")
    expected = session_of(session.image).machine
    while expected["C"][0, 1] == 0:
        expected.step()
    assert session.until("C[0, 1] != 0").cycle == expected.cycle


def test_marks_and_earlier_and_later() -> None:
    session, _ = session_at("matmul.s")
    session.goto(40)
    session.mark("there")
    session.goto(90)
    session.step(3, by="cycle")
    assert session.earlier().cycle == 90
    assert session.earlier().cycle == 40
    assert session.later().cycle == 90
    assert session.goto("there").cycle == 40
    with pytest.raises(SourceError, match="no cycle and no mark"):
        session.goto("nowhere")
    with pytest.raises(SourceError, match="we went nowhere from here"):
        session.later()
    with pytest.raises(SourceError, match="cannot name a cycle"):
        session.mark("a b")
