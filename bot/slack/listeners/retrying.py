"""Retrying from the Home tab: an admin has a run go on, and gives their word where it takes one."""

import json
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners import Ack, Body, guarded
from bot.slack.listeners.admins import admin
from bot.slack.private import Said
from bot.slack.services import Services
from bot.slack.views import retrying as views
from bot.slack.views import text
from bot.slack.views.kit import Block
from bot.slack.views.modals import notice
from workflows.approvals.gate import Person
from workflows.engine.base import RETRY, BlockedRuns, Done, NotDone, NotRetried, Objection, Retry
from workflows.errors import NotSerializable
from workflows.plain import dumps, plain

NOT_STUCK = "This run is not stuck any more."
NOTHING_TO_SAY = "Nobody has to say anything about this run any more."
SAY_WHAT = "Write what it answered, as JSON; null where it answers nothing."
SAY_WHY = "Please say why: it is shown on the card."
VIA = "slack-home"
LONGEST_S = 1.5  # Slack waits three for the ack, which is given after the commits


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the buttons of stuck runs, and to what is said in the forms they open."""
    desk = Desk(services)
    app.action("retry_run")(guarded(services.private, desk.retry))
    app.action("ask_again")(guarded(services.private, desk.ask_again))
    for action in ("it_happened", "it_did_not"):
        app.action(action)(guarded(services.private, desk.ask_whether))
    app.action("answers_stand")(guarded(services.private, desk.ask_why))
    app.action("retry_all")(guarded(services.private, desk.retry_all))
    app.action("ask_all_again")(guarded(services.private, desk.ask_all_again))
    app.action("all_answers_stand")(guarded(services.private, desk.ask_why_all))
    app.view("retry_word")(guarded(services.private, desk.take_word))
    app.view("retry_changed")(guarded(services.private, desk.take_choice))


class Desk:
    """Has runs go on."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def retry(self, ack: Ack, body: Body) -> None:
        """Continue a blocked or failed run; ask what has to be said first."""
        await self._go_on(ack, body, RETRY)

    async def ask_again(self, ack: Ack, body: Body) -> None:
        """Continue it with today's question."""
        await self._go_on(ack, body, Retry(ask_again=True))

    async def ask_whether(self, ack: Ack, body: Body) -> None:
        """Ask which step happened, or did not, and what it answered."""
        if await admin(self._services, ack, body) is None:
            return
        action = body["actions"][0]
        run = await self._services.engine.get(str(action.get("value") or ""))
        happened = action["action_id"] == "it_happened"
        view = views.word(run.id, run.unknown, happened=happened) if run and run.unknown else None
        await self._ask(ack, body, view)

    async def ask_why(self, ack: Ack, body: Body) -> None:
        """Ask why the answers stand for another question."""
        if await admin(self._services, ack, body) is None:
            return
        run = await self._services.engine.get(str(body["actions"][0].get("value") or ""))
        is_changed = run is not None and run.changed
        of = {"run": run.id} if run else {}
        view = views.changed(of, run.changed, views.STAND) if run and is_changed else None
        await self._ask(ack, body, view)

    async def retry_all(self, ack: Ack, body: Body) -> None:
        """Continue all runs that are blocked by the same."""
        await self._all_go_on(ack, body, RETRY)

    async def ask_all_again(self, ack: Ack, body: Body) -> None:
        """Continue them with today's questions."""
        await self._all_go_on(ack, body, Retry(ask_again=True))

    async def ask_why_all(self, ack: Ack, body: Body) -> None:
        """Ask why the answers of all of them stand for another question."""
        if await admin(self._services, ack, body) is None:
            return
        of = _pressed(body)
        group = await self._group(of)
        is_changed = group is not None and group.questions
        view = views.changed(of, group.questions, views.STAND) if group and is_changed else None
        await self._ask(ack, body, view)

    async def take_word(self, ack: Ack, body: Body) -> None:
        """Continue a run by what an admin says of a step."""
        person = await admin(self._services, ack, body)
        if person is None:
            return
        how = _word(body["view"])
        if how is None:
            await ack(response_action="errors", errors={views.RESULT: SAY_WHAT})
            return
        await self._submitted(ack, body, person, how)

    async def take_choice(self, ack: Ack, body: Body) -> None:
        """Continue a run by what an admin says of its questions."""
        person = await admin(self._services, ack, body)
        if person is None:
            return
        how = _choice(body["view"])
        if how is None:
            await ack(response_action="errors", errors={views.NOTE: SAY_WHY})
            return
        of = _carried(body["view"])
        if "cause" not in of:
            await self._submitted(ack, body, person, how)
            return
        words = await self._all(person, of, how)
        await ack(response_action="update", view=notice("Retry", words))
        await self._services.homes.publish(person.user)

    # -- parts --------------------------------------------------------------------------------

    async def _go_on(self, ack: Ack, body: Body, how: Retry) -> None:
        person = await admin(self._services, ack, body)
        if person is None:
            return
        run_id = str(body["actions"][0].get("value") or "")
        answer = await self._services.engine.retry(run_id, by=person.actor, via=VIA, how=how)
        await ack()
        if isinstance(answer, NotRetried) and (view := _question(run_id, answer)):
            await self._services.private.ask(Said.of(body), view)
        elif not isinstance(answer, Done):
            await self._services.private.tell(Said.of(body), not_retried(answer))
        await self._services.homes.publish(person.user)

    async def _all_go_on(self, ack: Ack, body: Body, how: Retry) -> None:
        person = await admin(self._services, ack, body)
        if person is None:
            return
        words = await self._all(person, _pressed(body), how)
        await ack()
        await self._services.private.tell(Said.of(body), words)
        await self._services.homes.publish(person.user)

    async def _all(self, person: Person, of: Mapping[str, Any], how: Retry) -> str:
        """Have the runs of a cause go on, for as long as Slack waits; answer what came of it."""
        group = await self._group(of)
        runs = group.runs if group else ()
        until, engine = monotonic() + LONGEST_S, self._services.engine
        refused: list[NotDone | NotRetried] = []
        tried = 0
        for run_id in runs:
            if monotonic() > until:
                break
            tried += 1
            answer = await engine.retry(run_id, by=person.actor, via=VIA, how=how)
            refused += [] if isinstance(answer, Done) else [answer]
        return _came(len(runs), tried, refused)

    async def _group(self, of: Mapping[str, Any]) -> BlockedRuns | None:
        wanted = (of.get("cause"), of.get("job"))
        groups = await self._services.engine.blocked()
        return next((each for each in groups if (each.cause, each.job) == wanted), None)

    async def _ask(self, ack: Ack, body: Body, view: Block | None) -> None:
        await ack()
        if view is None:
            await self._services.private.tell(Said.of(body), NOTHING_TO_SAY)
        else:
            await self._services.private.ask(Said.of(body), view)

    async def _submitted(self, ack: Ack, body: Body, person: Person, how: Retry) -> None:
        run_id = str(_carried(body["view"]).get("run") or "")
        answer = await self._services.engine.retry(run_id, by=person.actor, via=VIA, how=how)
        if isinstance(answer, Done):
            await ack()
        else:
            place = _place(body["view"], answer)
            await ack(response_action="errors", errors={place: not_retried(answer)})
        await self._services.homes.publish(person.user)


