"""Admission: the checks before anything of a request is read, cheapest first.

Size as announced, content type, credential, limits, scope; then the body, bounded in size and
time. Nothing is told to who is not known.
"""

import asyncio
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.access import Access, Caller, Scope
from bot.web import strict
from bot.web.limits import BAD_CREDENTIALS, MISSES, REQUESTS, Limits
from bot.web.problems import Problem, invalid, malformed, too_large
from bot.web.strict import LARGEST_BODY

LONGEST_READ_S = 15.0
BEARER = re.compile(r"bearer ([A-Za-z0-9._~+/=-]{1,512})", re.ASCII | re.IGNORECASE)
JSON = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.ASCII | re.IGNORECASE)
KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Admission:
    """Lets callers in."""

    access: Access
    limits: Limits

    async def admit(self, request: web.Request, scope: Scope | None) -> Caller:
        """Answer who calls. Raises Problem (401, 403, 413, 415) or Exhausted.

        *scope* None: only the command line is let in.
        """
        check_headers(request)
        caller = await self._known(request)
        self.limits.take(REQUESTS, caller.actor)
        if scope is None and not caller.is_operator:
            raise not_allowed("this is for the command line of whoever operates Harbor")
        if scope is not None and not caller.may(scope):
            raise not_allowed(f"this token lacks the scope {scope.value}")
        return caller

    def may_look(self, request: web.Request, caller: Caller) -> None:
        """Refuse somebody who has asked for too many runs that do not exist."""
        for key in _keys(request, caller):
            self.limits.check(MISSES, key)

    def missed(self, request: web.Request, caller: Caller) -> Problem:
        """Count a run that does not exist for the caller, and answer the problem."""
        for key in _keys(request, caller):
            self.limits.take(MISSES, key)
        return Problem(HTTPStatus.NOT_FOUND, "unknown_run", "there is no such run")

    async def _known(self, request: web.Request) -> Caller:
        credential = _bearer(request)
        caller = await self.access.caller(credential) if credential else None
        if caller is None:
            self.limits.take(BAD_CREDENTIALS, _address(request))
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                "unauthorized",
                "send a token that is in use: Authorization: Bearer hbr_…",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return caller


def check_headers(request: web.Request) -> None:
    """Refuse a body that is too large or no JSON before it is read."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise _body_too_large()
    if not has_body(request):
        return
    types = request.headers.getall("Content-Type", [])
    if len(types) != 1 or not JSON.fullmatch(types[0]) or "Content-Encoding" in request.headers:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "send Content-Type: application/json, in UTF-8, not compressed",
        )


def has_body(request: web.Request) -> bool:
    """Whether the request has a body, or says that it has one."""
    return request.can_read_body or "Content-Type" in request.headers


async def read(request: web.Request, shape: type[M]) -> M:
    """Answer the body as *shape*. Raises Problem: 400, 408, 413, 415, 422."""
    if not has_body(request):
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "send a body: Content-Type: application/json",
        )
    value = _decoded(await _raw(request))
    if not isinstance(value, dict):
        raise invalid("the body must be an object", {"": "is no object"})
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise invalid("the body does not fit", _places(error)) from None


async def read_if_any(request: web.Request, shape: type[M]) -> M:
    """Answer the body as *shape*, or its defaults where there is none."""
    return await read(request, shape) if request.can_read_body else shape()


def idempotency_key(request: web.Request) -> str | None:
    """Answer the Idempotency-Key header. Raises Problem (400) for one of another form."""
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return None
    if len(given) > 1 or not KEY.fullmatch(given[0]):
        raise malformed("send one Idempotency-Key: 1 to 255 visible ASCII characters")
    return given[0]


def not_allowed(detail: str) -> Problem:
    """Answer 403."""
    return Problem(HTTPStatus.FORBIDDEN, "not_allowed", detail)


async def _raw(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(LONGEST_READ_S):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.HTTPRequestEntityTooLarge:
        raise _body_too_large() from None


def _decoded(raw: bytes) -> Any:
    try:
        return strict.loads(raw)
    except strict.TooLong as error:
        raise too_large(str(error)) from None
    except strict.Malformed as error:
        raise malformed(str(error)) from None


def _body_too_large() -> Problem:
    return too_large(f"the body is larger than {LARGEST_BODY // 1024} KiB")


def _bearer(request: web.Request) -> str | None:
    """Answer what the one Authorization header bears; in a query nothing is looked for."""
    given = request.headers.getall("Authorization", [])
    found = BEARER.fullmatch(given[0]) if len(given) == 1 else None
    return found[1] if found else None


def _address(request: web.Request) -> str:
    """Answer the peer's address. X-Forwarded-For is anybody's to write, and not read."""
    return f"address:{request.remote}"


def _keys(request: web.Request, caller: Caller) -> tuple[str, str]:
    return caller.actor, _address(request)


def _places(error: ValidationError) -> dict[str, str]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return {".".join(str(part)[:100] for part in each["loc"]): each["msg"] for each in found[:20]}
