"""Gate pages: what is asked, and the two forms that answer it. Only a POST decides."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, assert_never

from aiohttp import web

from bot.slack.people import LookupFailed
from bot.slack.views import text
from bot.slack.views.carried import NEVER
from bot.web import pages, sentences, visitors
from bot.web.names import Names, names
from bot.web.sessions import SignedIn
from bot.web.site import Site
from bot.web.visitors import Visitor
from workflows.approvals.gate import Choice, Person, Vote
from workflows.approvals.gates import Answer, Closed, Misplaced, Missing, Outdated
from workflows.approvals.policy import Counted, Decides, NotAllowed, Reason, Repeated, objection
from workflows.approvals.view import GateStatus, GateView

VERSION = re.compile(r"[0-9]{1,9}", re.ASCII)
LONGEST_NOTE = 3_000  # characters; what the modal in Slack takes


@dataclass(frozen=True, slots=True)
class Look:
    """How a gate page is drawn: for whom, which answer first, and what is said on top.

    *why_not* says why there are no forms; *recorded* that this visitor has approved already;
    *problem* what was wrong with the form that was sent; *changed* that it was drawn from an
    earlier version of the question.
    """

    me: visitors.Me
    names: Names
    first: Choice
    csrf: str | None = None
    why_not: str | None = None
    recorded: str | None = None
    problem: str | None = None
    changed: str | None = None
    note: str = ""


@dataclass(frozen=True)
class GatePages:
    """Shows gates, and takes answers in through the one door that every surface takes."""

    site: Site

    async def show(self, visitor: Visitor, gate: GateView, first: Choice) -> web.Response:
        """Answer the page of a gate."""
        reason = await self._objection(visitor, gate)
        known = await self._names(gate)
        session = visitor.session
        look = Look(
            me=visitors.me(self.site, session),
            names=known,
            first=first,
            csrf=self._token(session, gate) if reason is None else None,
            why_not=None if reason is None else _why_not(reason, gate, known),
            recorded=sentences.recorded(gate) if _has_approved(visitor, gate) else None,
        )
        return _draw(gate, look)

    async def choose(
        self, visitor: Visitor, open_gates: list[GateView], choice: Choice
    ) -> web.Response:
        """Answer a page on which one of several open gates is chosen."""
        return pages.draw(
            "choose.html",
            me=visitors.me(self.site, visitor.session),
            gates=open_gates,
            who=await names(
                self.site.people, [each for gate in open_gates for each in gate.card.named]
            ),
            verb=sentences.VERBS[choice],
        )

    async def decide(
        self, request: web.Request, session: SignedIn, gate: GateView, choice: Choice
    ) -> web.Response:
        """Take an answer in: 303 back to the page, or a page that says why it did not count."""
        form = await visitors.fields(request)
        visitors.require_own_form(self.site, request, session, about(gate), form.get("csrf", ""))
        await visitors.member_now(self.site, session)
        note = form.get("note", "").replace("\r\n", "\n").strip()
        if len(note) > LONGEST_NOTE:
            problem = f"Please say it in {LONGEST_NOTE} characters or fewer."
            return await self._again(session, gate, choice, problem, note)
        try:
            voter = await self._voter(session, gate)
        except LookupFailed:
            raise visitors.cannot_tell() from None
        vote = Vote(voter, choice, note or None, "web", _version(form))
        answer = await self.site.gates.decide(gate.id, vote)
        return await self._answered(session, answer, choice, note)

    # -- parts --------------------------------------------------------------------------------

    async def _answered(
        self, session: SignedIn, answer: Answer, choice: Choice, note: str
    ) -> web.Response:
        gate, ruling = answer.gate, answer.ruling
        if gate is None:
            raise pages.unknown()
        match ruling:
            case Decides() | Counted() | Repeated():
                return pages.elsewhere(address(gate, choice))
            case NotAllowed(reason=Reason.REASON_REQUIRED):
                problem = "Please say why: a reason is needed here."
                return await self._again(session, gate, choice, problem, note)
            case NotAllowed(reason=reason):
                known = await self._names(gate)
                why_not = _why_not(reason, gate, known)
                return await self._told(session, gate, choice, HTTPStatus.FORBIDDEN, why_not)
            case Closed():
                status = _closed(gate.status)
                words = sentences.came_too_late(gate)
                return await self._told(session, gate, choice, status, words)
            case Outdated():
                return await self._changed(session, gate, choice, note)
            case Misplaced() | Missing():
                raise pages.unknown()
            case _:
                assert_never(ruling)

    async def _again(
        self, session: SignedIn, gate: GateView, choice: Choice, problem: str, note: str
    ) -> web.Response:
        """Answer the page with what was written, and what is wrong with it."""
        look = Look(
            me=visitors.me(self.site, session),
            names=await self._names(gate),
            first=choice,
            csrf=self._token(session, gate),
            problem=problem,
            note=note[: 2 * LONGEST_NOTE],
        )
        return _draw(gate, look, HTTPStatus.UNPROCESSABLE_ENTITY)

    async def _changed(
        self, session: SignedIn, gate: GateView, choice: Choice, note: str
    ) -> web.Response:
        """Answer the question as it is asked now, to be read and answered anew."""
        look = Look(
            me=visitors.me(self.site, session),
            names=await self._names(gate),
            first=choice,
            csrf=self._token(session, gate),
            changed=sentences.CHANGED,
            note=note,
        )
        return _draw(gate, look, HTTPStatus.CONFLICT)

    async def _told(
        self, session: SignedIn, gate: GateView, choice: Choice, status: HTTPStatus, words: str
    ) -> web.Response:
        """Answer the page as it stands now, without forms, and why the answer did not count."""
        me = visitors.me(self.site, session)
        look = Look(me=me, names=await self._names(gate), first=choice, why_not=words)
        return _draw(gate, look, status)

    async def _objection(self, visitor: Visitor, gate: GateView) -> Reason | None:
        """Say why a visitor may not decide; not knowing is a reason."""
        if visitor.person is None:
            return Reason.UNKNOWN
        try:
            voter = await self._voter(visitor.session, gate)
        except LookupFailed:
            return Reason.UNKNOWN
        return objection(gate.policy, gate.requested_by, voter)

    async def _voter(self, session: SignedIn, gate: GateView) -> Person:
        """Answer the facts that the gate's policy depends on. Raises LookupFailed."""
        channel = await self.site.gates.channel_of(gate.id)
        voter = await self.site.people.voter(session.user, session.team, gate.policy, channel)
        reason = objection(gate.policy, gate.requested_by, voter)
        if reason is Reason.NOT_NAMED and gate.policy.channel_members and channel is None:
            # A card that is not posted yet is in no channel: nobody can say who its members are.
            raise LookupFailed(f"the card of gate {gate.id} is not posted yet")
        return voter

    async def _names(self, gate: GateView) -> Names:
        voters = [cast.person for cast in gate.votes]
        people = [
            *sorted(gate.card.named),
            gate.requested_by,
            gate.decided_by,
            gate.stands_by,
            *gate.policy.users,
            *voters,
        ]
        return await names(self.site.people, people)

    def _token(self, session: SignedIn, gate: GateView) -> str:
        return self.site.csrf.token(session.id, about(gate))


