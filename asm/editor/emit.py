"""`python -m asm.editor.emit`: write what the editor extension knows of the language; `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from asm.editor.language import configuration
from asm.editor.textmate import grammar
from isa.emit import update


def as_json(make: Callable[[], Any]) -> Callable[[], str]:
    """A maker of text from one of JSON data."""

    def text() -> str:
        import json

        return json.dumps(make(), indent=2) + "\n"

    return text


GENERATED: dict[str, Callable[[], str]] = {
    "editors/vscode/syntaxes/lpu.tmLanguage.json": as_json(grammar),
    "editors/vscode/language-configuration.json": as_json(configuration),
}

if __name__ == "__main__":
    sys.exit(update(GENERATED, "--check" in sys.argv[1:]))
