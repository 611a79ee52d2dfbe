"""Runs of linear tensor code that are alike are scheduled once: the others come out as if each had been."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import Assembly, assemble
from asm.explain.reports import reports
from asm.streams import again
from asm.streams.graph import Node
from asm.streams.region import complete
from asm.write.listing import listing
from asm.write.timeline import found_text
from isa.elf import write
from isa.machine import LPU1
from tests.profile_tools import part_of_examples

HEAD = """
        .input x: f32[8, 320] @ mw0..mw3
        .input y: f32[8, 320] @ mw4..mw7
        .tensor w: i8[320, 320] @ mw28..mw43 layout mxm
        .tensor a: i8[8, 320] @ mw8
        .tensor s: i32[8, 320] @ me4..me7
        .output z: f32[8, 320] @ me0..me3
        .array words: i32[16]
"""
BODIES = (
    "vload %a, x\nvadd.f32 %b, %a, %a\nvstore z, %b",
    "vload %c, x\nvadd.f32 %d, %c, %c\nvstore z, %d",
    "vload %a, x\nvload %b, y\nvmul.f32 %c, %a, %b\nvrelu.f32 %c, %c\nvstore z, %c",
    "vload %a, y\nvadd.f32 %b, %a, %a\nvstore z, %b",
    "vload %a, x, row=4, n=4\nvstore z, %a, n=4",
    "vload %a, a\nmmul.i8 %p, %a, w\nvstore s, %p",
    "vload %a, x\nvstore z, %a\nadd r4, r4, 1\nld r5, [words + r4]",
    "vload %a, x\nvstore z, %a\nld r5, [words + 3]\nadd r5, r5, r6\nst [words], r5",
    "vload %a, x\nvadd.f32 %b, %a, r9\nvstore z, %b",
    "vload %a, x\nvstore z, %b",
    "vload %a, x",
)
ENDS = ("cmp r4, r5\njlt l0", "nop 3", "", "jmp l{i}", ".cycles 400")
sources = st.lists(st.tuples(st.sampled_from(BODIES), st.sampled_from(ENDS)), min_size=1, max_size=6)


def whole(made: Assembly) -> object:
    """All that shows of an assembly, explanations among it."""
    found = reports(made, everything=True)
    ops = [(bundle.cycle, [(op.row.id, op.values, op.place) for op in bundle.ops]) for bundle in made.bundles]
    image = write(made.image) if made.image else None
    return made.diagnostics, listing(made, found), found_text(made.found, made.tiles, LPU1), ops, image


def no_two(nodes: list[Node]) -> object:
    return object()


@part_of_examples(4)
@given(sources)
def test_nothing_shows_that_runs_were_alike(parts: list[tuple[str, str]]) -> None:
    text = HEAD + "".join(f"l{i}:\n{body}\n{end.format(i=i)}\n" for i, (body, end) in enumerate(parts)) + "halt\n"
    made = whole(assemble(text))
    with patch.object(again, "likeness", no_two):
        assert whole(assemble(text)) == made


def test_alike_runs_are_proved_once() -> None:
    text = HEAD + "".join(f"l{i}:\n{BODIES[i % 2]}\njlt l{i}\n" for i in range(6)) + "halt\n"
    with patch("asm.streams.again.complete", wraps=complete) as called:
        assert assemble(text).ok
    assert called.call_count == 1


def test_all_of_a_node_counts() -> None:
    """What is new in a node must be part of what makes runs alike; forms are told by the rows of ops."""
    known = "number op count position sources results hemisphere rows after waits spacing tensor planes rest tiles"
    known += " weights wide plane ahead extra statement form"
    assert sorted(Node.__slots__) == sorted(known.split())
