"""What names mean in one source: symbols with their places, and registers, those without a number among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

from asm.errors import error
from asm.names.expr import Address, Value, evaluate
from asm.names.symbols import DATA, EXTERN, LABEL, PARAM, Symbols
from asm.program import AsmOp
from asm.scope.functions import FUNCTIONS, ROW
from asm.scope.objects import DataSymbol
from asm.scope.places import PLACE_NAME, slice_index
from asm.scope.registers import Registers
from asm.syntax import source
from asm.tree import (
    Attribute,
    Call,
    Declaration,
    Expr,
    Indexed,
    Line,
    Memory,
    Name,
    Numbers,
    Operand,
    PlaceRange,
    String,
    Virtual,
)
from isa.diagnostics import SourceError
from isa.image import TO_ROW, TO_TARGET, TO_WORD
from isa.machine import MachineSpec
from isa.records import replace

if TYPE_CHECKING:
    from asm.operands.address import Located

NOT_EXPRESSIONS = (Memory, Indexed, Virtual, Attribute, PlaceRange, Declaration, Numbers)
REGISTER = "a register"  # the kind of a symbol that .reg declares
RELOCATION = {LABEL: TO_TARGET, DATA: TO_WORD, PARAM: TO_WORD, EXTERN: TO_WORD, ROW: TO_ROW}


class Scope(Symbols):
    """The symbols of a source, with what the machine and placement know of them."""

    def __init__(
        self,
        spec: MachineSpec,
        overrides: Mapping[str, int | float | str] | None = None,
        include_paths: tuple[source.PathLike, ...] = (),
    ) -> None:
        super().__init__(overrides)
        self.spec = spec
        self.include_paths = include_paths
        self.taken: set[str] = set()  # labels whose address is a value
        self.called: set[str] = set()  # externs that the source jumps to
        self.extern_values: list[AsmOp] = []  # ops with an extern for an immediate
        self.data: dict[str, DataSymbol] = {}
        self.extern_banks: dict[str, frozenset[int]] = {}
        self.registers = Registers()
        self._banks: dict[str, frozenset[int]] = {}
        self.located: dict[int, tuple[Located, Memory]] = {}  # see asm.operands.address.locate_once
        self.matched: dict[tuple[str, int], tuple[AsmOp, tuple[int, ...]]] = {}  # see asm.operands.match
        self.undefined: set[str] = set()

    def expression(self, node: Operand, line: Line) -> Expr:
        """An operand that must be an expression. Raises E-EXPR."""
        if isinstance(node, NOT_EXPRESSIONS):
            raise error("E-EXPR", "an expression is wanted here", line, node)
        return node

    def evaluate(self, node: Operand, line: Line) -> Value:
        """The value of an operand that must be an expression. Raises SourceError."""
        return evaluate(self.expression(node, line), line, self)

    def read_file(self, name: String, line: Line) -> bytes:
        """The bytes of a file beside the source or in an -I folder. Raises E-SOURCE, E-INCLUDE at the name."""
        place = line.place(name.column, name.end)
        path = source.find(name.value, line.file, self.include_paths, place)
        try:
            return source.read_bytes(path)
        except SourceError as problem:
            first = problem.diagnostics[0]
            raise SourceError(replace(first, place=place)) from None

    # Names ------------------------------------------------------------------------------------
    def resolve(self, name: Name, line: Line) -> Value:
        if self.registers.find(name, line) is not None:
            raise error("E-OPERAND", f"register {name.text} has no value that an expression could use", line, name)
        if PLACE_NAME.fullmatch(name.text):
            raise error("E-OPERAND", f"{name.text} has no value that an expression could use", line, name)
        return super().resolve(name, line)

    def fail_undefined(self, name: Name, line: Line) -> NoReturn:
        """E-UNDEFINED, once for each name."""
        if name.text in self.undefined:
            raise SourceError
        self.undefined.add(name.text)
        super().fail_undefined(name, line)

    def define_data(self, symbol: DataSymbol) -> None:
        """Add a data symbol (parameters are known already). Raises E-RESERVED, E-DUPLICATE."""
        if symbol.constant is None:
            self.define(symbol.name, DATA, symbol.place)
        self.data[symbol.name] = symbol

    def define_register(self, node: Name, line: Line) -> None:
        """`.reg x`. Raises E-RESERVED, E-DUPLICATE; a reserved name counts as a register from then on."""
        try:
            self.define(node.text, REGISTER, line.place(node.column, node.end))
        finally:
            symbol = self.table[node.text]
            if symbol.kind == REGISTER or symbol.failed:
                self.registers.declare(node.text, line, node)

    def parameter_place(self, name: str) -> Address | None:
        """Where a parameter's word is, if the name is a parameter's."""
        symbol = self.table.get(name)
        return Address(DATA, name) if symbol is not None and symbol.kind == PARAM else None

    def is_extern(self, name: str) -> bool:
        symbol = self.table.get(name)
        return symbol is not None and symbol.kind == EXTERN

    def reference(self, address: Address) -> str:
        """The kind of relocation an address needs as a value; a label so used may be entered from anywhere."""
        if address.kind == LABEL:
            self.taken.add(address.symbol)
        return TO_TARGET if address.symbol in self.called else RELOCATION[address.kind]

    def settle_externs(self) -> None:
        """Values of externs become program addresses when the source jumps to them anywhere."""
        for op in self.extern_values:
            op.references = tuple(replace(r, kind=TO_TARGET) if r.symbol in self.called else r for r in op.references)

    # Where symbols are ------------------------------------------------------------------------
    def placed(self, address: Address) -> int:
        """The word address as placed; 0 for what only the linker or the encoder knows."""
        symbol = self.data.get(address.symbol)
        return symbol.address + address.addend if symbol else 0

    def row_of(self, address: Address) -> int:
        """The row of a slice that a symbol starts at, plus the addend in rows."""
        symbol = self.data.get(address.symbol)
        start = symbol.address % self.spec.words_per_slice // self.spec.words_per_row if symbol else 0
        return start + address.addend

    def banks_of(self, name: str) -> frozenset[int]:
        """The banks a symbol may lie in, once data is placed; empty when unknown."""
        banks = self._banks.get(name)
        if banks is None:
            symbol = self.data.get(name)
            banks = symbol.object.banks(self.spec) if symbol else self.extern_banks.get(name, frozenset())
            self._banks[name] = banks
        return banks

    def bank_of_word(self, address: int) -> frozenset[int]:
        inside = 0 <= address < self.spec.words
        return frozenset((address // self.spec.words_per_bank,)) if inside else frozenset()

    def banks_of_slices(self, number: int, count: int, row: int | None) -> frozenset[int]:
        """The banks of `count` slices from an encoded number on: that of one row, or all."""
        first = slice_index(self.spec, number)
        chosen = range(self.spec.banks) if row is None else (row // self.spec.rows,)
        return frozenset((first + plane) * self.spec.banks + bank for plane in range(count) for bank in chosen)

    # Environment ------------------------------------------------------------------------------
    def distance(self, left: Address, right: Address) -> int | None:
        """Words between two symbols of one object."""
        first, second = self.data.get(left.symbol), self.data.get(right.symbol)
        if first is None or second is None or first.object is not second.object or left.kind != right.kind:
            return None
        return first.offset + left.addend - second.offset - right.addend

    def apply(self, call: Call, line: Line) -> Value | None:
        function = FUNCTIONS.get(call.function)
        return function(self, call, line) if function else super().apply(call, line)
