"""Operating: what only the command line may ask for, under `/-/`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from aiohttp import web

from bot.access import Caller, NameTaken, Scope, Token
from bot.slack.people import People
from bot.web import bodies, refusals, shapes
from bot.web.admission import read
from bot.web.api import Api, answer
from bot.web.names import names
from bot.web.problems import Problem, invalid
from workflows.approvals.gate import Choice, Person, Vote
from workflows.approvals.view import GateStatus, GateView
from workflows.plain import loads

AUDIT_PAGE = 1_000


@dataclass(frozen=True)
class Operating:
    """Break-glass decisions, tokens, the audit, retention."""

    api: Api
    people: People | None  # None: Slack is not asked

    def routes(self) -> Iterable[web.RouteDef]:
        """Answer the routes."""
        return [
            web.get("/-/runs/{run_id}/gates", self.gates),
            web.post("/-/runs/{run_id}/decide", self.decide),
            web.post("/-/runs/{run_id}/deliver", self.deliver),
            web.get("/-/blocked", self.blocked),
            web.post("/-/tokens", self.create_token),
            web.get("/-/tokens", self.tokens),
            web.delete("/-/tokens/{name}", self.revoke_token),
            web.get("/-/audit", self.audit),
            web.get("/-/audit/verification", self.verify_audit),
            web.post("/-/prune", self.prune),
        ]

    async def gates(self, request: web.Request) -> web.Response:
        """`GET /-/runs/{id}/gates`: what people were asked, in full."""
        caller = await self._operator(request)
        run = await self.api.visible(request, caller)
        return await self._answered(await self.api.gates.of_run(run.id))

    async def decide(self, request: web.Request) -> web.Response:
        """`POST /-/runs/{id}/decide`: passes the policy by, on record."""
        caller = await self._operator(request)
        asked = await read(request, shapes.Decide)
        run = await self.api.visible(request, caller)
        gate = _meant(await self.api.gates.of_run(run.id), asked.gate)
        vote = Vote(
            Person.operator(caller.name),
            Choice(asked.choice),
            asked.note,
            caller.via,
            asked.version,
        )
        answered = await self.api.gates.decide(gate.id, vote)
        if found := refusals.of_vote(answered):
            raise found
        return await self._answered([answered.gate] if answered.gate else [])

    async def deliver(self, request: web.Request) -> web.Response:
        """`POST /-/runs/{id}/deliver`: to a bare wait; an approval refuses it, as anybody's."""
        caller = await self._operator(request)
        return await self.api.sent(request, caller, self.api.engine.send)

    async def blocked(self, request: web.Request) -> web.Response:
        """`GET /-/blocked`: every blocked run, under what it is blocked by."""
        await self._operator(request)
        found = await self.api.engine.blocked()
        items = [shapes.BlockedRuns.model_validate(each) for each in found]
        return answer(shapes.Blocked(items=items))

    async def create_token(self, request: web.Request) -> web.Response:
        """`POST /-/tokens`: 201 with the token, which is not shown again."""
        caller = await self._operator(request)
        asked = await read(request, shapes.CreateToken)
        if asked.job is not None and asked.job not in self.api.registry:
            known = ", ".join(self.api.registry.names())
            raise invalid("there is no such job", {"job": f"known: {known}"})
        scopes = _scopes(asked.scopes)
        try:
            token = await self.api.admission.access.create_token(
                asked.name, scopes, asked.job, caller
            )
        except NameTaken:
            raise Problem(
                HTTPStatus.CONFLICT,
                "name_taken",
                f"a token is or was called {asked.name}: names are not used again, so that the"
                " audit stays clear; take another",
            ) from None
        return answer(shapes.CreatedToken(token=token), HTTPStatus.CREATED)

    async def tokens(self, request: web.Request) -> web.Response:
        """`GET /-/tokens`."""
        await self._operator(request)
        found = await self.api.admission.access.tokens()
        return answer(shapes.TokenLines(items=[_line(token) for token in found]))

    async def revoke_token(self, request: web.Request) -> web.Response:
        """`DELETE /-/tokens/{name}`: it is refused from now on."""
        caller = await self._operator(request)
        name = request.match_info["name"]
        if not await self.api.admission.access.revoke_token(name, caller):
            raise Problem(HTTPStatus.NOT_FOUND, "unknown_token", "no token of this name is in use")
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def audit(self, request: web.Request) -> web.Response:
        """`GET /-/audit?since=&after=`: a page of the audit, oldest first."""
        await self._operator(request)
        since, after = _since(request.query.get("since")), _after(request.query.get("after"))
        found = await self.api.admission.access.audit(since, after, AUDIT_PAGE)
        lines = [
            shapes.AuditLine(
                number=number,
                **{
                    **record._asdict(),
                    "detail": None if record.detail is None else loads(record.detail),
                },
            )
            for number, record in found
        ]
        after_this = lines[-1].number if len(lines) == AUDIT_PAGE else None
        return answer(shapes.AuditPage(items=lines, next=after_this))

    async def verify_audit(self, request: web.Request) -> web.Response:
        """`GET /-/audit/verification?noted=`: whether the audit is still what was sealed."""
        await self._operator(request)
        found = await self.api.admission.access.verify_audit(request.query.get("noted"))
        return answer(shapes.Verification.model_validate(found))

    async def prune(self, request: web.Request) -> web.Response:
        """`POST /-/prune`: a batch of old runs loses its journals; `dry_run` counts them all."""
        caller = await self._operator(request)
        asked = await read(request, shapes.Prune)
        older_than, engine = timedelta(seconds=asked.older_than_s), self.api.engine
        if asked.dry_run:
            pruned = await engine.prunable(older_than)
        else:
            pruned = await engine.prune(older_than, by=caller.actor, via=caller.via)
        return answer(shapes.Pruned.model_validate(pruned))

    async def _answered(self, found: list[GateView]) -> web.Response:
        people = [each for gate in found for each in (*gate.card.named, gate.requested_by)]
        called = (await names(self.people, people)).known if self.people else {}
        return answer(shapes.Gates(items=[bodies.gate(gate, called) for gate in found]))

    async def _operator(self, request: web.Request) -> Caller:
        return await self.api.admission.admit(request, None)


