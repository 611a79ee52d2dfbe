"""`lpu conform`: whether implementations are the machine of docs/machine.md; and our engines as such."""

from __future__ import annotations

import argparse
import sys
from os import strerror

from lpu.cli import OK, USAGE
from lpu.cmd_dap import port

EPILOG = """a target is asked by lines on its standard streams or at a port, as docs/protocol.md says."""
ENGINES = ("core", "reference")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="lpu conform", description="Test implementations.", epilog=EPILOG)
    made.add_argument("--serve", metavar="ENGINE", choices=ENGINES, help="be a target: core or reference")
    made.add_argument("--port", metavar="N", type=port, help="with --serve: wait at a port (0: any that is free)")
    made.add_argument("--once", action="store_true", help="with --port: end when the first connection has ended")
    return made


def main(arguments: list[str]) -> int:
    wanted = parser()
    args = wanted.parse_args(arguments)
    if args.serve is None:
        wanted.error("say which engine to --serve: core or reference")
    return on_streams(args.serve) if args.port is None else on_port(args.serve, args.port, args.once)


def on_streams(engine: str) -> int:
    """Be a target on the standard streams."""
    from conform.reference.target import serve

    serve(engine, sys.stdin.buffer, sys.stdout.buffer)
    return OK


def on_port(engine: str, number: int, once: bool) -> int:
    """Be a target at a port of this machine, until interrupted."""
    from conform.reference.listen import HOST, listen

    try:
        listen(engine, number, once, lambda taken: print(f"lpu conform: waiting at {HOST}:{taken}", flush=True))
    except OSError as error:
        reason = strerror(error.errno) if error.errno else error
        print(f"lpu conform: port {number}: {reason}", file=sys.stderr)
        return USAGE
    return OK
