"""Predicates of tensors and registers as the debugger reads them: what they stop at, and what is said of wrong ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pytest

from debugger.predicates import guard, parse
from isa.diagnostics import SourceError
from isa.image import Image
from lpu.api import assemble
from vm.conditions import INSIDE, Condition
from vm.engine import HALTED, STOPPED
from vm.machine import Machine
from vm.stops import Guard, Stop, Stops

PROGRAMS = Path("programs")
OUTPUTS = [
    ("matmul.s", "C"), ("matmul_f32.s", "C"), ("tensor/attention.s", "y"), ("tensor/transpose.s", "t"),
    ("tensor/mlp.s", "labels"), ("tensor/softmax.s", "y_east"), ("tensor/matvec_i8.s", "y0"),
]  # fmt: skip


@cache
def program(name: str) -> Image:
    return assemble(PROGRAMS / name)


def machine(name: str, engine: str = "core") -> Machine:
    return Machine(program(name), engine, "zero")


def stops_of(made: Machine, text: str) -> list[Stop]:
    """The first stop of each cycle in which a run to its end stops at a predicate."""
    made.set_stops(Stops(watches=parse(made, text)))
    found = []
    while made.run() == STOPPED:
        found += made.engine.stops_hit[:1]
    assert made.run() == HALTED
    return found


# What they stop at ----------------------------------------------------------------------------
@pytest.mark.parametrize("name, tensor", OUTPUTS)
def test_the_one_element_that_differs_from_a_file_is_found(name: str, tensor: str, tmp_path: Path) -> None:
    straight = machine(name)
    straight.run()
    golden = straight[tensor].copy()
    np.save(tmp_path / "same.npy", golden)
    index = tuple(Random(name).randrange(extent) for extent in golden.shape)
    golden[index] += 1
    np.save(tmp_path / "other.npy", golden)
    assert stops_of(machine(name), f"{tensor} != {tmp_path / 'same.npy'}") == []
    found = stops_of(machine(name), f"{tensor} != {tmp_path / 'other.npy'}")
    assert [stop.address for stop in found] == [int(straight.addresses(tensor)[index][0])]


def test_every_store_of_a_number_above_a_limit_stops(engine: str) -> None:
    straight = machine("matmul.s", engine)
    straight.run()
    limit = int(np.median(straight["C"]))
    addresses = straight.addresses("C")[straight["C"] > limit][:, 0].tolist()
    assert 0 < len(addresses) < straight["C"].size
    assert sorted(stop.address for stop in stops_of(machine("matmul.s", engine), f"C > {limit}")) == sorted(addresses)
    for text in (f"C >= {limit + 1}", f"C > {limit}.5", f"C outside -9999999, {limit}"):
        assert sorted(stop.address for stop in stops_of(machine("matmul.s", engine), text)) == sorted(addresses)


def test_part_of_a_tensor_is_tested() -> None:
    straight = machine("matmul.s")
    straight.run()
    row = straight.addresses("C")[2, :, 0].tolist()
    assert [stop.address for stop in stops_of(machine("matmul.s"), "C[2, :] != -1")] == row


def test_lanes_behind_the_last_axis_are_no_elements() -> None:
    made = machine("tensor/attention.s")
    (watch,) = parse(made, "nan y")
    assert watch.elements
    assert sum(run.size for run in watch.elements.runs) == made["y"].size
    assert {run.size for run in watch.elements.runs} == {made["y"].shape[1]}


def test_a_nan_and_an_infinity_are_found() -> None:
    for name, text in ((np.nan, "nan z"), (np.inf, "inf z")):
        made = machine("tensor/vector_add_relu.s")
        given = np.ones_like(made["x"])
        given[7, 11] = name
        made["x"] = given
        assert [stop.address for stop in stops_of(made, text)] == [int(made.addresses("z")[7, 11][0])]


def test_a_register_stops_where_it_comes_to_be_so(engine: str) -> None:
    stepping = machine("fibonacci.s", engine)
    expected, before = [], 0
    while stepping.step() != HALTED:
        value = int(stepping.regs[1])
        expected += [stepping.cycle] if value > 50 and value != before else []
        before = value
    found = stops_of(machine("fibonacci.s", engine), "r1 > 50")
    assert expected and {stop.cycle for stop in found} >= set(expected)
    assert all(stop.address == 1 for stop in found)


# Guards ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text, register, low, high",
    [
        ("r3 > 100", 3, 101, np.inf),
        ("r3.u32 <= 7", 3, -np.inf, 7),
        (" r31==0x10 ", 31, 16, 16),
        ("r4 < 2.5", 4, -np.inf, 2),
    ],
)
def test_simple_conditions_are_guards(text: str, register: int, low: float, high: float) -> None:
    dtype = "u32" if "u32" in text else "i32"
    expected = Guard(9, register, Condition(INSIDE, dtype, low, high), 5)
    assert guard(machine("matmul.s"), text, 9, 5) == expected


def test_limits_are_rounded_as_in_expressions() -> None:
    made = machine("matmul.s")
    nearest = float(np.float32(0.7))
    assert guard(made, "r3.f32 == 0.7") == Guard(0, 3, Condition(INSIDE, "f32", nearest, nearest))


@pytest.mark.parametrize("text", ["r3 > r4", "C[0, 0] > 2", "r3 > 3 and r4 > 3", "0 < r3 < 5", "r3", "r3 >", "x y", ""])
def test_other_conditions_are_none(text: str) -> None:
    assert guard(machine("matmul.s"), text) is None


# What is said -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text, code, message",
    [
        ("nan C", "E-BREAK", "C is i32, which has no nan"),
        ("C outside 2, 1", "E-BREAK", "nothing is between 2 and 1"),
        ("C != nowhere.npy", "E-BREAK", "cannot compare C with nowhere.npy: there is no such file"),
        ("C > nowhere.npy", "E-BREAK", "only a tensor is compared with a file, by `!=`, not C"),
        ("r3 != nowhere.npy", "E-BREAK", "only a tensor is compared with a file, by `!=`, not r3"),
        ("C > 1e10", "E-BREAK", "C is never that: i32 goes from -2147483648 to 2147483647"),
        ("C < -inf", "E-BREAK", "C is never that: i32 goes from -2147483648 to 2147483647"),
        ("r3 > r4", "E-BREAK", "r4 may change, and tests are of numbers that do not"),
        ("C > nan", "E-BREAK", "nan is no number to compare with"),
        ("D > 3", "E-EXPR", "there is nothing called D"),
        ("se4@vxm > 3", "E-BREAK", "se4@vxm is neither a register nor a tensor, and only their numbers are tested"),
        ("hello", "E-BREAK", "`hello` is nothing that could become true of a tensor or register"),
    ],
)
def test_what_cannot_be_tested_is_said(text: str, code: str, message: str) -> None:
    with pytest.raises(SourceError) as raised:
        parse(machine("matmul.s"), text)
    assert [(each.code, each.message) for each in raised.value.diagnostics] == [(code, message)]


def test_a_file_of_another_shape_or_type_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "wide.npy", np.zeros((4, 5), np.int32))
    with pytest.raises(SourceError) as raised:
        parse(machine("matmul.s"), f"C != {tmp_path / 'wide.npy'}")
    assert raised.value.diagnostics[0].message.endswith("C is declared as int32[4, 4]; it cannot take int32[4, 5]")
