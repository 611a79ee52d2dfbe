"""`why cycle`: what a run spent its cycles on: bundles, waits, dead cycles of jumps, what outlasted the last bundle.

Waits and dead cycles belong to the line of the op that waits or jumps, other cycles to that of the bundle's first op.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from debugger.why.cause import Cause, summed_up
from debugger.why.replay import Replay
from debugger.why.words import op_name, place_of, plural
from isa.codec import decode_bundle
from isa.records import dataclass, field
from vm.engine import State
from vm.flow import cycles_after
from vm.items import Burst
from vm.stats import bundle_cycles, decoded_bundle
from vm.stops import Stops

ISSUE, WAIT, DEAD = "issue", "wait", "dead"
CONDITIONAL = ("branch", "loop")  # control that may go on with the next bundle
JUMP_CYCLES = 3  # that a jump takes at most
MOST_JUMPS = 100_000  # conditional jumps that are replayed one by one


@dataclass
class Spent:
    """Cycles by the address of the bundle that they belong to; `ended` is when fetching did, None while it goes on.

    `dead` counts those of jumps, `unknown` those of conditional jumps too many to tell apart.
    """

    total: int
    bundles: Counter[int] = field(default_factory=Counter)
    waits: Counter[int] = field(default_factory=Counter)
    dead: Counter[int] = field(default_factory=Counter)
    unknown: int = 0
    ended: int | None = None


def cause_of_cycles(replay: Replay) -> Cause:
    """Why the cycle count is what it is now."""
    with replay.visit():
        spent = _spent(replay)
    after = 0 if spent.ended is None else spent.total - spent.ended
    parts = [
        (sum(spent.bundles.values()), "issue bundles", partial(_by_line, replay, spent.bundles, ISSUE)),
        (sum(spent.waits.values()), "wait, as `nop` says", partial(_by_line, replay, spent.waits, WAIT)),
        (sum(spent.dead.values()), "are dead cycles of jumps", partial(_by_line, replay, spent.dead, DEAD)),
        (spent.unknown, "are dead cycles of conditional jumps, too many to tell apart", None),
        (after, "follow the last bundle, until all had landed", partial(_outlasting, replay, spent.ended or 0)),
    ]
    text = f"cycle {spent.total}: " + "; ".join(f"{count} {what}" for count, what, _ in parts if count)
    children = [
        Cause(f"{_cycles(count, spent.total)} {what}", "cycles", spent.total, value=str(count), unfold=unfold)
        for count, what, unfold in sorted(parts, key=lambda part: -part[0])
        if count
    ]
    return Cause(text, "cycles", spent.total, value=str(spent.total), unfold=lambda: children)


def _cycles(count: int, total: int) -> str:
    return f"{plural(count, 'cycle')} ({100 * count / max(total, 1):.1f} %)"


# Counting -------------------------------------------------------------------------------------
def _spent(replay: Replay) -> Spent:
    state = replay.machine.state
    counts = replay.machine.engine.issue_counts()
    spent = Spent(state.cycle, ended=_end_of_fetching(replay, state))
    conditional: dict[int, int] = {}
    for address, count in counts.items():
        bundle = decoded_bundle(replay.image, address)
        beyond = (bundle_cycles(bundle) - 1) * count
        waits = any(op.row.control == "nop" for op in bundle)
        (spent.waits if waits else spent.dead)[address] += beyond
        spent.bundles[address] += count
        if any(op.row.control in CONDITIONAL for op in bundle):
            conditional[address] = count
    _cut_short(replay, spent, state)
    until = spent.total if spent.ended is None else spent.ended
    left = until - sum(map(sum, (each.values() for each in (spent.bundles, spent.waits, spent.dead))))
    _share_out(replay, spent, conditional, left)
    return spent


def _end_of_fetching(replay: Replay, state: State) -> int | None:
    """The first cycle in which nothing is fetched any more: nearest to the present, by doubling and halving."""
    if not state.fetch_ended:
        return None
    low, high, step = state.cycle, state.cycle, 1
    while low > replay.history.start and replay.state(low).fetch_ended:
        low, high, step = max(replay.history.start, low - step), low, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if replay.state(middle).fetch_ended else (middle, high)
    return high


def _cut_short(replay: Replay, spent: Spent, state: State) -> None:
    """The bundle that issued last may have more cycles to wait than have gone by."""
    ahead = 0 if state.fetch_ended else state.next_fetch - state.cycle
    if ahead <= 0:
        return
    last = _last_issued(replay, spent, state.cycle)
    for each in (spent.waits, spent.dead):
        each[last] -= min(ahead, each[last])


def _last_issued(replay: Replay, spent: Spent, cycle: int) -> int:
    """The address of the bundle that issued last before a cycle in which we wait."""
    longest = max([1, *(bundle_cycles(decoded_bundle(replay.image, address)) for address in spent.bundles)])
    low = max(replay.history.start - 1, cycle - longest - JUMP_CYCLES)
    seen = replay.ahead(Stops(frozenset(spent.bundles)), low, cycle)
    return [stop.pc for stop in seen.stops if stop.cycle < cycle][-1]


def _share_out(replay: Replay, spent: Spent, conditional: dict[int, int], left: int) -> None:
    """The dead cycles of conditional jumps belong to those that were taken."""
    if left <= 0 or not conditional:
        spent.unknown = max(left, 0)
    elif len(conditional) == 1:
        spent.dead[next(iter(conditional))] += left
    elif sum(conditional.values()) > MOST_JUMPS:
        spent.unknown = left
    else:
        _replay_jumps(replay, spent, conditional)


def _replay_jumps(replay: Replay, spent: Spent, conditional: dict[int, int]) -> None:
    """A jump was not taken where the bundle behind it was fetched in the next cycle, or fetching ended there."""
    length, until = len(replay.image.text), spent.total if spent.ended is None else spent.ended
    behind = {address: decode_bundle(replay.image.text, address)[1] for address in conditional}
    wanted = Stops(frozenset({*conditional, *behind.values()} - {length}))
    seen = replay.ahead(wanted, replay.history.start - 1, spent.total, 2 * MOST_JUMPS)
    fetched = {(stop.pc, stop.cycle) for stop in seen.stops} | {(length, until)}
    for address, cycle in sorted(fetched):
        if address in conditional and (behind[address], cycle + 1) not in fetched:
            taken = max(op.row.taken_latency for op in decoded_bundle(replay.image, address))
            spent.dead[address] += max(0, min(taken - 1, until - cycle - 1))


# In words -------------------------------------------------------------------------------------
def _by_line(replay: Replay, spent: Counter[int], what: str) -> list[Cause]:
    """The lines that cycles went into, the most first."""
    lines: dict[tuple[str, int], Counter[int]] = {}
    for address, count in spent.items():
        place = place_of(replay, address, _slot(replay, address, what))
        lines.setdefault((place.file, place.line) if place else ("", address), Counter())[address] += count
    total = replay.history.cycle
    ordered = sorted(lines.items(), key=lambda each: (-sum(each[1].values()), each[0]))
    ordered = [each for each in ordered if sum(each[1].values())]
    return summed_up(ordered, partial(_line, replay, total, what), lambda rest: f"{len(rest)} more lines")


def _line(replay: Replay, total: int, what: str, entry: tuple[tuple[str, int], Counter[int]]) -> Cause:
    _, addresses = entry
    count, address = sum(addresses.values()), max(addresses, key=lambda each: (addresses[each], -each))
    slot = _slot(replay, address, what)
    ops = decoded_bundle(replay.image, address)
    names = [op_name(replay, op) for op in (ops if what == ISSUE else ops[slot : slot + 1])]
    text = f"{_cycles(count, total)}: {' '.join(names[:2])}{' ...' if len(names) > 2 else ''}"
    return Cause(text, "cycles", total, address, slot, place_of(replay, address, slot), str(count))


def _slot(replay: Replay, address: int, what: str) -> int:
    """The op of a bundle that makes it take more than its own cycle; else the first."""
    ops = decoded_bundle(replay.image, address)
    return 0 if what == ISSUE else next((slot for slot, op in enumerate(ops) if op.row.control), 0)


def _outlasting(replay: Replay, ended: int) -> list[Cause]:
    """What was under way when fetching had ended, the longest first."""
    state = replay.state(ended)
    found = [*_bursts(replay, state), *_landings(replay, state)]
    ordered = sorted(found, key=lambda each: (-each[0], each[1].pc, each[1].slot))
    settled = Cause(f"all results had landed in cycle {state.settled}", "cycles", state.settled)
    return [cause for _, cause in ordered] or [settled]


def _bursts(replay: Replay, state: State) -> Iterator[tuple[int, Cause]]:
    for item in state.tensor:
        op = replay.op(item.pc, item.slot) if isinstance(item, Burst) else None
        if op and isinstance(item, Burst):
            last = item.started + cycles_after(op, 0)
            text = f"{op_name(replay, op)} issues its last element in cycle {last}, which lands in {last + op.latency}"
            place = place_of(replay, item.pc, item.slot)
            yield last + op.latency, Cause(text, "op", item.started, item.pc, item.slot, place, str(last + op.latency))


def _landings(replay: Replay, state: State) -> Iterator[tuple[int, Cause]]:
    for write in state.in_flight:
        op = replay.op(write.pc, write.slot)
        if op:
            text = f"{op_name(replay, op)} lands in cycle {write.landing}"
            place = place_of(replay, write.pc, write.slot)
            yield write.landing, Cause(text, "op", write.issued, write.pc, write.slot, place, str(write.landing))
