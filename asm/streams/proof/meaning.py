"""What statements do one after the other, by the names of their values: what a timeline has to leave in memory."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from asm.streams.graph import MAP, Node, Rows, Tile, Value
from asm.streams.matrix import LOAD
from asm.streams.proof.elements import Elements, Part
from asm.streams.proof.kinds import ARRAY, LOOKUP, SUM, Registers, copies, kind_of
from asm.streams.proof.latest import Integers
from isa.places import LANE_BYTES
from isa.row import WRITE, Row
from isa.units import PLANE, SLICE


class Meaning:
    """`values` are the cells of each value, a row for each element."""

    def __init__(self, registers: Registers) -> None:
        self.registers = registers
        self.elements = Elements()
        self.values: dict[Value, Integers] = {}

    def run(self, nodes: Iterable[Node]) -> None:
        for now, node in enumerate(nodes):
            made = self._made(node, now)
            if node.result is not None and made is not None:
                self.values[node.result] = made
        self.elements.evaluate()

    def _made(self, node: Node, now: int) -> Integers | None:
        """The cells that a statement makes."""
        where = node.op.row.units.where
        if where == PLANE:
            return self._product(node, now)
        if where != SLICE:
            return self._computed(node).cells
        assert node.rows is not None
        if not node.rows.path:
            return self._looked_up(node, node.rows, now)
        if not node.rows.writes:
            return self._read(node.op.row, node.rows.first, node.rows.width, self._path(node.rows), now).cells
        self._store(node, node.rows, now)
        return None

    # Memory -----------------------------------------------------------------------------------
    def _path(self, rows: Rows) -> Integers:
        base = 0 if rows.order else self.registers(rows.register)
        return base + np.asarray(rows.path, np.int64)

    def _read(self, row: Row, first: int, width: int, path: Integers, now: int) -> Part:
        part = self.elements.add([row.id], width, len(path), copies=True)
        times = np.full(len(path), now)
        part.sources.append(np.stack([self.elements.load(first + k, path, times) for k in range(width)], axis=1))
        return part

    def _store(self, node: Node, rows: Rows, now: int) -> None:
        (cells,) = (self.values[value] for value in node.sources.values())
        path = self._path(rows)
        for byte in range(rows.width):
            self.elements.store(rows.first + byte, path, np.full(len(path), now), cells[:, byte])

    def _looked_up(self, node: Node, rows: Rows, now: int) -> Integers:
        (maps,) = (self.values[value] for value in node.sources.values())
        parts = []
        for number in range(rows.first, rows.first + rows.width):
            part = self.elements.add([LOOKUP, number], 1, node.count)
            part.sources.append(maps)
            within = range(rows.low, rows.high + 1)
            part.known.append(self.elements.content(number, within, np.full(node.count, now)))
            parts.append(part.cells[:, 0])
        return np.stack(parts, axis=1)

    # Ops --------------------------------------------------------------------------------------
    def _computed(self, node: Node) -> Part:
        """What an op of a vector ALU or a switch makes; a map of one vector serves all."""
        row, values = node.op.row, dict(zip(node.op.row.format.names, node.op.values, strict=True))
        width = next(operand.width for operand in row.operands if operand.role == WRITE)
        kind = kind_of(row, values, self.registers)
        part = self.elements.add(kind, width, node.count, copies=copies(row, values))
        names = [name for operand in row.operands for name in operand.fields if name in node.sources and name != MAP]
        for name in [*names, *(name for name in node.sources if name == MAP)]:
            cells = self.values[node.sources[name]]
            part.sources.append(np.broadcast_to(cells, (node.count, cells.shape[1])) if name == MAP else cells)
        return part

    def _product(self, node: Node, now: int) -> Integers:
        """The sums over all tiles, the vectors of one tile after those of the other."""
        (vectors,) = (self.values[value] for value in node.sources.values())
        sums: Integers | None = None
        for k, tile in enumerate(node.tiles):
            array = self._array(node, tile, now)
            part = self.elements.add([node.op.row.id], LANE_BYTES, node.count)
            part.sources += [vectors[k * node.count : (k + 1) * node.count], np.repeat(array.cells, node.count, axis=0)]
            sums = part.cells if sums is None else self._sum(sums, part.cells)
        assert sums is not None
        return sums

    def _sum(self, so_far: Integers, more: Integers) -> Integers:
        part = self.elements.add([SUM], LANE_BYTES, len(more))
        part.sources += [more, so_far]
        return part.cells

    def _array(self, node: Node, tile: Tile, now: int) -> Part:
        """The array that a tile becomes: an element for each row loaded, of what is read side by side."""
        read = [self._tile(op.row, op.value("slice"), op.value("row"), tile.steps, now) for op in tile.reads]
        load = self.elements.add([LOAD[node.weights].id], 1, tile.steps)
        load.sources.append(np.concatenate(read, axis=1))
        load.tags = np.arange(tile.steps)
        array = self.elements.add([ARRAY], 1, 1)
        array.sources.append(load.cells.T)
        return array

    def _tile(self, row: Row, first: int, base: int, steps: int, now: int) -> Integers:
        return self._read(row, first, row.width, base + np.arange(steps), now).cells
