"""A fault with its surroundings looked up: the ops concerned, their places in the source, names of numbers."""

from __future__ import annotations

from functools import cached_property

from isa import codec
from isa.codec import Op
from isa.diagnostics import Diagnostic, Note, Place
from isa.faults import CONDITION_CODE, NOWHERE, RawFault
from isa.image import DATA, PARAM, TEXT, Image, Symbol
from isa.machine import BYTES_PER_WORD
from isa.records import dataclass
from vm.engine import State
from vm.flow import op_at
from vm.stats import decoded_bundle, op_addresses

WORD_BITS = 32


@dataclass(frozen=True)
class Scene:
    """`op` and `other` are the faulting op and the other party, where the fault has them; `state` as it was then."""

    fault: RawFault
    image: Image
    state: State

    @cached_property
    def op(self) -> Op | None:
        return self.op_at(self.fault.pc, self.fault.slot)

    @cached_property
    def other(self) -> Op | None:
        return self.op_at(self.fault.other_pc, self.fault.other_slot)

    @cached_property
    def place(self) -> Place | None:
        return self.place_of(self.fault.pc, self.fault.slot)

    @cached_property
    def other_place(self) -> Place | None:
        return self.place_of(self.fault.other_pc, self.fault.other_slot)

    def bundle(self, address: int) -> list[Op]:
        """The ops of the bundle at an address, none when it is illegal."""
        return decoded_bundle(self.image, address)

    def op_at(self, address: int, slot: int) -> Op | None:
        return op_at(self.image, address, slot)

    def place_of(self, address: int, slot: int) -> Place | None:
        """Where an op was written; without a slot, where its bundle was."""
        addresses = op_addresses(address, self.bundle(address)) or [address]
        wanted = addresses[slot if 0 <= slot < len(addresses) else 0]
        return next((entry.place for entry in self.image.lines if entry.address == wanted), None)

    def note(self, message: str, place: Place | None, address: int) -> Note:
        """A note at a place, or naming the program address when the image has no lines."""
        return Note(message, place) if place or address == NOWHERE else Note(f"{message}, at address {address}")

    def starts(self) -> list[int]:
        return codec.bundle_starts(self.image.text)

    # Names ------------------------------------------------------------------------------------
    def in_line(self) -> str:
        """Where a `nop` goes: before the faulting line."""
        return f"before line {self.place.line}" if self.place else f"before address {self.fault.pc}"

    def text_name(self, address: int) -> str:
        """A program address, with its label when it has one."""
        names = [s.name for s in self.image.symbols if s.kind == TEXT and s.value == address]
        return f"address {address} (`{names[0]}`)" if names else f"address {address}"

    def word_name(self, word: int) -> str:
        """A word of SRAM: its address, the symbol it belongs to, and its row."""
        spec = self.image.machine
        row, _ = divmod(word, spec.words_per_row)
        bank, row = divmod(row, spec.rows)
        symbol = self.symbol_of(word)
        offset = f" + {word - symbol.value}" if symbol and word > symbol.value else ""
        named = f" ({symbol.name}{offset})" if symbol else ""
        return f"word {word}{named}, row {row} of {spec.bank_name(bank)}"

    def symbol_of(self, word: int) -> Symbol | None:
        data = (symbol for symbol in self.image.symbols if symbol.kind in (DATA, PARAM))
        return next((symbol for symbol in data if symbol.value <= word < symbol.value + max(symbol.size, 1)), None)

    def how_to_initialise(self) -> str:
        """The help for reading a byte never written."""
        inputs = [tensor.name for tensor in self.image.tensors if tensor.is_input]
        symbol = self.symbol_of(self.fault.address // BYTES_PER_WORD)
        if symbol and symbol.name in inputs:
            return f"it is an input: give it a value, for example with `-i {symbol.name}=FILE.npy`"
        return "initialise it, or run with `--uninit=zero` to read zeros"

    def byte_name(self, address: int) -> str:
        word, byte = divmod(address, BYTES_PER_WORD)
        return f"byte {byte} of {self.word_name(word)}"


def said(message: str, *notes: Note, help: str = "", place: Place | None = None) -> Diagnostic:
    """What is to be said of a fault, at the op's place unless another is given; its code is added later."""
    return Diagnostic("", message, place, notes, help)


def mnemonic(op: Op | None) -> str:
    return f"`{op.row.mnemonic}`" if op else "an op"


def register_name(number: int) -> str:
    return "the condition code" if number == CONDITION_CODE else f"r{number}"


def cycles(count: int) -> str:
    return f"{count} cycle{'' if count == 1 else 's'}"


def signed(value: int) -> int:
    return value - (1 << WORD_BITS) if value >> (WORD_BITS - 1) else value


def number(value: int) -> str:
    """A 32-bit value, and what it is as a signed number where that differs."""
    return f"{value} ({signed(value)})" if signed(value) != value else str(value)
