"""What the API's description says of a call's answers: their shape, an example of each, and the faults that are to be expected."""

from __future__ import annotations

from typing import Any

from ui.web.api.shapes import Faulty, Shape
from ui.web.faults import told

_FAULTS = {
    400: ("What was asked cannot be done as it is", told("there is no field 'colour' to filter by", "", "The fields are: year, status, journal")),
    401: ("No token, or none that holds", told("this needs a token that holds", "", "Make one on the page /tokens")),
    403: ("The role or the token does not allow it", told("this token lacks the scope ask", "", "Make one that has it: on the page /tokens")),
    404: ("There is no such thing", told("there is no record 'doe-2020-x'", "", "")),
    422: ("The call cannot be read", told("Input should be greater than or equal to 1", "query.k", "See /api/v1/openapi.json for what is taken")),
    503: ("It cannot be done now", told("the search data of 'default' has not been made yet", "", "Run `florilegium sync`")),
}
#: Faults of every call.
EVERYWHERE = (400, 401, 403, 422, 503)


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The description of faults with these statuses."""
    return {
        status: {"model": Faulty, "description": _FAULTS[status][0], "content": {"application/json": {"example": _FAULTS[status][1]}}} for status in statuses
    }


def given(shape: type[Shape], example: Any, *more: int, status: int = 200) -> dict[str, Any]:
    """Arguments of a route: what it gives, with an example, and `more` faults than every call has."""
    answer: dict[int | str, dict[str, Any]] = {status: {"content": {"application/json": {"example": example}}}}
    return {"response_model": shape, "status_code": status, "responses": answer | faults(*more)}


def files(media_types: tuple[str, ...], example: str) -> dict[int | str, dict[str, Any]]:
    """The description of a file in one of some formats."""
    schemas = {name: {"type": "array"} if name.endswith("+json") else {"type": "string"} for name in media_types}
    content = {name: {"schema": schemas[name]} | ({"example": example} if at == 0 else {}) for at, name in enumerate(media_types)}
    return {200: {"description": "The file", "content": content}} | faults(404)
