"""How a value gets from where it is made to all who take it, each at its place in its cycle.

On a stream a value passes every place downstream once. At the vector unit it can be taken from the stream, wait in v
registers (moves of up to 16 cycles each) and be sent on either way; a switch can send it back (`shift` by nothing).
"""

from __future__ import annotations

from asm.operands.slot import form_of
from asm.streams.burst import Channel, Piece
from asm.streams.graph import ANYWHERE, MAP, Node, Value
from isa.diagnostics import Diagnostic, Note, Place
from isa.machine import EAST, WEST, MachineSpec
from isa.places import flows_west, is_stream, is_v, place_name
from isa.row import Row
from isa.table import MNEMONICS

BYTE_BITS = 8
MOVES = {width: MNEMONICS[f"vmov.u{width * BYTE_BITS}"][0] for width in (1, 2, 4)}
TURNS = {width: MNEMONICS["shift.up" + (f".{width}" if width > 1 else "")][0] for width in (1, 2, 4)}
MOVE, TURN = MOVES[1].latency, TURNS[1].latency
LONGEST = MOVE + MOVES[1].format.field("delay").high  # cycles that one move bridges
TURN_COST = 0.5  # of a move, which takes a vector ALU: a switch is seldom short of units


class Unfit(Exception):
    """A graph that has no schedule: code, sentence, place and help of the message."""

    def __init__(self, code: str, message: str, place: Place, notes: tuple[Note, ...] = (), help: str = "") -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, place, notes, help)


class Plan:
    """A body with a cycle for each node: `time`; and where each stands: `position`.

    `outward` are values that a load sends away from the vector unit.
    """

    def __init__(self, spec: MachineSpec, position: dict[Node, int], outward: frozenset[Value]) -> None:
        self.spec = spec
        self.centre = spec.vxm_position
        self.position = position
        self.outward = outward
        self.straight: set[Value] = set()  # those that no switch sends back
        self.time: dict[Node, int] = {}
        self.first: dict[Node, int] = {}  # cycles before which some nodes may not begin
        self.last: dict[Node, int] = {}  # cycles after which some may not

    def ready(self, value: Value) -> int:
        return self.time[value.maker] + value.maker.latency

    def is_held(self, value: Value) -> bool:
        """Whether its name says that it goes to a v register."""
        return is_v(value.pin)

    def goes_west(self, value: Value) -> bool:
        """Which way a value goes that is not made at the vector unit."""
        return (self.position[value.maker] > self.centre) != (value in self.outward)

    def passes(self, value: Value, where: int) -> bool:
        """Whether the stream that a value is made on comes by a place."""
        start = self.position[value.maker]
        return where != start and (where < start) == self.goes_west(value)

    def switch(self, value: Value) -> int:
        """The switch behind the place where a value is made."""
        return self.spec.sxm_position(WEST if self.position[value.maker] < self.centre else EAST)

    def at_centre(self, value: Value) -> int:
        """The first cycle in which a value can be taken at the vector unit."""
        start, ready = self.position[value.maker], self.ready(value)
        if start == self.centre:
            return ready
        if value not in self.outward:
            return ready + abs(self.centre - start)
        turn = self.switch(value)
        return ready + abs(turn - start) + TURN + abs(self.centre - turn)

    def earliest(self, value: Value, where: int) -> int:
        """The first cycle in which a value can be taken at a place."""
        start = self.position[value.maker]
        if start == self.centre:
            sent = MOVE if self.is_held(value) and where != start else 0
            return self.ready(value) + sent + abs(where - start)
        if self.passes(value, where):
            return self.ready(value) + abs(where - start)
        centre = self.at_centre(value)
        return centre if where == self.centre else centre + MOVE + abs(where - self.centre)

    def again(self, value: Value, user: tuple[Node, str]) -> int:
        """The first cycle in which a user may begin so far as a value goes that has passed it on its way to the vector
        unit, and comes again from there."""
        node, field = user
        return self.at_centre(value) + MOVE + abs(self.position[node] - self.centre) + node.lead(field)

    def taken(self, value: Value, user: tuple[Node, str]) -> int:
        """The cycle in which a user takes a value; what stays where it is taken is there as soon as it can be."""
        node, field = user
        if node.stays(field):
            return self.earliest(value, self.position[node])
        return self.time[node] - node.lead(field)


