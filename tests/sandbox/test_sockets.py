"""Socket Mode as it is on the wire: one-time addresses, hello, envelopes, farewells."""

import asyncio
import json
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import WSMsgType
from slack_sdk.errors import SlackApiError

from bot.sandbox import Credentials, Sandbox


class Plug:
    """A socket held by a test: it hears everything and acknowledges when told to."""

    def __init__(self, websocket, hello):
        self.websocket = websocket
        self.hello = hello

    @property
    def id(self):
        return self.hello["debug_info"]["host"]

    async def hear(self):
        return await self.websocket.receive_json(timeout=2)

    async def acknowledge(self, envelope, payload=None):
        answer = {} if payload is None else {"payload": payload}
        await self.websocket.send_json({"envelope_id": envelope["envelope_id"], **answer})

    async def take(self, payload=None):
        envelope = await self.hear()
        await self.acknowledge(envelope, payload)
        return envelope


@pytest.fixture
async def sandbox(clock):
    sandbox = await Sandbox.start(
        now=clock, ack_seconds=0.3, event_retries=(0.0, 0.0, 0.0), socket_mode=True
    )
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def dial(sandbox, slack):
    """Open a socket the way an app does; `greet=False` leaves its first message unread."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def dial(*, greet=True, more="", **options):
            opened = await slack.apps_connections_open(app_token=sandbox.credentials.app_token)
            websocket = await stack.enter_async_context(
                session.ws_connect(opened["url"] + more, **options)
            )
            plug = Plug(websocket, None)
            if greet:
                plug.hello = await plug.hear()
            return plug

        yield dial


@pytest.fixture
async def plug(dial):
    return await dial()


@pytest.fixture
async def card(sandbox, slack, kit):
    blocks = [{"type": "actions", "block_id": "b", "elements": [kit.button("approve")]}]
    await slack.chat_postMessage(channel="#approvals", text="Refund?", blocks=blocks)
    return sandbox.messages("#approvals")[0]


# --- opening


async def test_hello_says_how_many_are_connected_and_to_which_app(sandbox, dial):
    first, second = await dial(), await dial()

    assert first.hello["type"] == "hello"
    assert [first.hello["num_connections"], second.hello["num_connections"]] == [1, 2]
    assert first.hello["connection_info"] == {"app_id": sandbox.credentials.app_id}
    assert first.hello["debug_info"].keys() == {
        "host",
        "build_number",
        "approximate_connection_time",
    }
    assert sandbox.sockets.ids == [first.id, second.id]
    assert sandbox.sockets.count == 2


async def test_a_debugging_socket_is_told_to_expect_a_short_life(dial):
    plug = await dial(more="&debug_reconnects=true")

    assert plug.hello["debug_info"]["approximate_connection_time"] == 360


async def test_an_address_is_good_for_one_connection(sandbox, slack):
    opened = await slack.apps_connections_open(app_token=sandbox.credentials.app_token)

    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(opened["url"])

    assert opened["url"].startswith(sandbox.url.replace("http://", "ws://"))
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("token", "error"),
    [("xapp-1-other", "invalid_auth"), ("", "not_authed"), ("bot", "not_allowed_token_type")],
)
async def test_only_the_app_level_token_opens_a_socket(sandbox, slack, token, error):
    token = sandbox.credentials.bot_token if token == "bot" else token

    with pytest.raises(SlackApiError) as caught:
        await slack.apps_connections_open(app_token=token)

    assert caught.value.response["error"] == error


async def test_the_app_level_token_opens_nothing_else(sandbox, kit):
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await kit.client(sandbox, sandbox.credentials.app_token).auth_test()


async def test_the_eleventh_socket_is_sent_away(sandbox, dial):
    plugs = [await dial() for _ in range(10)]

    eleventh = await dial(greet=False)
    said = await eleventh.hear()
    end = await eleventh.websocket.receive()

    assert (said["type"], said["reason"]) == ("disconnect", "too_many_websockets")
    assert end.type is WSMsgType.CLOSE
    assert sandbox.sockets.ids == [each.id for each in plugs]


async def test_a_socket_that_closes_makes_room(sandbox, dial):
    plugs = [await dial() for _ in range(10)]
    await plugs[0].websocket.close()
    await sandbox.until(lambda: sandbox.sockets.count == 9)

    another = await dial()

    assert another.hello["num_connections"] == 10


async def test_who_connects_while_socket_mode_is_off_is_told_so(sandbox, dial):
    sandbox.socket_mode = False

    plug = await dial(greet=False)
    said = await plug.hear()

    assert (said["type"], said["reason"]) == ("disconnect", "link_disabled")
    assert sandbox.sockets.count == 0


async def test_pings_are_answered_on_both_sides(sandbox, dial):
    plug = await dial(autoping=False)

    await plug.websocket.ping(b"sdk-ping-pong:1")
    pong = await plug.websocket.receive(timeout=2)
    await sandbox.sockets.ping()
    ping = await plug.websocket.receive(timeout=2)

    assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"sdk-ping-pong:1")
    assert (ping.type, bytes(ping.data)) == (WSMsgType.PING, f"Ping from {plug.id}".encode())


# --- envelopes


async def test_a_command_comes_in_an_envelope_and_its_acknowledgement_is_shown(sandbox, plug):
    ana = sandbox.member("ana")
    typing = asyncio.create_task(ana.command("/harbor help"))

    envelope = await plug.take({"text": "At your service"})
    delivered = await typing

    assert envelope.keys() == {"envelope_id", "type", "payload", "accepts_response_payload"}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "help"
    assert envelope["payload"]["response_url"].startswith(sandbox.url)
    assert (delivered.status, delivered.is_acknowledged) == (200, True)
    assert ana.ephemerals[-1].text == "At your service"


async def test_a_click_comes_in_an_envelope_that_takes_no_answer(sandbox, plug, card):
    clicking = asyncio.create_task(sandbox.member("bo").click(card, "approve"))

    envelope = await plug.take({"text": "ignored"})
    delivered = await clicking

    assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", False)
    assert envelope["payload"]["type"] == "block_actions"
    assert envelope["payload"]["user"]["id"] == "U000000BO"
    assert (delivered.status, delivered.body) == (200, "")


async def test_a_submission_may_be_answered_with_errors(sandbox, plug, slack, kit):
    ana = sandbox.member("ana")
    typing = asyncio.create_task(ana.command("/harbor"))
    trigger = (await plug.take())["payload"]["trigger_id"]
    await typing
    field = kit.field("reason", {"type": "plain_text_input"})
    await slack.views_open(trigger_id=trigger, view=kit.modal(field))

    submitting = asyncio.create_task(ana.submit({"reason": "x"}))
    errors = {"response_action": "errors", "errors": {"reason": "too short"}}
    envelope = await plug.take(errors)
    await submitting

    assert envelope["accepts_response_payload"] is True
    assert ana.view_errors == {"reason": "too short"}


async def test_an_event_says_which_attempt_it_is(sandbox, plug):
    opening = asyncio.create_task(sandbox.member("ana").open_home())

    envelope = await plug.take()
    await opening

    assert envelope["type"] == "events_api"
    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
    assert envelope["payload"]["event"]["type"] == "app_home_opened"


async def test_an_event_without_acknowledgement_is_retried_three_times(sandbox, plug):
    await sandbox.member("ana").open_home()

    heard = [await plug.hear() for _ in range(4)]

    assert [each["retry_attempt"] for each in heard] == [0, 1, 2, 3]
    assert {each["retry_reason"] for each in heard[1:]} == {"timeout"}
    assert len({each["payload"]["event_id"] for each in heard}) == 1
    assert len({each["envelope_id"] for each in heard}) == 4


async def test_an_event_that_found_no_socket_arrives_when_there_is_one(clock, kit):
    sandbox = await Sandbox.start(now=clock, event_retries=(0.0, 0.05), socket_mode=True)
    slack = kit.client(sandbox)

    first = await sandbox.member("ana").open_home()
    opened = await slack.apps_connections_open(app_token=sandbox.credentials.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as websocket:
        assert (await websocket.receive_json())["type"] == "hello"
        envelope = await websocket.receive_json(timeout=2)
        await websocket.send_json({"envelope_id": envelope["envelope_id"]})
        await sandbox.until(lambda: sandbox.sent[-1].delivered.is_acknowledged)

    await sandbox.stop()
    assert (first.status, first.error) == (None, "dispatch_failed")
    assert envelope["retry_reason"] == "connection_failed"


async def test_a_click_without_acknowledgement_is_not_repeated_and_the_person_is_told(
    sandbox, plug, card
):
    ana = sandbox.member("ana")

    delivered = await ana.click(card, "approve")
    typing = asyncio.create_task(ana.command("/harbor"))
    heard = [await plug.hear(), await plug.take()]
    await typing

    assert delivered.error == "operation_timeout"
    assert "did not respond within 3 seconds" in ana.notices[-1]
    assert [each["type"] for each in heard] == ["interactive", "slash_commands"]


async def test_a_click_while_no_socket_is_open_fails_at_once_and_visibly(sandbox, card):
    ana = sandbox.member("ana")

    delivered = await ana.click(card, "approve")

    assert (delivered.status, delivered.error) == (None, "dispatch_failed")
    assert "dispatch_failed" in ana.notices[-1]


async def test_a_late_acknowledgement_and_nonsense_change_nothing(sandbox, plug, card):
    await sandbox.member("ana").click(card, "approve")
    late = await plug.take()
    for nonsense in ("{", "[]", '{"envelope_id": 1}', json.dumps({"envelope_id": "unknown"})):
        await plug.websocket.send_str(nonsense)

    typing = asyncio.create_task(sandbox.member("ana").command("/harbor"))
    await plug.take()

    assert (await typing).is_acknowledged
    assert late["envelope_id"]


async def test_nothing_goes_over_http_while_socket_mode_is_on(sandbox, bot, plug):
    sandbox.bot_url = bot.url
    typing = asyncio.create_task(sandbox.member("ana").command("/harbor"))
    await plug.take()
    await typing

    sandbox.socket_mode = False
    await sandbox.member("ana").command("/harbor over http")

    assert [each.payload["text"] for each in bot.received] == ["over http"]


async def test_a_payload_of_ones_own_goes_into_an_envelope(sandbox, plug):
    sending = asyncio.create_task(sandbox.deliver({"type": "block_actions", "actions": []}))

    envelope = await plug.take()

    assert (await sending).is_acknowledged
    assert (envelope["type"], envelope["payload"]["actions"]) == ("interactive", [])


async def test_an_envelope_can_be_sent_twice(sandbox, plug, card):
    clicking = asyncio.create_task(sandbox.member("ana").click(card, "approve"))
    first = await plug.take()
    await clicking

    repeating = asyncio.create_task(sandbox.replay(sandbox.sent[-1]))
    second = await plug.take()

    assert (await repeating).is_acknowledged
    assert first == second


# --- several sockets


async def test_deliveries_take_turns_among_the_sockets(sandbox, dial):
    plugs = [await dial(), await dial()]

    for plug in [*plugs, *plugs]:
        typing = asyncio.create_task(sandbox.member("ana").command("/harbor"))
        await plug.take()
        await typing

    assert len(sandbox.sent) == 4


async def test_a_test_may_choose_the_socket(sandbox, dial):
    plugs = [await dial(), await dial()]
    sandbox.sockets.choose = lambda sockets: sockets[-1]

    for _ in range(2):
        typing = asyncio.create_task(sandbox.member("ana").command("/harbor"))
        await plugs[1].take()
        await typing

    assert len(sandbox.sent) == 2


async def test_an_acknowledgement_may_come_through_another_socket(sandbox, dial, card):
    first, second = await dial(), await dial()
    clicking = asyncio.create_task(sandbox.member("ana").click(card, "approve"))

    envelope = await first.hear()
    sandbox.drop_sockets(first.id)
    await second.acknowledge(envelope)

    assert (await clicking).is_acknowledged


# --- farewells


async def test_a_warning_leaves_the_socket_as_it_is(sandbox, plug):
    await sandbox.refresh_sockets(warning=True)
    said = await plug.hear()

    typing = asyncio.create_task(sandbox.member("ana").command("/harbor"))
    await plug.take()

    assert (said["type"], said["reason"]) == ("disconnect", "warning")
    assert said["debug_info"] == {"host": plug.id}
    assert (await typing).is_acknowledged


async def test_a_socket_that_shall_refresh_gets_nothing_new_while_there_is_another(sandbox, dial):
    leaving, staying = await dial(), await dial()

    await sandbox.refresh_sockets(leaving.id)
    said = await leaving.hear()
    for _ in range(2):
        typing = asyncio.create_task(sandbox.member("ana").command("/harbor"))
        await staying.take()
        await typing

    assert said["reason"] == "refresh_requested"
    assert sandbox.sockets.count == 2


async def test_a_socket_that_does_not_refresh_is_ended(sandbox, plug, monkeypatch):
    monkeypatch.setattr("bot.sandbox.socket_mode.connection.REFRESH_SECONDS", 0.0)

    await sandbox.refresh_sockets()
    said = [await plug.hear(), await plug.websocket.receive()]

    assert said[0]["reason"] == "refresh_requested"
    assert said[1].type is WSMsgType.CLOSE
    await sandbox.until(lambda: sandbox.sockets.count == 0)


async def test_dropped_sockets_break_without_a_word(sandbox, plug):
    sandbox.drop_sockets()

    end = await plug.websocket.receive()

    assert end.type in {WSMsgType.CLOSED, WSMsgType.ERROR}
    await sandbox.until(lambda: sandbox.sockets.count == 0)


async def test_switching_socket_mode_off_says_so_and_ends_every_socket(sandbox, dial):
    plugs = [await dial(), await dial()]

    async def hear_out(plug):
        said = await plug.hear()
        return said["reason"], (await plug.websocket.receive()).type

    hearing = [asyncio.create_task(hear_out(each)) for each in plugs]
    await sandbox.disable_link()

    assert await asyncio.gather(*hearing) == [("link_disabled", WSMsgType.CLOSE)] * 2
    assert sandbox.socket_mode is False
    await sandbox.until(lambda: sandbox.sockets.count == 0)


async def test_stopping_ends_every_socket_at_once(sandbox, dial):
    plugs = [await dial(), await dial()]
    ends = [asyncio.create_task(each.websocket.receive()) for each in plugs]

    await asyncio.wait_for(sandbox.stop(), 2)

    assert [each.type for each in await asyncio.gather(*ends)] == [WSMsgType.CLOSE] * 2


def test_the_app_level_token_looks_like_one_and_stays_out_of_the_repr():
    credentials = Credentials()

    assert credentials.app_token.startswith("xapp-1-A")
    assert credentials.app_token not in repr(credentials)
