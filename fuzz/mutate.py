"""Changes of inputs that know what they change: sources by tokens, text by the formats of the table, JSON by its
nodes, binary files by their numbers. Each takes an input and a source of random numbers, and gives another input."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from fuzz.engines import HEADER_BYTES, LENGTH_AT
from fuzz.vocabulary import EXTREMES, words_of
from isa.codec import SYLLABLE_BYTES
from isa.formats import PAYLOAD_START, STOP_BITS, Format
from isa.table import OPCODE_FORMATS, ROWS

Mutator = Callable[[bytes, Random], bytes]

TOKEN = re.compile(r"\w+|\s+|\|\||[<>=!]=|<<|>>|.", re.DOTALL)
LIMITS = (0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 255)


# Text with a grammar --------------------------------------------------------------------------
def by_tokens(kind: str) -> Mutator:
    """Tokens are replaced, dropped, doubled and moved; new ones come from the vocabulary of a kind of text."""

    def mutate(data: bytes, rng: Random) -> bytes:
        tokens = TOKEN.findall(data.decode("utf-8", "replace"))
        for _ in range(rng.randint(1, 4)):
            tokens = rng.choice((put, put, insert, drop, double, swap_lines))(tokens, rng, words_of(kind))
        return "".join(tokens).encode()

    return mutate


def place_in(tokens: list[str], rng: Random) -> int:
    return rng.randrange(len(tokens)) if tokens else 0


def put(tokens: list[str], rng: Random, words: tuple[str, ...]) -> list[str]:
    place = place_in(tokens, rng)
    return [*tokens[:place], rng.choice(words), *tokens[place + 1 :]]


def insert(tokens: list[str], rng: Random, words: tuple[str, ...]) -> list[str]:
    place = place_in(tokens, rng)
    return [*tokens[:place], rng.choice(words), rng.choice(("", " ", ", ")), *tokens[place:]]


def drop(tokens: list[str], rng: Random, words: tuple[str, ...]) -> list[str]:
    place = place_in(tokens, rng)
    return tokens[:place] + tokens[place + rng.randint(1, 5) :]


def double(tokens: list[str], rng: Random, words: tuple[str, ...]) -> list[str]:
    place, other = place_in(tokens, rng), place_in(tokens, rng)
    return tokens[:other] + tokens[place : place + rng.randint(1, 20)] + tokens[other:]


def swap_lines(tokens: list[str], rng: Random, words: tuple[str, ...]) -> list[str]:
    lines = "".join(tokens).splitlines(keepends=True)
    if len(lines) > 1:
        a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
    return lines


# JSON -----------------------------------------------------------------------------------------
def by_nodes(data: bytes, rng: Random) -> bytes:
    """A number, text or list somewhere in a JSON document becomes another; what is none becomes one."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = {}
    return json.dumps(replaced(document, rng)).encode()


def replaced(node: Any, rng: Random) -> Any:
    """A copy of a node with one node in it replaced: deep ones as often as high ones."""
    if isinstance(node, dict) and node and rng.random() < 0.9:
        name = rng.choice(list(node))
        if rng.random() < 0.05:
            return {other: value for other, value in node.items() if other != name}
        return {**node, name: replaced(node[name], rng)}
    if isinstance(node, list) and node and rng.random() < 0.85:
        place = rng.randrange(len(node))
        kept = [] if rng.random() < 0.1 else [replaced(node[place], rng)]
        return [*node[:place], *kept, *node[place + 1 :]]
    return any_node(node, rng)


def any_node(node: Any, rng: Random) -> Any:
    if isinstance(node, str) and rng.random() < 0.6:
        return by_tokens("prompt")(node.encode(), rng).decode("utf-8", "replace")
    if isinstance(node, int) and rng.random() < 0.5:
        return node + rng.randint(-3, 3)
    return rng.choice((None, True, -1, 1.5, 1e308, "", "x", [], {}, [0] * 40, {"a": 1}, node, *EXTREMES))


