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
from asm.quick.assemble import attempt
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
    "  fmul r{a}, r{b}, 2.5",
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


@pytest.mark.parametrize("line", ["add r1, r2, 99999999999", "ad r1, r2, 3", "jlt nowhere", "vadd %a, x, y", "/* */"])
def test_what_is_odd_or_wrong_is_left_to_the_plain_way(line: str) -> None:
    assert not is_taken(f"start: add r1, r2, 3\n {line}\n halt\n")


def test_short_sources_and_a_switch_take_the_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert assemble("halt\n", only_image=True).bundles
    monkeypatch.setenv("LPU_ASM_PLAIN", "1")
    assert quickly("halt\n").bundles


@pytest.mark.parametrize("compiler", compilers())
def test_the_front_compiles_without_a_warning(compiler: str) -> None:
    for path in sorted((ROOT / "csrc" / "asm").glob("*.c")):
        subprocess.run([compiler, "-std=c11", *WARNINGS, "-fsyntax-only", str(path)], check=True)
