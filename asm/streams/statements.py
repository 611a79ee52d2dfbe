"""Statements of a run of linear tensor code to nodes of a graph, one at a time, in sequential meaning."""

from __future__ import annotations

from typing import TypeAlias

from asm.errors import error
from asm.facts import FACTS, flows, register_written
from asm.operands.attributes import fill_attributes, split_attributes
from asm.operands.fill_tensor import FILL
from asm.operands.match import match
from asm.operands.pins import apply_pins, take_own_alu
from asm.operands.places import find_place
from asm.operands.slot import EXPR, OTHER, PLACE, Shape, form_of
from asm.operands.tensor import note_registers
from asm.program import AsmOp
from asm.scope.places import HEMISPHERES
from asm.scope.scope import NOT_EXPRESSIONS, Scope
from asm.streams.beside import part_field
from asm.streams.forms import (
    Flowing,
    check_lengths,
    check_operand,
    check_width,
    form_for,
    result_width,
    results_of,
    written,
)
from asm.streams.gather import LOOKUPS, lookup, touched
from asm.streams.gather import MAP as MAP_OPERAND
from asm.streams.graph import ANYWHERE, MAP, WEIGHTS, Node, Rows, Value
from asm.streams.maps import SOURCE as MAP_SOURCE
from asm.streams.matrix import INSTALL, LOAD, MOST_SUMS, PRODUCTS, parse_product, product_node
from asm.streams.memory import LOADS_AND_STORES, bursts, find_tensor, parse, select
from asm.streams.order import SameRows
from asm.streams.weights import INSTALLS, flowing_install, flowing_product, matrix_install, take_plane, values_of
from asm.tree import Attribute, Name, Operand, OpStmt, Virtual
from isa.diagnostics import SourceError
from isa.places import SCALARS, is_stream
from isa.records import replace
from isa.row import READ, WRITE, Row
from isa.table import MNEMONICS
from isa.tensor import RESULT_WIDTH
from isa.units import HEMISPHERE_SLICES, PLANE, SXM, VXM

NAMES = (*LOADS_AND_STORES, *LOOKUPS, *PRODUCTS, *INSTALLS)  # statements of linear code that are no instructions
NEW = ANYWHERE - 1  # and less: contents of a register that are not those with which the run begins
ALLOWED = ("n", "span")  # attributes of ops in linear code; the others say when, which is the assembler's business


Reading: TypeAlias = Flowing | int | Operand


def is_linear(mnemonic: str) -> bool:
    """Whether a statement of linear code belongs to a stream graph."""
    rows = MNEMONICS.get(mnemonic)
    return mnemonic in NAMES if rows is None else flows(rows[0])


