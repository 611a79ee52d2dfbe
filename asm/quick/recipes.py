"""What lines of a key are: the line with stand-ins for its holes is read in the ordinary way, and its operands matched
with the forms of the table, once for all lines of the key.

Numbers of recipes are laid out as csrc/asm/take.c reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from asm.data.gather import DIRECTIVES, Gathering
from asm.facts import FACTS
from asm.operands.address import LinearForm, Term, fields_of
from asm.operands.fill import INT_HIGH, INT_LOW
from asm.operands.match import forms
from asm.operands.slot import EXPR, Form, Shape, Slot
from asm.quick.front import (
    CODE,
    CONSTANT,
    DATA,
    LABEL,
    LABELS,
    LIST,
    NAME,
    NUMBER,
    NUMBERS,
    ODD,
    REGISTER,
    SECTION,
    WORD,
    Front,
)
from asm.quick.plan import LEAVES
from asm.scope.registers import COUNT
from asm.syntax.numbers import COLUMNS
from asm.syntax.parse import parse
from asm.tree import (
    Binary,
    Brace,
    DirectiveStmt,
    Expr,
    Indexed,
    LabelDef,
    Line,
    Memory,
    Name,
    Number,
    Operand,
    OpStmt,
    Statement,
    Unary,
)
from isa.codec import plan
from isa.diagnostics import SourceError
from isa.image import TO_TARGET, TO_WORD
from isa.records import NamedTuple, dataclass, field
from isa.row import CONST, IMM, MEM, REG, Row
from isa.row import LABEL as TARGET
from isa.table import MNEMONICS
from isa.types import TYPES, ElementType

MARK = re.compile(f"([{chr(WORD)}-{chr(LIST)}])")
NOWHERE = Line("", 1, "")
ADDEND = -1  # in place of a field
SCALE = 3  # stands for a factor that a hole holds
FIRST_NUMBER = 1000  # what stands for numbers
NO_NAME = (-1, 0, 0)
COUNTED = ("scale", "count")  # fields that the front looks at


class NoRecipe(Exception):
    """Lines of a key take the plain way."""


class Holes(NamedTuple):
    """The line of a key with stand-ins, all different; its holes by the columns that they stand in, (kind, number), and
    by their stand-ins."""

    code: str
    at: dict[int, tuple[str, int]]
    stand_ins: dict[str, int]

    def number(self, node: Name | Number | OpStmt | LabelDef | DirectiveStmt, kind: int) -> int:
        """The number of the hole at a node, which is of a kind."""
        found, number = self.at.get(node.column, ("", 0))
        if found != chr(kind):
            raise NoRecipe
        return number

    def list_at(self, node: Operand) -> int:
        """The number of the list at a node."""
        if not isinstance(node, Number):
            raise NoRecipe
        return self.number(node, LIST)

    def is_register(self, node: Operand) -> bool:
        return isinstance(node, Name) and self.at.get(node.column, ("", 0))[0] == chr(REGISTER)


def holes_of(key: str) -> Holes:
    """Registers are numbered as they come: each stands for itself."""
    parts = MARK.split(key)
    code, at, stand_ins, registers = parts[0], {}, {}, 0
    for number, (kind, text) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
        at[len(code) + 1] = kind, number
        stand_in = ""
        if kind == chr(REGISTER):
            stand_in, registers = f"r{registers}", registers + 1
        elif kind != chr(WORD):
            stand_in = f"name{number}" if kind == chr(NAME) else f"{FIRST_NUMBER + number}"
        stand_ins[stand_in] = number
        code += stand_in + text
    if registers > COUNT:
        raise NoRecipe
    return Holes(code, at, stand_ins)


@dataclass(slots=True)
class Sum:
    """base + sum of hole * factor, between `low` and `high`."""

    base: int = 0
    low: int = 0
    high: int = COUNT - 1
    terms: list[tuple[int, int]] = field(default_factory=list)

    def numbers(self) -> list[int]:
        return [self.base, self.low, self.high, len(self.terms), *(each for term in self.terms for each in term)]


class OpForm(NamedTuple):
    """Ops of a row of which one field may refer to a symbol: `refers`, with the kind of its relocation."""

    row: Row
    size: int  # fields
    unit: int  # where the values hold the unit, -1 for none
    refers: str
    kind: str


class Recipes:
    """The recipes of one source, and the forms of ops that they use."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.forms: list[OpForm] = []
        self.types: list[ElementType] = []
        self.derived = 0  # keys
        self.bursts: set[int] = set()  # keys of lines with ops on streams
        self._forms: dict[tuple[Row, str], int] = {}

    def derive(self) -> None:
        """Tell the front of all new keys that have recipes."""
        for number in range(self.derived, self.front.count_keys()):
            self.derived = number + 1
            try:
                recipe = self._recipe(number, self.front.key(number))
            except (NoRecipe, SourceError):
                continue
            self.front.add_recipe(number, recipe)

    def _recipe(self, number: int, key: str) -> list[int]:
        holes = holes_of(key)
        statements = parse(holes.code, NOWHERE)
        labels = [each for each in statements if isinstance(each, LabelDef)]
        rest = statements[len(labels) :]
        if statements[: len(labels)] != labels:
            raise NoRecipe
        names = [len(labels), *(holes.number(label, NAME) for label in labels)]
        if not rest:
            return [LABELS, *names]
        if isinstance(rest[0], DirectiveStmt):
            return self._directive(holes, rest[0], names)
        ops, is_bundle = split(rest)
        try:
            made = [each for op in ops for each in self._op(holes, op, is_bundle)]
        except NoRecipe:
            if not is_left_to_items(ops, is_bundle):
                raise
            return [ODD, *names]
        if any(MNEMONICS[op.mnemonic][0].tensor for op in ops):
            self.bursts.add(number)
        return [CODE, *names, len(ops), is_bundle, *made]

    def _directive(self, holes: Holes, statement: DirectiveStmt, names: list[int]) -> list[int]:
        """A list of integers, or the start of a section."""
        type_ = TYPES.get(statement.name)
        if statement.name in COLUMNS and type_ is not None and statement.arguments:
            self.types.append(type_)
            numbers = len(self.types) - 1, type_.bits // 8, type_.low, type_.high
            return [NUMBERS, *names, holes.number(statement, WORD), holes.list_at(statement.arguments[0]), *numbers]
        if names == [0] and not statement.arguments and DIRECTIVES.get(statement.name) is Gathering.section:
            return [SECTION, *names, statement.name == "data"]
        raise NoRecipe

    def _op(self, holes: Holes, statement: OpStmt, is_bundle: bool) -> list[int]:
        if is_bundle and statement.mnemonic in MNEMONICS and MNEMONICS[statement.mnemonic][0].tensor:
            return self._burst(holes, statement)
        shapes = [shape(holes, node) for node in statement.operands]
        form = forms(statement.mnemonic).get(tuple(shapes))
        if form is None or statement.pins or form.row.width or form.row.control == "loop":
            raise NoRecipe
        filling = Filling(holes, form)
        for slot, node in zip(form.slots, statement.operands, strict=False):
            filling.fill(slot, node)
        sums = [number for at, each in filling.sums for number in (at, *each.numbers())]
        blank = [*form.blank]
        number = self._form(form.row, filling.named, TO_TARGET if filling.kind == TARGET else TO_WORD)
        return [number, holes.number(statement, WORD), *blank, len(filling.sums), *sums, *filling.name]

    def _burst(self, holes: Holes, statement: OpStmt) -> list[int]:
        from asm.quick.bursts import filling_of  # what scalar programs do without

        filling = filling_of(holes, statement)
        return [self._form(filling.form.row, "", ""), holes.number(statement, WORD), *filling.numbers()]

    def _form(self, row: Row, refers: str, kind: str) -> int:
        key = row, refers
        if key not in self._forms:
            self._forms[key] = self.front.add_form(list(_form_numbers(row)))
            self.forms.append(OpForm(row, len(row.format.names), FACTS[row.id].unit, refers, kind))
        return self._forms[key]


