"""Why a value is what it is, where it goes, and why a run faulted: questions about a run, answered by replaying it."""

from debugger.why.ask import goes, why, whynot
from debugger.why.cause import Cause

__all__ = ["Cause", "goes", "why", "whynot"]
