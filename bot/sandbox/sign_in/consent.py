"""The page on which somebody says who they are, and what becomes of that."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import jinja2
from aiohttp import web

from bot.sandbox.local import guarded
from bot.sandbox.people import TEAM_NAME, Person
from bot.sandbox.sign_in import request as requests
from bot.sandbox.sign_in.grants import Grants
from bot.sandbox.sign_in.request import AuthorizationRequest, Unanswerable
from bot.sandbox.workspace import Workspace

PATH = "/openid/connect/authorize"
STYLE_PATH = "/openid/connect/sign_in.css"
HERE = Path(__file__).parent
TEMPLATES = HERE.parent / "templates"
COOKIE = "sandbox-person"  # set by the workspace's page, and sent to this folder only
COOKIE_PATH = "/openid"


class Consent:
    def __init__(
        self, workspace: Workspace, grants: Grants, redirect_urls: Callable[[], tuple[str, ...]]
    ) -> None:
        self._workspace = workspace
        self._grants = grants
        self._redirect_urls = redirect_urls
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def add_routes(self, application: web.Application) -> None:
        application.router.add_get(PATH, guarded(self._ask))
        application.router.add_post(PATH, guarded(self._decide))
        application.router.add_get(STYLE_PATH, _style)

    async def _ask(self, request: web.Request) -> web.Response:
        try:
            asked = self._read(request.query)
        except Unanswerable as problem:
            return self._page(status=400, problem=str(problem))
        if asked.error is not None:
            raise web.HTTPFound(asked.answer(error=asked.error))
        preselected = request.query.get("as") or request.cookies.get(COOKIE, "")
        return self._page(
            target=asked.origin,
            people=list(self._people()),
            preselected=preselected,
            kept=[each for each in request.query.items() if each[0] != "as"],
        )

    async def _decide(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            asked = self._read(form)
        except Unanswerable as problem:
            return self._page(status=400, problem=str(problem))
        raise web.HTTPFound(self._answer(asked, form.get("as", "")))

    def _read(self, values: Mapping[str, str]) -> AuthorizationRequest:
        client_id = self._workspace.credentials.sign_in_client_id
        return requests.read(values, client_id, self._redirect_urls())

    def _answer(self, asked: AuthorizationRequest, name: str) -> str:
        if asked.error is not None:
            return asked.answer(error=asked.error)
        person = self._workspace.person(name)
        if person is None or person.deleted or person.is_bot:
            return asked.answer(error="access_denied")
        grant = asked.granted_by(person.id, self._workspace.now())
        return asked.answer(code=self._grants.code(grant))

    def _people(self) -> Iterable[Person]:
        return (each for each in self._workspace.people.values() if not each.is_bot)

    # object: whatever the template draws.
    def _page(self, *, status: int = 200, target: str = "", **scene: object) -> web.Response:
        team_id = self._workspace.credentials.team_id
        html = self._environment.get_template("sign_in.html").render(
            {"team": TEAM_NAME, "team_id": team_id, "target": target, **scene}
        )
        return web.Response(
            status=status, text=html, content_type="text/html", headers=_headers(target)
        )


def _headers(target: str) -> dict[str, str]:
    # Browsers hold form-action against the redirect that answers the form, too.
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
frame-ancestors 'none'; form-action 'self' {target}"
    return {
        "Content-Security-Policy": policy.strip(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


async def _style(request: web.Request) -> web.Response:
    style = (HERE / "sign_in.css").read_bytes()
    return web.Response(body=style, content_type="text/css")
