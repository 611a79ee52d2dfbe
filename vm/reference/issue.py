"""One bundle issues: every op reads the state as it stands, and either all take effect or one faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from isa.conditions import CONDITIONS
from isa.faults import RawFault
from isa.machine import MachineSpec
from isa.row import MEM, SLICE_ROW, WRITE, Row
from isa.table import SEMANTICS
from vm.engine import InFlight, State
from vm.reference import control, floats, integer, memory
from vm.reference.program import Bundle, Issued, Program
from vm.reference.trouble import Trouble

COMPUTE: dict[str, Callable[..., int | None]] = {**integer.SEMANTICS, **floats.SEMANTICS}


def _prove() -> None:
    """Every semantics of the table has exactly one function."""
    names = [*COMPUTE, *memory.SEMANTICS, *control.SEMANTICS]
    if sorted(names) != sorted(SEMANTICS):
        raise AssertionError(f"the golden model and the table differ in {set(names) ^ set(SEMANTICS)}")


_prove()


class Faulted(Exception):
    """The bundle does not issue; carries the fault."""

    def __init__(self, fault: RawFault) -> None:
        super().__init__(fault.name)
        self.fault = fault


@dataclass(slots=True)
class Issue:
    """A bundle on its way through one cycle, and what its ops have claimed and produced so far."""

    spec: MachineSpec
    program: Program
    memory: memory.Memory
    state: State
    bundle: Bundle
    flow: control.Flow = field(init=False)
    jump_slot: int = -1
    writes: list[InFlight] = field(default_factory=list)
    stores: list[tuple[list[int], int]] = field(default_factory=list)
    banks: dict[int, Issued] = field(default_factory=dict)

    def run(self) -> None:
        """Issue all ops in unit order. Raises Faulted with the first fault by code, then by unit."""
        self.flow = control.follow(self._here)
        troubles: list[tuple[Issued, Trouble]] = []
        for op in self.bundle.ops:
            try:
                self._issue(op)
            except Trouble as trouble:
                troubles.append((op, trouble))
        if troubles:
            op, first = min(troubles, key=lambda entry: (entry[1].code, entry[0].unit))
            raise Faulted(RawFault(first.code, self.state.cycle, self.state.pc, op.slot, **first.numbers))
        self.flow = control.go_round(self.flow)

    def _issue(self, op: Issued) -> None:
        """The first trouble of an op is its gravest: the steps below break rules in the order of the codes."""
        if op.row.control == "loop":
            control.check_loop(self._here, op.fields["target"])
        self._check_hazards(op)
        values = self._values(op)
        if op.row.memory:
            result = self._access(op, values)
        elif op.row.control:
            result = self._steer(op, values)
        else:
            result = COMPUTE[op.row.semantics](*self._operands(op.row, values))
        if op.write is not None and result is not None:
            self._write(op, op.write, result)

    @property
    def _here(self) -> control.Here:
        state = self.state
        return control.Here(self.program, self.spec.loop_depth, state.pc, self.bundle.next, state.loops)

    def _check_hazards(self, op: Issued) -> None:
        for operand, register in enumerate(op.reads):
            writers = [write for write in self.state.in_flight if write.register == register]
            if writers:
                raise Trouble("E-HAZARD", operand=operand, resource=register, **other_write(writers[-1]))

    def _values(self, op: Issued) -> dict[str, int]:
        """The op's fields, with each register it reads replaced by its contents."""
        registers, reads = self.state.registers, op.row.reads
        return {name: registers[number] if name in reads else number for name, number in op.fields.items()}

    def _operands(self, row: Row, values: dict[str, int]) -> list[int]:
        """What the semantic function takes: the operands read, as written, then whether the condition holds."""
        read = (operand for operand in row.operands if operand.role != WRITE and operand.kind not in (MEM, SLICE_ROW))
        operands = [values[operand.fields[0]] for operand in read]
        if row.condition:
            operands.append(CONDITIONS[row.condition] >> self.state.cc & 1)
        return operands

    def _access(self, op: Issued, values: dict[str, int]) -> int | None:
        addresses = memory.SEMANTICS[op.row.semantics](self.spec, values, op.row.width)
        self._claim_banks(op, self.memory.banks(addresses))
        if op.row.memory == "load":
            return self.memory.load(addresses)
        self.stores.append((addresses, values["rt"]))
        return None

    def _claim_banks(self, op: Issued, banks: list[int]) -> None:
        for bank in banks:
            if bank in self.banks:
                other = {"other_pc": self.state.pc, "other_slot": self.banks[bank].slot}
                raise Trouble("E-BANK", resource=bank, other_cycle=self.state.cycle, **other)
            self.banks[bank] = op

    def _steer(self, op: Issued, values: dict[str, int]) -> int:
        """A control op; what one writes, if it writes, is the address of the next bundle."""
        self.flow = control.SEMANTICS[op.row.semantics](self._here, op.row, *self._operands(op.row, values))
        self.jump_slot = op.slot if self.flow.jumped else -1
        return self.bundle.next

    def _write(self, op: Issued, register: int, value: int) -> None:
        state = self.state
        landing = state.cycle + op.row.latency
        late = [write for write in state.in_flight if write.register == register and write.landing >= landing]
        clashing = late + [write for write in self.writes if write.register == register]
        if clashing:
            raise Trouble("E-WRITE-CLASH", resource=register, address=landing, **other_write(clashing[-1]))
        self.writes.append(InFlight(register, value, landing, state.cycle, state.pc, op.slot))


def other_write(write: InFlight) -> dict[str, int]:
    """The other party of a hazard or clash, as numbers of a RawFault."""
    return {
        "other_pc": write.pc,
        "other_slot": write.slot,
        "other_cycle": write.issued,
        "other_landing": write.landing,
    }
