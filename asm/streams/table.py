"""What of the machine is taken when: units, v registers, banks and streams, as intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from functools import cache

from asm.streams.burst import Channel, Load, Piece
from asm.streams.graph import ANYWHERE, LOAD_MAP, MAP, Rows
from asm.streams.route import Unfit
from asm.streams.taken import SOLID, Occupied, Taken, Wanted, pulses
from isa.codec import Op
from isa.machine import MachineSpec
from isa.places import V_REGISTERS, WEST_FLOW
from isa.records import dataclass
from isa.row import Row
from isa.units import PLANE, PLANES, UNIT_NAMES, VXM, slice_name

UNIT, BANK, STREAM, REGISTER = "unit", "bank", "stream", "register"


@dataclass(eq=False)
class Conflict(Exception):
    """What a piece needs is taken by `holder`, unless all is issued `later`: `what`, the only one of its `kind` that
    will do, or all of the `available`. To be issued `earlier` would help as well."""

    kind: str
    piece: Piece
    holder: Piece
    what: str
    later: int
    earlier: int
    available: int = 1


class Table:
    """Reservations by name of what is reserved; weights are loaded from cycle `first` on."""

    def __init__(self, spec: MachineSpec, first: int = 0) -> None:
        self.spec = spec
        self.first = first
        self.taken: defaultdict[str, Occupied] = defaultdict(Occupied)
        self.log: Wanted = []  # what was reserved, in order

    def undo(self, mark: int) -> None:
        while len(self.log) > mark:
            name, taken = self.log.pop()
            self.taken[name].remove(taken)

    def reserve(self, claims: Wanted) -> None:
        """Reserve what is known to be free."""
        for name, taken in claims:
            self.taken[name].add(taken)
        self.log += claims

    def place(self, pieces: list[Piece], start: int) -> None:
        """Reserve all that pieces take when they begin `start` cycles later. Raises Conflict, and takes nothing."""
        mark = len(self.log)
        loading = {piece for head in pieces for load in head.loads for piece in load.pieces}
        fixed = [piece for piece in pieces if piece not in loading]
        try:
            for piece in sorted(fixed, key=lambda piece: (len(self._instances(piece)) > 1, piece.time)):
                self._unit(piece, start)
                self._map(piece, start)
                self._bank(piece, start)
            for piece in fixed:
                self._stream(piece, start)
            for piece in fixed:
                self._plane(piece, start)
        except Conflict:
            self.undo(mark)
            raise

    def _claim(self, wanted: Wanted) -> tuple[str, Taken, Taken] | None:
        """Reserve several at once; or what is in the way of which."""
        for name, taken in wanted:
            other = self._in_the_way(name, taken)
            if other is not None:
                return name, taken, other
        self.reserve(wanted)
        return None

    def _in_the_way(self, name: str, taken: Taken) -> Taken | None:
        return self.taken[name].in_the_way(taken) if name in self.taken else None

    def _clear_of(self, name: str, taken: Taken, other: Taken) -> int:
        """The cycles by which a reservation must be later when another is in the way, and those after it."""
        return self.taken[name].clear_of(taken)

    def _choose(self, piece: Piece, choices: Iterable[tuple[int, Wanted]], kind: str, what: str) -> int:
        """The first choice that is free. Raises Conflict about the one that is free soonest, Unfit without any."""
        busy: list[tuple[str, Taken, Taken]] = []
        for number, wanted in choices:
            found = self._claim(wanted)
            if found is None:
                return number
            busy.append(found)
        if not busy:
            raise Unfit("E-PLACE", f"{self.spec.name} has no {what}", piece.node.place)
        waits = [self._clear_of(name, taken, other) for name, taken, other in busy]
        later = min(waits)
        name, _, other = busy[waits.index(later)]
        earlier = min(taken.clear_before(other) for _, taken, other in busy)
        raise Conflict(kind, piece, other.holder, name if len(busy) == 1 else what, later, earlier, len(busy))

    def shape(self, pieces: Iterable[Piece]) -> Hashable:
        """What bursts take, in their own cycles: those that take the same fit in the same cycles."""
        return tuple(map(self._shape, pieces))

    def _shape(self, piece: Piece) -> Hashable:
        units, rows, channel = piece.row.units, piece.rows, piece.result
        unit = (units.name, piece.row.claims, piece.values.get(units.where), *self._instances(piece))
        time = (piece.time, piece.held, piece.spacing, piece.position, piece.latency, *piece.keeps)
        banks: Hashable = tuple(self._banks_of_words(piece)) if piece.row.memory and not piece.row.tensor else ()
        if rows is not None:
            banks = (rows.first, rows.width, *banks_of(rows, piece.spacing, self.spec.rows).items())
        if channel is None:
            return unit, time, banks
        flow = (channel.width, channel.ready, channel.start, channel.west, channel.pin, channel.reach, piece.plane)
        return unit, time, banks, flow, *channel.beside

    # Units ------------------------------------------------------------------------------------
    def _unit(self, piece: Piece, start: int) -> None:
        if piece.row.units.where == PLANE:
            return
        number = self._choose(piece, self._units(piece, start), UNIT, _what(piece))
        if "u" in piece.row.format.names:
            piece.values["u"] = number

    def _plane(self, head: Piece, start: int) -> None:
        """A plane, or pair of planes, for all bursts of a product. Raises Conflict about what is free soonest."""
        if not head.loads:
            return
        busy: list[Conflict] = []
        for number in self._planes(head):
            try:
                self._product(head, number, start)
                return
            except Conflict as conflict:
                busy.append(conflict)
        what = "planes of a hemisphere" if head.row.claims == 1 else "pairs of planes"
        if not busy:
            raise Unfit("E-PLACE", f"{self.spec.name} has no {what}", head.node.place)
        soonest = min(busy, key=lambda conflict: conflict.later)
        if soonest.kind == UNIT and soonest.piece.row.units.where == PLANE and len(busy) > 1:
            soonest.what, soonest.available = what, len(busy)
        raise soonest

    def _planes(self, head: Piece) -> Iterator[int]:
        for number in range(0, PLANES, head.row.claims):
            position = self.spec.mxm_position(self.spec.plane_hemisphere(number))
            if head.node.plane in (ANYWHERE, number) and position == head.position:
                yield from [number] if self.spec.has_plane(number + head.row.claims - 1) else []

    def _product(self, head: Piece, number: int, start: int) -> None:
        """All bursts of a product on one plane, and what loads its weights. Raises Conflict, and takes nothing."""
        mark = len(self.log)
        fixed = (head, *head.team)
        try:
            self._choose(
                head, [(number, [each for piece in fixed for each in _of_plane(piece, number, start)])], UNIT, ""
            )
            for load in head.loads:
                self._load(load, number, start)
        except Conflict:
            self.undo(mark)
            raise
        for piece in (*fixed, *(load.pieces[0] for load in head.loads)):
            piece.values["plane"] = number

    # Weights ----------------------------------------------------------------------------------
    def _load(self, load: Load, plane: int, start: int) -> None:
        """What brings a tile, as late as can be. Raises Conflict, and takes nothing."""
        problem: Conflict | None = None
        early = 0
        while True:
            load.begin(early)
            try:
                self._bring(load, plane, start)
                return
            except Conflict as conflict:
                problem = problem or conflict
                early += conflict.earlier
            missing = self.first - (load.first + load.early - early + start)
            if missing > 0 or load.pieces[0].time + load.early - early < load.since:
                problem.later = min(problem.later, missing) if missing > 0 else problem.later
                raise problem

    def _bring(self, load: Load, plane: int, start: int) -> None:
        """What brings a tile, in its time: the bursts of another product that reads the same weights, or its own."""
        mark = len(self.log)
        head, *reads = load.pieces
        try:
            self._choose(head, [(plane, _of_plane(head, plane, start))], UNIT, "")
            for piece in reads:
                piece.twin = self._twin(piece, start)
            own = [piece for piece in reads if piece.twin is None]
            for piece in own:
                self._unit(piece, start)
                self._bank(piece, start)
            for piece in own:
                self._stream(piece, start)
        except Conflict:
            self.undo(mark)
            raise

    def _twin(self, piece: Piece, start: int) -> Piece | None:
        """The burst that reads the same weights in the same cycle for another plane beside."""
        assert piece.result is not None
        cycle = piece.time + start
        name = f"{cycle} {piece.result.west} {tuple(piece.values.values())}"
        if name in self.taken and self.taken[name].items:
            twin = next(iter(self.taken[name])).holder
            assert twin.result is not None
            piece.result.number = twin.result.number
            return twin
        self._claim([(name, Taken(cycle, cycle + piece.span, piece))])
        return None

    def _units(self, piece: Piece, start: int) -> Iterator[tuple[int, Wanted]]:
        begin = piece.time + start
        taken = Taken(begin, begin + piece.held, piece)
        for number in self._instances(piece):
            values = {**piece.values, "u": number} if "u" in piece.values else piece.values
            wanted = [(unit, taken) for unit in claims_of(piece, values)]
            if piece.result is not None and piece.result.west is None:
                landing = begin + piece.latency
                end = max(landing + piece.span, piece.result.until + start)
                wanted.append((f"v{number}", Taken(landing, end, piece)))
            yield number, wanted

    def _instances(self, piece: Piece) -> list[int]:
        pin = piece.node.op.unit_pin if piece.own else ANYWHERE
        if piece.result is not None and piece.result.west is None and piece.result.pin != ANYWHERE:
            pin = piece.result.pin - V_REGISTERS
        if pin != ANYWHERE:
            return [pin]
        count = self.spec.vxm_alus if piece.row.units.where == VXM else piece.row.instances
        return list(range(min(count, piece.row.instances)))

    def _map(self, head: Piece, start: int) -> None:
        """A map register of a switch from when a map is in it until nothing uses it any more."""
        if MAP not in head.values or not head.team:
            return
        begin, end = head.time + head.latency, max(piece.time + piece.span for piece in head.team)
        taken = Taken(begin + start, end + start, head)
        numbers = range(LOAD_MAP.format.field(MAP).high + 1)
        choices = ((number, [(f"map {head.position} {number}", taken)]) for number in numbers)
        number = self._choose(head, choices, REGISTER, "map registers")
        for piece in (head, *head.team):
            piece.values[MAP] = number

    # Banks ------------------------------------------------------------------------------------
    def _bank(self, piece: Piece, start: int) -> None:
        rows = piece.rows
        begin = piece.time + start
        wanted: Wanted = []
        if piece.row.memory and not piece.row.tensor:
            taken = Taken(begin, begin + 1, piece)
            wanted += [(self.spec.bank_name(bank), taken) for bank in self._banks_of_words(piece)]
            self._choose(piece, [(0, wanted)], BANK, "")
        if rows is None:
            return
        for bank, mask in banks_of(rows, piece.spacing, self.spec.rows).items():
            end = begin + mask.bit_length()
            taken = Taken(begin, end, piece, mask=SOLID if mask == pulses(end - begin, 1) else mask)
            for number in range(rows.first, rows.first + rows.width):
                wanted.append((f"{slice_name(number)}.{bank}", taken))
        self._choose(piece, [(0, wanted)], BANK, "")

    def _banks_of_words(self, piece: Piece) -> Iterable[int]:
        """The banks that a scalar op may access: those of its symbol, or any."""
        access = piece.op.access if piece.op is not None else None
        return sorted(access.banks) if access is not None and access.banks else range(self.spec.total_banks)

    # Streams ----------------------------------------------------------------------------------
    def _stream(self, piece: Piece, start: int) -> None:
        channel = piece.result
        if channel is None or piece.plane or piece.follows:
            return
        if channel.west is None:
            channel.number = V_REGISTERS + piece.values["u"]
            return
        if channel.beside:
            self._side_by_side(piece, channel, start)
            return
        way = "westward" if channel.west else "eastward"
        channel.number = self._choose(piece, self._groups(piece, channel, start), STREAM, f"{way} groups of streams")

    def _side_by_side(self, piece: Piece, channel: Channel, start: int) -> None:
        """Streams for several groups that belong together, when the first of them comes."""
        if channel is not channel.beside[0]:
            return
        size = channel.width * len(channel.beside)
        way = "westward" if channel.west else "eastward"
        number = self._choose(piece, self._together(piece, channel, start), STREAM, f"{way} groups of {size} streams")
        for place, each in enumerate(channel.beside):
            each.number = number + place * channel.width

    def _together(self, piece: Piece, channel: Channel, start: int) -> Iterator[tuple[int, Wanted]]:
        size = channel.width * len(channel.beside)
        base = WEST_FLOW if channel.west else 0
        for number in range(base, base + self.spec.streams - size + 1, size):
            wanted: Wanted = []
            for place, each in enumerate(channel.beside):
                first = number + place * each.width
                taken = self._rectangle(piece, each, start)
                wanted += [(_stream_name(stream), taken) for stream in range(first, first + each.width)]
            yield number, wanted

    def _groups(self, piece: Piece, channel: Channel, start: int) -> Iterator[tuple[int, Wanted]]:
        """Each group of streams with what the burst takes of it."""
        taken = self._rectangle(piece, channel, start)
        base = WEST_FLOW if channel.west else 0
        numbers = range(base, base + self.spec.streams - channel.width + 1, channel.width)
        for number in numbers if channel.pin == ANYWHERE else [channel.pin]:
            yield number, [(_stream_name(each), taken) for each in range(number, number + channel.width)]

    def _rectangle(self, piece: Piece, channel: Channel, start: int) -> Taken:
        """The diagonals and positions that a burst takes of its streams."""
        near = along(self.spec, channel.west, channel.start)
        line = channel.ready + start - near
        far = along(self.spec, channel.west, channel.reach)
        mask = pulses(channel.count, channel.spacing) if channel.spacing > 1 else SOLID
        end = line + (channel.count - 1) * channel.spacing + 1
        return Taken(line, end, piece, near, max(far, near + 1), mask)


def along(spec: MachineSpec, west: bool | None, position: int) -> int:
    """How far a position is from where streams of a direction begin."""
    return spec.positions - 1 - position if west else position


def _of_plane(piece: Piece, number: int, start: int) -> Wanted:
    """What a burst takes of a plane, or of the pair that begins with it."""
    begin = piece.time + start
    units = claims_of(piece, {**piece.values, "plane": number})
    kept = [
        (f"P{plane}.{keep.what}", Taken(keep.since + start, keep.until + start, piece))
        for keep in piece.keeps
        for plane in range(number, number + piece.row.claims)
    ]
    return [(unit, Taken(begin, begin + piece.held, piece)) for unit in units] + kept


def claims_of(piece: Piece, values: dict[str, int]) -> list[str]:
    """The units that a burst with these fields holds."""
    return _names_of_units(piece.row, values.get(piece.row.units.where, 0), values.get("u", 0))


@cache
def _names_of_units(row: Row, place: int, instance: int) -> list[str]:
    """The units that an op holds at a place of its class's floorplan, from an instance on."""
    values = [place if name == row.units.where else instance if name == "u" else 0 for name in row.format.names]
    return [UNIT_NAMES[unit] for unit in Op(row, tuple(values)).claims]


def _what(piece: Piece) -> str:
    """The units that an op may run on: vector ALUs, or those of a switch by what they do."""
    what = piece.row.units.what.partition(",")[0]
    return what if piece.row.units.where == VXM else f"units to {what}"


def _stream_name(number: int) -> str:
    return f"{'sw' if number >= WEST_FLOW else 'se'}{number % WEST_FLOW}"


def banks_of(rows: Rows, spacing: int, bank_rows: int) -> dict[int, int]:
    """For each bank of a slice the cycles in which it is accessed, a bit each; all when it is not known which."""
    banks = range(rows.low // bank_rows, rows.high // bank_rows + 1)
    if not rows.order or len(banks) == 1:
        return dict.fromkeys(banks, pulses(rows.count, spacing))
    found: dict[int, int] = dict.fromkeys(banks, 0)
    for element, row in enumerate(rows.order):
        found[row // bank_rows] |= 1 << element * spacing
    return {bank: mask for bank, mask in found.items() if mask}
