"""Where single elements lie is where the layouts put whole tensors."""

from __future__ import annotations

import numpy as np
from expr_tools import SPEC, machine_of, tensors, word_of
from hypothesis import given

from isa.image import Tensor
from isa.layout import element_places
from isa.types import TYPES


@given(tensors())
def test_elements_lie_where_whole_tensors_put_them(tensor: Tensor) -> None:
    axes = np.ix_(*map(np.arange, tensor.shape))
    first, nibble, apart = element_places(tensor, SPEC, word_of(tensor), axes)
    found = first[..., None] + apart * np.arange(TYPES[tensor.dtype].planes)
    np.testing.assert_array_equal(found, machine_of(tensor).addresses("X"))
    assert nibble.shape == tensor.shape
    assert nibble.max() <= (TYPES[tensor.dtype].bits < 8)


@given(tensors().filter(lambda tensor: TYPES[tensor.dtype].bits < 8))
def test_two_nibbles_of_a_byte_are_two_elements(tensor: Tensor) -> None:
    first, nibble, _ = element_places(tensor, SPEC, word_of(tensor), np.ix_(*map(np.arange, tensor.shape)))
    places = 2 * first + nibble
    assert len(np.unique(places)) == places.size
