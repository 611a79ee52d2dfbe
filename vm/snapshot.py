"""Snapshots: everything a run is at the start of a cycle, as a value, as bytes and as a file.

The bytes: magic, a JSON header (machine, program, state, how many entries follow), issue counts, rows of SRAM
in use (number, bytes, written bits), the data of the tensor face's items, and the SHA-256 of all that. Nothing in a
file is believed before its checksum holds and its lengths add up; nothing in it is ever executed. Either engine
restores the other's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from isa import codec
from isa.machine import MachineError, MachineSpec, from_dict
from isa.records import dataclass, replace
from vm.engine import Engine, InFlight, Loop, State
from vm.items import KINDS, Item
from vm.mirror import BITS, mirrored
from vm.pages import PAGE_BYTES, Pages, blank, span, used
from vm.state import check_state

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAGIC = b"LPUSNAP\x02"
DIGEST_BYTES = 32
MAX_HEADER_BYTES = 1 << 22
COUNT_DTYPE = [("address", "<u4"), ("count", "<u8")]


class SnapshotError(ValueError):
    """Bytes that are no snapshot, or a snapshot of another program or machine; the message says why."""


@dataclass(frozen=True)
class Snapshot:
    """`program` is the SHA-256 of the text; `sram` and `written` are memory and its written bits as pages, which
    snapshots of one machine share where they are equal."""

    machine: MachineSpec
    program: str
    state: State
    counts: Mapping[int, int]
    sram: Pages
    written: Pages

    def to_bytes(self) -> bytes:
        import numpy as np

        counts = np.array(sorted(self.counts.items()), dtype=COUNT_DTYPE)
        rows, data, written = _rows_in_use(self)
        parts = (counts, rows.astype("<u4"), data, written)
        body = b"".join([*(part.tobytes() for part in parts), *(item.data for item in self.state.tensor)])
        header = _header(self, len(rows))
        whole = MAGIC + len(header).to_bytes(4, "little") + header + body
        return whole + _digest(whole)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to a file, in one step. Raises OSError."""
        from isa.files import write_atomic

        write_atomic(path, self.to_bytes())


# Engines --------------------------------------------------------------------------------------
def take(engine: Engine, program: str) -> Snapshot:
    """A snapshot of an engine that runs a program, by its digest."""
    sram, written = mirrored(engine).take()
    return Snapshot(engine.spec, program, engine.state, engine.issue_counts(), sram, written)


def restore(engine: Engine, program: str, snapshot: Snapshot) -> None:
    """Bring an engine that runs a program to a snapshot. Raises SnapshotError and then changes nothing."""
    if engine.spec.difference(snapshot.machine):
        raise SnapshotError(
            f"the snapshot is of another machine: {'; '.join(engine.spec.difference(snapshot.machine))}"
        )
    if program != snapshot.program:
        raise SnapshotError("the snapshot is of another program")
    counts = engine.issue_counts()
    try:
        engine.set_issue_counts(dict(snapshot.counts))
    except ValueError as error:
        raise SnapshotError(f"the snapshot counts bundles {error}") from error
    try:
        engine.set_state(snapshot.state)
    except ValueError as error:
        engine.set_issue_counts(counts)
        raise SnapshotError(f"the snapshot holds no state: {error}") from error
    mirrored(engine).put(snapshot.sram, snapshot.written)


def program_digest(text: list[int]) -> str:
    return _digest(codec.to_bytes(text)).hex()


