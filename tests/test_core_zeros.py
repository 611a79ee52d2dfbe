"""csrc/zeros.c and the floating-point environment of the host: what machines take, and what runs leave alone."""

from __future__ import annotations

import ctypes

import pytest
from core_library import library

LIBRARY = library("zeros.c")
LIBRARY.lpu_zeros.restype = ctypes.c_void_p
LIBRARY.lpu_zeros.argtypes = ctypes.c_size_t, ctypes.c_size_t
LIBRARY.lpu_free_zeros.argtypes = (ctypes.c_void_p,)


@pytest.mark.parametrize("size", [0, 1, 1000, (1 << 16) - 128, 1 << 16, 1 << 20])
def test_memory_is_zero_again_and_again(size: int) -> None:
    for _ in range(3):
        memory = LIBRARY.lpu_zeros(size, 1)
        assert memory % 64 == 0
        assert not any(ctypes.string_at(memory, size))
        ctypes.memset(memory, 0xFF, size)
        LIBRARY.lpu_free_zeros(memory)


def test_what_is_too_large_is_none() -> None:
    assert LIBRARY.lpu_zeros(1 << 40, 1 << 40) is None
    LIBRARY.lpu_free_zeros(None)
