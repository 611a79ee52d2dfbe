"""Cases of the fixed suite that ask of each op that its result is not there a cycle before it lands.

That it is there in the cycle it lands is what the vectors ask: they read it in that very cycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conform.build import op
from conform.fixed import Case, Ready
from conform.program import Program
from conform.promises import Expected, Need
from conform.vector_programs import sources_of, wait
from isa import codec
from isa.faults import NUMBER, RawFault
from isa.machine import MachineSpec
from isa.places import SCALARS, V_REGISTERS
from isa.row import Row
from isa.table import ROWS
from isa.units import VXM
from vm.engine import FAULT

ONE, RESULT = 1, 5  # registers: of all sources, and of results
ALU, READER = 0, 1  # vector ALUs
NEEDS = (Need("vxm_alus", ">=", 2),)
VECTOR_RULES, SCALAR_RULES = ("M-15.7", "M-15.2", "M-12.1"), ("M-4.7", "M-5.1")


def timings() -> Iterator[Case]:
    """A case for each op with a register or v register to read too early."""
    for row in ROWS:
        name = f"timing/{row.key}"
        if row.units.where == VXM:
            yield Case(name, title(row, "v register"), VECTOR_RULES, NEEDS, partial(vector, row))
        elif not row.tensor and row.write and row.latency > 1:
            yield Case(name, title(row, "register"), SCALAR_RULES, (), partial(scalar, row))


def title(row: Row, where: str) -> str:
    return f"the result of `{row.key}` is in no {where} before {row.latency} cycles have passed"


def scalar(row: Row, spec: MachineSpec) -> Ready:
    """The op, then an op that reads its register a cycle before it lands: a hazard."""
    fields = {name: ONE for name in (*sources_of(row), "imm") if name in row.format.names}
    made = codec.make(row, **fields, **{str(row.write): RESULT})
    setting = (op("mov rd, imm", rd=ONE, imm=1),)
    bundles = [setting, (made,), *waited(row.latency - 2), (op("assert ra, rb", ra=RESULT, rb=RESULT),)]
    program = Program(spec, tuple(bundles))
    first, *_, last = addresses(program)[1:]
    fault = RawFault(NUMBER["E-HAZARD"], row.latency, last, slot=0, operand=0, resource=RESULT,
                     other_pc=first, other_slot=0, other_cycle=1, other_landing=1 + row.latency)  # fmt: skip
    return Ready(program.image(), Expected(FAULT, row.latency, fault), uninit="zero")


def vector(row: Row, spec: MachineSpec) -> Ready:
    """The op, then one that reads its v register a cycle before anything lands there: never written."""
    made = codec.make(row, u=ALU, dst=V_REGISTERS + ALU, **dict.fromkeys(sources_of(row), SCALARS))
    reader = op("vmov.u8 dst, sa", u=READER, dst=V_REGISTERS + READER, sa=V_REGISTERS + ALU)
    apart = [(made,), *waited(row.latency - 2), (reader,)]
    program = Program(spec, tuple(apart if row.latency > 1 else [(made, reader)]))
    last = addresses(program)[-1]
    fault = RawFault(NUMBER["E-UNINIT"], row.latency - 1, last, slot=int(row.latency == 1), operand=1,
                     resource=V_REGISTERS + ALU, address=-1, element=0)  # fmt: skip
    return Ready(program.image(), Expected(FAULT, row.latency - 1, fault))


def waited(cycles: int) -> list[tuple[codec.Op, ...]]:
    return [wait(cycles)] if cycles else []


def addresses(program: Program) -> list[int]:
    """The program address of each bundle."""
    found, address = [], 0
    while address < len(program.text()):
        found.append(address)
        address = codec.decode_bundle(program.text(), address)[1]
    return found
