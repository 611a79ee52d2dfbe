"""The stretches of a plan that have bursts: the front finds them and knows which are alike."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator

from asm.check.alike import banks_near, content_of
from asm.check.bursts import burst_of
from asm.check.stretch import FOREVER, Timed, longest, reach_of
from asm.check.view import CheckedOp, checked
from asm.kinds import is_fixed
from asm.program import AsmOp
from asm.quick.columns import Columns
from asm.quick.compose import Composer
from asm.quick.plan import FREE, LASTING, WHOLE, Told
from isa.machine import MachineSpec
from isa.row import Row


def starts_of(composer: Composer, externs: Container[str], spec: MachineSpec) -> Iterable[tuple[int, int, int]]:
    """Where stretches with bursts start, those alike with one number: see asm.check.tensor."""
    effects, contents = _of_objects(composer, externs, spec)
    told = Told(
        kinds=composer.told_kinds(),
        contents=contents,
        fixed=[_field(form.row) for form in composer.columns.recipes.forms],
        banks=composer.columns.banks(),
        effects=effects,
        bursts=list(_of_bursts(composer.columns, spec)),
        words_per_bank=spec.words_per_bank,
        rows_per_bank=spec.rows,
    )
    bundles, left, forms = composer.plan.stretches(told)
    return zip(bundles, [FOREVER if cycles == LASTING else cycles for cycles in left], forms, strict=True)


def _of_bursts(columns: Columns, spec: MachineSpec) -> Iterator[int]:
    """Of each burst in the columns for how many cycles it may have an effect, and how far from its row it
    gets, and which banks it may come near."""
    for row, values, _ in columns.bursts():
        op = CheckedOp(row, values, is_placed=True)
        timed = Timed(op, 0, burst_of(spec, row, values))
        near = banks_near(timed, spec)
        yield from (longest([op], spec), *(reach_of(timed) or (0, LASTING)), near.start, len(near))


def _of_objects(composer: Composer, externs: Container[str], spec: MachineSpec) -> tuple[list[int], list[int]]:
    """For how many cycles the bursts of each object may have an effect, and the numbers of its content."""
    known: dict[Hashable, tuple[int, int]] = {}
    numbers: dict[Hashable, int] = {}
    found = []
    for ops, _ in composer.objects:
        key = tuple(map(_key, ops))
        if key not in known:
            shown = [checked(op, externs) for op in ops]
            known[key] = longest(shown, spec), numbers.setdefault(content_of(shown, spec), len(numbers))
        found.append(known[key])
    return [effect for effect, _ in found], [number for _, number in found]


def _key(op: AsmOp) -> Hashable:
    """What is the same only in ops that are alike."""
    if not op.row.memory and not op.row.tensor:
        return op.row.id
    refers = [(each.field, each.symbol, each.addend) for each in op.references]
    return op.row.id, *op.values, *refers, op.access.banks if op.access is not None else None


def _field(row: Row) -> int:
    """Where an op has the address of a word in a bank that no register chooses."""
    if not is_fixed(row):
        return FREE
    return WHOLE if row.width else row.format.names.index("disp")
