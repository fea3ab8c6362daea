"""Routes in one table, error mapping in one middleware."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus

from aiohttp import web

from bot.slack.gate import LARGEST_BODY
from bot.web.health import Health
from bot.web.host import checked
from bot.web.problems import mapped, response
from bot.web.slack import SlackDoor

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; form-action 'self'",
}


def build(
    door: SlackDoor | None, health: Health, programs: Iterable[web.RouteDef], public_url: str
) -> web.Application:
    """Answer the application with every route; *programs* are those of the HTTP API.

    In Socket Mode there is no *door*: Slack sends nothing over HTTP.
    """
    app = web.Application(
        client_max_size=LARGEST_BODY, middlewares=[guard, mapped, checked(public_url)]
    )
    app.add_routes(programs)
    app.add_routes(
        [
            web.get("/healthz", health.alive),
            web.get("/readyz", health.ready),
        ]
    )
    if door is not None:
        app.add_routes([web.post("/slack/events", door.hear)])
    return app


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Map what a handler raises to a problem (RFC 9457); never a stack trace."""
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        answer = problem(HTTPStatus(error.status))
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
    except Exception:  # the last resort of a request
        log.exception("a request failed: %s %s", request.method, request.rel_url.path[:100])
        answer = problem(HTTPStatus.INTERNAL_SERVER_ERROR)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def problem(status: HTTPStatus, code: str | None = None) -> web.Response:
    """Answer what went wrong, for a program and for a person."""
    return response(status, code)
