"""Problems: what a program is told when its request is not done (RFC 9457), with a code."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.web.limits import Exhausted
from store.errors import NotStored, Stopped

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TRY_AGAIN_S = 2
CODES = {
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_TIMEOUT: "too_slow",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not_json",
    HTTPStatus.MISDIRECTED_REQUEST: "misdirected",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "headers_too_large",
}


class Problem(Exception):
    """A request is refused: status, code, a sentence, and where it helps *more* members.

    *detail* and *more* are shown to the caller.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more or {}
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Answer it as application/problem+json."""
        return response(self.status, self.code, self.detail, self.more, self.headers)


def response(
    status: HTTPStatus,
    code: str | None = None,
    detail: str | None = None,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer a problem; without a code, the one that goes with the status."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code or CODES.get(status) or status.phrase.lower().replace(" ", "_"),
        "detail": detail,
    }
    given = {name: value for name, value in {**body, **(more or {})}.items() if value is not None}
    return web.json_response(
        given, status=status.value, content_type="application/problem+json", headers=headers
    )


@web.middleware
async def mapped(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Map what the API raises; everything else is the business of `bot.web.app.guard`."""
    try:
        return await handler(request)
    except Problem as found:
        return found.response()
    except Exhausted as found:
        return too_many(found).response()
    except (NotStored, Stopped):
        return not_stored().response()


def too_many(found: Exhausted) -> Problem:
    """Answer 429, saying when to come back."""
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        f"{found}; come back in {found.seconds} s",
        headers={"Retry-After": str(found.seconds)},
    )


def not_stored() -> Problem:
    """Answer 503: nothing was written, and the same request may be sent again."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not_stored",
        "nothing was written; send the same again, with the same key",
        headers={"Retry-After": str(TRY_AGAIN_S)},
    )


def malformed(detail: str) -> Problem:
    """Answer 400."""
    return Problem(HTTPStatus.BAD_REQUEST, "malformed", detail)


def too_large(detail: str) -> Problem:
    """Answer 413."""
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)


def invalid(detail: str, errors: Mapping[str, str]) -> Problem:
    """Answer 422. *errors* maps where (a dotted path, "" for the whole) to what is wrong."""
    listed = [{"where": where, "detail": what} for where, what in errors.items()]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, more={"errors": listed})
