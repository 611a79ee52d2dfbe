"""Lines of answers as values; whatever no target may say is a TargetError that quotes it."""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Sequence

from conform.reference.observer import Event
from conform.target import Outcome, TargetError
from isa.faults import CODES, RawFault
from isa.records import NamedTuple, replace
from vm.engine import FAULT, HALTED, RUNNING, InFlight, Loop, State
from vm.items import KINDS, Item, in_order

REGISTERS = 32
DIGITS = 20
SHOWN = 120
ITEM = {kind.__name__.lower(): kind for kind in KINDS}
FAULT_WORDS = len(RawFault.__dataclass_fields__)
WORDS = {"registers": REGISTERS, "flags": 2, "fetch": 7, "write": 6, "loop": 3}
FEATURES = ("record", "registers", "state", "tensor", "memory", "written", "counts", "trace", "append")
SIZES = 8
ANY = "any"
JUMP = "jump_pc", "jump_slot", "jump_cycle", "settled"


class Answer(NamedTuple):
    """The lines before the last, as (first word, other words), and the words behind `ok`."""

    lines: list[tuple[str, list[str]]]
    words: list[str]


class Hello(NamedTuple):
    """What a target says of itself. `sizes` are those of its one machine, or nothing where any will do."""

    name: str
    sizes: tuple[int, ...]
    lacks: frozenset[str]


def wrong(what: str, said: Iterable[str] = ()) -> TargetError:
    text = " ".join(said)
    return TargetError(f"{what}; it said {text[:SHOWN]!r}" if text else what)


def split(line: bytes) -> tuple[str, list[str]]:
    """The words of a line. Raises TargetError for one that is empty or not ASCII."""
    try:
        first, *words = line.decode("ascii").split()
    except ValueError as error:
        raise TargetError(f"a line of an answer is words of ASCII, not {line[:SHOWN]!r}") from error
    return first, words


def number(word: str) -> int:
    if not (len(word) <= DIGITS and word.removeprefix("-").isdigit()):
        raise wrong("the target says what is no number", [word])
    return int(word)


def numbers(words: Sequence[str], count: int, what: str) -> list[int]:
    if len(words) != count:
        raise wrong(f"{what} has {count} words, not {len(words)}", words)
    return [number(word) for word in words]


def data(word: str) -> bytes:
    """The bytes of a word of hex digits, "-" for none."""
    try:
        return b"" if word == "-" else binascii.unhexlify(word)
    except ValueError as error:
        raise wrong("bytes are pairs of hex digits", [word]) from error


# Answers --------------------------------------------------------------------------------------
def hello(answer: Answer, version: int) -> Hello:
    """What answers `hello`."""
    if numbers(answer.words, 1, "the answer to hello") != [version]:
        raise wrong(f"the target does not speak version {version} of the protocol", answer.words)
    said = dict(answer.lines)
    for line in ("name", "machine", "lacks"):
        if line not in said:
            raise TargetError(f"the answer to hello has no line `{line}`")
    unknown = sorted(set(said["lacks"]) - set(FEATURES))
    if unknown:
        raise wrong(f"what a target may lack is {', '.join(FEATURES)}", unknown)
    sizes = () if said["machine"] == [ANY] else tuple(numbers(said["machine"], SIZES, "a machine"))
    return Hello(" ".join(said["name"])[:SHOWN] or "target", sizes, frozenset(said["lacks"]))


def outcome(answer: Answer, lacks: frozenset[str]) -> Outcome:
    """What answers `run`: of a fault, the record, or its code, cycle and bundle where records are lacking."""
    if len(answer.words) != 2 or answer.words[0] not in (RUNNING, HALTED, FAULT):
        raise wrong(f"a run ends with {RUNNING}, {HALTED} or {FAULT} and a cycle", answer.words)
    status, cycle = answer.words[0], number(answer.words[1])
    records = [words for first, words in answer.lines if first == "fault"]
    if len(records) != (status == FAULT):
        raise wrong(f"a run that ends with {status} has {int(status == FAULT)} lines `fault`, not {len(records)}")
    return Outcome(status, cycle, fault(records[0], lacks) if records else None)


def fault(words: list[str], lacks: frozenset[str]) -> RawFault:
    found = RawFault(*numbers(words, 3 if "record" in lacks else FAULT_WORDS, "a fault"))
    if not 0 < found.code < len(CODES):
        raise wrong(f"codes of faults are 1 to {len(CODES) - 1}", words)
    return found


def state(answer: Answer, cycle: int, lacks: frozenset[str]) -> State:
    """What answers `state` in a cycle. What a target lacks is as at the start of a run."""
    lines: dict[str, list[list[int]]] = {name: [] for name in WORDS}
    tensor: list[Item] = []
    for first, words in answer.lines:
        if first in WORDS:
            lines[first].append(numbers(words, WORDS[first], first))
        else:
            tensor.append(item(first, words))
    (registers,) = once(lines, "registers", "registers" in lacks)
    ((cc, exit_code),) = once(lines, "flags", "registers" in lacks)
    ((pc, next_fetch, ended, *rest),) = once(lines, "fetch", "state" in lacks)
    writes = tuple(InFlight(*words) for words in lines["write"])
    loops = tuple(Loop(*words) for words in lines["loop"])
    scalar = State(cycle, pc, tuple(registers), cc, writes, loops, next_fetch, bool(ended), exit_code)
    return replace(scalar, **dict(zip(JUMP, rest, strict=True)), tensor=in_order(tensor))  # type: ignore[arg-type]


def once(lines: dict[str, list[list[int]]], name: str, is_lacking: bool) -> list[list[int]]:
    """The one line of a name; zeros where it is lacking."""
    found = lines[name]
    if is_lacking and not found:
        return [[0] * WORDS[name]]
    if len(found) != 1:
        raise TargetError(f"a state has one line `{name}`, not {len(found)}")
    return found


def item(name: str, words: list[str]) -> Item:
    if name not in ITEM:
        raise wrong("the target says what is no line of a state", [name, *words])
    kind = ITEM[name]
    *rest, last = words or [""]
    return kind._make([*numbers(rest, len(kind._fields) - 1, name), data(last)])


def memory(answer: Answer, start: int, length: int) -> bytes:
    """What answers `memory` and `written`: pieces of what is zero elsewhere."""
    found = bytearray(length)
    for first, words in answer.lines:
        if first != "at" or len(words) != 2:
            raise wrong("memory is told in lines `at ADDRESS BYTES`", [first, *words])
        place, piece = number(words[0]) - start, data(words[1])
        if not 0 <= place <= length - len(piece):
            raise wrong(f"{len(piece)} bytes at {place + start} are outside {length} bytes from {start}", words)
        found[place : place + len(piece)] = piece
    return bytes(found)


def counts(answer: Answer) -> dict[int, int]:
    found = {}
    for first, words in answer.lines:
        if first != "issued":
            raise wrong("counts are told in lines `issued ADDRESS COUNT`", [first, *words])
        address, count = numbers(words, 2, "issued")
        found[address] = count
    return found


def events(answer: Answer) -> list[Event]:
    """What answers `trace`, but for the outcome."""
    found = []
    for first, words in answer.lines:
        if first == "event" and len(words) == 3:
            found.append(Event(number(words[0]), words[1], words[2]))
        elif first != "fault":
            raise wrong("events are told in lines `event CYCLE UNIT VALUE`", [first, *words])
    return found
