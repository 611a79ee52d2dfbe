"""A letter for each op in a picture, the same in all pictures of a program where that can be."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_letters

from debugger.views.ink import INKS
from isa.codec import opcode_of
from isa.formats import EXTENSION_OPCODE
from isa.image import Image
from vm.stats import decoded_bundle, op_addresses

Key = tuple[int, int]  # pc and slot of an op
TOO_MANY = "#"
MOST_COUNTED = 1 << 16  # syllables in which ops are counted


def letters(image: Image, keys: Iterable[Key]) -> dict[Key, str]:
    """A letter for each op: that of its number in the program, or the next that is free; beyond 52 ops all are `#`."""
    chosen = sorted(set(keys))
    taken: dict[str, Key] = {}
    for key, number in zip(chosen, numbers(image, [address(image, key) for key in chosen]), strict=True):
        letter = _free(number, taken)
        if letter != TOO_MANY:
            taken[letter] = key
    named = {key: letter for letter, key in taken.items()}
    return {key: named.get(key, TOO_MANY) for key in chosen}


def numbers(image: Image, addresses: Iterable[int]) -> list[int]:
    """How many ops stand before each address, of some in order; far behind, syllables count as ops."""
    found, counted, at = [], 0, 0
    for place in addresses:
        end = min(place, MOST_COUNTED)
        counted += sum(opcode_of(syllable) != EXTENSION_OPCODE for syllable in image.text[at:end])
        at = max(at, end)
        found.append(counted + place - end)
    return found


def address(image: Image, key: Key) -> int:
    """The address of an op's first syllable; of one that is not there, its bundle's."""
    pc, slot = key
    addresses = op_addresses(pc, decoded_bundle(image, pc))
    return addresses[slot] if 0 <= slot < len(addresses) else pc


def _free(number: int, taken: dict[str, Key]) -> str:
    size = len(ascii_letters)
    tried = (ascii_letters[(number + step) % size] for step in range(size))
    return next((letter for letter in tried if letter not in taken), TOO_MANY)


def ink_of(letter: str) -> str:
    return INKS[ascii_letters.find(letter) % len(INKS)]