def split(statements: Sequence[Statement]) -> tuple[list[OpStmt], bool]:
    """One op of linear code, or a whole bundle."""
    is_bundle = isinstance(statements[0], Brace)
    ops = [each for each in statements if isinstance(each, OpStmt)]
    as_braces = [each.open for each in statements if isinstance(each, Brace)]
    whole = len(ops) + 2 * is_bundle == len(statements) and as_braces == [True, False] * is_bundle
    if not whole or not ops or not (isinstance(statements[-1], Brace) if is_bundle else len(ops) == 1):
        raise NoRecipe
    return ops, is_bundle


def is_left_to_items(ops: Sequence[OpStmt], is_bundle: bool) -> bool:
    """Whether nothing before items are built has to do with ops: they are of the table, and no linear tensor code."""
    rows = [MNEMONICS.get(op.mnemonic) for op in ops]
    return all(each is not None and (is_bundle or not each[0].tensor) for each in rows)


def shape(holes: Holes, node: Operand) -> Shape:
    """What an operand looks like: see asm.operands.match."""
    if isinstance(node, Memory):
        return ("disp", *Address(holes, node).fields)
    if isinstance(node, Name):
        return REG if holes.is_register(node) else EXPR
    if isinstance(node, Number) or (isinstance(node, Unary) and isinstance(node.operand, Number)):
        return EXPR
    raise NoRecipe


