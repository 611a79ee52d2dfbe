"""Coverage of instructions: each row, where its operands come from, its bursts and fields, the units and registers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from conform.cover.points import Group, Judged, Point, group
from isa import codec
from isa.conditions import EQ, LT, LTU, UN
from isa.faults import CONDITION_CODE
from isa.machine import HEMISPHERES, MachineSpec
from isa.places import SCALAR_COUNT, SCALARS, STREAMS, V_REGISTERS, WEST_FLOW, is_stream, is_v, place_name
from isa.row import (
    ATTR,
    BANK,
    BURST_FIELDS,
    CONST,
    HEMI,
    MEM,
    READ,
    SLICE_ROW,
    STREAM,
    VECTOR,
    Operand,
    Row,
)  # fmt: skip
from isa.table import ROWS
from isa.units import CLASSES, HEMISPHERE_SLICES, LINK, NOWHERE, PLANE, PLANES, SLICE, SXM, UNIT_NAMES, VXM
from vm.reference.issue import Issue
from vm.reference.program import Issued
from vm.tensor_state import ACCUMULATOR_ROWS

EDGED = (CONST, ATTR, MEM, SLICE_ROW, BANK, HEMI)  # kinds of operands whose least and greatest values are points
FOUND = {
    0: "greater", EQ: "equal", LT: "less, not unsigned", LTU: "less, only unsigned", LT | LTU: "less", UN: "unordered",
}  # fmt: skip
EASTWARD, WESTWARD = "eastward stream", "westward stream"
V_REGISTER, REGISTER = "v register", "register"


class InstructionWatcher:
    """Notes ops the first time they issue; what they are does not change."""

    def __init__(self, spec: MachineSpec, seen: set[Point]) -> None:
        self.spec = spec
        self.seen = seen
        self.known: set[tuple[int, int]] = set()

    def see(self, issue: Issue) -> None:
        for element in issue.elements:
            where = element.pc, element.op.slot
            if where not in self.known:
                self.known.add(where)
                self.seen.update(of_op(self.spec, element.op))
            if element.op.row.reads_cc:
                self.seen.add(("condition", element.op.row.family, FOUND[issue.state.cc]))


def of_op(spec: MachineSpec, op: Issued) -> Iterator[Point]:
    """The points of an op wherever it issues."""
    row, fields = op.row, op.fields
    yield ("instruction", row.key)
    for operand in placed(row):
        yield ("operand", row.key, operand.fields[0], kind_of(fields[operand.fields[0]]))
    for shape in shapes(row, op):
        yield ("burst", row.family, shape)
    for name in edged_fields(row):
        yield ("field", row.family, name, edge(fields[name], *limits(spec, row, name)))
    if row.format.ext_bits:
        long = len(codec.encode_values(row, tuple(fields.values()))) > 1
        yield ("encoding", row.format.name, SYLLABLES[long])
    for unit in op.claims:
        yield ("unit", UNIT_NAMES[unit])
    yield from places(op)


# Rows -----------------------------------------------------------------------------------------
@cache
def never_issues(spec: MachineSpec, row: Row) -> str:
    """Why no op of a row issues without a fault; "" where one can."""
    if row.units.where == LINK:
        return "no link is connected: it always is E-LINK"
    if row.control == "trap":
        return "it always is E-TRAP"
    if row.units.where == PLANE and not planes_for(spec, row):
        return f"{spec.name} has no {'pair of planes' if spec.mxm_planes else 'planes'}"
    size = max((operand.width * operand.groups for operand in row.operands if operand.kind == STREAM), default=0)
    return f"{spec.name} has no {size} streams in a direction" if size > spec.streams else ""


def planes_for(spec: MachineSpec, row: Row) -> list[int]:
    """The planes that an op of a row can name."""
    first = range(0, PLANES, row.claims)
    return [plane for plane in first if all(spec.has_plane(plane + k) for k in range(row.claims))]


def instructions(spec: MachineSpec) -> Iterator[Judged]:
    for row in ROWS:
        yield (row.key,), never_issues(spec, row)


# Where operands come from ----------------------------------------------------------------------
@cache
def placed(row: Row) -> tuple[Operand, ...]:
    """The operands of a row that can be in several kinds of places."""
    return tuple(each for each in row.operands if each.kind == VECTOR or (each.kind == STREAM and not each.flow))


def kind_of(number: int) -> str:
    if is_stream(number):
        return EASTWARD if number < WEST_FLOW else WESTWARD
    return V_REGISTER if is_v(number) else REGISTER


def operand_places(spec: MachineSpec) -> Iterator[Judged]:
    for row in ROWS:
        for operand in placed(row):
            for kind in kinds_of(operand):
                yield (row.key, operand.fields[0], kind), never_issues(spec, row)


def kinds_of(operand: Operand) -> list[str]:
    """The kinds of places that an operand can name."""
    registers = [V_REGISTER] * (operand.kind == VECTOR) + [REGISTER] * (operand.kind == VECTOR and operand.role == READ)
    return [EASTWARD, WESTWARD, *registers]


# Bursts ---------------------------------------------------------------------------------------
def shapes(row: Row, op: Issued) -> Iterator[str]:
    """What is special about the burst of an op; nothing where it has no such fields."""
    fields = op.fields
    if "n" not in fields:
        return
    n, d, m, e = (fields.get(name, 1) for name in ("n", "d", "m", "e"))
    if n == m == 1:
        yield "one element"
    if n > 1:
        yield "elements in a row" if d == row.interval else "elements with gaps"
    if m > 1:
        yield "rounds in a row" if e == (n - 1) * d + row.interval else "rounds with gaps"
    if n > 1 and "stride" in fields:
        yield f"stride {step(fields['stride'])}"
    if m > 1 and "stride2" in fields:
        yield f"stride2 {step(fields['stride2'])}"


STEPS = ("below -1", "-1", "0", "1", "above 1")


def step(stride: int) -> str:
    return STEPS[max(-2, min(2, stride)) + 2]


def bursts(spec: MachineSpec) -> Iterator[Judged]:
    for family, rows in reachable_families(spec):
        names = {name for row in rows for name in row.format.names}
        found = ["one element", "elements in a row", "elements with gaps"] if "n" in names else []
        found += ["rounds in a row", "rounds with gaps"] if "m" in names else []
        for name in ("stride", "stride2"):
            found += [f"{name} {each}" for each in STEPS if name in names]
        for shape in found:
            yield (family, shape), rows_reason(spec, rows)


def reachable_families(spec: MachineSpec) -> Iterator[tuple[str, list[Row]]]:
    """Rows by family, those first that can issue."""
    families: dict[str, list[Row]] = {}
    for row in ROWS:
        families.setdefault(row.family, []).append(row)
    yield from families.items()


def rows_reason(spec: MachineSpec, rows: Iterable[Row]) -> str:
    """Why none of some rows issues; "" where one can."""
    reasons = [never_issues(spec, row) for row in rows]
    return reasons[0] if all(reasons) else ""


# Fields ---------------------------------------------------------------------------------------
LEAST, BETWEEN, GREATEST = "least", "between", "greatest"


@cache
def edged_fields(row: Row) -> tuple[str, ...]:
    """The fields of a row that hold numbers of places, amounts and the like."""
    names = [name for operand in row.operands if operand.kind in EDGED for name in operand.fields]
    return tuple(name for name in names if name not in (*BURST_FIELDS, "ra", "rb", "rc"))


@cache
def limits(spec: MachineSpec, row: Row, name: str) -> tuple[int, int]:
    """The least and the greatest number that a field can have without a fault."""
    field = row.format.field(name)
    highest = {
        "disp": spec.words - 1, "row": spec.rows * spec.banks - 1, "lane": spec.lanes - 1, "bank": spec.banks - 1,
        "slice": HEMISPHERE_SLICES + spec.slices - max(1, row.width), "row0": spec.lanes - 1,
        "acc": ACCUMULATOR_ROWS - 1, "plane": max(planes_for(spec, row), default=0),
    }  # fmt: skip
    return field.low, min(field.high, highest.get(name, field.high))


def edge(value: int, low: int, high: int) -> str:
    if value == low:
        return LEAST
    return GREATEST if value == high else BETWEEN


def fields(spec: MachineSpec) -> Iterator[Judged]:
    found: dict[Point, str] = {}
    for row in ROWS:
        for name in edged_fields(row):
            low, high = limits(spec, row, name)
            for word in [LEAST, GREATEST, BETWEEN][: high - low + 1]:
                reason = never_issues(spec, row)
                if row.control == "nop" and word == GREATEST:
                    reason = "such a wait outlasts every run"
                point = (row.family, name, word)
                found[point] = reason and found.get(point, reason)
    return iter(found.items())


# Encodings ------------------------------------------------------------------------------------
SYLLABLES = ("one syllable", "with extension")


def encodings(spec: MachineSpec) -> Iterator[Judged]:
    formats = {row.format.name: row for row in ROWS if row.format.ext_bits}
    for name, row in formats.items():
        for word in SYLLABLES:
            yield (name, word), never_issues(spec, row)


# Units and registers --------------------------------------------------------------------------
def units(spec: MachineSpec) -> Iterator[Judged]:
    for cls in CLASSES.values():
        for number in sets_of(spec, cls.where):
            for instance in range(len(cls.names)):
                order = cls.first + instance + cls.step * number
                missing = cls.where == VXM and instance >= spec.vxm_alus
                reason = "no link is connected" if cls.where == LINK else f"{spec.name} has it not" if missing else ""
                yield (UNIT_NAMES[order],), reason


def sets_of(spec: MachineSpec, where: str) -> Iterable[int]:
    """The numbers of the slices, planes, switches or links that there are."""
    return {
        NOWHERE: [0], VXM: [0], SXM: range(HEMISPHERES), LINK: range(1),
        SLICE: [HEMISPHERE_SLICES * half + index for half in range(HEMISPHERES) for index in range(spec.slices)],
        PLANE: [plane for plane in range(PLANES) if spec.has_plane(plane)],
    }[where]  # fmt: skip


def places(op: Issued) -> Iterator[Point]:
    """The registers and streams that an op reads and writes."""
    for register in op.reads:
        yield ("place", register_name(register), "read")
    if op.write is not None:
        yield ("place", register_name(op.write), "written")
    for source, word in ((op.sources, "read"), (op.results, "written")):
        for each in source:
            for k in range(each.width):
                yield ("place", place_name(each.stream + k), word)
    for operand in op.row.operands:
        if operand.kind == VECTOR and is_v(op.fields[operand.fields[0]]):
            yield ("place", place_name(op.fields[operand.fields[0]]), "read" if operand.role == READ else "written")


def register_name(number: int) -> str:
    return "cc" if number == CONDITION_CODE else place_name(SCALARS + number)


def all_places(spec: MachineSpec) -> Iterator[Judged]:
    names = [register_name(number) for number in range(SCALAR_COUNT + 1)]
    names += [place_name(V_REGISTERS + number) for number in range(spec.vxm_alus)]
    names += [place_name(base + number) for base in (0, WEST_FLOW) for number in range(min(spec.streams, STREAMS))]
    for name in names:
        for word in ("read", "written"):
            yield (name, word), ""


def conditions(_spec: MachineSpec) -> Iterator[Judged]:
    for family in dict.fromkeys(row.family for row in ROWS if row.reads_cc):
        for word in FOUND.values():
            yield (family, word), ""


def groups(spec: MachineSpec) -> Iterator[Group]:
    """What this module notes."""
    yield group("instruction", "Instructions", "Rows of the table that issued.", ("instruction",), instructions(spec))
    yield group("operand", "Places of operands", "Where each operand was taken from, or put.",
                ("instruction", "operand", "place"), operand_places(spec))  # fmt: skip
    yield group("burst", "Shapes of bursts", "How many elements, rounds and gaps bursts had, and how rows went on.",
                ("family", "shape"), bursts(spec))  # fmt: skip
    yield group("field", "Edges of fields", "The least and the greatest number that a field can have.",
                ("family", "field", "number"), fields(spec))  # fmt: skip
    yield group("encoding", "Extensions", "Formats with and without their extension syllable.",
                ("format", "length"), encodings(spec))  # fmt: skip
    yield group("unit", "Units", "Each unit of the machine.", ("unit",), units(spec))
    yield group("place", "Registers and streams", "Each register and stream, read and written.",
                ("place", "use"), all_places(spec))  # fmt: skip
    yield group("condition", "Conditions", "What was recorded in the condition code when it was read.",
                ("family", "compared"), conditions(spec))  # fmt: skip
