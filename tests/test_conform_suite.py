"""The fixed suite: both engines pass it, wrong ones do not, and every rule of docs/machine.md has a program."""

from __future__ import annotations

from functools import cache

import pytest

from conform.cases import cases
from conform.fixed import FAILED, PASSED, Case, run
from conform.rules import rules
from conform.target import EngineTarget, Outcome


@cache
def everything() -> tuple[Case, ...]:
    return tuple(cases())


@pytest.mark.parametrize("engine", ["core", "reference"])
def test_both_engines_pass(engine: str) -> None:
    failed = {result.case.name: result.why for result in run(EngineTarget(engine), everything()) if result.why}
    assert not failed


def test_programs_name_rules_that_are() -> None:
    assert {name for case in everything() for name in case.rules} <= set(rules())
    assert all(case.rules and case.title for case in everything())


def test_names_of_programs_differ() -> None:
    assert len({case.name for case in everything()}) == len(everything())


class Late(EngineTarget):
    """Ends every run a cycle late."""

    def run(self, until: int) -> Outcome:
        outcome = super().run(until)
        return outcome._replace(cycle=outcome.cycle + 1)


def test_an_implementation_that_is_late_fails_where_cycles_are_stated() -> None:
    chosen = [case for case in everything() if case.name.startswith(("05-", "08-"))]
    statuses = [result.status for result in run(Late("core"), chosen)]
    assert statuses.count(FAILED) == len(chosen)
    assert PASSED not in statuses