class Address:
    """What is inside brackets. `constant` has (hole, sign) of its numbers, `symbol` the hole of its place, -1 for none,
    and `fields` what fills the others, in encoding order."""

    def __init__(self, holes: Holes, node: Memory | Indexed) -> None:
        self.holes = holes
        self.constant: list[tuple[int, int]] = []
        self.symbol = -1
        self.registers: list[tuple[int, int]] = []  # hole, and hole of its factor or -1
        self.product: tuple[int, int] | None = None
        self._add(node.inner, 1)
        self.fields = self._sums(node)

    def _add(self, node: Expr, sign: int) -> None:
        if isinstance(node, Binary) and node.operator in "+-":
            self._add(node.left, sign)
            self._add(node.right, sign if node.operator == "+" else -sign)
        elif isinstance(node, Number):
            self.constant.append((self.holes.number(node, NUMBER), sign))
        elif sign < 0:
            raise NoRecipe
        elif isinstance(node, Binary) and node.operator == "*":
            self._times(node.left, node.right)
        elif isinstance(node, Name) and self.holes.is_register(node):
            self.registers.append((self.holes.number(node, REGISTER), -1))
        elif isinstance(node, Name) and self.symbol < 0:
            self.symbol = self.holes.number(node, NAME)
        else:
            raise NoRecipe

    def _times(self, left: Expr, right: Expr) -> None:
        if isinstance(left, Number):
            left, right = right, left
        if not isinstance(left, Name) or not self.holes.is_register(left):
            raise NoRecipe
        register = self.holes.number(left, REGISTER)
        if isinstance(right, Number):
            self.registers.append((register, self.holes.number(right, NUMBER)))
        elif isinstance(right, Name) and self.holes.is_register(right) and self.product is None:
            self.product = register, self.holes.number(right, REGISTER)
        else:
            raise NoRecipe

    def _sums(self, node: Memory | Indexed) -> dict[str, Sum]:
        scales = [scale for _, scale in self.registers if scale >= 0]
        if len(scales) > 1 or (scales and self.product):
            raise NoRecipe  # whether a factor is 1 then says which register is which
        terms: tuple[Term, ...] = tuple((hole, None if scale < 0 else SCALE) for hole, scale in self.registers)
        fields = fields_of(LinearForm(0, terms, self.product), NOWHERE, node)
        sums = {name: Sum(terms=[(hole, 1)]) for name, hole in fields.items()}
        if "scale" in fields:
            sums["scale"] = Sum(0, 0, INT_HIGH, [(scales[0], 1)]) if scales else Sum(1)
        return sums


