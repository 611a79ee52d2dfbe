"""Encoding formats: how the 64 bits of a syllable are cut into fields.

A format is drawn once, low bits first. Every syllable starts with `stop:1` (set on the last syllable of a
bundle) and `op:8` (the opcode, which selects the format); the selectors a format has (`fn`, the element types
`t` and `t2`, the group width `w`) select the row of the table. Positions are derived by addition and proved at
import: every drawing fits 64 bits.

A field may be wider than its base part. The rest (`ext`) lives in an extension syllable that follows the
base syllable; it is present exactly when some field does not fit its base part, so an op has one encoding.
"""

from __future__ import annotations

from functools import cached_property

from isa.records import NamedTuple, dataclass

SYLLABLE_BITS = 64
STOP_BITS = 1
OPCODE_BITS = 8
PAYLOAD_START = STOP_BITS + OPCODE_BITS
EXTENSION_OPCODE = 0xFF
WORD_BITS = 32


class Field(NamedTuple):
    """`total` bits, the low `width` of them at `position` of the base syllable, the rest at `ext_position`.

    The stored number is value - bias; a signed field is stored in two's complement.
    """

    name: str
    position: int
    width: int
    total: int
    ext_position: int = 0
    signed: bool = False
    bias: int = 0

    @property
    def ext_width(self) -> int:
        return self.total - self.width

    @property
    def low(self) -> int:
        return (-(1 << (self.total - 1)) if self.signed else 0) + self.bias

    @property
    def high(self) -> int:
        return (1 << (self.total - self.signed)) - 1 + self.bias

    def fits_base(self, raw: int) -> bool:
        """Whether a raw (stored) value needs no extension."""
        if not self.signed or not self.width:
            return raw >> self.width == 0
        high = raw >> (self.width - 1)
        return high == 0 or high == (1 << (self.total - self.width + 1)) - 1


@dataclass(frozen=True, eq=False)
class Format:
    """One way to cut a syllable. `fields` are in drawing order, without stop, op and the selectors.

    Each is drawn once, so formats are compared and hashed by identity.
    """

    name: str
    opcode: int
    fields: tuple[Field, ...]
    selectors: tuple[Field, ...]
    used_bits: int
    ext_bits: int

    def field(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"format {self.name} has no field {name}")

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


SELECTORS = ("fn", "t", "t2", "w")
SIGNED_FIELDS = {"stride", "stride2"}
BIASED_FIELDS = {"len": 1, "n": 1, "d": 1, "m": 1, "count": 1}

