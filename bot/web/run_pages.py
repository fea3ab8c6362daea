"""Run pages: the first page, a run drawn as a timeline, and the one handler of its decision links.

Who owns /run/{id}/approve: an open approval; else an open bare wait and an App with this path;
else the page says what was decided.
"""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.web import pages, sentences, timeline, visitors
from bot.web.app_pages import AppPages, nothing_to_answer
from bot.web.gate_pages import GatePages
from bot.web.names import names
from bot.web.sessions import SignedIn
from bot.web.site import Site
from bot.web.visitors import Visitor
from workflows.app import Path
from workflows.approvals.gate import Choice
from workflows.approvals.view import GateStatus, GateView
from workflows.engine.base import RunStatus, RunView, WaitKind, WaitStatus

REFRESH_S = 2
MOVING = {RunStatus.READY, RunStatus.RUNNING, RunStatus.WAITING}


@dataclass(frozen=True)
class RunPages:
    """The pages of a run. *apps* are the routes of apps that share the decision links."""

    site: Site
    gates: GatePages
    app_pages: AppPages
    apps: dict[Choice, Path]

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Say what this is, and who is signed in."""
        visitors.require_sign_in(self.site)
        session = await self.site.desk.who(request)
        return pages.draw("home.html", me=visitors.me(self.site, session) if session else None)

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Sign out."""
        session = await visitors.sender(self.site, request)
        form = await visitors.fields(request)
        token = form.get("csrf", "")
        visitors.require_own_form(self.site, request, session, "sign out", token)
        response = pages.elsewhere("/")
        await self.site.desk.sign_out(request, response)
        return response

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Draw a run's timeline."""
        visitor = await visitors.reader(self.site, request)
        return await self._drawn(visitor, await self._run(request))

    async def approval(self, request: web.Request) -> web.StreamResponse:
        """Show what there is to approve."""
        return await self._asked(request, Choice.APPROVED)

    async def rejection(self, request: web.Request) -> web.StreamResponse:
        """Show what there is to reject."""
        return await self._asked(request, Choice.REJECTED)

    async def approve(self, request: web.Request) -> web.StreamResponse:
        """Approve."""
        return await self._answered(request, Choice.APPROVED)

    async def reject(self, request: web.Request) -> web.StreamResponse:
        """Reject."""
        return await self._answered(request, Choice.REJECTED)

    # -- parts --------------------------------------------------------------------------------

    async def _asked(self, request: web.Request, choice: Choice) -> web.StreamResponse:
        visitor = await visitors.reader(self.site, request)
        run = await self._run(request)
        path = self.apps.get(choice)
        if path is not None and (started := request.query.get("started")):
            return await self.app_pages.follow(visitor, path, started)
        of_run = await self.site.gates.of_run(run.id)
        open_gates = [gate for gate in of_run if gate.status is GateStatus.OPEN]
        wanted = request.query.get("gate")
        if not wanted and len(open_gates) > 1:
            return await self.gates.choose(visitor, open_gates, choice)
        if not wanted and not open_gates and path is not None and _has_bare_wait(run):
            return await self.app_pages.ask(visitor, request, path, run)
        if wanted or of_run:
            gate = _named(of_run, wanted) if wanted else (open_gates or of_run)[-1]
            return await self.gates.show(visitor, gate, choice)
        return await self._drawn(visitor, run, "Nothing waits for an answer here any more.")

    async def _answered(self, request: web.Request, choice: Choice) -> web.StreamResponse:
        session = await visitors.sender(self.site, request)
        run = await self._run(request)
        of_run = await self.site.gates.of_run(run.id)
        form = await visitors.fields(request)
        wanted = form.get("gate") or request.query.get("gate")
        if wanted:
            return await self.gates.decide(request, session, _named(of_run, wanted), choice)
        open_gates = [gate for gate in of_run if gate.status is GateStatus.OPEN]
        path = self.apps.get(choice)
        if not open_gates and path is not None and _has_bare_wait(run):
            parameters = dict(zip(path.parameters, request.match_info.values(), strict=True))
            return await self.app_pages.act(request, session, path, parameters)
        if len(open_gates) > 1:
            return await self._say_which(session, open_gates, choice)
        # A form with `once` is that of a confirmation page, whatever has come after it.
        if (candidates := open_gates or of_run[-1:]) and "once" not in form:
            return await self.gates.decide(request, session, candidates[0], choice)
        return await self._nothing_waits(request, session, run)

    async def _say_which(
        self, session: SignedIn, open_gates: list[GateView], choice: Choice
    ) -> web.Response:
        person = await visitors.member_now(self.site, session)
        response = await self.gates.choose(Visitor(session, person), open_gates, choice)
        response.set_status(HTTPStatus.UNPROCESSABLE_ENTITY)
        return response

    async def _nothing_waits(
        self, request: web.Request, session: SignedIn, run: RunView
    ) -> web.Response:
        form = await visitors.fields(request)
        token, about = form.get("csrf", ""), f"path {request.path}"
        visitors.require_own_form(self.site, request, session, about, token)
        person = await visitors.member_now(self.site, session)
        words = "Nothing waits for an answer any more. Your answer changed nothing."
        return await self._drawn(Visitor(session, person), run, words, nothing_to_answer(run))

    async def _run(self, request: web.Request) -> RunView:
        found = await self.site.engine.get(request.match_info["run_id"])
        if found is None:
            raise pages.unknown()
        return found

    async def _drawn(
        self,
        visitor: Visitor,
        run: RunView,
        said: str | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> web.Response:
        named = self.site.registry.named_in(run.job, run.result)
        known = await names(self.site.people, [*timeline.actors(run), *sorted(named)])
        return pages.draw(
            "run.html",
            status,
            me=visitors.me(self.site, visitor.session),
            run=run,
            who=known,
            named=named,
            said=said,
            lines=timeline.lines(run),
            progress=sentences.of_run(run),
            look="ended" if sentences.is_no(run) else run.status.value,
            refresh_s=REFRESH_S if run.status in MOVING else None,
        )


def _named(gates: list[GateView], wanted: str) -> GateView:
    """Answer one of a run's gates. Raises Instead: an id of another run is no better than none."""
    found = next((gate for gate in gates if gate.id == wanted), None)
    if found is None:
        raise pages.unknown()
    return found


def _has_bare_wait(run: RunView) -> bool:
    return any(w.type is WaitKind.EVENT and w.status is WaitStatus.OPEN for w in run.waits)
