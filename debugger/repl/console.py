"""A session at a prompt, without the prompt: a line goes in, a reply comes out. It outlives whatever a line does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from debugger.repl import code
from debugger.repl.command import Code, is_empty, is_open, parse
from debugger.repl.lines import Lines
from debugger.repl.reply import NOTHING, Reply, Result
from debugger.repl.verb import Request
from debugger.trouble import trouble
from isa.diagnostics import SourceError
from isa.records import dataclass, field

if TYPE_CHECKING:
    from debugger.expr import Shown
    from debugger.repl.transcript import Transcript
    from debugger.session import Session
    from debugger.why import Cause
    from vm.engine import State

EXPRESSION_FILE = "<expression>"  # what places in expressions call their file
MAX_LINE = 1 << 16  # characters of a line
MAX_OPEN, MAX_BLOCK = 500, 50_000  # lines of code that is open, and between `asm` and `end`
BLOCK_END = "end"  # what ends the lines after `asm` alone
MAX_NESTING = 16  # scripts that call scripts


@dataclass
class Screen:
    """What answers are made for: columns, and whether there are colours and characters beyond ASCII."""

    width: int = 100
    colour: bool = False
    unicode: bool = True


@dataclass
class Console:
    """The state of a prompt: its session, what repeats, what is open, and where replies go.

    `show` is called with each reply as soon as it is there. With `raises`, defects are not caught.
    """

    session: Session
    show: Callable[[Reply], None]
    screen: Screen = field(default_factory=Screen)
    raises: bool = False
    json: bool = False
    keep_going: bool = False
    is_over: bool = False
    failed: bool = False
    interrupted: bool = False
    last_hits: tuple[int, ...] = ()
    cause: Cause | None = None
    listed: tuple[str, int] | None = None
    expression: str = ""
    seen: tuple[State, State] | None = None
    again: str = ""
    displays: dict[int, tuple[str, str]] = field(default_factory=dict)
    transcript: Transcript | None = None
    pending: list[str] = field(default_factory=list)
    in_block: bool = False
    nesting: int = 0

    def value(self, expression: str) -> Shown:
        """The value of an expression, which is quoted where it has none. Raises SourceError."""
        self.expression = expression
        return self.session.value(expression)

    def stands(self) -> None:
        """We stand somewhere else, or other than before."""
        state = self.session.state
        self.seen = (self.seen[1] if self.seen else state, state)
        self.listed = None

    @property
    def sources(self) -> dict[str, str]:
        """The texts that messages may quote: of the program, and the expression that was looked at last."""
        return {**self.session.sources, EXPRESSION_FILE: self.expression}

    @property
    def macros(self) -> Collection[str]:
        """The macros of the program, and those that were typed."""
        return self.session.loaded.names.macros

    # Lines ------------------------------------------------------------------------------------
    @property
    def wants_more(self) -> bool:
        """Whether the next line belongs to code that is not complete yet."""
        return self.in_block or bool(self.pending)

    def take(self, line: str | SourceError) -> Reply | None:
        """Take one line, or what could not be read as one."""
        return self.feed(line) if isinstance(line, str) else self.refuse("", line)

    def feed(self, line: str) -> Reply | None:
        """Take one line; None when it is a comment or the code it belongs to goes on."""
        line = line.rstrip("\r\n")
        if self.wants_more:
            return self._more(line)
        if is_empty(line):
            return self.execute(self.again) if self.again and not line.strip() else None
        if line.strip() == "asm":
            self.in_block = True
            return None
        if self._opens(line):
            self.pending = [line]
            return None
        return self.execute(line)

    def close(self) -> Reply | None:
        """There are no more lines: what is open is tried as it is."""
        return self._complete() if self.wants_more else None

    def drop(self) -> None:
        """Forget the code that is not complete."""
        self.pending, self.in_block = [], False

    def _more(self, line: str) -> Reply | None:
        ends = line.strip() == BLOCK_END if self.in_block else False
        if not ends:
            self.pending.append(line)
        most = MAX_BLOCK if self.in_block else MAX_OPEN
        if len(self.pending) > most:
            self.drop()
            return self.refuse("", trouble(f"code that goes on for more than {most} lines", "`asm` takes longer code"))
        goes_on = not ends if self.in_block else is_open("\n".join(self.pending))
        return None if goes_on else self._complete()

    def _complete(self) -> Reply:
        text = "\n".join(self.pending)
        self.drop()
        return self._do(text, lambda: self._run_code(text))

    def _opens(self, line: str) -> bool:
        try:
            command = parse(line, self.macros) if len(line) <= MAX_LINE else None
        except SourceError:
            return False
        return isinstance(command, Code) and is_open(command.text)

    # Commands ---------------------------------------------------------------------------------
    def execute(self, line: str) -> Reply:
        """Do what a line says; whatever happens, there is a reply."""
        return self._do(line, lambda: self._run(line))

    def _run(self, line: str) -> tuple[str, Result]:
        if len(line) > MAX_LINE:
            raise trouble(f"a line of {len(line)} characters; a command has at most {MAX_LINE}")
        self._check_characters(line)
        command = self._parsed(line)
        if isinstance(command, Code):
            return self._run_code(command.text)
        self.again = line if command.verb.repeats else ""
        return command.verb.name, self._handle(command)

    def _parsed(self, line: str) -> Request | Code:
        """What a line asks for; one that is only an expression is refused with the way to see it."""
        try:
            return parse(line, self.macros)
        except SourceError as error:
            if not self._is_value(line):
                raise
            raise trouble(error.diagnostics[0].message, f"`p {line.strip()}` shows its value") from None

    def _is_value(self, line: str) -> bool:
        try:
            self.session.value(line)
        except SourceError:
            return False
        return True

    def _handle(self, request: Request) -> Result:
        return request.verb.handler(self, request)

    def _run_code(self, text: str) -> tuple[str, Result]:
        self._check_characters(text)
        self.again = ""
        return "asm", code.execute(self, text)

    def _check_characters(self, line: str) -> None:
        for character in line:
            if not (character.isprintable() or character in "\t\n"):
                raise trouble(f"the character U+{ord(character):04X} has no place in a command")

    def _do(self, line: str, action: Callable[[], tuple[str, Result]]) -> Reply:
        try:
            reply = Reply(line, *action())
        except SourceError as error:
            return self.refuse(line, error)
        except KeyboardInterrupt:
            return self.refuse(line, trouble("interrupted"))
        except MemoryError:
            return self.refuse(line, trouble("there is not enough memory for this"))
        except Exception as error:
            if self.raises:
                raise
            return self.refuse(line, defect(line, error))
        self._answer(reply)
        return reply

    def stop_transcript(self) -> None:
        if self.transcript:
            self.transcript.close()
        self.transcript = None

    def refuse(self, line: str, error: SourceError) -> Reply:
        """Answer that a line cannot be done."""
        reply = Reply(line, "", NOTHING, tuple(error.diagnostics))
        self.failed = True
        self._answer(reply)
        return reply

    def _answer(self, reply: Reply) -> None:
        self._record(reply)
        self.show(reply)

    def _record(self, reply: Reply) -> None:
        """Write to the transcript; one that cannot be written any more ends there."""
        if self.transcript is None:
            return
        path = self.transcript.path
        try:
            self.transcript.write(reply)
        except OSError as error:
            self.transcript = None
            self.refuse("", trouble(f"the transcript {path} ends here: {error.strerror or error}", code="E-FILE"))

    # Scripts ----------------------------------------------------------------------------------
    def script(self, lines: Lines, keep_going: bool) -> int:
        """Do lines until they end or one says `quit`; the number of the line at which they were given up, else 0.

        They are given up at one that fails, unless we keep going, and after Ctrl-C.
        """
        if self.nesting >= MAX_NESTING:
            raise trouble(f"scripts call scripts more than {MAX_NESTING} levels deep")
        self.nesting += 1
        try:
            return self._script(lines, keep_going)
        finally:
            self.nesting -= 1

    def _script(self, lines: Lines, keep_going: bool) -> int:
        number = 0
        for number, line in enumerate(lines, 1):
            reply = self.take(line)
            if self.is_over:
                return 0
            if self.interrupted or (reply and reply.failed and not keep_going):
                return number
        reply = self.close()
        return number if reply and reply.failed and not keep_going else 0


def defect(line: str, error: Exception) -> SourceError:
    """What is said when the debugger itself fails."""
    words = line.split()
    what = f"{type(error).__name__}: {error}".split("\n")[0]
    message = f"`{words[0] if words else line}` failed inside the debugger: {what}"
    return trouble(message, "this is a defect of the debugger; the session goes on")


def document(reply: Reply, session: Session) -> dict[str, Any]:
    """A reply as one JSON document, with where the run stands."""
    from isa.report import to_json

    return {
        "command": reply.command,
        "verb": reply.verb,
        "ok": not reply.failed,
        "cycle": session.cycle,
        "pc": session.pc,
        "status": session.status,
        "data": reply.result.data,
        "diagnostics": [to_json(each) for each in reply.diagnostics],
    }
