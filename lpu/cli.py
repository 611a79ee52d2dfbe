"""The command `lpu`: finds the subcommand, imports only its module, and turns every failure into an exit status."""

from __future__ import annotations

import gc
import sys

COMMANDS = {
    "run": "assemble, link and run programs",
    "debug": "run programs at a prompt, forward and backward",
    "dap": "the debugger for editors (Debug Adapter Protocol)",
    "conform": "test other implementations of the machine",
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
MANY_OBJECTS = 50_000  # between two looks for garbage: while modules are imported there is none


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
    gc.set_threshold(MANY_OBJECTS)
    try:
        _open_closed_streams()
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # it is a text file here
        status = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except MemoryError:
        status = _give_up("there is not enough memory")
    except BrokenPipeError:
        status = _give_up("")
    except OSError as error:  # commands report the files they are given themselves
        status = _give_up(f"{error.filename or 'a standard stream'}: {error.strerror or error}")
    gc.freeze()  # what is left goes as it is, not looked through for garbage once more
    sys.exit(status)


def _open_closed_streams() -> None:
    """Let standard streams that are closed fail when they are used, and keep their numbers from other files."""
    import os

    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            reads = name == "stdin"
            os.open(os.devnull, os.O_WRONLY if reads else os.O_RDONLY)  # takes the lowest free number
            setattr(sys, name, os.fdopen(number, "r" if reads else "w"))


def _give_up(reason: str) -> int:
    """Say why, if that can be said, and point the streams at nothing: the interpreter's last flush must not fail."""
    import os

    try:
        if reason:
            print(f"lpu: {reason}", file=sys.stderr)
    except OSError:
        pass  # the exit status is all that is left
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.dup2(nothing, sys.stderr.fileno())
    return USAGE


if __name__ == "__main__":
    console()
