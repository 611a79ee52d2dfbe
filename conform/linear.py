"""Random programs as the scheduler takes them, legal when read in order, and how to run what it makes of them.

Registers r0 to r9 are computed with, r16 to r19 index memory and stay small, r24 to r27 count rounds, r31 links.
"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from asm.facts import FACTS, register_written, registers_read
from asm.program import FREE, Access, AsmOp, Explicit, Item, Label, Linear, Packed, Reference
from asm.schedule import Scheduled
from asm.schedule.blocks import op_text
from asm.tree import Line, OpStmt
from isa import codec
from isa.diagnostics import Place
from isa.faults import CONDITION_CODE
from isa.image import TO_TARGET
from isa.index import BY_KEY
from isa.machine import LPU_TINY
from isa.records import dataclass, field
from isa.row import REG, Row
from isa.table import SCALAR_ROWS

SPEC = LPU_TINY
GENERAL = range(10)
INDEX = range(16, 20)
INDEX_MASK = 7
COUNTERS = range(24, 28)
LINK = 31
NO_BANKS: frozenset[int] = frozenset()
# Symbols: first word and bank. A and C share a bank; "" is a pointer that may point at any of them.
SYMBOLS = {"A": (0, 0), "B": (SPEC.words_per_bank, 1), "C": (SPEC.words_per_bank // 2, 0), "": (0, None)}
SAFE = [row for row in SCALAR_ROWS if not (row.control or row.memory or row.faults)]
DIVIDE = [BY_KEY["div rd, ra, imm"], BY_KEY["rem.u32 rd, ra, imm"]]
QUICK = [row for row in SAFE if row.latency == 1 and row.write]
small = st.integers(0, INDEX_MASK)


Fields = dict[str, int]


def make_op(key: str | Row, fields: Fields, target: str = "", access: Access | None = None, line: int = 1) -> AsmOp:
    """An op by its key in the table, on `line` of `test.s`; fields left out are 0 and the unit is free."""
    row = BY_KEY[key] if isinstance(key, str) else key
    blank = {each.name: FREE if each.name == "u" else each.bias for each in row.format.fields}
    statement = OpStmt(row.mnemonic, (), (), None, Line("test.s", line, ""), 1, 1 + len(row.mnemonic))
    references = (Reference("target", TO_TARGET, target, 0),) if target else ()
    return AsmOp(row, list((blank | fields).values()), statement, references, access)


def named_registers(items: Iterable[Item]) -> list[int]:
    """The registers that ops name: those that must hold afterwards what they would have held."""
    ops = [op for item in items for op in ([item.op] if isinstance(item, Linear) else getattr(item, "ops", []))]
    named = {register for op in ops for register in registers_read(FACTS[op.row.id], op.values)}
    named |= {register_written(FACTS[op.row.id], op.values) for op in ops}
    return sorted(named & set(range(CONDITION_CODE)))


def make_label(name: str, exported: bool = False) -> Label:
    return Label(name, Place("test.s", 1), exported)


def text_of(scheduled: Scheduled) -> bytes:
    """The encoded text, targets filled in."""
    places: dict[str, int] = {}
    address = 0
    for bundle in scheduled.bundles:
        places |= dict.fromkeys(bundle.labels, address)
        address += len(encoded(bundle, {}))
    places |= dict.fromkeys(scheduled.end_labels, address)
    return codec.to_bytes([word for bundle in scheduled.bundles for word in encoded(bundle, places)])


def encoded(bundle: Packed, places: dict[str, int]) -> list[int]:
    return codec.encode_bundle(resolved(op, places) for op in bundle.ops)


def resolved(op: AsmOp, places: dict[str, int]) -> codec.Op:
    made = codec.Op(op.row, tuple(op.values))
    for reference in op.references:
        made = made.with_field(reference.field, places.get(reference.symbol, 0))
    return made


@dataclass
class Writer:
    """Writes a program top down; `functions` come after its end."""

    draw: st.DrawFn
    items: list[Item] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    labels: int = 0

    def program(self) -> list[Item]:
        for register in GENERAL:
            self.add("mov rd, imm", rd=register, imm=self.draw(st.integers(0, 0xFFFFFFFF)))
        self.body(3)
        self.add("halt [code]")
        for name in self.functions:
            self.items.append(make_label(name))
            self.straight(LINK)
            self.add("ret ra", ra=LINK)
        return self.items

    def add(self, key: str | Row, target: str = "", access: Access | None = None, /, **fields: int) -> None:
        self.items.append(Linear(make_op(key, fields, target, access, len(self.items) + 1)))

    def label(self) -> str:
        self.labels += 1
        return f"L{self.labels}"

    def body(self, depth: int) -> None:
        """A few statements; those that hold others only above depth 0."""
        simple = [self.straight, self.memory, self.call, self.bundles, self.wait]
        nested = [self.branch, self.counted, self.hardware, self.hardware_counted, self.skip]
        for _ in range(self.draw(st.integers(0, 4))):
            statement = self.draw(st.sampled_from(simple + nested if depth else simple))
            statement(depth)

    # Straight code ----------------------------------------------------------------------------
    def straight(self, depth: int) -> None:
        for _ in range(self.draw(st.integers(1, 5))):
            row = self.draw(st.sampled_from(self.draw(st.sampled_from([SAFE, SAFE, DIVIDE]))))
            self.add(row, **self.fields(row))

    def fields(self, row: Row) -> dict[str, int]:
        """Registers of GENERAL, numbers that fit; what is divided by is 3."""
        drawn = {}
        for operand in row.operands:
            spec = row.format.field(operand.fields[0])
            choice = st.sampled_from(GENERAL) if operand.kind == REG else st.integers(spec.low, spec.high)
            drawn[spec.name] = 3 if row in DIVIDE and spec.name == "imm" else self.draw(choice)
        return drawn

    def memory(self, depth: int) -> None:
        for _ in range(self.draw(st.integers(1, 4))):
            if self.draw(st.booleans()):
                register = self.draw(st.sampled_from(INDEX))
                self.add("and rd, ra, imm", rd=register, ra=self.draw(st.sampled_from(GENERAL)), imm=INDEX_MASK)
            self.access()

    def access(self) -> None:
        symbol = self.draw(st.sampled_from(list(SYMBOLS)))
        base, bank = SYMBOLS[symbol]
        offset = self.draw(st.integers(0, 3))
        ra, rb = self.draw(st.sampled_from(INDEX)), self.draw(st.sampled_from(INDEX))
        form, index, fields = self.draw(
            st.sampled_from(
                [
                    ("[disp]", (), {}),
                    ("[disp + rb]", (rb,), {"rb": rb}),
                    ("[disp + ra*scale + rb]", (ra, 4, rb), {"ra": ra, "scale": 4, "rb": rb}),
                ]
            )
        )
        banks = NO_BANKS if bank is None else frozenset((bank,))
        key = self.draw(st.sampled_from(["ld rt, {}", "st {}, rt"])).format(form)
        rt = self.draw(st.sampled_from(GENERAL))
        self.add(key, "", Access(symbol, banks, index, offset), rt=rt, disp=base + offset, **fields)

    def bundles(self, depth: int) -> None:
        """Explicit bundles of quick ops with different targets; a product may be left in flight to linear code."""
        for _ in range(self.draw(st.integers(1, 3))):
            rows = self.draw(st.lists(st.sampled_from(QUICK), min_size=1, max_size=3))
            ops = [make_op(row, self.fields(row)) for row in rows]
            for number, op in enumerate(ops):
                op.values[op.row.format.names.index("rd")] = number
            self.items.append(Explicit(ops, ops[0].place))
        if self.draw(st.booleans()):
            self.items.append(Explicit([make_op("mul rd, ra, rb", {"rd": 5, "ra": 6, "rb": 7})], ops[0].place))
            self.straight(depth)

    def wait(self, depth: int) -> None:
        self.add("nop count", count=self.draw(st.integers(1, 5)))

    # Control ----------------------------------------------------------------------------------
    def branch(self, depth: int) -> None:
        """if, or if and else"""
        other, end = self.label(), self.label()
        self.compare_and_jump(other)
        self.body(depth - 1)
        if self.draw(st.booleans()):
            self.add("jmp target", end)
        self.items.append(make_label(other, exported=self.draw(st.booleans())))
        self.body(depth - 1)
        self.items.append(make_label(end))

    def compare_and_jump(self, target: str) -> None:
        a, b = self.draw(st.sampled_from(GENERAL)), self.draw(st.sampled_from(GENERAL))
        self.add("cmp ra, rb", ra=a, rb=b)
        condition = self.draw(st.sampled_from(["eq", "ne", "lt", "geu", "leu", "gt"]))
        self.add(f"j{condition} target", target)

    def counted(self, depth: int) -> None:
        counter, start = 24 + depth, self.label()
        self.add("mov rd, imm", rd=counter, imm=self.draw(st.integers(1, 3)))
        self.items.append(make_label(start))
        self.body(depth - 1)
        self.add("sub rd, ra, imm", rd=counter, ra=counter, imm=1)
        self.add("cmp ra, imm", ra=counter, imm=0)
        self.add("jgt target", start)

    def hardware(self, depth: int) -> None:
        end = self.label()
        self.add("loop imm, target", end, imm=self.draw(st.integers(-1, 3)) & 0xFFFFFFFF)
        self.rounds(depth, end)

    def hardware_counted(self, depth: int) -> None:
        end, counter = self.label(), 24 + depth
        self.add("mov rd, imm", rd=counter, imm=self.draw(st.integers(-1, 3)) & 0xFFFFFFFF)
        self.add("loop ra, target", end, ra=counter)
        self.rounds(depth, end)

    def rounds(self, depth: int, end: str) -> None:
        """A loop's body, with a way out in the middle or not."""
        self.body(depth - 1)
        if self.draw(st.booleans()):
            self.compare_and_jump(end)
            self.body(depth - 1)
        self.items.append(make_label(end))

    def skip(self, depth: int) -> None:
        """Code that is jumped over."""
        end = self.label()
        self.add("jmp target", end)
        self.body(depth - 1)
        self.items.append(make_label(end))

    def call(self, depth: int) -> None:
        name = f"f{self.draw(st.integers(0, 1))}"
        if name not in self.functions:
            self.functions.append(name)
        self.add("call rd, target", name, rd=LINK)


class Program(list[Item]):
    """Items that show as text when a test fails."""

    def __repr__(self) -> str:
        return "\n" + "\n".join(map(item_text, self))


def item_text(item: Item) -> str:
    if isinstance(item, Label):
        return f"{item.name}:{' (exported)' if item.exported else ''}"
    if isinstance(item, Linear):
        return "  " + op_text(item.op)
    return f"  {{ {' || '.join(map(op_text, item.ops))} }}" if isinstance(item, Explicit) else "  (a directive)"


def bundles_text(scheduled: Scheduled) -> str:
    """The bundles as text, a line each."""
    lines: list[str] = []
    for bundle in scheduled.bundles:
        lines += [f"{label}:" for label in bundle.labels]
        lines.append(f"  {bundle.run}:{bundle.cycle} {' || '.join(map(op_text, bundle.ops))}")
    return "\n".join(lines + [f"{label}:" for label in scheduled.end_labels])


@st.composite
def programs(draw: st.DrawFn) -> Program:
    return Program(Writer(draw).program())
