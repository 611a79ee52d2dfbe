"""Encoding is a bijection: every op round-trips, and every syllable that decodes encodes back to itself."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conform.operations import ops_of
from isa import codec
from isa.codec import CodecError, Op
from isa.formats import EXTENSION_OPCODE, FORMATS, PAYLOAD_START
from isa.index import BY_KEY
from isa.legal import absent
from isa.machine import LPU1, MachineSpec
from isa.places import WEST_FLOW
from isa.row import STREAM, Row
from isa.table import OPCODE_FORMATS, ROWS, SCALAR_ROWS
from isa.units import UNIT_NAMES, VECTOR_PREFIX

ops = st.sampled_from(ROWS).flatmap(ops_of)


@pytest.mark.parametrize("name", dict.fromkeys(row.format.name for row in ROWS))
@given(data=st.data())
def test_ops_of_every_format_round_trip(name: str, data: st.DataObject) -> None:
    rows = [row for row in ROWS if row.format.name == name]
    op = data.draw(st.sampled_from(rows).flatmap(ops_of))
    stop = data.draw(st.booleans())
    syllables = codec.encode(op, stop)
    assert codec.decode(syllables) == (op, len(syllables), stop)
    assert absent(LPU1, op.row, op.fields) == ""


def test_the_plainest_op_of_every_row_round_trips() -> None:
    for row in ROWS:
        op = plainest(row)
        assert codec.decode(codec.encode(op)) == (op, len(codec.encode(op)), False)


def plainest(row: Row) -> Op:
    """An op with the least number in each field that keeps the rules."""
    op = codec.make(row)
    for operand in row.operands:
        west = operand.flow and (operand.flow == "in") == (op.fields.get("plane", 2) < 2)
        if operand.kind == STREAM:
            op = op.with_field(operand.fields[0], WEST_FLOW if west else 0)
    return op


@given(data=st.data())
def test_bits_that_decode_encode_back(data: st.DataObject) -> None:
    opcode = data.draw(st.sampled_from([*OPCODE_FORMATS, EXTENSION_OPCODE]))
    used = OPCODE_FORMATS[opcode].used_bits if opcode in OPCODE_FORMATS else 64
    payload = data.draw(st.integers(0, (1 << (used - PAYLOAD_START)) - 1))
    extension = data.draw(st.integers(0, (1 << 25) - 1)) << PAYLOAD_START | EXTENSION_OPCODE << 1
    syllables = [payload << PAYLOAD_START | opcode << 1 | data.draw(st.integers(0, 1)), extension | 1]
    try:
        op, used_syllables, stop = codec.decode(syllables)
    except CodecError:
        return
    assert codec.encode(op, stop) == syllables[:used_syllables]


@given(st.lists(ops, min_size=1, max_size=9, unique_by=lambda op: op.unit))
def test_bundles_round_trip(bundle: list[Op]) -> None:
    claims = [unit for op in bundle for unit in op.claims]
    assume(len(claims) == len(set(claims)))
    syllables = codec.encode_bundle(bundle)
    assert codec.decode_bundle(syllables, 0) == (bundle, len(syllables))
    assert codec.from_bytes(codec.to_bytes(syllables)) == syllables
    assert codec.bundle_starts([*syllables, 1]) == [0, len(syllables)]


def test_extension_is_present_exactly_when_needed() -> None:
    row = BY_KEY["ld rt, [disp + ra*scale + rb]"]
    limit = 1 << FORMATS["LD_DSB"].field("disp").width
    assert len(codec.encode(codec.make(row, disp=limit - 1))) == 1
    needed = codec.encode(codec.make(row, disp=limit))
    assert len(needed) == 2
    with pytest.raises(CodecError, match="no field needs"):
        codec.decode([needed[0], EXTENSION_OPCODE << 1])


ADD = codec.encode(codec.make(BY_KEY["add rd, ra, rb"]))[0]


@pytest.mark.parametrize(
    ("syllables", "reason"),
    [
        ([0], "opcode 0x00 is not an instruction"),
        ([0xFE << 1], "opcode 0xfe is not an instruction"),
        ([EXTENSION_OPCODE << 1], "an extension syllable that extends nothing is not an instruction"),
        ([ADD | 1 << 63], "`add`: bits 31 to 63 must be zero"),
        ([ADD | 3 << PAYLOAD_START], "`add` runs on A0 A1 A2 only"),
        ([ADD, EXTENSION_OPCODE << 1 | 1], "format ALU_RR takes no extension syllable"),
        ([codec.encode(codec.make(BY_KEY["div.f32 rd, ra, rb"]))[0] | 1 << PAYLOAD_START], "`div.f32` runs on F0 only"),
        ([0x1C << 1 | 63 << 10], "opcode 0x1c has no instruction with fn=63"),
        ([0x60 << 1 | 15 << 15], "opcode 0x60 has no instruction with fn=0, t=15"),
    ],
)
def test_illegal_bits_say_why(syllables: list[int], reason: str) -> None:
    with pytest.raises(CodecError) as caught:
        codec.decode(syllables)
    assert str(caught.value) == reason


def test_bundles_refuse_what_cannot_issue_together() -> None:
    op = codec.make(BY_KEY["add rd, ra, rb"])
    with pytest.raises(CodecError, match="unit A0 is claimed twice"):
        codec.encode_bundle([op, op])
    with pytest.raises(CodecError, match="at least one op"):
        codec.encode_bundle([])
    with pytest.raises(CodecError, match="the text ends inside a bundle"):
        codec.decode_bundle([ADD], 0)


def test_values_out_of_range_name_the_bounds() -> None:
    with pytest.raises(CodecError, match=r"`ext`: len is 33; it must be between 1 and 32"):
        codec.encode(codec.make(BY_KEY["ext rd, ra, pos, len"], len=33))


def test_opcodes_are_stable() -> None:
    """Objects written yesterday must run tomorrow: a change here is a change of the ISA's version."""
    assert codec.encode(codec.make(BY_KEY["add rd, ra, imm"], rd=3, ra=2, imm=1, u=1), stop=True) == [
        1 | 0x02 << 1 | 1 << 9 | 0 << 11 | 3 << 16 | 2 << 21 | 1 << 26
    ]


