"""All requests, by the name of their command."""

from __future__ import annotations

from typing import BinaryIO

from debugger.dap import frames, inspection, lifecycle, memory, motions, set_breakpoints, texts
from debugger.dap.adapter import Adapter, Handler
from debugger.dap.protocol import Wire

HANDLERS: dict[str, Handler] = {
    **lifecycle.REQUESTS,
    **set_breakpoints.REQUESTS,
    **motions.REQUESTS,
    **frames.REQUESTS,
    **inspection.REQUESTS,
    **memory.REQUESTS,
    **texts.REQUESTS,
}


def serve(reader: BinaryIO, writer: BinaryIO, strict: bool = False) -> None:
    """Debug what the client at the other ends of two streams asks for, until it leaves."""
    Adapter(Wire(reader, writer), HANDLERS, strict).serve()
