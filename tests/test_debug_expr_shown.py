"""How values are shown: numbers that read back, aligned rows, honest counts; and as plain data."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from expr_tools import as_doubles, machine_of, machine_with, random_elements, tensors
from hypothesis import given
from hypothesis import strategies as st

from debugger.expr import assign, evaluate
from isa.image import Tensor
from isa.types import TYPES
from vm.machine import Machine

ROW = re.compile(r" +\[([0-9, ]+)\]  (.*)")


def numbers() -> Machine:
    return machine_of(Tensor("X", "i32", (1,)))


def shown(machine: Machine, text: str, width: int = 100) -> list[str]:
    return evaluate(machine, text).lines(width)


def set_to(target: str, value: str) -> Machine:
    machine = numbers()
    assign(machine, target, value)(machine)
    return machine


# Numbers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "value", "text", "line"),
    [
        ("r3", "7", "r3", "r3 = 7"),
        ("r3", "12", "r3", "r3 = 12 (0x0000000c)"),
        ("r3", "-2", "r3.u32", "r3.u32 = 4294967294 (0xfffffffe, -2 as i32)"),
        ("r3.f32", "1.5", "r3", "r3 = 1069547520 (0x3fc00000, 1.5 as f32)"),
        ("r3.f32", "0.1", "r3.f32", "r3.f32 = 0.1"),
        ("r3.f16", "0.1", "r3.f16", "r3.f16 = 0.1"),
        ("r3", "0x7fc00001", "r3.f32", "r3.f32 = nan (0x7fc00001)"),
        ("r3", "300", "hex(r3)", "hex(r3) = 0x0000012c"),
        ("r3", "300", "hex(r3 + 1)", "hex(r3 + 1) = 0x12d"),
        ("r3", "300", "r3 > 299", "r3 > 299 = True"),
        ("r3", "300", " r3 / 8 ", "r3 / 8 = 37.5"),
        ("X[0]", "5", "X[0]", "X[0] = 5"),
    ],
)
def test_numbers(target: str, value: str, text: str, line: str) -> None:
    assert shown(set_to(target, value), text) == [line]


def test_the_condition_code_in_words() -> None:
    assert shown(set_to("cc", "6"), "cc") == ["cc = 6 (less, unsigned less)"]
    assert shown(set_to("cc", "0"), "cc") == ["cc = 0 (greater)"]


@given(st.sampled_from(["f16", "bf16", "f32"]), st.integers(0, 2**32 - 1))
def test_a_float_reads_back_as_the_same_element(name: str, bits: int) -> None:
    t = TYPES[name]
    machine = machine_of(Tensor("X", name, (1,)))
    raw = np.array([bits % (1 << t.bits)], f"<u{t.bits // 8}")
    machine["X"] = raw.view(machine["X"].dtype)
    text = evaluate(machine, "X[0]").scalar_text().partition(" ")[0]
    again = np.array([float(text)]).astype(machine["X"].dtype)
    same = again.view(raw.dtype)[0] == raw[0]
    assert same or (text in ("nan", "-nan") and np.isnan(again.astype(np.float64)[0]))


# Arrays -----------------------------------------------------------------------------------------
@given(st.data(), tensors(), st.integers(0, 99), st.integers(40, 200))
def test_rows_are_aligned_and_hold_the_elements(data: st.DataObject, tensor: Tensor, seed: int, width: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = random_elements(tensor, seed)
    found = evaluate(machine, "X")
    lines = found.lines(width)
    assert lines[0].startswith(f"X = {tensor.dtype}[{', '.join(map(str, tensor.shape))}], {tensor.layout}, ")
    rows = [row for row in map(ROW.fullmatch, lines[1:]) if row]
    assert rows or lines[0].endswith("everywhere")
    assert len({len(row[0]) for row in rows[:-1]}) <= 1
    assert all(len(row[0]) <= max(width, 80) for row in rows)
    for row in rows:
        check_row(found.value, [int(axis) for axis in row[1].split(",")], row[2].split())


def check_row(array: Any, index: list[int], cells: list[str]) -> None:
    """The cells of a row are its elements: all, or some from the front and from the back."""
    row = array[tuple(index)] if array.ndim > 1 else array[index[0] : index[0] + len(cells)]
    head = cells.index("...") if "..." in cells else len(cells)
    tail = cells[head + 1 :]
    assert head == len(row) if not tail else head + len(tail) < len(row)
    for place, cell in [*enumerate(cells[:head]), *enumerate(tail, len(row) - len(tail))]:
        element = as_doubles(np.asarray(row[place]))
        np.testing.assert_array_equal(as_doubles(np.float64(cell).astype(array.dtype)), element)


def test_what_is_left_out_is_counted() -> None:
    machine = machine_with("u8", np.arange(200 * 3, dtype=np.uint16).astype(np.uint8).reshape(200, 3))
    lines = shown(machine, "X")
    rows = [row for row in map(ROW.fullmatch, lines) if row]
    (left_out,) = [int(line.split()[1]) for line in lines if "rows more" in line]
    assert len(rows) + left_out == 200
    assert [rows[0][1], rows[-1][1]] == ["0", "199"]
    lines = shown(machine_with("u8", np.arange(900, dtype=np.uint16).astype(np.uint8)), "X")
    cells = sum(len(row[2].split()) for row in map(ROW.fullmatch, lines) if row)
    (left_out,) = [int(line.split()[1]) for line in lines if "elements more" in line]
    assert cells + left_out == 900


@given(tensors(), st.integers(0, 99))
def test_counts_are_those_of_numpy(tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = array = random_elements(tensor, seed)
    lines = "\n".join(shown(machine, "X"))
    wide = as_doubles(array)
    for what, mask in (("NaN", np.isnan(wide)), ("infinite", np.isinf(wide))):
        count = re.search(rf"([0-9,]+) {what}, the first at \[([0-9, ]+)\]", lines)
        if "everywhere" not in lines:
            assert (int(count[1].replace(",", "")) if count else 0) == mask.sum()
            assert not count or [int(axis) for axis in count[2].split(",")] == np.argwhere(mask)[0].tolist()
    least = re.search(r"min ([^ ]+) at \[([0-9, ]+)\], max ([^ ]+) at", lines)
    if least:
        numbers = wide[~np.isnan(wide)]
        for text, expected in ((least[1], numbers.min()), (least[3], numbers.max())):
            assert as_doubles(np.float64(text).astype(array.dtype)) == expected


def test_what_was_never_written_is_no_number() -> None:
    machine = machine_of(Tensor("X", "f32", (2, 2)))
    assert shown(machine, "X") == ["X = f32[2, 2], linear, word 1237 (mw2.0 row 53 word 1): never written"]
    assert shown(machine, "X == X") == ["X == X = bool[2, 2]: nothing"]
    assert shown(machine, "X[0, 1]") == ["X[0, 1] = - (never written)"]
    assign(machine, "X[1, 0]", "0.5")(machine)
    assert shown(machine, "X")[1:] == ["  [0]    -    -", "  [1]  0.5    -", "  3 of 4 never written"]


def test_what_is_alike_everywhere_is_said_once() -> None:
    machine = machine_with("i16", np.full((40, 9), 6, np.int16))
    assert shown(machine, "X == 6") == ["X == 6 = bool[40, 9]: True everywhere"]
    assert shown(machine, "X - 6") == ["X - 6 = i64[40, 9]: 0 everywhere"]


def test_rows_that_are_alike_are_said_to_be() -> None:
    array = np.zeros((9, 3), np.int8)
    array[0] = [1, 2, 3]
    assert shown(machine_with("i8", array), "X")[1:-1] == [
        "  [0]  1  2  3", "  [1]  0  0  0", "  ... 6 rows like it", "  [8]  0  0  0",
    ]  # fmt: skip


def test_where_tensors_lie() -> None:
    rows = machine_of(Tensor("X", "f32", (3, 16), "rows", 65, 4, 70))
    assert "rows, slices me1..me4, rows 70..72" in shown(rows, "X")[0]
    assert "rows, slices me1..me4, row 71" in shown(rows, "X[1]")[0]
    tiles = machine_of(Tensor("X", "i8", (3, 40), "tiles", 2, 1, 5))
    assert "tiles, slice mw2, rows 5, 8, 11" in shown(tiles, "X[0]")[0]


# Differences ------------------------------------------------------------------------------------
def test_a_comparison_tells_the_first_difference_and_the_largest() -> None:
    array = np.arange(1, 13, dtype=np.float32).reshape(3, 4)
    golden = array.copy()
    golden[1, 2] = np.nextafter(golden[1, 2], np.float32(100))
    golden[2, 3] = 13
    machine = machine_with("f32", array)
    between = int(golden[2, 3].view(np.int32)) - int(array[2, 3].view(np.int32))
    lines = evaluate(machine, 'X == load("g")', lambda name: golden).lines()
    assert lines[-3:] == [
        "  10 of 12 hold, the first at [0, 0]",
        "  2 of 12 differ; the first is [1, 2]: 7.0 and 7.0000005, 1 ulp apart",
        f"  the largest difference is [2, 3]: 12.0 and 13.0, {between:,} ulp apart",
    ]
    assert evaluate(machine, 'ulp(X, load("g"))', lambda name: array).lines()[-1] == "  no element differs"
    lines = evaluate(machine, 'X == load("g")', lambda name: golden.astype(np.float64)).lines()
    assert "2 of 12 differ; the first is [1, 2]" in lines[-2]


# Data -------------------------------------------------------------------------------------------
@given(tensors(), st.integers(0, 99))
def test_plain_data_hold_the_elements(tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = array = random_elements(tensor, seed)
    data = json.loads(json.dumps(evaluate(machine, "X").as_data(), allow_nan=False))
    assert (data["dtype"], data["shape"], data["layout"]) == (tensor.dtype, list(tensor.shape), tensor.layout)
    found = np.array(data["value"], dtype=object).astype(np.float64)
    np.testing.assert_array_equal(found, as_doubles(array))


def test_plain_data_of_what_holds_nothing_are_null() -> None:
    machine = machine_of(Tensor("X", "f32", (3,)))
    assign(machine, "X[1]", "inf")(machine)
    assert evaluate(machine, "X").as_data()["value"] == [None, "inf", None]
    assert evaluate(machine, "X[0]").as_data()["value"] is None
    assert evaluate(machine, "r1").as_data()["value"] == 0


def test_plain_data_of_very_many_elements_are_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("debugger.expr.shown.DATA_ELEMENTS", 4)
    machine = machine_with("i32", np.arange(6, dtype=np.int32).reshape(2, 3))
    data = evaluate(machine, "X").as_data()
    assert data["value"] == [0, 1, 2, 3]
    assert data["elements"] == "the first 4 of 6, in one list"
    assert evaluate(machine, "X[0]").as_data()["value"] == [0, 1, 2]
