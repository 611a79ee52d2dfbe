"""Expressions over the state of a machine: read, shown, written, watched."""

from debugger.expr.api import assign, evaluate, holds, resolve, watched, watches
from debugger.expr.names import names
from debugger.expr.shown import Shown
from debugger.expr.target import Target

__all__ = ["Shown", "Target", "assign", "evaluate", "holds", "names", "resolve", "watched", "watches"]
