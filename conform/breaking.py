"""A planner that breaks one rule when all else is entered: ops that fault where they are put, and how that is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from conform.build import op as make
from conform.frame import END, Frame
from conform.scalar_plan import ScalarPlanner, scalar_op, written
from conform.skeleton import JUMP_CYCLES, Slot
from conform.spacetime import Refused, require
from conform.tensor_elements import Element, elements_of
from conform.tensor_ops import COUNTER, any_op
from conform.tensor_plan import DEEPEST, Access
from conform.tensor_planted import Told
from conform.tensor_supply import Need
from isa.codec import Op
from isa.faults import CODES, CONDITION_CODE, NUMBER
from isa.legal import why_illegal
from isa.row import Row
from isa.table import SCALAR_ROWS

VIOLATIONS = CODES[1:]
SLOW = 2  # cycles of latency from which on an op can be in flight at another
SCRATCH = (18, 19)  # registers that only ops that break something use


class Breaker(ScalarPlanner):
    """A planner that enters what is not legal, and writes down what that breaks."""

    frame: Frame
    bare: Access | None = None  # what the violating op reads though nothing wrote it
    tail: tuple[int, ...] = ()  # syllables behind the bundles
    breaking = ""  # the code of the fault that is wanted
    focus: int | None = None  # the cycle in which all that is broken is
    unfit = False  # for strict machines: bundles are left out, so that other values are lost

    def tried_to_break(self, code: str, cause: Callable[[Breaker], None]) -> Told | None:
        """Break a rule; None where there is no place for that, or where that is not the one rule broken."""
        before = self.breaking, self.bare, self.tail, self.unfit
        self.breaking, self.told = code, []
        try:
            with self.world.attempt():
                cause(self)
                require({told.code for told in self.told} == {NUMBER[code]})
                require(self.focus in (None, min(self.told).cycle))
        except Refused:
            self.breaking, self.bare, self.tail, self.unfit = before
            return None
        return min(self.told)

    def is_unwritten(self, access: Access) -> bool:
        """A read that breaks E-UNINIT is of rows that nothing else touches."""
        if self.breaking != "E-UNINIT" or self.bare or any(meets(access, other) for other in self.accesses):
            return False
        self.bare = access
        return True

    # Where to ---------------------------------------------------------------------------------
    def slot(self) -> Slot:
        cycle = self.focus if self.focus is not None else self.rng.choice(list(self.frame.by_cycle))
        return self.slot_at(cycle)

    def slot_at(self, cycle: int) -> Slot:
        found = self.frame.by_cycle.get(cycle)
        require(found is not None)
        assert found is not None
        return found

    def slot_for_control(self) -> Slot:
        """A bundle that takes a control op: it has none, and is not the last of a body."""
        slot = self.slot()
        require(is_free(slot))
        return slot

    def of_row(self, row: Row) -> Op:
        return any_op(self.rng, self.spec, row) if row.tensor else scalar_op(self.rng, self.spec, row)

    # What faults ------------------------------------------------------------------------------
    def break_with(self, op: Op, slot: Slot) -> None:
        """Enter an op and note what it breaks, step by step as the rules are looked at."""
        require(is_free(slot) if op.row.control else not op.row.tensor or not why_illegal(op.row, op.fields))
        self.put(slot, op)
        if self._is_illegal(op, slot):
            require(not any(COUNTER in written(one) for one in slot.ops))
            self.told.append(Told(slot.cycles[0], NUMBER["E-ILLEGAL"]))
            return
        for start in slot.cycles:
            self._note(self.claim_units, op, start)
            self._note(self.use_registers, op, start)
            if any(told.cycle == start for told in self.told):
                continue  # it faults as it issues
            for element in elements_of(op, start, DEEPEST):
                self._note(self.element, element)
        require(bool(self.told))

    def tell(self, cycle: int) -> None:
        """Write down that the fault wanted comes in a cycle."""
        self.told.append(Told(cycle, NUMBER[self.breaking]))

    def faults(self, op: Op, slot: Slot, later: int = 0) -> None:
        """Enter an op that is known to fault as it issues, or some cycles later, and breaks nothing else."""
        self.issue(op, slot)
        self.tell(slot.cycles[0] + later)

    def issue(self, op: Op, slot: Slot) -> None:
        """Enter an op by its units and registers alone; only the first time that its bundle issues counts."""
        self.claim_units(op, slot.cycles[0])
        self.use_registers(op, slot.cycles[0])
        self.put(slot, op)

    def leave(self, op: Op, slot: Slot, target: int) -> None:
        """Enter a jump to where no bundle is, which is the fault when it is to be fetched."""
        self.aim(slot, target)
        self.faults(op, slot, JUMP_CYCLES)
        self.unfit = True

    def aim(self, slot: Slot, target: int) -> None:
        """Let the control op of a bundle go somewhere."""
        before, slot.target = slot.target, target
        self.world.note(lambda: setattr(slot, "target", before))

    # What ops need to get as far as the rule they break ------------------------------------------
    def scratch(self, number: int, value: int, cycle: int) -> int:
        """A register that holds a value in a cycle."""
        register = SCRATCH[number]
        unit = self.rng.randrange(3)
        self.enter(make("mov rd, imm", u=unit, rd=register, imm=value), cycle - self.rng.randint(1, 3), 0)
        return register

    def feed(self, op: Op, slot: Slot) -> None:
        """Have the streams there that an op samples."""
        require(self.can_stand(op))
        for start in slot.cycles:
            for element in elements_of(op, start, DEEPEST - 1):
                for need in self._needs(op):
                    if None in self._held(need, element.cycle):
                        self._supply(element, need)

    def bring(self, need: Need, op: Op, cycle: int) -> None:
        """Have a group of streams there that an op samples in a cycle, made by ops that need little themselves."""
        self._supply(Element(op, cycle, cycle, 0, 0, DEEPEST - 2), need)

    def weigh(self, op: Op, cycle: int) -> None:
        """Have weights in the array of an activation's plane in a cycle."""
        self._supply_array(Element(op, cycle, cycle, 0, 0, 1))

    def flight(self) -> tuple[int, int, int]:
        """A register and its write that is in flight for some cycles: there already, or entered now."""
        if self.rng.randrange(2):
            self.enter(self.of_row(self.rng.choice(slow_rows())), self.rng.choice(list(self.frame.by_cycle)), 0)
        found = [
            (register, *write)
            for register, writes in sorted(self.registers.writes.items())
            for write in writes
            if write[1] - write[0] >= SLOW
        ]
        require(bool(found))
        return self.rng.choice(found)

    def in_flight(self) -> tuple[int, Slot]:
        """A register that is no condition code, and a bundle that first issues when a write to it is in flight."""
        register, issued, landing = self.flight()
        cycle = self.rng.randrange(issued + 1, landing)
        slot = self.slot_at(cycle)
        require(register != CONDITION_CODE and slot.cycles[0] == cycle)
        return register, slot

    def ends(self, after: int) -> list[int]:
        """Where bodies may end that begin behind a bundle: their last bundles hold no control op."""
        slots = self.frame.slots
        return [end for end in range(after + 2, len(slots) + 1) if can_end(slots[end - 1])]


