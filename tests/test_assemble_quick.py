"""Long sources that are assembled as columns come out as they do the plain way, byte for byte."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asm import assemble as plain
from asm.assemble import Assembly, assemble
from asm.quick import expand
from asm.quick.assemble import attempt
from asm.quick.front import Front, Stretch
from asm.scope.scope import Scope
from isa.diagnostics import WARNING
from isa.elf import write
from isa.machine import LPU1
from tests.profile_tools import part_of_examples
from tests.test_assemble_plain import GOOD, choices, joined, numbers, registers, sources
from tests.test_core_c_api import WARNINGS, compilers

ROOT = Path(__file__).resolve().parent.parent
SOME = ("matmul.s", "matmul_bundles.s", "histogram.s", "tensor/transpose.s", "tensor/vector_add_relu.s")
# Operands of all forms, and what only the plain way can read.
OTHERS = (
    "  ld r{a}, [x + r{b}*{n} + {n}]",
    "  st [y - {n} + r{b} + r{c}], r{a}",
    "  ld r{a}, [x + r{b}*r{c} + r{a} + {n}]",
    "  ld r{a}, [r{b} + {n}]",
    "  ld r{a}, [x + r{b}*1 + r{c}*{n}]",
    "  ld r{a}, [{n}]",
    "  {{ ld r{a}, [x + {n}] || ld r{c}, [y + {n}] }}",
    "  mov r{a}, 0x{n}F",
    "  mov r{a}, x",
    "  add r{a}, r{b}, -{n}",
    "  div r{a}, r{b}, {n}",
    "  fadd r{a}, r{b}, {n}",
    "  mul.f32 r{a}, r{b}, 2.5",
    "  ins r{a}, r{b}, {n}, 3",
    "  add r{a}, r{b}, 007",
    "  ADD R{a},r{b} ,{n} // é",
    "  .equ k{i} = {n}\n  add r{a}, r{b}, k{i}\n  ld r{a}, [k{i} + r{b}]",
    "  .param p{i} = {n}\n  ld r{a}, [p{i}]",
    "  .set s = {n}\n  add r{a}, r{b}, s",
    "  loop {n}, e{i}\n  add r{a}, r{b}, 1\n  mul r{c}, r{a}, {n}\ne{i}:",
    "w{i}: ld r{a}, [x + r4]\n  add r4, r4, 1\n  add r5, r5, r{a}\n  cmp r4, {n}\n  jlt w{i}",
    "  .rept 3\n  add r{a}, r{a}, 1\n  .endr",
    "  {{\n  add r{a}, r{b}, {n}\n  nop 2\n  }}",
    "  .timeline\n  @0 add r{a}, r{b}, {n}\n  .endtimeline",
    "  call r31, start",
    "  nop",
)
# Data, sections and uses of macros among them; `twice` is defined in MACROS.
SECTIONS = (
    "  .data\nd{i}: .i32 {n}, -{n}, 0x{n}f ; of this\n  .text\n  ld r{a}, [d{i} + r{b}]",
    "d{i}:\ne{i}: .u8 {n}, 255,1\n  .i16 -{n}",
    "d{i}: .u8 {n}, 256",
    "d{i}: .i32 -2147483648, 4294967295",
    "  .data",
    "  .text",
    "d{i}:\n  .DATA",
    "d{i}: .f32 {n}",
    "  .space {n}\n  .align 4\nd{i}: .i8 {n}",
    "  twice r{a}, {n}",
    "t{i}: TWICE R{a},-0x{n} // again",
    "  twice r{a}, r{b}",
    "  twice r{a}, x",
    "  twice r{a}, 99999999999",
    "  twice r{a}, by={n}",
    "  through [x + r{a} + {n}], r{b}",
    "  through [{n}], r{b}",
    "  step r{a}",
    "  step r{a}, {n}",
    "  unlike r{a}\n  twice r{a}, 3\n  unlike r{b}",
    "  {{ read.4 se0, mw40[{n}], n=4 || xor r{a}, r{b}, {n} }}\n  {{ nop 20 }}",
)
MACROS = """
  .macro twice to, by
  add \\to, \\to, \\by  ; once

  ; and again
  add \\to, \\to, \\by
  .endm
  .macro through place, by
  ld \\by, \\place
  nop 8
  st \\place, \\by
  .endm
  .macro unlike to
l\\@: add \\to, \\to, \\@
  .endm