class Filling:
    """The sums that the fields of an op are made of, and the symbol that one of them refers to: (hole, uses, field)."""

    def __init__(self, holes: Holes, form: Form) -> None:
        self.holes = holes
        self.row = form.row
        self.sums: list[tuple[int, Sum]] = []  # of each its field, or ADDEND
        self.name = NO_NAME
        self.named = ""  # the field that refers to the symbol
        self.kind = ""

    def fill(self, slot: Slot, node: Operand) -> None:
        kind = slot.operand.kind
        if isinstance(node, Memory):
            self._memory(slot, Address(self.holes, node))
        elif kind == REG and isinstance(node, Name):
            self.sums.append((slot.index, Sum(terms=[(self.holes.number(node, REGISTER), 1)])))
        elif kind == TARGET and isinstance(node, Name):
            self._refer(slot, node, LABEL)
        elif kind == IMM and slot.operand.type != "f32":
            self._immediate(slot, node)
        elif kind == CONST and isinstance(node, Number):
            self._number(slot.index, node, slot.field.low, slot.field.high)
        else:
            raise NoRecipe

    def _refer(self, slot: Slot, node: Name, uses: int) -> None:
        self.name = self.holes.number(node, NAME), uses, slot.index
        self.named, self.kind = slot.field.name, slot.operand.kind

    def _immediate(self, slot: Slot, node: Operand) -> None:
        if isinstance(node, Name):
            self._refer(slot, node, DATA if "E-DIV" in self.row.faults else DATA | CONSTANT)
        else:
            self._number(slot.index, node, INT_LOW, INT_HIGH)

    def _number(self, at: int, node: Operand, low: int, high: int) -> None:
        sign, number = signed(node)
        if "E-DIV" in self.row.faults:  # a divisor is not 0
            low, high = (1, high) if sign > 0 else (low, -1)
        self.sums.append((at, Sum(0, low, high, [(self.holes.number(number, NUMBER), sign)])))

    def _memory(self, slot: Slot, address: Address) -> None:
        if slot.operand.kind != MEM or (address.symbol < 0 and not address.fields):
            raise NoRecipe
        self.sums.append((ADDEND, Sum(0, INT_LOW, INT_HIGH, address.constant)))
        if address.symbol >= 0:
            use = DATA | CONSTANT if address.fields else DATA
            self.name, self.named, self.kind = (address.symbol, use, slot.index), slot.field.name, MEM
        else:
            self.sums.append((slot.index, Sum(0, INT_LOW, INT_HIGH, address.constant)))
        self.sums += [(slot.where[name], each) for name, each in address.fields.items()]


def signed(node: Operand) -> tuple[int, Number]:
    """A number and what stands before it."""
    sign = 1
    if isinstance(node, Unary) and node.operator in "+-":
        sign, node = (-1 if node.operator == "-" else 1), node.operand
    if not isinstance(node, Number):
        raise NoRecipe
    return sign, node


def _form_numbers(row: Row) -> Iterator[int]:
    """A row as csrc/asm/take.c reads it."""
    facts, how, names = FACTS[row.id], plan(row), row.format.names
    yield from (row.id, facts.unit, facts.target, *(names.index(each) if each in names else -1 for each in COUNTED))
    yield from (bool(row.memory), LEAVES[row.control], facts.latency, row.taken_latency)
    yield from (row.tensor, names.index("row") if row.tensor and "row" in names else -1, how.word)
    yield from (len(facts.registers), *facts.registers)
    yield len(names)
    for each in row.format.fields:
        yield from (each.position, each.width, each.bias, each.ext_position, each.ext_width)
