"""What is worked out once for all that is alike changes nothing: sources assembled with and without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import Assembly, assemble
from asm.check import hazards, tensor
from asm.program import AsmOp
from asm.syntax import numbers as data_lines
from asm.syntax import shapes
from asm.write.listing import listing
from isa.elf import write
from tests.profile_tools import part_of_examples

PROGRAMS = Path(__file__).parent.parent / "programs"
HEAD = """
        .array x: i32[64]
        .array y: i32[64]
        .macro step register, by=1
        add \\register, \\register, \\by
        xor r9, \\register, r5
        .endm
start:
"""
GOOD = (
    "        add r{a}, r{b}, {n}",
    "  ld r{a}, [x + r{b} + {n}] ; comment {n}",
    "st [y + {n}], r{a}",
    "l{i}: mul r{a}, r{b}, r{c}",
    "        jlt start",
    "        cmp r{a}, {n}",
    "        step r{a}, {n}",
    "        {{ step r{a} || nop 2 }}",
    "        {{ ld r{a}, [x + {n}] || sub r1{b}, r{c}, {n} || nop 3 }}",
    "l{i}:   {{ mul r{a}, r{b}, r{c} || sub r1{b}, r{a}, 1 }}",
    "l{i}:   {{ add r{a}, r{b}, r{c} || add r1{c}, r{a}, {n} || jlt l{i} }}  // {n}",
    "l{i}:   {{ mul r{a}, r{b}, r{c} || loop {n}, e{i} }}\n  {{ xor r{b}, r{a}, {n} }}\n{{ nop 2 }}\ne{i}:",
    "        {{ st [y + {n}], r{a} || ld r{c}, [x] }}",
    "        {{ nop 6 }}",
    "        {{ read.4 se0, mw{m}[{n}], n=4 || xor r{a}, r{b}, r{c} }}",
    "        {{ nop 20 }}",
    "1:      cmp r{a}, {n}\n        jlt 1b",
    "        .data\nd{i}:   .i32 {n}, -{n}\n        .text",
    "; nothing {n}",
    "",
)
ODD = (
    "        {{ vadd.f32 v0, se0, se4, n={n} }}",
    "        {{ write.4 me0[{n}], se{n}, n=2 }}",
    "        {{ st [y + {n}], r{a} || st [y + r{b}], r{c} }}",
    "        {{ div r{a}, r{b}, {n} }}",
    "        {{ add r{a}, r{b}, {n} || add r{a}, r{c}, {n} }}",
    "        {{",
    "        }}",
    "        {{ add r{a}, r{b}, 1 }} || nop",
    "        add r{a}, r{b}, 1 || nop 1",
    "        jmp l{n}",
    "        .set k = {n}\n        add r{a}, r{b}, k",
    "        .rept 2",
    "        .if {n} > 5",
    "        .endif",
    "        .timeline\n        {{ nop }}",
    "        .timeline\n        @{n} vrelu.f32 se8, v0, n={n}\n        .endtimeline",
    "        .cycles {n}",
    "        add r{a} r{b}",
    "        ad r{a}, r{b}, {n}",
    "        add %v{a}, r{b}, 99999999999",
    "        add %v{a}, r{b}, {n}",
)
numbers = st.sampled_from([0, 1, 2, 3, 4, 7, 8, 31, 40, 100])
registers = st.integers(0, 7)
choices = st.tuples(st.sampled_from(GOOD), numbers, registers, registers, registers)
odd = st.tuples(st.sampled_from(ODD), numbers, registers, registers, registers)


def joined(good: list[tuple[str, int, int, int, int]], others: list[tuple[str, int, int, int, int]]) -> str:
    """A source of lines, the others at places that their numbers say."""
    for other in others:
        good.insert(other[1] % (len(good) + 1), other)
    lines = [line.format(i=i, n=n, m=4 * a, a=a, b=b, c=c) for i, (line, n, a, b, c) in enumerate(good)]
    return HEAD + "\n".join(lines) + "\n        halt\n"


sources = st.builds(joined, st.lists(choices, max_size=25), st.lists(odd, max_size=1))


@contextmanager
def nothing_shared() -> Iterator[None]:
    """Every line is parsed, every stretch checked, every write followed by itself."""
    with (
        patch.object(shapes, "known", lambda code: None),
        patch.object(data_lines, "may_hold", lambda code: False),
        patch.object(tensor, "kind_of", lambda stretch, spec: object()),
        patch.object(hazards, "is_at_fault", lambda view: True),
    ):
        yield


def op_seen(op: AsmOp) -> object:
    return op.row.id, op.values, op.references, op.access, op.place


def outcome(made: Assembly) -> object:
    """All that can be seen of an assembly."""
    bundles = [(bundle.cycle, bundle.run, bundle.labels, list(map(op_seen, bundle.ops))) for bundle in made.bundles]
    return made.diagnostics, listing(made), bundles, write(made.image) if made.image else None


@part_of_examples(1)
@given(sources)
def test_sharing_changes_nothing(text: str) -> None:
    fast = outcome(assemble(text))
    with nothing_shared():
        assert outcome(assemble(text)) == fast


@pytest.mark.parametrize("name", ["matmul_bundles.s", "histogram.s", "tensor/softmax.s", "tensor/gemm_i8.s"])
def test_programs_come_out_the_same(name: str) -> None:
    path = PROGRAMS / name
    fast = outcome(assemble(path))
    with nothing_shared():
        assert outcome(assemble(path)) == fast
