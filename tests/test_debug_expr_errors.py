"""What is no expression is said at once, with its place, whatever it is; files that `load` takes and refuses."""

from __future__ import annotations

import io
import json
import os
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from expr_tools import error_of, machine_of, machine_with
from hypothesis import given
from hypothesis import strategies as st

from debugger.expr import assign, evaluate, holds, names, resolve, watched, watches
from isa.diagnostics import SourceError
from isa.image import TEXT, Symbol, Tensor
from vm.machine import Machine


def any_machine() -> Machine:
    return machine_of(Tensor("X", "i32", (4,)))


# Text -------------------------------------------------------------------------------------------
HOSTILE = [
    "", " ", "(", ")", "(" * 10_000, "-" * 3000 + "1", "not " * 900 + "1", "X" + "[0]" * 1000, "1+" * 1900 + "1",
    "9**9**9", "9**9**9**9", "1 << 10**9", "1 << (1 << 30)", "2**4095 * 2**4095", "-1 << -1", "r1 >> -1", "9" * 4500,
    "().__class__", "(1).__class__.__bases__[0]", "X.__class__", "X.tolist()", "lambda: 0", "[x for x in X]",
    "{1: 2}", "{1}", "(1, 2)", "[1]", "(y := 3)", "await X", "yield", "*X", "f'{X}'", "'text'", "b'x'", "...", "None",
    "1j", "X if X else X", "exec('1')", "eval(1)", "__import__('os')", "open(1)", "print(X)", "X = 3", "X; X", "X\nX",
    "import os", "\0", "\ud800", "\x1b[31m", "r1 is r1", "r1 in X", "X[", "X[0", "X[0]]", "X[::0]", "X['a']",
    "X[1.5]", "X[None]", "X[0, 0]", "X[9]", "X[-9]", "X[...,...]", "r1[0]", "cc.f32", "r1.f64", "X.addr.f9",
    "nope", "se4", "se4@", "@vxm", "se4@r1", "r1@vxm", "se4@vxm@vxm", "se99@vxm", "v99", "acc9", "acc0[5000]",
    "mw99[0]", "mem[99999999999999999999]", "mem[-99999999]", "load", "load()", "load(1)", "load('a', 'b')",
    "load(x='a')", "sum()", "sum(1, 2)", "ulp(1)", "ulp(1, 2)", "max(X[0:0])", "first(X)", "1 / 0", "1 // 0", "1 % 0",
    "X // 0", "X << 64", "X ** 64", "X * 10**30", "(-8) ** 0.5", "10**300 * 10**300 * 1.0", "10.0**400", "X @ X",
    "hex(load('x'))", "f16(10**9)", "i8(300)", "i32(0.5)", "u8(nan)", "1.5.f32", "r1 and", "X[X > 0, 0]",
    "X[load('x')]", "~1.5", "X & 1.5",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_expression_is_said_at_once(text: str) -> None:
    began = process_time()
    diagnostic = error_of(any_machine(), text)
    assert process_time() - began < 2
    assert diagnostic.message
    assert "\n" not in diagnostic.message
    assert len(diagnostic.message) < 400
    assert diagnostic.place is not None
    assert (diagnostic.place.file, diagnostic.place.line) == ("<expression>", 1)
    assert 1 <= diagnostic.place.column < diagnostic.place.end_column
    assert diagnostic.place.column <= max(len(text), 1) + 1


def test_a_text_of_a_megabyte_is_refused() -> None:
    message = error_of(any_machine(), "1+" * (1 << 19) + "1").message
    assert message == "an expression has at most 4000 characters, this one has 1048577"


@given(st.text(max_size=60) | st.text("rX0123456789+-*/()[]:.,@<>=!&|^~'\" selvw", max_size=60))
def test_no_text_does_harm(text: str) -> None:
    """Every question about any text is answered, or refused with a code and a place."""
    machine = any_machine()
    for question in (evaluate, holds, resolve, watches, watched):
        try:
            question(machine, text)
        except SourceError as error:
            assert {each.code for each in error.diagnostics} == {"E-EXPR"}
    try:
        assign(machine, "X", text)
        assign(machine, text, "1")
    except SourceError as error:
        assert {each.code for each in error.diagnostics} == {"E-EXPR"}


# fmt: off
LEAVES = ["X", "F", "B", "N", "r1", "cc", "v0", "acc0", "acc0[5]", "se4@vxm", "P0", "mapw0", "mem[5]", "mw4", "mw4[1]",
          "pc", "loops", "3", "0", "-1", "2.5", "True", "nan", "X[0]", "F[1, 0]", "N[0]", "shape(F)",
          "99999999999999999999"]
BINARY = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "==", "!=", "<", ">=", " and ", " or "]
SUFFIXES = [".f32", ".u8", ".i32", ".i4", ".bf16", ".w2", ".addr", "[0]", "[-1]", "[1:]", "[::2]", "[::-1]", "[0, 0]",
            "[...]", "[X > 0]", "[first(X)]", "[N]"]
