"""Breakpoints and watches: what a user wants to stop at, and what the machine is told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from debugger.lines import Lines
from debugger.trouble import trouble
from isa.diagnostics import SourceError
from isa.records import dataclass, field, replace
from isa.units import UNIT_NAMES
from vm.machine import Machine
from vm.stops import UNIT, Guard, Stops, Watch

BREAK = "E-BREAK"
NEVER = 1 << 62
LINE, LABEL, ADDRESS, CYCLE, UNIT_CYCLE, PREDICATE = "line", "label", "address", "cycle", "unit at cycle", "predicate"
WATCHES = ("write", "read", "access")
PREDICATES = re.compile(r"\s*(nan|inf)\s|.*(!=|==|[<>]=?|\boutside\b)")
NUMBER = re.compile(r"0x[0-9a-fA-F]+|[0-9]+")


@dataclass(frozen=True)
class Breakpoint:
    """A place (addresses, a cycle) or watches; it stops a run if it is enabled, its condition holds, and it was met
    more often than it is to be ignored. `hits` counts how often it was met with its condition holding.

    `problem` says why it stands for nothing, after a reload.
    """

    number: int
    kind: str
    where: str
    addresses: tuple[int, ...] = ()
    cycle: int = -1
    watches: tuple[Watch, ...] = ()
    condition: str = ""
    ignore: int = 0
    temporary: bool = False
    enabled: bool = True
    hits: int = 0
    problem: str = ""

    @property
    def acts(self) -> bool:
        return self.enabled and not self.problem

    @property
    def is_watch(self) -> bool:
        return self.kind in WATCHES or self.kind == PREDICATE

    def as_data(self) -> dict[str, Any]:
        """What is needed to make it again, and how often it was hit."""
        names = ("number", "kind", "where", "condition", "ignore", "temporary", "enabled", "hits", "problem")
        return {**{name: getattr(self, name) for name in names}, "addresses": list(self.addresses)}


@dataclass
class Breakpoints:
    """All breakpoints of a session, by number."""

    machine: Machine
    lines: Lines
    found: dict[int, Breakpoint] = field(default_factory=dict)
    numbers: int = 0

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter([self.found[number] for number in sorted(self.found)])

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, number: int) -> Breakpoint:
        """Raises SourceError for a number that there is not."""
        if number not in self.found:
            there = ", ".join(map(str, sorted(self.found))) or "none"
            raise trouble(f"there is no breakpoint {number}", f"there are {there}", BREAK)
        return self.found[number]

    # Making -----------------------------------------------------------------------------------
    def add(self, where: str, condition: str = "", ignore: int = 0, temporary: bool = False) -> Breakpoint:
        """A breakpoint at `file.s:12`, `12`, a label, `*address`, `@cycle` or `unit@cycle`. Raises SourceError."""
        return self._new(self._placed(where.strip()), condition, ignore, temporary)

    def watch(
        self, where: str, kind: str = "write", condition: str = "", ignore: int = 0, temporary: bool = False
    ) -> Breakpoint:
        """A watch of state, of a unit, or of what becomes true of a tensor. Raises SourceError."""
        if kind not in WATCHES:
            raise trouble(f"there is no watch of kind {kind!r}", f"there are {', '.join(WATCHES)}", BREAK)
        return self._new(self._watched(where.strip(), kind), condition, ignore, temporary)

    def _new(self, made: Breakpoint, condition: str, ignore: int, temporary: bool) -> Breakpoint:
        self.numbers += 1
        made = replace(made, number=self.numbers, condition=condition, ignore=max(0, ignore), temporary=temporary)
        self.found[made.number] = made
        return made

    def _placed(self, where: str) -> Breakpoint:
        unit, at, cycle = where.partition("@")
        if at:
            return self._at_cycle(where, unit.strip(), cycle)
        if where.startswith("*"):
            return Breakpoint(0, ADDRESS, where, (self._address(where[1:].strip()),))
        if where in self.lines.labels:
            return Breakpoint(0, LABEL, where, self._label(where))
        file, colon, line = where.rpartition(":")
        if NUMBER.fullmatch(line):
            return self._at_line(where, file if colon else "", int(line, 0))
        raise trouble(f"`{where}` is no label of the program and no place", self._near(where), BREAK)

    def _at_cycle(self, where: str, unit: str, cycle: str) -> Breakpoint:
        number = whole(cycle.strip(), f"the cycle of `{where}`")
        if not unit:
            return Breakpoint(0, CYCLE, where, cycle=number)
        return Breakpoint(0, UNIT_CYCLE, where, cycle=number, watches=(unit_watch(unit),))

    def _address(self, text: str) -> int:
        address = whole(text, "the address of a breakpoint")
        if address in self.lines.starts:
            return address
        before = self.lines.start_of(address)
        near = f"the bundle around it starts at {before}" if 0 <= before else "the program has no bundles"
        raise trouble(f"no bundle starts at address {address}", near, BREAK)

    def _label(self, name: str) -> tuple[int, ...]:
        """Where a label is; of the head of a loop that the assembler copied, wherever a round begins."""
        address = self.lines.labels[name]
        if address not in self.lines.starts:
            help = "break at the last line, or at a cycle: `@100`"
            raise trouble(f"no bundle follows the label {name}", help, BREAK)
        place = self.machine.symbols[name].place
        copies = self.lines.addresses(place.file, place.line) if place else ()
        return copies if len(copies) > 1 and address in copies else (address,)

    def _at_line(self, where: str, file: str, line: int) -> Breakpoint:
        name = self.lines.file_called(file) if file else next(iter(self.lines.files), None)
        if name is None:
            there = ", ".join(self.lines.files) or "none: the program names no lines"
            raise trouble(f"no file of the program is called `{file or where}`", f"its files are {there}", BREAK)
        addresses = self.lines.addresses(name, line)
        if addresses:
            return Breakpoint(0, LINE, f"{name}:{line}", addresses)
        with_code = self.lines.lines_with_code(name)
        after = next((each for each in with_code if each > line), None)
        help = f"the next line with code is {after}" if after else f"the last line with code is {with_code[-1]}"
        raise trouble(f"line {line} of {name} makes no op", help, BREAK)

    def _near(self, where: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(where, self.lines.labels, 1)
        return f"did you mean `{near[0]}`?" if near else "a place is FILE:LINE, LINE, a label, *ADDRESS or @CYCLE"

    def _watched(self, where: str, kind: str) -> Breakpoint:
        if PREDICATES.match(where):
            from debugger import predicates

            return Breakpoint(0, PREDICATE, where, watches=predicates.parse(self.machine, where))
        from debugger import expr

        return Breakpoint(0, kind, where, watches=expr.watches(self.machine, where, kind))

    # Changing ---------------------------------------------------------------------------------
    def remove(self, number: int) -> Breakpoint:
        """Take a breakpoint away. Raises SourceError for one that there is not."""
        found = self[number]
        del self.found[number]
        return found

    def enable(self, number: int, on: bool = True) -> Breakpoint:
        return self.change(number, enabled=on)

    def change(self, number: int, **changes: Any) -> Breakpoint:
        """Replace some of what a breakpoint says: condition, ignore, hits ... Raises SourceError."""
        self.found[number] = replace(self[number], **changes)
        return self.found[number]

    def again(self, machine: Machine, lines: Lines) -> Breakpoints:
        """The same breakpoints for another build of the program; those without a place there keep the reason why."""
        other = Breakpoints(machine, lines, numbers=self.numbers)
        for each in self:
            other.found[each.number] = other._again(each)
        return other

    def restore(self, data: Mapping[str, Any]) -> Breakpoint:
        """A breakpoint as `as_data` gave it. Raises KeyError, TypeError and ValueError for what is none."""
        made = self._again(
            Breakpoint(
                number=int(data["number"]),
                kind=str(data["kind"]),
                where=str(data["where"]),
                condition=str(data["condition"]),
                ignore=int(data["ignore"]),
                temporary=bool(data["temporary"]),
                enabled=bool(data["enabled"]),
                hits=int(data["hits"]),
            )
        )
        self.found[made.number] = made
        self.numbers = max(self.numbers, made.number)
        return made

    def _again(self, old: Breakpoint) -> Breakpoint:
        try:
            new = self._watched(old.where, old.kind if old.kind in WATCHES else WATCHES[0]) if old.is_watch else (
                self._placed(old.where)
            )  # fmt: skip
        except SourceError as error:
            return replace(old, addresses=(), watches=(), problem=error.diagnostics[0].message)
        return replace(old, addresses=new.addresses, cycle=new.cycle, watches=new.watches, problem="")

    # For the machine --------------------------------------------------------------------------
    def armed(self, cycle: int, wanted: Callable[[Breakpoint], bool] = lambda each: True) -> Armed:
        """What runs from a cycle on have to look for."""
        acting = [each for each in self if each.acts and wanted(each)]
        timed = [each for each in acting if each.kind != UNIT_CYCLE or each.cycle == cycle]
        watches = [(watch, each.number) for each in timed for watch in each.watches]
        guards = {each.number: self._guards(each) for each in acting}
        plain = frozenset(address for each in acting if not guards[each.number] for address in each.addresses)
        stops = Stops(plain, tuple(watch for watch, _ in watches), tuple(chain(*guards.values())))
        return Armed(stops, tuple(number for _, number in watches), self.times(acting))

    def _guards(self, each: Breakpoint) -> tuple[Guard, ...]:
        """A breakpoint whose condition the engine can test as it runs."""
        if not each.condition or not each.addresses:
            return ()
        from debugger import predicates

        guard = predicates.guard(self.machine, each.condition)
        return tuple(guard._replace(address=address) for address in each.addresses) if guard else ()

    @staticmethod
    def times(acting: list[Breakpoint]) -> tuple[int, ...]:
        """The cycles at which runs have to be interrupted, in order."""
        once = {each.cycle for each in acting if each.kind == CYCLE}
        around = {each.cycle + after for each in acting if each.kind == UNIT_CYCLE for after in (0, 1)}
        return tuple(sorted(once | around))

    def at(self, pc: int, cycle: int) -> list[int]:
        """The numbers of those whose address is reached, or whose cycle."""
        return [
            each.number for each in self
            if each.acts and (pc in each.addresses or (each.kind == CYCLE and each.cycle == cycle))
        ]  # fmt: skip


@dataclass(frozen=True)
class Armed:
    """Stops, the breakpoint that each watch belongs to, and the cycles in which a run is to be interrupted."""

    stops: Stops
    owners: tuple[int, ...]
    times: tuple[int, ...]

    def next_time(self, cycle: int) -> int:
        """The first interruption after a cycle."""
        return next((time for time in self.times if time > cycle), NEVER)


def unit_watch(name: str) -> Watch:
    """A watch of a unit. Raises SourceError for a name of none."""
    if name in UNIT_NAMES:
        number = UNIT_NAMES.index(name)
        return Watch(UNIT, number, number)
    from difflib import get_close_matches

    near = get_close_matches(name, UNIT_NAMES, 1)
    help = f"did you mean `{near[0]}`?" if near else "units are M0, mw3.wp, P0.abc ..."
    raise trouble(f"there is no unit `{name}`", help, BREAK)


def whole(text: str, what: str) -> int:
    """A number that is not negative. Raises SourceError."""
    if NUMBER.fullmatch(text) and len(text) < 20:
        return int(text, 0)
    raise trouble(f"{what} is `{text[:40]}`; it must be a whole number", "such as 120 or 0x78", BREAK)
