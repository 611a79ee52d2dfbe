"""The manual generated from the table: one section a mnemonic, with its forms, encodings, unit, latency and faults."""

from __future__ import annotations

from collections.abc import Iterator

from isa.conditions import CONDITIONS, MEANING
from isa.faults import NUMBER
from isa.formats import EXTENSION_OPCODE, OPCODE_BITS, PAYLOAD_START, STOP_BITS, SYLLABLE_BITS
from isa.row import Row
from isa.table import MNEMONICS, ROWS
from isa.units import CLASSES, UnitClass

STAMP = "<!-- Generated from isa/ by `python -m isa.emit`. Do not edit. -->"
INTRODUCTION = """\
Each op is one 64-bit syllable, drawn here with its high bits first. `stop` is set on the last syllable of a bundle; the
opcode selects the format, `fn` the instruction, `u` the instance of the unit. Where a line `extension` is drawn, that
syllable follows if, and only if, some field does not fit its bits in the first one. Bits drawn as 0 must be zero.

A result of latency L can be read L cycles after the op issued. A register read while a write to it is on its way is
`E-HAZARD`. The rules behind all sections are in [machine.md](machine.md), the ways to write operands in
[dialect.md](dialect.md)."""
JUMPS = ("jump", "branch", "call", "ret")  # their target may start no bundle

Cell = tuple[str, str]  # (bit range, content)


def manual() -> str:
    """The whole of docs/isa.md."""
    lines = [STAMP, "", "# The instructions", "", INTRODUCTION, "", *_unit_table(), "", *_condition_table(), ""]
    for units in CLASSES.values():
        lines += [f"## {' '.join(units.names)}: {units.what}", ""]
        for mnemonic in mnemonics_of(units):
            lines += [f"### `{mnemonic}`", "", *markdown_section(mnemonic), ""]
    return "\n".join(lines)


def mnemonics_of(units: UnitClass) -> list[str]:
    """The mnemonics of a class of units, in the order of the table."""
    return [name for name, rows in MNEMONICS.items() if rows[0].units is units]


def _unit_table() -> Iterator[str]:
    yield "| units | instructions |"
    yield "|---|---|"
    for units in CLASSES.values():
        names = " ".join(f"[`{name}`](#{name.replace('.', '')})" for name in mnemonics_of(units))
        yield f"| {' '.join(units.names)} ({units.what}) | {names} |"


def _condition_table() -> Iterator[str]:
    yield "| condition | holds when the last compare found | bits: truth by condition code 15..0 |"
    yield "|---|---|---|"
    for name, mask in CONDITIONS.items():
        yield f"| `{name}` | {MEANING[name]} | `{mask:016b}` |"


def markdown_section(mnemonic: str) -> Iterator[str]:
    """The section of one mnemonic without its heading."""
    first = MNEMONICS[mnemonic][0]
    yield f"{first.doc} `{first.meaning}`"
    yield ""
    yield facts(mnemonic)
    yield ""
    yield "```text"
    yield from forms(mnemonic)
    yield "```"


def terminal_section(mnemonic: str) -> Iterator[str]:
    """The same section as plain text."""
    first = MNEMONICS[mnemonic][0]
    yield f"{mnemonic}: {first.doc}"
    yield f"    {first.meaning}"
    yield f"    {facts(mnemonic)}"
    yield ""
    yield from forms(mnemonic)


def facts(mnemonic: str) -> str:
    """Where an op runs, how long it takes, what it does to the condition code and how its forms can fault."""
    row = MNEMONICS[mnemonic][0]
    faults = sorted({code for form in MNEMONICS[mnemonic] for code in faults_of(form)}, key=NUMBER.__getitem__)
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
    return names


def forms(mnemonic: str) -> Iterator[str]:
    """Each operand form of a mnemonic with the drawing of its encoding."""
    rows = MNEMONICS[mnemonic]
    for row in rows:
        yield row.key
        yield from drawing(row)
        if row is not rows[-1]:
            yield ""


def drawing(row: Row) -> Iterator[str]:
    """The bits of a row's syllables, high bits first: two lines, and two more for an extension."""
    yield from _aligned(_base_cells(row))
    if row.format.ext_bits:
        yield "    extension"
        yield from _aligned(_extension_cells(row))


def _base_cells(row: Row) -> list[Cell]:
    fmt = row.format
    cells = [(_bits(field.position, field.width), field.name) for field in fmt.fields if field.width]
    for selector, number in zip(fmt.selectors, row.select, strict=True):
        cells.append((_bits(selector.position, selector.width), f"{selector.name}={number}"))
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
    """All mnemonics by unit, one line each, for the terminal."""
    width = max(len(row.mnemonic) for row in ROWS)
    for units in CLASSES.values():
        yield f"{' '.join(units.names)}: {units.what}"
        for name in mnemonics_of(units):
            yield f"  {name:<{width}}  {MNEMONICS[name][0].doc}"
        yield ""
