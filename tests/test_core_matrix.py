"""The planes of the C core against a model in NumPy and fractions: weights, products, exits, accumulators, items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from core_library import Bytes, Words
from hypothesis import given
from hypothesis import strategies as st
from matrix_tools import BATCH, LATENCY, PLANES, ROWS, WIDE, Core, Exit, Model, Numbers
from product_tools import CANONICAL_NAN, dot, numbers
from profile_tools import part_of_examples

from isa.tensor import TYPE_CODE

ACCUMULATORS = 1024
NEVER = 2**64 - 1
INSTALLED = (False, True)
SMALL = 0xBF  # a mask of bytes: the high bytes of f16 or bf16 that are neither infinite nor NaN


def random_streams(rng: np.random.Generator, count: int, lanes: int) -> list[Bytes]:
    return list(rng.integers(0, 256, (count, lanes), np.uint8) & np.uint8(rng.choice([SMALL, 0xFF])))


# Random programs, cycle by cycle ------------------------------------------------------------------
class Both:
    """The core and the model, given the same ops."""

    def __init__(self, lanes: int, rng: np.random.Generator, bytes_only: bool = False) -> None:
        self.lanes, self.rng, self.bytes_only = lanes, rng, bytes_only
        self.core, self.model = Core(lanes), Model(lanes)
        self.cycle = 0
        self.free = [0] * PLANES  # the cycle in which the next activation may come
        self.taken: set[int] = set()

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def pick_type(self, plane: int, names: tuple[str, ...]) -> str:
        wide = plane % 2 == 0 and not self.bytes_only
        return str(self.rng.choice([name for name in names if wide or name not in WIDE]))

    def standing(self, plane: int) -> Exit | None:
        waiting = self.model.exits[plane]
        return waiting[0] if waiting and waiting[0].maker[0] + LATENCY == self.cycle else None

    def run_cycle(self, load: float, install: float, activate: float) -> None:
        """What the planes do at random, in the order that csrc/matrix.h asks for."""
        installs = [plane for plane in range(PLANES) if self.chance(install) and self.model.can_install(plane)]
        for plane in range(PLANES):
            self.check(plane)
            self.take(plane)
            if self.chance(activate) and self.free[plane] <= self.cycle:
                self.activate(plane)
        for plane in installs:
            self.core.install(plane)
            self.model.install(plane)
        for plane in range(PLANES):
            if self.chance(load):
                self.load(plane)
            self.drop(plane)
        self.cycle += 1

    def check(self, plane: int) -> None:
        for installed in INSTALLED:
            assert self.core.type(plane, installed) == self.model.type(plane, installed)
        assert self.core.can_install(plane) == self.model.can_install(plane)
        for name in ("i8", "u8", *(WIDE if plane % 2 == 0 else ())):
            assert self.core.can_multiply(plane, name) == self.model.can_multiply(plane, name)
        waiting = self.model.exits[plane]
        assert self.core.next_exit(plane) == (waiting[0].maker[0] + LATENCY if waiting else NEVER)

    def take(self, plane: int) -> None:
        standing = self.standing(plane)
        assert self.core.standing(plane, self.cycle) == (standing.maker if standing else None)
        if standing and self.chance(0.7):
            floats, words = self.core.take(plane)
            assert floats == standing.floats and np.array_equal(words, standing.words)
            self.taken.add(plane)

    def activate(self, plane: int) -> None:
        name = self.pick_type(plane, ("i8", "u8", *WIDE))
        if self.model.can_multiply(plane, name):
            streams = random_streams(self.rng, 1 + (name in WIDE), self.lanes)
            pc, slot, element = (int(n) for n in self.rng.integers(0, 1 << 32, 3))
            maker: Numbers = (self.cycle, pc, slot, element)
            self.core.activate(plane, name, streams, maker)
            self.model.activate(plane, name, streams, maker)
            for held in (plane, plane + 1) if name in WIDE else (plane,):
                self.free[held] = self.cycle + 1 + (name in WIDE)

    def load(self, plane: int) -> None:
        name = self.pick_type(plane, tuple(ROWS))
        row, streams = int(self.rng.integers(0, self.lanes)), random_streams(self.rng, 16, self.lanes)
        planes = [plane, (plane + 2) % PLANES] if self.chance(0.5) else [plane]
        if self.chance(0.5):
            self.core.load_kept(planes, name, row, streams)
        else:
            for each in planes:
                self.core.load(each, name, row, streams)
        for each in planes:
            self.model.load(each, name, row, streams)

    def drop(self, plane: int) -> None:
        standing = self.standing(plane)
        lost = standing.maker if standing and plane not in self.taken else None
        assert self.core.drop(plane, self.cycle) == lost
        if standing:
            self.model.exits[plane].pop(0)
        self.taken.discard(plane)

    def check_items(self) -> None:
        for plane in range(PLANES):
            for installed in INSTALLED:
                if self.core.type(plane, installed):
                    assert np.array_equal(self.core.get_plane(plane, installed), self.model.item(plane, installed))
            for mine, wanted in zip(self.core.exits(plane), self.model.exits[plane], strict=True):
                assert mine[:2] == wanted[:2] and np.array_equal(mine.words, wanted.words)


often = st.sampled_from([0.05, 0.3, 0.9])


@given(seed=st.integers(0, 2**32 - 1), load=often, install=often, activate=often, at=st.integers(0, 60))
def test_any_ops_give_what_the_model_gives(seed: int, load: float, install: float, activate: float, at: int) -> None:
    both = Both(16, np.random.default_rng(seed))
    for _ in range(at):
        both.run_cycle(load, install, activate)
    both.check_items()
    both.core = both.core.copy(both.cycle)  # as a snapshot would
    for _ in range(60 - at):
        both.run_cycle(load, install, activate)
    both.check_items()


@part_of_examples(6)
@given(seed=st.integers(0, 2**32 - 1), install=often, activate=often, at=st.integers(0, 60))
def test_any_ops_of_bytes_on_as_many_lanes_as_threads_want(seed: int, install: float, activate: float, at: int) -> None:
    both = Both(128, np.random.default_rng(seed), bytes_only=True)
    for cycle in range(60):
        both.run_cycle(0.9, install / 4, activate)
        if cycle == at:
            both.check_items()
    both.check_items()


# Whole arrays ---------------------------------------------------------------------------------------
def load_all(core: Core, plane: int, name: str, streams: np.ndarray[Any, Any]) -> None:
    """Streams [elements, 16, lanes], one element after the other from row 0 on."""
    for i, element in enumerate(streams):
        core.load(plane, name, i * ROWS[name], list(element))


def results(core: Core, plane: int, name: str, x: Bytes) -> Words:
    """The results of activations [count, width, lanes], one in every cycle, or two, of a new plane."""
    step, taken = x.shape[1], []
    for cycle in range(len(x) * step + LATENCY):
        if core.standing(plane, cycle):
            taken.append(core.take(plane)[1])
        if cycle % step == 0 and cycle < len(x) * step:
            core.activate(plane, name, list(x[cycle // step]), (cycle, 0, 0, 0))
        core.drop(plane, cycle)
    return np.array(taken)


@pytest.mark.parametrize("lanes", [16, 48, 320, 512])
def test_a_product_of_bytes(lanes: int) -> None:
    rng = np.random.default_rng(lanes)
    weights, x = rng.integers(-128, 128, (lanes, lanes)), rng.integers(0, 256, (3 * LATENCY + 1, lanes))
    core = Core(lanes)
    load_all(core, 3, "i8", weights.astype(np.int8).view(np.uint8).reshape(-1, 16, lanes))
    core.install(3)
    got = results(core, 3, "u8", x.astype(np.uint8)[:, np.newaxis])
    assert np.array_equal(got.view(np.int32), x @ weights)


@pytest.mark.parametrize("lanes", [32, 320])
def test_a_product_of_nibbles(lanes: int) -> None:
    rng = np.random.default_rng(lanes)
    weights, x = rng.integers(-8, 8, (lanes, lanes)), rng.integers(-128, 128, (BATCH, lanes))
    halves = weights.astype(np.int8).view(np.uint8) & 15
    core = Core(lanes)
    load_all(core, 1, "i4", (halves[0::2] | halves[1::2] << 4).reshape(-1, 16, lanes))
    core.install(1)
    got = results(core, 1, "i8", x.astype(np.int8).view(np.uint8)[:, np.newaxis])
    assert np.array_equal(got.view(np.int32), x @ weights)


@pytest.mark.parametrize("name", WIDE)
def test_a_product_of_floats(name: str) -> None:
    rng = np.random.default_rng(5)
    weights, x = (rng.integers(0, 256, (n, 320, 2), np.uint8) & np.uint8(SMALL) for n in (320, 2))
    core = Core(320)
    load_all(core, 2, name, weights.reshape(40, 8, 320, 2).swapaxes(2, 3).reshape(40, 16, 320))
    core.install(2)
    got = results(core, 2, name, np.ascontiguousarray(x.swapaxes(1, 2)))
    wide_x, wide_w = x.view(np.uint16)[:, :, 0], weights.view(np.uint16)[:, :, 0]
    for row, vector in zip(got, wide_x, strict=True):
        for lane in range(0, 320, 13):
            column = np.ascontiguousarray(wide_w[:, lane])
            assert row[lane] == dot(numbers(vector, name), numbers(column, name))


def test_new_weights_wait_for_the_activations_before_them() -> None:
    """Two tiles, installed between element 30 and 31 of one stream of activations: no bubble, no mixture."""
    rng = np.random.default_rng(3)
    tiles, x = rng.integers(-128, 128, (2, 32, 32)), rng.integers(-128, 128, (64, 32))
    data, core, taken = x.astype(np.int8).view(np.uint8), Core(32), []
    for cycle in range(64 + LATENCY):
        if core.standing(0, cycle):
            taken.append(core.take(0)[1].view(np.int32))
        if cycle == 30:
            load_all(core, 0, "i8", tiles[1].astype(np.int8).view(np.uint8).reshape(-1, 16, 32))
        if cycle < 64:
            if cycle == 0:
                load_all(core, 0, "i8", tiles[0].astype(np.int8).view(np.uint8).reshape(-1, 16, 32))
                core.install(0)
            core.activate(0, "i8", [data[cycle]], (cycle, 0, 0, 0))
        if cycle == 30:
            core.install(0)
        core.drop(0, cycle)
    assert np.array_equal(np.array(taken), np.concatenate([x[:31] @ tiles[0], x[31:] @ tiles[1]]))


@pytest.mark.parametrize("name", ["i8", "u8", "bf16"])
def test_planes_with_the_same_rows_go_apart_again(name: str) -> None:
    """Two planes share weights, until one of them is given others."""
    rng, core, models = np.random.default_rng(6), Core(32), Model(32)
    for cycle in range(4):
        for i in range(32 // ROWS[name]):
            streams = random_streams(rng, 16, 32)
            planes = [2] if cycle == 2 else [0, 2]
            core.load_kept(planes, name, i * ROWS[name], streams)
            for plane in planes:
                models.load(plane, name, i * ROWS[name], streams)
        for plane in (2,) if cycle == 2 else (0, 2):
            core.install(plane)
            models.install(plane)
        for plane in (2, 0):
            x = random_streams(rng, 1 + (name in WIDE), 32)
            core.activate(plane, name, x, (2 * cycle, 0, 0, plane))
            models.activate(plane, name, x, (2 * cycle, 0, 0, plane))
    for plane in (0, 2):
        for mine, wanted in zip(core.exits(plane), models.exits[plane], strict=True):
            assert np.array_equal(mine.words, wanted.words)
        assert np.array_equal(core.get_plane(plane, True), models.item(plane, True))
    core.clear()
    assert not any(core.rows.holders)


# Accumulators ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("fill", [0, 0xDB])
def test_rows_never_set_read_as_the_fill_bytes(fill: int) -> None:
    core, words = Core(16, fill), np.arange(16, dtype=np.uint32)
    never = np.full(16, fill * 0x01010101, np.uint32)
    core.set_row(3, ACCUMULATORS - 1, words)
    core.add_row(0, 5, words, floats=False)
    assert core.is_set(3, ACCUMULATORS - 1) and core.is_set(0, 5) and not core.is_set(3, 0)
    assert np.array_equal(core.row(3, ACCUMULATORS - 1), words) and np.array_equal(core.row(0, 5), never + words)
    assert np.array_equal(core.row(3, ACCUMULATORS - 2), never)
    core.clear()
    assert not core.is_set(3, ACCUMULATORS - 1) and np.array_equal(core.row(3, ACCUMULATORS - 1), never)
    assert np.array_equal(core.row(0, 5), never)


def test_a_row_comes_from_four_streams() -> None:
    core, words = Core(48), np.random.default_rng(4).integers(0, 1 << 32, 48, np.uint32)
    core.write_row(2, 17, words)
    assert core.is_set(2, 17) and np.array_equal(core.row(2, 17), words)


EDGES = [
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000,
    0x7FC00000, 0x7F800001, 0xFFFFFFFF, 0x3F800000, 0xBF800000, 0x33800000, 0x33800001,
]  # fmt: skip
words_of_lanes = st.lists(st.sampled_from(EDGES) | st.integers(0, 2**32 - 1), min_size=16, max_size=16)


@given(words_of_lanes, words_of_lanes)
def test_sums_wrap_or_are_rounded_once(first: list[int], second: list[int]) -> None:
    a, b = np.array(first, np.uint32), np.array(second, np.uint32)
    core = Core(16)
    for row, floats in enumerate((False, True)):
        core.set_row(0, row, a)
        core.add_row(0, row, b, floats)
    assert np.array_equal(core.row(0, 0), a + b)
    with np.errstate(all="ignore"):
        sums = (a.view(np.float32).astype(np.float64) + b.view(np.float32)).astype(np.float32)
    assert np.array_equal(core.row(0, 1), np.where(np.isnan(sums), CANONICAL_NAN, sums.view(np.uint32)))


# Items that no program could have left ----------------------------------------------------------------
LANES = 16


def item(loaded: int = LANES, byte: int = 0) -> Bytes:
    """Weights that are all `byte`, the first rows loaded."""
    flags = (np.arange(LANES) < loaded).astype(np.uint8)
    return np.concatenate([np.full(LANES * LANES, byte, np.uint8), flags])


@pytest.mark.parametrize("code", [-1, 10, 99, *(TYPE_CODE[name] for name in ("i16", "u16", "i32", "u32", "f32"))])
def test_types_that_are_no_weights_are_refused(code: int) -> None:
    assert not Core(LANES).set_plane(0, False, code, item())


def test_weights_that_cannot_be_are_refused() -> None:
    core, i8, i4 = Core(LANES), TYPE_CODE["i8"], TYPE_CODE["i4"]
    flag = item()
    flag[-1] = 2
    assert not core.set_plane(0, False, i8, flag), "a row loaded twice over"
    assert not core.set_plane(0, True, i8, item(LANES - 1)), "an array with a row not loaded"
    assert not core.set_plane(0, False, i8, item(LANES - 1, byte=1)), "a row not loaded that is not zero"
    assert not core.set_plane(0, True, i4, item(byte=8)), "no i4"
    assert core.type(0, False) is None and core.type(0, True) is None, "nothing is changed"
    assert core.set_plane(0, True, i4, item(byte=0xF8)) and core.set_plane(0, False, i8, item(LANES - 1))
    assert not core.set_plane(0, True, i8, item()), "the same plane again"
    assert core.is_whole()


@pytest.mark.parametrize("installed", INSTALLED)
def test_halves_that_do_not_go_together_are_found(installed: bool) -> None:
    f16, bf16, i8 = ((TYPE_CODE[name], LANES) for name in ("f16", "bf16", "i8"))
    fewer = (f16[0], LANES - 1)  # rows; of an array that is no item at all
    for halves in [(f16, None), (None, bf16), (f16, bf16), (i8, f16), *([] if installed else [(f16, fewer)])]:
        core = Core(LANES)
        for plane, half in enumerate(halves, 2):
            assert half is None or core.set_plane(plane, installed, half[0], item(half[1]))
        assert not core.is_whole()


def test_exits_that_cannot_be_are_refused() -> None:
    core, words = Core(LANES), np.arange(LANES, dtype=np.uint32)

    def put(plane: int, issued: int, floats: bool = False) -> bool:
        return core.set_exit(plane, 100, Exit((issued, 1, 2, 3), floats, words))

    assert not put(0, 100), "issued in a cycle that has not been"
    assert not put(0, 100 - LATENCY - 1), "no longer there"
    assert not put(1, 90, floats=True), "floats at the second plane of a pair"
    assert put(0, 100 - LATENCY) and put(0, 99, floats=True) and put(1, 90)
    assert not put(0, 99) and not put(1, 89), "not behind the others"
    assert [it.maker[0] for it in core.exits(0)] == [100 - LATENCY, 99]
    assert core.standing(0, 100) == (100 - LATENCY, 1, 2, 3)
    floats, taken = core.take(0)
    assert not floats and np.array_equal(taken, words)
