"""The value of an expression: C operators on integers of any size, floats, strings and addresses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NoReturn, Protocol, TypeAlias

from asm.names.suggest import did_you_mean
from asm.syntax.literals import MAX_BITS
from asm.tree import Binary, Call, Conditional, Expr, Line, Name, Number, String, Unary
from isa.diagnostics import Diagnostic, SourceError
from isa.records import NamedTuple


class Address(NamedTuple):
    """A place that is known later: `symbol` + `addend`; `kind` is the environment's (label, data, ...)."""

    kind: str
    symbol: str
    addend: int = 0


class Bits(int):
    """The bits of a float of type `of`, given as such: not a number to be converted."""

    of = "f32"


Value: TypeAlias = int | float | str | Address


class Environment(Protocol):
    """What an expression is evaluated in. Methods raise SourceError; one without diagnostics was reported before."""

    def resolve(self, name: Name, line: Line) -> Value:
        """The value of a name."""
        ...

    def apply(self, call: Call, line: Line) -> Value | None:
        """The value of a call of a function that FUNCTIONS lacks; None if there is no such function."""
        ...

    def distance(self, left: Address, right: Address) -> int | None:
        """left - right, when that is known and two addresses of different symbols are given."""
        ...


def evaluate(node: Expr, line: Line, env: Environment) -> Value:
    """The value of `node`, an expression of `line`; raises SourceError (E-EXPR, or the environment's)."""
    if isinstance(node, Name):
        return env.resolve(node, line)
    if isinstance(node, (Number, String)):
        return node.value
    if isinstance(node, Binary):
        return _binary_chain(node, line, env)
    if isinstance(node, Unary):
        return _unary(node, evaluate(node.operand, line, env), line)
    if isinstance(node, Conditional):
        test = truth(evaluate(node.test, line, env), node.test, line)
        return evaluate(node.yes if test else node.no, line, env)
    return _call(node, line, env)


def integer(node: Expr, line: Line, env: Environment) -> int:
    """The value of `node`, which must be an integer."""
    value = evaluate(node, line, env)
    if not isinstance(value, int):
        fail(node, line, f"{describe(value)} stands where an integer is needed")
    return value


def truth(value: Value, node: Expr, line: Line) -> bool:
    if isinstance(value, str | Address):
        fail(node, line, f"{describe(value)} is neither true nor false", "compare it with something")
    return value != 0


def fail(node: Expr, line: Line, message: str, help_: str = "", code: str = "E-EXPR") -> NoReturn:
    raise SourceError(Diagnostic(code, message, line.place(node.column, node.end), help=help_))


def describe(value: Value) -> str:
    """A value as the subject of a sentence."""
    if isinstance(value, Address):
        return f"the address of `{value.symbol}`"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, int) and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    return f"the {'integer' if isinstance(value, int) else 'float'} {value}"


