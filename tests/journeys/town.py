"""Town: the sandbox and the bot in one process, over real HTTP, with a clock that is moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import Harbor, running
from bot.config import Settings
from bot.sandbox import Delivered, Member, Message, Sandbox, payloads
from bot.slack.socket import SOCKETS, Timings
from store import audit
from store.audit import Record
from store.opening import sqlite_path
from workflows.approvals.view import GateView
from workflows.engine.base import RunView
from workflows.registry import Registry
from workflows.testing.installation import new_installation

QUICK = Timings(look=0.02, ping=1.0, patience=3.0, disabled=0.2, stagger=0.02)


class MovedClock:
    """Real time, plus what a test has added to it: Slack's three seconds stay real."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def timestamp(self) -> float:
        return self.now().timestamp()

    def move(self, **length: float) -> None:
        self._ahead += timedelta(**length)


@dataclass
class Town:
    """A workspace with Harbor in it."""

    sandbox: Sandbox
    harbor: Harbor
    clock: MovedClock
    settings: Settings

    def member(self, name: str) -> Member:
        return self.sandbox.member(name)

    async def known(self) -> None:
        """Wait until Slack has said who the bot is: until then it answers nobody."""
        async with asyncio.timeout(20):
            while not self.harbor.homes.connection.is_up:  # noqa: ASYNC110  what else would tell
                await asyncio.sleep(0.01)

    async def start(self, name: str = "bo", job: str = "approve-and-act", **values: Any) -> None:
        """Start a run as a person does: the command, the form, the button."""
        member = self.member(name)
        await member.command(f"/harbor run {job}")
        await self.sandbox.until(lambda: member.view and member.view.callback_id == "run")
        await member.submit(values or {"context": "Refund 42", "team_id": "OPS"})

    async def card(self, nth: int = 0, channel: str = "#approvals") -> Message:
        """Answer the nth card once it is there."""
        await self.sandbox.until(lambda: len(self.sandbox.messages(channel)) > nth)
        return self.sandbox.messages(channel)[nth]

    async def card_says(self, words: str, nth: int = 0) -> Message:
        """Answer the nth card once it says *words*."""

        def found() -> Message | None:
            cards = self.sandbox.messages("#approvals")
            return cards[nth] if len(cards) > nth and words in cards[nth].words else None

        return await self.sandbox.until(found)

    async def asked(self, name: str = "bo", job: str = "approve-and-act", **values: Any) -> Message:
        """Start a run and answer its card, with its buttons and its place stored."""
        before = len(self.sandbox.messages("#approvals"))
        await self.start(name, job, **values)
        card = await self.card(before)
        # It is seen before its place is stored: Slack's answer is still on its way then.
        await self.harbor.dispatcher.drain()
        return card

    async def move(self, **length: float) -> None:
        """Move the clock, and let the tick see it."""
        self.clock.move(**length)
        await self.harbor.scheduler.tick()

    async def gate(self, nth: int = 0) -> GateView:
        """Answer the nth gate that was opened, as it stands."""
        runs = [run.id for run in reversed(await self.harbor.engine.list())]
        gates = [gate for run in runs for gate in await self.harbor.gates.of_run(run)]
        return gates[nth]

    async def run(self, status: str, nth: int = 0) -> RunView:
        """Answer the nth run that was started, once it is *status*."""
        async with asyncio.timeout(20):
            while True:
                runs = await self.harbor.engine.list()
                if len(runs) > nth and runs[-1 - nth].status == status:
                    return runs[-1 - nth]
                await asyncio.sleep(0.01)

    async def audited(self) -> list[Record]:
        """Answer the audit of every run, oldest run first."""
        runs = [run.id for run in reversed(await self.harbor.engine.list())]
        return [line for run in runs for line in await self.harbor.db.read(audit.of_run, run)]

    async def heard(self, event: dict[str, Any]) -> Delivered:
        """Have Harbor hear an event of the Events API, whether or not the sandbox sends it."""
        return await self.sandbox.deliver(payloads.event(self.sandbox.workspace, event))


def settings_for(sandbox: Sandbox, folder: Path, **more: Any) -> Settings:
    """Answer settings for a bot in *sandbox* whose data is in *folder*."""
    plugins = folder / "plugins.toml"
    plugins.write_text(
        f'[linear]\nurl = "{sandbox.url}/mcp"\ntoken_env = "TEST_LINEAR_KEY"\ntimeout = "5s"\n'
    )
    given = {
        "SLACK_BOT_TOKEN": sandbox.credentials.bot_token,
        "SLACK_SIGNING_SECRET": sandbox.credentials.signing_secret,
        "SLACK_API_BASE_URL": f"{sandbox.url}/api/",
        "HARBOR_DATABASE_URL": f"sqlite:///{folder / 'harbor.db'}",
        "HARBOR_PORT": 0,
        "HARBOR_ADMINS": sandbox.member("ana").id,
        "HARBOR_PLUGINS": plugins,
    }
    if sandbox.socket_mode:
        given |= {"SLACK_APP_TOKEN": sandbox.credentials.app_token, "SLACK_SIGNING_SECRET": None}
    return Settings(_env_file=None, **(given | more))


@asynccontextmanager
async def town(
    sandbox: Sandbox,
    folder: Path,
    clock: MovedClock | None = None,
    registry: Registry | None = None,
    **more: Any,
) -> AsyncIterator[Town]:
    """Run Harbor in *sandbox*, over HTTP or Socket Mode as the sandbox has it."""
    clock = clock or MovedClock()
    settings = settings_for(sandbox, folder, **more)
    path = sqlite_path(settings.database_url)
    if not path.exists():
        path.write_bytes(new_installation())
    async with running(settings, clock, registry, QUICK) as harbor:
        sandbox.bot_url = harbor.url
        await sandbox.until(lambda: not sandbox.socket_mode or sandbox.sockets.count == SOCKETS)
        yield Town(sandbox, harbor, clock, settings)
