"""The fast core as an engine: the only module that touches cffi. Memory views are zero-copy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from isa.faults import RawFault
from isa.machine import MachineSpec
from isa.types import TYPES
from vm._core import ffi, lib
from vm.conditions import DIFFERS, Condition, Elements, order_ranges
from vm.engine import CHANGE_BYTES, FAULT, HALTED, RUNNING, STOPPED, UNINIT_MODES, InFlight, Loop, State
from vm.items import KINDS, Item, Packed
from vm.mirror import Loans, Mirror
from vm.pages import PAGE_BYTES
from vm.state import MAX_CYCLE, check_counts, check_room, check_state, initial_state, text_length
from vm.stops import BREAKPOINT, GUARD, NO_STOPS, Guard, Stop, Stops, Toucher, Watch, check_stops, guard_order, in_order
from vm.stops import KINDS as WATCHES

if TYPE_CHECKING:
    from vm.translate.tier import Tier

STATUS = (RUNNING, HALTED, FAULT, STOPPED)
SIZES = ("superlanes", "quads", "banks", "rows", "streams", "vxm_alus", "mxm_planes")  # of a machine
NUMBERS = (
    "cycle", "pc", "cc", "next_fetch", "fetch_ended", "exit_code", "jump_pc", "jump_slot", "jump_cycle", "settled",
)  # fmt: skip
ORDERS = {"u": lib.LPU_UNSIGNED, "i": lib.LPU_SIGNED, "f": lib.LPU_FLOATING}
PATTERN_BITS = 32
MOST_DIGITS = 9  # of a number of cycles in the environment
FEW_CYCLES = 1000  # which take some milliseconds at most
SLICES_BEFORE_TRANSLATION = 16  # of some milliseconds each
NO_PATTERNS = 1, 0  # a range whose end is below its beginning


class CoreEngine:
    """One machine with a program: `vm.engine.Engine`, fast. Raises ValueError for what cannot be loaded."""

    def __init__(
        self, spec: MachineSpec, text: bytes, entry: int = 0, uninit: str = "fault", strict: bool = False
    ) -> None:
        if uninit not in UNINIT_MODES:
            raise ValueError(f"uninit is {uninit!r}; it must be one of {', '.join(UNINIT_MODES)}")
        initial_state(spec, entry)  # refuses an entry address that cannot be one
        self.spec = spec
        self._length = text_length(spec, text)
        size = {name: getattr(spec, name) for name in SIZES}
        parameters = ffi.new("lpu_parameters *", size | {"uninit": UNINIT_MODES.index(uninit), "strict": strict})
        machine = lib.lpu_create(parameters, ffi.from_buffer("uint8_t[]", text), self._length, entry)
        if not machine:
            raise MemoryError(f"no memory for a machine of {spec.sram_bytes} bytes of SRAM")
        self._machine = ffi.gc(machine, lib.lpu_destroy)
        if os.environ.get("LPU_STRIPS") == "0":
            lib.lpu_set_strips(machine, 0)
        least = os.environ.get("LPU_STRETCHES", "")
        if least.isdecimal() and len(least) < MOST_DIGITS:
            lib.lpu_set_stretches(machine, int(least))
        self._raw_state = ffi.new("lpu_state *")
        self._loans = Loans(self._machine)
        self._stops = NO_STOPS
        self._slices = 0  # of runs so far
        self._source = object()  # what tells its items from those of others
        self._tier: Tier | None = None

    def step(self, cycles: int) -> str:
        """The same as a run to so many cycles from now; a few are one call of the core."""
        if 0 <= cycles <= FEW_CYCLES:
            return STATUS[lib.lpu_run_for(self._machine, cycles)]
        return self.run(self.cycle + cycles)

    def run(self, until: int) -> str:
        """Go on until the run is over, a fault, a stop, or `cycle` == until; signals are handled on the way."""
        until = min(max(until, 0), MAX_CYCLE)
        while True:
            status = STATUS[lib.lpu_run_slice(self._machine, until)]
            if status != RUNNING or self.cycle >= until:
                return status
            self._between_slices()

    def _between_slices(self) -> None:
        """A run that takes long is worth translating."""
        self._slices += 1
        if self._slices == SLICES_BEFORE_TRANSLATION and os.environ.get("LPU_TRANSLATE") != "0":
            from vm.translate.tier import Tier

            self._tier = Tier(self._machine)
        if self._tier:
            self._tier.after_slice()

    def append(self, text: bytes) -> int:
        """Put text behind the program and return its address; see `vm.engine.Engine`. Raises ValueError."""
        length = text_length(self.spec, text)
        check_room(self.spec, self._length, length)
        address: int = lib.lpu_append(self._machine, ffi.from_buffer("uint8_t[]", text), length)
        if address < 0:
            raise MemoryError(f"no memory for {length} more syllables")
        self._length = address + length + 1
        return address

    # Stops ------------------------------------------------------------------------------------
    def set_stops(self, stops: Stops) -> None:
        """Say where runs stop. Raises ValueError for what the program or the machine has not."""
        check_stops(self.spec, self._length, stops)
        held: list[Any] = []  # what the core copies lives at least as long as this
        breakpoints = ffi.new("uint32_t[]", sorted(stops.breakpoints))
        watches = ffi.new("lpu_watch[]", [watch_to_c(watch, held) for watch in stops.watches])
        guards = ffi.new("lpu_guard[]", [guard_to_c(stops.guards[number], held) for number in guard_order(stops)])
        lists = breakpoints, len(breakpoints), watches, len(watches), guards, len(guards)
        if lib.lpu_set_stops(self._machine, *lists):
            raise MemoryError(f"no memory for {len(watches)} watches")
        self._stops = stops

    @property
    def stop(self) -> Stop | None:
        return next(iter(self.stops_hit), None)

    @property
    def stops_hit(self) -> tuple[Stop, ...]:
        return in_order(list(self._hits()))

    def _hits(self) -> Iterator[tuple[Toucher, Stop]]:
        kinds = [(watch.kind, number) for number, watch in enumerate(self._stops.watches)]
        kinds += [(BREAKPOINT, -1), *((GUARD, number) for number in guard_order(self._stops))]
        for place, (kind, number) in enumerate(kinds):
            raw = lib.lpu_stop_of(self._machine, place)
            if raw:
                stop = Stop(kind, number, raw.cycle, raw.pc, raw.slot, raw.address)
                yield Toucher(raw.unit, raw.pc, raw.slot), stop

    @property
    def ignored(self) -> tuple[int, ...]:
        places = {number: place for place, number in enumerate(guard_order(self._stops))}
        return tuple(lib.lpu_ignored(self._machine, places[number]) for number in range(len(places)))

    # State ------------------------------------------------------------------------------------
    @property
    def cycle(self) -> int:
        cycle: int = lib.lpu_cycle(self._machine)
        return cycle

    @property
    def fault(self) -> RawFault | None:
        raw = lib.lpu_get_fault(self._machine)
        return RawFault(*struct_values(raw[0])) if raw else None

    @property
    def state(self) -> State:
        return self._state_with(self._items())

    @property
    def scalars(self) -> State:
        return self._state_with(())

    def _state_with(self, found: Sequence[Item]) -> State:
        lib.lpu_get_state(self._machine, self._raw_state)
        return state_from_c(self._raw_state, found)

    def _items(self) -> Sequence[Item]:
        size = ffi.new("size_t *")
        block = lib.lpu_pack_items(self._machine, size)
        if size[0] and not block:
            raise MemoryError(f"no memory for {size[0]} bytes of the tensor face")
        if not block:
            return ()
        return Packed(ffi.buffer(ffi.gc(block, lib.lpu_free_pack), size[0]), self.spec, self.cycle, self._source)

    def set_state(self, state: State) -> None:
        """Replace the state (memory excluded); clears a fault. Raises ValueError when it is no state."""
        check_state(self.spec, state)
        known = isinstance(state.tensor, Packed) and state.tensor.is_of(self.spec, state.cycle, self._source)
        # Only items are found wrong after others have been put.
        before = self.state if state.tensor and not known else None
        try:
            self._put_state(state)
        except ValueError:
            if before:
                self._put_state(before)
            raise

    def _put_state(self, state: State) -> None:
        self._put_all_but_items(state)
        if not isinstance(state.tensor, Packed):
            self._put_items(state.tensor)
        elif lib.lpu_unpack_items(self._machine, ffi.from_buffer("uint8_t[]", state.tensor.block), state.tensor.size):
            self._put_all_but_items(state)
            self._put_items(state.tensor)  # to find out which of them is wrong

    def _put_all_but_items(self, state: State) -> None:
        if lib.lpu_set_state(self._machine, state_to_c(state)):
            raise ValueError(f"no `loop` of this program makes one of the loops {state.loops}")

    def _put_items(self, found: Sequence[Item]) -> None:
        for item in found:
            *numbers, data = item
            held = ffi.from_buffer("uint8_t[]", data)
            raw = ffi.new("lpu_item *", (KINDS.index(type(item)), numbers, len(data), held))
            if lib.lpu_items_put(self._machine, raw):
                raise ValueError(f"no run of this program leaves a {type(item).__name__} with the numbers {numbers}")
        if lib.lpu_items_end(self._machine):
            raise ValueError("half of the weights of a 16-bit type are missing")

    def set_register(self, register: int, value: int) -> None:
        """Write a register from outside; a write in flight to it still lands. Raises ValueError for a bad number."""
        if not 0 <= register < lib.LPU_REGISTERS:
            raise ValueError(f"register {register} does not exist; there are {lib.LPU_REGISTERS}")
        lib.lpu_set_register(self._machine, register, value & 0xFFFFFFFF)

    def registers(self) -> memoryview:
        """r0 to r31 as writable bytes, four each, zero-copy; writing here is `set_register`."""
        return self._view(lib.lpu_registers(self._machine), lib.LPU_REGISTERS * 4)

    # Memory -----------------------------------------------------------------------------------
    def sram(self) -> memoryview:
        return view_of(lib.lpu_sram(self._machine), self.spec.sram_bytes, self._loans.begin())

    def was_lent(self) -> bool:
        return self._loans.look()

    def written(self, start: int = 0, size: int | None = None) -> bytes:
        bits = bytearray(self.spec.sram_bytes // 8 - start if size is None else size)
        if start < 0 or lib.lpu_get_written(self._machine, start, ffi.from_buffer("uint8_t[]", bits), len(bits)):
            raise ValueError(f"there are no {len(bits)} bytes of written bits from {start} on")
        return bytes(bits)

    def set_written(self, bits: bytes, start: int = 0) -> None:
        if start < 0 or lib.lpu_set_written(self._machine, start, bits, len(bits)):
            raise ValueError(f"there are no {len(bits)} bytes of written bits from {start} on")
        self.mirror.doubt()

    def changed(self) -> memoryview:
        return self._view(lib.lpu_changed(self._machine), -(-self.spec.sram_bytes // CHANGE_BYTES))

    @cached_property
    def mirror(self) -> Mirror:
        sram, bits = Sram(self._machine, self.spec.sram_bytes), Bits(self._machine, self.spec.sram_bytes // 8)
        return Mirror(sram, bits, self.changed())

    def _sram(self) -> memoryview:
        return self._view(lib.lpu_sram(self._machine), self.spec.sram_bytes)

    def _view(self, start: Any, size: int) -> memoryview:
        """A view that keeps the machine alive, whatever becomes of the engine."""
        machine = self._machine
        return view_of(start, size, lambda _: machine)

    def view(self, address: int, size: int) -> memoryview:
        return self._sram()[address : address + size].toreadonly()

    def load(self, address: int, data: bytes | memoryview) -> None:
        """Store bytes and mark them written. Raises ValueError outside SRAM."""
        if address < 0 or address + len(data) > self.spec.sram_bytes:
            raise ValueError(f"{len(data)} bytes at {address} are outside SRAM of {self.spec.sram_bytes} bytes")
        lib.lpu_load(self._machine, address, ffi.from_buffer("uint8_t[]", data), len(data))

    # Statistics -------------------------------------------------------------------------------
    def issue_counts(self) -> dict[int, int]:
        size = lib.lpu_get_counts(self._machine, ffi.NULL, ffi.NULL, 0)
        addresses, counts = ffi.new("uint32_t[]", size), ffi.new("uint64_t[]", size)
        lib.lpu_get_counts(self._machine, addresses, counts, size)
        return dict(zip(ffi.unpack(addresses, size), ffi.unpack(counts, size), strict=True))

    def set_issue_counts(self, counts: dict[int, int]) -> None:
        """Replace the counts. Raises ValueError where there is no such bundle or count."""
        check_counts(self._length, counts)
        addresses = list(counts)
        wrong = lib.lpu_set_counts(self._machine, addresses, list(counts.values()), len(addresses))
        if wrong < len(addresses):
            raise ValueError(f"at address {addresses[wrong]}, where none is")


class Memory:
    """Memory of a machine, as `vm.pages.Memory`."""

    def __init__(self, machine: Any, size: int) -> None:
        self._machine, self._size = machine, size

    def __len__(self) -> int:
        return self._size

    def _page_bytes(self, k: int) -> int:
        return min(PAGE_BYTES, self._size - k * PAGE_BYTES)


class Sram(Memory):
    """SRAM; what is equal is found so without a copy."""

    def page(self, k: int) -> bytes:
        return bytes(self._page(k))

    def is_like(self, k: int, page: bytes) -> bool:
        return bool(self._page(k) == page)

    def put(self, k: int, page: bytes) -> None:
        self._page(k)[:] = page

    def _page(self, k: int) -> Any:
        return ffi.buffer(lib.lpu_sram(self._machine) + k * PAGE_BYTES, self._page_bytes(k))


class Bits(Memory):
    """The written bits."""

    def page(self, k: int) -> bytes:
        bits = bytearray(self._page_bytes(k))
        lib.lpu_get_written(self._machine, k * PAGE_BYTES, ffi.from_buffer("uint8_t[]", bits), len(bits))
        return bytes(bits)

    def is_like(self, k: int, page: bytes) -> bool:
        return self.page(k) == page

    def put(self, k: int, page: bytes) -> None:
        lib.lpu_set_written(self._machine, k * PAGE_BYTES, page, len(page))


def view_of(start: Any, size: int, ended: Callable[[object], object]) -> memoryview:
    """Bytes of the core; what is to be called, and is kept until then, once nobody has the view any more."""
    return memoryview(ffi.buffer(ffi.gc(start, ended), size)).cast("B")


def struct_values(raw: Any) -> list[int]:
    """The members of a C struct of numbers, in order."""
    return [getattr(raw, name) for name, _ in ffi.typeof(raw).fields]


def state_from_c(raw: Any, tensor: Sequence[Item]) -> State:
    writes = (raw.writes[i] for i in range(raw.write_count))
    return State(
        cycle=raw.cycle,
        pc=raw.pc,
        registers=tuple(ffi.unpack(raw.registers, lib.LPU_REGISTERS)),
        cc=raw.cc,
        in_flight=tuple(InFlight(w.reg, w.value, w.landing, w.issued, w.pc, w.slot) for w in writes),
        loops=tuple(Loop(*struct_values(raw.loops[i])) for i in range(raw.loop_count)),
        next_fetch=raw.next_fetch,
        fetch_ended=bool(raw.fetch_ended),
        exit_code=raw.exit_code,
        jump_pc=raw.jump_pc,
        jump_slot=raw.jump_slot,
        jump_cycle=raw.jump_cycle,
        settled=raw.settled,
        tensor=tensor,
    )


def state_to_c(state: State) -> Any:
    """The C form of a state whose numbers were checked."""
    raw = ffi.new("lpu_state *", {name: getattr(state, name) for name in NUMBERS})
    raw.registers = state.registers
    raw.loop_count, raw.write_count = len(state.loops), len(state.in_flight)
    for i, loop in enumerate(state.loops):
        raw.loops[i] = (loop.start, loop.end, loop.remaining)
    for i, write in enumerate(state.in_flight):
        raw.writes[i] = (write.landing, write.issued, write.value, write.pc, write.register, write.slot)
    return raw


# Stops to C ------------------------------------------------------------------------------------
def test_to_c(test: Condition | None, held: list[Any]) -> Any:
    """A test as the core knows it; NULL for none."""
    if test is None:
        return ffi.NULL
    t = TYPES[test.dtype]
    raw = ffi.new("lpu_test *", {"order": ORDERS[t.kind], "bits": t.bits})
    if test.kind == DIFFERS:
        raw.golden, raw.golden_bytes = ffi.from_buffer("uint8_t[]", test.golden), len(test.golden)
    else:
        ranges = [patterns(low, high, PATTERN_BITS - t.bits) for low, high in order_ranges(test)]
        raw.low, raw.high = zip(*[*ranges, NO_PATTERNS][:2], strict=True)
    held += [raw, raw.golden]
    return raw


def patterns(low: int, high: int, shift: int) -> tuple[int, int]:
    """The places in order of all patterns of 32 bits that begin with those at some places."""
    return (low << shift, (high + 1 << shift) - 1) if low <= high else NO_PATTERNS


def elements_to_c(elements: Elements | None, held: list[Any]) -> Any:
    """Elements as the core knows them; NULL for none."""
    if elements is None:
        return ffi.NULL
    runs = ffi.new("lpu_elements_run[]", list(elements.runs))
    raw = ffi.new("lpu_elements *", (elements.step, elements.stride, runs, len(runs)))
    held += [raw, runs]
    return raw


def watch_to_c(watch: Watch, held: list[Any]) -> tuple[Any, ...]:
    """The members of a watch as the core knows it; what they point at is `held`."""
    pointers = test_to_c(watch.test, held), elements_to_c(watch.elements, held)
    return WATCHES.index(watch.kind), watch.first, watch.last, watch.place, *pointers


def guard_to_c(guard: Guard, held: list[Any]) -> tuple[Any, ...]:
    """The same of a guard."""
    return guard.address, guard.register, guard.ignore, test_to_c(guard.test, held)
