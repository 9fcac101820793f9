"""The page's side of a question under way: its events in order, and a stop that really ends the language model's part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.models.scripted import Reply, ScriptedServer
from ui.engine import LocalEngine
from ui.settings import Settings
from ui.web.asking import Asked, Asking
from ui.wiring import Workshop, open_library


@pytest.fixture
def engine(home: Path, models_folder: Path) -> Iterator[LocalEngine]:
    """An owner whose language model writes for a minute."""
    with ScriptedServer([Reply("Psilocybin reduced depression in many trials. " * 40, pause_seconds=0.2)]) as server:
        settings = Settings(home=home, models=models_folder, model=f"{server.url}#scripted")
        library = open_library(settings)
        engine = LocalEngine(Workshop(settings, library).open(patience=5))
        yield engine
        engine.close()
        library.close()


def test_stop_ends_the_model_and_keeps_the_quotes(engine: LocalEngine) -> None:
    asking = Asking()
    seen: list[str] = []
    last: tuple[str, Any] = ("", None)
    for kind, value in asking.events(engine, Asked("Does psilocybin help with depression?"), "tab"):
        last = kind, value
        seen.append(value.kind if kind == "event" else kind)
        if kind == "event" and value.kind == "words" and value.text:
            asking.stop("another tab")
            asking.stop("tab")
    assert last[0] == "answer", last
    assert seen.index("understood") < seen.index("quotes") < seen.index("words")
    answer = last[1]
    assert answer.model == "quotes"
    assert answer.sentences
    assert "stopped the language model" in answer.notices[-1]
    assert engine.library.answers.get(answer.id)["notices"] == list(answer.notices), "what was shown is what is kept"


def test_a_fault_is_told_and_the_page_goes_on(engine: LocalEngine) -> None:
    events = list(Asking().events(engine, Asked("Why?", after="no-such-answer"), "tab"))
    assert events[-1][0] == "fault"
    assert "no-such-answer" in str(events[-1][1])
