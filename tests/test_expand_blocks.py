"""Blocks that depend on whether an argument is there, blocks that do not exist, and blocks too long."""

from __future__ import annotations

import pytest

from asm.assemble import assemble
from asm.write.print_op import Names, op_text
from isa.codec import decode_bundle
from isa.machine import LPU1


def messages(text: str) -> list[tuple[int, str, str]]:
    """Line, sentence and help of every error."""
    return [(d.place.line if d.place else 0, d.message, d.help) for d in assemble(text).diagnostics]


def ops(text: str) -> list[str]:
    """The ops of a program of one op a bundle."""
    image = assemble(text).image
    assert image is not None
    found = [decode_bundle(image.text, pc)[0] for pc in range(len(image.text))]
    return [" ".join(op_text(op, Names(LPU1, {}), pinned=False).split()) for (op,) in found]


SUM = """\
        .macro  sum first, rest...
        add     r1, r1, \\first
        .ifnb   \\rest
        sum     \\rest
        .endif
        .endm
"""


def test_a_macro_that_takes_its_arguments_one_by_one() -> None:
    assert ops(f"{SUM} sum 1, r2, (3 + 4)\n") == ["add r1, r1, 1", "add r1, r1, r2", "add r1, r1, 7"]


@pytest.mark.parametrize(("argument", "taken"), [("", 1), ("r3", 2), ("[r1 + 2]", 2), ('"text"', 2), ("a, b", 2)])
def test_blank_or_not(argument: str, taken: int) -> None:
    for directive, blank, given in (("ifb", 1, 2), ("ifnb", 2, 1)):
        body = f".{directive} \\rest\nmov r1, {blank}\n.else\nmov r1, {given}\n.endif\n"
        assert ops(f".macro m rest...\n{body}.endm\nm {argument}\n") == [f"mov r1, {taken}"]


def test_blocks_that_do_not_exist_are_left_out_whole() -> None:
    text = ".ifeq 3\nfrob\n.ifgt 4\n.else\n.endif\n.else\nfrob\n.endif\n.irpc x, abc\nfrob\n.endr\nhalt\n"
    assert messages(text) == [
        (1, "`.ifeq` is not a directive", "did you mean `.if`?"),
        (9, "`.irpc` is not a directive", "did you mean `.irp`?"),
    ]
    assert messages(f".if 0\n{text}.endif\n") == []


def test_a_repetition_too_long_is_refused_before_it_begins() -> None:
    assert messages(".rept 1 << 60\nnop 1\n.endr\nfrob\n") == [
        (1, "the program has more than 2000000 lines after expansion", "")
    ]


def test_a_label_that_a_macro_defines_twice() -> None:
    help_ = "`again\\@` is another name in every expansion; `1:` may be defined many times"
    text = ".macro m\nagain: jmp again\n.endm\nm\nm\n"
    assert messages(text) == [(2, "`again` is already defined as a label", help_)]
    assert messages(text.replace("again", "again\\@")) == []
    assert messages("again: halt\nagain: halt\n") == [(2, "`again` is already defined as a label", "")]
