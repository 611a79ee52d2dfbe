"""The tree itself: lines, data, paths, what is folded; edits; names of bytes; the run stays where it is."""

from __future__ import annotations

import json
from math import prod
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from why_tools import generated, opened, opened_text, some_spots

from debugger.elements import element_of
from debugger.why import goes, why
from debugger.why.cause import MANY, MOST_LINES, Cause, summed_up
from debugger.why.replay import Replay
from debugger.why.tree import cause_of
from isa import layout
from isa.diagnostics import SourceError
from isa.image import Image, Symbol, Tensor
from isa.machine import LPU_TINY
from isa.types import TYPES
from vm.machine import Machine
from vm.taint import byte_addresses

SUM = """
        mov     r1, 2
        mov     r2, 3
        add     r3, r1, r2
        mul     r4, r3, r3
        nop     2
        halt
"""


# Shown ----------------------------------------------------------------------------------------
def test_lines_of_a_tree() -> None:
    session = opened_text(SUM)
    session.run()
    assert why(session, "r4").lines(2) == [
        "r4 = 25, by `mul r4, r3, r3` on M0 in cycle 2  (<text>:5)",
        "├─ r3 = 5, by `add r3, r1, r2` on A0 in cycle 1  (<text>:4)",
        "│  ├─ r1 = 2, by `mov r1, 2` on A0 in cycle 0  (<text>:2) …",
        "│  └─ r2 = 3, by `mov r2, 3` on A1 in cycle 0  (<text>:3) …",
        "└─ r3 = 5, by `add r3, r1, r2` on A0 in cycle 1  (<text>:4), as above",
    ]
    assert why(session, "r4").lines(0) == ["r4 = 25, by `mul r4, r3, r3` on M0 in cycle 2  (<text>:5) …"]


def test_a_tree_as_data() -> None:
    session = opened_text(SUM)
    session.run()
    data = why(session, "r4").as_data(1)
    assert json.loads(json.dumps(data)) == data
    assert (data["kind"], data["value"], data["cycle"], data["line"]) == ("op", "25", 2, 5)
    assert [child["value"] for child in data["children"]] == ["5", "5"]
    assert "children" not in data["children"][0]


def test_paths_into_a_tree() -> None:
    session = opened_text(SUM)
    session.run()
    tree = why(session, "r4")
    assert tree.at("") is tree
    assert tree.at("2.1").text.startswith("r1 = 2")
    for path in ("3", "0", "1.x", "1.1.1"):
        with pytest.raises(SourceError, match=f"there is no cause {path}"):
            tree.at(path)


def test_nothing_is_found_out_before_it_is_asked_for() -> None:
    asked: list[int] = []

    def made(number: int) -> Cause:
        asked.append(number)
        return Cause(str(number), "op")

    tree = Cause("all", "many", unfold=lambda: summed_up(range(1000), made, lambda rest: f"{len(rest)} more"))
    assert tree.has_more and not asked
    lines = tree.lines(5)
    assert len(asked) == MANY and lines[-1] == f"└─ {1000 - MANY} more …"
    assert [child.text for child in tree.children()[-1].children()[:2]] == [str(MANY), str(MANY + 1)]


def test_very_many_lines_are_cut_short() -> None:
    def endless(number: int) -> Cause:
        return Cause(str(number), "op", unfold=lambda: [endless(2 * number), endless(2 * number + 1)])

    lines = endless(1).lines(200)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "and more: ask for a part of it, or for less depth"


def test_a_target_of_many_elements() -> None:
    session = opened("tensor/vector_add_relu.s")
    session.run()
    tree = why(session, "z[2:4, 7]")
    assert tree.text == "z[2:4, 7] has 2 elements"
    assert [child.text.partition(" = ")[0] for child in tree.children()] == ["z[2, 7]", "z[3, 7]"]
    assert len(why(session, "z").children()) == MANY + 1


