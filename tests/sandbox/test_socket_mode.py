"""Socket Mode as Bolt and Slack's own client use it, unmodified."""

import asyncio
import logging

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.sandbox import Sandbox

PING_SECONDS = 0.05


@pytest.fixture
async def sandbox():
    sandbox = await Sandbox.start(ack_seconds=1.0, event_retries=(0.0,), socket_mode=True)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def app(slack):
    return AsyncApp(client=slack, logger=logging.getLogger("bolt"))


@pytest.fixture
async def handlers(sandbox, app):
    """Two handlers over one app, as a bot runs them."""
    token = sandbox.credentials.app_token
    handlers = [
        AsyncSocketModeHandler(app, app_token=token, ping_interval=PING_SECONDS) for _ in range(2)
    ]
    for each in handlers:
        await each.connect_async()
    await sandbox.until(lambda: sandbox.sockets.count == 2)
    yield handlers
    for each in handlers:
        await each.close_async()


async def test_a_story_goes_through_two_sockets(sandbox, app, handlers, kit):
    @app.command("/harbor")
    async def run(ack, body, client):
        await client.views_open(trigger_id=body["trigger_id"], view=form)
        await ack("Fill in the form")

    @app.view("form")
    async def submitted(ack, view, client):
        values = view["state"]["values"]
        if values["amount"]["value"]["value"] == "0":
            await ack(response_action="errors", errors={"amount": "more than nothing"})
            return
        await client.chat_postMessage(channel="#approvals", text="Refund?", blocks=blocks)
        await ack()

    @app.action("approve")
    async def approve(ack, respond):
        await ack()
        await respond("Approved", replace_original=True)

    @app.event("app_home_opened")
    async def opened(event, client):
        home = {"type": "home", "blocks": [{"type": "divider"}]}
        await client.views_publish(user_id=event["user"], view=home)

    field = kit.field("amount", {"type": "plain_text_input"})
    form = kit.modal(field, callback_id="form")
    blocks = [{"type": "actions", "elements": [kit.button("approve")]}]
    bo = sandbox.member("bo")

    await bo.command("/harbor run")
    await bo.submit({"amount": "0"})
    errors = bo.view_errors
    await bo.submit({"amount": "42"})
    await bo.click(sandbox.messages("#approvals")[0], "approve")
    await bo.open_home()

    await sandbox.until(lambda: bo.home)
    await sandbox.until(lambda: sandbox.messages("#approvals")[0].text == "Approved")
    assert bo.ephemerals[0].text == "Fill in the form"
    assert errors == {"amount": "more than nothing"}
    assert bo.notices == []


async def test_an_unmatched_action_gets_no_acknowledgement_and_becomes_a_notice(
    sandbox, handlers, slack, kit
):
    blocks = [{"type": "actions", "elements": [kit.button("unknown")]}]
    await slack.chat_postMessage(channel="#approvals", text="x", blocks=blocks)
    ana = sandbox.member("ana")

    delivered = await ana.click(sandbox.messages("#approvals")[0], "unknown")

    assert delivered.error == "operation_timeout"
    assert "did not respond" in ana.notices[-1]


async def test_handlers_asked_to_refresh_come_back_with_new_sockets(sandbox, app, handlers):
    @app.command("/harbor")
    async def answer(ack):
        await ack("here")

    before = set(sandbox.sockets.ids)

    await sandbox.refresh_sockets()
    await sandbox.until(
        lambda: sandbox.sockets.count == 2 and before.isdisjoint(sandbox.sockets.ids)
    )
    delivered = [await sandbox.member("ana").command("/harbor") for _ in range(2)]

    assert [each.status for each in delivered] == [200, 200]


async def test_handlers_whose_sockets_broke_come_back(sandbox, app, handlers):
    @app.command("/harbor")
    async def answer(ack):
        await ack("back")

    sandbox.drop_sockets()
    await sandbox.until(lambda: sandbox.sockets.count == 0)
    await sandbox.until(lambda: sandbox.sockets.count == 2)

    assert (await sandbox.member("ana").command("/harbor")).json == {"text": "back"}


async def test_a_click_during_a_broken_connection_is_acknowledged_on_the_next(
    sandbox, app, slack, handlers, kit
):
    has_begun, is_decided = asyncio.Event(), asyncio.Event()

    @app.action("approve")
    async def approve(ack):
        has_begun.set()
        await is_decided.wait()
        await ack()

    blocks = [{"type": "actions", "elements": [kit.button("approve")]}]
    await slack.chat_postMessage(channel="#approvals", text="x", blocks=blocks)
    card = sandbox.messages("#approvals")[0]
    before = set(sandbox.sockets.ids)

    clicking = asyncio.create_task(sandbox.member("ana").click(card, "approve"))
    await has_begun.wait()
    sandbox.drop_sockets()
    await sandbox.until(
        lambda: sandbox.sockets.count == 2 and before.isdisjoint(sandbox.sockets.ids)
    )
    is_decided.set()

    assert (await clicking).is_acknowledged


async def test_slacks_own_client_hears_and_answers(sandbox, slack):
    async def answer(client, request):
        response = SocketModeResponse(request.envelope_id, {"text": request.type})
        await client.send_socket_mode_response(response)

    client = SocketModeClient(sandbox.credentials.app_token, web_client=slack)
    client.socket_mode_request_listeners.append(answer)
    await client.connect()
    await sandbox.until(lambda: sandbox.sockets.count == 1)

    ana = sandbox.member("ana")
    await ana.command("/harbor")
    await client.close()

    assert ana.ephemerals[-1].text == "slash_commands"


async def test_the_sandbox_stops_at_once_under_handlers_that_would_come_back(sandbox, handlers):
    await asyncio.wait_for(sandbox.stop(), 2)

    assert sandbox.sockets.count == 0
