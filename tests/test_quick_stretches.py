"""Stretches of bundles that are alike are checked once: long sources are warned of, and refused, as all are."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from asm.assemble import assemble
from asm.check import tensor
from asm.check.alike import kind_of
from asm.quick.assemble import attempt
from asm.scope.scope import Scope
from isa.machine import LPU1
from tests.profile_tools import part_of_examples
from tests.test_assemble_quick import outcome, quickly

HEAD = "        .array x: i32[64]\n        .data\nk:      .i32 1, 2\n        .text\n"
BANK = LPU1.words_per_bank
LINES = (
    "{{ read.4 se{s}, mw{q}[{row}], n={n}  ||  xor r17, r16, {n} }}",
    "{{ write.4 mw{q}[{row}], se{s}, n={n} }}",
    "{{ read se{s}, mw{q}[{row}], n={n}  ||  ld r8, [{word}] }}",
    "{{ nop {n} }}",
    "{{ nop 60 }}",
    "{{ ld r9, [k]  ||  add r7, r7, 1 }}",
    "{{ ld r9, [x + r4] }}",
    "{{ st [{word}], r6 }}",
    "add r1, r2, {n}",
)
numbers = st.fixed_dictionaries(
    {
        "s": st.sampled_from((0, 4)),
        "q": st.sampled_from((0, 40)),
        "row": st.sampled_from((0, 1, 1000, LPU1.rows - 2, LPU1.rows, LPU1.rows * LPU1.banks - 3)),
        "n": st.sampled_from((1, 2, 4)),
        "word": st.sampled_from((0, BANK, 8 * BANK, 80 * BANK)),
    }
)
bodies = st.lists(st.sampled_from(LINES), min_size=1, max_size=4)


def program(body: list[str], rounds: list[tuple[dict[str, int], bool, str]]) -> str:
    """The same lines again and again with other numbers, entered at their start, some of them in a loop, and left by
    some jump."""
    lines = [HEAD]
    for number, (chosen, is_loop, end) in enumerate(rounds):
        made = [line.format(**chosen) for line in body]
        if is_loop:
            made = [f"{{ loop 3, m{number} }}", *made, "{ nop 2 }", "{ add r5, r5, 1 }", f"m{number}:"]
        lines += [f"l{number}:", *made, end.format(number)]
    return "\n".join([*lines, "{ halt }\n"])


ends = st.sampled_from(("{{ nop 60 }}\n{{ jlt l{0} }}", "{{ jlt l{0} }}", "{{ jmp l{0} }}", "{{ halt }}", "nop"))


@part_of_examples(4)
@given(st.builds(program, bodies, st.lists(st.tuples(numbers, st.booleans(), ends), min_size=1, max_size=6)))
def test_what_is_said_of_stretches_is_the_same(text: str) -> None:
    assert outcome(quickly(text)) == outcome(assemble(text))


def test_only_what_is_new_is_looked_at() -> None:
    """Rows of one bank are alike, data in one bank is, and so is all code that has no bursts."""
    step = "{{ ld r9, [k + {0}]  ||  read.4 se0, mw40[{0}], n=4 }}\nadd r7, r9, {0}\n{{ nop 20 }}\n{{ jlt l{0} }}"
    text = HEAD + "\n".join(f"l{number}: " + step.format(number) for number in range(40)) + "\n{ halt }\n"
    with (
        patch.object(tensor, "kind_of", wraps=kind_of) as looked,
        patch.object(tensor, "_check", wraps=tensor._check) as checked,
    ):
        made = attempt(text, "<input>", Scope(LPU1), None)
    assert made is not None and outcome(made) == outcome(assemble(text))
    assert looked.call_count < 6 and checked.call_count < 6
