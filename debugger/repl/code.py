"""Code typed at the prompt: assembled and run in the present cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debugger.repl.position import stopped_result
from debugger.repl.reply import Result

if TYPE_CHECKING:
    from debugger.repl.console import Console


def execute(console: Console, text: str) -> Result:
    """Run code and show where that led. Raises SourceError for code that does not assemble."""
    return stopped_result(console, console.session.execute(text))
