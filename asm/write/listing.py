"""The listing: every bundle with its cycle, address, encoding and source; symbols and sizes; errors at their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asm.assemble import Assembly
from asm.explain.reports import Report
from asm.names.expr import Address, Bits
from asm.names.symbols import Symbol
from asm.program import AsmOp, Packed
from asm.scope.objects import DataSymbol
from asm.write.print_op import Names, op_text
from isa.codec import SYLLABLE_BYTES, Op, encode
from isa.diagnostics import Diagnostic

HEAD = f"{'cycle':>6} {'run':>9} {'address':>8}  {'encoding':<16}  {'op':<40} {'line':>5}  source"
KINDS = {"equ": "constant", "set": "variable", "param": "parameter"}


def listing(assembly: Assembly, reports: Sequence[Report] = ()) -> str:
    """The listing of an assembly as text, with reports above what they explain; after errors it shows how far the work
    got.

    `cycle` counts from the entry and is shown while control flow is straight from there; `run` is the number
    of the straight run and the cycle in it; addresses count syllables.
    """
    spec = assembly.scope.spec
    lines = [f"{assembly.name} for {spec.name}", ""]
    lines += _errors(assembly)
    lines += _code(assembly, reports)
    lines += _symbols(assembly)
    lines += _sizes(assembly)
    return "\n".join(line.rstrip() for line in lines) + "\n"


# Errors -----------------------------------------------------------------------------------------
def _errors(assembly: Assembly) -> Iterator[str]:
    """The sources that have messages, each message below its line."""
    by_place: dict[tuple[str, int], list[Diagnostic]] = {}
    for diagnostic in assembly.diagnostics:
        place = diagnostic.place
        by_place.setdefault((place.file, place.line) if place else ("", 0), []).append(diagnostic)
    for diagnostic in by_place.pop(("", 0), []):
        yield from (_message(diagnostic), "")
    files = dict.fromkeys(file for file, _ in by_place)
    for file in files:
        yield f"Source {file}"
        for number, text in enumerate(assembly.sources.get(file, "").split("\n"), 1):
            yield f"{number:>6}  {text}"
            yield from (f"{'':>6}  {_message(diagnostic)}" for diagnostic in by_place.get((file, number), []))
        yield ""


def _message(diagnostic: Diagnostic) -> str:
    column = f"column {diagnostic.place.column}: " if diagnostic.place else ""
    help_ = f" ({diagnostic.help})" if diagnostic.help else ""
    return f"{column}{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}{help_}"


# Code -------------------------------------------------------------------------------------------
def _code(assembly: Assembly, reports: Sequence[Report]) -> Iterator[str]:
    if not assembly.bundles:
        return
    waiting = list(reports)
    targets = {address: name for name, address in assembly.text.labels.items()}
    starts = assembly.text.starts or [-1] * len(assembly.bundles)
    yield HEAD
    for bundle, address in zip(assembly.bundles, starts, strict=True):
        yield from _explained(bundle, waiting)
        yield from (f"{label}:" for label in bundle.labels)
        yield from _bundle(assembly, bundle, address, targets)
    end = len(assembly.text.syllables)
    yield from (f"{label}:" for label, address in assembly.text.labels.items() if address == end)
    yield ""


def _explained(bundle: Packed, waiting: list[Report]) -> Iterator[str]:
    """The reports that this is the first bundle of, as comments; they wait no longer."""
    statements = {id(op.statement) for op in bundle.ops} if waiting else set()
    for report in [each for each in waiting if not statements.isdisjoint(map(id, each.statements))]:
        waiting.remove(report)
        yield from (f"; {line}" for line in report.lines())


def _bundle(assembly: Assembly, bundle: Packed, address: int, targets: dict[int, str]) -> Iterator[str]:
    cycle = str(bundle.cycle) if bundle.run == 0 else ""
    where = f"{cycle:>6} {f'{bundle.run}:{bundle.cycle}':>9} {address if address >= 0 else '':>8}"
    if bundle.raw is not None:
        yield f"{where}  {bundle.raw:016x}  .syllable"
    for number, op in enumerate(bundle.ops):
        left = where if number == 0 else " " * len(where)
        stop = number == len(bundle.ops) - 1
        yield from _op(assembly, op, left, targets, encode(_final(op), stop) if address >= 0 else [])


def _final(op: AsmOp) -> Op:
    return Op(op.row, tuple(op.values))


def _op(assembly: Assembly, op: AsmOp, left: str, targets: dict[int, str], syllables: list[int]) -> Iterator[str]:
    """An op with its first syllable, if it has any; an extension on a line of its own; then where it came from."""
    known = {r.field: _reference(r.symbol, r.addend) for r in op.references}
    text = op_text(_final(op), Names(assembly.scope.spec, targets, known), pinned=bool(syllables))
    codes = [f"{syllable:016x}" for syllable in syllables] or [""]
    line = op.statement.line
    yield f"{left}  {codes[0]:<16}  {text:<40} {line.number:>5}  {line.text.strip()}"
    for code in codes[1:]:
        yield f"{'':>{len(left)}}  {code}"
    for what, place in line.trail:
        yield f"{'':>{len(left) + 62}}{place.line:>5}  {what} ({place.file})"


def _reference(symbol: str, addend: int) -> str:
    sign = "-" if addend < 0 else "+"
    return f"{symbol} {sign} {abs(addend)}" if addend else symbol


# Symbols and sizes ------------------------------------------------------------------------------
def _symbols(assembly: Assembly) -> Iterator[str]:
    rows = [row for symbol in assembly.scope.table.values() if (row := _symbol(assembly, symbol))]
    if rows:
        width = max(len(name) for name, _ in rows)
        yield "Symbols"
        yield from (f"  {name:<{width}} = {value}" for name, value in rows)
        yield ""


def _symbol(assembly: Assembly, symbol: Symbol) -> tuple[str, str] | None:
    name = symbol.name
    if name in assembly.text.labels:
        return name, f"{assembly.text.labels[name]}  (program address)"
    if name in assembly.scope.data:
        return name, _data_value(assembly, assembly.scope.data[name])
    if symbol.value is None or isinstance(symbol.value, Address):
        return None
    value = f"{symbol.value:#010x}" if isinstance(symbol.value, Bits) else str(symbol.value)
    return name, f"{value}  ({KINDS.get(symbol.kind, symbol.kind)})"


def _data_value(assembly: Assembly, symbol: DataSymbol) -> str:
    spec = assembly.scope.spec
    bank, inside = divmod(symbol.address, spec.words_per_bank)
    place = f"{spec.bank_name(bank)} row {inside // spec.words_per_row}" if bank < spec.total_banks else "the end"
    words = f"{symbol.size} word{'' if symbol.size == 1 else 's'}"
    value = f", value {symbol.constant}" if symbol.constant is not None else ""
    return f"{symbol.address}  (word address: {words} in {place}{value})"


def _sizes(assembly: Assembly) -> Iterator[str]:
    if assembly.image is None:
        yield "No object: there were errors." if assembly.diagnostics else "No object."
        return
    ops = sum(len(bundle.ops) for bundle in assembly.bundles)
    syllables = len(assembly.image.text)
    yield "Sizes"
    yield f"  text: {len(assembly.bundles)} bundles, {ops} ops, {syllables * SYLLABLE_BYTES} bytes"
    spec = assembly.image.machine
    used: dict[int, int] = {}
    for block in assembly.image.blocks:
        used[block.bank] = used.get(block.bank, 0) + block.words
    for bank, words in sorted(used.items()):
        yield f"  {spec.bank_name(bank)}: {words} of {spec.words_per_bank} words"