# The run stays where it is --------------------------------------------------------------------
@given(st.integers(0, (1 << 32) - 1))
def test_the_run_stays_where_it_is(seed: int) -> None:
    rng = Random(seed)
    history = generated(seed)
    history.goto(rng.randint(0, history.cycle))
    before = history.cycle, history.status, history.machine.state, bytes(history.machine.engine.sram())
    replay = Replay(history)
    for spot in some_spots(replay, rng, 2):
        lines = cause_of(replay, spot).lines(4)
        assert lines == cause_of(Replay(history), spot).lines(4)
    assert (history.cycle, history.status, history.machine.state, bytes(history.machine.engine.sram())) == before


# Edits ----------------------------------------------------------------------------------------
def test_what_was_set_from_outside() -> None:
    session = opened("matmul.s")
    session.goto(30)
    session.set("A[3, 1]", "50")
    session.set("r4", "r4 + 0")
    session.run()
    assert why(session, "A[3, 1]").text == "A[3, 1] = 50: `set A[3, 1] = 50` in cycle 30"
    assert "r4 + 0" not in "\n".join(why(session, "C[0, 1]").lines(9))
    texts = "\n".join(why(session, "C[3, 0]").lines(9))
    assert "`set A[3, 1] = 50` in cycle 30" in texts


def test_what_is_set_ends_what_was_there() -> None:
    session = opened_text("mov r1, 7\n nop 9\n add r2, r1, 1\n nop 3\n halt")
    session.goto(5)
    tree = goes(session, "r1")
    assert any("`add r2, r1, 1`" in line for line in tree.lines(1))
    session.set("r1", "9")
    session.run()
    assert why(session, "r2").children()[0].text == "r1 = 9: `set r1 = 9` in cycle 5"
    session.goto(2)
    assert goes(session, "r1").lines(1)[1:] == ["└─ until `set r1 = 9` in cycle 5"]
    with pytest.raises(SourceError, match="edited since this was asked"):
        tree.children()[0].children()


def test_code_that_was_typed_is_a_cause() -> None:
    session = opened_text(SUM)
    session.goto(1)
    session.execute("add r1, r1, 100")
    session.run()
    assert "`add r1, r1, 100`" in "\n".join(why(session, "r3").lines(2))


# Names of bytes -------------------------------------------------------------------------------
@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """A tensor that fits the small machine."""
    dtype = draw(st.sampled_from(sorted(TYPES)))
    kind = draw(st.sampled_from(["linear", "rows", "tiles", "mxm"]))
    axes = 2 if kind == "mxm" else draw(st.integers(1, 3))
    shape = tuple(draw(st.integers(1, 40 if axis == axes - 1 or kind == "mxm" else 3)) for axis in range(axes))
    return Tensor("t", dtype, shape, kind, slice=0, row=draw(st.integers(0, 3)))


@given(tensors(), st.data())
def test_bytes_have_the_names_of_their_elements(tensor: Tensor, data: st.DataObject) -> None:
    """The inverse of the layouts, against the layouts."""
    slices, rows = layout.box(tensor, LPU_TINY) if tensor.layout != "linear" else (0, 0)
    if slices > LPU_TINY.slices or rows > 100:
        return
    image = Image(LPU_TINY, symbols=[Symbol("t", "data", "local", 0)], tensors=[tensor], executable=True)
    addresses = byte_addresses(Machine(image).engine, tensor, 0).reshape(prod(tensor.shape), -1)
    number = data.draw(st.integers(0, prod(tensor.shape) - 1))
    found = element_of(image, [int(address) for address in addresses[number]])
    index = tuple(int(place) for place in np.unravel_index(number, tensor.shape))
    assert found is not None and found.whole
    assert index in found.indices
    assert len(found.indices) == (addresses == addresses[number]).all(axis=1).sum()
    last = element_of(image, [int(addresses[number][-1])])
    assert last is not None and last.first == TYPES[tensor.dtype].planes - 1
