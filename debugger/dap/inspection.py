"""Requests for values: scopes, variables, expressions, and changes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debugger.dap import values
from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.nodes import MAX_CHILDREN, UNKNOWN, Children, Node
from debugger.dap.references import number
from debugger.dap.scopes import FAULT, SCOPES, Scope

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter, Body

ALL = 1 << 30
HOVER = "hover"  # the context of the word under the mouse
WHOLE = "clipboard"  # the context in which a value is wanted as long as it is


# Unfolding --------------------------------------------------------------------------------------
def scopes(adapter: Adapter, arguments: Arguments) -> Body:
    """All scopes; they are the same for every frame, as there is one machine. At a fault, why it is, first."""
    found = [FAULT, *SCOPES] if adapter.session.fault else SCOPES
    return {"scopes": [_scope(adapter, each) for each in found]}


def _scope(adapter: Adapter, scope: Scope) -> dict[str, Any]:
    session = adapter.session
    children = Children(UNKNOWN, lambda start, count: scope.children(session)[start : start + count], named=True)
    found: dict[str, Any] = {"name": scope.name, "variablesReference": adapter.nodes.add(children), "expensive": False}
    if scope.hint:
        found["presentationHint"] = scope.hint
    return found


def variables(adapter: Adapter, arguments: Arguments) -> Body:
    """The children of a value, from one on."""
    children = adapter.nodes[arguments.number("variablesReference")]
    wanted = arguments.text("filter", "")
    if wanted and (wanted == "named") != children.named:
        return {"variables": []}
    count = arguments.number("count", 0) or MAX_CHILDREN
    nodes = children.made(arguments.number("start", 0), min(count, MAX_CHILDREN))
    return {"variables": [adapter.nodes.variable(node) for node in nodes]}


def child(adapter: Adapter, arguments: Arguments) -> Node:
    """The child of a value that a request names. Raises RequestError."""
    children, name = adapter.nodes[arguments.number("variablesReference")], arguments.text("name")
    place = name.strip("[]")
    if not children.named and place.isdecimal():
        found = children.made(number(place), 1)
    else:
        found = [node for node in children.made(0, ALL) if node.name == name]
    if not found:
        raise RequestError(f"there is no `{name[:40]}` there")
    return found[0]


def expression_of(adapter: Adapter, arguments: Arguments) -> str:
    """The expression of a child, or the expression that a request names. Raises RequestError for what has none."""
    if not arguments.number("variablesReference", 0):
        return arguments.text("name")
    found = child(adapter, arguments)
    if not found.expression:
        raise RequestError(f"{found.name} is not of the machine's state")
    return found.expression


# Expressions ------------------------------------------------------------------------------------
def evaluate(adapter: Adapter, arguments: Arguments) -> Body:
    """The value of an expression; at the prompt, what a command of the debugger says."""
    text, context = arguments.text("expression"), arguments.text("context", "")
    if context == "repl":
        from debugger.dap.prompt import answer

        return answer(adapter, text)
    if context == WHOLE:
        return {"result": "\n".join(adapter.session.value(text).lines()), "variablesReference": 0}
    meaning = meaning_of(text) if context == HOVER else ""
    return {"result": meaning, "variablesReference": 0} if meaning else result(adapter, text)


def meaning_of(word: str) -> str:
    """What an instruction does, "" for what is none."""
    from isa.table import MNEMONICS

    rows = MNEMONICS.get(word.lower(), ())
    return f"{word.lower()}: {rows[0].doc}" if rows else ""


def result(adapter: Adapter, text: str) -> dict[str, Any]:
    node = values.evaluated(adapter.session, text, text)
    return {"result": node.text, **adapter.nodes.unfolded(node)}


def set_variable(adapter: Adapter, arguments: Arguments) -> Body:
    """Change a child of a value in the present cycle."""
    found = child(adapter, arguments)
    if found.is_fixed or not found.expression:
        raise RequestError(f"{found.name} cannot be changed")
    return _changed(adapter, found.expression, arguments.text("value"))


def set_expression(adapter: Adapter, arguments: Arguments) -> Body:
    """Change what an expression names in the present cycle."""
    return _changed(adapter, arguments.text("expression"), arguments.text("value"))


def _changed(adapter: Adapter, target: str, value: str) -> Body:
    adapter.session.set(target, value)
    node = values.evaluated(adapter.session, target, target)
    adapter.later(lambda: tell_of_change(adapter))
    return {"value": node.text, **adapter.nodes.unfolded(node)}


def tell_of_change(adapter: Adapter) -> None:
    """Have the client look again at what it shows."""
    if adapter.client.takes_invalidations:
        adapter.event("invalidated", areas=["all"])


def completions(adapter: Adapter, arguments: Arguments) -> Body:
    """Names that begin as the word before the cursor does."""
    from debugger.dap.prompt import offered

    text = arguments.text("text")
    column = arguments.number("column") - adapter.client.first_column
    return {"targets": offered(adapter, text, max(0, min(column, len(text))))}


REQUESTS = {
    "scopes": scopes,
    "variables": variables,
    "setVariable": set_variable,
    "setExpression": set_expression,
    "evaluate": evaluate,
    "completions": completions,
}
