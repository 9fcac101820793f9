"""What programs are told when something cannot be done: one shape, and the HTTP status that says who must act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from corpus import ConflictError, FlorilegiumError, ForbiddenError, NotFoundError, UnavailableError

_STATUSES: tuple[tuple[type[FlorilegiumError], int], ...] = ((ForbiddenError, 403), (NotFoundError, 404), (ConflictError, 409), (UnavailableError, 503))


def status_of(error: FlorilegiumError) -> int:
    """The HTTP status of an error: 400 where the caller mends it, unless another says more; 503 where whoever runs the machine does."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)


def told(what: str, where: str = "", remedy: str = "") -> dict[str, Any]:
    """`{"error": {"message", "what", "where", "remedy"}}`; the message is the other three in one line."""
    message = str(FlorilegiumError(what, where=where, remedy=remedy))
    return {"error": {"message": message, "what": what, "where": where, "remedy": remedy}}


def told_of(error: FlorilegiumError) -> dict[str, Any]:
    """The same of an error."""
    return told(error.message, error.where, error.remedy)


def fault(status: int, what: str, where: str = "", remedy: str = "", headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A response that says what could not be done."""
    asks = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(told(what, where, remedy), status_code=status, headers={**asks, **(headers or {})})


def tell_faults(app: FastAPI) -> None:
    """Have an application answer all that goes wrong in that shape."""
    app.add_exception_handler(FlorilegiumError, _florilegium)
    app.add_exception_handler(RequestValidationError, _unread)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _florilegium(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, FlorilegiumError)  # noqa: S101 - for the type checker
    return fault(status_of(error), error.message, error.where, error.remedy)


def _unread(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return fault(422, str(first["msg"]), where, "See /api/v1/openapi.json for what is taken")


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    return fault(error.status_code, str(error.detail).lower(), headers=error.headers)


def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    return fault(500, f"unexpected {type(error).__name__}", remedy="Report it with what was asked")
