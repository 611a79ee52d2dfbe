"""Arguments of macros that hold no brackets and strings are split at once, as the others are bit by bit."""

from __future__ import annotations

import re
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from asm.expand import macros

EVERYTHING = re.compile("")
texts = st.text(alphabet="ab1 ,\t\"'()[]|}\\", max_size=12)


@given(texts, st.integers(0, 3), st.sampled_from([(), macros.OP_ENDS]), st.frozensets(st.integers(1, 8), max_size=2))
def test_both_ways_agree(text: str, start: int, ends: tuple[str, ...], begins: frozenset[int]) -> None:
    found = macros.split_arguments(text, start, ends, begins)
    with patch.object(macros, "GROUPING", EVERYTHING):
        assert macros.split_arguments(text, start, ends, begins) == found
