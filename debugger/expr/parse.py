"""The text of an expression to a tree of Python's `ast`, bounded in size and depth."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from unicodedata import normalize

from debugger.expr.errors import Problem, at_columns, at_node
from isa.diagnostics import SourceError

MAX_CHARACTERS = 4000
MAX_DEPTH = 100
# Words of Python that are names here: a program may well call a tensor `in`.
NAME_WORDS = (
    "as assert async await break class continue def del elif except finally for from global import in is lambda "
    "nonlocal pass raise return try while with yield"
).split()
WORD = re.compile(rf"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\b({"|".join(NAME_WORDS)})\b""")
WIDE = 0xFEE0  # from an ASCII letter to the wide one that Python reads as the same letter, but not as a keyword

HELP = {  # by what other languages write
    "&&": "write `and`", "||": "write `or`", "!": "write `not`", "?": "write `A if TEST else B`",
    "->": "types are looked at as `A.f32`", "=": "`==` compares; an expression changes nothing",
    "$": "registers are r0 to r31", "%": "registers are r0 to r31",
}  # fmt: skip


@lru_cache(maxsize=256)
def parse(text: str) -> ast.expr:
    """The tree of an expression; its offsets count characters of the text. Raises SourceError."""
    stripped = text.strip()
    indent = len(text) - len(text.lstrip())
    if len(text) > MAX_CHARACTERS:
        problem = Problem(f"an expression has at most {MAX_CHARACTERS} characters, this one has {len(text)}")
        raise at_columns(problem, MAX_CHARACTERS, MAX_CHARACTERS + 1)
    if not stripped:
        raise at_columns(Problem("there is no expression here", "write one such as r3, A[0, :] or se4@mw3"), 0, 1)
    if len(stripped.splitlines()) > 1:
        raise at_columns(Problem("an expression is one line"), indent + len(stripped.splitlines()[0]), 0)
    return _prepared(WORD.sub(_as_name, stripped), indent)


def _as_name(found: re.Match[str]) -> str:
    string, word = found.groups()
    return string or "".join(chr(ord(letter) + WIDE) for letter in word)


def _prepared(text: str, indent: int) -> ast.expr:
    tree = _tree(text, indent)
    _count_characters(tree, text.encode(), indent)
    _check_depth(tree)
    bound: ast.expr = _StreamsFirst().visit(tree)
    return bound


def _tree(text: str, indent: int) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise _unreadable(error, text, indent) from None
    except (RecursionError, MemoryError):
        raise at_columns(_too_deep(), indent, indent + len(text)) from None
    except ValueError as error:  # a null character, a surrogate
        raise at_columns(Problem(f"this cannot be read: {error}"), indent, indent + len(text)) from None


def _unreadable(error: SyntaxError, text: str, indent: int) -> SourceError:
    """What Python says of a text, in our words where it says little."""
    if not error.offset:
        return at_columns(Problem("the expression ends too early"), indent + len(text), 0)
    first = error.offset - 1
    end = max(error.end_offset or 0, error.offset + 1) - 1
    if not error.msg.startswith("invalid syntax"):
        return at_columns(Problem(f"this cannot be read: {error.msg}"), indent + first, indent + end)
    help_ = next((HELP[sign] for sign in HELP if text.startswith(sign, first) or text[:end].endswith(sign)), "")
    return at_columns(
        Problem(f"`{normalize('NFKC', text[first:end])}` does not fit here", help_), indent + first, indent + end
    )


def _too_deep() -> Problem:
    return Problem("the expression is nested too deeply", f"{MAX_DEPTH} levels fit")


def _count_characters(tree: ast.expr, encoded: bytes, indent: int) -> None:
    """Python counts bytes of UTF-8 from the first character on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.col_offset = indent + len(encoded[: node.col_offset].decode())
            node.end_col_offset = indent + len(encoded[: node.end_col_offset].decode())


def _check_depth(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise at_node(_too_deep(), tree)


class _StreamsFirst(ast.NodeTransformer):
    """`@` binds a stream to its place before all else: `2 * se4@mw3.f32[0]` means 2 * (se4@mw3).f32[0]."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return _bound(node, node.left, node.right) if isinstance(node.op, ast.MatMult) else node


def _bound(node: ast.BinOp, left: ast.expr, right: ast.expr) -> ast.expr:
    """The sides of an `@`, with what is last on the left bound to what is first on the right."""
    if isinstance(left, ast.BinOp) and not isinstance(left.op, ast.MatMult):
        left.right = _bound(node, left.right, right)
        return ast.copy_location(left, node)
    if isinstance(left, ast.UnaryOp):
        left.operand = _bound(node, left.operand, right)
        return ast.copy_location(left, node)
    if isinstance(right, ast.Attribute | ast.Subscript):
        right.value = _bound(node, left, right.value)
        return ast.copy_location(right, node)
    bound = ast.copy_location(ast.BinOp(left, node.op, right), node)
    bound.col_offset, bound.end_col_offset = left.col_offset, right.end_col_offset
    return bound
