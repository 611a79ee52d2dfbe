"""The rows of the tensor face: memory slices, vector ALUs, matrix planes, switches and links.

One row is one instruction on one element type; rows that share a function number differ in their types. Order
fixes the function numbers, so new instructions of a format go last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from isa.formats import FORMATS
from isa.row import ATTR, BANK, BURST_FIELDS, CONST, HEMI, IMM, READ, SLICE_ROW, STREAM, VECTOR, WRITE, Operand, Row
from isa.types import TYPES
from isa.units import CLASSES, UnitClass

SIGNED, UNSIGNED, FLOATS = ("i8", "i16", "i32"), ("u8", "u16", "u32"), ("f16", "bf16", "f32")
INTEGERS = ("i8", "u8", "i16", "u16", "i32", "u32")
ALL = (*INTEGERS, *FLOATS)
TYPE_CODE = {name: code for code, name in enumerate(TYPES)}  # fields t and t2
WIDTHS = (1, 2, 4)  # field w counts these
COMPARISONS = {"eq": "a == b", "ne": "a != b", "lt": "a < b", "le": "a <= b", "gt": "a > b", "ge": "a >= b"}
ROUNDINGS = {"even": "", "zero": "z", "down": "d", "up": "u"}  # in the order of vcvt's function numbers
ROUNDING_WORDS = {"even": "to nearest, ties to even", "zero": "toward zero", "down": "down", "up": "up"}

VECTOR_LATENCY, FMA_LATENCY, SPECIAL_LATENCY, MOVE_LATENCY = 3, 4, 8, 1
READ_LATENCY, GATHER_LATENCY, WRITE_LATENCY = 2, 4, 1
ACTIVATION_LATENCY, EMIT_LATENCY, INSTALL_LATENCY = 24, 2, 1
SHIFT_LATENCY, TRANSPOSE_LATENCY = 4, 20
RESULT_WIDTH = 4  # results of the planes are i32 or f32
LOAD_STREAMS = 16  # streams that one element of a weight load, or a transpose, takes


def width_of(name: str) -> int:
    """Streams that an element of a type takes."""
    return TYPES[name].planes


@cache
def burst_attributes(fmt: str, interval: int) -> tuple[Operand, ...]:
    """An attribute for each burst field of a format; what is left out is the least, of `stride` 1."""
    defaults = {"stride": 1, "d": interval}
    fields = [field for field in FORMATS[fmt].fields if field.name in BURST_FIELDS]
    return tuple(Operand(ATTR, (field.name,), default=defaults.get(field.name, field.bias)) for field in fields)


@cache
def stream(field: str, role: str, width: int, groups: int = 1, flow: str = "") -> Operand:
    return Operand(STREAM, (field,), role, width=width, groups=groups, flow=flow)


@cache
def source(field: str, type_name: str) -> Operand:
    return Operand(VECTOR, (field,), READ, type_name, width=width_of(type_name))


@cache
def target(type_name: str) -> Operand:
    return Operand(VECTOR, ("dst",), WRITE, type_name, width=width_of(type_name))


@cache
def immediate(type_name: str) -> Operand:
    return Operand(IMM, ("imm",), type=type_name)


PLANE, HEMISPHERE, ACC = Operand(CONST, ("plane",)), Operand(HEMI, ("hemi",)), Operand(CONST, ("acc",))
NUMBER, AMOUNT, LINK = Operand(CONST, ("number",)), Operand(CONST, ("amount",)), Operand(CONST, ("link",))


class TableBuilder:
    """Collects rows; gives each the next id, and those of one stem and format the same function number."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[Row] = []
        self._functions: dict[str, dict[str, int]] = {}

    def add(self, stem: str, suffix: str, fmt: str, units: str, operands: Iterable[Operand], **columns: Any) -> None:
        """A row called stem + suffix; the attributes of its format are added to its operands."""
        drawn, cls = FORMATS[fmt], CLASSES[units]
        columns.setdefault("semantics", stem)
        columns.setdefault("instances", len(cls.names))
        bursts = burst_attributes(fmt, columns.get("interval", 1))
        select = self._select(stem, fmt, cls, columns)
        row = Row(self.first + len(self.rows), stem + suffix, drawn, select, cls, stem=stem, operands=(*operands, *bursts), **columns)
        self.rows.append(row)

    def _select(self, stem: str, fmt: str, cls: UnitClass, columns: dict[str, Any]) -> tuple[int, ...]:
        functions = self._functions.setdefault(fmt, {})
        values = {
            "fn": functions.setdefault(columns.pop("function", stem), len(functions)),
            "t": TYPE_CODE.get(columns.get("type", ""), 0),
            "t2": TYPE_CODE.get(columns.get("type2", ""), 0),
            "w": WIDTHS.index(columns["width"]) if "width" in columns else 0,
        }
        return tuple(values[field.name] for field in FORMATS[fmt].selectors)


