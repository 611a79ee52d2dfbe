"""Statistics as text: how a run ended, how busy units were, which values were lost, where the cycles went."""

from __future__ import annotations

from collections.abc import Iterator

from isa.machine import MachineSpec
from isa.places import place_name
from isa.units import CLASSES, HEMISPHERE_SLICES, UNIT_NAMES
from vm.stats import Stats, UnitStats

BAR_WIDTH = 40
BUSIEST_LINES = 20


def summary(ending: str, stats: Stats, spec: MachineSpec) -> str:
    """One sentence on how a run ended and what it took."""
    time = duration(stats.cycles / spec.clock_mhz)
    took = f"{counted(stats.cycles, 'cycle')} ({time} at {spec.clock_mhz} MHz)"
    return f"{ending} after {took}: {counted(stats.bundles, 'bundle')}, {counted(stats.ops, 'op')}"


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def duration(microseconds: float) -> str:
    """A time with three digits in a unit that suits it."""
    if microseconds < 1:
        return f"{microseconds * 1e3:.3g} ns"
    if microseconds < 1e3:
        return f"{microseconds:.3g} us"
    return f"{microseconds / 1e3:.3g} ms" if microseconds < 1e6 else f"{microseconds / 1e6:,.1f} s"


def unit_bars(stats: Stats) -> Iterator[str]:
    """How busy each unit was, as a fraction of all cycles; elements where ops are bursts of them."""
    bursts = any(use.elements for use in stats.units.values())
    units = dict(alike(stats.units))
    width = max([4, *map(len, units)])
    yield f"{'unit':<{width}}{'ops':>11}{'elements':>13}  busy" if bursts else f"{'unit':<{width}}{'ops':>11}  busy"
    for unit, use in units.items():
        fraction = use.busy / stats.cycles if stats.cycles else 0.0
        bar = "#" * round(fraction * BAR_WIDTH)
        elements = f"{use.elements:>13,}" if bursts else ""
        yield f"{unit:<{width}}{use.ops:>11,}{elements}  {100 * fraction:5.1f} % |{bar:<{BAR_WIDTH}}|"


def alike(units: dict[str, UnitStats]) -> Iterator[tuple[str, UnitStats]]:
    """Units and their use; ports of slices side by side that did the same are one, `mw0.rp..mw3.rp`."""
    runs: list[list[str]] = []
    for name in units:
        if runs and units[runs[-1][-1]] == units[name] and are_adjacent_ports(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    for run in runs:
        yield run[0] if len(run) == 1 else f"{run[0]}..{run[-1]}", units[run[0]]


def are_adjacent_ports(unit: str, other: str) -> bool:
    """Whether two units are the read ports, or the write ports, of slices side by side in one hemisphere."""
    ports = range(CLASSES["RP"].first, CLASSES["V"].first)
    number = UNIT_NAMES.index(unit)
    adjacent = number in ports and UNIT_NAMES.index(other) == number + 1
    return adjacent and (number + 1 - ports.start) % HEMISPHERE_SLICES > 0


def lost_values(stats: Stats) -> Iterator[str]:
    """The values that nobody sampled, a line for each op and stream."""
    for entry in stats.lost:
        where = place_name(entry.stream) if entry.stream >= 0 else "an exit"
        file = f" at {entry.line[0]}:{entry.line[1]}" if entry.line else ""
        yield f"lost: {counted(entry.losses, 'value')} on {where}, made by {entry.unit}{file}"


def busiest_lines(stats: Stats, texts: dict[tuple[str, int], str]) -> Iterator[str]:
    """The source lines most cycles were spent on, in the order of the file."""
    ranked = sorted(stats.lines, key=lambda place: (-stats.lines[place].cycles, place))[:BUSIEST_LINES]
    yield "    cycles         ops  line"
    for place in sorted(ranked):
        line = stats.lines[place]
        text = texts.get(place, "").strip()
        yield f"{line.cycles:>10,}  {line.ops:>10,}  {place[0]}:{place[1]}  {text}".rstrip()
    if len(stats.lines) > len(ranked):
        yield f"and {len(stats.lines) - len(ranked)} lines more"
