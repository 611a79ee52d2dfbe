"""`lpu dap`: the debugger for editors, by the Debug Adapter Protocol."""

from __future__ import annotations

import argparse
import sys
from os import strerror

from lpu.cli import OK, USAGE

EPILOG = """an editor starts this command and speaks with it through its standard streams; with --port it is started
beforehand, and editors connect. Only this machine can reach the port."""
MAX_PORT = 65535


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="lpu dap", description="Debug programs from an editor.", epilog=EPILOG)
    made.add_argument("--port", metavar="N", type=port, help="wait for connections at a port (0: any that is free)")
    made.add_argument("--once", action="store_true", help="with --port: end when the first client has left")
    return made


def port(text: str) -> int:
    """The number of a port. Raises argparse's error for what is none."""
    if not text.isdecimal() or int(text[:10]) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port; a port is a number from 0 to {MAX_PORT}")
    return int(text)


def main(arguments: list[str]) -> int:
    """Serve clients until they have left."""
    wanted = parser()
    args = wanted.parse_args(arguments)
    if args.once and args.port is None:
        wanted.error("--once ends what waits at a port; say which with --port")
    return on_port(args.port, args.once) if args.port is not None else on_streams()


def on_streams() -> int:
    from debugger.dap.handlers import serve

    serve(sys.stdin.buffer, sys.stdout.buffer)
    return OK


def on_port(number: int, once: bool) -> int:
    from debugger.dap.listen import HOST, listen

    try:
        listen(number, once, lambda taken: print(f"lpu dap: waiting at {HOST}:{taken}", file=sys.stderr, flush=True))
    except OSError as error:
        reason = strerror(error.errno) if error.errno else error  # its own text names the address once more
        print(f"lpu dap: port {number}: {reason}", file=sys.stderr)
        return USAGE
    return OK
