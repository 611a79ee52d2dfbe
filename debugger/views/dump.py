"""Memory as `x/8w A` shows it: bytes, words and numbers by address, what was never written as `--`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from debugger.trouble import trouble
from debugger.views.ink import WIDTH, Line, Part, View, rendered
from debugger.views.lanes import number, number_text
from debugger.views.memory import Area, areas, word_name
from isa.diagnostics import SourceError
from isa.machine import BYTES_PER_WORD
from isa.records import NamedTuple, dataclass
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, slice_name

if TYPE_CHECKING:
    from debugger.expr import Target
    from debugger.session import Session
    from vm.engine import Engine

FORMAT = re.compile(r"(\d*)([a-z]*\d*)")
SIZES = {"b": 1, "h": 2, "w": 4}
SIGNED, UNSIGNED, FLOATS = {1: "i8", 2: "i16", 4: "i32"}, {1: "u8", 2: "u16", 4: "u32"}, {2: "f16", 4: "f32"}
FORMATS = {"d": SIGNED, "u": UNSIGNED, "f": FLOATS}
HEX, BINARY, CHARACTER, INSTRUCTION = "x", "t", "c", "i"
WHOLE_BYTES = [name for name, t in TYPES.items() if t.bits >= 8]
HELP = "x/COUNT FORMAT SIZE: formats x d u f t c i, sizes b h w; or a type, as in x/8f32"
MAX_COUNT, SHOWN = 4096, 64


class Wanted(NamedTuple):
    """What a format asks for: how many `units` (0: all of a target), each of so many bytes and shown how."""

    units: int
    size: int
    style: str  # HEX, BINARY, CHARACTER, INSTRUCTION or a type


class Unit(NamedTuple):
    """Bytes side by side in memory, the lowest first; None for one that was never written."""

    address: int
    name: str
    bytes: tuple[int | None, ...]


@dataclass(frozen=True)
class Dump:
    """Units of memory in the order asked for."""

    units: tuple[Unit, ...]
    style: str
    note: str = ""

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """Rows with the word address (and byte) of their first unit, and its name."""
        return rendered(self._lines(width), width, colour, unicode)

    def _lines(self, width: int) -> list[Line]:
        texts = [self.text(unit) for unit in self.units]
        widest = max(map(len, texts), default=1)
        left = max((len(address_text(unit)) for unit in self.units), default=0)
        names = max((len(unit.name) for unit in self.units), default=0)
        columns = per_line(width - left - names - 5, widest + 1)
        lines: list[Line] = []
        for first in range(0, len(self.units), columns):
            unit = self.units[first]
            row = " ".join(text.rjust(widest) for text in texts[first : first + columns])
            name = f"<{unit.name}>" if unit.name else ""
            head = Part(f"{address_text(unit):>{left}} ", "dim"), Part(f"{name:<{names + 2}}: ", "name")
            lines.append((*head, Part(row, "value")))
        return [*lines, (Part(self.note, "dim"),)] if self.note else lines

    def text(self, unit: Unit) -> str:
        """A unit as the style has it."""
        if self.style == HEX:
            return "0x" + "".join("--" if byte is None else f"{byte:02x}" for byte in reversed(unit.bytes))
        bits = value_of(unit)
        if bits is None:
            return "--"
        if self.style == BINARY:
            return f"{bits:0{8 * len(unit.bytes)}b}"
        if self.style == CHARACTER:
            return repr(chr(bits)) if chr(bits).isascii() else f"'\\x{bits:02x}'"
        return number_text(number(bits, TYPES[self.style]))

    def as_data(self) -> dict[str, Any]:
        return {
            "style": self.style, "note": self.note,
            "units": [{"address": unit.address, "name": unit.name, "bytes": list(unit.bytes),
                       "text": self.text(unit)} for unit in self.units],
        }  # fmt: skip


def value_of(unit: Unit) -> int | None:
    """The bits of a unit, None where a byte of it was never written."""
    if None in unit.bytes:
        return None
    return sum((byte or 0) << 8 * k for k, byte in enumerate(unit.bytes))


def address_text(unit: Unit) -> str:
    """The word that a unit is in, and the byte of it where that is not the first."""
    word, byte = divmod(unit.address, BYTES_PER_WORD)
    return f"{word}.{byte}" if byte else str(word)


def per_line(room: int, size: int) -> int:
    """How many units go on a line: the greatest power of two that fits, at least one."""
    return 1 << max(0, max(1, room // size).bit_length() - 1)


# What is asked for ------------------------------------------------------------------------------
def x(session: Session, form: str = "", where: str = "") -> View:
    """Memory from a place on (nothing: what is about to issue) in a format. Raises SourceError for what is neither."""
    if not where.strip() or wanted(form, 4, "u32").style == INSTRUCTION:
        return _instructions(session, form, where)
    target = place(session, where)
    ask = wanted(form, target.element_bytes, target.dtype)
    units, note = _units(session, target, ask)
    return Dump(tuple(units), ask.style, note)


def wanted(form: str, size: int, type_name: str) -> Wanted:
    """A format as `8w`, `16xb`, `4f32`; what it leaves out is of the target. Raises SourceError (E-DEBUG)."""
    match = FORMAT.fullmatch(form.strip().lower())
    if not match:
        raise trouble(f"`{form[:40]}` is no format", HELP)
    count = int(match[1] or 0) if len(match[1]) < 9 else MAX_COUNT + 1
    if count > MAX_COUNT:
        raise trouble(f"`x` shows at most {MAX_COUNT:,} at once, not {match[1][:20]}", "give a place further on")
    if match[2] in WHOLE_BYTES:
        return Wanted(count, TYPES[match[2]].planes, match[2])
    return _letters(count, match[2], size, type_name)


def _letters(count: int, letters: str, size: int, type_name: str) -> Wanted:
    style = ""
    for letter in letters:
        if letter in SIZES:
            size = SIZES[letter]
        elif letter in (*FORMATS, HEX, BINARY, CHARACTER, INSTRUCTION):
            style = letter
        else:
            raise trouble(f"`{letter}` in `{letters}` is neither a format nor a size", HELP)
    if style == CHARACTER and not set(letters) & set(SIZES):
        size = 1
    if style in FORMATS:
        types = FORMATS[style]
        if size not in types:
            raise trouble(f"there are no floats of {size} byte{'s' * (size > 1)}", "x/8f16, x/8bf16, x/8f32")
        return Wanted(count, size, types[size])
    if not letters and type_name in WHOLE_BYTES:
        return Wanted(count, TYPES[type_name].planes, type_name)
    return Wanted(count, size, style or HEX)


def place(session: Session, where: str) -> Target:
    """What a text names in memory; a number is the address of a word. Raises SourceError."""
    from debugger.expr import resolve

    try:
        target = resolve(session.machine, where)
    except SourceError as error:
        word = _number(session, where)
        if word is None:
            raise error from None
        target = resolve(session.machine, f"mem[{word}]")
    if target.kind != "memory":
        raise trouble(f"{where.strip()} is no place in memory", "`x A`, `x mem[100]`, `x mw4[7]`; `p` shows the rest")
    return target


def _number(session: Session, where: str) -> int | None:
    """The value of an expression that is one whole number."""
    value = session.value(where).value
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instructions(session: Session, form: str, where: str) -> View:
    from debugger.views.code import disas

    count = wanted(form, 4, "u32").units or 1
    address = _number(session, where) if where.strip() else session.pc
    if address is None:
        raise trouble(f"{where.strip()} is no address of the program", "`x/4i loop`, `x/4i 12`")
    return disas(session, address, 0, count - 1)


# Bytes ------------------------------------------------------------------------------------------
def _units(session: Session, target: Target, ask: Wanted) -> tuple[list[Unit], str]:
    """The units, and what is to be said of those that are left out."""
    engine, total = session.machine.engine, len(target.bytes) // ask.size
    count, known = ask.units or min(total, SHOWN) or 1, areas(session.image)
    places = _addresses(engine, target.bytes, count * ask.size)
    parts = [places[at : at + ask.size] for at in range(0, len(places) - ask.size + 1, ask.size)]
    units = [Unit(part[0], name_at(session, known, part[0]), tuple(_byte(engine, at) for at in part)) for part in parts]
    if len(units) < count:
        ends = places[-1] == engine.spec.sram_bytes - 1
        return units, f"{'memory' if ends else target.text} ends here"
    return units, f"and {total - count:,} more" if not ask.units and total > count else ""


def _addresses(engine: Engine, bytes_: Sequence[int], count: int) -> list[int]:
    """So many bytes of a target; where they lie side by side, what is behind them as well."""
    head = list(bytes_[:count])
    if all(second == first + 1 for first, second in pairwise(head)):
        return list(range(head[0], min(head[0] + count, engine.spec.sram_bytes)))
    return head


def name_at(session: Session, known: Sequence[Area], address: int) -> str:
    """`C[2, 5]`, `table+3`; of a tensor that lies in slices, row and lane; nothing where no symbol is."""
    area = next((area for area in known if area.holds(address)), None)
    if area and area.tensor.layout != "linear":
        row, lane = divmod(address, session.spec.lanes)
        bank, row = divmod(row, session.spec.rows)
        hemisphere, index, half = session.spec.bank_place(bank)
        name = slice_name(hemisphere * HEMISPHERE_SLICES + index)
        return f"{name}[{row + half * session.spec.rows}]" + (f"+{lane}" if lane else "")
    return session.name_of(address) if area else word_name(session.image, address // BYTES_PER_WORD)


def _byte(engine: Engine, address: int) -> int | None:
    """A byte of memory, None where it was never written."""
    return engine.view(address, 1)[0] if engine.written(address >> 3, 1)[0] >> (address & 7) & 1 else None