def about(gate: GateView) -> str:
    """Answer what the forms of a gate's page are bound to."""
    return f"gate {gate.id}"


def address(gate: GateView, choice: Choice) -> str:
    """Answer where a gate's page is; *choice* is the answer that comes first on it."""
    return f"/run/{gate.run_id}/{sentences.VERBS[choice]}?gate={gate.id}"


def _draw(gate: GateView, look: Look, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    named = gate.card.channel.startswith("#")
    channel = text.one_line(gate.card.channel) if named else "its channel"
    values: dict[str, Any] = {
        "me": look.me,
        "gate": gate,
        "look": look,
        "who": look.names,
        "named": gate.card.named,
        "is_open": gate.status is GateStatus.OPEN,
        "standing": sentences.standing(gate, look.names),
        "policy": sentences.who_may_decide(gate.policy, channel, look.names),
        "progress": sentences.progress(gate.status.value, gate.run_status, gate.blocked_reason),
        "choices": _in_order(look.first),
        "longest_note": LONGEST_NOTE,
    }
    return pages.draw("gate.html", status, **values)


def _version(form: dict[str, str]) -> int:
    """Answer which question a form was drawn from; one that does not say is of Harbor 0.1.0."""
    given = form.get("version", "1")
    return int(given) if VERSION.fullmatch(given) else NEVER


def _has_approved(visitor: Visitor, gate: GateView) -> bool:
    actor = visitor.person.actor if visitor.person else ""
    return any(cast.person == actor and cast.choice is Choice.APPROVED for cast in gate.votes)


def _in_order(first: Choice) -> list[str]:
    """Answer both verbs, the one that was asked for first."""
    return sorted(sentences.VERBS.values(), key=lambda verb: verb != sentences.VERBS[first])


def _why_not(reason: Reason, gate: GateView, known: Names) -> str:
    return sentences.objection(reason, known(gate.requested_by))


def _closed(status: GateStatus) -> HTTPStatus:
    """Answer the status for an answer that came too late: 409 decided, 410 expired or cancelled."""
    decided = {GateStatus.APPROVED, GateStatus.REJECTED}
    return HTTPStatus.CONFLICT if status in decided else HTTPStatus.GONE
