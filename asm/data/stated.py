"""What directives state about names: .global .extern .reg .input .output .alias .trip .independent .burst."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from asm.errors import error
from asm.names.symbols import DATA, EXTERN, LABEL, PARAM
from asm.scope.places import bank_numbers, region_of
from asm.scope.scope import Scope
from asm.tree import Attribute, Declaration, DirectiveStmt, Line, Name, Operand
from isa.diagnostics import Diagnostic, SourceError
from isa.records import NamedTuple, dataclass, field

TRIP_LIMITS = ("min", "max", "multiple")


class Trip(NamedTuple):
    """How often a loop runs: what `.trip` says; None where it says nothing."""

    min: int | None = None
    max: int | None = None
    multiple: int | None = None


@dataclass(slots=True)
class Facts:
    """Names are checked by `check`, once every one of them can be known."""

    scope: Scope
    exported: set[str] = field(default_factory=set)
    aliases: set[frozenset[str]] = field(default_factory=set)
    trips: dict[str, Trip] = field(default_factory=dict)
    independent: set[str] = field(default_factory=set)
    burst: int = 0
    inputs: list[tuple[Name, Line]] = field(default_factory=list)
    outputs: list[tuple[Name, Line]] = field(default_factory=list)
    named: list[tuple[Name, Line, tuple[str, ...]]] = field(default_factory=list)

    # Directives -------------------------------------------------------------------------------
    def globals(self, statement: DirectiveStmt) -> None:
        """`.global NAME, ...`"""
        for name in self._names(statement, (LABEL, DATA, PARAM)):
            self.exported.add(name.text)

    def externs(self, statement: DirectiveStmt) -> None:
        """`.extern NAME [@ place], ...`"""
        for node in self._arguments(statement):
            place = statement.line.place(node.column, node.end)
            if isinstance(node, Declaration) and node.place is not None and not node.type:
                self.scope.define(node.name, EXTERN, place)
                region = region_of(self.scope.spec, node.place, statement.line)
                if region is not None:
                    self.scope.extern_banks[node.name] = bank_numbers(self.scope.spec, region)
            elif isinstance(node, Name):
                self.scope.define(node.text, EXTERN, place)
            else:
                raise self._usage(statement, node)

    def registers(self, statement: DirectiveStmt) -> None:
        """`.reg x, y`"""
        for node in self._arguments(statement):
            if not isinstance(node, Name):
                raise self._usage(statement, node)
            self.scope.define_register(node, statement.line)

    def aliasing(self, statement: DirectiveStmt) -> None:
        """`.alias A, C`: all of these may share memory"""
        names = [name.text for name in self._names(statement, (DATA, PARAM, EXTERN))]
        self.aliases |= {frozenset((a, b)) for i, a in enumerate(names) for b in names[i + 1 :]}

    def trip(self, statement: DirectiveStmt) -> None:
        """`.trip label, min=1, multiple=4, max=1024`"""
        label, *limits = self._arguments(statement)
        if not isinstance(label, Name):
            raise self._usage(statement, label)
        self.named.append((label, statement.line, (LABEL,)))
        self.trips[label.text] = Trip(**dict(self._limit(statement, node) for node in limits))

    def _limit(self, statement: DirectiveStmt, node: Operand) -> tuple[str, int]:
        if not isinstance(node, Attribute) or node.name not in TRIP_LIMITS:
            raise error(
                "E-DIRECTIVE",
                f"`.trip` states {', '.join(TRIP_LIMITS)}",
                statement.line,
                node,
                "write `.trip label, min=1, multiple=4`",
            )
        return node.name, self._positive(statement, node.value)

    def _positive(self, statement: DirectiveStmt, node: Operand) -> int:
        value = self.scope.evaluate(node, statement.line)
        if not isinstance(value, int) or value < 1:
            raise error("E-RANGE", f"`.{statement.name}` takes an integer from 1 up", statement.line, node)
        return value

    def independence(self, statement: DirectiveStmt) -> None:
        """`.independent label`: its rounds touch different memory"""
        self.independent |= {name.text for name in self._names(statement, (LABEL,))}

    def burst_length(self, statement: DirectiveStmt) -> None:
        """`.burst 64`"""
        self.burst = self._positive(statement, self._arguments(statement)[0])

    def input(self, statement: DirectiveStmt) -> None:
        """`.input NAME, ...`; a tensor may be declared in place of a name"""
        self.inputs += [(name, statement.line) for name in self._names(_named(statement), (DATA, PARAM))]

    def output(self, statement: DirectiveStmt) -> None:
        """`.output NAME, ...`; a tensor may be declared in place of a name"""
        self.outputs += [(name, statement.line) for name in self._names(_named(statement), (DATA, PARAM))]

    # Arguments --------------------------------------------------------------------------------
    def _arguments(self, statement: DirectiveStmt) -> tuple[Operand, ...]:
        if not statement.arguments:
            raise error("E-DIRECTIVE", f"`.{statement.name}` says nothing without a name", statement.line, statement)
        return statement.arguments

    def _names(self, statement: DirectiveStmt, kinds: tuple[str, ...]) -> list[Name]:
        """The names a directive lists, to be checked at the end."""
        names = []
        for node in self._arguments(statement):
            if not isinstance(node, Name):
                raise self._usage(statement, node)
            names.append(node)
            self.named.append((node, statement.line, kinds))
        return names

    def _usage(self, statement: DirectiveStmt, node: Operand) -> SourceError:
        return error("E-DIRECTIVE", f"`.{statement.name}` takes names", statement.line, node)

    # The end ----------------------------------------------------------------------------------
    def check(self) -> Iterator[Diagnostic]:
        """Errors of names that are not defined or are of another kind; then tensors learn their part."""
        for name, line, kinds in self.named:
            try:
                self._check_name(name, line, kinds)
            except SourceError as problem:
                yield from problem.diagnostics
        yield from self._mark_inputs_and_outputs()

    def _check_name(self, name: Name, line: Line, kinds: tuple[str, ...]) -> None:
        symbol = self.scope.lookup(name.text)
        if symbol is None:
            self.scope.fail_undefined(name, line)
        if symbol.kind not in kinds and not symbol.failed:
            wanted = " or ".join(WANTED[kind] for kind in kinds)
            raise error("E-TYPE", f"`{name.text}` is {WANTED[symbol.kind]}, not {wanted}", line, name)

    def _mark_inputs_and_outputs(self) -> Iterator[Diagnostic]:
        for order, (name, line) in enumerate(self.inputs):
            yield from self._mark(name, line, "input", order)
        for order, (name, line) in enumerate(self.outputs):
            yield from self._mark(name, line, "output", order)

    def _mark(self, name: Name, line: Line, part: str, order: int) -> Iterator[Diagnostic]:
        symbol = self.scope.data.get(name.text)
        if symbol is None:
            return
        if symbol.tensor is None:
            message = f"`{name.text}` has no type, so it cannot be an {part}"
            help_ = "declare it with .array, .tensor or a typed directive on the line of the label"
            yield error("E-TYPE", message, line, name, help_).diagnostics[0]
        elif part == "input":
            symbol.tensor.is_input, symbol.tensor.input_order = True, order
        else:
            symbol.tensor.is_output, symbol.tensor.output_order = True, order


def _named(statement: DirectiveStmt) -> DirectiveStmt:
    """A directive with what it declares as names."""
    arguments = (
        Name(node.name, node.column, node.column + len(node.name)) if isinstance(node, Declaration) else node
        for node in statement.arguments
    )
    return statement._replace(arguments=tuple(arguments))


WANTED = {
    "equ": "a constant",
    "set": "a variable",
    PARAM: "a parameter",
    LABEL: "a label of the program",
    DATA: "data",
    EXTERN: "an extern symbol",
}
FACT_DIRECTIVES: dict[str, Callable[[Facts, DirectiveStmt], None]] = {
    "global": Facts.globals,
    "extern": Facts.externs,
    "reg": Facts.registers,
    "alias": Facts.aliasing,
    "trip": Facts.trip,
    "independent": Facts.independence,
    "burst": Facts.burst_length,
    "input": Facts.input,
    "output": Facts.output,
}
