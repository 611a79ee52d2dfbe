"""The manual generated from the table: one section a mnemonic, with its forms, encodings, unit, latency and faults."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from isa.conditions import CONDITIONS, MEANING
from isa.faults import NUMBER
from isa.formats import EXTENSION_OPCODE, OPCODE_BITS, PAYLOAD_START, STOP_BITS, SYLLABLE_BITS
from isa.index import FAMILIES
from isa.row import READ, STREAM, VECTOR, WRITE, Operand, Row
from isa.table import MNEMONICS
from isa.units import CLASSES, UnitClass

STAMP = "<!-- Generated from isa/ by `python -m isa.emit`. Do not edit. -->"
INTRODUCTION = """\
Each op is one 64-bit syllable, drawn here with its high bits first. `stop` is set on the last syllable of a bundle; the
opcode selects the format, `fn` the instruction, `t` and `t2` its element types, `w` the width of its groups, `u` the
instance of the unit. Where a line `extension` is drawn, that syllable follows if, and only if, some field does not fit
its bits in the first one. Bits drawn as 0 must be zero.

A result of latency L can be read L cycles after the op issued. A register read while a write to it is on its way is
`E-HAZARD`. The rules behind all sections are in [machine.md](machine.md), the ways to write operands in
[dialect.md](dialect.md). Instructions that do the same on several types share a section; `lpu isa vadd.f32` shows
one alone."""
JUMPS = ("jump", "branch", "call", "ret")  # their target may start no bundle

Cell = tuple[str, str]  # (bit range, content)


def manual() -> str:
    """The whole of docs/isa.md."""
    lines = [STAMP, "", "# The instructions", "", INTRODUCTION, "", *_unit_table(), "", *_condition_table(), ""]
    for units in CLASSES.values():
        lines += [f"## {title(units)}", ""]
        for family in families_of(units):
            lines += [f"### `{family}`", "", *markdown_section(FAMILIES[family]), ""]
    return "\n".join(lines)


def title(units: UnitClass) -> str:
    return f"{' '.join(units.names)}: {units.what}"


def families_of(units: UnitClass) -> list[str]:
    """The families of a class of units, in the order of the table."""
    return [name for name, rows in FAMILIES.items() if rows[0].units is units]


def _unit_table() -> Iterator[str]:
    yield "| units | instructions |"
    yield "|---|---|"
    for units in CLASSES.values():
        names = " ".join(f"[`{name}`](#{name.replace('.', '')})" for name in families_of(units))
        yield f"| {' '.join(units.names)} ({units.what}) | {names} |"


def _condition_table() -> Iterator[str]:
    yield "| condition | holds when the last compare found | bits: truth by condition code 15..0 |"
    yield "|---|---|---|"
    for name, mask in CONDITIONS.items():
        yield f"| `{name}` | {MEANING[name]} | `{mask:016b}` |"


def markdown_section(rows: tuple[Row, ...]) -> Iterator[str]:
    """The section of the rows of a family, without its heading."""
    yield " ".join(dict.fromkeys(row.doc for row in rows[:MOST_DOCS])) + f" `{rows[0].meaning}`"
    yield ""
    yield facts(rows)
    yield ""
    if rows[0].tensor:
        yield f"Written {', '.join(f'`{name}`' for name in mnemonics(rows))}."
        yield ""
    yield "```text"
    yield from picture(rows[0])
    yield from forms(rows)
    yield "```"


MOST_DOCS = 40  # of a family, the first rows say all there is to say


def terminal_section(name: str) -> Iterator[str]:
    """The section of a mnemonic, or of a family, as plain text."""
    rows = MNEMONICS.get(name) or FAMILIES[name]
    yield f"{name}: {rows[0].doc}"
    yield f"    {rows[0].meaning}"
    yield f"    {facts(rows)}"
    if name not in MNEMONICS:
        yield from wrapped(mnemonics(rows))
    yield ""
    yield from picture(rows[0])
    yield from forms(rows)


def mnemonics(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.mnemonic for row in rows))


def wrapped(names: list[str]) -> Iterator[str]:
    """Names in lines of a terminal's width."""
    yield from textwrap.wrap(f"written {', '.join(names)}", 100, initial_indent="    ", subsequent_indent="    ")


def facts(rows: tuple[Row, ...]) -> str:
    """Where ops run, how long they take, what they do to the condition code and how their forms can fault."""
    row = rows[0]
    faults = sorted({code for form in rows for code in faults_of(form)}, key=NUMBER.__getitem__)
    parts = [f"Units {' '.join(row.units.names[: row.instances])}", timing(row)]
    if row.reads_cc:
        parts.append("reads the condition code")
    if row.writes_cc:
        parts.append("writes the condition code")
    return f"{'; '.join(parts)}. Faults: {', '.join(faults) or 'none'}."


def timing(row: Row) -> str:
    if row.control in ("", "trap"):
        return f"latency {row.latency}"
    if row.taken_latency and row.taken_latency != row.latency:
        return f"latency {row.latency}, {row.taken_latency} cycles to the next fetch when taken"
    return f"{'`count`' if row.control == 'nop' else row.latency} cycles to the next fetch"


