"""Decide: a press of Approve or Reject, and the reason given in a modal."""

from dataclasses import dataclass
from typing import Any, assert_never

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners import Ack, Body, guarded
from bot.slack.people import LookupFailed
from bot.slack.private import Said
from bot.slack.services import Services
from bot.slack.views import answers, carried, modals
from bot.slack.views.kit import Block
from bot.slack.views.text import INPUT_TEXT
from workflows.approvals.gate import Choice, Person, Vote
from workflows.approvals.gates import Answer, Closed, Misplaced, Missing, Outdated, Place
from workflows.approvals.policy import (
    Counted,
    Decides,
    NotAllowed,
    Reason,
    Repeated,
    objection,
)
from workflows.approvals.view import GateView

CHOICES = {"approve": Choice.APPROVED, "reject": Choice.REJECTED}
LOOK_UP_AGAIN = "Slack could not tell us who you are just now. Please click again in a minute."
TOO_LONG = f"Please enter at most {INPUT_TEXT} characters."
MISPLACED = "This button is no longer valid. Please use the request in its own channel."


@dataclass(frozen=True, slots=True)
class Click:
    """What a press says. *place* is None on the Home tab.

    *version* is that of the question which the button or the modal was drawn from.
    """

    gate: str
    version: int
    choice: Choice
    user: str
    team: str | None
    place: Place | None
    via: str

    def vote(self, person: Person, note: str | None = None) -> Vote:
        """Answer what it says as *person*'s vote."""
        return Vote(person, self.choice, note, self.via, self.version)


def parse_click(body: Body) -> Click:
    """Read a press of a button. The choice comes from the action id, never from the value."""
    action = body["actions"][0]
    asked = carried.read(str(action.get("value") or ""))
    is_home = (body.get("view") or {}).get("type") == "home"
    return Click(
        gate=asked.gate,
        version=asked.version,
        choice=CHOICES[action["action_id"]],
        user=body["user"]["id"],
        team=body["user"].get("team_id"),
        # Whatever is not our Home tab is a message, also where Slack leaves the message out
        # (ephemerals, unfurls): it is no copy of a card then, and its buttons decide nothing.
        place=None if is_home else _place(body.get("channel") or {}, body.get("message") or {}),
        via="slack-home" if is_home else "slack",
    )


def parse_submission(body: Body) -> tuple[Click, str | None]:
    """Read a submitted reason: the click it belongs to, and the words."""
    view = body["view"]
    state = view.get("state", {}).get("values", {}).get(modals.NOTE, {})
    note = next((field.get("value") for field in state.values()), None)
    asked = carried.read(str(view.get("private_metadata") or ""))
    click = Click(
        gate=asked.gate,
        version=asked.version,
        choice=CHOICES[view["callback_id"]],
        user=body["user"]["id"],
        team=body["user"].get("team_id"),
        place=None,
        via="slack-modal",
    )
    return click, note if isinstance(note, str) and note.strip() else None


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the card's buttons and to the reasons."""
    desk = Desk(services)
    app.action("approve")(guarded(services.private, desk.press))
    app.action("reject")(guarded(services.private, desk.press))
    app.action("open")(guarded(services.private, _acknowledge))
    for callback in CHOICES:
        app.view(callback)(guarded(services.private, desk.submit))


async def _acknowledge(ack: Ack, body: Body) -> None:
    """Slack opens the link by itself, and still wants to hear that we know."""
    await ack()


