"""One cycle issues: the ops of a bundle and the elements of running bursts, all reading the state as it stands.

Either all take effect or one faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from isa.conditions import CONDITIONS
from isa.faults import RawFault
from isa.machine import MachineSpec
from isa.records import dataclass, field
from isa.row import MEM, SLICE_ROW, WRITE, Row
from isa.table import SEMANTICS
from vm.engine import InFlight, State
from vm.reference import control, floats, integer, memory
from vm.reference.bursts import Burst, Element
from vm.reference.claims import Claims
from vm.reference.program import Bundle, Issued, Program
from vm.reference.trouble import Trouble

if TYPE_CHECKING:
    from vm.reference.cycle import Cycle
    from vm.reference.streams import Loss

COMPUTE: dict[str, Callable[..., int | None]] = {**integer.SEMANTICS, **floats.SEMANTICS}


def _prove() -> None:
    """Every semantics of the table has exactly one function."""
    names = [*COMPUTE, *memory.SEMANTICS, *control.SEMANTICS]
    if sorted(names) != sorted(SEMANTICS):
        raise AssertionError(f"the golden model and the table differ in {set(names) ^ set(SEMANTICS)}")


_prove()


class Faulted(Exception):
    """The cycle does not happen; carries the fault."""

    def __init__(self, fault: RawFault) -> None:
        super().__init__(fault.name)
        self.fault = fault


@dataclass(slots=True)
class Issue:
    """A cycle on its way, and what its ops have claimed and produced so far.

    `bundle` is what was fetched, if anything; `tensor` the cycle of the tensor face, if the program uses it.
    """

    spec: MachineSpec
    program: Program
    memory: memory.Memory
    state: State
    bundle: Bundle | None
    claims: Claims
    tensor: Cycle | None = None
    strict: bool = False
    flow: control.Flow = field(init=False)
    jump_slot: int = -1
    elements: list[Element] = field(default_factory=list)
    writes: list[InFlight] = field(default_factory=list)
    stores: list[tuple[list[int], int]] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)
    settled: int = 0

    def run(self) -> None:
        """Issue everything in unit order. Raises Faulted with the first fault by code, then by unit."""
        self.flow = control.follow(self._here)
        troubles: list[tuple[Element, Trouble]] = []
        self.elements = self._elements()
        for element in self.elements:
            try:
                self._issue(element)
            except Trouble as trouble:
                troubles.append((element, trouble))
        if troubles:
            element, first = min(troubles, key=lambda entry: (entry[1].code, entry[0].op.unit))
            place = {"slot": element.op.slot, "element": element.number, **first.numbers}
            raise Faulted(RawFault(first.code, self.state.cycle, element.pc, **place))
        self._lose()
        self.flow = control.go_round(self.flow)

    def _elements(self) -> list[Element]:
        """What issues in this cycle, in unit order: the ops fetched, and elements that are due."""
        fetched = [self._first(op) for op in self.bundle.ops] if self.bundle else []
        return sorted([*fetched, *self._due()], key=lambda element: element.op.unit)

    def _first(self, op: Issued) -> Element:
        if not op.row.tensor:
            return Element(op, self.state.pc)
        return Element(op, self.state.pc, 0, tuple(self.state.registers[number] for number in op.registers))

    def _due(self) -> Iterator[Element]:
        for burst in self.tensor.face.bursts if self.tensor else ():
            number = burst.due(self.state.cycle)
            if number is not None:
                yield burst.element(number)

    def _issue(self, element: Element) -> None:
        """The first trouble of an op is its gravest: the steps below break rules in the order of the codes."""
        op = element.op
        if self.tensor and op.row.tensor:
            self._issue_element(self.tensor, element)
            return
        if op.row.control == "loop":
            control.check_loop(self._here, op.fields["target"])
        self._check_hazards(op)
        values = self._values(op)
        if op.row.memory:
            result = self._access(element, values)
        elif op.row.control:
            result = self._steer(op, values)
        else:
            result = COMPUTE[op.row.semantics](*self._operands(op.row, values))
        if op.write is not None and result is not None:
            self._write(op, op.write, result)

    def _issue_element(self, cycle: Cycle, element: Element) -> None:
        from vm.reference import tensor

        tensor.check_link(element)
        if element.number == 0:
            cycle.start(Burst(element.op, element.pc, self.state.cycle, element.read))
            self._check_hazards(element.op)
        tensor.issue(cycle, element)
        self.settled = max(self.settled, self.state.cycle + element.op.latency)

    def _lose(self) -> None:
        """Count what nobody sampled. Raises Faulted where that is a fault."""
        if self.tensor is None:
            return
        from vm.reference import tensor

        self.lost = tensor.losses(self.tensor)
        if self.strict and self.lost:
            raise Faulted(tensor.lost_fault(self.state.cycle, self.lost))

    @property
    def _here(self) -> control.Here:
        state = self.state
        following = self.bundle.next if self.bundle else state.pc
        return control.Here(self.program, self.spec.loop_depth, state.pc, following, state.loops)

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

    def _access(self, element: Element, values: dict[str, int]) -> int | None:
        row = element.op.row
        addresses = memory.SEMANTICS[row.semantics](self.spec, values, row.width)
        self.claims.claim(element, addresses, self.memory.banks(addresses))
        if row.memory == "load":
            return self.memory.load(addresses)
        self.stores.append((addresses, values["rt"]))
        return None

    def _steer(self, op: Issued, values: dict[str, int]) -> int:
        """A control op; what one writes, if it writes, is the address of the next bundle."""
        self.flow = control.SEMANTICS[op.row.semantics](self._here, op.row, *self._operands(op.row, values))
        self.jump_slot = op.slot if self.flow.jumped else -1
        return self._here.next

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