def not_retried(answer: NotDone | NotRetried) -> str:
    """Answer why a run does not go on, in words."""
    if isinstance(answer, NotRetried):
        return text.inline(f"Not retried: {answer.detail}.", 2_000)
    if answer is NotDone.PRUNED:
        return "This run ended so long ago that its journal was deleted. Start a new one."
    return NOT_STUCK


def _came(count: int, tried: int, refused: Sequence[NotDone | NotRetried]) -> str:
    words = f"{tried - len(refused)} of {count} runs go on."
    if refused:
        words += f" {len(refused)} do not; the first: {text.inline(not_retried(refused[0]), 500)}"
    if tried < count:
        words += f" {count - tried} are left: press again."
    return words if count else NOTHING_TO_SAY


def _question(run_id: str, answer: NotRetried) -> Block | None:
    """Answer the form in which an admin says what a retry has to be told; None: there is none."""
    match answer.why:
        case Objection.OUTCOME_UNKNOWN:
            return views.word(run_id, answer.steps, happened=None)
        case Objection.QUESTION_CHANGED:
            return views.changed({"run": run_id}, answer.questions)
        case _:
            return None


def _word(view: Mapping[str, Any]) -> Retry | None:
    """Read what was said of a step; None: what it answered is no JSON, or missing."""
    steps = _carried(view).get("steps") or []
    place = _answered(view, views.STEP)
    is_place = place is not None and place.isdecimal() and int(place) < len(steps)
    step = str(steps[int(place)]) if place is not None and is_place else None
    if _answered(view, views.HAPPENED) != views.YES:
        return Retry(happened=False, step=step)
    result = _json(_answered(view, views.RESULT) or "")
    return None if result is None else Retry(happened=True, result=result, step=step)


def _choice(view: Mapping[str, Any]) -> Retry | None:
    """Read how a changed question goes on; None: it was not said why its answers stand."""
    if _answered(view, views.CHANGED) != views.STAND:
        return Retry(ask_again=True)
    note = (_answered(view, views.NOTE) or "").strip()
    return Retry(answers_stand=True, note=note) if note else None


def _json(text: str) -> str | None:
    try:
        return dumps(plain(json.loads(text)))
    except (ValueError, RecursionError, NotSerializable):
        return None


def _place(view: Mapping[str, Any], answer: NotDone | NotRetried) -> str:
    """Answer beside which input a refusal is shown."""
    if view["callback_id"] == "retry_changed":
        return views.CHANGED
    is_result = isinstance(answer, NotRetried) and answer.where == "result"
    return views.RESULT if is_result else views.HAPPENED


def _answered(view: Mapping[str, Any], block: str) -> str | None:
    fields = view.get("state", {}).get("values", {}).get(block, {})
    for field in fields.values():
        given = (field.get("selected_option") or {}).get("value") or field.get("value")
        if isinstance(given, str):
            return given
    return None


def _pressed(body: Body) -> dict[str, Any]:
    """Read which runs a button is for."""
    return _read(body["actions"][0].get("value"))


def _carried(view: Mapping[str, Any]) -> dict[str, Any]:
    """Read what identifies the run; it authorises nothing."""
    return _read(view.get("private_metadata"))


def _read(carried: object) -> dict[str, Any]:
    try:
        found = json.loads(str(carried or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
