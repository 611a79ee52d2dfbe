"""Results as text and data, against NumPy and ml_dtypes."""

from __future__ import annotations

import ast
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa import layout
from isa.image import Tensor
from isa.machine import LPU1
from isa.types import TYPES
from lpu import show
from vm import stats_text
from vm.stats import LineStats, Stats, UnitStats

DTYPES: dict[str, Any] = {
    "i4": ml_dtypes.int4, "i8": np.int8, "u8": np.uint8, "i16": np.int16, "u16": np.uint16, "i32": np.int32,
    "u32": np.uint32, "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32,
}  # fmt: skip
FLOATS = ("f16", "bf16", "f32")


def some_bits(name: str, count: int, seed: int) -> np.ndarray[Any, Any]:
    """Random bit patterns of a type as its NumPy array."""
    random = np.random.default_rng(seed)
    if name == "i4":
        return random.integers(-8, 8, count).astype(ml_dtypes.int4)
    width = TYPES[name].bits // 8
    return np.frombuffer(random.bytes(count * width), np.dtype(DTYPES[name]))


@pytest.mark.parametrize("name", TYPES)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 40))
def test_elements_are_those_numpy_sees(name: str, seed: int, count: int) -> None:
    array = some_bits(name, count, seed)
    raw = layout.pack_linear(TYPES[name], array)
    values = show.elements(Tensor("x", name, (count,)), raw)
    with np.errstate(invalid="ignore"):  # signalling NaNs
        np.testing.assert_array_equal(np.array(values, float), array.astype(float))


@pytest.mark.parametrize("name", FLOATS)
@given(seed=st.integers(0, 2**32))
def test_float_text_reads_back_as_the_same_element(name: str, seed: int) -> None:
    t = TYPES[name]
    for element in some_bits(name, 20, seed):
        text = show.number_text(float(element), t)
        with np.errstate(invalid="ignore"):  # signalling NaNs
            back = np.array(float(text)).astype(DTYPES[name])
            assert back == element or (np.isnan(back) and np.isnan(element))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1.0, "1.0"),
        (20.0, "20.0"),
        (140.0, "140.0"),
        (1e20, "1e+20"),
        (float("inf"), "inf"),
        (-0.0, "-0.0"),
    ],
)
def test_float_text_is_the_shortest(value: float, text: str) -> None:
    assert show.number_text(float(np.float32(value)), TYPES["f32"]) == text


def test_a_matrix_is_shown_in_its_shape() -> None:
    array = np.arange(6, dtype=np.int32).reshape(2, 3)
    line = show.tensor_line(Tensor("C", "i32", (2, 3)), array.tobytes())
    assert line == "C = [[0, 1, 2], [3, 4, 5]]"


def test_a_large_output_is_shown_by_its_first_elements() -> None:
    array = np.arange(100, dtype=np.int32)
    line = show.tensor_line(Tensor("x", "i32", (10, 10)), array.tobytes())
    assert line == "x = i32[10, 10]: 0, 1, 2, 3, 4, 5, 6, 7, ..."


def test_data_has_strings_where_json_has_no_number() -> None:
    array = np.array([[1.5, np.nan], [np.inf, -np.inf]], np.float32)
    found = show.tensor_data(Tensor("x", "f32", (2, 2)), array.tobytes())
    assert found == {"dtype": "f32", "shape": [2, 2], "data": [[1.5, "nan"], ["inf", "-inf"]]}


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_nesting_is_numpys(shape: list[int]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape)
    assert show.nested(array.reshape(-1).tolist(), tuple(shape)) == array.tolist()
    assert ast.literal_eval(show.bracketed(array.tolist())) == array.tolist()


STATS = Stats(
    cycles=1000,
    bundles=450,
    ops=1,
    units={"A0": UnitStats(250, 250), "L1": UnitStats(1000, 1000)},
    lines={("a.s", line): LineStats(line, 100 * line) for line in range(1, 31)},
)


def test_bars_show_the_fraction_of_cycles() -> None:
    title, a0, l1 = stats_text.unit_bars(STATS)
    assert title.split() == ["unit", "ops", "busy"]
    assert a0 == "A0          250   25.0 % |" + "#" * 10 + " " * 30 + "|"
    assert l1 == "L1        1,000  100.0 % |" + "#" * 40 + "|"


def test_ports_side_by_side_that_did_the_same_are_one_line() -> None:
    ports = "mw2.rp mw3.rp mw4.rp mw6.rp mw63.rp me0.rp me63.rp mw0.wp mw1.wp V0 V1".split()
    uses = dict.fromkeys(ports, UnitStats(1, 64, 64)) | {"mw4.rp": UnitStats(1, 65, 65)}
    shown = [line.split()[0] for line in stats_text.unit_bars(Stats(cycles=100, bundles=1, ops=1, units=uses))]
    assert shown[1:] == "mw2.rp..mw3.rp mw4.rp mw6.rp mw63.rp me0.rp me63.rp mw0.wp..mw1.wp V0 V1".split()


def test_busiest_lines_are_the_costliest_in_the_order_of_the_file() -> None:
    title, *lines, rest = stats_text.busiest_lines(STATS, {("a.s", 30): "  add r1, r1, 1\n"})
    assert title.split() == ["cycles", "ops", "line"]
    assert [line.split()[2] for line in lines] == [f"a.s:{line}" for line in range(11, 31)]
    assert lines[-1].split() == ["3,000", "30", "a.s:30", "add", "r1,", "r1,", "1"]
    assert rest == "and 10 lines more"


def test_a_summary_counts_cycles_time_bundles_and_ops() -> None:
    assert (
        stats_text.summary("halted", STATS, LPU1) == "halted after 1,000 cycles (1.11 us at 900 MHz): 450 bundles, 1 op"
    )


@pytest.mark.parametrize(
    ("microseconds", "text"), [(0.5, "500 ns"), (2.25, "2.25 us"), (12_345.6, "12.3 ms"), (3.21e9, "3,210.0 s")]
)
def test_durations_have_a_unit_that_suits_them(microseconds: float, text: str) -> None:
    assert stats_text.duration(microseconds) == text
