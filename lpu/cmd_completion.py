"""`lpu completion SHELL`: a completion script made from the parsers of all commands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from lpu.cli import COMMANDS, OK

SHELLS = ("bash", "zsh", "fish")
HINT = """how to use it:
  bash   eval "$(lpu completion bash)"      in ~/.bashrc
  zsh    eval "$(lpu completion zsh)"       in ~/.zshrc, after compinit
  fish   lpu completion fish | source       in ~/.config/fish/config.fish"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="lpu completion", description="Print a completion script for a shell.", epilog=HINT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    made.add_argument("shell", choices=SHELLS)
    return made


def main(arguments: list[str]) -> int:
    """Print the script for one shell."""
    shell = parser().parse_args(arguments).shell
    print("\n".join({"bash": bash, "zsh": zsh, "fish": fish}[shell]()))
    return OK


def actions(command: str) -> list[argparse.Action]:
    """The arguments of a command; argparse offers no public list of them."""
    made: argparse.ArgumentParser = import_module(f"lpu.cmd_{command}").parser()
    return made._actions


def options(command: str) -> list[str]:
    return [option for action in actions(command) for option in action.option_strings]


def words(command: str) -> list[str]:
    """What may stand as a positional argument, where that is a fixed set."""
    if command == "isa":
        from isa.index import FAMILIES
        from isa.table import MNEMONICS

        return list(dict.fromkeys([*FAMILIES, *MNEMONICS]))
    return [str(choice) for action in actions(command) if not action.option_strings for choice in action.choices or ()]


def bash() -> Iterator[str]:
    yield "_lpu() {"
    yield '    local word="${COMP_WORDS[COMP_CWORD]}" offered="" files=""'
    yield "    if [ $COMP_CWORD -eq 1 ]; then"
    yield f"        offered='{' '.join([*COMMANDS, '--help', '--version'])}'"
    yield "    else"
    yield '        case "${COMP_WORDS[1]}" in'
    for command in COMMANDS:
        files = "" if words(command) else " files=yes"
        yield f"            {command}) offered='{' '.join(options(command) + words(command))}'{files} ;;"
    yield "        esac"
    yield "    fi"
    yield '    COMPREPLY=($(compgen -W "$offered" -- "$word"))'
    yield '    if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$word")); fi'
    yield "}"
    yield "complete -o filenames -F _lpu lpu"


def zsh() -> Iterator[str]:
    yield "_lpu() {"
    yield "    if (( CURRENT == 2 )); then"
    yield f"        compadd -- {' '.join([*COMMANDS, '--help', '--version'])}"
    yield "        return"
    yield "    fi"
    yield '    case "$words[2]" in'
    for command in COMMANDS:
        files = "" if words(command) else "; _files"
        yield f"        {command}) compadd -- {' '.join(options(command) + words(command))}{files} ;;"
    yield "    esac"
    yield "}"
    yield "compdef _lpu lpu"


def fish() -> Iterator[str]:
    for command, what in COMMANDS.items():
        yield f"complete -c lpu -n __fish_use_subcommand -f -a {command} -d '{what}'"
    for command in COMMANDS:
        condition = f"-n '__fish_seen_subcommand_from {command}'"
        if words(command):
            yield f"complete -c lpu {condition} -f -a '{' '.join(words(command))}'"
        for action in actions(command):
            if action.option_strings:
                yield f"complete -c lpu {condition} {fish_option(action)}"


def fish_option(action: argparse.Action) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in action.option_strings)
    value = " -r" if action.nargs != 0 else ""
    what = (action.help or "").replace("'", "\\'")
    return f"{names}{value} -d '{what}'"
