"""What commands and pages ask of a home's search data: done here by its owner, or by the live `serve` that is the owner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from corpus import Filter, Library, UnavailableError, parse_filter
from ui.settings import Settings
from ui.wiring import Workshop

if TYPE_CHECKING:
    from assistant import Answer
    from index import SearchConfig
    from index.sync import Progress

#: Reviews a search may ask for.
MOST_HITS = 1_000


class Engine(Protocol):
    """The search data of one home, wherever its owner runs. Every method gives what the command's --json prints."""

    def search(self, query: str, k: int, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """Ranked reviews."""
        ...

    def why(self, query: str, review_id: str, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """Why a record ranks where it does."""
        ...

    def ask(self, question: str, model: str | None, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """A checked answer, kept in the library."""
        ...

    def sync(self, config: str | None, progress: Progress | None = None) -> dict[str, Any]:
        """Bring the search data in step with the library."""
        ...

    def doctor(self, *, rebuild: bool, progress: Progress | None = None) -> list[dict[str, Any]]:
        """Check the search data; each finding as {check, ok, detail, remedy}."""
        ...

    def lab_run(
        self, folder: str, config: str | None, measures: str, settings: Mapping[str, str], *, rankings: bool, progress: Progress | None = None
    ) -> dict[str, Any]:
        """Measure a test set: {report, notes, passages, embedded}, and with `rankings` what was found for each query. `folder` is absolute."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class LocalEngine:
    """The owner's side."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.library: Library = workshop.library
        self._measuring = threading.Lock()

    def search(self, query: str, k: int, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """See Engine."""
        from assistant import clean_question

        query = clean_question(query)
        self.require_built(config)
        return self.workshop.searcher(config).search(query, min(k, MOST_HITS), self.filter(filters)).as_dict()

    def why(self, query: str, review_id: str, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """See Engine."""
        from assistant import clean_question

        self.require_built(config)
        review = self.library.get(review_id)
        return self.workshop.searcher(config).why(clean_question(query), review, self.filter(filters))

    def ask(self, question: str, model: str | None, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """See Engine."""
        if model:
            from assistant.models import parse_model_name

            parse_model_name(model)
        answer = self.answer(question, model, self.filter(filters), config)
        return answer.as_dict()

    def sync(self, config: str | None, progress: Progress | None = None) -> dict[str, Any]:
        """See Engine."""
        name, chosen = self.workshop.config(config)
        report = self.workshop.syncer(chosen).sync(progress)
        self._export_query_encoder()
        return {"config": name, **report.as_dict()}

    def doctor(self, *, rebuild: bool, progress: Progress | None = None) -> list[dict[str, Any]]:
        """See Engine."""
        from ui.doctor import examine

        return examine(self.workshop, rebuild=rebuild, progress=progress)

    def lab_run(
        self, folder: str, config: str | None, measures: str, settings: Mapping[str, str], *, rankings: bool, progress: Progress | None = None
    ) -> dict[str, Any]:
        """See Engine. One at a time: two would share one cached index and each other's milliseconds."""
        from index.lab import Lab, parse_measures, read_set, run_report

        name, chosen = self.workshop.config(config)
        label = f"{name} with {', '.join(f'{key}={value}' for key, value in settings.items())}" if settings else name
        wanted, chosen, given = parse_measures(measures), chosen.changed(dict(settings)), read_set(Path(folder))
        with self._measuring:
            self._export_query_encoder()
            lab = Lab(self.workshop.index_home, self.workshop.model_files, self.workshop.encoder)
            result = lab.run(given, chosen, label, progress)
        found = {"report": run_report(given, result, wanted), "notes": given.notes(), "passages": result.passages, "embedded": result.embedded}
        return found | {"rankings": result.rankings} if rankings else found

    def close(self) -> None:
        """See Engine."""
        self.workshop.close()

    def answer(
        self,
        question: str,
        model: str | None,
        chosen: Filter,
        config: str | None,
        on_quotes: Callable[[Answer], None] | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        """Answer and keep the answer; `on_quotes` gets the quotes answer as soon as it is there, `on_text` a model's words as they come."""
        self.require_built(config)
        assistant = self.workshop.assistant(config)
        prepared = assistant.prepare(question, chosen)
        if on_quotes:
            on_quotes(prepared.answer)
        answer, name = prepared.answer, self.workshop.model_name(model)
        if name != "quotes":
            answer = self._drafted(assistant, prepared, name, on_text, must=bool(model))
        self.library.answers.save(answer.id, answer.question, answer.revision, answer.as_dict())
        return answer

    def behind(self) -> bool:
        """Whether the library has gone on since the last sync of the active configuration."""
        if not self.library.revision():
            return False
        return self.workshop.syncer(self.workshop.config()[1]).behind()

    def warm(self) -> None:
        """Load what the first question would wait for."""
        if self.library.count():
            self.workshop.searcher().search("ready", 1)

    def filter(self, filters: Sequence[str]) -> Filter:
        """Filters as people write them, parsed. Raises UsageError."""
        return parse_filter(filters, self.library.vocabulary, self.library.catalogue.facet_names())

    def require_built(self, config: str | None) -> SearchConfig:
        """The configuration, whose index has been built. Raises UnavailableError for an empty library or a missing index."""
        _, chosen = self.workshop.config(config)
        built = self.workshop.built(chosen.spec)
        if built.state.revision < 0:
            if not self.library.count():
                raise UnavailableError("the library is empty", where=str(self.workshop.settings.home), remedy="Import records first: `florilegium import FILE`")
            others = [spec.model for spec in self.workshop.index_home.built_specs() if spec.weights_sha256 != chosen.spec.weights_sha256]
            message = f"the search data was made by another embedding model ({others[0]})" if others else "the search data has not been made yet"
            raise UnavailableError(message, where=str(self.workshop.settings.index_folder), remedy="Run `florilegium sync`")
        return chosen

    def _drafted(self, assistant: Any, prepared: Any, name: str, on_text: Callable[[str], None] | None, *, must: bool) -> Answer:
        from assistant import Outcome

        answer: Answer = prepared.answer
        try:
            opened = self.workshop.language_model(name)
            if answer.outcome == Outcome.NOT_IN_CORPUS:
                return answer
            drafted: Answer = assistant.draft(prepared, opened.model(), opened.label, on_text)
            return drafted
        except UnavailableError as error:
            if must:  # the reader named this model: that it cannot be had is the answer
                raise
            return replace(answer, notices=(*answer.notices, f"The language model could not be used: {error} These are quotes."))

    def _export_query_encoder(self) -> None:
        """Make the query encoder while torch is loaded anyway, so that no later command has to import it."""
        encoder = self.workshop.encoder.query
        if not encoder.exported:
            encoder.encode(["ready"])


def wait_for_owner(settings: Settings, library: Library, patience: float = 10.0) -> Engine:
    """The engine of a home: through a live `serve`, or as the owner. Raises LockedError when another command holds it too long."""
    from corpus import LockedError
    from ui.remote import find_server

    deadline = time.monotonic() + patience
    while True:
        remote = find_server(settings)
        if remote is not None:
            return remote
        try:
            return LocalEngine(Workshop(settings, library).open(patience=0.3))
        except LockedError:
            if time.monotonic() >= deadline:
                raise