# Memory slices --------------------------------------------------------------------------------
def memory(t: TableBuilder) -> None:
    for width in WIDTHS:
        suffix = f".{width}" if width > 1 else ""
        planes = f"a row of {width} slices, byte k in slice + k," if width > 1 else "a row of a slice"
        out, into = stream("stream", WRITE, width), stream("stream", READ, width)
        for fmt, fields in (("BURST", ("slice", "row")), ("BURST_R", ("slice", "row", "ra"))):
            place = Operand(SLICE_ROW, fields)
            columns: dict[str, Any] = {"width": width, "claims": width}
            t.add(
                "read", suffix, fmt, "RP", (out, place), latency=READ_LATENCY, memory="read", function=f"read{suffix}",
                faults=("E-RANGE", "E-BANK", "E-UNINIT"),
                doc=f"Read {planes} onto {'a group of streams' if width > 1 else 'a stream'}.", meaning="stream = slice[row + i*stride]", **columns,
            )  # fmt: skip
            t.add(
                "write", suffix, fmt, "WP", (place, into), latency=WRITE_LATENCY, memory="write",
                faults=("E-RANGE", "E-BANK"), function=f"write{suffix}", doc=f"Write a group of streams to {planes}." if width > 1 else "Write a stream to a row of a slice.",
                meaning="slice[row + i*stride] = stream", **columns,
            )  # fmt: skip
    bank = Operand(BANK, ("slice", "bank"))
    rows = stream("map", READ, 2)
    t.add(
        "gather", "", "MAPPED", "RP", (stream("stream", WRITE, 1), bank, rows), latency=GATHER_LATENCY, memory="read",
        faults=("E-RANGE", "E-BANK", "E-UNINIT"), crosses=True,
        width=1, doc="Read, for each superlane, the row of a bank that lane 0 of the superlane of a u16 map names.",
        meaning="stream[superlane] = bank[map[superlane.0]][superlane]",
    )  # fmt: skip
    t.add(
        "scatter", "", "MAPPED", "WP", (bank, stream("stream", READ, 1), rows), latency=WRITE_LATENCY, memory="write",
        faults=("E-RANGE", "E-BANK"), width=1, crosses=True, doc="Write, for each superlane, the row of a bank that lane 0 of the superlane of a u16 map names.",
        meaning="bank[map[superlane.0]][superlane] = stream[superlane]",
    )  # fmt: skip


# Vector ALUs ----------------------------------------------------------------------------------
def vector_op(t: TableBuilder, stem: str, suffix: str, fmt: str, operands: Iterable[Operand], **columns: Any) -> None:
    columns.setdefault("latency", VECTOR_LATENCY)
    t.add(stem, suffix, fmt, "V", operands, **columns)


def binary(t: TableBuilder, stem: str, type_name: str, suffix: str = "", result: str = "", **columns: Any) -> None:
    """A two-source op, its second source a place or an immediate."""
    columns.setdefault("type", type_name)
    name = f".{type_name}{suffix}"
    first, second = source("sa", type_name), source("sb", type_name)
    d = target(result or type_name)
    vector_op(t, stem, name, "VXM_2", (d, first, second), function=stem + suffix, **columns)
    vector_op(t, stem, name, "VXM_2I", (d, first, immediate(type_name)), function=stem + suffix, **columns)


