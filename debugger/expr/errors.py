"""What is wrong with an expression, and where in its text."""

from __future__ import annotations

import ast

from isa.diagnostics import Diagnostic, Place, SourceError

CODE, FILE = "E-EXPR", "<expression>"


class Problem(Exception):
    """What is wrong with the part of an expression that is being evaluated, and what mends it."""

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.message, self.help = message, help_


def at_node(problem: Problem, node: ast.AST) -> SourceError:
    """The problem, with the columns of a node: those of characters, counted from 0."""
    first, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 1)
    return at_columns(problem, first, end)


def at_columns(problem: Problem, first: int, end: int) -> SourceError:
    place = Place(FILE, 1, first + 1, max(end, first + 1) + 1)
    return SourceError(Diagnostic(CODE, problem.message, place, help=problem.help))
