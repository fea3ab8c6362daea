"""Pages: drawn from templates that escape what they are given, under headers that allow only us.

A handler that cannot go on raises `Instead`; what it carries is the answer.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from bot.web import static
from bot.web.drawing import FILTERS, seen
from store.errors import NotStored

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).parent / "templates"
# No script, style or picture but our own files; nothing inline; no frame around us.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
RETRY_AFTER_S = "10"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    finalize=seen,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= FILTERS
_environment.globals |= {"static": static.address}


class Instead(Exception):
    """The answer to a request that does not get what it asked for."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


def draw(template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> web.Response:
    """Answer a page. *values* are the template's; `me` is None while nobody is signed in."""
    text = _environment.get_template(template).render({"me": None, "refresh_s": None} | values)
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        headers={"Content-Security-Policy": POLICY},
    )


def notice(status: HTTPStatus, title: str, *words: str, **values: Any) -> web.Response:
    """Answer a page that says something in a few sentences; *link* is an (address, label)."""
    return draw("notice.html", status, **({"title": title, "words": words, "link": None} | values))


def elsewhere(path: str) -> web.Response:
    """Send the browser to another page of ours, with a GET."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def unknown() -> Instead:
    """Answer the same for every run and gate that there is not."""
    return Instead(
        notice(
            HTTPStatus.NOT_FOUND,
            "There is no such page",
            "The link may be incomplete. Open it again from the message that you got it in.",
        )
    )


def try_again(*words: str) -> Instead:
    """Answer that nothing was done, and that it may work soon."""
    response = notice(HTTPStatus.SERVICE_UNAVAILABLE, "Not possible just now", *words)
    response.headers["Retry-After"] = RETRY_AFTER_S
    return Instead(response)


def too_often(seconds: int) -> Instead:
    """Answer somebody who sends more than people do; *seconds* from now it counts again."""
    words = f"Nothing was recorded. Please wait {seconds} seconds, then send it again."
    response = notice(HTTPStatus.TOO_MANY_REQUESTS, "Too many forms in a minute", words)
    response.headers["Retry-After"] = str(seconds)
    return Instead(response)


def page(handler: Handler) -> Handler:
    """Wrap a handler of a page: what it raises to be answered instead is answered."""

    @wraps(handler)
    async def inner(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Instead as instead:
            return instead.response
        except NotStored:
            log.exception("nothing was recorded")
            words = "Nothing was recorded. Please go back and try again in a minute."
            return try_again(words).response

    return inner
