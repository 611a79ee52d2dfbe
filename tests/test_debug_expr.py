"""Expressions of the debugger: tensors of every type and layout are what NumPy makes of them, read and written."""

from __future__ import annotations

import numpy as np
import pytest
from expr_tools import bits, index_text, indices, machine_of, random_elements, tensors
from hypothesis import given
from hypothesis import strategies as st

from debugger.expr import assign, evaluate, resolve, watches
from isa.image import Tensor
from isa.types import TYPES


@given(st.data(), tensors(), st.integers(0, 99))
def test_a_part_of_a_tensor_is_that_of_the_array(data: st.DataObject, tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor)
    machine["X"] = array = random_elements(tensor, seed)
    index = data.draw(indices(tensor.shape))
    found = evaluate(machine, f"X{index_text(index)}")
    assert (found.dtype, found.shape) == (tensor.dtype, array[index].shape)
    assert found.held is None
    if found.shape:
        np.testing.assert_array_equal(bits(found.value), bits(array[index]))
    else:
        np.testing.assert_array_equal(found.value, array[index].item())


@given(st.data(), tensors(), st.integers(0, 99))
def test_assigning_changes_the_part_and_nothing_else(data: st.DataObject, tensor: Tensor, seed: int) -> None:
    machine = machine_of(tensor, data.draw(st.sampled_from(("core", "reference"))))
    machine["X"] = array = random_elements(tensor, seed)
    index = data.draw(indices(tensor.shape))
    before = bytes(machine.engine.sram())
    assign(machine, f"X{index_text(index)}", "-1" if TYPES[tensor.dtype].kind != "u" else "5")(machine)
    array = array.copy()
    array[index] = -1 if TYPES[tensor.dtype].kind != "u" else 5
    np.testing.assert_array_equal(bits(machine["X"]), bits(array))
    own = machine.addresses("X")[index].reshape(-1)
    changed = np.flatnonzero(np.frombuffer(before, np.uint8) != machine.sram)
    assert set(changed.tolist()) <= set(own.tolist())


@given(st.data(), tensors())
def test_targets_and_watches_are_the_bytes_of_the_elements(data: st.DataObject, tensor: Tensor) -> None:
    machine = machine_of(tensor)
    index = data.draw(indices(tensor.shape).filter(lambda index: np.empty(tensor.shape)[index].size > 0))
    target = resolve(machine, f"X{index_text(index)}")
    expected = machine.addresses("X")[index]
    assert target.bytes == tuple(expected.reshape(-1).tolist())
    assert (target.kind, target.dtype, target.shape) == ("memory", tensor.dtype, expected.shape[:-1])
    watched = {byte for watch in watches(machine, target.text, "read") for byte in range(watch.first, watch.last + 1)}
    own, all_bytes = set(target.bytes), set(machine.addresses("X").reshape(-1).tolist())
    assert own <= watched
    assert watched == own or own == all_bytes  # of a whole tensor the padding is watched, too


@given(st.data(), tensors())
def test_an_element_is_there_when_all_its_bytes_are_written(data: st.DataObject, tensor: Tensor) -> None:
    """Of a whole tensor as of a part of it, whatever bytes were written."""
    machine = machine_of(tensor)
    addresses = machine.addresses("X")
    chosen = data.draw(st.lists(st.sampled_from(sorted(set(addresses.reshape(-1).tolist()))), max_size=9))
    for address in chosen:
        machine.engine.load(address, b"\x01")
    if data.draw(st.booleans()):
        index = data.draw(indices(tensor.shape))
        machine.engine.load(int(addresses[index].reshape(-1)[0]) if addresses[index].size else 0, b"\x02")
    bits = np.unpackbits(np.frombuffer(machine.engine.written(), np.uint8), bitorder="little")
    expected = bits[addresses].all(axis=-1)
    whole, part = evaluate(machine, "X"), evaluate(machine, "X[::-1]")
    assert (whole.held is None) == expected.all()
    np.testing.assert_array_equal(np.ones(tensor.shape) if whole.held is None else whole.held, expected)
    np.testing.assert_array_equal(np.ones(tensor.shape) if part.held is None else part.held, expected[::-1])


@pytest.mark.parametrize("text", ["r3", "r3.f32", "r3.i32", "cc"])
def test_registers_are_read_as_they_were_written(text: str, engine: str) -> None:
    machine = machine_of(Tensor("X", "i32", (1,)), engine)
    assign(machine, text, "7")(machine)
    assert evaluate(machine, text).value == 7
