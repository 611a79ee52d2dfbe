"""Coverage of faults: each code by the family of its op, and by what caused it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conform.cover.instructions import planes_for
from conform.cover.points import Group, Judged, Point, group
from isa import codec
from isa.codec import CodecError, Op
from isa.emit_manual import faults_of
from isa.faults import CODES, CONDITION_CODE, NOWHERE, RawFault
from isa.machine import MachineSpec
from isa.row import READ, STREAM, VECTOR, WRITE, Row
from isa.table import ROWS
from isa.units import LINK, PLANE

Text = list[int]


def of_fault(spec: MachineSpec, text: Text, fault: RawFault) -> Iterator[Point]:
    """The points of a fault of a program."""
    op = op_at(text, fault.pc, fault.slot)
    if op:
        yield ("fault", op.row.family, fault.name)
    cause = CAUSE_OF.get(fault.name)
    yield ("cause", fault.name, cause(spec, text, fault, op) if cause else ANY)


def decoded(text: Text, pc: int) -> list[Op]:
    """The ops of the bundle at an address, none where there is no legal one."""
    try:
        return codec.decode_bundle(text, pc)[0]
    except CodecError:
        return []


def op_at(text: Text, pc: int, slot: int) -> Op | None:
    """The op in a slot of the bundle at an address; None where none is meant."""
    ops = decoded(text, pc)
    return ops[slot] if slot in range(len(ops)) else None


# Causes ---------------------------------------------------------------------------------------
ANY = "any"
SCALAR, TENSOR = "scalar op", "tensor op"


def face(op: Op | None) -> str:
    return TENSOR if op and op.row.tensor else SCALAR


def of_pc(_spec: MachineSpec, text: Text, fault: RawFault, _op: Op | None) -> str:
    jump = op_at(text, fault.other_pc, fault.other_slot)
    return jump.row.control if jump else "entry"


def of_illegal(_spec: MachineSpec, text: Text, fault: RawFault, _op: Op | None) -> str:
    address, stop = fault.pc, False
    try:
        while not stop:
            if address >= len(text):
                return TEXT_ENDS
            _, used, stop = codec.decode(text, address)
            address += used
    except CodecError:
        return NO_OP
    return MISSING if decoded(text, fault.pc) else TWICE


TEXT_ENDS, NO_OP, TWICE, MISSING = "the text ends", "no op", "a unit twice", "a unit or stream that is not there"


def of_loop(_spec: MachineSpec, text: Text, fault: RawFault, op: Op | None) -> str:
    assert op
    start, end = codec.decode_bundle(text, fault.pc)[1], fault.address
    if end <= start:
        return NO_BODY
    if end > len(text) or (end < len(text) and not text[end - 1] & 1):
        return NO_START
    before = [address for address in codec.bundle_starts(text) if address < end][-1]
    last = decoded(text, before)
    if not last:
        return BAD_LAST
    return CONTROL_LAST if any(one.row.control for one in last) else OUTER_OR_DEEP


NO_BODY, NO_START, BAD_LAST = "no body", "the end starts no bundle", "the last bundle is illegal"
CONTROL_LAST, OUTER_OR_DEEP = "the last bundle holds control", "past the outer end, or too deep"


def of_busy(_spec: MachineSpec, _text: Text, fault: RawFault, _op: Op | None) -> str:
    return ITSELF if (fault.other_pc, fault.other_slot) == (fault.pc, fault.slot) else OTHER


ITSELF, OTHER = "its own burst", "another burst"


def of_hazard(_spec: MachineSpec, _text: Text, fault: RawFault, op: Op | None) -> str:
    return "condition code" if fault.resource == CONDITION_CODE else face(op)


def of_empty(_spec: MachineSpec, _text: Text, fault: RawFault, op: Op | None) -> str:
    assert op
    return FIRST if fault.stream == op[op.row.operands[fault.operand].fields[0]] else REST


FIRST, REST = "the first of the streams", "a later one"


def of_type(_spec: MachineSpec, _text: Text, fault: RawFault, _op: Op | None) -> str:
    if fault.operand != NOWHERE:
        return "v register"
    if fault.value2 == NOWHERE:
        return "second plane of a pair"
    return "no array" if fault.value == NOWHERE else "array of another type"


def of_place(_spec: MachineSpec, _text: Text, fault: RawFault, op: Op | None) -> str:
    """Of E-RANGE and E-UNINIT: what the op is of."""
    assert op
    if fault.name == "E-UNINIT" and fault.operand != NOWHERE:
        return "v register"
    return op.row.semantics if op.row.memory else op.row.units.what.partition(",")[0]


def of_bank(_spec: MachineSpec, text: Text, fault: RawFault, op: Op | None) -> str:
    faces = sorted((face(op), face(op_at(text, fault.other_pc, fault.other_slot))))
    return f"{faces[0]}, {faces[1]}"


def of_division(_spec: MachineSpec, _text: Text, fault: RawFault, _op: Op | None) -> str:
    return "overflow" if fault.value2 else "by zero"


def of_clash(_spec: MachineSpec, _text: Text, fault: RawFault, op: Op | None) -> str:
    kind = "v register" if op and op.row.tensor else "register"
    kind = "condition code" if fault.resource == CONDITION_CODE else kind
    return f"{kind}, {SAME_CYCLE if fault.other_cycle == fault.cycle else EARLIER}"


SAME_CYCLE, EARLIER = "one cycle", "in flight"


def of_stream_clash(_spec: MachineSpec, _text: Text, fault: RawFault, _op: Op | None) -> str:
    return SAME_CYCLE if fault.other_cycle == fault.cycle else EARLIER


def of_loss(_spec: MachineSpec, _text: Text, fault: RawFault, _op: Op | None) -> str:
    if fault.resource != NOWHERE:
        return "left at an exit"
    return "overwritten" if fault.other_pc != NOWHERE else "dropped"


CAUSE_OF: dict[str, Callable[[MachineSpec, Text, RawFault, Op | None], str]] = {
    "E-PC": of_pc, "E-ILLEGAL": of_illegal, "E-LOOP": of_loop, "E-UNIT-BUSY": of_busy, "E-HAZARD": of_hazard,
    "E-STREAM-EMPTY": of_empty, "E-TYPE": of_type, "E-RANGE": of_place, "E-BANK": of_bank, "E-UNINIT": of_place,
    "E-DIV": of_division, "E-WRITE-CLASH": of_clash, "E-STREAM-CLASH": of_stream_clash, "E-STREAM-LOST": of_loss,
}  # fmt: skip


# What there is --------------------------------------------------------------------------------
def places_of(code: str) -> list[str]:
    rows = [row for row in ROWS if code in row.faults]
    found = [row.semantics if row.memory else row.units.what.partition(",")[0] for row in rows]
    return list(dict.fromkeys(found))


CAUSES: dict[str, tuple[str, ...]] = {
    "E-PC": ("jump", "branch", "call", "ret"),
    "E-ILLEGAL": (TEXT_ENDS, NO_OP, TWICE, MISSING),
    "E-LOOP": (NO_BODY, NO_START, BAD_LAST, CONTROL_LAST, OUTER_OR_DEEP),
    "E-UNIT-BUSY": (ITSELF, OTHER),
    "E-HAZARD": ("condition code", SCALAR, TENSOR),
    "E-STREAM-EMPTY": (FIRST, REST),
    "E-TYPE": ("v register", "second plane of a pair", "no array", "array of another type"),
    "E-RANGE": tuple(places_of("E-RANGE")),
    "E-BANK": (f"{SCALAR}, {SCALAR}", f"{SCALAR}, {TENSOR}", f"{TENSOR}, {TENSOR}"),
    "E-UNINIT": (*places_of("E-UNINIT"), "v register"),
    "E-DIV": ("by zero", "overflow"),
    "E-WRITE-CLASH": (
        f"register, {SAME_CYCLE}", f"register, {EARLIER}", f"condition code, {SAME_CYCLE}",
        f"v register, {SAME_CYCLE}", f"v register, {EARLIER}",
    ),
    "E-STREAM-CLASH": (SAME_CYCLE, EARLIER),
    "E-STREAM-LOST": ("overwritten", "dropped", "left at an exit"),
}  # fmt: skip


NO_PLANES = "the machine has no planes"
OF_PLANES = {
    "second plane of a pair", "no array", "array of another type", "left at an exit", "weight load", "accumulators",
}  # fmt: skip


def causes(spec: MachineSpec) -> Iterator[Judged]:
    for code in CODES[1:]:
        for cause in CAUSES.get(code, (ANY,)):
            missing = spec.mxm_planes == 0 and (cause in OF_PLANES or code == "E-ACC-EMPTY")
            yield (code, cause), NO_PLANES * missing


def faults(spec: MachineSpec) -> Iterator[Judged]:
    """The faults of each family that have an op."""
    found: dict[Point, str] = {}
    for row in ROWS:
        for code in sorted(faults_of(row) - {"E-PC"} | ({"E-STREAM-LOST"} if makes(row) else set()), key=CODES.index):
            point, reason = (row.family, code), never_faults(spec, row, code)
            found[point] = reason and found.get(point, reason)
    return iter(found.items())


def makes(row: Row) -> bool:
    """Whether values of a row's ops can be lost: those on streams, and at exits."""
    return row.units.name == "ABC" or any(each.kind in (STREAM, VECTOR) and each.role == WRITE for each in row.operands)


def never_faults(spec: MachineSpec, row: Row, code: str) -> str:
    """Why an op of a row is never a fault that it lists; "" where one can be."""
    if row.units.where == LINK:
        return "E-LINK comes first" * (code != "E-LINK")
    if row.units.where == PLANE and not planes_for(spec, row):
        return NO_PLANES
    if code == "E-UNIT-BUSY" and "n" not in row.format.names:
        return "ops of this unit are of one element: it is free in the next cycle"
    narrow = all(each.width == 1 for each in row.operands if each.kind == VECTOR and each.role == READ)
    return "no v register is narrower than a byte" if code == "E-TYPE" and row.vector_reads and narrow else ""


def groups(spec: MachineSpec) -> Iterator[Group]:
    """What this module notes."""
    yield group("fault", "Faults by instruction", "Codes of faults, by the family of the op that was the fault.",
                ("family", "code"), faults(spec))  # fmt: skip
    yield group("cause", "Causes of faults", "What led to each fault.", ("code", "cause"), causes(spec))
