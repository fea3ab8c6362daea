"""Homes: gathers what a person's Home tab shows, and publishes it when it is out of date."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.connection import Connection
from bot.slack.links import Permalinks
from bot.slack.people import LookupFailed, People
from bot.slack.private import UNREACHED
from bot.slack.views import admin
from bot.slack.views.home import Asked, HomeView, home
from store.database import Database, Topic
from workflows.approvals.gate import Person
from workflows.approvals.gates import Gates
from workflows.approvals.policy import objection
from workflows.approvals.view import GateView
from workflows.clock import Clock
from workflows.engine.base import Engine, RunStatus
from workflows.engine.local.calls import Calls
from workflows.registry import Registry

log = logging.getLogger(__name__)

MOST_OPEN = 50  # open gates looked at for one person
MOST_SHOWN = 10
SETTLE_S = 0.5  # changes that come in a burst are drawn once
WATCHED = timedelta(hours=1)  # how long after opening it a tab is kept up to date


@dataclass(frozen=True, slots=True)
class Shown:
    """Which runs an admin's tab lists."""

    status: RunStatus | None = None
    job: str | None = None
    before: str | None = None


@dataclass
class Homes:
    """The Home tabs of this workspace. What they show is all in the store; who looks is not."""

    db: Database
    client: AsyncWebClient
    people: People
    gates: Gates
    engine: Engine
    registry: Registry
    connection: Connection
    clock: Clock
    calls: Calls
    permalinks: Permalinks
    _opened: dict[str, datetime] = field(default_factory=dict)
    _shown: dict[str, Shown] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.db.listen(Topic.HOME, self._changed.set)

    async def run(self) -> None:
        """Keep tabs that were opened lately up to date; call in a task of its own."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(SETTLE_S)
            self._changed.clear()
            for user in self._watching():
                try:
                    await self.publish(user)
                except Exception:  # one tab that cannot be drawn must not stop the others
                    log.exception("a Home tab could not be drawn")

    async def opened(self, user: str) -> None:
        """Draw a tab that was just opened, from its first page."""
        self._opened[user] = self.clock.now()
        self._shown.pop(user, None)
        await self.publish(user)

    def shown(self, user: str) -> Shown:
        """Answer which runs a tab lists."""
        return self._shown.get(user, Shown())

    async def show(self, user: str, shown: Shown) -> None:
        """List other runs."""
        self._shown[user] = shown
        await self.publish(user)

    async def publish(self, user: str) -> None:
        """Draw a tab. Slack being away is no error: the next change draws it again."""
        try:
            await self.client.views_publish(user_id=user, view=home(await self._view(user)))
        except LookupFailed as error:
            log.warning("a Home tab could not be drawn: %s", error)
        except UNREACHED as error:
            log.warning("a Home tab could not be published: %s", type(error).__name__)

    async def _with_permalinks(self, found: Iterable[Asked]) -> tuple[Asked, ...]:
        """Answer the same, with the way to each card that can be shown."""
        asked = list(found)
        links = await asyncio.gather(
            *(self.permalinks.of_gate(each.gate) for each in asked[:MOST_SHOWN])
        )
        linked = [replace(each, permalink=link) for each, link in zip(asked, links, strict=False)]
        return (*linked, *asked[MOST_SHOWN:])

    async def waiting_for(self, person: Person) -> tuple[Asked, ...]:
        """Answer the open gates that *person* may decide, newest first."""
        found = [
            gate
            for gate in await self.gates.newest_open(MOST_OPEN)
            if await self._may_decide(person, gate)
        ]
        return tuple(Asked(gate) for gate in found)

    # -- parts --------------------------------------------------------------------------------

    def _watching(self) -> Iterable[str]:
        since = self.clock.now() - WATCHED
        self._opened = {user: at for user, at in self._opened.items() if at > since}
        self._shown = {user: shown for user, shown in self._shown.items() if user in self._opened}
        return list(self._opened)

    async def _view(self, user: str) -> HomeView:
        person = await self.people.person(user)
        if not person.is_ours or not person.is_active or person.is_bot:
            return HomeView()
        requests = await self.engine.list(requested_by=person.actor, limit=MOST_SHOWN)
        decisions = await self.gates.decided_by(person.actor, MOST_SHOWN)
        return HomeView(
            waiting=await self._with_permalinks(await self.waiting_for(person)),
            requests=tuple(requests),
            titles=await self.gates.titles(run.id for run in requests),
            decisions=await self._with_permalinks(Asked(gate) for gate in decisions),
            admin=await self._admin(user) if await self.people.is_admin(user) else None,
        )

    async def _may_decide(self, person: Person, gate: GateView) -> bool:
        if any(vote.person == person.actor for vote in gate.votes):
            return False
        channel = await self.gates.channel_of(gate.id)
        try:
            voter = await self.people.voter(person.user, None, gate.policy, channel)
        except LookupFailed:
            return False
        return objection(gate.policy, gate.requested_by, voter) is None

    async def _admin(self, user: str) -> admin.AdminView:
        shown = self.shown(user)
        runs = await self.engine.list(
            status=shown.status,
            job=shown.job,
            before=shown.before,
            limit=admin.MOST_RUNS + 1,
        )
        listed = tuple(runs[: admin.MOST_RUNS])
        stuck = tuple(await self.engine.stuck(admin.MOST_STUCK + 1))
        return admin.AdminView(
            connection=self._connection(),
            given_up=self.calls.given_up,
            stuck=stuck,
            blocked=tuple(await self.engine.blocked()),
            failures=tuple(await self._failures()),
            runs=listed,
            titles=await self.gates.titles(run.id for run in (*stuck, *listed)),
            jobs=self.registry.names(),
            status=shown.status,
            job=shown.job,
            older=listed[-1].id if len(runs) > len(listed) else None,
            is_first_page=shown.before is None,
        )

    def _connection(self) -> admin.Connection:
        state = admin.ConnectionState.UP if self.connection.is_up else admin.ConnectionState.DOWN
        return admin.Connection(
            state, self.connection.how, self.connection.since, self.connection.detail
        )

    async def _failures(self) -> list[admin.Failure]:
        return [
            admin.Failure(
                what=found.what,
                run_id=found.run_id,
                error=found.error,
                attempts=found.attempts,
                at=found.at,
                is_final=found.is_final,
            )
            for found in await self.gates.unsent(admin.MOST_FAILURES + 1)
        ]
