"""CP-SAT, set up such that the same model gives the same answer on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from types import ModuleType
from typing import TYPE_CHECKING

from isa.diagnostics import Diagnostic, SourceError
from isa.records import NamedTuple

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar

EXTRA = "optimal"  # of the package


def library() -> ModuleType:
    """The module of CP-SAT. Raises SourceError (E-OPTIMAL) when OR-tools is not installed."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        message = "`--optimal` needs OR-tools, and this Python has none"
        raise SourceError(Diagnostic("E-OPTIMAL", message, help=f"`pip install 'lpu[{EXTRA}]'` installs it")) from None
    return cp_model


class Answer(NamedTuple):
    """`values` are those of the variables asked for, None when none were found; no solution is below `bound`.

    `is_proved` says that the search has ended: the values are the best, or there are none.
    """

    values: list[int] | None
    bound: int
    is_proved: bool


def solve(model: CpModel, variables: Sequence[IntVar], limit: float) -> Answer:
    """One search, by one worker, for at most `limit` of CP-SAT's deterministic seconds."""
    from ortools.sat.python import cp_model

    solver: CpSolver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = limit
    solver.parameters.use_overload_checker_in_cumulative = True
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    values = [solver.value(variable) for variable in variables] if found else None
    is_proved = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return Answer(values, ceil(solver.best_objective_bound - 1e-6), is_proved)
