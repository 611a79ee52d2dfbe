"""Tensors that `.input` and `.output` declare, and elements that an expression gives their values."""

from __future__ import annotations

import numpy as np
import pytest
from data_tools import data_of, image_of, tensor

from asm.assemble import assemble


def test_inputs_and_outputs_declare_tensors() -> None:
    image = image_of(
        "a: .i32 1\n.input x: i8[3, 4] @ mw1, a, y: f32[2, 4] @ auto\n.output z: i8[6, 4] @ me2 layout tiles\n"
    )
    assert [tensor(image, name).input_order for name in "xay"] == [0, 1, 2]
    declared = tensor(image, "z")
    assert (declared.dtype, declared.shape, declared.layout, declared.is_output) == ("i8", (6, 4), "tiles", True)
    assert not declared.is_input and not tensor(image, "x").is_output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".input x @ mw1", "`.input` takes one declaration"),
        (".output x: i8[2] @ mw1 layout round", "`.output` has no layout `round`"),
        (".input x: i8[2] @ mw1, 3", "`.input` takes names"),
    ],
)
def test_what_inputs_do_not_declare(text: str, message: str) -> None:
    assert [problem.message for problem in assemble(text + "\n").diagnostics] == [message]


def test_an_expression_gives_each_element_its_value() -> None:
    text = ".equ n = 4\n.array a: i16[n, 3] = each(i, j, 10 * i - j)\n.array b: f32[3] = each(x, x * 0.5)\n"
    text += ".tensor m: u16[2, 320] @ mw2..mw3 = each(k, lane, (lane + 320 - 16 * k) % 320)\n"
    image = image_of(text)
    i, j = np.indices((4, 3))
    assert data_of(image, "a") == (10 * i - j).astype(np.int16).tobytes()
    assert data_of(image, "b") == np.array([0, 0.5, 1], np.float32).tobytes()
    maps = np.array([np.arange(320), np.roll(np.arange(320), 16)], np.uint16)
    assert data_of(image, "m") == (maps & 0xFF).astype(np.uint8).tobytes()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("each(i)", "E-EXPR: `each` takes a name for each of 2 axes and an expression"),
        ("each()", "E-EXPR: `each` takes a name for each of 2 axes and an expression"),
        ("each(i, i, i)", "E-EXPR: `each` takes a name for each of 2 axes and an expression"),
        ("each(i, 2, i)", "E-EXPR: `each` takes a name for each of 2 axes and an expression"),
        ("each(i, j, i + k)", "E-UNDEFINED: `k` is not defined"),
        ("each(i, j, i - 100 * j)", "E-RANGE: -200 does not fit i8; it must be between -128 and 127"),
        ("each(i, j, 1 / j)", "E-EXPR: `/` by zero"),
        ("each(i, j, x)", "E-TYPE: an element is the address of `x`; it must be a number"),
        ("each(i, j, 1), 2", "E-DIRECTIVE: `a` takes its values from `each` or from here, not from both"),
    ],
)
def test_what_gives_no_element_its_value(value: str, message: str) -> None:
    found = assemble(f"x: .i32 1\n.array a: i8[2, 3] = {value}\n").diagnostics
    assert [f"{problem.code}: {problem.message}" for problem in found] == [message]


def test_too_many_elements_belong_in_a_file() -> None:
    (problem,) = assemble(".array a: i8[2048, 1024] = each(i, j, i)\n").diagnostics
    assert problem.message == "`each` makes at most 1048576 elements, not 2097152"
