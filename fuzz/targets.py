"""All that is fuzzed through Python: what is called with an input, and how inputs are changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fuzz import engines, files, sessions, sources
from fuzz.mutate import Mutator, by_header, by_messages, by_nodes, by_numbers, by_program, by_syllables, by_tokens


class Target(NamedTuple):
    """`call` returns, whatever the input is; all that it raises is a finding. An input has `most` bytes."""

    call: Callable[[bytes], None]
    mutate: Mutator
    most: int = 2_000


TARGETS = {
    "assemble": Target(sources.assemble, by_tokens("source"), 1_000),
    "format": Target(sources.format_any, by_tokens("source")),
    "disassemble": Target(sources.disassemble_text, by_syllables, 160),
    "elf": Target(files.read_elf, by_numbers, 8_000),
    "link": Target(files.link_objects, by_numbers, 16_000),
    "snapshot": Target(files.load_snapshot, by_header, 16_000),
    "machine": Target(files.read_machine, by_tokens("machine"), 30_000),
    "npy": Target(files.read_array, by_numbers, 1_000),
    "expression": Target(sessions.expression, by_tokens("expression"), 300),
    "prompt": Target(sessions.prompt, by_tokens("prompt"), 500),
    "saved": Target(sessions.saved_session, by_nodes, 4_000),
    "adapter": Target(sessions.adapter, by_messages, 4_000),
    "requests": Target(sessions.requests, by_tokens("protocol"), 1_000),
    "answers": Target(sessions.answers, by_tokens("protocol"), 4_000),
    "engines": Target(engines.engines, by_program, 700),
}
