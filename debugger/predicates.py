"""What becomes true of a tensor or a register, as watches and guards that the engines test while they run."""

from __future__ import annotations

import re
from itertools import pairwise
from math import inf, isnan, nextafter
from typing import TYPE_CHECKING

from debugger.trouble import trouble
from isa import layout
from isa.diagnostics import SourceError
from isa.records import NamedTuple, replace
from isa.types import TYPES, ElementType
from vm.conditions import DIFFERS, INSIDE, NAN, OUTSIDE, REGISTER_BITS, Condition, Elements, Run, order_ranges
from vm.machine import Machine
from vm.stops import REGISTER, WRITE, Guard, Watch

if TYPE_CHECKING:
    from debugger.expr.memory import Memory

BREAK = "E-BREAK"
HUGE = 1 << 200  # beyond every number of every type
FORMS = "nan C, inf C, C > 5.0, C == 0, C outside -1, 1, C != golden.npy, r3 > 100"
SPECIAL = re.compile(r"(nan|inf)\s+(?P<place>.+)")
BETWEEN = re.compile(r"(?P<place>.+?)\s+outside\s+(?P<low>[^,]+),(?P<high>[^,]+)")
COMPARED = re.compile(r"(?P<place>[^<>=!]+)(?P<sign>==|!=|<=|>=|<|>)(?P<limit>[^<>=!]+)")
FILE = re.compile(r"""(?:load\(\s*)?(["']?)(?P<path>[^"']+\.npy)\1\s*\)?""")


class Place(NamedTuple):
    """A register of a number, or elements in memory, and what the type of its numbers is."""

    text: str
    type: ElementType
    register: int = -1
    memory: Memory | None = None


# What there is to say -------------------------------------------------------------------------
def parse(machine: Machine, text: str) -> tuple[Watch, ...]:
    """The watches of `nan C`, `inf C`, `C > 5.0`, `C outside -1, 1`, `C != golden.npy`, `r3 > 100` and their like.

    A place is all that expressions can name: C[3, :], C.i32, r3.f32. Raises SourceError.
    """
    text = text.strip()
    if found := SPECIAL.fullmatch(text):
        place = place_of(machine, found["place"])
        return watches(machine, place, [special(found[1], place)])
    if found := BETWEEN.fullmatch(text):
        low, high = (constant(machine, found[name]) for name in ("low", "high"))
        place = place_of(machine, found["place"])
        if low > high:
            raise trouble(f"nothing is between {low} and {high}", f"did you mean `{high}, {low}`?", BREAK)
        limits = rounded(place.type, low), rounded(place.type, high)
        return watches(machine, place, [Condition(OUTSIDE, place.type.name, *limits)])
    found = COMPARED.fullmatch(text)
    if not found:
        raise trouble(f"`{text[:60]}` is nothing that could become true of a tensor or register", f"say {FORMS}", BREAK)
    place = place_of(machine, found["place"])
    if file := FILE.fullmatch(found["limit"].strip()):
        return watches(machine, place, [differing(place, found["sign"], file["path"])])
    limit = constant(machine, found["limit"])
    return watches(machine, place, compared(place.type, found["sign"], limit))


def guard(machine: Machine, text: str, address: int = 0, ignore: int = 0) -> Guard | None:
    """A guard of a bundle where a register compares so with a number; None for any other condition."""
    found = COMPARED.fullmatch(text.strip())
    try:
        if not found or not is_constant(machine, found["limit"]):
            return None
        place, limit = place_of(machine, found["place"]), constant(machine, found["limit"])
    except SourceError:
        return None  # whoever asks what it is gets the error
    tests = compared(place.type, found["sign"], limit)
    if place.register < 0 or place.type.bits != REGISTER_BITS or len(tests) > 1:
        return None
    return Guard(address, place.register, tests[0], ignore)


# Places and numbers ---------------------------------------------------------------------------
def place_of(machine: Machine, text: str) -> Place:
    """What an expression names. Raises SourceError where it is neither a register nor memory."""
    from debugger.expr import resolve
    from debugger.expr.files import load_npy
    from debugger.expr.memory import Memory
    from debugger.expr.parse import parse as parse_expression
    from debugger.expr.scope import Scope
    from debugger.expr.walk import find

    text = text.strip()
    target = resolve(machine, text)
    if target.kind == REGISTER:
        return Place(text, TYPES[target.dtype], register=target.number)
    found = find(Scope(machine, load_npy), parse_expression(text))
    if not isinstance(found, Memory):
        raise trouble(f"{text} is neither a register nor a tensor, and only their numbers are tested", FORMS, BREAK)
    return Place(text, TYPES[found.type], memory=found)


def is_constant(machine: Machine, text: str) -> bool:
    """Whether an expression is made of nothing that changes."""
    from debugger.expr.api import watched

    return watched(machine, text.strip()) == ()


def constant(machine: Machine, text: str) -> float:
    """The number that an expression is, at any time. Raises SourceError."""
    from debugger.expr import evaluate

    text = text.strip()
    if not is_constant(machine, text):
        help = "compare with a number; as a condition of a breakpoint any expression will do"
        raise trouble(f"{text} may change, and tests are of numbers that do not", help, BREAK)
    value = evaluate(machine, text).value
    if not isinstance(value, int | float) or isnan(value):
        raise trouble(f"{text} is no number to compare with", "NaNs are found by `nan C`", BREAK)
    return value if -HUGE < value < HUGE else inf if value > 0 else -inf


