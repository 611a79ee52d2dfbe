"""Why-not: the tree of every fault, and what it says of the nearest values, against what runs show."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from engine_pairs import LIMIT
from hypothesis import given
from hypothesis import strategies as st
from tensor_tools import E_Q0, LANES, ME, MW, Ops, R, machine, read, vmov, write
from why_tools import opened_text

from conform.build import op
from conform.tensor_planted import planted
from conform.tensor_wild import any_machine
from debugger.history import History
from debugger.why import whynot
from debugger.why.cause import Cause
from debugger.why.nearby import arrivals
from debugger.why.replay import Replay
from debugger.why.whynot import FAULTS, whynot_of
from isa.diagnostics import SourceError
from isa.faults import CODES
from isa.image import Image
from vm.engine import FAULT
from vm.machine import Machine

ROWS = {(MW, row): np.arange(LANES, dtype=np.uint8) for row in range(4)}


def faulted(ops: Ops) -> Cause:
    history = History(machine("core", ops, ROWS))
    assert history.run() == FAULT
    return whynot_of(Replay(history))


def texts(cause: Cause) -> list[str]:
    return [child.text for child in cause.children()]


def test_every_fault_is_told_of() -> None:
    assert set(FAULTS) == set(CODES) - {""}


def test_a_run_that_did_not_fault() -> None:
    session = opened_text("halt")
    with pytest.raises(SourceError, match=r"\[E-DEBUG\] the run stands at no fault"):
        whynot(session)


@given(st.integers(0, (1 << 32) - 1), st.booleans())
def test_trees_of_planted_faults_unfold(seed: int, strict: bool) -> None:
    """Whatever a program does wrong, its tree can be looked at, and the run is where it was."""
    rng = Random(seed)
    spec = any_machine(rng)
    skeleton, _ = planted(rng, spec)
    made = Machine(Image(spec, skeleton.text(), executable=True), uninit="fault", strict=strict)
    made.engine.load(0, rng.randbytes(spec.sram_bytes // 2))
    history = History(made)
    status = history.run(LIMIT)
    if status != FAULT:
        return
    fault, state = made.engine.fault, made.state
    cause = whynot_of(Replay(history))
    assert cause.text.startswith(f"[{fault.name}] ")
    assert cause.children() or fault.slot < 0  # no op is to blame
    assert cause.lines(3)[0].startswith(cause.text)
    assert (made.engine.fault, made.state, history.status) == (fault, state, FAULT)


# What is said of some -------------------------------------------------------------------------
def test_a_hazard_names_writer_landing_reader_and_what_is_there_until_then() -> None:
    cause = faulted({0: [op("mov rd, imm", rd=4, imm=9)], 2: [op("mul rd, ra, imm", rd=4, ra=0, imm=1)],
                     3: [op("add rd, ra, imm", rd=5, ra=4, imm=1)]})  # fmt: skip
    assert texts(cause) == [
        "written by `mul r4, r0, 1` on M0 in cycle 2; it lands in cycle 5",
        "read by `add r5, r4, 1` on A0 in cycle 3",
        "until then r4 = 9, by `mov r4, 9` on A0 in cycle 0",
        "to mend it: issue this bundle 2 cycles later, or put `nop 2` before line 4",
    ]


READ_AT, ROWS_READ, AT_E_Q0 = 4, 3, 5  # cycles from the read of mw0 to its row being at E.q0: 2, and 3 hops


@pytest.mark.parametrize("late", [1, 2, 6, 12])
@pytest.mark.parametrize("early", [False, True])
def test_an_empty_stream_says_by_how_much_the_reader_is_late_or_early(late: int, early: bool) -> None:
    first = READ_AT + AT_E_Q0 - 1
    at = first - late if early else first + ROWS_READ - 1 + late
    if at < 0:
        return
    ops: Ops = {READ_AT: [read(4, MW, n=ROWS_READ)]}
    ops.setdefault(at, []).append(write(ME, 4))
    cause = faulted(ops)
    near = [child for child in cause.children() if child.kind == "near"]
    if early and at < READ_AT:
        assert not near  # nothing has begun yet
        return
    meant = min(near, key=lambda child: abs(int(child.value)))
    assert int(meant.value) == (late if early else -late)
    moved: Ops = {READ_AT: [read(4, MW, n=ROWS_READ)]}
    moved.setdefault(at + int(meant.value), []).append(write(ME, 4))
    assert machine("core", moved, ROWS).run() == "halted"


def test_a_stream_that_nobody_feeds_says_which_ops_would() -> None:
    cause = faulted({1: [vmov(0, R)], 3: [write(MW, 0)]})
    assert "nothing was or is on its way there on se0" in texts(cause)
    told = "`vmov.u8 se0, r0` makes a value for se0 at the VXM, which does not flow on to W.q0"
    assert told in texts(cause)


def test_arrivals_are_those_of_the_states() -> None:
    ops: Ops = {READ_AT: [read(4, MW, n=ROWS_READ)], 20: [op("halt [code]")]}
    history = History(machine("core", ops, ROWS))
    history.run()
    replay = Replay(history)
    passed = [cycle for cycle in range(history.cycle) if replay.contents(cycle).value(4, E_Q0 - 1)]
    assert passed == [READ_AT + AT_E_Q0 - 1 + k for k in range(ROWS_READ)]
    found = arrivals(replay, 4, E_Q0, passed[-1] + 3)
    assert [each.cycle for each in found] == passed[-2:]


def test_operands_of_a_division_by_zero() -> None:
    session = opened_text("mov r1, 7\n mov r2, 3\n sub r3, r2, 3\n div r4, r1, r3\n")
    session.run()
    cause = whynot(session)
    below = cause.children()[1]
    assert below.text.startswith("r3 = 0, by `sub r3, r2, 3`")
    assert below.place is not None and below.place.line == 3
    assert below.children()[0].text.startswith("r2 = 3, by `mov r2, 3`")


def test_the_neighbours_of_a_word_never_written() -> None:
    text = ".data\ntable: .i32 5, 6, 7\nroom: .space 4\n.text\n mov r1, 1\n ld r2, [table + r1 + 2]\n"
    session = opened_text(text)
    session.run()
    found = texts(whynot(session))
    assert any(text.startswith("address: r1 = 1, by `mov r1, 1`") for text in found)
    assert any(text.startswith("the nearest written before it is byte 3 of table[2] = 0") for text in found)