# One line a format: name, opcode, fields low bits first. `a:26+6` has 26 base bits and 6 extension bits.
# The formats from 0x40 on belong to the tensor units: element i of round j of a burst issues i*d + j*e cycles
# after its first, with n elements a round and m rounds. `stream` and `from`, `map` and `with` name streams (0 to
# 31 flow east, 32 to 63 west); `dst`, `sa`, `sb`, `sc` those and v or scalar registers (see isa/places.py).
# Register fields are 5 bits: rd is written; ra, rb, rc are read; rt is read by stores and written by loads.
DRAWINGS = """
ALU_RR    0x01  u:2 fn:5 rd:5 ra:5 rb:5
ALU_RI    0x02  u:2 fn:5 rd:5 ra:5 imm:32
ALU_R     0x03  u:2 fn:4 rd:5 ra:5
ALU_I     0x04  u:2 fn:4 rd:5 imm:32
CMP_RR    0x05  u:2 fn:2 ra:5 rb:5
CMP_RI    0x06  u:2 fn:2 ra:5 imm:32
EXT_I     0x07  u:2 fn:1 rd:5 ra:5 pos:5 len:5
EXT_R     0x08  u:2 fn:1 rd:5 ra:5 rb:5 len:5
INS_I     0x09  u:2 rd:5 ra:5 rb:5 pos:5 len:5
INS_R     0x0A  u:2 rd:5 ra:5 rb:5 rc:5 len:5

MUL_RR    0x10  fn:4 rd:5 ra:5 rb:5
MUL_RI    0x11  fn:4 rd:5 ra:5 imm:32
MAD_RR    0x12  rd:5 ra:5 rb:5 rc:5
MAD_RI    0x13  rd:5 ra:5 rb:5 imm:32

F32_RR    0x18  u:1 fn:3 rd:5 ra:5 rb:5
F32_RI    0x19  u:1 fn:3 rd:5 ra:5 imm:32
FMA_RR    0x1A  u:1 rd:5 ra:5 rb:5 rc:5
FMA_RI    0x1B  u:1 rd:5 ra:5 rb:5 imm:32
F32_R     0x1C  u:1 fn:6 rd:5 ra:5

MEM_D     0x20  u:1 fn:1 rt:5 disp:32
MEM_DB    0x21  u:1 fn:1 rt:5 disp:32 rb:5
MEM_DS    0x22  u:1 fn:1 rt:5 disp:26+6 ra:5 scale:13+19
MEM_DR    0x23  u:1 fn:1 rt:5 disp:32 ra:5 rc:5
MEM_DRB   0x24  u:1 fn:1 rt:5 disp:32 ra:5 rc:5 rb:5
LD_DSB    0x25  u:1 rt:5 disp:26+6 ra:5 scale:13+19 rb:5
ST_DSB    0x26  u:1 rt:5 disp:26+6 ra:5 scale:13+19 rb:5
LANE_I    0x28  u:1 fn:3 rt:5 slice:7 row:13 lane:9
LANE_L    0x29  u:1 fn:3 rt:5 slice:7 row:13 rb:5
LANE_R    0x2A  u:1 fn:3 rt:5 slice:7 row:13 ra:5 lane:9
LANE_RL   0x2B  u:1 fn:3 rt:5 slice:7 row:13 ra:5 rb:5

JUMP      0x30  fn:4 target:23
CALL      0x31  rd:5 target:23
RET       0x32  ra:5
LOOP_R    0x33  ra:5 target:23
LOOP_I    0x34  imm:32 target:23
NOP       0x35  count:32
STOP      0x36  fn:1 code:8

BURST     0x40  fn:3 row:13 slice:7 stream:6 n:10+6 d:2+6 stride:9+4 m:0+10 e:0+16 stride2:0+13
BURST_R   0x41  fn:3 row:13 slice:7 stream:6 n:10+6 d:2+6 ra:5 stride:9+4 m:0+10 e:0+16 stride2:0+13
MAPPED    0x42  fn:1 bank:1 slice:7 stream:6 map:6 n:12+4 d:5+3 m:0+10 e:0+16

VXM_1     0x60  fn:6 t:4 u:4 dst:7 sa:7 n:12+4 d:5+3 m:0+10 e:0+16
VXM_2     0x61  fn:6 t:4 u:4 dst:7 sa:7 sb:7 n:12+4 d:5+3 m:0+10 e:0+16
VXM_3     0x62  fn:3 t:4 u:4 dst:7 sa:7 sb:7 sc:7 n:11+5 d:4+4 m:0+10 e:0+16
VXM_I     0x63  t:4 u:4 dst:7 imm:17+15 n:12+4 d:4+4 m:0+10 e:0+16
VXM_2I    0x64  fn:6 t:4 u:4 dst:7 sa:7 imm:17+15 n:10+6 d:0+8 m:0+10 e:0+16
VXM_CVT   0x65  fn:2 t:4 t2:4 u:4 dst:7 sa:7 n:12+4 d:5+3 m:0+10 e:0+16
VXM_CVTS  0x66  t:4 t2:4 u:4 dst:7 sa:7 sb:7 n:12+4 d:5+3 m:0+10 e:0+16
VXM_CVTI  0x67  t:4 t2:4 u:4 dst:7 sa:7 imm:17+15 n:10+6 d:2+6 m:0+10 e:0+16
VXM_MOV   0x68  t:4 u:4 dst:7 sa:7 delay:4 n:12+4 d:5+3 m:0+10 e:0+16

MXM_LW    0x80  t:4 plane:2 stream:6 row0:9 n:10+6 d:4+4
MXM_IW    0x81  plane:2
MXM_ABC   0x82  t:4 plane:2 stream:6 n:12+4 d:4+4 m:0+10 e:0+16
MXM_ACC   0x83  fn:2 plane:2 acc:10 n:10+6 d:4+4 m:0+10 e:0+16
MXM_EMIT  0x84  fn:3 plane:2 acc:10 stream:6 n:10+6 d:4+4 m:0+10 e:0+16
MXM_OUT   0x85  plane:2 stream:6 n:10+6 d:4+4 m:0+10 e:0+16

SXM_SHIFT 0xA0  fn:3 u:1 hemi:1 w:2 stream:6 from:6 amount:10 n:10+6 d:4+4 m:0+10 e:0+16
SXM_SEL   0xA1  u:1 hemi:1 w:2 stream:6 from:6 with:6 amount:10 n:10+6 d:4+4 m:0+10 e:0+16
SXM_PM    0xA2  hemi:1 w:2 stream:6 from:6 number:3 n:10+6 d:4+4 m:0+10 e:0+16
SXM_DS    0xA3  u:1 hemi:1 w:2 stream:6 from:6 number:3 n:10+6 d:4+4 m:0+10 e:0+16
SXM_TR    0xA4  u:1 hemi:1 stream:6 from:6 n:10+6 d:4+4 m:0+10 e:0+16
SXM_RD    0xA5  fn:2 t:4 u:1 hemi:1 stream:6 from:6 span:1 n:10+6 d:4+4 m:0+10 e:0+16
SXM_LM    0xA6  hemi:1 number:3 from:6

LINK      0xC0  fn:1 link:4 stream:6 n:10+6 d:4+4
SYNC      0xC1  fn:2 link:4
"""


