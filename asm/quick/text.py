"""The text of a program from columns: scheduled, written, checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from asm.check.checks import in_order
from asm.check.rules import check_bundles_alone, check_nesting
from asm.program import Item
from asm.quick.columns import Columns
from asm.quick.compose import Composer
from asm.quick.front import ENCODED, Taken, Unfit
from asm.quick.plan import LOOPS, Seen
from asm.quick.seen import view_of
from asm.quick.units import choose_units
from asm.schedule import Options
from asm.write.encode import Text, fill_targets
from asm.write.verbatim import Raw
from isa.diagnostics import ERROR, Diagnostic
from isa.lines import Lines, numbers
from isa.machine import MachineSpec
from isa.relocations import Relocations

T = TypeVar("T")


def assemble_text(
    columns: Columns, items: Iterable[Item | Raw | Taken], exported: Collection[str], options: Options
) -> tuple[Text, list[Diagnostic]]:
    """The encoded bundles of some items, and what is warned of. Raises Unfit when something is wrong."""
    if columns.front.count_bursts():
        from asm.quick.bursts import tell_bursts  # what scalar programs do without

        tell_bursts(columns)
    composer = Composer(columns, options)
    seen = composer.compose(items, exported)
    choose_units(composer, seen, columns.scope.spec)
    warnings = _checked(composer, seen, options, columns.scope.spec)
    composer.tell_objects()
    size = composer.plan.write()
    return _written(columns, size), warnings


def _checked(composer: Composer, seen: Seen, options: Options, spec: MachineSpec) -> list[Diagnostic]:
    """What the static checks warn of, which is of bundles of objects. Raises Unfit when something is wrong."""
    is_linear = all(seen.linear)
    if not is_linear and composer.plan.is_at_fault():
        raise Unfit
    ruled = {number for number, kind in enumerate(composer.kinds) if kind.fixed > 1 or kind.is_checked}
    has_tensor_ops = not is_linear and any(kind.has_tensor_ops for kind in composer.kinds)
    if not ruled and not has_tensor_ops:
        return []
    view = view_of(composer, seen, options.externs)
    alone = [number for number, kind in enumerate(seen.kinds) if kind in ruled] if ruled else ()
    if any(check_bundles_alone(view, alone, spec)):
        raise Unfit
    if _may_nest_badly(seen, spec.loop_depth) and any(check_nesting(view, spec)):
        raise Unfit
    if not has_tensor_ops:
        return []
    from asm.check.tensor import check_started  # what scalar programs do without
    from asm.quick.stretches import starts_of

    return _without_errors(check_started(view, starts_of(composer, options.externs, spec), spec))


def _may_nest_badly(seen: Seen, depth: int) -> bool:
    """Whether a loop may end no sooner than one around it, or have so many around it."""
    ends: list[int] = []  # of the loops around
    for number in [number for number, how in enumerate(seen.hows) if how == LOOPS] if LOOPS in seen.hows else ():
        ends = [end for end in ends if number < end]
        if len(ends) >= depth or (ends and seen.targets[number] >= ends[-1]):
            return True
        ends.append(seen.targets[number])
    return False


def _without_errors(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What is warned of, in the order of its lines. Raises Unfit for errors."""
    found = in_order(problems)
    if any(problem.severity == ERROR for problem in found):
        raise Unfit
    return found


def _written(columns: Columns, size: int) -> Text:
    """What was written."""
    if size > columns.scope.spec.text_syllables:
        raise Unfit
    front = columns.front
    syllables, made = front.settle()
    labels = dict(zip(map(front.names.__getitem__, made["NAMED"]), made["PLACES"], strict=True))
    sources = [columns.source(origin) for origin in made["SOURCES"]]
    lines = Lines(made["ADDRESSES"], made["ORIGINS"], made["LINES"], made["STARTS"], made["ENDS"], sources, front)
    kinds = [(form.kind, form.refers) for form in columns.recipes.forms]
    refers = made["FORMS"], made["NAMES"], made["ADDENDS"], made["REFERENCES"]
    relocations = Relocations(lines, kinds, front.names[:], *refers)
    text = Text(syllables, [], labels, relocations, lines)
    if ENCODED in relocations.forms:
        _refer(columns, text, relocations)
    return text


def _refer(columns: Columns, text: Text, made: Relocations) -> None:
    """Tell what ops refer to that came as objects; their program addresses are filled in."""
    kinds = {kind: number for number, kind in enumerate(made.kinds)}
    names = {name: number for number, name in enumerate(made.names)}
    for at in [at for at, form in enumerate(made.forms) if form == ENCODED][::-1]:
        op, entry = columns.written[made.symbols[at]], made.entries[at]
        fill_targets(text, made.lines.addresses[entry], op)
        found = op.references
        made.forms[at : at + 1] = numbers([_number(kinds, made.kinds, (each.kind, each.field)) for each in found])
        made.symbols[at : at + 1] = numbers([_number(names, made.names, each.symbol) for each in found])
        made.addends[at : at + 1] = numbers([each.addend for each in found])
        made.entries[at : at + 1] = numbers([entry] * len(found))


def _number(known: dict[T, int], contents: list[T], content: T) -> int:
    """The number of a content, which is added if it is not known."""
    if content not in known:
        known[content] = len(contents)
        contents.append(content)
    return known[content]