def test_scalar_mnemonics_leave_the_prefix_of_vectors_alone() -> None:
    scalar = [row.mnemonic for row in SCALAR_ROWS]
    assert scalar and not [mnemonic for mnemonic in scalar if mnemonic.startswith(VECTOR_PREFIX)]


def test_vector_mnemonics_have_the_prefix_and_no_others() -> None:
    assert all(row.mnemonic.startswith(VECTOR_PREFIX) == (row.units.name == "V") for row in ROWS)


ILLEGAL = [
    ("read.4 stream, slice[row]", {"stream": 2}, "se2 starts no group of 4 streams; those start at a multiple of 4"),
    ("lw.i8 plane, stream", {"stream": 40}, "sw8 starts no group of 16 streams; those start at a multiple of 16"),
    ("lw.i8 plane, stream", {"plane": 0, "stream": 0}, "plane 0 samples streams that flow west, not se0"),
    ("accr plane, acc, stream", {"plane": 3, "stream": 4}, "plane 3 answers on streams that flow west, not se4"),
    ("abc.f16 plane, stream", {"plane": 3}, "plane 3 is the second of its pair; a 16-bit type names the first"),
    ("abc.f16 plane, stream", {"stream": 32, "d": 1}, "d is 1; its elements are at least 2 cycles apart"),
    ("vadd.f32 dst, sa, sb", {"u": 3, "dst": 66}, "V3 writes streams or v3, not v2"),
    ("vadd.f32 dst, sa, sb", {"sa": 80}, "80 names no operand"),
    ("vadd.i8.w dst, sa, imm", {"imm": 256}, "0x100 does not fit 8 bits"),
    ("vadd.i8.w dst, sa, sb", {"e": 4}, "one round (m=1) has no e and no stride2"),
    ("read stream, slice[row]", {"stride2": 4}, "one round (m=1) has no e and no stride2"),
    (
        "vadd.i8.w dst, sa, sb", {"n": 5, "d": 2, "m": 2, "e": 8},
        "e is 8; the next round begins at least 9 cycles after a round's first element",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "values", "reason"), ILLEGAL)
def test_ops_against_the_rules_are_illegal_both_ways(key: str, values: dict[str, int], reason: str) -> None:
    op = codec.make(BY_KEY[key], **values)
    with pytest.raises(CodecError) as caught:
        codec.encode(op)
    assert str(caught.value) == f"`{op.row.mnemonic}`: {reason}"
    with pytest.raises(CodecError) as caught:
        codec.decode(unchecked(op))
    assert str(caught.value) == f"`{op.row.mnemonic}`: {reason}"


def unchecked(op: Op) -> list[int]:
    """The syllables of an op whose fields fit, whatever the other rules say of it."""
    fmt = op.row.format
    parts = [(number, each.position) for number, each in zip(op.row.select, fmt.selectors, strict=True)]
    word, extension = 1 | fmt.opcode << 1, EXTENSION_OPCODE << 1
    for number, position in parts:
        word |= number << position
    extended = False
    for value, each in zip(op.values, fmt.fields, strict=True):
        raw = value - each.bias & ((1 << each.total) - 1)
        word |= (raw & ((1 << each.width) - 1)) << each.position
        extension |= raw >> each.width << each.ext_position
        extended |= not each.fits_base(raw)
    return [word & ~1, extension | 1] if extended else [word]


def test_an_op_holds_all_units_it_needs() -> None:
    wide = codec.make(BY_KEY["read.4 stream, slice[row]"], slice=4)
    paired = codec.make(BY_KEY["abc.f16 plane, stream"], plane=2)
    assert [UNIT_NAMES[unit] for unit in wide.claims] == ["mw4.rp", "mw5.rp", "mw6.rp", "mw7.rp"]
    assert [UNIT_NAMES[unit] for unit in paired.claims] == ["P2.abc", "P3.abc"]
    with pytest.raises(CodecError, match=r"unit mw6\.rp is claimed twice in one bundle"):
        codec.encode_bundle([wide, codec.make(BY_KEY["read stream, slice[row]"], slice=6)])


def test_what_a_machine_lacks_is_named() -> None:
    small = MachineSpec("small", streams=16, vxm_alus=4, mxm_planes=2)
    lacking = {
        "V4": codec.make(BY_KEY["vrelu.f32 dst, sa"], u=4),
        "v5": codec.make(BY_KEY["vrelu.f32 dst, sa"], sa=69),
        "se16": codec.make(BY_KEY["read stream, slice[row]"], stream=16),
        "plane 1": codec.make(BY_KEY["abc.f16 plane, stream"], stream=32),
        "plane 3": codec.make(BY_KEY["iw plane"], plane=3),
    }
    assert {absent(small, op.row, op.fields): op for op in lacking.values()} == lacking
    assert absent(small, BY_KEY["iw plane"], {"plane": 2}) == ""
