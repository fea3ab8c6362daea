"""What the bot is sent, how it is signed, and what happens when it does not answer well."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.sandbox import Sandbox


@pytest.fixture
async def card(sandbox, slack, kit):
    blocks = [
        {
            "type": "actions",
            "block_id": "decision",
            "elements": [kit.button("approve", value="gate-1"), kit.button("reject")],
        }
    ]
    await slack.chat_postMessage(channel="#approvals", text="Refund?", blocks=blocks)
    return sandbox.messages("#approvals")[0]


async def test_every_delivery_is_signed_as_slack_signs(sandbox, bot, card, clock):
    await sandbox.member("ana").click(card, "approve")

    verifier = SignatureVerifier(sandbox.credentials.signing_secret)
    received = bot.received[-1]
    verifier.clock.now = clock
    assert verifier.is_valid_request(received.raw, received.headers)


async def test_a_command_arrives_with_slacks_fields(sandbox, bot):
    delivered = await sandbox.member("ana").command("/harbor run approve-and-act", "#ops")

    assert delivered.status == 200
    expected = {
        "command": "/harbor",
        "text": "run approve-and-act",
        "user_id": "U00000ANA",
        "user_name": "ana",
        "channel_id": "C00000OPS",
        "channel_name": "ops",
        "team_id": sandbox.credentials.team_id,
        "team_domain": "acme",
        "api_app_id": sandbox.credentials.app_id,
        "is_enterprise_install": "false",
    }
    assert expected.items() <= bot.last.items()
    assert {"token", "trigger_id", "response_url"} <= bot.last.keys()


async def test_what_is_typed_arrives_escaped_with_names_as_ids(sandbox, bot):
    await sandbox.member("ana").command("/harbor run @bo a<b&c in #ops @nobody")

    expected = "run <@U000000BO|bo> a&lt;b&amp;c in <#C00000OPS|ops> @nobody"
    assert bot.last["text"] == expected


async def test_a_click_says_who_where_and_what(sandbox, bot, card):
    await sandbox.member("bo").click(card, "approve")

    payload, team = bot.last, sandbox.credentials.team_id
    (action,) = payload["actions"]
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": "U000000BO", "username": "bo", "name": "bo", "team_id": team}
    assert payload["team"] == {"id": team, "domain": "acme"}
    assert payload["channel"] == {"id": "C0APPROVALS", "name": "approvals"}
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == card.ts
    assert (action["action_id"], action["block_id"]) == ("approve", "decision")
    assert (action["value"], action["type"]) == ("gate-1", "button")


async def test_the_click_of_an_external_member_carries_their_own_team(sandbox, bot, card):
    await sandbox.member("eve").click(card, "approve")

    assert bot.last["user"]["team_id"] == "T0GLOBEX0"
    assert bot.last["team"]["id"] == sandbox.credentials.team_id


async def test_a_click_can_be_forged(sandbox, bot, card):
    moved = replace(card, channel="C00000OPS", ts="1.000001")

    await sandbox.member("ana").click(moved, "approve", value="other", block="elsewhere")

    (action,) = bot.last["actions"]
    assert (action["value"], action["block_id"]) == ("other", "elsewhere")
    assert bot.last["container"]["channel_id"] == "C00000OPS"


async def test_a_button_that_is_not_there_names_those_that_are(sandbox, card):
    with pytest.raises(AssertionError, match="there is: approve, reject"):
        await sandbox.member("ana").click(card, "delete")


async def test_a_menu_sends_its_selected_option(sandbox, bot, slack, kit):
    options = [kit.option("0", "Low"), kit.option("1", "High")]
    menu = {"type": "static_select", "action_id": "priority", "options": options}
    blocks = [{"type": "actions", "block_id": "b", "elements": [menu]}]
    await slack.chat_postMessage(channel="#ops", text="x", blocks=blocks)

    await sandbox.member("ana").click(sandbox.messages("#ops")[0], "priority", "High")

    selected = {"type": "static_select", "selected_option": options[1]}
    assert bot.last["actions"][0]["selected_option"] == options[1]
    assert bot.last["state"]["values"] == {"b": {"priority": selected}}


async def test_a_click_in_an_ephemeral_carries_no_message(sandbox, bot, slack, kit):
    ana = sandbox.member("ana")
    blocks = [{"type": "actions", "elements": [kit.button("ok")]}]
    await slack.chat_postEphemeral(channel="#ops", user=ana.id, text="x", blocks=blocks)

    await ana.click(ana.ephemerals[0], "ok")

    assert "message" not in bot.last
    assert bot.last["container"]["is_ephemeral"] is True


async def test_opening_home_sends_an_event_with_the_view_that_was_published(sandbox, bot, slack):
    ana = sandbox.member("ana")
    view = {"type": "home", "blocks": [{"type": "divider"}]}

    await ana.open_home()
    first = bot.last["event"]
    await slack.views_publish(user_id=ana.id, view=view)
    await ana.open_home()

    assert (first["type"], first["tab"], first["user"]) == ("app_home_opened", "home", ana.id)
    assert "view" not in first
    assert bot.last["event"]["view"]["id"] == ana.home.id
    assert bot.last["type"] == "event_callback"
    assert bot.last["event_id"].startswith("Ev")


async def test_a_click_on_home_has_no_message_channel_or_response_url(sandbox, bot, slack, kit):
    ana = sandbox.member("ana")
    view = {"type": "home", "blocks": [{"type": "actions", "elements": [kit.button("run_job")]}]}
    await slack.views_publish(user_id=ana.id, view=view)

    await ana.click_home("run_job")

    assert not bot.last.keys() & {"message", "channel", "response_url"}
    assert bot.last["container"] == {"type": "view", "view_id": ana.home.id}
    assert bot.last["trigger_id"]


async def test_the_bot_is_asked_to_prove_its_address(sandbox, bot):
    bot.answering({"challenge": "sandbox-challenge"})

    delivered = await sandbox.verify_url()

    assert bot.last["type"] == "url_verification"
    assert delivered.json == {"challenge": "sandbox-challenge"}


# --- when it does not answer well


async def test_a_late_answer_becomes_a_notice(bot, card, sandbox):
    release = asyncio.Event()

    async def late(received):
        await release.wait()
        return web.Response()

    bot.answer = late
    ana = sandbox.member("ana")

    delivered = await ana.click(card, "approve")

    release.set()
    assert (delivered.status, delivered.error) == (None, "operation_timeout")
    assert "did not respond within 3 seconds" in ana.notices[-1]


async def test_an_error_answer_becomes_a_notice(sandbox, bot, card):
    bot.answering({}, status=404)
    ana = sandbox.member("ana")

    await ana.click(card, "approve")

    assert ana.notices[-1].startswith("⚠ approve failed with the error dispatch_failed")


async def test_a_bot_that_is_not_there_becomes_a_notice():
    sandbox = await Sandbox.start(bot_url="http://127.0.0.1:9")
    ana = sandbox.member("ana")

    await ana.command("/harbor")

    await sandbox.stop()
    assert "dispatch_failed: the app did not respond" in ana.notices[-1]


async def test_a_click_is_delivered_once_whatever_the_answer(sandbox, bot, card):
    bot.answering({}, status=500)

    await sandbox.member("ana").click(card, "approve")
    await sandbox.member("ana").command("/harbor")

    assert len(bot.received) == 2


async def test_an_event_is_retried_three_times_with_slacks_headers(sandbox, bot):
    bot.answering({}, status=500)

    await sandbox.member("ana").open_home()

    await sandbox.until(lambda: len(bot.received) == 4)
    headers = [each.headers for each in bot.received]
    assert [each.get("x-slack-retry-num") for each in headers] == [None, "1", "2", "3"]
    assert headers[1]["x-slack-retry-reason"] == "http_error"
    assert len({each.payload["event_id"] for each in bot.received}) == 1


async def test_an_event_is_not_retried_when_the_bot_asks_for_that(sandbox, bot):
    async def refuse(received):
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    bot.answer = refuse

    await sandbox.member("ana").open_home()
    await sandbox.member("ana").command("/harbor")

    assert [each.payload.get("type") for each in bot.received] == ["event_callback", None]


async def test_events_go_only_to_those_who_subscribe(sandbox, bot):
    assert await sandbox.event({"type": "user_change"}) is None
    assert await sandbox.event({"type": "app_home_opened", "tab": "messages"})

    assert len(bot.received) == 1


async def test_unknown_commands_and_those_of_strangers_are_not_delivered(sandbox, bot):
    ana, eve = sandbox.member("ana"), sandbox.member("eve")

    await ana.command("/deploy now")
    await eve.command("/harbor")

    assert bot.received == []
    assert ana.notices == ["/deploy is not a valid command."]
    assert eve.notices == ["/harbor is not a valid command."]


# --- raw


async def test_a_request_can_be_replayed_byte_for_byte(sandbox, bot, card):
    await sandbox.member("ana").click(card, "approve")

    await sandbox.replay(sandbox.sent[-1], {"X-Slack-Retry-Num": "1"})

    first, second = bot.received
    assert first.raw == second.raw
    assert first.headers["x-slack-signature"] == second.headers["x-slack-signature"]
    assert second.headers["x-slack-retry-num"] == "1"


async def test_a_payload_of_ones_own_is_signed_and_encoded_as_what_it_is(sandbox, bot):
    await sandbox.deliver({"type": "block_actions", "actions": []})
    await sandbox.deliver({"command": "/harbor", "text": "x"})
    await sandbox.deliver({"type": "event_callback", "event": {}})

    types = [each.headers["content-type"] for each in bot.received]
    assert types == ["application/x-www-form-urlencoded"] * 2 + ["application/json"]


async def test_a_delivery_can_be_spoilt(sandbox, bot):
    await sandbox.deliver(b"payload={}", headers={"X-Slack-Signature": "v0=00"}, timestamp="1")

    headers = bot.received[-1].headers
    assert headers["x-slack-signature"] == "v0=00"
    assert headers["x-slack-request-timestamp"] == "1"