def unary(t: TableBuilder, stem: str, type_name: str, suffix: str = "", **columns: Any) -> None:
    operands = (target(type_name), source("sa", type_name))
    name = f".{type_name}{suffix}"
    vector_op(t, stem, name, "VXM_1", operands, type=type_name, function=stem + suffix, **columns)


def arithmetic(t: TableBuilder) -> None:
    for stem, sign, word in (("vadd", "+", "Add"), ("vsub", "-", "Subtract"), ("vmul", "*", "Multiply")):
        meaning = f"d = a {sign} b"
        for name in INTEGERS:
            binary(t, stem, name, ".w", doc=f"{word} integers; wraps.", meaning=meaning)
            binary(t, stem, name, ".s", doc=f"{word} integers; saturates.", meaning=meaning, saturate=True)
        for name in FLOATS:
            binary(t, stem, name, doc=f"{word} floats, rounded once.", meaning=meaning)
    for stem, word in (("vmin", "lesser"), ("vmax", "greater")):
        for name in ALL:
            doc = f"The {word} of a and b; of floats -0 < +0, and NaN if either is."
            binary(t, stem, name, doc=doc, meaning=f"d = the {word} of a and b")
    for stem, meaning in (("vneg", "d = -a"), ("vabs", "d = |a|")):
        word = "Negate" if stem == "vneg" else "Absolute value"
        for name in SIGNED:
            unary(t, stem, name, ".w", doc=f"{word}; of the most negative number it wraps.", meaning=meaning)
            unary(t, stem, name, ".s", doc=f"{word}; of the most negative number it saturates.", meaning=meaning, saturate=True)
        for name in FLOATS:
            unary(t, stem, name, doc=f"{word} of a float.", meaning=meaning)
    for name in (*SIGNED, *FLOATS):
        unary(t, "vrelu", name, doc="The greater of a and +0; of NaN it is NaN.", meaning="d = max(a, 0)")
    operands = (target("f32"), *(source(field, "f32") for field in ("sa", "sb", "sc")))
    vector_op(
        t, "vfma", ".f32", "VXM_3", operands, type="f32", latency=FMA_LATENCY,
        doc="Fused multiply and add, rounded once.", meaning="d = a * b + c",
    )  # fmt: skip


def logic(t: TableBuilder) -> None:
    for stem, sign, word in (("vand", "&", "and"), ("vor", "|", "or"), ("vxor", "^", "exclusive or")):
        for name in INTEGERS:
            binary(t, stem, name, doc=f"Bitwise {word}.", meaning=f"d = a {sign} b")
    for name in INTEGERS:
        unary(t, "vnot", name, doc="Bitwise not.", meaning="d = ~a")
    shift = "by b modulo the bits of the type"
    for name in INTEGERS:
        binary(t, "vshl", name, doc=f"Shift left {shift}.", meaning="d = a << b")
    for name in UNSIGNED:
        binary(t, "vshr", name, doc=f"Shift right, zeros entering, {shift}.", meaning="d = a >> b")
    for name in SIGNED:
        binary(t, "vsar", name, doc=f"Shift right, the sign entering, {shift}.", meaning="d = a >> b")


def choice(t: TableBuilder) -> None:
    for condition, meaning in COMPARISONS.items():
        for name in ALL:
            doc = "Compare; a mask of 0xFF where it holds, else 0x00. With NaN only `ne` holds."
            columns = {"semantics": "vcmp", "condition": condition, "doc": doc, "meaning": f"d = {meaning} ? 0xFF : 0x00"}
            binary(t, f"vcmp.{condition}", name, result="u8", **columns)
    for name in ALL:
        operands = (target(name), source("sa", "u8"), source("sb", name), source("sc", name))
        doc = "Select by a mask: where the mask is not 0 the second source, else the third. Copies bits."
        vector_op(t, "vsel", f".{name}", "VXM_3", operands, type=name, doc=doc, meaning="d = mask ? a : b")


