"""Home: the tab is opened, filtered, paged; admins cancel."""

from slack_bolt.async_app import AsyncApp

from bot.slack.home import Shown
from bot.slack.listeners import Ack, Body, guarded
from bot.slack.listeners.admins import admin
from bot.slack.listeners.commands import cancelled
from bot.slack.private import Said
from bot.slack.services import Services
from bot.slack.views.admin import AS_IT_IS, EVERY
from workflows.engine.base import Done, RunStatus


def register(app: AsyncApp, services: Services) -> None:
    """Listen to the Home tab, and to changes of people that make kept facts stale."""
    desk = Desk(services)
    app.event("app_home_opened")(guarded(services.private, desk.opened))
    app.action("filter_status")(guarded(services.private, desk.filter))
    app.action("filter_job")(guarded(services.private, desk.filter))
    app.action("runs_older")(guarded(services.private, desk.page))
    app.action("runs_newest")(guarded(services.private, desk.page))
    app.action("cancel_run")(guarded(services.private, desk.cancel))
    app.event("user_change")(guarded(services.private, desk.user_changed))
    app.event("member_left_channel")(guarded(services.private, desk.channel_changed))
    app.event("member_joined_channel")(guarded(services.private, desk.channel_changed))
    app.event("subteam_members_changed")(guarded(services.private, desk.group_changed))


class Desk:
    """Answers the Home tab."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def opened(self, ack: Ack, body: Body) -> None:
        """Draw the tab for whoever opened it."""
        await ack()
        event = body["event"]
        if event.get("tab", "home") == "home":
            await self._services.homes.opened(str(event["user"]))

    async def filter(self, ack: Ack, body: Body) -> None:
        """Show other runs."""
        action = body["actions"][0]
        value = str((action.get("selected_option") or {}).get("value") or EVERY)
        chosen = None if value == EVERY else value
        shown = self._services.homes.shown(body["user"]["id"])
        if action["action_id"] == "filter_status":
            known = chosen in set(RunStatus)
            shown = Shown(status=RunStatus(chosen) if chosen and known else None, job=shown.job)
        else:
            shown = Shown(status=shown.status, job=chosen)
        await ack()
        await self._services.homes.show(body["user"]["id"], shown)

    async def page(self, ack: Ack, body: Body) -> None:
        """Turn to older runs, or back to the newest."""
        action = body["actions"][0]
        before = self._services.homes.shown(body["user"]["id"])
        older = str(action.get("value") or "") if action["action_id"] == "runs_older" else None
        await ack()
        await self._services.homes.show(
            body["user"]["id"], Shown(status=before.status, job=before.job, before=older)
        )

    async def cancel(self, ack: Ack, body: Body) -> None:
        """End a run, its closing steps included; a blocked one as it is: its button says so."""
        person = await admin(self._services, ack, body)
        if person is None:
            return
        action = body["actions"][0]
        run_id = str(action.get("value") or "")
        force = str(action.get("block_id") or "").startswith(AS_IT_IS)
        answer = await self._services.engine.cancel(
            run_id, by=person.actor, via="slack-home", force=force
        )
        await ack()
        if not isinstance(answer, Done):
            await self._services.private.tell(Said.of(body), cancelled(answer))
        await self._services.homes.publish(person.user)

    async def user_changed(self, ack: Ack, body: Body) -> None:
        """Somebody was deactivated, became a guest, changed their name."""
        await ack()
        self._services.people.forget_user(str(body["event"]["user"]["id"]))

    async def channel_changed(self, ack: Ack, body: Body) -> None:
        """Somebody joined or left a channel."""
        await ack()
        self._services.people.forget_channel(str(body["event"]["channel"]))

    async def group_changed(self, ack: Ack, body: Body) -> None:
        """Somebody joined or left a user group."""
        await ack()
        self._services.people.forget_group(str(body["event"]["subteam_id"]))
