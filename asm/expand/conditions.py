"""Which branch of an `.if` is expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asm.expand.blocks import Branches, after_else, check_alone, directive_of, skip
from asm.names.expr import evaluate, truth
from asm.syntax.parse import parse_line
from asm.tree import DirectiveStmt, Expr, Line, Name
from isa.diagnostics import Diagnostic, SourceError

if TYPE_CHECKING:
    from asm.expand.expander import Expander


def open_if(x: Expander, head: DirectiveStmt) -> None:
    """Go on after `head` or after the head of the branch that is taken."""
    branches = Branches(head.name, head.line.place(head.column, head.end))
    x.frames[-1].branches.append(branches)
    if not holds(x, head, branches):
        next_branch(x, branches)


def next_branch(x: Expander, branches: Branches, line: Line | None = None) -> None:
    """Pass over branches, from the head on `line` if given, to one that is taken, or past the `.endif`."""
    line = line or skip(x.frames[-1].lines)
    while line is not None and not enters(x, line, branches):
        line = skip(x.frames[-1].lines)


def enters(x: Expander, line: Line, branches: Branches) -> bool:
    """At a line that ends a branch: whether expansion goes on after it."""
    word = directive_of(line)
    if word == "endif":
        close_if(x, line)
        return True
    if branches.otherwise is not None:
        x.report(SourceError(after_else(word, line.place(1, len(line.text) + 1), branches.otherwise)))
        return False
    if word == "else":
        branches.otherwise = line.place(1, len(line.text) + 1)
        entered, branches.taken = not branches.taken, True
        return entered
    return not branches.taken and elif_holds(x, line, branches)


def close_if(x: Expander, line: Line) -> None:
    x.frames[-1].branches.pop()
    check_alone(line, "endif")


def elif_holds(x: Expander, line: Line, branches: Branches) -> bool:
    try:
        statement = parse_line(line)[-1]
    except SourceError as error:
        x.report(error)
        branches.taken = True
        return False
    return isinstance(statement, DirectiveStmt) and holds(x, statement, branches)


def holds(x: Expander, head: DirectiveStmt, branches: Branches) -> bool:
    """Whether a condition holds. A wrong one is reported, and then no branch is taken."""
    try:
        branches.taken = condition(x, head)
    except SourceError as error:
        x.report(error)
        branches.taken = True
        return False
    return branches.taken


def condition(x: Expander, head: DirectiveStmt) -> bool:
    argument = head.arguments[0] if len(head.arguments) == 1 else None
    if head.name in ("ifdef", "ifndef") and isinstance(argument, Name):
        defined = x.symbols.lookup(argument.text) is not None or argument.text.lower() in x.macros
        return defined == (head.name == "ifdef")
    if head.name in ("ifb", "ifnb"):
        return (not head.arguments) == (head.name == "ifb")
    if head.name in ("if", "elif") and isinstance(argument, Expr):
        return truth(evaluate(argument, head.line, x.symbols), argument, head.line)
    needs = "a condition" if head.name in ("if", "elif") else "a name"
    place = head.line.place(head.column, head.end)
    raise SourceError(Diagnostic("E-DIRECTIVE", f"`.{head.name}` needs {needs}", place))