def _meant(found: list[GateView], gate_id: str | None) -> GateView:
    """Answer the approval that is meant. Raises Problem: none, several open, or all are over."""
    if gate_id is not None:
        named = [gate for gate in found if gate.id == gate_id]
        if not named:
            raise Problem(HTTPStatus.NOT_FOUND, "unknown_gate", "this run has no such approval")
        return named[0]
    opened = [gate for gate in found if gate.status is GateStatus.OPEN]
    if len(opened) > 1:
        raise Problem(
            HTTPStatus.CONFLICT,
            "several_open",
            "several approvals of this run are open: name one",
            more={"gates": [{"id": gate.id, "name": gate.name} for gate in opened]},
        )
    if opened:
        return opened[0]
    if not found:
        raise Problem(HTTPStatus.CONFLICT, "nothing_to_decide", "this run has asked nobody so far")
    raise refusals.closed(found[-1])


def _scopes(given: list[str]) -> list[Scope]:
    """Answer the scopes. Raises Problem (422) for an unknown one, listing those there are."""
    unknown = [scope for scope in given if scope not in list(Scope)]
    if unknown:
        raise invalid(
            "there is no such scope",
            {"scopes": f"{unknown[0]!r:.80} is unknown; known: {', '.join(Scope)}"},
        )
    return [Scope(scope) for scope in given]


def _line(token: Token) -> shapes.TokenLine:
    return shapes.TokenLine(**{**token._asdict(), "scopes": token.scopes.split()})


def _since(given: str | None) -> datetime | None:
    """Answer a date or time; one without a zone is UTC. Raises Problem (422)."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise invalid(
            "the query does not fit", {"since": "write 2026-01-31, or 2026-01-31T12:00:00Z"}
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _after(given: str | None) -> int:
    if given is not None and not (given.isascii() and given.isdecimal() and len(given) < 19):  # noqa: PLR2004  what fits 64 bits
        raise invalid("the query does not fit", {"after": "is no number of a line"})
    return int(given or 0)
