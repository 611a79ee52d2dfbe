"""The rows of the scalar face: integer, multiply, f32, memory and control instructions.

Each call below adds one instruction in all its operand forms. Order fixes the function numbers, so new
instructions of a format go last.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isa.conditions import CONDITIONS, MEANING
from isa.formats import FORMATS
from isa.row import CONST, IMM, LABEL, MEM, READ, REG, SLICE_ROW, WRITE, Operand, Row
from isa.units import CLASSES, UnitClass

A, M, F, L, B = (CLASSES[name] for name in "AMFLB")

RD = Operand(REG, ("rd",), WRITE)
RA, RB, RC = (Operand(REG, (name,), READ) for name in ("ra", "rb", "rc"))
RT_LOADED = Operand(REG, ("rt",), WRITE)
RT_STORED = Operand(REG, ("rt",), READ)
UA, UB = (Operand(REG, (name,), READ, "u32") for name in ("ra", "rb"))
FA, FB, FC = (Operand(REG, (name,), READ, "f32") for name in ("ra", "rb", "rc"))
INT = Operand(IMM, ("imm",), type="i32")
FLOAT = Operand(IMM, ("imm",), type="f32")
BITS = Operand(IMM, ("imm",), type="bits")
POS, LEN = Operand(CONST, ("pos",)), Operand(CONST, ("len",))
LANE = Operand(CONST, ("lane",))
TARGET = Operand(LABEL, ("target",))
COUNT = Operand(CONST, ("count",))
CODE = Operand(CONST, ("code",), default=0)

MEMORY_FORMATS = {
    "MEM_D": ("disp",),
    "MEM_DB": ("disp", "rb"),
    "MEM_DS": ("disp", "ra", "scale"),
    "LD_DSB": ("disp", "ra", "scale", "rb"),
    "ST_DSB": ("disp", "ra", "scale", "rb"),
    "MEM_DR": ("disp", "ra", "rc"),
    "MEM_DRB": ("disp", "ra", "rc", "rb"),
}
LANE_FORMATS = {
    "LANE_I": (("slice", "row"), LANE),
    "LANE_L": (("slice", "row"), RB),
    "LANE_R": (("slice", "row", "ra"), LANE),
    "LANE_RL": (("slice", "row", "ra"), RB),
}


class TableBuilder:
    """Collects rows; gives each the next id and the next function number of its format."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._next_fn: dict[str, int] = {}

    def add(self, mnemonic: str, fmt: str, units: UnitClass, operands: tuple[Operand, ...], **columns: Any) -> None:
        drawn = FORMATS[fmt]
        number = self._next_fn.get(fmt, 0)
        self._next_fn[fmt] = number + 1
        columns.setdefault("instances", len(units.names))
        columns.setdefault("semantics", mnemonic)
        select = (number,) if drawn.selectors else ()
        self.rows.append(Row(len(self.rows), mnemonic, drawn, select, units, operands=operands, **columns))


def sources(name: str) -> tuple[Operand, Operand]:
    """The two registers that an integer op of this name reads."""
    return (UA, UB) if name.endswith(".u32") else (RA, RB)


