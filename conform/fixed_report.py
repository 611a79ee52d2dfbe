"""What a run of the fixed suite says of each rule of docs/machine.md, as a table and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from conform.fixed import FAILED, PASSED, SKIPPED, Result
from conform.rules import UNTESTED, Rule, rules, sections
from isa.records import NamedTuple

NO_PROGRAM = "untested"
STATUSES = (PASSED, FAILED, SKIPPED, NO_PROGRAM)
SHOWN = 5  # programs told of for one rule


class Verdict(NamedTuple):
    """What the programs of a rule say: failed if any fails, else passed if any passes, else skipped."""

    rule: Rule
    status: str
    results: tuple[Result, ...]

    @property
    def why(self) -> str:
        """Why no program was run; "" where one was."""
        return UNTESTED.get(self.rule.name, "") or (self.results[0].why if self.status == SKIPPED else "")


def verdicts(results: Iterable[Result]) -> list[Verdict]:
    """One for each rule, in the order of the page."""
    found: dict[str, list[Result]] = {name: [] for name in rules()}
    for result in results:
        for name in result.case.rules:
            found[name].append(result)
    return [Verdict(rule, status_of(found[name]), tuple(found[name])) for name, rule in rules().items()]


def status_of(results: Sequence[Result]) -> str:
    statuses = {result.status for result in results}
    return next((status for status in (FAILED, PASSED, SKIPPED) if status in statuses), NO_PROGRAM)


def text(name: str, results: Sequence[Result]) -> str:
    """The table of sections, and below it all that did not pass."""
    found = verdicts(results)
    by_status = Counter(result.status for result in results)
    told = ", ".join(f"{by_status[status]} {status}" for status in STATUSES[:3] if by_status[status])
    lines = [f"{name}: {len(found)} rules by {len(results)} programs, of which {told}", "", *table(found), ""]
    for status, head in ((FAILED, "failed"), (SKIPPED, "skipped"), (NO_PROGRAM, "not to be tested by programs")):
        chosen = [verdict for verdict in found if verdict.status == status]
        if chosen:
            lines += [f"{head}:", *(line for verdict in chosen for line in details(verdict)), ""]
    return "\n".join(lines).rstrip()


def table(found: Sequence[Verdict]) -> Iterator[str]:
    """A line for each section: how many of its rules passed, failed and so on."""
    yield f"{'section':52} {'rules':>8} " + " ".join(f"{status:>8}" for status in STATUSES)
    for number, title in sections().items():
        yield row(f"{number:2} {title}", [verdict for verdict in found if verdict.rule.section == number])
    yield row("all", found)


def row(head: str, found: Sequence[Verdict]) -> str:
    counts = Counter(verdict.status for verdict in found)
    cells = [len(found), *(counts[status] for status in STATUSES)]
    return f"{head:52} " + " ".join(f"{cell or '-':>8}" for cell in cells)


def details(verdict: Verdict) -> Iterator[str]:
    """A rule, and its programs that failed or why it has none."""
    if verdict.why:
        yield f"  {verdict.rule.name}: {verdict.why}"
        return
    failed = [result for result in verdict.results if result.status == FAILED]
    yield f"  {verdict.rule.name}: {verdict.rule.text}"
    for result in failed[:SHOWN]:
        yield f"    {result.case.name} on {result.machine}: {result.why}"
    if len(failed) > SHOWN:
        yield f"    and {len(failed) - SHOWN} more programs"


def data(results: Sequence[Result]) -> dict[str, Any]:
    """The same for programs that read it."""
    told = [
        {
            "name": verdict.rule.name, "text": verdict.rule.text, "status": verdict.status, "why": verdict.why,
            "programs": [result.case.name for result in verdict.results],
        }
        for verdict in verdicts(results)
    ]  # fmt: skip
    run = [
        {
            "name": case.name, "title": case.title, "status": status, "machine": machine, "why": why,
            "rules": list(case.rules),
        }
        for case, status, machine, why in results
    ]  # fmt: skip
    return {"rules": told, "programs": run}
