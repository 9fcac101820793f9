"""How the served process does, for Prometheus: answers by outcome, seconds by step, support of sentences, the queue, and how far the search data is behind."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from corpus import FlorilegiumError, Role
from ui.logs import logger
from ui.web.guard import came_directly
from ui.web.people import person_of

if TYPE_CHECKING:
    from assistant import Answer
    from ui.engine import LocalEngine

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The figures of one served process, in a registry of their own. It listens to the engine as its `Watcher`."""

    def __init__(self, engine: LocalEngine, waiting: Callable[[], float] = lambda: 0) -> None:
        """`waiting` counts the events of the pages that wait for their turn."""
        self._engine = engine
        self.registry = made = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=made)
        self._requests = Counter("florilegium_http_requests", "Requests.", ["method", "route", "status"], registry=made)
        self._request_seconds = Histogram("florilegium_http_request_seconds", "Seconds of a request.", ["route"], registry=made, buckets=_SECONDS)
        self._answers = Counter("florilegium_answers", "Answers given.", ["kind", "outcome", "model"], registry=made)
        self._faults = Counter("florilegium_answer_faults", "Questions that ended in an error, by its kind.", ["error"], registry=made)
        self._answer_seconds = Histogram("florilegium_answer_seconds", "Seconds of an answer, by step.", ["step"], registry=made, buckets=_SECONDS)
        self._sentences = Counter("florilegium_sentences", "Sentences shown, by how their passages bear them out.", ["support"], registry=made)
        self._under_way = Gauge("florilegium_questions_under_way", "Questions being answered now.", registry=made)
        self._searches = Histogram("florilegium_search_seconds", "Seconds of a search.", registry=made, buckets=_SECONDS)
        Gauge("florilegium_queue_length", "Events of pages that wait for their turn.", registry=made).set_function(_or_nan(waiting))
        Gauge("florilegium_model_queue_length", "Questions that wait for a language model.", registry=made).set_function(_or_nan(engine.workshop.waiting))
        Gauge("florilegium_records", "Records of the library.", registry=made).set_function(_or_nan(engine.library.count))
        Gauge("florilegium_library_revision", "The library's revision.", registry=made).set_function(_or_nan(engine.library.revision))
        Gauge("florilegium_index_lag_revisions", "Revisions by which the search data is behind.", registry=made).set_function(_or_nan(self._lag))

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    @contextmanager
    def asking(self) -> Iterator[Callable[[Answer], None]]:
        """A question is under way; what is given is called with its answer."""
        began = time.perf_counter()
        with self._under_way.track_inprogress():
            try:
                yield self._answered
            except Exception as error:
                self._faults.labels(type(error).__name__).inc()
                kind = logger().info if isinstance(error, FlorilegiumError) else logger().error
                kind("not answered", error=type(error).__name__, seconds=round(time.perf_counter() - began, 3))
                raise

    def searched(self, seconds: float) -> None:
        """A search was done."""
        self._searches.observe(seconds)

    def _answered(self, answer: Answer) -> None:
        outcome = answer.outcome.value if answer.outcome is not None else "none"
        self._answers.labels(answer.kind, outcome, answer.model).inc()
        for step, seconds in answer.seconds.items():
            self._answer_seconds.labels(step).observe(seconds)
        for sentence in answer.sentences:
            self._sentences.labels(sentence.support.value).inc()
        about = {"kind": answer.kind, "outcome": outcome, "model": answer.model, "config": answer.config, "revision": answer.revision}
        logger().info("answered", answer=answer.id, sentences=len(answer.sentences), **about, seconds=round(answer.seconds.get("total", 0.0), 3))

    def _lag(self) -> float:
        standing = self._engine.workshop.configurations.standing_of(self._engine.workshop.config())
        return self._engine.library.revision() - (max(0, standing.revision) if standing is not None else 0)


def metrics_page(metrics: Metrics, token: str) -> APIRouter:
    """The route /metrics: for this machine without a proxy between, for admins, and for whoever brings the token, where one is set."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def shown(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not (came_directly(request.scope) or (token and secrets.compare_digest(given.encode(), token.encode())) or _is_admin(request)):
            return Response("This is for admins, and for who brings the token of FLORILEGIUM_METRICS_TOKEN.", status_code=403, media_type="text/plain")
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _is_admin(request: Request) -> bool:
    try:
        return person_of(request).may(Role.ADMIN)
    except FlorilegiumError:
        return False


def _or_nan(value: Callable[[], float]) -> Callable[[], float]:
    """A value that is not to be had now (a database that is away) does not keep the others from being told."""

    def got() -> float:
        try:
            return float(value())
        except Exception:  # whatever it was: it is told as "not a number"
            return float("nan")

    return got
