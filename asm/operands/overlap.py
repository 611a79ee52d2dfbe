"""`.overlap N` and `.overlap max`: what joins two timelines that follow each other directly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from asm.errors import error
from asm.program import CycleCheck, Item, Overlap, Timeline
from asm.scope.scope import Scope
from asm.tree import DirectiveStmt, Name
from asm.write.verbatim import Raw
from isa.diagnostics import Diagnostic, SourceError
from isa.records import NamedTuple

AS_MANY = "max"
USAGE = "write `.overlap 12`, or `.overlap max` for as many cycles as are possible"
DIRECTLY = "let `.timeline` follow it; `.cycles`, `.drain` and `.assert` come before it, or in the timeline"


class Joint(NamedTuple):
    """An `.overlap`, and the timeline before it with those merged into it; `met` items were there when it came."""

    overlap: Overlap
    head: Timeline
    met: int

    def is_met_by(self, items: Sequence[object]) -> bool:
        """Whether nothing stands between it and a timeline that comes after those items."""
        return len(items) == self.met

    def meet(self, timeline: Timeline) -> None:
        timeline.overlap = self.overlap
        self.head.later.append(timeline)

    def unmet(self) -> SourceError:
        message = "no timeline follows this `.overlap` directly"
        return SourceError(Diagnostic("E-OVERLAP", message, self.overlap.place, help=DIRECTLY))


def joint_of(scope: Scope, statement: DirectiveStmt, items: list[Item | Raw]) -> Joint:
    """What an `.overlap` joins; checks before it are of what has been merged by then. Raises SourceError."""
    overlap = Overlap(_cycles(scope, statement), statement.line.place(statement.column, statement.end))
    checks = [*takewhile(lambda item: isinstance(item, CycleCheck), reversed(items))]
    head = items[-1 - len(checks)] if len(checks) < len(items) else None
    if not isinstance(head, Timeline):
        message = "no timeline stands directly before this `.overlap`"
        raise error("E-OVERLAP", message, statement.line, statement, "it joins two timelines and stands between them")
    last = head.later[-1] if head.later else head
    last.so_far += [check for check in reversed(checks) if isinstance(check, CycleCheck)]
    del items[len(items) - len(checks) :]
    return Joint(overlap, head, len(items))


def _cycles(scope: Scope, statement: DirectiveStmt) -> int | None:
    node = statement.arguments[0] if len(statement.arguments) == 1 else None
    if node is None:
        raise error("E-DIRECTIVE", "`.overlap` takes a number of cycles, or `max`", statement.line, statement, USAGE)
    if isinstance(node, Name) and node.text.lower() == AS_MANY:
        return None
    value = scope.evaluate(scope.expression(node, statement.line), statement.line)
    if not isinstance(value, int):
        raise error("E-OVERLAP", "an overlap is a number of cycles, or `max`", statement.line, node, USAGE)
    if value < 0:
        raise error("E-OVERLAP", f"an overlap of {value} cycles: there are none below 0", statement.line, node, LATER)
    return value


LATER = "write `.overlap 0`, and later cycles in the timeline that follows it"
