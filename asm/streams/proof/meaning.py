"""What statements do one after the other, by the names of their values: what a timeline has to leave in memory."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from asm.streams.beside import part_field, parts
from asm.streams.gather import MAP as MAP_OPERAND
from asm.streams.graph import MAP, WEIGHTS, Node, Rows, Tile, Value
from asm.streams.matrix import LOAD
from asm.streams.proof.elements import Elements, Part
from asm.streams.proof.kinds import ARRAY, SUM, copies, kind_of
from asm.streams.proof.latest import Integers
from asm.streams.proof.scalars import Scalars
from isa.places import LANE_BYTES
from isa.row import Row
from isa.units import PLANE, SLICE

NONE = np.zeros((0, 0), np.int64)
APART = 64  # cycles from one statement to the next: whatever it does has landed
MAP_SOURCE = MAP_OPERAND.fields[0]


class Meaning:
    """`values` are the cells of each value, a row for each element; `left` the weights that stay in a plane, chosen or
    not (-1)."""

    def __init__(self, scalars: Scalars) -> None:
        self.scalars = scalars
        self.elements = Elements()
        self.values: dict[Value, Integers] = {}
        self.left: list[tuple[int, Integers]] = []

    def run(self, nodes: Iterable[Node]) -> None:
        for number, node in enumerate(nodes):
            now = number * APART
            if not node.op.row.tensor:
                self.scalars.issue(now, [node.op])
                continue
            made = self._made(node, now)
            start = 0
            for value in node.results:
                self.values[value] = made[:, start : start + value.width]
                start += value.width

    def _made(self, node: Node, now: int) -> Integers:
        """The cells that a statement makes; none of a store."""
        where = node.op.row.units.where
        if where == PLANE:
            return self._product(node, now) if node.results else self._install(node, now)
        if where != SLICE:
            return self._computed(node, now).cells
        assert node.rows is not None
        if not node.rows.path:
            return self._looked_up(node, node.rows, now)
        if not node.rows.writes:
            path = self._path(node, node.rows, now)
            return self._read(node.op.row, node.rows.first, node.rows.width, path, now).cells
        self._store(node, node.rows, now)
        return NONE

    # Memory -----------------------------------------------------------------------------------
    def _path(self, node: Node, rows: Rows, now: int) -> Integers:
        if rows.order:
            return np.asarray(rows.order, np.int64)
        register = rows.register if rows.register >= 0 else node.op.value("ra")
        return self.scalars.row(register, now) + np.asarray(rows.offsets, np.int64)

    def _read(self, row: Row, first: int, width: int, path: Integers, now: int) -> Part:
        part = self.elements.add([row.id], width, len(path))
        self.elements.read(part, first, width, path, np.full(len(path), now))
        return part

    def _store(self, node: Node, rows: Rows, now: int) -> None:
        (cells,) = (self.values[value] for value in node.sources.values())
        path = self._path(node, rows, now)
        self.elements.store(rows.first, path, np.full(len(path), now), cells[:, : rows.width])

    def _looked_up(self, node: Node, rows: Rows, now: int) -> Integers:
        """Rows that a map names in each slice: what they hold, or nothing when they are written."""
        maps = self.values[node.sources[MAP_SOURCE]]
        streams = [self.values[value] for name, value in node.sources.items() if name != MAP_SOURCE]
        within, times = range(rows.low, rows.high + 1), np.full(node.count, now)
        made = []
        for byte, number in enumerate(range(rows.first, rows.first + rows.width)):
            part = self.elements.add([node.op.row.id, number], 1, node.count)
            part.sources += [*(cells[:, byte : byte + 1] for cells in streams), maps]
            if rows.writes:
                self.elements.scatter(number, within, times, part.cells[:, 0])
            else:
                self.elements.look_up(part, number, within, times)
            made.append(part.cells[:, 0])
        return np.stack(made, axis=1)

    # Ops --------------------------------------------------------------------------------------
    def _computed(self, node: Node, now: int) -> Part:
        """What an op of a vector ALU or a switch makes; one vector, or map, goes with all."""
        row, values = node.op.row, dict(zip(node.op.row.format.names, node.op.values, strict=True))
        width = sum(value.width for value in node.results)
        kind = kind_of(row, values, lambda number: self.scalars.value(number, now))
        part = self.elements.add(kind, width, node.count, copies=copies(row, values))
        for operand in row.operands:
            names = [part_field(operand, number) for number in range(parts(operand))]
            if operand.fields[0] in node.sources and operand.fields[0] != MAP:
                cells = np.concatenate([self.values[node.sources[name]] for name in names], axis=1)
                part.sources.append(np.broadcast_to(cells, (node.count, cells.shape[1])))
        if MAP in node.sources:
            maps = self.values[node.sources[MAP]]
            part.sources.append(np.broadcast_to(maps, (node.count, maps.shape[1])))
        return part

    # Planes -----------------------------------------------------------------------------------
    def _product(self, node: Node, now: int) -> Integers:
        """The sums down the columns of tiles; vectors flow to one tile after the other, along a row of them first."""
        vectors = next(self.values[value] for name, value in node.sources.items() if name not in WEIGHTS)
        each = node.count // node.wide
        sums: Integers | None = None
        for k in range(0, len(node.tiles), node.wide):
            arrays = [self._array(node, tile, now).cells for tile in node.tiles[k : k + node.wide]]
            part = self.elements.add([node.op.row.id], LANE_BYTES, node.count)
            part.sources += [vectors[k * each : k * each + node.count], np.repeat(np.concatenate(arrays), each, axis=0)]
            sums = part.cells if sums is None else self._sum(sums, part.cells)
        assert sums is not None
        return sums

    def _sum(self, so_far: Integers, more: Integers) -> Integers:
        part = self.elements.add([SUM], LANE_BYTES, len(more))
        part.sources += [more, so_far]
        return part.cells

    def _install(self, node: Node, now: int) -> Integers:
        """Weights that stay in a plane make nothing."""
        self.left.append((node.plane, self._array(node, node.tiles[0], now).cells))
        return NONE

    def _array(self, node: Node, tile: Tile, now: int) -> Part:
        """The array that a tile becomes: an element for each row loaded, of what is read side by side, or of values."""
        read = [self._tile(op.row, op.value("slice"), op.value("row"), tile.steps, now) for op in tile.reads]
        flowing = [self.values[node.sources[name]] for name in WEIGHTS if name in node.sources]
        load = self.elements.add([LOAD[node.weights].id], 1, tile.steps)
        load.sources.append(np.concatenate(read or flowing, axis=1))
        load.tags = np.arange(tile.steps)
        array = self.elements.add([ARRAY], 1, 1)
        array.sources.append(load.cells.T)
        return array

    def _tile(self, row: Row, first: int, base: int, steps: int, now: int) -> Integers:
        return self._read(row, first, row.width, base + np.arange(steps), now).cells
