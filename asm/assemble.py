"""The assembler: source to image, by way of statements, placed data, ops and bundles.

Each stage works on what the one before left whole, so that no error is caused by another: a statement with an
error is reported and dropped, and bundles are made only of programs without errors.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from asm.data.blocks import add_data, add_symbols, add_tensors
from asm.data.gather import Gathering
from asm.data.place import place
from asm.errors import error
from asm.expand import ExpandOptions, Sources, expand, expand_file
from asm.operands.items import ItemBuilder
from asm.program import Item, Packed, Timeline
from asm.schedule import Options, schedule
from asm.schedule.flow import Flow
from asm.schedule.loops.find import Stated
from asm.schedule.oracle import Oracle
from asm.scope.scope import Scope
from asm.tree import Binary, DirectiveStmt, Name, Statement, String
from asm.write.encode import Text, encode_text
from asm.write.verbatim import Raw, take_as_written
from isa import collector
from isa.diagnostics import ERROR, Diagnostic, SourceError
from isa.image import Image
from isa.machine import LPU1, MachineError, MachineSpec, load
from isa.records import dataclass, field

if TYPE_CHECKING:
    from asm.schedule.loops.report import LoopReport

INPUT_NAME = "<input>"
MANY_CHARACTERS = 50_000  # of a source for which columns are worth their start


@dataclass
class Assembly:
    """What became of a source: the object, or None after errors; and what messages and the listing need."""

    image: Image | None
    diagnostics: list[Diagnostic]
    sources: dict[str, str]
    name: str
    scope: Scope
    bundles: list[Packed] = field(default_factory=list)
    text: Text = field(default_factory=Text)
    found: list[Timeline] = field(default_factory=list)  # what runs of linear tensor code became, in order
    tiles: list[Sequence[Item]] = field(default_factory=list)  # what loops over tensor code became, in order
    loops: list[LoopReport] = field(default_factory=list)  # what became of innermost loops, in order
    flow: Flow | None = None  # and of all blocks

    @property
    def ok(self) -> bool:
        return self.image is not None


def assemble(
    source: str | os.PathLike[str],
    *,
    machine: MachineSpec | None = None,
    defines: Mapping[str, int | float | str] | None = None,
    include_paths: Iterable[str | os.PathLike[str]] = (),
    name: str = INPUT_NAME,
    oracle: Oracle | None = None,
    only_image: bool = False,
) -> Assembly:
    """Assemble a file (a path that is no str) or a text (a str, called `name` in messages) into an object.

    An `oracle` schedules instead of the heuristics; its notes are among the diagnostics. When nothing but the image
    and the diagnostics is wanted, long sources may take a quicker way, which leaves all else empty.
    """
    folders = tuple(os.fspath(folder) for folder in include_paths)
    if only_image and oracle is None:
        quick = _quickly(source, name, Scope(machine or LPU1, defines, folders), machine)
        if quick is not None:
            return quick
    assembler = Assembler(Scope(machine or LPU1, defines, folders), machine, oracle)
    with collector.paused():
        statements = assembler.read(source, name, ExpandOptions(folders))
        return assembler.run(statements, name if isinstance(source, str) else os.fspath(source))


def _quickly(source: str | os.PathLike[str], name: str, scope: Scope, machine: MachineSpec | None) -> Assembly | None:
    """What becomes of a long source in which nothing is wrong; None when the plain way has to see to it."""
    try:
        length = len(source) if isinstance(source, str) else os.stat(source).st_size
        if length < MANY_CHARACTERS or os.environ.get("LPU_ASM_PLAIN") == "1":
            return None
        from asm.quick.assemble import attempt  # what short sources do without
    except (ImportError, OSError):  # the extension is not built; the file cannot be read, which is said elsewhere
        return None
    with collector.paused():
        return attempt(source, name, scope, machine)


class Assembler:
    """One run of the assembler; `errors` counts what makes an image impossible."""

    def __init__(self, scope: Scope, machine: MachineSpec | None, oracle: Oracle | None = None) -> None:
        self.scope = scope
        self.machine = machine
        self.oracle = oracle
        self.sources = Sources()
        self.diagnostics: list[Diagnostic] = []
        self.failed = False
        self.held: Mapping[int, int] = {}  # units that are not free when the source begins: see asm.schedule.reserve

    def report(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)
        self.failed = self.failed or diagnostic.severity == ERROR

    def report_error(self, problem: SourceError) -> None:
        """An error without diagnostics was reported before, but it still is one."""
        self.failed = True
        for diagnostic in problem.diagnostics:
            self.report(diagnostic)

    # Stages -----------------------------------------------------------------------------------
    def read(self, source: str | os.PathLike[str], name: str, options: ExpandOptions) -> list[Statement]:
        if isinstance(source, str):
            return list(expand(source, name, self.scope, self.report, options, self.sources))
        return list(expand_file(source, self.scope, self.report, options, self.sources))

    def run(self, statements: list[Statement], name: str) -> Assembly:
        self._choose_machine(statements)
        gathering = self._gather(statements)
        result = Assembly(None, self.diagnostics, self.sources.texts, name, self.scope)
        items, unchecked = self._items(gathering, result)
        if not self.failed:
            self._pack(result, items, gathering, unchecked)
        if not self.failed:
            result.image = self._image(result, gathering)
        self.diagnostics += self.oracle.notes() if self.oracle else []
        return result

    def _choose_machine(self, statements: list[Statement]) -> None:
        """`.machine NAME` in the source; a machine asked for from outside must be the same."""
        for statement in statements:
            if isinstance(statement, DirectiveStmt) and statement.name == "machine":
                try:
                    self._named_machine(statement)
                except SourceError as problem:
                    self.report_error(problem)

    def _named_machine(self, statement: DirectiveStmt) -> None:
        node = statement.arguments[0] if len(statement.arguments) == 1 else None
        if not isinstance(node, Name | Binary | String):  # `lpu-tiny` reads as a difference
            raise error("E-DIRECTIVE", "`.machine` takes a name, or a file in quotes", statement.line, statement)
        written = statement.line.text[node.column - 1 : node.end - 1]
        try:
            spec = load(node.value if isinstance(node, String) else written)
        except MachineError as problem:
            raise error("E-MACHINE", str(problem), statement.line, node) from None
        differences = self.machine.difference(spec) if self.machine else []
        if self.machine and differences:
            message = f"the source is for {spec.name} and {self.machine.name} is asked for: {differences[0]}"
            raise error("E-MACHINE", message, statement.line, node)
        self.scope.spec = spec
        self.machine = self.machine or spec

    def _gathering(self) -> Gathering:
        return Gathering(self.scope)

    def _builder(self, entered: Collection[str]) -> ItemBuilder:
        return ItemBuilder(self.scope, self.report_error, entered)

    def _gather(self, statements: list[Statement]) -> Gathering:
        gathering = self._gathering()
        for statement in statements:
            try:
                gathering.take(statement)
            except SourceError as problem:
                self.report_error(problem)
        try:
            gathering.finish()
        except SourceError as problem:
            self.report_error(problem)
        for diagnostic in (*self.scope.check_constants(), *gathering.facts.check()):
            self.report(diagnostic)
        for diagnostic in place(gathering.data.objects, self.scope.spec, gathering.text):
            self.report(diagnostic)
        gathering.data.evaluate(self.report_error)
        return gathering

    def _items(self, gathering: Gathering, result: Assembly) -> tuple[list[Item | Raw], bool]:
        """The items of the text, and whether the source is `.unchecked`; `result` is told of what was found."""
        facts = gathering.facts
        entered = facts.exported | facts.trips.keys() | facts.independent
        builder = self._builder(entered)
        items = builder.build(gathering.text)
        result.found = builder.found
        self.scope.settle_externs()
        for label in builder.labels:
            label.exported = label.name in gathering.facts.exported or label.name in self.scope.taken
        if builder.loops:
            from asm.streams.loops.expand import expand  # what programs without such loops do without

            items, result.loops, result.tiles = expand(items, builder.loops, self.scope, _stated(gathering))
        problems = self._allocate(items)
        for diagnostic in problems:
            self.report(diagnostic)
        if not problems:
            builder.schedule(frozenset(facts.aliases), self.oracle)
        return items, builder.unchecked is not None

    def _allocate(self, items: list[Item | Raw]) -> list[Diagnostic]:
        """Registers for names; files whose registers all have numbers do without what finds them."""
        if not self.scope.registers.waiting:
            return []
        from asm.allocate.allocate import allocate

        return allocate(self.scope.registers, items)

    def _pack(self, result: Assembly, items: list[Item | Raw], gathering: Gathering, unchecked: bool) -> None:
        if unchecked:
            scheduled = take_as_written(items, self.scope.spec)
        else:
            checked = [item for item in items if not isinstance(item, Raw)]
            scheduled = schedule(checked, self.scope.spec, self._options(gathering))
        for diagnostic in scheduled.diagnostics:
            self.report(diagnostic)
        result.bundles, result.flow = scheduled.bundles, scheduled.flow
        result.loops = sorted(result.loops + scheduled.loops, key=lambda report: report.loop.place.line)
        if not self.failed:
            try:
                result.text = encode_text(scheduled.bundles, scheduled.end_labels, self.scope.spec.text_syllables)
            except SourceError as problem:
                self.report_error(problem)

    def _options(self, gathering: Gathering) -> Options:
        aliases, stated = frozenset(gathering.facts.aliases), _stated(gathering)
        return Options(aliases, self.scope, self._externs(), stated, self.oracle, self.held)

    def _externs(self) -> frozenset[str]:
        return frozenset(filter(self.scope.is_extern, self.scope.table))

    def _image(self, result: Assembly, gathering: Gathering) -> Image:
        text = result.text
        image = Image(self.scope.spec, text.syllables, relocations=text.relocations, lines=text.lines, name=result.name)
        add_data(image, self.scope, gathering.data.objects)
        self._add_symbols(image, text.labels, frozenset(gathering.facts.exported))
        return image

    def _add_symbols(self, image: Image, labels: dict[str, int], exported: frozenset[str]) -> None:
        add_symbols(image, self.scope, labels, exported)
        add_tensors(image, self.scope)


def _stated(gathering: Gathering) -> Stated:
    """What the writer states of loops."""
    reserved = gathering.scope.registers.reserved
    return Stated(gathering.facts.trips, frozenset(gathering.facts.independent), reserved)
