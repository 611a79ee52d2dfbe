"""The text of all views: as wide as asked for, the same with and without colour, in ASCII where that is wanted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from view_tools import generated, kernel, session_of

from debugger.load import Source
from debugger.session import Session
from debugger.views.code import disas, listing
from debugger.views.contents import accumulators, planes, streams, vectors
from debugger.views.dump import x
from debugger.views.floor import floor
from debugger.views.flow import flow
from debugger.views.ink import Part, View, rendered
from debugger.views.memory import memory
from debugger.views.registers import loops, registers
from debugger.views.timeline import timeline
from debugger.views.units import bursts, units

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
VIEWS: dict[str, Callable[[Session], View]] = {
    "floor": floor, "timeline": timeline, "flow": lambda session: flow(session, "se0"), "disas": disas,
    "listing": listing, "registers": registers, "loops": loops, "units": units, "bursts": bursts, "streams": streams,
    "vectors": vectors, "planes": planes, "memory": memory, "x": lambda session: x(session, "4i"),
}  # fmt: skip
KERNELS = {
    "matmul.s": 40, "tensor/gemm_i8.s": 380, "tensor/softmax.s": 60, "tensor/vector_add_relu.s": 20,
}  # fmt: skip


def assert_fits(view: View, width: int) -> None:
    """Its lines are no wider; colours only add escape sequences; ASCII is ASCII and as wide."""
    plain = view.lines(width)
    assert all(len(line) <= width and line.isprintable() for line in plain)
    assert [ESCAPE.sub("", line).rstrip() for line in view.lines(width, colour=True)] == plain
    in_ascii = view.lines(width, unicode=False)
    assert "".join(in_ascii).isascii()
    assert [len(line) for line in in_ascii] == [len(line) for line in plain]
    json.dumps(view.as_data(), allow_nan=False)


@pytest.mark.parametrize("name", KERNELS)
def test_views_of_programs_fit_any_width(name: str) -> None:
    session = kernel(name)
    for cycle in (0, KERNELS[name]):
        session.goto(cycle)
        for make in VIEWS.values():
            view = make(session)
            for width in (60, 80, 133, 200):
                assert_fits(view, width)


@given(st.integers(0, 1 << 20), st.integers(0, 60), st.integers(60, 200), st.booleans(), st.sampled_from(sorted(VIEWS)))
def test_views_of_any_program_on_any_machine_fit(seed: int, cycle: int, width: int, wild: bool, name: str) -> None:
    session = session_of(generated(seed, wild))
    session.goto(cycle)
    assert_fits(VIEWS[name](session), width)


def test_accumulators_fit() -> None:
    session = kernel("tensor/gemm_i8.s")
    session.goto(380)
    view = accumulators(session, 2, first=316)
    assert len(view.lines()) == 2 + 4  # rows 316 to 319: no others were set
    for width in (60, 80, 132):
        assert_fits(view, width)


def test_an_empty_program_has_views() -> None:
    session = Session.open(Source())
    for name, make in VIEWS.items():
        assert make(session).lines(), name


def test_long_lines_end_in_an_ellipsis_and_blanks_are_dropped() -> None:
    assert rendered([[Part("abcdef")]], 4, False, True) == ["abc…"]
    assert rendered([[Part("abcd"), Part("   ")]], 4, False, True) == ["abcd"]
    assert rendered([[Part("a"), Part("b", "mark")]], 9, True, True) == ["a\x1b[31;1mb\x1b[0m"]
    assert rendered([[Part("─●é")]], 9, False, False) == ["-*?"]


def test_control_characters_of_a_source_do_not_reach_the_terminal() -> None:
    assert rendered([[Part("a\x1b[2Jb\tc")]], 40, False, True) == ["a?[2Jb  c"]
