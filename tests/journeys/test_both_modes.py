"""The story again, and what goes wrong on the way, over Socket Mode: the same things happen."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import Fault, Message, Sandbox
from tests.journeys.test_story import *  # noqa: F403  the story's own tests, in this mode
from tests.journeys.town import MovedClock, Town, settings_for

LONG = 15.0  # seconds: reconnecting takes a ping or two, a start two seconds or three


@pytest.fixture
async def sandbox(
    moved_clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sandbox]:
    found = await Sandbox.start(
        now=moved_clock.timestamp, socket_mode=True, event_retries=(0.5, 2.0, 4.0)
    )
    monkeypatch.setenv("TEST_LINEAR_KEY", found.credentials.linear_token)
    yield found
    await found.stop()


async def decided(acme: Town) -> None:
    """Wait until the request is decided, acted on, and its card says so."""
    await acme.card_says("Approved by")
    await acme.sandbox.until(lambda: acme.sandbox.issues)
    assert len(acme.sandbox.issues) == 1


def cut_off(sandbox: Sandbox) -> None:
    """Break every socket, and let none be opened."""
    sandbox.faults.add("apps.connections.open", Fault.status(503), times=None)
    sandbox.drop_sockets()


async def test_nothing_is_served_over_http_for_slack(acme: Town):
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{acme.harbor.url}/slack/events", json={}) as answer,
    ):
        assert answer.status == 404


async def test_both_sockets_are_used(acme: Town):
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")

    assert {sent.delivered.status for sent in acme.sandbox.sent} == {200}
    await decided(acme)


async def test_f91_a_click_during_a_refresh_counts_and_is_acknowledged(acme: Town):
    card = await acme.asked("bo")
    acme.sandbox.faults.add("users.info", Fault.slow(0.3), times=1)
    click = asyncio.create_task(acme.member("cam").click(card, "approve"))
    await acme.sandbox.until(lambda: acme.sandbox.calls[-1].method == "users.info")

    await acme.sandbox.refresh_sockets(acme.sandbox.sockets.ids[0])

    assert (await click).status == 200
    await decided(acme)
    await acme.sandbox.until(lambda: acme.sandbox.sockets.count == 2, LONG)


async def test_f91_a_click_whose_acknowledgement_is_lost_counts_and_a_second_one_is_told_so(
    acme: Town,
):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    acme.sandbox.faults.add("users.info", Fault.slow(0.3), times=1)
    click = asyncio.create_task(cam.click(card, "approve"))
    await acme.sandbox.until(lambda: acme.sandbox.calls[-1].method == "users.info")

    cut_off(acme.sandbox)

    assert (await click).error == "operation_timeout"
    assert cam.notices
    await decided(acme)
    acme.sandbox.faults.clear()
    await acme.sandbox.until(lambda: acme.sandbox.sockets.count == 2, LONG)
    await cam.click(card, "approve")
    told = await acme.sandbox.until(lambda: cam.ephemerals)
    assert "Already approved by" in told[-1].words


async def test_f91_an_envelope_that_comes_twice_has_one_effect(acme: Town):
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")
    click = acme.sandbox.sent[-1]

    again = [await acme.sandbox.replay(click) for _ in range(3)]

    assert [delivered.status for delivered in again] == [200, 200, 200]
    await decided(acme)


async def test_many_who_click_at_once_through_both_sockets_decide_once(acme: Town):
    card = await acme.asked("bo")
    people = [acme.member(name) for name in ("ana", "cam", "dee") for _ in range(4)]

    clicks = await asyncio.gather(*(person.click(card, "approve") for person in people))

    assert {clicked.status for clicked in clicks} == {200}
    await decided(acme)


async def test_f92_a_click_while_no_socket_is_open_fails_visibly_and_counts_later(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    cut_off(acme.sandbox)
    await acme.sandbox.until(lambda: not acme.sandbox.sockets.count)

    failed = await cam.click(card, "approve")

    assert failed.error == "dispatch_failed"
    assert cam.notices
    acme.sandbox.faults.clear()
    await acme.sandbox.until(lambda: acme.sandbox.sockets.count == 2, LONG)
    await cam.click(card, "approve")
    await decided(acme)


async def test_f92_an_event_is_heard_once_a_socket_is_open_again(acme: Town):
    cam = acme.member("cam")
    cut_off(acme.sandbox)
    await acme.sandbox.until(lambda: not acme.sandbox.sockets.count)

    opening = asyncio.create_task(cam.open_home())
    acme.sandbox.faults.clear()

    await acme.sandbox.until(lambda: cam.home, LONG)
    await opening


async def test_readiness_follows_the_sockets(acme: Town):
    cut_off(acme.sandbox)

    lost = await ready(acme, is_ready=False)
    acme.sandbox.faults.clear()
    found = await ready(acme, is_ready=True)

    assert lost == "no socket to Slack is open"
    assert found == "connected"


async def ready(acme: Town, *, is_ready: bool) -> str:
    """Ask until `/readyz` says so; answers its words about Slack."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(LONG):
        while True:
            async with session.get(f"{acme.harbor.url}/readyz") as answer:
                said = await answer.json()
            if said["ready"] is is_ready:
                assert answer.status == (200 if is_ready else 503)
                return str(said["slack"])
            await asyncio.sleep(0.05)


# -- killed ----------------------------------------------------------------------------------------


@asynccontextmanager
async def served(sandbox: Sandbox, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `harbor serve` as a process of its own, until it dies or the block ends."""
    settings = settings_for(sandbox, folder, HARBOR_LOG_FORMAT="json")
    given = {
        "SLACK_BOT_TOKEN": sandbox.credentials.bot_token,
        "SLACK_APP_TOKEN": sandbox.credentials.app_token,
        "SLACK_API_BASE_URL": settings.slack_api_base_url,
        "HARBOR_DATABASE_URL": settings.database_url,
        "HARBOR_PORT": "0",
        "HARBOR_PLUGINS": str(settings.plugins),
        "TEST_LINEAR_KEY": sandbox.credentials.linear_token,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with (folder / "serve.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"),
            env=kept | given | {"PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=folder,
            stderr=log,
        )
    try:
        await sandbox.until(lambda: sandbox.sockets.count, LONG)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_a_bot_killed_while_it_takes_a_click_decides_at_the_next_one(
    sandbox: Sandbox, tmp_path: Path
):
    cam = sandbox.member("cam")
    async with served(sandbox, tmp_path) as bot:
        card = await asked(sandbox)
        sandbox.faults.add("users.info", Fault.slow(1))
        click = asyncio.create_task(cam.click(card, "approve"))
        await sandbox.until(lambda: sandbox.calls[-1].method == "users.info", LONG)
        bot.kill()
        assert (await click).error == "operation_timeout"

    async with served(sandbox, tmp_path):
        again = await cam.click(card, "approve")

        assert again.status == 200
        done = await sandbox.until(lambda: said(sandbox, "Approved by"), LONG)
        assert done.ts == card.ts
        await sandbox.until(lambda: sandbox.issues, LONG)
        assert len(sandbox.issues) == 1


async def asked(sandbox: Sandbox) -> Message:
    """Start a run as a person does, and answer its card."""
    bo = sandbox.member("bo")
    await bo.command("/harbor run approve-and-act")
    await sandbox.until(lambda: bo.view, LONG)
    await bo.submit({"context": "Refund 42", "team_id": "OPS"})
    (card,) = await sandbox.until(lambda: sandbox.messages("#approvals"), LONG)
    return card


def said(sandbox: Sandbox, words: str) -> Message | None:
    return next((card for card in sandbox.messages("#approvals") if words in card.words), None)
