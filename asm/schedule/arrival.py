"""When one op can use what another made: the cycle in which a result is at the place of an op that samples it."""

from __future__ import annotations

from asm.check.bursts import EXITS, Burst, hops, name_of
from isa.places import STREAMS, flows_west, is_stream, place_name
from isa.records import NamedTuple
from isa.units import PLANE, SXM

# Classes of units of a plane that hand something on: the class it comes from, the class it goes to.
ON_A_PLANE = {("LW", "IW"), ("IW", "ABC"), ("ACC", "ACC")}


class Arrival(NamedTuple):
    """`what` can be used from `cycle` on, or only in that cycle when it is `passing`."""

    what: str
    cycle: int
    passing: bool = False


class Unreachable(Exception):
    """A result that never gets to the op that waits for it; the message is the sentence, `help` mends it."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def arrival(maker: Burst, issue: int, user: Burst) -> Arrival:
    """When what a burst issued in a cycle makes can be used by another. Raises Unreachable."""
    found = _on_stream(maker, issue, user) or _in_register(maker, issue, user) or _in_a_unit(maker, issue, user)
    if found is None:
        message = f"`{user.row.mnemonic}` uses nothing that `{maker.row.mnemonic}` makes"
        raise Unreachable(message, "count from an op whose result it samples, or write its cycle")
    return found


def _on_stream(maker: Burst, issue: int, user: Burst) -> Arrival | None:
    made = [stream for group in maker.results if is_stream(group.first) for stream in group.places]
    taken = {stream for group in user.samples for stream in group.places}
    stream = next((stream for stream in made if stream in taken), None)
    if stream is None:
        return None
    distance = hops(stream, maker.position, user.position)
    if distance <= 0:
        raise _against_the_flow(stream, maker, user, distance)
    return Arrival(place_name(stream), issue + maker.latency + distance, passing=True)


def _against_the_flow(stream: int, maker: Burst, user: Burst, distance: int) -> Unreachable:
    name = place_name(stream)
    if distance == 0:
        message = f"{name} leaves {maker.where}, where `{user.row.mnemonic}` is as well, and never comes back"
        return Unreachable(message, "only ops further along the stream can sample it")
    way, other = ("west", "se") if flows_west(stream) else ("east", "sw")
    message = f"{name} leaves {maker.where} flowing {way} and never reaches {user.where}"
    return Unreachable(message, f"put it on a stream that flows the other way: {other}{stream % STREAMS}")


def _in_register(maker: Burst, issue: int, user: Burst) -> Arrival | None:
    """A v register, where the next element of a burst soon overwrites a result, or an exit, where it stands a cycle."""
    made = {group.first for group in maker.results if not is_stream(group.first)}
    taken = made.intersection(group.first for group in user.samples)
    if not taken:
        return None
    place = min(taken)
    return Arrival(name_of(place), issue + maker.latency, passing=maker.count > 1 or place >= EXITS)


def _in_a_unit(maker: Burst, issue: int, user: Burst) -> Arrival | None:
    """What stays in a plane, a switch or a slice until it is used, complete after the last element."""
    here, there = maker.row.units, user.row.units
    done = issue + maker.last + maker.latency
    if here.where == there.where == PLANE and (here.name, there.name) in ON_A_PLANE and _share(maker, user, "plane"):
        return Arrival(f"plane {maker.fields['plane']}", issue + maker.last + 1)
    if here.where == there.where == SXM and "number" in maker.fields and not maker.results:
        same = [maker.fields[name] == user.fields.get(name) for name in ("hemi", "number")]
        return Arrival(f"map {maker.fields['number']}", done) if all(same) else None
    if maker.row.memory == "write" and user.row.memory == "read" and _share(maker, user, "slice"):
        return Arrival(maker.where, done)
    return None


def _share(maker: Burst, user: Burst, field: str) -> bool:
    """Whether the slices, or the planes, of two ops overlap."""
    first, second = maker.fields[field], user.fields[field]
    return first < second + user.row.claims and second < first + maker.row.claims
