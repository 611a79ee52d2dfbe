"""One session with one client: a thread reads, another carries out what is asked, in order, and moves through time.

While the program runs, a message that comes in interrupts it; what it asks is answered, and the run goes on. A run is
the same whether it was interrupted or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeAlias

from debugger.dap import reports
from debugger.dap.arguments import Arguments, RequestError
from debugger.dap.breakpoints import Table
from debugger.dap.nodes import Nodes
from debugger.dap.protocol import Message, ProtocolError, Wire
from debugger.dap.sources import Sources
from debugger.dap.wording import defect, sentence
from isa.diagnostics import SourceError
from isa.records import NamedTuple, dataclass

if TYPE_CHECKING:
    from debugger.repl.console import Console
    from debugger.running import Stopped
    from debugger.session import Session

Body: TypeAlias = dict[str, Any] | None
Handler: TypeAlias = "Callable[[Adapter, Arguments], Body]"

LAST = "disconnect"
URGENT = ("pause", "terminate", LAST)  # interrupt whatever is under way
FAILED = 1  # the number of every error: their codes are in their texts


class Motion(NamedTuple):
    """A way through time: `go` takes it, and goes on with it when a message interrupted it."""

    go: Callable[[], Stopped]
    is_resumable: bool = False


@dataclass
class Client:
    """What a client says of itself in `initialize`, and where it wants to stop."""

    first_line: int = 1
    first_column: int = 1
    takes_uris: bool = False
    takes_memory_events: bool = False
    takes_invalidations: bool = False
    stops_on_entry: bool = False
    only_runs: bool = False
    stops_at: frozenset[str] = reports.ENDS


@dataclass(frozen=True)
class Letter:
    """A message, what was wrong with one, or None at the end."""

    message: Message | ProtocolError | None

    @property
    def is_urgent(self) -> bool:
        return self.command in URGENT

    @property
    def command(self) -> object:
        """The name of a request; the end is as good as the last of all."""
        return LAST if self.message is None else isinstance(self.message, dict) and self.message.get("command")


class Adapter:
    """Answers requests until the client leaves. A `strict` one raises the last unexpected error then: for tests."""

    def __init__(self, wire: Wire, handlers: Mapping[str, Handler], strict: bool = False) -> None:
        self.client = Client()
        self.motion: Motion | None = None
        self.is_over = False
        self.breakpoints = Table()
        self.nodes = Nodes()
        self.goto_place = ""  # that targets were asked for, `file:line`
        self.focus = ""  # the line that we came to see
        self.console: Console | None = None
        self._wire, self._handlers, self._strict = wire, handlers, strict
        self._session: Session | None = None
        self._sources: Sources | None = None
        self._inbox: SimpleQueue[Letter] = SimpleQueue()
        self._later: list[Callable[[], None]] = []
        self._failure: Exception | None = None
        self._urgent = 0  # messages that wait and may not
        self._lock = Lock()  # of the inbox and what follows from it

    # What is debugged -------------------------------------------------------------------------
    @property
    def session(self) -> Session:
        """Raises RequestError before `launch`."""
        if self._session is None:
            raise RequestError("nothing is launched yet")
        return self._session

    @property
    def sources(self) -> Sources:
        """Raises RequestError before `launch`."""
        if self._sources is None:
            raise RequestError("nothing is launched yet")
        return self._sources

    def debug(self, session: Session) -> None:
        """Debug a session from now on, which stands at some cycle."""
        self.nodes.clear()
        self.motion = None
        self._session = session
        self._sources = Sources(session, self.client.takes_uris)

    # Threads ----------------------------------------------------------------------------------
    def serve(self) -> None:
        """Answer until the client leaves: the calling thread reads."""
        worker = Thread(target=self._work, name="debugger", daemon=True)
        worker.start()
        self._listen()
        worker.join()
        if self._failure:
            raise self._failure

    def _listen(self) -> None:
        while not self.is_over:
            letter = Letter(self._read())
            self._post(letter)
            if letter.command == LAST:
                return

    def _read(self) -> Message | ProtocolError | None:
        try:
            return self._wire.read()
        except ProtocolError as error:
            return error
        except (OSError, ValueError):  # the connection broke, or was closed here
            return None

    def _post(self, letter: Letter) -> None:
        """Put a message into the inbox, and have what is under way pause for it, if it may."""
        with self._lock:
            self._inbox.put(letter)
            self._urgent += letter.is_urgent
            motion = self.motion
            if self._session and (letter.is_urgent or (motion and motion.is_resumable)):
                self._session.pause()

    def _work(self) -> None:
        while not self.is_over:
            try:
                self._move_or_answer()
            except Exception as error:
                self._survive(error)

    def _survive(self, error: Exception) -> None:
        """The adapter itself failed: say so, and stand still."""
        self._failure = error if self._strict else None
        self.say(f"{defect(error)}\n", "important")
        if self.motion:
            self.motion = None
            reports.stand_still(self)

    def _move_or_answer(self) -> None:
        if self.motion and not self.is_asked:
            self._move(self.motion)
            return
        message = self._next().message
        if message is None:
            self.is_over = True
        elif isinstance(message, ProtocolError):
            self.say(f"{message}\n", "important")
        else:
            self._answer(message)

    def _next(self) -> Letter:
        """Wait for a message. What it asks for is not interrupted, unless something urgent waits behind it."""
        letter = self._inbox.get()
        with self._lock:
            self._urgent -= letter.is_urgent
            if self._session:
                self._session.history.pause_asked = self._urgent > 0
        return letter

    @property
    def is_asked(self) -> bool:
        """Whether messages wait."""
        return not self._inbox.empty()

    # Time -------------------------------------------------------------------------------------
    def move(self, go: Callable[[], Stopped], is_resumable: bool = False) -> None:
        """Set out on a way through time once the present request is answered."""
        self.nodes.clear()
        self.focus = ""
        self.motion = Motion(go, is_resumable)

    def _move(self, motion: Motion) -> None:
        try:
            stopped = motion.go()
        except SourceError as error:
            self.motion = None
            self.say(f"{sentence(error)}\n", "important")
            reports.stand_still(self)
        else:
            if stopped.reason != reports.PAUSED:
                self.motion = None
                reports.report(self, stopped)

    # Requests ---------------------------------------------------------------------------------
    def _answer(self, message: Message) -> None:
        """Carry out a request; what is none is passed over."""
        if message.get("type") != "request":
            return
        try:
            body = self._carried_out(message)
        except RequestError as error:
            self._respond(message, None, str(error))
        except SourceError as error:
            self._respond(message, None, sentence(error))
        except Exception as error:
            self._failure = error if self._strict else None
            self._respond(message, None, defect(error))
        else:
            self._respond(message, body)
        later, self._later = self._later, []
        for action in later:
            action()

    def _carried_out(self, message: Message) -> Body:
        command, arguments = message.get("command"), message.get("arguments")
        handler = self._handlers.get(command) if isinstance(command, str) else None
        if handler is None:
            raise RequestError(f"there is no request `{command}`")
        if not isinstance(arguments, dict | None):
            raise RequestError(f"the arguments of `{command}` must be an object")
        return handler(self, Arguments(arguments or {}))

    def _respond(self, message: Message, body: Body, problem: str = "") -> None:
        number = message.get("seq")
        head: dict[str, Any] = {
            "request_seq": number if isinstance(number, int) else 0,
            "command": str(message.get("command")),
            "success": not problem,
        }
        if problem:
            head |= {"message": problem, "body": {"error": {"id": FAILED, "format": problem, "showUser": True}}}
        elif body is not None:
            head["body"] = body
        self._wire.send("response", **head)

    # Telling ----------------------------------------------------------------------------------
    def later(self, action: Callable[[], None]) -> None:
        """Do something once the present request is answered."""
        self._later.append(action)

    def event(self, name: str, **body: Any) -> None:
        self._wire.send("event", event=name, **({"body": body} if body else {}))

    def say(self, text: str, category: str = "console") -> None:
        """Show text in the client's console."""
        self.event("output", category=category, output=text)
