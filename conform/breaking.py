"""Ops that break one rule, by the code of the fault: made for where they break it, and entered as planted ones are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from conform.build import op as make
from conform.scalar_plan import MASK, ScalarPlanner, scalar_op
from conform.skeleton import JUMP_CYCLES, Slot
from conform.spacetime import Refused, require
from conform.tensor_elements import elements_of
from conform.tensor_ops import BASES, COUNTER, any_op, any_row
from conform.tensor_plan import DEEPEST, Access
from conform.tensor_planted import TRIES, Told, any_link
from conform.tensor_supply import once, without_streams
from isa.codec import Op
from isa.faults import CODES, CONDITION_CODE, NUMBER
from isa.legal import why_illegal
from isa.machine import MachineSpec
from isa.row import READ, STREAM, VECTOR, Row
from isa.table import ROWS, SCALAR_ROWS
from isa.units import PLANE, SLICE, VXM

VIOLATIONS = CODES[1:]
SLOW = 2  # cycles of latency from which on an op can be in flight at another
Aim = tuple[Op, Slot]


class Breaker(ScalarPlanner):
    """A planner that breaks one rule when all else is entered."""

    bare: Access | None = None  # what the violating op reads though nothing wrote it
    breaking = ""

    def plant(self, wanted: str) -> Told | None:
        """Enter an op that is the fault of a code, and say when; None if there is no place for it."""
        self.breaking = wanted
        if wanted == "E-STREAM-LOST":
            lost = [cycle for cycle in self.losses() if cycle < self.frame.now]
            return Told(lost[0], NUMBER[wanted]) if lost else None
        for _ in range(TRIES):
            try:
                return self._planted(wanted)
            except Refused:
                continue
        return None

    def _planted(self, wanted: str) -> Told:
        """Raises Refused where it is not the one rule broken."""
        self.told, self.bare = [], None
        aim = self.rng.choice(AIMS[wanted])
        with self.world.attempt():
            op, slot = aim(self)
            if op.row.control:
                require(not any(COUNTER in codes(one) or one.row.control for one in slot.ops))
            self._break(op, slot)
            require({told.code for told in self.told} == {NUMBER[wanted]})
        return min(self.told)

    def _break(self, op: Op, slot: Slot) -> None:
        if self.breaking in ("E-PC", "E-LOOP"):
            self.put(slot, op)
            self.told.append(Told(slot.cycles[0] + JUMP_CYCLES * (self.breaking == "E-PC"), NUMBER[self.breaking]))
        else:
            super()._break(op, slot)

    def is_unwritten(self, access: Access) -> bool:
        """A read that breaks E-UNINIT is of rows that nothing else touches."""
        if self.breaking != "E-UNINIT" or self.bare or any(meets(access, other) for other in self.accesses):
            return False
        self.bare = access
        return True

    # Where to ---------------------------------------------------------------------------------
    def slot(self) -> Slot:
        found = self.frame.by_cycle.get(self.rng.choice(list(self.frame.by_cycle)))
        assert found is not None
        return found

    def slot_at(self, cycle: int) -> Slot:
        found = self.frame.by_cycle.get(cycle)
        require(found is not None)
        assert found is not None
        return found

    def of_row(self, row: Row) -> Op:
        return any_op(self.rng, self.spec, row) if row.tensor else scalar_op(self.rng, self.spec, row)

    # What breaks ------------------------------------------------------------------------------
    def tensor(self) -> Aim:
        """Any op of the tensor face, or one like another of the bundle."""
        slot = self.slot()
        twin = self._twin(self.rng.choice(slot.ops)) if slot.ops and self.rng.randrange(2) else None
        rows = rows_with(self.breaking, self.spec.mxm_planes > 0)
        require(bool(rows))
        return twin or self.of_row(self.rng.choice(rows)), slot

    def any_tensor(self) -> Aim:
        slot = self.slot()
        twin = self._twin(self.rng.choice(slot.ops)) if slot.ops and self.rng.randrange(2) else None
        return twin or self.of_row(any_row(self.rng, self.spec)), slot

    def fed(self) -> Aim:
        """An op that has the streams it samples, so that what it breaks is another rule."""
        slot = self.slot()
        op = self.of_row(self.rng.choice(typed_rows(self.spec.mxm_planes > 0)))
        require(self.can_stand(op))
        for start in slot.cycles:
            for element in elements_of(op, start, DEEPEST - 1):
                for need in self._needs(op):
                    if not self._is_there(need, element.cycle):
                        self._supply(element, need)
        return op, slot

    def torn(self) -> Aim:
        """A sampling of the upper half of a result, where an op samples all of it."""
        whole = self.of_row(self.rng.choice(vector_rows(4)))
        slot = self.slot()
        for start in slot.cycles[:1]:
            self.enter(whole, start, 0)
        streams = [need.stream for need in self._needs(whole) if need.width == 4]
        require(bool(streams))
        half = without_streams(self.rng, self.spec, self.of_row(self.rng.choice(vector_rows(2))))
        return half.with_field(half.row.vector_reads[0], self.rng.choice(streams) + 2), slot

    def busy(self) -> Aim:
        """An op between the elements of a burst on its unit."""
        row = self.rng.choice([row for row in ROWS if row.tensor and not row.reads and is_simple(row)])
        burst = self.of_row(row).with_field("n", self.rng.randint(2, 5)).with_field("d", 2)
        burst = without_streams(self.rng, self.spec, burst)
        require(not why_illegal(row, burst.fields))
        slot = self.slot()
        self.enter(burst, slot.cycles[0], 0)
        return once(burst), self.slot_at(slot.cycles[-1] + 1 + 2 * self.rng.randrange(burst["n"] - 1))

    def link(self) -> Aim:
        return self.of_row(any_link(self.rng)), self.slot()

    def scalar(self) -> Aim:
        """An op whose row can be the fault, with other operands than legal ones have."""
        op = self.of_row(self.rng.choice(scalar_rows_with(self.breaking)))
        return ILL.get(self.breaking, as_it_is)(self.rng, self.spec, op), self.slot()

    def hazard(self) -> Aim:
        """A reader of a register that has a write in flight."""
        register, issued, landing = self._flight()
        rows = [row for row in SCALAR_ROWS if not row.control and not row.memory and not row.faults]
        reading = [row for row in rows if (row.reads_cc if register == CONDITION_CODE else row.reads)]
        op = self.of_row(self.rng.choice(reading))
        if register != CONDITION_CODE:
            op = op.with_field(self.rng.choice(op.row.reads), register)
        return op, self.slot_at(self.rng.randrange(issued + 1, landing))

    def clash(self) -> Aim:
        """A write that lands no later than one that is in flight."""
        register, issued, landing = self._flight()
        cycle = self.rng.randrange(issued, landing)
        rows = [row for row in SCALAR_ROWS if row.write and not row.memory and not row.faults and not row.control]
        row = self.rng.choice([row for row in rows if cycle == issued or row.latency <= landing - cycle])
        return self.of_row(row).with_field(row.write or "", register), self.slot_at(cycle)

    def _flight(self) -> tuple[int, int, int]:
        """A register and its write that is in flight for some cycles: there already, or entered now."""
        if self.rng.randrange(2):
            row = self.rng.choice(slow_rows())
            self.enter(self.of_row(row), self.rng.choice(list(self.frame.by_cycle)), 0)
        found = [
            (register, *write)
            for register, writes in sorted(self.registers.writes.items())
            for write in writes
            if write[1] - write[0] >= SLOW
        ]
        require(bool(found))
        return self.rng.choice(found)

    def bank(self) -> Aim:
        """A load or store of a bank that another access has in that cycle."""
        banks = self.world.claimed("bank")
        require(bool(banks))
        number, cycle = self.rng.choice(banks)
        row = self.rng.choice([row for row in SCALAR_ROWS if row.memory and not row.width and not row.reads[1:]])
        word = number * self.spec.words_per_bank + self.rng.randrange(self.spec.words_per_bank)
        return self.of_row(row).with_field("disp", word), self.slot_at(cycle)

    def stray_return(self) -> Aim:
        """A return into the middle of the first bundle."""
        return make("ret ra", ra=self.rng.choice(BASES[1:3])), self.slot()

    def bad_loop(self) -> Aim:
        """A loop that ends before it begins."""
        slot = self.slot()
        number = self.frame.slots.index(slot)
        op = make("loop imm, target", imm=self.rng.choice((0, 1, 5, MASK)))
        before, self_target = slot.target, self.rng.randint(max(0, number - 3), number + 1)
        slot.target = self_target
        self.world.note(lambda: setattr(slot, "target", before))
        return op, slot


def codes(op: Op) -> list[int]:
    """The registers that an op writes."""
    return [op[op.row.write]] if op.row.write else []


def meets(a: Access, b: Access) -> bool:
    """Whether two accesses have a row in common."""
    if (a.hemisphere, a.bank) != (b.hemisphere, b.bank) or a.first >= b.first + b.width or b.first >= a.first + a.width:
        return False
    return a.rows.start < b.rows.stop and b.rows.start < a.rows.stop


@cache
def rows_with(code: str, planes: bool) -> list[Row]:
    """Rows of the tensor face that list a code among their faults."""
    return [row for row in ROWS if row.tensor and code in row.faults and (planes or row.units.where != PLANE)]


@cache
def scalar_rows_with(code: str) -> list[Row]:
    return [row for row in SCALAR_ROWS if code in row.faults]


@cache
def slow_rows() -> list[Row]:
    return [row for row in SCALAR_ROWS if row.latency >= SLOW and row.write and not row.control and not row.faults]


def is_simple(row: Row) -> bool:
    """Whether ops of a row can do without streams to sample, and issue in bursts."""
    sampled = any(each.kind == STREAM and each.role == READ for each in row.operands)
    return not sampled and row.units.where in (SLICE, VXM) and "n" in row.format.names


@cache
def vector_rows(width: int) -> list[Row]:
    """Rows of the vector unit whose first source has a width."""
    sources = [(row, [each for each in row.operands if each.kind == VECTOR and each.role == READ]) for row in ROWS]
    return [row for row, found in sources if found and found[0].width == width]


@cache
def typed_rows(planes: bool) -> list[Row]:
    """Rows that can be E-TYPE: those of planes that say so, and those that read v registers of more than a byte."""
    return [*rows_with("E-TYPE", planes), *vector_rows(2), *vector_rows(4)]


# Operands that break a rule -------------------------------------------------------------------
def out_of_range(rng: Random, spec: MachineSpec, op: Op) -> Op:
    """A word beyond the last, a row beyond the slice, a lane or a slice that the machine has not."""
    beyond = {
        "disp": rng.choice((spec.words, spec.words + rng.randrange(100), 0xFFFFFF00)),
        "row": spec.rows * spec.banks + rng.randrange(3),
        "lane": spec.lanes + rng.randrange(3),
        "slice": spec.slices,
    }
    name = rng.choice([name for name in op.row.format.names if name in beyond])
    value = beyond[name]
    require(value <= op.row.format.field(name).high)
    return op.with_field(name, value)


def as_it_is(_rng: Random, _spec: MachineSpec, op: Op) -> Op:
    return op


def by_zero(_rng: Random, _spec: MachineSpec, op: Op) -> Op:
    return op.with_field("imm", 0) if "imm" in op.row.format.names else op.with_field("rb", BASES.start)


def unequal(rng: Random, _spec: MachineSpec, op: Op) -> Op:
    if "imm" in op.row.format.names:
        return op.with_field("imm", op["imm"] ^ 1 << rng.randrange(32))
    return op.with_field("rb", BASES[(op["ra"] - BASES.start + rng.randrange(1, len(BASES))) % len(BASES)])


ILL: dict[str, Callable[[Random, MachineSpec, Op], Op]] = {
    "E-RANGE": out_of_range, "E-DIV": by_zero, "E-ASSERT": unequal,
}  # fmt: skip

AIMS: dict[str, tuple[Callable[[Breaker], Aim], ...]] = {
    "E-PC": (Breaker.stray_return,),
    "E-ILLEGAL": (Breaker.any_tensor,),
    "E-LOOP": (Breaker.bad_loop,),
    "E-LINK": (Breaker.link,),
    "E-UNIT-BUSY": (Breaker.busy,) * 3 + (Breaker.any_tensor,),
    "E-HAZARD": (Breaker.hazard,),
    "E-STREAM-EMPTY": (Breaker.any_tensor,),
    "E-STREAM-TORN": (Breaker.torn,) * 3 + (Breaker.any_tensor,),
    "E-TYPE": (Breaker.fed,) * 3 + (Breaker.any_tensor,),
    "E-ACC-EMPTY": (Breaker.tensor,),
    "E-RANGE": (Breaker.scalar, Breaker.tensor),
    "E-BANK": (Breaker.bank, Breaker.tensor),
    "E-UNINIT": (Breaker.scalar, Breaker.tensor, Breaker.any_tensor),
    "E-DIV": (Breaker.scalar,),
    "E-ASSERT": (Breaker.scalar,),
    "E-TRAP": (Breaker.scalar,),
    "E-WRITE-CLASH": (Breaker.clash, Breaker.clash, Breaker.any_tensor),
    "E-STREAM-CLASH": (Breaker.any_tensor,),
}
