"""Host: requests meant for another name are not ours to answer (421).

It ends DNS rebinding: a page of some other site whose name leads to this machine.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware
from yarl import URL

from bot.config import is_loopback
from bot.web.problems import Handler, Problem

# Slack signs what it sends, and who probes health may know nothing but an address.
ANY_NAME = frozenset({"/slack/events", "/healthz", "/readyz"})


def checked(public_url: str) -> Middleware:
    """Answer a middleware that lets in *public_url*'s host and the address that is bound."""
    ours = URL(public_url)

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in ANY_NAME and not _is_ours(request, ours):
            raise Problem(
                HTTPStatus.MISDIRECTED_REQUEST,
                "misdirected",
                "this server answers under its own name only: see HARBOR_PUBLIC_URL",
            )
        return await handler(request)

    return check


def _is_ours(request: web.Request, ours: URL) -> bool:
    given = [request.headers.get("Host", "")]
    if not request.raw_path.startswith("/"):  # an absolute target names a host of its own
        given.append(urlsplit(request.raw_path).netloc)
    allowed = {_named(ours.authority, ours), *_bound(request, ours)}
    return all(_named(name, ours) in allowed for name in given)


def _named(authority: str, ours: URL) -> str:
    """Answer host and port in one form; where no port is given, that of the scheme."""
    try:
        parsed = URL(f"{ours.scheme}://{authority}")
    except ValueError:
        return ""
    return f"{parsed.host}:{parsed.port}" if not parsed.user else ""


def _bound(request: web.Request, ours: URL) -> set[str]:
    """Answer the names of the address this connection came in at."""
    address: Any = request.transport.get_extra_info("sockname") if request.transport else None
    if not isinstance(address, tuple):
        return set()
    host, port = address[:2]
    hosts = [f"[{host}]" if ":" in host else host]
    if is_loopback(f"http://{hosts[0]}"):
        hosts.append("localhost")
    return {_named(f"{each}:{port}", ours) for each in hosts}
