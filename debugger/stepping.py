"""Steps by a cycle, a bundle, a line, a round of a loop, a loop or a kernel: where the next and the last one begin."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from debugger.running import Goal
from debugger.trouble import trouble
from isa.records import NamedTuple
from vm.engine import State
from vm.stops import Stops

if TYPE_CHECKING:
    from debugger.session import Session

UNITS = ("cycle", "bundle", "line", "round", "loop", "kernel")

Key = Callable[[int], object]


class Region(NamedTuple):
    """The body of a loop: addresses from `start` on and below `end`."""

    start: int
    end: int

    def __contains__(self, address: object) -> bool:
        return isinstance(address, int) and self.start <= address < self.end


# Forward ----------------------------------------------------------------------------------------
def ahead(session: Session, by: str) -> Goal:
    """Where one step forward leads. Raises SourceError for a unit there is not, or outside all loops."""
    if by == "cycle":
        return Goal(cycle=session.cycle + 1)
    if by == "bundle":
        return Goal(stops=Stops(every_bundle(session)))
    if by == "round":
        return Goal(stops=Stops(round_ends(session, region_around(session))))
    if by == "loop":
        region = region_around(session)
        return Goal(stops=Stops(round_ends(session, region) - {region.start}))
    key = key_of(session, by)
    return Goal(stops=Stops(bundles_unlike(session, key, key(session.pc))))


def every_bundle(session: Session) -> frozenset[int]:
    return frozenset(session.lines.starts)


def bundles_unlike(session: Session, key: Key, present: object) -> frozenset[int]:
    return frozenset(start for start in session.lines.starts if key(start) != present)


def key_of(session: Session, by: str) -> Key:
    """What bundles of one line, or of one kernel, have in common. Raises SourceError for another unit."""
    if by == "line":
        return session.line_of
    if by == "kernel":
        return session.lines.kernel_of
    raise trouble(f"there is no step by {by!r}", f"steps are by {', '.join(UNITS)}")


# Backward ---------------------------------------------------------------------------------------
def behind(session: Session, by: str) -> int:
    """The cycle that one step back leads to. Raises SourceError as `ahead` does."""
    now, start = session.cycle, session.history.start
    if by == "cycle":
        return max(start, now - 1)
    if by == "bundle":
        return last_at(session, every_bundle(session), now)
    if by == "round":
        return last_at(session, frozenset({region_around(session).start}), now)
    if by == "loop":
        region = region_around(session)
        return last_at(session, frozenset(start for start in session.lines.starts if start not in region), now)
    return entered(session, key_of(session, by), now)


def last_at(session: Session, addresses: frozenset[int], before: int) -> int:
    """The last cycle before one in which one of some bundles was about to issue; the first cycle if none was."""
    found = session.history.last(Stops(addresses), before)
    return found.cycle if found else session.history.start


def entered(session: Session, key: Key, now: int) -> int:
    """Where the last line (or kernel) was entered: the first of the last bundles that were of one."""
    history = session.history
    last = history.last(Stops(every_bundle(session)), now)
    if last is None:
        return history.start
    other = history.last(Stops(bundles_unlike(session, key, key(last.pc))), last.cycle)
    return first_after(session, other.cycle if other else history.start, key, key(last.pc))


def first_after(session: Session, cycle: int, key: Key, wanted: object) -> int:
    """The first cycle, from one on, in which a bundle of a line is about to issue; we stay where we are."""
    history, here = session.history, session.cycle
    history.goto(cycle)
    try:
        if is_fetching(session.state) and key(session.pc) == wanted:
            return cycle
        alike = frozenset(start for start in session.lines.starts if key(start) == wanted)
        history.run(here, Stops(alike))
        return session.cycle
    finally:
        history.return_to(here)


def is_fetching(state: State) -> bool:
    """Whether a bundle issues in this cycle."""
    return not state.fetch_ended and state.next_fetch <= state.cycle


# Loops ------------------------------------------------------------------------------------------
def region_around(session: Session) -> Region:
    """The innermost loop around the present bundle. Raises SourceError where there is none."""
    around = regions_around(session)
    if around:
        return min(around, key=lambda region: (region.end - region.start, region.start))
    raise trouble(f"no loop is around address {session.pc}", "`step`, `back` and `goto` know other steps")


def regions_around(session: Session) -> list[Region]:
    """The loops around the present bundle."""
    running = [Region(loop.start, loop.end) for loop in session.state.loops]
    return [region for region in (*running, *jumping_back(session)) if session.pc in region]


def jumping_back(session: Session) -> Iterator[Region]:
    """The loops that are made of a jump back."""
    starts = session.lines.starts
    for start, targets in session.lines.jumps.items():
        following = bisect_right(starts, start)
        end = starts[following] if following < len(starts) else len(session.image.text)
        yield from (Region(target, end) for target in targets if target <= start)


def round_ends(session: Session, region: Region) -> frozenset[int]:
    """Where a round of a loop ends: at its start, behind its end, and where jumps out of it lead."""
    targets = {target for start, found in session.lines.jumps.items() if start in region for target in found}
    ends = {region.start, region.end, *(target for target in targets if target not in region)}
    return frozenset(ends & set(session.lines.starts))
