"""The content policy of Gradio's pages: scripts of this server alone, and of those within a page only the ones it was sent with.

Gradio makes functions of texts (what an event does in the browser) and puts styles into the page, so `unsafe-eval` and inline styles have to be let;
what Chromium says to less is in docs/security.md.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

_SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' {hashes}; script-src-attr 'none'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; media-src 'none'; connect-src 'self'; worker-src 'none'; frame-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


def policy_of(body: bytes, scripts: Sequence[str] = ()) -> str:
    """The policy for a page, by the hashes of the scripts within it, and of those that are put into it later."""
    inner = [script for attributes, script in _SCRIPT.findall(body) if b"src=" not in attributes.lower()]
    hashes = dict.fromkeys(_hash(script) for script in (*inner, *(text.encode() for text in scripts)))
    return _POLICY.format(hashes=" ".join(hashes))


def _hash(script: bytes) -> str:
    seen = script.replace(b"\r\n", b"\n")  # as a browser reads it
    return f"'sha256-{base64.b64encode(hashlib.sha256(seen).digest()).decode()}'"