def faults_of(row: Row) -> set[str]:
    """Every fault an op can give, those that follow from its operands included."""
    names = set(row.faults)
    if row.control in JUMPS:
        names.add("E-PC")
    if row.reads or row.reads_cc:
        names.add("E-HAZARD")
    if row.write or row.writes_cc:
        names.add("E-WRITE-CLASH")
    return names | (tensor_faults(row) if row.tensor else set())


def tensor_faults(row: Row) -> set[str]:
    """The faults that follow from what an op of the tensor face samples, makes and holds."""
    names = {"E-UNIT-BUSY"}
    for operand in row.operands:
        if operand.kind in (STREAM, VECTOR) and operand.role == READ:
            names |= {"E-STREAM-EMPTY"} | ({"E-STREAM-TORN"} if operand.width > 1 else set())
        if operand.kind == VECTOR:
            names |= {"E-TYPE", "E-UNINIT", "E-HAZARD"} if operand.role == READ else {"E-WRITE-CLASH"}
        if operand.kind in (STREAM, VECTOR) and operand.role == WRITE:
            names.add("E-STREAM-CLASH")
    return names


def picture(row: Row) -> Iterator[str]:
    """When an op of the tensor face samples and when its result is where, cycle by cycle; nothing for scalar ops."""
    if not row.tensor:
        return
    takes = any(operand.kind in (STREAM, VECTOR) and operand.role == READ for operand in row.operands)
    makes = any(operand.kind in (STREAM, VECTOR) and operand.role == WRITE for operand in row.operands)
    marks = [(0, "samples" if takes else "issues"), (row.latency, _landing(row, makes))]
    if makes:
        marks.append((row.latency + 1, "can be sampled one position on"))
    length = row.latency + 2
    dots = ["."] * length
    for cycle, _ in marks:
        dots[cycle] = "|"
    yield f"    cycle  t {' '.join(dots)}"
    for cycle, what in marks:
        yield f"{' ' * (13 + 2 * cycle)}+- t{f'+{cycle}' if cycle else ''}: {what}"
    yield ""


def _landing(row: Row, makes: bool) -> str:
    if makes:
        own = any(operand.kind == VECTOR and operand.role == WRITE for operand in row.operands)
        return "leaves on its stream" + (", or stands in the v register" if own else "")
    return {"ABC": "stands at the exit, in this cycle only", "WP": "is in memory"}.get(row.units.name, "takes effect")


def forms(rows: tuple[Row, ...]) -> Iterator[str]:
    """Each operand form of a mnemonic or family with the drawing of its encoding."""
    shared = len(mnemonics(rows)) > 1
    seen = {(row.format, row.form): row for row in reversed(rows)}
    last = len(seen) - 1
    for number, row in enumerate(reversed(seen.values())):
        yield f"{row.family if shared else row.mnemonic} {row.form}".strip()
        if row.attributes:
            yield f"    attributes {' '.join(map(_attribute, row.attributes.values()))}"
        yield from drawing(row, shared)
        if number < last:
            yield ""


def _attribute(operand: Operand) -> str:
    default = operand.choices[operand.default or 0] if operand.choices else operand.default
    return f"{operand.fields[0]}={default}"


def drawing(row: Row, family: bool = False) -> Iterator[str]:
    """The bits of a row's syllables, high bits first: two lines, and two more for an extension.

    In the drawing of a family what its members differ in stays open.
    """
    yield from _aligned(_base_cells(row, family))
    if row.format.ext_bits:
        yield "    extension"
        yield from _aligned(_extension_cells(row))


def _base_cells(row: Row, family: bool) -> list[Cell]:
    fmt = row.format
    cells = [(_bits(field.position, field.width), field.name) for field in fmt.fields if field.width]
    for selector, number in zip(fmt.selectors, row.select, strict=True):
        text = selector.name if family and row.tensor else f"{selector.name}={number}"
        cells.append((_bits(selector.position, selector.width), text))
    return _syllable(cells, fmt.used_bits, fmt.opcode)


def _extension_cells(row: Row) -> list[Cell]:
    fmt = row.format
    cells = []
    for field in fmt.fields:
        if field.ext_width:
            part = f"{field.name}[{_bits(field.width, field.ext_width)}]"
            cells.append((_bits(field.ext_position, field.ext_width), part))
    return _syllable(cells, PAYLOAD_START + fmt.ext_bits, EXTENSION_OPCODE)


def _syllable(cells: list[Cell], used: int, opcode: int) -> list[Cell]:
    head = [(_bits(STOP_BITS, OPCODE_BITS), f"{opcode:#04x}"), (_bits(0, STOP_BITS), "stop")]
    rest = [(_bits(used, SYLLABLE_BITS - used), "0")] if used < SYLLABLE_BITS else []
    return rest + sorted(cells, key=lambda cell: -int(cell[0].split("..")[-1])) + head


def _bits(position: int, width: int) -> str:
    return f"{position + width - 1}..{position}" if width > 1 else str(position)


def _aligned(cells: list[Cell]) -> Iterator[str]:
    widths = [max(map(len, cell)) for cell in cells]
    for line in range(2):
        yield "    " + "  ".join(cell[line].ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def index() -> Iterator[str]:
    """All families by unit, one line each, for the terminal."""
    width = max(map(len, FAMILIES))
    for units in CLASSES.values():
        yield title(units)
        for name in families_of(units):
            yield f"  {name:<{width}}  {FAMILIES[name][0].doc}"
        yield ""
