"""What to debug, from the arguments of `launch`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from debugger.dap.arguments import Arguments, RequestError

if TYPE_CHECKING:
    from debugger.load import Source

STANDARD = "-"  # which is the client's


def source_of(arguments: Arguments) -> Source:
    """Programs, what is given to them and the machine; paths are seen from `cwd`. Raises RequestError."""
    from debugger.load import Source

    folder = arguments.text("cwd", "")
    return Source(
        paths=tuple(placed(folder, path) for path in programs(arguments)),
        text=arguments.text("text", ""),
        defines=dict(defines(arguments)),
        include=tuple(placed(folder, path) for path in arguments.texts("include")),
        machine=machine_named(folder, arguments.text("machine", "")),
        engine=arguments.text("engine", "core"),
        uninit=arguments.text("uninit", "fault"),
        strict=arguments.flag("strict"),
        inputs=tuple(inputs(arguments, folder)),
    )


def programs(arguments: Arguments) -> list[str]:
    """`program`, one file, and `programs`, several to be linked; instead of both there may be a `text`."""
    found = [arguments.text("program")] if arguments.has("program") else []
    found += arguments.texts("programs")
    if not found and not arguments.has("text"):
        raise RequestError("`program` is missing: name a source, an object or an executable")
    return found


def placed(folder: str, path: str) -> str:
    """A path as seen from a folder. Raises RequestError for standard input, which the client speaks through."""
    if path == STANDARD:
        raise RequestError("standard input is the client's; name a file")
    if "\0" in path:
        raise RequestError("a path has a zero byte")
    return os.path.join(folder, path)


def machine_named(folder: str, name: str) -> str:
    """A machine by name, or its file."""
    return placed(folder, name) if name.endswith(".toml") else name


def defines(arguments: Arguments) -> list[tuple[str, int | float]]:
    """Parameters of the program by name. Raises RequestError for a value that is no number."""
    for name, value in arguments.items("defines"):
        if isinstance(value, bool) or not isinstance(value, int | float) or not name.isidentifier():
            raise RequestError(f'`defines` gives `{name[:40]}` no number; write {{"n": 64}}')
    return arguments.items("defines")


def inputs(arguments: Arguments, folder: str) -> list[str]:
    """`{"A": "a.npy"}`, or a list as after `lpu run -i`: ["A=a.npy"], ["all.bin"]. Raises RequestError."""
    given = arguments.named_or_listed("inputs")
    return [f"{name}={placed(folder, path)}" if name else placed(folder, path) for name, path in given]
