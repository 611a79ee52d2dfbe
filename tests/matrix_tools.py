"""The planes of the C core behind a Python face, and a model of them that keeps numbers and multiplies at once."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from core_library import Bytes, Words, address, byte_planes, library, pointers, words_at
from numpy.typing import NDArray
from product_tools import dot, numbers

from isa.tensor import TYPE_CODE

LATENCY, PLANES, BATCH = 24, 4, 25
WIDE = ("f16", "bf16")
ROWS = {"i4": 32, "i8": 16, "u8": 16, "f16": 8, "bf16": 8}  # of an element of lw
TYPE_OF_CODE = {TYPE_CODE[name]: name for name in ROWS}

Numbers: TypeAlias = tuple[int, int, int, int]  # of a maker: issued, pc, slot, element


class Maker(ctypes.Structure):
    _fields_ = (
        ("issued", ctypes.c_uint64), ("pc", ctypes.c_uint32), ("slot", ctypes.c_uint32), ("element", ctypes.c_uint32),
    )  # fmt: skip

    @property
    def numbers(self) -> Numbers:
        return self.issued, self.pc, self.slot, self.element


Held = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32)


class Keeper(ctypes.Structure):
    _fields_ = (("keeper", ctypes.c_void_p), ("hold", Held), ("release", Held))


class Rows:
    """Rows that stay where they are while somebody holds them, by number; then they are spoilt."""

    def __init__(self) -> None:
        self.rows: list[Bytes] = []
        self.holders: list[int] = []
        self.keeper = Keeper(None, Held(self.hold), Held(self.release))

    def keep(self, streams: list[Bytes]) -> list[int]:
        """The numbers of copies, each with one holder; all are above 0."""
        self.rows += [stream.copy() for stream in streams]
        self.holders += [1] * len(streams)
        return list(range(len(self.rows) - len(streams) + 1, len(self.rows) + 1))

    def hold(self, _: object, number: int) -> None:
        self.holders[number - 1] += 1

    def release(self, _: object, number: int) -> None:
        self.holders[number - 1] -= 1
        assert self.holders[number - 1] >= 0
        if not self.holders[number - 1]:
            self.rows[number - 1][:] = 0x5A


class Exit(NamedTuple):
    """A result on its way: [lanes] bits."""

    maker: Numbers
    floats: bool
    words: Words


def loaded_library() -> ctypes.CDLL:
    lib = library("matrix*.c", "pool.c", "zeros.c", "product*.c", "exact_dot.c", "lanes_planes.c")
    size, pointer, plane = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_uint
    lib.matrix_create.argtypes, lib.matrix_create.restype = [size, ctypes.c_uint8], pointer
    lib.matrix_destroy.argtypes = lib.matrix_clear.argtypes = [pointer]
    lib.matrix_type.argtypes = [pointer, plane, ctypes.c_bool]
    lib.matrix_can_install.argtypes, lib.matrix_can_install.restype = [pointer, plane], ctypes.c_bool
    lib.matrix_can_multiply.argtypes, lib.matrix_can_multiply.restype = [pointer, plane, ctypes.c_int], ctypes.c_bool
    lib.matrix_rows_of.restype = size
    lib.matrix_load.argtypes = [pointer, plane, ctypes.c_int, size, pointer, pointer]
    lib.matrix_set_keeper.argtypes = [pointer, Keeper]
    lib.matrix_install.argtypes = [pointer, plane]
    lib.matrix_activate.argtypes = [pointer, plane, ctypes.c_int, pointer, pointer]
    lib.matrix_standing.argtypes = [pointer, plane, ctypes.c_uint64]
    lib.matrix_standing.restype = ctypes.POINTER(Maker)
    lib.matrix_take.argtypes, lib.matrix_take.restype = [pointer, plane, pointer], pointer
    lib.matrix_drop.argtypes, lib.matrix_drop.restype = [pointer, plane, ctypes.c_uint64, pointer], ctypes.c_bool
    lib.matrix_next_exit.argtypes, lib.matrix_next_exit.restype = [pointer, plane], ctypes.c_uint64
    lib.matrix_row_is_set.argtypes, lib.matrix_row_is_set.restype = [pointer, plane, size], ctypes.c_bool
    lib.matrix_row.argtypes, lib.matrix_row.restype = [pointer, plane, size], pointer
    lib.matrix_set_row.argtypes = lib.matrix_write_row.argtypes = [pointer, plane, size, pointer]
    lib.matrix_add_row.argtypes = [pointer, plane, size, pointer, ctypes.c_bool]
    lib.matrix_plane_bytes.argtypes, lib.matrix_plane_bytes.restype = [pointer], size
    lib.matrix_get_plane.argtypes, lib.matrix_get_plane.restype = [pointer, plane, ctypes.c_bool], pointer
    lib.matrix_set_plane.argtypes = [pointer, plane, ctypes.c_bool, ctypes.c_int, pointer]
    lib.matrix_set_plane.restype = lib.matrix_is_whole.restype = lib.matrix_set_exit.restype = ctypes.c_bool
    lib.matrix_is_whole.argtypes = [pointer]
    lib.matrix_exits.argtypes, lib.matrix_exits.restype = [pointer, plane], size
    lib.matrix_get_exit.argtypes, lib.matrix_get_exit.restype = [pointer, plane, size, pointer, pointer], pointer
    lib.matrix_set_exit.argtypes = [pointer, plane, ctypes.c_uint64, Maker, ctypes.c_bool, pointer]
    return lib


LIBRARY = loaded_library()


class Core:
    """csrc/matrix.h with arrays and names of types."""

    def __init__(self, lanes: int, fill: int = 0) -> None:
        self.lanes, self.lib = lanes, LIBRARY
        self.at = self.lib.matrix_create(lanes, fill)
        assert self.at
        self.rows = Rows()
        self.lib.matrix_set_keeper(self.at, self.rows.keeper)

    def __del__(self) -> None:
        self.lib.matrix_destroy(self.at)

    def clear(self) -> None:
        self.lib.matrix_clear(self.at)

    def type(self, plane: int, installed: bool) -> str | None:
        return TYPE_OF_CODE.get(self.lib.matrix_type(self.at, plane, installed))

    def can_install(self, plane: int) -> bool:
        return bool(self.lib.matrix_can_install(self.at, plane))

    def can_multiply(self, plane: int, name: str) -> bool:
        return bool(self.lib.matrix_can_multiply(self.at, plane, TYPE_CODE[name]))

    def load(self, plane: int, name: str, row: int, streams: list[Bytes]) -> None:
        assert self.lib.matrix_rows_of(TYPE_CODE[name]) == ROWS[name]
        self.lib.matrix_load(self.at, plane, TYPE_CODE[name], row, pointers(streams), None)

    def load_kept(self, planes: list[int], name: str, row: int, streams: list[Bytes]) -> None:
        """The same rows, which are not copied."""
        numbers = self.rows.keep(streams)
        kept = [self.rows.rows[number - 1] for number in numbers]
        for plane in planes:
            places = pointers(kept), (ctypes.c_uint32 * len(numbers))(*numbers)
            self.lib.matrix_load(self.at, plane, TYPE_CODE[name], row, *places)
        for number in numbers:
            self.rows.release(None, number)

    def install(self, plane: int) -> None:
        self.lib.matrix_install(self.at, plane)

    def activate(self, plane: int, name: str, streams: list[Bytes], maker: Numbers) -> None:
        elements = np.stack(streams, axis=1)
        self.lib.matrix_activate(self.at, plane, TYPE_CODE[name], address(elements), ctypes.byref(Maker(*maker)))

    def standing(self, plane: int, cycle: int) -> Numbers | None:
        maker = self.lib.matrix_standing(self.at, plane, cycle)
        return maker.contents.numbers if maker else None

    def take(self, plane: int) -> tuple[bool, Words]:
        floats = ctypes.c_bool()
        words = self.lib.matrix_take(self.at, plane, ctypes.addressof(floats))
        return floats.value, words_at(words, self.lanes)

    def drop(self, plane: int, cycle: int) -> Numbers | None:
        """Whose result was lost."""
        maker = Maker()
        return maker.numbers if self.lib.matrix_drop(self.at, plane, cycle, ctypes.addressof(maker)) else None

    def next_exit(self, plane: int) -> int:
        return int(self.lib.matrix_next_exit(self.at, plane))

    def row(self, plane: int, row: int) -> Words:
        return words_at(self.lib.matrix_row(self.at, plane, row), self.lanes)

    def is_set(self, plane: int, row: int) -> bool:
        return bool(self.lib.matrix_row_is_set(self.at, plane, row))

    def set_row(self, plane: int, row: int, words: Words) -> None:
        self.lib.matrix_set_row(self.at, plane, row, address(words))

    def write_row(self, plane: int, row: int, words: Words) -> None:
        streams = byte_planes(words)
        self.lib.matrix_write_row(self.at, plane, row, pointers(streams))

    def add_row(self, plane: int, row: int, words: Words, floats: bool) -> None:
        self.lib.matrix_add_row(self.at, plane, row, address(words), floats)

    def get_plane(self, plane: int, installed: bool) -> Bytes:
        held = self.lib.matrix_get_plane(self.at, plane, installed)
        return np.frombuffer(ctypes.string_at(held, self.lib.matrix_plane_bytes(self.at)), np.uint8)

    def set_plane(self, plane: int, installed: bool, code: int, data: Bytes) -> bool:
        return bool(self.lib.matrix_set_plane(self.at, plane, installed, code, address(data)))

    def is_whole(self) -> bool:
        return bool(self.lib.matrix_is_whole(self.at))

    def exits(self, plane: int) -> list[Exit]:
        found = []
        for index in range(self.lib.matrix_exits(self.at, plane)):
            maker, floats = Maker(), ctypes.c_bool()
            places = ctypes.addressof(maker), ctypes.addressof(floats)
            words = words_at(self.lib.matrix_get_exit(self.at, plane, index, *places), self.lanes)
            found.append(Exit(maker.numbers, floats.value, words))
        return found

    def set_exit(self, plane: int, cycle: int, it: Exit) -> bool:
        return bool(self.lib.matrix_set_exit(self.at, plane, cycle, Maker(*it.maker), it.floats, address(it.words)))

    def copy(self, cycle: int) -> Core:
        """Another one in the same state, but for the accumulators, by way of its items."""
        other = Core(self.lanes)
        for plane in range(PLANES):
            for installed in (False, True):
                if name := self.type(plane, installed):
                    data = self.get_plane(plane, installed)
                    assert other.set_plane(plane, installed, TYPE_CODE[name], data)
            assert all(other.set_exit(plane, cycle, it) for it in self.exits(plane))
        assert other.is_whole()
        return other


# The model --------------------------------------------------------------------------------------
@dataclass
class Weights:
    """Of a plane, or, 16-bit, of a pair: numbers or bits [lanes, lanes], and which rows were loaded."""

    type: str
    values: NDArray[Any]
    loaded: NDArray[np.bool_]


@dataclass
class Pair:
    """Two planes: weights by what they belong to, "both" or the plane's number, in the buffers and in the arrays."""

    buffers: dict[Any, Weights] = field(default_factory=dict)
    arrays: dict[Any, Weights] = field(default_factory=dict)


