"""Text to statements: macros, repetition, conditionals, includes, constants and numeric labels, in one pass.

What is left for later stages are labels, ops, braces, and the directives that make data or give orders.
`.param` is both: its value is known to expressions at once, and the statement goes on to be given a place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn, TypeAlias

from asm.expand.blocks import Branches, closer_of, unclosed
from asm.expand.directives import HANDLERS, pass_over_block, unknown_block
from asm.expand.macros import Macro, Trail, bind, called, expansion
from asm.expand.names import Renamer
from asm.names.symbols import Symbols
from asm.syntax import numbers, shapes, source
from asm.syntax.parse import parse_new, strip_comment
from asm.tree import Brace, Bundle, DirectiveStmt, LabelDef, Line, OpStmt, Statement
from isa.diagnostics import WARNING, Diagnostic, Note, Place, SourceError
from isa.records import NamedTuple, dataclass, field

MAX_LINES = 2_000_000  # after expansion
MAX_ERRORS = 1_000
MAX_DEPTH = 100  # macros and repetitions in one another
MAX_INCLUDE_DEPTH = 32

LABELS = re.compile(r"(\s*[A-Za-z_][\w.]*\s*:)*")
BRACKETED = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)|\[[^\[\]]*\]')
Report: TypeAlias = Callable[[Diagnostic], None]


class ExpandOptions(NamedTuple):
    """`include_paths` are the folders of -I, in order."""

    include_paths: tuple[source.PathLike, ...] = ()


@dataclass(slots=True)
class Sources:
    """Every text that was read, by the name its places carry: what diagnostics quote."""

    texts: dict[str, str] = field(default_factory=dict)


class Stop(Exception):
    """A bound was passed: expansion ends."""


@dataclass(slots=True)
class Frame:
    """Lines being expanded: a file, or one use of a macro or a repetition. `path` is that of a file, `waiting` are the
    statements that are left of the line at hand."""

    lines: Iterator[Line]
    path: str = ""
    branches: list[Branches] = field(default_factory=list)
    waiting: Iterator[Statement] = field(default_factory=lambda: iter(()))


def expand(
    text: str,
    name: str,
    symbols: Symbols,
    report: Report,
    options: ExpandOptions | None = None,
    sources: Sources | None = None,
) -> Iterator[Statement]:
    """The statements of a program. `name` is its file, or any name; errors go to `report`, and work goes on."""
    return Expander(symbols, report, options or ExpandOptions(), sources or Sources()).run(text, name)


def expand_file(
    path: source.PathLike,
    symbols: Symbols,
    report: Report,
    options: ExpandOptions | None = None,
    sources: Sources | None = None,
) -> Iterator[Statement]:
    """The statements of the program in a file."""
    try:
        text = source.read_text(path)
    except SourceError as error:
        for diagnostic in error.diagnostics:
            report(diagnostic)
        return iter(())
    return expand(text, os.fspath(path), symbols, report, options, sources)


class Expander:
    """One expansion. Frames are a stack, so that macros need no recursion."""

    def __init__(self, symbols: Symbols, report: Report, options: ExpandOptions, sources: Sources) -> None:
        self.symbols = symbols
        self.options = options
        self.sources = sources
        self.frames: list[Frame] = []
        self.macros = symbols.macros
        self.names = Renamer(symbols)
        self._brace: Brace | None = None
        self._separated: Line | None = None  # the last line whose `||` were looked at
        self._report = report
        self._errors = 0
        self._lines = 0
        self._serial = 0

    def run(self, text: str, name: str) -> Iterator[Statement]:
        """Statements up to the end, or to a bound that stops everything."""
        done: list[Statement] = []
        try:
            self.enter_file(text, name, ())
            while self.frames:
                self._frame(self.frames[-1], done)
            self._finish()
        except Stop:
            pass
        except SourceError as error:
            self.report(error)
        return iter(done)

    def report(self, error: SourceError) -> None:
        """Hand errors on; too many stop the expansion."""
        for diagnostic in error.diagnostics:
            self._report(diagnostic)
            self._errors += diagnostic.severity != WARNING
        if self._errors > MAX_ERRORS:
            place = error.diagnostics[-1].place if error.diagnostics else None
            self.stop(f"there are more than {MAX_ERRORS} errors; what follows is not read", place)

    def stop(self, message: str, place: Place | None, help_: str = "") -> NoReturn:
        """End everything at a bound."""
        self._report(Diagnostic("E-LIMIT", message, place, help=help_))
        raise Stop

    # Frames --------------------------------------------------------------------------------------
    def _frame(self, frame: Frame, done: list[Statement]) -> None:
        """Add the statements of the top frame, until it ends or another is put on it."""
        self._obey(frame, done)
        while self.frames[-1] is frame and self._line(frame, done):
            pass

    def _line(self, frame: Frame, done: list[Statement]) -> bool:
        """Add the statements of the next line of the top frame; whether there was one."""
        line = next(frame.lines, None)
        if line is None:
            self._leave(frame)
            return False
        if self._lines >= MAX_LINES:
            self.expect(1, line.place(1, 1))
        self._lines += 1
        code = strip_comment(line.text)
        if not code:
            return True
        if numbers.may_hold(code) and self._brace is None and (data := numbers.read(code, line)):
            done += data
            return True
        text = shapes.known(code)
        plain = self._plain(text, line) if text is not None and text.is_plain else None
        if plain is None:
            frame.waiting = iter(self._parsed(line, code, text))
            self._obey(frame, done)
        else:
            done += plain
        return True

    def _leave(self, frame: Frame) -> None:
        self.frames.pop()
        for branches in frame.branches:
            self.report(SourceError(unclosed(branches.name, branches.place)))

    def _obey(self, frame: Frame, done: list[Statement]) -> None:
        """Take the statements that are left of a line, until another frame is put on top."""
        for statement in frame.waiting:
            try:
                taken = self._take(statement)
            except SourceError as error:
                self.report(error)
                continue
            if taken is not None:
                done.append(taken)
            if self.frames[-1] is not frame:
                return

    def _plain(self, text: shapes.Text, line: Line) -> list[Statement] | None:
        """The statements of a line that expansion has nothing to do with; None when it has."""
        if self._brace is not None or text.numeric or self.names.variables:
            return None
        statements = text.build_plain(line)
        return None if self.macros and self._calls_macro(statements) else statements

    def _calls_macro(self, statements: list[Statement]) -> bool:
        for statement in statements:
            if type(statement) is OpStmt:
                if statement.mnemonic in self.macros:
                    return True
            elif type(statement) is Bundle and not self.macros.keys().isdisjoint([op.mnemonic for op in statement.ops]):
                return True
        return False

    def push(self, lines: Iterator[Line], place: Place) -> None:
        """Go on with the lines of a macro or a repetition used at `place`."""
        if len(self.frames) > MAX_DEPTH:
            message = f"macros and repetitions are nested more than {MAX_DEPTH} deep"
            self.stop(message, place, "end a recursion with .if")
        self.frames.append(Frame(lines))

    def enter_file(self, text: str, name: str, trail: Trail) -> None:
        """Go on with the lines of a file; blank ones are passed over."""
        self.sources.texts[name] = text
        self.frames.append(Frame(self._lines_of(text, name, trail), os.path.realpath(name)))

    def _lines_of(self, text: str, name: str, trail: Trail) -> Iterator[Line]:
        codes = enumerate(source.source_lines(text, name), 1)
        return (Line(name, number, code, trail) for number, code in codes if code)

    def include(self, directive: DirectiveStmt, name: str, place: Place) -> None:
        """Go on with an included file; raises SourceError (E-INCLUDE, E-SOURCE)."""
        path = source.find(name, directive.line.file, self.options.include_paths, place)
        self._check_include(path, place)
        line = directive.line
        trail = (("included here", Place(line.file, line.number, place.column, place.end_column)), *line.trail)
        self.enter_file(source.read_text(path, place), path, trail)

    def _check_include(self, path: str, place: Place) -> None:
        files = [frame.path for frame in self.frames if frame.path]
        if len(files) > MAX_INCLUDE_DEPTH:
            self.stop(f"includes are nested more than {MAX_INCLUDE_DEPTH} deep", place)
        real = os.path.realpath(path)
        if real in files:
            ring = [os.path.basename(file) for file in [*files[files.index(real) :], real]]
            raise SourceError(Diagnostic("E-INCLUDE", f"`{path}` includes itself: {' -> '.join(ring)}", place))

    def _parsed(self, line: Line, code: str, text: shapes.Text | None) -> list[Statement]:
        """The statements of a line, whose text was known or not; none of one with an error, which is reported."""
        try:
            statements = text.build(line) if text is not None else parse_new(code, line)
            if text is None or text.numeric or self.names.variables:
                statements = self.names.rename(line, statements)
        except SourceError as error:
            self.report(self._cause(line, error))
            self._pass_over(line)
            return []
        return statements

    def _cause(self, line: Line, error: SourceError) -> SourceError:
        """What is wrong with a line that does not parse: a `||` where there is no bundle, or what the parser says."""
        if self._brace is None and "||" in line.text:
            try:
                check_separators(line)
            except SourceError as separators:
                return separators
        return error

    def expect(self, lines: int, place: Place) -> None:
        """Stop before lines to come that would pass the bound."""
        if self._lines + lines > MAX_LINES:
            self.stop(f"the program has more than {MAX_LINES} lines after expansion", place)

    def _pass_over(self, line: Line) -> None:
        """A line that does not parse: its labels count as known, and a block it opens is left out with its closer."""
        found = LABELS.match(line.text)
        for label in found.group().split(":")[:-1] if found else ():
            self.symbols.fail(label.strip())
        try:
            pass_over_block(self, line)
        except SourceError as error:
            self.report(error)

    def _finish(self) -> None:
        if self._brace is not None:
            self.report(SourceError(Diagnostic("E-SYNTAX", "`{` is never closed", place_of(self._brace))))
        for name, diagnostic in self.names.labels.unfinished():
            self.symbols.fail(name)
            self.report(SourceError(diagnostic))

    # Statements ----------------------------------------------------------------------------------
    def _take(self, statement: Statement) -> Statement | None:
        """Obey a statement that concerns expansion; others are given back."""
        if isinstance(statement, OpStmt):
            macro = self.macros.get(statement.mnemonic)
            if macro is not None:
                self._call(macro, statement)
                return None
            if self._brace is None and "||" in statement.line.text and statement.line is not self._separated:
                self._separated = statement.line
                check_separators(statement.line)
        elif isinstance(statement, DirectiveStmt):
            handler = HANDLERS.get(statement.name)
            if handler is not None:
                return handler(self, statement)
            if closer_of(statement.name):
                unknown_block(self, statement)
        elif isinstance(statement, Brace):
            self._nest(statement)
        elif self._brace is not None and isinstance(statement, LabelDef):
            self._refuse_label(statement)
        return statement

    def _nest(self, brace: Brace) -> None:
        """Braces come in pairs, none inside another."""
        if not brace.open:
            if self._brace is None:
                raise SourceError(Diagnostic("E-SYNTAX", "`}` closes nothing", place_of(brace)))
            self._brace = None
        elif self._brace is not None:
            note = (Note("the bundle begins here", place_of(self._brace)),)
            raise SourceError(Diagnostic("E-SYNTAX", "`{` stands inside a bundle", place_of(brace), note))
        else:
            self._brace = brace

    def _refuse_label(self, label: LabelDef) -> NoReturn:
        notes = (Note("the bundle begins here", place_of(self._brace)),) if self._brace else ()
        message = "a label stands inside a bundle"
        raise SourceError(Diagnostic("E-SYNTAX", message, place_of(label), notes, "put it before the `{`"))

    def _call(self, macro: Macro, call: OpStmt) -> None:
        if call.pins or call.timing:
            part = call.pins[0] if call.pins else call.timing or call
            place = call.line.place(part.column, part.end)
            message = f"`{macro.name}` is a macro, and cannot be pinned or timed"
            raise SourceError(Diagnostic("E-MACRO", message, place, help="pin or time the ops in its body"))
        texts = bind(macro, call, strip_comment(call.line.text))
        trail = called(macro, here(call), call.line.trail)
        self.push(self._expansion(macro, texts, trail), place_of(call))

    def _expansion(self, macro: Macro, texts: Mapping[str, str], trail: Trail) -> Iterator[Line]:
        return expansion(macro.body, texts, self.next_serial(), trail)

    def next_serial(self) -> int:
        """What `\\@` stands for: another number in every expansion."""
        self._serial += 1
        return self._serial


def place_of(statement: Statement) -> Place:
    return statement.line.place(statement.column, statement.end)


def here(statement: Statement) -> Place:
    """The place without the trail that led to it."""
    place = place_of(statement)
    return Place(place.file, place.line, place.column, place.end_column)


def check_separators(line: Line) -> None:
    """Outside braces `||` may stand in brackets only; raises SourceError (E-SYNTAX)."""
    code, count = strip_comment(line.text), 1
    while count:
        code, count = BRACKETED.subn(lambda found: " " * len(found.group()), code)
    column = code.find("||") + 1
    if column and "{" not in code:
        message = "`||` separates the ops of a bundle, and this line is in none"
        help_ = "put braces around the bundle; a logical or is written in parentheses"
        raise SourceError(Diagnostic("E-SYNTAX", message, line.place(column, column + 2), help=help_))
