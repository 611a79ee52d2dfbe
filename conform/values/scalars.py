"""The oracle of each scalar row that computes, by what it does.

A row that reads the condition code is taken to follow a `cmp` of its sources. A comparison's value is a word with a bit
for each condition, in the order of `CONDITIONS`, that holds after it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from conform.values.elements import COMPARISONS, Oracle, chosen, conversion, on_integers, shift, signed, soft
from conform.values.libraries import FLOATS, PYTHON, SOFTFLOAT
from conform.values.numbers import integer, real, wrapped
from isa.conditions import CONDITIONS
from isa.row import Row

I32, U32, F32 = "i32", "u32", "f32"
WORD_BITS = 32
TYPES_OF_REGISTERS = (I32, U32, F32, "f16", "bf16")
Make = Callable[[Row, Mapping[str, int]], Oracle]
UNSIGNED = "u"  # how the conditions of unsigned order end


def always(oracle: Oracle) -> Make:
    """The oracle of rows that are all alike."""
    return lambda row, fields: oracle


def of_ints(function: Callable[..., int], name: str = I32) -> Make:
    return always(on_integers(function, name))


# Integers ---------------------------------------------------------------------------------------
def quotient(a: int, b: int) -> int:
    """Toward zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def remainder(a: int, b: int) -> int:
    """With the sign of a."""
    return a - quotient(a, b) * b


def bits_of(word: int) -> str:
    """A word's bits, the lowest first, and then zeros."""
    return format(word, f"0{WORD_BITS}b")[::-1] + "0" * WORD_BITS


def extracted(name: str, row: Row, fields: Mapping[str, int]) -> Oracle:
    """`len` bits from `pos`, a field or the second source, up; as i32 the highest of them fills the rest."""

    def extract(word: int, *places: int) -> int:
        first = (places[0] if places else fields["pos"]) % WORD_BITS
        found = bits_of(word)[first : first + fields["len"]]
        fill = found[-1] if name == I32 else "0"
        return int(found.ljust(WORD_BITS, fill)[::-1], 2)

    return Oracle(PYTHON, extract)


def inserted(row: Row, fields: Mapping[str, int]) -> Oracle:
    """The low `len` bits of the second source into the first from `pos`, a field or the third source, up."""

    def insert(word: int, more: int, *places: int) -> int:
        first = (places[0] if places else fields["pos"]) % WORD_BITS
        whole = bits_of(word)
        found = whole[:first] + bits_of(more)[: fields["len"]] + whole[first + fields["len"] :]
        return int(found[:WORD_BITS][::-1], 2)

    return Oracle(PYTHON, insert)


# Conditions -------------------------------------------------------------------------------------
def conditions(a: int, b: int) -> int:
    """The conditions that hold after a comparison of words."""
    return sum(holds(name, a, b) << place for place, name in enumerate(CONDITIONS))


def holds(condition: str, a: int, b: int) -> bool:
    """Whether a condition holds of two words, as signed or as unsigned integers."""
    sign = U32 if condition.endswith(UNSIGNED) else I32
    return COMPARISONS[condition.removesuffix(UNSIGNED)](integer(a, sign), integer(b, sign))


def float_conditions(a: int, b: int) -> int:
    """The conditions that hold after a comparison of f32; the unsigned ones are as the signed."""
    x, y = real(a, F32), real(b, F32)
    return sum(COMPARISONS[name.removesuffix(UNSIGNED)](x, y) << place for place, name in enumerate(CONDITIONS))


def selected(row: Row, _: Mapping[str, int]) -> Oracle:
    return Oracle(PYTHON, lambda a, b: a if holds(row.condition, a, b) else b)


# Floats -----------------------------------------------------------------------------------------
def softly(operation: str) -> Make:
    return always(Oracle(SOFTFLOAT, partial(soft, operation, F32)))


def low_half(oracle: Oracle, since: str) -> Oracle:
    """A conversion whose source is the low half of a register where its type has 16 bits."""
    return Oracle(oracle.library, lambda word: oracle.of(wrapped(word, since)))


def conversions() -> Iterator[tuple[str, Make]]:
    """Those between the types of registers, and to integers toward zero."""
    for to in TYPES_OF_REGISTERS:
        for since in TYPES_OF_REGISTERS:
            if to != since:
                yield f"cvt.{to}.{since}", always(low_half(conversion(to, since), since))
    for to in (I32, U32):
        yield f"cvtz.{to}.{F32}", always(conversion(to, F32, "zero"))


SCALARS: dict[str, Make] = {
    "add": of_ints(operator.add), "sub": of_ints(operator.sub), "mul": of_ints(operator.mul),
    "and": of_ints(operator.and_), "or": of_ints(operator.or_), "xor": of_ints(operator.xor),
    "shl": always(shift(operator.lshift, U32)), "shr": always(shift(operator.rshift, U32)),
    "sar": always(shift(operator.rshift, I32)),
    "min": of_ints(min), "max": of_ints(max), "min.u32": of_ints(min, U32), "max.u32": of_ints(max, U32),
    "min.f32": always(chosen(min, F32)), "max.f32": always(chosen(max, F32)),
    "sel": selected, "mov": of_ints(lambda a: a), "not": of_ints(operator.invert),
    "neg": of_ints(operator.neg), "abs": of_ints(abs),
    "neg.f32": always(signed(operator.neg, F32)), "abs.f32": always(signed(abs, F32)),
    "clz": of_ints(lambda a: format(a, f"0{WORD_BITS}b").find("1") if a else WORD_BITS, U32),
    "popc": of_ints(lambda a: format(a, "b").count("1"), U32),
    "cmp": always(Oracle(PYTHON, conditions)), "cmp.f32": always(Oracle(FLOATS, float_conditions)),
    "ext": partial(extracted, I32), "ext.u32": partial(extracted, U32), "ins": inserted,
    "mulh": of_ints(lambda a, b: a * b >> WORD_BITS), "mulh.u32": of_ints(lambda a, b: a * b >> WORD_BITS, U32),
    "mad": of_ints(lambda a, b, c: a * b + c),
    "div": of_ints(quotient), "rem": of_ints(remainder),
    "div.u32": of_ints(operator.floordiv, U32), "rem.u32": of_ints(operator.mod, U32),
    "add.f32": softly("add"), "sub.f32": softly("sub"), "mul.f32": softly("mul"), "div.f32": softly("div"),
    "fma.f32": softly("mul_add"), "sqrt.f32": softly("sqrt"),
    **dict(conversions()),
}  # fmt: skip
