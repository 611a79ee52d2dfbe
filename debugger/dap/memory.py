"""Requests for bytes: memory, which is SRAM by its linear map, and the program as bundles."""

from __future__ import annotations

from base64 import b64decode, b64encode
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.inspection import tell_of_change
from debugger.dap.references import memory_reference, number, text_reference

if TYPE_CHECKING:
    from debugger.dap.adapter import Adapter, Body
    from debugger.session import Session

MAX_READ = 1 << 24  # bytes in one response
MAX_BUNDLES = 1 << 14
FAR = 1 << 53
SYLLABLE_BYTES = 8


# Memory -----------------------------------------------------------------------------------------
def read_memory(adapter: Adapter, arguments: Arguments) -> Body:
    """Bytes from an address on, as many as there are; those never written are as they were."""
    sram = adapter.session.machine.engine.sram()
    start, count = _address(arguments), arguments.number("count")
    if not 0 <= start < len(sram):
        return {"address": memory_reference(max(0, start)), "unreadableBytes": count}
    data = bytes(sram[start : start + min(count, MAX_READ)])
    found: dict[str, Any] = {"address": memory_reference(start), "data": b64encode(data).decode()}
    if len(data) < count:
        found["unreadableBytes"] = count - len(data)
    return found


def _address(arguments: Arguments) -> int:
    return number(arguments.text("memoryReference")) + arguments.number("offset", 0, -FAR)


def write_memory(adapter: Adapter, arguments: Arguments) -> Body:
    """Write bytes in the present cycle, all or, where that is allowed, those that there is room for."""
    session, start, data = adapter.session, _address(arguments), _data(arguments)
    size = session.spec.sram_bytes
    room = max(0, size - start) if start >= 0 else 0
    if len(data) > room and not arguments.flag("allowPartial"):
        raise RequestError(f"{len(data)} bytes at {start:#x} do not fit; SRAM has {size:#x} bytes")
    written = data[:room]
    if written:
        text = f"write {len(written)} bytes at {start:#x}"
        session.history.edit(lambda machine: machine.engine.load(start, written), text)
    adapter.later(lambda: _tell(adapter, arguments, len(written)))
    return {"bytesWritten": len(written)}


def _data(arguments: Arguments) -> bytes:
    try:
        return b64decode(arguments.text("data"), validate=True)
    except ValueError as error:
        raise RequestError(f"`data` is not base64: {error}") from None


def _tell(adapter: Adapter, arguments: Arguments, count: int) -> None:
    if adapter.client.takes_memory_events and count:
        adapter.event("memory", memoryReference=arguments.text("memoryReference"),
                      offset=arguments.number("offset", 0, -FAR), count=count)  # fmt: skip
    tell_of_change(adapter)


# The program ------------------------------------------------------------------------------------
def disassemble(adapter: Adapter, arguments: Arguments) -> Body:
    """Bundles around an address, exactly as many as asked for: those that there are not are marked as such."""
    session = adapter.session
    address = number(arguments.text("memoryReference")) + arguments.number("offset", 0, -FAR)
    count = arguments.number("instructionCount", high=MAX_BUNDLES)
    first = bisect_right(session.lines.starts, address) - 1 + arguments.number("instructionOffset", 0, -FAR)
    return {"instructions": [_bundle(adapter, place) for place in range(first, first + count)]}


def _bundle(adapter: Adapter, place: int) -> dict[str, Any]:
    """The bundle of that number in the text."""
    session = adapter.session
    starts = session.lines.starts
    if not 0 <= place < len(starts):
        outside = place if place < 0 else len(session.image.text) + place - len(starts)
        return {"address": text_reference(outside), "instruction": "", "presentationHint": "invalid"}
    address = starts[place]
    end = starts[place + 1] if place + 1 < len(starts) else len(session.image.text)
    found: dict[str, Any] = {
        "address": text_reference(address),
        "instructionBytes": " ".join(f"{syllable:016x}" for syllable in session.image.text[address:end]),
        "instruction": bundle_text(session, address),
    }
    return found | _labelled(session, address) | _located(adapter, address)


def bundle_text(session: Session, address: int) -> str:
    """The ops of a bundle on one line, as the assembler takes them."""
    from vm.stats import decoded_bundle

    ops = [session.op_text(address, slot) for slot in range(len(decoded_bundle(session.image, address)))]
    if not ops:
        return "(illegal)"
    return f"{{ {'; '.join(ops)} }}" if len(ops) > 1 else ops[0]


def _labelled(session: Session, address: int) -> dict[str, Any]:
    label = session.lines.label_of(address)
    return {"symbol": label} if label and "+" not in label else {}


def _located(adapter: Adapter, address: int) -> dict[str, Any]:
    place = adapter.session.lines.place_of(address)
    if place is None:
        return {}
    client = adapter.client
    return {
        "location": adapter.sources.given(place.file),
        "line": place.line - 1 + client.first_line,
        "column": place.column - 1 + client.first_column,
    }


REQUESTS = {"readMemory": read_memory, "writeMemory": write_memory, "disassemble": disassemble}
