"""Where the linker puts data: no two blocks overlap, banks stay, groups stay together, fixed blocks stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.link import link
from isa.diagnostics import Diagnostic, Place, SourceError
from isa.image import DATA, LOCAL, TO_WORD, Block, Image, Relocation, Symbol, Tensor
from isa.machine import LPU_TINY

WIDTH, ROWS = LPU_TINY.words_per_row, LPU_TINY.rows


def data(name: str, *blocks: Block) -> Image:
    """An object with a symbol for each group, at its first block."""
    first = {block.group: block for block in reversed(blocks)}
    symbols = [
        Symbol(group, DATA, LOCAL, _word(block), group=group, place=Place(name, line))
        for line, (group, block) in enumerate(sorted(first.items()), 1)
    ]
    return Image(LPU_TINY, [], list(blocks), symbols, name=name)


def _word(block: Block) -> int:
    return block.bank * LPU_TINY.words_per_bank + block.row * WIDTH + block.word


def rows(group: str, first: int, count: int, bank: int = 0, fixed: bool = False) -> Block:
    return Block(group, bank, first, 0, count * WIDTH, b"", fixed)


def placed(*images: Image) -> list[int]:
    return [block.row for block in link(images).blocks]


def complaints(*images: Image) -> list[Diagnostic]:
    with pytest.raises(SourceError) as caught:
        link(images)
    return caught.value.diagnostics


def test_blocks_in_the_way_move_up_in_their_bank() -> None:
    linked = link([data("a", rows("A", 0, 3)), data("b", rows("B", 0, 2)), data("c", rows("C", 1, 1))])
    assert [(block.bank, block.row) for block in linked.blocks] == [(0, 0), (0, 3), (0, 5)]
    assert [symbol.value for symbol in linked.symbols] == [0, 3 * WIDTH, 5 * WIDTH]


def test_blocks_that_are_not_in_the_way_stay() -> None:
    assert placed(data("a", rows("A", 0, 3)), data("b", rows("B", 3, 2)), data("c", rows("C", 0, 1, bank=1))) == [
        0,
        3,
        0,
    ]


def test_a_block_that_finds_no_room_above_goes_below() -> None:
    assert placed(data("a", rows("A", 32, 32)), data("b", rows("B", 40, 8))) == [32, 0]


def test_a_group_moves_as_one() -> None:
    planes = [rows("T", 0, 4, bank) for bank in (0, 2, 4)]
    linked = link([data("a", rows("A", 0, 1, bank=2), rows("X", 6, 1, bank=4)), data("b", *planes)])
    assert [block.row for block in linked.blocks[2:]] == [1, 1, 1]
    further = link([data("a", rows("A", 0, 1, bank=2), rows("X", 4, 1, bank=4)), data("b", *planes)])
    assert [block.row for block in further.blocks[2:]] == [5, 5, 5]


def test_parts_of_rows_keep_their_word() -> None:
    part = Block("B", 0, 0, 5, 3)
    linked = link([data("a", Block("A", 0, 0, 0, 6)), data("b", part), data("c", Block("C", 0, 0, 6, 2))])
    assert [(block.row, block.word) for block in linked.blocks] == [(0, 0), (1, 5), (0, 6)]


def test_fixed_blocks_go_first() -> None:
    assert placed(data("a", rows("A", 0, 3)), data("b", rows("B", 1, 1, fixed=True))) == [2, 1]


def test_tensors_move_with_their_group_and_references_follow() -> None:
    user = data("b", rows("B", 0, 2), Block("T", 1, 0, 0, 1, bytes(4)))
    user.relocations.append(Relocation(TO_WORD, "B", 1, 0, "", 1))
    user.tensors += [Tensor("B", "u8", (2, 32), "rows", 0, 1), Tensor("T", "i32", (1,))]
    linked = link([data("a", rows("A", 0, 3)), user])
    assert [tensor.row for tensor in linked.tensors] == [3, 0]
    assert linked.blocks[2].data == (3 * WIDTH + 1).to_bytes(4, "little")


def test_fixed_blocks_that_overlap_show_both_places() -> None:
    (found,) = complaints(data("a", rows("A", 0, 4, 3, True)), data("b", rows("B", 2, 4, 3, True)))
    assert (found.code, found.message, found.place, found.help) == (
        "E-PLACE",
        "`B` of b and `A` of a are both placed in rows 2 to 3 of bank mw1.1",
        Place("b", 1),
        "leave one of them without a fixed place, or name another bank or row",
    )
    assert [(n.message, n.place) for n in found.notes] == [("the other is placed here", Place("a", 1))]


def test_a_block_that_fits_nowhere_says_how_much_room_there_is() -> None:
    (found,) = complaints(data("a", rows("A", 10, 40, fixed=True)), data("b", rows("B", 0, 20)))
    assert (found.code, found.message, found.place, found.help) == (
        "E-PLACE",
        "`B` of b needs 20 rows of bank mw0.0, which has 14 of its 64 free in one piece",
        Place("b", 1),
        "place it in another bank",
    )


def test_a_fixed_block_past_the_end_of_its_bank() -> None:
    (found,) = complaints(data("a", rows("A", ROWS - 1, 2, fixed=True)))
    assert found.message == "`A` of a needs 2 rows of bank mw0.0, which has 64 of its 64 free in one piece"


def test_a_group_that_overlaps_itself() -> None:
    (found,) = complaints(data("a", rows("A", 0, 2), rows("A", 1, 2)))
    assert found.message == "two parts of `A` of a are both placed in row 1 of bank mw0.0"


# Any objects --------------------------------------------------------------------------------------
@st.composite
def blocks(draw: st.DrawFn, group: str) -> Block:
    row, word = draw(st.integers(0, ROWS - 1)), draw(st.integers(0, WIDTH - 1))
    words = draw(st.integers(1, min(ROWS * WIDTH - row * WIDTH - word, 20 * WIDTH)))
    return Block(group, draw(st.integers(0, 1)), row, word, words, b"", draw(st.integers(0, 9)) == 0)


objects = st.lists(st.sampled_from("ABC").flatmap(blocks), max_size=3).map(lambda found: data("x", *found))


@given(st.lists(objects, min_size=1, max_size=4))
def test_linked_blocks_never_overlap_and_groups_keep_their_shape(images: list[Image]) -> None:
    try:
        linked = link(images)
    except SourceError as error:
        assert {diagnostic.code for diagnostic in error.diagnostics} == {"E-PLACE"}
        return
    taken: set[int] = set()
    moved = iter(linked.blocks)
    for image in images:
        shifts: dict[str, int] = {}
        for old, new in zip(image.blocks, moved, strict=False):
            words = set(range(_word(new), _word(new) + new.words))
            assert not words & taken
            taken |= words
            assert replace(new, row=old.row) == old
            assert 0 <= new.row and new.row * WIDTH + new.word + new.words <= ROWS * WIDTH
            assert shifts.setdefault(new.group, new.row - old.row) == new.row - old.row
            assert not (new.fixed and new.row != old.row)


def test_a_symbol_moved_out_of_memory_is_refused() -> None:
    stray = data("b", rows("B", 0, 1))
    stray.symbols[0].value = LPU_TINY.words - 1
    (found,) = complaints(data("a", rows("A", 0, 1)), stray)
    assert (found.code, found.message) == (
        "E-OBJECT",
        "the objects do not make an executable: symbol 'B' has value 16391 and size 0; the last address is 16384",
    )
