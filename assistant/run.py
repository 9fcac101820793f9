"""One way of a question through the chain: what the screen is told, how long each step took, when it must end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar

from corpus import UnavailableError

if TYPE_CHECKING:
    from assistant.answer import Answer, Support

T = TypeVar("T")

#: The steps of the chain, in order, under the names their times have in an answer.
STEPS = ("understand", "retrieve", "decide", "generate", "check", "number", "store")
#: Seconds a step may take. What a deadline means is decided step by step (docs/decisions/0012): a search that is late is an error, a model
#: that is late leaves the quotes, and both are told to the reader.
DEADLINES: Mapping[str, float] = MappingProxyType(
    {"understand": 15.0, "retrieve": 30.0, "decide": 30.0, "generate": 90.0, "check": 30.0, "number": 5.0, "store": 15.0}
)
#: What the time in a model's queue is called.
QUEUE = "queue"
_LOOK = 0.05  # seconds between looks at the reader's stop


@dataclass(frozen=True, slots=True)
class Event:
    """What a screen is told while a question is under way.

    `kind`: "step" (it begins), "understood" (`text` is the stand-alone question), "quotes" (`answer` is complete without a model and can be
    shown), "waiting" (others are at the model; `place` is this question's in the queue, 1 the next), "words" (`text` is what the model wrote
    next; "" when it begins), "passed" (a sentence of the draft
    passed the check; `answer` shows what has passed so far), "checked" (`text` is a sentence of the draft, `support` its verdict).
    """

    kind: Literal["step", "understood", "quotes", "waiting", "words", "passed", "checked"]
    step: str
    text: str = ""
    answer: Answer | None = None
    support: Support | None = None
    place: int = 0


class StoppedError(UnavailableError):
    """The reader stopped it."""

    def __init__(self, step: str) -> None:
        super().__init__("it was stopped", where=step, remedy="Ask again when you like")
        self.step = step


class LateError(UnavailableError):
    """A step was not done within its deadline."""

    def __init__(self, step: str, seconds: float) -> None:
        super().__init__(f"the step {step!r} was not done within {seconds:g} s", remedy="Try again, or ask more narrowly")
        self.step = step
        self.seconds = seconds


class Halt:
    """Called inside a step, as often as it likes: raises StoppedError or LateError when the step has to end."""

    def __init__(self, name: str, seconds: float, stopped: Callable[[], bool]) -> None:
        self.waited = 0.0
        self._name, self._seconds = name, seconds
        self._stopped = stopped
        self._until = time.monotonic() + seconds
        self.left: UnavailableError | None = None  # why the caller no longer waits

    def __call__(self) -> None:
        """Raise what ends the step, if anything does."""
        if self.left is not None:
            raise self.left
        if self._stopped():
            raise StoppedError(self._name)
        if time.monotonic() > self._until:
            raise LateError(self._name, self._seconds)

    @contextmanager
    def waiting(self, name: str, seconds: float) -> Iterator[None]:
        """A block in which the step waits for others: its own time stands still, and it is late, under this name, after these seconds."""
        began, former = time.monotonic(), (self._name, self._seconds, self._until)
        self._name, self._seconds, self._until = name, seconds, began + seconds
        try:
            yield
        finally:
            waited = time.monotonic() - began
            self.waited += waited
            self._name, self._seconds, self._until = former[0], former[1], former[2] + waited


class Run:
    """The progress of one question. `cancelled` is asked before, between and inside steps."""

    def __init__(
        self,
        on_event: Callable[[Event], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        deadlines: Mapping[str, float] = DEADLINES,
    ) -> None:
        self.seconds: dict[str, float] = {}
        self._under_way: tuple[str, float] | None = None
        self._on_event = on_event
        self._cancelled = cancelled
        self._deadlines = {**DEADLINES, **deadlines}

    def tell(self, event: Event) -> None:
        """Tell the screen."""
        if self._on_event:
            self._on_event(event)

    def step(self, name: str, work: Callable[[Halt], T], *, stoppable: bool = True) -> T:
        """Do one step beside the caller, so that a stop or the deadline is heeded even while the step hangs in a library or a server.

        A step left behind ends at its next `halt()`. Raises StoppedError (unless not `stoppable`), LateError, and whatever the step raises.
        """
        began = time.monotonic()
        halt = Halt(name, self._deadlines[name], lambda: stoppable and self._cancelled())
        halt()
        self._under_way = name, began
        self.tell(Event("step", name))
        doing = _begin(name, lambda: work(halt))
        try:
            while not wait([doing], _LOOK).done:
                try:
                    halt()
                except UnavailableError as error:
                    halt.left = error
                    raise
            return doing.result()
        finally:
            self._under_way = None
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began - halt.waited
            if halt.waited:
                self.seconds[QUEUE] = self.seconds.get(QUEUE, 0.0) + halt.waited

    def times(self) -> dict[str, float]:
        """Seconds per step until now, and their sum; the steps of DESIGN section 8 are always there."""
        steps = {"retrieve": 0.0, "generate": 0.0, "check": 0.0} | self.seconds
        if self._under_way:
            name, began = self._under_way
            steps[name] = steps.get(name, 0.0) + time.monotonic() - began
        return steps | {"total": sum(steps.values())}


def _begin(name: str, work: Callable[[], T]) -> Future[T]:
    """Work under way in a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)  # raised where the result is asked for

    threading.Thread(target=run, name=f"step-{name}", daemon=True).start()
    return future
