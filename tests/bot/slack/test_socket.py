"""Sockets: what keeps them open, what they let in, and what is said when they cannot be had."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import running
from bot.sandbox import Fault, Sandbox
from bot.slack.connection import Connection
from bot.slack.identity import Identity
from bot.slack.socket import DEAF, SOCKETS, Sockets, Timings
from tests.journeys.town import settings_for
from workflows.clock import SystemClock
from workflows.errors import ConfigurationError

QUICK = Timings(look=0.02, ping=1.0, patience=0.5, disabled=0.1, stagger=0.01, close=0.5)
LONG = 10.0


class Desk:
    """What listens: it takes a command when it is let."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.has_heard = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def take(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(body["text"])
        self.has_heard.set()
        await self.may_answer.wait()
        await ack("Taken.")


class Office:
    """Sockets between a sandbox and a desk."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.desk = Desk()
        self.connection = Connection(SystemClock(), "Socket Mode")
        self.identity = Identity(
            sandbox.credentials.team_id, None, "U1", sandbox.credentials.app_id
        )
        self.client = AsyncWebClient(
            token=sandbox.credentials.bot_token,
            base_url=f"{sandbox.url}/api/",
            session=session,
            retry_handlers=[],
        )

    def sockets(self, app_token: str | None = None, timings: Timings = QUICK) -> Sockets:
        token = app_token or self.sandbox.credentials.app_token
        return Sockets(self._bolt(), self.identity, self.connection, token, timings)

    def _bolt(self) -> AsyncApp:
        async def authorize(**_: Any) -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1")

        app = AsyncApp(authorize=authorize, client=self.client, signing_secret="")
        app.command("/harbor")(self.desk.take)
        return app

    async def connected(self) -> None:
        await self.sandbox.until(lambda: self.sandbox.sockets.count == SOCKETS, LONG)

    async def said(self, words: str | None) -> None:
        """Wait until the connection says so; None: that it is up."""
        async with asyncio.timeout(LONG):
            while True:
                detail = self.connection.detail
                if detail is None if words is None else words in (detail or ""):
                    return
                await asyncio.sleep(QUICK.look)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    found = await Sandbox.start(socket_mode=True, ack_seconds=1.0)
    yield found
    await found.stop()


@pytest.fixture
async def office(sandbox: Sandbox) -> AsyncIterator[Office]:
    async with aiohttp.ClientSession() as session:
        yield Office(sandbox, session)


@pytest.fixture
async def opened(office: Office) -> AsyncIterator[Sockets]:
    sockets = office.sockets()
    await sockets.open()
    await office.connected()
    await office.said(None)
    yield sockets
    await sockets.close()


# -- opening ---------------------------------------------------------------------------------------


async def test_two_sockets_are_opened_and_the_connection_is_up(office: Office, opened: Sockets):
    assert office.connection.is_up
    assert opened.counted == SOCKETS


@pytest.mark.parametrize("code", ["invalid_auth", "not_allowed_token_type", "missing_scope"])
async def test_a_refused_app_token_stops_the_start_with_a_line_that_does_not_show_it(
    office: Office, code: str
):
    office.sandbox.faults.add("apps.connections.open", Fault.error(code))

    with pytest.raises(ConfigurationError) as refused:
        await office.sockets("xapp-1-secret").open()

    assert code in str(refused.value)
    assert "SLACK_APP_TOKEN" in str(refused.value)
    assert "connections:write" in str(refused.value)
    assert "xapp-1-secret" not in str(refused.value)


async def test_a_bot_with_a_wrong_app_token_does_not_start(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TEST_LINEAR_KEY", "lin_api_1")
    settings = settings_for(sandbox, tmp_path, SLACK_APP_TOKEN="xapp-1-wrong")

    with pytest.raises(ConfigurationError, match="SLACK_APP_TOKEN: Slack refuses it"):
        async with running(settings):
            pass


async def test_slack_being_away_at_the_start_is_said_and_waited_out(office: Office):
    office.sandbox.faults.add("apps.connections.open", Fault.status(503), times=None)
    sockets = office.sockets()

    await sockets.open()

    assert office.connection.detail == f"{DEAF} (http_503)"
    office.sandbox.faults.clear()
    await office.connected()
    await office.said(None)
    await sockets.close()


# -- staying open ----------------------------------------------------------------------------------


async def test_a_socket_that_does_not_come_back_by_itself_is_made_anew(
    office: Office, caplog: pytest.LogCaptureFixture
):
    # The SDK tries an address again for ever, though it is good for one attempt.
    nowhere = Fault.answer('{"ok": true, "url": "ws://127.0.0.1:9/"}')
    office.sandbox.faults.add("apps.connections.open", nowhere, times=SOCKETS)
    sockets = office.sockets()

    await sockets.open()

    await office.connected()
    await office.said(None)
    assert "it is made anew" in caplog.text
    await sockets.close()


async def test_sockets_that_are_refreshed_are_open_again(office: Office, opened: Sockets):
    before = set(office.sandbox.sockets.ids)

    await office.sandbox.refresh_sockets()

    await office.sandbox.until(
        lambda: len(set(office.sandbox.sockets.ids) - before) == SOCKETS, LONG
    )
    await office.said(None)


async def test_one_open_socket_is_enough_to_be_up(office: Office, opened: Sockets):
    office.sandbox.faults.add("apps.connections.open", Fault.status(503), times=None)
    office.sandbox.drop_sockets(office.sandbox.sockets.ids[0])
    await office.sandbox.until(lambda: office.sandbox.sockets.count == 1)

    taken = await office.sandbox.member("bo").command("/harbor hello")

    assert taken.status == 200
    assert office.connection.is_up


async def test_without_any_socket_the_connection_is_down_though_calls_succeed(
    office: Office, opened: Sockets
):
    office.sandbox.faults.add("apps.connections.open", Fault.status(503), times=None)

    office.sandbox.drop_sockets()

    await office.said(DEAF)
    office.connection.heard()
    assert not office.connection.is_up
    assert office.connection.detail


async def test_socket_mode_switched_off_is_said_and_tried_again(office: Office, opened: Sockets):
    await office.sandbox.disable_link()

    await office.said("switched off")
    assert not office.connection.is_up
    office.sandbox.socket_mode = True
    await office.connected()
    await office.said(None)


async def test_connections_that_are_not_ours_are_warned_of(
    office: Office, caplog: pytest.LogCaptureFixture
):
    token = office.sandbox.credentials.app_token
    url = str((await office.client.apps_connections_open(app_token=token))["url"])
    async with aiohttp.ClientSession() as session, session.ws_connect(url):
        sockets = office.sockets()
        await sockets.open()
        await office.sandbox.until(lambda: office.sandbox.sockets.count == SOCKETS + 1, LONG)
        await office.said(None)
        await sockets.close()

    assert "Slack counts 3 connections of this app, 2 are ours" in caplog.text


# -- what comes in ---------------------------------------------------------------------------------


async def test_what_a_listener_acknowledges_is_answered(office: Office, opened: Sockets):
    taken = await office.sandbox.member("bo").command("/harbor hello")

    assert taken.status == 200
    assert taken.json == {"text": "Taken."}


async def test_what_nothing_listens_to_is_acknowledged_all_the_same(
    office: Office, opened: Sockets
):
    event = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}

    delivered = await office.sandbox.event(event)

    assert delivered is not None
    assert delivered.status == 200


@pytest.mark.parametrize(
    "spoilt",
    [
        {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "approve"}]},
        {"type": "block_actions", "user": {"id": "U12345"}, "actions": []},
        {"type": "block_actions", "actions": [{"action_id": "approve"}]},
        {"type": "view_submission", "user": {"id": "U12345"}},
    ],
)
async def test_what_the_gate_would_not_let_in_over_http_is_not_taken_here(
    office: Office, opened: Sockets, spoilt: dict[str, Any], caplog: pytest.LogCaptureFixture
):
    delivered = await office.sandbox.deliver(spoilt)

    assert delivered.status is None
    assert "a payload was malformed" in caplog.text


async def test_nothing_is_taken_before_slack_has_said_who_we_are(office: Office, opened: Sockets):
    office.identity.app_id = ""

    delivered = await office.sandbox.member("bo").command("/harbor hello")

    assert delivered.status is None
    assert office.desk.heard == []


# -- closing ---------------------------------------------------------------------------------------


async def test_what_has_come_in_is_answered_before_the_sockets_are_closed(office: Office):
    sockets = office.sockets()
    await sockets.open()
    await office.connected()
    office.desk.may_answer.clear()
    asking = asyncio.create_task(office.sandbox.member("bo").command("/harbor hello"))
    await asyncio.wait_for(office.desk.has_heard.wait(), LONG)

    closing = asyncio.create_task(sockets.close())
    await asyncio.sleep(0)
    office.desk.may_answer.set()

    assert (await asking).status == 200
    await closing
    await office.sandbox.until(lambda: office.sandbox.sockets.count == 0)


async def test_a_listener_that_never_answers_does_not_hold_up_the_end(
    office: Office, caplog: pytest.LogCaptureFixture
):
    sockets = office.sockets(timings=Timings(stagger=0.01, answer=0.1))
    await sockets.open()
    await office.connected()
    office.desk.may_answer.clear()
    asking = asyncio.create_task(office.sandbox.member("bo").command("/harbor hello"))
    await asyncio.wait_for(office.desk.has_heard.wait(), LONG)

    async with asyncio.timeout(LONG):
        await sockets.close()

    office.desk.may_answer.set()
    await asking
    assert "not answered in time" in caplog.text


async def test_the_sdk_logs_no_one_time_address(office: Office, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)  # as `bot.logs` has it
    nowhere = Fault.answer('{"ok": true, "url": "ws://127.0.0.1:9/?ticket=hush"}')
    office.sandbox.faults.add("apps.connections.open", nowhere, times=SOCKETS)
    sockets = office.sockets()

    await sockets.open()
    await office.connected()
    await sockets.close()

    assert "hush" not in caplog.text


# -- the connection --------------------------------------------------------------------------------


class Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC)


def test_a_call_that_succeeds_does_not_make_a_deaf_connection_be_up():
    connection = Connection(Still(), "Socket Mode")
    connection.deafened("no socket")

    connection.heard()

    assert (connection.is_up, connection.detail) == (False, "no socket")


def test_a_socket_that_is_open_again_makes_it_be_up():
    connection = Connection(Still(), "Socket Mode")
    connection.deafened("no socket")

    connection.hears()

    assert (connection.is_up, connection.detail) == (True, None)


def test_a_failed_call_is_not_mended_by_an_open_socket():
    connection = Connection(Still(), "Socket Mode")
    connection.heard()
    connection.lost("internal_error")

    connection.hears()

    assert (connection.is_up, connection.detail) == (False, "internal_error")