def of(weights: dict[Any, Weights], plane: int) -> Weights | None:
    return weights.get("both") or weights.get(plane)


def rows_of(name: str, streams: list[Bytes]) -> NDArray[Any]:
    """The rows of numbers, or of 16-bit values their bits, that 16 streams carry."""
    if name == "i4":
        halves = [half for stream in streams for half in (stream & 15, stream >> 4)]
        return np.array([(half.astype(int) + 8) % 16 - 8 for half in halves])
    if name in WIDE:
        return np.array([streams[j] + 256 * streams[j + 1].astype(np.uint16) for j in range(0, 16, 2)], np.uint16)
    return np.array([numbers_of(name, stream) for stream in streams])


def numbers_of(name: str, stream: Bytes) -> NDArray[np.int64]:
    return stream.view(np.int8 if name == "i8" else np.uint8).astype(np.int64)


class Model:
    """Four planes without accumulators. Nothing is put off: an activation is multiplied when it comes."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.pairs = (Pair(), Pair())
        self.exits: list[list[Exit]] = [[] for _ in range(PLANES)]

    def type(self, plane: int, installed: bool) -> str | None:
        pair = self.pairs[plane // 2]
        weights = of(pair.arrays if installed else pair.buffers, plane)
        return weights.type if weights else None

    def can_install(self, plane: int) -> bool:
        return plane % 2 == 0 or self.type(plane, False) not in WIDE

    def can_multiply(self, plane: int, name: str) -> bool:
        array = self.type(plane, True)
        return array == name if name in WIDE else array in ("i4", "i8", "u8")

    def load(self, plane: int, name: str, row: int, streams: list[Bytes]) -> None:
        buffers = self.pairs[plane // 2].buffers
        if self.type(plane, False) != name and (name in WIDE or "both" in buffers):
            buffers.clear()
        key = "both" if name in WIDE else plane
        if self.type(plane, False) != name:
            dtype = np.uint16 if name in WIDE else np.int64
            buffers[key] = Weights(name, np.zeros((self.lanes,) * 2, dtype), np.zeros(self.lanes, bool))
        rows = rows_of(name, streams)[: self.lanes - row]
        buffers[key].values[row : row + len(rows)] = rows
        buffers[key].loaded[row : row + len(rows)] = True

    def install(self, plane: int) -> None:
        pair = self.pairs[plane // 2]
        if "both" in pair.buffers or "both" in pair.arrays:
            kept: dict[Any, Weights] = {}
        else:
            kept = {key: weights for key, weights in pair.arrays.items() if key != plane}
        key = "both" if "both" in pair.buffers else plane
        if key in pair.buffers:
            kept[key] = pair.buffers.pop(key)
        pair.arrays = kept

    def item(self, plane: int, installed: bool) -> Bytes:
        """The data of a Plane: weights as bytes, of a pair the low ones in the even plane; which rows are loaded."""
        pair = self.pairs[plane // 2]
        weights = of(pair.arrays if installed else pair.buffers, plane)
        assert weights is not None
        values = weights.values >> 8 * (plane % 2) if weights.type in WIDE else weights.values
        loaded = np.ones(self.lanes) if installed else weights.loaded
        return np.concatenate([values.astype(np.uint8).ravel(), loaded.astype(np.uint8)])

    def activate(self, plane: int, name: str, streams: list[Bytes], maker: Numbers) -> None:
        array = of(self.pairs[plane // 2].arrays, plane)
        assert array is not None
        if name in WIDE:
            x = numbers(streams[0] + 256 * streams[1].astype(np.uint16), name)
            columns = (numbers(np.ascontiguousarray(column), name) for column in array.values.T)
            words = np.array([dot(x, column) for column in columns], np.uint32)
        else:
            words = (numbers_of(name, streams[0]) @ array.values).astype(np.uint32)
        self.exits[plane].append(Exit(maker, name in WIDE, words))