def integer(t: TableBuilder) -> None:
    for name, meaning, doc in (
        ("add", "rd = a + b", "Add; wraps."),
        ("sub", "rd = a - b", "Subtract; wraps."),
        ("and", "rd = a & b", "Bitwise and."),
        ("or", "rd = a | b", "Bitwise or."),
        ("xor", "rd = a ^ b", "Bitwise exclusive or."),
        ("shl", "rd = a << (b mod 32)", "Shift left."),
        ("shr", "rd = a >> (b mod 32), zeros enter", "Shift right, logical."),
        ("sar", "rd = a >> (b mod 32), the sign enters", "Shift right, arithmetic."),
        ("min", "rd = the lesser of a and b, signed", "Minimum, signed."),
        ("max", "rd = the greater of a and b, signed", "Maximum, signed."),
        ("min.u32", "rd = the lesser of a and b, unsigned", "Minimum, unsigned."),
        ("max.u32", "rd = the greater of a and b, unsigned", "Maximum, unsigned."),
    ):
        a, b = sources(name)
        t.add(name, "ALU_RR", A, (RD, a, b), latency=1, doc=doc, meaning=meaning)
        t.add(name, "ALU_RI", A, (RD, a, INT), latency=1, doc=doc, meaning=meaning)
    for name, meaning, doc in (
        ("min.f32", "rd = minimum(a, b); -0 < +0; NaN if either is", "Minimum of two f32 (IEEE 754-2019 minimum)."),
        ("max.f32", "rd = maximum(a, b); -0 < +0; NaN if either is", "Maximum of two f32 (IEEE 754-2019 maximum)."),
    ):
        t.add(name, "ALU_RR", A, (RD, FA, FB), latency=1, doc=doc, meaning=meaning)
        t.add(name, "ALU_RI", A, (RD, FA, FLOAT), latency=1, doc=doc, meaning=meaning)
    for cond in CONDITIONS:
        columns = {
            "latency": 1,
            "semantics": "sel",
            "condition": cond,
            "reads_cc": True,
            "doc": f"Select by the condition code: a when {MEANING[cond]}, else b.",
            "meaning": f"rd = a if {cond} else b",
        }
        t.add(f"sel.{cond}", "ALU_RR", A, (RD, RA, RB), **columns)
        t.add(f"sel.{cond}", "ALU_RI", A, (RD, RA, BITS), **columns)


def unary(t: TableBuilder) -> None:
    for name, meaning, doc, immediate in (
        ("mov", "rd = a", "Move; a float constant gives the bits of an f32.", BITS),
        ("not", "rd = ~a", "Bitwise not.", INT),
        ("neg", "rd = -a", "Negate; wraps.", INT),
        ("abs", "rd = |a|", "Absolute value; of INT_MIN it is INT_MIN.", INT),
        ("clz", "rd = leading zero bits of a, 32 for 0", "Count leading zeros.", INT),
        ("popc", "rd = one bits of a", "Count ones.", INT),
        ("neg.f32", "rd = -a", "Negate an f32.", FLOAT),
        ("abs.f32", "rd = |a|", "Absolute value of an f32.", FLOAT),
    ):
        t.add(name, "ALU_R", A, (RD, FA if immediate is FLOAT else RA), latency=1, doc=doc, meaning=meaning)
        t.add(name, "ALU_I", A, (RD, immediate), latency=1, doc=doc, meaning=meaning)


def compare(t: TableBuilder) -> None:
    cmp_doc = "Compare; records equal, less and less unsigned in the condition code."
    for form, b in (("CMP_RR", RB), ("CMP_RI", INT)):
        t.add("cmp", form, A, (RA, b), latency=1, writes_cc=True, doc=cmp_doc, meaning="cc = compare(a, b)")
    cmpf_doc = "Compare two f32; records equal, less or unordered. Unordered, only `ne` holds."
    for form, b in (("CMP_RR", FB), ("CMP_RI", FLOAT)):
        t.add("cmp.f32", form, A, (FA, b), latency=1, writes_cc=True, doc=cmpf_doc, meaning="cc = compare(a, b)")
    assert_doc = "Fault with E-ASSERT when a and b differ."
    for form, b in (("CMP_RR", RB), ("CMP_RI", BITS)):
        columns = {"doc": assert_doc, "meaning": "fault unless a == b", "faults": ("E-ASSERT",)}
        t.add("assert", form, A, (RA, b), latency=1, **columns)


