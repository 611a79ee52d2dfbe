"""Scalar registers, the condition code and what is on its way to them; loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debugger.views.ink import WIDTH, Line, Part, counted, rendered
from debugger.views.places import main_file, place_name
from debugger.views.table import Table, cells
from isa.conditions import CONDITIONS
from isa.faults import CONDITION_CODE
from isa.records import dataclass
from vm.engine import State
from vm.scene import signed

if TYPE_CHECKING:
    from debugger.session import Session

CELL = 27  # columns that a register takes: "*r31 0xffffffff -2147483648"


@dataclass(frozen=True)
class Coming:
    """A write under way: what becomes visible in cycle `landing`, and the op that made it."""

    register: str
    value: int
    landing: int
    text: str
    place: str


@dataclass(frozen=True)
class Registers:
    """All scalar registers in a cycle; `changed` are the numbers of those that are other than they were."""

    cycle: int
    values: tuple[int, ...]
    cc: int
    changed: frozenset[int]
    coming: tuple[Coming, ...]

    def lines(self, width: int = WIDTH, colour: bool = False, unicode: bool = True) -> list[str]:
        """Columns of registers, numbered downwards; `*` marks what changed, `~` what a write is under way to."""
        return rendered(self._lines(max(1, (width + 1) // (CELL + 1))), width, colour, unicode)

    def _lines(self, columns: int) -> list[Line]:
        height = -(-len(self.values) // columns)
        rows = [range(row, len(self.values), height) for row in range(height)]
        lines: list[Line] = [[part for number in row for part in self._cell(number)] for row in rows]
        lines.append([Part(f"{self._mark(CONDITION_CODE)}cc  {self.cc:#x}  "), Part(holding(self.cc), "dim")])
        lines += [_coming_line(each, self.cycle) for each in self.coming]
        return lines

    def _cell(self, number: int) -> list[Part]:
        value = self.values[number]
        style = "changed" if number in self.changed else "" if value else "dim"
        return [Part(f"{self._mark(number)}r{number:<2} ", "name"), Part(f"{value:#010x} {signed(value):<11} ", style)]

    def _mark(self, number: int) -> str:
        if number in self.changed:
            return "*"
        return "~" if register_name(number) in {each.register for each in self.coming} else " "

    def as_data(self) -> dict[str, Any]:
        return {
            "cycle": self.cycle, "registers": list(self.values), "cc": self.cc,
            "holds": [name for name, mask in CONDITIONS.items() if mask >> self.cc & 1],
            "changed": [register_name(number) for number in sorted(self.changed)],
            "in_flight": [vars(each) for each in self.coming],
        }  # fmt: skip


def registers(session: Session, since: State | None = None) -> Registers:
    """The registers now; what changed since an earlier state is marked."""
    state, main = session.state, main_file(session.image)
    coming = tuple(
        Coming(register_name(write.register), write.value, write.landing, session.op_text(write.pc, write.slot),
               place_name(session.op_place(write.pc, write.slot), main))
        for write in state.in_flight
    )  # fmt: skip
    return Registers(state.cycle, state.registers, state.cc, _changed(since or state, state), coming)


def _changed(before: State, now: State) -> frozenset[int]:
    pairs = enumerate(zip((*before.registers, before.cc), (*now.registers, now.cc), strict=True))
    return frozenset(number for number, (old, new) in pairs if old != new)


def _coming_line(each: Coming, cycle: int) -> Line:
    when = f"lands in {each.landing:,}, in {counted(each.landing - cycle, 'cycle')}"
    return (
        Part(f"~{each.register:<3} ", "name"), Part(f"= {signed(each.value)} "), Part(f"{when}  ", "changed"),
        Part(f"{each.text}  "), Part(each.place, "dim"),
    )  # fmt: skip


def register_name(number: int) -> str:
    return "cc" if number == CONDITION_CODE else f"r{number}"


def holding(cc: int) -> str:
    """The conditions that hold."""
    return " ".join(name for name, mask in CONDITIONS.items() if mask >> cc & 1)


def loops(session: Session) -> Table:
    """The loop stack, the outermost first."""
    main = main_file(session.image)
    rows, data = [], []
    for depth, loop in enumerate(session.state.loops):
        place = session.lines.place_of(loop.start)
        label = session.lines.label_of(loop.start)
        rows.append(cells(depth, loop.remaining, f"{loop.start} to {loop.end}", label, place_name(place, main)))
        data.append({"start": loop.start, "end": loop.end, "remaining": loop.remaining, "label": label,
                     "place": place_name(place)})  # fmt: skip
    heads = (">depth", ">rounds left", "body", "begins at", "line")
    return Table("", heads, tuple(rows), {"loops": data}, nothing="no loop is under way")