"""
others = st.tuples(st.sampled_from(OTHERS), numbers, registers, registers, registers)
words = st.text(st.sampled_from("ar1 .,[]+-*{}|:=()\t;/!@x\u00e9"), max_size=12)


def quickly(source: str | Path) -> Assembly:
    """A source of any length, quickly if possible."""
    with patch.object(plain, "MANY_CHARACTERS", 0):
        return assemble(source, only_image=True)


def outcome(made: Assembly) -> object:
    return made.diagnostics, write(made.image) if made.image else None


def is_taken(text: str) -> bool:
    return attempt(text, "x.s", Scope(LPU1), None) is not None


@part_of_examples(2)
@given(sources | st.builds(joined, st.lists(choices | others, max_size=25), st.just([])))
def test_generated_sources_come_out_the_same(text: str) -> None:
    assert outcome(quickly(text)) == outcome(assemble(text))


@part_of_examples(2)
@given(st.lists(choices, max_size=9), words)
def test_lines_of_strangers_come_out_the_same(good: list[tuple[str, int, int, int, int]], line: str) -> None:
    text = joined([*good, (line.replace("{", "{{").replace("}", "}}"), 0, 0, 0, 0)], [])
    assert outcome(quickly(text)) == outcome(assemble(text))


sections = st.tuples(st.sampled_from(SECTIONS), numbers, registers, registers, registers)


@part_of_examples(2)
@given(st.lists(choices | sections, max_size=12))
def test_data_and_macros_come_out_the_same(lines: list[tuple[str, int, int, int, int]]) -> None:
    text = MACROS + joined(lines, [])
    assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize("name", SOME)
def test_programs_come_out_the_same(name: str) -> None:
    assert outcome(quickly(ROOT / "programs" / name)) == outcome(assemble(ROOT / "programs" / name))


def test_ordinary_lines_are_taken() -> None:
    good = [(line, 4, number % 8, (number + 2) % 8, (number + 4) % 8) for number, line in enumerate(GOOD * 3)]
    text = joined([each for each in good if not re.search("loop|jlt", each[0])], [])  # some of these need a wait
    assert {found.severity for found in assemble(text).diagnostics} == {WARNING}
    assert is_taken(text)
    assert outcome(quickly(text)) == outcome(assemble(text))


def test_odd_lines_leave_the_others_quick() -> None:
    text = joined([(line, 4, 1, 2, 3) for line in (GOOD[0], "  .param p{i} = {n}\n  ld r{a}, [p{i}]", GOOD[2])], [])
    assert is_taken(text)
    assert outcome(quickly(text)) == outcome(assemble(text))


def test_lines_with_data_and_macros_are_taken_together() -> None:
    lines = [(line, number + 1, 1, 2, 3) for line in SECTIONS[0:2] * 2 + SECTIONS[9:12] * 4 for number in range(9)]
    text = MACROS + joined(lines, [])
    with patch.object(expand, "Stretch", side_effect=Stretch) as made:
        assert is_taken(text)
    first_uses, macros = 4, 4
    assert made.call_count <= 1 + first_uses + macros < len(lines) // 10
    assert outcome(quickly(text)) == outcome(assemble(text))


def test_comments_and_labels_are_looked_at_once() -> None:
    labels = "".join(f"l{number}:\n" for number in range(90))
    text = "; a comment\n\n" * 90 + ".equ k = 3\n" + labels + ".param p = 3\n add r1, r2, k\n halt\n"
    with patch.object(Front, "stretch", autospec=True, side_effect=Front.stretch) as looked:
        assert is_taken(text)
    assert looked.call_count < 9
    assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize("line", ["R7: nop", "add:\n nop", "start: .i32 3", "d: .i32 1\nd: .i8 2", "mw3:\n .u8 1"])
def test_reserved_and_doubled_names_are_left_to_the_plain_way(line: str) -> None:
    assert not is_taken(f"start: add r1, r2, 3\n {line}\n halt\n")


LOOPS = (
    "  loop {n}, e{i}\n  add r{a}, r{b}, 1\n  loop {m}, f{i}\n  mul r{c}, r{a}, {n}\nf{i}: xor r{a}, r{b}, 1\ne{i}:",
    "  loop r{a}, e{i}\n  ld r{b}, [x + r{c}]\n  st [y + r{c}], r{b}\ne{i}:",
    "  {{ loop {n}, e{i} }}\n  {{ mul r{a}, r{a}, r{b} }}\n  {{ nop 3 }}\n  {{ add r{c}, r{b}, 1 }}\ne{i}:",
    "l{i}: {{ mul r{a}, r{b}, r{c} }}\n  {{ ret r30 }}",
    "  call r30, start",
    "  ret r30",
    "  .timeline\n  @{n} add r{a}, r{b}, {n}\n  @40 mul r{c}, r{b}, r{b}\n  .endtimeline",
    "  add r{a}, r{b}, 1 !cycle={n}",
    "  mul.f32 r{a}, r{b}, 2.5",
    ".global g{i}\ng{i}: mul r{a}, r{b}, r{c}",
)
loops = st.tuples(st.sampled_from(LOOPS), numbers, registers, registers, registers)


@part_of_examples(2)
@given(st.lists(choices | loops, max_size=12))
def test_loops_and_what_is_no_ordinary_line_come_out_the_same(lines: list[tuple[str, int, int, int, int]]) -> None:
    text = joined(lines, [])
    assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize("line", LOOPS)
def test_loops_and_what_is_no_ordinary_line_are_taken(line: str) -> None:
    text = joined([(each, 4, 1, 2, 3) for each in (GOOD[0], line, GOOD[2], "  {{ nop 20 }}")], [])
    assert is_taken(text)
    assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize("line", ["add r1, r2, 99999999999", "ad r1, r2, 3", "jlt nowhere", "vadd %a, x, y", "/* */"])
def test_what_is_odd_or_wrong_is_left_to_the_plain_way(line: str) -> None:
    assert not is_taken(f"start: add r1, r2, 3\n {line}\n halt\n")


def test_short_sources_and_a_switch_take_the_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert assemble("halt\n", only_image=True).bundles
    monkeypatch.setenv("LPU_ASM_PLAIN", "1")
    assert quickly("halt\n").bundles


@pytest.mark.parametrize(
    "text", ["", "; nothing\n", "l:\n", "        .data\nx:      .i32 1, 2\n", "        .array x: i32[4]\n"]
)
def test_sources_without_ops_are_taken(text: str) -> None:
    assert is_taken(text)
    assert outcome(quickly(text)) == outcome(assemble(text))


@pytest.mark.parametrize("compiler", compilers())
def test_the_front_compiles_without_a_warning(compiler: str) -> None:
    for path in sorted((ROOT / "csrc" / "asm").glob("*.c")):
        subprocess.run([compiler, "-std=c11", *WARNINGS, "-fsyntax-only", str(path)], check=True)
