"""Blocks that are alike: those of one *kind* agree in rows, registers, pins and the memory that they touch, those of
one *form* still do when registers, symbols and indices are called by the order in which they are met.

A form has one dependence graph, and one schedule for what may be in flight in its registers; a kind has them under
the names of its own registers.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from asm.facts import Uses, uses_of
from asm.program import FREE, AsmOp
from asm.schedule.graph import Graph, build
from asm.schedule.memory import Aliases
from asm.schedule.place import InFlight, Placed, place
from isa.records import NamedTuple, dataclass, field, replace

Known = dict[Hashable, Placed]  # schedules by what is in flight on entry


@dataclass(slots=True)
class Form:
    """`graph` is that of the first block of the form, `registers` its registers in the order in which they are met."""

    graph: Graph
    registers: list[int]
    placed: Known = field(default_factory=dict)

    def place(self, entry: InFlight, is_pipelined: bool) -> Placed:
        """The schedule of the first block; `entry` is in flight in registers that it touches."""
        key = is_pipelined, frozenset(entry.items())
        if key not in self.placed:
            self.placed[key] = _best(self.graph, entry) if is_pipelined else place(self.graph, entry)
        return self.placed[key]


@dataclass(slots=True, eq=False)
class Kind:
    """`names` are the registers of the form's first block by those of this kind, `touched` has a bit for each."""

    form: Form
    names: dict[int, int]
    touched: int
    placed: Known = field(default_factory=dict)

    def place(self, entry: InFlight, is_pipelined: bool) -> Placed:
        """The schedule of a block of this kind for what is in flight on entry."""
        key = is_pipelined, frozenset(entry.items()) if entry else None
        found = self.placed.get(key)
        if found is None:
            found = self.placed[key] = self._named(entry, is_pipelined)
        return found

    def _named(self, entry: InFlight, is_pipelined: bool) -> Placed:
        """The form's schedule, with landings of the registers of this kind."""
        names = self.names
        inside = {names[register]: left for register, left in entry.items() if register in names}
        found = self.form.place(inside, is_pipelined)
        landings = dict(entry)
        for register, name in names.items():
            if name in found.landings:
                landings[register] = found.landings[name]
        return replace(found, landings=landings, limits=None, left={})

    def graph(self, ops: list[AsmOp]) -> Graph:
        """The dependence graph of a block of this kind."""
        graph, own = self.form.graph, {name: register for register, name in self.names.items()}
        reads = {own[name]: readers for name, readers in graph.first_reads.items()}
        write = {own[name]: writer for name, writer in graph.first_write.items()}
        return replace(graph, ops=ops, first_reads=reads, first_write=write)


def _best(graph: Graph, entry: InFlight) -> Placed:
    """Of a block of the scheduler's own: as its heights say, or in the order in which it is."""
    as_listed = replace(graph, heights=list(range(len(graph.ops), 0, -1)))
    return min(place(graph, entry), place(as_listed, entry), key=lambda each: max(each.issue, default=0))


NO_OPS = Kind(Form(Graph([], [], [], []), []), {}, 0)


class Kinds:
    """The kinds of a program's blocks, found once for all that are alike: code that is unrolled, or made by macros or
    programs, repeats itself."""

    def __init__(self, aliases: Aliases) -> None:
        self.aliases = aliases
        self.kinds: dict[Hashable, Kind] = {}
        self.forms: dict[Hashable, Form] = {}

    def of(self, ops: Sequence[AsmOp]) -> Kind:
        key = _likeness(ops)
        kind = self.kinds.get(key)
        if kind is None:
            kind = self.kinds[key] = self._kind(ops, key)
        return kind

    def _kind(self, ops: Sequence[AsmOp], key: Key) -> Kind:
        renamed = _Renamed(bool(self.aliases))
        form_key = tuple([renamed.mark(mark) for mark in key])
        registers = list(renamed.registers)
        form = self.forms.get(form_key)
        if form is None:
            form = self.forms[form_key] = Form(build(list(ops), self.aliases), registers)
        return Kind(form, dict(zip(registers, form.registers, strict=True)), sum(1 << each for each in registers))


class Place(NamedTuple):
    """Where a memory op accesses, `distance` words from the first access of its symbol; `terms` are added to it."""

    symbol: str
    terms: tuple[object, ...]
    distance: int
    banks: frozenset[int]


class Special(NamedTuple):
    """What graph and schedule depend on of an op with pins, or one that accesses memory."""

    uses: Uses
    unit_pin: int
    cycle_pin: int | None
    place: Place | None


Key = tuple[Uses | Special, ...]  # all that they depend on of a block


def _likeness(ops: Sequence[AsmOp]) -> Key:
    first: dict[str, int] = {}
    return tuple([
        uses_of(op) if op.access is None and op.unit_pin == FREE and op.cycle_pin is None else _special(op, first)
        for op in ops
    ])  # fmt: skip


def _special(op: AsmOp, first: dict[str, int]) -> Special:
    """`first` has the address of the first access of each symbol."""
    access, place = op.access, None
    if access is not None:
        distance = access.offset - first.setdefault(access.symbol, access.offset)
        place = Place(access.symbol, access.index, distance, access.banks)
    return Special(uses_of(op), op.unit_pin, op.cycle_pin, place)


@dataclass(slots=True)
class _Renamed:
    """Registers, symbols and indices by the order in which they are met; symbols keep their names if `by_name`."""

    by_name: bool
    registers: dict[int, int] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=lambda: {"": -1})  # an access without one may be of any
    indices: dict[Hashable, int] = field(default_factory=dict)

    def mark(self, mark: Uses | Special) -> Hashable:
        if isinstance(mark, Uses):
            return self._uses(mark)
        return self._uses(mark.uses), mark.unit_pin, mark.cycle_pin, self._place(mark.place) if mark.place else None

    def _uses(self, uses: Uses) -> Hashable:
        order = self.registers
        met = [order.setdefault(register, len(order)) for register in uses.reads]
        if uses.write >= 0:
            met.append(order.setdefault(uses.write, len(order)))
        return uses.row, *met

    def _place(self, place: Place) -> Hashable:
        symbol = place.symbol if self.by_name else self.symbols.setdefault(place.symbol, len(self.symbols))
        index = self.indices.setdefault(place.terms, len(self.indices))
        return symbol, index, place.distance, place.banks
