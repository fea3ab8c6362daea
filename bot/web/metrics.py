"""`/metrics`: for whoever watches from this machine, and for tokens that may."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.access import Scope
from bot.config import is_loopback
from bot.web.admission import Admission

PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


@dataclass(frozen=True)
class MetricsDoor:
    """Answers the figures; *drawn* makes them."""

    admission: Admission
    drawn: Callable[[], Awaitable[bytes]]

    def routes(self) -> list[web.RouteDef]:
        """Answer the one route."""
        return [web.get("/metrics", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """`GET /metrics`. Raises Problem (401, 403) or Exhausted."""
        if "Authorization" in request.headers or not _is_direct(request):
            await self.admission.admit(request, Scope.METRICS_READ)
        return web.Response(body=await self.drawn(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _is_direct(request: web.Request) -> bool:
    """Whether this machine itself asks, by an address of its own.

    A proxy here is a peer on loopback too; what it passes on bears another Host or its marks.
    """
    is_marked = any(name in request.headers for name in PASSED_ON)
    return (
        not is_marked and _is_here(request.remote or "") and is_loopback(f"http://{request.host}")
    )


def _is_here(peer: str) -> bool:
    return is_loopback(f"http://[{peer}]" if ":" in peer else f"http://{peer}")
