"""Makes the files of corner vectors: every op that computes element by element, on the edges of its operands.

`python -m conform.vector_files` writes them. Results are those of `conform.values`: libraries and exact arithmetic,
not an engine; they are needed here alone, and no more where the vectors are run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from conform.vector_programs import Numbers
from conform.vectors import EVERY, FOLDER, LISTS, TOGETHER, columns, result_width
from isa.row import CONST, IMM, LABEL, READ, REG, VECTOR, Row
from isa.table import ROWS
from isa.types import TYPES
from isa.units import VXM

LINE = 120  # digits
MOST = 2048  # results of one block: what fits a bank of the smallest machine
DIVISION = "E-DIV"  # what ops whose second source is never 0 or -1 may fault with

# Bits of each type. `edges` are met in pairs, `few` in threes; `all` are more for ops of one source.
FLOATS_32 = [0, 1, 0x7FFFFF, 0x800000, 0x800001, 0x33000000, 0x33000001, 0x33800000, 0x3EFFFFFF, 0x3F000000,
             0x3F7FFFFF, 0x3F800000, 0x3F800001, 0x3FC00000, 0x40490FDB, 0x4B000001, 0x4B7FFFFF, 0x7E800000, 0x7F7FFFFF,
             0x7F800000, 0x7F800001, 0x7FC12345]  # fmt: skip
FLOATS_16 = {
    "f16": [0, 1, 2, 0x3FF, 0x400, 0x401, 0x1000, 0x37FF, 0x3800, 0x3BFF, 0x3C00, 0x3C01, 0x3E00, 0x4248, 0x63FF,
            0x6400, 0x7BFF, 0x7C00, 0x7C01, 0x7E55],
    "bf16": [0, 1, 2, 0x7F, 0x80, 0x81, 0x1E01, 0x3EFF, 0x3F00, 0x3F7F, 0x3F80, 0x3F81, 0x3FC0, 0x4049, 0x42FF, 0x4300,
             0x7F7F, 0x7F80, 0x7F81, 0x7FD5],
}  # fmt: skip
FEW_32 = [0, 1, 0x33800000, 0x3F800001, 0x7F7FFFFF, 0x7F800000]
SCALES = [0, 1, 0x3DCCCCCD, 0x3F000000, 0x3F800000, 0x42FF0000, 0xBF7FFFFF, 0x7F800000, 0x7FC00001]
MASKS = [0, 1, 0x80, 0xFF]
POWERS = (-126, -25, -24, -15, -14, -1, 0, 1, 3, 6, 7, 8, 14, 15, 16, 30, 31, 32, 127)
INTEGER_EDGES = {
    8: [0, 1, 2, 7, 8, 9, 0x55, 0x7F, 0x80, 0x81, 0xF8, 0xFF],
    16: [0, 1, 2, 0xF, 0x10, 0x11, 0xFF, 0x7FFF, 0x8000, 0x8001, 0xFF00, 0xFFFF],
    32: [0, 1, 2, 0x1F, 0x20, 0x21, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFF0000, 0xFFFFFFFF],
}


# Lists of operands --------------------------------------------------------------------------------
@cache
def lists() -> dict[str, Numbers]:
    """All lists by name: `TYPE.edges`, `TYPE.all`, `TYPE.few` and those of single ops."""
    found: dict[str, Numbers] = {"u8.masks": MASKS, "f32.scales": SCALES, "f32.few": signed("f32", FEW_32)}
    for name, t in TYPES.items():
        if t.kind == "f":
            found[f"{name}.edges"] = signed(name, FLOATS_32 if t.bits == 32 else FLOATS_16[name])
            found[f"{name}.all"] = borders(name)
        elif t.bits >= 8:
            found[f"{name}.edges"] = INTEGER_EDGES[t.bits]
            found[f"{name}.all"] = integers(t.bits)
        found |= {f"{name}.few": found[f"{name}.edges"][::3]} if t.bits >= 8 and f"{name}.few" not in found else {}
    found["i32.divisors"] = [x for x in found["i32.edges"] if x not in (0, 0xFFFFFFFF)]
    return {name: found[name] for name in sorted(found)} | cancelling()


def signed(name: str, magnitudes: Sequence[int]) -> Numbers:
    """Each with both signs."""
    sign = 1 << TYPES[name].bits - 1
    return [bits for x in magnitudes for bits in (x, x | sign)]


def borders(name: str) -> Numbers:
    """Where conversions round, saturate and overflow: on both sides of halves, and of powers of two."""
    t = TYPES[name]
    bias, fraction = (1 << t.exponent - 1) - 1, t.significand - 1
    found = {x & (1 << t.bits - 1) - 1 for x in (FLOATS_32 if t.bits == 32 else FLOATS_16[name])}
    for power in POWERS:
        if 1 - bias <= power <= bias:
            one = power + bias << fraction
            half = 1 << max(0, fraction - 1 - max(0, power))  # of an integer, while there are bits for it
            found |= {one - 1, one, one + 1, one | half, one | half | half << 1}
            found |= halves(t.significand, one) if t.bits == 32 else set()
    return signed(name, sorted(found))


def halves(significand: int, one: int) -> set[int]:
    """Above a power of two what lies halfway between two 16-bit floats, and on both sides of it."""
    found = set()
    for kept in (TYPES["f16"].significand, TYPES["bf16"].significand):
        half = 1 << significand - kept - 1
        found |= {one + half - 1, one + half, one + half + 1, one + 3 * half}
    return found


def integers(bits: int) -> Numbers:
    """All bytes; of wider ones those around powers of two, and around what lies halfway between two floats."""
    if bits == 8:
        return range(256)
    found = {(1 << power) + by for power in range(bits) for by in (-1, 0, 1)}
    for kept in (TYPES[name].significand for name in ("bf16", "f16", "f32")):
        for power in range(kept, bits):
            half = 1 << power - kept
            found |= {(1 << power) + half * k + by for k in (1, 3) for by in (-1, 0, 1)}
    return sorted({x % (1 << bits) for each in found for x in (each, -each)})


def cancelling() -> dict[str, Numbers]:
    """Three lists of f32 for fused ops: products whose rounding error is what is left when they are added to -a*b."""
    first = [0x3F800001 + 0x1357 * k for k in range(48)]
    second = [0x3F800003 + 0x2468 * k for k in range(48)]
    single = next(row for row in ROWS if row.units.where == VXM and row.semantics == "vmul" and row.type == "f32")
    third = [bits ^ 0x80000000 for bits in expected(single, [first, second])]
    return {"f32.fused_a": first, "f32.fused_b": second, "f32.fused_c": third}


# Ops ----------------------------------------------------------------------------------------------
def has_vectors(row: Row) -> bool:
    """Whether an op makes an element of elements alone, all of which may come from streams or registers."""
    kinds = {each.kind for each in row.operands}
    if row.units.where == VXM:
        return IMM not in kinds
    computes = row.write and not (row.tensor or row.memory or row.control or row.reads_cc)
    return bool(computes) and not kinds & {IMM, CONST, LABEL}


def operands_of(row: Row) -> list[str]:
    """Expressions of lists, one for each block of an op."""
    types = [each.type or "i32" for each in row.operands if each.role == READ and each.kind in (REG, VECTOR)]
    if len(types) == 1:
        return [f"{types[0]}.all"]
    if DIVISION in row.faults:
        return ["i32.edges x i32.divisors"]
    if row.type2:
        return [f"{types[0]}.edges x f32.scales"]
    if len(types) == 2:
        return [EVERY.join(f"{name}.edges" for name in types)]
    first = "u8.masks" if types[0] == "u8" else f"{types[0]}.few"
    few = EVERY.join([first, *(f"{name}.few" for name in types[1:])])
    return [few, TOGETHER.join(f"f32.fused_{k}" for k in "abc")] if types[0] == "f32" else [few]


def expected(row: Row, sources: Sequence[Numbers]) -> list[int]:
    """What an op makes of its operands, from libraries."""
    from conform.values.oracle import values

    return values(row, sources)


# Files --------------------------------------------------------------------------------------------
def files() -> Iterator[tuple[str, str]]:
    """The name and the text of each file: one for each operation of the vector ALUs, and for each scalar unit."""
    texts = {LISTS: [f"{name}: {width_of(name)}\n{digits(each, width_of(name))}" for name, each in lists().items()]}
    for row in filter(has_vectors, ROWS):
        name = row.semantics if row.tensor else row.units.name
        texts.setdefault(f"{name}.hex", []).extend(block(row, operands) for operands in operands_of(row))
    return ((name, "\n".join(blocks)) for name, blocks in texts.items())


def width_of(name: str) -> int:
    """Bytes of the numbers of a list."""
    return TYPES[name.partition(".")[0]].planes


def digits(numbers: Numbers, width: int) -> str:
    text = "".join(f"{bits:0{2 * width}x}" for bits in numbers)
    return "".join(f"{text[at : at + LINE]}\n" for at in range(0, len(text), LINE))


def block(row: Row, operands: str) -> str:
    """A block of a file."""
    results = expected(row, columns(operands, lists()))
    assert len(results) <= MOST, row.mnemonic
    head = f"{row.mnemonic}: {operands}: {' '.join(rules_of(row))}"
    return f"{head}\n{digits(results, result_width(row.mnemonic))}"


# Rules --------------------------------------------------------------------------------------------
OF_VECTORS = {
    "vmin": "M-15.10", "vmax": "M-15.10", "vrelu": "M-15.11", "vneg": "M-15.12", "vabs": "M-15.12", "vcmp": "M-15.13",
    "vsel": "M-15.14 M-15.15", "vmov": "M-15.15", "vcvts": "M-15.20", "vunpk.lo": "M-15.21", "vunpk.hi": "M-15.21",
    "vpack": "M-15.22", "vshl": "M-15.9", "vshr": "M-15.9", "vsar": "M-15.9",
}  # fmt: skip
CORRECTLY_ROUNDED, CANONICAL, ROUNDED_ONCE, INTEGERS = "M-15.23", "M-15.24", "M-15.16", "M-15.8"
INTEGER_TO_INTEGER, TO_FLOAT, FLOAT_TO_INTEGER = "M-15.17", "M-15.18", "M-15.19"
SPECIAL_LATENCY = 8
OF_SCALARS = {"shl": "M-9.2", "shr": "M-9.2", "sar": "M-9.2", "mov": "M-9.1"}


def rules_of(row: Row) -> list[str]:
    """The rules of docs/machine.md that say what an op computes."""
    return list(vector_rules(row) if row.tensor else scalar_rules(row))


def vector_rules(row: Row) -> Iterator[str]:
    is_float = TYPES[row.type].kind == "f"
    if row.semantics in OF_VECTORS:
        yield from OF_VECTORS[row.semantics].split()
    elif row.type2:
        yield TO_FLOAT if is_float else FLOAT_TO_INTEGER if TYPES[row.type2].kind == "f" else INTEGER_TO_INTEGER
    elif row.latency == SPECIAL_LATENCY:
        yield CORRECTLY_ROUNDED
    else:
        yield ROUNDED_ONCE if is_float else INTEGERS
    if is_float and row.semantics not in ("vsel", "vmov", "vcmp"):
        yield CANONICAL


def scalar_rules(row: Row) -> Iterator[str]:
    """Of conversions the types of source and target say which; of others whether they take floats."""
    types = [each.type for each in row.operands if each.role == READ]
    floats = [name for name in types if name and TYPES[name].kind == "f"]
    if row.semantics in OF_SCALARS:
        yield OF_SCALARS[row.semantics]
    elif not any(types):
        yield "M-9.1"
    elif floats:
        yield from ("M-9.4", "M-9.5", "M-9.7", "M-9.9") if len(types) == 1 else ("M-9.4", "M-9.5")
    else:
        yield from ("M-9.6", "M-9.8")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files():
        (FOLDER / name).write_text(text, encoding="utf-8")
