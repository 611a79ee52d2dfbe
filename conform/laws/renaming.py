"""Other names for the same things: ops, and views of runs, with registers, streams, slices, planes ... renamed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from conform.laws.view import View, with_flights, with_items, with_numbers
from conform.program import Chunk, Program
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.machine import HEMISPHERES, MachineSpec
from isa.places import SCALARS, V_REGISTERS, is_scalar, is_stream, is_v
from isa.records import dataclass, replace
from isa.row import BANK, CONST, HEMI, MEM, REG, SLICE_ROW, STREAM, VECTOR, Operand
from isa.units import CLASSES, HEMISPHERE_SLICES, PLANE, PLANES, SLICE, SXM, VXM
from vm.engine import InFlight
from vm.items import Accumulator, Exit, Item, Map, Plane, Result, Value, Vector, VectorWrite

Numbers: TypeAlias = Callable[[int], int]
Array: TypeAlias = NDArray[Any]
OF_REGISTERS = ("E-HAZARD", "E-WRITE-CLASH")  # faults whose resource is a register
SETS = {SLICE: HEMISPHERES * HEMISPHERE_SLICES, PLANE: PLANES, SXM: HEMISPHERES}


def same(number: int) -> int:
    return number


@dataclass(frozen=True)
class Renaming:
    """What each thing is called instead. A name is a number as the encoding has it; all are one to one.

    `alu` renames vector ALUs with their v registers, `bank` the banks of every slice with the rows in them, `lane`
    where a lane's bytes go. `position` is where a place on the floorplan goes with its slices, planes and switches.
    """

    spec: MachineSpec
    register: Numbers = same
    stream: Numbers = same
    alu: Numbers = same
    slice: Numbers = same
    bank: Numbers = same
    plane: Numbers = same
    hemi: Numbers = same
    number: Numbers = same
    acc: Numbers = same
    lane: Numbers = same
    position: Numbers = same

    # Programs ---------------------------------------------------------------------------------
    def program(self, program: Program) -> Program:
        """The program in other names. Only words at addresses without registers can be in another place."""
        bundles = tuple(tuple(self.op(one) for one in bundle) for bundle in program.bundles)
        return program._replace(bundles=bundles, memory=self.chunks(program))

    def op(self, op: Op) -> Op:
        values = dict(op.fields)
        for operand in op.row.operands:
            for name in operand.fields:
                values[name] = self.field(operand, name, values[name])
        if op.row.units.where == VXM:
            values["u"] = self.alu(values["u"])
        return Op(op.row, tuple(values.values()))

    def field(self, operand: Operand, name: str, value: int) -> int:
        """Another value for a field of an operand."""
        if operand.kind == REG or (operand.kind in (MEM, SLICE_ROW) and name in ("ra", "rb", "rc")):
            return self.register(value)
        if operand.kind in (STREAM, VECTOR):
            return self.place(value)
        if operand.kind in (SLICE_ROW, BANK, HEMI, CONST):
            renames = {"slice": self.slice, "row": self.row, "bank": self.bank, "hemi": self.hemi, "plane": self.plane,
                       "number": self.number, "acc": self.acc, "lane": self.lane}  # fmt: skip
            return renames.get(name, same)(value)
        return self.word(value) if operand.kind == MEM and name == "disp" else value

    def place(self, number: int) -> int:
        """Another stream, v register or scalar register for an operand."""
        if is_scalar(number):
            return SCALARS + self.register(number - SCALARS)
        if is_v(number):
            return V_REGISTERS + self.alu(number - V_REGISTERS)
        return self.stream(number) if is_stream(number) else number

    def row(self, row: int) -> int:
        bank, rest = divmod(row, self.spec.rows)
        return self.bank(bank) * self.spec.rows + rest

    def word(self, word: int) -> int:
        """Where a word of memory goes."""
        if word >= self.spec.words or not self.moves_memory:
            return word
        row, rest = divmod(word, self.spec.words_per_row)
        return self.rows_moved[row] * self.spec.words_per_row + rest

    # Memory -----------------------------------------------------------------------------------
    @property
    def moves_memory(self) -> bool:
        return self.slice is not same or self.bank is not same

    @cached_property
    def rows_moved(self) -> list[int]:
        """The row of the linear map that each row of it goes to."""
        spec = self.spec
        moved: list[int] = []
        for bank_number in range(spec.total_banks):
            hemisphere, index, bank = spec.bank_place(bank_number)
            there = divmod(self.slice(hemisphere * HEMISPHERE_SLICES + index), HEMISPHERE_SLICES)
            first = spec.bank_number(*there, self.bank(bank)) * spec.rows
            moved += range(first, first + spec.rows)
        return moved

    @cached_property
    def lanes_moved(self) -> list[int]:
        return [self.lane(lane) for lane in range(self.spec.lanes)]

    def chunks(self, program: Program) -> tuple[Chunk, ...]:
        """Contents of memory, in other places."""
        if not self.moves_memory and self.lane is same:
            return program.memory
        lanes, found = self.spec.lanes, []
        for chunk in program.memory:
            first, data = chunk.address // lanes, np.frombuffer(chunk.data, np.uint8).reshape(-1, lanes)
            for row, contents in enumerate(data, first):
                found.append(Chunk(self.rows_moved[row] * lanes, self.lanes_of(contents).tobytes()))
        return tuple(sorted(found))

    def lanes_of(self, data: Array) -> Array:
        """Elements whose last axis is lanes, each in its lane's new place."""
        moved = np.empty_like(data)
        moved[..., self.lanes_moved] = data
        return moved

    def rows_of(self, rows: Array) -> Array:
        """[rows of the linear map, lanes], moved."""
        moved = np.empty_like(rows)
        moved[self.rows_moved] = self.lanes_of(rows)
        return moved

    # Views ------------------------------------------------------------------------------------
    def view(self, view: View) -> View:
        """How a run looks in other names. Faults keep theirs, but for scalar registers."""
        state, fault = view.state, view.outcome.fault
        if fault and fault.name in OF_REGISTERS and 0 <= fault.resource < CONDITION_CODE:
            fault = replace(fault, resource=self.register(fault.resource))
            view = view._replace(outcome=view.outcome._replace(fault=fault))
        registers = list(state.registers)
        for number, value in enumerate(state.registers):
            registers[self.register(number)] = value
        view = view._replace(state=replace(state, registers=tuple(registers)))
        view = with_items(with_flights(view, self.flight), self.item)
        if self.moves_memory or self.lane is not same:
            view = view._replace(memory=self.memory(view.memory), written=self.written(view.written))
        return view

    def flight(self, flight: InFlight) -> InFlight:
        return flight if flight.register == CONDITION_CODE else replace(flight, register=self.register(flight.register))

    def memory(self, memory: bytes) -> bytes:
        return self.rows_of(np.frombuffer(memory, np.uint8).reshape(-1, self.spec.lanes)).tobytes() if memory else b""

    def written(self, written: bytes) -> bytes:
        if not written:
            return b""
        bits = np.unpackbits(np.frombuffer(written, np.uint8), bitorder="little")
        return np.packbits(self.rows_of(bits.reshape(-1, self.spec.lanes)), bitorder="little").tobytes()

    def item(self, item: Item) -> Item:
        """An item in other names."""
        names: dict[str, Numbers] = {"stream": self.flow, "position": self.position, "unit": self.unit,
                                     "plane": self.plane, "hemi": self.hemi, "number": self.number}  # fmt: skip
        if isinstance(item, Vector | VectorWrite):
            names["register"] = self.alu
        if isinstance(item, Accumulator):
            names["row"] = self.acc
        return with_numbers(item, **names)._replace(data=self.data(item))

    def flow(self, stream: int) -> int:
        return self.stream(stream) if stream >= 0 else stream

    def data(self, item: Item) -> bytes:
        """The bytes of an item, its lanes moved; as they are where they are not what the item has."""
        lanes, data = self.spec.lanes, np.frombuffer(item.data, np.uint8)
        if self.lane is same or not len(data) or len(data) % lanes:
            return item.data
        if isinstance(item, Value | Result | Vector | VectorWrite):
            return self.lanes_of(data.reshape(-1, lanes)).tobytes()
        if isinstance(item, Exit | Accumulator | Map):
            return self.lanes_of(data.reshape(lanes, -1).T).T.tobytes()
        if isinstance(item, Plane) and len(data) > lanes * lanes:
            weights = self.lanes_of(data[: lanes * lanes].reshape(lanes, lanes))
            return weights.tobytes() + data[lanes * lanes :].tobytes()
        return item.data

    def unit(self, unit: int) -> int:
        """The number of the unit that does what another did."""
        for cls in CLASSES.values():
            sets = {SLICE: self.slice, PLANE: self.plane, SXM: self.hemi}
            each, rest = divmod(unit - cls.first, cls.step) if cls.step else (0, unit - cls.first)
            if cls.where in sets and rest < len(cls.names) and 0 <= each < SETS[cls.where]:
                return cls.first + cls.step * sets[cls.where](each) + rest
            if cls.where == VXM and 0 <= rest < len(cls.names):
                return cls.first + self.alu(rest)
        return unit