class Route:
    """The way of one value: `outputs` are what its maker makes (computed twice to go two ways), `pieces` the moves.

    `supplies` say which channel each user takes. `cost` counts vector ALUs beyond the first output.
    """

    def __init__(self, plan: Plan, value: Value) -> None:
        self.plan = plan
        self.value = value
        self.outputs: list[Channel] = []
        self.pieces: list[Piece] = []
        self.supplies: dict[tuple[Node, str], Channel] = {}
        self.taps: list[tuple[int, Channel]] = []  # what can be taken at the vector unit, and when
        self.turns: list[tuple[int, int]] = []  # what a switch could bring there, and the switch
        self.missed: list[tuple[Node, str]] = []  # who wants it where it has passed, before it can be there again
        self.unmade = 0  # moves that would only be too many
        self._build()

    @property
    def cost(self) -> float:
        if self.missed:
            return float("inf")
        extra = sum(TURN_COST if piece.is_turn else 1 for piece in self.pieces) + self.unmade
        return extra + max(0, len(self.outputs) - 1)

    def _build(self) -> None:
        plan, users = self.plan, self.value.users
        late: list[tuple[int, bool | None, tuple[Node, str]]] = []
        if plan.position[self.value.maker] != plan.centre:
            self._output(plan.goes_west(self.value))
        staying = [(node, field) for node, field in users if field != MAP and node.stays(field)]
        for user in users:
            if user in staying:
                continue
            where, when = plan.position[user[0]], plan.taken(self.value, user)
            channel = self._direct(where, when)
            if channel is not None:
                self._supply(user, channel, where)
            else:
                west = None if where == plan.centre else where < plan.centre
                late.append((when - abs(where - plan.centre), west, user))
        if late or staying:
            self._note_taps()
        self._stay(staying)
        for when, west, user in sorted(late, key=lambda each: (each[0], each[1] is not None)):
            if not self._is_there(when if west is None else when - MOVE):
                self.missed.append(user)
                continue
            channel = self._tap(when) if west is None else self._sent(when, west)
            self._supply(user, channel, plan.position[user[0]])
        self._pin()

    def _stay(self, users: list[tuple[Node, str]]) -> None:
        """Put one vector that goes with many into a v register, until the last has taken it."""
        made_here = self.plan.position[self.value.maker] == self.plan.centre
        for node, field in users:
            channel = self._tap(self.plan.at_centre(self.value) + (0 if made_here else MOVE))
            channel.until = max(channel.until, self.plan.time[node] + node.span)
            self._supply((node, field), channel, self.plan.centre)

    def _pin(self) -> None:
        """Put the value where its name says. Raises Unfit when it does not go there."""
        pin = self.value.pin
        if pin == ANYWHERE:
            return
        way = flows_west(pin) if is_stream(pin) else None
        channel = next((channel for channel in self.outputs if channel.west is way), None)
        if channel is None:
            raise Unfit(
                "E-STREAM",
                f"nothing takes this value from {place_name(pin)}",
                self.value.place,
                help="write `%name` in its place, and the assembler chooses where it goes",
            )
        channel.pin = pin

    def _supply(self, user: tuple[Node, str], channel: Channel, where: int) -> None:
        channel.take(where)
        self.supplies[user] = channel

    def _output(self, west: bool | None) -> Channel:
        """What the maker makes for a way: a stream, or its v register."""
        known = next((channel for channel in self.outputs if channel.west is west), None)
        if known is None:
            known = self._channel(self.plan.ready(self.value), self.plan.position[self.value.maker], west)
            self.outputs.append(known)
        return known

    def _channel(self, ready: int, start: int, west: bool | None) -> Channel:
        value = self.value
        return Channel(value.width, value.count, value.maker.spacing, ready, start, west, value.name)

    def _direct(self, where: int, when: int) -> Channel | None:
        """What the maker makes, when it is at a place in just that cycle."""
        plan, value = self.plan, self.value
        start = plan.position[value.maker]
        if when != plan.ready(value) + abs(where - start):
            return None
        if start == plan.centre:
            return None if where == start or plan.is_held(value) else self._output(where < start)
        return self.outputs[0] if plan.passes(value, where) else None

    # At the vector unit -----------------------------------------------------------------------
    def _note_taps(self) -> None:
        plan, value = self.plan, self.value
        if plan.position[value.maker] == plan.centre:
            self.taps = []
        elif value not in plan.outward:
            self.taps = [(plan.at_centre(value), self.outputs[0])]
        for channel in self.outputs if value not in plan.straight else ():
            if channel.west is not None and self._end_switch(channel) != channel.start:
                turn = self._end_switch(channel)
                self.turns.append((channel.at(turn) + TURN + abs(plan.centre - turn), turn))

    def _end_switch(self, channel: Channel) -> int:
        return self.plan.spec.sxm_position(WEST if channel.west else EAST)

    def _is_there(self, when: int) -> bool:
        """Whether the value has been at the vector unit by a cycle."""
        return self.plan.at_centre(self.value) <= when

    def _tap(self, when: int) -> Channel:
        """The value at the vector unit in a cycle."""
        time, channel = self._best(when)
        time = self._hopeless(time, when)
        while time < when:
            step = min(LONGEST, when - time)
            channel = self._move(channel, time, step, None)
            time += step
        return channel

    def _sent(self, when: int, west: bool) -> Channel:
        """The value on a stream that leaves the vector unit in a cycle."""
        known = [piece.result for piece in self.pieces if piece.result is not None]
        for channel in known:
            if (channel.west, channel.ready, channel.start) == (west, when, self.plan.centre):
                return channel
        time, channel = self._best(when - MOVE)
        time = self._hopeless(time, when)
        while when - time > LONGEST:
            channel = self._move(channel, time, LONGEST, None)
            time += LONGEST
        return self._move(channel, time, when - time, west)

    def _hopeless(self, time: int, when: int) -> int:
        """When to begin to wait: of a wait that takes more ALUs at once than there are, only so much is made."""
        most = LONGEST * (self.plan.spec.vxm_alus + 1)
        if min(when - time, self.value.count * self.value.maker.spacing) <= most:
            return time
        self.unmade += _moves(when - time - most)
        return when - most

    def _best(self, when: int) -> tuple[int, Channel]:
        """Where to wait from: the tap, or the turn, that needs the fewest moves until a cycle."""
        known = [(_moves(when - time), -time, channel) for time, channel in self.taps if time <= when]
        turned = [(_moves(when - time) + TURN_COST, -time, turn) for time, turn in self.turns if time <= when]
        fresh = self._fresh(when)
        best = min([cost for cost, *_ in (*known, *turned)] + [fresh])
        if best == fresh:
            tap = (self.plan.ready(self.value), self._output(None))
        elif known and min(known)[0] == best:
            _, time, channel = min(known, key=lambda each: each[:2])
            return -time, channel
        else:
            _, time, turn = min(turned)
            self.turns.remove((-time, turn))
            tap = (-time, self._turned(-time, turn))
        self.taps.append(tap)
        return tap

    def _fresh(self, when: int) -> float:
        """The ALUs it takes to wait from the v register of the maker, when it does not write it yet."""
        made_here = self.plan.position[self.value.maker] == self.plan.centre
        if not made_here or any(channel.west is None for channel in self.outputs):
            return float("inf")
        return _moves(when - self.plan.ready(self.value)) + bool(self.outputs)

    def _move(self, channel: Channel, time: int, step: int, west: bool | None) -> Channel:
        result = self._channel(time + step, self.plan.centre, west)
        values = {"delay": step - MOVE}
        self._add(MOVES[self.value.width], values, time, self.plan.centre, step, channel, result)
        if west is None:
            self.taps.append((time + step, result))
        return result

    def _turned(self, when: int, turn: int) -> Channel:
        """The stream that a switch sends back, at the vector unit in a cycle."""
        ready = when - abs(self.plan.centre - turn)
        west = turn > self.plan.centre
        source = next(channel for channel in self.outputs if channel.west is (not west))
        result = self._channel(ready, turn, west)
        values = {"amount": 0, "hemi": EAST if west else WEST}
        self._add(TURNS[self.value.width], values, ready - TURN, turn, TURN, source, result)
        return result

    def _add(
        self, row: Row, values: dict[str, int], time: int, position: int, latency: int, source: Channel, result: Channel
    ) -> None:
        source.take(position)
        field_ = next(operand.fields[0] for operand in row.operands if operand.role == "r")
        count, spacing = self.value.count, self.value.maker.spacing
        values = dict(zip(row.format.names, form_of(row).blank, strict=True)) | values | {"n": count, "d": spacing}
        piece = Piece(self.value.maker, row, values, time, position, latency, count, spacing, result, own=False)
        piece.sources[field_] = source
        self.pieces.append(piece)


def _moves(gap: int) -> int:
    """How many moves bridge some cycles."""
    return -(-gap // LONGEST)
