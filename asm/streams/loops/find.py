"""Loops over tensor code in the text of a program: a `loop` around tensor statements and steps of registers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from asm.facts import target_label
from asm.operands.match import match
from asm.program import AsmOp
from asm.schedule.loops.body import constant_added
from asm.scope.scope import Scope
from asm.streams.statements import is_linear
from asm.tree import LabelDef, OpStmt, Statement
from isa.diagnostics import SourceError
from isa.records import NamedTuple


class Written(NamedTuple):
    """Such a loop: the `loop`, the labels that speak of it, and its body, steps as ops."""

    control: AsmOp
    names: list[str]
    body: list[OpStmt | AsmOp]


def written_loop(scope: Scope, text: Sequence[Statement], at: int) -> Written | None:
    """The loop that begins with a statement of a text; None when it is of another kind or its scalar code is wrong."""
    body = list(straight(text[at + 1 :]))
    after = list(_labels(text[at + 1 + len(body) :]))
    first = text[at]
    assert isinstance(first, OpStmt)
    try:
        control = match(scope, first)
        if target_label(control) not in after:
            return None
        read = [statement if is_linear(statement.mnemonic) else match(scope, statement) for statement in body]
    except SourceError:
        return None
    if not all(isinstance(each, OpStmt) or _is_step(each) for each in read):
        return None
    return Written(control, [*_labels(reversed(text[:at])), *after], read)


def straight(text: Iterable[Statement]) -> Iterator[OpStmt]:
    """The ops of linear code that a text begins with."""
    for statement in text:
        if type(statement) is not OpStmt or statement.timing is not None:
            return
        yield statement


def _labels(text: Iterable[Statement]) -> Iterator[str]:
    labels = takewhile(lambda statement: isinstance(statement, LabelDef), text)
    return (label.name for label in labels if isinstance(label, LabelDef))


def _is_step(op: AsmOp) -> bool:
    return constant_added(op) is not None and op.value("ra") == op.value("rd") and not op.statement.pins
