"""The real `harbor serve` is killed at its worst moments; what people decided happens once."""

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Delivered, Message, Sandbox
from tests.journeys.town import settings_for

LONGEST_S = 15.0
LOOK_AGAIN_S = 0.05
SOON_S = 8.0  # until a card is looked for that the last process may have posted
AFTER_THE_CLICK = ["deliver:ended", "step:after-effect", "finish:written"]
WHILE_POSTING = ["park:written", "slack:before-post", "slack:after-post"]


class Process:
    """`harbor serve` as a child, on a port that stays the same."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.port = free_port()
        self._sandbox = sandbox
        self._folder = folder
        self._child: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        credentials = self._sandbox.credentials
        settings_for(self._sandbox, self._folder)  # writes plugins.toml
        mine = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
        return mine | {
            "PYTHONPATH": str(Path.cwd()),
            "SLACK_BOT_TOKEN": credentials.bot_token,
            "SLACK_SIGNING_SECRET": credentials.signing_secret,
            "SLACK_API_BASE_URL": f"{self._sandbox.url}/api/",
            "HARBOR_DATABASE_URL": f"sqlite:///{self._folder / 'harbor.db'}",
            "HARBOR_PORT": str(self.port),
            "HARBOR_PLUGINS": str(self._folder / "plugins.toml"),
            "TEST_LINEAR_KEY": credentials.linear_token,
        }

    async def spawn(self, **more: str) -> asyncio.subprocess.Process:
        """Start a child, whether or not it will come up."""
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "serve",
            cwd=self._folder,
            env=self.environment | more,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return self._child

    async def start(self, **more: str) -> None:
        """Start a child and wait until it is ready."""
        await self.spawn(**more)
        self._sandbox.bot_url = self.url
        async with aiohttp.ClientSession() as session:
            for _ in range(int(LONGEST_S / LOOK_AGAIN_S)):
                if await self._is_ready(session):
                    return
                await asyncio.sleep(LOOK_AGAIN_S)
        raise AssertionError("harbor serve did not become ready")

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        assert self.child.returncode is None, await self.said()
        try:
            async with session.get(f"{self.url}/readyz") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    @property
    def child(self) -> asyncio.subprocess.Process:
        assert self._child is not None
        return self._child

    async def said(self) -> str:
        """Answer what a child that has ended wrote to standard error."""
        _, errors = await self.child.communicate()
        return errors.decode()

    async def kill(self) -> None:
        """`kill -9`, where it has not died by itself."""
        if self.child.returncode is None:
            self.child.kill()
        await self.died()

    async def died(self) -> None:
        """Wait until the child is dead of SIGKILL."""
        async with asyncio.timeout(LONGEST_S):
            await self.child.communicate()
        assert self.child.returncode == -signal.SIGKILL

    async def ended(self) -> int:
        """Wait until the child has ended, and answer its exit status."""
        async with asyncio.timeout(LONGEST_S):
            return await self.child.wait()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def process(sandbox: Sandbox, folder: Path) -> AsyncIterator[Process]:
    found = Process(sandbox, folder)
    yield found
    if found._child is not None and found._child.returncode is None:
        found._child.kill()
        await found._child.communicate()


@pytest.fixture
async def harbor(tmp_path: Path) -> AsyncIterator[Process]:
    sandbox = await Sandbox.start()
    async with process(sandbox, tmp_path) as found:
        yield found
    await sandbox.stop()


async def until(harbor: Process, condition: Callable[[], Any]) -> Any:
    return await harbor._sandbox.until(condition, timeout=LONGEST_S)


def cards(harbor: Process) -> list[Message]:
    return harbor._sandbox.messages("#approvals")


async def started(harbor: Process) -> None:
    """Have bo ask."""
    bo = harbor._sandbox.member("bo")
    await bo.command("/harbor run approve-and-act")
    await until(harbor, lambda: bo.view)
    await bo.submit({"context": "Refund 42", "team_id": "OPS"})


async def asked(harbor: Process) -> Message:
    """Have bo ask, and answer the card."""
    await started(harbor)
    found = await until(harbor, lambda: cards(harbor))
    return found[0]


async def approved(harbor: Process, card: Message) -> Delivered:
    return await harbor._sandbox.member("cam").click(card, "approve")


async def is_done_once(harbor: Process) -> None:
    """Check one outcome: one card that shows it, one issue, one result, one word to bo."""
    sandbox = harbor._sandbox
    bo = sandbox.member("bo")
    await until(harbor, lambda: cards(harbor) and "Approved by" in cards(harbor)[0].words)
    await until(harbor, lambda: sandbox.replies(cards(harbor)[0]))
    await until(harbor, lambda: bo.history(bo.dm))
    (card,) = cards(harbor)
    assert not {"approve", "reject"} & set(card.action_ids)
    assert len(sandbox.issues) == 1
    assert len(sandbox.replies(card)) == 1
    assert len(bo.history(bo.dm)) == 1


async def test_a_run_that_was_parked_when_the_process_died_goes_on_after_it(harbor: Process):
    await harbor.start()
    card = await asked(harbor)
    await harbor.kill()
    await harbor.start()

    clicked = await approved(harbor, card)

    assert clicked.status == 200
    await is_done_once(harbor)


async def test_a_click_that_was_acknowledged_outlives_the_process(harbor: Process):
    await harbor.start()
    card = await asked(harbor)
    clicked = await approved(harbor, card)
    await harbor.kill()
    assert clicked.status == 200

    await harbor.start()

    await is_done_once(harbor)


async def test_a_click_while_nobody_listens_is_lost_visibly_and_counts_when_repeated(
    harbor: Process,
):
    await harbor.start()
    card = await asked(harbor)
    await harbor.kill()

    lost = await approved(harbor, card)

    assert lost.status is None
    assert "could not be reached" in harbor._sandbox.member("cam").notices[-1]
    await harbor.start()
    await approved(harbor, card)
    await is_done_once(harbor)


@pytest.mark.parametrize("point", AFTER_THE_CLICK)
async def test_f3_a_process_that_dies_between_click_and_result_does_it_once(
    harbor: Process, point: str
):
    await harbor.start(HARBOR_FAILPOINT=point)
    card = await asked(harbor)
    clicked = await approved(harbor, card)
    await harbor.died()
    await harbor.start()

    if clicked.status != 200:  # It died before the commit: cam was warned, and clicks again.
        await approved(harbor, card)

    await is_done_once(harbor)


@pytest.mark.parametrize("point", WHILE_POSTING)
async def test_a_process_that_dies_while_posting_the_card_posts_it_once(
    harbor: Process, point: str
):
    await harbor.start(HARBOR_FAILPOINT=point)
    await started(harbor)
    await harbor.died()
    assert len(cards(harbor)) == (point == "slack:after-post")
    await harbor.start()
    async with asyncio.timeout(SOON_S):
        card = (await until(harbor, lambda: cards(harbor)))[0]

    await approved(harbor, card)

    await is_done_once(harbor)


@pytest.mark.parametrize("point", ["slack:after-post:2"])
async def test_f3_f8_a_process_that_dies_while_telling_the_result_tells_it_once(
    harbor: Process, point: str
):
    await harbor.start(HARBOR_FAILPOINT=point)
    card = await asked(harbor)
    await approved(harbor, card)
    await harbor.died()

    await harbor.start()

    await is_done_once(harbor)


@pytest.mark.parametrize("point", ["deliver:ended>commit:before", "deliver:ended>commit:after"])
async def test_a_process_that_dies_around_a_commit_counts_a_click_once(harbor: Process, point: str):
    await harbor.start()
    card = await asked(harbor)
    await harbor.kill()
    await harbor.start(HARBOR_FAILPOINT=point)
    clicked = await approved(harbor, card)
    await harbor.died()
    await harbor.start()

    if clicked.status != 200:  # Whether or not it was committed, cam was warned and clicks again.
        await approved(harbor, card)

    await is_done_once(harbor)


async def test_sigterm_ends_it_promptly_with_status_0(harbor: Process):
    await harbor.start()
    await asked(harbor)

    harbor.child.send_signal(signal.SIGTERM)

    async with asyncio.timeout(3):
        assert await harbor.ended() == 0
    assert "Traceback" not in await harbor.said()


async def test_a_second_process_on_the_same_database_is_refused_in_one_line(harbor: Process):
    await harbor.start()
    async with process(harbor._sandbox, harbor._folder) as second:
        await second.spawn()

        assert await second.ended() == 1

        (line,) = (await second.said()).splitlines()
    assert "is in use by another Harbor process" in line
    assert str(harbor.child.pid) in line


async def test_a_port_that_is_taken_is_refused_in_one_line(harbor: Process):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", harbor.port))
        taken.listen()
        await harbor.spawn()

        assert await harbor.ended() == 1

        (line,) = (await harbor.said()).splitlines()
    assert "HARBOR_PORT" in line
    assert str(harbor.port) in line


# -- not killed, but out of descriptors -----------------------------------------------------------


async def token(harbor: Process) -> str:
    """Have the command line make a token for the API."""
    making = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "token", "create", "test"),
        *("--scope", "runs:write", "--scope", "runs:read"),
        cwd=harbor._folder,
        env=harbor.environment,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await making.communicate()
    return out.decode().strip()


async def a_run_of(session: aiohttp.ClientSession, url: str) -> str:
    """Start a run over the API, and answer how it ended."""
    body = {"job": "echo", "input": {"item": "tea"}}
    async with session.post(f"{url}/runs", json=body) as answer:
        run = (await answer.json())["id"]
    for _ in range(100):
        async with session.get(f"{url}/runs/{run}") as answer:
            status = str((await answer.json())["status"])
        if status not in {"ready", "running"}:
            break
    return status


async def is_answered(url: str) -> bool:
    """Whether somebody new is answered, within a second."""
    timeout = aiohttp.ClientTimeout(total=1)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            async with session.get(f"{url}/healthz") as answer:
                return answer.status == 200
        except (TimeoutError, aiohttp.ClientError):
            return False


async def test_f109_without_descriptors_what_is_connected_works_and_new_ones_are_let_in_later(
    harbor: Process,
):
    await harbor.start(HARBOR_JOBS="tests.bot.api.jobs")
    headers = {"Authorization": f"Bearer {await token(harbor)}"}
    one = aiohttp.TCPConnector(limit=1)
    patience = aiohttp.ClientTimeout(total=LONGEST_S)
    async with aiohttp.ClientSession(connector=one, headers=headers, timeout=patience) as session:
        assert await a_run_of(session, harbor.url) == "completed"
        resource.prlimit(harbor.child.pid, resource.RLIMIT_NOFILE, (64, 64))
        idle = [await asyncio.open_connection("127.0.0.1", harbor.port) for _ in range(80)]

        meanwhile = await is_answered(harbor.url), await a_run_of(session, harbor.url)
        for _, writer in idle:
            writer.close()

    assert meanwhile == (False, "completed")
    async with asyncio.timeout(LONGEST_S):
        while not await is_answered(harbor.url):
            pass
