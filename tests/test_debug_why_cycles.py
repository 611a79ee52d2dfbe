"""Why the cycle count is what it is: the shares are those that the golden model's states show, cycle by cycle."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from why_tools import generated, opened

from conform.generate import legal_programs
from debugger.history import History
from debugger.why import why
from debugger.why.cause import Cause
from debugger.why.cycles import cause_of_cycles
from debugger.why.replay import Replay
from isa.image import Image
from isa.machine import LPU_TINY
from vm.engine import State
from vm.machine import Machine

LIMIT = 150
WORDS = {"issue": "issue bundles", "wait": "wait, as `nop` says", "dead": "are dead", "after": "follow the last bundle"}


def shares(cause: Cause) -> dict[str, int]:
    """What the tree says, by the words it says it in."""
    found = dict.fromkeys(WORDS, 0)
    for child in cause.children():
        (name,) = (name for name, words in WORDS.items() if words in child.text)
        found[name] = int(child.value)
    return found


def spent_on(state: State) -> str:
    """What a cycle goes into, by the state at its start."""
    if state.fetch_ended:
        return "after"
    if state.next_fetch <= state.cycle:
        return "issue"
    return "dead" if state.jump_cycle >= 0 else "wait"


def stepped(machine: Machine, until: int) -> dict[str, int]:
    counts = Counter(dict.fromkeys(WORDS, 0))
    while machine.cycle < until:
        machine.engine.run(machine.cycle)  # which sees whether the program has run off its end
        counts[spent_on(machine.state)] += 1
        machine.engine.run(machine.cycle + 1)
    return dict(counts)


@given(legal_programs(), st.integers(0, LIMIT))
def test_shares_of_scalar_programs(text: list[int], cycle: int) -> None:
    image = Image(LPU_TINY, text, executable=True)
    history = History(Machine(image, uninit="zero"))
    history.goto(cycle)
    found = cause_of_cycles(Replay(history))
    assert shares(found) == stepped(Machine(image, "reference", uninit="zero"), history.cycle)
    assert int(found.value) == history.cycle


@given(st.integers(0, (1 << 32) - 1), st.integers(0, LIMIT))
def test_shares_of_tensor_programs_add_up(seed: int, cycle: int) -> None:
    history = generated(seed)
    history.goto(cycle)
    found = shares(cause_of_cycles(Replay(history)))
    assert sum(found.values()) == history.cycle


@pytest.mark.parametrize("name", ["matmul", "sort", "collatz", "crc32"])
def test_lines_have_all_the_cycles_of_their_share(name: str) -> None:
    session = opened(f"{name}.s")
    session.run()
    tree = why(session, "cycle")
    for share in tree.children():
        assert sum(int(line.value) for line in everything(share)) == int(share.value)
        assert all(line.place for line in everything(share))


def everything(cause: Cause) -> list[Cause]:
    """The children, those that are folded into one at the end, too."""
    *children, last = cause.children()
    return [*children, *(everything(last) if last.kind == "more" else [last])]


def test_a_run_waits_for_what_outlasts_its_last_bundle() -> None:
    session = opened("tensor/vector_add_relu.s")
    session.run()
    tree = why(session, "cycle")
    assert (
        tree.text == "cycle 75: 5 issue bundles; 7 wait, as `nop` says; 63 follow the last bundle, until all had landed"
    )
    longest = tree.children()[0].children()[0]
    assert longest.text == "`write.4 me0[z], se8, n=64` issues its last element in cycle 74, which lands in 75"
    assert longest.place and longest.place.line == 36
