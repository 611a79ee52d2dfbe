"""`Machine`: a loaded program as Python sees it: run it, look at it, put data in and take results out."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from isa import codec, layout
from isa.diagnostics import Diagnostic
from isa.faults import RawFault
from isa.image import Image, Symbol, Tensor
from isa.machine import MachineSpec
from isa.records import replace
from vm import contents, loader
from vm.engine import FAULT, RUNNING, State
from vm.state import is_over

if TYPE_CHECKING:
    from vm.snapshot import Snapshot
    from vm.stats import Stats
    from vm.stops import Stop, Stops

LIMIT = "limit"  # what a run ends with when it is not over in time
FOREVER = 1 << 61


class MachineFault(Exception):
    """The program broke a rule: the record of it, and the same in sentences."""

    def __init__(self, diagnostic: Diagnostic, raw: RawFault) -> None:
        super().__init__(f"[{diagnostic.code}] {diagnostic.message}")
        self.diagnostic = diagnostic
        self.raw = raw


class Machine:
    """One run of one executable (an Image, its ELF bytes or a path). Raises SourceError when it cannot be loaded.

    `uninit` says what reading bytes never written does: fault, zero, poison, or (golden model) taint; a `strict`
    machine faults where a value on a stream is lost.
    """

    def __init__(
        self,
        source: loader.Source,
        engine: str = "core",
        uninit: str = "fault",
        machine: MachineSpec | None = None,
        strict: bool = False,
    ) -> None:
        self.image: Image = loader.read_image(source)
        self.engine = loader.load(self.image, engine, machine, uninit, strict)
        self.register_names: dict[str, int] = {}  # what the source calls registers, where that is told

    # Time -------------------------------------------------------------------------------------
    def run(self, max_cycles: int | None = None) -> str:
        """Go on until the run is over ("halted") or its cycle count reaches a limit ("limit"). Raises MachineFault.

        Where stops are set: "stopped" at the first of them; so do the two below.
        """
        status = self._checked(self.engine.run(FOREVER if max_cycles is None else max_cycles))
        return LIMIT if status == RUNNING else status

    def step(self, cycles: int = 1) -> str:
        """Go on for some cycles: "running" or "halted". Raises MachineFault."""
        status = self.engine.step(cycles)
        return status if status != FAULT else self._checked(status)

    def step_bundle(self) -> str:
        """Go on until one more bundle has issued: "running" or "halted". Raises MachineFault."""
        return self._checked(self.engine.run(max(self.engine.scalars.next_fetch, self.cycle) + 1))

    def _checked(self, status: str) -> str:
        fault = self.engine.fault if status == FAULT else None
        if fault is None:
            return status
        from vm.explain import explain

        raise MachineFault(explain(fault, self.image, self.state), fault)

    def set_stops(self, stops: Stops) -> None:
        """Say where runs stop. Raises ValueError for what the program or the machine has not."""
        self.engine.set_stops(stops)

    @property
    def stop(self) -> Stop | None:
        """Why the last run stopped; None where it did not."""
        return self.engine.stop

    @property
    def cycle(self) -> int:
        return self.engine.cycle

    @property
    def state(self) -> State:
        return self.engine.state

    @property
    def halted(self) -> bool:
        return is_over(self.engine.scalars) and is_over(self.state)

    @property
    def exit_code(self) -> int:
        """The code of `halt`; 0 before and when the program ran off its end."""
        return self.engine.scalars.exit_code

    @property
    def stats(self) -> Stats:
        from vm.stats import gather

        return gather(self.image, self.engine.issue_counts(), self.state)

    # The program ------------------------------------------------------------------------------
    def append(self, part: Image) -> int:
        """Put an image's text behind the program, its names and lines among the program's; returns its address.

        The image was made for that address. Raises ValueError when the machine has no room for it.
        """
        old = self.image
        address = self.engine.append(codec.to_bytes(part.text))
        guards = [codec.NO_BUNDLE] * (address - len(old.text))
        self.image = replace(
            old,
            text=[*old.text, *guards, *part.text, codec.NO_BUNDLE],
            blocks=[*old.blocks, *part.blocks],
            symbols=[*old.symbols, *part.symbols],
            lines=old.lines + part.lines,
            tensors=[*old.tensors, *part.tensors],
        )
        for name in ("symbols", "tensors", "_program"):
            self.__dict__.pop(name, None)
        return address

    # Snapshots --------------------------------------------------------------------------------
    def snapshot(self) -> Snapshot:
        """Everything this run is, as a value; `Snapshot.save` writes it to a file."""
        from vm import snapshot

        return snapshot.take(self.engine, self._program)

    def restore(self, saved: Snapshot | bytes | str | os.PathLike[str]) -> None:
        """Go back to a snapshot: the value, its bytes or its file. Raises SnapshotError and then changes nothing."""
        from vm import snapshot

        if isinstance(saved, bytes):
            saved = snapshot.from_bytes(saved)
        elif not isinstance(saved, snapshot.Snapshot):
            saved = snapshot.read(saved)
        snapshot.restore(self.engine, self._program, saved)

    @cached_property
    def _program(self) -> str:
        from vm.snapshot import program_digest

        return program_digest(self.image.text)

    # Memory and registers ---------------------------------------------------------------------
    @property
    def sram(self) -> layout.Array:
        """All of SRAM as uint8[bytes], zero-copy. Bytes poked here do not count as written."""
        import numpy as np

        return np.frombuffer(self.engine.sram(), np.uint8)

    @property
    def regs(self) -> layout.Array:
        """r0 to r31 as uint32[32]: a zero-copy view of the core's, a read-only copy of the golden model's."""
        import numpy as np

        return np.frombuffer(self.engine.registers(), np.uint32)

    @property
    def streams(self) -> tuple[layout.Array, layout.Array]:
        """What left each position, uint8[2, streams, positions, lanes], eastward streams first; where there is any."""
        from vm.contents import streams

        return streams(self.image.machine, self.state.tensor)

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        return {symbol.name: symbol for symbol in self.image.symbols}

    @cached_property
    def tensors(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in self.image.tensors}

    def __getitem__(self, name: str) -> layout.Array:
        """A copy of a typed symbol's elements, in its shape. Raises KeyError for a name that has no type."""
        return contents.read(self.engine, self._tensor(name), self.symbols[name].value)

    def __setitem__(self, name: str, value: Any) -> None:
        """Replace a typed symbol's elements. Raises ValueError when dtype or shape are not the declared ones."""
        contents.write(self.engine, self._tensor(name), self.symbols[name].value, value)

    def tainted(self, name: str) -> dict[tuple[int, ...], int]:
        """The elements that depend on bytes never written: index to the first such byte's address.

        The address is REGISTER where what was never set is a v register, an accumulator row or a map. Only of a
        tainted run of the golden model: raises ValueError for any other.
        """
        from vm.taint import spoilt

        return spoilt(self.engine, self._tensor(name), self.symbols[name].value)

    def addresses(self, name: str) -> layout.Array:
        """The addresses in SRAM of each element's bytes, lowest first: int64[*shape, bytes]."""
        from vm.taint import byte_addresses

        return byte_addresses(self.engine, self._tensor(name), self.symbols[name].value)

    def _tensor(self, name: str) -> Tensor:
        if name not in self.tensors or name not in self.symbols:
            raise KeyError(f"{name} is no typed symbol; there are {', '.join(self.tensors) or 'none'}")
        return self.tensors[name]

    @property
    def declared_inputs(self) -> list[Tensor]:
        """What `.input` declares, in order."""
        return sorted((t for t in self.image.tensors if t.is_input), key=lambda t: t.input_order)

    @property
    def declared_outputs(self) -> list[Tensor]:
        """What `.output` declares, in order."""
        return sorted((t for t in self.image.tensors if t.is_output), key=lambda t: t.output_order)

    def set_inputs(self, data: bytes) -> None:
        """Fill the declared inputs, in order, from row-major little-endian bytes. Raises ValueError on a wrong size."""
        needed = sum(map(contents.raw_size, self.declared_inputs))
        if len(data) != needed:
            raise ValueError(f"the declared inputs take {needed} bytes, not {len(data)}")
        for tensor in self.declared_inputs:
            size = contents.raw_size(tensor)
            contents.write_raw(self.engine, tensor, self.symbols[tensor.name].value, data[:size])
            data = data[size:]

    def outputs(self) -> bytes:
        """The declared outputs, in order, as row-major little-endian bytes."""
        return b"".join(contents.read_raw(self.engine, t, self.symbols[t.name].value) for t in self.declared_outputs)
