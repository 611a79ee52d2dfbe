"""Units that a burst still holds when another op needs them (docs/machine.md, section 13)."""

from __future__ import annotations

from collections.abc import Iterator

from asm.check.bursts import cycles
from asm.check.stretch import Stretch, Timed
from isa.diagnostics import Diagnostic, Note
from isa.units import UNIT_NAMES


def check_units(stretch: Stretch) -> Iterator[Diagnostic]:
    """E-UNIT-BUSY, once for each op that finds one of its units taken."""
    holders: dict[int, Timed] = {}
    for timed in stretch.ops:
        taken = [unit for unit in timed.burst.op.claims if unit in holders and _free(holders[unit]) > timed.cycle]
        if taken:
            yield _busy(timed, taken[0], holders[taken[0]])
        for unit in timed.burst.op.claims:
            if unit not in holders or _free(timed) > _free(holders[unit]):
                holders[unit] = timed


def _free(timed: Timed) -> int:
    """The first cycle in which the units of an op are free again."""
    return timed.cycle + timed.burst.held


def _busy(timed: Timed, unit: int, holder: Timed) -> Diagnostic:
    name, mnemonic, other = UNIT_NAMES[unit], timed.op.row.mnemonic, holder.op.row.mnemonic
    wait, until = _free(holder) - timed.cycle, _free(holder) - 1
    message = f"`{mnemonic}` needs {name} in cycle {timed.cycle}; `{other}` holds it until cycle {until}"
    if holder.cycle == timed.cycle:
        message = f"`{mnemonic}` needs {name}, which is taken in this bundle"
    note = Note(f"{name} runs `{other}` from cycle {holder.cycle} on", holder.op.place)
    help = f"issue `{mnemonic}` {cycles(wait)} later"
    return Diagnostic("E-UNIT-BUSY", message, timed.op.place, (note,), help, data={"first_free": _free(holder)})