# Rows -----------------------------------------------------------------------------------------
def _rows_in_use(snapshot: Snapshot) -> tuple[Array, Array, Array]:
    """The numbers of the rows along the linear map that hold anything, uint8[rows, lanes] and the written bits,
    uint8[rows, lanes / 8]."""
    import numpy as np

    lanes = snapshot.machine.lanes
    found = [(np.zeros(0, np.int64), _table(b"", lanes), _table(b"", lanes // 8))]
    for rows in _runs(snapshot):
        data = _table(span(snapshot.sram, rows.start * lanes, rows.stop * lanes), lanes)
        written = _table(span(snapshot.written, rows.start * lanes // 8, rows.stop * lanes // 8), lanes // 8)
        chosen = np.flatnonzero(data.any(axis=1) | written.any(axis=1))
        found.append((chosen + rows.start, data[chosen], written[chosen]))
    numbers, tables, bits = zip(*found, strict=True)
    return np.concatenate(numbers), np.concatenate(tables), np.concatenate(bits)


def _runs(snapshot: Snapshot) -> Iterator[range]:
    """Runs of rows outside of which pages are blank, in order and apart."""
    lanes, last = snapshot.machine.lanes, snapshot.machine.sram_bytes // snapshot.machine.lanes
    widths = [(run, PAGE_BYTES) for run in used(snapshot.sram)]
    widths += [(run, PAGE_BYTES * BITS) for run in used(snapshot.written)]
    begun = range(0)
    for run, width in sorted(widths, key=lambda each: each[0].start * each[1]):
        rows = range(run.start * width // lanes, min(last, -(-run.stop * width // lanes)))
        if rows.start > begun.stop:
            yield begun
            begun = rows
        begun = range(begun.start, max(begun.stop, rows.stop))
    yield begun


def _pages(numbers: Array, table: Array, rows: int) -> Pages:
    """All of a memory of so many rows as pages: some of its rows, by their numbers, and zeros."""
    import numpy as np

    width = table.shape[1]
    found = list(blank(rows * width))
    for place in np.unique(np.concatenate([numbers * width, numbers * width + width - 1]) // PAGE_BYTES).tolist():
        start = place * PAGE_BYTES
        first, end = start // width, -(-(start + PAGE_BYTES) // width)
        chosen = slice(*np.searchsorted(numbers, [first, end]))
        whole = np.zeros((end - first, width), np.uint8)
        whole[numbers[chosen] - first] = table[chosen]
        found[place] = whole.tobytes()[start - first * width :][: len(found[place])]
    return Pages.of(found)


# Bytes ----------------------------------------------------------------------------------------
def read(path: str | os.PathLike[str]) -> Snapshot:
    """A snapshot from a file. Raises SnapshotError, OSError."""
    with open(path, "rb") as file:
        return from_bytes(file.read())


def from_bytes(data: bytes) -> Snapshot:
    """A snapshot from its bytes. Raises SnapshotError for anything else."""
    if not data.startswith(MAGIC):
        raise SnapshotError("this is no snapshot, or one of another version")
    whole, digest = data[:-DIGEST_BYTES], data[-DIGEST_BYTES:]
    if _digest(whole) != digest:
        raise SnapshotError("the snapshot is damaged: its checksum does not hold")
    start = len(MAGIC) + 4
    length = int.from_bytes(whole[len(MAGIC) : start], "little")
    if length > min(MAX_HEADER_BYTES, len(whole) - start):
        raise SnapshotError(f"the snapshot's header of {length} bytes is too long")
    header = _parse(whole[start : start + length])
    return _body(header, whole[start + length :])


def _header(snapshot: Snapshot, rows: int) -> bytes:
    import json

    state = asdict(replace(snapshot.state, tensor=()))
    state["in_flight"] = [astuple(write) for write in snapshot.state.in_flight]
    state["loops"] = [astuple(loop) for loop in snapshot.state.loops]
    state["tensor"] = [_item_numbers(item) for item in snapshot.state.tensor]
    sizes = {"counts": len(snapshot.counts), "rows": rows}
    fields = {"machine": snapshot.machine.to_dict(), "program": snapshot.program, "state": state, **sizes}
    return json.dumps(fields, separators=(",", ":")).encode()


def _parse(header: bytes) -> dict[str, Any]:
    import json

    try:
        fields = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise SnapshotError("the snapshot's header is not JSON") from error
    if not isinstance(fields, dict):
        raise SnapshotError("the snapshot's header is no JSON object")
    return fields


def _body(header: dict[str, Any], body: bytes) -> Snapshot:
    import numpy as np

    try:
        machine = from_dict(header["machine"])
        state, data_sizes = _state(header["state"])
        count_entries, row_entries = _number(header["counts"]), _number(header["rows"])
    except (KeyError, TypeError, ValueError, MachineError) as error:
        raise SnapshotError(f"the snapshot's header is wrong: {error}") from error
    row_sizes = [row_entries * 4, row_entries * machine.lanes, row_entries * machine.lanes // 8]
    sizes = [count_entries * 12, *row_sizes, *data_sizes]
    if min(sizes) < 0 or sum(sizes) != len(body):
        raise SnapshotError(f"the snapshot holds {len(body)} bytes of contents; its header says {sum(sizes)}")
    counts, rows, data, written, *item_data = _cut(body, sizes)
    state = _with_data(machine, state, item_data)
    numbers, all_rows = np.frombuffer(rows, "<u4").astype(np.int64), machine.sram_bytes // machine.lanes
    if len(numbers) and (numbers[-1] >= all_rows or (np.diff(numbers) <= 0).any()):
        raise SnapshotError("the snapshot's rows of SRAM are out of order or outside the machine")
    return Snapshot(
        machine, str(header.get("program")), state,
        {int(address): int(count) for address, count in np.frombuffer(counts, COUNT_DTYPE)},
        _pages(numbers, _table(data, machine.lanes), all_rows),
        _pages(numbers, _table(written, machine.lanes // 8), all_rows),
    )  # fmt: skip


def _cut(body: bytes, sizes: list[int]) -> list[bytes]:
    ends = accumulate(sizes)
    return [body[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _with_data(machine: MachineSpec, state: State, data: list[bytes]) -> State:
    """The state with its items' data. Raises SnapshotError where a number of it is none that a run can reach."""
    items = (item._replace(data=bytes_) for item, bytes_ in zip(state.tensor, data, strict=True))
    whole = replace(state, tensor=tuple(items))
    try:
        check_state(machine, whole)
    except ValueError as error:
        raise SnapshotError(f"the snapshot's header is wrong: {error}") from error
    return whole


def _table(data: bytes, width: int) -> Array:
    import numpy as np

    return np.frombuffer(data, np.uint8).reshape(-1, width)


def _item_numbers(item: Item) -> list[int]:
    """An item for the header: its kind, its numbers, and how many bytes of data follow in the body."""
    return [KINDS.index(type(item)), *(value for value in item if isinstance(value, int)), len(item.data)]


def _item(entry: Any) -> tuple[Item, int]:
    """An item of the header without its data, and how many bytes that has. Raises TypeError or ValueError."""
    kind, *numbers, size = map(_number, entry)
    if not 0 <= kind < len(KINDS):
        raise ValueError(f"there is no item of kind {kind}")
    item: Item = KINDS[kind]._make((*numbers, b""))
    return item, size


def _state(fields: dict[str, Any]) -> tuple[State, list[int]]:
    """A state from plain data, the sizes of its items' data apart; `check_state` checks ranges.

    Raises TypeError, ValueError or KeyError.
    """
    plain = dict(fields)
    registers = tuple(_number(value) for value in plain.pop("registers"))
    in_flight = tuple(InFlight(*map(_number, write)) for write in plain.pop("in_flight"))
    loops = tuple(Loop(*map(_number, loop)) for loop in plain.pop("loops"))
    items = [_item(entry) for entry in plain.pop("tensor")]
    ended = plain.pop("fetch_ended")
    if not isinstance(ended, bool):
        raise TypeError(f"fetch_ended is {ended!r}, not true or false")
    numbers: dict[str, Any] = {name: _number(value) for name, value in plain.items()}
    tensor = tuple(item for item, _ in items)
    known: dict[str, Any] = {"registers": registers, "in_flight": in_flight, "loops": loops, "fetch_ended": ended}
    return State(**known, **numbers, tensor=tensor), [size for _, size in items]


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _digest(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(data).digest()