def by_messages(data: bytes, rng: Random) -> bytes:
    """One of the messages of an editor is changed, dropped or doubled; the sizes before them are right."""
    bodies = [part.partition(b"\r\n\r\n")[2] for part in data.split(b"Content-Length:")[1:]] or [b"{}"]
    place = rng.randrange(len(bodies))
    bodies[place : place + 1] = rng.choice(
        ([by_nodes(bodies[place], rng)], [by_nodes(bodies[place], rng)], [], [bodies[place]] * 2)
    )
    return b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)


def by_header(data: bytes, rng: Random) -> bytes:
    """A snapshot whose header is changed node by node, its length kept right; or whose contents are."""
    start = 12
    length = int.from_bytes(data[8:start], "little")
    header, body = data[start : start + length], data[start + length :]
    if rng.random() < 0.7:
        header = by_nodes(header, rng)
    else:
        body = by_numbers(body, rng)
    return data[:8] + len(header).to_bytes(4, "little") + header + body


# Binary files ---------------------------------------------------------------------------------
def by_numbers(data: bytes, rng: Random) -> bytes:
    """Aligned numbers of 1 to 8 bytes become small, extreme, or a little more or less."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        width = rng.choice((1, 1, 2, 4, 4, 8))
        place = rng.randrange(max(1, len(changed) // width)) * width
        old = int.from_bytes(changed[place : place + width], "little")
        number = rng.choice((old + rng.randint(-8, 8), rng.choice(LIMITS), rng.getrandbits(64), rng.choice(EXTREMES)))
        changed[place : place + width] = (number % (1 << 8 * width)).to_bytes(width, "little")
    return bytes(changed)


# Text of the machine --------------------------------------------------------------------------
@cache
def words_of_rows() -> tuple[tuple[Format, int], ...]:
    """The format of each row, and its syllable with all fields zero."""
    found = []
    for row in ROWS:
        word = row.format.opcode << STOP_BITS
        for number, selector in zip(row.select, row.format.selectors, strict=True):
            word |= number << selector.position
        found.append((row.format, word))
    return tuple(found)


def any_syllable(rng: Random) -> int:
    """A syllable of a row of the table."""
    fmt, word = rng.choice(words_of_rows())
    for field in fmt.fields:
        word |= any_number(rng, field.width) << field.position
    return word | rng.getrandbits(1)


def any_number(rng: Random, width: int) -> int:
    """Small numbers mostly; of those that fit in so many bits."""
    return rng.choice((rng.randrange(6), rng.randrange(6), -1, rng.getrandbits(64))) & ((1 << width) - 1)


def with_other_field(word: int, rng: Random) -> int:
    """The syllable with another number in one field; what has no format becomes what has one."""
    fmt = OPCODE_FORMATS.get(word >> STOP_BITS & (1 << PAYLOAD_START - STOP_BITS) - 1)
    if fmt is None or not fmt.fields:
        return any_syllable(rng)
    field = rng.choice(fmt.fields)
    mask = (1 << field.width) - 1 << field.position
    return word & ~mask | any_number(rng, field.width) << field.position


def by_syllables(data: bytes, rng: Random) -> bytes:
    """Syllables are made, changed field by field, dropped and doubled, and their stop bits turned."""
    words = [int.from_bytes(data[place : place + 8], "little") for place in range(0, len(data) - 7, SYLLABLE_BYTES)]
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(words)) if words else 0
        old = words[place : place + 1] or [any_syllable(rng)]
        other, new = with_other_field(old[0], rng), any_syllable(rng)
        words[place : place + 1] = rng.choice(([other], [other], [old[0] ^ 1], [new], [new, *old], old * 2, []))
    return b"".join(word.to_bytes(SYLLABLE_BYTES, "little") for word in words)


def by_program(data: bytes, rng: Random) -> bytes:
    """An input of the core: the text between its header and what is left."""
    if len(data) < HEADER_BYTES or rng.random() < 0.2:
        return by_numbers(data.ljust(HEADER_BYTES, b"\0"), rng)
    end = HEADER_BYTES + data[LENGTH_AT] * SYLLABLE_BYTES
    text = by_syllables(data[HEADER_BYTES:end], rng)[: 255 * SYLLABLE_BYTES]
    header = data[:LENGTH_AT] + bytes([len(text) // SYLLABLE_BYTES]) + data[LENGTH_AT + 1 : HEADER_BYTES]
    return header + text + data[end:]