def moves(t: TableBuilder) -> None:
    for name in ALL:
        operands = (target(name), source("sa", name), Operand(ATTR, ("delay",), default=0))
        doc = "Move, `delay` cycles later than the shortest way."
        vector_op(t, "vmov", f".{name}", "VXM_MOV", operands, type=name, latency=MOVE_LATENCY, doc=doc, meaning="d = a")
        columns = {"type": name, "latency": MOVE_LATENCY, "doc": "Broadcast an immediate.", "meaning": "d = imm"}
        vector_op(t, "vmov", f".{name}", "VXM_I", (target(name), immediate(name)), **columns)


def conversions(t: TableBuilder) -> None:
    for to in ALL:
        for since in ALL:
            if to != since:
                _conversions(t, to, since)
            _scaled_conversion(t, to, since)


def _conversions(t: TableBuilder, to: str, since: str) -> None:
    """Between floats and to floats one rounding; from floats to integers four; what does not fit saturates."""
    saturate = TYPES[to].kind != "f"
    rounds = ROUNDINGS if saturate and TYPES[since].kind == "f" else ["even"]
    for rounding in rounds:
        doc = f"Convert {since} to {to}, rounded {ROUNDING_WORDS[rounding]}" + ("; saturates, NaN is 0." if saturate else ".")
        stem = f"vcvt{ROUNDINGS[rounding]}"
        columns = {"type": to, "type2": since, "rounding": rounding, "saturate": saturate, "semantics": "vcvt"}
        operands = (target(to), source("sa", since))
        vector_op(t, stem, f".{to}.{since}", "VXM_CVT", operands, doc=doc, meaning=f"d = {to}(a)", **columns)


def _scaled_conversion(t: TableBuilder, to: str, since: str) -> None:
    columns = {"type": to, "type2": since, "rounding": "even", "saturate": TYPES[to].kind != "f", "latency": FMA_LATENCY}
    doc = f"Convert {since} to f32, multiply by an f32 scale, convert to {to}: each step rounded to nearest, ties to even."
    for fmt, scale in (("VXM_CVTS", source("sb", "f32")), ("VXM_CVTI", immediate("f32"))):
        operands = (target(to), source("sa", since), scale)
        vector_op(t, "vcvts", f".{to}.{since}", fmt, operands, doc=doc, meaning=f"d = {to}(f32(a) * scale)", **columns)


def nibbles(t: TableBuilder) -> None:
    for half, bits in (("lo", "0 to 3"), ("hi", "4 to 7")):
        operands: tuple[Operand, ...] = (target("i8"), source("sa", "u8"))
        columns = {"type": "i4", "semantics": f"vunpk.{half}", "doc": f"Sign-extend bits {bits} of a byte to i8."}
        vector_op(t, f"vunpk.{half}", ".i4", "VXM_1", operands, meaning=f"d = i4({half} half of a)", **columns)
    operands = (target("u8"), source("sa", "i8"), source("sb", "i8"))
    doc = "Pack two i8, each saturated to i4, into a byte: the first in bits 0 to 3."
    vector_op(t, "vpack", ".i4", "VXM_2", operands, type="i4", doc=doc, meaning="d = i4(a) | i4(b) << 4", saturate=True)


def special(t: TableBuilder) -> None:
    for stem, meaning in (
        ("vexp", "e^a"), ("vexp2", "2^a"), ("vlog2", "log2(a)"), ("vtanh", "tanh(a)"), ("vsigmoid", "1 / (1 + e^-a)"),
        ("vrsqrt", "1 / sqrt(a)"), ("vrecip", "1 / a"), ("vsqrt", "sqrt(a)"),
    ):  # fmt: skip
        unary(t, stem, "f32", latency=SPECIAL_LATENCY, doc=f"{meaning}, correctly rounded.", meaning=f"d = {meaning}")
    binary(t, "vdiv", "f32", latency=SPECIAL_LATENCY, doc="Divide, correctly rounded.", meaning="d = a / b")


