"""Random programs, as Hypothesis strategies: legal by construction, or wild.

A program is made as bundles whose jump targets are bundle *numbers*; `resolved` turns them into addresses.
Wild programs break every rule there is; legal ones run to their end whatever the registers hold, as long as
the index registers hold small numbers (`registers` draws such contents).
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from conform.build import op
from isa import codec
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.formats import SYLLABLE_BITS, Field
from isa.index import BY_KEY
from isa.machine import HEMISPHERES, LPU_TINY, SLICES_PER_QUAD
from isa.records import dataclass, field
from isa.row import Row
from isa.table import SCALAR_ROWS

SPEC = LPU_TINY
GENERAL = range(8)  # few registers, so that ops meet
INDEX = range(24, 28)  # hold 0 to INDEX_MASK in legal programs, so that addresses stay in range
INDEX_MASK = 7
LINK = 28
SLICE_SHIFT = 6

EDGES = [0, 1, 2, 31, 32, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
FLOATS = [0x3F800000, 0xBF800000, 0x80000000, 0x00000001, 0x007FFFFF, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00001]
HALVES = [0x3C00, 0x7BFF, 0x0001, 0x7C00, 0x7E01, 0x3F80, 0x7F7F, 0x7F80]
words = st.one_of(st.sampled_from(EDGES + FLOATS + HALVES), st.integers(0, 0xFFFFFFFF), st.integers(0, 100))

Bundles = list[list[Op]]


@st.composite
def registers(draw: st.DrawFn) -> list[int]:
    """Contents for r0 to r31; those of the index registers are small."""
    values = draw(st.lists(words, min_size=32, max_size=32))
    return [value & INDEX_MASK if number in INDEX else value for number, value in enumerate(values)]


def resolved(bundles: Bundles) -> list[int]:
    """The text of bundles whose targets are bundle numbers; a unit may be claimed twice in one."""
    places = [0]
    for bundle in bundles:
        places.append(places[-1] + len(_encoded(bundle)))
    return [syllable for bundle in bundles for syllable in _encoded([_with_address(one, places) for one in bundle])]


def _with_address(one: Op, places: list[int]) -> Op:
    if "target" not in one.row.format.names or one["target"] >= len(places):
        return one
    return one.with_field("target", places[one["target"]])


def _encoded(bundle: list[Op]) -> list[int]:
    syllables = [syllable for one in bundle for syllable in codec.encode(one)]
    syllables[-1] |= 1
    return syllables


# Legal programs -------------------------------------------------------------------------------
@dataclass
class Writer:
    """Bundles of a program so far, with waits put in wherever a register is not ready.

    `ready` holds, per register, the cycle in which its last write lands, `now` counting along the straight line.
    """

    bundles: Bundles = field(default_factory=list)
    ready: dict[int, int] = field(default_factory=dict)
    now: int = 0

    def add(self, *ops: Op) -> None:
        """Issue ops in one bundle, as soon as they may."""
        self.wait(max(self._first_cycle(one) for one in ops) - self.now)
        self.bundles.append(list(ops))
        for one in ops:
            for register in written(one):
                self.ready[register] = self.now + one.row.latency
        self.now += 1

    def _first_cycle(self, one: Op) -> int:
        reads = [self.ready.get(register, 0) for register in read(one)]
        writes = [self.ready.get(register, 0) + 1 - one.row.latency for register in written(one)]
        return max([self.now, *reads, *writes])

    def wait(self, cycles: int) -> None:
        if cycles > 0:
            self.bundles.append([op("nop count", count=cycles)])
            self.now += cycles

    def drain(self) -> None:
        """Wait until nothing is in flight, as it must be where paths meet."""
        self.wait(max([0, *self.ready.values()]) - self.now)

    def patch(self, bundle: int) -> None:
        """Let the control op of a bundle go to what comes next."""
        self.bundles[bundle] = [one.with_field("target", len(self.bundles)) for one in self.bundles[bundle]]


def read(one: Op) -> list[int]:
    """Numbers of the registers an op reads."""
    return [one[name] for name in one.row.reads] + [CONDITION_CODE] * one.row.reads_cc


def written(one: Op) -> set[int]:
    """Numbers of the registers an op writes: at most one."""
    if one.row.writes_cc:
        return {CONDITION_CODE}
    return {one[one.row.write]} if one.row.write else set()


@st.composite
def legal_bundle_lists(draw: st.DrawFn) -> Bundles:
    """The bundles of a program that runs to its end."""
    writer = Writer()
    calls = _statements(draw, writer, depth=0)
    writer.drain()
    writer.add(op("halt [code]", code=draw(st.integers(0, 255))))
    for call in calls:
        writer.patch(call)
        _straight(draw, writer)
        writer.drain()
        writer.add(op("ret ra", ra=LINK))
    return writer.bundles


def legal_programs() -> st.SearchStrategy[list[int]]:
    """The text of a program that runs to its end."""
    return legal_bundle_lists().map(resolved)


def _statements(draw: st.DrawFn, writer: Writer, depth: int) -> list[int]:
    """A few statements; returns the bundles that call a function still to be written."""
    calls: list[int] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["straight", "call"] + ["loop", "skip"] * (depth < 3)))
        if kind == "straight":
            _straight(draw, writer)
        elif kind == "call":
            writer.drain()
            calls.append(len(writer.bundles))
            writer.add(op("call rd, target", rd=LINK))
            writer.ready.clear()
        else:
            calls += (_loop if kind == "loop" else _skip)(draw, writer, depth + 1)
    return calls


def _straight(draw: st.DrawFn, writer: Writer) -> None:
    for _ in range(draw(st.integers(1, 6))):
        writer.add(*draw(legal_bundles()))


def _loop(draw: st.DrawFn, writer: Writer, depth: int) -> list[int]:
    writer.drain()
    start = len(writer.bundles)
    count = draw(st.sampled_from([0, 1, 2, 3, 0xFFFFFFFF]))
    by_register = depth == 1 and draw(st.booleans())
    key = "loop ra, target" if by_register else "loop imm, target"
    writer.add(op(key, **({"ra": draw(st.sampled_from(INDEX))} if by_register else {"imm": count})))
    calls = _statements(draw, writer, depth)
    writer.drain()
    writer.add(op("mov rd, ra", rd=0, ra=0))
    writer.drain()
    writer.patch(start)
    return calls


def _skip(draw: st.DrawFn, writer: Writer, depth: int) -> list[int]:
    """Statements jumped over when a condition holds."""
    writer.drain()
    conditions = [row for row in SCALAR_ROWS if row.control in ("branch", "jump")]
    start = len(writer.bundles)
    writer.add(codec.make(draw(st.sampled_from(conditions))))
    calls = _statements(draw, writer, depth)
    writer.drain()
    writer.patch(start)
    return calls


@st.composite
def legal_bundles(draw: st.DrawFn) -> list[Op]:
    """Ops on different units that write different registers and cannot fault."""
    bundle: dict[str, Op] = {}
    targets: set[int] = set()
    for row in draw(st.lists(st.sampled_from(legal_rows()), min_size=1, max_size=5)):
        one = draw(legal_ops(row))
        if one.unit not in bundle and not written(one) & targets:
            bundle[one.unit] = one
            targets |= written(one)
    return list(bundle.values())


@cache
def legal_rows() -> list[Row]:
    """Rows that can be given operands that never fault; memory ones several times, as they are few."""
    plain = [row for row in SCALAR_ROWS if not row.control and not row.faults]
    checked = [row for row in SCALAR_ROWS if not row.control and not row.memory and row.faults and _can_be_safe(row)]
    return plain + checked + [row for row in SCALAR_ROWS if row.memory] * 2 + [BY_KEY["and rd, ra, imm"]] * 5


def _can_be_safe(row: Row) -> bool:
    """A division by a constant, or an assertion that a register equals itself."""
    return ("E-DIV" in row.faults) == ("imm" in row.format.names)


@st.composite
def legal_ops(draw: st.DrawFn, row: Row) -> Op:
    """An op of a row with operands that never fault; some `and`s make a new index."""
    values = {f.name: draw(field_values(f, row)) for f in row.format.fields}
    if row.memory:
        values |= draw(legal_places(row, values["u"]))
    elif "E-DIV" in row.faults:
        values["imm"] = draw(st.integers(1, 1000))
    elif row.faults:
        values["rb"] = values["ra"]
    elif row.key == "and rd, ra, imm" and draw(st.booleans()):
        values |= {"rd": draw(st.sampled_from(INDEX)), "imm": INDEX_MASK}
    return codec.make(row, **values)


@st.composite
def legal_places(draw: st.DrawFn, row: Row, unit: int) -> dict[str, int]:
    """Address fields in range; L0 keeps to the western hemisphere and L1 to the eastern, so that no banks clash."""
    index = draw(st.sampled_from(INDEX))
    found = {name: index for name in row.reads if name != "rt"}
    if row.width:
        first = draw(st.integers(0, SPEC.quads - 1)) * SLICES_PER_QUAD
        slice_index = first + draw(st.integers(0, SLICES_PER_QUAD - row.width))
        found |= {"slice": (unit << SLICE_SHIFT) + slice_index, "row": draw(st.integers(0, SPEC.rows))}
        found |= {"lane": draw(st.integers(0, SPEC.lanes - 1))}
    else:
        half = SPEC.words // HEMISPHERES
        found |= {"disp": unit * half + draw(st.integers(0, half // 2)), "scale": draw(st.integers(0, 100))}
    return {name: value for name, value in found.items() if name in row.format.names}


# Wild programs --------------------------------------------------------------------------------
def field_values(f: Field, row: Row) -> st.SearchStrategy[int]:
    """Any legal number of a field, mostly those that lead somewhere."""
    if f.name == "u":
        return st.integers(0, row.instances - 1)
    if f.name in ("rd", "ra", "rb", "rc", "rt"):
        return st.sampled_from(INDEX if row.memory and f.name != "rt" else GENERAL)
    if f.name in FEW:
        return st.integers(f.low, min(f.high, f.low + FEW[f.name]))
    return words if f.total == 32 else st.integers(f.low, f.high)


FEW = {"disp": 40, "scale": 5, "slice": 9, "row": 140, "lane": 33, "target": 12, "count": 20}


TROUBLED = [row for row in SCALAR_ROWS if row.faults or row.control]


@st.composite
def any_ops(draw: st.DrawFn) -> Op:
    row = draw(st.one_of(st.sampled_from(SCALAR_ROWS), st.sampled_from(TROUBLED)))
    return codec.make(row, **{f.name: draw(field_values(f, row)) for f in row.format.fields})


@st.composite
def wild_programs(draw: st.DrawFn) -> list[int]:
    """The text of a program that breaks rules: hazards, clashes, stray addresses, jumps into bundles, bad loops."""
    bundles = draw(st.lists(st.lists(any_ops(), min_size=1, max_size=3), min_size=1, max_size=12))
    if draw(st.booleans()):
        bundles = [list({one.unit: one for one in bundle}.values()) for bundle in bundles]
    return resolved(bundles)


@st.composite
def broken_programs(draw: st.DrawFn) -> list[int]:
    """The text of a legal program with a few ops added or replaced, and now and then a bit turned over."""
    bundles = [list(bundle) for bundle in draw(legal_bundle_lists())]
    for _ in range(draw(st.integers(0, 3))):
        bundle = draw(st.sampled_from(bundles))
        wrong = draw(any_ops())
        bundle[:] = [*(one for one in bundle if one.unit != wrong.unit), wrong]
    syllables = resolved(bundles)
    if draw(st.integers(0, 3)) == 0:
        syllables[draw(st.integers(0, len(syllables) - 1))] ^= 1 << draw(st.integers(0, SYLLABLE_BITS - 1))
    return syllables


noise = st.lists(st.integers(0, codec.SYLLABLE_MASK), max_size=20)
