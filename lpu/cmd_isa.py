"""`lpu isa [mnemonic]...`: the manual in the terminal."""

from __future__ import annotations

import argparse
import sys

from lpu.cli import OK, USAGE


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="lpu isa", description="The manual of the instructions, from the table.")
    made.add_argument("mnemonic", nargs="*", help="explain these (vadd.f32; vadd for all types); without any, list all")
    return made


def main(arguments: list[str]) -> int:
    """Print the list of mnemonics, or the sections asked for (2 when one is unknown)."""
    from isa.emit_manual import index, terminal_section
    from isa.index import FAMILIES
    from isa.table import MNEMONICS

    wanted = [name.lower() for name in parser().parse_args(arguments).mnemonic]
    unknown = [name for name in wanted if name not in MNEMONICS and name not in FAMILIES]
    if unknown:
        print("\n".join(complaint(name) for name in unknown), file=sys.stderr)
        return USAGE
    sections = ["\n".join(terminal_section(name)) for name in wanted]
    print("\n\n".join(sections) if wanted else "\n".join(index()).rstrip())
    return OK


def complaint(name: str) -> str:
    """What to say of a word that is no mnemonic, with the nearest ones."""
    from difflib import get_close_matches

    from isa.table import MNEMONICS

    near = get_close_matches(name, MNEMONICS, 3)
    hint = f"did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else "`lpu isa` lists them all"
    return f"lpu isa: `{name}` is no instruction; {hint}"
