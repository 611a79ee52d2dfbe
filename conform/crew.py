"""Processes that do the batches of a run, each with a pipe of its own: ending one in the middle of an answer hinders
nobody, which it does where all answer through one."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from conform.target import TargetError

Task = TypeVar("Task")
Answer = TypeVar("Answer")
PATIENCE = 30  # seconds that a process may take to end its target


class Crew(Generic[Task, Answer]):
    """So many processes, in each of which `make` makes what does tasks; `leave` ends that, and does not return."""

    def __init__(self, jobs: int, make: Callable[[], Callable[[Task], Answer]], leave: Callable[[], None]) -> None:
        context = get_context("fork")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            self._pipes.append(ours)
            process = context.Process(target=work, args=(theirs, tuple(self._pipes), make, leave), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)

    def each(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """The answers in the order of the tasks. Raises what a task raised, TargetError for a process that has gone."""
        answers: dict[int, Answer] = {}
        idle, busy, given = list(self._pipes), dict[Any, int](), 0
        for number in range(len(tasks)):
            while number not in answers:
                while idle and given < len(tasks):
                    pipe = idle.pop()
                    pipe.send(tasks[given])
                    busy[pipe] = given
                    given += 1
                for ready in wait(list(busy)):
                    answers[busy.pop(ready)] = answer_of(ready)
                    idle.append(ready)  # type: ignore[arg-type]
            yield answers.pop(number)

    def close(self) -> None:
        """End all, whatever they do."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
        for pipe in self._pipes:
            pipe.close()


def answer_of(pipe: Any) -> Any:
    """What a process answers. Raises what it raised, or TargetError."""
    try:
        is_answer, answer = pipe.recv()
    except (EOFError, OSError) as error:
        raise TargetError("a process of the run has gone") from error
    if not is_answer:
        raise answer
    return answer


# In a process of its own ----------------------------------------------------------------------
def work(
    pipe: Connection, others: Sequence[Connection], make: Callable[[], Callable[[Any], Any]], leave: Callable[[], None]
) -> None:
    """Do tasks until there are no more, or the process is told to end; interrupts are left to the one that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: leave())
    for other in others:
        other.close()  # else nobody would see that the other side has gone
    does = None
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            leave()
        try:
            does = does or make()
            answer = True, does(task)
        except Exception as error:
            answer = False, error
        pipe.send(answer)
