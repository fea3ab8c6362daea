"""The routes of the page, and the headers that keep it to itself."""

from pathlib import Path

from aiohttp import web

from bot.sandbox.local import guarded
from bot.sandbox.page.acting import Acting
from bot.sandbox.page.drawing import Drawing
from bot.sandbox.page.live import Live
from bot.sandbox.page.place import look
from bot.sandbox.sign_in.consent import COOKIE, COOKIE_PATH
from bot.sandbox.switchboard import Switchboard

STATIC = Path(__file__).parent.parent / "static"
# By name: what is not listed is not served.
FILES = {
    "page.css": "text/css",
    "blocks.css": "text/css",
    "page.js": "text/javascript",
    "swap.js": "text/javascript",
    "forms.js": "text/javascript",
    "dates.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: http: https:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Page:
    def __init__(self, switchboard: Switchboard) -> None:
        self._workspace = switchboard.workspace
        self._drawing = Drawing(switchboard.workspace, switchboard.commands)
        self._acting = Acting(switchboard)
        self._live = Live(switchboard.workspace)

    def add_routes(self, application: web.Application) -> None:
        router = application.router
        router.add_get("/", guarded(self._page))
        router.add_get("/parts", guarded(self._parts))
        router.add_get("/live", guarded(self._live.handle))
        router.add_get("/options", guarded(self._acting.options))
        router.add_post("/act/{deed}", guarded(self._acting.handle))
        router.add_get("/archives/{channel}/{message}", guarded(self._permalink))
        router.add_get("/static/{name}", guarded(self._file))
        router.add_get("/favicon.ico", guarded(self._icon))

    async def _page(self, request: web.Request) -> web.Response:
        looking = look(self._workspace, request)
        html = self._drawing.page(looking)
        response = web.Response(text=html, content_type="text/html", headers=SECURITY)
        # The consent page begins with who this browser was last, and nobody else hears of it.
        response.set_cookie(
            COOKIE, looking.person.name, path=COOKIE_PATH, httponly=True, samesite="Lax"
        )
        return response

    async def _parts(self, request: web.Request) -> web.Response:
        parts = self._drawing.parts(look(self._workspace, request))
        return web.json_response(parts, headers=SECURITY)

    async def _permalink(self, request: web.Request) -> web.Response:
        channel = self._workspace.channels.get(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound(text="there is no such channel\n")
        stamp = request.match_info["message"].removeprefix("p")
        anchor = f"m{stamp[:10]}.{stamp[10:]}"
        raise web.HTTPFound(f"/?at={channel.name or 'dm'}#{anchor}")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return _static(request.match_info["name"])

    async def _icon(self, request: web.Request) -> web.StreamResponse:
        return _static("icon.svg")

    def close(self) -> None:
        self._live.close()


def _static(name: str) -> web.Response:
    if name not in FILES:
        raise web.HTTPNotFound(text="there is no such file\n")
    return web.Response(
        body=(STATIC / name).read_bytes(), content_type=FILES[name], headers=SECURITY
    )
