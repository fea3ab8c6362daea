"""App pages: a route of an `App` asks first, and its POST starts the job as who is signed in."""

import re
import secrets
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.web import pages, sentences, visitors
from bot.web.names import names
from bot.web.sessions import SignedIn
from bot.web.site import Site
from bot.web.visitors import Visitor
from workflows.app import Path
from workflows.engine.base import RunStatus, RunView, Start
from workflows.errors import InputRefused, KeyReused

ONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
REFRESH_S = 1


@dataclass(frozen=True)
class AppPages:
    """Confirmation pages. *parameters* are the path's own, by the names of the job's fields."""

    site: Site

    async def ask(
        self, visitor: Visitor, request: web.Request, path: Path, run: RunView | None = None
    ) -> web.Response:
        """Answer the page that asks whether to do it, and shows the *run* it is about, if any."""
        session = visitor.session
        known = await names(self.site.people, [run.requested_by if run else None])
        return pages.draw(
            "confirm.html",
            me=visitors.me(self.site, session),
            title=path.job.description or path.job.name,
            job=path.job.name,
            action=request.path,
            csrf=self.site.csrf.token(session.id, about(request)),
            once=secrets.token_hex(16),
            run=run,
            who=known,
        )

    async def act(
        self, request: web.Request, session: SignedIn, path: Path, parameters: dict[str, str]
    ) -> web.Response:
        """Start the job; the same form sent twice starts it once."""
        form = await visitors.fields(request)
        token = form.get("csrf", "")
        visitors.require_own_form(self.site, request, session, about(request), token)
        person = await visitors.member_now(self.site, session)
        once = form.get("once", "")
        start = Start(
            job=path.job.name,
            arguments=parameters,
            requested_by=person.actor,
            via="web",
            scope=f"web:{person.actor}",
            key=once if ONCE.fullmatch(once) else secrets.token_hex(16),
        )
        try:
            started = await self.site.engine.start(start)
        except (InputRefused, KeyReused):
            raise pages.unknown() from None
        return pages.elsewhere(f"{request.rel_url.raw_path}?started={started.run_id}")

    async def follow(self, visitor: Visitor, path: Path, run_id: str) -> web.Response:
        """Answer a page that shows what came of it; it looks again until the job has ended."""
        run = await self.site.engine.get(run_id)
        if run is None or run.job != path.job.name or not _is_theirs(run, visitor):
            raise pages.unknown()
        return pages.draw(
            "started.html",
            me=visitors.me(self.site, visitor.session),
            title=path.job.description or path.job.name,
            run=run,
            target=run.input.get("run_id") if isinstance(run.input, dict) else None,
            words=_came_of(run),
            look=_look(run),
            refresh_s=None if _is_settled(run) else REFRESH_S,
        )


def about(request: web.Request) -> str:
    """Answer what the form of a confirmation page is bound to."""
    return f"path {request.path}"


def nothing_to_answer(run: RunView) -> HTTPStatus:
    """Answer the status for an answer that nothing waits for: the run is over, or was answered."""
    over = {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED}
    return HTTPStatus.GONE if run.status in over else HTTPStatus.CONFLICT


def _is_theirs(run: RunView, visitor: Visitor) -> bool:
    return run.requested_by.rpartition(":")[2] == visitor.session.user


def _is_settled(run: RunView) -> bool:
    return run.status not in {RunStatus.READY, RunStatus.RUNNING, RunStatus.WAITING}


def _came_of(run: RunView) -> str:
    match run.status:
        case RunStatus.COMPLETED:
            return "Done. Your answer is on record."
        case RunStatus.FAILED:
            return sentences.declined(str((run.error or {}).get("kind", "")))
        case RunStatus.CANCELLED:
            return "It was cancelled before it was done."
        case RunStatus.BLOCKED:
            return sentences.of_run(run)
        case _:
            return "Under way."


def _look(run: RunView) -> str:
    match run.status:
        case RunStatus.COMPLETED:
            return "good"
        case RunStatus.FAILED | RunStatus.CANCELLED | RunStatus.BLOCKED:
            return "bad"
        case _:
            return "wait"
