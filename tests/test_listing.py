"""The listing: cycles, addresses, encodings, source, symbols, sizes, and errors beside their lines."""

from __future__ import annotations

from asm.assemble import Assembly, assemble
from asm.write.listing import listing
from isa.codec import encode_bundle, make
from isa.index import BY_KEY
from isa.machine import LPU_TINY


def listed(text: str) -> tuple[Assembly, list[str]]:
    result = assemble(text, machine=LPU_TINY, name="prog.s")
    return result, listing(result).split("\n")


PROGRAM = """\
        .param  n = 3
        .equ    two, 2
table:  .i32    7, 8, 9
        .macro  bump r
        add     \\r, \\r, two
        .endm
{ mov r1, 5 || ld r2, [table + r3*9000] }
here: { nop 3 }
        bump    r1
        jne     here
"""


def test_each_op_shows_cycle_address_encoding_and_line() -> None:
    _, lines = listed(PROGRAM)
    mov = encode_bundle([make(BY_KEY["mov rd, imm"], rd=1, imm=5)])[0] - 1
    row = next(line for line in lines if "mov r1, 5" in line)
    assert row.split()[:4] == ["0", "0:0", "0", f"{mov:016x}"]
    assert row.endswith("    7  { mov r1, 5 || ld r2, [table + r3*9000] }")


def test_an_extension_syllable_has_a_line_of_its_own() -> None:
    result, lines = listed(PROGRAM)
    assert result.image is not None
    at = next(number for number, line in enumerate(lines) if "ld r2, [table + r3*9000] !L0" in line)
    assert [line.split()[0] for line in lines[at : at + 2]] == [f"{word:016x}" for word in result.image.text[1:3]]


TIMELINE = """\
        .tensor x: u8[4, 32] @ mw4
        .timeline
        @2      read    se5, mw4[x + 2] n=3 d=1 stride=-1
        @6      vmov.u8 v3, se5 n=3 delay=2
        @6      vmov.u8 se4, 7 n=3
        .endtimeline
"""


def test_ops_of_the_tensor_face_show_what_was_chosen() -> None:
    result, lines = listed(TIMELINE)
    assert result.ok
    shown = [line[45:85].strip() for line in lines if "@" in line and "nop" not in line]
    assert shown == [
        "read se5, mw4[x + 2], n=3, stride=-1",
        "vmov.u8 v3, se5, delay=2, n=3",
        "vmov.u8 se4, 7, n=3 !V0",
    ]


def test_cycles_from_the_entry_end_where_a_jump_can_enter() -> None:
    _, lines = listed(PROGRAM)
    nop = next(line for line in lines if "nop 3" in line)
    assert nop.split()[:2] == ["1:0", "3"]  # no absolute cycle; run 1, address 3
    assert "here:" in lines


def test_macro_lines_are_named() -> None:
    _, lines = listed(PROGRAM)
    at = next(number for number, line in enumerate(lines) if "add r1, r1, 2" in line)
    assert lines[at].split()[-5:] == ["5", "add", "r1,", "r1,", "two"]
    assert lines[at + 1].split()[0] == "9"
    assert "in the macro `bump`" in lines[at + 1]


def test_symbols_have_their_values_at_the_end() -> None:
    _, lines = listed(PROGRAM)
    bank = LPU_TINY.words_per_bank
    assert "  n     = 0  (word address: 1 word in mw0.0 row 0, value 3)" in lines
    assert f"  table = {bank}  (word address: 3 words in mw0.1 row 0)" in lines
    assert "  two   = 2  (constant)" in lines
    assert "  here  = 3  (program address)" in lines


def test_sizes_of_text_and_banks() -> None:
    result, lines = listed(PROGRAM)
    assert result.image is not None
    sizes = lines[lines.index("Sizes") :]
    assert sizes[1].startswith("  text: ")
    assert sizes[1].endswith(f"{len(result.image.text) * 8} bytes")
    assert sizes[2:4] == [
        f"  mw0.0: 1 of {LPU_TINY.words_per_bank} words",
        f"  mw0.1: 3 of {LPU_TINY.words_per_bank} words",
    ]


def test_errors_stand_below_their_lines() -> None:
    _, lines = listed("        add r1, r2\n        .equ k, 7\n        halt\n")
    at = lines.index("     1          add r1, r2")
    assert lines[at + 1] == "        column 9: error[E-OPERAND]: `add` takes 3 operands, not 2"
    assert "  k = 7  (constant)" in lines
    assert "No object: there were errors." in lines


def test_bundles_that_break_a_rule_are_shown_without_encoding() -> None:
    _, lines = listed("{ ld r1, [0] || ld r2, [1] || ld r3, [2] }\n")
    assert any("E-UNIT-BUSY" in line for line in lines)
    row = next(line for line in lines if "0:0" in line)
    assert row.split() == "0 0:0 ld r1, [0] 1 { ld r1, [0] || ld r2, [1] || ld r3, [2] }".split()


def test_raw_syllables_are_listed() -> None:
    _, lines = listed("        .unchecked\n        .syllable 0xAB\n")
    assert any(line.split() == ["0", "0:0", "0", "00000000000000ab", ".syllable"] for line in lines)