class Reader:
    """Builds the nodes of a run of statements; `values` are the names as they stand. Products make at most so many sums
    of several tiles."""

    def __init__(self, scope: Scope, most_sums: int = MOST_SUMS) -> None:
        self.scope = scope
        self.most_sums = most_sums
        self.values: dict[str, Value | None] = {}  # None of those that an error kept from being made
        self.nodes: list[Node] = []
        self.same_rows = SameRows()
        self.contents: dict[int, int] = {}  # of registers that a scalar op has written: a number for each

    def read(self, statement: OpStmt) -> None:
        """Add the node of a statement. Raises SourceError."""
        if not is_linear(statement.mnemonic):
            self._append(self._scalar(statement))
        elif statement.mnemonic in LOOKUPS:
            self._lookup(statement)
        elif statement.mnemonic in PRODUCTS:
            self._append(self._product(statement))
        elif statement.mnemonic in INSTALLS:
            self._append(self._install(statement))
        else:
            self._append(self._access(statement) if statement.mnemonic in LOADS_AND_STORES else self._op(statement))

    def _append(self, node: Node) -> None:
        """Number a node, and make it wait for what touched its memory before."""
        node.number = len(self.nodes)
        if node.rows is not None:
            node.rows = replace(node.rows, register=self.contents.get(node.rows.register, node.rows.register))
        self.same_rows.add(node)
        self.nodes.append(node)
        for op in (node.op, *node.rest):
            note_registers(self.scope, op, node.form)

    def spoil(self, statement: OpStmt) -> None:
        """A statement has an error: what it would have made has no value, and that is no other error."""
        for made in statement.operands[: results_of(statement)]:
            if not isinstance(made, Virtual):
                break
            self.values[f"%{made.name}"] = None

    # Loads and stores -------------------------------------------------------------------------
    def _access(self, statement: OpStmt) -> Node:
        written = parse(statement)
        symbol = find_tensor(self.scope, written, written.layouts)
        flowing = self._must_flow(statement, written.value)
        loads = LOADS_AND_STORES[statement.mnemonic] == "read"
        value = None if loads else self._value(statement, flowing)
        chosen = select(self.scope, written, symbol, value.count if value else None)
        (op, *rest), form, rows = bursts(self.scope, written, symbol, chosen)
        position = self.scope.spec.slice_position(*divmod(rows.first, HEMISPHERE_SLICES))
        node = Node(len(self.nodes), statement, op, form, rows.count, position, rows=rows, tensor=symbol.name)
        node.rest = rest
        apply_pins(self.scope, op)
        if value is None:
            self._define(node, flowing, rows.width)
        else:
            check_width(statement, flowing, value, f"a row of `{symbol.name}`", rows.width)
            self._take(node, "stream", value)
        return node

    def _lookup(self, statement: OpStmt) -> None:
        """A node for each quad of the tensor."""
        found = lookup(self.scope, statement)
        map_ = self._map(statement, self._must_flow(statement, found.map))
        for op, operand in zip(found.ops, found.values, strict=True):
            rows = touched(self.scope, found, op, map_.count)
            position = self.scope.spec.slice_position(*divmod(rows.first, HEMISPHERE_SLICES))
            node = Node(0, statement, op, found.form, map_.count, position, rows=rows, tensor=found.symbol.name)
            node.planes = rows.width
            op.values[found.form.row.format.names.index("n")] = map_.count
            apply_pins(self.scope, op)
            self._take(node, MAP_OPERAND.fields[0], map_)
            self._look_up(node, self._must_flow(statement, operand), rows)
            self._append(node)

    def _look_up(self, node: Node, flowing: Flowing, rows: Rows) -> None:
        """The value that a lookup in a quad makes or takes."""
        if not rows.writes:
            self._define(node, flowing, rows.width)
            return
        value = self._value(node.statement, flowing)
        check_width(node.statement, flowing, value, f"a row of `{node.tensor}`", rows.width)
        self._take(node, "stream", value)
        check_lengths(node, list(node.sources.values()))

    def _product(self, statement: OpStmt) -> Node:
        row = PRODUCTS[statement.mnemonic].row
        statement, plane = take_plane(self.scope, statement, row)
        statement, hemisphere = _take_hemisphere(statement, row)
        weights = self._weights(statement, others=2)
        if weights:
            made, vectors = split_attributes(statement)[0][:2]
            value = self._vectors(statement, vectors)
            node = flowing_product(self.scope, statement, value.count, weights)
        else:
            product = parse_product(self.scope, statement)
            made, value = product.made, self._vectors(statement, product.vectors)
            node = product_node(self.scope, len(self.nodes), statement, product, value.count, self.most_sums)
        self._on_plane(node, plane, hemisphere, weights)
        self._take(node, "stream", value)
        self._define(node, self._must_flow(statement, made), RESULT_WIDTH)
        return node

    def _vectors(self, statement: OpStmt, written: Operand) -> Value:
        """What a product multiplies."""
        flowing = self._must_flow(statement, written)
        value = self._value(statement, flowing)
        width = next(operand.width for operand in PRODUCTS[statement.mnemonic].row.operands if operand.role == READ)
        check_width(statement, flowing, value, f"`{statement.mnemonic}`", width)
        return value

    def _install(self, statement: OpStmt) -> Node:
        statement, plane = take_plane(self.scope, statement, LOAD[INSTALLS[statement.mnemonic]])
        statement, hemisphere = _take_hemisphere(statement, INSTALL)
        weights = self._weights(statement, others=0)
        node = flowing_install(self.scope, statement, weights) if weights else matrix_install(self.scope, statement)
        self._on_plane(node, plane, hemisphere, weights)
        return node

    def _weights(self, statement: OpStmt, others: int) -> dict[str, Value]:
        """The values that are weights, by the field that takes them."""
        written = values_of(statement, others)
        values = [self._value(statement, self._must_flow(statement, node)) for node in written]
        return dict(zip(WEIGHTS, values, strict=bool(values)))

    def _on_plane(self, node: Node, plane: int, hemisphere: int, weights: dict[str, Value]) -> None:
        node.plane = plane
        node.hemisphere = hemisphere if plane == ANYWHERE else self.scope.spec.plane_hemisphere(plane)
        apply_pins(self.scope, node.op)
        for name, value in weights.items():
            self._take(node, name, value)

    def _scalar(self, statement: OpStmt) -> Node:
        op = match(self.scope, statement)
        register = register_written(FACTS[op.row.id], op.values)
        if register >= 0:
            self.contents[register] = NEW - len(self.nodes)
        return Node(0, statement, op, form_of(op.row), 1, self.scope.spec.vxm_position)

    # Other ops --------------------------------------------------------------------------------
    def _op(self, statement: OpStmt) -> Node:
        nodes, attributes = split_attributes(statement)
        readings = [self._read(statement, node) for node in nodes]
        form = form_for(statement, tuple(shape for shape, _ in readings))
        statement, hemisphere = _take_hemisphere(statement, form.row)
        op = AsmOp(form.row, list(form.blank), statement)
        position = self.scope.spec.vxm_position if form.row.units.where == VXM else ANYWHERE
        node = Node(0, statement, op, form, 0, position, hemisphere=hemisphere)
        if hemisphere != ANYWHERE:
            op.values[form.row.format.names.index("hemi")] = hemisphere
        made = self._fill(node, [reading for _, reading in readings], nodes)
        self._fill_attributes(node, attributes)
        if form.row.units.where == VXM:
            take_own_alu(op)
        apply_pins(self.scope, op)
        self._count(node, attributes)
        for flowing in made:
            self._define(node, flowing, result_width(form.row))
        return node

    def _read(self, statement: OpStmt, node: Operand) -> tuple[Shape, Reading]:
        flowing = self._flowing(statement, node)
        if flowing is not None:
            return PLACE, flowing
        if isinstance(node, Name):
            place = find_place(self.scope, node, statement.line)
            if place is not None:
                return PLACE, place
        return (OTHER if isinstance(node, NOT_EXPRESSIONS) else EXPR), node

    def _must_flow(self, statement: OpStmt, node: Operand) -> Flowing:
        flowing = self._flowing(statement, node)
        if flowing is None:
            message = f"`{statement.mnemonic}` takes a value such as `%a` here"
            raise error("E-OPERAND", message, statement.line, node)
        return flowing

    def _flowing(self, statement: OpStmt, node: Operand) -> Flowing | None:
        if isinstance(node, Virtual):
            self.scope.registers.flow(f"%{node.name}", statement.line, node)
            return Flowing(f"%{node.name}", ANYWHERE, node)
        place = find_place(self.scope, node, statement.line) if isinstance(node, Name) else None
        if place is None or place >= SCALARS:
            return None
        assert isinstance(node, Name)
        return Flowing(node.text.lower(), place, node)

    def _fill(self, node: Node, readings: list[Reading], nodes: tuple[Operand, ...]) -> list[Flowing]:
        """Fill the operands; returns what the op defines."""
        made: list[Flowing] = []
        for place, reading, operand in zip(written(node.form), readings, nodes, strict=True):
            slot = place.slot
            if place.is_map:
                self._take(node, MAP, self._map(node.statement, self._must_flow(node.statement, operand)))
            elif not isinstance(reading, Flowing):
                FILL[slot.operand.kind](self.scope, node.op, slot, reading, operand)
            elif slot.operand.role == WRITE:
                made.append(reading)
            else:
                value = self._value(node.statement, reading)
                check_operand(node, reading, value, slot.operand)
                self._take(node, part_field(slot.operand, place.part), value)
        if not made:
            wanted = nodes[0]
            message = f"`{node.statement.mnemonic}` makes a value, which a scalar register cannot hold"
            raise error("E-OPERAND", message, node.statement.line, wanted, "write a name such as `%a`")
        if made[0].pin != ANYWHERE and node.op.row.units.where == VXM:
            node.op.values[node.op.row.format.names.index("dst")] = made[0].pin
        return made

    def _map(self, statement: OpStmt, flowing: Flowing) -> Value:
        value = self._value(statement, flowing)
        check_width(statement, flowing, value, "a map", MAP_SOURCE.width)
        return value

    def _fill_attributes(self, node: Node, attributes: tuple[Attribute, ...]) -> None:
        for attribute in attributes:
            if attribute.name in node.op.row.attributes and attribute.name not in ALLOWED:
                message = f"`{attribute.name}` is chosen by the assembler in linear code"
                help_ = "leave it out, or put the op in a timeline"
                raise error("E-OPERAND", message, node.statement.line, attribute, help_)
        fill_attributes(self.scope, node.op, node.form, attributes)

    def _count(self, node: Node, attributes: tuple[Attribute, ...]) -> None:
        """The length of a burst: that of its operands, which must agree, or `n`."""
        given = next((attribute for attribute in attributes if attribute.name == "n"), None)
        held = node.op.row.units.where == VXM
        together = [value for name, value in node.sources.items() if value.count > 1 or not (held or name == MAP)]
        check_lengths(node, together)
        one = next((value.count for name, value in node.sources.items() if name != MAP), node.op.value("n"))
        node.count = together[0].count if together else one
        if given is not None and node.op.value("n") != node.count:
            message = f"n is {node.op.value('n')}, but {node.count} elements flow here"
            raise error("E-RANGE", message, node.statement.line, given, "leave it out")

    # Values -----------------------------------------------------------------------------------
    def _value(self, statement: OpStmt, flowing: Flowing) -> Value:
        value = self.values.get(flowing.name)
        if value is not None:
            return value
        if flowing.name in self.values:
            raise SourceError  # what should have made it has an error
        message = f"`{flowing.name}` has no value here: nothing before it in this run makes it"
        help_ = "a jump, a label that is named, a bundle or a timeline ends a run; values cross it in memory alone"
        raise error("E-STREAM", message, statement.line, flowing.node, help_)

    def _take(self, node: Node, field: str, value: Value) -> None:
        node.sources[field] = value
        value.users.append((node, field))

    def _define(self, node: Node, flowing: Flowing, width: int) -> None:
        line = node.statement.line
        place = line.place(flowing.node.column, flowing.node.end)
        if flowing.pin != ANYWHERE and node.op.row.units.where != VXM and not is_stream(flowing.pin):
            message = f"`{node.statement.mnemonic}` cannot write {flowing.name}; only a vector ALU can"
            raise error("E-STREAM", message, line, flowing.node, "name a stream, or let `%name` choose")
        if flowing.pin != ANYWHERE and is_stream(flowing.pin) and flowing.pin % width:
            first = flowing.name[:2] + str(flowing.pin % 32 // width * width)
            message = f"{flowing.name} starts no group of {width} streams"
            raise error("E-STREAM", message, line, flowing.node, f"near it is {first}")
        value = Value(flowing.name, width, node.count, place, node, flowing.pin)
        node.results.append(value)
        self.values[flowing.name] = value


def _take_hemisphere(statement: OpStmt, row: Row) -> tuple[OpStmt, int]:
    """`!W` and `!E` of an op of a switch, which choose it; `!W.sh1` chooses both. The statement without the former."""
    if row.units.where not in (SXM, PLANE):
        return statement, ANYWHERE
    chosen = [pin for pin in statement.pins if pin.name.partition(".")[0].upper() in HEMISPHERES]
    rest = tuple(pin for pin in statement.pins if pin.name.upper() not in HEMISPHERES)
    hemisphere = HEMISPHERES.index(chosen[0].name[0].upper()) if chosen else ANYWHERE
    return statement._replace(pins=rest), hemisphere
