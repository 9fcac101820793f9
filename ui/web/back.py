"""Back to where a form was sent from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from corpus import FlorilegiumError, ForbiddenError, NotFoundError
from ui.texts import say
from ui.web.pages import page

_OURS = re.compile(r"/(?![/\\])[^\s\\]*")


def back_to(address: str, instead: str) -> Response:
    """To an address of this site, or to `instead` where it is none."""
    return RedirectResponse(address if _OURS.fullmatch(address) else instead, status_code=303)


async def sent_form(request: Request) -> Mapping[str, str]:
    """A form's fields that are text."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def refused(error: FlorilegiumError) -> Response:
    """What could not be done, as a page."""
    if isinstance(error, ForbiddenError):
        raise error
    status: Any = 404 if isinstance(error, NotFoundError) else 400
    return page("missing.html", status=status, heading=say("history.not_done"), message=str(error))
