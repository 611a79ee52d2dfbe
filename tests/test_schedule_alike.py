"""Blocks that are alike share graph, schedule, packing and proof; they become what each would become alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_tools import part_of_examples

from asm.assemble import Assembly, assemble
from asm.program import AsmOp
from asm.schedule import alike
from asm.schedule.alike import Kind, Kinds
from asm.schedule.proof import flaw

DATA = ".array x: i32[64]\n.array y: i32[64]\n"
# Registers are numbered within a block; a block calls them by its own names.
SHAPES = (
    "add r{0}, r{1}, {k}",
    "mul r{0}, r{1}, r{2}",
    "xor r{2}, r{0}, r{0}",
    "mul.f32 r{3}, r{1}, r{2}",
    "cmp r{0}, r{3}",
    "sel.lt r{1}, r{0}, r{2}",
    "ld r{0}, [x + r{1} + {k}]",
    "ld r{3}, [y + {k}]",
    "st [x + r{1} + {k}], r{2}",
    "st [r{3}], r{0}",
    "add r{1}, r{1}, 1 !A1",
    "sub r{2}, r{0}, 1 !cycle=9",
)
WAITS = ("nop 3", "nop 20")
ENDS = ("jlt b{to}", "jmp b{to}", "call r31, b{to}", *WAITS, "add r{0}, r{0}, 1", "{{ mul r{1}, r{0}, r{0} }}")
BLOCKS = st.lists(
    st.tuples(
        st.integers(0, 2), st.permutations(range(30)), st.integers(0, 3), st.sampled_from(ENDS), st.integers(0, 9)
    ),
    min_size=1,
    max_size=10,
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A program of blocks of few shapes under many names."""
    shapes = draw(st.lists(st.lists(st.sampled_from(SHAPES), max_size=8), min_size=3, max_size=3))
    lines = [DATA + draw(st.sampled_from(["", ".alias x, y\n"]))]
    blocks = draw(BLOCKS)
    for number, (shape, names, k, end, to) in enumerate(blocks):
        lines.append(f"b{number}:\n")
        for line in (*shapes[shape], end):
            lines.append(f"  {line.format(*names, k=k, to=min(to, len(blocks) - 1))}\n")
    return "".join(lines)


class Apart(Kinds):
    """Every block is of a kind and a form of its own."""

    def of(self, ops: Sequence[AsmOp]) -> Kind:
        return Kinds(self.aliases).of(ops)


def made(source: str) -> tuple[list[int], list[object], list[tuple[list[str], int, int]]]:
    """The words of a program, its errors, and the labels, cycles and runs of its bundles."""
    found = assemble(source)
    problems: list[object] = [(problem.message, problem.place) for problem in found.diagnostics]
    return found.text.syllables, problems, [(each.labels, each.cycle, each.run) for each in found.bundles]


@part_of_examples(4)
@given(sources())
def test_blocks_that_are_alike_become_what_each_would_alone(source: str) -> None:
    together = made(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("asm.schedule.scheduler.Kinds", Apart)
        assert made(source) == together


def test_blocks_that_wait_for_different_times_are_told_apart() -> None:
    found = assemble("a: add r8, r4, 1\nnop 5\nb: add r9, r4, 1\nnop 50\nc: add r10, r4, 1\nhalt\n")
    assert [(each.labels, each.cycle) for each in found.bundles] == [(["a"], 0), (["b"], 5), (["c"], 55)]


def linear_blocks(found: Assembly) -> list[list[AsmOp]]:
    assert found.flow is not None
    return [block.ops for block in found.flow.blocks if block.ops and not block.is_explicit]


@part_of_examples(4)
@given(sources())
def test_every_block_does_what_its_lines_say(source: str) -> None:
    found = assemble(source)
    aliases = frozenset({frozenset("xy")} if ".alias" in source else ())
    for ops in linear_blocks(found):
        own = set(map(id, ops))
        numbers = [number for number, each in enumerate(found.bundles) if not own.isdisjoint(map(id, each.ops))]
        bundles = found.bundles[numbers[0] : numbers[-1] + 1] if numbers else []
        assert not found.ok or flaw(ops, bundles, aliases) == ""


def forms(first: str, second: str, aliases: frozenset[frozenset[str]] = frozenset()) -> bool:
    """Whether two blocks are of one form."""
    found = assemble(f"{DATA}{first}\njmp next\nnext:\n{second}\n")
    assert found.ok, found.diagnostics
    one, other, *_ = linear_blocks(found)
    kinds = Kinds(aliases)
    return kinds.of(one).form is kinds.of(other).form


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("add r1, r2, 5\njmp next", "add r7, r2, 900\njmp next", True),
        ("add r1, r2, r2\njmp next", "add r1, r2, r3\njmp next", False),
        ("add r1, r2, r3\njmp next", "sub r1, r2, r3\njmp next", False),
        ("add r1, r2, 5 !A0\njmp next", "add r1, r2, 5 !A1\njmp next", False),
        ("ld r1, [x + r2 + 3]\nst [x + r2 + 4], r1\njmp next", "ld r4, [x + r5]\nst [x + r5 + 1], r4\njmp next", True),
        ("ld r1, [x + r2]\nst [x + r2 + 1], r1\njmp next", "ld r4, [x + r5]\nst [x + r6 + 1], r4\njmp next", False),
        ("ld r1, [x + r2]\nst [x + r2 + 1], r1\njmp next", "ld r4, [x + r5]\nst [x + r5], r4\njmp next", False),
    ],
)
def test_a_form_is_what_is_left_without_names(first: str, second: str, same: bool) -> None:
    assert forms(first.removesuffix("\njmp next"), second) == same


def test_symbols_that_may_share_memory_keep_their_names() -> None:
    first, second = "ld r1, [x + r2]\nst [x + r2 + 1], r1", "ld r1, [y + r2]\nst [y + r2 + 1], r1\njmp next"
    assert not forms(first, second, frozenset({frozenset("xy")}))


def test_a_kind_has_landings_under_its_own_names() -> None:
    found = assemble(f"{DATA}mul r1, r2, r3\njmp next\nnext:\nmul r4, r5, r6\njmp next\n")
    one, other, *_ = linear_blocks(found)
    kinds = Kinds(frozenset())
    placed = kinds.of(one).place({1: 9, 20: 7}, False), kinds.of(other).place({4: 9, 21: 7}, False)
    assert placed[0].issue == placed[1].issue
    assert placed[0].landings == {1: placed[0].issue[0] + 3, 20: 7}
    assert placed[1].landings == {4: placed[0].issue[0] + 3, 21: 7}
    assert kinds.of(other).graph(other).first_write == {4: 0}
    assert alike.NO_OPS.touched == 0
