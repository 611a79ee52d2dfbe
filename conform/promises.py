"""What programs of the fixed suite promise, in the comments they open with: rules, machines, and how they end.

    ; A register cannot be read while a write to it is on its way.
    ; rules M-5.1 M-8.9
    ; needs quads = 2, rows >= 64
    ; run uninit=poison strict until=12
    ; expect E-HAZARD cycle 1 pc bad slot 0 operand 1 resource 1
    ;        other_pc first other_slot 0 other_cycle 0 other_landing 3
    ; leaves r5 0, count bad 0, Lost 0, losses 0, word 17 4

`expect` names a fault code with all of its record that is not absent, or `halt` or `running`, which a `cycle` may
follow. `leaves` says what is there then: registers, how often the bundle at an address issued, words of memory, values
lost, how many items there are of a kind of vm/items.py, or `InFlight`, or `Loop`, and with a dot a number of the first
item of that kind (`Value.position 5`). Numbers may be labels. Without `run` a program runs to its end, and reading
what was never written is a fault.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import fields

from conform.target import LIMIT, Outcome
from isa.faults import NUMBER, RawFault
from isa.image import TEXT, Image
from isa.machine import LIMITS, MachineSpec
from isa.records import NamedTuple
from vm.engine import HALTED, RUNNING, UNINIT_MODES

LINE = re.compile(r"^; (rules|needs|run|expect|leaves) ((?:.*)(?:\n;  +.*)*)$", re.MULTILINE)
NEED = re.compile(r"^(\w+) (=|>=) (\d+)$")
COMPARE: dict[str, Callable[[int, int], bool]] = {"=": operator.eq, ">=": operator.ge}
RECORD = tuple(each.name for each in fields(RawFault) if each.name != "code")
ENDS = {"halt": HALTED, "running": RUNNING}
REGISTER = re.compile(r"^r(\d+) (\S+)$")
LEFT = re.compile(r"^(count|word|losses|[A-Z]\w+(?:\.\w+)?) ?(\S+)? (\S+)$")
FEATURES = {"count": "counts", "word": "memory", "register": "registers", "InFlight": "state", "Loop": "state"}


class PromiseError(ValueError):
    """A promise that is none; the message says what is wrong with it."""


class Need(NamedTuple):
    """A parameter of machines, `=` or `>=`, and a number."""

    parameter: str
    relation: str
    number: int

    def unmet(self, spec: MachineSpec) -> str:
        """Why a machine will not do; "" where it will."""
        has = getattr(spec, self.parameter)
        if COMPARE[self.relation](has, self.number):
            return ""
        return f"needs {self.parameter} {self.relation} {self.number}, the machine has {has}"


class Remnant(NamedTuple):
    """What must be there when a run has ended: a kind, which of the kind, and a number."""

    kind: str
    which: int
    number: int

    @property
    def feature(self) -> str:
        """What a target that can tell it does not lack."""
        return FEATURES.get(self.kind.partition(".")[0], "tensor")


class Expected(NamedTuple):
    """How a run must end: a status, its cycle (None: any), the record of a fault; and what it must leave."""

    status: str
    cycle: int | None = None
    fault: RawFault | None = None
    leaves: tuple[Remnant, ...] = ()


class Promises(NamedTuple):
    """What the comments say; labels in `expect` and `leaves` are known when it is assembled."""

    title: str
    rules: tuple[str, ...]
    needs: tuple[Need, ...]
    uninit: str
    strict: bool
    until: int
    expect: str
    leaves: str


def promises(source: str) -> Promises:
    """What a program's comments promise. Raises PromiseError."""
    said = {key: " ".join(text.replace("\n;", " ").split()) for key, text in LINE.findall(source)}
    for key in ("rules", "expect"):
        if key not in said:
            raise PromiseError(f"it has no line `; {key} ...`")
    options = said.get("run", "").split()
    settings = dict(option.split("=", 1) for option in options if "=" in option)
    if set(settings) - {"uninit", "until"} or settings.get("uninit", "fault") not in UNINIT_MODES:
        raise PromiseError(f"`run {said['run']}` is no such setting: uninit={'|'.join(UNINIT_MODES)} until=N strict")
    needs = tuple(need(text) for text in said.get("needs", "").split(", ") if text)
    title = source.partition("\n; rules")[0].replace("\n;", "").removeprefix("; ")
    return Promises(title, tuple(said["rules"].split()), needs, settings.get("uninit", "fault"), "strict" in options,
                    int(settings.get("until", LIMIT)), said["expect"], said.get("leaves", ""))  # fmt: skip


def need(text: str) -> Need:
    """A need as written. Raises PromiseError."""
    found = NEED.match(text)
    if found is None or found[1] not in LIMITS:
        raise PromiseError(f"`needs {text}` is no parameter of machines with = or >= and a number")
    return Need(found[1], found[2], int(found[3]))


def expected(said: Promises, image: Image) -> Expected:
    """What the comments say of an assembled program. Raises PromiseError."""
    labels = {symbol.name: symbol.value for symbol in image.symbols if symbol.kind == TEXT}
    end, *rest = said.expect.split()
    leaves = tuple(remnant(text, labels) for text in said.leaves.split(", ") if text)
    if end in NUMBER:
        return faulting(end, pairs(rest, labels))._replace(leaves=leaves)
    if end not in ENDS or rest[:1] not in ([], ["cycle"]):
        raise PromiseError(f"`expect {said.expect}` is neither a fault code nor one of {', '.join(ENDS)}, with a cycle")
    return Expected(ENDS[end], number(rest[1], labels) if rest else None, leaves=leaves)


def remnant(text: str, labels: Mapping[str, int]) -> Remnant:
    """What is left, as written. Raises PromiseError."""
    register, other = REGISTER.match(text), LEFT.match(text)
    if register:
        return Remnant("register", int(register[1]), number(register[2], labels))
    if other is None:
        raise PromiseError(f"`leaves {text}` is none of rN V, count LABEL N, word ADDRESS V, losses N, KIND N")
    return Remnant(other[1], number(other[2] or "0", labels), number(other[3], labels))


def faulting(code: str, said: dict[str, int]) -> Expected:
    """A fault with its whole record: what is not said of it is absent. Raises PromiseError."""
    unknown = set(said) - set(RECORD)
    if unknown or not {"cycle", "pc"} <= set(said):
        raise PromiseError(f"`expect {code}` says {', '.join(RECORD)}, the first two always; here is {', '.join(said)}")
    return Expected("fault", said["cycle"], RawFault(NUMBER[code], **said))


def pairs(words: list[str], labels: Mapping[str, int]) -> dict[str, int]:
    return {name: number(text, labels) for name, text in zip(words[::2], words[1::2], strict=True)}


def number(text: str, labels: Mapping[str, int]) -> int:
    """A number or the address of a label. Raises PromiseError."""
    if text in labels:
        return labels[text]
    if not re.fullmatch(r"-?\d+", text):
        raise PromiseError(f"`{text}` is neither a number nor a label of the program")
    return int(text)


def told(outcome: Outcome) -> str:
    """How a run ended, in words."""
    what = outcome.fault.name if outcome.fault else outcome.status
    return f"{what} in cycle {outcome.cycle}"
