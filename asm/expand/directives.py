"""The directives of expansion, one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from asm.expand.blocks import CLOSERS, Branches, closer_of, collect, directive_of, unopened
from asm.expand.conditions import close_if, next_branch, open_if
from asm.expand.macros import Macro, parameters_of, rounds, split_arguments
from asm.names.expr import Address, describe, evaluate, integer
from asm.names.suggest import did_you_mean
from asm.names.symbols import EQU, PARAM, check_name
from asm.syntax.parse import strip_comment
from asm.tree import Attribute, DirectiveStmt, Expr, Line, Name, Operand, Statement, String
from isa.diagnostics import ERROR, WARNING, Diagnostic, Note, Place, SourceError

if TYPE_CHECKING:
    from asm.expand.expander import Expander

Handler: TypeAlias = Callable[["Expander", DirectiveStmt], Statement | None]
USAGE = {
    "macro": "`.macro NAME a, b=default, rest...`",
    "rept": "`.rept COUNT`",
    "irp": "`.irp NAME, text, text...`",
    "include": '`.include "file.s"`',
    "error": '`.error "text"`',
    "warn": '`.warn "text"`',
    "equ": "`.equ NAME = EXPR`",
    "set": "`.set NAME = EXPR`",
    "param": "`.param NAME = EXPR`",
}


def misused(directive: DirectiveStmt, needs: str) -> SourceError:
    place = directive.line.place(directive.column, directive.end)
    help_ = f"write {USAGE[directive.name]}"
    return SourceError(Diagnostic("E-DIRECTIVE", f"`.{directive.name}` needs {needs}", place, help=help_))


def only(directive: DirectiveStmt, needs: str) -> Expr:
    """The only argument, an expression; raises SourceError (E-DIRECTIVE)."""
    if len(directive.arguments) == 1 and isinstance(directive.arguments[0], Expr):
        return directive.arguments[0]
    raise misused(directive, needs)


def name_of(directive: DirectiveStmt) -> tuple[str, Place]:
    """The first argument, a name."""
    if directive.arguments and isinstance(directive.arguments[0], Name):
        name = directive.arguments[0]
        return name.text, directive.line.place(name.column, name.end)
    raise misused(directive, "a name")


def text_of(directive: DirectiveStmt) -> String:
    node = only(directive, "a string")
    if isinstance(node, String):
        return node
    raise misused(directive, "a string")


def place_of(directive: DirectiveStmt) -> Place:
    return directive.line.place(directive.column, directive.end)


# Macros and repetition -------------------------------------------------------------------------------
def define_macro(x: Expander, head: DirectiveStmt) -> None:
    body = collect(x.frames[-1].lines, "macro", place_of(head))
    name, place = name_of(head)
    check_name(name, place)
    earlier = x.macros.get(name.lower())
    if earlier is not None:
        note = (Note("first defined here", earlier.place),)
        raise SourceError(Diagnostic("E-DUPLICATE", f"the macro `{name}` is already defined", place, note))
    parameters = parameters_of(head, strip_comment(head.line.text))
    x.macros[name.lower()] = Macro(name, parameters, body, place)


def repeat(x: Expander, head: DirectiveStmt) -> None:
    body = collect(x.frames[-1].lines, "rept", place_of(head))
    node = only(head, "a count")
    count = integer(node, head.line, x.symbols)
    if count < 0:
        place = head.line.place(node.column, node.end)
        raise SourceError(Diagnostic("E-DIRECTIVE", f"`.rept` cannot repeat {count} times", place))
    x.expect(count * len(body), place_of(head))
    nothing: Mapping[str, str] = {}
    push_rounds(x, head, body, (nothing for _ in endless(count)))


def endless(count: int) -> Iterator[int]:
    """0, 1, ... count - 1, for counts of any size."""
    number = 0
    while number < count:
        yield number
        number += 1


def repeat_for(x: Expander, head: DirectiveStmt) -> None:
    body = collect(x.frames[-1].lines, "irp", place_of(head))
    name, _ = name_of(head)
    texts = split_arguments(strip_comment(head.line.text), head.end - 1)[1:]
    push_rounds(x, head, body, ({name: text} for text in texts))


def push_rounds(x: Expander, head: DirectiveStmt, body: tuple[Line, ...], each: Iterator[Mapping[str, str]]) -> None:
    if body:
        place = place_of(head)
        x.push(rounds(body, each, x.next_serial, place, f"`.{head.name}`"), place)


def stray(x: Expander, closer: DirectiveStmt) -> None:
    raise SourceError(unopened(closer.name, place_of(closer)))


# Conditionals ----------------------------------------------------------------------------------------
def begin_if(x: Expander, head: DirectiveStmt) -> None:
    open_if(x, head)


def otherwise(x: Expander, head: DirectiveStmt) -> None:
    """`.elif` or `.else` reached from above: the branch that was to be taken has ended."""
    if not x.frames[-1].branches:
        stray(x, head)
    next_branch(x, x.frames[-1].branches[-1], head.line)


def end_if(x: Expander, closer: DirectiveStmt) -> None:
    if not x.frames[-1].branches:
        stray(x, closer)
    close_if(x, closer.line)


def pass_over_block(x: Expander, line: Line) -> None:
    """Leave out the block, or the branch, that a line begins; raises SourceError (E-DIRECTIVE) if it never ends."""
    frame, word = x.frames[-1], directive_of(line)
    place = line.place(1, len(line.text) + 1)
    if closer_of(word) == "endif":
        frame.branches.append(Branches(word, place, taken=True))
        next_branch(x, frame.branches[-1])
    elif closer_of(word):
        collect(frame.lines, word, place)
    elif word in ("elif", "else") and frame.branches:
        next_branch(x, frame.branches[-1], line)


def unknown_block(x: Expander, head: DirectiveStmt) -> NoReturn:
    """A block of a kind that does not exist is left out as a whole."""
    pass_over_block(x, head.line)
    help_ = did_you_mean(f".{head.name}", [f".{opener}" for opener in CLOSERS])
    raise SourceError(Diagnostic("E-DIRECTIVE", f"`.{head.name}` is not a directive", place_of(head), help=help_))


# Files and messages ----------------------------------------------------------------------------------
def include(x: Expander, directive: DirectiveStmt) -> None:
    name = text_of(directive)
    x.include(directive, name.value, directive.line.place(name.column, name.end))


def message(x: Expander, directive: DirectiveStmt) -> None:
    code, severity = ("W-WARN", WARNING) if directive.name == "warn" else ("E-ERROR", ERROR)
    raise SourceError(Diagnostic(code, text_of(directive).value, place_of(directive), severity=severity))


# Symbols ---------------------------------------------------------------------------------------------
def assignments(directive: DirectiveStmt) -> Iterator[tuple[str, Place, Expr | None]]:
    """`NAME = EXPR`, any number of them, or `NAME, EXPR`; a name alone has no expression."""
    arguments = directive.arguments
    if len(arguments) == 2 and isinstance(arguments[0], Name) and isinstance(arguments[1], Expr):
        yield *name_of(directive), arguments[1]
        return
    if not arguments:
        raise misused(directive, "a name and a value")
    for argument in arguments:
        yield assignment(directive, argument)


def assignment(directive: DirectiveStmt, argument: Operand) -> tuple[str, Place, Expr | None]:
    line = directive.line
    if isinstance(argument, Name):
        return argument.text, line.place(argument.column, argument.end), None
    if isinstance(argument, Attribute) and isinstance(argument.value, Expr):
        place = line.place(argument.column, argument.column + len(argument.name))
        return argument.name, place, argument.value
    raise misused(directive, "a name and a value")


def constant(x: Expander, directive: DirectiveStmt) -> None:
    for name, place, expr in assignments(directive):
        x.symbols.constant(name, EQU, expr, directive.line, place)


def parameter(x: Expander, directive: DirectiveStmt) -> Statement:
    for name, place, expr in assignments(directive):
        x.symbols.constant(name, PARAM, expr, directive.line, place)
    return directive


def variable(x: Expander, directive: DirectiveStmt) -> None:
    for name, place, expr in assignments(directive):
        if expr is None:
            raise misused(directive, "a value")
        value = evaluate(expr, directive.line, x.symbols)
        if isinstance(value, Address):
            subject = f"`.set` needs a value that is known here, and this is {describe(value)}"
            raise SourceError(Diagnostic("E-EXPR", subject, directive.line.place(expr.column, expr.end)))
        x.symbols.assign(name, value, place)
        x.names.variables.add(name)


HANDLERS: dict[str, Handler] = {
    "macro": define_macro,
    "endm": stray,
    "rept": repeat,
    "irp": repeat_for,
    "endr": stray,
    "if": begin_if,
    "ifdef": begin_if,
    "ifndef": begin_if,
    "ifb": begin_if,
    "ifnb": begin_if,
    "elif": otherwise,
    "else": otherwise,
    "endif": end_if,
    "include": include,
    "error": message,
    "warn": message,
    "equ": constant,
    "set": variable,
    "param": parameter,
}
