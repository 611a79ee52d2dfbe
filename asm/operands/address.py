"""Addresses as written, `[A + r4*m + r7]`, brought into the form the machine has: disp + ra*scale + rb.

An address is a sum. Its constant part is one number or one symbol plus a number; its terms are registers
times a constant, or one product of two registers. Anything else is E-ADDRESS, with the form it should have.
"""

from __future__ import annotations

from asm.errors import error
from asm.names.expr import Address, Value, evaluate
from asm.program import Access, Reference
from asm.scope.scope import Scope
from asm.tree import Binary, Expr, Indexed, Line, Memory, Name, Unary, Virtual
from isa.records import NamedTuple, dataclass

FORM = "an address is a place, a register times a factor and one more register: [A + r1*4 + r2]"
Term = tuple[int, int | None]


class LinearForm(NamedTuple):
    """constant + sum of register*scale + product; the scale of a register written alone is None, of `r1*1` 1."""

    constant: int | Address = 0
    terms: tuple[Term, ...] = ()
    product: tuple[int, int] | None = None


def linear_form(scope: Scope, line: Line, node: Memory | Indexed) -> LinearForm:
    """The sum inside the brackets. Raises SourceError (E-ADDRESS, E-PARAM, E-UNDEFINED, ...)."""
    inner = node.inner
    if type(inner) is Name:
        return _lone_name(scope, line, inner)
    return _Sum(scope, line).form(inner, as_factor=False)


def _lone_name(scope: Scope, line: Line, node: Name) -> LinearForm:
    register = scope.registers.find(node, line)
    if register is not None:
        return LinearForm(terms=((register, None),))
    place = scope.parameter_place(node.text)
    if place is not None:
        return LinearForm(place)
    return LinearForm(_number(evaluate(node, line, scope), node, line))


class _Sum:
    """Turns an expression tree into a LinearForm; holds what the rules need to see on the way."""

    def __init__(self, scope: Scope, line: Line) -> None:
        self.scope = scope
        self.line = line

    def form(self, node: Expr, as_factor: bool) -> LinearForm:
        if isinstance(node, (Name, Virtual)):
            return self._name(node, as_factor)
        if isinstance(node, Binary) and node.operator in "+-*":
            return self._binary(node, as_factor)
        if isinstance(node, Unary) and node.operator == "-":
            return self._scaled(self.form(node.operand, as_factor=True), -1, node)
        return LinearForm(_number(evaluate(node, self.line, self.scope), node, self.line))

    def _name(self, node: Name | Virtual, as_factor: bool) -> LinearForm:
        register = self.scope.registers.find(node, self.line)
        if register is not None:
            return LinearForm(terms=((register, None),))
        assert isinstance(node, Name)
        if not as_factor and self.scope.parameter_place(node.text) is not None:
            raise self._ambiguous_parameter(node)
        return LinearForm(_number(evaluate(node, self.line, self.scope), node, self.line))

    def _ambiguous_parameter(self, node: Name) -> Exception:
        name = node.text
        return error(
            "E-PARAM",
            f"parameter `{name}` beside other terms of an address could mean its place or its value",
            self.line,
            node,
            help=f"write `addr({name})` for the place of its word or `val({name})` for its number",
        )

    def _binary(self, node: Binary, as_factor: bool) -> LinearForm:
        if node.operator == "*":
            return self._times(node)
        left = self.form(node.left, as_factor)
        right = self.form(node.right, as_factor)
        if node.operator == "-":
            right = self._scaled(right, -1, node)
        return self._plus(left, right, node)

    def _plus(self, left: LinearForm, right: LinearForm, node: Binary) -> LinearForm:
        if left.product and right.product:
            raise self._unfit("has two products of registers", node)
        constant = self._add_constants(left.constant, right.constant, node)
        return LinearForm(constant, left.terms + right.terms, left.product or right.product)

    def _add_constants(self, left: int | Address, right: int | Address, node: Binary) -> int | Address:
        if isinstance(left, int) and isinstance(right, int):
            return left + right
        if isinstance(left, int):
            left, right = right, left
        if isinstance(right, int):
            assert isinstance(left, Address)
            return Address(left.kind, left.symbol, left.addend + right)
        raise self._unfit("adds two places", node)

    def _times(self, node: Binary) -> LinearForm:
        left = self.form(node.left, as_factor=True)
        right = self.form(node.right, as_factor=True)
        if not left.terms and not left.product:
            return self._scaled(right, self._factor(left, node.left, right), node)
        if not right.terms and not right.product:
            return self._scaled(left, self._factor(right, node.right, left), node)
        if _lone(left) and _lone(right):
            return LinearForm(product=(left.terms[0][0], right.terms[0][0]))
        raise self._unfit("multiplies more than two registers, or sums of them", node)

    def _factor(self, form: LinearForm, node: Expr, other: LinearForm) -> int:
        if isinstance(form.constant, int):
            return form.constant
        name = form.constant.symbol
        raise error(
            "E-ADDRESS",
            f"`{name}` is a place, not a number, so nothing can be multiplied by it",
            self.line,
            node,
            help=f"declare it with `.param {name} = ...` to use its value as a factor",
        )

    def _scaled(self, form: LinearForm, factor: int, node: Expr) -> LinearForm:
        if form.product:
            raise self._unfit("multiplies a product of registers once more", node)
        if not isinstance(form.constant, int):
            raise self._unfit(f"subtracts or multiplies the place `{form.constant.symbol}`", node)
        terms = tuple((register, (1 if scale is None else scale) * factor) for register, scale in form.terms)
        return LinearForm(form.constant * factor, terms)

    def _unfit(self, what: str, node: Expr) -> Exception:
        return error("E-ADDRESS", f"this address {what}", self.line, node, help=FORM)


