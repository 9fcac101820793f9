"""What commands and pages ask of a home's search data: done here by its owner, or by the live `serve` that is the owner."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from corpus import LOCAL, Filter, Library, Note, Review, UnavailableError, UsageError, parse_filter
from ui.configurations import Configuration, removable
from ui.settings import Settings
from ui.wiring import Workshop, runs_here

if TYPE_CHECKING:
    from assistant import Answer, Run, Turn, Writer
    from index.sync import Progress

#: Who embeds in a sync: this process, or Ray's workers.
ENGINES = ("local", "ray")
#: Reviews a search may ask for.
MOST_HITS = 1_000


class Engine(Protocol):
    """The search data of one home, wherever its owner runs. Every method gives what the command's --json prints."""

    @property
    def library(self) -> Library:
        """The library that the search data is made from."""
        ...

    def search(self, query: str, k: int, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """Ranked reviews."""
        ...

    def why(self, query: str, review_id: str, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """Why a record ranks where it does."""
        ...

    def ask(
        self,
        question: str,
        model: str | None,
        filters: Sequence[str],
        config: str | None,
        after: str | None = None,
        notes: bool = False,
        owner: str = LOCAL,
        before: Sequence[str] = (),
    ) -> dict[str, Any]:
        """A checked answer, kept in the library as the owner's; `notes`: search their own ones too.

        The question may follow up the answer with the id `after`, or else the questions `before`, oldest first.
        """
        ...

    def ask_again(self, owner: str, numbers: Sequence[int] = ()) -> dict[str, Any]:
        """An owner's saved questions (or some of them) asked again in quotes mode: {news, answers, faults}."""
        ...

    def sync(self, config: str | None, progress: Progress | None = None, *, engine: str = "local") -> dict[str, Any]:
        """Bring a configuration's index in step with the library; without a name the active one's, and then every other that is built."""
        ...

    def doctor(self, *, rebuild: bool, progress: Progress | None = None) -> list[dict[str, Any]]:
        """Check the search data; each finding as {check, ok, detail, remedy}."""
        ...

    def compact(self, progress: Progress | None = None) -> dict[str, Any]:
        """Write the search data anew, so that nothing deleted is left in its files: {indexes, removed, embedded, bytes, store, seconds}."""
        ...

    def remove_index(self, name: str) -> dict[str, Any]:
        """Delete a built index that is not in force: {index, configs, bytes}."""
        ...

    def lab_run(
        self,
        target: str,
        config: str | None,
        measures: str,
        settings: Mapping[str, str],
        *,
        rankings: bool = False,
        keep: bool = True,
        reason: str = "asked",
        actor: str = "local",
        answers: bool = False,
        model: str | None = None,
        saved: Mapping[str, Any] | None = None,
        fresh: bool = True,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Measure a set: {run, report, notes, passages, embedded, reused}, and with `rankings` what was found for each query.

        `target` is a stored set's name, run over the library, or a folder's absolute path; see `ui.lab.running.Asked` for the rest.
        """
        ...

    def lab_after_sync(self, progress: Progress | None = None) -> list[dict[str, Any]]:
        """Run the sets that ask for it on what the library is now; what each gave."""
        ...

    def lab_suggest(self, set_name: str, query_id: str, review_id: str, judge: str, model: str | None = None) -> dict[str, Any]:
        """What a model would grade a record that `judge` has graded: {grade, why, model}; kept, to be measured against people."""
        ...

    def lab_answers(
        self, questions: Sequence[Mapping[str, Any]], folder: str | None, config: str | None, model: str | None, progress: Progress | None = None
    ) -> dict[str, Any]:
        """Answer labelled questions over the library, or over the documents of `folder` (absolute); nothing is kept: {config, model, results, unknown}."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Watcher(Protocol):
    """Who is told how the owner's side does."""

    def asking(self) -> AbstractContextManager[Callable[[Answer], None]]:
        """A question is under way; what is given is called with its answer."""
        ...

    def searched(self, seconds: float) -> None:
        """A search was done."""
        ...


class Unwatched:
    """Nobody is told."""

    @contextmanager
    def asking(self) -> Iterator[Callable[[Answer], None]]:
        """See Watcher."""
        yield lambda _: None

    def searched(self, seconds: float) -> None:
        """See Watcher."""


class LocalEngine:
    """The owner's side."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.watcher: Watcher = Unwatched()
        self.library: Library = workshop.library
        self._measuring = threading.RLock()

    def search(self, query: str, k: int, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """See Engine."""
        from assistant import clean_question

        query = clean_question(query)
        self.require_built(config)
        began = time.perf_counter()
        found = self.workshop.searcher(config).search(query, min(k, MOST_HITS), self.filter(filters)).as_dict()
        self.watcher.searched(time.perf_counter() - began)
        return found

    def why(self, query: str, review_id: str, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """See Engine."""
        from assistant import clean_question

        self.require_built(config)
        review = self.library.get(review_id)
        return self.workshop.searcher(config).why(clean_question(query), review, self.filter(filters))

    def ask(
        self,
        question: str,
        model: str | None,
        filters: Sequence[str],
        config: str | None,
        after: str | None = None,
        notes: bool = False,
        owner: str = LOCAL,
        before: Sequence[str] = (),
    ) -> dict[str, Any]:
        """See Engine."""
        if model:
            from assistant.models import parse_model_name

            parse_model_name(model)
        return self.printed(self.answer(question, model, self.filter(filters), config, after=after, notes=notes, owner=owner, before=before))

    def printed(self, answer: Answer) -> dict[str, Any]:
        """An answer as `ask --json` prints it to whoever asked."""
        from assistant.table import table_of

        own = [sentence.as_dict(own=True) for sentence in answer.from_notes]
        return answer.as_dict() | {"from_notes": own, "evidence_table": [row.as_dict() for row in table_of(answer, self.library.get)]}

    def ask_again(self, owner: str, numbers: Sequence[int] = ()) -> dict[str, Any]:
        """See Engine."""
        from ui.digest.asking import ask_again

        return ask_again(self, owner, numbers)

    def sync(self, config: str | None, progress: Progress | None = None, *, engine: str = "local") -> dict[str, Any]:
        """See Engine."""
        if engine not in ENGINES:
            raise UsageError(f"there is no engine {engine!r}", remedy=f"The engines are: {', '.join(ENGINES)}")
        chosen = self.workshop.config(config)
        report = self._sync(chosen, progress, engine)
        if config is not None:
            return report | {"others": []}
        mine = chosen.search.spec
        return report | {"others": [self._sync(other, progress, engine) for other in self.workshop.configurations.built() if other.search.spec != mine]}

    def _sync(self, chosen: Configuration, progress: Progress | None, engine: str) -> dict[str, Any]:
        if engine == "ray":
            with self.workshop.ray_syncer(chosen) as syncer:
                report = syncer.sync(progress)
        else:
            report = self.workshop.syncer(chosen).sync(progress)
        self.export_query_encoder(chosen, progress)
        return {"config": chosen.name, "config_hash": chosen.search.hash, **report.as_dict()}

    def doctor(self, *, rebuild: bool, progress: Progress | None = None) -> list[dict[str, Any]]:
        """See Engine."""
        from ui.doctor import examine

        return examine(self.workshop, rebuild=rebuild, progress=progress)

    def lab_run(
        self,
        target: str,
        config: str | None,
        measures: str,
        settings: Mapping[str, str],
        *,
        rankings: bool = False,
        keep: bool = True,
        reason: str = "asked",
        actor: str = "local",
        answers: bool = False,
        model: str | None = None,
        saved: Mapping[str, Any] | None = None,
        fresh: bool = True,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """See Engine. One at a time: two would share one cached index and each other's milliseconds."""
        from ui.lab.running import Asked, run_target

        asked = Asked(target, config, measures, dict(settings), rankings, keep, reason, actor, answers, saved, fresh, model)
        with self._measuring:
            return run_target(self, asked, progress)

    def lab_after_sync(self, progress: Progress | None = None) -> list[dict[str, Any]]:
        """See Engine."""
        from ui.lab.scheduled import run_due

        with self._measuring:  # `serve` and a command may both find the same sets due
            return run_due(self, progress)

    def lab_suggest(self, set_name: str, query_id: str, review_id: str, judge: str, model: str | None = None) -> dict[str, Any]:
        """See Engine."""
        from ui.lab.suggesting import suggest

        return suggest(self, set_name, query_id, review_id, judge, model)

    def compact(self, progress: Progress | None = None) -> dict[str, Any]:
        """See Engine. Built indexes that no configuration of this machine can use are deleted; searches go on meanwhile."""
        from index.compact import compact
        from ui.lab.running import TRIED

        began, home = time.monotonic(), self.workshop.index_home
        before = _size(home.folder)
        with self._measuring:  # a lab run writes into the same store
            kept = self.workshop.configurations.begun()
            syncers = [self.workshop.syncer(each) for each in kept]
            names = {each.search.spec.folder for each in kept}
            removed = [standing.name for standing in home.standings() if standing.name not in names]
            for name in removed:
                self.workshop.forget(name)
            for name, namespace in home.namespaced():
                if namespace.startswith(TRIED):  # made to try settings out, and nobody keeps it in step
                    home.remove(name, namespace)
            embedded = compact(home, syncers, progress)
        return {
            "indexes": sorted(names),
            "removed": removed,
            "embedded": embedded,
            "bytes": {"before": before, "after": _size(home.folder)},
            "store": home.place,
            "seconds": round(time.monotonic() - began, 3),
        }

    def remove_index(self, name: str) -> dict[str, Any]:
        """See Engine. Raises UsageError for the index in force and for one that is not there."""
        report = removable(self.workshop.configurations, name)
        self.workshop.forget(report["index"])
        return report

    def lab_answers(
        self, questions: Sequence[Mapping[str, Any]], folder: str | None, config: str | None, model: str | None, progress: Progress | None = None
    ) -> dict[str, Any]:
        """See Engine. One at a time, as `lab_run`."""
        from ui.measuring import answer_all

        with self._measuring:
            return answer_all(self, questions, folder, config, model, progress)

    def close(self) -> None:
        """See Engine."""
        self.workshop.close()

    def answer(
        self,
        question: str,
        model: str | None,
        chosen: Filter,
        config: str | None,
        *,
        after: str | None = None,
        standalone: str = "",
        run: Run | None = None,
        owner: str = LOCAL,
        notes: bool = False,
        before: Sequence[str] = (),
    ) -> Answer:
        """Answer and keep the answer as the owner's; what happens meanwhile is told to `run`, which can stop it.

        `after` is the id of the answer that the question follows up, `before` are the questions it follows where there is none, oldest first;
        `standalone` is how the reader wants the question understood; with `notes` the owner's own notes (on records that the filter lets through) are
        searched too, and what they say stands in the answer's `from_notes`.
        Raises NotFoundError for an unknown answer, and for one of another owner unless it is the local user who asks.
        """
        from assistant import Request

        self.require_built(config)
        own = self._own_notes(owner, chosen) if notes else ()
        titles = {review_id: review.title for review_id, review in self.library.get_many(note.review_id for note in own).items()}
        assistant = self.workshop.assistant(config, owner)
        last = self._turn(after, owner) if after else assistant.turn_of(before)
        with self.watcher.asking() as tell:
            answer = assistant.answer(Request(question, chosen, self._writer(model, owner), last, standalone, own, titles), run)
            tell(answer)
        return answer

    def related(self, review_id: str) -> list[Review]:
        """The current records most like one, by the vectors of its passages; none while there is no index to ask."""
        from index import related

        spec = self.workshop.config().search.spec
        if not self.workshop.configurations.indexes.is_built(spec):
            return []
        return [found.review for found in related(self.library, self.workshop.built(spec), review_id)]

    def suggest(self, answer: Answer, chosen: Filter, config: str | None = None) -> tuple[str, ...]:
        """Questions to ask next that the collection answers, found within a second or two; none where it did not answer this one."""
        from assistant.follow_ups import suggest

        if not answer.sentences:
            return ()
        cited = self.library.get_many(review.id for review in answer.reviews)
        return suggest(self.workshop.assistant(config), answer, cited.values(), chosen)

    def behind(self) -> bool:
        """Whether the library has gone on since the last sync of the active configuration's index, or of another that is built."""
        if not self.library.revision():
            return False
        active = self.workshop.config()
        if self.workshop.syncer(active).behind():
            return True
        uid, revision = self.library.uid(), self.library.revision()
        standings = [self.workshop.configurations.standing_of(each) for each in self.workshop.configurations.built()]
        return any(standing is not None and not standing.in_step(uid, revision) for standing in standings)

    def warm(self) -> None:
        """Load what the first question would wait for."""
        if self.library.count():
            self.workshop.searcher().search("ready", 1)

    def filter(self, filters: Sequence[str]) -> Filter:
        """Filters as people write them, parsed. Raises UsageError."""
        return parse_filter(filters, self.library.vocabulary, self.library.catalogue.facet_names())

    def require_built(self, config: str | None) -> Configuration:
        """The configuration, whose index has been built. Raises UnavailableError for an empty library or a missing index."""
        chosen = self.workshop.config(config)
        if self.workshop.built(chosen.search.spec).state.revision >= 0:
            return chosen
        if not self.library.count():
            raise UnavailableError("the library is empty", where=str(self.workshop.settings.home), remedy="Import records first: `florilegium import FILE`")
        named = f" --config {chosen.name}" if config else ""
        where = str(self.workshop.settings.index_folder)
        raise UnavailableError(f"the search data of {chosen.name!r} has not been made yet", where=where, remedy=f"Run `florilegium sync{named}`")

    def _own_notes(self, owner: str, chosen: Filter) -> tuple[Note, ...]:
        """The owner's notes on records that a filter lets through."""
        found = self.library.notes.find(owner)
        through = set(self.library.select(chosen).ids) if found and chosen.conditions else None
        return tuple(note for note in found if through is None or note.review_id in through)

    def _turn(self, answer_id: str, owner: str) -> Turn:
        """What a follow-up to a kept answer may refer to."""
        from assistant import Answer, Turn

        last = Answer.from_dict(self.library.answers.get(answer_id, None if owner == LOCAL else owner))
        return Turn(last.standalone_question, tuple(review.label for review in last.reviews))

    def _writer(self, model: str | None, owner: str) -> Writer | None:
        """The language model of an answer: the one asked for, or the one in force. Opened only once the quotes are there, and used in its owner's turn."""
        from assistant import Writer

        name = self.workshop.model_name(model)
        if name == "quotes":
            return None

        def open_it() -> tuple[Any, str]:
            opened = self.workshop.language_model(name)
            return opened.model, opened.label

        strong = not runs_here(name)  # a small model loses the thread where rules do not
        return Writer(open_it, must=bool(model), strong=strong, turns=self.workshop.turns(name), person=owner)

    def export_query_encoder(self, chosen: Configuration, progress: Progress | None = None) -> None:
        """Make the query encoders while torch is loaded anyway, so that no later command has to import it."""
        for encoder in {id(each): each for each in (self.workshop.encoder, self.workshop.encoder_of(chosen))}.values():
            if not encoder.query.exported:
                if progress:
                    progress("export", 0, 1)
                encoder.query.encode(["ready"])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def wait_for_owner(settings: Settings, library: Library, patience: float = 10.0) -> Engine:
    """The engine of a home: through a live `serve`, or as the owner. Raises LockedError when another command holds it too long."""
    from corpus import LockedError
    from ui.remote import find_server

    deadline = time.monotonic() + patience
    while True:
        remote = find_server(settings, lambda: library)
        if remote is not None:
            return remote
        try:
            return LocalEngine(Workshop(settings, library).open(patience=0.3))
        except LockedError:
            if time.monotonic() >= deadline:
                raise
