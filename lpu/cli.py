"""The command `lpu`: finds the subcommand, imports only its module, and turns every failure into an exit status."""

from __future__ import annotations

import sys

COMMANDS = {
    "run": "assemble, link and run programs",
    "asm": "assemble sources to an object",
    "link": "link objects to an executable",
    "dis": "disassemble an object or executable",
    "check": "apply every static rule, write nothing",
    "fmt": "format sources",
    "isa": "the manual of the instructions",
    "completion": "shell completion for bash, zsh or fish",
}
HELP = ("-h", "--help", "help")
OK, FAULT, USAGE, LIMIT, INTERRUPTED = 0, 1, 2, 3, 130


def usage() -> str:
    lines = ["usage: lpu COMMAND [arguments]", ""]
    lines += [f"  {name:<11} {what}" for name, what in COMMANDS.items()]
    return "\n".join([*lines, "", "`lpu COMMAND --help` explains a command; `lpu --version` names the version."])


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit status (2 for wrong usage)."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name in COMMANDS:
        return dispatch(name, rest)
    if name in ("-V", "--version"):
        from lpu import __version__

        print(f"lpu {__version__}")
        return OK
    if name in HELP:
        print(usage())
        return OK
    print(unknown(name) if name else usage(), file=sys.stderr)
    return USAGE


def unknown(name: str) -> str:
    """What to say to a word that is no command."""
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, 1)
    hint = f"did you mean `{near[0]}`?" if near else f"the commands are {', '.join(COMMANDS)}"
    return f"lpu: `{name}` is no command; {hint}"


def dispatch(name: str, arguments: list[str]) -> int:
    from importlib import import_module

    return int(import_module(f"lpu.cmd_{name}").main(arguments))


def console() -> None:
    """Entry point of the installed script: exits with the status, quietly when the reader of a pipe is gone."""
    try:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # it is a text file here
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except MemoryError:
        print("lpu: there is not enough memory", file=sys.stderr)
        status = USAGE
    except BrokenPipeError:
        _silence_stdout()
        status = USAGE
    sys.exit(status)


def _silence_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not fail as well."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    console()
