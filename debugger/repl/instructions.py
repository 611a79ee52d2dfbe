"""What instructions are called: in the table, by families, and in linear tensor code."""

from __future__ import annotations

from functools import cache


@cache
def names() -> frozenset[str]:
    """All mnemonics, families and statements of linear code, and what they begin with before their types."""
    from asm.streams.statements import NAMES
    from isa.index import FAMILIES
    from isa.table import MNEMONICS

    written = {*MNEMONICS, *FAMILIES, *NAMES}
    return frozenset(written | {name.partition(".")[0] for name in written})


def is_mnemonic(word: str) -> bool:
    """Whether the assembler knows a word as an instruction, whatever types follow."""
    return word.lower() in names() or word.lower().partition(".")[0] in names()
