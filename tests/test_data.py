"""Data directives: bytes, types, places; NumPy, ml_dtypes and exact fractions are the oracles."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from data_tools import codes, data_of, image_of, start, symbol, tensor
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.link import link
from asm.names.floats import decimal_text, round_text, round_value
from asm.syntax.literals import Decimal
from isa.image import Image, Tensor
from isa.machine import LPU1, LPU_TINY
from isa.types import TYPES

FLOATS = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32}


# Numbers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["i8", "i16", "i32", "u8", "u16", "u32"])
@given(data=st.data())
def test_integers_are_packed_as_numpy_packs_them(name: str, data: st.DataObject) -> None:
    t = TYPES[name]
    values = data.draw(st.lists(st.integers(t.low, t.high), min_size=1, max_size=9))
    raw = np.array(values, dtype=t.numpy).tobytes()
    image = image_of(f"x: .{name} {', '.join(map(str, values))}\n")
    assert data_of(image, "x") == raw + bytes(-len(raw) % 4)
    assert (tensor(image, "x").dtype, tensor(image, "x").shape) == (name, (len(values),))


@given(st.lists(st.integers(-8, 7), min_size=1, max_size=17))
def test_i4_are_packed_eight_to_a_word(values: list[int]) -> None:
    raw = data_of(image_of(f"x: .i4 {', '.join(map(str, values))}\n"), "x")
    nibbles = [half for byte in raw for half in (byte & 15, byte >> 4)]
    assert nibbles[: len(values)] == [value & 15 for value in values]
    assert not any(nibbles[len(values) :])
    assert len(raw) == 4 * -(-len(values) // 8)


@pytest.mark.parametrize("name", FLOATS)
@given(data=st.data())
def test_floats_are_the_nearest_to_the_decimal(name: str, data: st.DataObject) -> None:
    """No other number of the type is nearer to what is written; between two, the even one."""
    t = TYPES[name]
    digits, exponent = data.draw(st.integers(1, 10**20)), data.draw(st.integers(-70, 20))
    text = f"{digits}.0e{exponent}"
    bits = round_text(text, t)
    exact = Fraction(digits) * Fraction(10) ** exponent
    top = ((1 << t.exponent) - 1) << (t.significand - 1)
    if bits is None:
        assert exact >= (_value(name, top - 1) + _value(name, top - 2)) / 2
        return
    error = abs(_value(name, bits) - exact)
    for other in (bits - 1, bits + 1):
        if 0 <= other < top:
            distance = abs(_value(name, other) - exact)
            assert error < distance or (error == distance and bits % 2 == 0)


def _value(name: str, bits: int) -> Fraction:
    width = TYPES[name].bits
    return Fraction(float(np.array([bits], dtype=f"uint{width}").view(FLOATS[name])[0]))


@pytest.mark.parametrize("name", FLOATS)
@given(data=st.data())
def test_every_finite_float_has_a_decimal(name: str, data: st.DataObject) -> None:
    t = TYPES[name]
    bits = data.draw(st.integers(0, (1 << t.bits) - 1))
    text = decimal_text(bits, t)
    value = np.array([bits], dtype=f"uint{t.bits}").view(FLOATS[name])[0]
    assert bool(text) == bool(np.isfinite(np.float32(value)))
    if text:
        image = image_of(f"x: .{name} {text}\n")
        assert int.from_bytes(data_of(image, "x")[: t.bits // 8], "little") == bits


@pytest.mark.parametrize(("value", "text"), [
    (100, "100.0"), (-0.0, "-0.0"), (0.1, "0.1"), (1.5e-7, "1.5e-07"), (16777216, "16777216.0"), (3e38, "3e+38"),
])  # fmt: skip
def test_decimals_are_written_as_people_write_them(value: float, text: str) -> None:
    assert decimal_text(int(np.float32(value).view(np.uint32)), TYPES["f32"]) == text


@pytest.mark.parametrize("name", FLOATS)
def test_integers_among_floats_are_numbers_not_bits(name: str) -> None:
    raw = np.array([2, -2, 2048, 3], FLOATS[name]).tobytes()
    assert data_of(image_of(f"x: .{name} 2, -2, 2048, 1 + 2\n"), "x") == raw


def test_double_rounding_is_avoided() -> None:
    """1 + 2^-24 + 2^-60 is above the middle of two f32; as a double it is the middle, which rounds down."""
    exact = Fraction(1) + Fraction(1, 2**24) + Fraction(1, 2**60)
    text = f"{exact.numerator * 5**60 * 10**0 // 1}e-60" if exact.denominator == 2**60 else ""
    assert round_text(text.replace("e", ".0e"), TYPES["f32"]) == 0x3F800001
    assert round_value(float(Decimal(text)), TYPES["f32"]) == 0x3F800000


def test_numbers_out_of_range_are_refused() -> None:
    assert codes("x: .i8 128\n") == ["E-RANGE"]
    assert codes("x: .u8 -1\n") == ["E-RANGE"]
    assert codes("x: .i4 8\n") == ["E-RANGE"]
    assert codes("x: .i32 0x100000000\n") == ["E-RANGE"]
    assert codes("x: .f16 65520.0\n") == ["E-RANGE"]
    assert codes("x: .i32 1.5\n") == ["E-TYPE"]
    assert codes("x: .i32 0xFFFFFFFF\n") == []


def test_strings_are_bytes_of_utf_8() -> None:
    image = image_of('x: .ascii "grüße", "!!"\n')
    raw = "grüße!!".encode()
    assert len(raw) == 9
    assert data_of(image, "x") == raw + bytes(3)
    assert tensor(image, "x").shape == (9,)


def test_space_and_fill_count_as_written() -> None:
    image = image_of("x: .space 3\ny: .fill 2, -1\nz: .fill 1, 1.0\n")
    assert data_of(image, "x") == bytes(12)
    assert data_of(image, "y") == b"\xff" * 8
    assert data_of(image, "z") == np.float32(1).tobytes()


def test_addresses_are_words_with_references() -> None:
    image = image_of("here:   nop 1\n        .data\n        .org 0\nx: .i32 5, x + 1, here + 1, y - x\ny: .i32 1\n")
    words = np.frombuffer(data_of(link([image]), "x"), dtype=np.uint32)
    assert list(words) == [5, symbol(image, "x").value + 1, 1, 4, 1]
    found = {(r.kind, r.symbol, r.addend, r.address) for r in image.relocations if r.block >= 0}
    assert found == {("word", "x", 1, 1), ("target", "here", 1, 2)}


# Objects and places -----------------------------------------------------------------------------
def banks(image: Image, name: str) -> set[int]:
    group = symbol(image, name).group
    return {block.bank for block in image.blocks if block.group == group}


def test_objects_get_banks_of_their_own_and_parameters_share_one() -> None:
    image = image_of(".param n = 1\n.param m = 2\na: .i32 1\nb: .i32 2\n.array c: i32[5]\n")
    assert banks(image, "n") == banks(image, "m")
    taken = [banks(image, name) for name in "nabc"]
    assert len(set.union(*taken)) == 4


def test_a_large_object_takes_the_following_banks() -> None:
    image = image_of(f".array a: i32[{LPU_TINY.words_per_bank * 2 + 1}]\nb: .i32 1\n")
    assert len(banks(image, "a")) == 3
    assert not banks(image, "a") & banks(image, "b")


def test_when_banks_run_out_they_are_shared() -> None:
    lines = [f"a{number}: .i32 {number}" for number in range(LPU_TINY.total_banks + 3)]
    image = image_of("\n".join(lines) + "\n")
    starts = {symbol(image, f"a{number}").value for number in range(len(lines))}
    assert len(starts) == len(lines)
    assert all(value % LPU_TINY.words_per_row == 0 for value in starts)


def test_places_of_the_source_are_kept() -> None:
    image = image_of(
        ".data mw1.1\na: .i32 1\nb: .i32 2\n.org 24\nc: .i32 3\nd: .i32 4\n.data me0\n.row 70\ne: .i32 5\n"
        ".array f: i32[2] @ me3.0\n"
    )
    bank = LPU_TINY.words_per_bank
    assert banks(image, "a") == banks(image, "b") == {3}
    assert symbol(image, "c").value == 3 * bank + 24
    assert symbol(image, "d").value == 3 * bank + 25
    east = LPU_TINY.bank_number(1, 0, 0) * bank
    assert symbol(image, "e").value == east + 70 * LPU_TINY.words_per_row
    assert banks(image, "f") == {LPU_TINY.bank_number(1, 3, 0)}
    fixed = {block.group for block in image.blocks if block.fixed}
    assert fixed == {symbol(image, "c").group, symbol(image, "e").group}


@given(st.lists(st.integers(1, 1500), max_size=12))
def test_no_two_objects_share_a_word(sizes: list[int]) -> None:
    text = "".join(f".array a{i}: i32[{n}]\n" for i, n in enumerate(sizes))
    result = assemble(text, machine=LPU_TINY)
    if result.image is None:
        assert sum(sizes) > LPU_TINY.words // 2
        return
    runs = sorted((start(result.image, b), start(result.image, b) + b.words) for b in result.image.blocks)
    assert all(end <= following for (_, end), (following, _) in pairwise(runs))


def test_memory_that_does_not_suffice_says_how_much_is_missing() -> None:
    first = f".array a: i32[{LPU_TINY.words - 10}]\n"
    found = assemble(first + ".array b: i32[11]\n", machine=LPU_TINY).diagnostics
    assert [d.code for d in found] == ["E-PLACE"]
    assert str(LPU_TINY.words) in found[0].message


def test_alignment_pads_with_words_never_written() -> None:
    image = image_of("a: .i32 1\n.align 8\n.i32 2\n.row\n.i32 3\n")
    blocks = [(start(image, b), bool(b.data)) for b in image.blocks]
    assert blocks == [(0, True), (1, False), (8, True), (9, False), (16, True)]
    assert [b.words for b in image.blocks] == [1, 7, 1, 7, 1]


# Declarations and files -------------------------------------------------------------------------
def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@pytest.mark.parametrize("name", TYPES)
def test_arrays_are_read_from_npy_files(name: str, tmp_path: Path) -> None:
    t = TYPES[name]
    dtype = np.dtype(getattr(np, t.numpy, None) or getattr(ml_dtypes, t.numpy))
    array = np.arange(-6, 6).reshape(3, 4).astype(dtype) if t.kind != "u" else np.arange(12).reshape(3, 4).astype(dtype)
    (tmp_path / "a.npy").write_bytes(npy(array))
    image = image_of(f'.array a: {name}[3, 4] = "a.npy"\n', include_paths=[tmp_path])
    if t.bits < 8:
        nibbles = [int(value) & 15 for value in array.astype(np.int8).reshape(-1)]
        expected = bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    else:
        expected = array.tobytes()
    assert data_of(image, "a")[: len(expected)] == expected
    assert tensor(image, "a").shape == (3, 4)


def test_fortran_order_and_big_endian_files_mean_the_same(tmp_path: Path) -> None:
    array = np.arange(6, dtype=">i4").reshape(2, 3)
    (tmp_path / "a.npy").write_bytes(npy(np.asfortranarray(array)))
    image = image_of('.array a: i32[2, 3] = "a.npy"\n', include_paths=[tmp_path])
    assert data_of(image, "a") == np.arange(6, dtype="<i4").tobytes()


def test_a_tensor_lies_in_rows_of_byte_planes(tmp_path: Path) -> None:
    array = np.arange(3 * 40, dtype=np.float32).reshape(3, 40)
    (tmp_path / "x.npy").write_bytes(npy(array))
    image = image_of('.tensor x: f32[3, 40] @ me0..me3 = "x.npy"\n', include_paths=[tmp_path])
    found = tensor(image, "x")
    assert (found.slice, found.slices, found.row, found.layout) == (64, 4, 0, "rows")
    raw = array.view(np.uint8).reshape(3, 40, 4)
    padded = np.zeros((3, 64, 4), np.uint8)
    padded[:, :40] = raw
    for plane in range(4):
        block = next(b for b in image.blocks if b.bank == LPU_TINY.bank_number(1, plane, 0))
        assert block.data == padded[:, :, plane].tobytes()


def test_mxm_tensors_need_sixteen_slices() -> None:
    result = assemble(".tensor w: i8[320, 320] @ mw0..mw15 layout mxm\n", machine=LPU1)
    assert result.image is not None
    assert {LPU1.bank_place(b.bank)[1] for b in result.image.blocks} == set(range(16))
    assert {b.words for b in result.image.blocks} == {20 * LPU1.words_per_row}
    assert codes(".tensor w: i8[32, 32] layout mxm\n") == ["E-PLACE"]


# Values with a shape ----------------------------------------------------------------------------
def values_of(name: str, count: int) -> st.SearchStrategy[list[int]]:
    """Integers that every type holds exactly, in its range."""
    low, high = (TYPES[name].low, TYPES[name].high) if name not in FLOATS else (-256, 256)
    return st.lists(st.integers(low, high), min_size=count, max_size=count)


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_an_array_takes_its_values_row_by_row(name: str, data: st.DataObject) -> None:
    t = TYPES[name]
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    values = data.draw(values_of(name, rows * columns))
    image = image_of(f".array x: {name}[{rows}, {columns}] = {', '.join(map(str, values))}\n")
    if t.bits < 8:
        nibbles = [value & 15 for value in values] + [0] * 7
        raw = bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=False))
        raw = raw[: -(-len(values) // 8) * 4]
    else:
        raw = np.array(values).astype(FLOATS.get(name, t.numpy)).tobytes()
    assert data_of(image, "x") == raw + bytes(-len(raw) % 4)
    assert (tensor(image, "x").shape, tensor(image, "x").layout) == ((rows, columns), "linear")


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("layout", ["rows", "tiles", "mxm"])
def test_a_tensor_with_values_is_the_one_from_a_file(name: str, layout: str, tmp_path: Path) -> None:
    values = np.arange(3 * 40).reshape(3, 40) % 7
    dtype = np.dtype(getattr(np, TYPES[name].numpy, None) or getattr(ml_dtypes, TYPES[name].numpy))
    (tmp_path / "x.npy").write_bytes(npy(values.astype(dtype)))
    place = "@ mw0..mw15" if layout == "mxm" else ""
    head = f".tensor x: {name}[3, 40] {place} layout {layout} = "
    written = assemble(f"{head}{', '.join(map(str, values.reshape(-1)))}\n", machine=LPU1).image
    read = assemble(f'{head}"x.npy"\n', machine=LPU1, include_paths=[tmp_path]).image
    assert written is not None
    assert read is not None
    assert (written.blocks, written.tensors) == (read.blocks, read.tensors)
    assert any(any(block.data) for block in written.blocks)


def test_values_with_a_shape_are_expressions_and_addresses() -> None:
    image = image_of(".set i = 5\n.array x: i32[2, 2] = i, sizeof(x), y + 1, x + 3\n.set i = 6\ny: .i32 0\n")
    executable = link([image])
    x, y = (symbol(executable, name).value for name in "xy")
    assert data_of(executable, "x") == np.array([5, 4, y + 1, x + 3], "<i4").tobytes()


def test_arrays_with_values_follow_one_another_after_org() -> None:
    image = image_of(".data mw1.0\n.org 8\n.array a: i8[1, 3] = 1, 2, 3\n.array b: i16[2, 1] = 4, 5\n")
    assert [symbol(image, name).value % LPU_TINY.words_per_bank for name in "ab"] == [8, 9]
    assert data_of(image, "a") == bytes([1, 2, 3, 0, 4, 0, 5, 0])


HOSTILE = {
    "empty": b"",
    "text": b"hello",
    "truncated header": npy(np.arange(3, dtype=np.int32))[:20],
    "truncated data": npy(np.arange(3, dtype=np.int32))[:-1],
    "more data": npy(np.arange(3, dtype=np.int32)) + b"x",
    "dtype": npy(np.arange(3, dtype=np.int64)),
    "shape": npy(np.arange(4, dtype=np.int32)),
    "objects": npy(np.array([1, 2, 3], dtype=object)),
    "version 3": b"\x93NUMPY\x03\x00\x10\x00\x00\x00{}",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_files_that_do_not_fit_are_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(HOSTILE[kind])
    result = assemble('.array a: i32[3] = "a.npy"\n', machine=LPU_TINY, include_paths=[tmp_path])
    assert [d.code for d in result.diagnostics] == ["E-DATA"]
    assert result.diagnostics[0].message.startswith("`a.npy` cannot initialise `a`: it")


@given(st.binary(max_size=80), st.integers(0, 200))
def test_damaged_npy_files_are_errors_not_crashes(noise: bytes, where: int) -> None:
    from asm.data.files import BadFile, read_npy

    whole = npy(np.arange(3, dtype=np.int32))
    damaged = whole[:where] + noise + whole[where + len(noise) :]
    try:
        assert read_npy(damaged, Tensor("a", "i32", (3,))).shape == (3,)
    except BadFile as problem:
        assert str(problem)


def test_incbin_takes_the_bytes_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "raw.bin").write_bytes(b"\x01\x02\x03\x04\x05")
    image = image_of('x: .incbin "raw.bin"\n', include_paths=[tmp_path])
    assert data_of(image, "x") == b"\x01\x02\x03\x04\x05\0\0\0"
    assert (tensor(image, "x").dtype, tensor(image, "x").shape) == ("u8", (5,))


def test_inputs_and_outputs_keep_their_order() -> None:
    image = image_of("a: .i32 1\nb: .i32 2\n.input b, a\n.output a\n")
    assert (tensor(image, "b").input_order, tensor(image, "a").input_order) == (0, 1)
    assert tensor(image, "a").is_output
    assert not tensor(image, "b").is_output


def test_parameters_are_a_word_and_a_constant() -> None:
    image = image_of(".param n = 3\n.param f = 0.5\n.array a: i32[n]\n", defines={"n": 5})
    assert symbol(image, "n").constant == 5
    assert int.from_bytes(data_of(image, "n")[:4], "little") == 5
    assert data_of(image, "f")[:4] == np.float32(0.5).tobytes()
    assert tensor(image, "a").shape == (5,)


def test_a_directive_may_declare_several_parameters() -> None:
    for text in (".param n = 3, m = n + 1, k\n", ".param n, 3\n.param m = 4\n.param k\n"):
        image = image_of(text, defines={"k": 9})
        assert [symbol(image, name).constant for name in "nmk"] == [3, 4, 9]
        assert [data_of(image, name)[:4] for name in "nmk"] == [value.to_bytes(4, "little") for value in (3, 4, 9)]
        assert all(tensor(image, name).shape == (1,) for name in "nmk")
