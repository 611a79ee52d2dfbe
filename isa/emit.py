"""`python -m isa.emit`: write the files generated from the table; `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from isa import emit_rows

ROOT = Path(__file__).resolve().parent.parent


def header() -> str:
    """The table for the C core; it is made of the rows as they are loaded, so after those are written."""
    from isa.emit_header import header

    return header()


def manual() -> str:
    """The manual, made likewise."""
    from isa.emit_manual import manual

    return manual()


# In this order
GENERATED: dict[str, Callable[[], str]] = {
    "isa/rows_gen.py": emit_rows.table, "csrc/isa.gen.h": header, "docs/isa.md": manual
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Write every generated file, or with --check name those that are not current (exit status 1)."""
    return update(GENERATED, "--check" in arguments)


def update(generated: Mapping[str, Callable[[], str]], check: bool) -> int:
    """Write the files, given by name with what makes their text, or only name those that are not current."""
    stale = []
    for name, make in generated.items():
        path, text = ROOT / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name}: {'is not current; run `make gen`' if check else 'written'}")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