# Conditions -----------------------------------------------------------------------------------
def special(word: str, place: Place) -> Condition:
    """Elements that are NaNs, or infinities. Raises SourceError of a type that has none."""
    t = place.type
    if t.kind != "f":
        floats = ", ".join(name for name, each in TYPES.items() if each.kind == "f")
        raise trouble(f"{place.text} is {t.name}, which has no {word}", f"types that have are {floats}", BREAK)
    if word == "nan":
        return Condition(NAN, t.name)
    most = 2.0 ** (1 << t.exponent - 1) * (1 - 2.0**-t.significand)
    return Condition(OUTSIDE, t.name, -most, most)


def compared(t: ElementType, sign: str, limit: float) -> list[Condition]:
    """The conditions one of which is fulfilled by a number that compares so with a limit, rounded to its type."""
    limit = rounded(t, limit)
    if sign == "!=":
        others = Condition(OUTSIDE, t.name, limit, limit)
        return [others, Condition(NAN, t.name)] if t.kind == "f" else [others]
    if (sign, limit) in ((">", inf), ("<", -inf)):
        return []
    low, high = {
        "==": (limit, limit), ">=": (limit, inf), "<=": (-inf, limit),
        ">": (beyond(t, limit, inf), inf), "<": (-inf, beyond(t, limit, -inf)),
    }[sign]  # fmt: skip
    return [Condition(INSIDE, t.name, low, high)]


def rounded(t: ElementType, limit: float) -> float:
    """A number as expressions take it beside one of a type."""
    if t.kind != "f":
        return limit
    import numpy as np

    with np.errstate(over="ignore"):
        return float(np.asarray(limit).astype(layout.dtype(t)))


def beyond(t: ElementType, limit: float, end: float) -> float:
    """The first number from a limit, which is none itself, towards an end."""
    if t.kind == "f":
        return nextafter(limit, end)
    if limit in (inf, -inf):
        return limit
    return int(limit // 1) + 1 if end > 0 else int(-(-limit // 1)) - 1


def differing(place: Place, sign: str, path: str) -> Condition:
    """Elements that are not those of a file. Raises SourceError where it does not hold such elements."""
    from debugger.expr.files import load_npy
    from vm.contents import conforming

    if sign != "!=" or place.memory is None:
        raise trouble(
            f"only a tensor is compared with a file, by `!=`, not {place.text}", "such as C != golden.npy", BREAK
        )
    tensor = replace(place.memory.tensor, name=place.text, dtype=place.type.name, shape=place.memory.shape)
    try:
        golden = conforming(tensor, load_npy(path))
    except (OSError, ValueError) as error:
        raise trouble(f"cannot compare {place.text} with {path}: {error}", "", BREAK) from None
    return Condition(DIFFERS, place.type.name, golden=layout.pack_linear(place.type, golden))


# Watches --------------------------------------------------------------------------------------
def watches(machine: Machine, place: Place, tests: list[Condition]) -> tuple[Watch, ...]:
    """The watches of a place that see one of some conditions. Raises SourceError where none can be fulfilled."""
    t = place.type
    if not any(test.kind == DIFFERS or any(low <= high for low, high in order_ranges(test)) for test in tests):
        limits = f"{t.low} to {t.high}" if t.kind != "f" else "-inf to inf"
        raise trouble(f"{place.text} is never that: {t.name} goes from {limits}", "", BREAK)
    if place.memory is None:
        if t.bits != REGISTER_BITS:
            raise trouble(
                f"{place.text} is part of a register, which is tested as a whole", "say i32, u32 or f32", BREAK
            )
        return tuple(Watch(REGISTER, place.register, place.register, test=test) for test in tests)
    elements = elements_of(place.memory)
    last = machine.engine.spec.sram_bytes - 1
    return tuple(Watch(WRITE, 0, last, test=test, elements=elements) for test in tests)


def elements_of(memory: Memory) -> Elements:
    """Where the elements lie that an expression names. Raises SourceError where it names none."""
    import numpy as np

    first, nibbles, apart = memory.places()
    bits = 8 * first.reshape(-1) + 4 * nibbles.reshape(-1)
    if not bits.size:
        raise trouble(f"{memory.name} has no elements here", "", BREAK)
    gaps = np.diff(bits)
    steps, counts = np.unique(gaps[gaps > 0], return_counts=True)
    step = int(steps[np.argmax(counts)]) if steps.size else 8
    elements = Elements(step, apart, runs_between(bits, np.flatnonzero(gaps != step) + 1))
    if ascend([elements.last_bit(run) for run in elements.runs]):
        return elements
    return elements._replace(runs=runs_between(bits, np.arange(1, len(bits))))  # runs within runs: one by one


def runs_between(bits: layout.Array, breaks: layout.Array) -> tuple[Run, ...]:
    """The runs, in the order of memory, of elements that begin at some bits, broken before some numbers."""
    ends = pairwise([0, *breaks.tolist(), len(bits)])
    return tuple(sorted((Run(one, int(bits[one]), end - one) for one, end in ends), key=lambda run: run.bit))


def ascend(numbers: list[int]) -> bool:
    return all(one < other for one, other in pairwise(numbers))
