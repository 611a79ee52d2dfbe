"""Random innermost loops as the assembler pipelines them, of both kinds, with trip counts from none up.

Registers are those of conform.linear; r16 to r19 walk through memory by one a round, r24 counts rounds that are
written out, up to r25, r26 those of `loop`. Counts may start anywhere, so that comparisons meet the ends of the
numbers, and are known to the assembler or, moved from another register (r27), not.
"""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from asm.program import Access, Linear
from conform.linear import DIVIDE, GENERAL, INDEX, NO_BANKS, SAFE, SYMBOLS, Program, Writer, make_label
from isa.conditions import CONDITIONS
from isa.index import BY_KEY
from vm.reference.issue import COMPUTE

COUNTER, BOUND, COUNT, FIRST = 24, 25, 26, 27
MOST_TRIPS = 20
MIDDLE = 20  # where index registers start: MOST_TRIPS steps either way stay in a symbol's words
WORD = 0xFFFFFFFF
LATENT = [BY_KEY["mul rd, ra, rb"], BY_KEY["add.f32 rd, ra, rb"], *DIVIDE]
CORNERS = (0, 1, 1 << 31, WORD, 5)
SYMBOL_NAMES = list(SYMBOLS)
SWAPPED = {a + u: b + u for a, b in (("lt", "gt"), ("gt", "lt"), ("le", "ge"), ("ge", "le")) for u in ("", "u")}


class LoopWriter(Writer):
    """Writes loops one after the other, each with what it needs set before it."""

    def body(self, depth: int) -> None:
        for _ in range(self.draw(st.integers(1, 3))):
            for register in INDEX:
                self.add("mov rd, imm", rd=register, imm=MIDDLE)
            self.draw(st.sampled_from([self.pipelined_constant, self.pipelined_counted, self.jumping_back]))()
            self.draw(st.sampled_from([self.straight, self.bundles, self.wait]))(depth)

    def pipelined_constant(self) -> None:
        end = self.label()
        self.add("loop imm, target", end, imm=self.draw(st.integers(0, MOST_TRIPS)))
        self.round()
        self.items.append(make_label(end))

    def pipelined_counted(self) -> None:
        end = self.label()
        self.add("mov rd, imm", rd=COUNT, imm=self.draw(st.integers(-1, MOST_TRIPS) | st.just(1 << 31)) & WORD)
        self.add("loop ra, target", end, ra=COUNT)
        self.round()
        self.items.append(make_label(end))

    def jumping_back(self) -> None:
        """A loop that ends where a comparison of a counter says so, which comes true within MOST_TRIPS rounds."""
        step = self.draw(st.sampled_from([1, 2, 4, -1, -2, 3, -3, 5, 6, -7]))
        first = (self.draw(st.sampled_from(CORNERS)) + self.draw(st.integers(-30, 30))) & WORD
        bound = (first + step * self.draw(st.integers(-2, MOST_TRIPS)) + self.draw(st.integers(-1, 1))) & WORD
        condition = self.draw(st.sampled_from(["lt", "le", "gt", "ge", "ne", "ltu", "leu", "gtu", "geu", "eq"]))
        assume(rounds_of(first, step, bound, condition) <= MOST_TRIPS)
        start = self.label()
        self.add("mov rd, imm", rd=BOUND, imm=bound)
        known = self.draw(st.booleans())
        self.add("mov rd, imm", rd=COUNTER if known else FIRST, imm=first)
        if not known:
            self.add("mov rd, ra", rd=COUNTER, ra=FIRST)
        self.items.append(make_label(start))
        self.round()
        self.add("add rd, ra, imm", rd=COUNTER, ra=COUNTER, imm=step & WORD)
        compared = self.draw(st.sampled_from(["with a constant", "with a register", "the other way round"]))
        if compared == "with a constant":
            self.add("cmp ra, imm", ra=COUNTER, imm=bound)
        elif compared == "with a register":
            self.add("cmp ra, rb", ra=COUNTER, rb=BOUND)
        else:
            self.add("cmp ra, rb", ra=BOUND, rb=COUNTER)
            condition = SWAPPED.get(condition, condition)
        self.add(f"j{condition} target", start)

    def round(self) -> None:
        """What one round does: a few ops, accesses, and steps of index registers, in any order."""
        statements = [self.operation, self.operation, self.access, self.access, self.step]
        for _ in range(self.draw(st.integers(1, 8))):
            self.draw(st.sampled_from(statements))()

    def operation(self) -> None:
        row = self.draw(st.sampled_from(self.draw(st.sampled_from([SAFE, LATENT]))))
        self.add(row, **self.fields(row))

    def step(self) -> None:
        """At most one step a register and round, so that no address leaves its symbol."""
        register = self.draw(st.sampled_from(INDEX))
        if not self.stepped_already(register):
            key = self.draw(st.sampled_from(["add rd, ra, imm", "sub rd, ra, imm"]))
            self.add(key, rd=register, ra=register, imm=1)

    def stepped_already(self, register: int) -> bool:
        for item in reversed(self.items):
            if not isinstance(item, Linear) or item.op.row.control:
                return False
            if item.op.row.write == "rd" and item.op.value("rd") == register:
                return item.op.row.key != "mov rd, imm"
        return False

    def access(self) -> None:
        symbol = self.draw(st.sampled_from(SYMBOL_NAMES))
        base, bank = SYMBOLS[symbol]
        offset = self.draw(st.integers(0, 3))
        ra, rb = self.draw(st.sampled_from(INDEX)), self.draw(st.sampled_from(INDEX))
        forms = [
            ("[disp]", (), {}),
            ("[disp + rb]", (("rb", rb),), {"rb": rb}),
            ("[disp + ra*scale]", (("ra", ra), ("scale", 3)), {"ra": ra, "scale": 3}),
            ("[disp + ra*scale + rb]", (("ra", ra), ("scale", 4), ("rb", rb)), {"ra": ra, "scale": 4, "rb": rb}),
        ]
        form, index, fields = self.draw(st.sampled_from(forms))
        banks = NO_BANKS if bank is None else frozenset((bank,))
        key = self.draw(st.sampled_from(["ld rt, {}", "st {}, rt"])).format(form)
        rt = self.draw(st.sampled_from(GENERAL))
        self.add(key, "", Access(symbol, banks, index, offset), rt=rt, disp=base + offset, **fields)


def rounds_of(first: int, step: int, bound: int, condition: str) -> int:
    """How often a loop runs, MOST_TRIPS + 1 for more."""
    for rounds in range(1, MOST_TRIPS + 1):
        cc = COMPUTE["cmp"](first + rounds * step & WORD, bound) or 0
        if not CONDITIONS[condition] >> cc & 1:
            return rounds
    return MOST_TRIPS + 1


@st.composite
def looping_programs(draw: st.DrawFn) -> Program:
    return Program(LoopWriter(draw).program())
