"""Steps joined to a chain, in the shape of LangChain's runnables (`invoke`, `|`) and without importing them.

Importing `langchain_core.runnables` costs 2.6-2.9 s cold on two cores, more than a whole quotes answer (docs/decisions/0012);
`as_runnable()` gives the real thing to whoever has it loaded anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from assistant.run import Event, Halt, LateError, Run, StoppedError

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

In = TypeVar("In")
Out = TypeVar("Out")
Next = TypeVar("Next")


@dataclass(frozen=True)
class Here:
    """What a step may use of the run it is part of.

    `halt()` raises when the step has to end; `tell` reaches the screen; `times()` are the seconds per step until now; what is put
    into `so_far` is what the step has to show should it be stopped.
    """

    halt: Halt
    tell: Callable[[Event], None]
    times: Callable[[], dict[str, float]]
    so_far: list[Any] = field(default_factory=list)


class Chain(Generic[In, Out]):
    """A typed way from one value to another."""

    def __init__(self, way: Callable[[In, Run], Out], names: tuple[str, ...]) -> None:
        self._way = way
        self.names = names

    def invoke(self, value: In, run: Run | None = None) -> Out:
        """Go the way; `run` carries events, times, deadlines and the reader's stop. Raises StoppedError, LateError, and what the steps raise."""
        return self._way(value, run or Run())

    def __or__(self, other: Chain[Out, Next]) -> Chain[In, Next]:
        """This way, then the other."""
        return Chain(lambda value, run: other.invoke(self.invoke(value, run), run), (*self.names, *other.names))

    def as_runnable(self) -> Runnable[In, Out]:
        """The chain as a LangChain Runnable: `batch`, `stream`, `ainvoke`, tracing and `|` with any other Runnable."""
        from langchain_core.runnables import RunnableLambda

        def invoke(value: In) -> Out:
            return self.invoke(value)

        return RunnableLambda(invoke, name=" | ".join(self.names))


def step(
    name: str,
    work: Callable[[In, Here], Out],
    *,
    instead: Callable[[In, LateError | StoppedError, Sequence[Any]], Out] | None = None,
    stoppable: bool = True,
) -> Chain[In, Out]:
    """One step. `instead` gives its value when it was stopped or late (from what it had so far); without it, that is an error."""

    def way(value: In, run: Run) -> Out:
        so_far: list[Any] = []
        try:
            return run.step(name, lambda halt: work(value, Here(halt, run.tell, run.times, so_far)), stoppable=stoppable)
        except (LateError, StoppedError) as error:
            if instead is None or (isinstance(error, StoppedError) and not stoppable):
                raise
            return instead(value, error, list(so_far))

    return Chain(way, (name,))
