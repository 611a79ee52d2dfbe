"""Encoding is a bijection: every op round-trips, and every syllable that decodes encodes back to itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa import codec
from isa.codec import CodecError, Op
from isa.formats import EXTENSION_OPCODE, FORMATS, PAYLOAD_START, Field
from isa.row import Row
from isa.table import BY_KEY, OPCODE_FORMATS, ROWS
from isa.units import CLASSES, VECTOR_PREFIX


def field_values(row: Row, field: Field) -> st.SearchStrategy[int]:
    """Legal values of a field, its ends and the edge of its base part made likely."""
    if field.name == "u":
        return st.integers(0, row.instances - 1)
    edge = (1 << field.width) + field.bias
    corners = [v for v in (field.low, field.high, edge - 1, edge) if field.low <= v <= field.high]
    return st.sampled_from(corners) | st.integers(field.low, field.high)


@st.composite
def ops_of(draw: st.DrawFn, row: Row) -> Op:
    return Op(row, tuple(draw(field_values(row, field)) for field in row.format.fields))


ops = st.sampled_from(ROWS).flatmap(ops_of)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
@given(data=st.data())
def test_every_row_round_trips(row: Row, data: st.DataObject) -> None:
    op = data.draw(ops_of(row))
    stop = data.draw(st.booleans())
    syllables = codec.encode(op, stop)
    assert codec.decode(syllables) == (op, len(syllables), stop)


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
        ([0x1C << 1 | 63 << 10], "opcode 0x1c has no function 63"),
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
    scalar = [row.mnemonic for row in ROWS if row.units.name in CLASSES]
    assert scalar and not [mnemonic for mnemonic in scalar if mnemonic.startswith(VECTOR_PREFIX)]
