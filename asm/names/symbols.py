"""The symbols of one assembly: constants, parameters, labels and data, and which names they may have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NoReturn

from asm.names.expr import Address, Value, check_arity, evaluate, names_in
from asm.names.suggest import did_you_mean
from asm.tree import Call, Expr, Line, Name
from isa.diagnostics import Diagnostic, Note, Place, SourceError
from isa.records import dataclass
from isa.table import MNEMONICS

if TYPE_CHECKING:
    from asm.expand.macros import Macro

EQU, SET, PARAM, LABEL, DATA, EXTERN = "equ", "set", "param", "label", "data", "extern"
KINDS = {EQU: "a constant", SET: "a variable", PARAM: "a parameter", LABEL: "a label", DATA: "data", EXTERN: "extern"}

MAX_CONSTANT_DEPTH = 50  # definitions that wait for one another
REGISTER = re.compile(r"(r|v|se|sw|mw|me)[0-9]+", re.IGNORECASE)
ANY_REGISTER = re.compile(f"^(?:{REGISTER.pattern})$", re.MULTILINE)  # in lines of lower case
OPTION_PLACE = Place("<command line>", 1)
NOWHERE = Place("", 0)


@dataclass(slots=True)
class Symbol:
    """`value` is None until known; constants and parameters have `expr`, to be evaluated on `line`.

    `failed` symbols have had their error reported: using them is silent.
    """

    name: str
    kind: str
    place: Place
    value: Value | None = None
    expr: Expr | None = None
    line: Line | None = None
    failed: bool = False


class Symbols:
    """An Environment that knows constants and parameters, and the addresses others define in it."""

    def __init__(self, overrides: Mapping[str, int | float | str] | None = None) -> None:
        self.table: dict[str, Symbol] = {}
        self.macros: dict[str, Macro] = {}
        self.overrides = dict(overrides or {})
        self.overriding: set[str] = set()  # those of them that something asked for
        self._stated: list[Symbol] = []  # constants with an expression
        self._pending: list[Symbol] = []  # those being evaluated, outermost first

    # Definitions ---------------------------------------------------------------------------------
    def define(self, name: str, kind: str, place: Place, value: Value | None = None) -> Symbol:
        """Add a symbol; raises SourceError (E-RESERVED, E-DUPLICATE). Uses of a reserved name are silent."""
        try:
            check_name(name, place)
        except SourceError:
            self.fail(name)
            raise
        earlier = self.table.get(name)
        if earlier is not None:
            _fail_duplicate(earlier, place)
        symbol = self.table[name] = Symbol(name, kind, place, value)
        return symbol

    def constant(self, name: str, kind: str, expr: Expr | None, line: Line, place: Place) -> Symbol:
        """Define `.equ` and `.param`; -D wins over `expr`. A value that is known already is computed now."""
        symbol = self.define(name, kind, place, self.override(name))
        if symbol.value is None:
            symbol.expr, symbol.line = expr, line
            self._stated.append(symbol)
            if expr is None:
                help_ = f"write `{name} = VALUE`, or give -D {name}=VALUE"
                symbol.failed = True
                raise SourceError(Diagnostic("E-DIRECTIVE", f"`{name}` has no value", place, help=help_))
            if all(self._known(part.text) for part in names_in(expr)):
                self.value(symbol)
        return symbol

    def assign(self, name: str, value: Value, place: Place) -> Symbol:
        """Give a `.set` variable a value; -D wins."""
        given = self.override(name)
        value = value if given is None else given
        symbol = self.table.get(name)
        if symbol is None or symbol.kind != SET:
            return self.define(name, SET, place, value)
        symbol.value, symbol.place = value, place
        return symbol

    def fail(self, name: str) -> None:
        """Make every use of a name silent: that it does not exist has been reported."""
        self.table.setdefault(name, Symbol(name, LABEL, NOWHERE, failed=True))

    def override(self, name: str) -> int | float | str | None:
        """What -D says of a name."""
        value = self.overrides.get(name)
        if value is not None:
            self.overriding.add(name)
        return value

    def constants(self) -> set[str]:
        """The names that -D could set."""
        return {symbol.name for symbol in self.table.values() if symbol.kind in (EQU, SET, PARAM)}

    def known_constants(self) -> dict[str, int | float | str]:
        """The values of constants, variables and parameters, as they are in the end."""
        values = {name: self.table[name].value for name in sorted(self.constants())}
        return {name: value for name, value in values.items() if isinstance(value, int | float | str)}

    def _known(self, name: str) -> bool:
        symbol = self.table.get(name)
        return symbol is not None and symbol.value is not None

    # Values --------------------------------------------------------------------------------------
    def lookup(self, name: str) -> Symbol | None:
        """The symbol; -D defines a constant of a name that the file does not mention."""
        symbol = self.table.get(name)
        if symbol is None and (value := self.override(name)) is not None:
            return Symbol(name, EQU, OPTION_PLACE, value)
        return symbol

    def resolve(self, name: Name, line: Line) -> Value:
        symbol = self.lookup(name.text)
        if symbol is None:
            self.fail_undefined(name, line)
        return self.value(symbol)

    def value(self, symbol: Symbol) -> Value:
        """The value of a symbol, computed once; a failure is reported once."""
        if symbol.value is not None:
            return symbol.value
        if symbol.failed:
            raise SourceError
        if symbol.expr is None or symbol.line is None:
            return Address(symbol.kind, symbol.name)
        self._check_chain(symbol)
        self._pending.append(symbol)
        try:
            symbol.value = evaluate(symbol.expr, symbol.line, self)
        except SourceError:
            symbol.failed = True
            raise
        finally:
            self._pending.pop()
        return symbol.value

    def _check_chain(self, symbol: Symbol) -> None:
        if symbol in self._pending:
            ring = self._pending[self._pending.index(symbol) :]
            notes = [Note(f"`{part.name}` is defined here", part.place) for part in ring[1:]]
            message = f"`{symbol.name}` is defined in terms of itself"
            if len(ring) > 1:
                message += f": {' -> '.join(part.name for part in [*ring, symbol])}"
            raise SourceError(Diagnostic("E-CYCLE", message, symbol.place, tuple(notes)))
        if len(self._pending) >= MAX_CONSTANT_DEPTH:
            message = f"`{symbol.name}` ends a chain of over {MAX_CONSTANT_DEPTH} constants defined after their use"
            help_ = "define constants before those that use them"
            raise SourceError(Diagnostic("E-LIMIT", message, symbol.place, help=help_))

    def apply(self, call: Call, line: Line) -> Value | None:
        """`val(p)`; other functions belong to the environments built on this one."""
        if call.function != "val":
            return None
        check_arity(call, 1, line)
        if not isinstance(call.arguments[0], Name):
            place = line.place(call.column, call.end)
            raise SourceError(Diagnostic("E-EXPR", "`val` takes the name of a parameter or constant", place))
        return self.resolve(call.arguments[0], line)

    def distance(self, left: Address, right: Address) -> int | None:
        return None

    def fail_undefined(self, name: Name, line: Line) -> NoReturn:
        names = [*self.table, *self.overrides]
        help_ = did_you_mean(name.text, (known for known in names if not known[:1].isdigit()))  # not local labels
        message = f"`{name.text}` is not defined"
        raise SourceError(Diagnostic("E-UNDEFINED", message, line.place(name.column, name.end), help=help_))

    def check_constants(self) -> Iterator[Diagnostic]:
        """Evaluate what nobody used; the errors that nobody saw."""
        for symbol in [each for each in self._stated if each.expr is not None]:
            try:
                self.value(symbol)
            except SourceError as error:
                yield from error.diagnostics


def are_reserved(names: Iterable[str]) -> bool:
    """Whether one of some names is that of a register, a place or an instruction."""
    lower = "\n".join(names).lower()
    return ANY_REGISTER.search(lower) is not None or not MNEMONICS.keys().isdisjoint(lower.split("\n"))


def check_name(name: str, place: Place) -> None:
    """Raises SourceError (E-RESERVED) for names of registers, places and instructions."""
    what = ""
    if REGISTER.fullmatch(name):
        what = "a register, stream or slice"
    elif name.lower() in MNEMONICS:
        what = "an instruction"
    if what:
        message = f"`{name}` is reserved: it names {what}"
        help_ = "choose another name; upper and lower case are the same here"
        raise SourceError(Diagnostic("E-RESERVED", message, place, help=help_))


def _fail_duplicate(earlier: Symbol, place: Place) -> NoReturn:
    message = f"`{earlier.name}` is already defined as {KINDS.get(earlier.kind, earlier.kind)}"
    note = Note("first defined here", earlier.place)
    again = (place.file, place.line, place.column) == (earlier.place.file, earlier.place.line, earlier.place.column)
    help_ = f"`{earlier.name}\\@` is another name in every expansion; `1:` may be defined many times" if again else ""
    raise SourceError(Diagnostic("E-DUPLICATE", message, place, (note,), help_))