CALLS = ["abs", "any", "all", "count", "first", "min", "max", "sum", "mean", "shape", "hex", "nan", "inf", "f16",
         "i8", "i32"]
# fmt: on
FORMS = [
    *(f"({{}}{operator}{{}})" for operator in BINARY),
    *(f"{function}({{}})" for function in [*CALLS, "-", "~", "not "]),
    *(f"({{}}){suffix}" for suffix in SUFFIXES),
    "where({}, {}, {})",
    "ulp({}, {})",
    "({} if {} else {})",
]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """Texts that can be read, with any operator on anything."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(LEAVES))
    form = draw(st.sampled_from(FORMS))
    return form.format(*(draw(expressions(depth - 1)) for _ in range(form.count("{}"))))


@given(expressions())
def test_any_operator_on_anything_is_a_value_or_refused(text: str) -> None:
    machine = mixed_machine()
    try:
        shown = evaluate(machine, text)
    except SourceError as error:
        assert {each.code for each in error.diagnostics} == {"E-EXPR"}
        return
    assert shown.shape == np.shape(shown.value)
    assert shown.held is None or shown.held.shape == shown.shape
    assert shown.lines()[0].startswith(f"{text} = ")
    json.dumps(shown.as_data(), allow_nan=False)


@cache
def mixed_machine() -> Machine:
    """A machine with numbers of several types, some of them missing, NaN or infinite."""
    machine = any_machine()
    for name, dtype, word in (("F", "f32", 2000), ("B", "bf16", 2100), ("N", "i4", 2200)):
        machine.image.tensors.append(Tensor(name, dtype, (2, 3)))
        machine.image.symbols.append(Symbol(name, "data", "local", word))
    machine["X"] = np.array([0, 1, -(2**31), 2**31 - 1], np.int32)
    assign(machine, "F[0]", "nan")(machine)
    assign(machine, "F[1, 1]", "inf")(machine)
    assign(machine, "B", "-1.5")(machine)
    assign(machine, "N[1]", "-8")(machine)
    assign(machine, "v0.f32", "0.5")(machine)
    return machine


@pytest.mark.parametrize(
    ("text", "columns"),
    [("r1 + nope", (6, 10)), ("  nope", (3, 7)), ("X[0] + X[7]", (8, 12)), ("é + X", (1, 2)), ("X + (é)", (6, 7)),
     ("2 * se99@vxm", (5, 13)), ("abs(X, X)", (1, 10)), ("X[1.5]", (3, 6)), ("3 + )", (5, 6)),
     ("  X +  ", (6, 7)), ("X 3", (3, 4)), ("X[0", (2, 3))],
)  # fmt: skip
def test_the_place_of_an_error_is_that_of_its_part(text: str, columns: tuple[int, int]) -> None:
    place = error_of(any_machine(), text).place
    assert place is not None
    assert (place.column, place.end_column) == columns


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("XX", "did you mean `X`?"), ("cycl", "did you mean `cycle`?"), ("X.f23", "did you mean `f32`?"),
        ("summ(X)", "did you mean `sum`?"), ("x", "did you mean `X`?"), ("R7", "did you mean `r7`?"),
        ("p0", "did you mean `P0`?"), ("r1 && r2", "write `and`"), ("!r1", "write `not`"),
        ("r1 = 3", "`==` compares; an expression changes nothing"), ("$r1", "registers are r0 to r31"),
        ("r1 ? 2 : 3", "write `A if TEST else B`"),
    ],
)  # fmt: skip
def test_help_names_what_was_meant(text: str, help_: str) -> None:
    assert error_of(any_machine(), text).help == help_


@pytest.mark.parametrize(
    ("target", "value", "message"),
    [
        ("r1", "2**32", "4294967296 does not fit u32, which holds 0 to 4294967295"),
        ("r1", "-2**31 - 1", "-2147483649 does not fit i32, which holds -2147483648 to 2147483647"),
        ("r1", "1.5", "1.5 is no integer, and i32 takes no others"),
        ("r1", "X", "r1 takes one number, not [4] of them"),
        ("r1.f16", "70000", "70000.0 is too large for f16"),
        ("cc", "16", "the condition code cannot be 16; it has four bits, 0 to 15"),
        ("X", "X[0:3]", "X has shape [4] and takes no [3]"),
        ("pc", "3", "pc is a value, not a place that holds one"),
        ("1 + X", "3", "1 + X is a value, not a place that holds one"),
        ("acc0", "3", "acc0 has 1024 rows"),
    ],
)
def test_what_cannot_be_assigned(target: str, value: str, message: str) -> None:
    machine = any_machine()
    assign(machine, "X", "0")(machine)
    with pytest.raises(SourceError) as raised:
        assign(machine, target, value)
    assert raised.value.diagnostics[0].message == message


# Names ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["in", "is", "lambda", "for", "max", "pc", "acc0", "a.b", "first", "r"])
def test_the_names_of_a_program_come_first(name: str) -> None:
    machine = machine_of(Tensor(name, "i32", (2,)))
    machine[name] = np.array([5, 6], np.int32)
    assert evaluate(machine, f"{name}[1] + {name}[0]").value == 11
    assert resolve(machine, name).bytes == tuple(machine.addresses(name).reshape(-1).tolist())
    assert evaluate(machine, "_pc").value == machine.state.pc


def test_a_tensor_with_the_name_of_a_unit_is_watched_as_a_tensor() -> None:
    assert [each.kind for each in watches(machine_of(Tensor("A0", "i32", (2,))), "A0")] == ["write"]
    assert [each.kind for each in watches(any_machine(), "A0")] == ["unit"]


def test_labels_are_addresses_and_areas_are_words() -> None:
    machine = any_machine()
    machine.image.symbols += [Symbol("loop", TEXT, "local", 7), Symbol("area", "data", "local", 10, 3)]
    assert evaluate(machine, "loop + 1").value == 8
    assign(machine, "area[2]", "99")(machine)
    assert evaluate(machine, "mem[12]").value == 99
    assert evaluate(machine, "area").shape == (3,)
    assert evaluate(machine, "area.addr").value == 10
    assert evaluate(machine, "X[2].addr").value == 1237 + 2


def test_names_are_those_that_are_evaluated() -> None:
    machine = any_machine()
    found = names(machine)
    assert len(found) == len(set(found))
    assert {"X", "r0", "r31", "cc", "v15", "acc3", "P3", "mapw7", "mem", "mw15", "se31", "cycle", "vxm"} <= set(found)
    places = {"vxm", "mxm_w", "mxm_e", "sxm_w", "sxm_e"}
    streams = [name for name in found if name.startswith(("se", "sw"))]
    for name in set(found) - places - set(streams):
        assert evaluate(machine, name).text == name
    for name in streams:
        assert evaluate(machine, f"{name}@vxm").is_absent


# Files ------------------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


ARRAYS: list[Any] = [
    np.arange(12, dtype=np.float32).reshape(3, 4), np.arange(4, dtype=">i4"), np.array(3.5), np.array([True, False]),
    np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)), np.zeros((0, 3), np.float16),
    np.arange(3, dtype=np.uint64),
]  # fmt: skip


@pytest.mark.parametrize("array", ARRAYS, ids=range(len(ARRAYS)))
def test_arrays_are_loaded(array: Any, folder: Path) -> None:
    np.save("a.npy", array)
    found = evaluate(any_machine(), 'load("a.npy")')
    assert found.shape == array.shape
    np.testing.assert_array_equal(found.value, array)


def test_a_file_is_read_again_when_it_has_changed(folder: Path) -> None:
    for number in (1.0, 2.0):
        np.save("a.npy", np.full(3, number))
        os.utime("a.npy", ns=(0, int(number)))
        assert evaluate(any_machine(), 'max(load("a.npy"))').value == number


def test_types_that_files_have_no_name_for(folder: Path) -> None:
    array = np.array([1.5, -2.0], ml_dtypes.bfloat16)
    np.save("b.npy", array)
    machine = machine_with("bf16", array)
    assert evaluate(machine, 'load("b.npy")').dtype == "bf16"
    assert holds(machine, 'all(X == load("b.npy"))')
    assert evaluate(machine, 'ulp(X, load("b.npy"))').value.tolist() == [0, 0]
    assign(machine, "X", 'load("b.npy") * 2')(machine)
    assert evaluate(machine, "X").value.astype(np.float32).tolist() == [3.0, -4.0]


def objects() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    return buffer.getvalue()


FILES: dict[str, bytes] = {
    "pickle.npy": objects(), "empty.npy": b"", "text.npy": b"hello", "short.npy": b"\x93NUMPY\x01\x00\x76\x00{",
    "binary.npy": bytes(range(256)) * 4,
    "cut.npy": b"\x93NUMPY\x01\x00\x36\x00{'descr': '<f4', 'fortran_order': False, 'shape': (99,)}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", [*FILES, "missing.npy", "/dev/zero", "/dev/null", ".", "a\0b", "", "x" * 3000])
def test_files_that_are_refused(name: str, folder: Path) -> None:
    for each, data in FILES.items():
        (folder / each).write_bytes(data)
    text = f"load({name!r})"
    diagnostic = error_of(any_machine(), text)
    assert diagnostic.message


def test_strings_of_text_are_refused(folder: Path) -> None:
    np.save("s.npy", np.array(["a", "b"]))
    assert error_of(any_machine(), 'load("s.npy")').message == "s.npy: it holds <U1, not numbers of up to 64 bits"
