"""The vector ALUs of the core against the golden model, for every row; elements and their byte planes."""

from __future__ import annotations

import ctypes
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from lanes_tools import BITS, EDGES, VECTOR_ROWS, Array, source_widths
from special_library import SOURCES, compiled

from isa.row import Row
from isa.table import ROWS
from vm.reference.lanes import compute

# As compilers make the code without and with vector instructions of this processor.
VARIANTS = {"plain": ["-O0"], "native": ["-O2", "-march=native"]}
FILES = ["lanes.c", "lanes_convert.c", "lanes_scale.c", "lanes_planes.c", "special.c"]
LANES = [16, 32, 64, 80, 320]


def library(folder: Path, variant: str) -> ctypes.CDLL:
    sources = [str(SOURCES / name) for name in FILES]
    by_row = Path(__file__).parent / "lanes_by_row.c"
    switches = ["-DLPU_NO_CLONES", "-Wno-missing-field-initializers", *VARIANTS[variant]]
    return compiled(by_row, folder / f"{variant}.so", *sources, *switches)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ctypes.CDLL]:
    folder = tmp_path_factory.mktemp("lanes")
    with ThreadPoolExecutor() as pool:
        return dict(zip(VARIANTS, pool.map(lambda variant: library(folder, variant), VARIANTS), strict=True))


@pytest.fixture(params=VARIANTS)
def core(request: pytest.FixtureRequest, libraries: dict[str, ctypes.CDLL]) -> ctypes.CDLL:
    return libraries[request.param]


def address(array: Array | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if array is None else array.ctypes.data)


def call(core: ctypes.CDLL, row: Row, operands: list[Array]) -> Array:
    """The core's result; the lane after the last one stays as it was."""
    lanes = operands[0].size
    result = np.full(lanes + 1, 0x5A, BITS[row.positional[0].width])
    sources = [*operands, None, None][:3]
    core.call_lane_function(row.id, address(result), *map(address, sources), ctypes.c_size_t(lanes))
    assert result[lanes] == 0x5A
    return result[:lanes]


def anything(rng: np.random.Generator, width: int, lanes: int) -> Array:
    return rng.integers(0, 1 << 8 * width, lanes, BITS[width], endpoint=False)


def edges(rng: np.random.Generator, width: int, lanes: int) -> Array:
    return rng.choice(np.array(EDGES[width], BITS[width]), lanes)


def moderate(rng: np.random.Generator, width: int, lanes: int) -> Array:
    """Bits of floats between about 2^-8 and 2^8, of whatever type has the width, with digits cut off."""
    bits = anything(rng, width, lanes)
    if width == 4:
        exponents = rng.integers(119, 135, lanes, np.uint32) << 23
        return (bits & 0x807FFFFF | exponents) & rng.choice(np.array([~0, ~0xFFF, ~0xFFFF]).astype(np.uint32), lanes)
    return bits & 0xBFFF | 0x2000 if width == 2 else bits


@pytest.mark.parametrize("operands", [anything, edges, moderate])
def test_every_row_gives_the_golden_result(core: ctypes.CDLL, operands: type[anything]) -> None:
    rng = np.random.default_rng(1)
    for row in VECTOR_ROWS:
        sources = [operands(rng, width, 320 * 4) for width in source_widths(row)]
        expected, result = compute(row, *sources), call(core, row, sources)
        wrong = np.flatnonzero(expected != result)[:3]
        assert not wrong.size, (row.key, [source[wrong] for source in sources], expected[wrong], result[wrong])


def test_any_number_of_superlanes(core: ctypes.CDLL) -> None:
    rng = np.random.default_rng(2)
    for row in VECTOR_ROWS[::7]:
        for lanes in LANES:
            sources = [anything(rng, width, lanes) for width in source_widths(row)]
            assert np.array_equal(call(core, row, sources), compute(row, *sources)), (row.key, lanes)


def test_sources_may_be_one_another(core: ctypes.CDLL) -> None:
    rng = np.random.default_rng(3)
    for row in VECTOR_ROWS:
        widths = source_widths(row)
        if len(set(widths)) == 1:
            sources = [anything(rng, widths[0], 64)] * len(widths)
            assert np.array_equal(call(core, row, sources), compute(row, *sources)), row.key


def test_only_vector_rows_have_lane_functions(core: ctypes.CDLL) -> None:
    assert [row for row in ROWS if core.lane_function_exists(row.id)] == VECTOR_ROWS


# Byte planes ------------------------------------------------------------------------------------
@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("width", [1, 2, 4])
def test_planes_join_to_elements_and_split_again(core: ctypes.CDLL, width: int, lanes: int) -> None:
    rng = np.random.default_rng(lanes)
    planes = [anything(rng, 1, lanes) for _ in range(width)]
    elements = np.empty(lanes, BITS[width])
    pointers = ctypes.c_void_p * width
    core.lanes_join(address(elements), pointers(*(p.ctypes.data for p in planes)), width, ctypes.c_size_t(lanes))
    expected = sum(plane.astype(np.uint64) << 8 * k for k, plane in enumerate(planes))
    assert np.array_equal(elements, expected)
    back = [np.zeros(lanes, np.uint8) for _ in range(width)]
    core.lanes_split(pointers(*(p.ctypes.data for p in back)), address(elements), width, ctypes.c_size_t(lanes))
    assert np.array_equal(back, planes)


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_scalar_fills_every_lane(core: ctypes.CDLL, width: int, lanes: int) -> None:
    elements = np.zeros(lanes, BITS[width])
    core.lanes_fill(address(elements), 0x89ABCDEF, width, ctypes.c_size_t(lanes))
    assert elements.tolist() == [0x89ABCDEF % (1 << 8 * width)] * lanes