def _lone(form: LinearForm) -> bool:
    """Whether the form is one plain register and nothing else."""
    return len(form.terms) == 1 and form.terms[0][1] is None and form.constant == 0 and form.product is None


def _number(value: Value, node: Expr, line: Line) -> int | Address:
    if isinstance(value, (int, Address)):
        return value
    raise error("E-ADDRESS", f"an address counts words; {value!r} is not an integer", line, node)


class Reach(NamedTuple):
    """What a word address makes of an op: numbers for its fields, references for the linker, the memory touched."""

    values: tuple[tuple[str, int], ...]
    references: tuple[Reference, ...]
    access: Access


@dataclass(slots=True)
class Located:
    """An address in a form the machine has: the register and scale fields it fills, in encoding order.

    `reach` is kept for the other ops that have the same operand.
    """

    constant: int | Address
    fields: dict[str, int]
    reach: Reach | None = None


def locate(scope: Scope, line: Line, node: Memory | Indexed) -> Located:
    """The address inside the brackets. Raises SourceError (E-ADDRESS, E-PARAM, E-UNDEFINED, ...)."""
    form = linear_form(scope, line, node)
    return Located(form.constant, fields_of(form, line, node))


def locate_once(scope: Scope, line: Line, node: Memory) -> Located:
    """The same, worked out once for all lines that share the node, as lines written alike do (asm.syntax.shapes)."""
    known = scope.located.get(id(node))
    if known is None:
        known = scope.located[id(node)] = (locate(scope, line, node), node)  # kept, so that no other gets its id
    return known[0]


def locate_row(scope: Scope, line: Line, node: Indexed) -> Located:
    """The row inside the brackets of `mw4[x + r1]`; its register is field `ra`. Raises SourceError."""
    located = locate(scope, line, node)
    if located.fields.keys() - {"rb"}:
        message = "a row is a number, a symbol and at most one register"
        raise error("E-ADDRESS", message, line, node, "compute the row in a register first")
    return Located(located.constant, {"ra": located.fields["rb"]} if located.fields else {})


def fields_of(form: LinearForm, line: Line, node: Memory | Indexed) -> dict[str, int]:
    """The fields that the registers of an address fill, in encoding order. Raises E-ADDRESS for what no form has."""
    if form.product:
        return _with_product(form, line, node)
    plain = [register for register, scale in form.terms if scale is None]
    scaled = [(register, scale) for register, scale in form.terms if scale is not None]
    if len(scaled) == 2 and not plain and 1 in (scaled[0][1], scaled[1][1]):
        scaled.sort(key=lambda term: term[1] == 1)
        plain = [scaled.pop()[0]]
    if len(plain) == 2 and not scaled:
        scaled = [(plain.pop(0), 1)]
    if len(plain) > 1 or len(scaled) > 1:
        raise _too_many(line, node, len(form.terms), len(scaled))
    fields: dict[str, int] = {}
    if scaled:
        fields["ra"], fields["scale"] = scaled[0]
    if plain:
        fields["rb"] = plain[0]
    return fields


def _with_product(form: LinearForm, line: Line, node: Memory | Indexed) -> dict[str, int]:
    assert form.product is not None
    ra, rc = form.product
    if not form.terms:
        return {"ra": ra, "rc": rc}
    register, scale = form.terms[0]
    if len(form.terms) > 1 or scale not in (None, 1):
        raise _too_many(line, node, len(form.terms) + 1, 1 + sum(scale not in (None, 1) for _, scale in form.terms))
    return {"ra": ra, "rc": rc, "rb": register}


def _too_many(line: Line, node: Memory | Indexed, terms: int, scaled: int) -> Exception:
    what = f"{terms} register terms; the machine adds two"
    if terms <= 2:
        what = f"{scaled} scaled registers; the machine scales one"
    return error("E-ADDRESS", f"this address has {what}", line, node, help=FORM)
