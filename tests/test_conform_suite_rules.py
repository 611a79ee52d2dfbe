"""The identifiers of the rules in docs/machine.md, and the table of them that the package carries."""

from __future__ import annotations

import re
from pathlib import Path

from conform.rules import TABLE, UNTESTED, rules, rules_of, sections, table

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "machine.md").read_text(encoding="utf-8")
SECTIONS_OF_RULES = range(2, 21)  # the first says what the machine is about


def test_the_package_carries_the_rules_of_the_page() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(PAGE), "run `make gen`"


def test_every_identifier_of_the_page_is_a_rule_with_words() -> None:
    assert re.findall(r"\[(M-\d+\.\d+)\]", PAGE) == list(rules())
    assert all(re.search(r"\w", rule.text) for rule in rules().values())


def test_identifiers_name_their_section_once_each() -> None:
    assert list(sections()) == list(SECTIONS_OF_RULES)
    found = [(number, rule.section) for number, _, of_section in rules_of(PAGE) for rule in of_section]
    assert len(found) == len(rules())
    assert all(number == section for number, section in found)


def test_only_few_rules_cannot_be_tested_from_outside() -> None:
    assert set(UNTESTED) <= set(rules())
    assert len(UNTESTED) <= 5
