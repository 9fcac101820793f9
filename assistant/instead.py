"""What stands in the place of a step that was stopped, or not done within its deadline: the reader has what there is, and is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.answer import Answer
from assistant.run import QUEUE, LateError, StoppedError
from assistant.steps import Drafted, Prepared, Request, Understood, Verified


def cut_off(prepared: Prepared, error: LateError | StoppedError, so_far: Sequence[Any]) -> Drafted:
    """What the model had written until then is checked like any draft; nothing of it, and the quotes stay."""
    drafted: Drafted = so_far[0] if so_far else Drafted(prepared)
    text = "".join(so_far[1:])
    if isinstance(error, StoppedError):
        return Drafted(prepared, told=("You stopped the language model; these are quotes.",))
    if error.step == QUEUE:
        return Drafted(prepared, told=(f"The language model was busy with other questions for {error.seconds:g} s; these are quotes.",))
    late = f"The language model was not done within {error.seconds:g} s"
    if not text.strip():
        return Drafted(prepared, told=(f"{late}; these are quotes.",))
    return replace(drafted, text=text, told=(f"{late}; what it had written until then was checked.",))


def unchecked(drafted: Drafted, error: LateError | StoppedError, so_far: Sequence[Any]) -> Verified:
    """Sentences not checked in time are not shown."""
    told = "You stopped the check" if isinstance(error, StoppedError) else f"The check was not done within {error.seconds:g} s"
    return Verified(replace(drafted, told=(*drafted.told, f"{told}; what was not checked is left out.")) if drafted.label else drafted, tuple(so_far))


def not_kept(answer: Answer, error: LateError | StoppedError, so_far: Sequence[Any]) -> Answer:
    """The reader has the answer all the same."""
    return replace(answer, notices=(*answer.notices, "This answer could not be kept in time; a later question cannot refer to it."))


def by_rules(request: Request, error: LateError | StoppedError, so_far: Sequence[Any]) -> Understood:
    """A model that is late with a follow-up leaves it to the rules."""
    if not so_far or isinstance(error, StoppedError):
        raise error
    understood: Understood = so_far[0]
    return replace(
        understood, told=(*understood.told, f"The language model was not done with the question within {error.seconds:g} s; rules made it stand alone.")
    )
