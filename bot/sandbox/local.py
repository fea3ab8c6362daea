"""Only this machine's own browser may use the page: no other site, no other host name."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(handler: Handler) -> Handler:
    """Refuse what a foreign page could make a browser send: on a page that lets anybody act as
    anybody, that is the only authority there is.
    """

    async def guard(request: web.Request) -> web.StreamResponse:
        if _hostname(f"//{request.host}") not in LOOPBACK or request.remote not in LOOPBACK:
            raise web.HTTPForbidden(text="the sandbox answers on this machine only\n")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="another site may not use the sandbox\n")
        return await handler(request)

    return guard


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