def fields_of_words(t: TableBuilder) -> None:
    for name, semantics, entering in (("ext", "ext", "the sign"), ("ext.u32", "ext.u32", "zeros")):
        doc = f"Extract `len` bits from bit `pos` up; {entering} fill the rest. Bits above 31 read as zero."
        meaning = f"rd = bits pos..pos+len-1 of a, {entering} above"
        for fmt, position in (("EXT_I", POS), ("EXT_R", RB)):
            t.add(name, fmt, A, (RD, RA, position, LEN), latency=1, semantics=semantics, doc=doc, meaning=meaning)
    doc = "Insert the low `len` bits of b into a from bit `pos` up; bits past 31 are dropped."
    meaning = "rd = a with bits pos..pos+len-1 from b"
    for fmt, position in (("INS_I", POS), ("INS_R", RC)):
        t.add("ins", fmt, A, (RD, RA, RB, position, LEN), latency=1, doc=doc, meaning=meaning)


def multiply(t: TableBuilder) -> None:
    for name, latency, meaning, doc in (
        ("mul", 3, "rd = a * b, low 32 bits", "Multiply."),
        ("mulh", 3, "rd = a * b, high 32 bits, signed", "High half of the signed product."),
        ("mulh.u32", 3, "rd = a * b, high 32 bits, unsigned", "High half of the unsigned product."),
        ("div", 18, "rd = a / b, toward zero", "Divide, signed."),
        ("div.u32", 18, "rd = a / b", "Divide, unsigned."),
        ("rem", 18, "rd = a - (a / b) * b", "Remainder, with the sign of a."),
        ("rem.u32", 18, "rd = a mod b", "Remainder, unsigned."),
    ):
        faults = ("E-DIV",) if latency == 18 else ()
        a, b = sources(name)
        t.add(name, "MUL_RR", M, (RD, a, b), latency=latency, doc=doc, meaning=meaning, faults=faults)
        t.add(name, "MUL_RI", M, (RD, a, INT), latency=latency, doc=doc, meaning=meaning, faults=faults)
    doc, meaning = "Multiply and add; wraps.", "rd = a * b + c, low 32 bits"
    t.add("mad", "MAD_RR", M, (RD, RA, RB, RC), latency=3, doc=doc, meaning=meaning)
    t.add("mad", "MAD_RI", M, (RD, RA, RB, INT), latency=3, doc=doc, meaning=meaning)


def floats(t: TableBuilder) -> None:
    for name, latency, meaning, doc in (
        ("add.f32", 4, "rd = a + b", "Add two f32."),
        ("sub.f32", 4, "rd = a - b", "Subtract two f32."),
        ("mul.f32", 4, "rd = a * b", "Multiply two f32."),
        ("div.f32", 18, "rd = a / b", "Divide two f32."),
    ):
        instances = 1 if latency == 18 else 2
        columns = {"latency": latency, "doc": doc, "meaning": meaning, "instances": instances}
        t.add(name, "F32_RR", F, (RD, FA, FB), **columns)
        t.add(name, "F32_RI", F, (RD, FA, FLOAT), **columns)
    doc, meaning = "Fused multiply-add, rounded once.", "rd = a * b + c"
    t.add("fma.f32", "FMA_RR", F, (RD, FA, FB, FC), latency=4, doc=doc, meaning=meaning)
    t.add("fma.f32", "FMA_RI", F, (RD, FA, FB, FLOAT), latency=4, doc=doc, meaning=meaning)
    doc, meaning = "Square root of an f32.", "rd = sqrt(a)"
    t.add("sqrt.f32", "F32_R", F, (RD, FA), latency=18, instances=1, doc=doc, meaning=meaning)
    for to, source in _conversions():
        operands = (RD, Operand(REG, ("ra",), READ, source))
        t.add(f"cvt.{to}.{source}", "F32_R", F, operands, latency=4, doc=_cvt_doc(to, source), meaning=f"rd = {to}(a)")
    for to in ("i32", "u32"):
        doc = f"Convert f32 to {to}, rounding toward zero; saturates, NaN gives 0."
        t.add(f"cvtz.{to}.f32", "F32_R", F, (RD, FA), latency=4, doc=doc, meaning=f"rd = {to}(trunc(a))")


def _conversions() -> Iterator[tuple[str, str]]:
    names = ("i32", "u32", "f32", "f16", "bf16")
    return ((to, source) for to in names for source in names if to != source)


