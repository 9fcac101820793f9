"""Which role a path asks for, before any page or route asks for itself: what no line names is for readers, so nothing new is open by oversight."""

from __future__ import annotations

import re

from corpus import Role

# `(?s)`: a line end in a path, which a server decodes from %0A, is a character like any other.
#: What needs no account: signing in, style and script, what a link or a token of its own opens.
OPEN = re.compile(
    r"(?s)/(signin|signout|link)(/.*)?|/health(/live|/ready)?|/metrics|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon.*|/(pages|assets|static|svelte)/.*"
    r"|(/gradio_api)?/theme\.css|/conversations/shared/.*|/api/local/.*|/digest/(confirm|unsubscribe)/.*|/api/v1/openapi\.json"
)
#: What programs call, with a token in the place of a session (corpus/tokens.py). A token opens nothing else.
PROGRAMS = re.compile(r"(?s)/(api/v1|v1|mcp)(/.*)?")
#: What Gradio brings and this site has no use for. Nobody reaches it.
CLOSED = re.compile(
    r"(?s)(/gradio_api)?/(runs|run-history|vibe-.*|undo-vibe-.*|profiling|proxy=.*|process_recording|component_server|custom_component|stream|token|app_id|user"
    r"|login_check|dev|deep_link|openapi\.json)(/.*)?|/gradio_api/mcp(/.*)?|/mcp/.*|/(monitoring|login|logout)(/.*)?"
    r"|(/gradio_api)?/file[=/]\s*[A-Za-z][A-Za-z0-9+.-]*:.*"  # it would fetch any address for whoever asks
)
_ROLES = (
    (re.compile(r"(?s)/(curate|lab|api/v1/(sets|runs))(/.*)?"), Role.LIBRARIAN),
    (re.compile(r"(?s)/digest/(draft|\d+/.+)"), Role.LIBRARIAN),
    (re.compile(r"(?s)/admin(/.*)?"), Role.ADMIN),
    (re.compile(r"(?s)/review/[^/]+/(edit|revert|status)"), Role.LIBRARIAN),
    (re.compile(r"(?s)/(notes|lists|conversations|questions|comments)(/.*)?|/review/[^/]+/(notes|comments)|/answers/[^/]+/feedback"), Role.MEMBER),
    (re.compile(r"(?s)/gradio_api/(upload.*|file[=/].*)"), Role.LIBRARIAN),  # files are for the pages of librarians alone
)
#: The same for the events of Gradio's pages, by page; each handler may ask for more.
_PAGES = {"": Role.READER, "library": Role.READER, "curate": Role.LIBRARIAN, "lab": Role.LIBRARIAN, "admin": Role.ADMIN}


def role_of_path(path: str) -> Role | None:
    """The role that a path asks for; None where it is open to everybody."""
    path = re.sub(r"/{2,}", "/", path)
    if OPEN.fullmatch(path):
        return None
    return next((role for pattern, role in _ROLES if pattern.fullmatch(path.rstrip("/") or "/")), Role.READER)


def is_for_programs(path: str) -> bool:
    """Whether a path is one that programs call."""
    return PROGRAMS.fullmatch(re.sub(r"/{2,}", "/", path)) is not None


def is_closed(path: str) -> bool:
    """Whether nobody reaches a path."""
    return CLOSED.fullmatch(re.sub(r"/{2,}", "/", path)) is not None


def role_of_page(page: str) -> Role:
    """The role that the events of a Gradio page ask for; an unknown page's are for admins."""
    return _PAGES.get(page, Role.ADMIN)