def names_in(node: Expr) -> Iterator[Name]:
    """Every name that the value of `node` may depend on."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Unary):
        yield from names_in(node.operand)
    elif isinstance(node, Binary):
        yield from names_in(node.left)
        yield from names_in(node.right)
    elif isinstance(node, Conditional):
        for part in (node.test, node.yes, node.no):
            yield from names_in(part)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from names_in(argument)


# Operators -------------------------------------------------------------------------------------------
def _binary_chain(node: Binary, line: Line, env: Environment) -> Value:
    """`a + b + c` leans left: go down to `a` in a loop, so that long sums need no deep stack."""
    chain = [node]
    while isinstance(chain[-1].left, Binary):
        chain.append(chain[-1].left)
    value = evaluate(chain[-1].left, line, env)
    for link in reversed(chain):
        value = _binary(link, value, line, env)
    return value


def _binary(node: Binary, left: Value, line: Line, env: Environment) -> Value:
    operator = node.operator
    if operator in ("&&", "||"):
        if truth(left, node.left, line) == (operator == "||"):
            return int(operator == "||")
        return int(truth(evaluate(node.right, line, env), node.right, line))
    right = evaluate(node.right, line, env)
    if isinstance(left, Address) or isinstance(right, Address):
        return _on_addresses(node, left, right, line, env)
    if operator in COMPARISONS and isinstance(left, str) == isinstance(right, str):
        return int(COMPARISONS[operator](left, right))
    if isinstance(left, str) or isinstance(right, str):
        fail(node, line, f"`{operator}` does not work on a string")
    return _arithmetic(node, left, right, line)


def _arithmetic(node: Binary, left: int | float, right: int | float, line: Line) -> int | float:
    try:
        if isinstance(left, int) and isinstance(right, int):
            return _bounded(INTEGERS[node.operator](left, right))
        if node.operator not in FLOATS:
            fail(node, line, f"`{node.operator}` works on integers only, not on floats")
        value = FLOATS[node.operator](float(left), float(right))
    except ZeroDivisionError:
        fail(node, line, f"`{node.operator}` by zero")
    except OverflowError as error:
        fail(node, line, str(error) if "bits" in str(error) else "the result is too large for a float")
    if math.isinf(value):
        fail(node, line, "the result is too large for a float")
    return value


def _bounded(value: int) -> int:
    if value.bit_length() > MAX_BITS:
        raise OverflowError(f"the result has more than {MAX_BITS} bits, the most an integer may have")
    return value


def _multiply(left: int, right: int) -> int:
    if left.bit_length() + right.bit_length() > MAX_BITS + 1:
        raise OverflowError(f"the product has more than {MAX_BITS} bits, the most an integer may have")
    return left * right


def _shift_left(left: int, right: int) -> int:
    if right < 0:
        return _shift_right(left, -right)
    if left and left.bit_length() + right > MAX_BITS:
        raise OverflowError(f"the shifted value has more than {MAX_BITS} bits, the most an integer may have")
    return left << right if left else 0


def _shift_right(left: int, right: int) -> int:
    return _shift_left(left, -right) if right < 0 else left >> min(right, MAX_BITS)


def _quotient(left: int, right: int) -> int:
    """Toward zero, as in C."""
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    """With the sign of the left operand, as in C."""
    return left - right * _quotient(left, right)


COMPARISONS: dict[str, Callable[..., bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
INTEGERS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": _multiply,
    "/": _quotient,
    "%": _remainder,
    "<<": _shift_left,
    ">>": _shift_right,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
}
FLOATS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
}


def _on_addresses(node: Binary, left: Value, right: Value, line: Line, env: Environment) -> Value:
    """address +- integer, integer + address, and what two addresses differ by."""
    if isinstance(left, Address) and isinstance(right, Address):
        if node.operator == "-" or node.operator in COMPARISONS:
            return _between(node, left, right, line, env)
    elif isinstance(left, Address) and isinstance(right, int) and node.operator in ("+", "-"):
        return Address(left.kind, left.symbol, left.addend + (right if node.operator == "+" else -right))
    elif isinstance(right, Address) and isinstance(left, int) and node.operator == "+":
        return Address(right.kind, right.symbol, right.addend + left)
    sides = f"{describe(left)} and {describe(right)}"
    help_ = "an address may have an integer added or subtracted"
    fail(node, line, f"`{node.operator}` does not work on {sides}", help_)


def _between(node: Binary, left: Address, right: Address, line: Line, env: Environment) -> int:
    apart = left.addend - right.addend
    if left.symbol != right.symbol:
        distance = env.distance(left, right)
        if distance is None:
            fail(node, line, f"the distance between `{left.symbol}` and `{right.symbol}` is not known yet")
        apart = distance
    return apart if node.operator == "-" else int(COMPARISONS[node.operator](apart, 0))


def _unary(node: Unary, value: Value, line: Line) -> Value:
    if isinstance(value, str | Address):
        fail(node, line, f"`{node.operator}` does not work on {describe(value)}")
    if node.operator == "!":
        return int(value == 0)
    if node.operator == "~":
        if isinstance(value, float):
            fail(node, line, "`~` works on integers only, not on floats")
        return ~value
    return -value if node.operator == "-" else value


# Functions -------------------------------------------------------------------------------------------
def _call(node: Call, line: Line, env: Environment) -> Value:
    function = FUNCTIONS.get(node.function)
    if function is not None:
        return function(node, [evaluate(argument, line, env) for argument in node.arguments], line)
    value = env.apply(node, line)
    if value is None:
        name = Name(node.function, node.column, node.column + len(node.function))
        if node.function in PLACE_FUNCTIONS:
            fail(name, line, f"`{node.function}` has no value here")
        help_ = did_you_mean(node.function, [*FUNCTIONS, *PLACE_FUNCTIONS])
        fail(name, line, f"there is no function `{node.function}`", help_ or f"functions are {', '.join(FUNCTIONS)}")
    return value


def check_arity(node: Call, count: int, line: Line) -> None:
    if len(node.arguments) != count:
        plural = "" if count == 1 else "s"
        fail(node, line, f"`{node.function}` takes {count} argument{plural}, not {len(node.arguments)}")


def _numbers(node: Call, values: list[Value], line: Line) -> list[int | float]:
    for argument, value in zip(node.arguments, values, strict=True):
        if not isinstance(value, int | float):
            fail(argument, line, f"`{node.function}` takes numbers, and this is {describe(value)}")
    return [value for value in values if isinstance(value, int | float)]


def _integers(node: Call, values: list[Value], line: Line) -> list[int]:
    for argument, value in zip(node.arguments, values, strict=True):
        if not isinstance(value, int):
            fail(argument, line, f"`{node.function}` takes integers, and this is {describe(value)}")
    return [value for value in values if isinstance(value, int)]


def _extreme(pick: Callable[[list[int | float]], int | float]) -> Callable[[Call, list[Value], Line], Value]:
    def apply(node: Call, values: list[Value], line: Line) -> Value:
        if not values:
            fail(node, line, f"`{node.function}` takes at least 1 argument")
        return pick(_numbers(node, values, line))

    return apply


def _abs(node: Call, values: list[Value], line: Line) -> Value:
    check_arity(node, 1, line)
    value = _numbers(node, values, line)[0]
    return -value if value < 0 else value


def _log2(node: Call, values: list[Value], line: Line) -> Value:
    """Of an integer the whole part, of a float the logarithm."""
    check_arity(node, 1, line)
    value = _numbers(node, values, line)[0]
    if value <= 0:
        fail(node, line, f"`log2` of {describe(value)} does not exist", "its argument is above 0")
    return value.bit_length() - 1 if isinstance(value, int) else math.log2(value)


def _align(node: Call, values: list[Value], line: Line) -> Value:
    """align(n, to): n rounded up to a multiple of `to`."""
    check_arity(node, 2, line)
    value, to = _integers(node, values, line)
    if to <= 0:
        fail(node.arguments[1], line, f"`align` rounds up to a multiple of {to}, which must be above 0")
    return -(-value // to) * to


def _float_of_bits(name: str, width: int) -> Callable[[Call, list[Value], Line], Value]:
    """f32bits(b): the f32 whose bits are b; f16bits and bf16bits likewise."""

    def apply(node: Call, values: list[Value], line: Line) -> Value:
        check_arity(node, 1, line)
        value = _integers(node, values, line)[0]
        if not 0 <= value < 1 << width:
            message = f"`{name}bits` takes an integer of {width} bits, and this is {describe(value)}"
            fail(node.arguments[0], line, message)
        bits = Bits(value)
        bits.of = name
        return bits

    return apply


FUNCTIONS: dict[str, Callable[[Call, list[Value], Line], Value]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "abs": _abs,
    "log2": _log2,
    "align": _align,
    "f32bits": _float_of_bits("f32", 32),
    "f16bits": _float_of_bits("f16", 16),
    "bf16bits": _float_of_bits("bf16", 16),
}
# Functions of places and times: environments know them.
PLACE_FUNCTIONS = ("lat", "dist", "meet", "slice", "row", "bank", "addr", "val", "sizeof", "cycle", "used")
