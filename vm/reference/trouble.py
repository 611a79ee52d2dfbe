"""How an op of the golden model says that it broke a rule."""

from __future__ import annotations

from isa.faults import NUMBER


class Trouble(Exception):
    """A broken rule: its code and the numbers of `isa.faults.RawFault` that are known where it is broken."""

    def __init__(self, code: str, **numbers: int) -> None:
        super().__init__(code)
        self.code = NUMBER[code]
        self.numbers = numbers
