"""Reaching the live `serve` of a home over loopback: same JSON, and faster, since everything is loaded there."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus import LOCAL, FlorilegiumError, UnavailableError, UsageError
from corpus.processes import alive
from ui.settings import Settings

if TYPE_CHECKING:
    from corpus import Library
    from index.sync import Progress

#: Where `serve` answers commands; every request carries the token of `HOME/run/serve.json`.
LOCAL_API = "/api/local"
_PING_SECONDS = 2.0
#: Questions of `lab answers` asked in one call.
_TOGETHER = 50


class RemoteEngine:
    """The commands' side of a live `serve`."""

    def __init__(self, url: str, token: str, opened: Callable[[], Library]) -> None:
        self.url = url
        self._token = token
        self._opened = opened

    @property
    def library(self) -> Library:
        """The library of the home, opened by this process when it is first asked for."""
        return self._opened()

    def search(self, query: str, k: int, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """See Engine."""
        return self._call("search", query=query, k=k, filters=list(filters), config=config)

    def why(self, query: str, review_id: str, filters: Sequence[str], config: str | None) -> dict[str, Any]:
        """See Engine."""
        return self._call("why", query=query, review_id=review_id, filters=list(filters), config=config)

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
        asked = {"question": question, "model": model, "filters": list(filters), "config": config, "after": after, "before": list(before)}
        return self._call("ask", **asked, notes=notes, owner=owner)

    def ask_again(self, owner: str, numbers: Sequence[int] = ()) -> dict[str, Any]:
        """See Engine."""
        return self._call("ask-again", owner=owner, numbers=list(numbers))

    def sync(self, config: str | None, progress: Progress | None = None, *, engine: str = "local") -> dict[str, Any]:
        """See Engine."""
        return self._call("sync", config=config, engine=engine)

    def doctor(self, *, rebuild: bool, progress: Progress | None = None) -> list[dict[str, Any]]:
        """See Engine."""
        found: list[dict[str, Any]] = self._call("doctor", rebuild=rebuild)["checks"]
        return found

    def compact(self, progress: Progress | None = None) -> dict[str, Any]:
        """Refused: Chroma writes memory that it never set, so a process that has read what was deleted may write it again. Raises UnavailableError."""
        raise UnavailableError("a running `serve` may still hold what was deleted", where=self.url, remedy="Stop it, run this again, and start it anew")

    def remove_index(self, name: str) -> dict[str, Any]:
        """See Engine."""
        return self._call("remove-index", name=name)

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
        """See Engine."""
        head = {"target": target, "config": config, "measures": measures, "settings": dict(settings), "rankings": rankings, "keep": keep, "reason": reason}
        return self._call("lab-run", **head, actor=actor, answers=answers, model=model, saved=saved and dict(saved), fresh=fresh)

    def lab_after_sync(self, progress: Progress | None = None) -> list[dict[str, Any]]:
        """See Engine."""
        found: list[dict[str, Any]] = self._call("lab-after-sync")["runs"]
        return found

    def lab_suggest(self, set_name: str, query_id: str, review_id: str, judge: str, model: str | None = None) -> dict[str, Any]:
        """See Engine."""
        return self._call("lab-suggest", set_name=set_name, query_id=query_id, review_id=review_id, judge=judge, model=model)

    def lab_answers(
        self, questions: Sequence[Mapping[str, Any]], folder: str | None, config: str | None, model: str | None, progress: Progress | None = None
    ) -> dict[str, Any]:
        """See Engine. In parts, so that progress is seen and no call lasts long."""
        found: dict[str, Any] = {}
        results: list[dict[str, Any]] = []
        for start in range(0, len(questions), _TOGETHER):
            part = [dict(question) for question in questions[start : start + _TOGETHER]]
            found = self._call("lab-answers", questions=part, folder=folder, config=config, model=model)
            results += found["results"]
            if progress:
                progress("questions", len(results), len(questions))
        return found | {"results": results}

    def close(self) -> None:
        """Nothing to let go of."""

    def ping(self) -> bool:
        """Whether it is there and knows us."""
        try:
            return bool(self._request("ping", {}, _PING_SECONDS)[0] == 200)
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def _call(self, name: str, /, **values: Any) -> dict[str, Any]:
        try:
            status, answer = self._request(name, values, None)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnavailableError(f"the running `serve` stopped answering: {error}", where=self.url, remedy="Try again") from error
        if status == 200:
            return answer
        fault = answer.get("error", {})
        raised = FlorilegiumError(fault.get("message", f"the running `serve` answered {status}"), where=fault.get("where", ""), remedy=fault.get("remedy", ""))
        raised.exit_code = int(fault.get("exit_code", 3))
        raise raised

    def _request(self, name: str, values: dict[str, Any], timeout: float | None) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
        try:
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            connection.request("POST", f"{LOCAL_API}/{name}", json.dumps(values), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
        finally:
            connection.close()


def find_server(settings: Settings, opened: Callable[[], Library]) -> RemoteEngine | None:
    """The live `serve` of this home, or None; `opened` gives its library where that is needed.

    What a dead one left behind is not believed. Raises UsageError where it uses another vector store.
    """
    try:
        note = json.loads(settings.serve_file.read_text())
        engine = RemoteEngine(str(note["url"]), str(note["token"]), opened)
        running = alive(int(note["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not running or not engine.ping():
        return None
    if note.get("chroma_url", "") != settings.chroma_url:
        store = note.get("chroma_url") or "the store in the home"
        raise UsageError(f"this home is being served with {store} for its vectors", where=engine.url, remedy="Leave --chroma-url out, or start serve with it")
    return engine