def meets(a: Access, b: Access) -> bool:
    """Whether two accesses have a row in common."""
    if (a.hemisphere, a.bank) != (b.hemisphere, b.bank) or a.first >= b.first + b.width or b.first >= a.first + a.width:
        return False
    return a.rows.start < b.rows.stop and b.rows.start < a.rows.stop


def is_free(slot: Slot) -> bool:
    """Whether a control op may be put into a bundle."""
    return not any(one.row.control or COUNTER in written(one) for one in slot.ops)


def can_end(slot: Slot) -> bool:
    """Whether a bundle may be the last of a body; one that is empty and issues once becomes a wait."""
    return bool(slot.ops or len(slot.cycles) != 1) and not any(one.row.control for one in slot.ops)


def beyond(syllables: int) -> int:
    """The target that is so many syllables behind the end of the bundles."""
    return END + syllables


def claimed_bank(b: Breaker) -> tuple[int, int]:
    """A bank that an op accesses, and when."""
    banks = b.world.claimed("bank")
    require(bool(banks))
    number, cycle = b.rng.choice(banks)
    return number, cycle


@cache
def slow_rows() -> list[Row]:
    return [row for row in SCALAR_ROWS if row.latency >= SLOW and row.write and not row.control and not row.faults]


Cause: TypeAlias = Callable[[Breaker], None]
