"""The optimal oracle: OR-tools CP-SAT finds schedules and proves that there are no better ones (docs/optimal.md)."""

from asm.optimal.oracle import Exact

__all__ = ["Exact"]
