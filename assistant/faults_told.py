"""What went wrong with a language model, in words for a reader. Told by the error's name and status, since every client has classes of its own."""

from __future__ import annotations

import re

_BY_NAME = (
    (r"RateLimit|TooManyRequests|ResourceExhausted", "its server limits how often it may be asked; try again in a while"),
    (r"Timeout|TimedOut|DeadlineExceeded", "it took too long"),
    (r"Authentication|PermissionDenied|Unauthorized|Forbidden", "its server refused the key"),
    (r"NotFound", "its server does not know that model"),
    (r"RemoteProtocol|IncompleteRead|ConnectionReset|ConnectionAborted|ReadError|ChunkedEncoding|Disconnected", "the connection was lost"),
    (r"Connect", "its server cannot be reached"),
)
_BY_STATUS = {
    401: "its server refused the key",
    403: "its server refused the key",
    404: "its server does not know that model",
    408: "it took too long",
    413: "the evidence is longer than it can read",
    429: "its server limits how often it may be asked; try again in a while",
    503: "its server is overloaded; try again in a while",
    529: "its server is overloaded; try again in a while",
}
_TOO_LONG = re.compile(r"context.{0,20}(?:length|size|window)|maximum context|too many tokens|exceed_context|prompt is too long", re.IGNORECASE)
_LOST = re.compile(r"disconnected|incomplete|peer closed|connection (?:was )?(?:lost|closed|reset|aborted)", re.IGNORECASE)


def told_of(error: BaseException) -> str:
    """Why a model failed, without a trailing full stop; the error's own first line where no reason is known."""
    chain = list(_causes(error))
    said = " ".join(str(one) for one in chain)
    if _TOO_LONG.search(said):
        return "the evidence is longer than it can read"
    for one in chain:
        status = getattr(one, "status_code", None)
        if isinstance(status, int) and status in _BY_STATUS:
            return _BY_STATUS[status]
        if isinstance(status, int) and status >= 500:
            return f"its server failed (HTTP {status})"
    names = " ".join(type(one).__name__ for one in chain)
    if _LOST.search(said):
        return "the connection was lost"
    for pattern, words in _BY_NAME:
        if re.search(pattern, names):
            return words
    first = (str(error).strip() or "no reason given").splitlines()[0][:200].rstrip(". ")
    return f"{type(error).__name__}: {first}"


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