def _draw(line: str) -> Format:
    name, opcode, *parts = line.split()
    position, ext_position = PAYLOAD_START, PAYLOAD_START
    fields: list[Field] = []
    selectors: list[Field] = []
    for part in parts:
        field_name, _, widths = part.partition(":")
        base, _, ext = widths.partition("+")
        width, ext_width = int(base), int(ext or 0)
        field = Field(
            field_name,
            position,
            width,
            width + ext_width,
            ext_position,
            field_name in SIGNED_FIELDS,
            BIASED_FIELDS.get(field_name, 0),
        )
        position += width
        ext_position += ext_width
        (selectors if field_name in SELECTORS else fields).append(field)
    return Format(name, int(opcode, 0), tuple(fields), tuple(selectors), position, ext_position - PAYLOAD_START)


def _prove(formats: list[Format]) -> None:
    """Positions fit the word and no opcode is drawn twice, is zero or is the extension's."""
    opcodes: dict[int, str] = {0: "(an all-zero syllable is illegal)", EXTENSION_OPCODE: "the extension syllable"}
    for fmt in formats:
        if fmt.used_bits > SYLLABLE_BITS or fmt.ext_bits > SYLLABLE_BITS - PAYLOAD_START:
            raise AssertionError(f"format {fmt.name} does not fit: {fmt.used_bits} base, {fmt.ext_bits} extension bits")
        if fmt.opcode in opcodes or not 0 < fmt.opcode < 1 << OPCODE_BITS:
            raise AssertionError(f"format {fmt.name}: opcode {fmt.opcode:#x} is taken by {opcodes.get(fmt.opcode)}")
        if len(set(fmt.names)) != len(fmt.names):
            raise AssertionError(f"format {fmt.name} names a field twice")
        opcodes[fmt.opcode] = fmt.name


_all = [_draw(line) for line in DRAWINGS.splitlines() if line.strip()]
_prove(_all)
FORMATS: dict[str, Format] = {fmt.name: fmt for fmt in _all}
