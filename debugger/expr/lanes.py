"""Values that have a number for every lane: v registers, accumulator rows, streams at places."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from debugger.expr import picks, target
from debugger.expr.errors import Problem
from debugger.expr.picks import Index, Pick
from debugger.expr.scope import Change
from debugger.expr.stores import Store, fitted
from debugger.expr.target import ALL_LANES, Target
from debugger.expr.values import Value
from isa import layout
from isa.places import LANE_BYTES, flows_west, place_name
from isa.records import dataclass, replace
from isa.types import TYPES
from vm import items
from vm.engine import State
from vm.floorplan import position_name
from vm.items import Item
from vm.machine import Machine
from vm.tensor_state import ACCUMULATOR_ROWS, KEYS

if TYPE_CHECKING:
    from debugger.expr.values import Array

UNSIGNED = {1: "u8", 2: "u16", 4: "u32"}  # by bytes a lane


@dataclass(frozen=True)
class Lanes(Store):
    """Bytes of every lane, as elements of `type`; `lanes` are those that are meant."""

    number: int
    place: int
    lanes: Pick

    @property
    def width(self) -> int:
        return TYPES[self.type].planes

    @abstractmethod
    def bytes(self, state: State) -> Array | None:
        """uint8[lanes, width], or None where nothing is held."""

    @abstractmethod
    def put_bytes(self, state: State, data: Array) -> list[Item]:
        """The items that hold other bytes, uint8[lanes, width]. Raises Problem."""

    def read(self) -> Value:
        import numpy as np

        held = self.bytes(self.scope.state)
        planes = np.zeros((self.scope.spec.lanes, self.width), np.uint8) if held is None else held
        data = elements(planes, self.type)[self._picked]
        return Value(data, self.type, np.full(data.shape, False) if held is None else None)

    @property
    def is_whole(self) -> bool:
        return self.lanes == range(self.scope.spec.lanes)

    @property
    def _picked(self) -> int | slice:
        return self.lanes if isinstance(self.lanes, int) else picks.as_slice(self.lanes)

    def at(self, index: tuple[Index, ...]) -> Store:
        (lanes,) = picks.pick(self.name, (self.lanes,), index)
        return replace(self, lanes=lanes)

    def target(self, text: str) -> Target:
        lane = self.lanes if isinstance(self.lanes, int) else ALL_LANES
        shape = picks.shape((self.lanes,))
        return Target(text, self._kind, self.number, self.place, lane, (), self.width, self.type, shape)

    @property
    @abstractmethod
    def _kind(self) -> str: ...

    def put(self, value: Value) -> Change:
        import numpy as np

        data = None if self.is_whole else self.bytes(self.scope.state)
        whole = np.zeros((self.scope.spec.lanes, self.width), np.uint8) if data is None else data.copy()
        changed = elements(whole, self.type)
        changed[self._picked] = fitted(value, self.type, picks.shape((self.lanes,)), self.name)
        planes = bytes_of(changed)
        self.put_bytes(self.scope.state, planes)  # so that what is wrong is said now
        return lambda machine: _replace_items(machine, lambda state: self.put_bytes(state, planes))


def elements(planes: Array, name: str) -> Array:
    """uint8[lanes, width] as elements of a type of that width."""
    return planes.copy().view(layout.dtype(TYPES[name]))[:, 0]


def of_lanes(name: str) -> str:
    """A type that lanes can have. Raises Problem for i4, of which two share a byte."""
    if TYPES[name].bits < 8:
        raise Problem(f"a lane holds bytes, not {name}", "take nibbles with & 15 and >> 4")
    return name


def bytes_of(array: Array) -> Array:
    """Elements as uint8[lanes, width]."""
    import numpy as np

    return np.ascontiguousarray(array).view(np.uint8).reshape(len(array), array.dtype.itemsize)


def _replace_items(machine: Machine, new: Callable[[State], list[Item]]) -> None:
    """Put items into the state, in the place of those with the same numbers."""
    state = machine.state
    added = new(state)
    replaced = set(map(_key, added))
    kept = [item for item in state.tensor if _key(item) not in replaced]
    machine.engine.set_state(replace(state, tensor=items.in_order([*kept, *added])))


def _key(item: Item) -> tuple[object, ...]:
    return type(item), *item[: KEYS[type(item)]]


@dataclass(frozen=True)
class Vector(Lanes):
    """A v register, as wide as it was last written."""

    @property
    def _kind(self) -> str:
        return target.VECTOR

    def _item(self, state: State) -> items.Vector | None:
        found = (item for item in state.tensor if isinstance(item, items.Vector) and item.register == self.number)
        return next(found, None)

    def bytes(self, state: State) -> Array | None:
        import numpy as np

        item = self._item(state)
        if item is None:
            return None
        if item.width < self.width:
            raise Problem(
                f"{self.name} was last written with {item.width} bytes a lane; {self.type} takes {self.width}",
                f"look at it as {UNSIGNED[item.width]}",
            )
        return np.frombuffer(item.data, np.uint8).reshape(item.width, -1)[: self.width].T

    def viewed(self, name: str) -> Store:
        return replace(self, type=of_lanes(name))

    def put_bytes(self, state: State, data: Array) -> list[Item]:
        import numpy as np

        item = self._item(state)
        if item is None or self.is_whole or item.width == self.width:
            return [items.Vector(self.number, self.width, data.T.tobytes())]
        planes = np.frombuffer(item.data, np.uint8).reshape(item.width, -1).copy()
        planes[: self.width] = data.T  # the other lanes are as wide as before
        return [items.Vector(self.number, item.width, planes.tobytes())]

    @property
    def absent(self) -> str:
        return "never written"


@dataclass(frozen=True)
class AccumulatorRow(Lanes):
    """A row of the accumulators of a plane: i32 or f32, which its bits do not tell."""

    @property
    def _kind(self) -> str:
        return target.ACCUMULATOR

    def bytes(self, state: State) -> Array | None:
        import numpy as np

        for item in state.tensor:
            if isinstance(item, items.Accumulator) and item[:2] == (self.place, self.number):
                return np.frombuffer(item.data, np.uint8).reshape(-1, LANE_BYTES)
        return None

    def viewed(self, name: str) -> Store:
        return replace(self, type=of_accumulators(name))

    def put_bytes(self, state: State, data: Array) -> list[Item]:
        return [items.Accumulator(self.place, self.number, data.tobytes())]

    @property
    def absent(self) -> str:
        return "never set"


def of_accumulators(name: str) -> str:
    if TYPES[name].planes != LANE_BYTES:
        raise Problem(f"accumulators hold 4 bytes a lane, not {name}", "look at them as i32 or f32")
    return name


@dataclass(frozen=True)
class Accumulators(Store):
    """All accumulator rows of a plane."""

    plane: int

    def read(self) -> Value:
        import numpy as np

        shape = (ACCUMULATOR_ROWS, self.scope.spec.lanes)
        data, held = np.zeros(shape, layout.dtype(TYPES[self.type])), np.zeros(shape, np.bool_)
        for item in self.scope.state.tensor:
            if isinstance(item, items.Accumulator) and item.plane == self.plane:
                data[item.row], held[item.row] = np.frombuffer(item.data, data.dtype), True
        return Value(data, self.type, held)

    def at(self, index: tuple[Index, ...]) -> Store | Value:
        row, *rest = picks.pick(self.name, picks.everything((ACCUMULATOR_ROWS, self.scope.spec.lanes)), index)
        if isinstance(row, range):
            whole = self.read()
            return replace(whole, data=whole.data[index], held=whole.held[index])  # type: ignore[index]
        return AccumulatorRow(self.scope, f"{self.name}[{row}]", self.type, row, self.plane, *rest)

    def viewed(self, name: str) -> Store:
        return replace(self, type=of_accumulators(name))

    @property
    def absent(self) -> str:
        return "never set"

    def target(self, text: str) -> Target:
        raise Problem(f"{self.name} has {ACCUMULATOR_ROWS} rows", f"say which, such as {self.name}[0]")

    def put(self, value: Value) -> Change:
        raise Problem(f"{self.name} has {ACCUMULATOR_ROWS} rows", f"say which, such as {self.name}[0]")


@dataclass(frozen=True)
class Stream(Lanes):
    """A group of streams that left position `place` in the last cycle, and comes to the next one in this."""

    @property
    def _kind(self) -> str:
        return target.STREAM

    def values(self, state: State) -> list[items.Value]:
        """What the streams of the group hold there; there may be fewer."""
        group = range(self.number, self.number + self.width)
        return [
            item for item in state.tensor
            if isinstance(item, items.Value) and item.stream in group and item.position == self.place
        ]  # fmt: skip

    def bytes(self, state: State) -> Array | None:
        import numpy as np

        values = self.values(state)
        if len(values) < self.width:
            return None
        return np.stack([np.frombuffer(value.data, np.uint8) for value in values], axis=-1)

    def viewed(self, name: str) -> Store:
        group = TYPES[name].planes
        if self.number % group:
            first = place_name(self.number - self.number % group)
            raise Problem(
                f"a group of {group} streams begins at a multiple of {group}, not at {place_name(self.number)}",
                f"the group that it is in begins at {first}",
            )
        return replace(self, type=of_lanes(name))

    def put_bytes(self, state: State, data: Array) -> list[Item]:
        values = self.values(state)
        if len(values) < self.width:
            raise Problem(
                f"{self.name} holds nothing in cycle {state.cycle}; only a value that is there can be changed",
                "set what it is made of, before it is read",
            )
        return [value._replace(data=data[:, k].tobytes()) for k, value in enumerate(values)]

    @property
    def arrives_at(self) -> int:
        """The position that it comes to in this cycle."""
        return self.place + (-1 if flows_west(self.number) else 1)

    @property
    def group_text(self) -> str:
        """`se4` or `se4..se7`."""
        last = place_name(self.number + self.width - 1)
        return last if self.width == 1 else f"{place_name(self.number)}..{last}"

    def where(self) -> str:
        spec, cycle = self.scope.spec, self.scope.state.cycle
        return f"{self.group_text} at {position_name(spec, self.arrives_at)} in cycle {cycle}"
