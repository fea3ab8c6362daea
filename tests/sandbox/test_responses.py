"""response_url, and answers that come with the acknowledgement of a command."""

import aiohttp
import pytest
from aiohttp import web


async def post(url, body):
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


@pytest.fixture
async def clicked(sandbox, bot, slack, kit):
    """Click a button in a message and give back the response_url and the message."""
    blocks = [{"type": "actions", "elements": [kit.button("approve")]}]
    await slack.chat_postMessage(channel="#approvals", text="card", blocks=blocks)
    message = sandbox.messages("#approvals")[0]
    await sandbox.member("ana").click(message, "approve")
    return bot.last["response_url"], message


async def test_an_answer_is_private_by_default(sandbox, clicked):
    url, _ = clicked

    assert await post(url, {"text": "not you"}) == (200, "ok")

    assert [each.text for each in sandbox.member("ana").ephemerals] == ["not you"]
    assert len(sandbox.messages("#approvals")) == 1


async def test_an_answer_may_be_for_everybody(sandbox, clicked):
    url, _ = clicked

    await post(url, {"text": "done", "response_type": "in_channel"})

    assert [each.text for each in sandbox.messages("#approvals")] == ["card", "done"]


async def test_an_answer_may_replace_or_delete_the_message(sandbox, clicked):
    url, message = clicked

    await post(url, {"text": "decided", "replace_original": True})
    replaced = sandbox.message(message)
    await post(url, {"delete_original": True})

    assert (replaced.text, replaced.blocks) == ("decided", [])
    assert sandbox.message(message) is None


async def test_a_private_message_stays_private_when_it_is_replaced(sandbox, bot, slack, kit):
    ana = sandbox.member("ana")
    blocks = [{"type": "actions", "elements": [kit.button("ok")]}]
    await slack.chat_postEphemeral(channel="#ops", user=ana.id, text="x", blocks=blocks)
    await ana.click(ana.ephemerals[0], "ok")

    body = {"text": "thanks", "replace_original": True, "response_type": "in_channel"}
    await post(bot.last["response_url"], body)

    assert [each.text for each in ana.ephemerals] == ["thanks"]
    assert sandbox.messages("#ops") == []


async def test_an_answer_reaches_channels_where_the_bot_is_not(sandbox, bot):
    await sandbox.member("ana").command("/harbor", "#leads")

    await post(bot.last["response_url"], {"text": "hi"})

    assert sandbox.member("ana").ephemerals[0].channel == "C000LEADS"


async def test_an_address_serves_five_times(clicked):
    url, _ = clicked

    answers = [await post(url, {"text": "x"}) for _ in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert answers[-1] == (404, "used_url")


async def test_an_address_expires_after_half_an_hour(clicked, clock):
    url, _ = clicked
    clock.move(30 * 60 + 1)

    assert await post(url, {"text": "x"}) == (404, "expired_url")


async def test_an_address_that_never_was_answers_not_found(clicked):
    url, _ = clicked

    assert await post(url[:-3] + "xyz", {"text": "x"}) == (404, "no_such_url")


@pytest.mark.parametrize("body", [[1], {}, {"blocks": [{"type": "poll"}]}])
async def test_an_answer_that_says_nothing_good_is_refused(clicked, body):
    status, _ = await post(clicked[0], body)

    assert status == 400


@pytest.mark.parametrize(
    "response",
    [
        web.Response(text="hello"),
        web.json_response({"text": "hello"}),
        web.json_response({"response_type": "ephemeral", "text": "hello"}),
    ],
    ids=["text", "json", "typed"],
)
async def test_the_acknowledgement_of_a_command_may_carry_the_answer(sandbox, bot, response):
    async def answer(received):
        return response

    bot.answer = answer
    ana = sandbox.member("ana")

    await ana.command("/harbor help")

    assert [each.text for each in ana.ephemerals] == ["hello"]


async def test_a_bad_answer_to_a_command_becomes_a_notice(sandbox, bot):
    bot.answering({"text": "x", "blocks": [{"type": "poll"}]})
    ana = sandbox.member("ana")

    await ana.command("/harbor help")

    assert "invalid_blocks" in ana.notices[-1]
    assert ana.ephemerals == []
