"""Where blocks of several objects go: whole rows up or down in the bank they are in, groups as one."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence

from asm.link.unit import Unit, note
from isa.diagnostics import Diagnostic, Place
from isa.image import Block
from isa.machine import MachineSpec
from isa.records import NamedTuple


class Group(NamedTuple):
    """Blocks of one object that move together."""

    unit: Unit
    name: str
    blocks: list[Block]

    @property
    def fixed(self) -> bool:
        return any(block.fixed for block in self.blocks)

    @property
    def label(self) -> str:
        """What the source calls it, and in which file."""
        names = [symbol.name for symbol in self.unit.image.symbols if symbol.group == self.name]
        where = f" of {self.unit.image.name}" if self.unit.image.name else ""
        return f"`{names[0] if names else self.name}`{where}"

    @property
    def place(self) -> Place | None:
        return next((s.place for s in self.unit.image.symbols if s.group == self.name and s.place), None)


class Run(NamedTuple):
    """Words start to end, end excluded, of one bank, and whose they are."""

    start: int
    end: int
    owner: Group


class Banks:
    """Which words of every bank are taken."""

    def __init__(self, machine: MachineSpec) -> None:
        self.machine = machine
        self._runs: dict[int, list[Run]] = {}

    def run(self, block: Block, shift: int, owner: Group) -> Run:
        start = (block.row + shift) * self.machine.words_per_row + block.word
        return Run(start, start + block.words, owner)

    def conflict(self, bank: int, run: Run) -> Run | None:
        """A run already taken that overlaps `run`: the one that starts first."""
        runs = self._runs.get(bank, [])
        after = bisect_right(runs, run.start, key=_start)
        for other in runs[max(0, after - 1) : after + 1]:
            if other.start < run.end and run.start < other.end:
                return other
        return None

    def take(self, group: Group, shift: int) -> None:
        for block in group.blocks:
            self.take_run(block.bank, self.run(block, shift, group))

    def take_run(self, bank: int, run: Run) -> None:
        insort(self._runs.setdefault(bank, []), run, key=_start)

    def rows_to_clear(self, group: Group, shift: int) -> int:
        """How many more rows up the group must go at least to clear what it overlaps; 0 when it fits."""
        rows = 0
        for block in group.blocks:
            run = self.run(block, shift, group)
            other = self.conflict(block.bank, run)
            if other:
                rows = max(rows, -(-(other.end - run.start) // self.machine.words_per_row))
        return rows

    def find(self, group: Group) -> int | None:
        """The shift in rows that fits the group: none, else the least upward, else the lowest place."""
        width = self.machine.words_per_row
        lowest = -min(block.row for block in group.blocks)
        highest = min((self.machine.words_per_bank - self.run(block, 0, group).end) // width for block in group.blocks)
        for start in (0, lowest):
            shift = start
            while shift <= highest:
                rows = self.rows_to_clear(group, shift)
                if not rows:
                    return shift
                shift += rows
        return None

    def widest_gap(self, bank: int) -> int:
        """The most whole free rows in succession in a bank."""
        width = self.machine.words_per_row
        ends = [0, *(run.end for run in self._runs.get(bank, []))]
        starts = [*(run.start for run in self._runs.get(bank, [])), self.machine.words_per_bank]
        return max(start // width - -(-end // width) for end, start in zip(ends, starts, strict=True))


def _start(run: Run) -> int:
    return run.start


def place(units: Sequence[Unit]) -> list[Diagnostic]:
    """Choose every unit's `shifts` so that no two blocks overlap; returns what does not fit."""
    banks = Banks(units[0].image.machine)
    groups = [group for unit in units for group in _groups(unit)]
    diagnostics: list[Diagnostic] = []
    for group in sorted(groups, key=lambda group: not group.fixed):
        put = _place_fixed if group.fixed else _place_movable
        diagnostics += _with_itself(banks.machine, group) or put(banks, group)
    return diagnostics


def _groups(unit: Unit) -> Iterator[Group]:
    blocks: dict[str, list[Block]] = {}
    for block in unit.image.blocks:
        blocks.setdefault(block.group, []).append(block)
    return (Group(unit, name, members) for name, members in blocks.items())


def _with_itself(machine: MachineSpec, group: Group) -> list[Diagnostic]:
    """Blocks of one group that overlap, which no move can mend."""
    own = Banks(machine)
    for block in group.blocks:
        run = own.run(block, 0, group)
        other = own.conflict(block.bank, run)
        if other:
            return [_overlap(machine, block.bank, run, other)]
        own.take_run(block.bank, run)
    return []


def _place_fixed(banks: Banks, group: Group) -> list[Diagnostic]:
    diagnostics = []
    for block in group.blocks:
        run = banks.run(block, 0, group)
        other = banks.conflict(block.bank, run)
        if other:
            diagnostics.append(_overlap(banks.machine, block.bank, run, other))
        elif not 0 <= run.start < run.end <= banks.machine.words_per_bank:
            diagnostics.append(_no_room(banks, group))
    if not diagnostics:
        banks.take(group, 0)
    return diagnostics


def _place_movable(banks: Banks, group: Group) -> list[Diagnostic]:
    shift = banks.find(group)
    if shift is None:
        return [_no_room(banks, group)]
    banks.take(group, shift)
    if shift:
        group.unit.shifts[group.name] = shift
    return []


def _overlap(machine: MachineSpec, bank: int, run: Run, other: Run) -> Diagnostic:
    first = max(run.start, other.start) // machine.words_per_row
    last = (min(run.end, other.end) - 1) // machine.words_per_row
    rows = f"row {first}" if first == last else f"rows {first} to {last}"
    same = run.owner is other.owner
    who = f"two parts of {run.owner.label}" if same else f"{run.owner.label} and {other.owner.label}"
    message = f"{who} are both placed in {rows} of bank {machine.bank_name(bank)}"
    help = "leave one of them without a fixed place, or name another bank or row"
    return Diagnostic("E-PLACE", message, run.owner.place, note("the other is placed here", other.owner.place), help)


def _no_room(banks: Banks, group: Group) -> Diagnostic:
    machine = banks.machine
    block = max(group.blocks, key=lambda block: block.words)
    rows = -(-(block.word + block.words) // machine.words_per_row)
    bank = machine.bank_name(block.bank)
    gap = banks.widest_gap(block.bank)
    message = f"{group.label} needs {rows} rows of bank {bank}, which has {gap} of its {machine.rows} free in one piece"
    return Diagnostic("E-PLACE", message, group.place, help="place it in another bank")
