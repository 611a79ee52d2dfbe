"""Letters of ops: one each, the same in every picture of a program."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from view_tools import generated, kernel

from debugger.views.floor import floor
from debugger.views.letters import TOO_MANY, letters
from debugger.views.timeline import timeline
from isa.codec import bundle_starts, decode_bundle


@given(st.integers(0, 1 << 20), st.data())
def test_ops_have_letters_of_their_own(seed: int, data: st.DataObject) -> None:
    image = generated(seed)
    starts = bundle_starts(image.text)
    ops = [(pc, slot) for pc in starts for slot in range(len(decode_bundle(image.text, pc)[0]))]
    chosen = data.draw(st.lists(st.sampled_from(ops), unique=True))
    named = letters(image, chosen)
    assert named.keys() == set(chosen)
    own = [letter for letter in named.values() if letter != TOO_MANY]
    assert len(own) == len(set(own)) == min(len(chosen), 52)


def test_letters_are_the_same_in_every_cycle_and_picture() -> None:
    session = kernel("tensor/softmax.s")
    seen: dict[tuple[int, int], set[str]] = {}
    for cycle in range(0, 120, 40):
        session.goto(cycle)
        shown = floor(session)
        for each in (*shown.acting, *shown.flows):
            seen.setdefault(each.key, set()).add(each.letter)
        for bar in timeline(session).bars:
            seen.setdefault(bar.key, set()).add(bar.letter)
    assert len(seen) > 15
    assert all(len(found) == 1 for found in seen.values())


def test_an_op_that_is_not_there_has_a_letter_as_well() -> None:
    image = generated(1)
    assert len(letters(image, [(len(image.text) + 5, 3), (0, 99)])) == 2