class Desk:
    """Takes answers in; `Gates.decide` judges them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def press(self, ack: Ack, body: Body) -> None:
        """Decide at once where the whole card is seen; else open a form that shows all of it."""
        click = parse_click(body)
        gate = await self._services.gates.get(click.gate)
        if gate is None:
            await self._refuse(ack, body, answers.missing())
        elif click.choice is Choice.REJECTED or gate.policy.reason_required or click.place is None:
            await self._ask(ack, body, click, gate)
        else:
            await self._decide(ack, body, click, gate)

    async def submit(self, ack: Ack, body: Body) -> None:
        """Decide with the reason that was given."""
        click, note = parse_submission(body)
        if len(note or "") > INPUT_TEXT:
            await ack(response_action="errors", errors={modals.NOTE: TOO_LONG})
            return
        gate = await self._services.gates.get(click.gate)
        if gate is None:
            await ack(response_action="update", view=_told(answers.missing()))
            return
        try:
            person = await self._voter(click, gate)
        except LookupFailed:
            await ack(response_action="errors", errors={modals.NOTE: LOOK_UP_AGAIN})
            return
        vote = click.vote(person, note)
        answer = await self._services.gates.decide(click.gate, vote)
        match answer.ruling:
            case Decides() | Counted():
                await ack()
            case NotAllowed(reason=Reason.REASON_REQUIRED):
                await ack(
                    response_action="errors", errors={modals.NOTE: "Please say why: it is needed."}
                )
            case _:
                words = words_for(answer, click.choice) or answers.missing()
                await ack(response_action="update", view=_told(words))

    async def _decide(self, ack: Ack, body: Body, click: Click, gate: GateView) -> None:
        person = await self._looked_up(ack, body, click, gate)
        if person is None:
            return
        answer = await self._services.gates.decide(click.gate, click.vote(person), click.place)
        # After the commit: the ack is the click's receipt. Slack does not repeat a click.
        await ack()
        if words := words_for(answer, click.choice):
            await self._services.private.tell(Said.of(body), words)

    async def _ask(self, ack: Ack, body: Body, click: Click, gate: GateView) -> None:
        """Open the form for somebody who may decide; anybody else is told why not."""
        person = await self._looked_up(ack, body, click, gate)
        if person is None:
            return
        reason = objection(gate.policy, gate.requested_by, person)
        misplaced = click.place and not await self._services.gates.is_copy(gate.id, click.place)
        is_outdated = click.version != gate.version
        if reason or misplaced or gate.decided_at or is_outdated:
            # Through the one door, so that the attempt is judged and written down there.
            answer = await self._services.gates.decide(click.gate, click.vote(person), click.place)
            await self._refuse(ack, body, words_for(answer, click.choice) or answers.missing())
            return
        await ack()
        draw = modals.reject if click.choice is Choice.REJECTED else modals.approve
        permalink = await self._services.permalinks.of_gate(gate)
        view = draw(gate, self._services.pages.of_gate(gate), permalink)
        await self._services.private.ask(Said.of(body), view)

    async def _looked_up(self, ack: Ack, body: Body, click: Click, gate: GateView) -> Person | None:
        try:
            return await self._voter(click, gate)
        except LookupFailed:
            await self._refuse(ack, body, LOOK_UP_AGAIN)
            return None

    async def _voter(self, click: Click, gate: GateView) -> Person:
        channel = await self._services.gates.channel_of(gate.id)
        if channel is None and click.place is not None:
            channel = click.place.channel
        return await self._services.people.voter(click.user, click.team, gate.policy, channel)

    async def _refuse(self, ack: Ack, body: Body, words: str) -> None:
        await ack()
        await self._services.private.tell(Said.of(body), words)


def words_for(  # noqa: PLR0911  one line per ruling
    answer: Answer, choice: Choice
) -> str | None:
    """Answer what to say in private; None where the card itself says it."""
    gate, ruling = answer.gate, answer.ruling
    if gate is None:
        return answers.missing()
    match ruling:
        case Decides():
            return None
        case Counted(have=have, need=need):
            return answers.counted(gate, have, need)
        case Repeated():
            return answers.repeated(gate, choice)
        case NotAllowed(reason=reason):
            return answers.not_allowed(reason, gate.policy, gate.requested_by)
        case Closed():
            return answers.already_decided(gate)
        case Outdated():
            return answers.changed(gate)
        case Misplaced():
            return MISPLACED
        case Missing():
            return answers.missing()
        case _:
            assert_never(ruling)


def _place(channel: dict[str, Any], message: dict[str, Any]) -> Place:
    return Place(
        channel=str(channel.get("id", "")),
        channel_name=str(channel.get("name", "")),
        message_ts=str(message.get("ts", "")),
    )


def _told(words: str) -> Block:
    return modals.notice("Not recorded", words)