def _cvt_doc(to: str, source: str) -> str:
    how = "saturates, NaN gives 0" if to in ("i32", "u32") else "rounds to nearest even"
    if to in ("i32", "u32") and "f" in source:
        how = f"rounds to nearest even, {how}"
    return f"Convert {source} to {to}; {how}. A 16-bit type takes the low half of a register."


def memory(t: TableBuilder) -> None:
    for name, kind, latency, rt, refused in (("ld", "load", 4, RT_LOADED, "ST"), ("st", "store", 1, RT_STORED, "LD")):
        for fmt, names in MEMORY_FORMATS.items():
            if fmt.startswith(refused):
                continue
            place = Operand(MEM, names)
            load = kind == "load"
            t.add(
                name, fmt, L, (rt, place) if load else (place, rt), latency=latency, memory=kind,
                doc="Load a word." if load else "Store a word.",
                meaning="rt = word at the address" if load else "word at the address = rt",
                faults=("E-RANGE", "E-BANK", "E-UNINIT") if load else ("E-RANGE", "E-BANK"),
            )  # fmt: skip
    for name, kind, latency, rt in (("ldl", "load", 4, RT_LOADED), ("stl", "store", 1, RT_STORED)):
        for width in (1, 2, 4):
            for fmt, (names, lane) in LANE_FORMATS.items():
                place = Operand(SLICE_ROW, names)
                load = kind == "load"
                lanes = f"one lane of a vector of {width} byte plane{'s' if width > 1 else ''}"
                t.add(
                    name if width == 1 else f"{name}.{width}", fmt, L,
                    (rt, place, lane) if load else (place, lane, rt), latency=latency, memory=kind,
                    width=width, semantics=name,
                    doc=f"Load {lanes}; zeros above." if load else f"Store {lanes}.",
                    meaning="rt = the lane" if load else "the lane = rt",
                    faults=("E-RANGE", "E-BANK", "E-UNINIT") if load else ("E-RANGE", "E-BANK"),
                )  # fmt: skip


def control(t: TableBuilder) -> None:
    t.add("jmp", "JUMP", B, (TARGET,), latency=3, taken_latency=3, control="jump", doc="Jump.", meaning="pc = target")
    for cond in CONDITIONS:
        t.add(
            f"j{cond}", "JUMP", B, (TARGET,), latency=1, taken_latency=3, control="branch", condition=cond,
            semantics="branch", reads_cc=True, doc=f"Jump when {MEANING[cond]}.", meaning=f"if {cond}: pc = target",
        )  # fmt: skip
    doc = "Call: rd receives the address of the next bundle."
    meaning = "rd = next; pc = target"
    t.add("call", "CALL", B, (RD, TARGET), latency=1, taken_latency=3, control="call", doc=doc, meaning=meaning)
    doc, meaning = "Jump to the address in ra.", "pc = ra"
    t.add("ret", "RET", B, (RA,), latency=3, taken_latency=3, control="ret", doc=doc, meaning=meaning)
    doc = "Run the bundles up to `target` a times; none when a <= 0."
    meaning = "if a <= 0: pc = target else: push a loop"
    for form, count in (("LOOP_R", RA), ("LOOP_I", INT)):
        columns = {"latency": 1, "taken_latency": 3, "control": "loop", "faults": ("E-LOOP",)}
        t.add("loop", form, B, (count, TARGET), doc=doc, meaning=meaning, **columns)
    t.add("nop", "NOP", B, (COUNT,), latency=1, control="nop", doc="Issue nothing for `count` cycles.", meaning="wait")
    t.add("halt", "STOP", B, (CODE,), latency=1, control="halt", doc="End fetching, with an exit code.", meaning="stop")
    doc = "Fault with E-TRAP and a code."
    t.add("trap", "STOP", B, (CODE,), latency=1, control="trap", doc=doc, meaning="fault", faults=("E-TRAP",))


def rows() -> list[Row]:
    table = TableBuilder()
    for family in (integer, unary, compare, fields_of_words, multiply, floats, memory, control):
        family(table)
    return table.rows