# Matrix planes --------------------------------------------------------------------------------
def matrix(t: TableBuilder) -> None:
    row0 = Operand(ATTR, ("row0",), default=0)
    for name in ("i4", "i8", "u8", "f16", "bf16"):
        width = width_of(name)
        weights = stream("stream", READ, width, LOAD_STREAMS // width, "in")
        rows = LOAD_STREAMS * 8 // TYPES[name].bits
        doc = f"Load {rows} rows of {name} weights an element into the buffer of a plane, from 16 streams."
        meaning = f"buffer[row0 + {rows}*i + j] = row j"
        t.add("lw", f".{name}", "MXM_LW", "LW", (PLANE, weights, row0), type=name, latency=1, claims=width, faults=("E-RANGE",), doc=doc, meaning=meaning)
    t.add(
        "iw", "", "MXM_IW", "IW", (PLANE,), latency=INSTALL_LATENCY, faults=("E-TYPE",),
        doc="Install the buffer as the plane's array; rows not loaded are zero. The buffer is empty afterwards.",
        meaning="array = buffer",
    )  # fmt: skip
    for name in ("i8", "u8", "f16", "bf16"):
        width = width_of(name)
        doc = f"Multiply a vector of {name} activations with the array; the result stands at the plane's exit for one cycle."
        vector = stream("stream", READ, width, flow="in")
        t.add(
            "abc", f".{name}", "MXM_ABC", "ABC", (PLANE, vector), type=name, latency=ACTIVATION_LATENCY, claims=width, faults=("E-TYPE",),
            interval=width, crosses=True, doc=doc, meaning="exit[n] = sum over k of a[k] * array[k][n]",
        )  # fmt: skip
    out, into = stream("stream", WRITE, RESULT_WIDTH, flow="out"), stream("stream", READ, RESULT_WIDTH, flow="in")
    accumulators(t, out, into)


def accumulators(t: TableBuilder, out: Operand, into: Operand) -> None:
    for stem, meaning, doc, faults in (
        ("acc.set", "acc[row + i] = exit", "Take the result at the exit and put it in an accumulator row", ()),
        ("acc.add", "acc[row + i] += exit", "Take the result at the exit and add it to an accumulator row", ("E-UNINIT",)),
    ):
        columns: dict[str, Any] = {"faults": ("E-ACC-EMPTY", "E-RANGE", *faults)}
        t.add(stem, "", "MXM_ACC", "ACC", (PLANE, ACC), latency=1, doc=f"{doc}.", meaning=meaning, **columns)
        emitted = f"{doc}, and emit the row's new contents on a group of four."
        operands = (PLANE, ACC, out)
        t.add(stem, "", "MXM_EMIT", "ACC", operands, latency=EMIT_LATENCY, doc=emitted, meaning=f"stream = {meaning}", **columns)
    doc = "Emit an accumulator row on a group of four."
    columns = {"latency": EMIT_LATENCY, "faults": ("E-RANGE", "E-UNINIT")}
    t.add("accr", "", "MXM_EMIT", "ACC", (PLANE, ACC, out), doc=doc, meaning="stream = acc[row + i]", **columns)
    doc = "Set an accumulator row from a group of four."
    t.add("accw", "", "MXM_EMIT", "ACC", (PLANE, ACC, into), latency=1, faults=("E-RANGE",), doc=doc, meaning="acc[row + i] = stream")
    doc = "Take the result at the exit and emit it on a group of four; no accumulator row changes."
    t.add("acc.emit", "", "MXM_OUT", "ACC", (PLANE, out), latency=EMIT_LATENCY, faults=("E-ACC-EMPTY",), doc=doc, meaning="stream = exit")


# Switches -------------------------------------------------------------------------------------
def switch(t: TableBuilder) -> None:
    for width in WIDTHS:
        suffix = f".{width}" if width > 1 else ""
        out, into = stream("stream", WRITE, width), stream("from", READ, width)
        columns: dict[str, Any] = {"width": width, "latency": SHIFT_LATENCY, "crosses": True}
        for stem, meaning, fill in (
            ("shift.up", "d[l + amount] = a[l]", "zeros"), ("shift.down", "d[l] = a[l + amount]", "zeros"),
            ("shift.up.edge", "d[l + amount] = a[l]", "lane 0"), ("shift.down.edge", "d[l] = a[l + amount]", "the last lane"),
        ):  # fmt: skip
            doc = f"Shift lanes {'up' if '.up' in stem else 'down'}; {fill} enter{'s' * (fill != 'zeros')}."
            t.add(stem, suffix, "SXM_SHIFT", "SH", (HEMISPHERE, out, into, AMOUNT), doc=doc, meaning=meaning, **columns)
        t.add(
            "select", suffix, "SXM_SEL", "SH", (HEMISPHERE, out, into, stream("with", READ, width), AMOUNT),
            doc="The lanes below `amount` of the first source, the others of the second.",
            meaning="d[l] = l < amount ? a[l] : b[l]", **columns,
        )  # fmt: skip
        operands = (HEMISPHERE, out, into, NUMBER)
        columns["faults"] = ("E-RANGE", "E-UNINIT")
        doc = "Lane l takes the lane that entry l of a map names; 0xFFFF gives zero."
        t.add("permute", suffix, "SXM_PM", "PM", operands, doc=doc, meaning="d[l] = a[map[l]]", **columns)
        doc = "Lane l takes the lane of its superlane (0 to 15) that entry l of a map names; 0xFFFF gives zero."
        t.add("distribute", suffix, "SXM_DS", "DS", operands, doc=doc, meaning="d[s.l] = a[s.map[s.l]]", **columns)
    sixteen = stream("stream", WRITE, 1, LOAD_STREAMS), stream("from", READ, 1, LOAD_STREAMS)
    doc = "Transpose 16x16 within each superlane, over 16 streams."
    t.add("transpose", "", "SXM_TR", "TR", (HEMISPHERE, *sixteen), latency=TRANSPOSE_LATENCY, crosses=True, doc=doc, meaning="d_j[s.l] = a_l[s.j]")
    for stem, word in (("reduce.add", "Add"), ("reduce.max", "The greatest of"), ("reduce.min", "The least of")):
        for name in ("i32", "f32"):
            reduction(t, stem, name, word)
    t.add(
        "lmap", "", "SXM_LM", "LM", (HEMISPHERE, NUMBER, stream("from", READ, 2)), latency=1,
        doc="Load a map register from a u16 group.", meaning="map[l] = a[l]",
    )  # fmt: skip


def reduction(t: TableBuilder, stem: str, name: str, word: str) -> None:
    span = Operand(ATTR, ("span",), default=0, choices=("all", "16"))
    operands = (HEMISPHERE, stream("stream", WRITE, 4), stream("from", READ, 4), span)
    how = "; i32 wraps" if name == "i32" else " as a tree: lanes 2i and 2i+1, level by level, a last one alone passing up"
    doc = f"{word} all lanes, or the 16 of each superlane{how if stem == 'reduce.add' else ''}; every lane gets the result."
    meaning = f"d[l] = {stem.partition('.')[2]} of a over the span"
    t.add(stem, f".{name}", "SXM_RD", "RD", operands, type=name, latency=TRANSPOSE_LATENCY, crosses=True, doc=doc, meaning=meaning)


# Links ----------------------------------------------------------------------------------------
def links(t: TableBuilder) -> None:
    columns: dict[str, Any] = {"latency": 1, "faults": ("E-LINK",), "semantics": "link"}
    sent, received = (LINK, stream("stream", READ, 1)), (LINK, stream("stream", WRITE, 1))
    t.add("send", "", "LINK", "C", sent, doc="Send a stream over a link.", meaning="link = stream", **columns)
    t.add("receive", "", "LINK", "C", received, doc="Receive a stream from a link.", meaning="stream = link", **columns)
    for name, doc in (
        ("deskew", "Align the two ends of a link."),
        ("sync", "Wait for a notification over a link."),
        ("notify", "Notify the other end of a link; 35 cycles later its `sync` ends."),
    ):
        t.add(name, "", "SYNC", "C", (LINK,), doc=doc, meaning=name, **columns)


def rows(first: int) -> Iterator[Row]:
    """All rows of the tensor face, numbered from `first`."""
    t = TableBuilder(first)
    for part in (memory, arithmetic, logic, choice, moves, conversions, nibbles, special, matrix, switch, links):
        part(t)
    return iter(t.rows)
